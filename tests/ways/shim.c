/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To be preloaded into kopscope: a machine that goes wrong while it runs.  WAYS_SWITCH names a
 * folder; a file in it switches a trouble on: "dns" (no name is found), "disk" (full), "clock"
 * (its content: by how many seconds the clock has jumped).
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *folder;

__attribute__((constructor)) static void begin(void)
{
	if (!strcmp(program_invocation_short_name, "kopscope"))
		folder = getenv("WAYS_SWITCH");
}

/* What stands in the file, as a number; -1: it is not there. */
static long switched(const char *name)
{
	char path[512], text[32] = "";
	int fd;

	if (!folder)
		return -1;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (syscall(SYS_read, fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	syscall(SYS_close, fd);
	return strtol(text, NULL, 10);
}

static int full(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && switched("disk") >= 0;
}

ssize_t write(int fd, const void *p, size_t n)
{
	if (full(fd)) {
		errno = ENOSPC;
		return -1;
	}
	return syscall(SYS_write, fd, p, n);
}

int fsync(int fd)
{
	if (full(fd)) {
		errno = ENOSPC;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
	struct addrinfo **out)
{
	static int (*real)(const char *, const char *, const struct addrinfo *,
		struct addrinfo **);

	if (switched("dns") >= 0)
		return EAI_AGAIN;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(name, service, hints, out);
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	int rc = (int)syscall(SYS_clock_gettime, id, t);
	long by = id == CLOCK_REALTIME ? switched("clock") : -1;

	if (by > 0)
		t->tv_sec += by;
	return rc;
}

time_t time(time_t *out)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (out)
		*out = t.tv_sec;
	return t.tv_sec;
}
