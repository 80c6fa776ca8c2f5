/* SPDX-License-Identifier: Apache-2.0 */
/* One plain sentence for a group of waiting pods. */
#include "core/rules/pending/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

#define MIB (1024 * 1024)
#define LEASE_STALE_MS 60000 /* renewed every few seconds; clocks differ a little */
#define QUOTE_CELLS 120 /* of somebody else's words */

/* Waiting reasons (facts: vpc-cni 4.4) and what they mean. */
static const struct {
	const char *reason;
	enum reason_kind kind;
	bool stays;
	const char *text;
} waits[] = {
	{ "ContainerCreating", REASON_STARTING, false, NULL },
	{ "PodInitializing", REASON_STARTING, false, "its init containers have not finished" },
	{ "ErrImagePull", REASON_IMAGE, true, "its image cannot be pulled" },
	{ "ImagePullBackOff", REASON_IMAGE, true, "its image cannot be pulled" },
	{ "InvalidImageName", REASON_IMAGE, true, "the name of its image is not valid" },
	{ "ErrImageNeverPull", REASON_IMAGE, true,
	  "its image is not on the node and may not be pulled" },
	{ "ImageInspectError", REASON_IMAGE, true, "its image cannot be read on the node" },
	{ "RegistryUnavailable", REASON_IMAGE, true, "the image registry does not answer" },
	{ "CreateContainerConfigError", REASON_CONFIG, true,
	  "a ConfigMap, Secret or key that it needs is missing" },
	{ "CreateContainerError", REASON_CONFIG, true, "its container cannot be created" },
	{ "RunContainerError", REASON_CONFIG, true, "its container cannot be started" },
	{ "CrashLoopBackOff", REASON_CRASH, true, "an init container keeps failing" },
	{ "PreCreateHookError", REASON_CONFIG, true, "its container cannot be created" },
	{ "PostStartHookError", REASON_CONFIG, true, "its post-start hook fails" },
};
#define NWAITS (sizeof waits / sizeof *waits)

bool pending_reason_stays(const char *waiting_reason)
{
	for (size_t i = 0; waiting_reason && i < NWAITS; i++) {
		if (str_eq(waits[i].reason, waiting_reason)) {
			return waits[i].stays;
		}
	}
	return false;
}

bool pending_refused(const struct pod *p)
{
	return str_starts(p->trouble->status_reason, "OutOf") ||
		str_eq(p->trouble->status_reason, "UnexpectedAdmissionError");
}

static void why_take(struct pending_group *g, enum reason_kind kind, char *text)
{
	g->main_kind = kind;
	g->why = text;
}

/* "; they say: ..." , cut; empty without words. */
static char *quoted(const char *words)
{
	struct buf out = BUF_INIT;
	if (!str_empty(words)) {
		buf_adds(&out, ": ");
		text_cut_end(&out, words, QUOTE_CELLS, false);
		for (char *p = out.data; *p; p++) {
			*p = *p == '\n' || *p == '\r' || *p == '\t' ? ' ' : *p;
		}
	}
	return buf_detach(&out);
}

/* ---- bound, but not running ---- */

/* The newest event about the pod that the CNI or a volume explains. */
static bool why_from_events(const struct model *m, struct pending_group *g)
{
	size_t n;
	const struct pod *p = &g->sample->pod;
	const struct event *const *events = model_events(m, &n);
	for (size_t i = n; i-- > 0;) {
		const struct event *e = events[i];
		if (!str_eq(e->name, p->name) || !str_eq(e->ns, p->ns)) {
			continue;
		}
		struct reasons r;
		reasons_parse(e->message, &r);
		enum reason_kind kind = r.main.v[0].kind;
		reasons_release(&r);
		if (kind == REASON_CNI_NO_IP) {
			char *why = g->sample->bound ?
				pending_why_no_ip(m, g->sample->bound, true, &kind) : NULL;
			why_take(g, kind, why ? why : xasprintf("its node has no free IP address "
				"for it (failed to assign an IP address)"));
			return true;
		}
		if (kind == REASON_SUBNET_FRAGMENTED || kind == REASON_SUBNET_EXHAUSTED) {
			why_take(g, kind, xstrdup(reason_kind_help(kind)));
			return true;
		}
		if (kind == REASON_CNI_NOT_READY) {
			why_take(g, kind, xasprintf("the network plugin (aws-node) does not run "
				"on its node"));
			return true;
		}
		if (str_eq(e->reason, "FailedMount") || str_eq(e->reason, "FailedAttachVolume")) {
			char *words = quoted(e->message);
			why_take(g, REASON_VOLUME_BIND,
				xasprintf("a volume cannot be attached%s", words));
			free(words);
			return true;
		}
	}
	return false;
}

