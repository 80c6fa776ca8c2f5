/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings, and how those that are more than one word are read and shown. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/actions.h"
#include "tui/settings.h"
#include "tui/screen/keys.h"

static const char *config_action_name(void *ctx, size_t i)
{
	return i < nactions ? actions[i].name : NULL;
}

static const char *config_view_name(void *ctx, size_t i)
{
	return i < VIEW__COUNT ? view_get((enum view_id)i)->name : NULL;
}

static const char *config_column_name(void *ctx, size_t i)
{
	const struct view *v = ctx;
	return i < v->ncolumns ? v->columns[i].id : NULL;
}

static const char *config_write_name(void *ctx, size_t i)
{
	return i < POLICY_ACTION__COUNT ? policy_action_name((enum policy_action)i) : NULL;
}

static const char *config_verdict_name(void *ctx, size_t i)
{
	return i < POLICY__COUNT ? policy_verdict_name((enum policy_verdict)i) : NULL;
}

/* ---- keys ----------------------------------------------------------------------- */

static bool config_read_keys(struct config *c, const struct yaml_node *n, struct err *e)
{
	bool ok = n->kind == YAML_MAP ||
		  config_wrong(c, n, "keys are ACTION: KEY, not", NULL, NULL, e);
	for (size_t i = 0; ok && i < n->count; i++) {
		const struct yaml_node *name = n->pairs[i].key, *key = n->pairs[i].value;
		size_t a = 0;
		while (a < nactions && !str_eq(actions[a].name, name->text)) {
			a++;
		}
		if (a == nactions) {
			return config_wrong(
				c, name, "there is no action", config_action_name, NULL, e);
		}
		uint32_t code = key->text ? key_from_name(key->text) : KEY_NONE_;
		if (code == KEY_NONE_) {
			return config_wrong(c, key,
				"a key is a character, or C-r, Enter, Space, Up, Del, not", NULL,
				NULL, e);
		}
		if ((code >= '0' && code <= '9') || code == ':' || code == KEY_ESC_) {
			return config_wrong(c, key, "this key cannot be given away:", NULL, NULL,
				e);
		}
		free((char *)c->keys[a]);
		c->keys[a] = xstrdup(key->text);
		c->key_line[a] = key->line;
	}
	return ok;
}

static void config_show_keys(const struct config *c, struct buf *out)
{
	for (size_t i = 0; i < nactions; i++) {
		if (c->keys[i]) {
			buf_addf(out, "  %s: ", actions[i].name);
			json_quote(out, c->keys[i]); /* as YAML has it in double quotes */
			buf_addc(out, '\n');
		}
	}
}

/* ---- columns -------------------------------------------------------------------- */

static bool config_read_view(struct config *c, const struct view *v, const struct yaml_node *n,
	struct err *e)
{
	uint64_t wanted = 0;
	if (n->kind != YAML_SEQ) {
		return config_wrong(c, n, "columns of a view are a list: [name, ...], not", NULL,
			NULL, e);
	}
	for (size_t i = 0; i < n->count; i++) {
		size_t k = 0;
		while (k < v->ncolumns && !str_eq(v->columns[k].id, n->items[i]->text)) {
			k++;
		}
		if (k == v->ncolumns) {
			return config_wrong(c, n->items[i], "there is no such column:",
				config_column_name, (void *)v, e);
		}
		wanted |= (uint64_t)1 << k;
	}
	wanted |= 1; /* the name of the row stays */
	c->hidden[v->id] = ~wanted & (((uint64_t)1 << v->ncolumns) - 1);
	c->has_columns[v->id] = true;
	return true;
}

static bool config_read_columns(struct config *c, const struct yaml_node *n, struct err *e)
{
	bool ok = n->kind == YAML_MAP ||
		config_wrong(c, n, "columns are VIEW: [COLUMN, ...], not", NULL, NULL, e);
	for (size_t i = 0; ok && i < n->count; i++) {
		const struct view *v = n->pairs[i].key->text ?
			view_by_name(n->pairs[i].key->text) : NULL;
		ok = v ? config_read_view(c, v, n->pairs[i].value, e) :
			config_wrong(c, n->pairs[i].key, "there is no view", config_view_name, NULL,
				e);
	}
	return ok;
}

