/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CNI's model: addresses that ipamd holds against pods, by the four targets
 * and the mode, on an instance type; to choose between speed and waste.  What
 * was chosen goes on to the spec or, for the moment, to the DaemonSet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/cni/state.h"
#include "core/rules/eni-pool.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/plot.h"

#define PODS_MAX 250
#define TYPES_MAX 16

enum knob_id { KNOB_TYPE, KNOB_PODS, KNOB_PREFIX, KNOB_WARM_PREFIX, KNOB_WARM_IP, KNOB_MINIMUM,
	KNOB_WARM_ENI, KNOB__COUNT };

struct knob {
	int32_t value, present, min, max;
};

struct dialog_cni {
	struct dialog d;
	struct knob knobs[KNOB__COUNT];
	int at;
	char *group;
	const struct eni_limits *types[TYPES_MAX]; /* of the groups of workers */
	int32_t ntypes, max_pods;
	struct cni_settings settings; /* as they hold now */
	int32_t held[PODS_MAX + 1];
};

static const struct {
	const char *title, *name; /* name: of the variable; NULL: a matter of the model alone */
} titles[KNOB__COUNT] = {
	[KNOB_TYPE] = { N_("instance type"), NULL },
	[KNOB_PODS] = { N_("max pods"), NULL },
	[KNOB_PREFIX] = { N_("prefixes"), "ENABLE_PREFIX_DELEGATION" },
	[KNOB_WARM_PREFIX] = { N_("warm prefixes"), "WARM_PREFIX_TARGET" },
	[KNOB_WARM_IP] = { N_("warm IPs"), "WARM_IP_TARGET" },
	[KNOB_MINIMUM] = { N_("least IPs"), "MINIMUM_IP_TARGET" },
	[KNOB_WARM_ENI] = { N_("warm ENIs"), "WARM_ENI_TARGET" },
};

/* ---- what is --------------------------------------------------------------------- */

static void cni_add_type(struct dialog_cni *d, const char *name)
{
	const struct eni_limits *l = eni_lookup(name);
	for (int32_t i = 0; l && i < d->ntypes; i++) {
		if (d->types[i] == l) {
			return;
		}
	}
	if (l && d->ntypes < TYPES_MAX) {
		d->types[d->ntypes++] = l;
	}
}

/* The types of the group, then those of the other groups of workers, and its max pods. */
static void cni_look_groups(struct dialog_cni *d, const struct model *m, const char *group)
{
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	size_t n;
	const struct m_group *const *g = model_groups(m, &n);
	d->max_pods = 110;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			bool first = group ? str_eq(g[i]->spec.name, group) :
				g[i]->has_spec && g[i]->spec.role == ROLE_NODE;
			if (!g[i]->has_spec || first == (pass == 1) || (pass == 1 &&
			    g[i]->spec.role != ROLE_NODE)) {
				continue;
			}
			if (pass == 0 && !d->group) {
				struct maxpods mp;
				maxpods_for_group(c ? &c->spec : NULL, &g[i]->spec, &mp);
				d->group = xstrdup(g[i]->spec.name);
				d->max_pods = mp.value > 0 && mp.value <= PODS_MAX ?
					(int32_t)mp.value : d->max_pods;
			}
			for (size_t k = 0; k < g[i]->spec.ntypes; k++) {
				cni_add_type(d, g[i]->spec.types[k]);
			}
		}
	}
}

static void cni_present(struct dialog_cni *d)
{
	const struct cni_settings *s = &d->settings;
	const struct knob now[KNOB__COUNT] = {
		[KNOB_TYPE] = { 0, 0, 0, d->ntypes - 1 },
		[KNOB_PODS] = { 0, d->max_pods, 4, PODS_MAX },
		[KNOB_PREFIX] = { 0, s->prefix, 0, 1 },
		[KNOB_WARM_PREFIX] = { 0, s->warm_prefix, 0, 16 },
		[KNOB_WARM_IP] = { 0, s->warm_ip, 0, PODS_MAX },
		[KNOB_MINIMUM] = { 0, s->minimum_ip, 0, PODS_MAX },
		[KNOB_WARM_ENI] = { 0, s->warm_eni, 0, 15 },
	};
	for (int i = 0; i < KNOB__COUNT; i++) {
		int32_t moved = d->knobs[i].value - d->knobs[i].present;
		int32_t was = d->knobs[i].value;
		d->knobs[i] = now[i];
		d->knobs[i].value = moved ? was : now[i].present;
	}
}

