/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML document as a tree, built from libyaml's events.
 *
 * libyaml counts characters; struct yaml_marks turns them into byte offsets.
 * An alias becomes a shallow copy of its node.  What the tree would be if every
 * alias were spelled out is counted along the way, so that a few lines of
 * nested aliases cannot make those who walk the tree take forever.
 */
#include "core/base/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/base/arena.h"
#include "core/base/xalloc.h"

#define YAML_MAX_DEPTH 200
#define YAML_MAX_NODES 1000000

struct yaml_doc {
	struct arena *arena;
	struct yaml_node *root;
};

/* A position known both ways; marks come nearly in order, so it is moved, not searched. */
struct yaml_marks {
	const char *text;
	size_t len;
	size_t chars, bytes;
};

struct yaml_anchor {
	const char *name;
	struct yaml_node *node;
	size_t weight; /* nodes in it, aliases spelled out */
	int height;
	bool open;     /* still being read: an alias to it would be a loop */
};

struct yaml_builder {
	yaml_parser_t parser;
	struct yaml_marks marks;
	size_t fed;   /* bytes of the text given to libyaml */
	struct yaml_doc *doc;
	struct yaml_anchor *anchors;
	size_t nanchors, anchors_cap;
	size_t nodes; /* aliases spelled out */
	int depth;
	struct err *e;
};

/* What building a node tells about it. */
struct yaml_built {
	struct yaml_node *node; /* NULL: failed, the error is set */
	size_t weight;
	int height;
};

static bool yaml_is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t yaml_marks_bytes(struct yaml_marks *m, size_t chars)
{
	while (m->chars < chars && m->bytes < m->len) {
		m->bytes++;
		while (m->bytes < m->len && yaml_is_tail(m->text[m->bytes]))
			m->bytes++;
		m->chars++;
	}
	while (m->chars > chars && m->bytes > 0) {
		m->bytes--;
		while (m->bytes > 0 && yaml_is_tail(m->text[m->bytes]))
			m->bytes--;
		m->chars--;
	}
	return m->bytes;
}

/*
 * One line at a time: libyaml checks the encoding of all that it is given, and
 * what stands behind the wanted document is not our business.
 */
static int yaml_feed(void *ctx, unsigned char *out, size_t size, size_t *got)
{
	struct yaml_builder *b = ctx;
	const char *p = b->marks.text + b->fed;
	size_t n = b->marks.len - b->fed;
	const char *eol;

	if (n > size)
		n = size;
	eol = n ? memchr(p, '\n', n) : NULL;
	if (eol)
		n = (size_t)(eol - p) + 1;
	if (n)
		memcpy(out, p, n);
	b->fed += n;
	*got = n;
	return 1;
}

static bool yaml_next(struct yaml_builder *b, yaml_event_t *ev)
{
	const yaml_parser_t *p = &b->parser;
	size_t line;

	if (yaml_parser_parse(&b->parser, ev))
		return true;
	/* Not the text's fault: it must not be called broken. */
	if (p->error == YAML_MEMORY_ERROR)
		xalloc_die("out of memory");
	/* The reader's errors carry an offset only. */
	line = p->error == YAML_READER_ERROR ? p->mark.line : p->problem_mark.line;
	err_set(b->e, ERR_PARSE, "YAML, line %zu: %s%s%s", line + 1,
		p->problem ? p->problem : "cannot be read", p->context ? " " : "",
		p->context ? p->context : "");
	return false;
}

static struct yaml_built yaml_build(struct yaml_builder *b, yaml_event_t *ev);

static struct yaml_built yaml_fail(struct yaml_builder *b, const yaml_event_t *ev, const char *what)
{
	err_set(b->e, ERR_PARSE, "YAML, line %zu: %s", ev->start_mark.line + 1, what);
	return (struct yaml_built){ .node = NULL };
}

