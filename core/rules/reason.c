/* SPDX-License-Identifier: Apache-2.0 */
/* Takes messages apart: header, reasons with counts, the preemption part. */
#include "core/rules/reason.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/reason/kind.h"

#define MESSAGE_MAX 16384 /* bytes looked at */
#define REASONS_MAX 512

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at *s, then moves behind them; -1: none or too many. */
static int take_number(const char **s)
{
	long v = 0;
	const char *p = *s;
	for (; is_digit(*p) && v < 100000000; p++) {
		v = v * 10 + (*p - '0');
	}
	if (p == *s || is_digit(*p)) {
		return -1;
	}
	*s = p;
	return (int)v;
}

/* The text between two marks behind from; NULL when they are not there. */
static char *between(const char *from, const char *open, const char *close)
{
	const char *a = strstr(from, open);
	if (!a) {
		return NULL;
	}
	a += strlen(open);
	const char *b = strstr(a, close);
	return b ? xstrndup(a, (size_t)(b - a)) : NULL;
}

static int64_t number_after(const char *text, const char *mark)
{
	const char *a = strstr(text, mark);
	if (!a) {
		return -1;
	}
	char *end;
	a += strlen(mark);
	long long v = strtoll(a, &end, 10);
	return end == a ? -1 : v;
}

static void reason_taint(struct reason *r)
{
	char *inside = between(r->text, "{", "}");
	if (!inside) {
		return; /* the newest and the oldest wording name no key */
	}
	char *colon = strstr(inside, ": ");
	if (!colon) {
		colon = strchr(inside, ':');
	}
	r->value = xstrdup(colon ? colon + 1 + (colon[1] == ' ') : "");
	r->key = xstrndup(inside, colon ? (size_t)(colon - inside) : strlen(inside));
	free(inside);
}

static void reason_details(struct reason *r)
{
	switch (r->kind) {
	case REASON_INSUFFICIENT:
		r->resource = xstrndup(r->text + strlen("Insufficient "),
			strcspn(r->text + strlen("Insufficient "), " ,;"));
		break;
	case REASON_TAINT:
		reason_taint(r);
		break;
	case REASON_PVC_NOT_FOUND:
		r->name = between(r->text, "persistentvolumeclaim \"", "\"");
		break;
	case REASON_PREFILTER_PLUGIN:
		r->plugins = between(r->text, "[", "]");
		break;
	case REASON_VOLUME_BIND:
	case REASON_VOLUME_BIND_TIMEOUT:
		r->name = between(r->text, "persistentvolumeclaim \"", "\"");
		break;
	case REASON_KUBELET_OUT_OF_RESOURCE:
		r->resource = between(r->text, "resource: ", ",");
		if (!r->resource) {
			r->resource = between(r->text, "capacity: ", ",");
		}
		if (!r->resource && str_starts(r->text, "OutOf")) { /* the reason alone */
			size_t n = strcspn(r->text + 5, " :,");
			r->resource = n ? xstrndup(r->text + 5, n) : NULL;
		}
		r->requested = number_after(r->text, "requested: ");
		r->used = number_after(r->text, "used: ");
		r->capacity = number_after(r->text, "capacity: ");
		break;
	case REASON_KUBELET_PREEMPTION_FAILED:
		r->resource = between(r->text, "(res: ", ",");
		r->requested = number_after(r->text, "q: ");
		break;
	default:
		break;
	}
}

static struct reason *list_add(struct reason_list *l, int count, char *text)
{
	l->v = xgrow(l->v, &l->cap, l->n, sizeof *l->v);
	l->v[l->n] = (struct reason){ .count = count, .text = text, .requested = -1, .used = -1,
		.capacity = -1 };
	return &l->v[l->n++];
}

/* Without stops, commas and blanks at its ends; a full stop inside stays. */
static void part_trim(const char **s, size_t *n)
{
	while (*n && (**s == ' ' || **s == ',')) {
		(*s)++;
		(*n)--;
	}
	while (*n && ((*s)[*n - 1] == '.' || (*s)[*n - 1] == ' ' || (*s)[*n - 1] == ',')) {
		(*n)--;
	}
}

/* One part of a list: "2 Too many pods", or of the oldest form "Insufficient pods (2)". */
static void list_add_part(struct reason_list *l, const char *s, size_t n, bool cut)
{
	part_trim(&s, &n);
	if (!n) {
		return;
	}
	char *text = xstrndup(s, n);
	const char *p = text;
	int count = take_number(&p);
	if (count >= 0 && *p == ' ') {
		p++;
	} else {
		p = text;
		count = -1;
		char *open = strrchr(text, '(');
		const char *in = open ? open + 1 : NULL;
		int old = in ? take_number(&in) : -1;
		if (old >= 0 && !strcmp(in, ")")) {
			count = old;
			open[open > text && open[-1] == ' ' ? -1 : 0] = '\0';
		}
	}
	struct reason *r = list_add(l, count, xstrdup(p));
	free(text);
	r->kind = reason_kind_of_part(r->text);
	if (cut && r->kind == REASON_OTHER) {
		r->kind = reason_kind_of_cut(r->text);
	}
	reason_details(r);
}

