/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the wanted max pods can hold: what kops reads, what nodes need, what ENIs give. */
#include "core/rules/limits/view.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

/* Pods without which the node does not work, or that come back whatever one does. */
static int32_t node_own_pods(const struct m_node *n, bool control_plane)
{
	int32_t own = 0;
	for (const struct m_pod *p = n->pods; p; p = p->next_on_node) {
		bool over = p->pod.phase == POD_SUCCEEDED || p->pod.phase == POD_FAILED;
		int needed = POD_HOST_NETWORK | POD_MIRROR | POD_DAEMON;
		own += !over && ((p->pod.flags & needed) ||
			(control_plane && str_eq(p->pod.ns, "kube-system")));
	}
	return own;
}

static void check_floor(struct limits_view *v, const struct m_group *g, int64_t value)
{
	size_t n;
	int32_t most = 0;
	const struct m_node *worst = NULL;
	const struct m_node *const *nodes = model_nodes(v->m, &n);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i]->group != g) {
			continue;
		}
		int32_t own = node_own_pods(nodes[i], g->spec.role == ROLE_CONTROL_PLANE);
		if (own > most) {
			most = own;
			worst = nodes[i];
		}
	}
	if (!worst || value >= most + 2) {
		return;
	}
	char *todo = xasprintf("set at least %d", (int)most + 2);
	limits_say(v, value < most ? FINDING_REFUSE : FINDING_WARN, todo,
		"%" PRId64 " is %s the %d pods that %s of %s needs for itself (static pods, "
		"DaemonSets, host network)", value, value < most ? "below" : "hardly more than",
		(int)most, worst->node.name, g->spec.name);
	free(todo);
}

int32_t limits_host_pods(const struct limits_view *v, const struct m_group *g)
{
	size_t n;
	int32_t least = -1;
	const struct m_node *const *nodes = model_nodes(v->m, &n);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i]->group == g && (least < 0 || nodes[i]->nhost_network < least)) {
			least = nodes[i]->nhost_network;
		}
	}
	return least > 2 ? least : 2;
}

static const struct eni_limits *group_weakest(const struct limits_view *v,
	const struct group_spec *g, struct eni_result *least, const char **unknown)
{
	const struct eni_limits *weakest = NULL;
	size_t n = g->ntypes ? g->ntypes : 1;
	*unknown = NULL;
	for (size_t i = 0; i < n; i++) {
		const char *type = g->ntypes ? g->types[i] : g->machine_type;
		const struct eni_limits *l = eni_lookup(type);
		struct eni_result r;
		if (!l) {
			*unknown = type ? type : "?";
			continue;
		}
		eni_compute(l, &v->cni_after.mode, &r);
		if (!weakest || r.raw < least->raw) {
			weakest = l;
			*least = r;
		}
	}
	return weakest;
}

static void say_out_of_reach(struct limits_view *v, const struct m_group *g,
	const struct eni_limits *l, const struct eni_result *r, const struct maxpods *mp,
	int64_t reach)
{
	const char *how = r->prefix_used ? "prefixes" : "secondary IPs";
	char *todo;
	if (!v->cni_after.mode.prefix && l->prefixes) {
		todo = xasprintf("turn prefix delegation on, or set at most %" PRId64, reach);
	} else if (v->cni_after.mode.prefix && !l->prefixes) {
		todo = xasprintf("%s takes no prefixes: use a Nitro type, or set at most %" PRId64,
			l->type, reach);
	} else {
		todo = xasprintf("set at most %" PRId64, reach);
	}
	bool by_itself = mp->source == MAXPODS_FORMULA;
	limits_say(v, by_itself ? FINDING_WARN : FINDING_REFUSE, todo,
		"%" PRId64 " pods%s is more than a %s of %s has addresses for: %" PRId64 " with %s",
		mp->value, by_itself ? " (kops' own figure)" : "", l->type, g->spec.name, reach,
		how);
	free(todo);
}

