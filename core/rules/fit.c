/* SPDX-License-Identifier: Apache-2.0 */
/* A pod against a node. */
#include "core/rules/fit.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/fit/peers.h"

#define MIB (1024 * 1024)

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

bool toleration_matches(const struct toleration *t, const struct taint *taint)
{
	if (!str_empty(t->effect) && !same(t->effect, taint->effect)) {
		return false;
	}
	bool exists = str_eq(t->operator_, "Exists");
	if (str_empty(t->key)) {
		return exists;
	}
	return same(t->key, taint->key) && (exists || same(t->value, taint->value));
}

bool shape_tolerates(const struct pod_shape *pod, const struct taint *taint)
{
	for (size_t i = 0; i < pod->ntolerations; i++) {
		if (toleration_matches(&pod->tolerations[i], taint)) {
			return true;
		}
	}
	return false;
}

static bool requirement_has(const struct requirement *r, const char *value)
{
	for (size_t i = 0; i < r->nvalues; i++) {
		if (same(r->values[i], value)) {
			return true;
		}
	}
	return false;
}

static bool requirement_holds(const struct requirement *r, const struct node *n)
{
	const char *value = r->is_field ? n->name : node_label(n, r->key);
	int64_t have, want;
	if (str_eq(r->op, "In")) {
		return value && requirement_has(r, value);
	}
	if (str_eq(r->op, "NotIn")) {
		return !value || !requirement_has(r, value);
	}
	if (str_eq(r->op, "Exists")) {
		return value != NULL;
	}
	if (str_eq(r->op, "DoesNotExist")) {
		return !value;
	}
	if (!value || r->nvalues != 1 || !str_to_i64(value, INT64_MIN, INT64_MAX, &have) ||
	    !str_to_i64(r->values[0], INT64_MIN, INT64_MAX, &want)) {
		return false;
	}
	return str_eq(r->op, "Gt") ? have > want : str_eq(r->op, "Lt") && have < want;
}

bool term_holds(const struct selector_term *t, const struct node *n)
{
	for (size_t i = 0; i < t->nreqs; i++) {
		if (!requirement_holds(&t->reqs[i], n)) {
			return false;
		}
	}
	return t->nreqs > 0; /* an empty term selects nothing */
}

bool shape_selects(const struct pod_shape *pod, const struct m_node *n)
{
	for (size_t i = 0; i < pod->nnode_selector; i++) {
		const char *value = node_label(&n->node, pod->node_selector[i].key);
		if (!value || !same(value, pod->node_selector[i].value)) {
			return false;
		}
	}
	for (size_t i = 0; i < pod->nnode_affinity; i++) {
		if (term_holds(&pod->node_affinity[i], &n->node)) {
			return true;
		}
	}
	return !pod->nnode_affinity;
}

static const struct taint *untolerated(const struct pod_shape *pod, const struct node *n)
{
	for (size_t i = 0; i < n->ntaints; i++) {
		if (!str_eq(n->taints[i].effect, "PreferNoSchedule") &&
		    !shape_tolerates(pod, &n->taints[i])) {
			return &n->taints[i];
		}
	}
	return NULL;
}

static bool ports_clash(const struct host_port *a, const struct host_port *b)
{
	return a->port == b->port && str_eq(a->protocol ? a->protocol : "TCP",
		b->protocol ? b->protocol : "TCP") && (!a->ip || !b->ip || str_eq(a->ip, b->ip));
}

static bool pod_has_port(const struct m_pod *p, const struct host_port *port)
{
	if (p->pod.phase == POD_SUCCEEDED || p->pod.phase == POD_FAILED) {
		return false;
	}
	for (size_t i = 0; i < p->pod.shape->nhost_ports; i++) {
		if (ports_clash(&p->pod.shape->host_ports[i], port)) {
			return true;
		}
	}
	return false;
}

static const struct host_port *port_taken(const struct pod_shape *pod, const struct m_node *n)
{
	for (size_t i = 0; i < pod->nhost_ports; i++) {
		for (const struct m_pod *p = n->pods; p; p = p->next_on_node) {
			if (pod_has_port(p, &pod->host_ports[i])) {
				return &pod->host_ports[i];
			}
		}
	}
	return NULL;
}

static bool short_of(int64_t asked, int64_t used, int64_t has)
{
	return asked > 0 && has >= 0 && used + asked > has;
}

/* All that the node lacks; kind is the first. */
static bool lacks(const struct pod_shape *pod, const struct m_node *n, struct fit *out)
{
	out->no_slot = n->node.alloc_pods >= 0 && n->npods + 1 > n->node.alloc_pods;
	out->no_cpu = short_of(pod->cpu_milli, n->cpu_milli, n->node.alloc_cpu_milli);
	out->no_memory = short_of(pod->memory, n->memory, n->node.alloc_memory);
	out->kind = out->no_slot ? REASON_TOO_MANY_PODS : REASON_INSUFFICIENT;
	out->resource = out->no_cpu ? "cpu" : out->no_memory ? "memory" : NULL;
	return out->no_slot || out->resource;
}

