/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One number: the replicas of a Deployment, or the desired size of an instance
 * group.  The present number stands beside it; Enter sets, Esc leaves all as it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"

struct dialog_scale {
	struct dialog d;
	struct app *app;
	char *ns, *name; /* ns NULL: an instance group */
	char *asg;
	int32_t present, min, max;
	char input[16];
	bool sent;
	struct journal_call call;
};

static void scale_free(struct dialog *d)
{
	struct dialog_scale *s = (struct dialog_scale *)d;
	free(s->ns);
	free(s->name);
	free(s->asg);
	free(s);
}

/* Free places for one more pod on nodes that take pods at all: a bound, not a promise. */
static int64_t scale_room(const struct model *m)
{
	size_t n;
	int64_t room = 0;
	const struct m_node *const *v = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		bool closed = v[i]->node.unschedulable || v[i]->node.ready != TRI_YES;
		for (size_t k = 0; k < v[i]->node.ntaints; k++) {
			closed |= !str_eq(v[i]->node.taints[k].effect, "PreferNoSchedule");
		}
		int64_t left = v[i]->node.alloc_pods - v[i]->npods;
		room += !closed && left > 0 ? left : 0;
	}
	return room;
}

/* Whether there is room for so many more pods. */
static char *scale_said(int64_t more, int64_t room)
{
	char pods[24], places[24];
	snprintf(pods, sizeof(pods), "%" PRId64, more);
	snprintf(places, sizeof(places), "%" PRId64, room);
	char *said = xasprintf(tr("%s more pods; the nodes have %s free places"), pods, places);
	char *whole = more > room ? xasprintf(tr("%s: some will wait"), said) : xstrdup(said);
	free(said);
	return whole;
}

static void scale_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_scale *s = (struct dialog_scale *)d;
	int64_t wanted = -1;
	grid_putf(g, 2, y + 1, g->cols - 4, STYLE_NORMAL, "%s%s%s", s->ns ? s->ns : "",
		s->ns ? "/" : "", s->name);
	int x = 2 + grid_putf(g, 2, y + 3, 40, STYLE_NORMAL, "%s  %d %s ",
			    s->ns ? tr("replicas") : tr("nodes"), s->present,
			    g->ascii ? "->" : "\xe2\x86\x92");
	x += grid_put(g, x, y + 3, 1, STYLE_DIM, "[");
	x += grid_put(g, x, y + 3, 12, STYLE_ACCENT, s->input);
	g->cursor_x = x;
	g->cursor_y = y + 3;
	grid_put(g, x + (s->input[0] ? 0 : 1), y + 3, 1, STYLE_DIM, "]");
	if (!str_to_i64(s->input, 0, 1000000, &wanted)) {
		return;
	}
	if (s->ns) {
		int64_t more = wanted - s->present, room = scale_room(a->session->model);
		if (more > 0) {
			char *said = scale_said(more, room);
			grid_put(g, 2, y + 5, g->cols - 4, more > room ? STYLE_WARN : STYLE_DIM,
				said);
			free(said);
		}
		return;
	}
	grid_putf(g, 2, y + 5, g->cols - 4,
		wanted < s->min || wanted > s->max ? STYLE_BAD : STYLE_DIM,
		tr("the group allows %d to %d; kops keeps those bounds in its spec"), s->min,
		s->max);
	if (wanted < s->present) {
		grid_put(g, 2, y + 6, g->cols - 4, STYLE_WARN,
			tr("fewer nodes: AWS chooses which one goes, without a drain"));
	}
}

static char *scale_what(const struct dialog_scale *s)
{
	return xasprintf("%s%s%s", s->ns ? s->ns : "", s->ns ? "/" : "", s->name);
}

static bool scale_journal_ask(struct dialog_scale *s, struct app *a)
{
	char *what = scale_what(s), before[16];
	struct err e = ERR_INIT;
	snprintf(before, sizeof(before), "%d", s->present);
	struct journal_entry j = { .cluster = model_opened(a->session->model), .action = "scale",
		.target = what, .before = before, .after = s->input };
	bool ok = journal_ask(clock_wall(&a->session->clock), &j, 1, &s->call, &e);
	if (!ok) {
		app_say_err(a, &e);
	}
	free(what);
	return ok;
}

