/* SPDX-License-Identifier: Apache-2.0 */
/* Capacity: the three limits of each node side by side, and each type's arithmetic. */
#include "tui/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"
#include "core/rules/words.h"

enum { COL_NAME, COL_GROUP, COL_PODS, COL_FROM, COL_IPS, COL_MODE, COL_SUBNET, COL_BLOCKS, COL_NOTE,
	COL_HOST, COL_TYPE, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "name", .title = "NODE", .width = 13, .grow = 2,
		.flags = COLUMN_MIDDLE, .help = "node, named as its instance" },
	[COL_GROUP] = { .id = "group", .title = "GROUP", .width = 10, .grow = 1,
		.flags = COLUMN_MIDDLE, .help = "instance group" },
	[COL_PODS] = { .id = "kubelet", .kind = CELL_RATIO, .title = "KUBELET", .width = 8,
		.help = "1st limit: pods, of those that the kubelet takes" },
	[COL_FROM] = { .id = "from", .title = "FROM", .width = 9, .grow = 1,
		.flags = COLUMN_SPARE, .help = "where that limit comes from" },
	[COL_IPS] = { .id = "enis", .kind = CELL_RATIO, .title = "ENIS", .width = 7,
		.help = "2nd limit: addresses, of those its ENIs can give in this mode" },
	[COL_MODE] = { .id = "mode", .title = "MODE", .width = 6,
		.flags = COLUMN_SPARE, .help = "prefix or single secondary IPs" },
	[COL_SUBNET] = { .id = "subnet_free", .kind = CELL_NUMBER, .title = "SUBNET", .width = 7,
		.flags = COLUMN_RIGHT,
		.help = "3rd limit: addresses that its subnet has left" },
	[COL_BLOCKS] = { .id = "subnet_blocks", .kind = CELL_NUMBER, .title = "/28", .width = 5,
		.flags = COLUMN_RIGHT,
		.help = "whole /28 blocks that its subnet has left" },
	[COL_NOTE] = { .id = "note", .title = "NOTE", .width = 7,
		.flags = COLUMN_WORD, .help = "old: works as before the last change of the CNI" },
	[COL_HOST] = { .id = "host_network", .kind = CELL_NUMBER, .title = "HOST", .width = 4,
		.flags = COLUMN_WIDE | COLUMN_RIGHT,
		.help = "pods on the host's network: they take no address" },
	[COL_TYPE] = { .id = "type", .title = "TYPE", .width = 10, .flags = COLUMN_WIDE,
		.help = "instance type" },
};

static const char *capacity_note(const struct node_capacity *cap)
{
	if (cap->older) {
		return "old";
	}
	if (cap->pods_max > 0 && cap->ips_max >= 0 &&
	    cap->pods_max > cap->ips_max + cap->pods_used - cap->ips_used) {
		return "few IPs"; /* the kubelet takes more pods than there are addresses for */
	}
	return cap->full ? "full" : "ok";
}

static void capacity_row(const struct view_ctx *c, const struct m_node *n, struct table *t)
{
	struct node_capacity cap;
	capacity_in_numbers(c->model, n, &cap);
	const char *note = capacity_note(&cap);
	bool good = str_eq(note, "ok");
	struct trow *r = table_row(t, n->node.name);
	table_text(t, r, COL_NAME, STYLE_NORMAL, n->node.name);
	view_group_cell(c, t, r, COL_GROUP, STYLE_NORMAL, n->node.group);
	table_value(r, COL_PODS, CELL_RATIO, cap.full ? STYLE_WARN : STYLE_NORMAL, cap.pods_used,
		cap.pods_max);
	table_text(t, r, COL_FROM, STYLE_DIM,
		cap.pods_max < 0 ? NULL :
		cap.source != MAXPODS_UNKNOWN ? maxpods_source_text(cap.source) :
		cap.spec_max >= 0 ? "an older spec" : "its kubelet");
	table_value(r, COL_IPS, CELL_RATIO,
		cap.ips_max >= 0 && cap.ips_used >= cap.ips_max ? STYLE_WARN : STYLE_NORMAL,
		cap.ips_used, cap.ips_max);
	table_text(t, r, COL_MODE, STYLE_NORMAL,
		!cap.limits ? NULL : cap.prefix_mode ? "prefix" : "single");
	table_value(r, COL_SUBNET, CELL_NUMBER, cap.subnet_ips == 0 ? STYLE_BAD : STYLE_NORMAL,
		cap.subnet_ips, 0);
	table_value(r, COL_BLOCKS, CELL_NUMBER, cap.subnet_blocks == 0 ? STYLE_BAD : STYLE_NORMAL,
		cap.subnet_blocks, 0);
	table_text(t, r, COL_NOTE, good ? STYLE_OK : STYLE_WARN, note);
	table_value(r, COL_HOST, CELL_NUMBER, STYLE_NORMAL, n->nhost_network, 0);
	table_text(t, r, COL_TYPE, STYLE_NORMAL, n->node.type);
}

