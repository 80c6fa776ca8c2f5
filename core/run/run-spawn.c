/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting a run's worker so that nothing of ours ends it: forked twice, in a
 * session of its own, without a terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/run/run-folder.h"
#include "core/run/run.h"

extern char **environ;

/* Only calls that are safe between fork and exec. */
static _Noreturn void run_spawn_worker(const char *id, int log, int lock)
{
	char name[] = "kopscope", verb[] = "run-worker";
	char *const argv[] = { name, verb, (char *)(uintptr_t)id, NULL };
	int null = open("/dev/null", O_RDWR);
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction normal = { .sa_handler = SIG_DFL };
	sigset_t none;
	int i;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (i = 1; i < NSIG; i++)
		sigaction(i, &normal, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL); /* a limit of the disk is an error, not an end */
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	for (i = 3; i < 1024; i++) { /* the terminal's and curl's descriptors are not ours */
		if (i != lock)
			close(i);
	}
	fcntl(lock, F_SETFD, 0); /* held as long as the worker lives */
	execve("/proc/self/exe", argv, environ);
	_exit(127);
}

/* In the first child: a new session, then the worker, whose id goes up the pipe. */
static _Noreturn void run_spawn_middle(const char *id, int log, int lock, int up)
{
	pid_t pid;

	setsid();
	pid = fork();
	if (!pid)
		run_spawn_worker(id, log, lock);
	(void)!write(up, &pid, sizeof(pid));
	_exit(0);
}

static bool run_spawn_forked(const char *id, int log, int lock, struct err *e)
{
	pid_t child, worker = -1;
	int up[2], status, errnum;
	ssize_t n = -1;
	bool ok;

	if (pipe2(up, O_CLOEXEC))
		return err_errno(e, errno, "pipe");
	child = fork();
	errnum = errno;
	if (!child)
		run_spawn_middle(id, log, lock, up[1]);
	close(up[1]);
	while (child > 0) {
		n = read(up[0], &worker, sizeof(worker));
		errnum = n < 0 ? errno : EAGAIN; /* the second fork's, if there is no worker */
		if (n >= 0 || errnum != EINTR)
			break;
	}
	ok = n == (ssize_t)sizeof(worker) && worker > 0;
	if (!ok)
		err_errno(e, errnum, "starting the worker of run %s", id);
	close(up[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return ok && run_pid_write(id, worker, e);
}

/*
 * One worker a run: two that are started at the same moment both hold the lease,
 * for it is the run's.  The lock is on the open file, which the worker inherits.
 */
static int run_lock(const char *id, struct err *e)
{
	char *path = run_path(id, "lock");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		err_errno(e, errno, "%s", path);
	} else if (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno == EWOULDBLOCK)
			err_set(e, ERR_CONFLICT, "run %s has a worker already", id);
		else
			err_errno(e, errno, "cannot lock %s", path);
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

bool run_spawn(const char *id, struct err *e)
{
	char *path = run_path(id, "worker.log");
	int lock = run_lock(id, e), log;
	bool ok = false;

	log = lock < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log >= 0)
		ok = run_spawn_forked(id, log, lock, e);
	else if (lock >= 0)
		err_errno(e, errno, "%s", path);
	if (log >= 0)
		close(log);
	if (lock >= 0)
		close(lock);
	free(path);
	return ok;
}
