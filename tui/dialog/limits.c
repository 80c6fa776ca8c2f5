/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limits of a cluster or a group, edited in place: the fields, what they
 * would do, then the diff, then the cluster's name typed, then written.
 *
 * States: FIELDS -> (Enter) SHOWN, with the diff -> (name typed, Enter) WRITING -> closed.
 * Esc goes one step back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/cni.h"
#include "core/rules/consequences.h"
#include "tui/app.h"
#include "tui/change.h"
#include "tui/dialog.h"
#include "tui/dialog/change-lines.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

enum field_id { FIELD_MAX_PODS, FIELD_CP_MAX_PODS, FIELD_PREFIX, FIELD_WARM, FIELD__COUNT };

struct field {
	char text[24];    /* as typed; "" is unset */
	char before[24];
	bool shown;
};

enum limits_state { LIMITS_FIELDS, LIMITS_SHOWN, LIMITS_WRITING };

struct dialog_limits {
	struct dialog d;
	struct app *app;
	char *group; /* NULL: the cluster */
	struct field fields[FIELD__COUNT];
	int at;
	enum limits_state state;
	struct findings findings;
	int replaced;
	struct pager lines; /* findings, and the diff */
	struct change *change;
	char typed[256];
	bool failed; /* why the last write failed is shown, until a field changes */
};

static const struct {
	const char *label, *unset;
} labels[FIELD__COUNT] = {
	[FIELD_MAX_PODS] = { N_("max pods, all nodes"), "formula" },
	[FIELD_CP_MAX_PODS] = { N_("max pods, control plane"), "same" },
	[FIELD_PREFIX] = { N_("prefix delegation"), "off" },
	[FIELD_WARM] = { N_("warm prefixes"), "1" },
};

static void limits_free(struct dialog *d)
{
	struct dialog_limits *l = (struct dialog_limits *)d;
	change_free(l->change);
	findings_release(&l->findings);
	pager_release(&l->lines);
	free(l->group);
	free(l);
}

/* ---- fields to wish -------------------------------------------------------------- */

static int64_t limits_number(const struct field *f)
{
	int64_t v;
	if (str_eq(f->text, f->before)) {
		return LIMITS_KEEP;
	}
	return str_to_i64(f->text, 0, INT64_MAX, &v) ? v : LIMITS_UNSET;
}

static struct limits_edit limits_wish(const struct dialog_limits *l)
{
	const struct field *f = l->fields;
	struct limits_edit e = { .group = l->group, .max_pods = limits_number(&f[FIELD_MAX_PODS]),
		.cp_max_pods = LIMITS_KEEP, .warm_prefix = LIMITS_KEEP, .warm_ip = LIMITS_KEEP,
		.minimum_ip = LIMITS_KEEP, .prefix = LIMITS_KEEP };
	if (!l->group) {
		e.cp_max_pods = limits_number(&f[FIELD_CP_MAX_PODS]);
		e.warm_prefix = limits_number(&f[FIELD_WARM]);
		if (!str_eq(f[FIELD_PREFIX].text, f[FIELD_PREFIX].before)) {
			e.prefix = str_eq(f[FIELD_PREFIX].text, "on");
		}
	}
	return e;
}

static bool limits_touched(const struct dialog_limits *l)
{
	for (int i = 0; i < FIELD__COUNT; i++) {
		if (!str_eq(l->fields[i].text, l->fields[i].before)) {
			return true;
		}
	}
	return false;
}

static void limits_judge(struct dialog_limits *l)
{
	findings_release(&l->findings);
	pager_release(&l->lines);
	l->replaced = 0;
	l->failed = false;
	if (!limits_touched(l)) {
		return;
	}
	struct limits_edit wish = limits_wish(l);
	l->replaced = consequences_of(l->app->session->model, &wish, &l->findings);
	pager_add(&l->lines, STYLE_BOLD, "%s", tr("What this does"));
	change_lines_said(&l->lines, &l->findings, app_cols(l->app) - 2, l->app->ascii);
}

/* ---- drawing ------------------------------------------------------------------------ */

