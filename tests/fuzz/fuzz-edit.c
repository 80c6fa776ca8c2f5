/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spec's reader and editor.  Whatever comes in: no crash, and what an edit gives out is read
 * by libyaml, holds the edited value, has every other value as it was, and is not changed by the
 * same edit again.
 *
 * Behind a line "%%" the input may have settings of its own, KEY=VALUE or KEY to remove it.
 *
 * The comparison shares nothing with the editor's own: it walks the trees that libyaml's document
 * loader makes, and writes each value on a line behind its path.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/edit.h"
#include "core/kops/spec.h"
#include "tests/fuzz/harmless.h"

#define MAX_DEPTH 64
#define MAX_LINES 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One walk over one document. */
struct flat {
	yaml_document_t doc;
	const struct edit_op *ops;
	size_t nops;
	struct buf out;     /* of what may not change */
	char value[8][160]; /* of each op's place: the last one */
	char path[1024];
	size_t lines;
	bool too_much;      /* a bomb of aliases, or a ring: not compared */
};

/* Where each setting stands, said once more and not asked of the editor; of both versions of the
 * API. */
static const struct {
	const char *key, *place[2];
	bool list, exact; /* exact: no other text means the same */
} places[] = {
	{ "maxPods", { "/spec/kubelet/maxPods" } },
	{ "controlPlane.maxPods", { "/spec/masterKubelet/maxPods",
		"/spec/controlPlaneKubelet/maxPods" } },
	{ "minSize", { "/spec/minSize" } },
	{ "image", { "/spec/image" }, .exact = true },
	{ "subnets", { "/spec/subnets" }, .list = true },
	{ "taints", { "/spec/taints" }, .list = true },
	{ "nodeLabels.a", { "/spec/nodeLabels/a" }, .exact = true },
	{ "rollingUpdate.maxSurge", { "/spec/rollingUpdate/maxSurge" }, .exact = true },
	{ "kubernetesVersion", { "/spec/kubernetesVersion" }, .exact = true },
	{ "cloudLabels.b: c", { "/spec/cloudLabels/b: c" }, .exact = true },
	{ "addon.certManager", { "/spec/certManager/enabled" } },
	{ "addon.metricsServer.insecure", { "/spec/metricsServer/insecure" } },
};
#define NPLACES (sizeof(places) / sizeof(*places))

static const char *const envs[] = { "/spec/networking/amazonvpc/env",
	"/spec/networking/amazonVPC/env" };

/* The row of an op's key; NPLACES: an env entry's. */
static size_t place_of(const char *key)
{
	size_t i = 0;
	while (i < NPLACES && !str_eq(places[i].key, key)) {
		i++;
	}
	return i;
}

/* Parents that an edit may make or take away when they hold nothing else. */
static bool flat_is_parent(const char *path)
{
	static const char *const parents[] = { "", "/spec", "/spec/networking",
		"/spec/networking/amazonvpc", "/spec/networking/amazonVPC" };
	bool is = false;
	for (size_t i = 0; i < sizeof(parents) / sizeof(*parents); i++) {
		is |= str_eq(path, parents[i]);
	}
	for (size_t i = 0; i < NPLACES; i++) {
		for (size_t k = 0; k < 2 && places[i].place[k]; k++) {
			const char *place = places[i].place[k];
			size_t n = (size_t)(strrchr(place, '/') - place);
			is |= strlen(path) == n && memcmp(path, place, n) == 0;
		}
	}
	for (size_t i = 0; i < sizeof(envs) / sizeof(*envs); i++) {
		is |= str_eq(path, envs[i]);
	}
	return is;
}

/* The op whose place the path is; -1. */
static int flat_op(const struct flat *f, const char *path)
{
	for (size_t i = 0; i < f->nops; i++) {
		size_t row = place_of(f->ops[i].key);
		for (size_t k = 0; row < NPLACES && k < 2 && places[row].place[k]; k++) {
			if (str_eq(path, places[row].place[k])) {
				return (int)i;
			}
		}
	}
	return -1;
}

static const char *flat_text(const yaml_node_t *n)
{
	return n && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

/* The last value of a key, as kops' reader takes it. */
static yaml_node_t *flat_get(struct flat *f, const yaml_node_t *map, const char *key)
{
	yaml_node_t *found = NULL;
	if (!map || map->type != YAML_MAPPING_NODE) {
		return NULL;
	}
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start;
		p < map->data.mapping.pairs.top; p++) {
		if (str_eq(flat_text(yaml_document_get_node(&f->doc, p->key)), key)) {
			found = yaml_document_get_node(&f->doc, p->value);
		}
	}
	return found;
}

