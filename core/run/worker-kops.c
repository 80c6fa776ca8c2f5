/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs that kops does: an update, or a roll by its rolling-update.  What it
 * prints becomes events; only its exit code says how it ended (facts: kops 0.6).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/output.h"
#include "core/rules/needs-update.h"
#include "core/run/journal.h"
#include "core/run/worker-internal.h"

struct kops_node {
	struct roll_node pub;
	char *instance, *node, *group;
	int64_t taken; /* mono ms */
};

struct worker_kops {
	struct worker *w;
	struct kops_run *run; /* NULL: ended */
	struct strlist args;
	const char **extra; /* args, NULL-terminated */
	char *log_path;
	struct kops_node *nodes;
	size_t nnodes, cap;
	char last[1024]; /* last line worth a person's time */
	struct loop_timer *watch; /* looks whether kops hangs or asks */
	char quiet[300];          /* what was said of that last */
	struct loop_timer *after; /* an update is applied: looks whether its addon came */
	int64_t ended_at;
	struct journal_call call;
	bool addon_due;  /* when kops began it was to come */
	bool addon;      /* it was waited for, or came while kops ended */
	int64_t came_at;
};

/* ---- nodes ---- */

static struct kops_node *kops_node_add(struct worker_kops *k, const char *instance,
	const char *node, const char *group)
{
	struct kops_node *n;

	k->nodes = xgrow(k->nodes, &k->cap, k->nnodes, sizeof(*k->nodes));
	n = &k->nodes[k->nnodes++];
	*n = (struct kops_node){
		.instance = xstrdup(instance), .node = xstrdup(node), .group = xstrdup(group),
		.taken = -1,
	};
	n->pub = (struct roll_node){
		.instance = n->instance, .node = n->node, .group = n->group,
		.pods_before = -1, .pods_after = -1, .took_ms = -1,
	};
	return n;
}

/* The node that a line is about, by instance or by name; made when first heard of. */
static struct kops_node *kops_node_of(struct worker_kops *k, const struct roll_line *l)
{
	const struct m_node *m;
	size_t i;

	for (i = 0; i < k->nnodes; i++) {
		if ((l->instance[0] && str_eq(k->nodes[i].instance, l->instance)) ||
			(l->node[0] && str_eq(k->nodes[i].node, l->node)))
			return &k->nodes[i];
	}
	if (!l->instance[0] && !l->node[0])
		return NULL;
	m = l->node[0] ? model_node(k->w->world.model, l->node) : NULL;
	if (!l->instance[0] && (!m || !m->node.instance_id))
		return NULL;
	return kops_node_add(k, l->instance[0] ? l->instance : m->node.instance_id,
		l->node[0] ? l->node : NULL, m ? m->node.group : NULL);
}

static void kops_plan(struct worker_kops *k, const struct roll_options *o)
{
	const struct m_instance *const *v;
	size_t n, i;

	v = model_instances(k->w->world.model, &n);
	for (i = 0; i < n; i++) {
		enum update_why why = update_why_of(v[i]);
		struct kops_node *node;

		if (!v[i]->group || (why == UPDATE_NONE && !o->force) || why == UPDATE_UNKNOWN)
			continue;
		node = kops_node_add(k, v[i]->instance.id,
			v[i]->node ? v[i]->node->node.name : NULL, v[i]->instance.group);
		node->pub.why = why;
		if (v[i]->node)
			node->pub.pods_before = (int32_t)v[i]->node->node.alloc_pods;
		run_log_node(k->w->log, &node->pub);
	}
}

static void kops_node_phase(struct worker_kops *k, struct kops_node *n, enum roll_phase phase)
{
	int64_t now = clock_mono(loop_clock(k->w->world.loop));

	if (n->taken < 0)
		n->taken = now;
	if (phase == ROLL_DONE)
		n->pub.took_ms = now - n->taken;
	n->pub.phase = phase;
	n->pub.waits_for[0] = '\0';
	run_log_node(k->w->log, &n->pub);
}

static void kops_progress(struct worker_kops *k)
{
	size_t i, done = 0;

	for (i = 0; i < k->nnodes; i++)
		done += k->nodes[i].pub.phase == ROLL_DONE;
	run_log_progress(k->w->log, done, k->nnodes, -1);
}

/* All nodes in one of the phases from..to go on to next. */
static void kops_all(struct worker_kops *k, enum roll_phase from, enum roll_phase to,
	enum roll_phase next)
{
	size_t i;

	for (i = 0; i < k->nnodes; i++) {
		if (k->nodes[i].pub.phase >= from && k->nodes[i].pub.phase <= to)
			kops_node_phase(k, &k->nodes[i], next);
	}
	kops_progress(k);
}

