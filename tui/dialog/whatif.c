/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What if: sliders for limits, prefixes, warm targets, nodes and replicas, and
 * what would follow.  Nothing is written, and nothing is promised.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/cni.h"
#include "core/rules/subnet-need.h"
#include "core/rules/whatif.h"
#include "core/rules/words.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"

enum slider_id { SL_REPLICAS, SL_MAX_PODS, SL_PREFIX, SL_WARM_PREFIX, SL_WARM_IP, SL_MINIMUM,
	SL_NODES, SL__COUNT };

struct slider {
	int64_t value, present; /* -1: not known; then it cannot be moved */
	int64_t min, max, step;
};

struct dialog_whatif {
	struct dialog d;
	char *group, *ns, *deployment;
	struct slider sliders[SL__COUNT];
	int at;
	struct whatif_result result;
};

static const struct {
	const char *title, *help;
} titles[SL__COUNT] = {
	[SL_REPLICAS] = { N_("replicas"), N_("of the Deployment") },
	[SL_MAX_PODS] = { "maxPods", N_("of the kubelets") },
	[SL_PREFIX] = { N_("prefixes"), "ENABLE_PREFIX_DELEGATION" },
	[SL_WARM_PREFIX] = { N_("warm prefixes"), "WARM_PREFIX_TARGET" },
	[SL_WARM_IP] = { N_("warm IPs"), N_("WARM_IP_TARGET, 0 is unset") },
	[SL_MINIMUM] = { N_("least IPs"), N_("MINIMUM_IP_TARGET, 0 is unset") },
	[SL_NODES] = { N_("nodes"), N_("of the group") },
};

static int64_t slider_asked(const struct slider *s)
{
	return s->present < 0 || s->value == s->present ? -1 : s->value;
}

static void whatif_again(struct dialog_whatif *w, struct app *a)
{
	const struct slider *s = w->sliders;
	int64_t prefix = slider_asked(&s[SL_PREFIX]);
	struct whatif q = { .ns = w->ns, .deployment = w->deployment, .group = w->group,
		.replicas = (int32_t)slider_asked(&s[SL_REPLICAS]),
		.max_pods = slider_asked(&s[SL_MAX_PODS]),
		.nodes = (int32_t)slider_asked(&s[SL_NODES]),
		.prefix = prefix < 0 ? TRI_UNKNOWN : prefix ? TRI_YES : TRI_NO,
		.warm_prefix = (int32_t)slider_asked(&s[SL_WARM_PREFIX]),
		.warm_ip = (int32_t)slider_asked(&s[SL_WARM_IP]),
		.minimum_ip = (int32_t)slider_asked(&s[SL_MINIMUM]) };
	whatif_release(&w->result);
	whatif_compute(a->session->model, &q, &w->result);
}

/* The kubelets' common limit; -1: there is none. */
static int64_t whatif_max_pods(const struct model *m, const char *group)
{
	size_t n;
	int64_t max = -1;
	const struct m_node *const *v = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		bool meant = group ? str_eq(v[i]->node.group, group) :
			v[i]->node.role != ROLE_CONTROL_PLANE;
		if (meant && v[i]->node.capacity_pods > max) {
			max = v[i]->node.capacity_pods;
		}
	}
	return max;
}

static void whatif_present(struct dialog_whatif *w, const struct model *m)
{
	const struct daemonset *ds = model_daemonset(m, "kube-system", "aws-node");
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	const struct m_group *g = w->group ? model_group(m, w->group) : NULL;
	const struct deployment *d = w->deployment ?
		model_deployment(m, w->ns, w->deployment) : NULL;
	struct cni_settings cni;
	if (ds && ds->nenv) {
		cni_from_env(ds->env, ds->nenv, &cni);
	} else {
		cni_from_spec(c ? &c->spec : NULL, &cni);
	}
	const struct slider now[SL__COUNT] = {
		[SL_REPLICAS] = { 0, d ? d->replicas : -1, 0, 100000, 1 },
		[SL_MAX_PODS] = { 0, whatif_max_pods(m, w->group), 4, 250, 1 },
		[SL_PREFIX] = { 0, cni.amazonvpc ? cni.prefix : -1, 0, 1, 1 },
		[SL_WARM_PREFIX] = { 0, cni.amazonvpc ? cni.warm_prefix : -1, 0, 16, 1 },
		[SL_WARM_IP] = { 0, cni.amazonvpc ? cni.warm_ip : -1, 0, 256, 1 },
		[SL_MINIMUM] = { 0, cni.amazonvpc ? cni.minimum_ip : -1, 0, 256, 1 },
		[SL_NODES] = { 0, g ? (int64_t)g->nnodes : -1, 0, 1000, 1 },
	};
	for (int i = 0; i < SL__COUNT; i++) {
		w->sliders[i] = now[i];
		w->sliders[i].value = now[i].present;
	}
}