static struct cni_settings cni_chosen(const struct dialog_cni *d)
{
	struct cni_settings s = d->settings;
	s.mode.prefix = s.prefix = d->knobs[KNOB_PREFIX].value;
	s.warm_prefix = d->knobs[KNOB_WARM_PREFIX].value;
	s.warm_ip = d->knobs[KNOB_WARM_IP].value;
	s.minimum_ip = d->knobs[KNOB_MINIMUM].value;
	s.warm_eni = d->knobs[KNOB_WARM_ENI].value;
	return s;
}

/* Pods with an address of their own: two of a node are on the host's network. */
static int32_t cni_pods(const struct dialog_cni *d)
{
	int32_t pods = d->knobs[KNOB_PODS].value - 2;
	return pods > 1 ? pods : 1;
}

/* ---- drawing ------------------------------------------------------------------------ */

static void cni_value_text(const struct dialog_cni *d, int i, int32_t value, char out[32])
{
	if (i == KNOB_TYPE) {
		snprintf(out, 32, "%s", d->types[value]->type);
	} else if (i == KNOB_PREFIX) {
		snprintf(out, 32, "%s", value ? tr("on") : tr("off"));
	} else if (value == 0 && (i == KNOB_WARM_IP || i == KNOB_MINIMUM)) {
		snprintf(out, 32, "%s", N_("unset")); /* "unset" is told from a number */
	} else {
		snprintf(out, 32, "%d", (int)value);
	}
}

/* The rules of who wins (facts: vpc-cni 1.2), as the knobs stand. */
static bool cni_counts(const struct dialog_cni *d, int i)
{
	bool targets = d->knobs[KNOB_WARM_IP].value > 0 || d->knobs[KNOB_MINIMUM].value > 0;
	bool prefix = d->knobs[KNOB_PREFIX].value && d->types[d->knobs[KNOB_TYPE].value]->prefixes;
	return i == KNOB_WARM_PREFIX ? prefix && !targets : i == KNOB_WARM_ENI ?
		!prefix && !targets : true;
}

static void cni_draw_knob(const struct dialog_cni *d, int i, struct grid *g, int y)
{
	const struct knob *k = &d->knobs[i];
	char was[32], now[32];
	bool moved = k->value != k->present;
	enum style style = !cni_counts(d, i) ? STYLE_DIM : moved ? STYLE_ACCENT : STYLE_NORMAL;
	cni_value_text(d, i, k->present, was);
	cni_value_text(d, i, k->value, now);
	grid_put(g, 1, y, 1, STYLE_ACCENT, d->at == i ? (g->ascii ? ">" : "\xe2\x96\xb8") : " ");
	grid_put(g, 3, y, 14, d->at == i ? STYLE_BOLD : style, tr(titles[i].title));
	int x = 17;
	if (moved && i != KNOB_TYPE) {
		grid_put_right(g, x, y, 6, STYLE_DIM, tr(was));
		grid_put(g, x + 7, y, 2, STYLE_DIM, g->ascii ? "->" : "\xe2\x86\x92");
		x += 10;
	}
	int w = grid_put(g, x, y, 14, style, tr(now));
	if (!cni_counts(d, i)) {
		grid_put(g, x + w + 1, y, 8, STYLE_DIM, tr("ignored"));
	}
}

static void cni_draw_growth(const char *title, const struct eni_growth *r, struct grid *g, int y,
	enum style style)
{
	grid_put(g, 3, y, 5, style, title);
	grid_putf(g, 8, y, 31, style, "%5d%7d%7d%6d%6d", (int)r->mean_unused,
		(int)r->most_unused, (int)r->calls, (int)r->grows, (int)r->attached);
}

