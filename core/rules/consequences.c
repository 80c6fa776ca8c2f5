/* SPDX-License-Identifier: Apache-2.0 */
/* What an edit of the limits does: who is replaced and what comes out, then the checks. */
#include "core/rules/consequences.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/rules/limits/view.h"

struct replaced {
	int nodes, all;
	bool control_plane;
};

static void count_replaced(const struct limits_view *v, struct replaced *r)
{
	size_t n, nodes;
	const struct m_group *const *groups = model_groups(v->m, &n);
	*r = (struct replaced){ .nodes = 0 };
	for (size_t i = 0; i < n; i++) {
		int here = limits_group_nodes(groups[i]);
		r->all += groups[i]->spec.role == ROLE_BASTION ? 0 : here;
		if (limits_group_replaced(v, groups[i])) {
			r->nodes += here;
			r->control_plane |= here > 0 && groups[i]->spec.role == ROLE_CONTROL_PLANE;
		}
	}
	/* Nodes that no group claims get the annotation as well. */
	model_nodes(v->m, &nodes);
	if ((int)nodes > r->all) {
		r->nodes += v->env_changes ? (int)nodes - r->all : 0;
		r->all = (int)nodes;
	}
}

/* No node was seen, so there is nothing to count. */
static void say_replaced_unseen(struct limits_view *v)
{
	struct buf list = BUF_INIT;
	words_join(&v->replaced, 4, &list);
	if (v->env_changes) {
		limits_say(v, FINDING_WARN, NULL, "all nodes are replaced, control plane included "
			"(the CNI addon asks for it)");
	} else {
		limits_say(v, FINDING_WARN, NULL, "the nodes of %s are replaced", buf_str(&list));
	}
	buf_release(&list);
}

static void say_replaced(struct limits_view *v, const struct replaced *r)
{
	if (!v->env_changes && !v->replaced.n) {
		limits_say(v, FINDING_INFO, NULL, v->edit->after ? "no node is replaced" :
			"nothing changes: these values hold already");
		return;
	}
	if (!r->all) {
		say_replaced_unseen(v);
		return;
	}
	const char *cp = r->control_plane ? ", control plane included" : "";
	const char *addon = v->env_changes ? " (the CNI addon asks for it)" : "";
	const char *s = r->nodes == 1 ? "" : "s", *is = r->nodes == 1 ? "is" : "are";
	if (r->nodes == r->all && r->nodes > 1) {
		limits_say(v, FINDING_WARN, NULL, "all %d nodes are replaced%s%s", r->nodes, cp,
			addon);
	} else if (v->env_changes || !r->nodes) {
		limits_say(v, r->nodes ? FINDING_WARN : FINDING_INFO, NULL,
			"%d node%s %s replaced%s%s", r->nodes, s, is, cp, addon);
	} else {
		struct buf list = BUF_INIT;
		words_join(&v->replaced, 4, &list);
		limits_say(v, FINDING_WARN, NULL, "%d node%s of %s %s replaced%s", r->nodes, s,
			buf_str(&list), is, cp);
		buf_release(&list);
	}
}

static void max_pods_pair(const struct limits_view *v, const struct m_group *g, char *out,
	size_t size)
{
	struct group_spec after = limits_group_after(v, g);
	struct maxpods a, b;
	maxpods_for_group(v->before, &g->spec, &a);
	maxpods_for_group(&v->after, &after, &b);
	char was[24] = "?", is[24] = "?";
	if (a.value >= 0) {
		snprintf(was, sizeof was, "%" PRId64, a.value);
	}
	if (b.value >= 0) {
		snprintf(is, sizeof is, "%" PRId64, b.value);
	}
	if (a.value == b.value) {
		snprintf(out, size, "max pods stay %s (%s)", is, maxpods_source_text(b.source));
	} else {
		snprintf(out, size, "max pods %s \u2192 %s (%s)", was, is,
			maxpods_source_text(b.source));
	}
}

/* One line for all groups that change alike. */
static void say_max_pods(struct limits_view *v)
{
	size_t n;
	const struct m_group *const *groups = model_groups(v->m, &n);
	for (size_t i = 0; i < n; i++) {
		if (!groups[i]->has_spec || !limits_group_replaced(v, groups[i])) {
			continue;
		}
		char pair[96], other[96];
		struct words alike = { .n = 0 };
		struct buf list = BUF_INIT;
		max_pods_pair(v, groups[i], pair, sizeof pair);
		for (size_t k = 0; k < n; k++) {
			if (groups[k]->has_spec && limits_group_replaced(v, groups[k])) {
				max_pods_pair(v, groups[k], other, sizeof other);
				if (str_eq(pair, other)) {
					words_add(&alike, groups[k]->spec.name);
				}
			}
		}
		words_join(&alike, 4, &list);
		limits_say(v, FINDING_INFO, NULL, "%s: %s", buf_str(&list), pair);
		buf_release(&list);
		words_release(&alike);
	}
}

int consequences_of(const struct model *m, const struct limits_edit *edit, struct findings *out)
{
	struct limits_view v;
	struct replaced r = { .nodes = 0 };
	if (!limits_view_init(&v, m, edit, out)) {
		findings_add(out, FINDING_REFUSE, "wait until the state store has answered",
			"the cluster's spec is not known");
	} else if (edit->group && !model_group(m, edit->group)) {
		findings_add(out, FINDING_REFUSE, NULL, "there is no group %s", edit->group);
	} else {
		count_replaced(&v, &r);
		say_replaced(&v, &r);
		limits_check_group(&v);
		limits_check_daemon(&v);
		limits_check_settings(&v);
		limits_check_ranges(&v);
		limits_check_subnets(&v);
		limits_check_roll(&v);
		say_max_pods(&v);
	}
	limits_view_release(&v);
	return r.nodes;
}
