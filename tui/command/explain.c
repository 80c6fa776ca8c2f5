/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope explain --message TEXT: what a scheduler's or kubelet's message says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "tui/command/explain.h"
#include "tui/options.h"

#define MESSAGE_MAX 65536 /* bytes read from standard input */

static json_t *int_or_null(int64_t v)
{
	return v < 0 ? json_null() : json_integer(v);
}

static void put_text(json_t *o, const char *key, const char *value)
{
	if (value) {
		/* What is not UTF-8 was pasted from somewhere odd; a program still wants JSON. */
		json_t *s = json_string(value);
		json_object_set_new(o, key, s ? s : json_string("?"));
	}
}

static void put_int(json_t *o, const char *key, int64_t value)
{
	if (value >= 0) {
		json_object_set_new(o, key, json_integer(value));
	}
}

static json_t *plugins_json(const char *plugins)
{
	struct strlist l = { .n = 0 };
	json_t *a = json_array();
	strlist_split(&l, plugins ? plugins : "", ' ');
	for (size_t i = 0; i < l.n; i++) {
		size_t len = strcspn(l.v[i], ",");
		if (len) {
			json_array_append_new(a, json_stringn(l.v[i], len));
		}
	}
	strlist_release(&l);
	return a;
}

static json_t *reason_json(const struct reason *r)
{
	bool preempt = r->kind == REASON_KUBELET_PREEMPTION_FAILED;
	json_t *o = json_object();
	json_object_set_new(o, "count", int_or_null(r->count));
	json_object_set_new(o, "kind", json_string(reason_kind_name(r->kind)));
	put_text(o, "resource", r->resource);
	if (r->kind == REASON_TAINT) {
		put_text(o, "key", r->key ? r->key : "");
		put_text(o, "value", r->value ? r->value : "");
	}
	put_text(o, "name", r->name);
	if (r->kind == REASON_PREFILTER_PLUGIN) {
		json_object_set_new(o, "plugins", plugins_json(r->plugins));
	}
	put_int(o, preempt ? "quantity" : "requested", r->requested);
	put_int(o, "used", r->used);
	put_int(o, "capacity", r->capacity);
	if (r->kind == REASON_OTHER) {
		put_text(o, "text", r->text);
	}
	return o;
}

static void list_json(json_t *o, const struct reason_list *l)
{
	json_t *all = json_array();
	json_object_set_new(o, "total", int_or_null(l->total));
	json_object_set_new(o, "available", int_or_null(l->available));
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].kind != REASON_OTHER || !str_empty(l->v[i].text)) {
			json_array_append_new(all, reason_json(&l->v[i]));
		}
	}
	json_object_set_new(o, "reasons", all);
}

void explain_json(const struct reasons *r, struct buf *out)
{
	json_auto_t *o = json_object();
	list_json(o, &r->main);
	json_object_set_new(o, "where", r->where ? json_string(r->where) : json_null());
	if (r->has_preemption) {
		json_t *p = json_object();
		if (r->preemption_text) {
			put_text(p, "text", r->preemption_text);
			put_text(p, "kind", reason_kind_name(r->preemption_kind));
		} else {
			list_json(p, &r->preemption);
		}
		json_object_set_new(o, "preemption", p);
	}
	put_text(o, "postfilter_prefix", r->postfilter_prefix);
	json_write(out, o, false);
	buf_addc(out, '\n');
}

/* Control bytes in it must not reach a terminal. */
static void put_safe(struct buf *out, const char *s)
{
	for (const char *p = s ? s : ""; *p; p++) {
		buf_addc(out, (unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p);
	}
}

static void reason_line(const struct reason *r, struct buf *out)
{
	if (r->count >= 0) {
		buf_addf(out, "%5d  ", r->count);
	} else {
		buf_adds(out, "    -  ");
	}
	put_safe(out, r->text);
	buf_addf(out, "\n       %s: %s\n", reason_kind_name(r->kind), reason_kind_help(r->kind));
}

void explain_text(const struct reasons *r, struct buf *out)
{
	bool scale = str_eq(r->where, "NotTriggerScaleUp");
	if (r->main.total >= 0) {
		buf_addf(out, "%d of %d nodes would take it", r->main.available, r->main.total);
	} else {
		buf_adds(out, scale ? "the autoscaler adds no node" : "no count of nodes");
	}
	buf_addf(out, " (%s)\n", r->where ? r->where : "unknown wording");
	int sum = 0;
	for (size_t i = 0; i < r->main.n; i++) {
		reason_line(&r->main.v[i], out);
		sum += r->main.v[i].count > 0 ? r->main.v[i].count : 0;
	}
	if (scale) {
		buf_adds(out, "the counts are groups, not nodes\n");
	} else if (r->main.total > 0 && sum > r->main.total) {
		buf_adds(out, "the counts add up to more than the nodes: one may have two "
			"reasons\n");
	} else if (r->main.total > 0 && sum > 0 && sum < r->main.total) {
		buf_addf(out, "%d nodes carry no reason: a plugin left them out beforehand\n",
			r->main.total - sum);
	}
	if (r->postfilter_prefix) {
		buf_adds(out, "then: ");
		put_safe(out, r->postfilter_prefix);
		buf_addc(out, '\n');
	}
	if (r->preemption_text) {
		buf_addf(out, "preemption: %s: %s\n", reason_kind_name(r->preemption_kind),
			r->preemption_kind == REASON_OTHER ? r->preemption_text :
			reason_kind_help(r->preemption_kind));
	} else if (r->has_preemption) {
		buf_adds(out, "preemption of pods of lower priority:\n");
		for (size_t i = 0; i < r->preemption.n; i++) {
			reason_line(&r->preemption.v[i], out);
		}
	}
}

static char *explain_stdin(void)
{
	struct buf in = { .max = MESSAGE_MAX };
	char chunk[4096];
	for (size_t n = 1; n > 0;) {
		n = fread(chunk, 1, sizeof chunk, stdin);
		if (!buf_add(&in, chunk, n)) {
			break;
		}
	}
	return buf_detach(&in);
}

int cmd_explain(const struct options *o, struct err *e)
{
	bool json = str_eq(o->output, "json");
	if (o->output && !json && !str_eq(o->output, "table") && !str_eq(o->output, "wide")) {
		err_set(e, ERR_USAGE, "there is no output format %s: table, wide or json",
			o->output);
		return EXIT_USAGE;
	}
	if (!o->message || o->nargs > 1) {
		err_set(e, ERR_USAGE, "explain needs --message TEXT");
		err_hint(e, "the message of a FailedScheduling event or of the pod's condition; "
			"- reads it from standard input");
		return EXIT_USAGE;
	}
	char *piped = str_eq(o->message, "-") ? explain_stdin() : NULL;
	struct reasons r;
	struct buf out = BUF_INIT;
	reasons_parse(piped ? piped : o->message, &r);
	if (json) {
		explain_json(&r, &out);
	} else {
		explain_text(&r, &out);
	}
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	reasons_release(&r);
	free(piped);
	return EXIT_OK;
}