static int limits_draw_fields(struct dialog_limits *l, struct grid *g, int y)
{
	for (int i = 0; i < FIELD__COUNT; i++) {
		const struct field *f = &l->fields[i];
		if (!f->shown) {
			continue;
		}
		bool here = i == l->at && l->state == LIMITS_FIELDS;
		const char *label =
			tr(l->group && i == FIELD_MAX_PODS ? N_("max pods, this group")
				: labels[i].label);
		grid_put(g, 1, y, 1, STYLE_ACCENT, here ? (g->ascii ? ">" : "\xe2\x96\xb8") : " ");
		grid_putf(g, 3, y, 26, here ? STYLE_BOLD : STYLE_NORMAL, "%s", label);
		grid_put_right(g, 28, y, 9, STYLE_DIM, f->before[0] ? f->before : labels[i].unset);
		grid_put(g, 38, y, 2, STYLE_DIM, g->ascii ? "->" : "\xe2\x86\x92");
		grid_put(g, 41, y, 1, STYLE_DIM, "[");
		bool changed = !str_eq(f->text, f->before);
		const char *shown = f->text[0] ? f->text : labels[i].unset;
		int w = grid_put(g, 42, y, 10, changed ? STYLE_ACCENT : STYLE_NORMAL, shown);
		grid_put(g, 42 + (w > 8 ? w : 8), y, 1, STYLE_DIM, "]");
		if (here && i == FIELD_PREFIX) {
			grid_put(g, 53, y, 26, STYLE_DIM, tr("Space turns it"));
		} else if (here) {
			grid_put(g, 53, y, 26, STYLE_DIM, tr("a number; empty: unset"));
			g->cursor_x = 42 + (f->text[0] ? w : 0);
			g->cursor_y = y;
		}
		y++;
	}
	return y;
}

static void limits_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_limits *l = (struct dialog_limits *)d;
	int end = y + rows;
	grid_putf(g, 1, y, g->cols - 2, STYLE_NORMAL, "%s%s%s", model_opened(a->session->model),
		l->group ? tr(", group ") : "", l->group ? l->group : "");
	grid_put_right(g, g->cols - 24, y, 23, STYLE_DIM,
		l->state == LIMITS_WRITING ? tr("writing ...") : tr("nothing written yet"));
	y = limits_draw_fields(l, g, y + 2) + 1;
	bool ask = l->state == LIMITS_SHOWN && l->change &&
		   change_get_state(l->change) == CHANGE_READY;
	pager_draw(&l->lines, g, y, end - y - (ask ? 2 : 0));
	if (ask) {
		int x = 1 + grid_put(g, 1, end - 1, g->cols - 2, STYLE_BOLD,
				    tr("Type the cluster's name to write: "));
		x += grid_put(g, x, end - 1, g->cols - x - 1, STYLE_ACCENT, l->typed);
		g->cursor_x = x;
		g->cursor_y = end - 1;
	}
}

static const char *limits_keys(struct dialog *d, struct app *a)
{
	switch (((struct dialog_limits *)d)->state) {
	case LIMITS_FIELDS:
		return "Up/Down:field Space:on/off Enter:diff PgDn:scroll Esc:leave_as_it_is";
	case LIMITS_SHOWN:
		return "Enter:write PgUp/PgDn:scroll Esc:back_to_the_fields";
	case LIMITS_WRITING:
		break;
	}
	return "";
}

/* ---- the change under way -------------------------------------------------------------- */

static void limits_written(struct dialog_limits *l)
{
	struct app *a = l->app;
	app_say(a, STYLE_OK, tr("written: %s.  u shows and applies the update"),
		change_path(l->change));
	a->dialog = NULL;
	dialog_close(&l->d);
}

/* What the text shows by itself: why it is refused, or what to know before it is written. */
static void limits_text_said(struct dialog_limits *l)
{
	const struct findings *said = change_findings(l->change);
	size_t before = l->lines.n;
	pager_add(&l->lines, STYLE_BOLD, "%s", tr("The text itself"));
	change_lines_warned(&l->lines, said, app_cols(l->app) - 2, l->app->ascii);
	if (l->lines.n == before + 1) {
		free(l->lines.v[--l->lines.n].text); /* there is nothing to say */
	}
}

