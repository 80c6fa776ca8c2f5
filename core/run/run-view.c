/* SPDX-License-Identifier: Apache-2.0 */
/* A run's folder as a viewer sees it: meta.json and the events, replayed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/run-folder.h"
#include "core/run/run.h"

struct run_replay {
	struct run_view *v;
	size_t cap;
	struct strmap *by_id; /* instance to its index + 1 */
	bool started, ended;
};

static enum roll_phase run_phase_of(const char *name)
{
	int i;

	for (i = 0; i < ROLL_PHASE__COUNT; i++) {
		if (str_eq(roll_phase_name((enum roll_phase)i), name))
			return (enum roll_phase)i;
	}
	return ROLL_WAITS;
}

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
	enum roll_phase phase = run_phase_of(json_str(j, "phase"));
	struct run_node *n;
	bool is_new;

	if (!instance)
		return;
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
	xreplace(&p->v->message, json_str(j, "text"));
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
		xreplace(&p->v->message, json_str(j, "text"));
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

static void run_replay_all(struct run_replay *p, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n)
			run_replay_line(p, text, n);
		text += n + (text[n] == '\n');
	}
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

bool run_view_read(const char *id, struct run_view *out, struct err *e)
{
	struct buf events = BUF_INIT;
	struct err missing = ERR_INIT;
	struct run_replay p = { .v = out };

	*out = (struct run_view){ .eta_ms = -1 };
	if (!run_meta_read(id, &out->meta, e))
		return false;
	if (!run_read_file(id, "events.jsonl", &events, &missing) &&
		missing.kind != ERR_NOT_FOUND) {
		err_copy(e, &missing);
		run_view_release(out);
		buf_release(&events);
		return false;
	}
	p.by_id = strmap_new(NULL);
	run_replay_all(&p, buf_str(&events));
	strmap_free(p.by_id);
	if (!p.ended)
		out->status = run_status_by_process(id, p.started);
	buf_release(&events);
	return true;
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
	run_meta_release(&v->meta);
	*v = (struct run_view){ .eta_ms = -1 };
}
