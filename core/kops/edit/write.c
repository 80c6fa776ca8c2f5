/* SPDX-License-Identifier: Apache-2.0 */
/* The editor's additions: rendering in the document's own hand, inserting, replacing. */
#include "core/kops/edit/change.h"

#include <string.h>

#include "core/base/strs.h"

bool edit_refuse_form(const struct editor *ed, size_t at, struct err *e)
{
	err_set(e, ERR_REFUSED, "line %zu is written in a way that kopscope cannot change safely",
		editor_line_number(ed, at == EDIT_NOWHERE ? 0 : at));
	err_hint(e, "Edit this one with: kops edit");
	return false;
}

/* ---- rendering ---- */

static void write_indent(const struct editor *ed, struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_addc(out, ed->style.indent);
	}
}

static void write_string(struct buf *out, const char *text, char quote)
{
	buf_addc(out, quote);
	for (const char *p = text; *p; p++) {
		if (*p == quote || (quote == '"' && *p == '\\')) {
			buf_addc(out, quote == '"' ? '\\' : '\'');
		}
		buf_addc(out, *p);
	}
	buf_addc(out, quote);
}

static void write_scalar(const struct editor *ed, struct buf *out, const struct edit_part *p,
	bool flow)
{
	if (!p->string || (p->plain_ok && !ed->style.json && scalar_plain_ok(p->scalar, flow))) {
		buf_adds(out, p->scalar);
	} else {
		write_string(out, p->scalar, ed->style.quote);
	}
}

/* Keys as their neighbours are: in quotes or not. */
static char write_key_quote(const struct yaml_node *map)
{
	switch (map->pairs[0].key->style) {
	case YAML_DOUBLE:
		return '"';
	case YAML_SINGLE:
		return '\'';
	default:
		return '\0';
	}
}

static void write_key(const struct editor *ed, struct buf *out, const char *key, char quote,
	bool flow)
{
	if (!quote && !scalar_plain_ok(key, flow)) {
		quote = ed->style.quote;
	}
	if (quote) {
		write_string(out, key, quote);
	} else {
		buf_adds(out, key);
	}
}

static void write_block(const struct editor *ed, struct buf *out, const struct edit_part *p,
	size_t indent, char key_quote);

/* The kids, each on lines of its own; the first without its indent when inlined. */
static void write_block_kids(const struct editor *ed, struct buf *out,
	const struct edit_part *kids, size_t n, size_t indent, bool inlined, char key_quote)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 || !inlined) {
			write_indent(ed, out, indent);
		}
		write_block(ed, out, &kids[i], indent, key_quote);
	}
}

static size_t write_kids_indent(const struct editor *ed, bool list, size_t indent)
{
	return indent + (list ? ed->style.list_indent : ed->style.step);
}

/* The caller has written the indent. */
static void write_block(const struct editor *ed, struct buf *out, const struct edit_part *p,
	size_t indent, char key_quote)
{
	if (!p->key) {
		buf_adds(out, "- ");
		if (p->scalar) {
			write_scalar(ed, out, p, false);
			buf_adds(out, ed->style.eol);
		} else {
			write_block_kids(ed, out, p->kids, p->nkids, indent + 2, true, key_quote);
		}
		return;
	}
	write_key(ed, out, p->key, key_quote, false);
	buf_addc(out, ':');
	if (p->scalar) {
		buf_addc(out, ' ');
		write_scalar(ed, out, p, false);
	}
	buf_adds(out, ed->style.eol);
	if (!p->scalar) {
		write_block_kids(ed, out, p->kids, p->nkids,
			write_kids_indent(ed, p->list, indent), false, key_quote);
	}
}

static void write_flow(const struct editor *ed, struct buf *out, const struct edit_part *p,
	size_t indent, char key_quote);

/* {...} or [...], over lines when the document is. */
static void write_flow_kids(const struct editor *ed, struct buf *out,
	const struct edit_part *kids, size_t n, bool list, size_t indent, char key_quote)
{
	const struct edit_style *st = &ed->style;

	buf_addc(out, list ? '[' : '{');
	for (size_t i = 0; i < n; i++) {
		if (st->pretty) {
			buf_adds(out, i ? "," : "");
			buf_adds(out, st->eol);
			write_indent(ed, out, indent + st->step);
		} else if (i) {
			buf_adds(out, st->comma);
		}
		write_flow(ed, out, &kids[i], indent + st->step, key_quote);
	}
	if (st->pretty) {
		buf_adds(out, st->eol);
		write_indent(ed, out, indent);
	}
	buf_addc(out, list ? ']' : '}');
}

