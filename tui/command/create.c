/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kopscope create: the command that makes a cluster of these fields, and what
 * they and the world say about it; with --dry-run the spec that kops would
 * store, with --yes the cluster, as a run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/command.h"
#include "core/kops/create.h"
#include "tui/create-live.h"
#include "tui/create-run.h"
#include "tui/follow.h"
#include "tui/options.h"

#define LOOK_MS 30000      /* real: for the world's answers */
#define DRY_RUN_MS 120000  /* real */
#define LINE_CELLS 78

struct create_cmd {
	struct session session;
	struct create_plan plan;
	bool touched[CREATE__COUNT];
	struct create_live *live;
	struct create_findings findings;
	struct err *err;
	bool done; /* kops has ended */
};

static void create_cmd_answered(void *ctx)
{
	struct create_cmd *c = ctx;
	create_live_defaults(c->live, &c->plan, c->touched);
	create_live_ask(c->live, &c->plan);
}

static bool create_cmd_looked(void *ctx)
{
	const struct create_cmd *c = ctx;
	const struct source_status *store = model_source(c->session.model, SRC_STORE);
	return create_live_done(c->live) && store->state != SOURCE_ASKED &&
	       store->state != SOURCE_OFF;
}

static bool create_cmd_fields(struct create_cmd *c, const struct options *o)
{
	create_plan_init(&c->plan);
	for (int f = 0; f < CREATE__COUNT; f++) {
		for (size_t i = 0; i < o->edits.n; i++) {
			if (str_eq(o->edits.v[i].name, create_word((enum create_field)f))) {
				create_set(&c->plan, (enum create_field)f, o->edits.v[i].value);
				c->touched[f] = true;
			}
		}
	}
	if (o->session.cluster) {
		create_set(&c->plan, CREATE_NAME, o->session.cluster);
		c->touched[CREATE_NAME] = true;
	}
	return true;
}

static void create_cmd_text(struct create_cmd *c)
{
	struct strlist lines = { 0 };
	create_lines(&c->plan, LINE_CELLS, &lines);
	for (size_t i = 0; i < lines.n; i++) {
		puts(lines.v[i]);
	}
	strlist_release(&lines);
	fflush(stdout);
	for (size_t i = 0; i < c->findings.n; i++) {
		const struct create_finding *f = &c->findings.v[i];
		fprintf(stderr, "%s: %s%s%s\n", create_level_name(f->level),
			f->field < CREATE__COUNT ? create_word(f->field) : "",
			f->field < CREATE__COUNT ? ": " : "", f->text);
	}
}

static void create_cmd_json(struct create_cmd *c)
{
	json_auto_t *j = json_object();
	json_t *argv = json_array(), *findings = json_array();
	struct strlist args = { 0 };
	struct buf out = BUF_INIT;
	char *line = create_command(&c->plan);
	create_args(&c->plan, &args);
	for (size_t i = 0; i < args.n; i++) {
		json_array_append_new(argv, json_string(args.v[i]));
	}
	for (size_t i = 0; i < c->findings.n; i++) {
		const struct create_finding *f = &c->findings.v[i];
		json_array_append_new(findings, json_pack("{s:s,s:s?,s:s}", "level",
			create_level_name(f->level), "field",
			f->field < CREATE__COUNT ? create_word(f->field) : NULL, "text", f->text));
	}
	json_object_set_new(j, "command", json_string(line));
	json_object_set_new(j, "argv", argv);
	json_object_set_new(j, "findings", findings);
	json_write(&out, j, false);
	puts(buf_str(&out));
	buf_release(&out);
	strlist_release(&args);
	free(line);
}

static void create_cmd_line(void *ctx, const char *line, size_t n, bool err)
{
	fprintf(err ? stderr : stdout, "%.*s\n", (int)n, line);
}

static void create_cmd_done(void *ctx, int code, const struct err *e)
{
	struct create_cmd *c = ctx;
	c->done = true;
	if (e) {
		err_copy(c->err, e);
	}
}

static bool create_cmd_is_done(void *ctx)
{
	return ((struct create_cmd *)ctx)->done;
}

static int create_cmd_dry_run(struct create_cmd *c)
{
	struct strlist args = { 0 };
	const char *extra[64] = { NULL };
	struct session *s = &c->session;
	create_args(&c->plan, &args);
	strlist_add(&args, "--dry-run");
	strlist_add(&args, "--output=yaml");
	for (size_t i = 0; i < args.n && i < 63; i++) {
		extra[i] = args.v[i];
	}
	create_run_features(&c->plan);
	struct kops_call call = { .verb = KOPS_CREATE, .program = s->opts.kops, .extra = extra,
		.on_line = create_cmd_line, .on_done = create_cmd_done, .ctx = c };
	struct kops_run *run = kops_start(s->loop, &call, c->err);
	if (run && !loop_run_until(s->loop, create_cmd_is_done, c,
		(int64_t)(DRY_RUN_MS * s->clock.scale))) {
		kops_cancel(run);
		err_set(c->err, ERR_TIMEOUT, "kops did not end within two minutes");
	}
	strlist_release(&args);
	return err_is_set(c->err) ? EXIT_FAILED : EXIT_OK;
}

/* Looked, told, and what was asked for is done; -1 with the run's id. */
static int create_cmd_run(struct create_cmd *c, const struct options *o, char **id)
{
	struct session *s = &c->session;
	session_start(s);
	c->live = create_live_new(s, create_cmd_answered, c);
	create_cmd_answered(c);
	loop_run_until(s->loop, create_cmd_looked, c, (int64_t)(LOOK_MS * s->clock.scale));
	create_check(&c->plan, &c->findings);
	create_live_findings(c->live, &c->plan, &c->findings);
	create_findings_sort(&c->findings);
	if (str_eq(o->output, "json")) {
		create_cmd_json(c);
	} else if (!o->dry_run) {
		create_cmd_text(c);
	}
	if (create_refused(&c->findings)) {
		if (o->dry_run && !o->output) {
			create_cmd_text(c);
		}
		return EXIT_GUARD;
	}
	if (o->dry_run) {
		return create_cmd_dry_run(c);
	}
	if (!o->yes) {
		fputs("Nothing was done: --yes makes it, --dry-run shows the spec.\n", stderr);
		return EXIT_OK;
	}
	return create_run_start(s, &c->plan, id, c->err) ? -1 : EXIT_FAILED;
}

int cmd_create(const struct options *o, struct err *e)
{
	struct create_cmd c = { .err = e };
	char *id = NULL;
	session_init(&c.session, &o->session);
	create_cmd_fields(&c, o);
	int rc = create_cmd_run(&c, o, &id);
	create_live_free(c.live);
	create_findings_release(&c.findings);
	create_plan_release(&c.plan);
	session_release(&c.session);
	if (rc < 0) {
		rc = follow_run(id, str_eq(o->output, "json"), e);
	}
	free(id);
	return rc;
}
