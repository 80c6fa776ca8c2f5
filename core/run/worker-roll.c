/* SPDX-License-Identifier: Apache-2.0 */
/* The native roll: the machine is stepped by observations, its actions are carried out. */
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/run-folder.h"
#include "core/run/worker-internal.h"

struct worker_node { /* what was told of a node last */
	struct roll_node node;
	char *name, *replaced_by;
};

struct worker_roll {
	struct roll *roll;
	struct worker_acts *acts;
	struct loop_timer *wake, *tick;
	struct strmap *told; /* instance to struct worker_node */
	char *last_why;
	enum roll_state last_state;
	bool dirty; /* something that a restart needs has changed */
	bool kept;  /* the file holds all of it, so far: what changes is appended */
	bool begun; /* something was written to the world, by us or a worker before */
	bool held;  /* nothing is, for the disk does not take our own records ... */
	bool held_acts; /* ... and actions wait for that */
};

/* ---- telling ---- */

static bool worker_node_same(const struct worker_node *t, const struct roll_node *n)
{
	const struct roll_node *o = &t->node;

	return o->phase == n->phase && o->pods_total == n->pods_total &&
		o->pods_left == n->pods_left && o->pods_before == n->pods_before &&
		o->pods_after == n->pods_after && o->took_ms == n->took_ms &&
		str_eq(t->name, n->node) && str_eq(t->replaced_by, n->replaced_by) &&
		str_eq(o->waits_for, n->waits_for);
}

static struct worker_node *worker_node_told(struct worker_roll *r, const char *instance)
{
	struct worker_node *t = strmap_get(r->told, instance);

	if (t)
		return t;
	t = xcalloc(1, sizeof(*t));
	t->node.phase = ROLL_PHASE__COUNT;
	strmap_set(r->told, instance, t);
	return t;
}

static void worker_node_free(void *node)
{
	struct worker_node *t = node;

	free(t->name);
	free(t->replaced_by);
	free(t);
}

static void worker_tell_nodes(struct worker *w, struct worker_roll *r)
{
	const struct roll_node *const *v;
	size_t n, i;

	v = roll_nodes(r->roll, &n);
	for (i = 0; i < n; i++) {
		struct worker_node *t = worker_node_told(r, v[i]->instance);

		if (worker_node_same(t, v[i]))
			continue;
		r->dirty = r->dirty || t->node.phase != v[i]->phase ||
			!str_eq(t->replaced_by, v[i]->replaced_by);
		t->node = *v[i];
		xreplace(&t->name, v[i]->node);
		xreplace(&t->replaced_by, v[i]->replaced_by);
		run_log_node(w->log, v[i]);
	}
}

static void worker_tell_progress(struct worker *w)
{
	size_t done, total;
	int64_t eta;

	roll_progress(w->roll->roll, clock_mono(loop_clock(w->world.loop)), &done, &total, &eta);
	run_log_progress(w->log, done, total, eta);
}

static void worker_roll_tick(void *ctx)
{
	struct worker *w = ctx;

	worker_tell_progress(w);
	w->roll->tick = loop_timer_add(w->world.loop, WORKER_PROGRESS_MS, worker_roll_tick, w);
}

static void worker_tell_state(struct worker *w, struct worker_roll *r)
{
	static const char *const names[] = {
		[ROLL_RUNNING] = "running", [ROLL_PAUSED] = "paused", [ROLL_STOPPING] = "stopping",
	};
	enum roll_state s = roll_get_state(r->roll);
	const char *why = roll_why(r->roll);

	if (s != r->last_state && (size_t)s < sizeof(names) / sizeof(names[0]))
		run_log_state(w->log, names[s]);
	if (!str_empty(why) && !str_eq(why, r->last_why))
		run_log_message(w->log, "%s", why);
	xreplace(&r->last_why, why);
	r->dirty = r->dirty || s != r->last_state;
	r->last_state = s;
}

/* ---- doing ---- */

/* Before the actions are carried out: a restart must know that they may have been. */
static bool worker_roll_save(struct worker *w, struct err *e)
{
	struct buf text = BUF_INIT;
	char *path = run_path(w->id, "state.json");
	bool ok;

	if (w->roll->kept) {
		roll_save_changes(w->roll->roll, &text);
		text.data[--text.len] = '\0'; /* the newline is file_append_line()'s own */
		ok = file_append_line(path, buf_str(&text), 0600, true, e);
	} else {
		roll_save(w->roll->roll, &text);
		ok = file_write(path, buf_str(&text), text.len, 0600, e);
	}
	w->roll->kept = ok;
	free(path);
	buf_release(&text);
	w->roll->dirty = false;
	return ok;
}

