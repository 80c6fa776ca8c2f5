/* SPDX-License-Identifier: Apache-2.0 */
/* What one stored spec says about max pods and the CNI. */
#include "tui/command/spec-show.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/kops/document.h"
#include "core/kops/spec.h"
#include "core/rules/cni.h"
#include "core/rules/spec/check.h"
#include "tui/spec-edit.h"

static json_t *show_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

/* {"value","source","line"}; value below 0 with no line: unset. */
static json_t *show_value(int64_t value, const char *source, size_t line)
{
	json_t *o = json_object();
	bool set = value >= 0 || line;

	json_object_set_new(o, "value", set ? json_integer(value) : json_null());
	json_object_set_new(o, "source", json_string(set ? source : "unset"));
	json_object_set_new(o, "line", line ? json_integer((json_int_t)line) : json_null());
	return o;
}

/* The words that stand for where a value comes from. */
static const char *show_source(enum maxpods_source s)
{
	static const char *const names[] = {
		[MAXPODS_GROUP] = "group", [MAXPODS_CONTROL_PLANE] = "controlPlane",
		[MAXPODS_CLUSTER] = "cluster", [MAXPODS_FORMULA] = "formula",
		[MAXPODS_KUBELET] = "kubelet", [MAXPODS_UNKNOWN] = "unknown",
		[MAXPODS_UNREAD] = "unknown",
	};

	return names[s];
}

static json_t *show_int_or_percent(const struct int_or_percent *v)
{
	char text[24];

	if (v->value < 0) {
		return json_null();
	}
	snprintf(text, sizeof text, "%" PRId64 "%%", (int64_t)v->value);
	return v->percent ? json_string(text) : json_integer(v->value);
}

static json_t *show_rolling(const struct rolling_settings *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "maxSurge", show_int_or_percent(&r->max_surge));
	json_object_set_new(o, "maxUnavailable", show_int_or_percent(&r->max_unavailable));
	json_object_set_new(o, "drainAndTerminate", r->drain_and_terminate == TRI_UNKNOWN ?
		json_null() : json_boolean(r->drain_and_terminate == TRI_YES));
	return o;
}

static json_t *show_env(const struct cluster_spec *c)
{
	json_t *all = json_array();

	for (size_t i = 0; i < c->nenv; i++) {
		json_t *o = json_object();
		char effect[128];

		spec_env_effect(c, i, effect, sizeof effect);
		json_object_set_new(o, "name", json_string(c->env[i].name));
		json_object_set_new(o, "value", json_string(c->env[i].value));
		json_object_set_new(o, "line", json_integer((json_int_t)c->env[i].line));
		json_object_set_new(o, "effect", json_string(effect));
		json_array_append_new(all, o);
	}
	return all;
}

static json_t *show_types(const struct group_spec *g)
{
	json_t *all = json_array();

	for (size_t i = 0; i < g->ntypes; i++) {
		json_array_append_new(all, json_string(g->types[i]));
	}
	return all;
}

/* What the group's new nodes will have, as far as the specs tell. */
static json_t *show_group_value(const struct cluster_spec *c, const struct group_spec *g)
{
	struct maxpods mp;

	if (!c) {
		return show_value(g->max_pods, "group", g->max_pods_line);
	}
	maxpods_for_group(c, g, &mp);
	return show_value(mp.value, show_source(mp.source),
		mp.source == MAXPODS_GROUP ? g->max_pods_line :
		mp.source == MAXPODS_CONTROL_PLANE ? c->cp_max_pods_line :
		mp.source == MAXPODS_CLUSTER ? c->max_pods_line : 0);
}

static void show_group(json_t *o, const struct cluster_spec *c, const struct group_spec *g)
{
	static const char *const roles[] = { [ROLE_UNKNOWN] = "unknown",
		[ROLE_CONTROL_PLANE] = "control-plane", [ROLE_APISERVER] = "apiserver",
		[ROLE_NODE] = "node", [ROLE_BASTION] = "bastion" };

	json_object_set_new(o, "role", json_string(roles[g->role]));
	json_object_set_new(o, "maxPods", show_group_value(c, g));
	json_object_set_new(o, "types", show_types(g));
	json_object_set_new(o, "minSize", json_integer(g->min_size));
	json_object_set_new(o, "maxSize", json_integer(g->max_size));
	json_object_set_new(o, "manager", json_string(g->karpenter ? "Karpenter" : "CloudGroup"));
	json_object_set_new(o, "warmPool", json_boolean(g->warm_pool));
	json_object_set_new(o, "rollingUpdate", show_rolling(&g->rolling));
}