static void check_ceiling(struct limits_view *v, const struct m_group *g,
	const struct group_spec *after, const struct maxpods *mp)
{
	struct eni_result r = { .raw = 0 };
	const char *unknown;
	if (!v->cni_after.amazonvpc) {
		return;
	}
	const struct eni_limits *l = group_weakest(v, after, &r, &unknown);
	if (unknown) {
		limits_say(v, FINDING_WARN, NULL,
			"%s: type %s is not known, so its addresses cannot be checked",
			g->spec.name, unknown);
	}
	if (!l) {
		return;
	}
	int64_t reach = r.addresses + limits_host_pods(v, g);
	if (mp->value > reach) {
		say_out_of_reach(v, g, l, &r, mp, reach);
		return;
	}
	int64_t cap = l->vcpus > 30 ? 250 : 110;
	if (mp->value > cap) {
		limits_say(v, FINDING_WARN, NULL,
			"%" PRId64 " is above %" PRId64 ", the most that is advised for a %s",
			mp->value, cap, l->type);
	} else {
		limits_say(v, FINDING_OK, NULL, "%" PRId64 " \u2264 %d addresses per %s with %s",
			mp->value, (int)(mp->value <= r.raw ? r.raw : reach), l->type,
			r.prefix_used ? "prefixes" : "secondary IPs");
	}
}

/* Fewer slots than pods that run now. */
static void check_room(struct limits_view *v, const struct m_group *g, int64_t value)
{
	size_t n;
	int64_t pods = 0, nodes_here = 0;
	const struct m_node *const *nodes = model_nodes(v->m, &n);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i]->group == g) {
			pods += nodes[i]->npods;
			nodes_here++;
		}
	}
	if (nodes_here && pods > value * nodes_here) {
		limits_say(v, FINDING_WARN, "scale down or add nodes first",
			"%s: %" PRId64 " pods run there, %" PRId64 " will fit", g->spec.name, pods,
			value * nodes_here);
	}
}

static bool check_number(struct limits_view *v, const char *what, int64_t value)
{
	if (value == LIMITS_KEEP || value == LIMITS_UNSET) {
		return true;
	}
	if (value > INT32_MAX) {
		limits_say(v, FINDING_REFUSE, "a useful value is between 8 and 250",
			"%s: %" PRId64 " is more than kops can read, it would refuse the whole "
			"spec", what, value);
		return false;
	}
	if (value < 0) {
		limits_say(v, FINDING_REFUSE, NULL, "%s: %" PRId64 " is no count", what, value);
		return false;
	}
	return true;
}

static bool check_max_pods(struct limits_view *v, const char *what, int64_t value)
{
	if (value == 0) {
		limits_say(v, FINDING_REFUSE, "remove the setting to get kops' own figure",
			"%s: 0 is no limit, kubelet would take its default 110 whatever the "
			"addresses", what);
		return false;
	}
	return check_number(v, what, value);
}

void limits_check_ranges(struct limits_view *v)
{
	const struct limits_edit *e = v->edit;
	bool fine = check_max_pods(v, "max pods", e->max_pods);
	fine &= check_max_pods(v, "max pods, control plane", e->cp_max_pods);
	fine &= check_number(v, "warm prefixes", e->warm_prefix);
	fine &= check_number(v, "warm IPs", e->warm_ip);
	fine &= check_number(v, "minimum IPs", e->minimum_ip);
	if (!fine) {
		return;
	}
	size_t n;
	const struct m_group *const *groups = model_groups(v->m, &n);
	for (size_t i = 0; i < n; i++) {
		const struct m_group *g = groups[i];
		if (!g->has_spec || g->spec.role == ROLE_BASTION || !limits_group_replaced(v, g)) {
			continue;
		}
		struct group_spec after = limits_group_after(v, g);
		struct maxpods mp;
		maxpods_for_group(&v->after, &after, &mp);
		if (mp.value < 0) {
			continue;
		}
		check_floor(v, g, mp.value);
		check_room(v, g, mp.value);
		check_ceiling(v, g, &after, &mp);
	}
}
