/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a stored spec in place.
 *
 * Each op is one pass: parse, find the place, refuse what kops would refuse or
 * not understand, collect the changed bytes, apply them, and compare the new
 * text's meaning with the old one's.  What does not hold the comparison is
 * never given out.
 */
#include "core/kops/edit.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/edit/change.h"
#include "core/kops/edit/check.h"
#include "core/kops/edit/rules.h"
#include "core/kops/lint.h"
#include "core/kops/spec.h"

#define EDIT_MAX_PASSES 1000

/* An op with its place worked out. */
struct edit_plan {
	struct edit_target target;
	const char *value; /* NULL: remove */
	struct edit_step steps[EDIT_MAX_PATH]; /* those that are there, from the root */
	size_t nsteps;
	struct yaml_node *at; /* value of the last step; the root when there is none */
	struct strlist items; /* what a list is to hold after this pass */
};

/* Refuses what would not be read as it looks: merges, aliases, and, unless the keys are the
   user's own, look-alikes. */
static bool plan_check_map(struct editor *ed, const struct yaml_node *map, const char *key,
	bool free, struct err *e)
{
	const char *rival = edit_rival_key(ed->doc.alpha, key);

	for (size_t i = 0; i < map->count; i++) {
		const struct yaml_node *k = map->pairs[i].key;

		if (str_eq(k->text, "<<") || k->is_alias) {
			err_set(e, ERR_REFUSED, "line %zu: keys come from elsewhere here (<< or an "
				"alias), which kopscope does not change", k->line);
			err_hint(e, "Edit this one with: kops edit");
			return false;
		}
		if (!free && !str_eq(k->text, key) && (str_ieq(k->text, key) ||
			(rival && str_eq(k->text, rival)))) {
			err_set(e, ERR_REFUSED, "line %zu: kops reads \"%s\" here and drops \"%s\"",
				k->line, key, k->text);
			err_hint(e, "Rename or remove that key first");
			return false;
		}
	}
	return true;
}

static const char *plan_form_name(enum edit_form form)
{
	static const char *const names[] = {
		[EDIT_INT] = "a number", [EDIT_TEXT] = "a string", [EDIT_BOOL] = "true or false",
		[EDIT_COUNT] = "a number or a percentage", [EDIT_LIST] = "a list",
		[EDIT_ENTRY] = "a list",
	};

	return names[form];
}

/* Walks as far as the path is there and holds something. */
static bool plan_walk(struct editor *ed, struct edit_plan *p, struct err *e)
{
	const struct edit_target *t = &p->target;

	p->at = ed->doc.root;
	for (size_t i = 0; i < t->npath && p->at->kind == YAML_MAP && p->at->count; i++) {
		struct yaml_node *map = p->at;
		size_t k = map->count;

		if (!plan_check_map(ed, map, t->path[i], t->free && i + 1 == t->npath, e)) {
			return false;
		}
		while (k > 0 && !str_eq(map->pairs[k - 1].key->text, t->path[i])) {
			k--;
		}
		if (!k) {
			return true;
		}
		p->steps[p->nsteps++] = (struct edit_step){ .map = map, .index = k - 1 };
		p->at = map->pairs[k - 1].value;
		if (p->at->is_alias) {
			return err_set(e, ERR_REFUSED, "line %zu: %s is an alias of something that "
				"stands elsewhere", map->pairs[k - 1].key->line, t->path[i]);
		}
		bool last = i + 1 == t->npath;
		bool list = t->form == EDIT_ENTRY || t->form == EDIT_LIST;
		enum yaml_kind want = !last ? YAML_MAP : list ? YAML_SEQ : YAML_SCALAR;
		if (!yaml_is_null(p->at) && p->at->kind != want) {
			return err_set(e, ERR_REFUSED, "line %zu: %s must be %s", p->at->line,
				t->path[i], want == YAML_MAP ? "a mapping" :
				want == YAML_SEQ ? "a list" : plan_form_name(t->form));
		}
	}
	return true;
}

/* In front of a refusal that is not about the text: where the setting stands, or would. */
static void plan_say_line(struct editor *ed, struct edit_plan *p, struct err *e)
{
	const struct yaml_node *at = ed->doc.root;

	if (e->kind != ERR_REFUSED || str_starts(e->text, "line ") || !p->target.npath) {
		return;
	}
	size_t line = at->line;
	for (size_t i = 0; i < p->target.npath && at && at->kind == YAML_MAP; i++) {
		at = yaml_get(at, p->target.path[i]);
		line = at ? at->line : line;
	}
	for (size_t i = 0; p->target.item && at && at->kind == YAML_SEQ && i < at->count; i++) {
		if (str_eq(yaml_text(at->items[i], "name"), p->target.item)) {
			line = at->items[i]->line;
		}
	}
	err_wrap(e, "line %zu", line);
}