static void kops_words(struct worker_kops *k, enum roll_phase phase, const char *text)
{
	size_t i;

	for (i = 0; i < k->nnodes; i++) {
		struct roll_node *n = &k->nodes[i].pub;

		if (n->phase != phase)
			continue;
		snprintf(n->waits_for, sizeof(n->waits_for), "%.*s",
			(int)sizeof(n->waits_for) - 1, text);
		run_log_node(k->w->log, n);
	}
}

/* ---- lines ---- */

/* Lines about one node put it into a phase. */
static const struct {
	enum roll_line_kind kind;
	enum roll_phase phase;
} kops_phases[] = {
	{ ROLL_LINE_DETACHING, ROLL_DETACHED },
	{ ROLL_LINE_DRAINING, ROLL_DRAINING },
	{ ROLL_LINE_STOPPING, ROLL_TERMINATING },
};

/* How many of its pods are left, as the model sees it. */
static void kops_evicting(struct worker_kops *k)
{
	size_t i;

	for (i = 0; i < k->nnodes; i++) {
		struct roll_node *n = &k->nodes[i].pub;
		const struct m_node *m = n->node ? model_node(k->w->world.model, n->node) : NULL;
		int32_t left;

		if (n->phase != ROLL_DRAINING || !m)
			continue;
		left = m->npods - m->ndaemon - m->nmirror;
		if (left == n->pods_left)
			continue;
		n->pods_left = left;
		if (left > n->pods_total)
			n->pods_total = left;
		run_log_node(k->w->log, n);
	}
}

static void kops_roll_line(struct worker_kops *k, const struct roll_line *l)
{
	struct kops_node *n = kops_node_of(k, l);
	size_t i;

	for (i = 0; n && i < sizeof(kops_phases) / sizeof(kops_phases[0]); i++) {
		if (kops_phases[i].kind == l->kind)
			kops_node_phase(k, n, kops_phases[i].phase);
	}
	if (l->kind == ROLL_LINE_EVICTING)
		kops_evicting(k);
	else if (l->kind == ROLL_LINE_EVICT_BLOCKED)
		kops_words(k, ROLL_DRAINING, l->text);
	else if (l->kind == ROLL_LINE_POST_DRAIN)
		kops_all(k, ROLL_DRAINING, ROLL_DRAINING, ROLL_DRAINED);
	else if (l->kind == ROLL_LINE_WAIT_TERMINATED)
		kops_all(k, ROLL_TERMINATING, ROLL_TERMINATING, ROLL_BOOTING);
	else if (l->kind == ROLL_LINE_VALIDATING)
		kops_all(k, ROLL_TERMINATING, ROLL_JOINING, ROLL_VALIDATING);
	else if (l->kind == ROLL_LINE_NOT_VALID)
		kops_words(k, ROLL_VALIDATING, l->text);
	else if (l->kind == ROLL_LINE_VALID)
		kops_all(k, ROLL_VALIDATING, ROLL_VALIDATING, ROLL_DONE);
	else if (l->kind == ROLL_LINE_GROUP_FAILED)
		kops_all(k, ROLL_DETACHED, ROLL_VALIDATING, ROLL_FAILED);
}

static bool kops_worth_telling(enum roll_line_kind kind)
{
	return kind != ROLL_LINE_OTHER && kind != ROLL_LINE_TABLE && kind != ROLL_LINE_EVICTING &&
		kind != ROLL_LINE_NEED_YES;
}

static void kops_on_roll_line(void *ctx, const char *line, size_t n, bool err)
{
	struct worker_kops *k = ctx;
	struct roll_line l;

	(void)err;
	roll_line_parse(line, n, &l);
	kops_roll_line(k, &l);
	if (!kops_worth_telling(l.kind))
		return;
	/* "Completed" comes after failures too: it must not hide them. */
	if (l.kind != ROLL_LINE_COMPLETED || !k->last[0])
		snprintf(k->last, sizeof(k->last), "%s", l.text);
	run_log_message(k->w->log, "%s", l.text);
}

static void kops_on_update_line(void *ctx, const char *line, size_t n, bool err)
{
	struct worker_kops *k = ctx;
	int done, total;

	(void)err;
	if (update_progress_line(line, n, &done, &total)) {
		run_log_tasks(k->w->log, done, total);
		return;
	}
	while (n && (*line == ' ' || *line == '\t')) {
		line++;
		n--;
	}
	if (n && n < sizeof(k->last))
		snprintf(k->last, sizeof(k->last), "%.*s", (int)n, line);
}

/* ---- after an update ---- */

#define AFTER_LOOK_MS 1000
#define AFTER_AWS_MS 4000     /* for AWS to be asked again */
#define AFTER_MARKS_MS 10000  /* from the addon to its marks */
#define AFTER_MOST_MS (3 * 60 * 1000)

