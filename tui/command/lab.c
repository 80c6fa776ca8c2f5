/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kopscope lab: starts kopscope-lab, a program of its own beside this one, takes over the
 * environment that it prints, and attaches: the screen, a shell, or the story played by itself.
 */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/child.h"
#include "tui/lesson/guide.h"
#include "tui/lesson/lesson.h"
#include "tui/options.h"
#include "tui/play.h"
#include "tui/screen/term.h"

#define LAB_ARGS 28

/* kopscope-lab beside this program, else on PATH; owned by the caller. */
static char *lab_program(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		char *slash = strrchr(self, '/');
		char *beside = xasprintf("%.*s/kopscope-lab", (int)(slash - self), self);
		if (access(beside, X_OK) == 0) {
			return beside;
		}
		free(beside);
	}
	return child_which("kopscope-lab");
}

struct lab_child {
	pid_t pid;
	bool usage; /* it did not like its options and has said so */
	FILE *out;
};

/* Where the lesson begins, unless the user says where. */
static const char *lab_scenario(const struct options *o)
{
	const struct lesson *l = lesson_find(o->lesson);
	return o->scenario || !l ? o->scenario : l->scenario;
}

/*
 * Which lesson the screen opens: the one that was named, and the story's own in the story;
 * below --shell none, unless it was named.
 */
static void lab_lesson(const struct options *o)
{
	const struct lesson *l = o->lesson ? lesson_find(o->lesson)
		: !o->shell && (!o->scenario || str_eq(o->scenario, "story"))
		? lesson_find("story") : NULL;
	unsetenv("KOPSCOPE_LESSON");
	if (l) {
		setenv("KOPSCOPE_LESSON", l->name, 1);
	}
}

static size_t lab_args(const struct options *o, const char *program, char *parent, size_t size,
	const char **argv)
{
	const struct {
		const char *name, *value;
	} values[] = {
		{ "--speed", o->speed }, { "--seed", o->seed }, { "--scenario", lab_scenario(o) },
		{ "--port", o->port }, { "--dir", o->dir }, { "--fault", o->fault },
		{ "--nodes", o->nodes }, { "--pods", o->pods }, { "--churn", o->churn },
		{ "--chaos", o->chaos }, { "--hours", o->hours },
	};
	size_t n = 0;
	argv[n++] = program;
	if (o->play && !o->speed) {
		/* Nobody watches: the story need not be slow enough to be read. */
		argv[n++] = "--speed";
		argv[n++] = "60";
	}
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (values[i].value) {
			argv[n++] = values[i].name;
			argv[n++] = values[i].value;
		}
	}
	if (o->serve) {
		argv[n++] = "--serve";
	} else {
		/* It ends with us, however we end. */
		snprintf(parent, size, "%ld", (long)getpid());
		argv[n++] = "--parent";
		argv[n++] = parent;
	}
	argv[n] = NULL;
	return n;
}

static bool lab_start(const char *program, const char *const *argv, struct lab_child *c,
	struct err *e)
{
	int fds[2];
	if (pipe(fds) != 0) {
		return err_errno(e, errno, "pipe");
	}
	c->pid = fork();
	if (c->pid < 0) {
		return err_errno(e, errno, "fork");
	}
	if (c->pid == 0) {
		/* Its own group: Ctrl-C at our screen is a key, not its end. */
		setpgid(0, 0);
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execv(program, (char *const *)argv);
		_exit(127);
	}
	close(fds[1]);
	c->out = fdopen(fds[0], "r");
	return true;
}

/* A value as the lab quotes it for a shell: 'as it is', "$PATH" for our own; owned by the caller.
 */
static char *lab_value(const char *p)
{
	struct buf out = BUF_INIT;
	while (*p) {
		if (*p == '\'') {
			size_t n = strcspn(++p, "'");
			buf_add(&out, p, n);
			p += n + (p[n] != '\0');
		} else if (str_starts(p, "\"$PATH\"")) {
			const char *path = getenv("PATH");
			buf_adds(&out, path ? path : "/usr/bin:/bin");
			p += strlen("\"$PATH\"");
		} else {
			buf_addc(&out, *p++);
		}
	}
	return buf_detach(&out);
}

/* NAME=VALUE lines until "ready"; its own words of failure are on stderr already. */
static bool lab_environment(struct lab_child *c, struct err *e)
{
	char line[8192];
	while (fgets(line, sizeof(line), c->out)) {
		line[strcspn(line, "\n")] = '\0';
		if (str_eq(line, "ready")) {
			return true;
		}
		const char *p = str_starts(line, "export ") ? line + 7 : line;
		const char *eq = strchr(p, '=');
		if (eq) {
			char *name = xstrndup(p, (size_t)(eq - p));
			char *value = lab_value(eq + 1);
			setenv(name, value, 1);
			free(value);
			free(name);
		}
	}
	int status = 0;
	waitpid(c->pid, &status, 0);
	c->pid = -1;
	c->usage = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_USAGE;
	if (!c->usage) {
		err_set(e, ERR_SERVER, "the lab did not start");
	}
	return false;
}

