/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts a body into elements as it arrives.
 *
 * Only brackets, strings and separators are told apart here; whether an element
 * is good JSON is its decoder's business.  States of a list: before the object,
 * before a key, in a key, before the colon, before the value, in the value,
 * behind the value, between items, behind the object.  A watch knows two:
 * between events and in an event.
 */
#include "k8s/stream.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define MAX_ELEMENT ((size_t)4 * 1024 * 1024)

enum { ST_START, ST_KEY, ST_IN_KEY, ST_COLON, ST_VALUE, ST_IN_VALUE, ST_BEHIND, ST_ITEMS, ST_DONE };
enum { SLOT_OTHER, SLOT_METADATA, SLOT_ITEMS, SLOT_ELEMENT };

void stream_init(struct stream *s, enum stream_mode mode, size_t max,
	bool (*on_element)(void *ctx, const char *p, size_t n, struct err *e), void *ctx)
{
	*s = (struct stream){ .mode = mode, .on_element = on_element, .ctx = ctx };
	s->state = mode == STREAM_LIST ? ST_START : ST_ITEMS;
	buf_init(&s->buf, max ? max : MAX_ELEMENT);
}

void stream_release(struct stream *s)
{
	buf_release(&s->buf);
	free(s->resource_version);
	free(s->more);
	s->resource_version = s->more = NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool stream_bad(const struct stream *s, struct err *e, const char *why)
{
	return err_set(e, ERR_PARSE, "the server's %s makes no sense: %s",
		s->mode == STREAM_LIST ? "list" : "watch", why);
}

static void value_begin(struct stream *s, char c, int slot)
{
	s->state = ST_IN_VALUE;
	s->slot = slot;
	s->keep = slot == SLOT_METADATA || slot == SLOT_ELEMENT;
	s->depth = 0;
	s->in_string = s->escaped = false;
	s->scalar = c != '{' && c != '[' && c != '"';
	buf_clear(&s->buf);
}

static void metadata_read(struct stream *s)
{
	json_t *j = json_parse(buf_str(&s->buf), s->buf.len, NULL);

	xreplace(&s->resource_version, json_str(j, "resourceVersion"));
	const char *more = json_str(j, "continue");
	xreplace(&s->more, str_empty(more) ? NULL : more);
	json_decref(j);
}

static bool value_finish(struct stream *s, struct err *e)
{
	if (s->keep && s->buf.failed)
		return stream_bad(s, e, "one element is too large");
	s->state = s->slot == SLOT_ELEMENT ? ST_ITEMS : ST_BEHIND;
	if (s->slot == SLOT_METADATA)
		metadata_read(s);
	if (s->slot != SLOT_ELEMENT)
		return true;
	s->elements++;
	bool ok = s->on_element(s->ctx, buf_str(&s->buf), s->buf.len, e);
	buf_clear(&s->buf);
	return ok;
}

/*
 * How many bytes of p belong to the value that was begun; *end: it is
 * complete.  A scalar ends before the separator behind it, so it may take none.
 */
static size_t value_scan(struct stream *s, const char *p, size_t n, bool *end)
{
	size_t i = 0;

	for (*end = false; i < n; i++) {
		char c = p[i];
		if (s->in_string) {
			if (s->escaped)
				s->escaped = false;
			else if (c == '\\')
				s->escaped = true;
			else if (c == '"')
				s->in_string = false;
			*end = !s->in_string && s->depth == 0;
		} else if (c == '"') {
			s->in_string = true;
		} else if (c == '{' || c == '[') {
			s->depth++;
		} else if (s->scalar && (c == ',' || c == '}' || c == ']' || is_space(c))) {
			*end = true;
			return i;
		} else if (c == '}' || c == ']') {
			*end = --s->depth <= 0;
		}
		if (*end)
			return i + 1;
	}
	return i;
}

static bool value_take(struct stream *s, const char **p, size_t *n, struct err *e)
{
	bool end;
	size_t used = value_scan(s, *p, *n, &end);

	if (s->keep && !buf_add(&s->buf, *p, used))
		return stream_bad(s, e, "one element is too large");
	*p += used;
	*n -= used;
	return !end || value_finish(s, e);
}

static bool key_take(struct stream *s, char c, struct err *e)
{
	if (c == '"' && !s->escaped) {
		s->state = ST_COLON;
		return true;
	}
	s->escaped = c == '\\' && !s->escaped;
	if (s->buf.len > 4096)
		return stream_bad(s, e, "a key without end");
	buf_addc(&s->buf, c);
	return true;
}

static int key_slot(const struct stream *s)
{
	if (str_eq(buf_str(&s->buf), "items"))
		return SLOT_ITEMS;
	return str_eq(buf_str(&s->buf), "metadata") ? SLOT_METADATA : SLOT_OTHER;
}

/* One byte outside values; *again: it was not used up. */
static bool between(struct stream *s, char c, bool *again, struct err *e)
{
	*again = false;
	if (s->state == ST_IN_KEY)
		return key_take(s, c, e);
	if (is_space(c))
		return true;
	switch (s->state) {
	case ST_START:
		s->state = ST_KEY;
		if (c != '{') {
			stream_bad(s, e, "no JSON object");
			err_hint(e, "something else may have answered: a proxy, a login page");
			return false;
		}
		return true;
	case ST_KEY:
		if (c == '}') {
			s->state = ST_DONE;
			return true;
		}
		s->state = ST_IN_KEY;
		s->escaped = false;
		buf_clear(&s->buf);
		return c == '"' || stream_bad(s, e, "a key was expected");
	case ST_COLON:
		s->state = ST_VALUE;
		return c == ':' || stream_bad(s, e, "a colon was expected");
	case ST_VALUE:
		if (key_slot(s) == SLOT_ITEMS && c == '[') {
			s->state = ST_ITEMS;
			s->items_seen = true;
			return true;
		}
		value_begin(s, c, key_slot(s));
		*again = true;
		return true;
	case ST_BEHIND:
		s->state = c == '}' ? ST_DONE : ST_KEY;
		return c == '}' || c == ',' || stream_bad(s, e, "a comma was expected");
	case ST_ITEMS:
		if (s->mode == STREAM_LIST && c == ',')
			return true;
		if (s->mode == STREAM_LIST && c == ']') {
			s->state = ST_BEHIND;
			return true;
		}
		if (c != '{')
			return stream_bad(s, e, "an object was expected");
		value_begin(s, c, SLOT_ELEMENT);
		*again = true;
		return true;
	default:
		return stream_bad(s, e, "something stands behind its end");
	}
}

bool stream_feed(struct stream *s, const char *p, size_t n, struct err *e)
{
	if (n > 0 && s->form == STREAM_UNKNOWN) {
		bool proto = *p == (s->mode == STREAM_LIST ? 'k' : '\0');
		s->form = proto ? STREAM_PROTO : STREAM_JSON;
		s->state = proto ? 0 : s->state;
	}
	if (s->form == STREAM_PROTO)
		return stream_proto_feed(s, p, n, e);
	while (n > 0) {
		bool again;
		if (s->state == ST_IN_VALUE) {
			if (!value_take(s, &p, &n, e))
				return false;
			continue;
		}
		if (!between(s, *p, &again, e))
			return false;
		if (!again) {
			p++;
			n--;
		}
	}
	return true;
}

bool stream_end(struct stream *s, struct err *e)
{
	bool whole = s->form == STREAM_PROTO ? stream_proto_end(s) : s->state == ST_DONE;

	if (s->mode == STREAM_WATCH || whole)
		return true;
	return err_set(e, ERR_PARSE, "the server's list ends in the middle");
}

const char *stream_resource_version(const struct stream *s)
{
	return s->resource_version;
}

const char *stream_continue(const struct stream *s)
{
	return s->more;
}