static void config_show_columns(const struct config *c, struct buf *out)
{
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		const char *comma = "";
		if (!c->has_columns[i]) {
			continue;
		}
		buf_addf(out, "  %s: [", v->name);
		for (size_t k = 0; k < v->ncolumns; k++) {
			if (!(c->hidden[i] >> k & 1)) {
				buf_addf(out, "%s%s", comma, v->columns[k].id);
				comma = ", ";
			}
		}
		buf_adds(out, "]\n");
	}
}

/* ---- guard rails ------------------------------------------------------------------ */

/* Short, for a line on the screen. */
static char *config_place(const struct config *c, size_t line)
{
	const char *slash = strrchr(c->path, '/');
	return xasprintf("%s:%zu", slash ? slash + 1 : c->path, line);
}

static bool config_known_action(const char *pattern)
{
	for (int a = 0; a < POLICY_ACTION__COUNT; a++) {
		if (str_glob(pattern, policy_action_name((enum policy_action)a))) {
			return true;
		}
	}
	return false;
}

static const char *const rule_keys[] = { "cluster", "group", "action", "do", "reason" };

static const char *config_rule_key(void *ctx, size_t i)
{
	return i < sizeof(rule_keys) / sizeof(rule_keys[0]) ? rule_keys[i] : NULL;
}

static bool config_verdict(const struct config *c, const struct yaml_node *n,
	enum policy_verdict *out, struct err *e)
{
	for (int v = 0; v < POLICY__COUNT; v++) {
		if (str_eq(n->text, policy_verdict_name((enum policy_verdict)v))) {
			*out = (enum policy_verdict)v;
			return true;
		}
	}
	return config_wrong(c, n, "a guard rail cannot do", config_verdict_name, NULL, e);
}

static bool config_rule_field(const struct config *c, const struct yaml_pair *p,
	struct policy_rule *r, bool *has_do, struct err *e)
{
	char **const texts[] = { &r->cluster, &r->group, &r->action, NULL, &r->reason };
	size_t k = 0;
	while (k < 5 && !str_eq(rule_keys[k], p->key->text)) {
		k++;
	}
	if (k == 5) {
		return config_wrong(c, p->key, "a guard rail has no", config_rule_key, NULL, e);
	}
	if (str_empty(p->value->text)) {
		return config_wrong(c, p->key, "a text is missing behind", NULL, NULL, e);
	}
	if (!texts[k]) {
		*has_do = true;
		return config_verdict(c, p->value, &r->verdict, e);
	}
	xreplace(texts[k], p->value->text);
	if (texts[k] == &r->action && !config_known_action(r->action)) {
		return config_wrong(c, p->value, "there is no write", config_write_name, NULL, e);
	}
	return true;
}

static bool config_read_rules(struct config *c, const struct yaml_node *n, struct err *e)
{
	bool ok = n->kind == YAML_SEQ ||
		  config_wrong(c, n,
			  "guard_rails is a list of {cluster, group, action, do, reason}, not",
			  NULL, NULL, e);
	for (size_t i = 0; ok && i < n->count; i++) {
		const struct yaml_node *item = n->items[i];
		struct policy_rule r = { .from = config_place(c, item->line) };
		bool has_do = false;
		ok = item->kind == YAML_MAP || config_wrong(c, item,
			"a guard rail is {cluster, group, action, do, reason}, not", NULL, NULL, e);
		for (size_t k = 0; ok && k < item->count; k++) {
			ok = config_rule_field(c, &item->pairs[k], &r, &has_do, e);
		}
		if (ok && !has_do) {
			ok = config_wrong(c, item,
				"this guard rail does not say do: allow, ask, type "
				"or deny",
				NULL, NULL, e);
		}
		policy_add(&c->policy, &r); /* released with the others, also where it is wrong */
	}
	return ok;
}

static void config_show_rules(const struct config *c, struct buf *out)
{
	for (size_t i = 0; i < c->policy.n; i++) {
		const struct policy_rule *r = &c->policy.v[i];
		const char *const fields[] = { r->cluster, r->group, r->action,
			policy_verdict_name(r->verdict), r->reason };
		const char *comma = "";
		if (r->reason && str_starts(r->reason, "read-only")) {
			continue; /* shown as readonly */
		}
		buf_adds(out, "  - {");
		for (size_t k = 0; k < 5; k++) {
			if (fields[k]) {
				buf_addf(out, "%s%s: ", comma, rule_keys[k]);
				json_quote(out, fields[k]);
				comma = ", ";
			}
		}
		buf_addf(out, "} # %s\n", r->from);
	}
}

