/* SPDX-License-Identifier: Apache-2.0 */
/* Addons: what kops lists for the cluster, what was applied, and the spec's switches. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/addon.h"
#include "tui/shelf.h"
#include "tui/view.h"

enum { COL_NAME, COL_SWITCH, COL_VERSION, COL_STORE, COL_APPLIED, COL_ROLLS, COL_STATE, COL_FIELD,
	COL_HASH, COL_APPLIED_HASH, COL_MANIFEST, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "name", .title = "ADDON", .width = 18, .grow = 1,
		.flags = COLUMN_MIDDLE, .help = "as kops lists it" },
	[COL_SWITCH] = { .id = "enabled", .title = "SPEC", .width = 4,
		.help = "on or off by the cluster's spec; -: always there" },
	[COL_VERSION] = { .id = "version", .title = "VERSION", .width = 8,
		.help = "version, or kops' id of the manifest" },
	[COL_STORE] = { .id = "store", .title = "STORE", .width = 8,
		.flags = COLUMN_SPARE,
		.help = "hash of the manifest in the state store, its beginning" },
	[COL_APPLIED] = { .id = "applied", .title = "APPLIED", .width = 8,
		.flags = COLUMN_SPARE, .help = "the same of what kops-channels applied last" },
	[COL_ROLLS] = { .id = "rolls", .title = "ROLLS", .width = 5,
		.help = "nodes that ask for a roll once it changes: all, control-plane" },
	[COL_STATE] = { .id = "state", .title = "STATE", .width = 11, .grow = 1,
		.flags = COLUMN_WORD, .help = "applied, waits, off, or what an update will do" },
	[COL_FIELD] = { .id = "field", .title = "FIELD", .width = 10, .flags = COLUMN_DATA,
		.help = "field of the spec that switches it" },
	[COL_HASH] = { .id = "manifest_hash", .title = "MANIFEST HASH", .width = 64,
		.flags = COLUMN_DATA, .help = "whole hash in the state store" },
	[COL_APPLIED_HASH] = { .id = "applied_hash", .title = "APPLIED HASH", .width = 64,
		.flags = COLUMN_DATA, .help = "whole hash of what was applied" },
	[COL_MANIFEST] = { .id = "manifest", .title = "MANIFEST", .width = 20,
		.flags = COLUMN_DATA, .help = "its file below addons/" },
};

static const struct addon_applied *addons_applied(const struct view_ctx *c, const char *name)
{
	const struct kube_server *s = model_server(c->model);
	for (size_t i = 0; s && i < s->naddons; i++) {
		if (str_eq(s->addons[i].name, name)) {
			return &s->addons[i];
		}
	}
	return NULL;
}

/* What the cluster says of addons is known. */
static bool addons_told(const struct view_ctx *c)
{
	return model_source(c->model, SRC_KUBE)->arrived && model_server(c->model);
}

struct addon_seen {
	const struct addon *listed;           /* NULL: not in the channel */
	const struct addon_applied *applied;  /* NULL: no annotation */
	const struct addon_switch *sw;        /* NULL: not switched by the spec */
	bool told, on;                        /* on: by the spec, or without a switch */
};

enum addon_state {
	ADDON_APPLIED, ADDON_WAITS, ADDON_NOT_APPLIED, ADDON_UNTOLD, ADDON_COMES, ADDON_GOES,
	ADDON_OFF, ADDON_LEFT
};
static const struct {
	const char *word, *text;
	enum style style;
} states[] = {
	[ADDON_APPLIED] = {"applied", "What is listed is what was applied.", STYLE_OK},
	[ADDON_WAITS] = {"waits", "Listed anew: kops-channels applies it within a minute.",
		STYLE_WARN},
	[ADDON_NOT_APPLIED] = {"not applied",
		"Listed, but never applied: kops-channels looks once "
		"a minute.",
		STYLE_WARN},
	[ADDON_UNTOLD] = {"?", "The cluster does not tell what was applied.", STYLE_DIM},
	[ADDON_COMES] = {"u adds it", "On in the spec, not listed yet: u updates.", STYLE_WARN},
	[ADDON_GOES] = {"u delists it",
		"Off in the spec, still listed: u updates; its objects "
		"may stay until they are deleted.",
		STYLE_WARN},
	[ADDON_OFF] = {"off", "Off by the cluster's spec.", STYLE_DIM},
	[ADDON_LEFT] = {"left behind",
		"Was applied once and is listed no more: its objects may "
		"still be there.",
		STYLE_WARN},
};

static enum addon_state addons_state(const struct addon_seen *a)
{
	if (a->sw && a->on && !a->listed) {
		return ADDON_COMES;
	}
	if (a->sw && !a->on && a->listed) {
		return ADDON_GOES;
	}
	if (!a->listed) {
		return a->applied ? ADDON_LEFT : ADDON_OFF;
	}
	if (!a->told) {
		return ADDON_UNTOLD;
	}
	if (!a->applied) {
		return ADDON_NOT_APPLIED;
	}
	return str_eq(a->applied->hash, a->listed->hash) ? ADDON_APPLIED : ADDON_WAITS;
}

static void addons_see(const struct view_ctx *c, const char *name, struct addon_seen *out)
{
	const struct shelf *s = c->shelf;
	*out = (struct addon_seen){ .listed = addon_find(&s->addons, name),
		.applied = addons_applied(c, name), .sw = addon_switch_of(name),
		.told = addons_told(c), .on = true };
	for (size_t i = 0; addon_switch_at(i); i++) {
		if (addon_switch_at(i) == out->sw) {
			out->on = addon_switch_is_on(&s->switches, i);
		}
	}
}