/* The op that an entry of the env belongs to; -1. */
static int flat_env_op(struct flat *f, const char *path, const yaml_node_t *item)
{
	const char *name = flat_text(flat_get(f, item, "name"));
	bool env = str_eq(path, envs[0]) || str_eq(path, envs[1]);
	for (size_t i = 0; env && name && i < f->nops; i++) {
		if (str_starts(f->ops[i].key, "env.") && str_eq(f->ops[i].key + 4, name)) {
			return (int)i;
		}
	}
	return -1;
}

/* The text; of a list all of them, joined as an op has them. */
static void flat_keep(struct flat *f, int op, const yaml_node_t *n)
{
	const char *text = flat_text(n);
	size_t len = 0;
	snprintf(f->value[op], sizeof(f->value[op]), "%s", text ? text : "");
	if (!n || n->type != YAML_SEQUENCE_NODE) {
		return;
	}
	for (yaml_node_item_t *p = n->data.sequence.items.start;
		p < n->data.sequence.items.top && len + 1 < sizeof(f->value[op]); p++) {
		text = flat_text(yaml_document_get_node(&f->doc, *p));
		snprintf(f->value[op] + len, sizeof(f->value[op]) - len, "%s%s", len ? "," : "",
			text ? text : "?");
		len = strlen(f->value[op]);
	}
}

/* A parent that stands twice: the last counts, so what the one before held is forgotten. */
static void flat_forget(struct flat *f)
{
	for (size_t i = 0; i < f->nops; i++) {
		size_t row = place_of(f->ops[i].key);
		const char *const *all = row < NPLACES ? places[row].place : envs;
		for (size_t k = 0; k < 2 && all[k]; k++) {
			if (str_starts(all[k], f->path)) {
				f->value[i][0] = '\0';
			}
		}
	}
}

/* Every part of these is one of those. */
static bool list_within(const char *these, const char *those)
{
	struct strlist a = { .n = 0 }, b = { .n = 0 };
	bool all = true;
	strlist_split(&a, these, ',');
	strlist_split(&b, those, ',');
	for (size_t i = 0; i < a.n; i++) {
		bool in = false;
		for (size_t k = 0; k < b.n; k++) {
			in |= str_eq(a.v[i], b.v[k]);
		}
		all &= in;
	}
	strlist_release(&a);
	strlist_release(&b);
	return all;
}

static bool value_holds(const struct edit_op *op, const char *value)
{
	size_t row = place_of(op->key);
	if (!op->value) {
		return !*value;
	}
	if (row < NPLACES && places[row].list) {
		return strlen(value) + 2 > sizeof(((struct flat *)0)->value[0]) ||
			(list_within(value, op->value) && list_within(op->value, value));
	}
	/* 0x6e is 110 as well, and stays */
	return (row < NPLACES && !places[row].exact) || str_eq(value, op->value);
}

static void flat_node(struct flat *f, int index, size_t depth);

static void flat_map(struct flat *f, const yaml_node_t *n, size_t depth)
{
	size_t len = strlen(f->path);
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start;
		p < n->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(&f->doc, p->key);
		if (!flat_text(key)) {
			snprintf(f->path + len, sizeof(f->path) - len, "/?key");
			flat_node(f, p->key, depth + 1);
			f->path[len] = '\0';
		}
		snprintf(f->path + len, sizeof(f->path) - len, "/%s",
			flat_text(key) ? flat_text(key) : "?");
		if (flat_is_parent(f->path)) {
			flat_forget(f);
		}
		int op = flat_op(f, f->path);
		if (op >= 0) {
			flat_keep(f, op, yaml_document_get_node(&f->doc, p->value));
		} else {
			flat_node(f, p->value, depth + 1);
		}
		f->path[len] = '\0';
	}
}

static void flat_list(struct flat *f, const yaml_node_t *n, size_t depth)
{
	size_t len = strlen(f->path);
	for (yaml_node_item_t *p = n->data.sequence.items.start;
		p < n->data.sequence.items.top; p++) {
		yaml_node_t *item = yaml_document_get_node(&f->doc, *p);
		int op = flat_env_op(f, f->path, item);
		if (op >= 0) {
			flat_keep(f, op, flat_get(f, item, "value"));
			continue;
		}
		buf_addf(&f->out, "%s -\n", f->path);
		snprintf(f->path + len, sizeof(f->path) - len, "/-");
		flat_node(f, *p, depth + 1);
		f->path[len] = '\0';
	}
}