static bool yaml_count(struct yaml_builder *b, const yaml_event_t *ev, size_t n)
{
	if (n <= YAML_MAX_NODES - b->nodes) {
		b->nodes += n;
		return true;
	}
	yaml_fail(b, ev, "too many nodes");
	return false;
}

static bool yaml_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind the anchor and the tag at at, and the blanks and comments that follow them. */
static size_t yaml_skip_props(const struct yaml_marks *m, size_t at, size_t end)
{
	while (at < end && (m->text[at] == '&' || m->text[at] == '!')) {
		while (at < end && !yaml_is_blank(m->text[at]))
			at++;
		while (at < end && (yaml_is_blank(m->text[at]) || m->text[at] == '#')) {
			/* A comment reaches to the end of its line. */
			if (m->text[at] == '#') {
				while (at < end && m->text[at] != '\n')
					at++;
			} else {
				at++;
			}
		}
	}
	return at;
}

static struct yaml_node *yaml_node_new(struct yaml_builder *b, const yaml_event_t *ev,
	enum yaml_kind kind, const yaml_char_t *tag, bool has_props)
{
	struct yaml_node *n = arena_alloc(b->doc->arena, sizeof(*n));

	n->kind = kind;
	n->props = yaml_marks_bytes(&b->marks, ev->start_mark.index);
	n->start = n->props;
	n->end = yaml_marks_bytes(&b->marks, ev->end_mark.index);
	if (has_props) {
		/* A collection's event ends with its first character, known or not. */
		n->start = yaml_skip_props(&b->marks, n->props,
			kind == YAML_SCALAR ? n->end : b->marks.len);
		if (n->end < n->start)
			n->end = n->start;
	}
	n->line = ev->start_mark.line + 1;
	n->column = ev->start_mark.column;
	n->tag = arena_strdup(b->doc->arena, (const char *)tag);
	return n;
}

/* The later of two anchors of one name counts: searched from the end. */
static struct yaml_anchor *yaml_anchor_find(struct yaml_builder *b, const char *name)
{
	size_t i;

	for (i = b->nanchors; i-- > 0;) {
		if (!strcmp(b->anchors[i].name, name))
			return &b->anchors[i];
	}
	return NULL;
}

/* Its number, or -1 when there is no anchor. */
static long yaml_anchor_add(struct yaml_builder *b, const yaml_char_t *name, struct yaml_node *n)
{
	if (!name)
		return -1;
	b->anchors = xgrow(b->anchors, &b->anchors_cap, b->nanchors, sizeof(*b->anchors));
	b->anchors[b->nanchors] = (struct yaml_anchor){
		.name = arena_strdup(b->doc->arena, (const char *)name),
		.node = n, .weight = 1, .height = 1, .open = true,
	};
	return (long)b->nanchors++;
}

static void yaml_anchor_close(struct yaml_builder *b, long number, const struct yaml_built *built)
{
	if (number < 0)
		return;
	b->anchors[number].open = false;
	b->anchors[number].weight = built->weight;
	b->anchors[number].height = built->height;
}

static struct yaml_built yaml_build_alias(struct yaml_builder *b, const yaml_event_t *ev)
{
	const struct yaml_anchor *a = yaml_anchor_find(b, (const char *)ev->data.alias.anchor);
	struct yaml_node *n;

	if (!a)
		return yaml_fail(b, ev, "an alias without its anchor");
	if (a->open)
		return yaml_fail(b, ev, "an alias inside the node that it names");
	if (b->depth + a->height > YAML_MAX_DEPTH)
		return yaml_fail(b, ev, "nested too deeply");
	if (!yaml_count(b, ev, a->weight))
		return (struct yaml_built){ .node = NULL };
	n = arena_alloc(b->doc->arena, sizeof(*n));
	*n = *a->node;
	n->is_alias = true;
	return (struct yaml_built){ .node = n, .weight = a->weight, .height = a->height };
}

