/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes: how full each is and what its limit comes from. */
#include "tui/view.h"

#include <string.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"
#include "core/rules/needs-update.h"

enum { COL_NAME, COL_GROUP, COL_TYPE, COL_PODS, COL_IPS, COL_MODE, COL_STATE, COL_AGE, COL_VERSION,
	COL_IP, COL_ZONE, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "name", .title = "NODE", .width = 13, .grow = 2,
		.flags = COLUMN_MIDDLE, .help = "node, named as its instance" },
	[COL_GROUP] = { .id = "group", .title = "GROUP", .width = 14, .grow = 2,
		.flags = COLUMN_MIDDLE, .help = "instance group" },
	[COL_TYPE] = { .id = "type", .title = "TYPE", .width = 10, .flags = COLUMN_SPARE,
		.help = "instance type" },
	[COL_PODS] = { .id = "pods", .kind = CELL_METER, .title = "PODS", .width = 16,
		.help = "pods on it, of those that the kubelet takes" },
	[COL_IPS] = { .id = "ips", .kind = CELL_RATIO, .title = "IPS", .width = 7,
		.help = "pod addresses used, of those its ENIs can give in this mode" },
	[COL_MODE] = { .id = "mode", .title = "MODE", .width = 6,
		.flags = COLUMN_SPARE, .help = "prefix or single secondary IPs" },
	[COL_STATE] = { .id = "state", .title = "STATE", .width = 9, .flags = COLUMN_WORD,
		.help = "one word" },
	[COL_AGE] = { .id = "age", .kind = CELL_AGE, .title = "AGE", .width = 6,
		.flags = COLUMN_WIDE | COLUMN_RIGHT,
		.help = "since it was created" },
	[COL_VERSION] = { .id = "kubelet", .title = "KUBELET", .width = 8, .flags = COLUMN_WIDE,
		.help = "version of its kubelet" },
	[COL_IP] = { .id = "ip", .title = "ADDRESS", .width = 15, .flags = COLUMN_WIDE,
		.help = "internal address" },
	[COL_ZONE] = { .id = "zone", .title = "ZONE", .width = 15, .flags = COLUMN_WIDE,
		.help = "its availability zone" },
};

/* As capacity_of_node() says them. */
static const char *const node_states[] = { "ok", "full", "taint", "cordoned", "NotReady",
	"needs roll", NULL };

static const char *nodes_mode(const struct node_capacity *cap)
{
	return !cap->limits ? NULL : cap->prefix_mode ? "prefix" : "single";
}

static const char *nodes_joining_state(const struct instance *i)
{
	return str_eq(i->state, "running") ? "joining" : "booting";
}

static enum style nodes_style(const struct node_capacity *cap)
{
	static const struct {
		const char *state;
		enum style style;
	} words[] = {
		{ "ok", STYLE_OK }, { "full", STYLE_WARN }, { "taint", STYLE_DIM },
		{ "cordoned", STYLE_WARN }, { "NotReady", STYLE_BAD }, { "needs roll", STYLE_WARN },
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_eq(words[i].state, cap->state)) {
			return words[i].style;
		}
	}
	return STYLE_NORMAL;
}

/* All nodes are sorted for a frame: by the columns that people sort by without all of this. */
static void nodes_capacity(const struct view_ctx *c, const struct m_node *n, const struct table *t,
	struct node_capacity *cap)
{
	if (table_skips(t, COL_MODE) && table_skips(t, COL_STATE)) {
		*cap = (struct node_capacity){ .pods_used = n->npods,
			.ips_used = n->npods - n->nhost_network };
	} else {
		capacity_in_numbers(c->model, n, cap);
	}
}

