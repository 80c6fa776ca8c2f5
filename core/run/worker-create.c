/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run that makes a cluster, by kops alone: create (writes the spec), update
 * (makes what the spec asks for), export kubeconfig, and validate until all
 * nodes are there and the cluster is healthy.  What validate prints is the
 * progress: machines that boot, nodes that joined, nodes that are ready.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/output.h"
#include "core/run/journal.h"
#include "core/run/worker-internal.h"

enum create_step { STEP_CREATE, STEP_UPDATE, STEP_EXPORT, STEP_VALIDATE, STEP__COUNT };

static const struct {
	enum kops_verb verb;
	const char *action;   /* in the journal; NULL: writes nothing */
	const char *extra[2]; /* behind what the verb brings */
	const char *failed;   /* what is so when it fails */
} steps[STEP__COUNT] = {
	[STEP_CREATE] = { KOPS_CREATE, "kops create", { NULL }, "Nothing was made." },
	[STEP_UPDATE] = { KOPS_UPDATE, "kops update", { NULL },
		"The spec is stored, parts of the cloud's side may be made: u goes on." },
	[STEP_EXPORT] = { KOPS_EXPORT_KUBECONFIG, "kops export kubeconfig", { "--admin", NULL },
		"The cluster starts; there is no kubeconfig for it yet." },
	[STEP_VALIDATE] = { KOPS_VALIDATE, NULL, { "--wait=30m", NULL },
		"The cluster is made, but not healthy so far." },
};

struct create_node {
	struct roll_node pub;
	char *instance, *group;
	int64_t seen; /* mono ms */
};

/* Which table of validate's the lines are of. */
enum create_table { TABLE_NONE, TABLE_GROUPS, TABLE_NODES, TABLE_ERRORS };

struct worker_create {
	struct worker *w;
	enum create_step step, last_step;
	struct kops_run *run;
	struct journal_call call;
	struct strlist argv; /* of create */
	char *out;           /* terraform's folder; NULL: direct */
	char *log_path;
	struct create_node *nodes;
	size_t nnodes, cap;
	size_t wanted;       /* nodes that the groups ask for */
	enum create_table table;
	bool head;           /* the table's titles come next */
	char waits[160];
};

static int64_t create_now(const struct worker_create *c)
{
	return clock_mono(loop_clock(c->w->world.loop));
}

/* ---- nodes ---- */

static struct create_node *create_node_of(struct worker_create *c, const char *name)
{
	struct create_node *n;
	size_t i;

	for (i = 0; i < c->nnodes; i++) {
		if (str_eq(c->nodes[i].instance, name))
			return &c->nodes[i];
	}
	c->nodes = xgrow(c->nodes, &c->cap, c->nnodes, sizeof(*c->nodes));
	n = &c->nodes[c->nnodes++];
	*n = (struct create_node){ .instance = xstrdup(name), .seen = create_now(c) };
	n->pub = (struct roll_node){ .instance = n->instance, .pods_before = -1,
		.pods_after = -1, .took_ms = -1 };
	return n;
}

static void create_progress(struct worker_create *c)
{
	size_t i, done = 0;

	for (i = 0; i < c->nnodes; i++)
		done += c->nodes[i].pub.phase == ROLL_DONE;
	run_log_progress(c->w->log, done, c->wanted > c->nnodes ? c->wanted : c->nnodes, -1);
}

static void create_node_phase(struct worker_create *c, const char *name, const char *role,
	enum roll_phase phase)
{
	struct create_node *n = create_node_of(c, name);

	if (role && !n->group) {
		n->group = xstrdup(role);
		n->pub.group = n->group;
	}
	/* a machine is named by every validation until it has joined */
	if (n->pub.phase == phase || (phase == ROLL_BOOTING && n->pub.phase > phase))
		return;
	n->pub.phase = phase;
	n->pub.took_ms = phase == ROLL_DONE ? create_now(c) - n->seen : -1;
	run_log_node(c->w->log, &n->pub);
	create_progress(c);
}

/* ---- lines ---- */

/* The next cell of a row, which moves on behind it; NULL: there is none. */
static char *create_cell(char **row)
{
	char *at = *row + strspn(*row, " \t"), *end;

	if (!*at)
		return NULL;
	end = at + strcspn(at, " \t");
	*row = *end ? end + 1 : end;
	*end = '\0';
	return at;
}