static void limits_moved(void *ctx)
{
	struct dialog_limits *l = ctx;
	struct app *a = l->app;
	a->dirty = true;
	switch (change_get_state(l->change)) {
	case CHANGE_READY:
		if (!change_diff(l->change)[0]) {
			app_say(a, STYLE_WARN, "%s",
				tr("nothing changes: the spec says so already"));
			l->state = LIMITS_FIELDS;
			return;
		}
		pager_add(&l->lines, STYLE_NORMAL, "%s", "");
		/* The findings were read before Enter: now the text is what matters. */
		l->lines.top = l->lines.n;
		limits_text_said(l);
		pager_add(&l->lines, STYLE_BOLD, "%s", change_path(l->change));
		pager_add_diff(&l->lines, change_diff(l->change));
		break;
	case CHANGE_DONE:
		limits_written(l);
		break;
	case CHANGE_FAILED:
		app_say_err(a, change_error(l->change));
		l->state = LIMITS_FIELDS;
		l->failed = true;
		if (change_their_diff(l->change)[0]) {
			pager_release(&l->lines);
			change_lines_conflict(&l->lines, change_diff(l->change),
				change_their_diff(l->change), app_cols(a) - 2);
		} else {
			limits_text_said(l);
		}
		break;
	case CHANGE_FETCHING:
	case CHANGE_WRITING:
		break;
	}
}

static void limits_show(struct dialog_limits *l, struct app *a)
{
	if (!limits_touched(l)) {
		app_say(a, STYLE_WARN, "%s", tr("nothing is changed yet"));
		return;
	}
	limits_judge(l);
	if (findings_refuse(&l->findings)) {
		app_say(a, STYLE_BAD, tr("refused: see the lines marked %s"),
			a->ascii ? "x" : "\xe2\x9c\x97");
		return;
	}
	struct limits_edit wish = limits_wish(l);
	change_free(l->change);
	l->typed[0] = '\0';
	l->state = LIMITS_SHOWN;
	l->change = change_start(a->session, &wish, limits_moved, l);
}

/* ---- keys ------------------------------------------------------------------------------ */

static void limits_step(struct dialog_limits *l, int by)
{
	for (int i = l->at + by; i >= 0 && i < FIELD__COUNT; i += by) {
		if (l->fields[i].shown) {
			l->at = i;
			return;
		}
	}
}

/* With prefixes the number of warm ones is written down as well, though 1 is the default: who
   reads the spec later sees what holds. */
static void limits_follow(struct dialog_limits *l, bool prefix)
{
	struct field *warm = &l->fields[FIELD_WARM];
	if (!warm->before[0] && (prefix ? !warm->text[0] : str_eq(warm->text, "1"))) {
		snprintf(warm->text, sizeof(warm->text), "%s", prefix ? "1" : "");
	}
}

static enum dialog_result limits_key_fields(struct dialog_limits *l, struct app *a, uint32_t key)
{
	struct field *f = &l->fields[l->at];
	if (key == KEY_ESC_) {
		return DIALOG_CLOSE;
	}
	if (key == KEY_ENTER_) {
		limits_show(l, a);
	} else if (key == KEY_PGUP || key == KEY_PGDN) {
		pager_key(&l->lines, key, app_body_rows(a) - FIELD__COUNT - 3);
	} else if (key == KEY_UP_ || key == KEY_BACKTAB) {
		limits_step(l, -1);
	} else if (key == KEY_DOWN_ || key == KEY_TAB_) {
		limits_step(l, 1);
	} else if (l->at == FIELD_PREFIX) {
		if (key == ' ' || key == KEY_LEFT_ || key == KEY_RIGHT_) {
			bool on = !str_eq(f->text, "on");
			snprintf(f->text, sizeof(f->text), "%s", on ? "on" : "off");
			limits_follow(l, on);
			limits_judge(l);
		}
	} else if (key == KEY_BACKSPACE_ || key == KEY_CTRL_('u') || (key >= '0' && key <= '9')) {
		dialog_edit(f->text, 12, key);
		limits_judge(l);
	}
	return DIALOG_STAY;
}

static enum dialog_result limits_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_limits *l = (struct dialog_limits *)d;
	a->message[0] = '\0';
	if (l->state == LIMITS_FIELDS) {
		return limits_key_fields(l, a, key);
	}
	if (l->state == LIMITS_WRITING) {
		return DIALOG_STAY; /* the write is on its way: its answer decides */
	}
	if (key == KEY_ESC_) {
		l->state = LIMITS_FIELDS;
		limits_judge(l);
		return DIALOG_STAY;
	}
	if (key == KEY_ENTER_) {
		if (!l->change || change_get_state(l->change) != CHANGE_READY) {
			return DIALOG_STAY;
		}
		if (!str_eq(l->typed, model_opened(a->session->model))) {
			app_say(a, STYLE_WARN, tr("type %s to write, Esc to go back"),
				model_opened(a->session->model));
			return DIALOG_STAY;
		}
		l->state = LIMITS_WRITING;
		change_commit(l->change);
		return DIALOG_STAY;
	}
	if (key == ' ' || !pager_key(&l->lines, key, rows - 8)) {
		dialog_edit(l->typed, sizeof(l->typed), key);
	}
	return DIALOG_STAY;
}