static void flat_scalar(struct flat *f, const yaml_node_t *n)
{
	const char *text = flat_text(n);
	bool plain = n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	bool null = plain && (!*text || str_eq(text, "~") || str_ieq(text, "null"));
	if (null && flat_is_parent(f->path)) {
		return;
	}
	buf_addf(&f->out, "%s=%d %s ", f->path, (int)n->data.scalar.style, (const char *)n->tag);
	buf_add(&f->out, text, n->data.scalar.length);
	buf_addc(&f->out, '\n');
}

static void flat_node(struct flat *f, int index, size_t depth)
{
	const yaml_node_t *n = yaml_document_get_node(&f->doc, index);
	if (depth > MAX_DEPTH || ++f->lines > MAX_LINES || strlen(f->path) > 900) {
		f->too_much = true;
	}
	if (!n || f->too_much) {
		return;
	}
	if (n->type == YAML_SCALAR_NODE) {
		flat_scalar(f, n);
		return;
	}
	if (!flat_is_parent(f->path)) {
		buf_addf(&f->out, "%s %s %s\n", f->path,
			n->type == YAML_MAPPING_NODE ? "{}" : "[]", (const char *)n->tag);
	}
	if (n->type == YAML_MAPPING_NODE) {
		flat_map(f, n, depth);
	} else {
		flat_list(f, n, depth);
	}
}

/* False: libyaml cannot load it. */
static bool flat_make(struct flat *f, const char *text, size_t len, const struct edit_op *ops,
	size_t nops)
{
	yaml_parser_t parser;
	*f = (struct flat){ .ops = ops, .nops = nops };
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	bool ok = yaml_parser_load(&parser, &f->doc);
	yaml_parser_delete(&parser);
	if (ok) {
		const yaml_node_t *root = yaml_document_get_root_node(&f->doc);
		flat_node(f, root ? 1 : 0, 0);
		yaml_document_delete(&f->doc);
	}
	return ok;
}

static void edit_compare(const char *text, size_t len, const struct buf *after,
	const struct edit_op *ops, size_t n)
{
	struct flat a, b;
	bool have = flat_make(&a, text, len, ops, n);
	/* the loader takes less than the reader: no anchor twice, nothing odd in what follows */
	bool loads = flat_make(&b, buf_str(after), after->len, ops, n);
	if (have && !loads) {
		abort();
	}
	if (have && !a.too_much && !b.too_much) {
		if (a.out.len != b.out.len ||
			memcmp(buf_str(&a.out), buf_str(&b.out), a.out.len) != 0) {
			abort();
		}
		for (size_t i = 0; i < n; i++) {
			if (!value_holds(&ops[i], b.value[i])) {
				abort();
			}
		}
	}
	buf_release(&a.out);
	buf_release(&b.out);
}

/* As many lines are added less those taken away as the text has more than before. */
static void diff_check(const char *text, size_t len, const struct buf *after)
{
	struct buf diff = BUF_INIT;
	long lines = 0, want = 0;
	edit_diff(text, len, buf_str(after), after->len, &diff);
	for (size_t i = 0; i < diff.len; i++) {
		bool first = !i || diff.data[i - 1] == '\n';
		lines += first && diff.data[i] == '+';
		lines -= first && diff.data[i] == '-';
	}
	for (size_t i = 0; i < len; i++) {
		want -= text[i] == '\n' || i + 1 == len;
	}
	for (size_t i = 0; i < after->len; i++) {
		want += after->data[i] == '\n' || i + 1 == after->len;
	}
	if (lines != want || !edit_diff_line(text, len, buf_str(after), after->len, 3)) {
		abort();
	}
	buf_release(&diff);
}

static void edit_and_check(const char *text, size_t len, const struct edit_op *ops, size_t n)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	if (edit_apply(text, len, ops, n, &once, NULL)) {
		edit_compare(text, len, &once, ops, n);
		diff_check(text, len, &once);
		if (!edit_apply(buf_str(&once), once.len, ops, n, &twice, NULL) ||
			twice.len != once.len ||
			memcmp(buf_str(&once), buf_str(&twice), once.len) != 0) {
			abort();
		}
	}
	buf_release(&once);
	buf_release(&twice);
}