static bool worker_roll_over(struct worker *w)
{
	static const struct {
		enum roll_state state;
		enum run_status status;
	} ends[] = {
		{ ROLL_FINISHED, RUN_SUCCEEDED },
		{ ROLL_BROKEN, RUN_FAILED },
		{ ROLL_GUARDED, RUN_GUARD },
		{ ROLL_STOPPED, RUN_USER_STOPPED },
	};
	enum roll_state s = roll_get_state(w->roll->roll);
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (ends[i].state != s)
			continue;
		worker_tell_progress(w);
		worker_end(w, ends[i].status, "%s", roll_why(w->roll->roll));
		return true;
	}
	return false;
}

static void worker_roll_wake(void *ctx)
{
	struct worker *w = ctx;

	w->roll->wake = NULL;
	worker_turn_soon(w);
}

static void worker_roll_sleep(struct worker *w, int64_t now, int64_t wake_at)
{
	struct worker_roll *r = w->roll;

	if (r->wake)
		loop_timer_remove(r->wake);
	r->wake = NULL;
	if (wake_at)
		r->wake = loop_timer_add(w->world.loop, wake_at > now ? wake_at - now : 1,
			worker_roll_wake, w);
}

void worker_roll_left(const struct worker *w, struct buf *out)
{
	const struct roll_node *const *v = NULL;
	size_t n = 0, i;
	bool any = false;

	if (w->roll)
		v = roll_nodes(w->roll->roll, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->phase < ROLL_CORDONED || v[i]->phase > ROLL_TERMINATING)
			continue;
		buf_addf(out, "%s%s", any ? ", " : ". Left cordoned: ",
			v[i]->node ? v[i]->node : v[i]->instance);
		any = true;
	}
	if (any)
		buf_adds(out, "; roll again, or uncordon by hand.");
}

enum worker_did { DO_DONE, DO_HELD /* nothing was done */, DO_ENDED };

/*
 * The disk takes our records no more: it is full, say.  Who has done nothing yet ends; in the
 * middle of a roll that would leave things as they are, so it waits until it can be recorded.
 */
static enum worker_did worker_roll_hold(struct worker *w, const struct roll_action *acts, size_t n,
	int64_t now, const char *what, struct err *e)
{
	struct worker_roll *r = w->roll;
	struct err no = ERR_INIT;
	uint64_t *ids;
	size_t i;

	if (!run_has_file(w->id, "meta.json")) { /* nobody could stop it any more */
		struct buf left = { .max = 400 };

		worker_roll_left(w, &left);
		worker_end(w, RUN_FAILED, "Stopped: the run's folder is gone%s", buf_str(&left));
		buf_release(&left);
		return DO_ENDED;
	}
	if (!r->begun) {
		worker_end(w, RUN_FAILED, "Stopped before a write: %s cannot be kept: %s", what,
			e->text);
		return DO_ENDED;
	}
	if (!r->held)
		run_log_message(w->log, "Waits: %s cannot be kept: %s", what, e->text);
	r->held = true;
	r->held_acts = n > 0;
	err_set(&no, ERR_IO, "nothing is done that cannot be recorded: %s", e->text);
	ids = xcalloc(n + 1, sizeof(*ids));
	for (i = 0; i < n; i++)
		ids[i] = acts[i].id;
	for (i = 0; i < n; i++)
		roll_action_done(r->roll, ids[i], now, &no);
	free(ids);
	r->dirty = true;
	return DO_HELD;
}

static enum worker_did worker_roll_do(struct worker *w, const struct roll_action *acts, size_t n,
	int64_t now)
{
	struct worker_roll *r = w->roll;
	struct err e = ERR_INIT;

	if (r->dirty && !worker_roll_save(w, &e))
		return worker_roll_hold(w, acts, n, now, "the run's state", &e);
	if (!worker_acts_do(r->acts, acts, n, &e))
		return worker_roll_hold(w, acts, n, now, "the journal", &e);
	r->begun = r->begun || n > 0;
	if (r->held && (n > 0 || !r->held_acts)) {
		run_log_message(w->log, "Goes on: what it does can be recorded again.");
		r->held = false;
	}
	return DO_DONE;
}

