/* SPDX-License-Identifier: Apache-2.0 */
/* Which pods wait, in groups of one owner and one cause. */
#include "core/rules/pending.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/pending/parts.h"

#define GRACE_MS 60000           /* a pod may take that to start */
#define REFUSED_MS (15 * 60000)  /* a refused pod with a controller is replaced: old news then */

/* Looks at a node, a pod or a set of labels, after which no further group is judged: a screen's
   frame must not be late. */
#define LOOKS_MAX 80000

enum waiting { WAITS_NOT, WAITS_SCHEDULING, WAITS_BOUND, WAITS_REFUSED };

static enum waiting pod_waiting(const struct pod *p, const struct clock *clock)
{
	if (p->deletion) {
		return WAITS_NOT;
	}
	if (p->phase == POD_FAILED && pending_refused(p)) {
		bool alone = !p->owner_kind || str_eq(p->owner_kind, "Node");
		return alone || clock_age(clock, p->created) < REFUSED_MS ? WAITS_REFUSED :
			WAITS_NOT;
	}
	if (p->phase != POD_PENDING) {
		return WAITS_NOT;
	}
	if (str_empty(p->node)) {
		return WAITS_SCHEDULING;
	}
	int64_t since = p->trouble->scheduled_at ? p->trouble->scheduled_at : p->created;
	return pending_reason_stays(p->trouble->waiting_reason) ||
			       clock_age(clock, since) > GRACE_MS
		       ? WAITS_BOUND
		       : WAITS_NOT;
}

bool pending_waits(const struct pod *p, const struct clock *clock)
{
	return pod_waiting(p, clock) != WAITS_NOT;
}

/* What makes two waiting pods one line.  Shapes and strings of the model are shared, so their
   addresses tell; pods of a DaemonSet differ in shape only by the node that each is for. */
struct pod_key {
	uintptr_t waits, ns, owner_kind, owner, cause, reason;
};

static struct pod_key pod_key(const struct pod *p, enum waiting w)
{
	const void *cause = w == WAITS_BOUND ? (const void *)p->trouble->waiting_reason :
		w == WAITS_REFUSED ? (const void *)p->trouble->status_reason :
		(p->flags & POD_DAEMON) ? NULL : (const void *)p->shape;
	return (struct pod_key){ .waits = w, .ns = (uintptr_t)p->ns,
		.owner_kind = (uintptr_t)p->owner_kind,
		.owner = (uintptr_t)(p->owner_name ? p->owner_name : p->uid),
		.cause = (uintptr_t)cause,
		.reason = w == WAITS_SCHEDULING ? (uintptr_t)p->trouble->sched_reason : 0 };
}