static void create_group_row(struct worker_create *c, char *row)
{
	int64_t min = 0;
	int i;
	const char *cell = NULL;

	for (i = 0; i < 4; i++)
		cell = create_cell(&row);
	if (cell && str_to_i64(cell, 0, 100000, &min))
		c->wanted += (size_t)min;
}

static void create_node_row(struct worker_create *c, char *row)
{
	const char *name = create_cell(&row), *role = create_cell(&row);
	const char *ready = create_cell(&row);

	if (ready)
		create_node_phase(c, name, role,
			str_eq(ready, "True") ? ROLL_DONE : ROLL_JOINING);
}

/* Said when it changes. */
static void create_waits(struct worker_create *c, const char *text)
{
	if (c->waits[0] && !strncmp(c->waits, text, sizeof(c->waits) - 1))
		return;
	snprintf(c->waits, sizeof(c->waits), "%s", text);
	run_log_message(c->w->log, "waits: %s", text);
}

static void create_error_row(struct worker_create *c, char *row)
{
	const char *kind = create_cell(&row), *name = create_cell(&row);
	const char *text = row + strspn(row, " \t");

	if (!name)
		return;
	if (str_eq(kind, "Machine"))
		create_node_phase(c, name, NULL, ROLL_BOOTING);
	create_waits(c, text);
	if (!str_eq(kind, "Machine"))
		c->table = TABLE_NONE; /* the first failure stands for all but machines */
}

static void create_validate_line(struct worker_create *c, const char *line, size_t n)
{
	static const struct {
		const char *title;
		enum create_table table;
	} titles[] = { { "INSTANCE GROUPS", TABLE_GROUPS }, { "NODE STATUS", TABLE_NODES },
		{ "VALIDATION ERRORS", TABLE_ERRORS } };
	char row[1024];
	size_t i;

	snprintf(row, sizeof(row), "%.*s", (int)(n < 1000 ? n : 1000), line);
	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		if (str_eq(row, titles[i].title)) {
			c->table = titles[i].table;
			c->head = true;
			c->wanted = c->table == TABLE_GROUPS ? 0 : c->wanted;
			return;
		}
	}
	if (c->head || !row[0]) {
		c->table = row[0] ? c->table : TABLE_NONE;
		c->head = false;
	} else if (c->table == TABLE_GROUPS) {
		create_group_row(c, row);
	} else if (c->table == TABLE_NODES) {
		create_node_row(c, row);
	} else if (c->table == TABLE_ERRORS) {
		create_error_row(c, row);
	}
}

/* "W1122 ... (will retry): unexpected error during validation: ...": no API server yet. */
static void create_retry_line(struct worker_create *c, const char *line, size_t n)
{
	static const char mark[] = "(will retry): ", odd[] = "unexpected error during validation: ";
	char *text = xstrndup(line, n), *at = strstr(text, mark), *why;

	why = at ? strstr(at, odd) : NULL;
	if (why)
		create_waits(c, why + sizeof(odd) - 1);
	free(text);
}

static void create_on_line(void *ctx, const char *line, size_t n, bool err)
{
	struct worker_create *c = ctx;
	int done, total;

	if (c->step == STEP_VALIDATE && !err)
		create_validate_line(c, line, n);
	else if (c->step == STEP_VALIDATE)
		create_retry_line(c, line, n);
	else if (c->step == STEP_UPDATE && update_progress_line(line, n, &done, &total))
		run_log_tasks(c->w->log, done, total);
}

/* ---- steps ---- */

static struct journal_entry create_entry(const struct worker_create *c)
{
	return (struct journal_entry){ .cluster = c->w->meta.cluster, .run = c->w->id,
		.action = steps[c->step].action, .target = c->w->meta.cluster };
}

static void create_journal(struct worker_create *c, const struct err *result)
{
	struct journal_entry j = create_entry(c);
	struct err e = ERR_INIT;

	j.result = result;
	if (j.action && !journal_answer(clock_wall(loop_clock(c->w->world.loop)), &c->call, &j,
		true, &e))
		fprintf(stderr, "journal: %s\n", e.text);
}

static bool create_step(struct worker_create *c, struct err *e);

