/* SPDX-License-Identifier: Apache-2.0 */
/* Reading config.yaml, and putting its settings to use. */
#include "tui/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/bug.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/base/xalloc.h"
#include "tui/actions.h"
#include "tui/app.h"
#include "tui/screen/keys.h"
#include "tui/options.h"
#include "tui/screen/term.h"

#define CONFIG_MAX (256 << 10)

/* ---- what is said about a wrong line ---------------------------------------- */

/* How many letters have to be changed, added or dropped. */
static size_t config_distance(const char *a, const char *b)
{
	MUST(a && b);
	size_t row[65] = { 0 }, n = strlen(b);
	if (n > 64 || strlen(a) > 64) {
		return SIZE_MAX;
	}
	for (size_t j = 0; j <= n; j++) {
		row[j] = j;
	}
	for (size_t i = 1; a[i - 1]; i++) {
		size_t before = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = before + (a[i - 1] != b[j - 1]);
			size_t add = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			before = row[j];
			row[j] = change < add ? change : add;
		}
	}
	return row[n];
}

bool config_wrong(const struct config *c, const struct yaml_node *n, const char *what,
	const char *(*name)(void *ctx, size_t i), void *ctx, struct err *e)
{
	const char *near = NULL, *text = n->text ? n->text : "";
	size_t best = strlen(text) / 2 + 1, shown = 0;
	struct buf all = BUF_INIT;
	for (size_t i = 0; name && name(ctx, i); i++) {
		const char *s = name(ctx, i);
		size_t d = config_distance(text, s);
		near = d < best ? s : near;
		best = d < best ? d : best;
		if (shown++ < 24) {
			buf_addf(&all, "%s%s", all.len ? ", " : "", s);
		}
	}
	err_set(e, ERR_CONFIG, "%s:%zu: %s%s%s", c->path ? c->path : "config.yaml", n->line, what,
		n->text ? " " : "", text);
	if (near) {
		err_hint(e, "did you mean %s?", near);
	} else if (all.len) {
		err_hint(e, "there are: %s", buf_str(&all));
	}
	buf_release(&all);
	return false;
}

static const char *config_row_name(void *ctx, size_t i)
{
	return i < CONFIG__COUNT ? config_rows[i].name : NULL;
}

static const char *config_value_name(void *ctx, size_t i)
{
	const struct strlist *l = ctx;
	return i < l->n ? l->v[i] : NULL;
}

/* ---- reading ------------------------------------------------------------------ */

static bool config_choose(struct config *c, enum config_id id, const struct yaml_node *n,
	struct err *e)
{
	struct strlist values = { .n = 0 };
	bool on, found = false, ok = true;
	strlist_split(&values, config_rows[id].values, '|');
	bool truth = yaml_bool(n, &on) && strlist_has(&values, "true");
	for (size_t i = 0; i < values.n && !found; i++) {
		found = truth ? str_eq(values.v[i], on ? "true" : "false") :
			n->text && str_eq(values.v[i], n->text);
		c->choice[id] = found ? (int)i : 0;
	}
	if (!found) {
		char *what = xasprintf("%s cannot be", config_rows[id].name);
		ok = config_wrong(c, n, what, config_value_name, &values, e);
		free(what);
	}
	strlist_release(&values);
	return ok;
}

static bool config_setting(struct config *c, const struct yaml_pair *p, struct err *e)
{
	int id = 0;
	while (id < CONFIG__COUNT && !str_eq(config_rows[id].name, p->key->text)) {
		id++;
	}
	if (id == CONFIG__COUNT) {
		return config_wrong(c, p->key, "there is no setting", config_row_name, NULL, e);
	}
	if (c->line[id]) {
		return config_wrong(c, p->key, "a second time", NULL, NULL, e);
	}
	c->line[id] = p->key->line;
	if (p->value->kind == YAML_NULL_NODE || yaml_is_null(p->value)) {
		return true; /* as usual */
	}
	return config_rows[id].read ? config_rows[id].read(c, p->value, e) :
		config_choose(c, (enum config_id)id, p->value, e);
}

