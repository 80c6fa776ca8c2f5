/* SPDX-License-Identifier: Apache-2.0 */
/* The story, played without a terminal. */
#include "tui/play.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/command.h"
#include "core/kops/output.h"
#include "core/rules/capacity.h"
#include "core/rules/consequences.h"
#include "core/rules/needs-update.h"
#include "core/rules/pending.h"
#include "tui/change.h"
#include "tui/launch.h"
#include "tui/session.h"

#define NS "default"
#define DEPLOYMENT "nginx-deployment"
#define MINUTE 60000

struct play {
	struct session s;
	const struct options *o;
	struct err err;
	int step;
	/* What the present step waits for. */
	bool (*until)(struct play *p);
	int32_t wanted;
	bool came;     /* a callback did */
	char *run_id;
	struct run_view run;
	size_t said;   /* nodes of the roll already reported as done */
	struct update_report report;
	int64_t began;
};

/* ---- saying ----------------------------------------------------------------------- */

static void play_step(struct play *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void play_see(struct play *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void play_step(struct play *p, const char *fmt, ...)
{
	va_list ap;
	printf("\n%d. ", ++p->step);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

static void play_see(struct play *p, const char *fmt, ...)
{
	va_list ap;
	char at[32];
	int64_t ms = clock_mono(&p->s.clock) - p->began;
	stamp_duration(at, sizeof(at), ms);
	printf("   %-7s ", at);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* ---- waiting ------------------------------------------------------------------------- */

static bool play_done(void *ctx)
{
	struct play *p = ctx;
	return err_is_set(&p->err) || p->until(p);
}

/* Nothing may change for a while and the condition still come true: look again now and then. */
static void play_tick(void *ctx)
{
	*(struct loop_timer **)ctx = NULL;
}

/* Waits minutes of the lab's time; false with the reason when it did not come about. */
static bool play_wait(struct play *p, const char *what, int minutes, bool (*until)(struct play *p))
{
	int64_t end = clock_mono(&p->s.clock) + (int64_t)minutes * MINUTE;
	p->until = until;
	while (!play_done(p)) {
		if (clock_mono(&p->s.clock) >= end) {
			return err_set(&p->err, ERR_TIMEOUT,
				"waited %d minutes of the lab's time for: %s", minutes, what);
		}
		struct loop_timer *tick = loop_timer_add(p->s.loop, 1000, play_tick, &tick);
		loop_run_until(p->s.loop, play_done, p, 1000);
		if (tick) {
			loop_timer_remove(tick);
		}
	}
	return !err_is_set(&p->err);
}

static void play_verb_done(void *ctx, const struct err *e)
{
	struct play *p = ctx;
	p->came = true;
	err_copy(&p->err, e);
}

static bool play_came(struct play *p)
{
	return p->came;
}

/* ---- conditions ------------------------------------------------------------------------ */

static bool play_settled(struct play *p)
{
	size_t n;
	model_nodes(p->s.model, &n);
	return model_opened(p->s.model) && session_settled(&p->s) && n > 0;
}

static const struct deployment *play_deployment(struct play *p)
{
	return model_deployment(p->s.model, NS, DEPLOYMENT);
}

/* Pods of the Deployment that run, and that wait. */
static size_t play_count(struct play *p, enum pod_phase phase)
{
	size_t n, hits = 0;
	const struct m_pod *const *v = model_pods(p->s.model, &n);
	for (size_t i = 0; i < n; i++) {
		hits += str_eq(v[i]->pod.owner_name, DEPLOYMENT) && v[i]->pod.phase == phase &&
			!v[i]->pod.deletion;
	}
	return hits;
}

static bool play_ready(struct play *p)
{
	const struct deployment *d = play_deployment(p);
	return d && d->replicas == p->wanted && d->ready == p->wanted &&
		play_count(p, POD_RUNNING) == (size_t)p->wanted;
}

static bool play_full(struct play *p)
{
	struct pending_report r;
	pending_compute(p->s.model, &p->s.clock, &r);
	bool ok = play_count(p, POD_PENDING) == (size_t)p->wanted && r.n > 0 && r.v[0].message;
	pending_release(&r);
	return ok;
}

static bool play_run_over(struct play *p)
{
	run_view_release(&p->run);
	if (!run_view_read(p->run_id, &p->run, &p->err)) {
		return true;
	}
	for (size_t i = p->said; i < p->run.nnodes; i++) {
		const struct run_node *n = &p->run.nodes[i];
		if (n->phase != ROLL_DONE || !n->replaced_by) {
			break;
		}
		char took[32];
		stamp_duration(took, sizeof(took), n->took_ms);
		play_see(p, "%s (%s) replaced by %s: %d -> %d pods, in %s", n->instance, n->group,
			n->replaced_by, n->pods_before, n->pods_after, took);
		p->said = i + 1;
	}
	return p->run.status != RUN_STARTING && p->run.status != RUN_ALIVE;
}

static size_t play_need_update(struct play *p, enum update_why why)
{
	size_t n, hits = 0;
	const struct m_instance *const *v = model_instances(p->s.model, &n);
	for (size_t i = 0; i < n; i++) {
		bool marked = v[i]->node && v[i]->node->node.needs_update;
		hits += why == UPDATE_ANNOTATION ? marked : update_why_of(v[i]) == why;
	}
	return hits;
}

static bool play_all_marked(struct play *p)
{
	size_t n;
	model_instances(p->s.model, &n);
	return n > 0 && play_need_update(p, UPDATE_ANNOTATION) == n;
}

static bool play_nodes_at(struct play *p)
{
	size_t n, ok = 0;
	const struct m_node *const *v = model_nodes(p->s.model, &n);
	for (size_t i = 0; i < n; i++) {
		ok += v[i]->node.alloc_pods == p->wanted && v[i]->node.ready == TRI_YES;
	}
	return n == 3 && ok == n;
}

/* ---- steps ---------------------------------------------------------------------------- */

static void play_say_nodes(struct play *p)
{
	size_t n;
	const struct m_node *const *v = model_nodes(p->s.model, &n);
	for (size_t i = 0; i < n; i++) {
		struct node_capacity c;
		capacity_of_node(p->s.model, v[i], true, &c);
		play_see(p, "node %s  %-30s %s  %" PRId64 " allocatable pods, %d used",
			v[i]->node.name, v[i]->node.group, v[i]->node.type, v[i]->node.alloc_pods,
			c.pods_used);
		if (i == 0) {
			play_see(p, "     %s", c.arithmetic);
		}
	}
}

static bool play_scale(struct play *p, int32_t replicas)
{
	p->came = false;
	if (!p->s.kube) {
		err_copy(&p->err, &p->s.k8s_err);
		return false;
	}
	p->s.kube->ops->scale(p->s.kube, NS, DEPLOYMENT, replicas, play_verb_done, p);
	return play_wait(p, "the API to take the new scale", 2, play_came);
}

static bool play_look(struct play *p)
{
	play_step(p, "The cluster as it is");
	if (!play_wait(p, "the cluster's first answers", 5, play_settled)) {
		return false;
	}
	const struct kube_server *k = model_server(p->s.model);
	play_see(p, "cluster %s, Kubernetes %s", model_opened(p->s.model),
		k && k->version ? k->version : "?");
	play_say_nodes(p);
	p->wanted = 17;
	return play_nodes_at(p) ||
		err_set(&p->err, ERR_SERVER, "expected three nodes with 17 allocatable pods");
}

static bool play_fill(struct play *p)
{
	struct pending_report r;
	play_step(p, "Scale %s to 40: two workers hold 15 each", DEPLOYMENT);
	p->wanted = 10;
	if (!play_scale(p, 40) || !play_wait(p, "10 pods to be Pending", 5, play_full)) {
		return false;
	}
	play_see(p, "%zu replicas Running, %zu Pending", play_count(p, POD_RUNNING),
		play_count(p, POD_PENDING));
	pending_compute(p->s.model, &p->s.clock, &r);
	const struct pending_group *g = &r.v[0];
	bool told = g->main_kind == REASON_TOO_MANY_PODS && strstr(g->message, "Too many pods");
	play_see(p, "scheduler: %s", g->message);
	play_see(p, "why: %s", g->why);
	for (size_t i = 0; i < g->nadvices; i++) {
		play_see(p, "would help: %s%s%s", g->advices[i].text,
			g->advices[i].effect ? ", " : "",
			g->advices[i].effect ? g->advices[i].effect : "");
	}
	pending_release(&r);
	return told || err_set(&p->err, ERR_SERVER, "the reason is not \"Too many pods\"");
}

static void play_change_moved(void *ctx)
{
	((struct play *)ctx)->came = true;
}

static bool play_change(struct play *p, const struct limits_edit *edit)
{
	p->came = false;
	struct change *c = change_start(&p->s, edit, play_change_moved, p);
	bool ok = play_wait(p, "the spec to be read", 2, play_came);
	if (ok && change_get_state(c) == CHANGE_READY) {
		for (const char *line = change_diff(c); *line;) {
			size_t n = strcspn(line, "\n");
			play_see(p, "  %.*s", (int)n, line);
			line += n + (line[n] == '\n');
		}
		p->came = false;
		change_commit(c);
		while (ok && change_get_state(c) == CHANGE_WRITING) {
			ok = play_wait(p, "the spec to be written", 2, play_came);
			p->came = false;
		}
	}
	if (ok && change_get_state(c) != CHANGE_DONE) {
		err_copy(&p->err, change_error(c));
		ok = false;
	}
	if (ok) {
		play_see(p, "%s written and read back", change_path(c));
	}
	change_free(c);
	return ok;
}

static bool play_edit(struct play *p)
{
	struct limits_edit edit = { .max_pods = 110, .cp_max_pods = LIMITS_KEEP, .prefix = 1,
		.warm_prefix = 1, .warm_ip = LIMITS_KEEP, .minimum_ip = LIMITS_KEEP };
	struct findings f = { .v = NULL };
	play_step(p, "Turn on prefix delegation and set maxPods 110: what it would do");
	consequences_of(p->s.model, &edit, &f);
	bool warned = false;
	for (size_t i = 0; i < f.n; i++) {
		play_see(p, "%s %s%s%s",
			f.v[i].level == FINDING_OK     ? "ok"
			: f.v[i].level == FINDING_INFO ? "- "
						       : "! ",
			f.v[i].text, f.v[i].todo ? "; first: " : "",
			f.v[i].todo ? f.v[i].todo : "");
		warned |= f.v[i].level == FINDING_WARN && f.v[i].todo;
	}
	bool refused = findings_refuse(&f);
	findings_release(&f);
	if (refused || !warned) {
		return err_set(&p->err, ERR_SERVER, refused
			? "kopscope refuses the story's edit"
			: "kopscope does not warn of rolling full nodes");
	}
	play_step(p, "The advised order: make room first, then write");
	p->wanted = 20;
	if (!play_scale(p, 20) || !play_wait(p, "20 replicas to be ready", 10, play_ready)) {
		return false;
	}
	play_see(p, "%zu replicas Running, %zu Pending", play_count(p, POD_RUNNING),
		play_count(p, POD_PENDING));
	return play_change(p, &edit);
}

static void play_kops_line(void *ctx, const char *line, size_t n, bool err)
{
	if (!err) {
		update_report_line(&((struct play *)ctx)->report, line, n);
	}
}

static void play_kops_done(void *ctx, int code, const struct err *e)
{
	play_verb_done(ctx, e);
}

static bool play_dry_run(struct play *p)
{
	struct kops_call call = {.verb = KOPS_UPDATE_DRY,
		.program = p->s.opts.kops,
		.state = p->s.state_url,
		.cluster = model_opened(p->s.model),
		.on_line = play_kops_line,
		.on_done = play_kops_done,
		.ctx = p};
	update_report_init(&p->report);
	p->came = false;
	char *line = kops_command_line(&call);
	play_see(p, "%s", line);
	free(line);
	if (!kops_start(p->s.loop, &call, &p->err) ||
		!play_wait(p, "kops' dry run", 10, play_came)) {
		return false;
	}
	for (size_t i = 0; i < p->report.ntasks; i++) {
		play_see(p, "  would modify %s/%s", p->report.tasks[i].type,
			p->report.tasks[i].name);
	}
	bool some = p->report.ntasks > 0;
	update_report_release(&p->report);
	return some || err_set(&p->err, ERR_SERVER, "kops' dry run shows no change");
}

static bool play_run(struct play *p, enum run_kind kind, enum run_engine engine)
{
	free(p->run_id);
	p->run_id = NULL;
	p->said = 0;
	struct launch l = { .kind = kind, .engine = engine };
	if (!launch_run(&p->s, &l, &p->run_id, &p->err)) {
		return false;
	}
	play_see(p, "run %s, a process of its own", p->run_id);
	if (!play_wait(p, "the run to end", 60, play_run_over)) {
		return false;
	}
	play_see(p, "run %s: %s%s%s", p->run_id, run_status_name(p->run.status),
		str_empty(p->run.message) ? "" : ", ", p->run.message ? p->run.message : "");
	return p->run.status == RUN_SUCCEEDED ||
		err_set(&p->err, ERR_SERVER, "run %s did not succeed", p->run_id);
}

static bool play_update(struct play *p)
{
	play_step(p, "kops update cluster: dry run, then for real");
	if (!play_dry_run(p) || !play_run(p, RUN_UPDATE, RUN_KOPS)) {
		return false;
	}
	session_pace(&p->s, PACE_FAST);
	if (!play_wait(p, "the CNI addon to mark all nodes", 10, play_all_marked)) {
		return false;
	}
	size_t n;
	model_instances(p->s.model, &n);
	play_see(p,
		"the CNI addon is applied: %zu of %zu nodes need an update, control plane included",
		play_need_update(p, UPDATE_ANNOTATION), n);
	return true;
}

static bool play_roll(struct play *p)
{
	bool kops = str_eq(p->o->engine, "kops");
	play_step(p, "Rolling update by the %s engine: control plane first, then the nodes",
		kops ? "kops" : "native");
	if (!play_run(p, RUN_ROLL, kops ? RUN_KOPS : RUN_NATIVE)) {
		return false;
	}
	p->wanted = 110;
	session_refresh(&p->s);
	if (!play_wait(p, "three nodes with 110 allocatable pods", 5, play_nodes_at)) {
		return false;
	}
	play_say_nodes(p);
	return true;
}

static bool play_end(struct play *p)
{
	play_step(p, "Scale %s to 110", DEPLOYMENT);
	p->wanted = 110;
	if (!play_scale(p, 110) || !play_wait(p, "110 replicas to run", 10, play_ready)) {
		return false;
	}
	play_see(p, "%zu replicas Running, %zu Pending", play_count(p, POD_RUNNING),
		play_count(p, POD_PENDING));
	return true;
}

int play_story(const struct options *o, struct err *e)
{
	static bool (*const steps[])(struct play * p) = {
		play_look, play_fill, play_edit, play_update, play_roll, play_end};
	struct play p = { .o = o };
	session_init(&p.s, &o->session);
	p.began = clock_mono(&p.s.clock);
	printf("The story, in the lab (%g times faster than real; times are the lab's)\n",
		p.s.clock.scale);
	session_start(&p.s);
	bool ok = true;
	for (size_t i = 0; ok && i < sizeof(steps) / sizeof(steps[0]); i++) {
		ok = steps[i](&p);
	}
	printf("\n%s\n", ok ? "The story came true." : "The story did not come true.");
	err_copy(e, &p.err);
	run_view_release(&p.run);
	free(p.run_id);
	session_release(&p.s);
	return ok ? EXIT_OK : EXIT_FAILED;
}