void fit_judge(const struct pod_shape *pod, const struct m_node *n, const struct fit_peers *peers,
	struct fit *out)
{
	static const struct taint cordon = { .key = "node.kubernetes.io/unschedulable",
		.effect = "NoSchedule" };
	*out = (struct fit){ .kind = REASON_OTHER, .away = REASON_OTHER };
	out->partly = peers ? fit_peers_blind(pod) || peers->volumes.blind :
		fit_partly_judged(pod);
	if (peers) {
		out->away = fit_volumes_judge(&peers->volumes, n, &out->place);
	}
	if (n->node.unschedulable && !shape_tolerates(pod, &cordon)) {
		out->kind = REASON_UNSCHEDULABLE;
		return;
	}
	out->taint = untolerated(pod, &n->node);
	if (out->taint) {
		out->kind = REASON_TAINT;
		return;
	}
	if (!shape_selects(pod, n)) {
		out->kind = REASON_NODE_AFFINITY;
		return;
	}
	out->port = port_taken(pod, n);
	if (out->port) {
		out->kind = REASON_HOST_PORTS;
		return;
	}
	if (lacks(pod, n, out)) {
		return;
	}
	if (out->away != REASON_OTHER) {
		out->kind = out->away;
		return;
	}
	out->kind = peers ? fit_peers_judge(peers, n, &out->topology_key) : REASON_OTHER;
	if (out->kind != REASON_OTHER) {
		return;
	}
	if (n->node.ready == TRI_NO) {
		out->kind = REASON_NOT_READY; /* its taint will follow */
		return;
	}
	out->fits = true;
}

/* What selector or affinity asks for and this node lacks. */
static char *selector_text(const struct pod_shape *pod, const struct m_node *n)
{
	for (size_t i = 0; i < pod->nnode_selector; i++) {
		const struct label *want = &pod->node_selector[i];
		const char *have = node_label(&n->node, want->key);
		if (!have) {
			return xasprintf("no label %s=%s", want->key ? want->key : "",
				want->value ? want->value : "");
		}
		if (!same(have, want->value)) {
			return xasprintf("label %s is %s, not %s", want->key, have,
				want->value ? want->value : "");
		}
	}
	const struct selector_term *t = pod->node_affinity;
	if (pod->nnode_affinity == 1 && t->nreqs == 1 && t->reqs[0].is_field) {
		return xasprintf("not the node it is meant for");
	}
	for (size_t i = 0; pod->nnode_affinity == 1 && i < t->nreqs; i++) {
		if (!requirement_holds(&t->reqs[i], &n->node)) {
			return xasprintf("node affinity: %s %s %s",
				t->reqs[i].key ? t->reqs[i].key : "?",
				t->reqs[i].op ? t->reqs[i].op : "?",
				t->reqs[i].nvalues ? t->reqs[i].values[0] : "");
		}
	}
	return xasprintf("node affinity");
}

/* What a topology key is called. */
static const char *word_of(const char *key)
{
	static const struct {
		const char *key, *word;
	} words[] = { { "kubernetes.io/hostname", "node" },
		{ "topology.kubernetes.io/zone", "zone" },
		{ "failure-domain.beta.kubernetes.io/zone", "zone" },
		{ "topology.kubernetes.io/region", "region" } };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq(words[i].key, key)) {
			return words[i].word;
		}
	}
	return key ? key : "domain";
}

char *fit_text(const struct pod_shape *pod, const struct m_node *n, const struct fit *f)
{
	switch (f->kind) {
	case REASON_UNSCHEDULABLE:
		return xasprintf("cordoned");
	case REASON_TAINT:
		return xasprintf("taint %s%s%s", f->taint->key ? f->taint->key : "?",
			str_empty(f->taint->value) ? "" : "=",
			str_empty(f->taint->value) ? "" : f->taint->value);
	case REASON_NODE_AFFINITY:
		return selector_text(pod, n);
	case REASON_HOST_PORTS:
		return xasprintf("host port %" PRId64 "%s%s%s%s is taken", f->port->port,
			f->port->protocol ? "/" : "", f->port->protocol ? f->port->protocol : "",
			f->port->ip ? " of " : "", f->port->ip ? f->port->ip : "");
	case REASON_TOO_MANY_PODS:
		return xasprintf("%d/%" PRId64 " pods", (int)n->npods, n->node.alloc_pods);
	case REASON_INSUFFICIENT:
		if (str_eq(f->resource, "cpu")) {
			return xasprintf("cpu: asks %" PRId64 "m, %" PRId64 "m free",
				pod->cpu_milli, n->node.alloc_cpu_milli - n->cpu_milli);
		}
		return xasprintf("memory: asks %" PRId64 "Mi, %" PRId64 "Mi free",
			pod->memory / MIB, (n->node.alloc_memory - n->memory) / MIB);
	case REASON_VOLUME_NODE_AFFINITY:
	case REASON_VOLUME_ZONE:
		return xasprintf("its volume is in %s", f->place);
	case REASON_VOLUME_BIND:
		return xasprintf("its storage class %s makes no volumes there", f->place);
	case REASON_TOPOLOGY_SPREAD:
		return xasprintf("one more would be too uneven over %s", word_of(f->topology_key));
	case REASON_POD_AFFINITY:
		return xasprintf("the pods it wants near do not run in its %s",
			word_of(f->topology_key));
	case REASON_POD_ANTI_AFFINITY:
		return xasprintf("pods it keeps away from run in its %s", word_of(f->topology_key));
	case REASON_EXISTING_ANTI_AFFINITY:
		return xasprintf("pods that keep it away run in its %s", word_of(f->topology_key));
	case REASON_NOT_READY:
		return xasprintf("node is not ready%s%s", n->node.ready_reason ? ": " : "",
			n->node.ready_reason ? n->node.ready_reason : "");
	default:
		return xstrdup(f->partly ? "nothing seen against it (not all was judged)" :
			"nothing speaks against it");
	}
}

bool fit_partly_judged(const struct pod_shape *pod)
{
	return fit_peers_blind(pod) || pod->nclaims > 0;
}