static struct yaml_built yaml_build_scalar(struct yaml_builder *b, const yaml_event_t *ev)
{
	static const enum yaml_style styles[] = {
		[YAML_PLAIN_SCALAR_STYLE] = YAML_PLAIN,
		[YAML_SINGLE_QUOTED_SCALAR_STYLE] = YAML_SINGLE,
		[YAML_DOUBLE_QUOTED_SCALAR_STYLE] = YAML_DOUBLE,
		[YAML_LITERAL_SCALAR_STYLE] = YAML_LITERAL,
		[YAML_FOLDED_SCALAR_STYLE] = YAML_FOLDED,
	};
	struct yaml_built built = { .weight = 1, .height = 1 };
	struct yaml_node *n;
	char *text;

	if (!yaml_count(b, ev, 1))
		return built;
	n = yaml_node_new(b, ev, YAML_SCALAR, ev->data.scalar.tag,
		ev->data.scalar.tag || ev->data.scalar.anchor);
	n->style = styles[ev->data.scalar.style];
	n->text_len = ev->data.scalar.length;
	/* Not strndup: "\0" is possible in double quotes. */
	text = arena_alloc(b->doc->arena, n->text_len + 1);
	memcpy(text, ev->data.scalar.value, n->text_len);
	n->text = text;
	built.node = n;
	yaml_anchor_close(b, yaml_anchor_add(b, ev->data.scalar.anchor, n), &built);
	return built;
}

/* The next event as a node; *end when it closes the collection instead. */
static struct yaml_built yaml_build_next(struct yaml_builder *b, yaml_event_type_t closing,
	bool *end, yaml_mark_t *end_mark)
{
	struct yaml_built built = { .node = NULL };
	yaml_event_t ev;

	*end = false;
	if (!yaml_next(b, &ev))
		return built;
	if (ev.type == closing) {
		*end = true;
		*end_mark = ev.end_mark;
	} else {
		built = yaml_build(b, &ev);
	}
	yaml_event_delete(&ev);
	return built;
}

static void yaml_built_add(struct yaml_built *to, const struct yaml_built *part)
{
	to->weight += part->weight;
	if (part->height >= to->height)
		to->height = part->height + 1;
}

/* Items, and keys with values, until the collection ends; kept in place in n. */
static bool yaml_build_parts(struct yaml_builder *b, struct yaml_node *n, struct yaml_built *built)
{
	bool map = n->kind == YAML_MAP, end = false, ok = true;
	yaml_event_type_t closing = map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	struct yaml_node **items = NULL;
	size_t cap = 0, count = 0, i;
	yaml_mark_t mark = { .index = 0 };

	while (ok) {
		struct yaml_built part = yaml_build_next(b, closing, &end, &mark);

		ok = part.node && !end;
		if (!ok)
			break;
		items = xgrow(items, &cap, count, sizeof(*items));
		items[count++] = part.node;
		yaml_built_add(built, &part);
	}
	if (end && map) {
		n->count = count / 2;
		n->pairs = arena_alloc(b->doc->arena, n->count * sizeof(*n->pairs));
		for (i = 0; i < n->count; i++)
			n->pairs[i] = (struct yaml_pair){ items[2 * i], items[2 * i + 1] };
	} else if (end) {
		n->count = count;
		n->items = arena_alloc(b->doc->arena, count * sizeof(*n->items));
		for (i = 0; i < count; i++)
			n->items[i] = items[i];
	}
	if (end)
		n->end = yaml_marks_bytes(&b->marks, mark.index);
	free(items);
	return end;
}

static struct yaml_built yaml_build_collection(struct yaml_builder *b, const yaml_event_t *ev)
{
	struct yaml_built built = { .weight = 1, .height = 1 };
	bool map = ev->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *tag = map ? ev->data.mapping_start.tag : ev->data.sequence_start.tag;
	const yaml_char_t *name = map ? ev->data.mapping_start.anchor :
		ev->data.sequence_start.anchor;
	struct yaml_node *n;
	long anchor;