static bool plan_found(const struct edit_plan *p)
{
	return p->nsteps == p->target.npath;
}

/* The last entry of the name, which is the one that counts; NULL when there is none. */
static struct yaml_node *plan_item(const struct edit_plan *p, size_t *index)
{
	for (size_t i = plan_found(p) && p->at->kind == YAML_SEQ ? p->at->count : 0; i > 0; i--) {
		struct yaml_node *n = p->at->items[i - 1];

		if (n->kind == YAML_MAP && str_eq(yaml_text(n, "name"), p->target.item)) {
			*index = i - 1;
			return n;
		}
	}
	return NULL;
}

/* Writes what is missing of the path, ending in leaf. */
static bool plan_create(struct editor *ed, struct edit_plan *p, const struct edit_part *leaf,
	struct err *e)
{
	const struct edit_target *t = &p->target;
	struct edit_part parts[EDIT_MAX_PATH];
	const struct edit_part *part = leaf;
	const struct yaml_pair *pair = NULL;

	for (size_t i = t->npath - 1; i > p->nsteps; i--) {
		parts[i - 1] = (struct edit_part){
			.key = t->path[i - 1], .kids = part, .nkids = 1,
		};
		part = &parts[i - 1];
	}
	if (p->nsteps) {
		const struct edit_step *s = &p->steps[p->nsteps - 1];

		pair = &s->map->pairs[s->index];
	}
	if (plan_found(p)) { /* an empty list */
		return edit_open_value(ed, p->steps[p->nsteps - 1].map, pair, leaf->kids,
			leaf->nkids, leaf->list, e);
	}
	if (p->at->kind == YAML_MAP && p->at->count) {
		return edit_insert_pair(ed, pair, p->at, part, e);
	}
	return edit_open_value(ed, p->steps[p->nsteps - 1].map, pair, part, 1, false, e);
}

static bool plan_set_item(struct editor *ed, struct edit_plan *p, struct err *e)
{
	size_t index;
	struct yaml_node *item = plan_item(p, &index);
	const struct edit_part pairs[] = {
		{ .key = "name", .scalar = p->target.item, .string = true, .plain_ok = true },
		{ .key = "value", .scalar = p->value, .string = true },
	};
	const struct edit_part entry = { .kids = pairs, .nkids = 2 };
	const struct edit_part list = { .key = "env", .list = true, .kids = &entry, .nkids = 1 };

	if (!item) {
		return plan_found(p) && p->at->kind == YAML_SEQ && p->at->count ?
			edit_append_item(ed, p->at, &entry, e) : plan_create(ed, p, &list, e);
	}
	if (item->is_alias) {
		return edit_refuse_form(ed, p->at->start, e);
	}
	if (!plan_check_map(ed, item, "name", false, e) ||
		!plan_check_map(ed, item, "value", false, e)) {
		return false;
	}
	for (size_t i = item->count; i > 0; i--) {
		const struct yaml_pair *pair = &item->pairs[i - 1];

		if (!str_eq(pair->key->text, "value")) {
			continue;
		}
		if (scalar_type(pair->value) == SCALAR_STRING &&
			str_eq(pair->value->text, p->value)) {
			return true;
		}
		return edit_replace_scalar(ed, item, pair, &pairs[1], e);
	}
	return edit_insert_pair(ed, NULL, item, &pairs[1], e);
}

/* How a value of the form is written. */
static struct edit_part plan_part(enum edit_form form, const char *value)
{
	bool string = form == EDIT_TEXT || form == EDIT_LIST ||
		(form == EDIT_COUNT && str_ends(value, "%"));

	return (struct edit_part){ .scalar = value, .string = string, .plain_ok = string };
}

/* Whether the node reads as the value already. */
static bool plan_reads_as(enum edit_form form, const struct yaml_node *n, const char *value)
{
	int64_t have, want = 0;
	bool b;

	switch (scalar_type(n)) {
	case SCALAR_INT:
		return (form == EDIT_INT || form == EDIT_COUNT) && yaml_int(n, &have) &&
			str_to_i64(value, INT32_MIN, INT32_MAX, &want) && have == want;
	case SCALAR_BOOL:
		return form == EDIT_BOOL && yaml_bool(n, &b) && b == str_eq(value, "true");
	case SCALAR_STRING:
		return plan_part(form, value).string && str_eq(n->text, value);
	default:
		return false;
	}
}

