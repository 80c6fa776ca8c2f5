/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An instance group's spec, edited in place: the fields with what they would do, then the diff,
 * then, where nodes will be replaced, the cluster's name typed, then written.
 *
 * States: READING -> FIELDS -> (Enter) SHOWN -> (Enter) WRITING -> closed.  Esc goes one step back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "core/rules/consequences.h"
#include "tui/app.h"
#include "tui/change.h"
#include "tui/dialog.h"
#include "tui/dialog/change-lines.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"
#include "tui/spec-edit.h"

/* A field is one setting of the editor's table; a key that ends in a dot all of its names, as
   "name=value,name=value". */
static const struct {
	const char *key, *label, *unset, *hint;
} fields[] = {
	{ "minSize", N_("fewest nodes"), N_("by role"), N_("a number") },
	{ "maxSize", N_("most nodes"), N_("by role"), N_("a number") },
	{ "machineType", N_("machine type"), N_("kops' choice"), N_("like t3.medium") },
	{ "image", N_("image"), N_("kops' choice"), "ami-..., owner/name, ssm:/..." },
	{ "rootVolumeSize", N_("root volume, GiB"), N_("kops' choice"), N_("a number") },
	{ "rootVolumeType", N_("root volume type"), "gp3", "gp3, io2, ..." },
	{ "subnets", N_("subnets"), N_("all"), N_("joined by commas") },
	{ "taints", N_("taints"), N_("none"), N_("key=value:Effect, commas") },
	{ "nodeLabels.", N_("node labels"), N_("none"), N_("name=value, commas") },
	{ "cloudLabels.", N_("cloud tags"), N_("none"), N_("name=value, commas") },
	{ "rollingUpdate.maxSurge", N_("surge in a roll"), "1", N_("a number or 25%") },
	{ "rollingUpdate.maxUnavailable", N_("away in a roll"), "0", N_("a number or 25%") },
};

#define NFIELDS ((int)(sizeof(fields) / sizeof(*fields)))
#define VALUE_X 22
#define OPS_MAX 64

enum group_state { GROUP_READING, GROUP_FIELDS, GROUP_SHOWN, GROUP_WRITING };

struct field {
	char text[1024], before[1024];
};

struct dialog_group {
	struct dialog d;
	struct app *app;
	char *group;
	struct field v[sizeof(fields) / sizeof(*fields)];
	int at;
	enum group_state state;
	struct change *read;   /* the text that the fields are of */
	struct change *change; /* the edit that is shown */
	struct edit_op ops[OPS_MAX];
	struct strlist texts;  /* what the ops point to */
	size_t nops;
	int replaced;
	bool refused;
	bool failed; /* why the last write failed is shown, until a field changes */
	struct pager lines;
	char typed[256];
};

static void group_free(struct dialog *d)
{
	struct dialog_group *g = (struct dialog_group *)d;
	change_free(g->read);
	change_free(g->change);
	strlist_release(&g->texts);
	pager_release(&g->lines);
	free(g->group);
	free(g);
}

/* ---- fields to ops ----------------------------------------------------------------- */

static void group_op(struct dialog_group *g, const char *key, const char *value)
{
	if (g->nops == OPS_MAX) {
		return;
	}
	strlist_add(&g->texts, key);
	g->ops[g->nops].key = g->texts.v[g->texts.n - 1];
	g->ops[g->nops].value = NULL;
	if (value) {
		strlist_add(&g->texts, value);
		g->ops[g->nops].value = g->texts.v[g->texts.n - 1];
	}
	g->nops++;
}

/* Splits "name=value" at the first =; name alone has an empty value. */
static void group_named(struct dialog_group *g, const char *key, char *pair, bool set)
{
	char *eq = strchr(pair, '=');
	char *name = eq ? xstrndup(pair, (size_t)(eq - pair)) : xstrdup(pair);
	char *full = xasprintf("%s%s", key, name);
	group_op(g, full, set ? (eq ? eq + 1 : "") : NULL);
	free(full);
	free(name);
}