/* ---- drawing ---- */

static void slider_text(const struct slider *s, int64_t value, bool yes_no, char out[24])
{
	if (value < 0) {
		snprintf(out, 24, "-");
	} else if (yes_no) {
		snprintf(out, 24, "%s", value ? tr("on") : tr("off"));
	} else {
		snprintf(out, 24, "%" PRId64, value);
	}
}

static void whatif_draw_slider(const struct dialog_whatif *w, int i, struct grid *g, int y)
{
	const struct slider *s = &w->sliders[i];
	char was[24], now[24];
	bool moved = s->value != s->present, here = w->at == i;
	slider_text(s, s->present, i == SL_PREFIX, was);
	slider_text(s, s->value, i == SL_PREFIX, now);
	grid_put(g, 1, y, 1, STYLE_ACCENT, here ? ">" : " ");
	grid_put(g, 3, y, 14, s->present < 0 ? STYLE_DIM : STYLE_NORMAL, tr(titles[i].title));
	grid_put_right(g, 17, y, 6, STYLE_DIM, was);
	grid_put(g, 25, y, 2, STYLE_DIM, moved ? g->ascii ? "->" : "\xe2\x86\x92" : "");
	grid_put_right(g, 27, y, 6, moved ? STYLE_ACCENT : STYLE_DIM, moved ? now : "");
	const char *help = s->present >= 0 ? tr(titles[i].help) :
		i == SL_NODES ? tr("choose a group to change its nodes") :
		i == SL_REPLICAS ? tr("choose a Deployment to change its replicas") :
		tr("not known");
	grid_put(g, 36, y, g->cols - 38, STYLE_DIM, i == SL_REPLICAS && s->present >= 0 ?
		w->deployment : i == SL_NODES && s->present >= 0 ? w->group : help);
}

static int whatif_draw_pods(const struct whatif_result *r, struct grid *g, int y)
{
	grid_putf(g, 2, y, g->cols - 4, r->left ? STYLE_WARN : STYLE_OK,
		tr("%lld pod%s want%s a place: %lld would fit, %lld would wait%s"),
		(long long)r->want, r->want == 1 ? "" : "s", r->want == 1 ? "s" : "",
		(long long)r->fit, (long long)r->left, r->bound_only ? tr(" (at best)") : "");
	y++;
	grid_putf(g, 2, y, g->cols - 4, STYLE_NORMAL,
		tr("%lld of %lld places taken on open nodes before that"), (long long)r->used,
		(long long)r->slots);
	y++;
	if (r->no_address) {
		grid_putf(g, 2, y, g->cols - 4, STYLE_BAD,
			tr("%zu node%s would have more pods than addresses: they stick in "
				"ContainerCreating"), r->no_address, r->no_address == 1 ? "" : "s");
		y++;
	}
	return y + 1;
}

static int whatif_draw_subnets(const struct whatif_result *r, struct grid *g, int y, int end)
{
	for (size_t i = 0; i < r->nsubnets && y < end; i++, y++) {
		const struct whatif_subnet *s = &r->subnets[i];
		char ips[WORDS_COUNT_SIZE], room[WORDS_COUNT_SIZE], blocks[WORDS_COUNT_SIZE];
		char left[WORDS_COUNT_SIZE];
		words_count(ips, s->ips);
		words_count(blocks, s->blocks);
		words_count(room, s->subnet->free_ips);
		words_count(left, s->subnet->free_blocks);
		int x = 2 + grid_put(g, 2, y, 20, STYLE_NORMAL, subnet_word(s->subnet));
		x += grid_putf(g, x, y, g->cols - x - 2, STYLE_DIM,
			tr("  holds %s addresses, %s /28; free now %s, %s /28"), ips, blocks,
			s->subnet->free_ips < 0 ? "?" : room,
			s->subnet->free_blocks < 0 ? "?" : left);
		if (s->enough == TRI_NO) {
			grid_put(g, x + 2, y, 12, STYLE_BAD, tr("too few"));
		}
	}
	return y + 1;
}