static size_t key_hash(const struct pod_key *k)
{
	uint64_t h = k->waits;
	const uintptr_t parts[] = { k->ns, k->owner_kind, k->owner, k->cause, k->reason };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		h = (h ^ parts[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return (size_t)h;
}

static bool pod_older(const struct pod *a, const struct pod *b)
{
	return a->created != b->created ? a->created < b->created : strcmp(a->name, b->name) < 0;
}

/* The text as one line; NULL stays NULL. */
static char *one_line(const char *s)
{
	char *out = xstrdup(s);
	for (char *p = out; p && *p; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\t') {
			*p = ' ';
		}
	}
	return out;
}

static void report_count(struct pending_report *r, size_t npods, int64_t created)
{
	r->npods += npods;
	if (created && (!r->oldest || created < r->oldest)) {
		r->oldest = created;
	}
}

struct builder {
	struct pending_report *out;
	struct pod_key *keys; /* beside out->v */
	size_t *slots;        /* index + 1 in out->v, by the key */
	size_t cap, keys_cap, nslots;
};

static size_t *builder_slot(const struct builder *b, const struct pod_key *k)
{
	for (size_t i = key_hash(k);; i++) {
		size_t *slot = &b->slots[i & (b->nslots - 1)];
		if (!*slot || !memcmp(&b->keys[*slot - 1], k, sizeof *k)) {
			return slot;
		}
	}
}

static void builder_grow(struct builder *b)
{
	if (b->out->n * 2 < b->nslots) {
		return;
	}
	free(b->slots);
	b->nslots = b->nslots ? b->nslots * 4 : 64;
	b->slots = xcalloc(b->nslots, sizeof *b->slots);
	MUST(b->keys || !b->out->n);
	for (size_t i = 0; i < b->out->n; i++) {
		*builder_slot(b, &b->keys[i]) = i + 1;
	}
}

static void builder_add(struct builder *b, const struct m_pod *p, enum waiting w)
{
	struct pod_key key = pod_key(&p->pod, w);
	builder_grow(b);
	size_t *slot = builder_slot(b, &key), at = *slot;
	if (!at) {
		b->out->v = xgrow(b->out->v, &b->cap, b->out->n, sizeof *b->out->v);
		b->keys = xgrow(b->keys, &b->keys_cap, b->out->n, sizeof *b->keys);
		b->keys[b->out->n] = key;
		*slot = at = ++b->out->n;
		bool bare = !p->pod.owner_name;
		b->out->v[at - 1] = (struct pending_group){ .ns = p->pod.ns, .sample = p,
			.owner_kind = bare ? "Pod" : p->pod.owner_kind,
			.owner_name = bare ? p->pod.name : p->pod.owner_name,
			.oldest = p->pod.created, .after_scheduling = w != WAITS_SCHEDULING };
	}
	struct pending_group *g = &b->out->v[at - 1];
	g->npods++;
	if (pod_older(&p->pod, &g->sample->pod)) {
		g->sample = p;
		g->oldest = p->pod.created;
	}
	report_count(b->out, 1, p->pod.created);
}

static int group_cmp(const void *a, const void *b)
{
	const struct pending_group *x = a, *y = b;
	if (x->npods != y->npods) {
		return x->npods > y->npods ? -1 : 1;
	}
	if (x->oldest != y->oldest) {
		return x->oldest < y->oldest ? -1 : 1;
	}
	int c = strcmp(x->ns ? x->ns : "", y->ns ? y->ns : "");
	c = c ? c : strcmp(x->owner_name, y->owner_name);
	return c ? c : strcmp(x->sample->pod.name, y->sample->pod.name);
}

/* The last message that was read: thousands of pods wait with the same words. */
struct reading {
	const char *message; /* the model's, whose address tells; NULL with read: no message */
	bool read;
	struct reasons reasons;
};

static const struct reasons *reading_of(struct reading *last, const char *message,
	const char *line)
{
	if (!last->read || last->message != message) {
		if (last->read) {
			reasons_release(&last->reasons);
		}
		reasons_parse(line, &last->reasons);
		last->message = message;
		last->read = true;
	}
	return &last->reasons;
}

/* Gives how many things were looked at. */
static size_t group_fill(const struct model *m, const struct clock *clock, struct pending_group *g,
	bool judged, struct reading *last)
{
	struct tally t = { .looked = 0 };
	if (g->absent) {
		pending_explain_absent(m, g);
		return 1;
	}
	const char *message = g->after_scheduling ? NULL : g->sample->pod.trouble->sched_message;
	g->message = one_line(message);
	const struct reasons *r = reading_of(last, message, g->message);
	judged &= !g->after_scheduling;
	if (judged) {
		pending_judge(m, g, r, &t);
		g->disagrees = pending_disagrees(g, r, &t);
	}
	pending_explain(m, clock, g, r, judged ? &t : NULL);
	if (judged) {
		pending_advise(m, g, &t);
	} else if (g->after_scheduling) {
		pending_advise_bound(m, g);
	}
	return t.looked;
}

void pending_compute(const struct model *m, const struct clock *clock, struct pending_report *out)
{
	size_t n;
	const struct m_pod *const *pods = model_waiting_pods(m, &n);
	*out = (struct pending_report){ .looked = n };
	struct builder b = { .out = out };
	for (size_t i = 0; i < n; i++) {
		enum waiting w = pod_waiting(&pods[i]->pod, clock);
		if (w != WAITS_NOT) {
			builder_add(&b, pods[i], w);
		}
	}
	const struct deployment *const *deployments = model_deployments(m, &n);
	for (size_t i = 0; i < n; i++) {
		struct pending_group g;
		if (pending_absent(deployments[i], &g)) {
			out->v = xgrow(out->v, &b.cap, out->n, sizeof *out->v);
			out->v[out->n++] = g;
			report_count(out, g.npods, g.oldest);
		}
	}
	free(b.keys);
	free(b.slots);
	if (out->n) {
		qsort(out->v, out->n, sizeof *out->v, group_cmp);
	}
	size_t judging = 0;
	struct reading last = { .read = false };
	for (size_t i = 0; i < out->n; i++) {
		bool judged = i < PENDING_JUDGED && judging < LOOKS_MAX;
		judging += group_fill(m, clock, &out->v[i], judged, &last);
	}
	if (last.read) {
		reasons_release(&last.reasons);
	}
	out->looked += judging;
}

void pending_release(struct pending_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct pending_group *g = &r->v[i];
		for (size_t k = 0; k < g->nverdicts; k++) {
			free(g->verdicts[k].text);
		}
		for (size_t k = 0; k < g->nadvices; k++) {
			free(g->advices[k].text);
			free(g->advices[k].effect);
			free(g->advices[k].detail);
			free(g->advices[k].group);
			free(g->advices[k].ns);
			free(g->advices[k].name);
			free(g->advices[k].key);
			free(g->advices[k].value);
			free(g->advices[k].taint_effect);
			free(g->advices[k].body);
			free(g->advices[k].command);
			strlist_release(&g->advices[k].nodes);
		}
		pending_absent_release(g);
		free(g->verdicts);
		free(g->advices);
		free(g->why);
		free(g->message);
	}
	free(r->v);
	*r = (struct pending_report){ .v = NULL };
}