static bool group_has_name(const struct strlist *l, const char *pair)
{
	size_t n = strcspn(pair, "=");
	for (size_t i = 0; i < l->n; i++) {
		if (strcspn(l->v[i], "=") == n && memcmp(l->v[i], pair, n) == 0) {
			return true;
		}
	}
	return false;
}

static bool group_has(const struct strlist *l, const char *pair)
{
	for (size_t i = 0; i < l->n; i++) {
		if (str_eq(l->v[i], pair)) {
			return true;
		}
	}
	return false;
}

static void group_names(struct dialog_group *g, const char *key, const struct field *f)
{
	struct strlist was = { .n = 0 }, is = { .n = 0 };
	strlist_split(&was, f->before, ',');
	strlist_split(&is, f->text, ',');
	for (size_t i = 0; i < was.n; i++) {
		if (*was.v[i] && !group_has_name(&is, was.v[i])) {
			group_named(g, key, was.v[i], false);
		}
	}
	for (size_t i = 0; i < is.n; i++) {
		if (*is.v[i] && !group_has(&was, is.v[i])) {
			group_named(g, key, is.v[i], true);
		}
	}
	strlist_release(&was);
	strlist_release(&is);
}

static void group_ops(struct dialog_group *g)
{
	strlist_release(&g->texts);
	g->nops = 0;
	for (int i = 0; i < NFIELDS; i++) {
		const struct field *f = &g->v[i];
		if (str_eq(f->text, f->before)) {
			continue;
		}
		if (str_ends(fields[i].key, ".")) {
			group_names(g, fields[i].key, f);
		} else {
			group_op(g, fields[i].key, f->text[0] ? f->text : NULL);
		}
	}
}

/* What the edit would do, and what speaks against it. */
static void group_judge(struct dialog_group *g)
{
	struct findings said = { .n = 0 };
	struct buf out = BUF_INIT;
	struct spec_limits limits;
	size_t len;
	const char *text = change_before(g->read, &len);
	pager_release(&g->lines);
	group_ops(g);
	g->replaced = 0;
	g->refused = false;
	g->failed = false;
	if (!g->nops) {
		return;
	}
	bool ok = spec_edit(text, len, g->ops, g->nops, &out, &said, NULL);
	if (ok && spec_limits_init(&limits, g->group, text, len, buf_str(&out), out.len)) {
		g->replaced = consequences_of(g->app->session->model, &limits.edit, &said);
	}
	if (ok) {
		spec_limits_release(&limits);
	}
	g->refused = findings_refuse(&said);
	pager_add(&g->lines, STYLE_BOLD, "%s", tr("What this does"));
	change_lines_said(&g->lines, &said, app_cols(g->app) - 2, g->app->ascii);
	findings_release(&said);
	buf_release(&out);
}

/* ---- reading ------------------------------------------------------------------------- */

static void group_take(void *ctx, const struct edit_setting *s, const char *key,
	const char *value, size_t line)
{
	struct dialog_group *g = ctx;
	for (int i = 0; i < NFIELDS; i++) {
		struct field *f = &g->v[i];
		size_t n = strlen(f->before), named = strlen(fields[i].key);
		if (!str_eq(s->key, fields[i].key)) {
			continue;
		}
		if (str_ends(fields[i].key, ".")) {
			snprintf(f->before + n, sizeof(f->before) - n, "%s%s=%s", n ? "," : "",
				key + named, value);
		} else {
			snprintf(f->before, sizeof(f->before), "%s", value);
		}
	}
	(void)line;
}