/* Two actions of one view on the same key. */
static bool config_keys_clash(const struct config *c, struct err *e)
{
	for (size_t i = 0; i < nactions; i++) {
		for (size_t j = 0; j < nactions && c->keys[i]; j++) {
			const char *other = c->keys[j] ? c->keys[j] : actions[j].key;
			bool together = !actions[i].views || !actions[j].views ||
				(actions[i].views & actions[j].views);
			if (i != j && together && other &&
				key_from_name(other) == key_from_name(c->keys[i])) {
				err_set(e, ERR_CONFIG, "%s:%zu: the key %s is %s's already",
					c->path, c->key_line[i], c->keys[i], actions[j].name);
				err_hint(e, "give %s another key as well", actions[j].name);
				return false;
			}
		}
	}
	return true;
}

bool config_parse(struct config *c, const char *path, const char *text, size_t len,
	struct err *e)
{
	struct err why = ERR_INIT;
	struct yaml_doc *d = yaml_parse(text, len, 0, &why);
	xreplace(&c->path, path);
	if (!d) {
		return err_set(e, ERR_CONFIG, "%s: %s", path, why.text);
	}
	const struct yaml_node *root = yaml_root(d);
	bool ok = root->kind == YAML_MAP || root->kind == YAML_NULL_NODE || yaml_is_null(root);
	if (!ok) {
		config_wrong(c, root, "this is no setting: NAME: VALUE is", NULL, NULL, e);
	}
	for (size_t i = 0; ok && root->kind == YAML_MAP && i < root->count; i++) {
		ok = config_setting(c, &root->pairs[i], e);
	}
	ok = ok && config_keys_clash(c, e);
	yaml_free(d);
	return ok;
}

bool config_read(struct config *c, const char *path, struct err *e)
{
	*c = (struct config){ .path = NULL };
	const char *env = getenv("KOPSCOPE_CONFIG");
	bool named = path || !str_empty(env);
	char *folder = file_config_dir();
	char *usual = file_join(folder, "config.yaml");
	char *file = path ? file_expand_home(path) : xstrdup(!str_empty(env) ? env : usual);
	struct buf text;
	bool ok = true;
	buf_init(&text, CONFIG_MAX);
	if (named || access(file, F_OK) == 0) {
		ok = trust_read(file, &text, e) &&
			config_parse(c, file, buf_str(&text), text.len, e);
	}
	if (!ok) {
		e->kind = ERR_CONFIG;
	} else if (path) {
		/* for a run's worker and whatever else is started from here */
		char *whole = realpath(file, NULL);
		setenv("KOPSCOPE_CONFIG", whole ? whole : file, 1);
		free(whole);
	}
	buf_release(&text);
	free(folder);
	free(usual);
	free(file);
	return ok;
}

void config_release(struct config *c)
{
	for (size_t i = 0; i < sizeof(c->keys) / sizeof(c->keys[0]); i++) {
		free((char *)c->keys[i]);
	}
	if (c->readonly) {
		strlist_release(c->readonly);
		free(c->readonly);
	}
	policy_release(&c->policy);
	free(c->path);
	*c = (struct config){ .path = NULL };
}

/* ---- use ------------------------------------------------------------------------ */

void config_use(struct config *c, struct options *o)
{
	static const char *const engines[] = { "native", "kops" };
	if (o->engine) {
		c->by[CONFIG_ENGINE] = "--engine";
		c->choice[CONFIG_ENGINE] = str_eq(o->engine, "kops");
	} else if (c->line[CONFIG_ENGINE]) {
		o->engine = engines[c->choice[CONFIG_ENGINE]];
	}
	if (o->ascii) {
		c->by[CONFIG_ASCII] = "--ascii";
		c->choice[CONFIG_ASCII] = 1;
	}
	o->ascii = o->ascii || c->choice[CONFIG_ASCII];
	if (o->session.readonly) {
		c->by[CONFIG_READONLY] = "--readonly";
		c->choice[CONFIG_READONLY] = 1;
	}
	if (getenv("NO_COLOR")) {
		c->by[CONFIG_THEME] = "NO_COLOR";
		c->choice[CONFIG_THEME] = THEME_MONO;
	}
	o->settings = c;
	o->session.policy = &c->policy;
	o->session.refresh = c->choice[CONFIG_REFRESH];
	for (size_t i = 0; i < nactions; i++) {
		action_bind(i, c->keys[i]);
	}
	term_theme((enum theme)c->choice[CONFIG_THEME]);
}

void config_use_screen(const struct config *c, struct app *a)
{
	for (int i = 0; c && i < VIEW__COUNT; i++) {
		a->places[i].hidden |= c->hidden[i];
	}
	if (c && c->choice[CONFIG_MOUSE]) {
		a->mouse = true;
		term_mouse(true);
	}
}
