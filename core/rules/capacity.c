/* SPDX-License-Identifier: Apache-2.0 */
/* How full nodes are and what their limit comes from. */
#include "core/rules/capacity.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/rules/cni.h"
#include "core/rules/needs-update.h"

/* The settings that aws-node runs with; those of the spec while it was not seen. */
static bool capacity_settings(const struct model *m, struct cni_settings *out)
{
	const struct daemonset *ds = model_daemonset(m, "kube-system", "aws-node");
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	if (ds && ds->nenv) {
		cni_from_env(ds->env, ds->nenv, out);
	} else {
		cni_from_spec(c ? &c->spec : NULL, out);
	}
	return out->amazonvpc;
}

/* A type that the compiled-in table does not have may be known from the API. */
static bool capacity_limits(const struct model *m, const struct m_node *n, struct eni_limits *own,
	const struct eni_limits **table)
{
	const char *type = n->node.type;
	if (!type && n->instance) {
		type = n->instance->instance.type;
	}
	*table = eni_lookup(type);
	if (*table) {
		*own = **table;
		return true;
	}
	const struct instance_type *t = type ? model_type(m, type) : NULL;
	if (!t || t->max_enis <= 0 || t->ips_per_eni <= 0) {
		return false;
	}
	*own = (struct eni_limits){ .type = t->name, .max_enis = t->max_enis,
		.ips_per_eni = t->ips_per_eni, .vcpus = t->vcpus > 0 ? t->vcpus : 0,
		.prefixes = t->nitro };
	return true;
}

static const char *capacity_state(const struct m_node *n, const struct node_capacity *c)
{
	if (n->node.ready != TRI_YES) {
		return "NotReady";
	}
	if (n->node.unschedulable) {
		return "cordoned";
	}
	if (c->full) {
		return "full";
	}
	enum update_why why = n->instance ? update_why_of(n->instance) : UPDATE_NONE;
	if ((why != UPDATE_NONE && why != UPDATE_UNKNOWN) || n->node.needs_update) {
		return "needs roll";
	}
	for (size_t i = 0; i < n->node.ntaints; i++) {
		if (!str_eq(n->node.taints[i].effect, "PreferNoSchedule")) {
			return "taint";
		}
	}
	return "ok";
}

/* "3 ENIs x (6-1) + 2" without what it gives. */
static void capacity_formula(const struct eni_limits *l, const struct eni_mode *mode, bool ascii,
	char *out, size_t size)
{
	eni_explain(l, mode, ascii, out, size);
	char *end = strstr(out, " = ");
	if (end) {
		*end = '\0';
	}
}

static void capacity_arithmetic(const struct eni_limits *l, const struct eni_mode *mode, bool ascii,
	struct node_capacity *c)
{
	struct eni_result r;
	char formula[64];
	eni_compute(l, mode, &r);
	capacity_formula(l, mode, ascii, formula, sizeof formula);
	const char *how = r.prefix_used ? "prefixes" : "secondary IPs";
	if (c->pods_max < 0) {
		snprintf(c->arithmetic, sizeof c->arithmetic, "%s = %d pods, %s", formula,
			(int)r.raw, how);
	} else if (c->pods_max == r.raw) {
		snprintf(c->arithmetic, sizeof c->arithmetic, "%d pods = %s, %s",
			(int)c->pods_max, formula, how);
	} else if (c->pods_max > r.raw) {
		snprintf(c->arithmetic, sizeof c->arithmetic,
			"%d pods set, addresses for %d only: %s, %s", (int)c->pods_max, (int)r.raw,
			formula, how);
	} else {
		snprintf(c->arithmetic, sizeof c->arithmetic, "%d pods set; %s = %d, %s",
			(int)c->pods_max, formula, (int)r.raw, how);
	}
}

static void capacity_source(const struct model *m, const struct m_node *n,
	struct node_capacity *out)
{
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	struct maxpods p;
	out->source = MAXPODS_UNKNOWN;
	out->spec_max = -1;
	if (!n->group || !n->group->has_spec) {
		return;
	}
	maxpods_for_group(c ? &c->spec : NULL, &n->group->spec, &p);
	out->spec_max = p.value;
	if (p.value >= 0 && p.value == n->node.capacity_pods) {
		out->source = p.source;
	}
}

static void capacity_subnet(const struct model *m, const struct m_node *n,
	struct node_capacity *out)
{
	const struct subnet *s = n->instance ?
		model_subnet(m, n->instance->instance.subnet_id) : NULL;
	out->subnet_ips = s ? s->free_ips : -1;
	out->subnet_blocks = s ? s->free_blocks : -1;
}

