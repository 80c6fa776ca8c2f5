/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To be preloaded into kopscope: the FAULT_AT-th call of those below fails, as a full disk, a
 * broken one, a lost network or a machine without memory has it fail.  FAULT_KIND says which are
 * counted: "io" (files, sockets, processes) or "memory".  FAULT_LOG: gets a line when it happened,
 * or, with FAULT_AT=0, the number of calls.  FAULT_CALL: only calls of that name count.
 * FAULT_ARG: only a kopscope with that first argument, such as run-worker.  Any other program that
 * inherits it is left alone.
 *
 * FAULT_PLACES instead of all those: a file of struct places, shared with who looks on, that says
 * at any time what is counted and which one fails.  It is the first kopscope's that opens it: of
 * those that are started by that one (a worker, a plugin) none.
 *
 * write() fails as a disk that fills does: half of it is taken, the next one is refused.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long at, count;
static int io, memory, full; /* full: the next write is refused */
static int log_fd = -1;
static const char *only;         /* NULL: every call counts */
static pid_t self;

/* The file FAULT_PLACES, in the machine's own byte order (tests/faults/screen.py). */
struct places {
	int64_t pid; /* whose calls; 0: nobody's yet */
	int64_t on;
	struct place {
		char name[16]; /* of the call; "memory" of all three */
		int64_t count; /* how often it came since on */
		int64_t at;    /* the one that fails; 0: none */
	} v[40];
};
static struct places *places;