static int cni_draw_figures(const struct dialog_cni *d, struct grid *g, int y)
{
	const struct eni_limits *l = d->types[d->knobs[KNOB_TYPE].value];
	struct cni_settings s = cni_chosen(d);
	struct eni_growth was, is;
	struct eni_pool p;
	int32_t pods = cni_pods(d), max_pods = d->knobs[KNOB_PODS].value;
	eni_pool_growth(l, &d->settings, pods, max_pods, &was);
	eni_pool_growth(l, &s, pods, max_pods, &is);
	eni_pool_compute(l, &s, pods, max_pods, &p);
	grid_put(g, 3, y, 38, STYLE_DIM, tr("        unused     EC2  times   new"));
	grid_put(g, 3, y + 1, 38, STYLE_DIM, tr("      mean   most  calls grown  ENIs"));
	cni_draw_growth(tr("now"), &was, g, y + 2, STYLE_DIM);
	cni_draw_growth(tr("then"), &is, g, y + 3, STYLE_NORMAL);
	y += 5;
	if (!p.enough) {
		grid_putf(g, 3, y, 36, STYLE_BAD, tr("%d pods, but %d addresses: pods hang"),
			(int)pods, (int)p.ips);
	} else {
		grid_putf(g, 3, y, 36, STYLE_NORMAL, tr("%d pods: %d addresses, %d unused"),
			(int)pods, (int)p.ips, (int)(p.ips - pods));
	}
	if (d->knobs[KNOB_PREFIX].value && !l->prefixes) {
		grid_put(g, 3, y + 1, 36, STYLE_WARN, tr("this type takes no prefixes"));
	} else if (p.prefixes) {
		grid_putf(g, 3, y + 1, 36, STYLE_NORMAL, tr("in %d /28 on %d ENI%s; subnet: %d"),
			(int)p.prefixes, (int)p.enis, p.enis == 1 ? "" : "s", (int)p.subnet_ips);
	} else {
		grid_putf(g, 3, y + 1, 36, STYLE_NORMAL, tr("on %d ENI%s; of the subnet: %d"),
			(int)p.enis, p.enis == 1 ? "" : "s", (int)p.subnet_ips);
	}
	return y + 3;
}

static void cni_draw_plot(struct dialog_cni *d, struct grid *g, int y, int rows)
{
	const struct eni_limits *l = d->types[d->knobs[KNOB_TYPE].value];
	struct cni_settings s = cni_chosen(d);
	struct eni_pool p;
	int32_t pods = cni_pods(d), top = pods;
	for (int32_t i = 0; i <= pods; i++) {
		eni_pool_compute(l, &s, i, d->knobs[KNOB_PODS].value, &p);
		d->held[i] = p.ips;
		top = p.ips > top ? p.ips : top;
	}
	struct plot plot = { .v = d->held, .n = (size_t)pods + 1, .top = top, .now = -1,
		.x_title = tr("pods"),
		.y_title = g->ascii ? tr("addresses held (#), needed (.)") :
			tr("addresses held, and needed (faint)") };
	plot_draw(&plot, g, 42, y, g->cols - 44, rows);
}

static void cni_draw(struct dialog *dialog, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_cni *d = (struct dialog_cni *)dialog;
	int end = y + rows;
	grid_putf(g, 1, y, g->cols - 2, STYLE_NORMAL, tr("group %s; nothing is written here"),
		d->group ? d->group : "?");
	cni_draw_plot(d, g, y + 2, end - y - 3);
	y += 2;
	for (int i = 0; i < KNOB__COUNT; i++) {
		cni_draw_knob(d, i, g, y++);
	}
	cni_draw_figures(d, g, y + 1);
	g->cursor_x = -1;
}

static const char *cni_keys(struct dialog *d, struct app *a)
{
	return a->session->opts.readonly ?
		"Up/Down:choose Left/Right:change PgUp/PgDn:by_ten 0:as_it_is Esc:close" :
		"Up/Down:choose Left/Right:change 0:as_it_is e:spec t:live Esc:close";
}