/* ---- read-only ---------------------------------------------------------------------- */

/* Before all guard rails, so that none of them lets through what is read-only. */
static void config_deny_all(struct config *c, const char *cluster, size_t line)
{
	struct policy_rule r = { .cluster = xstrdup(cluster), .verdict = POLICY_DENY,
		.reason = xstrdup("read-only"), .from = config_place(c, line) };
	policy_add(&c->policy, &r);
	memmove(&c->policy.v[1], &c->policy.v[0], (c->policy.n - 1) * sizeof(r));
	c->policy.v[0] = r;
	strlist_add(c->readonly, cluster);
}

static bool config_read_readonly(struct config *c, const struct yaml_node *n, struct err *e)
{
	bool all;
	c->readonly = xcalloc(1, sizeof(*c->readonly));
	if (yaml_bool(n, &all)) {
		if (all) {
			config_deny_all(c, "*", n->line);
		}
		return true;
	}
	if (n->kind != YAML_SEQ) {
		return config_wrong(
			c, n, "readonly is true, false or a list of clusters, not", NULL, NULL, e);
	}
	for (size_t i = 0; i < n->count; i++) {
		if (str_empty(n->items[i]->text)) {
			return config_wrong(c, n->items[i], "this is no pattern of clusters:", NULL,
				NULL, e);
		}
		config_deny_all(c, n->items[i]->text, n->items[i]->line);
	}
	return true;
}

static void config_show_readonly(const struct config *c, struct buf *out)
{
	for (size_t i = 0; c->readonly && i < c->readonly->n; i++) {
		buf_adds(out, "  - ");
		json_quote(out, c->readonly->v[i]);
		buf_addc(out, '\n');
	}
}

/* ---- the table ------------------------------------------------------------------------ */

const struct config_row config_rows[CONFIG__COUNT] = {
	[CONFIG_ASCII] = {.name = "ascii",
		.values = "false|true",
		.help = "Draw with ASCII characters only, as --ascii does. A terminal that is not "
			"UTF-8 gets them anyway."},
	[CONFIG_COLUMNS] = {.name = "columns",
		.form = "VIEW: [COLUMN, ...]",
		.help = "Which columns a view shows; the first one always stays. kopscope get VIEW "
			"-o json names them.",
		.read = config_read_columns,
		.show = config_show_columns},
	[CONFIG_ENGINE] = {.name = "engine",
		.values = "native|kops",
		.help = "What rolls: kopscope itself or kops. As --engine."},
	[CONFIG_GUARD] = {.name = "guard_rails",
		.form = "- {cluster: PATTERN, group: PATTERN, action: PATTERN, do: VERDICT, "
			"reason: TEXT}",
		.help = "Which writes may be made. The first rule that matches decides; what is "
			"left "
			"out matches all. They hold for the screen, for commands and for the "
			"processes behind runs.",
		.read = config_read_rules,
		.show = config_show_rules},
	[CONFIG_KEYS] = {.name = "keys",
		.form = "ACTION: KEY",
		.help = "Other keys for actions. An action is named as behind the colon; a key is "
			"a "
			"character, C-r for Ctrl-R, or Enter, Tab, Space, Up, Down, PgUp, PgDn, "
			"Home, "
			"End, Backspace, Del.",
		.read = config_read_keys,
		.show = config_show_keys},
	[CONFIG_MOUSE] = {.name = "mouse",
		.values = "false|true",
		.help = "Whether the mouse speaks to kopscope from the start; the terminal then "
			"selects text with Shift."},
	[CONFIG_READONLY] = {.name = "readonly",
		.form = "true, or a list of patterns of clusters",
		.help = "Nothing is written, as with --readonly, or nothing to these clusters. It "
			"comes before all guard rails.",
		.read = config_read_readonly,
		.show = config_show_readonly},
	[CONFIG_REFRESH] = {.name = "refresh",
		.values = "normal|slow|fast",
		.help = "How eagerly AWS and the state store are asked. While a run goes on it is "
			"fast in any case."},
	[CONFIG_THEME] = {.name = "theme",
		.values = "dark|light|mono",
		.help = "For a dark or a light ground, or without colours. NO_COLOR in the "
			"environment makes it mono. How many colours there are, terminfo says."},
};
