/* SPDX-License-Identifier: Apache-2.0 */
/* A run's folder as a viewer sees it: meta.json and the events, replayed. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal.h"
#include "core/run/run-folder.h"
#include "core/run/run.h"

struct run_replay { /* how far the events were read, and what that needs to go on */
	struct run_view *v; /* of the present call */
	size_t cap;
	struct strmap *by_id; /* instance to its index + 1 */
	bool started, ended;
	off_t at;
	struct buf part;    /* a line that is not written to its end yet */
	char *said;         /* the last sentence; the view's may say more */
};

static struct run_node *run_replay_node(struct run_replay *p, const char *instance, bool *is_new)
{
	struct run_view *v = p->v;
	uintptr_t at = (uintptr_t)strmap_get(p->by_id, instance);

	*is_new = !at;
	if (at)
		return &v->nodes[at - 1];
	v->nodes = xgrow(v->nodes, &p->cap, v->nnodes, sizeof(*v->nodes));
	v->nodes[v->nnodes] = (struct run_node){ .instance = xstrdup(instance) };
	strmap_set(p->by_id, instance, (void *)(uintptr_t)(v->nnodes + 1));
	return &v->nodes[v->nnodes++];
}

static void run_replay_on_node(struct run_replay *p, const json_t *j, int64_t at)
{
	const char *instance = json_str(j, "instance");
	enum roll_phase phase = roll_phase_find(json_str(j, "phase"));
	struct run_node *n;
	bool is_new;

	if (!instance)
		return;
	if (phase == ROLL_PHASE__COUNT)
		phase = ROLL_WAITS; /* of another version of kopscope */
	n = run_replay_node(p, instance, &is_new);
	xreplace(&n->node, json_str(j, "node"));
	xreplace(&n->group, json_str(j, "group"));
	xreplace(&n->replaced_by, json_str(j, "replacedBy"));
	xreplace(&n->waits_for, json_str(j, "waitsFor"));
	if (is_new || n->phase != phase)
		n->since = at;
	n->phase = phase;
	n->took_ms = json_int(j, "took", -1);
	n->pods_total = (int32_t)json_int(j, "podsTotal", 0);
	n->pods_left = (int32_t)json_int(j, "podsLeft", 0);
	n->pods_before = (int32_t)json_int(j, "podsBefore", -1);
	n->pods_after = (int32_t)json_int(j, "podsAfter", -1);
}

static void run_replay_on_start(struct run_replay *p, const json_t *j, int64_t at)
{
	/* Of a worker that took over too: what ended before did not end. */
	p->started = true;
	p->ended = false;
}

static void run_replay_on_message(struct run_replay *p, const json_t *j, int64_t at)
{
	xreplace(&p->said, json_str(j, "text"));
}

static void run_replay_on_state(struct run_replay *p, const json_t *j, int64_t at)
{
	p->v->paused = str_eq(json_str(j, "state"), "paused");
}

static void run_replay_on_progress(struct run_replay *p, const json_t *j, int64_t at)
{
	p->v->done = (size_t)json_int(j, "done", 0);
	p->v->total = (size_t)json_int(j, "total", 0);
	p->v->eta_ms = json_int(j, "eta", -1);
}

static void run_replay_on_tasks(struct run_replay *p, const json_t *j, int64_t at)
{
	p->v->tasks_done = (int)json_int(j, "done", 0);
	p->v->tasks_total = (int)json_int(j, "total", 0);
}

static void run_replay_on_end(struct run_replay *p, const json_t *j, int64_t at)
{
	const char *status = json_str(j, "status");
	int s;

	p->ended = true;
	p->v->ended = at;
	p->v->paused = false;
	p->v->status = RUN_FAILED;
	for (s = RUN_SUCCEEDED; s < RUN_DIED; s++) {
		if (str_eq(run_status_name((enum run_status)s), status))
			p->v->status = (enum run_status)s;
	}
	if (!str_empty(json_str(j, "text")))
		xreplace(&p->said, json_str(j, "text"));
}

static const struct {
	const char *name;
	void (*replay)(struct run_replay *p, const json_t *j, int64_t at);
} run_replays[] = {
	{ "end", run_replay_on_end },
	{ "message", run_replay_on_message },
	{ "node", run_replay_on_node },
	{ "progress", run_replay_on_progress },
	{ "start", run_replay_on_start },
	{ "state", run_replay_on_state },
	{ "tasks", run_replay_on_tasks },
};

/* A line that makes no sense (the last one of a worker that died) is passed over. */
static void run_replay_line(struct run_replay *p, const char *line, size_t n)
{
	json_auto_t *j = json_parse(line, n, NULL);
	const char *event = json_str(j, "event");
	size_t i;

	for (i = 0; event && i < sizeof(run_replays) / sizeof(run_replays[0]); i++) {
		if (str_eq(run_replays[i].name, event))
			run_replays[i].replay(p, j, json_int(j, "at", 0));
	}
}

#define RUN_PIECE (64 << 10)