static void show_cluster(json_t *o, const struct cluster_spec *c, const struct model *m)
{
	bool own = c->cp_max_pods_line > 0;
	json_t *cp = json_object();
	size_t n = 0;

	json_object_set_new(o, "maxPods", show_value(c->max_pods, "cluster", c->max_pods_line));
	json_object_set_new(cp, "maxPods", own ?
		show_value(c->cp_max_pods, "controlPlane", c->cp_max_pods_line) :
		show_value(c->max_pods, "cluster", c->max_pods_line));
	json_object_set_new(o, "controlPlane", cp);
	json_object_set_new(o, "networking", show_or_null(c->networking));
	json_object_set_new(o, "env", show_env(c));
	json_object_set_new(o, "rollingUpdate", show_rolling(&c->rolling));
	const struct m_group *const *groups = m ? model_groups(m, &n) : NULL;
	json_t *all = m ? json_array() : NULL;
	for (size_t i = 0; i < n; i++) {
		if (groups[i]->has_spec) {
			json_t *g = json_object();

			json_object_set_new(g, "name", json_string(groups[i]->spec.name));
			show_group(g, c, &groups[i]->spec);
			json_array_append_new(all, g);
		}
	}
	if (all) {
		json_object_set_new(o, "groups", all);
	}
}

/* ---- whatever spec edit can set, as it is written ---- */

static const char *const show_effects[] = {
	[EDIT_NODES] = "nodes are replaced", [EDIT_ALL_NODES] = "all nodes are replaced",
	[EDIT_SIZE] = "at once, no node is replaced", [EDIT_ROLLS] = "later rolls",
	[EDIT_ADDON] = "an addon, no node is replaced",
};

static void show_setting(void *ctx, const struct edit_setting *s, const char *key,
	const char *value, size_t line)
{
	json_t *all = ctx, *o = json_object();

	json_object_set_new(o, "key", json_string(key));
	json_object_set_new(o, "value", json_string(value));
	json_object_set_new(o, "line", json_integer((json_int_t)line));
	json_object_set_new(o, "change", json_string(show_effects[s->effect]));
	json_object_set_new(o, "help", json_string(s->help));
	json_array_append_new(all, o);
}

static json_t *show_settings(const char *text, size_t len)
{
	json_t *all = json_array();

	edit_each(text, len, show_setting, all);
	return all;
}

static json_t *show_problems(const char *text, size_t len)
{
	static const char *const levels[] = { [FINDING_OK] = "ok", [FINDING_INFO] = "info",
		[FINDING_WARN] = "warn", [FINDING_REFUSE] = "error" };
	struct findings said = { .n = 0 };
	json_t *all = json_array();

	spec_findings(text, len, &said);
	for (size_t i = 0; i < said.n; i++) {
		const struct finding *f = &said.v[i];
		json_t *o = json_object();

		json_object_set_new(o, "level", json_string(levels[f->level]));
		json_object_set_new(o, "line", f->line ? json_integer((json_int_t)f->line) :
			json_null());
		json_object_set_new(o, "text", json_string(f->text));
		json_object_set_new(o, "hint", show_or_null(f->todo));
		json_array_append_new(all, o);
	}
	findings_release(&said);
	return all;
}

static const struct cluster_spec *show_open_cluster(const struct model *m)
{
	const struct m_cluster *c = m ? model_cluster(m, model_opened(m)) : NULL;

	return c && !c->spec.problem ? &c->spec : NULL;
}

/* ---- for people: the same, a line each ---- */

static void show_line(const char *what, const json_t *value)
{
	char text[32] = "not set";

	if (json_is_integer(json_object_get(value, "value"))) {
		snprintf(text, sizeof text, "%" PRId64, json_int(value, "value", 0));
	}
	printf("%-22s %s", what, text);
	if (json_is_integer(json_object_get(value, "line"))) {
		printf("  (%s, line %" PRId64 ")", json_str(value, "source"),
			json_int(value, "line", 0));
	} else if (!str_eq(json_str(value, "source"), "unset")) {
		printf("  (%s)", json_str(value, "source"));
	}
	putchar('\n');
}