/* One op that the input names; whatever its key, it is refused in one line or it holds. */
static void edit_own(const char *text, size_t len, char *line)
{
	struct buf once = BUF_INIT, twice = BUF_INIT, value = BUF_INIT;
	struct edit_op op = { .key = line };
	struct err e = ERR_INIT;
	char *equals = strchr(line, '=');
	size_t at;
	if (equals) {
		*equals = '\0';
		op.value = equals + 1;
	}
	if (!edit_apply(text, len, &op, 1, &once, &e)) {
		if (!err_is_set(&e) || once.len) {
			abort();
		}
		harmless_err(&e);
	} else {
		bool there = edit_value(buf_str(&once), once.len, op.key, &value, &at);
		if (!op.value && there) {
			abort();
		}
		if (!edit_apply(buf_str(&once), once.len, &op, 1, &twice, NULL) ||
			twice.len != once.len) {
			abort();
		}
		diff_check(text, len, &once);
	}
	buf_release(&once);
	buf_release(&twice);
	buf_release(&value);
}

static void edit_own_all(const char *text, size_t len, const char *ops, size_t nops)
{
	struct strlist lines = { .n = 0 };
	char *copy = xstrndup(ops, nops);
	strlist_split(&lines, copy, '\n');
	for (size_t i = 0; i < lines.n && i < 24; i++) {
		if (*lines.v[i]) {
			edit_own(text, len, lines.v[i]);
		}
	}
	strlist_release(&lines);
	free(copy);
}

/* Every byte that is given out can be read. */
static void look_on(void *ctx, const struct edit_setting *s, const char *key, const char *value,
	size_t line)
{
	(void)ctx;
	if (!s->key[0] || strlen(key) + strlen(value) > 1u << 24 || !line) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct edit_op pods = { .key = "maxPods", .value = "110" };
	static const struct edit_op cluster[] = {
		{ .key = "maxPods", .value = "110" },
		{ .key = "env.ENABLE_PREFIX_DELEGATION", .value = "true" },
		{ .key = "env.WARM_PREFIX_TARGET", .value = "1" },
		{ .key = "controlPlane.maxPods", .value = "40" },
	};
	static const struct edit_op undo[] = {
		{ .key = "maxPods", .value = NULL },
		{ .key = "env.WARM_PREFIX_TARGET", .value = NULL },
	};
	static const struct edit_op env = { .key = "env.CLUSTER_NAME", .value = "it's # a: name" };
	static const struct edit_op group[] = {
		{ .key = "minSize", .value = "3" },
		{ .key = "taints", .value = "a.b/c=d:NoSchedule,e:NoExecute" },
		{ .key = "nodeLabels.a", .value = "1.5" },
		{ .key = "rollingUpdate.maxSurge", .value = "25%" },
		{ .key = "image", .value = "ami-0123456789abcdef0" },
	};
	static const struct edit_op back[] = {
		{ .key = "minSize", .value = NULL },
		{ .key = "taints", .value = NULL },
		{ .key = "nodeLabels.a", .value = NULL },
		{ .key = "rollingUpdate.maxSurge", .value = NULL },
	};
	static const struct edit_op subnets = { .key = "subnets", .value = "a,b,true" };
	static const struct edit_op addons[] = {
		{ .key = "addon.certManager", .value = "true" },
		{ .key = "addon.metricsServer.insecure", .value = "false" },
		{ .key = "kubernetesVersion", .value = "1.34.2" },
		{ .key = "cloudLabels.b: c", .value = "\\ \"it's\" # no" },
	};
	const char *text = (const char *)data;
	const char *own = size ? memmem(text, size, "\n%%\n", 4) : NULL;
	if (own) {
		size_t rest = size - (size_t)(own + 4 - text);
		size = (size_t)(own + 1 - text);
		edit_own_all(text, size, own + 4, rest);
	}
	struct arena *a = arena_new();
	struct cluster_spec c;
	struct group_spec g;
	spec_read_cluster(text, size, a, &c, NULL);
	spec_read_group(text, size, "c.example", a, &g, NULL);
	arena_free(a);
	edit_and_check(text, size, &pods, 1);
	/* the other kind's settings are refused at once; half of the time is better spent */
	if (memmem(data, size, "InstanceGroup", 13)) {
		edit_and_check(text, size, group, 5);
		edit_and_check(text, size, back, 4);
		edit_and_check(text, size, &subnets, 1);
	} else {
		edit_and_check(text, size, cluster, 4);
		edit_and_check(text, size, &undo[0], 1);
		edit_and_check(text, size, undo, 2);
		edit_and_check(text, size, &env, 1);
		edit_and_check(text, size, addons, 4);
	}
	edit_each(text, size, look_on, NULL);
	return 0;
}
