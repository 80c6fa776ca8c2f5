/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Without libFuzzer: runs a fuzz target over every file of its corpus, whole and cut at 64 places,
 * and reports each as one TAP line.  usage: fuzz-NAME [FILE...]; without files: the corpus.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay_file(const char *path)
{
	struct buf b;
	buf_init(&b, 16 << 20);
	bool ok = file_read(path, &b, NULL);
	for (size_t i = 0; ok && i <= 64; i++) {
		size_t n = b.len * i / 64;
		/* A copy of the exact size, so that a read past the end is seen. */
		uint8_t *copy = xmalloc(n ? n : 1);
		memcpy(copy, buf_str(&b), n);
		LLVMFuzzerTestOneInput(copy, n);
		free(copy);
	}
	buf_release(&b);
	return ok;
}

int main(int argc, char **argv)
{
	struct strlist files = { .v = NULL };
	for (int i = 1; i < argc; i++) {
		strlist_add(&files, argv[i]);
	}
	const char *src = getenv("srcdir"), *name = strrchr(argv[0], '-');
	if (argc == 1 && name) {
		char *dir = xasprintf("%s/tests/fuzz/corpus/%s", src ? src : ".", name + 1);
		DIR *d = opendir(dir);
		for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
			if (e->d_name[0] != '.') {
				strlist_take(&files, file_join(dir, e->d_name));
			}
		}
		if (d) {
			closedir(d);
		}
		free(dir);
	}
	strlist_sort(&files);
	printf("1..%zu\n", files.n);
	int rc = files.n == 0;
	for (size_t i = 0; i < files.n; i++) {
		bool ok = replay_file(files.v[i]);
		printf("%s %zu - %s\n", ok ? "ok" : "not ok", i + 1, strrchr(files.v[i], '/') + 1);
		rc |= !ok;
	}
	strlist_release(&files);
	return rc;
}