static void why_starting(const struct model *m, const struct clock *clock, struct pending_group *g)
{
	const struct pod *p = &g->sample->pod;
	char took[32];
	if (why_from_events(m, g)) {
		return;
	}
	bool no_ip = g->sample->bound && !(p->flags & POD_HOST_NETWORK) && str_empty(p->ip);
	enum reason_kind kind;
	char *why = no_ip ? pending_why_no_ip(m, g->sample->bound, false, &kind) : NULL;
	if (why) {
		why_take(g, kind, why);
		return;
	}
	stamp_duration(took, sizeof took,
		clock_age(clock, p->trouble->scheduled_at ? p->trouble->scheduled_at : p->created));
	why_take(g, REASON_STARTING, xasprintf("starting on %s for %s (%s)", p->node, took,
		p->trouble->waiting_reason ? p->trouble->waiting_reason : "no container yet"));
}

static void why_refused(struct pending_group *g)
{
	const struct pod *p = &g->sample->pod;
	struct reasons r;
	reasons_parse(p->trouble->status_message, &r);
	const struct reason *first = &r.main.v[0];
	if (first->kind == REASON_KUBELET_PREEMPTION_FAILED) {
		why_take(g, first->kind, xasprintf("the kubelet of %s has no room for it and "
			"nothing it may evict; restart the kubelet or replace the node",
			p->node ? p->node : "?"));
	} else if (str_eq(p->trouble->status_reason, "OutOfpods") && first->capacity >= 0) {
		why_take(g, REASON_KUBELET_OUT_OF_RESOURCE,
			xasprintf("its node was full when it came (OutOfpods, %" PRId64 " of %"
				PRId64 ")", first->used, first->capacity));
	} else {
		why_take(g, REASON_KUBELET_OUT_OF_RESOURCE,
			xasprintf("the kubelet of %s refused it (%s)", p->node ? p->node : "?",
				p->trouble->status_reason));
	}
	reasons_release(&r);
}

static void why_after(const struct model *m, const struct clock *clock, struct pending_group *g)
{
	const struct pod *p = &g->sample->pod;
	if (p->phase == POD_FAILED) {
		why_refused(g);
		return;
	}
	for (size_t i = 0; p->trouble->waiting_reason && i < NWAITS; i++) {
		if (waits[i].text && str_eq(waits[i].reason, p->trouble->waiting_reason)) {
			char *words = quoted(p->trouble->waiting_message);
			why_take(g, waits[i].kind, xasprintf("%s (%s)%s", waits[i].text,
				p->trouble->waiting_reason, words));
			free(words);
			return;
		}
	}
	why_starting(m, clock, g);
}

/* ---- not scheduled ---- */

/* Pods of kube-scheduler are seen on the control plane, and none is ready: nobody schedules. */
static bool scheduler_away(const struct model *m)
{
	size_t n, seen = 0, ready = 0;
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		enum role role = nodes[i]->node.role;
		bool may = role == ROLE_CONTROL_PLANE ||
			(role == ROLE_UNKNOWN && nodes[i]->nmirror);
		const struct m_pod *o = may ? nodes[i]->pods : NULL;
		for (; o; o = o->next_on_node) {
			const struct pod *p = &o->pod;
			bool is = str_starts(p->name, "kube-scheduler-") &&
				str_eq(p->ns, "kube-system");
			seen += is;
			ready += is && p->phase == POD_RUNNING && (p->flags & POD_READY);
		}
	}
	return seen && !ready;
}