/* The settings that new nodes start with. */
static void capacity_mode(const struct view_ctx *c, struct eni_mode *mode)
{
	const struct daemonset *ds = model_daemonset(c->model, "kube-system", "aws-node");
	const struct m_cluster *m = model_cluster(c->model, model_opened(c->model));
	struct cni_settings cni;
	if (ds && ds->nenv) {
		cni_from_env(ds->env, ds->nenv, &cni);
	} else {
		cni_from_spec(m ? &m->spec : NULL, &cni);
	}
	*mode = cni.mode;
}

/* One line for each type, with the groups that may run it. */
static void capacity_type(const struct view_ctx *c, const char *type, const struct eni_mode *mode,
	struct table *t)
{
	size_t n;
	char how[256];
	struct words names = { .n = 0 };
	struct buf line = BUF_INIT;
	const struct eni_limits *l = eni_lookup(type);
	const struct m_group *const *g = model_groups(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < g[i]->spec.ntypes; k++) {
			if (str_eq(g[i]->spec.types[k], type)) {
				words_add(&names, g[i]->spec.name);
			}
		}
	}
	if (l) {
		capacity_of_type(type, l, mode, c->ascii, how, sizeof(how));
	} else {
		snprintf(how, sizeof(how), "%s: not in the ENI table", type);
	}
	buf_addf(&line, "%s (", how);
	words_join(&names, 3, &line);
	buf_adds(&line, ")");
	char *brief = view_group_brief(c, buf_str(&line));
	view_span_wrapped(c, t, 1, STYLE_DIM, brief);
	free(brief);
	buf_release(&line);
	words_release(&names);
}

/* The type of group i was not told for one before it. */
static bool capacity_new_type(const struct m_group *const *g, size_t i, const char *type)
{
	for (size_t k = 0; k < i; k++) {
		for (size_t j = 0; j < g[k]->spec.ntypes; j++) {
			if (str_eq(g[k]->spec.types[j], type)) {
				return false;
			}
		}
	}
	return true;
}

static void capacity_rows(const struct view_ctx *c, struct table *t)
{
	size_t n;
	struct eni_mode mode;
	const struct m_node *const *v = model_nodes(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		if (!c->within || str_eq(c->within, v[i]->node.group)) {
			capacity_row(c, v[i], t);
		}
	}
	capacity_mode(c, &mode);
	const struct m_group *const *g = model_groups(c->model, &n);
	for (size_t i = 0; i < n && t->n > 0; i++) {
		bool meant = !c->within || str_eq(c->within, g[i]->spec.name);
		for (size_t k = 0; meant && k < g[i]->spec.ntypes; k++) {
			if (c->within || capacity_new_type(g, i, g[i]->spec.types[k])) {
				capacity_type(c, g[i]->spec.types[k], &mode, t);
			}
		}
	}
}

static void capacity_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	const struct m_node *n = row ? model_node(c->model, row->id) : NULL;
	struct node_capacity cap;
	char sentence[160];
	if (n) {
		capacity_of_node(c->model, n, c->ascii, &cap);
		buf_addf(out, "%s\n", cap.arithmetic[0] ? cap.arithmetic :
			"the type of this node is not known");
		if (cap.older) {
			buf_adds(out, "It works as before the last change of the CNI: a roll "
				"replaces it.\n");
		} else if (cap.source == MAXPODS_UNKNOWN && cap.spec_max >= 0) {
			buf_addf(out, "The spec gives a new node %" PRId64 ".\n", cap.spec_max);
		}
	}
	capacity_sentence(c->model, sentence, sizeof(sentence));
	if (sentence[0]) {
		buf_addf(out, "%s\n", sentence);
	}
}

static const char *capacity_empty(const struct view_ctx *c)
{
	return view_nodes.empty(c);
}

const struct view view_capacity = {
	.id = VIEW_CAPACITY, .name = "capacity", .title = "Capacity",
	.help = "Capacity: kubelet's, interfaces' and subnet's limit of each node",
	.source = SRC_KUBE, .columns = columns, .ncolumns = COL__COUNT,
	.rows = capacity_rows, .detail = capacity_detail, .empty = capacity_empty,
	.enter = VIEW_PODS,
};