/* What was appended since the last look, line by line. */
static bool run_replay_more(struct run_replay *p, const char *id, struct err *e)
{
	char *path = run_path(id, "events.jsonl"), *in;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, i, from;

	if (fd < 0) {
		bool none = errno == ENOENT;

		if (!none)
			err_errno(e, errno, "%s", path);
		free(path);
		return none;
	}
	in = xmalloc(RUN_PIECE);
	for (n = pread(fd, in, RUN_PIECE, p->at); n > 0; n = pread(fd, in, RUN_PIECE, p->at)) {
		p->at += n;
		for (i = from = 0; i < n; i++) {
			if (in[i] != '\n')
				continue;
			buf_add(&p->part, in + from, (size_t)(i - from));
			run_replay_line(p, buf_str(&p->part), p->part.len);
			buf_clear(&p->part);
			from = i + 1;
		}
		buf_add(&p->part, in + from, (size_t)(n - from));
	}
	/* An end that could not be read is no end that is missing. */
	if (n < 0)
		err_errno(e, errno, "%s", path);
	free(in);
	free(path);
	close(fd);
	return n == 0;
}

static enum run_status run_status_by_process(const char *id, bool started)
{
	switch (run_process_of(id)) {
	case RUN_PROCESS_NONE:
		return started ? RUN_DIED : RUN_STARTING;
	case RUN_PROCESS_ALIVE:
		return started ? RUN_ALIVE : RUN_STARTING;
	case RUN_PROCESS_GONE:
		break;
	}
	return RUN_DIED;
}

/* ---- what a dead worker left open ---- */

static void run_open_one(void *ctx, const struct journal_call *call, const char *action,
	const char *target)
{
	struct buf *out = ctx;

	buf_addf(out, "%s%s %s", out->len ? ", " : "", action ? action : "?",
		target ? target : "?");
}

/* What a dying worker wrote where nobody looked; owned, or NULL. */
static char *run_last_cry(const char *id)
{
	struct buf log = BUF_INIT;
	char *line = NULL;
	size_t n;

	if (run_read_file(id, "worker.log", &log, NULL) && log.len) {
		for (n = log.len; n && strchr("\r\n ", buf_str(&log)[n - 1]); n--)
			;
		log.data[n] = '\0';
		const char *nl = strrchr(buf_str(&log), '\n');
		line = n ? xstrndup(nl ? nl + 1 : buf_str(&log), 200) : NULL;
	}
	buf_release(&log);
	return line;
}

/* Not done, perhaps done: who comes next must know before anything else. */
static void run_view_died(struct run_view *v, const char *said)
{
	struct buf open_writes = { .max = 200 };
	char *cry = run_last_cry(v->meta.id), *message;

	journal_unanswered(v->meta.id, run_open_one, &open_writes);
	free(v->message);
	if (open_writes.len)
		v->message = xasprintf("The worker died when it had asked for %s: that may be done "
			"or not. Last it said: %s", buf_str(&open_writes), said ? said : "nothing");
	else
		v->message = xasprintf("The worker died. Last it said: %s",
			said ? said : "nothing");
	if (cry) {
		message = xasprintf("%s. Its log ends: %s", v->message, cry);
		free(v->message);
		v->message = message;
	}
	free(cry);
	buf_release(&open_writes);
}

bool run_view_update(struct run_view *v, struct err *e)
{
	struct run_replay *p = v->replay;
	enum run_status was = v->status;
	off_t before = p->at;

	p->v = v;
	if (!run_replay_more(p, v->meta.id, e))
		return false;
	if (!p->ended)
		v->status = run_status_by_process(v->meta.id, p->started);
	/* What it wrote last, after the look above and before it went. */
	if (!p->ended && v->status == RUN_DIED && !run_replay_more(p, v->meta.id, e))
		return false;
	if (p->at == before && v->status == was)
		return true;
	if (v->status == RUN_DIED)
		run_view_died(v, p->said);
	else
		xreplace(&v->message, p->said);
	return true;
}

bool run_view_read(const char *id, struct run_view *out, struct err *e)
{
	*out = (struct run_view){ .eta_ms = -1, .status = RUN_STARTING };
	if (!run_meta_read(id, &out->meta, e))
		return false;
	out->replay = xcalloc(1, sizeof(*out->replay));
	out->replay->by_id = strmap_new(NULL);
	if (run_view_update(out, e))
		return true;
	run_view_release(out);
	return false;
}

void run_view_release(struct run_view *v)
{
	size_t i;

	for (i = 0; i < v->nnodes; i++) {
		free(v->nodes[i].instance);
		free(v->nodes[i].node);
		free(v->nodes[i].group);
		free(v->nodes[i].replaced_by);
		free(v->nodes[i].waits_for);
	}
	free(v->nodes);
	free(v->message);
	if (v->replay) {
		strmap_free(v->replay->by_id);
		buf_release(&v->replay->part);
		free(v->replay->said);
		free(v->replay);
	}
	run_meta_release(&v->meta);
	*v = (struct run_view){ .eta_ms = -1 };
}