static void why_not_looked_at(const struct model *m, const struct clock *clock,
	struct pending_group *g)
{
	const struct pod *p = &g->sample->pod;
	const char *who = p->shape->scheduler_name;
	bool own = !str_empty(who) && !str_eq(who, "default-scheduler");
	char age[32];
	stamp_duration(age, sizeof age, clock_age(clock, p->created));
	const struct kube_server *server = model_server(m);
	int64_t renewed = server ? server->scheduler_renewed : 0;
	if (!own && renewed && server->scheduler_read - renewed > LEASE_STALE_MS) {
		char silent[32];
		stamp_duration(silent, sizeof silent, clock_age(clock, renewed));
		why_take(g, REASON_NOT_LOOKED_AT, xasprintf("kube-scheduler has not renewed its "
			"lease for %s: nobody has looked at it for %s", silent, age));
		return;
	}
	if (!own && scheduler_away(m)) {
		why_take(g, REASON_NOT_LOOKED_AT, xasprintf("kube-scheduler does not run: nobody "
			"has looked at it for %s", age));
		return;
	}
	bool awake = !own && renewed && clock_age(clock, p->created) > LEASE_STALE_MS;
	if (awake) {
		why_take(g, REASON_NOT_LOOKED_AT, xasprintf("kube-scheduler runs (it renews its "
			"lease), yet has not looked at it for %s", age));
		return;
	}
	why_take(g, REASON_NOT_LOOKED_AT, xasprintf("%s%s has not looked at it for %s",
		own ? "scheduler " : "the scheduler", own ? who : "", age));
}

/* What makes the scheduler say no before it looks at nodes. */
static bool why_pod_itself(const struct model *m, const struct clock *clock,
	struct pending_group *g, const struct reasons *r)
{
	const struct pod *p = &g->sample->pod;
	const struct reason *first = &r->main.v[0];
	if ((p->flags & POD_GATED) || str_eq(p->trouble->sched_reason, "SchedulingGated")) {
		why_take(g, REASON_GATED, xasprintf("held back by its scheduling gates"));
	} else if (!str_empty(p->trouble->nominated)) {
		why_take(g, REASON_NOMINATED, xasprintf("a place is being freed for it on %s",
			p->trouble->nominated));
	} else if (!p->trouble->sched_reason && !g->message) {
		why_not_looked_at(m, clock, g);
	} else if (pending_why_claim(m, g)) {
		return true;
	} else if (first->kind == REASON_UNBOUND_PVC) {
		why_take(g, first->kind, xasprintf("its volume claim%s%s is not bound yet",
			p->shape->nclaims ? " " : "",
			p->shape->nclaims ? p->shape->claims[0] : ""));
	} else if (first->kind == REASON_PVC_NOT_FOUND) {
		why_take(g, first->kind, xasprintf("its volume claim %s %s",
			first->name ? first->name : "", strstr(first->text, "being deleted") ?
			"is being deleted" : "does not exist"));
	} else if (first->kind == REASON_VOLUME_BIND_TIMEOUT) {
		why_take(g, first->kind, xasprintf("its volume was not made in time"));
	} else if (first->kind == REASON_NO_NODES) {
		why_take(g, first->kind, xasprintf("the cluster has no node"));
	} else {
		return false;
	}
	return true;
}

static const char *kind_phrase(enum reason_kind k)
{
	static const char *const phrases[REASON__COUNT] = {
		[REASON_TOO_MANY_PODS] = "full", [REASON_INSUFFICIENT] = "short of cpu or memory",
		[REASON_TAINT] = "with a taint it does not tolerate",
		[REASON_UNSCHEDULABLE] = "cordoned",
		[REASON_NODE_AFFINITY] = "outside its node selector",
		[REASON_HOST_PORTS] = "with its host port taken", [REASON_NOT_READY] = "not ready",
		[REASON_POD_AFFINITY] = "without the pods it wants to be near",
		[REASON_POD_ANTI_AFFINITY] = "with pods it keeps away from",
		[REASON_EXISTING_ANTI_AFFINITY] = "with pods that keep it away",
		[REASON_POD_AFFINITY_OR_ANTI] = "against its pod affinity",
		[REASON_TOPOLOGY_SPREAD] = "against its topology spread",
		[REASON_VOLUME_NODE_AFFINITY] = "away from its volume",
		[REASON_VOLUME_ZONE] = "in another zone than its volume",
		[REASON_VOLUME_BIND] = "without a volume for it",
		[REASON_MAX_VOLUME_COUNT] = "at their most volumes",
		[REASON_PREFILTER_PLUGIN] = "not meant for it",
		[REASON_NODE_NAME] = "not meant for it",
	};
	return (size_t)k < REASON__COUNT ? phrases[k] : NULL;
}

