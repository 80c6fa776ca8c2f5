/* SPDX-License-Identifier: Apache-2.0 */
/* Places in a document's bytes, and the changes to be made there. */
#include "core/kops/edit/text.h"

#include <string.h>

#include "core/base/bug.h"

static bool text_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

size_t editor_line_start(const struct editor *ed, size_t at)
{
	while (at > 0 && ed->text[at - 1] != '\n') {
		at--;
	}
	return at;
}

size_t editor_line_end(const struct editor *ed, size_t at)
{
	while (at < ed->len && ed->text[at] != '\n') {
		at++;
	}
	return at < ed->len ? at + 1 : at;
}

size_t editor_line_number(const struct editor *ed, size_t at)
{
	size_t n = 1;

	for (size_t i = 0; i < at && i < ed->len; i++) {
		n += ed->text[i] == '\n';
	}
	return n;
}

size_t editor_indent(const struct editor *ed, size_t at)
{
	size_t start = editor_line_start(ed, at);
	size_t n = 0;

	while (start + n < ed->len && text_is_blank(ed->text[start + n])) {
		n++;
	}
	return n;
}

bool editor_rest_is_blank(const struct editor *ed, size_t at)
{
	size_t i = at;

	while (i < ed->len && text_is_blank(ed->text[i])) {
		i++;
	}
	if (i == ed->len || ed->text[i] == '\n') {
		return true;
	}
	if (ed->text[i] == '\r') {
		return i + 1 == ed->len || ed->text[i + 1] == '\n';
	}
	return ed->text[i] == '#' && i > at;
}

/* Back over blank lines and lines that hold only a comment. */
static size_t text_trim_lines(const struct editor *ed, size_t at)
{
	for (;;) {
		while (at > 0 && strchr(" \t\r\n", ed->text[at - 1])) {
			at--;
		}
		size_t start = editor_line_start(ed, at);
		size_t first = start + editor_indent(ed, at);
		if (first >= at || ed->text[first] != '#') {
			return at;
		}
		at = start;
	}
}

/* An alias has its anchor's marks; in the source it is a star and a word. */
static size_t text_alias_end(const struct editor *ed, size_t at)
{
	while (at < ed->len && strchr(" \t\r\n", ed->text[at])) {
		at++;
	}
	if (at >= ed->len || ed->text[at] != '*') {
		return EDIT_NOWHERE;
	}
	while (at < ed->len && !strchr(" \t\r\n,]}", ed->text[at])) {
		at++;
	}
	return at;
}

size_t editor_node_end(const struct editor *ed, const struct yaml_node *n)
{
	size_t end = n->end;

	if (n->kind == YAML_SCALAR && (n->style == YAML_LITERAL || n->style == YAML_FOLDED)) {
		while (end > n->start && strchr(" \t\r\n", ed->text[end - 1])) {
			end--;
		}
		return end;
	}
	if ((n->kind != YAML_MAP && n->kind != YAML_SEQ) || n->flow || !n->count) {
		return end;
	}
	if (n->kind == YAML_MAP) {
		return editor_pair_end(ed, &n->pairs[n->count - 1]);
	}
	if (n->items[n->count - 1]->is_alias) {
		return text_trim_lines(ed, end);
	}
	return editor_node_end(ed, n->items[n->count - 1]);
}

size_t editor_pair_end(const struct editor *ed, const struct yaml_pair *p)
{
	size_t colon = editor_colon(ed, p);

	if (p->value->is_alias) {
		return colon == EDIT_NOWHERE ? colon : text_alias_end(ed, colon);
	}
	size_t end = editor_node_end(ed, p->value);
	if (colon == EDIT_NOWHERE) {
		colon = p->key->end; /* "{a, b: 1}": a has none */
	}
	return end > colon ? end : colon;
}

size_t editor_colon(const struct editor *ed, const struct yaml_pair *p)
{
	size_t at = p->key->end;

	if (p->key->is_alias) {
		return EDIT_NOWHERE;
	}
	while (at < ed->len && strchr(" \t\r\n", ed->text[at])) {
		at++;
	}
	return at < ed->len && ed->text[at] == ':' ? at + 1 : EDIT_NOWHERE;
}

/* ---- style ---- */

struct style_search {
	const struct editor *ed;
	struct edit_style *style;
	bool has_list, has_quote, has_colon, has_comma;
};

static size_t text_column(const struct editor *ed, size_t at)
{
	return at - editor_line_start(ed, at);
}

static void style_look_flow(struct style_search *s, const struct yaml_node *map)
{
	const struct editor *ed = s->ed;
	size_t colon = editor_colon(ed, &map->pairs[0]);

	if (!s->has_colon && colon != EDIT_NOWHERE && colon < ed->len) {
		s->has_colon = true;
		s->style->colon = text_is_blank(ed->text[colon]) ? ": " : ":";
	}
	if (!s->has_comma && map->count > 1) {
		size_t at = editor_pair_end(ed, &map->pairs[0]);

		if (at < ed->len && ed->text[at] == ',') {
			s->has_comma = true;
			s->style->comma = strchr(" \t\r\n", ed->text[at + 1]) ? ", " : ",";
		}
	}
}

