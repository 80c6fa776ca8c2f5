/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CNI: every variable of aws-node as default, spec and DaemonSet have it, whose
 * word holds, and what is wrong with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/cni/state.h"
#include "tui/view.h"

enum { COL_NAME, COL_DEFAULT, COL_SPEC, COL_LIVE, COL_FROM, COL_NOTE, COL_HOLDS, COL_MEANING,
	COL_WRONG, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "variable", .title = "VARIABLE", .width = 24, .grow = 2,
		.flags = COLUMN_MIDDLE,
		.help = "of container aws-node; the image and the rollout" },
	[COL_DEFAULT] = { .id = "default", .title = "DEFAULT", .width = 8, .grow = 1,
		.help = "kops' own, else what the CNI takes when it is unset" },
	[COL_SPEC] = { .id = "spec", .title = "SPEC", .width = 7, .grow = 1,
		.help = "in the cluster's spec" },
	[COL_LIVE] = { .id = "live", .title = "LIVE", .width = 8, .grow = 1,
		.help = "in the DaemonSet as it runs" },
	[COL_FROM] = { .id = "holds_by", .title = "BY", .width = 7,
		.help = "whose word holds: default, kops, spec, forced by kops, or live alone" },
	[COL_NOTE] = { .id = "note", .title = "NOTE", .width = 8,
		.flags = COLUMN_WORD,
		.help = "ignored, wrong, unwise, or differs: live is not what kops would make" },
	[COL_HOLDS] = { .id = "holds", .title = "HOLDS", .flags = COLUMN_DATA,
		.help = "the value that holds" },
	[COL_MEANING] = { .id = "meaning", .title = "MEANING", .width = 20, .grow = 1,
		.flags = COLUMN_WIDE, .help = "what it is for" },
	[COL_WRONG] = { .id = "problem", .title = "PROBLEM", .flags = COLUMN_DATA,
		.help = "what fails or is unwise" },
};

static const struct cni_trouble *cni_worst(const struct cni_state *s, const char *name)
{
	const struct cni_trouble *worst = NULL;
	for (size_t i = 0; i < s->ntroubles; i++) {
		const struct cni_trouble *t = &s->troubles[i];
		if (str_eq(t->name, name) && (!worst || t->level > worst->level)) {
			worst = t;
		}
	}
	return worst;
}

static enum style cni_trouble_style(const struct cni_trouble *t)
{
	return t->level == FINDING_REFUSE ? STYLE_BAD : t->level == FINDING_WARN ? STYLE_WARN :
		STYLE_NORMAL;
}

/* What becomes of a live value, with regard to kops. */
static void cni_drift_text(const struct cni_entry *e, struct buf *out)
{
	const char *quote = e->live ? "\"" : "", *live = e->live ? e->live : "unset";
	if (e->spec) {
		buf_addf(out, "not applied: the spec says \"%s\", live is %s%s%s; an update brings "
			"the spec's, and overwrites a live edit", e->spec, quote, live, quote);
	} else if (e->made) {
		buf_addf(out, "temporary: live is %s%s%s, kops makes it \"%s\": kops will "
			"overwrite it at the next update that touches the addon", quote, live,
			quote, e->made);
	} else {
		buf_addf(out, "temporary: live is %s%s%s, and no spec says so; kops neither sets "
			"nor removes it: put it into the spec, or unset it here", quote, live,
			quote);
	}
}

static void cni_note(const struct cni_entry *e, const struct cni_trouble *t, struct table *out,
	struct trow *r)
{
	if (t && t->level >= FINDING_WARN) {
		table_text(out, r, COL_NOTE, cni_trouble_style(t),
			t->level == FINDING_REFUSE ? "wrong" : "unwise");
	} else if (e->drift) {
		table_text(out, r, COL_NOTE, STYLE_WARN, "differs");
	} else if (e->ignored) {
		table_text(out, r, COL_NOTE, STYLE_DIM, "ignored");
	} else if (e->var && e->var->forced && e->spec) {
		table_text(out, r, COL_NOTE, STYLE_WARN, "useless");
	} else if (!e->var) {
		table_text(out, r, COL_NOTE, STYLE_DIM, "unknown");
	} else {
		table_text(out, r, COL_NOTE, STYLE_DIM, "");
	}
}

static void cni_row(const struct cni_state *s, const struct cni_entry *e, struct table *t)
{
	const struct cni_trouble *worst = cni_worst(s, e->name);
	struct trow *r = table_row(t, e->name);
	const struct cni_var *v = e->var;
	const char *unset = !v ? NULL : v->forced ? NULL : v->kops ? v->kops : v->unset;
	enum style by = e->from == CNI_FROM_LIVE ? STYLE_WARN : e->from == CNI_FROM_SPEC ?
		STYLE_ACCENT : STYLE_DIM;
	table_text(t, r, COL_NAME, e->ignored ? STYLE_DIM : STYLE_NORMAL, e->name);
	table_text(t, r, COL_DEFAULT, STYLE_DIM, unset);
	table_text(t, r, COL_SPEC, e->spec ? STYLE_ACCENT : STYLE_DIM, e->spec);
	/* kops' own texts are long: they stand in HOLDS */
	table_text(t, r, COL_LIVE, e->drift ? STYLE_WARN : STYLE_NORMAL,
		e->live && v && v->forced && !v->forced[0] ? "set" : e->live);
	table_text(t, r, COL_FROM, by, cni_from_text(e->from));
	table_text(t, r, COL_HOLDS, STYLE_NORMAL, e->holds);
	table_text(t, r, COL_MEANING, STYLE_NORMAL, v ? v->meaning : NULL);
	table_text(t, r, COL_WRONG, STYLE_NORMAL, worst ? worst->text : NULL);
	cni_note(e, worst, t, r);
}

