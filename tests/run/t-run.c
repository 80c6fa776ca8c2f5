/* SPDX-License-Identifier: Apache-2.0 */
/* Run folders: made, listed, replayed; the control socket; the journal. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/io/loop.h"
#include "core/run/control.h"
#include "core/run/journal.h"
#include "core/run/run-folder.h"
#include "core/run/run-log.h"
#include "core/run/run.h"
#include "tests/run/folder.h"

#define WALL INT64_C(1795352645000)

static char *make_run(const char *cluster, enum run_kind kind)
{
	char name[64], who[] = "ops", options[] = "{\"force\":true}", state[] = "s3://store";
	struct run_meta m = { .cluster = name, .who = who, .state = state, .options = options,
		.kind = kind, .started = WALL };
	struct err e = ERR_INIT;
	char *id = NULL;

	snprintf(name, sizeof(name), "%s", cluster);
	if (!run_create(&m, &id, &e))
		fail_msg("%s", e.text);
	return id;
}

static void created_and_listed(void **state)
{
	char *one = make_run("a.example", RUN_ROLL), *two = make_run("b.example", RUN_UPDATE);
	struct strlist all = { .v = NULL };
	struct run_view v;
	struct stat st;
	char *path;

	(void)state;
	assert_string_equal(one, "1");
	assert_string_equal(two, "2");
	assert_true(run_list(&all, NULL));
	assert_int_equal(all.n, 2);
	assert_string_equal(all.v[0], "2");
	assert_true(run_view_read(one, &v, NULL));
	assert_string_equal(v.meta.cluster, "a.example");
	assert_string_equal(v.meta.who, "ops");
	assert_string_equal(v.meta.options, "{\"force\":true}");
	assert_int_equal(v.meta.kind, RUN_ROLL);
	assert_int_equal(v.meta.started, WALL);
	assert_int_equal(v.status, RUN_STARTING);
	run_view_release(&v);
	path = run_path(one, "");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	free(path);
	path = run_path(one, "meta.json");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	free(path);
	assert_null(run_find_alive("a.example"));
	strlist_release(&all);
	free(one);
	free(two);
}

static struct clock_fake now = { .wall = WALL };

static void events_replayed(void **state)
{
	char *id = make_run("c.example", RUN_ROLL), *alive;
	struct clock clock;
	struct run_log *log;
	struct roll_node n = { .instance = "i-1", .node = "n1", .group = "nodes",
		.phase = ROLL_DRAINING, .pods_total = 15, .pods_left = 3, .pods_before = 17,
		.pods_after = -1, .took_ms = -1 };
	struct run_view v;

	(void)state;
	clock_fake(&clock, &now);
	log = run_log_new(id, &clock);
	assert_true(run_pid_write(id, (long)getpid(), NULL));
	run_log_start(log);
	snprintf(n.waits_for, sizeof(n.waits_for), "default/db-0: PDB db");
	run_log_node(log, &n);
	now.wall += 5000;
	n.pods_left = 1;
	run_log_node(log, &n);
	run_log_progress(log, 0, 2, 90000);
	run_log_state(log, "paused");
	run_log_message(log, "a \"quoted\" word");
	assert_true(run_view_read(id, &v, NULL));
	assert_int_equal(v.status, RUN_ALIVE);
	assert_true(v.paused);
	assert_string_equal(v.message, "a \"quoted\" word");
	assert_int_equal(v.nnodes, 1);
	assert_int_equal(v.nodes[0].since, WALL);
	assert_int_equal(v.nodes[0].pods_left, 1);
	assert_int_equal(v.nodes[0].phase, ROLL_DRAINING);
	assert_string_equal(v.nodes[0].waits_for, "default/db-0: PDB db");
	assert_int_equal(v.total, 2);
	assert_int_equal(v.eta_ms, 90000);
	run_view_release(&v);
	alive = run_find_alive("c.example");
	assert_string_equal(alive, id);
	free(alive);
	run_log_end(log, RUN_GUARD, "Stopped: too full.");
	assert_true(run_view_read(id, &v, NULL));
	assert_int_equal(v.status, RUN_GUARD);
	assert_string_equal(v.message, "Stopped: too full.");
	assert_int_equal(v.ended, WALL + 5000);
	run_view_release(&v);
	assert_null(run_find_alive("c.example"));
	run_log_free(log);
	free(id);
}

/* A process that ended, and a torn last line. */
static void death_is_told(void **state)
{
	char *id = make_run("d.example", RUN_ROLL), *path;
	struct clock clock;
	struct journal_entry j = { .action = "terminate", .target = "instance i-1" };
	struct journal_call call;
	struct run_log *log;
	struct run_view v;
	pid_t child = fork();
	int status, torn;

	(void)state;
	if (!child) {
		pause();
		_exit(0);
	}
	clock_fake(&clock, &now);
	log = run_log_new(id, &clock);
	assert_true(run_pid_write(id, (long)child, NULL));
	run_log_start(log);
	path = run_path(id, "events.jsonl");
	torn = open(path, O_WRONLY | O_APPEND); /* cut in the middle, without its end */
	assert_int_equal(write(torn, "{\"at\":12,\"eve", 13), 13);
	close(torn);
	assert_true(run_view_read(id, &v, NULL));
	assert_int_equal(v.status, RUN_ALIVE);
	j.run = id;
	assert_true(journal_ask(WALL, &j, 1, &call, NULL));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	/* The same view, looked at again: what was asked for may be done or not. */
	assert_true(run_view_update(&v, NULL));
	assert_int_equal(v.status, RUN_DIED);
	assert_non_null(strstr(v.message, "died when it had asked for terminate instance i-1:"));
	/* Another worker takes it up and says more; the torn line is passed over. */
	run_log_start(log);
	run_log_message(log, "Going on.");
	assert_true(run_pid_write(id, (long)getpid(), NULL));
	assert_true(run_view_update(&v, NULL));
	assert_int_equal(v.status, RUN_ALIVE);
	assert_string_equal(v.message, "Going on.");
	run_view_release(&v);
	run_log_free(log);
	free(path);
	free(id);
}