static void whatif_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_whatif *w = (struct dialog_whatif *)d;
	const struct whatif_result *r = &w->result;
	int end = y + rows - 1;
	for (int i = 0; i < SL__COUNT; i++) {
		whatif_draw_slider(w, i, g, y++);
	}
	y = whatif_draw_pods(r, g, y + 1);
	y = whatif_draw_subnets(r, g, y, end);
	if (y < end && (r->replaced || r->added || r->removed)) {
		int x = 2 + grid_putf(g, 2, y, g->cols - 4, STYLE_WARN,
			tr("changes hands: %zu of %zu nodes replaced%s"), r->replaced, r->nodes,
			r->env_change ? tr(" (the control plane too)") : "");
		if (r->added || r->removed) {
			grid_putf(g, x, y, g->cols - x - 2, STYLE_WARN,
				tr(", %zu added, %zu removed"),
				r->added, r->removed);
		}
	}
	g->cursor_x = -1;
}

/* ---- keys ---- */

static void slider_move(struct slider *s, int64_t by)
{
	if (s->present < 0) {
		return;
	}
	int64_t v = s->value + by;
	/* Where it is may lie outside what it can be moved to. */
	int64_t low = s->present < s->min ? s->present : s->min;
	int64_t high = s->present > s->max ? s->present : s->max;
	s->value = v < low ? low : v > high ? high : v;
}

static enum dialog_result whatif_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_whatif *w = (struct dialog_whatif *)d;
	struct slider *s = &w->sliders[w->at];
	switch (key) {
	case KEY_ESC_:
	case KEY_ENTER_:
		return DIALOG_CLOSE;
	case KEY_UP_:
		w->at = (w->at + SL__COUNT - 1) % SL__COUNT;
		return DIALOG_STAY;
	case KEY_DOWN_:
	case KEY_TAB_:
		w->at = (w->at + 1) % SL__COUNT;
		return DIALOG_STAY;
	case KEY_LEFT_:
	case '-':
		slider_move(s, -s->step);
		break;
	case KEY_RIGHT_:
	case '+':
		slider_move(s, s->step);
		break;
	case KEY_PGDN:
		slider_move(s, -10 * s->step);
		break;
	case KEY_PGUP:
		slider_move(s, 10 * s->step);
		break;
	case '0':
		s->value = s->present;
		break;
	default:
		return DIALOG_STAY;
	}
	whatif_again(w, a);
	return DIALOG_STAY;
}

/* What is may have changed; what was asked stays. */
static void whatif_changed(struct dialog *d, struct app *a)
{
	struct dialog_whatif *w = (struct dialog_whatif *)d;
	struct slider before[SL__COUNT];
	memcpy(before, w->sliders, sizeof(before));
	whatif_present(w, a->session->model);
	for (int i = 0; i < SL__COUNT; i++) {
		if (before[i].value != before[i].present && w->sliders[i].present >= 0) {
			w->sliders[i].value = before[i].value;
		}
	}
	whatif_again(w, a);
}

static void whatif_free(struct dialog *d)
{
	struct dialog_whatif *w = (struct dialog_whatif *)d;
	whatif_release(&w->result);
	free(w->group);
	free(w->ns);
	free(w->deployment);
	free(w);
}

static const struct dialog_ops whatif_ops = {
	.title = "What if (nothing is written)",
	.keybar = "Up/Down:choose Left/Right:change PgUp/PgDn:by_ten 0:as_it_is Esc:close",
	.draw = whatif_draw, .key = whatif_key, .changed = whatif_changed, .free = whatif_free,
};

struct dialog *dialog_whatif_new(struct app *a, const char *group, const char *ns,
	const char *deployment)
{
	struct dialog_whatif *w = xcalloc(1, sizeof(*w));
	w->d.ops = &whatif_ops;
	w->group = xstrdup(group);
	w->ns = xstrdup(ns);
	w->deployment = xstrdup(deployment);
	w->at = SL_MAX_PODS;
	whatif_present(w, a->session->model);
	whatif_again(w, a);
	return &w->d;
}
