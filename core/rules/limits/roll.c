/* SPDX-License-Identifier: Apache-2.0 */
/* While the replaced nodes are rolled: how long it takes, and where their pods go meanwhile. */
#include "core/rules/limits/view.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/xalloc.h"

/* One group's roll: how many nodes at a time, and how many more than usual meanwhile. */
struct roll_pace {
	int64_t nodes, surge, away;
};

/* Facts: kops 5.4 and 11: the group's setting, else the cluster's, else a surge of one; a
   percentage of the group, rounded up for the surge and down for what may be away. */
static int64_t pace_setting(const struct int_or_percent *group,
	const struct int_or_percent *cluster, int64_t nodes, bool up)
{
	const struct int_or_percent *s = group->value >= 0 ? group : cluster;

	if (s->value < 0 || !s->percent) {
		return s->value;
	}
	int64_t part = (s->value * nodes + (up ? 99 : 0)) / 100;
	return part || up ? part : 1;
}

static void pace_of(const struct limits_view *v, const struct m_group *g, struct roll_pace *out)
{
	const struct rolling_settings *own = &g->spec.rolling, *all = &v->before->rolling;
	out->nodes = limits_group_nodes(g);
	out->surge = pace_setting(&own->max_surge, &all->max_surge, out->nodes, true);
	out->away = pace_setting(&own->max_unavailable, &all->max_unavailable, out->nodes, false);
	if (out->surge < 0) {
		out->surge = g->spec.karpenter ? 0 : 1;
	}
	if (out->surge > out->nodes) {
		out->surge = out->nodes;
	}
	if (out->away < 0) {
		out->away = out->surge ? 0 : 1;
	}
	if (g->spec.role == ROLE_CONTROL_PLANE || out->surge + out->away < 1) {
		out->surge = 0;
		out->away = 1; /* etcd's quorum */
	}
}

/* ---- how long ---- */

static void say_duration(struct limits_view *v)
{
	size_t n;
	int64_t seconds = 0, nodes = 0;
	const struct m_group *const *groups = model_groups(v->m, &n);

	for (size_t i = 0; i < n; i++) {
		struct roll_pace p;

		if (!groups[i]->has_spec || !limits_group_replaced(v, groups[i])) {
			continue;
		}
		pace_of(v, groups[i], &p);
		int64_t once = p.surge + p.away;
		nodes += p.nodes;
		seconds += (p.nodes + once - 1) / once * NODE_ROLL_S;
	}
	if (nodes) {
		limits_say(v, FINDING_INFO, NULL, "rolling %" PRId64 " node%s takes about %" PRId64
			" min, longer where pods are slow to leave", nodes, nodes == 1 ? "" : "s",
			(seconds + 59) / 60);
	}
}

/* ---- where the pods go meanwhile ---- */

static int64_t movable_pods(const struct m_node *n)
{
	return (int64_t)n->npods - n->ndaemon - n->nmirror;
}

/* Free slots on the other workers, as they are now. */
static int64_t free_elsewhere(const struct limits_view *v, const struct m_node *but)
{
	size_t n;
	int64_t room = 0;
	const struct m_node *const *nodes = model_nodes(v->m, &n);

	for (size_t i = 0; i < n; i++) {
		const struct node *k = &nodes[i]->node;
		int64_t here = k->alloc_pods - nodes[i]->npods;

		if (nodes[i] != but && k->role == ROLE_NODE && k->ready == TRI_YES &&
			!k->unschedulable && here > 0) {
			room += here;
		}
	}
	return room;
}

/* The group's node with most to move, and the DaemonSets' pods that a new node gets. */
static const struct m_node *heaviest_node(const struct limits_view *v, const struct m_group *g)
{
	size_t n;
	const struct m_node *most = NULL;
	const struct m_node *const *nodes = model_nodes(v->m, &n);

	for (size_t i = 0; i < n; i++) {
		if (nodes[i]->group == g &&
			(!most || movable_pods(nodes[i]) > movable_pods(most))) {
			most = nodes[i];
		}
	}
	return most;
}

/*
 * The pods of the node that goes first must find slots on the others or on the
 * surge's new node; those that wait already are there before them.
 */
static void check_meanwhile(struct limits_view *v, const struct m_group *g)
{
	const struct m_node *node = heaviest_node(v, g);
	struct group_spec after = limits_group_after(v, g);
	struct maxpods mp;
	struct roll_pace p;

	maxpods_for_group(&v->after, &after, &mp);
	if (!node || mp.value <= 0) {
		return;
	}
	pace_of(v, g, &p);
	int64_t fresh = mp.value - node->ndaemon;
	int64_t room = free_elsewhere(v, node) + (fresh > 0 ? p.surge * fresh : 0);
	int64_t waiting = (int64_t)model_unbound_pods(v->m);
	int64_t move = movable_pods(node);

	if (move + waiting <= room) {
		return;
	}
	const char *kind = p.surge ? "with the surge's new node" : "on the other nodes";
	char *todo = xasprintf("scale down by %" PRId64 "%s first", move + waiting - room,
		p.surge ? ", or add a node," : ", add a node or allow a surge");
	if (waiting) {
		limits_say(v, FINDING_WARN, todo, "while %s rolls, %" PRId64 " pods of a node "
			"and %" PRId64 " that wait already share %" PRId64 " free slots %s",
			g->spec.name, move, waiting, room, kind);
	} else {
		limits_say(v, FINDING_WARN, todo, "while %s rolls, %" PRId64 " pods of a node "
			"share %" PRId64 " free slots %s: some wait until the next one is up",
			g->spec.name, move, room, kind);
	}
	free(todo);
}

void limits_check_roll(struct limits_view *v)
{
	size_t n;
	const struct m_group *const *groups = model_groups(v->m, &n);

	say_duration(v);
	for (size_t i = 0; i < n; i++) {
		if (groups[i]->has_spec && groups[i]->spec.role == ROLE_NODE &&
			limits_group_replaced(v, groups[i])) {
			check_meanwhile(v, groups[i]);
		}
	}
}
