/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of a run as somebody else may have left it: meta.json, events.jsonl, pid, the
 * journal and worker.log, a line "%%" between.  What is read is whole, and reading on after more was
 * appended ends where reading everything at once does.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/run/journal-read.h"
#include "core/run/journal.h"
#include "core/run/run.h"
#include "tests/fuzz/harmless.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES 5

static char home[64], files[FILES][160];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	return remove(path);
}

static void remove_home(void)
{
	nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_home(void)
{
	static const char *const names[] = { "runs/1/meta.json", "runs/1/events.jsonl",
		"runs/1/pid", "journal.jsonl", "runs/1/worker.log" };
	const char *tmp = getenv("TMPDIR");
	snprintf(home, sizeof(home), "%.30s/kopscope-f-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(home)) {
		abort();
	}
	setenv("XDG_STATE_HOME", home, 1);
	atexit(remove_home);
	for (size_t i = 0; i < FILES; i++) {
		snprintf(files[i], sizeof(files[i]), "%s/kopscope/%s", home, names[i]);
	}
	char dir[128];
	snprintf(dir, sizeof(dir), "%s/kopscope/runs/1", home);
	if (!file_mkdirs(dir, NULL)) {
		abort();
	}
}

/* text NULL: there is no such file. */
static void put(const char *path, const char *text, size_t len, int flags)
{
	if (!text) {
		unlink(path);
		return;
	}
	int fd = open(path, O_WRONLY | O_CREAT | flags, 0600);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len) {
		abort();
	}
	close(fd);
}

static void look(const struct run_view *v)
{
	for (size_t i = 0; i < v->nnodes; i++) {
		if (!v->nodes[i].instance) {
			abort();
		}
	}
	run_status_name(v->status);
	run_kind_name(v->meta.kind);
}

static bool same(const struct run_view *a, const struct run_view *b)
{
	return a->nnodes == b->nnodes && a->status == b->status && a->done == b->done &&
		a->total == b->total && str_eq(a->message, b->message);
}

static void on_open(void *ctx, const struct journal_call *call, const char *action,
	const char *target)
{
	size_t *n = ctx;
	*n += strlen(call->id) + (action ? strlen(action) : 0) + (target ? strlen(target) : 0);
}

static void look_journal(const struct journal_wish *wish)
{
	struct journal_list l = { .n = 0 };
	struct err e = ERR_INIT;
	if (journal_read(wish, &l, &e) == err_is_set(&e)) {
		abort();
	}
	for (size_t i = 0; i < l.n; i++) {
		if (!l.v[i].action) {
			abort();
		}
	}
	journal_list_release(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size, *events = "";
	size_t nevents = 0, n = 0;
	if (!home[0]) {
		make_home();
	}
	for (size_t i = 0; i < FILES; i++) {
		const char *cut = p && i < FILES - 1 ? memmem(p, (size_t)(end - p), "\n%%\n", 4) : NULL;
		size_t len = p ? (size_t)((cut ? cut + 1 : end) - p) : 0;
		if (i == 1) {
			events = p ? p : "";
			nevents = len;
			len = len / 2; /* the other half comes later */
		}
		put(files[i], p, len, O_TRUNC);
		p = cut ? cut + 4 : NULL;
	}
	struct run_view v, whole;
	struct err e = ERR_INIT;
	bool read = run_view_read("1", &v, &e);
	if (nevents) {
		put(files[1], events + nevents / 2, nevents - nevents / 2, O_APPEND);
	}
	if (read) {
		run_view_update(&v, &e);
		look(&v);
		if (!run_view_read("1", &whole, &e) || !same(&v, &whole)) {
			abort();
		}
		run_view_release(&whole);
		run_view_release(&v);
	}
	harmless_err(&e);
	journal_unanswered("1", on_open, &n);
	look_journal(&(struct journal_wish){ .since = 0 });
	look_journal(&(struct journal_wish){ .since = 1, .cluster = "*.example" });
	run_node_history("c.example", 1.0);
	free(run_find_alive("c.example"));
	return 0;
}