static void create_end(struct worker_create *c)
{
	if (c->out)
		worker_end(c->w, RUN_SUCCEEDED, "The spec is stored, and terraform's files are in "
			"%s: terraform apply there makes the cluster.", c->out);
	else
		worker_end(c->w, RUN_SUCCEEDED, "%s is up: %zu node%s ready, and it validates.",
			c->w->meta.cluster, c->nnodes, c->nnodes == 1 ? "" : "s");
}

static void create_on_done(void *ctx, int code, const struct err *e)
{
	struct worker_create *c = ctx;
	struct err why = ERR_INIT;
	const char *failed = steps[c->step].failed;

	c->run = NULL;
	create_journal(c, e);
	if (code != 0 || e) {
		worker_end(c->w, RUN_FAILED, "%s %s", e ? e->text : "kops failed.", failed);
	} else if (c->step == c->last_step) {
		create_end(c);
	} else {
		c->step++;
		if (!create_step(c, &why))
			worker_end(c->w, RUN_FAILED, "%s %s", why.text, steps[c->step].failed);
	}
}

static bool create_step(struct worker_create *c, struct err *e)
{
	const char *const *argv = steps[c->step].extra;
	const char **extra = NULL;
	struct journal_entry j = create_entry(c);
	struct kops_call call;
	char *line;
	size_t i;

	if (c->step == STEP_CREATE) {
		extra = xcalloc(c->argv.n + 1, sizeof(*extra));
		for (i = 0; i < c->argv.n; i++)
			extra[i] = c->argv.v[i];
		argv = extra;
	}
	call = (struct kops_call){
		.verb = steps[c->step].verb, .state = c->w->meta.state,
		.cluster = c->w->meta.cluster, .extra = argv, .log_path = c->log_path,
		.on_line = create_on_line, .on_done = create_on_done, .ctx = c,
	};
	line = kops_command_line(&call);
	run_log_message(c->w->log, "%s", line);
	free(line);
	if (!j.action
		|| journal_ask(clock_wall(loop_clock(c->w->world.loop)), &j, 1, &c->call, e)) {
		c->run = kops_start(c->w->world.loop, &call, e);
		if (!c->run)
			create_journal(c, e);
	}
	free(extra);
	return c->run != NULL;
}

bool worker_create_start(struct worker *w, struct err *e)
{
	struct worker_create *c = xcalloc(1, sizeof(*c));
	const char *text = w->meta.options ? w->meta.options : "";
	json_auto_t *j = json_parse(text, strlen(text), NULL);
	const char *flags = json_str(j, "features");
	json_t *word;
	size_t i;

	w->create = c;
	c->w = w;
	c->last_step = STEP_VALIDATE;
	json_array_foreach(json_path(j, "argv"), i, word)
		strlist_add(&c->argv, json_is_string(word) ? json_string_value(word) : "");
	if (!c->argv.n || str_empty(w->meta.state))
		return err_set(e, ERR_USAGE, "the run says no command");
	if (json_str(j, "out")) {
		c->out = xstrdup(json_str(j, "out"));
		c->last_step = STEP_CREATE;
	}
	if (flags)
		setenv("KOPS_FEATURE_FLAGS", flags, 1);
	c->log_path = run_path(w->id, "kops.log");
	return create_step(c, e);
}

bool worker_create_word(struct worker *w, const char *word)
{
	struct worker_create *c = w->create;
	struct err stopped = ERR_INIT;

	if (!str_eq(word, "stop") || !c->run)
		return false;
	kops_cancel(c->run);
	c->run = NULL;
	err_set(&stopped, ERR_CANCELLED, "stopped by the user");
	create_journal(c, &stopped);
	worker_end(w, RUN_USER_STOPPED, "Stopped by the user. What is made stays: kops delete "
		"cluster %s --yes removes it.", w->meta.cluster);
	return true;
}

void worker_create_free(struct worker_create *c)
{
	size_t i;

	if (!c)
		return;
	if (c->run)
		kops_cancel(c->run);
	for (i = 0; i < c->nnodes; i++) {
		free(c->nodes[i].instance);
		free(c->nodes[i].group);
	}
	free(c->nodes);
	strlist_release(&c->argv);
	free(c->out);
	free(c->log_path);
	free(c);
}