static void show_list(const json_t *o, const char *list, const char *a, const char *b)
{
	const json_t *all = json_object_get(o, list), *item;
	size_t i;

	json_array_foreach(all, i, item) {
		const char *sep = str_eq(list, "env") ? "=" : ": ";

		printf("%s%s%s", json_str(item, a), sep, json_str(item, b));
		if (str_eq(list, "env")) {
			printf("  (line %" PRId64 ", %s)", json_int(item, "line", 0),
				json_str(item, "effect"));
		}
		putchar('\n');
	}
}

static void show_people(const json_t *o)
{
	size_t i;
	const json_t *g;

	printf("%s %s\n", json_str(o, "kind"), json_str(o, "name") ? json_str(o, "name") : "?");
	show_line("max pods", json_object_get(o, "maxPods"));
	if (json_object_get(o, "controlPlane")) {
		show_line("max pods, control plane", json_path(o, "controlPlane.maxPods"));
	}
	show_list(o, "env", "name", "value");
	json_array_foreach(json_object_get(o, "groups"), i, g) {
		show_line(json_str(g, "name"), json_object_get(g, "maxPods"));
	}
	json_array_foreach(json_object_get(o, "settings"), i, g) {
		/* those above are told with where they come from */
		if (!str_starts(json_str(g, "key"), "env.") &&
			!str_ends(json_str(g, "key"), "axPods")) {
			printf("%-22s %s  (line %" PRId64 ")\n", json_str(g, "key"),
				json_str(g, "value"), json_int(g, "line", 0));
		}
	}
	show_list(o, "problems", "level", "text");
}

void spec_keys(bool json)
{
	json_auto_t *all = json_array();
	struct buf out = BUF_INIT;

	for (size_t i = 0; edit_setting_at(i); i++) {
		const struct edit_setting *s = edit_setting_at(i);
		bool both = s->in == (EDIT_IN_CLUSTER | EDIT_IN_GROUP);
		const char *in = both ? "cluster, group" :
			s->in == EDIT_IN_GROUP ? "group" : "cluster";
		char key[64];

		snprintf(key, sizeof key, "%s%s", s->key, str_ends(s->key, ".") ? "NAME" : "");
		if (!json) {
			printf("%-32s %-15s %s; %s\n", key, in, s->help, show_effects[s->effect]);
			continue;
		}
		json_t *o = json_object();
		json_object_set_new(o, "key", json_string(key));
		json_object_set_new(o, "in", json_string(in));
		json_object_set_new(o, "help", json_string(s->help));
		json_object_set_new(o, "change", json_string(show_effects[s->effect]));
		json_array_append_new(all, o);
	}
	if (json) {
		json_write(&out, all, false);
		printf("%s\n", buf_str(&out));
	}
	buf_release(&out);
}

void spec_show(const char *text, size_t len, const struct model *m, bool json)
{
	struct arena *a = arena_new();
	struct document d;
	struct buf out = BUF_INIT;
	json_auto_t *o = json_object();
	bool cluster = document_parse(&d, text, len, NULL) && d.kind == DOCUMENT_CLUSTER;

	json_object_set_new(o, "kind", json_string(cluster ? "Cluster" : "InstanceGroup"));
	json_object_set_new(o, "name", show_or_null(yaml_text(d.root, "metadata.name")));
	json_object_set_new(o, "apiVersion", show_or_null(yaml_text(d.root, "apiVersion")));
	document_release(&d);
	if (cluster) {
		struct cluster_spec c;

		spec_read_cluster(text, len, a, &c, NULL);
		show_cluster(o, &c, m);
	} else {
		struct group_spec g;

		spec_read_group(text, len, NULL, a, &g, NULL);
		show_group(o, show_open_cluster(m), &g);
	}
	json_object_set_new(o, "settings", show_settings(text, len));
	json_object_set_new(o, "problems", show_problems(text, len));
	if (json) {
		json_write(&out, o, false);
		printf("%s\n", buf_str(&out));
	} else {
		show_people(o);
	}
	buf_release(&out);
	arena_free(a);
}