static void kops_after_end(struct worker_kops *k, bool pending)
{
	const struct model *m = k->w->world.model;
	const struct m_instance *const *v;
	size_t n, i, need = 0;

	v = model_instances(m, &n);
	for (i = 0; i < n; i++) {
		enum update_why why = update_why_of(v[i]);

		need += why != UPDATE_NONE && why != UPDATE_UNKNOWN;
	}
	if (pending)
		worker_end(k->w, RUN_SUCCEEDED,
			"The update is applied, but the CNI addon did not reach the cluster within "
			"%d minutes: do not roll before it does.", AFTER_MOST_MS / 60000);
	else if (need)
		worker_end(k->w, RUN_SUCCEEDED,
			"The update is applied%s. %zu of %zu instances need a roll, which may "
			"start now.", k->addon ? " and the CNI addon has come" : "", need, n);
	else
		worker_end(k->w, RUN_SUCCEEDED,
			"The update is applied%s. No instance needs to be replaced.",
			k->addon ? " and the CNI addon has come" : "");
}

/* Who rolls before the addon has come rolls twice: the run ends when it may begin. */
static void kops_after(void *ctx)
{
	struct worker_kops *k = ctx;
	struct model *m = k->w->world.model;
	int64_t now = clock_mono(loop_clock(k->w->world.loop));
	bool pending = roll_addon_pending(m), late = now - k->ended_at > AFTER_MOST_MS;

	k->after = NULL;
	if (pending && !k->addon) {
		k->addon = true;
		run_log_message(k->w->log, "The update is applied; waits for the CNI addon, which "
			"is applied within about a minute.");
	}
	k->addon |= k->addon_due;
	if (!pending && !k->came_at)
		k->came_at = now;
	if (late || (!pending && now - k->ended_at >= AFTER_AWS_MS && (!k->addon ||
		update_any_mark(m) || now - k->came_at >= AFTER_MARKS_MS))) {
		kops_after_end(k, pending);
		return;
	}
	k->after = loop_timer_add(k->w->world.loop, AFTER_LOOK_MS, kops_after, k);
}

static void kops_applied(struct worker_kops *k)
{
	struct source *aws = k->w->world.sources[SRC_AWS];
	struct model *m = k->w->world.model;

	if (!k->w->world.kube || model_source(m, SRC_KUBE)->state != SOURCE_LIVE) {
		worker_end(k->w, RUN_SUCCEEDED, "The update is applied.");
		return;
	}
	if (aws)
		aws->ops->refresh(aws);
	k->ended_at = clock_mono(loop_clock(k->w->world.loop));
	kops_after(k);
}

static struct journal_entry kops_entry(const struct worker *w)
{
	return (struct journal_entry){ .cluster = w->meta.cluster, .run = w->id,
		.action = w->meta.kind == RUN_UPDATE ? "kops update" : "kops rolling-update",
		.target = w->meta.cluster };
}

static void kops_journal(struct worker *w, const struct err *result)
{
	struct journal_entry j = kops_entry(w);
	struct err e = ERR_INIT;

	j.result = result;
	if (!journal_answer(clock_wall(loop_clock(w->world.loop)), &w->kops->call, &j, true, &e))
		fprintf(stderr, "journal: %s\n", e.text);
}

#define KOPS_WATCH_MS 5000 /* real */

/* It is not ended for that: half an update is worse than a late one. */
static void kops_watch(void *ctx)
{
	struct worker_kops *k = ctx;
	char words[sizeof(k->quiet)];

	k->watch = NULL;
	if (!k->run)
		return;
	kops_quiet_words(k->run, words, sizeof(words));
	/* Said again only when it is not the same silence any more. */
	if (words[0] && !k->quiet[0])
		run_log_message(k->w->log, "%s", words);
	memcpy(k->quiet, words, sizeof(words));
	k->watch = worker_timer(k->w, KOPS_WATCH_MS, kops_watch, k);
}

static void kops_on_done(void *ctx, int code, const struct err *e)
{
	struct worker_kops *k = ctx;
	bool update = k->w->meta.kind == RUN_UPDATE;

	k->run = NULL;
	kops_journal(k->w, e);
	if (!update)
		kops_progress(k);
	if (code == 0 && !e && update)
		kops_applied(k);
	else if (code == 0 && !e)
		worker_end(k->w, RUN_SUCCEEDED, "kops rolled all that needed it.");
	else
		worker_end(k->w, RUN_FAILED, "kops ended with %d: %s", code,
			k->last[0] ? k->last : e ? e->text : "no reason given");
}

/* ---- start and words ---- */

static void kops_arg_ms(struct worker_kops *k, const char *flag, int64_t ms, int64_t usual)
{
	char text[64];

	if (ms == usual)
		return;
	snprintf(text, sizeof(text), "%s=%lldms", flag, (long long)ms);
	strlist_add(&k->args, text);
}