static bool plan_set_scalar(struct editor *ed, struct edit_plan *p, struct err *e)
{
	struct edit_part leaf = plan_part(p->target.form, p->value);

	leaf.key = p->target.path[p->target.npath - 1];
	if (!plan_found(p)) {
		return plan_create(ed, p, &leaf, e);
	}
	const struct edit_step *s = &p->steps[p->nsteps - 1];
	return plan_reads_as(p->target.form, p->at, p->value) ||
		edit_replace_scalar(ed, s->map, &s->map->pairs[s->index], &leaf, e);
}

static bool plan_create_list(struct editor *ed, struct edit_plan *p, const struct strlist *want,
	struct err *e)
{
	struct edit_part *items = xcalloc(want->n, sizeof(*items));
	const struct edit_part list = { .key = p->target.path[p->target.npath - 1], .list = true,
		.kids = items, .nkids = want->n };

	for (size_t i = 0; i < want->n; i++) {
		items[i] = plan_part(EDIT_LIST, want->v[i]);
		strlist_add(&p->items, want->v[i]);
	}
	bool ok = plan_create(ed, p, &list, e);
	free(items);
	return ok;
}

/* The first of these that is not among those; SIZE_MAX: none. */
static size_t plan_first_not_in(const struct strlist *these, const struct strlist *those)
{
	for (size_t i = 0; i < these->n; i++) {
		bool in = false;

		for (size_t k = 0; k < those->n; k++) {
			in |= str_eq(these->v[i], those->v[k]);
		}
		if (!in) {
			return i;
		}
	}
	return SIZE_MAX;
}

/* One item of a list: an unwanted one becomes a missing one, or goes, or a missing one comes. */
static bool plan_set_one(struct editor *ed, struct edit_plan *p, const struct strlist *want,
	struct err *e)
{
	struct strlist *have = &p->items;

	for (size_t i = 0; i < p->at->count; i++) {
		const struct yaml_node *n = p->at->items[i];

		if (n->is_alias || n->kind != YAML_SCALAR || n->tag) {
			return edit_refuse_form(ed, n->is_alias ? p->at->start : n->start, e);
		}
		strlist_add(have, n->text);
	}
	size_t gone = plan_first_not_in(have, want), new = plan_first_not_in(want, have);
	for (size_t i = 0; i < p->at->count && gone == SIZE_MAX; i++) {
		/* kops reads strings here; a number of the same look is none */
		if (scalar_type(p->at->items[i]) != SCALAR_STRING) {
			const struct edit_part same = plan_part(EDIT_LIST, have->v[i]);

			return edit_replace_item(ed, p->at, i, &same, e);
		}
	}
	const struct edit_part part = plan_part(EDIT_LIST, new == SIZE_MAX ? "" : want->v[new]);
	if (gone != SIZE_MAX && new != SIZE_MAX) {
		free(have->v[gone]);
		have->v[gone] = xstrdup(want->v[new]);
		return edit_replace_item(ed, p->at, gone, &part, e);
	}
	if (gone != SIZE_MAX) {
		free(have->v[gone]);
		memmove(&have->v[gone], &have->v[gone + 1],
			(--have->n - gone) * sizeof(*have->v));
		return edit_remove_item(ed, p->steps, p->nsteps, gone, e);
	}
	if (new != SIZE_MAX) {
		strlist_add(have, want->v[new]);
		return edit_append_item(ed, p->at, &part, e);
	}
	return true;
}

static bool plan_set_list(struct editor *ed, struct edit_plan *p, struct err *e)
{
	struct strlist want = { .n = 0 };

	strlist_split(&want, p->value, ',');
	bool ok = plan_found(p) && p->at->kind == YAML_SEQ && p->at->count ?
		plan_set_one(ed, p, &want, e) : plan_create_list(ed, p, &want, e);
	strlist_release(&want);
	return ok;
}

/* Collects the changes of one op; none when the document is so already. */
static bool plan_make(struct editor *ed, struct edit_plan *p, struct err *e)
{
	size_t index;

	if (!plan_walk(ed, p, e)) {
		return false;
	}
	if (p->value) {
		return p->target.item ? plan_set_item(ed, p, e) :
			p->target.form == EDIT_LIST ? plan_set_list(ed, p, e) :
			plan_set_scalar(ed, p, e);
	}
	if (!p->target.item) {
		return !plan_found(p) || edit_remove_pair(ed, p->steps, p->nsteps, e);
	}
	return !plan_item(p, &index) || edit_remove_item(ed, p->steps, p->nsteps, index, e);
}