static void group_read(void *ctx)
{
	struct dialog_group *g = ctx;
	size_t len;
	g->app->dirty = true;
	if (change_get_state(g->read) == CHANGE_FAILED) {
		app_say_err(g->app, change_error(g->read));
		pager_add(&g->lines, STYLE_BAD, "%s", change_error(g->read)->text);
		return;
	}
	const char *text = change_before(g->read, &len);
	edit_each(text, len, group_take, g);
	for (int i = 0; i < NFIELDS; i++) {
		memcpy(g->v[i].text, g->v[i].before, sizeof(g->v[i].text));
	}
	g->state = GROUP_FIELDS;
}

/* ---- drawing ------------------------------------------------------------------------- */

/* The end of a long value is where one types. */
static const char *group_tail(const char *text, int cells)
{
	while (*text && text_width(text) > cells) {
		do {
			text++;
		} while (((unsigned char)*text & 0xc0) == 0x80);
	}
	return text;
}

/* A value in so many cells, with a mark where some of it is left out. */
static void group_value(const char *text, int cells, bool typed, bool ascii, struct buf *out)
{
	const char *dots = ascii ? "~" : "\xe2\x80\xa6";
	if (!typed) {
		text_cut_end(out, text, cells, ascii);
	} else if (text_width(text) <= cells) {
		buf_adds(out, text);
	} else {
		buf_addf(out, "%s%s", dots, group_tail(text, cells - 1));
	}
}

static void group_draw_field(const struct dialog_group *g, struct grid *grid, int i, int y)
{
	const struct field *f = &g->v[i];
	bool here = i == g->at && g->state == GROUP_FIELDS;
	bool changed = !str_eq(f->text, f->before);
	int right = changed || here ? 28 : 0;
	int cells = grid->cols - VALUE_X - 3 - right;
	struct buf shown = BUF_INIT;
	group_value(f->text[0] ? f->text : tr(fields[i].unset), cells - 1, here, grid->ascii,
		&shown);
	grid_put(grid, 1, y, 1, STYLE_ACCENT, here ? (grid->ascii ? ">" : "\xe2\x96\xb8") : " ");
	grid_put(grid, 3, y, VALUE_X - 4, here ? STYLE_BOLD : STYLE_NORMAL,
		tr(fields[i].label));
	int w = grid_put(grid, VALUE_X, y, cells,
		changed ? STYLE_ACCENT : f->text[0] ? STYLE_NORMAL : STYLE_DIM, buf_str(&shown));
	buf_release(&shown);
	if (here) {
		grid->cursor_x = VALUE_X + (f->text[0] ? w : 0);
		grid->cursor_y = y;
	}
	struct buf note = BUF_INIT;
	if (changed) {
		buf_addf(&note, tr("was %s"),
			f->before[0] ? f->before : tr(fields[i].unset));
	} else if (here) {
		buf_adds(&note, tr(fields[i].hint));
	}
	struct buf cut = BUF_INIT;
	text_cut_end(&cut, buf_str(&note), 27, grid->ascii);
	grid_put_right(grid, grid->cols - 28, y, 27, STYLE_DIM, buf_str(&cut));
	buf_release(&cut);
	buf_release(&note);
}

/* On a small screen those around the one in hand, so that the findings keep their room. */
static int group_draw_fields(const struct dialog_group *g, struct grid *grid, int y, int rows)
{
	int most = !g->lines.n ? rows - 3 : g->failed ? 3 : rows - 9 < 5 ? 5 : rows - 9;
	int first = 0, n = NFIELDS < most ? NFIELDS : most;
	if (g->state == GROUP_SHOWN || g->state == GROUP_WRITING) {
		return y;
	}
	if (g->at >= n) {
		first = g->at - n + 1;
	}
	for (int i = 0; i < n; i++) {
		group_draw_field(g, grid, first + i, y + i);
	}
	if (first + n < NFIELDS) {
		grid_putf(grid, 3, y + n, 30, STYLE_DIM, "%s %s",
			grid->ascii ? "v" : "\xe2\x96\xbe", tr("more below"));
	}
	return y + n + 1;
}

