/* SPDX-License-Identifier: Apache-2.0 */
/* The reading commands: get, export kubeconfig. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "lab/kops.h"

enum output { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_YAML, OUTPUT_BAD };

static enum output output_get(struct kops_run *r)
{
	const char *o = kops_flag(r, "output");

	if (!o || str_eq(o, "table"))
		return OUTPUT_TABLE;
	if (str_eq(o, "json"))
		return OUTPUT_JSON;
	if (str_eq(o, "yaml"))
		return OUTPUT_YAML;
	kops_fail(r, "unknown output format: \"%s\"", o);
	return OUTPUT_BAD;
}

static void print_yaml(struct kops_run *r, struct tree *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf b = BUF_INIT;

		if (i)
			buf_adds(&b, "\n---\n\n");
		tree_write(v[i], &b);
		kops_out_raw(r, buf_str(&b));
		buf_release(&b);
	}
}

/* An object alone, several as a list of one object a line. */
static void print_json(struct kops_run *r, struct tree *const *v, size_t n, bool list)
{
	struct buf b = BUF_INIT;

	if (list)
		buf_addc(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_adds(&b, "\n,");
		tree_write_json(v[i], &b);
	}
	if (list)
		buf_addc(&b, ']');
	buf_addc(&b, '\n');
	kops_out_raw(r, buf_str(&b));
	buf_release(&b);
}

static void join_zones(const struct tree *list, const char *field, struct buf *out)
{
	struct strlist zones = { 0 };

	for (size_t i = 0; list && i < list->n; i++) {
		const char *z = field ? tree_text(list->items[i], field) : list->items[i]->text;

		if (z && !strlist_has(&zones, z))
			strlist_add(&zones, z);
	}
	strlist_sort(&zones);
	for (size_t i = 0; i < zones.n; i++)
		buf_addf(out, "%s%s", i ? "," : "", zones.v[i]);
	strlist_release(&zones);
}

static void clusters_table(struct kops_run *r, struct store_specs *v, size_t n)
{
	struct kops_table t = { 0 };

	kops_table_row(&t, "NAME|CLOUD|ZONES");
	for (size_t i = 0; i < n; i++) {
		struct buf zones = BUF_INIT;

		join_zones(tree_at(v[i].cluster, "spec.subnets"), "zone", &zones);
		kops_table_row(&t, "%s|%s|%s", v[i].name,
			tree_text(v[i].cluster, "spec.cloudProvider"), buf_str(&zones));
		buf_release(&zones);
	}
	kops_table_sort(&t);
	kops_table_print(r, &t);
}

/* Every key that ends in "/config" is a cluster, as kops has it. */
static void cluster_names(struct world *w, struct strlist *out)
{
	const struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);

	for (size_t i = 0; b && i < b->n; i++) {
		const char *key = b->objects[i]->key;

		if (str_ends(key, "/config")
			&& strcspn(key, "/") == strlen(key) - strlen("/config"))
			strlist_take(out, xstrndup(key, strcspn(key, "/")));
	}
}

void kops_cmd_get_clusters(struct kops_run *r)
{
	struct strlist names = { 0 };
	struct store_specs *v;
	struct err e = ERR_INIT;
	enum output o = output_get(r);
	size_t n = 0;
	bool named = kops_arg(r, 0) != NULL || kops_flag(r, "name");

	if (o == OUTPUT_BAD)
		return;
	for (size_t i = 0; kops_arg(r, i); i++)
		strlist_add(&names, kops_arg(r, i));
	if (kops_flag(r, "name"))
		strlist_add(&names, kops_flag(r, "name"));
	if (!named)
		cluster_names(kops_world(r), &names);
	v = xcalloc(names.n ? names.n : 1, sizeof(*v));
	while (n < names.n && store_load(kops_world(r), names.v[n], &v[n], &e))
		n++;
	if (err_is_set(&e)) {
		kops_fail(r, "%s", e.text);
	} else if (!n) {
		kops_fail(r, "no clusters found");
	} else {
		struct tree **t = xcalloc(n, sizeof(*t));

		for (size_t i = 0; i < n; i++)
			t[i] = v[i].cluster;
		if (o == OUTPUT_TABLE)
			clusters_table(r, v, n);
		else if (o == OUTPUT_JSON)
			print_json(r, t, n, !named || n > 1);
		else
			print_yaml(r, t, n);
		free(t);
		kops_exit(r, 0);
	}
	for (size_t i = 0; i < n; i++)
		store_specs_release(&v[i]);
	free(v);
	strlist_release(&names);
}