void capacity_of_type(const char *type, const struct eni_limits *l, const struct eni_mode *mode,
	bool ascii, char *out, size_t size)
{
	struct eni_mode single = *mode, prefix = *mode, custom = *mode, plain = *mode;
	struct eni_result with, taken, whole;
	char how[96], more[64] = "";
	single.prefix = false;
	prefix.prefix = true;
	custom.custom_network = true;
	plain.custom_network = false;
	eni_explain(l, mode->prefix && l->prefixes ? &prefix : &single, ascii, how, sizeof how);
	eni_compute(l, &prefix, &with);
	eni_compute(l, &custom, &taken);
	eni_compute(l, &plain, &whole);
	if (with.prefix_used) {
		snprintf(more, sizeof more, "; with prefixes %d, advised %d", (int)with.raw,
			(int)with.recommended);
	}
	snprintf(out, size, "%s: %s%s; custom networking %s %d", type, how, more,
		mode->custom_network ? "took" : "would take", (int)(whole.raw - taken.raw));
}

/* What the node may hold, and in which mode it works; false: it cannot be told. */
static bool capacity_mode(const struct model *m, const struct m_node *n, struct eni_limits *l,
	struct eni_mode *mode, struct node_capacity *out)
{
	struct cni_settings cni;
	if (!capacity_limits(m, n, l, &out->limits) || !capacity_settings(m, &cni)) {
		return false;
	}
	/* What is attached decides; a node that holds nothing yet will do as the settings say. */
	const struct instance *i = n->instance ? &n->instance->instance : NULL;
	*mode = cni.mode;
	if (i && (i->prefixes > 0 || (i->prefixes == 0 && i->ips > 0))) {
		bool set = mode->prefix && l->prefixes;
		mode->prefix = i->prefixes > 0;
		out->older |= set != (mode->prefix && l->prefixes);
	}
	return true;
}

static void capacity_fill(const struct model *m, const struct m_node *n, bool words, bool ascii,
	struct node_capacity *out)
{
	*out = (struct node_capacity){ .pods_used = n->npods, .pods_max = -1,
		.ips_used = n->npods - n->nhost_network, .ips_max = -1, .with_prefix = -1 };
	int64_t max = n->node.alloc_pods >= 0 ? n->node.alloc_pods : n->node.capacity_pods;
	if (max >= 0 && max <= INT32_MAX) {
		out->pods_max = (int32_t)max;
	}
	out->full = out->pods_max >= 0 && out->pods_used >= out->pods_max;
	out->older = n->node.needs_update;
	capacity_source(m, n, out);
	capacity_subnet(m, n, out);
	snprintf(out->state, sizeof out->state, "%s", capacity_state(n, out));

	struct eni_limits l;
	struct eni_mode mode;
	if (!capacity_mode(m, n, &l, &mode, out)) {
		return;
	}
	struct eni_result now, with;
	eni_compute(&l, &mode, &now);
	out->prefix_mode = now.prefix_used;
	out->ips_max = now.addresses;
	if (words) {
		capacity_arithmetic(&l, &mode, ascii, out);
	}
	mode.prefix = true;
	eni_compute(&l, &mode, &with);
	out->with_prefix = with.prefix_used ? with.recommended : -1;
}

void capacity_of_node(const struct model *m, const struct m_node *n, bool ascii,
	struct node_capacity *out)
{
	capacity_fill(m, n, true, ascii, out);
}

void capacity_in_numbers(const struct model *m, const struct m_node *n, struct node_capacity *out)
{
	capacity_fill(m, n, false, true, out);
}

void capacity_sentence(const struct model *m, char *out, size_t size)
{
	size_t n, full = 0, away = 0;
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		const struct node *no = &nodes[i]->node;
		int64_t max = no->alloc_pods >= 0 ? no->alloc_pods : no->capacity_pods;
		full += max >= 0 && nodes[i]->npods >= max;
		away += no->ready != TRI_YES;
	}
	size_t waits = model_unbound_pods(m);
	char parts[3][64];
	int np = 0;
	if (full) {
		snprintf(parts[np++], sizeof parts[0], "%zu of %zu nodes %s full", full, n,
			full == 1 ? "is" : "are");
	}
	if (away) {
		snprintf(parts[np++], sizeof parts[0], "%zu of %zu nodes %s not ready", away, n,
			away == 1 ? "is" : "are");
	}
	if (waits) {
		snprintf(parts[np++], sizeof parts[0], "%zu pod%s", waits,
			waits == 1 ? " waits" : "s wait");
	}
	if (size) {
		out[0] = '\0';
	}
	size_t len = 0;
	for (int i = 0; i < np && len < size; i++) {
		const char *join = i == 0 ? "" : i == np - 1 ? " and " : ", ";
		int k = snprintf(out + len, size - len, "%s%s", join, parts[i]);
		len += k > 0 ? (size_t)k : 0;
	}
}