static void places_open(const char *path)
{
	int64_t nobody = 0;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	void *p = fd < 0 ? MAP_FAILED
		: mmap(NULL, sizeof(*places), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	syscall(SYS_close, fd);
	if (p == MAP_FAILED) {
		return;
	}
	places = p;
	if (!__atomic_compare_exchange_n(&places->pid, &nobody, (int64_t)getpid(), 0,
		    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		places = NULL;
		return;
	}
	io = memory = 1;
}

static int places_strike(const char *name)
{
	const size_t n = sizeof(places->v) / sizeof(places->v[0]);
	if (!places->on) {
		return 0;
	}
	for (size_t i = 0; i < n && places->v[i].name[0]; i++) {
		struct place *p = &places->v[i];
		if (!strncmp(p->name, name, sizeof(p->name))) {
			return __atomic_add_fetch(&p->count, 1, __ATOMIC_SEQ_CST) == p->at;
		}
	}
	return 0;
}

static void say(const char *name, long n)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%s %ld\n", name, n);
	syscall(SYS_write, log_fd, line, (size_t)len);
}

__attribute__((constructor)) static void begin(int argc, char **argv)
{
	const char *arg = getenv("FAULT_ARG");
	const char *kind = getenv("FAULT_KIND"), *n = getenv("FAULT_AT");
	const char *log_path = getenv("FAULT_LOG"), *shared = getenv("FAULT_PLACES");
	if (shared && !strcmp(program_invocation_short_name, "kopscope")) {
		places_open(shared);
		return;
	}
	if (!kind || !n || !log_path || strcmp(program_invocation_short_name, "kopscope")) {
		return;
	}
	if (arg && (argc < 2 || strcmp(argv[1], arg))) {
		return;
	}
	only = getenv("FAULT_CALL");
	self = getpid();
	/* Now, for the program may confine itself; high, for it may count on its numbers. */
	int fd = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	log_fd = fcntl(fd, F_DUPFD_CLOEXEC, 200);
	syscall(SYS_close, fd);
	at = strtol(n, NULL, 10);
	io = !strcmp(kind, "io");
	memory = !io;
}

__attribute__((destructor)) static void end(void)
{
	if ((io || memory) && !at && !places) {
		say("calls", count);
	}
	io = memory = 0;
}

/* The program ends by it, and forked children that started nothing. */
_Noreturn void _exit(int rc)
{
	if (getpid() == self) {
		end();
	}
	for (;;) {
		syscall(SYS_exit_group, rc);
	}
}

static int strikes(int counted, const char *name)
{
	if (places && counted) {
		return places_strike(name);
	}
	if (!counted || (only && strcmp(only, name)) || ++count != at) {
		return 0;
	}
	say(name, at);
	return 1;
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* ---- files ---- */

#define FILE_CALL(ret, name, params, args, errnum, bad) \
	ret name params \
	{ \
		static __typeof__(&name) next; \
		next = next ? next : REAL(name); \
		if (strikes(io, #name)) { \
			errno = errnum; \
			return bad; \
		} \
		return next args; \
	}

FILE_CALL(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n), EIO, -1)
FILE_CALL(ssize_t, pread, (int fd, void *p, size_t n, off_t o), (fd, p, n, o), EIO, -1)
FILE_CALL(off_t, lseek, (int fd, off_t o, int w), (fd, o, w), EIO, -1)
FILE_CALL(int, flock, (int fd, int op), (fd, op), EINTR, -1)
FILE_CALL(int, pipe, (int fds[2]), (fds), EMFILE, -1)
FILE_CALL(int, fsync, (int fd), (fd), EIO, -1)
FILE_CALL(int, fdatasync, (int fd), (fd), EIO, -1)
FILE_CALL(int, rename, (const char *a, const char *b), (a, b), ENOSPC, -1)
FILE_CALL(int, unlink, (const char *a), (a), EIO, -1)
FILE_CALL(int, mkdir, (const char *a, mode_t m), (a, m), ENOSPC, -1)
FILE_CALL(int, fchmod, (int fd, mode_t m), (fd, m), EPERM, -1)
FILE_CALL(int, mkostemp, (char *t, int f), (t, f), EMFILE, -1)
FILE_CALL(DIR *, opendir, (const char *a), (a), EMFILE, NULL)
FILE_CALL(int, socketpair, (int d, int t, int p, int fds[2]), (d, t, p, fds), EMFILE, -1)
FILE_CALL(int, poll, (struct pollfd *p, nfds_t n, int ms), (p, n, ms), ENOMEM, -1)
FILE_CALL(int, pthread_create, (pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *p),
	(t, a, f, p), EAGAIN, EAGAIN)
FILE_CALL(int, pipe2, (int fds[2], int f), (fds, f), EMFILE, -1)
FILE_CALL(pid_t, fork, (void), (), EAGAIN, -1)
FILE_CALL(int, socket, (int d, int t, int p), (d, t, p), EMFILE, -1)
FILE_CALL(int, connect, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n), ENETUNREACH,
	-1)
FILE_CALL(ssize_t, send, (int fd, const void *p, size_t n, int f), (fd, p, n, f), ECONNRESET,
	-1)
FILE_CALL(ssize_t, recv, (int fd, void *p, size_t n, int f), (fd, p, n, f), ECONNRESET, -1)

/* Names below .test are this machine: libcurl asks nobody for localhost. */
int getaddrinfo(const char *h, const char *s, const struct addrinfo *a, struct addrinfo **out)
{
	static __typeof__(&getaddrinfo) next;
	size_t n = h ? strlen(h) : 0;
	next = next ? next : REAL(getaddrinfo);
	if (strikes(io, "getaddrinfo")) {
		errno = EAGAIN;
		return EAI_AGAIN;
	}
	return next(n > 5 && !strcmp(h + n - 5, ".test") ? "127.0.0.1" : h, s, a, out);
}

ssize_t write(int fd, const void *p, size_t n)
{
	static __typeof__(&write) next;
	next = next ? next : REAL(write);
	/* The words about it must get through. */
	if (fd != STDERR_FILENO && (full || strikes(io, "write"))) {
		if (!full && n > 1) {
			full = 1;
			return next(fd, p, n / 2);
		}
		full = 0;
		errno = ENOSPC;
		return -1;
	}
	return next(fd, p, n);
}

int open(const char *path, int flags, ...)
{
	static __typeof__(&open) next;
	mode_t mode = 0;
	if (flags & (O_CREAT | O_TMPFILE)) {
		va_list ap;
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	next = next ? next : REAL(open);
	if (strikes(io, "open")) {
		errno = EMFILE;
		return -1;
	}
	return next(path, flags, mode);
}

/* ---- memory ---- */

#ifdef __GLIBC__
static int no_memory(const char *name)
{
	int no = strikes(memory, places ? "memory" : name);
	if (no) {
		errno = ENOMEM;
	}
	return no;
}

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
	return no_memory("malloc") ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return no_memory("calloc") ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return no_memory("realloc") ? NULL : __libc_realloc(p, n);
}
#endif
