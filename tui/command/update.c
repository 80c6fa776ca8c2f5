/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope update: kops' dry run, read; with --yes the run, followed to its end. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/kops/command.h"
#include "tui/follow.h"
#include "tui/launch.h"
#include "tui/lease.h"
#include "tui/options.h"
#include "tui/plan.h"
#include "tui/update-words.h"

#define DRY_RUN_MS (5 * 60 * 1000) /* real */

struct update_cmd {
	struct session session;
	struct update_report report;
	struct err *err;
	char version[64];
	char last[512]; /* of kops' errors */
	bool done, json;
	int code;
};

static void update_cmd_line(void *ctx, const char *line, size_t n, bool err)
{
	struct update_cmd *u = ctx;
	if (!err) {
		update_report_line(&u->report, line, n);
	} else if (n && n < sizeof(u->last)) {
		snprintf(u->last, sizeof(u->last), "%.*s", (int)n, line);
	}
}

static void update_cmd_version(void *ctx, const char *line, size_t n, bool err)
{
	struct update_cmd *u = ctx;
	if (!u->version[0]) {
		update_version_line(line, n, u->version, sizeof(u->version));
	}
}

static void update_cmd_done(void *ctx, int code, const struct err *e)
{
	struct update_cmd *u = ctx;
	u->done = true;
	u->code = code;
	if (e) {
		err_copy(u->err, e);
	}
}

static bool update_cmd_is_done(void *ctx)
{
	return ((struct update_cmd *)ctx)->done;
}

static bool update_cmd_kops(struct update_cmd *u, enum kops_verb verb,
	void (*line)(void *ctx, const char *line, size_t n, bool err))
{
	struct session *s = &u->session;
	struct kops_call call = { .verb = verb, .program = s->opts.kops, .state = s->state_url,
		.cluster = model_opened(s->model), .on_line = line, .on_done = update_cmd_done,
		.ctx = u };
	u->done = false;
	struct kops_run *run = kops_start(s->loop, &call, u->err);
	if (!run) {
		return false;
	}
	if (!loop_run_until(s->loop, update_cmd_is_done, u,
		(int64_t)(DRY_RUN_MS * s->clock.scale))) {
		char words[300];
		kops_quiet_words(run, words, sizeof(words));
		kops_cancel(run);
		err_set(u->err, ERR_TIMEOUT,
			"kops did not end within %d minutes; nothing was changed",
			DRY_RUN_MS / 60000);
		if (words[0]) {
			err_hint(u->err, "%s", words);
		}
		return false;
	}
	return !err_is_set(u->err);
}

/* ---- the report ----------------------------------------------------------------------------- */

static void update_cmd_fields(const struct update_task *t)
{
	for (size_t i = 0; i < t->nfields; i++) {
		const struct update_field *f = &t->fields[i];
		if (f->old_value || f->new_value) {
			printf("      %s: %s -> %s\n", f->name, f->old_value ? f->old_value : "",
				f->new_value ? f->new_value : "");
		}
		for (size_t k = 0; k < f->nlines; k++) {
			if (f->lines[k].sign == '+' || f->lines[k].sign == '-') {
				printf("      %c %s\n", f->lines[k].sign, f->lines[k].text);
			}
		}
	}
}

static void update_cmd_text(const struct update_cmd *u, const char *warning)
{
	if (warning[0]) {
		printf("! %s\n", warning);
	}
	if (u->report.ntasks == 0) {
		puts("No changes need to be applied.");
		return;
	}
	printf("%zu resource%s change\n", u->report.ntasks, u->report.ntasks == 1 ? "" : "s");
	for (int rank = 0; rank < UPDATE_RANKS; rank++) {
		for (size_t i = 0; i < u->report.ntasks; i++) {
			const struct update_task *t = &u->report.tasks[i];
			const char *means;
			if (update_task_rank(t, &means) != rank) {
				continue;
			}
			printf("  %s %s %s%s%s\n", update_section_text(t->section), t->type,
				t->name, means ? ": " : "", means ? means : "");
			if (rank < UPDATE_RANKS - 1) {
				update_cmd_fields(t);
			}
		}
	}
}

static void update_cmd_json(const struct update_cmd *u, const char *warning)
{
	json_t *tasks = json_array();
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < u->report.ntasks; i++) {
		const struct update_task *t = &u->report.tasks[i];
		const char *means;
		int rank = update_task_rank(t, &means);
		json_array_append_new(tasks,
			json_pack("{s:s,s:s,s:s,s:i,s:s?}", "change",
				update_section_text(t->section), "type", t->type, "name", t->name,
				"rank", rank, "means", means));
	}
	json_auto_t *j = json_pack("{s:s,s:s,s:s?,s:s?,s:o}", "event", "dry-run", "cluster",
		model_opened(u->session.model), "kops", u->version[0] ? u->version : NULL,
		"warning", warning[0] ? warning : NULL, "tasks", tasks);
	json_write(&out, j, false);
	puts(buf_str(&out));
	buf_release(&out);
}

/* The dry run, shown; an exit code, or -1 with the run's id. */
static int update_begin(struct update_cmd *u, const struct options *o, char **id)
{
	char warning[256];
	struct session *s = &u->session;
	if (!plan_settle(s, u->err) || !update_cmd_kops(u, KOPS_VERSION, update_cmd_version)) {
		return EXIT_FAILED;
	}
	if (!update_cmd_kops(u, KOPS_UPDATE_DRY, update_cmd_line)) {
		if (u->last[0] && !u->err->hint[0]) {
			err_hint(u->err, "%s", u->last);
		}
		return EXIT_FAILED;
	}
	const struct m_cluster *c = model_cluster(s->model, model_opened(s->model));
	update_version_words(u->version, c ? c->spec.kops_version : NULL, warning, sizeof(warning));
	(u->json ? update_cmd_json : update_cmd_text)(u, warning);
	fflush(stdout);
	if (u->report.ntasks == 0) {
		return EXIT_OK;
	}
	if (!o->yes) {
		fputs("Nothing was done: --yes applies it.\n", stderr);
		return EXIT_OK;
	}
	char *from = NULL;
	int rc = lease_settle(s, o, &from);
	struct launch l = { .kind = RUN_UPDATE, .engine = RUN_KOPS, .take_over = from };
	if (rc < 0 && !launch_run(s, &l, id, u->err)) {
		rc = EXIT_FAILED;
	}
	free(from);
	return rc;
}

int cmd_update(const struct options *o, struct err *e)
{
	struct update_cmd u = { .err = e, .json = str_eq(o->output, "json") };
	char *id = NULL;
	session_init(&u.session, &o->session);
	update_report_init(&u.report);
	int rc = update_begin(&u, o, &id);
	update_report_release(&u.report);
	session_release(&u.session);
	if (rc < 0) {
		rc = follow_run(id, u.json, e);
	}
	free(id);
	return rc;
}
