/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's XML as a small tree. */
#include "aws/xml.h"

#include <expat.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define PIECE 16384
#define DEPTH_MAX 64
#define NODES_MAX 2000000
#define TEXT_MAX (4u << 20)

struct xml_doc {
	struct arena *arena;
	struct intern *names;
	struct xml_node *root;
	struct xml_reader *reader; /* until xml_end() */
};

struct xml_reader {
	XML_Parser parser;
	struct xml_doc *doc;
	struct {
		struct xml_node *node, *last;
	} open[DEPTH_MAX];
	size_t depth, count;
	struct buf text; /* of the innermost element so far */
	const char *refused;
};

static void xml_refuse(struct xml_reader *r, const char *why)
{
	if (!r->refused) {
		r->refused = why;
		XML_StopParser(r->parser, XML_FALSE);
	}
}

static void XMLCALL xml_on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct xml_reader *r = ctx;
	if (r->depth == DEPTH_MAX || ++r->count > NODES_MAX) {
		xml_refuse(r, r->depth == DEPTH_MAX ? "nested too deeply" : "too many elements");
		return;
	}
	const char *colon = strrchr(name, ':');
	struct xml_node *node = arena_alloc(r->doc->arena, sizeof(*node));
	node->name = intern_str(r->doc->names, colon ? colon + 1 : name);
	node->text = "";
	if (!r->depth) {
		r->doc->root = node;
	} else {
		size_t up = r->depth - 1;
		if (r->open[up].last) {
			r->open[up].last->next = node;
		} else {
			r->open[up].node->first = node;
		}
		r->open[up].last = node;
	}
	r->open[r->depth].node = node;
	r->open[r->depth].last = NULL;
	r->depth++;
	buf_clear(&r->text);
}

static void XMLCALL xml_on_end(void *ctx, const XML_Char *name)
{
	struct xml_reader *r = ctx;
	if (!r->depth) {
		return;
	}
	struct xml_node *node = r->open[--r->depth].node;
	const char *s = buf_str(&r->text);
	size_t n = r->text.len;
	while (n && strchr(" \t\r\n", s[n - 1])) {
		n--;
	}
	size_t skip = strspn(s, " \t\r\n");
	if (n > skip && !node->first) {
		node->text = arena_strndup(r->doc->arena, s + skip, n - skip);
	}
	buf_clear(&r->text);
}

static void XMLCALL xml_on_text(void *ctx, const XML_Char *s, int n)
{
	struct xml_reader *r = ctx;
	if (!buf_add(&r->text, s, (size_t)n)) {
		xml_refuse(r, "text too long");
	}
}

static void XMLCALL xml_on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
	const XML_Char *public, int internal)
{
	xml_refuse(ctx, "has a document type");
}

static bool xml_bad(const struct xml_reader *r, struct err *e)
{
	err_set(e, ERR_PARSE, "XML line %lu: %s",
		(unsigned long)XML_GetCurrentLineNumber(r->parser),
		r->refused ? r->refused : XML_ErrorString(XML_GetErrorCode(r->parser)));
	return false;
}

struct xml_doc *xml_begin(void)
{
	static const XML_Memory_Handling_Suite memory = { xmalloc, xrealloc, free };
	struct xml_doc *d = xcalloc(1, sizeof(*d));
	struct xml_reader *r = xcalloc(1, sizeof(*r));
	d->arena = arena_new();
	d->names = intern_new();
	d->reader = r;
	r->doc = d;
	buf_init(&r->text, TEXT_MAX);
	r->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (!r->parser) {
		xalloc_die("out of memory");
	}
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, xml_on_start, xml_on_end);
	XML_SetCharacterDataHandler(r->parser, xml_on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, xml_on_doctype);
	return d;
}

/* In pieces: the parser keeps a copy of what it is given at once. */
bool xml_feed(struct xml_doc *d, const char *p, size_t n, struct err *e)
{
	struct xml_reader *r = d->reader;
	for (size_t piece; n; p += piece, n -= piece) {
		piece = n < PIECE ? n : PIECE;
		if (r->refused || XML_Parse(r->parser, p, (int)piece, 0) != XML_STATUS_OK) {
			return xml_bad(r, e);
		}
	}
	return true;
}

static void xml_reader_free(struct xml_reader *r)
{
	if (!r) {
		return;
	}
	XML_ParserFree(r->parser);
	if (r->text.data) {
		OPENSSL_cleanse(r->text.data, r->text.cap);
	}
	buf_release(&r->text);
	free(r);
}

bool xml_end(struct xml_doc *d, struct err *e)
{
	struct xml_reader *r = d->reader;
	bool ok = !r->refused && XML_Parse(r->parser, "", 0, 1) == XML_STATUS_OK && !r->refused;
	if (!ok) {
		return xml_bad(r, e);
	}
	xml_reader_free(r);
	d->reader = NULL;
	return true;
}

struct xml_doc *xml_parse(const char *text, size_t len, struct err *e)
{
	struct xml_doc *d = xml_begin();
	if (!xml_feed(d, text, len, e) || !xml_end(d, e)) {
		xml_free(d);
		return NULL;
	}
	return d;
}

void xml_free(struct xml_doc *d)
{
	if (!d) {
		return;
	}
	xml_reader_free(d->reader);
	arena_wipe(d->arena);
	arena_free(d->arena);
	intern_free(d->names);
	free(d);
}

const struct xml_node *xml_root(const struct xml_doc *d)
{
	return d->root;
}

const struct xml_node *xml_get(const struct xml_node *node, const char *path)
{
	const char *part;
	size_t len;
	while (node && str_path_part(&path, &part, &len)) {
		const struct xml_node *c = node->first;
		while (c && (strncmp(c->name, part, len) != 0 || c->name[len])) {
			c = c->next;
		}
		node = c;
	}
	return node;
}

const char *xml_text(const struct xml_node *node, const char *path)
{
	const struct xml_node *n = xml_get(node, path);
	return n ? n->text : NULL;
}

int64_t xml_int(const struct xml_node *node, const char *path, int64_t otherwise)
{
	int64_t v = otherwise;
	str_to_i64(xml_text(node, path), INT64_MIN, INT64_MAX, &v);
	return v;
}

const struct xml_node *xml_first(const struct xml_node *node, const char *path)
{
	const struct xml_node *n = xml_get(node, path);
	return n ? n->first : NULL;
}

size_t xml_count(const struct xml_node *node, const char *path)
{
	size_t n = 0;
	for (const struct xml_node *i = xml_first(node, path); i; i = i->next) {
		n++;
	}
	return n;
}