/* Behind the bracket that closes the one at s, if nothing that ends a part stands between. */
static const char *skip_bracket(const char *s, const char *end)
{
	char close = *s == '{' ? '}' : *s == '[' ? ']' : '"';
	const char *p = memchr(s + 1, close, (size_t)(end - s - 1));
	for (const char *q = s + 1; p && q < p; q++) {
		if (*q == '{' || *q == '[' ||
		    (*q == ',' && memmem(q, (size_t)(p - q), "node(s)", 7))) {
			return s;
		}
	}
	return p ? p : s;
}

/* A comma ends a part only before a number: old taint texts hold one. */
static bool part_ends(const char *s, const char *end, bool old_form)
{
	if (*s != ',') {
		return false;
	}
	const char *p = s + 1;
	while (p < end && *p == ' ') {
		p++;
	}
	if (old_form) {
		return s[-1] == ')';
	}
	const char *digits = p;
	while (p < end && is_digit(*p)) {
		p++;
	}
	return p > digits && p < end && *p == ' ';
}

static void list_parse(struct reason_list *l, const char *s, size_t n, bool old_form)
{
	static const char dots[] = " ...";
	const char *end = s + n, *start = s;
	bool cut = n > 4 && !memcmp(end - 4, dots, 4);
	for (const char *p = s; p < end && l->n < REASONS_MAX; p++) {
		if (*p == '{' || *p == '[' || *p == '"') {
			p = skip_bracket(p, end);
		}
		if (p > s && part_ends(p, end, old_form)) {
			list_add_part(l, start, (size_t)(p - start), false);
			start = p + 1;
		}
	}
	list_add_part(l, start, (size_t)(end - start), cut);
}

static const char header_words[] = " nodes are available:";

/* "0/3 nodes are available: " and moves behind it. */
static bool take_header(const char **s, struct reason_list *l)
{
	const char *p = *s;
	int available = take_number(&p);
	if (available < 0 || *p != '/') {
		return false;
	}
	p++;
	int total = take_number(&p);
	if (total < 0 || strncmp(p, header_words, sizeof header_words - 1) != 0) {
		return false;
	}
	l->available = available;
	l->total = total;
	*s = p + sizeof header_words - 1;
	*s += **s == ' ';
	return true;
}

/* Where the header starts, when something was pasted in front of it; else s. */
static const char *find_header(const char *s)
{
	const char *words = strstr(s, header_words);
	const char *p = words;
	while (p && p > s && is_digit(p[-1])) {
		p--;
	}
	if (!p || p == words || p == s || p[-1] != '/') {
		return s;
	}
	for (p--; p > s && is_digit(p[-1]);) {
		p--;
	}
	return is_digit(*p) ? p : s;
}

/* The preemption part follows ". " or ", "; NULL: there is none. */
static const char *find_preemption(const char *s)
{
	static const char mark[] = "preemption: ";
	for (const char *p = strstr(s, mark); p; p = strstr(p + 1, mark)) {
		if (p >= s + 2 && p[-1] == ' ' && (p[-2] == '.' || p[-2] == ',')) {
			return p;
		}
	}
	return NULL;
}

/*
 * The full stop that ends the reasons, for what stands behind it is of a
 * PostFilter plugin: the first one that no counted reason of a known kind
 * follows, since a plugin's own reason may hold a full stop.  NULL: none.
 */
static const char *reasons_stop(const char *s, size_t n)
{
	const char *stop = memmem(s, n, ". ", 2), *end = s + n;
	for (const char *p = stop; p && p < end; p++) {
		if (!part_ends(p, end, false)) {
			continue;
		}
		const char *in = p + 1 + strspn(p + 1, " ");
		bool counted = take_number(&in) >= 0;
		char *text = xstrndup(in + 1, counted ? (size_t)(end - in - 1) : 0);
		bool goes_on = reason_kind_of_part(text) != REASON_OTHER;
		free(text);
		if (goes_on) {
			stop = memmem(p, (size_t)(end - p), ". ", 2);
		}
	}
	return stop;
}

static void parse_available(struct reasons *out, const char *s)
{
	const char *pre = find_preemption(s);
	size_t n = pre ? (size_t)(pre - 2 - s) : strlen(s);
	const char *stop = reasons_stop(s, n);
	if (stop) {
		const char *tail = stop + 2;
		size_t left = n - (size_t)(tail - s);
		part_trim(&tail, &left);
		if (left) {
			out->postfilter_prefix = xstrndup(tail, left);
		}
		n = (size_t)(stop - s);
	}
	list_parse(&out->main, s, n, false);
	if (!pre) {
		return;
	}
	out->has_preemption = true;
	const char *p = pre + strlen("preemption: ");
	if (take_header(&p, &out->preemption)) {
		list_parse(&out->preemption, p, strlen(p), false);
	} else {
		out->preemption_text = xstrdup(p);
		out->preemption_kind = reason_kind_of_preemption(p);
	}
}