static void write_flow(const struct editor *ed, struct buf *out, const struct edit_part *p,
	size_t indent, char key_quote)
{
	if (p->key) {
		write_key(ed, out, p->key, key_quote, true);
		/* without quotes a:b is one word */
		buf_adds(out, key_quote ? ed->style.colon : ": ");
	}
	if (p->scalar) {
		write_scalar(ed, out, p, true);
	} else {
		write_flow_kids(ed, out, p->kids, p->nkids, p->list, indent, key_quote);
	}
}

/* ---- inserting ---- */

static bool edit_keys_sorted(const struct yaml_node *map)
{
	const char *before = "";

	for (size_t i = 0; i < map->count; i++) {
		const char *key = map->pairs[i].key->text; /* NULL: not even a scalar */

		if (!key || strcmp(before, key) > 0) {
			return false;
		}
		before = key;
	}
	return true;
}

/* How many of the pairs stand before the new key. */
static size_t edit_key_place(const struct yaml_node *map, const char *key)
{
	size_t i = map->count;

	if (!edit_keys_sorted(map)) {
		return map->count;
	}
	while (i > 0 && strcmp(map->pairs[i - 1].key->text, key) > 0) {
		i--;
	}
	return i;
}

/* Text of whole lines behind the line of at, which may be the last and lack its end. */
static bool edit_add_lines(struct editor *ed, size_t at, const struct buf *lines, struct err *e)
{
	if (at == EDIT_NOWHERE || !editor_rest_is_blank(ed, at)) {
		return edit_refuse_form(ed, at, e);
	}
	size_t end = editor_line_end(ed, at);
	bool ended = end > 0 && ed->text[end - 1] == '\n';
	struct buf *out = editor_splice(ed, end, end);

	if (ended) {
		buf_add(out, lines->data, lines->len);
	} else {
		buf_adds(out, ed->style.eol);
		buf_add(out, lines->data, lines->len - strlen(ed->style.eol));
	}
	return true;
}

/* Over the comments below at that are indented further than what comes, and so belong above. */
static size_t edit_skip_comments(const struct editor *ed, size_t at, size_t indent)
{
	while (at != EDIT_NOWHERE) {
		size_t line = editor_line_end(ed, at);
		size_t first = line + editor_indent(ed, line);

		if (line >= ed->len || first - line <= indent || ed->text[first] != '#') {
			break;
		}
		at = first;
		while (at < ed->len && !strchr("\r\n", ed->text[at])) {
			at++;
		}
	}
	return at;
}

/* Behind the colon and the &anchor and !tag that may follow it on its line. */
static size_t edit_props_end(const struct editor *ed, size_t at)
{
	for (;;) {
		size_t mark = at;

		while (mark < ed->len && strchr(" \t", ed->text[mark])) {
			mark++;
		}
		if (mark == ed->len || !strchr("&!", ed->text[mark])) {
			return at;
		}
		while (mark < ed->len && !strchr(" \t\r\n", ed->text[mark])) {
			mark++;
		}
		at = mark;
	}
}

static bool edit_insert_block(struct editor *ed, const struct yaml_pair *above,
	struct yaml_node *map, size_t place, const struct edit_part *part, struct err *e)
{
	size_t key = map->pairs[0].key->start;
	size_t indent = key - editor_line_start(ed, key);
	struct buf lines = BUF_INIT;
	size_t at;

	if (place) {
		at = editor_pair_end(ed, &map->pairs[place - 1]);
		at = edit_skip_comments(ed, at, indent);
	} else {
		/* comments above the first key stay with it */
		at = above ? editor_colon(ed, above) : EDIT_NOWHERE;
		at = at == EDIT_NOWHERE ? at : edit_props_end(ed, at);
	}
	for (size_t i = 0; i < indent; i++) {
		buf_addc(&lines, ' ');
	}
	write_block(ed, &lines, part, indent, write_key_quote(map));
	bool ok = edit_add_lines(ed, at, &lines, e);
	buf_release(&lines);
	return ok;
}