/* The value as it was asked for. */
static bool edit_has_value(const struct edit_plan *p, const struct yaml_node *v)
{
	if (!v || p->target.form != EDIT_LIST) {
		return v && (p->target.item ? scalar_type(v) == SCALAR_STRING &&
			str_eq(v->text, p->value) : plan_reads_as(p->target.form, v, p->value));
	}
	bool ok = v->kind == YAML_SEQ && v->count == p->items.n;
	for (size_t i = 0; ok && i < v->count; i++) {
		ok = str_eq(v->items[i]->text, p->items.v[i]);
	}
	return ok;
}

/* Whether the new text has what was asked for, and all else as it was. */
static bool edit_verify(const struct editor *old, const struct edit_plan *p, const struct buf *text,
	struct err *e)
{
	struct editor new;
	struct edit_plan now = { .target = p->target };
	struct err why = ERR_INIT;
	size_t index;
	bool ok = editor_open(&new, buf_str(text), text->len, &why);

	if (ok) {
		ok = plan_walk(&new, &now, &why) && edit_same_but(old->doc.root, new.doc.root,
			p->target.path, p->target.npath, p->target.item);
		const struct yaml_node *v = now.at;
		if (ok && p->target.item) {
			const struct yaml_node *item = plan_item(&now, &index);

			v = item ? yaml_get(item, "value") : NULL;
		} else if (!plan_found(&now)) {
			v = NULL;
		}
		ok = ok && (!p->value || edit_has_value(p, v));
		editor_close(&new);
	}
	if (!ok) {
		const struct edit_splice *s = &old->splices[0];

		/* new lines are named by the one before */
		edit_refuse_form(old, s->from == s->to && s->from ? s->from - 1 : s->from, e);
	}
	return ok;
}

/* One change; *more when there may be a further one to make (a list, a key that stood twice). */
static bool edit_once(struct buf *text, const struct edit_op *op, bool *more, struct err *e)
{
	struct editor ed;
	struct edit_plan plan = { .value = op->value };
	struct buf result = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok = editor_open(&ed, buf_str(text), text->len, e);

	*more = false;
	if (!ok) {
		return false;
	}
	if (!edit_target(&ed.doc, op, &plan.target, &why)) {
		plan_say_line(&ed, &plan, &why);
		err_copy(e, &why);
		editor_close(&ed);
		return false;
	}
	ok = plan_make(&ed, &plan, e);
	if (ok && ed.nsplices) {
		editor_result(&ed, &result);
		ok = edit_verify(&ed, &plan, &result, e);
		*more = ok && (!op->value || plan.target.form == EDIT_LIST);
	}
	if (ok && ed.nsplices) {
		buf_clear(text);
		buf_add(text, result.data, result.len);
	}
	buf_release(&result);
	strlist_release(&plan.items);
	editor_close(&ed);
	return ok;
}

/* kops must be able to read what it will find, and must not drop what was meant. */
static bool edit_readable(const char *text, size_t len, struct err *e)
{
	struct arena *a = arena_new();
	struct document d;
	struct cluster_spec cluster;
	struct group_spec group;
	struct lint lint = { .n = 0 };
	bool ok = document_parse(&d, text, len, e);

	if (ok) {
		ok = d.kind == DOCUMENT_CLUSTER ? spec_read_cluster(text, len, a, &cluster, e) :
			spec_read_group(text, len, NULL, a, &group, e);
	}
	if (ok) {
		lint_document(&d, &lint);
		ok = lint_allows_edit(&lint, e);
		lint_release(&lint);
	}
	document_release(&d);
	arena_free(a);
	return ok;
}

bool edit_apply(const char *text, size_t len, const struct edit_op *ops, size_t nops,
	struct buf *out, struct err *e)
{
	struct buf work = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok = true;

	buf_add(&work, text, len);
	for (size_t i = 0; ok && i < nops; i++) {
		bool more = true;

		for (int n = 0; ok && more; n++) {
			ok = n < EDIT_MAX_PASSES ? edit_once(&work, &ops[i], &more, e) :
				err_set(e, ERR_REFUSED, "%.60s: too many changes at once",
					ops[i].key);
		}
	}
	if (ok && !edit_readable(buf_str(&work), work.len, &why)) {
		/* what was wrong before is named by its line there */
		edit_readable(text, len, e);
		err_copy(e, &why);
		ok = false;
	}
	if (ok && (work.failed || !buf_add(out, buf_str(&work), work.len))) {
		ok = err_set(e, ERR_PARSE, "the document is too large");
	}
	buf_release(&work);
	return ok;
}