static void nodes_row(const struct view_ctx *c, const struct m_node *n, struct table *t,
	struct trow *r)
{
	struct node_capacity cap;
	nodes_capacity(c, n, t, &cap);
	r->id = n->node.name;
	r->labels = n->node.labels;
	r->nlabels = n->node.nlabels;
	enum style full = cap.full ? STYLE_WARN : STYLE_NORMAL;
	table_text(t, r, COL_NAME, STYLE_NORMAL, n->node.name);
	view_group_cell(c, t, r, COL_GROUP, STYLE_NORMAL, n->node.group);
	table_text(t, r, COL_TYPE, STYLE_NORMAL, n->node.type);
	table_value(r, COL_PODS, CELL_METER, cap.full ? STYLE_WARN : STYLE_ACCENT, cap.pods_used,
		cap.pods_max);
	table_value(r, COL_IPS, CELL_RATIO, full, cap.ips_used, cap.ips_max);
	table_text(t, r, COL_MODE, STYLE_NORMAL, nodes_mode(&cap));
	table_text(t, r, COL_STATE, nodes_style(&cap), cap.state);
	table_value(r, COL_AGE, CELL_AGE, STYLE_NORMAL, clock_age(c->clock, n->node.created), 0);
	table_text(t, r, COL_VERSION, STYLE_NORMAL, n->node.kubelet_version);
	table_text(t, r, COL_IP, STYLE_NORMAL, n->node.internal_ip);
	table_text(t, r, COL_ZONE, STYLE_NORMAL, n->node.zone);
}

/* An instance that has not joined is a node to be: shown, with what it does. */
static void nodes_row_joining(const struct view_ctx *c, const struct m_instance *i,
	struct table *t, struct trow *r)
{
	r->id = i->instance.id;
	table_text(t, r, COL_NAME, STYLE_DIM, i->instance.id);
	view_group_cell(c, t, r, COL_GROUP, STYLE_DIM, i->instance.group);
	table_text(t, r, COL_TYPE, STYLE_DIM, i->instance.type);
	table_value(r, COL_PODS, CELL_METER, STYLE_DIM, -1, -1);
	table_value(r, COL_IPS, CELL_RATIO, STYLE_DIM, -1, -1);
	table_text(t, r, COL_STATE, STYLE_ACCENT, nodes_joining_state(&i->instance));
	table_value(r, COL_AGE, CELL_AGE, STYLE_DIM, clock_age(c->clock, i->instance.launched), 0);
	table_text(t, r, COL_IP, STYLE_DIM, i->instance.private_ip);
	table_text(t, r, COL_ZONE, STYLE_DIM, i->instance.zone);
}

enum { THING_NODE, THING_INSTANCE };

static void nodes_fill(const struct view_ctx *c, const void *thing, int which, struct table *t,
	struct trow *r)
{
	if (which == THING_NODE) {
		nodes_row(c, thing, t, r);
	} else {
		nodes_row_joining(c, thing, t, r);
	}
	r->id = arena_strdup(t->arena, r->id);
}

static const void *nodes_find(const struct view_ctx *c, const char *id)
{
	const struct m_node *n = model_node(c->model, id);
	return n ? (const void *)n : model_instance(c->model, id);
}

/* Any of these words has the text: only then it is worth to find out which one a node has. */
static bool nodes_any_word(const char *const *words, const char *text)
{
	while (*words && !str_icontains(*words, text)) {
		words++;
	}
	return *words != NULL;
}

static bool nodes_has(const struct view_ctx *c, const struct m_node *m, const char *text,
	bool mode, bool state)
{
	const struct node *n = &m->node;
	struct node_capacity cap;
	if (str_icontains(n->name, text) || str_icontains(n->group, text) ||
	    str_icontains(n->type, text) || str_icontains(n->kubelet_version, text) ||
	    str_icontains(n->internal_ip, text) || str_icontains(n->zone, text)) {
		return true;
	}
	if (!mode && !state) {
		return false;
	}
	capacity_in_numbers(c->model, m, &cap);
	return (state && str_icontains(cap.state, text)) ||
		(mode && cap.limits && str_icontains(nodes_mode(&cap), text));
}

static bool nodes_joining_has(const struct instance *i, const char *text)
{
	return str_icontains(i->id, text) || str_icontains(i->group, text) ||
		str_icontains(i->type, text) || str_icontains(i->private_ip, text) ||
		str_icontains(i->zone, text) || str_icontains(nodes_joining_state(i), text);
}