void worker_roll_turn(struct worker *w)
{
	const struct clock *clock = loop_clock(w->world.loop);
	int64_t now = clock_mono(clock), wake_at;
	struct worker_roll *r = w->roll;
	const struct roll_action *acts;
	enum worker_did did;
	size_t n, i;

	roll_step(r->roll, w->world.model, now, clock_wall(clock), &acts, &n, &wake_at);
	worker_tell_nodes(w, r);
	worker_tell_state(w, r);
	for (i = 0; i < n; i++) /* evictions are read off the pods again */
		r->dirty = r->dirty || acts[i].kind != ROLL_EVICT;
	did = worker_roll_do(w, acts, n, now);
	if (did == DO_ENDED)
		return;
	if (did == DO_HELD && (!wake_at || wake_at > now + WORKER_HELD_MS))
		wake_at = now + WORKER_HELD_MS;
	if (did == DO_HELD || !worker_roll_over(w))
		worker_roll_sleep(w, now, wake_at);
}

void worker_roll_answer(struct worker *w, uint64_t id, enum roll_action_kind kind,
	const struct err *e)
{
	if (!w->roll)
		return;
	roll_action_done(w->roll->roll, id, clock_mono(loop_clock(w->world.loop)), e);
	/* An eviction is read off the pods again; the others' answers must outlive us. */
	if (kind != ROLL_EVICT)
		w->roll->dirty = true;
	if (w->stage == WORKER_WORKS)
		worker_turn_soon(w);
}

/* ---- beginning, words, end ---- */

static struct roll *worker_roll_make(struct worker *w, struct err *e)
{
	struct roll_options o;
	struct buf state = BUF_INIT;
	struct roll *r = NULL;

	if (run_read_file(w->id, "state.json", &state, NULL)) {
		r = roll_load(buf_str(&state), state.len, w->world.model, e);
		if (r) {
			run_log_message(w->log, "Going on where the worker before ended.");
			worker_acts_left_open(w);
		}
		buf_release(&state);
		return r;
	}
	buf_release(&state);
	roll_options_default(&o);
	if (w->meta.options &&
		!roll_options_load(&o, w->meta.options, strlen(w->meta.options), e))
		return NULL;
	r = roll_new(w->world.model, &o, e);
	roll_options_release(&o);
	return r;
}

bool worker_roll_start(struct worker *w, struct err *e)
{
	struct roll *roll;

	if (!w->world.cloud || !w->world.kube)
		return err_set(e, ERR_CONFIG, "a roll needs both AWS and the cluster's API");
	roll = worker_roll_make(w, e);
	if (!roll)
		return false;
	w->roll = xcalloc(1, sizeof(*w->roll));
	w->roll->roll = roll;
	w->roll->told = strmap_new(worker_node_free);
	roll_set_scale(roll, loop_clock(w->world.loop)->scale);
	w->roll->last_state = ROLL_RUNNING;
	w->roll->dirty = true;
	w->roll->begun = w->resumes;
	w->roll->acts = worker_acts_new(w);
	worker_tell_progress(w);
	w->roll->tick = loop_timer_add(w->world.loop, WORKER_PROGRESS_MS, worker_roll_tick, w);
	worker_turn_soon(w);
	return true;
}

static bool worker_roll_skip(struct worker *w)
{
	if (!roll_skip(w->roll->roll, NULL))
		return false;
	run_log_message(w->log, "Leaves the node in hand out and gives it back.");
	w->roll->dirty = true;
	worker_turn_soon(w);
	return true;
}

bool worker_roll_word(struct worker *w, const char *word)
{
	static const struct {
		const char *word;
		void (*tell)(struct roll *r);
		const char *text;
	} words[] = {
		{ "pause", roll_pause, "Will pause after the node in hand." },
		{ "resume", roll_resume, "Goes on." },
		{ "stop", roll_stop, "Stopping: what was not replaced is given back." },
	};
	size_t i;

	if (str_eq(word, "skip"))
		return worker_roll_skip(w);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_eq(words[i].word, word))
			continue;
		words[i].tell(w->roll->roll);
		run_log_message(w->log, "%s", words[i].text);
		w->roll->dirty = true;
		worker_turn_soon(w);
		return true;
	}
	return false;
}

void worker_roll_free(struct worker_roll *r)
{
	if (!r)
		return;
	if (r->wake)
		loop_timer_remove(r->wake);
	if (r->tick)
		loop_timer_remove(r->tick);
	strmap_free(r->told);
	free(r->last_why);
	worker_acts_free(r->acts);
	roll_free(r->roll);
	free(r);
}