/* "2 nodes full, 1 with a taint it does not tolerate": from the scheduler's own counts. */
static void why_message(struct pending_group *g, const struct reasons *r)
{
	struct buf out = BUF_INIT;
	int most = -1;
	for (size_t i = 0; i < r->main.n && i < 4; i++) {
		const struct reason *e = &r->main.v[i];
		const char *phrase = kind_phrase(e->kind);
		if (e->count > most) {
			most = e->count;
			g->main_kind = e->kind;
		}
		buf_adds(&out, i ? ", " : "");
		if (e->count >= 0) {
			buf_addf(&out, "%d ", e->count);
		}
		buf_adds(&out, i || e->count < 0 ? "" : e->count == 1 ? "node " : "nodes ");
		if (e->kind == REASON_INSUFFICIENT) {
			buf_addf(&out, "short of %s", e->resource);
		} else {
			buf_adds(&out, phrase ? phrase : e->text);
		}
	}
	g->why = buf_detach(&out);
}

static bool only(const struct tally *t, enum reason_kind kind)
{
	return t->usable > 0 && t->by_kind[kind] == t->usable;
}

static char *short_text(const struct pod_shape *s, const struct tally *t, const char *nodes)
{
	if (str_eq(t->resource, "cpu")) {
		return xasprintf("%s short of cpu (asks %" PRId64 "m, at most %" PRId64 "m free)",
			nodes, s->cpu_milli, t->most_cpu);
	}
	if (str_eq(t->resource, "memory")) {
		return xasprintf("%s short of memory (asks %" PRId64 "Mi, at most %" PRId64
			"Mi free)", nodes, s->memory / MIB, t->most_memory / MIB);
	}
	return xasprintf("%s short of cpu or memory", nodes);
}

static void why_no_usable(struct pending_group *g, const struct tally *t)
{
	size_t taints = t->by_kind[REASON_TAINT], cordoned = t->by_kind[REASON_UNSCHEDULABLE];
	size_t selector = t->by_kind[REASON_NODE_AFFINITY];
	const struct label *want = g->sample->pod.shape->node_selector;
	/* A taint is told first, also of a node that the selector would rule out. */
	bool none = selector > 0;
	for (size_t i = 0; i < g->nverdicts; i++) {
		none &= !shape_selects(g->sample->pod.shape, g->verdicts[i].node);
	}
	if (none) {
		why_take(g, REASON_NODE_AFFINITY, want ?
			xasprintf("no node matches its node selector (%s=%s)", want->key,
				want->value ? want->value : "") :
			xasprintf("no node matches its node affinity"));
	} else if (taints == t->nodes) {
		why_take(g, REASON_TAINT,
			xasprintf("every node has a taint that it does not tolerate"));
	} else if (cordoned && !selector) {
		why_take(g, REASON_UNSCHEDULABLE,
			xasprintf("every node it may use is cordoned (%zu)", cordoned));
	} else {
		struct buf out = BUF_INIT;
		static const enum reason_kind kinds[] = { REASON_NODE_AFFINITY, REASON_TAINT,
			REASON_UNSCHEDULABLE };
		buf_addf(&out, "no node may take it:");
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
			size_t n = t->by_kind[kinds[i]];
			if (n) {
				buf_addf(&out, "%s %zu %s", str_ends(buf_str(&out), ":") ? "" :
					",", n, kind_phrase(kinds[i]));
			}
		}
		why_take(g, selector >= taints ? REASON_NODE_AFFINITY : REASON_TAINT,
			buf_detach(&out));
	}
}

/* What other pods mean, when that alone decides. */
static bool why_peers(struct pending_group *g, const struct tally *t)
{
	bool zone = str_ends(t->topology_key, "zone");
	bool node = str_eq(t->topology_key, "kubernetes.io/hostname");
	const char *domain = zone ? "zone" : node ? "node" : "place";
	if (only(t, REASON_TOPOLOGY_SPREAD)) {
		why_take(g, REASON_TOPOLOGY_SPREAD, xasprintf("one more would be too uneven over "
			"%ss: the ones that may take it have no room", domain));
	} else if (only(t, REASON_POD_ANTI_AFFINITY)) {
		why_take(g, REASON_POD_ANTI_AFFINITY, xasprintf("pods that it keeps away from run "
			"in every %s it may use", domain));
	} else if (only(t, REASON_EXISTING_ANTI_AFFINITY)) {
		why_take(g, REASON_EXISTING_ANTI_AFFINITY, xasprintf("pods that keep it away run "
			"in every %s it may use", domain));
	} else if (only(t, REASON_POD_AFFINITY)) {
		why_take(g, REASON_POD_AFFINITY, xasprintf("the pods that it wants near run in no "
			"%s it may use", domain));
	} else {
		return false;
	}
	return true;
}