/*
 * A worker that writes its end and goes just after its events were read: while the pid is read,
 * which is a pipe here, so that it can tell.
 */
static void end_between_two_looks(void **state)
{
	static const char end[] = "{\"at\":9,\"event\":\"end\",\"status\":\"succeeded\","
		"\"text\":\"ok\"}\n";
	char *id = make_run("e.example", RUN_ROLL);
	char *pid = run_path(id, "pid"), *events = run_path(id, "events.jsonl");
	struct clock clock;
	struct run_log *log;
	struct run_view v;
	int status;

	clock_fake(&clock, &now);
	log = run_log_new(id, &clock);
	run_log_start(log);
	unlink(pid);
	assert_int_equal(mkfifo(pid, 0600), 0);
	pid_t child = fork();
	if (!child) {
		alarm(60);
		int to = open(pid, O_WRONLY), out = open(events, O_WRONLY | O_APPEND);

		_exit(write(out, end, sizeof(end) - 1) < 0 || write(to, "1 1\n", 4) < 0);
	}
	alarm(60);
	assert_true(run_view_read(id, &v, NULL));
	assert_int_equal(v.status, RUN_SUCCEEDED);
	assert_string_equal(v.message, "ok");
	run_view_release(&v);
	alarm(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	run_log_free(log);
	free(pid);
	free(events);
	free(id);
}

/* Neither is a run taken for dead whose files cannot be read (a folder is none that can be). */
static void unreadable_is_not_dead(void **state)
{
	char *id = make_run("f.example", RUN_ROLL);
	char *pid = run_path(id, "pid"), *events = run_path(id, "events.jsonl");
	struct clock clock;
	struct run_log *log;
	struct run_view v;
	struct err e = ERR_INIT;

	clock_fake(&clock, &now);
	log = run_log_new(id, &clock);
	run_log_start(log);
	unlink(pid);
	assert_int_equal(mkdir(pid, 0700), 0);
	assert_true(run_view_read(id, &v, NULL));
	assert_int_equal(v.status, RUN_ALIVE);
	run_log_free(log);
	assert_int_equal(unlink(events), 0);
	assert_int_equal(mkdir(events, 0700), 0);
	assert_false(run_view_update(&v, &e));
	assert_non_null(strstr(e.text, "events.jsonl"));
	run_view_release(&v);
	rmdir(pid);
	rmdir(events);
	free(pid);
	free(events);
	free(id);
}

/* A worker that is stopped, and whom so many have asked already that nobody more may wait. */
static void nobody_takes_in(void **state)
{
	char *id = make_run("g.example", RUN_ROLL), *path = run_path(id, "control");
	char *folder = run_path(id, "");
	int dir = open(folder, O_PATH | O_DIRECTORY); /* its own name may be too long */
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int waits[8], fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct err e = ERR_INIT;
	size_t i;

	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/control", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 0), 0);
	for (i = 0; i < 8; i++) {
		waits[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(waits[i], (struct sockaddr *)&a, sizeof(a));
	}
	alarm(60);
	assert_false(run_control(id, "stop", &e));
	alarm(0);
	assert_int_equal(e.kind, ERR_TIMEOUT);
	assert_string_equal(e.text, "the run does not answer");
	for (i = 0; i < 8; i++)
		close(waits[i]);
	close(fd);
	close(dir);
	unlink(path);
	free(path);
	free(folder);
	free(id);
}

static void unknown_run(void **state)
{
	struct run_view v;
	struct err e = ERR_INIT;

	(void)state;
	assert_false(run_view_read("999", &v, &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	err_clear(&e);
	assert_false(run_control("999", "ping", &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
}

/* ---- control ---- */

struct heard {
	char words[64];
};

static bool hear(void *ctx, const char *word)
{
	struct heard *h = ctx;
	size_t n = strlen(h->words);

	snprintf(h->words + n, sizeof(h->words) - n, "%s ", word);
	return strcmp(word, "resume") != 0;
}

/* The client blocks, so it is another process; its exit code is the error's kind. */
static int tell(struct loop *l, const char *id, const char *word)
{
	struct err e = ERR_INIT;
	pid_t child = fork();
	int status;

	if (!child)
		_exit(run_control(id, word, &e) ? 0 : (int)e.kind);
	while (waitpid(child, &status, WNOHANG) == 0)
		loop_turn(l, 10);
	return WEXITSTATUS(status);
}

static void words_arrive(void **state)
{
	char *id = make_run("e.example", RUN_ROLL), *path;
	struct heard h = { "" };
	struct clock clock;
	struct loop *l;
	struct control *c;
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	clock_system(&clock, 1);
	l = loop_new(&clock);
	c = control_open(l, id, hear, &h, &e);
	if (!c)
		fail_msg("%s", e.text);
	path = run_path(id, "control");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(tell(l, id, "ping"), 0);
	assert_string_equal(h.words, "");
	assert_int_equal(tell(l, id, "pause"), 0);
	assert_int_equal(tell(l, id, "stop"), 0);
	assert_int_equal(tell(l, id, "resume"), ERR_REFUSED); /* heard, and said no */
	assert_int_equal(tell(l, id, "dance"), ERR_REFUSED);  /* never heard */
	assert_string_equal(h.words, "pause stop resume ");
	control_close(c);
	assert_int_equal(tell(l, id, "ping"), ERR_NOT_FOUND);
	assert_int_not_equal(stat(path, &st), 0);
	loop_free(l);
	free(path);
	free(id);
}

static void open_write(void *ctx, const struct journal_call *call, const char *action,
	const char *target)
{
	assert_true(call->id[0]);
	snprintf((char *)ctx + strlen(ctx), 50, "%s %s;", action, target);
}

/* Two lines for a write: one before it, one for its answer. */
static void journal_lines(void **state)
{
	struct err failed = ERR_INIT;
	struct journal_entry j = { .cluster = "a.example", .action = "cordon",
		.target = "node n1", .run = "7" };
	struct journal_entry both[] = { j, { .cluster = "a.example", .action = "edit" } };
	struct journal_call calls[2];
	char said[100] = "";
	struct buf text = BUF_INIT;
	char *dir = file_state_dir(), *path = file_join(dir, "journal.jsonl");

	(void)state;
	assert_true(journal_ask(WALL, both, 2, calls, NULL));
	assert_string_not_equal(calls[0].id, calls[1].id);
	journal_unanswered("7", open_write, said);
	assert_string_equal(said, "cordon node n1;");
	said[0] = '\0';
	assert_true(journal_answer(WALL, &calls[0], &j, true, NULL));
	journal_unanswered("7", open_write, said);
	assert_string_equal(said, "");
	err_set(&failed, ERR_DENIED, "not allowed");
	j.result = &failed;
	j.before = "17";
	assert_true(journal_answer(WALL, NULL, &j, true, NULL));
	assert_true(file_read(path, &text, NULL));
	assert_non_null(strstr(buf_str(&text), "\"action\":\"cordon\",\"target\":\"node n1\""));
	assert_non_null(strstr(buf_str(&text), "\"result\":\"asked\"}\n"));
	assert_non_null(strstr(buf_str(&text), "\"result\":\"done\"}\n"));
	assert_non_null(strstr(buf_str(&text), "\"before\":\"17\",\"result\":\"not allowed\"}\n"));
	buf_release(&text);
	free(path);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(created_and_listed),
		cmocka_unit_test(events_replayed),
		cmocka_unit_test(death_is_told),
		cmocka_unit_test(end_between_two_looks),
		cmocka_unit_test(nobody_takes_in),
		cmocka_unit_test(unreadable_is_not_dead),
		cmocka_unit_test(unknown_run),
		cmocka_unit_test(words_arrive),
		cmocka_unit_test(journal_lines),
	};

	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