static void lab_stop(struct lab_child *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGTERM);
		waitpid(c->pid, NULL, 0);
	}
	if (c->out) {
		fclose(c->out);
	}
}

/* What the lab's runs leave behind stays in the lab's folder: owned by the caller, NULL: none. */
static char *lab_state_dir(void)
{
	const char *kubeconfig = getenv("KUBECONFIG");
	const char *slash = kubeconfig ? strrchr(kubeconfig, '/') : NULL;
	if (!slash) {
		return NULL;
	}
	char *dir = xasprintf("%.*s/state", (int)(slash - kubeconfig), kubeconfig);
	setenv("XDG_STATE_HOME", dir, 1);
	return dir;
}

static int lab_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

/* With its cluster gone nobody can go on with what is in there; the lab has left the rest. */
static void lab_state_remove(char *dir)
{
	nftw(dir, lab_remove_one, 8, FTW_DEPTH | FTW_PHYS);
	*strrchr(dir, '/') = '\0';
	rmdir(dir);
}

static int lab_shell(struct err *e)
{
	const char *shell = getenv("SHELL");
	if (str_empty(shell)) {
		shell = "/bin/sh";
	}
	fputs("The lab is up: kubectl, aws and kops (a stand-in) reach it from this shell.\n"
	      "kopscope opens the screen on it; exit ends the lab.\n", stderr);
	pid_t pid = fork();
	if (pid == 0) {
		execl(shell, shell, (char *)NULL);
		_exit(127);
	}
	int status = 0;
	signal(SIGINT, SIG_IGN);
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		err_errno(e, errno, "%s", shell);
		return EXIT_FAILED;
	}
	return EXIT_OK;
}

static bool lab_options_ok(const struct options *o, struct err *e)
{
	if (o->lesson && !str_eq(o->lesson, "none") && !lesson_find(o->lesson)) {
		err_set(e, ERR_USAGE, "there is no lesson %s", o->lesson);
		err_hint(e, "kopscope lab --list names them");
		return false;
	}
	const struct {
		const char *name, *value;
		int64_t min, max;
	} numbers[] = {
		{ "--speed", o->speed, 1, 1000 }, { "--seed", o->seed, 0, INT64_MAX },
		{ "--port", o->port, 1, 65534 }, { "--chaos", o->chaos, 0, INT64_MAX },
		{ "--hours", o->hours, 1, 10000 },
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int64_t v;
		if (numbers[i].value &&
			!str_to_i64(numbers[i].value, numbers[i].min, numbers[i].max, &v)) {
			return err_set(e, ERR_USAGE, "%s %s: a whole number from %lld to %lld",
				numbers[i].name, numbers[i].value, (long long)numbers[i].min,
				(long long)numbers[i].max);
		}
	}
	return true;
}

int cmd_lab(const struct options *o, struct err *e)
{
	const char *argv[LAB_ARGS];
	char parent[24];
	struct lab_child c = { .pid = -1 };
	if (!lab_options_ok(o, e)) {
		return EXIT_USAGE;
	}
	if (o->list) {
		struct buf b = BUF_INIT;
		lessons_help(&b);
		fputs(buf_str(&b), stdout);
		buf_release(&b);
		return EXIT_OK;
	}
	bool screen = !o->serve && !o->shell && !o->play;
	if (screen && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		err_set(e, ERR_USAGE, "the lab's screen needs a terminal");
		err_hint(e, "without one: kopscope lab --play, kopscope lab --serve");
		return EXIT_USAGE;
	}
	char *program = lab_program();
	if (!program) {
		err_set(e, ERR_NOT_FOUND, "kopscope-lab is not beside kopscope and not on PATH");
		err_hint(e,
			"it is built and installed together with kopscope (unless --disable-lab)");
		return EXIT_FAILED;
	}
	lab_args(o, program, parent, sizeof(parent), argv);
	if (o->serve) {
		execv(program, (char *const *)argv);
		err_errno(e, errno, "%s", program);
		free(program);
		return EXIT_FAILED;
	}
	/* Nothing of the real world may reach into the lab. */
	static const char *const real[] = { "AWS_PROFILE", "AWS_SESSION_TOKEN", "KOPS_CLUSTER_NAME",
		"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "KOPSCOPE_KOPS" };
	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++) {
		unsetenv(real[i]);
	}
	int rc = EXIT_FAILED;
	char *state = NULL;
	if (lab_start(program, argv, &c, e) && lab_environment(&c, e)) {
		state = lab_state_dir();
		lab_lesson(o);
		rc = o->shell ? lab_shell(e) : o->play ? play_story(o, e) : cmd_screen(o, e);
	} else if (c.usage) {
		rc = EXIT_USAGE;
	}
	lab_stop(&c);
	if (state && !o->dir) {
		lab_state_remove(state);
	}
	free(state);
	free(program);
	return rc;
}