/* What stands between two parts in braces. */
static void write_between(const struct editor *ed, struct buf *out, bool lines, size_t indent)
{
	if (lines) {
		buf_addc(out, ',');
		buf_adds(out, ed->style.eol);
		write_indent(ed, out, indent);
	} else {
		buf_adds(out, ed->style.comma);
	}
}

/*
 * Between braces or brackets: before (first) or behind the part that begins at
 * start and ends at end.
 */
static bool edit_insert_flow(struct editor *ed, const struct yaml_node *in, size_t start,
	size_t end, bool first, const struct edit_part *part, char key_quote, struct err *e)
{
	if (end == EDIT_NOWHERE) {
		return edit_refuse_form(ed, in->start, e);
	}
	/* parts may stand on lines of their own, and each of them over many */
	bool lines = memchr(ed->text + in->start, '\n', start - in->start) &&
		start == editor_line_start(ed, start) + editor_indent(ed, start);
	size_t indent = editor_indent(ed, start);

	ed->style.pretty = ed->style.json && lines &&
		(in->kind == YAML_MAP || memchr(ed->text + start, '\n', end - start));
	if (first) {
		struct buf *out = editor_splice(ed, start, start);

		write_flow(ed, out, part, indent, key_quote);
		write_between(ed, out, lines, indent);
	} else if (lines && ed->text[end] == ',' && editor_rest_is_blank(ed, end + 1)) {
		/* behind the comma's own comment */
		size_t at = editor_line_end(ed, end);
		struct buf *out = editor_splice(ed, at, at);

		write_indent(ed, out, indent);
		write_flow(ed, out, part, indent, key_quote);
		buf_addc(out, ',');
		buf_adds(out, ed->style.eol);
	} else {
		struct buf *out = editor_splice(ed, end, end);

		write_between(ed, out, lines, indent);
		write_flow(ed, out, part, indent, key_quote);
	}
	return true;
}

/*
 * What stands behind a block of text can belong to it: with no line end at the
 * end of the document, and where a "+" keeps the blank lines.  Nothing can be
 * put there.
 */
static bool edit_ends_in_text(const struct editor *ed, const struct yaml_node *n)
{
	while (!n->is_alias && !n->flow && n->count && n->kind != YAML_SCALAR) {
		n = n->kind == YAML_MAP ? n->pairs[n->count - 1].value : n->items[n->count - 1];
	}
	if (n->is_alias || n->kind != YAML_SCALAR ||
		(n->style != YAML_LITERAL && n->style != YAML_FOLDED)) {
		return false;
	}
	size_t line = editor_line_end(ed, n->start);
	return memchr(ed->text + n->start, '+', line - n->start) ||
		(n->end == ed->len && ed->text[ed->len - 1] != '\n');
}

bool edit_insert_pair(struct editor *ed, const struct yaml_pair *above, struct yaml_node *map,
	const struct edit_part *part, struct err *e)
{
	size_t place = edit_key_place(map, part->key);

	if (!map->flow) {
		if (place && above && edit_ends_in_text(ed, map->pairs[place - 1].value)) {
			place = 0;
		}
		return edit_insert_block(ed, above, map, place, part, e);
	}
	const struct yaml_pair *beside = &map->pairs[place ? place - 1 : 0];
	return edit_insert_flow(ed, map, beside->key->start, editor_pair_end(ed, beside), !place,
		part, write_key_quote(map), e);
}

bool edit_open_value(struct editor *ed, struct yaml_node *map, const struct yaml_pair *pair,
	const struct edit_part *kids, size_t nkids, bool list, struct err *e)
{
	size_t colon = editor_colon(ed, pair);
	size_t end = editor_pair_end(ed, pair);
	char quote = write_key_quote(map);

	if (colon == EDIT_NOWHERE || end == EDIT_NOWHERE || pair->value->is_alias) {
		return edit_refuse_form(ed, pair->key->start, e);
	}
	if (map->flow) {
		struct buf *out = editor_splice(ed, colon, end);
		size_t key = pair->key->start;

		ed->style.pretty = ed->style.pretty &&
			key == editor_line_start(ed, key) + editor_indent(ed, key);
		buf_adds(out, &ed->style.colon[1]);
		write_flow_kids(ed, out, kids, nkids, list, editor_indent(ed, pair->key->start),
			quote);
		return true;
	}
	size_t indent = pair->key->start - editor_line_start(ed, pair->key->start);
	struct buf lines = BUF_INIT;

	write_block_kids(ed, &lines, kids, nkids, write_kids_indent(ed, list, indent), false,
		quote);
	editor_splice(ed, colon, end);
	bool ok = edit_add_lines(ed, end, &lines, e);
	buf_release(&lines);
	return ok;
}

