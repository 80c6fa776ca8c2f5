/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a run's events. */
#include "core/run/run-log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

struct run_log {
	char *path;
	const struct clock *clock;
	bool complained;
};

struct run_log *run_log_new(const char *id, const struct clock *clock)
{
	struct run_log *l = xcalloc(1, sizeof(*l));

	l->path = run_path(id, "events.jsonl");
	l->clock = clock;
	return l;
}

void run_log_free(struct run_log *l)
{
	if (!l)
		return;
	free(l->path);
	free(l);
}

/* Texts of strangers: made harmless, and valid, which JSON insists on. */
static json_t *run_log_text(const char *s)
{
	struct buf text = BUF_INIT;
	json_t *j;

	text_sanitise(&text, s, false);
	j = json_string(buf_str(&text));
	buf_release(&text);
	return j;
}

/* Takes fields, the event's own. */
static void run_log_write(struct run_log *l, const char *event, json_t *fields, bool sync)
{
	json_auto_t *j = json_pack("{s:I,s:s}", "at", (json_int_t)clock_wall(l->clock), "event",
		event);
	struct buf line = BUF_INIT;
	struct err e = ERR_INIT;

	if (fields) {
		json_object_update(j, fields);
		json_decref(fields);
	}
	json_write(&line, j, false);
	if (!file_append_line(l->path, buf_str(&line), 0600, sync, &e) && !l->complained) {
		fprintf(stderr, "events: %s\n", e.text);
		l->complained = true;
	}
	buf_release(&line);
}

void run_log_start(struct run_log *l)
{
	run_log_write(l, "start", NULL, true);
}

void run_log_message(struct run_log *l, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	run_log_write(l, "message", json_pack("{s:o}", "text", run_log_text(text)), false);
	free(text);
}

void run_log_state(struct run_log *l, const char *state)
{
	run_log_write(l, "state", json_pack("{s:s}", "state", state), true);
}

void run_log_node(struct run_log *l, const struct roll_node *n)
{
	run_log_write(l, "node",
		json_pack("{s:s,s:s?,s:s?,s:s?,s:s,s:i,s:i,s:i,s:i,s:I,s:o}", "instance",
			n->instance, "node", n->node, "group", n->group, "replacedBy",
			n->replaced_by, "phase", roll_phase_name(n->phase), "podsTotal",
			n->pods_total, "podsLeft", n->pods_left, "podsBefore", n->pods_before,
			"podsAfter", n->pods_after, "took", (json_int_t)n->took_ms, "waitsFor",
			run_log_text(n->waits_for)),
		false);
}

void run_log_progress(struct run_log *l, size_t done, size_t total, int64_t eta_ms)
{
	run_log_write(l, "progress",
		json_pack("{s:I,s:I,s:I}", "done", (json_int_t)done, "total", (json_int_t)total,
			"eta", (json_int_t)eta_ms),
		false);
}

void run_log_tasks(struct run_log *l, int done, int total)
{
	run_log_write(l, "tasks", json_pack("{s:i,s:i}", "done", done, "total", total), false);
}

void run_log_end(struct run_log *l, enum run_status s, const char *text)
{
	run_log_write(l, "end",
		json_pack("{s:s,s:o}", "status", run_status_name(s), "text", run_log_text(text)),
		true);
}