/* Numbers and ages are looked for in their columns only (pods:17/17), as in Pods. */
static size_t nodes_keep(const struct view_ctx *c, struct row_thing *v, size_t n, const char *text,
	bool inverse)
{
	static const char *const modes[] = { "prefix", "single", NULL };
	bool mode = nodes_any_word(modes, text), state = nodes_any_word(node_states, text);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		const struct m_instance *joins = v[i].thing;
		bool has = v[i].which == THING_NODE
			? nodes_has(c, v[i].thing, text, mode, state)
			: nodes_joining_has(&joins->instance, text);
		if (has != inverse) {
			v[kept++] = v[i];
		}
	}
	return kept;
}

static const struct row_maker nodes_maker = { .fill = nodes_fill, .keep = nodes_keep,
	.find = nodes_find };

static bool nodes_joins(const struct view_ctx *c, const struct m_instance *i)
{
	return !i->node && !str_eq(i->instance.state, "terminated") &&
		!str_eq(i->instance.state, "shutting-down") &&
		(!c->within || str_eq(c->within, i->instance.group));
}

static void nodes_rows(const struct view_ctx *c, struct table *t)
{
	size_t n, ni, kept = 0;
	const struct m_node *const *v = model_nodes(c->model, &n);
	const struct m_instance *const *iv = model_instances(c->model, &ni);
	struct row_thing *things = xcalloc(n + ni + 1, sizeof(*things));
	for (size_t i = 0; i < n; i++) {
		if (!c->within || str_eq(c->within, v[i]->node.group)) {
			things[kept++] = (struct row_thing){ v[i], THING_NODE };
		}
	}
	/* Only a live API can tell that an instance has not joined. */
	bool live = model_source(c->model, SRC_KUBE)->state == SOURCE_LIVE;
	for (size_t i = 0; live && i < ni; i++) {
		if (nodes_joins(c, iv[i])) {
			things[kept++] = (struct row_thing){ iv[i], THING_INSTANCE };
		}
	}
	table_things(t, &nodes_maker, c, things, kept);
}

static void nodes_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	const struct m_node *n = row ? model_node(c->model, row->id) : NULL;
	char sentence[160];
	if (n) {
		struct node_capacity cap;
		char age[32];
		capacity_of_node(c->model, n, c->ascii, &cap);
		stamp_age(age, sizeof(age), clock_age(c->clock, n->node.created));
		age[strcspn(age, "smhdy") + 1] = '\0'; /* the largest unit is enough here */
		buf_addf(out, "%s  %s  %s  up %s", n->node.name,
			n->node.zone ? n->node.zone : "zone ?",
			n->node.internal_ip ? n->node.internal_ip : "", age);
		if (n->instance && n->instance->instance.template_version >= 0) {
			enum update_why why = update_why_of(n->instance);
			buf_addf(out, "  template v%lld %s",
				(long long)n->instance->instance.template_version,
				why == UPDATE_NONE ? "current" : update_why_text(why));
		}
		buf_addf(out, "\n%s", cap.arithmetic);
		if (cap.with_prefix > cap.pods_max && !cap.prefix_mode) {
			buf_addf(out, ".  Prefixes would allow %d.", cap.with_prefix);
		}
		buf_addc(out, '\n');
	}
	capacity_sentence(c->model, sentence, sizeof(sentence));
	if (sentence[0]) {
		buf_addf(out, "%s%s\n", sentence, strstr(sentence, "wait") ? ": 4 shows why." : "");
	}
}

static const char *nodes_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_KUBE);
	if (trouble) {
		return trouble;
	}
	return model_source(c->model, SRC_KUBE)->state == SOURCE_LIVE
		? "The cluster has no nodes yet."
		: "Waiting for the Kubernetes API ...";
}

const struct view view_nodes = {
	.id = VIEW_NODES, .name = "nodes", .title = "Nodes", .key = '3',
	.help = "Nodes: pods and addresses, used and possible",
	.source = SRC_KUBE, .columns = columns, .ncolumns = COL__COUNT,
	.rows = nodes_rows, .detail = nodes_detail, .empty = nodes_empty, .enter = VIEW_PODS,
};
