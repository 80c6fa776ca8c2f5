/* SPDX-License-Identifier: Apache-2.0 */
/* Text compared with a file of the tree. */
#include "tests/tui/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

static void golden_diff(const char *name, const char *want, const char *got)
{
	int line = 1;
	fprintf(stderr, "# %s differs (UPDATE_SCREENS=1 accepts it after a look):\n", name);
	while (*want || *got) {
		size_t w = strcspn(want, "\n"), g = strcspn(got, "\n");
		if (w != g || strncmp(want, got, w) != 0) {
			fprintf(stderr, "# %3d-|%.*s|\n# %3d+|%.*s|\n", line, (int)w, want, line,
				(int)g, got);
		}
		want += w + (want[w] == '\n');
		got += g + (got[g] == '\n');
		line++;
	}
}

bool golden_check(const char *name, const char *text)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/tests/tui/screens/%s", srcdir ? srcdir : ".", name);
	struct err e = ERR_INIT;
	struct buf want = BUF_INIT;
	bool ok;
	if (getenv("UPDATE_SCREENS")) {
		ok = file_write(path, text, strlen(text), 0644, &e);
	} else {
		ok = file_read(path, &want, &e);
		if (ok && strcmp(buf_str(&want), text) != 0) {
			golden_diff(name, buf_str(&want), text);
			ok = false;
		}
	}
	if (err_is_set(&e)) {
		fprintf(stderr, "# %s\n", e.text);
	}
	buf_release(&want);
	free(path);
	return ok;
}