static void parse_whole(struct reasons *out, const char *s)
{
	const char *where;
	enum reason_kind kind = reason_kind_of_message(s, &where);
	struct reason *r = list_add(&out->main, -1, xstrdup(s));
	r->kind = kind;
	reason_details(r);
	out->where = xstrdup(where);
	if (kind == REASON_KUBELET_OUT_OF_RESOURCE) {
		out->where = xasprintf("pod.status Failed/OutOf%s",
			r->resource ? r->resource : "?");
	}
	if (kind == REASON_NO_NODES) {
		out->main.total = out->main.available = 0;
	}
}

/* Length of what *p holds of an apostrophe that YAML doubled or an editor bent; 0: neither. */
static size_t odd_apostrophe(const char *start, const char *p)
{
	bool letters = p > start && ((p[-1] | 0x20) >= 'a' && (p[-1] | 0x20) <= 'z');
	if (!letters) {
		return 0;
	}
	if (p[0] == '\'' && p[1] == '\'' && (p[2] | 0x20) >= 'a' && (p[2] | 0x20) <= 'z') {
		return 2;
	}
	return strncmp(p, "\xe2\x80\x99", 3) ? 0 : 3;
}

/* A copy with pasted oddities undone: see the header. */
static char *message_plain(const char *message)
{
	char *out = xstrndup(message ? message : "", MESSAGE_MAX), *w = out;
	bool newline = false;
	for (const char *p = out; *p;) {
		size_t odd = odd_apostrophe(out, p);
		if (odd) {
			*w++ = '\'';
			p += odd;
		} else if (*p == '\\' && p[1] == '"') {
			p++;
		} else if (*p == '\n' || *p == '\r' || *p == '\t' || (newline && *p == ' ')) {
			newline = true;
			p++;
			if (w > out && w[-1] != ' ') {
				*w++ = ' ';
			}
		} else {
			newline = false;
			*w++ = *p++;
		}
	}
	while (w > out && w[-1] == ' ') {
		w--;
	}
	*w = '\0';
	bool quotes = w > out + 1 && (*out == '"' || *out == '\'') && w[-1] == *out;
	if (!quotes) {
		return out;
	}
	char *inside = xstrndup(out + 1, (size_t)(w - out - 2));
	free(out);
	return inside;
}

/* "message: '0/3 nodes ...'": the quote in front of the header closes at the end. */
static void unquote_tail(const char *message, char *header)
{
	size_t n = strlen(header);
	if (header > message && n && (header[-1] == '"' || header[-1] == '\'') &&
	    header[n - 1] == header[-1]) {
		header[n - 1] = '\0';
	}
}

void reasons_parse(const char *message, struct reasons *out)
{
	static const char combined[] = "(combined from similar events): ";
	static const char predicates[] =
		"No nodes are available that match all of the predicates: ";
	static const char scale_up[] = "pod didn't trigger scale-up";
	*out = (struct reasons){ .main = { .total = -1, .available = -1 },
		.preemption = { .total = -1, .available = -1 } };
	char *copy = message_plain(message);
	const char *old = strstr(copy, predicates), *scale = strstr(copy, scale_up);
	const char *s = find_header(copy);
	unquote_tail(copy, copy + (s - copy));
	const char *colon = scale ? strstr(scale, ": ") : NULL;
	if (take_header(&s, &out->main)) {
		out->where = xstrdup("FailedScheduling");
		parse_available(out, s);
		if (!out->main.n) {
			list_add(&out->main, -1, xstrdup(""));
		}
	} else if (old) {
		out->where = xstrdup("FailedScheduling");
		s = old + sizeof predicates - 1;
		list_parse(&out->main, s, strlen(s), true);
	} else if (colon) {
		out->where = xstrdup("NotTriggerScaleUp");
		list_parse(&out->main, colon + 2, strlen(colon + 2), false);
	} else {
		parse_whole(out, str_starts(s, combined) ? s + sizeof combined - 1 : s);
	}
	if (!out->main.n) {
		list_add(&out->main, -1, xstrdup(s));
	}
	free(copy);
}

static void list_release(struct reason_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct reason *r = &l->v[i];
		free(r->text);
		free(r->resource);
		free(r->key);
		free(r->value);
		free(r->name);
		free(r->plugins);
	}
	free(l->v);
}

void reasons_release(struct reasons *r)
{
	list_release(&r->main);
	list_release(&r->preemption);
	free(r->preemption_text);
	free(r->postfilter_prefix);
	free(r->where);
	*r = (struct reasons){ .where = NULL };
}