static void why_usable(struct pending_group *g, const struct tally *t)
{
	size_t full = t->by_kind[REASON_TOO_MANY_PODS];
	const char *nodes = t->usable == 1 ? "the only node it may use is" :
		"every node it may use is";
	if (only(t, REASON_TOO_MANY_PODS) && t->full_max > 0) {
		why_take(g, REASON_TOO_MANY_PODS, xasprintf("%s full (%" PRId64 " of %" PRId64 ")",
			nodes, t->full_max, t->full_max));
	} else if (only(t, REASON_TOO_MANY_PODS)) {
		why_take(g, REASON_TOO_MANY_PODS, xasprintf("%s full (%zu nodes)", nodes, full));
	} else if (only(t, REASON_INSUFFICIENT)) {
		why_take(g, REASON_INSUFFICIENT, short_text(g->sample->pod.shape, t, nodes));
	} else if (only(t, REASON_HOST_PORTS)) {
		why_take(g, REASON_HOST_PORTS,
			xasprintf("its host port is taken on every node it may use"));
	} else if (why_peers(g, t)) {
		return;
	} else if (only(t, REASON_NOT_READY)) {
		why_take(g, REASON_NOT_READY, xasprintf("%s not ready", nodes));
	} else {
		struct buf out = BUF_INIT;
		static const enum reason_kind kinds[] = { REASON_TOO_MANY_PODS,
			REASON_INSUFFICIENT, REASON_HOST_PORTS, REASON_TOPOLOGY_SPREAD,
			REASON_POD_AFFINITY, REASON_POD_ANTI_AFFINITY,
			REASON_EXISTING_ANTI_AFFINITY, REASON_NOT_READY };
		enum reason_kind most = kinds[0];
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
			most = t->by_kind[kinds[i]] > t->by_kind[most] ? kinds[i] : most;
		}
		buf_addf(&out, "of %zu nodes it may use:", t->usable);
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
			size_t n = t->by_kind[kinds[i]];
			if (n) {
				buf_addf(&out, "%s %zu %s", str_ends(buf_str(&out), ":") ? "" :
					",", n, kind_phrase(kinds[i]));
			}
		}
		why_take(g, full ? REASON_TOO_MANY_PODS : most, buf_detach(&out));
	}
}

static void why_unscheduled(const struct model *m, const struct clock *clock,
	struct pending_group *g, const struct tally *t, const struct reasons *r)
{
	if (why_pod_itself(m, clock, g, r)) {
		return;
	}
	if (str_eq(g->sample->pod.trouble->sched_reason, "SchedulerError")) {
		char *words = quoted(g->message);
		why_take(g, REASON_OTHER, xasprintf("the scheduler failed%s", words));
		free(words);
		return;
	}
	/* Where we see less than the scheduler, its words count. */
	bool blind = !t || !t->nodes || (t->fits && (pending_beyond_us(r, t) ||
		t->partly));
	if (g->message && (blind || r->main.total < 0)) {
		why_message(g, r);
	} else if (!t || !t->nodes) {
		why_take(g, REASON_OTHER, xasprintf("the nodes are not known yet"));
	} else if (t->fits) {
		why_take(g, REASON_OTHER, xasprintf("%zu node%s could take it now: the scheduler "
			"should look again soon", t->fits, t->fits == 1 ? "" : "s"));
	} else if (!t->usable) {
		why_no_usable(g, t);
	} else {
		why_usable(g, t);
	}
	if (t && t->nodes && !(g->message && blind)) {
		pending_why_volume(m, g, t);
	}
}

void pending_explain(const struct model *m, const struct clock *clock, struct pending_group *g,
	const struct reasons *r, const struct tally *t)
{
	if (g->after_scheduling) {
		why_after(m, clock, g);
	} else {
		why_unscheduled(m, clock, g, t, r);
	}
}