static void scale_done(void *ctx, const struct err *e)
{
	struct dialog_scale *s = ctx;
	struct app *a = s->app;
	char *what = scale_what(s);
	struct journal_entry j = { .cluster = model_opened(a->session->model), .action = "scale",
		.target = what, .result = e };
	journal_answer(clock_wall(&a->session->clock), &s->call, &j, true, NULL);
	if (!s->d.closed) {
		if (e) {
			app_say_err(a, e);
			s->sent = false;
		} else {
			app_say(a, STYLE_OK, tr("%s set to %s"), what, s->input);
			log_add(&a->session->log, clock_wall(&a->session->clock), STYLE_OK,
				"%s set to %s", what, s->input);
			if (a->dialog == &s->d) {
				a->dialog = NULL;
			}
			s->d.closed = true;
			session_refresh(a->session);
		}
		a->dirty = true;
	}
	free(what);
	dialog_back(&s->d);
}

static enum dialog_result scale_send(struct dialog_scale *s, struct app *a)
{
	int64_t wanted;
	if (!str_to_i64(s->input, 0, 1000000, &wanted)) {
		app_say(a, STYLE_BAD, "%s", tr("a whole number, 0 or more"));
		return DIALOG_STAY;
	}
	if (!s->ns && (wanted < s->min || wanted > s->max)) {
		app_say(a, STYLE_BAD, tr("the group allows %d to %d"), s->min, s->max);
		return DIALOG_STAY;
	}
	if (!scale_journal_ask(s, a)) {
		return DIALOG_STAY;
	}
	s->sent = true;
	dialog_busy(&s->d);
	if (s->ns) {
		a->session->kube->ops->scale(
			a->session->kube, s->ns, s->name, (int32_t)wanted, scale_done, s);
	} else {
		a->session->cloud->ops->set_desired(
			a->session->cloud, s->asg, (int32_t)wanted, scale_done, s);
	}
	return DIALOG_STAY;
}

static enum dialog_result scale_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_scale *s = (struct dialog_scale *)d;
	if (key == KEY_ESC_) {
		return DIALOG_CLOSE;
	}
	if (s->sent) {
		return DIALOG_STAY;
	}
	if (key == KEY_ENTER_) {
		return scale_send(s, a);
	}
	if (key == KEY_BACKSPACE_ || key == KEY_CTRL_('u') || (key >= '0' && key <= '9')) {
		dialog_edit(s->input, 8, key);
	}
	return DIALOG_STAY;
}

static const struct dialog_ops scale_ops = {
	.title = "Scale", .keybar = "Enter:set Esc:leave_as_it_is",
	.draw = scale_draw, .key = scale_key, .free = scale_free,
};

struct dialog *dialog_scale_new(struct app *a, const char *ns, const char *name, int32_t replicas,
	int32_t proposed)
{
	if (!a->session->kube) {
		app_say_err(a, &a->session->k8s_err);
		return NULL;
	}
	struct dialog_scale *s = xcalloc(1, sizeof(*s));
	s->d.ops = &scale_ops;
	s->app = a;
	s->ns = xstrdup(ns);
	s->name = xstrdup(name);
	s->present = replicas;
	if (proposed >= 0) {
		snprintf(s->input, sizeof(s->input), "%d", proposed);
	}
	return &s->d;
}

struct dialog *dialog_resize_new(struct app *a, const char *group, int32_t size)
{
	const struct m_group *g = group ? model_group(a->session->model, group) : NULL;
	if (!a->session->cloud || !g || !g->has_asg) {
		app_say(a, STYLE_WARN, "the group's Auto Scaling group is not known");
		return NULL;
	}
	struct dialog_scale *s = xcalloc(1, sizeof(*s));
	s->d.ops = &scale_ops;
	s->app = a;
	s->name = xstrdup(group);
	s->asg = xstrdup(g->asg.name);
	s->present = g->asg.desired;
	s->min = g->asg.min;
	s->max = g->asg.max;
	snprintf(s->input, sizeof(s->input), "%d", size);
	return &s->d;
}
