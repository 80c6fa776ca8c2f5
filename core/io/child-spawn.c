/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fork and exec.  All memory is taken before the fork: libcurl may have threads
 * that hold the allocator's lock.  A pipe that closes on exec tells whether the
 * exec came about.
 */
#include "core/io/child-spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/confine.h"
#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/base/xalloc.h"

/* Ends of the pipes: [0] to read, [1] to write; -1 when not open. */
struct spawn {
	int in[2], out[2], err[2], status[2];
	char *path;
	char **env;
};

/* What the child says when it fails before the exec. */
struct spawn_failure {
	int errnum;
	bool cwd;
};

static void spawn_close(int fd[2])
{
	size_t i;

	for (i = 0; i < 2; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

static void spawn_release(struct spawn *s)
{
	spawn_close(s->in);
	spawn_close(s->out);
	spawn_close(s->err);
	spawn_close(s->status);
	free(s->path);
	free(s->env);
}

/* Above the three standard ones, so that moving them there never hits another end. */
static bool spawn_pipe(int fd[2])
{
	size_t i;

	if (pipe2(fd, O_CLOEXEC)) {
		fd[0] = fd[1] = -1;
		return false;
	}
	for (i = 0; i < 2; i++) {
		int high;

		if (fd[i] > 2)
			continue;
		high = fcntl(fd[i], F_DUPFD_CLOEXEC, 3);
		if (high < 0)
			return false;
		close(fd[i]);
		fd[i] = high;
	}
	return true;
}

static bool spawn_same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && !strncmp(a, b, n);
}

/* Our environment with the changes; the strings are borrowed. */
static char **spawn_env(const char *const *add)
{
	char **env = NULL;
	size_t n = 0, cap = 0, i, k;

	for (i = 0; environ && environ[i]; i++) {
		for (k = 0; add && add[k]; k++) {
			if (spawn_same_name(environ[i], add[k]))
				break;
		}
		if (add && add[k])
			continue;
		env = xgrow(env, &cap, n, sizeof(*env));
		env[n++] = environ[i];
	}
	for (k = 0; add && add[k]; k++) {
		if (!strchr(add[k], '='))
			continue;
		env = xgrow(env, &cap, n, sizeof(*env));
		env[n++] = (char *)add[k];
	}
	env = xgrow(env, &cap, n, sizeof(*env));
	env[n] = NULL;
	return env;
}

static void spawn_signals(void)
{
	sigset_t none;
	int i;

	/* Ignored signals would stay ignored over the exec. */
	for (i = 1; i < 32; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void child_terminal_back(void)
{
	sigset_t one, old;

	/* Whoever is in the background and asks for the foreground is stopped, unless: */
	sigemptyset(&one);
	sigaddset(&one, SIGTTOU);
	sigprocmask(SIG_BLOCK, &one, &old);
	tcsetpgrp(STDIN_FILENO, getpgrp());
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* The child's standard ends in their places. */
static bool spawn_place(const struct spawn *s, const struct child_spec *spec)
{
	int in = s->in[0];

	if (spec->terminal) {
		child_terminal_back();
		return dup2(s->out[1], 1) == 1;
	}
	if (in < 0)
		in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (in == 0)
		fcntl(in, F_SETFD, 0);
	return in >= 0 && dup2(in, 0) == 0 && dup2(s->out[1], 1) == 1 && dup2(s->err[1], 2) == 2;
}

/* In the child: only calls that are safe after a fork among threads. */
static _Noreturn void spawn_exec(const struct spawn *s, const struct child_spec *spec)
{
	struct spawn_failure f = { .cwd = false };
	bool placed;

	setpgid(0, 0);
	placed = spawn_place(s, spec);
	spawn_signals();
	if (placed) {
		f.cwd = spec->cwd && chdir(spec->cwd);
		if (!f.cwd)
			execve(s->path, (char *const *)spec->argv, s->env);
	}
	f.errnum = errno;
	if (write(s->status[1], &f, sizeof(f)) < 0)
		_exit(126);
	_exit(127);
}

/* False when the child reports that it came to nothing. */
static bool spawn_await(struct spawn *s, struct spawn_failure *f)
{
	ssize_t n;

	close(s->status[1]);
	s->status[1] = -1;
	do {
		n = read(s->status[0], f, sizeof(*f));
	} while (n < 0 && errno == EINTR);
	return n != (ssize_t)sizeof(*f);
}

static void spawn_unblock(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static bool spawn_run(struct spawn *s, const struct child_spec *spec, pid_t *out, struct err *e)
{
	struct spawn_failure f = { .cwd = false };
	pid_t pid;

	if (!spawn_pipe(s->out) || !spawn_pipe(s->status) ||
			(!spec->terminal && !spawn_pipe(s->err)) ||
			(spec->stdin_text && !spawn_pipe(s->in)))
		return err_set(e, ERR_IO, "cannot start %s: too many open files", spec->argv[0]);
	pid = fork();
	if (pid < 0)
		return err_set(e, ERR_IO, "cannot start %s: no more processes", spec->argv[0]);
	if (pid == 0)
		spawn_exec(s, spec);
	/* Here as well: whichever of the two comes first. */
	setpgid(pid, pid);
	*out = pid;
	if (spawn_await(s, &f))
		return true;
	waitpid(pid, NULL, 0);
	if (f.cwd)
		err_errno(e, f.errnum, "cannot start %s in %s", spec->argv[0], spec->cwd);
	else if (f.errnum == ENOENT)
		err_set(e, ERR_NOT_FOUND,
			"cannot start %s: no such program, or what runs it is missing",
			spec->argv[0]);
	else
		err_set(e, ERR_IO, "cannot start %s: %s", spec->argv[0], strerrordesc_np(f.errnum));
	return false;
}

/* What anybody could have put there is not run.  A relative name was meant so. */
static bool child_trusted(const char *name, const char *path, struct err *e)
{
	const char *why = strchr(name, '/') && name[0] != '/' ? NULL : trust_program(path);

	if (!why)
		return true;
	err_set(e, ERR_CONFIG, "%s is not run: %s", path, why);
	err_hint(e, "name it with its whole path, or put PATH or its permissions right");
	return false;
}

bool child_spawn(const struct child_spec *spec, struct child_pipes *out, struct err *e)
{
	struct spawn s = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 }, NULL, NULL };
	bool ok;

	if (confine_is_on()) {
		err_set(e, ERR_REFUSED, "%s is not run: nothing named a program when this began, "
			"so it may start none", spec->argv[0]);
		err_hint(e, "start kopscope again");
		return false;
	}
	s.path = child_which(spec->argv[0]);
	if (!s.path) {
		err_set(e, ERR_NOT_FOUND, "there is no program %s", spec->argv[0]);
		err_hint(e, "install it, or put its folder on PATH");
		return false;
	}
	if (!child_trusted(spec->argv[0], s.path, e)) {
		free(s.path);
		return false;
	}
	if (spec->cwd && *s.path != '/') {
		/* Found from here, but started from there. */
		char *absolute = realpath(s.path, NULL);

		free(s.path);
		s.path = absolute ? absolute : xstrdup(spec->argv[0]);
	}
	s.env = spawn_env(spec->env_add);
	ok = spawn_run(&s, spec, &out->pid, e);
	if (ok) {
		out->in = s.in[1];
		out->out = s.out[0];
		out->err = s.err[0];
		s.in[1] = s.out[0] = s.err[0] = -1;
		spawn_unblock(out->in);
		spawn_unblock(out->out);
		spawn_unblock(out->err);
	}
	spawn_release(&s);
	return ok;
}

static bool child_is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

char *child_which(const char *name)
{
	const char *path = getenv("PATH");
	struct strlist dirs = { .v = NULL };
	char *found = NULL;
	size_t i;

	if (str_empty(name))
		return NULL;
	if (strchr(name, '/'))
		return child_is_program(name) ? xstrdup(name) : NULL;
	strlist_split(&dirs, str_empty(path) ? "/usr/local/bin:/usr/bin:/bin" : path, ':');
	for (i = 0; i < dirs.n && !found; i++) {
		char *try = xasprintf("%s/%s", *dirs.v[i] ? dirs.v[i] : ".", name);

		if (child_is_program(try))
			found = try;
		else
			free(try);
	}
	strlist_release(&dirs);
	return found;
}
