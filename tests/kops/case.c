/* SPDX-License-Identifier: Apache-2.0 */
/* Case folders and shared data for the tests of core/kops. */
#include "tests/kops/case.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/file.h"

static const char *case_srcdir(void)
{
	const char *dir = getenv("srcdir");

	return dir ? dir : ".";
}

char *case_path(const char *below)
{
	return file_join(case_srcdir(), below);
}

char *case_shared(const char *below)
{
	const char *dir = getenv("SHARED");
	char *base = dir ? file_join(dir, "data") : file_join(case_srcdir(), "../shared/data");
	char *path = file_join(base, below);

	free(base);
	if (access(path, R_OK) != 0) {
		print_message("skipped: no shared data (%s)\n", below);
		free(path);
		return NULL;
	}
	return path;
}

void case_list(const char *dir, struct strlist *out)
{
	DIR *d = opendir(dir);

	assert_non_null(d);
	for (;;) {
		struct dirent *ent = readdir(d);

		if (!ent) {
			break;
		}
		if (ent->d_name[0] != '.') {
			strlist_take(out, file_join(dir, ent->d_name));
		}
	}
	closedir(d);
	strlist_sort(out);
}

bool case_read_file(const char *path, struct buf *out)
{
	return file_read(path, out, NULL);
}

bool case_read(const char *dir, const char *name, struct buf *out)
{
	char *path = file_join(dir, name);
	bool ok = case_read_file(path, out);

	free(path);
	return ok;
}

size_t case_every(const char *what)
{
	const char *word = getenv("TEST_EVERY");
	size_t every = word ? strtoul(word, NULL, 10) : 1;

	if (every <= 1) {
		return 1;
	}
	print_message("# TEST_EVERY=%zu: the rest of the %s is left out\n", every, what);
	return every;
}
