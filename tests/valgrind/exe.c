/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded by scripts/check-valgrind: a program that starts itself anew by /proc/self/exe would
 * start valgrind's own tool there.  VALGRIND_EXE is started instead, which puts it under valgrind.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int execve(const char *path, char *const argv[], char *const env[])
{
	int (*real)(const char *, char *const[], char *const[]);
	const char *instead = getenv("VALGRIND_EXE");

	*(void **)&real = dlsym(RTLD_NEXT, "execve");
	return real(instead && !strcmp(path, "/proc/self/exe") ? instead : path, argv, env);
}
