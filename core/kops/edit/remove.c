/* SPDX-License-Identifier: Apache-2.0 */
/* The editor's removals: lines of a block, parts between braces, parents left empty. */
#include "core/kops/edit/change.h"

#include <string.h>

#include "core/base/strs.h"

/* Mappings and lists that mean nothing when empty.  An amazonvpc does: it is the choice of the
   network, and so stays as {}. */
static bool remove_with_parent(const char *key)
{
	static const char *const keys[] = {
		"awsLoadBalancerController", "certManager", "cloudLabels", "clusterAutoscaler",
		"controlPlaneKubelet", "env", "karpenter", "kubelet", "loadBalancerController",
		"masterKubelet", "metricsServer", "nodeLabels", "nodeTerminationHandler",
		"rollingUpdate", "rootVolume", "snapshotController",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (str_eq(key, keys[i])) {
			return true;
		}
	}
	return false;
}

/* The lines from that of from to that of to; from must be the first on its line. */
static bool remove_lines(struct editor *ed, size_t from, size_t to, struct err *e)
{
	size_t start = editor_line_start(ed, from);

	if (to == EDIT_NOWHERE || start + editor_indent(ed, from) != from ||
		!editor_rest_is_blank(ed, to)) {
		return edit_refuse_form(ed, from, e);
	}
	size_t end = editor_line_end(ed, to);
	if (end == ed->len && end > 0 && ed->text[end - 1] != '\n' && start > 0) {
		/* the last line has no end: the one before shall have none either */
		start--;
		start -= start > 0 && ed->text[start - 1] == '\r';
	}
	editor_splice(ed, start, end);
	return true;
}

/* A line end stands before the part: with the comma went a comment that may be there. */
static bool remove_on_lines(struct editor *ed, const struct yaml_node *in, size_t i,
	size_t (*part_start)(const struct yaml_node *in, size_t i),
	size_t (*part_end)(const struct editor *ed, const struct yaml_node *in, size_t i))
{
	size_t from = part_end(ed, in, i - 1), to = part_start(in, i);

	return from != EDIT_NOWHERE && to != EDIT_NOWHERE && from < to &&
		memchr(ed->text + from, '\n', to - from);
}

/* Part number i of n in braces or brackets. */
static bool remove_flow(struct editor *ed, const struct yaml_node *in, size_t i,
	size_t (*part_start)(const struct yaml_node *in, size_t i),
	size_t (*part_end)(const struct editor *ed, const struct yaml_node *in, size_t i),
	struct err *e)
{
	size_t from, to;

	if (in->count == 1) {
		from = in->start;
		while (from < in->end && ed->text[from] != (in->kind == YAML_MAP ? '{' : '[')) {
			from++; /* an anchor or a tag stands before */
		}
		from++;
		to = in->end - 1;
	} else if (i + 1 < in->count && (!i || remove_on_lines(ed, in, i, part_start, part_end))) {
		from = part_start(in, i);
		to = part_start(in, i + 1);
	} else {
		from = part_end(ed, in, i - 1);
		to = part_end(ed, in, i);
	}
	if (from == EDIT_NOWHERE || to == EDIT_NOWHERE || from > to) {
		return edit_refuse_form(ed, in->start, e);
	}
	editor_splice(ed, from, to);
	return true;
}

static size_t remove_pair_start(const struct yaml_node *in, size_t i)
{
	return in->pairs[i].key->is_alias ? EDIT_NOWHERE : in->pairs[i].key->start;
}

static size_t remove_pair_end(const struct editor *ed, const struct yaml_node *in, size_t i)
{
	return editor_pair_end(ed, &in->pairs[i]);
}

static size_t remove_item_start(const struct yaml_node *in, size_t i)
{
	return in->items[i]->is_alias ? EDIT_NOWHERE : in->items[i]->start;
}

static size_t remove_item_end(const struct editor *ed, const struct yaml_node *in, size_t i)
{
	return in->items[i]->is_alias ? EDIT_NOWHERE : editor_node_end(ed, in->items[i]);
}

/* Comment lines between the key and the first thing below it. */
static bool remove_has_comments(const struct editor *ed, size_t colon, size_t first)
{
	for (size_t at = editor_line_end(ed, colon); at < editor_line_start(ed, first);
		at = editor_line_end(ed, at)) {
		if (ed->text[at + editor_indent(ed, at)] == '#') {
			return true;
		}
	}
	return false;
}

/*
 * The value of the last step has one part left, from first to end: takes it
 * out, and with it whatever means nothing without it.
 */
static bool remove_last_part(struct editor *ed, const struct edit_step *steps, size_t n,
	size_t first, size_t end, struct err *e)
{
	const struct yaml_pair *pair = &steps[n - 1].map->pairs[steps[n - 1].index];
	const struct yaml_node *v = pair->value;
	size_t colon = editor_colon(ed, pair);

	if (colon == EDIT_NOWHERE) {
		return edit_refuse_form(ed, pair->key->start, e);
	}
	bool comments = !v->flow && remove_has_comments(ed, colon, first);
	if (remove_with_parent(pair->key->text) && !comments) {
		return edit_remove_pair(ed, steps, n, e);
	}
	if (v->flow) {
		return v->kind == YAML_MAP ?
			remove_flow(ed, v, 0, remove_pair_start, remove_pair_end, e) :
			remove_flow(ed, v, 0, remove_item_start, remove_item_end, e);
	}
	buf_adds(editor_splice(ed, colon, colon), v->kind == YAML_MAP ? " {}" : " []");
	return remove_lines(ed, first, end, e);
}

bool edit_remove_pair(struct editor *ed, const struct edit_step *steps, size_t n, struct err *e)
{
	struct yaml_node *map = steps[n - 1].map;
	size_t index = steps[n - 1].index;
	const struct yaml_pair *pair = &map->pairs[index];

	if (map->count == 1 && n > 1) {
		return remove_last_part(ed, steps, n - 1, pair->key->start,
			editor_pair_end(ed, pair), e);
	}
	if (map->flow) {
		return remove_flow(ed, map, index, remove_pair_start, remove_pair_end, e);
	}
	return remove_lines(ed, pair->key->start, editor_pair_end(ed, pair), e);
}

bool edit_remove_item(struct editor *ed, const struct edit_step *steps, size_t n, size_t item,
	struct err *e)
{
	const struct yaml_node *list = steps[n - 1].map->pairs[steps[n - 1].index].value;
	const struct yaml_node *it = list->items[item];
	size_t end = editor_node_end(ed, it);
	size_t dash = it->start;

	if (it->is_alias) {
		return edit_refuse_form(ed, list->start, e);
	}
	if (list->flow) {
		return list->count == 1 ? remove_last_part(ed, steps, n, it->start, end, e) :
			remove_flow(ed, list, item, remove_item_start, remove_item_end, e);
	}
	while (dash > list->start && ed->text[dash] != '-') {
		dash--;
		if (ed->text[dash] != '-' && !strchr(" \t\r\n", ed->text[dash])) {
			return edit_refuse_form(ed, it->start, e);
		}
	}
	if (ed->text[dash] != '-') {
		return edit_refuse_form(ed, it->start, e);
	}
	return list->count == 1 ? remove_last_part(ed, steps, n, dash, end, e) :
		remove_lines(ed, dash, end, e);
}
