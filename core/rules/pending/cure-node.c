/* SPDX-License-Identifier: Apache-2.0 */
/* What one key can do to nodes that a selector or a taint rules out. */
#include "core/rules/pending/cure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/words.h"

/* ---- a label ---- */

struct wanted {
	const char *key, *value;
	size_t n; /* labels that are missing; more than one: not asked for */
};

static void wanted_add(struct wanted *w, const char *key, const char *value)
{
	w->n++;
	w->key = key;
	w->value = value;
}

/* What of one alternative the node lacks; n large: a label would not do. */
static struct wanted term_wants(const struct selector_term *t, const struct node *n)
{
	struct wanted w = { .n = 0 };
	struct pod_shape one = { .node_affinity = &(struct selector_term){ .nreqs = 1 },
		.nnode_affinity = 1 };
	const struct m_node as = { .node = *n };
	for (size_t i = 0; i < t->nreqs; i++) {
		one.node_affinity->reqs = &t->reqs[i];
		if (shape_selects(&one, &as)) {
			continue;
		}
		if (str_eq(t->reqs[i].op, "In") && t->reqs[i].nvalues && !t->reqs[i].is_field) {
			wanted_add(&w, t->reqs[i].key, t->reqs[i].values[0]);
		} else if (str_eq(t->reqs[i].op, "Exists") && !t->reqs[i].is_field) {
			wanted_add(&w, t->reqs[i].key, "true");
		} else {
			w.n += 100;
		}
	}
	return w;
}

static struct wanted shape_wants(const struct pod_shape *s, const struct node *n)
{
	struct wanted w = { .n = 0 }, best = { .n = 100 };
	for (size_t i = 0; i < s->nnode_selector; i++) {
		const char *have = node_label(n, s->node_selector[i].key);
		const char *want = s->node_selector[i].value ? s->node_selector[i].value : "";
		if (!have || strcmp(have, want) != 0) {
			wanted_add(&w, s->node_selector[i].key, want);
		}
	}
	for (size_t i = 0; i < s->nnode_affinity; i++) {
		struct wanted t = term_wants(&s->node_affinity[i], n);
		best = t.n < best.n ? t : best;
	}
	if (s->nnode_affinity && best.n) {
		best.n += w.n;
		return best;
	}
	return w;
}

/* Labels that tell facts about a node: a false one does harm elsewhere. */
static bool label_is_fact(const char *key)
{
	return strstr(key, "kubernetes.io/") || strstr(key, "k8s.io/");
}

static int64_t room_labelled(const struct m_node *n, const struct pod_shape *s,
	const struct wanted *w)
{
	struct m_node as = *n;
	struct label *labels = xcalloc(n->node.nlabels + 1, sizeof *labels);
	as.node.labels = labels;
	as.node.nlabels = 0;
	for (size_t i = 0; i < n->node.nlabels; i++) {
		if (!str_eq(n->node.labels[i].key, w->key)) {
			labels[as.node.nlabels++] = n->node.labels[i];
		}
	}
	labels[as.node.nlabels++] = (struct label){ w->key, w->value };
	struct fit f;
	fit_judge(s, &as, NULL, &f);
	free(labels);
	return f.fits ? cure_node_room(n, s) : 0;
}

static void cure_label(struct pending_group *g)
{
	const struct pod_shape *s = g->sample->pod.shape;
	struct wanted w = { .n = 0 };
	struct words names = { .n = 0 };
	int64_t room = 0;
	for (size_t i = 0; i < g->nverdicts && room < (int64_t)g->npods; i++) {
		const struct m_node *n = g->verdicts[i].node;
		struct wanted here = shape_wants(s, &n->node);
		bool other = names.n && (!str_eq(here.key, w.key) || !str_eq(here.value, w.value));
		int64_t more = !cure_node_takes_pods(n) || here.n != 1 || other ||
			label_is_fact(here.key) ? 0 : room_labelled(n, s, &here);
		if (more > 0) {
			words_add(&names, n->node.name);
			room += more;
			w = here;
		}
	}
	if (names.n) {
		struct buf list = BUF_INIT;
		words_join(&names, 2, &list);
		struct advice *a = pending_advice_add(g, ADVICE_LABEL);
		for (size_t i = 0; i < names.n; i++) {
			strlist_add(&a->nodes, names.v[i]);
		}
		a->key = xstrdup(w.key);
		a->value = xstrdup(w.value);
		a->text = xasprintf("label %s with %s=%s", buf_str(&list), w.key, w.value);
		a->effect = xasprintf("room for %" PRId64 " more", room);
		a->detail = xstrdup("until the node is replaced: nodeLabels of the group's spec "
			"keep it");
		a->command = xasprintf("kubectl label node %s %s=%s", names.v[0], w.key, w.value);
		buf_release(&list);
	}
	words_release(&names);
}