static const char *role_word(const struct tree *group)
{
	const char *role = store_group_role(group);

	if (str_eq(role, "control-plane"))
		return "ControlPlane";
	return str_eq(role, "apiserver") ? "APIServer" : str_eq(role, "bastion") ? "Bastion"
		: "Node";
}

static void size_text(const struct tree *group, const char *path, char out[16])
{
	int64_t v;

	if (tree_int(group, path, &v))
		snprintf(out, 16, "%d", (int)v);
	else
		snprintf(out, 16, "-");
}

static void groups_table(struct kops_run *r, struct tree *const *v, size_t n)
{
	struct kops_table t = { 0 };

	kops_table_row(&t, "NAME|ROLE|MACHINETYPE|MIN|MAX|ZONES");
	for (size_t i = 0; i < n; i++) {
		struct buf zones = BUF_INIT;
		char min[16], max[16];
		const char *type = tree_text(v[i], "spec.machineType");

		join_zones(tree_at(v[i], "spec.subnets"), NULL, &zones);
		size_text(v[i], "spec.minSize", min);
		size_text(v[i], "spec.maxSize", max);
		kops_table_row(&t, "%s|%s|%s|%s|%s|%s", store_group_name(v[i]), role_word(v[i]),
			type ? type : "", min, max, buf_str(&zones));
		buf_release(&zones);
	}
	kops_table_sort(&t);
	kops_table_print(r, &t);
}

/* On reading, kops adds the cluster's label to every group. */
static void label_groups(struct store_specs *s)
{
	for (size_t i = 0; i < s->n; i++)
		tree_set_text(s->groups[i], "metadata.labels.[kops.k8s.io/cluster]", s->name, true);
}

/* The specs of the cluster that is meant, and how to print them.  OUTPUT_BAD: it was said why. */
static enum output specs_get(struct kops_run *r, struct store_specs *s)
{
	const char *cluster = kops_cluster_name(r, false);
	enum output o = cluster ? output_get(r) : OUTPUT_BAD;
	struct err e = ERR_INIT;

	if (o == OUTPUT_BAD)
		return o;
	if (!store_load(kops_world(r), cluster, s, &e)) {
		kops_fail(r, "%s", e.text);
		return OUTPUT_BAD;
	}
	label_groups(s);
	return o;
}

void kops_cmd_get_groups(struct kops_run *r)
{
	struct store_specs s;
	enum output o = specs_get(r, &s);
	struct tree **v;
	size_t n = 0;

	if (o == OUTPUT_BAD)
		return;
	v = xcalloc(s.n + 1, sizeof(*v));
	for (size_t i = 0; i < s.n && !kops_arg(r, 0); i++)
		v[n++] = s.groups[i];
	for (size_t i = 0; kops_arg(r, i); i++) {
		struct tree *g = store_group(&s, kops_arg(r, i));

		if (!g) {
			kops_fail(r, "instancegroup not found \"%s\"", kops_arg(r, i));
			goto out;
		}
		if (n < s.n)
			v[n++] = g;
	}
	if (!n) {
		kops_fail(r, "no InstanceGroup objects found");
		goto out;
	}
	if (o == OUTPUT_TABLE)
		groups_table(r, v, n);
	else if (o == OUTPUT_JSON)
		print_json(r, v, n, n > 1);
	else
		print_yaml(r, v, n);
	kops_exit(r, 0);
out:
	free(v);
	store_specs_release(&s);
}

void kops_cmd_get_all(struct kops_run *r)
{
	struct store_specs s;
	enum output o = specs_get(r, &s);
	struct tree **v;

	if (o == OUTPUT_BAD)
		return;
	v = xcalloc(s.n + 1, sizeof(*v));
	v[0] = s.cluster;
	for (size_t i = 0; i < s.n; i++)
		v[i + 1] = s.groups[i];
	if (o == OUTPUT_JSON) {
		print_json(r, v, s.n + 1, true);
	} else if (o == OUTPUT_YAML) {
		print_yaml(r, v, s.n + 1);
	} else {
		kops_out(r, "Cluster");
		clusters_table(r, &s, 1);
		kops_out(r, "\nInstance Groups");
		groups_table(r, v + 1, s.n);
	}
	free(v);
	store_specs_release(&s);
	kops_exit(r, 0);
}

static const char *member_state(const struct kops_member *m)
{
	return m->detached ? "Detached" : m->needs_update ? "NeedsUpdate" : "UpToDate";
}