static void addons_hash(struct table *t, struct trow *r, size_t col, enum style style,
	const char *hash)
{
	if (hash) {
		table_textf(t, r, col, style, "%.8s", hash);
	}
}

/* Without what most names have in common. */
static void addons_brief(struct table *t, struct trow *r, const char *name)
{
	static const char common[] = ".addons.k8s.io", network[] = "networking.";
	size_t n = strlen(name) - (str_ends(name, common) ? strlen(common) : 0);
	char *brief = xstrndup(name, n);
	table_brief(t, r, COL_NAME, str_starts(brief, network) ? brief + strlen(network) : brief);
	free(brief);
}

static void addons_row(const struct view_ctx *c, const char *name, struct table *t)
{
	struct addon_seen a;
	addons_see(c, name, &a);
	enum addon_state state = addons_state(&a);
	const struct addon *l = a.listed;
	struct trow *r = table_row(t, name);
	table_text(t, r, COL_NAME, state == ADDON_OFF ? STYLE_DIM : STYLE_NORMAL, name);
	addons_brief(t, r, name);
	table_text(t, r, COL_SWITCH, a.on ? STYLE_OK : STYLE_DIM,
		!a.sw || !c->shelf->switches.readable ? NULL : a.on ? "on" : "off");
	table_text(t, r, COL_VERSION, STYLE_NORMAL, l ? l->version ? l->version : l->id : NULL);
	addons_hash(t, r, COL_STORE, STYLE_NORMAL, l ? l->hash : NULL);
	addons_hash(t, r, COL_APPLIED, STYLE_NORMAL, a.applied ? a.applied->hash : NULL);
	table_text(t, r, COL_ROLLS, l && l->rolls ? STYLE_WARN : STYLE_DIM, l ? l->rolls : NULL);
	if (l && str_eq(l->rolls, "control-plane")) {
		table_brief(t, r, COL_ROLLS, "cp");
	}
	table_text(t, r, COL_STATE, states[state].style, states[state].word);
	table_text(t, r, COL_FIELD, STYLE_NORMAL, a.sw ? a.sw->field : NULL);
	table_text(t, r, COL_HASH, STYLE_NORMAL, l ? l->hash : NULL);
	table_text(t, r, COL_APPLIED_HASH, STYLE_NORMAL, a.applied ? a.applied->hash : NULL);
	table_text(t, r, COL_MANIFEST, STYLE_NORMAL, l ? l->manifest : NULL);
}

static void addons_rows(const struct view_ctx *c, struct table *t)
{
	const struct shelf *s = c->shelf;
	const struct kube_server *k = model_server(c->model);
	if (!s || (s->addons_state != SHELF_THERE && s->addons.n == 0)) {
		return;
	}
	for (size_t i = 0; i < s->addons.n; i++) {
		addons_row(c, s->addons.v[i].name, t);
	}
	for (size_t i = 0; k && i < k->naddons; i++) {
		if (!addon_find(&s->addons, k->addons[i].name)) {
			addons_row(c, k->addons[i].name, t);
		}
	}
	for (size_t i = 0; addon_switch_at(i); i++) {
		const char *name = addon_switch_at(i)->addon;
		if (!addon_find(&s->addons, name) && !addons_applied(c, name)) {
			addons_row(c, name, t);
		}
	}
}

/* "Needs certManager (off)." */
static void addons_needs(const struct shelf *s, const struct addon_switch *sw, struct buf *out)
{
	for (size_t i = 0; i < 3 && sw->needs[i]; i++) {
		for (size_t k = 0; addon_switch_at(k); k++) {
			if (str_eq(addon_switch_at(k)->field, sw->needs[i])) {
				buf_addf(out, " It needs %s (%s).", sw->needs[i],
					addon_switch_is_on(&s->switches, k) ? "on" : "off");
			}
		}
	}
	if (sw->condition) {
		buf_addf(out, " It needs %s.", sw->condition);
	}
}

static void addons_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	struct addon_seen a;
	if (!c->shelf || !row) {
		return;
	}
	if (c->shelf->addons_state == SHELF_FAILED) {
		buf_addf(out, "%s\n", c->shelf->addons_err.text);
	}
	addons_see(c, row->id, &a);
	buf_adds(out, states[addons_state(&a)].text);
	if (a.listed && a.listed->rolls) {
		buf_addf(out, " When it changes, %s ask for a roll.",
			str_eq(a.listed->rolls, "all") ? "all nodes" : "control plane nodes");
	}
	buf_adds(out, "\n");
	if (a.sw) {
		buf_addf(out, "spec.%s %s.", a.sw->field, a.sw->what);
		addons_needs(c->shelf, a.sw, out);
		buf_adds(out, "\n");
	}
}

static const char *addons_empty(const struct view_ctx *c)
{
	const struct shelf *s = c->shelf;
	const char *trouble = view_source_trouble(c, SRC_STORE);
	if (s && s->addons_state == SHELF_FAILED) {
		return s->addons_err.text;
	}
	if (trouble) {
		return trouble;
	}
	return model_opened(c->model) ? "Reading the list of addons ..."
				      : "No cluster is open: choose one in 1 Clusters.";
}

const struct view view_addons = {
	.id = VIEW_ADDONS, .name = "addons", .title = "Addons", .key = 0,
	.help = "Addons: listed, applied, and switched by the cluster's spec",
	.source = SRC_STORE, .wants = SHELF_ADDONS, .columns = columns, .ncolumns = COL__COUNT,
	.rows = addons_rows, .detail = addons_detail, .empty = addons_empty, .enter = VIEW_ADDONS,
};