static bool group_asks(const struct dialog_group *g)
{
	return g->state == GROUP_SHOWN && g->change &&
		change_get_state(g->change) == CHANGE_READY;
}

static void group_draw(struct dialog *d, struct app *a, struct grid *grid, int y, int rows)
{
	struct dialog_group *g = (struct dialog_group *)d;
	int end = y + rows;
	char *where = xasprintf(tr("%s, group %s"), model_opened(a->session->model), g->group);
	struct buf head = BUF_INIT;
	text_cut_middle(&head, where, grid->cols - 27, grid->ascii);
	grid_put(grid, 1, y, grid->cols - 26, STYLE_NORMAL, buf_str(&head));
	buf_release(&head);
	free(where);
	grid_put_right(grid, grid->cols - 24, y, 23, STYLE_DIM,
		g->state == GROUP_READING ? tr("reading ...") :
		g->state == GROUP_WRITING ? tr("writing ...") : tr("nothing written yet"));
	y = g->state == GROUP_READING ? y + 2 : group_draw_fields(g, grid, y + 1, rows - 1);
	bool ask = group_asks(g);
	pager_draw(&g->lines, grid, y, end - y - (ask ? 2 : 0));
	if (ask && g->replaced > 0) {
		int x = 1 + grid_put(grid, 1, end - 1, grid->cols - 2, STYLE_BOLD,
			tr("Nodes will be replaced.  Type the cluster's name to write: "));
		x += grid_put(grid, x, end - 1, grid->cols - x - 1, STYLE_ACCENT, g->typed);
		grid->cursor_x = x;
		grid->cursor_y = end - 1;
	} else if (ask) {
		grid_put(grid, 1, end - 1, grid->cols - 2, STYLE_BOLD,
			tr("No node is replaced.  Enter writes, Esc goes back."));
	}
}

static const char *group_keys(struct dialog *d, struct app *a)
{
	switch (((struct dialog_group *)d)->state) {
	case GROUP_FIELDS:
		return "Up/Down:field C-u:empty Enter:diff PgDn:scroll Esc:leave_as_it_is";
	case GROUP_SHOWN:
		return "Enter:write PgUp/PgDn:scroll Esc:back_to_the_fields";
	case GROUP_READING:
		return "Esc:leave";
	case GROUP_WRITING:
		break;
	}
	return "";
}

/* ---- the change under way ------------------------------------------------------------ */

static void group_failed(struct dialog_group *g)
{
	app_say_err(g->app, change_error(g->change));
	g->state = GROUP_FIELDS;
	g->failed = true;
	pager_release(&g->lines);
	if (change_their_diff(g->change)[0]) {
		change_lines_conflict(&g->lines, change_diff(g->change),
			change_their_diff(g->change), app_cols(g->app) - 2);
	} else {
		change_lines_said(&g->lines, change_findings(g->change), app_cols(g->app) - 2,
			g->app->ascii);
	}
}

static void group_moved(void *ctx)
{
	struct dialog_group *g = ctx;
	struct app *a = g->app;
	a->dirty = true;
	switch (change_get_state(g->change)) {
	case CHANGE_READY:
		if (!change_diff(g->change)[0]) {
			app_say(a, STYLE_WARN, "nothing changes: the spec says so already");
			g->state = GROUP_FIELDS;
			return;
		}
		pager_add(&g->lines, STYLE_BOLD, "%s", change_path(g->change));
		pager_add_diff(&g->lines, change_diff(g->change));
		break;
	case CHANGE_DONE:
		app_say(a, STYLE_OK, "written: %s.  u shows and applies the update",
			change_path(g->change));
		a->dialog = NULL;
		dialog_close(&g->d);
		break;
	case CHANGE_FAILED:
		group_failed(g);
		break;
	case CHANGE_FETCHING:
	case CHANGE_WRITING:
		break;
	}
}