static void member_json(struct kops_run *r, struct buf *b, const struct kops_group *g,
	const struct kops_member *m)
{
	const struct lab_instance *i = lab_instance_find(kops_world(r), m->instance);
	const struct {
		const char *name, *value;
	} texts[] = {
		{ "id", m->instance }, { "nodeName", m->node }, { "status", member_state(m) },
		{ "internalIP", i ? i->private_ip : "" }, { "externalIP", "" },
		{ "instanceGroup", g->asg }, { "machineType", i ? i->type : "" }, { "state", "" },
	};

	buf_addc(b, '{');
	for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
		if (!texts[k].value)
			continue;
		buf_addf(b, "%s\"%s\":", k ? "," : "", texts[k].name);
		json_quote(b, texts[k].value);
	}
	/* kops says the role twice on AWS */
	buf_addf(b, ",\"roles\":[\"%s\"%s]}", g->role,
		str_eq(g->role, "control-plane") ? ",\"control-plane\"" : "");
}

void kops_cmd_get_instances(struct kops_run *r)
{
	const char *cluster = kops_cluster_name(r, true);
	enum output o = cluster ? output_get(r) : OUTPUT_BAD;
	struct kops_groups groups;
	struct kops_table t = { 0 };
	struct buf json = BUF_INIT;

	if (o == OUTPUT_BAD || !kops_groups_get(r, cluster, &groups))
		return;
	if (!lab_kube_up(kops_world(r)))
		kops_err(r, "Cannot reach the API server: node names are not known.");
	kops_table_row(&t, "ID|NODE-NAME|STATUS|ROLES|STATE|INTERNAL-IP|EXTERNAL-IP|INSTANCE-GROUP|"
		"MACHINE-TYPE");
	for (size_t i = 0; i < groups.n; i++) {
		for (size_t k = 0; k < groups.v[i].n; k++) {
			const struct kops_member *m = &groups.v[i].members[k];
			const struct lab_instance *in = lab_instance_find(kops_world(r),
				m->instance);

			buf_addc(&json, json.len ? ',' : '[');
			member_json(r, &json, &groups.v[i], m);
			kops_table_row(&t, "%s|%s|%s|%s||%s||%s|%s", m->instance,
				m->node ? m->node : "", member_state(m),
				str_eq(groups.v[i].role, "control-plane")
					? "control-plane, control-plane" : groups.v[i].role,
				in ? in->private_ip : "", groups.v[i].asg, in ? in->type : "");
		}
	}
	kops_groups_release(&groups);
	buf_adds(&json, json.len ? "]\n" : "[]\n");
	if (o == OUTPUT_TABLE) {
		kops_out(r, "%s", "");
		kops_table_sort(&t);
		kops_table_print(r, &t);
	} else {
		struct tree *as_tree = o == OUTPUT_YAML ? tree_of(buf_str(&json)) : NULL;
		struct kops_table empty = { 0 };

		if (as_tree)
			print_yaml(r, &as_tree, 1);
		else
			kops_out_raw(r, buf_str(&json));
		tree_free(as_tree);
		for (size_t i = 0; i < t.n; i++)
			strlist_release(&t.rows[i]);
		free(t.rows);
		t = empty;
	}
	buf_release(&json);
	kops_exit(r, 0);
}

void kops_send_kubeconfig(struct kops_run *r, const char *name)
{
	struct world *w = kops_world(r);
	struct buf ca = BUF_INIT;

	base64_encode(&ca, w->kube_ca_pem ? w->kube_ca_pem : "",
		w->kube_ca_pem ? strlen(w->kube_ca_pem) : 0);
	kops_kubeconfig_line(r, "apiVersion: v1\nkind: Config\nclusters:\n- name: %s\n  cluster:\n"
		"    server: %s\n    certificate-authority-data: %s\ncontexts:\n- name: %s\n"
		"  context:\n    cluster: %s\n    user: %s\ncurrent-context: %s\nusers:\n"
		"- name: %s\n  user:\n    token: %s", name, w->kube_server ? w->kube_server : "",
		buf_str(&ca), name, name, name, name, name, w->kube_token);
	buf_release(&ca);
	kops_out(r, "kOps has set your kubectl context to %s", name);
}

void kops_cmd_export_kubeconfig(struct kops_run *r)
{
	const char *name = kops_cluster_name(r, true);

	if (!name)
		return;
	if (!str_eq(name, kops_world(r)->cluster)) {
		kops_fail(r, "cluster not found \"%s\"", name);
		return;
	}
	kops_send_kubeconfig(r, name);
	kops_exit(r, 0);
}