/* The Deployment without the part of its selector that no node has. */
void cure_selector(const struct model *m, struct pending_group *g, const struct tally *t)
{
	const struct pod_shape *s = g->sample->pod.shape;
	struct pod_shape free_shape = *s;
	free_shape.nnode_selector = free_shape.nnode_affinity = 0;
	int64_t room = 0;
	cure_label(g);
	if (!cure_deployment(m, g) || (!s->nnode_selector && !s->nnode_affinity)) {
		return;
	}
	for (size_t i = 0; i < g->nverdicts; i++) {
		struct fit f;
		fit_judge(&free_shape, g->verdicts[i].node, NULL, &f);
		room += f.fits ? cure_node_room(g->verdicts[i].node, s) : 0;
	}
	if (room == 0) {
		return;
	}
	struct buf part = BUF_INIT;
	buf_adds(&part, "{");
	if (s->nnode_selector) {
		buf_adds(&part, "\"nodeSelector\":null");
	}
	if (s->nnode_affinity) {
		buf_addf(&part, "%s\"affinity\":{\"nodeAffinity\":null}",
			s->nnode_selector ? "," : "");
	}
	buf_adds(&part, "}");
	struct advice *a = cure_patch(g, buf_detach(&part), xasprintf("let %s run on any node: "
		"drop its %s", g->owner_name, s->nnode_selector ? "node selector" :
		"node affinity"));
	a->effect = xasprintf("room for %" PRId64 " more", room);
}

/* ---- a taint ---- */

/* Put by machinery, which takes it off again, or by kops for a reason. */
static bool taint_is_owned(const struct taint *t)
{
	return strstr(t->key, "kubernetes.io/") || strstr(t->key, "k8s.io/") ||
		str_starts(t->key, "ToBeDeleted") || str_starts(t->key, "DeletionCandidate");
}

/* The one taint that keeps the pod out; NULL: more than one, or not for us to take off. */
static const struct taint *taint_alone(const struct pod_shape *s, const struct node *n)
{
	const struct taint *found = NULL;
	for (size_t i = 0; i < n->ntaints; i++) {
		const struct taint *t = &n->taints[i];
		if (str_eq(t->effect, "PreferNoSchedule") || shape_tolerates(s, t)) {
			continue;
		}
		if (found || !t->key || taint_is_owned(t)) {
			return NULL;
		}
		found = t;
	}
	return found;
}

static bool taint_same(const struct taint *a, const struct taint *b)
{
	return str_eq(a->key, b->key) && str_eq(a->effect, b->effect) &&
		!strcmp(a->value ? a->value : "", b->value ? b->value : "");
}

void cure_taint(const struct model *m, struct pending_group *g, const struct tally *t)
{
	const struct pod_shape *s = g->sample->pod.shape;
	const struct taint *own = NULL;
	struct words names = { .n = 0 };
	int64_t room = 0;
	for (size_t i = 0; i < g->nverdicts && room < (int64_t)g->npods; i++) {
		struct m_node as = *g->verdicts[i].node;
		const struct taint *here = cure_node_takes_pods(&as) ?
			taint_alone(s, &as.node) : NULL;
		if (!here || (own && !taint_same(own, here))) {
			continue;
		}
		as.node.ntaints = 0; /* the others are tolerated */
		struct fit f;
		fit_judge(s, &as, NULL, &f);
		int64_t more = f.fits ? cure_node_room(&as, s) : 0;
		if (more > 0) {
			words_add(&names, as.node.name);
			room += more;
			own = here;
		}
	}
	if (own) {
		const char *value = own->value ? own->value : "";
		struct buf list = BUF_INIT;
		words_join(&names, 2, &list);
		struct advice *a = pending_advice_add(g, ADVICE_UNTAINT);
		for (size_t i = 0; i < names.n; i++) {
			strlist_add(&a->nodes, names.v[i]);
		}
		a->key = xstrdup(own->key);
		a->value = xstrdup(own->value);
		a->taint_effect = xstrdup(own->effect);
		a->text = xasprintf("take the taint %s%s%s off %s", own->key, *value ? "=" : "",
			value, buf_str(&list));
		a->effect = xasprintf("room for %" PRId64 " more", room);
		a->detail = xstrdup("then every pod may run there: ask whom the node was kept for");
		a->command = xasprintf("kubectl taint node %s %s:%s-", names.v[0], own->key,
			own->effect);
		buf_release(&list);
	}
	words_release(&names);
}