/* ---- keys ---------------------------------------------------------------------------- */

/* Further with what was moved; the present dialog ends by that. */
static void cni_go_on(struct dialog_cni *d, struct app *a, bool live)
{
	struct env_entry env[KNOB__COUNT];
	char texts[KNOB__COUNT][32];
	size_t n = 0;
	for (int i = 0; i < KNOB__COUNT; i++) {
		const struct knob *k = &d->knobs[i];
		if (!titles[i].name || k->value == k->present) {
			continue;
		}
		cni_value_text(d, i, k->value, texts[i]);
		env[n++] = (struct env_entry){ .name = titles[i].name, .value =
			i == KNOB_PREFIX ? (k->value ? "true" : "false") :
			str_eq(texts[i], "unset") ? NULL : texts[i] };
	}
	if (!n) {
		app_say(a, STYLE_WARN, "no target is changed yet");
		return;
	}
	struct dialog *next = dialog_env_new(a, live, env, n, true);
	if (next) {
		app_open(a, next);
	}
}

static void knob_move(struct knob *k, int32_t by)
{
	int32_t low = k->present < k->min ? k->present : k->min;
	int32_t high = k->present > k->max ? k->present : k->max;
	int32_t v = k->value + by;
	k->value = v < low ? low : v > high ? high : v;
}

static enum dialog_result cni_key(struct dialog *dialog, struct app *a, uint32_t key, int rows)
{
	struct dialog_cni *d = (struct dialog_cni *)dialog;
	struct knob *k = &d->knobs[d->at];
	switch (key) {
	case KEY_ESC_:
		return DIALOG_CLOSE;
	case KEY_ENTER_:
	case 'e':
		cni_go_on(d, a, false);
		break;
	case 't':
		cni_go_on(d, a, true);
		break;
	case KEY_UP_:
		d->at = (d->at + KNOB__COUNT - 1) % KNOB__COUNT;
		break;
	case KEY_DOWN_:
	case KEY_TAB_:
		d->at = (d->at + 1) % KNOB__COUNT;
		break;
	case KEY_LEFT_:
	case '-':
		knob_move(k, -1);
		break;
	case KEY_RIGHT_:
	case '+':
		knob_move(k, 1);
		break;
	case KEY_PGDN:
		knob_move(k, -10);
		break;
	case KEY_PGUP:
		knob_move(k, 10);
		break;
	case '0':
		k->value = k->present;
		break;
	default:
		break;
	}
	return DIALOG_STAY;
}

static void cni_look_settings(struct dialog_cni *d, const struct model *m)
{
	struct cni_state s;
	cni_state_of(m, &s);
	cni_state_settings(&s, &d->settings);
	cni_state_release(&s);
	d->settings.mode.prefix = d->settings.prefix;
	cni_present(d);
}

static void cni_changed(struct dialog *dialog, struct app *a)
{
	cni_look_settings((struct dialog_cni *)dialog, a->session->model);
}

static void cni_free(struct dialog *dialog)
{
	struct dialog_cni *d = (struct dialog_cni *)dialog;
	free(d->group);
	free(d);
}

static const struct dialog_ops cni_ops = {
	.title = "Addresses against pods", .keys = cni_keys, .draw = cni_draw, .key = cni_key,
	.changed = cni_changed, .free = cni_free,
};

struct dialog *dialog_cni_new(struct app *a, const char *group)
{
	const struct model *m = a->session->model;
	struct dialog_cni *d = xcalloc(1, sizeof(*d));
	d->d.ops = &cni_ops;
	d->at = KNOB_WARM_PREFIX;
	cni_look_groups(d, m, group);
	cni_look_settings(d, m);
	if (!d->settings.amazonvpc || !d->ntypes) {
		app_say(a, STYLE_WARN, d->ntypes ? "the cluster's network is not amazonvpc" :
			"no group's instance type is known");
		cni_free(&d->d);
		return NULL;
	}
	return &d->d;
}