	if (b->depth >= YAML_MAX_DEPTH)
		return yaml_fail(b, ev, "nested too deeply");
	if (!yaml_count(b, ev, 1))
		return built;
	n = yaml_node_new(b, ev, map ? YAML_MAP : YAML_SEQ, tag, tag || name);
	n->flow = map ? ev->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE :
		ev->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	anchor = yaml_anchor_add(b, name, n);
	b->depth++;
	if (yaml_build_parts(b, n, &built))
		built.node = n;
	b->depth--;
	yaml_anchor_close(b, anchor, &built);
	return built;
}

static struct yaml_built yaml_build(struct yaml_builder *b, yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_ALIAS_EVENT:
		return yaml_build_alias(b, ev);
	case YAML_SCALAR_EVENT:
		return yaml_build_scalar(b, ev);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return yaml_build_collection(b, ev);
	default:
		return yaml_fail(b, ev, "something unexpected");
	}
}

/* Up to the start of the document's content.  False: *none when there is no such document. */
static bool yaml_seek(struct yaml_builder *b, size_t index, bool *none)
{
	size_t seen = 0;

	*none = false;
	for (;;) {
		yaml_event_type_t type;
		yaml_event_t ev;

		if (!yaml_next(b, &ev))
			return false;
		type = ev.type;
		yaml_event_delete(&ev);
		if (type == YAML_STREAM_END_EVENT) {
			*none = true;
			return false;
		}
		if (type == YAML_DOCUMENT_START_EVENT && seen++ == index)
			return true;
	}
}

static bool yaml_read(struct yaml_builder *b, size_t index)
{
	yaml_event_t ev;
	bool none;

	if (!yaml_seek(b, index, &none)) {
		if (none && index == 0) {
			b->doc->root = arena_alloc(b->doc->arena, sizeof(*b->doc->root));
			b->doc->root->line = 1;
			return true;
		}
		if (none)
			err_set(b->e, ERR_PARSE, "YAML: no document number %zu", index + 1);
		return false;
	}
	if (!yaml_next(b, &ev))
		return false;
	b->doc->root = yaml_build(b, &ev).node;
	yaml_event_delete(&ev);
	/* "---" and nothing behind it: libyaml makes an empty scalar of it. */
	if (b->doc->root && b->doc->root->kind == YAML_SCALAR && !b->doc->root->text_len &&
			b->doc->root->style == YAML_PLAIN && !b->doc->root->tag) {
		b->doc->root->kind = YAML_NULL_NODE;
		b->doc->root->text = NULL;
	}
	if (!b->doc->root)
		return false;
	/* What follows must still be the end: "a: 1" and a stray "]" is one bad document. */
	if (!yaml_next(b, &ev))
		return false;
	yaml_event_delete(&ev);
	return true;
}

struct yaml_doc *yaml_parse(const char *text, size_t len, size_t index, struct err *e)
{
	struct yaml_builder b = { .marks = { .text = text ? text : "", .len = text ? len : 0 } };
	struct err own = ERR_INIT;
	bool ok;

	/* A byte order mark is no character of the text to us. */
	if (b.marks.len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		b.fed = b.marks.bytes = 3;
	b.e = &own;
	b.doc = xcalloc(1, sizeof(*b.doc));
	b.doc->arena = arena_new();
	if (!yaml_parser_initialize(&b.parser))
		xalloc_die("out of memory");
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input(&b.parser, yaml_feed, &b);
	ok = yaml_read(&b, index);
	yaml_parser_delete(&b.parser);
	free(b.anchors);
	if (ok)
		return b.doc;
	err_copy(e, &own);
	yaml_doc_free(b.doc);
	return NULL;
}

void yaml_doc_free(struct yaml_doc *d)
{
	if (!d)
		return;
	arena_free(d->arena);
	free(d);
}

struct yaml_node *yaml_root(const struct yaml_doc *d)
{
	return d ? d->root : NULL;
}
