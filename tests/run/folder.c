/* SPDX-License-Identifier: Apache-2.0 */
/* The state folder of a test. */
#include "tests/run/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char top[64];

int folder_enter(void **state)
{
	char deep[120], dir[256];

	(void)state;
	memset(deep, 'x', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	snprintf(top, sizeof(top), "/tmp/kopscope-run-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	snprintf(dir, sizeof(dir), "%s/%s", top, deep);
	return mkdir(dir, 0700) || setenv("XDG_STATE_HOME", dir, 1) ? -1 : 0;
}

static int folder_remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	return remove(path);
}

int folder_leave(void **state)
{
	(void)state;
	return nftw(top, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