static void kops_args(struct worker_kops *k, const struct roll_options *o)
{
	struct roll_options usual;
	size_t i;

	roll_options_default(&usual);
	for (i = 0; o->groups && o->groups[i]; i++)
		strlist_take(&k->args, xasprintf("--instance-group=%s", o->groups[i]));
	if (o->role != ROLE_UNKNOWN)
		strlist_take(&k->args, xasprintf("--instance-group-roles=%s", role_name(o->role)));
	if (o->force)
		strlist_add(&k->args, "--force");
	if (o->validate_count != usual.validate_count)
		strlist_take(&k->args, xasprintf("--validate-count=%d", o->validate_count));
	kops_arg_ms(k, "--post-drain-delay", o->post_drain_ms, usual.post_drain_ms);
	kops_arg_ms(k, "--drain-timeout", o->drain_timeout_ms, usual.drain_timeout_ms);
	kops_arg_ms(k, "--validation-timeout", o->validate_timeout_ms, usual.validate_timeout_ms);
	kops_arg_ms(k, "--bastion-interval", o->bastion_interval_ms, usual.bastion_interval_ms);
	kops_arg_ms(k, "--node-interval", o->node_interval_ms, usual.node_interval_ms);
	/* Called --master-interval up to 1.25 (facts: kops 5.1). */
	kops_arg_ms(k, "--control-plane-interval", o->cp_interval_ms, usual.cp_interval_ms);
	if (o->cloud_only)
		strlist_add(&k->args, "--cloudonly");
}

static bool kops_prepare_roll(struct worker_kops *k, struct err *e)
{
	const char *json = k->w->meta.options;
	struct roll_options o;

	roll_options_default(&o);
	if (json && !roll_options_load(&o, json, strlen(json), e))
		return false;
	kops_args(k, &o);
	kops_plan(k, &o);
	kops_progress(k);
	roll_options_release(&o);
	return true;
}

bool worker_kops_start(struct worker *w, struct err *e)
{
	bool update = w->meta.kind == RUN_UPDATE;
	struct worker_kops *k = xcalloc(1, sizeof(*k));
	struct journal_entry j = kops_entry(w);
	struct kops_call call;
	char *line;
	size_t i;
	bool asked;

	w->kops = k;
	k->w = w;
	if (str_empty(w->meta.state))
		return err_set(e, ERR_USAGE, "kops needs the state store's URL");
	if (!update && !kops_prepare_roll(k, e))
		return false;
	k->extra = xcalloc(k->args.n + 1, sizeof(*k->extra));
	for (i = 0; i < k->args.n; i++)
		k->extra[i] = k->args.v[i];
	k->log_path = run_path(w->id, "kops.log");
	call = (struct kops_call){
		.verb = update ? KOPS_UPDATE : KOPS_ROLL, .state = w->meta.state,
		.cluster = w->meta.cluster, .extra = k->extra, .log_path = k->log_path,
		.on_line = update ? kops_on_update_line : kops_on_roll_line,
		.on_done = kops_on_done, .ctx = k,
	};
	line = kops_command_line(&call);
	run_log_message(w->log, "%s", line);
	j.after = line;
	asked = journal_ask(clock_wall(loop_clock(w->world.loop)), &j, 1, &k->call, e);
	free(line);
	if (!asked)
		return false;
	k->addon_due = update && roll_addon_pending(w->world.model);
	k->run = kops_start(w->world.loop, &call, e);
	if (!k->run)
		kops_journal(w, e);
	else
		kops_watch(k);
	return k->run != NULL;
}

bool worker_kops_word(struct worker *w, const char *word)
{
	struct err stopped = ERR_INIT;

	if (!str_eq(word, "stop") || !w->kops->run)
		return false;
	kops_cancel(w->kops->run);
	w->kops->run = NULL;
	err_set(&stopped, ERR_CANCELLED, "stopped by the user");
	kops_journal(w, &stopped);
	worker_end(w, RUN_USER_STOPPED, "kops was stopped by the user. %s",
		w->meta.kind == RUN_UPDATE
			? "Parts of the update may be applied: update again."
			: "It leaves nodes cordoned and tainted: roll again, or uncordon them.");
	return true;
}

void worker_kops_free(struct worker_kops *k)
{
	size_t i;

	if (!k)
		return;
	if (k->run)
		kops_cancel(k->run);
	if (k->after)
		loop_timer_remove(k->after);
	if (k->watch)
		loop_timer_remove(k->watch);
	for (i = 0; i < k->nnodes; i++) {
		free(k->nodes[i].instance);
		free(k->nodes[i].node);
		free(k->nodes[i].group);
	}
	free(k->nodes);
	free(k->extra);
	strlist_release(&k->args);
	free(k->log_path);
	free(k);
}