/* The first dash of a block list, which must begin its line. */
static size_t edit_dash(const struct editor *ed, const struct yaml_node *list)
{
	size_t at = list->start;

	return ed->text[at] == '-' &&
		at == editor_line_start(ed, at) + editor_indent(ed, at) ? at : EDIT_NOWHERE;
}

bool edit_append_item(struct editor *ed, struct yaml_node *list, const struct edit_part *item,
	struct err *e)
{
	const struct yaml_node *last = list->items[list->count - 1];
	char quote = last->kind == YAML_MAP && last->count ? write_key_quote(last) : '\0';

	if (list->flow) {
		size_t end = last->is_alias ? EDIT_NOWHERE : editor_node_end(ed, last);

		return edit_insert_flow(ed, list, last->start, end, false, item, quote, e);
	}
	size_t dash = edit_dash(ed, list);
	size_t first = list->items[0]->start;
	struct buf lines = BUF_INIT;

	if (dash == EDIT_NOWHERE || last->is_alias) {
		return edit_refuse_form(ed, list->start, e);
	}
	size_t indent = dash - editor_line_start(ed, dash);
	bool same_line = editor_line_start(ed, first) == editor_line_start(ed, dash);
	size_t gap = same_line && first > dash + 1 ? first - dash - 1 : 1;
	if (item->scalar) {
		buf_addf(&lines, "%*s-%*s", (int)indent, "", (int)gap, "");
		write_scalar(ed, &lines, item, false);
		buf_adds(&lines, ed->style.eol);
	} else if (last->kind == YAML_MAP && last->flow) {
		/* "- {name: A, value: "1"}" */
		buf_addf(&lines, "%*s-%*s", (int)indent, "", (int)gap, "");
		write_flow_kids(ed, &lines, item->kids, item->nkids, false, indent, quote);
		buf_adds(&lines, ed->style.eol);
	} else {
		buf_addf(&lines, "%*s-%*s", (int)indent, "", (int)gap, "");
		write_block_kids(ed, &lines, item->kids, item->nkids, indent + 1 + gap, true,
			quote);
	}
	bool ok = edit_add_lines(ed, editor_node_end(ed, last), &lines, e);
	buf_release(&lines);
	return ok;
}

/* The new text in the hand of the old value. */
static void write_like(const struct editor *ed, struct buf *out, const struct yaml_node *old,
	const struct edit_part *part, bool flow)
{
	struct edit_part p = *part;

	if (p.string && old->style == YAML_SINGLE) {
		write_string(out, p.scalar, '\'');
	} else if (p.string && old->style == YAML_DOUBLE) {
		write_string(out, p.scalar, '"');
	} else {
		p.plain_ok |= scalar_type(old) == SCALAR_STRING && old->style == YAML_PLAIN;
		write_scalar(ed, out, &p, flow);
	}
}

bool edit_replace_scalar(struct editor *ed, struct yaml_node *map, const struct yaml_pair *pair,
	const struct edit_part *part, struct err *e)
{
	const struct yaml_node *v = pair->value;
	size_t colon = editor_colon(ed, pair);
	size_t end = editor_pair_end(ed, pair);

	if (colon == EDIT_NOWHERE || v->is_alias || (v->kind != YAML_SCALAR && !yaml_is_null(v))) {
		return edit_refuse_form(ed, pair->key->start, e);
	}
	bool empty = v->start >= v->end;
	struct buf *out = editor_splice(ed, empty ? colon : v->start, empty ? colon : end);
	if (empty) {
		buf_addc(out, ' ');
	}
	write_like(ed, out, v, part, map->flow);
	return true;
}

bool edit_replace_item(struct editor *ed, const struct yaml_node *list, size_t item,
	const struct edit_part *part, struct err *e)
{
	const struct yaml_node *v = list->items[item];
	size_t end = editor_node_end(ed, v);

	if (v->is_alias || v->kind != YAML_SCALAR || end == EDIT_NOWHERE || v->start >= end) {
		return edit_refuse_form(ed, list->start, e);
	}
	write_like(ed, editor_splice(ed, v->start, end), v, part, list->flow);
	return true;
}