/* First of each kind wins; anchors are visited where they stand. */
static void style_look(struct style_search *s, const struct yaml_node *n)
{
	if (n->is_alias) {
		return;
	}
	if (n->kind == YAML_SCALAR && !s->has_quote &&
		(n->style == YAML_SINGLE || n->style == YAML_DOUBLE)) {
		s->has_quote = true;
		s->style->quote = n->style == YAML_SINGLE ? '\'' : '"';
	}
	if (n->kind == YAML_MAP && n->flow && n->count) {
		style_look_flow(s, n);
	}
	for (size_t i = 0; i < n->count && n->kind == YAML_SEQ; i++) {
		style_look(s, n->items[i]);
	}
	for (size_t i = 0; i < n->count && n->kind == YAML_MAP; i++) {
		const struct yaml_node *key = n->pairs[i].key;
		const struct yaml_node *v = n->pairs[i].value;

		if (v->kind == YAML_SEQ && !v->flow && !v->is_alias && !s->has_list) {
			size_t dash = text_column(s->ed, v->start);
			size_t above = text_column(s->ed, key->start);

			s->has_list = true;
			s->style->list_indent = dash > above ? dash - above : 0;
		}
		style_look(s, v);
	}
}

static void style_look_env(struct style_search *s)
{
	const struct document *d = &s->ed->doc;
	const struct yaml_node *cni = yaml_at(d->root, document_path(d, PLACE_CNI));
	const struct yaml_node *env = yaml_get(cni, "env");

	for (size_t i = 0; env && env->kind == YAML_SEQ && i < env->count; i++) {
		const struct yaml_node *v = yaml_get(env->items[i], "value");

		if (v && v->kind == YAML_SCALAR) {
			style_look(s, v);
		}
	}
}

static void style_detect(struct editor *ed)
{
	struct edit_style *st = &ed->style;
	const struct yaml_node *root = ed->doc.root;
	const struct yaml_node *spec = yaml_get(root, "spec");
	struct style_search search = { .ed = ed, .style = st };
	const char *nl = memchr(ed->text, '\n', ed->len);

	*st = (struct edit_style){
		.eol = nl && nl > ed->text && nl[-1] == '\r' ? "\r\n" : "\n",
		.step = 2, .indent = ' ', .quote = '"', .colon = ": ", .comma = NULL,
		.json = root->flow,
	};
	size_t first = root->pairs[0].key->start;
	st->pretty = st->json && memchr(ed->text + root->start, '\n', first - root->start);
	if (st->pretty) {
		size_t outer = editor_indent(ed, root->start);
		size_t inner = editor_indent(ed, first);

		st->step = inner > outer ? inner - outer : 2;
		st->indent = inner && ed->text[editor_line_start(ed, first)] == '\t' ? '\t' : ' ';
	} else if (spec && spec->kind == YAML_MAP && !spec->flow && !spec->is_alias) {
		size_t inner = text_column(ed, spec->pairs[0].key->start);

		st->step = inner >= 1 && inner <= 8 ? inner : 2;
	}
	style_look_env(&search);
	style_look(&search, root);
	if (!st->comma) {
		st->comma = st->colon[1] ? ", " : ",";
	}
	if (st->json) {
		st->quote = '"';
	}
}

/* ---- opening, changes ---- */

bool editor_open(struct editor *ed, const char *text, size_t len, struct err *e)
{
	*ed = (struct editor){ .text = text, .len = len };
	if (!document_parse(&ed->doc, text, len, e)) {
		document_release(&ed->doc);
		return false;
	}
	style_detect(ed);
	return true;
}

void editor_close(struct editor *ed)
{
	for (size_t i = 0; i < ed->nsplices; i++) {
		buf_release(&ed->splices[i].text);
	}
	document_release(&ed->doc);
	*ed = (struct editor){ .len = 0 };
}

struct buf *editor_splice(struct editor *ed, size_t from, size_t to)
{
	size_t i = ed->nsplices;

	if (i == EDIT_MAX_SPLICES || from > to || to > ed->len) {
		BUG("a change from %zu to %zu of %zu", from, to, ed->len);
	}
	/* kept sorted; of two at one place the one made first comes first */
	while (i > 0 && ed->splices[i - 1].from > from) {
		ed->splices[i] = ed->splices[i - 1];
		i--;
	}
	ed->splices[i] = (struct edit_splice){ .from = from, .to = to };
	buf_init(&ed->splices[i].text, 0);
	ed->nsplices++;
	return &ed->splices[i].text;
}

void editor_result(struct editor *ed, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < ed->nsplices; i++) {
		const struct edit_splice *s = &ed->splices[i];

		buf_add(out, ed->text + at, s->from - at);
		buf_add(out, buf_str(&s->text), s->text.len);
		at = s->to;
	}
	buf_add(out, ed->text + at, ed->len - at);
}