/* ---- what is stored ---------------------------------------------------------------------- */

/* NULL: it cannot be read, or is not there; then *problem says why. */
static const struct m_cluster *limits_spec(const struct app *a, const char *group,
	const struct m_group **g, const char **problem)
{
	const struct model *m = a->session->model;
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	*g = group ? model_group(m, group) : NULL;
	*problem = c && c->spec.problem ? c->spec.problem
		: *g && (*g)->spec.problem ? (*g)->spec.problem : "not in the store";
	bool good = c && !c->spec.problem &&
		(!group || (*g && (*g)->has_spec && !(*g)->spec.problem));
	return good ? c : NULL;
}

/* What a field is now, and with it what it shall be unless that was typed. */
static bool limits_field(struct dialog_limits *l, enum field_id id, const char *now)
{
	struct field *f = &l->fields[id];
	bool touched = f->shown && !str_eq(f->text, f->before);
	bool other = f->shown && !str_eq(f->before, now);
	f->shown = true;
	snprintf(f->before, sizeof(f->before), "%s", now);
	if (!touched) {
		memcpy(f->text, f->before, sizeof(f->text));
	}
	return other;
}

static bool limits_count(struct dialog_limits *l, enum field_id id, int64_t value)
{
	char now[24] = "";
	if (value >= 0) {
		snprintf(now, sizeof(now), "%" PRId64, value);
	}
	return limits_field(l, id, now);
}

/* Takes over what the stored spec says; true when that is other than it was. */
static bool limits_take_stored(struct dialog_limits *l)
{
	const struct m_group *g;
	const char *problem;
	const struct m_cluster *c = limits_spec(l->app, l->group, &g, &problem);
	if (!c) {
		return false;
	}
	bool other = limits_count(l, FIELD_MAX_PODS, g ? g->spec.max_pods : c->spec.max_pods);
	if (l->group) {
		return other;
	}
	struct cni_settings cni;
	cni_from_spec(&c->spec, &cni);
	other |= limits_count(l, FIELD_CP_MAX_PODS, c->spec.cp_max_pods);
	if (!cni.amazonvpc) {
		return other;
	}
	other |= limits_field(l, FIELD_PREFIX, cni.prefix ? "on" : "off");
	const struct env_entry *env = env_last(c->spec.env, c->spec.nenv, "WARM_PREFIX_TARGET");
	int64_t warm = -1;
	if (env) {
		str_to_i64(env->value, 0, INT32_MAX, &warm);
	}
	return limits_count(l, FIELD_WARM, warm) || other;
}

/* Only differences are written: beside a spec that moved, those shown must be to what is there. */
static void limits_changed(struct dialog *d, struct app *a)
{
	struct dialog_limits *l = (struct dialog_limits *)d;
	if (l->state != LIMITS_FIELDS) {
		return;
	}
	if (limits_take_stored(l)) {
		app_say(a, STYLE_WARN, "%s",
			tr("the stored spec has changed: what was not touched here follows it"));
	}
	if (!l->failed) {
		limits_judge(l);
	}
}

static const struct dialog_ops limits_ops = {
	.title = "Limits", .keys = limits_keys, .draw = limits_draw, .key = limits_key,
	.changed = limits_changed, .free = limits_free,
};

struct dialog *dialog_limits_new(struct app *a, const char *group, int64_t max_pods, bool prefix)
{
	const struct m_group *g;
	const char *problem;
	if (!limits_spec(a, group, &g, &problem)) {
		app_say(a, STYLE_BAD, "the spec cannot be read: %s", problem);
		return NULL;
	}
	struct dialog_limits *l = xcalloc(1, sizeof(*l));
	l->d.ops = &limits_ops;
	l->app = a;
	l->group = xstrdup(group);
	limits_take_stored(l);
	if (prefix && l->fields[FIELD_PREFIX].shown) {
		snprintf(l->fields[FIELD_PREFIX].text, sizeof(l->fields[0].text), "on");
		limits_follow(l, true);
	}
	if (max_pods >= 0) {
		snprintf(l->fields[FIELD_MAX_PODS].text, sizeof(l->fields[0].text), "%" PRId64,
			max_pods);
	}
	limits_judge(l);
	return &l->d;
}