static void group_show(struct dialog_group *g, struct app *a)
{
	group_judge(g);
	if (!g->nops) {
		app_say(a, STYLE_WARN, "nothing is changed yet");
		return;
	}
	if (g->refused) {
		app_say(a, STYLE_BAD, "refused: see the lines marked %s",
			a->ascii ? "x" : "\xe2\x9c\x97");
		return;
	}
	change_free(g->change);
	g->typed[0] = '\0';
	g->state = GROUP_SHOWN;
	g->change = change_start_ops(a->session, model_opened(a->session->model), g->group,
		g->ops, g->nops, group_moved, g);
}

/* ---- keys ---------------------------------------------------------------------------- */

static enum dialog_result group_key_fields(struct dialog_group *g, struct app *a, uint32_t key,
	int rows)
{
	struct field *f = &g->v[g->at];
	if (key == KEY_ENTER_) {
		group_show(g, a);
	} else if (key == KEY_PGUP || key == KEY_PGDN) {
		pager_key(&g->lines, key, rows > 13 ? rows - 13 : 1);
	} else if (key == KEY_UP_ || key == KEY_BACKTAB) {
		g->at -= g->at > 0;
	} else if (key == KEY_DOWN_ || key == KEY_TAB_) {
		g->at += g->at + 1 < NFIELDS;
	} else if (dialog_edit(f->text, sizeof(f->text), key)) {
		group_judge(g);
	}
	return DIALOG_STAY;
}

static enum dialog_result group_key_shown(struct dialog_group *g, struct app *a, uint32_t key,
	int rows)
{
	const char *name = model_opened(a->session->model);
	if (key == KEY_ESC_) {
		g->state = GROUP_FIELDS;
		group_judge(g);
	} else if (key == KEY_ENTER_ && group_asks(g)) {
		if (g->replaced > 0 && !str_eq(g->typed, name)) {
			app_say(a, STYLE_WARN, "type %s to write, Esc to go back", name);
			return DIALOG_STAY;
		}
		g->state = GROUP_WRITING;
		change_commit(g->change);
	} else if (key == ' ' || !pager_key(&g->lines, key, rows - 4)) {
		dialog_edit(g->typed, sizeof(g->typed), key);
	}
	return DIALOG_STAY;
}

static enum dialog_result group_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_group *g = (struct dialog_group *)d;
	a->message[0] = '\0';
	switch (g->state) {
	case GROUP_SHOWN:
		return group_key_shown(g, a, key, rows);
	case GROUP_WRITING:
		return DIALOG_STAY; /* the write is on its way: its answer decides */
	case GROUP_FIELDS:
		if (key != KEY_ESC_) {
			return group_key_fields(g, a, key, rows);
		}
		break;
	case GROUP_READING:
		break;
	}
	return key == KEY_ESC_ ? DIALOG_CLOSE : DIALOG_STAY;
}

static void group_changed(struct dialog *d, struct app *a)
{
	struct dialog_group *g = (struct dialog_group *)d;
	if (g->state == GROUP_FIELDS && g->nops && !g->failed) {
		group_judge(g);
	}
}

static const struct dialog_ops group_ops_table = {
	.title = "Group", .keys = group_keys, .draw = group_draw, .key = group_key,
	.changed = group_changed, .free = group_free,
};

struct dialog *dialog_group_new(struct app *a, const char *group)
{
	const struct model *m = a->session->model;
	const struct m_group *mg = group ? model_group(m, group) : NULL;
	if (!mg || !mg->has_spec || mg->spec.problem) {
		app_say(a, STYLE_BAD, "the spec cannot be read: %s",
			mg && mg->spec.problem ? mg->spec.problem : "not in the store");
		return NULL;
	}
	struct dialog_group *g = xcalloc(1, sizeof(*g));
	g->d.ops = &group_ops_table;
	g->app = a;
	g->group = xstrdup(group);
	g->read = change_start_ops(a->session, model_opened(m), group, NULL, 0, group_read, g);
	return &g->d;
}