/* Under the row that it concerns. */
static void cni_lines(const struct view_ctx *c, const struct cni_state *s,
	const struct cni_entry *e, struct table *t)
{
	struct buf line = BUF_INIT;
	for (size_t i = 0; i < s->ntroubles; i++) {
		if (str_eq(s->troubles[i].name, e->name)) {
			view_span_wrapped(c, t, 3, cni_trouble_style(&s->troubles[i]),
				s->troubles[i].text);
		}
	}
	if (e->drift) {
		cni_drift_text(e, &line);
		view_span_wrapped(c, t, 3, STYLE_WARN, buf_str(&line));
	}
	buf_release(&line);
}

static void cni_daemonset_rows(const struct cni_state *s, struct table *t)
{
	struct trow *r = table_row(t, "image");
	const char *image = s->ds ? cni_image_tag(s->ds->image) : NULL;
	table_text(t, r, COL_NAME, STYLE_NORMAL, "image");
	table_text(t, r, COL_SPEC, STYLE_ACCENT,
		s->spec ? cni_image_tag(s->spec->cni_image) : NULL);
	table_text(t, r, COL_LIVE, STYLE_NORMAL, image);
	table_text(t, r, COL_FROM, STYLE_DIM, s->spec && s->spec->cni_image ? "spec" : "kops");
	table_text(t, r, COL_NOTE, STYLE_DIM, "");
	table_text(t, r, COL_HOLDS, STYLE_NORMAL, s->ds ? s->ds->image : NULL);
	table_text(t, r, COL_MEANING, STYLE_NORMAL, "the CNI that runs");
	if (!s->ds) {
		return;
	}
	bool rolling = cni_rolling(s->ds);
	r = table_row(t, "rollout");
	table_text(t, r, COL_NAME, STYLE_NORMAL, "rollout");
	table_textf(t, r, COL_LIVE, rolling ? STYLE_WARN : STYLE_OK, "%d/%d", s->ds->updated,
		s->ds->desired);
	table_text(t, r, COL_FROM, STYLE_DIM, "");
	table_text(t, r, COL_NOTE, rolling ? STYLE_WARN : STYLE_OK, rolling ? "rolling" : "ok");
	table_textf(t, r, COL_HOLDS, STYLE_NORMAL, "%d ready", s->ds->ready);
	table_text(t, r, COL_MEANING, STYLE_NORMAL, "aws-node's pods of the newest template");
}

/* Paths and logs are shown where somebody set them. */
static bool cni_worth(const struct cni_entry *e)
{
	return !e->var || !(e->var->flags & CNI_PLUMBING) || e->spec || e->drift;
}

static void cni_rows(const struct view_ctx *c, struct table *t)
{
	struct cni_state s;
	cni_state_of(c->model, &s);
	if (s.amazonvpc && (s.spec || s.ds)) {
		cni_daemonset_rows(&s, t);
	}
	for (size_t i = 0; i < s.n; i++) {
		if (cni_worth(&s.v[i])) {
			cni_row(&s, &s.v[i], t);
			cni_lines(c, &s, &s.v[i], t);
		}
	}
	cni_state_release(&s);
}

static void cni_detail_entry(const struct cni_entry *e, struct buf *out)
{
	const struct cni_var *v = e->var;
	buf_addf(out, "%s\n", v ? v->meaning : "not known to kopscope");
	buf_addf(out, "holds %s%s", e->holds && e->holds[0] ? e->holds : "nothing",
		e->from == CNI_FROM_CODE ? " (the CNI's own default)" :
		e->from == CNI_FROM_KOPS ? " (kops' default)" :
		e->from == CNI_FROM_SPEC ? " by the spec" :
		e->from == CNI_FROM_LIVE ? " by the DaemonSet alone" :
		" (kops sets it, whatever the spec says)");
	if (e->ignored) {
		buf_addf(out, ", and is ignored: %s", e->ignored);
	}
	buf_addc(out, '\n');
}

static void cni_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	struct cni_state s;
	cni_state_of(c->model, &s);
	const struct cni_entry *e = row ? cni_state_find(&s, row->id) : NULL;
	if (e) {
		cni_detail_entry(e, out);
	}
	if (s.ds) {
		buf_addf(out, "aws-node %s: %d of %d updated, %d ready",
			s.ds->image ? cni_image_tag(s.ds->image) : "?", s.ds->updated,
			s.ds->desired, s.ds->ready);
		if (s.ndrift) {
			buf_addf(out, "; %zu variable%s", s.ndrift,
				s.ndrift == 1 ? " differs" : "s differ");
		}
		buf_addc(out, '\n');
	}
	cni_state_release(&s);
}

static const char *cni_empty(const struct view_ctx *c)
{
	const struct m_cluster *m = model_cluster(c->model, model_opened(c->model));
	const char *trouble = view_source_trouble(c, SRC_KUBE);
	if (m && m->spec.networking && !str_eq(m->spec.networking, "amazonvpc")) {
		return "This cluster's network is not amazonvpc: there is no aws-node.";
	}
	return trouble ? trouble : "Neither the spec nor aws-node has been seen yet.";
}

const struct view view_cni = {
	.id = VIEW_CNI, .name = "cni", .title = "CNI",
	.help = "aws-node's variables: default, spec, live, which one holds",
	.source = SRC_KUBE, .columns = columns, .ncolumns = COL__COUNT,
	.rows = cni_rows, .detail = cni_detail, .empty = cni_empty, .enter = VIEW_CNI,
};
