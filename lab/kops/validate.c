/* SPDX-License-Identifier: Apache-2.0 */
/* kops validate cluster, and the validation that a roll repeats (facts: kops 5.7). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strmap.h"
#include "core/base/xalloc.h"
#include "lab/kops.h"

static void failure_add(struct kops_validation *v, const char *kind, const char *name,
	const char *group, bool cp, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

static void failure_add(struct kops_validation *v, const char *kind, const char *name,
	const char *group, bool cp, const char *fmt, ...)
{
	va_list ap;

	v->v = xgrow(v->v, &v->cap, v->n, sizeof(*v->v));
	va_start(ap, fmt);
	v->v[v->n++] = (struct kops_failure){ .kind = xstrdup(kind), .name = xstrdup(name),
		.group = xstrdup(group), .control_plane = cp, .message = xvasprintf(fmt, ap) };
	va_end(ap);
}

void kops_validation_release(struct kops_validation *v)
{
	for (size_t i = 0; i < v->n; i++) {
		free(v->v[i].kind);
		free(v->v[i].name);
		free(v->v[i].message);
		free(v->v[i].group);
	}
	free(v->v);
	free(v->error);
	memset(v, 0, sizeof(*v));
}

static void validate_instance(struct world *w, const struct lab_instance *i, const char *group,
	bool cp, struct kops_validation *out)
{
	struct lab_node node;

	if (!i->registered || !lab_node_get(w, i->id, &node)) {
		failure_add(out, "Machine", i->id, group, cp,
			"machine \"%s\" has not yet joined cluster", i->id);
	} else if (!node.ready) {
		failure_add(out, "Node", node.name, group, cp, "node \"%s\" of role \"%s\" is not "
			"ready",
			node.name, node.control_plane ? "control-plane" : "node");
	}
}

static void validate_group(struct world *w, const struct lab_asg *asg, const char *group,
	bool cp, struct kops_validation *out)
{
	struct lab_instance *i;
	size_t pos = 0;
	int32_t n = 0;

	while ((i = lab_instance_next(w, asg, &pos)) != NULL) {
		if ((i->state == LAB_PENDING || i->state == LAB_RUNNING)
			&& !str_eq(i->lifecycle, "Terminating"))
			n++;
	}
	if (n < asg->desired)
		failure_add(out, "InstanceGroup", group, group, cp,
			"InstanceGroup \"%s\" did not have enough nodes %d vs %d", group, (int)n,
			(int)asg->desired);
	for (pos = 0; (i = lab_instance_next(w, asg, &pos)) != NULL;) {
		if ((i->state == LAB_PENDING || i->state == LAB_RUNNING)
			&& !str_eq(i->lifecycle, "Terminating"))
			validate_instance(w, i, group, cp, out);
	}
}

/* Pods of the two critical classes: a cluster's own have no group, a node's have its group. */
static void validate_pods(struct world *w, struct kops_validation *out)
{
	struct lab_pod p;
	size_t pos = 0;

	while (lab_pod_next(w, NULL, &pos, &p)) {
		const char *prio = p.priority_class;
		struct lab_node node;
		const char *group = NULL;
		bool cp = false;

		if (!str_eq(prio, "system-cluster-critical")
			&& !str_eq(prio, "system-node-critical"))
			continue;
		if (p.finished && str_eq(p.phase, "Succeeded"))
			continue;
		if (str_eq(prio, "system-node-critical") && p.node
			&& lab_node_get(w, p.node, &node)) {
			group = node.group;
			cp = node.control_plane;
		}
		if (str_eq(p.phase, "Pending"))
			failure_add(out, "Pod", p.name, group, cp, "%s pod \"%s\" is pending",
				prio,
				p.name);
		else if (str_eq(p.phase, "Unknown"))
			failure_add(out, "Pod", p.name, group, cp,
				"%s pod \"%s\" is unknown phase",
				prio, p.name);
		else if (p.not_ready && *p.not_ready)
			failure_add(out, "Pod", p.name, group, cp,
				"%s pod \"%s\" is not ready (%s)",
				prio, p.name, p.not_ready);
	}
}

static bool has_control_pod(struct world *w, const char *node, const char *app)
{
	struct lab_pod p;
	size_t pos = 0;

	while (lab_pod_next(w, node, &pos, &p)) {
		if (str_eq(p.k8s_app, app))
			return true;
	}
	return false;
}

static void validate_control_pods(struct world *w, struct kops_validation *out)
{
	static const char *const apps[] = { "kube-apiserver", "kube-controller-manager",
		"kube-scheduler" };
	struct lab_node node;
	size_t pos = 0;

	while (lab_node_next(w, &pos, &node)) {
		for (size_t i = 0; node.control_plane && node.ready && i < 3; i++) {
			if (!has_control_pod(w, node.name, apps[i]))
				failure_add(out, "Node", node.name, node.group, true,
					"control-plane node \"%s\" is missing %s pod", node.name,
					apps[i]);
		}
	}
}

/* The names that kops puts into DNS point nowhere until a control plane has started. */
static void validate_dns(const struct world *w, struct kops_validation *out)
{
	if (str_eq(w->api_record, "203.0.113.123") || str_eq(w->api_record, "fd00:dead:add::"))
		failure_add(out, "dns", "apiserver", NULL, false,
			"Validation Failed: the name api.%s has the placeholder address %s",
			w->cluster, w->api_record);
}

void kops_validation_run(struct world *w, const char *cluster, struct kops_validation *out)
{
	struct store_specs s;
	struct err e = ERR_INIT;

	memset(out, 0, sizeof(*out));
	validate_dns(w, out);
	if (!store_load(w, cluster, &s, &e)) {
		out->error = xstrdup(e.text);
		return;
	}
	if (!lab_kube_up(w)) {
		const char *host = w->kube_server ? w->kube_server : "https://api";

		out->error = xasprintf("error listing nodes: Get \"%s/api/v1/nodes\": dial tcp: "
			"connect: connection refused", host);
		store_specs_release(&s);
		return;
	}
	for (size_t i = 0; i < s.n; i++) {
		const char *name = store_group_name(s.groups[i]);
		char *asg_name = store_asg_name(&s, s.groups[i]);
		struct lab_asg *asg = lab_asg_find(w, asg_name);
		bool cp = str_eq(store_group_role(s.groups[i]), "control-plane");

		if (asg)
			validate_group(w, asg, name, cp, out);
		else
			failure_add(out, "InstanceGroup", name, name, cp,
				"InstanceGroup \"%s\" is missing from the cloud provider", name);
		free(asg_name);
	}
	store_specs_release(&s);
	validate_pods(w, out);
	validate_control_pods(w, out);
}

/* ---- the command ---- */

struct validate {
	struct kops_run *r;
	char *cluster;
	bool json;
	int64_t wait_until; /* vms; -1: no --wait */
	int64_t interval;
	int64_t count, good;
	struct world_timer *timer;
};

static void print_groups(struct kops_run *r, const struct store_specs *s)
{
	struct kops_table t = { 0 };

	kops_out(r, "\nINSTANCE GROUPS");
	kops_table_row(&t, "NAME|ROLE|MACHINETYPE|MIN|MAX|SUBNETS");
	for (size_t i = 0; i < s->n; i++) {
		const struct tree *subnets = tree_at(s->groups[i], "spec.subnets");
		const char *role = store_group_role(s->groups[i]);
		const char *type = tree_text(s->groups[i], "spec.machineType");
		struct buf names = BUF_INIT;
		int32_t min, max;

		store_group_size(s->groups[i], &min, &max);
		for (size_t k = 0; subnets && k < subnets->n; k++)
			buf_addf(&names, "%s%s", k ? "," : "", subnets->items[k]->text);
		kops_table_row(&t, "%s|%s|%s|%d|%d|%s", store_group_name(s->groups[i]),
			str_eq(role, "control-plane") ? "ControlPlane" : "Node", type ? type : "",
			(int)min, (int)max, buf_str(&names));
		buf_release(&names);
	}
	kops_table_sort(&t);
	kops_table_print(r, &t);
}

static void print_nodes(struct kops_run *r)
{
	struct kops_table t = { 0 };
	struct lab_node node;
	size_t pos = 0;

	kops_out(r, "\nNODE STATUS");
	kops_table_row(&t, "NAME|ROLE|READY");
	while (lab_node_next(kops_world(r), &pos, &node))
		kops_table_row(&t, "%s|%s|%s", node.name,
			node.control_plane ? "control-plane" : "node",
				node.ready ? "True" : "False");
	kops_table_sort(&t);
	kops_table_print(r, &t);
}

static void print_failures(struct kops_run *r, const struct kops_validation *v)
{
	struct kops_table t = { 0 };

	kops_out(r, "\nVALIDATION ERRORS");
	kops_table_row(&t, "KIND|NAME|MESSAGE");
	for (size_t i = 0; i < v->n; i++)
		kops_table_row(&t, "%s|%s|%s", v->v[i].kind, v->v[i].name, v->v[i].message);
	kops_table_print(r, &t);
}

static void print_json(struct kops_run *r, const struct kops_validation *v)
{
	json_auto_t *o = json_object();
	json_t *failures = json_array(), *nodes = json_array();
	struct buf text = BUF_INIT;
	struct lab_node node;
	size_t pos = 0;

	for (size_t i = 0; i < v->n; i++)
		json_array_append_new(failures, json_pack("{s:s,s:s,s:s}",
			"type", v->v[i].kind, "name", v->v[i].name, "message", v->v[i].message));
	while (lab_node_next(kops_world(r), &pos, &node))
		json_array_append_new(nodes, json_pack("{s:s,s:s,s:s,s:s}", "name", node.name,
			"role", node.control_plane ? "control-plane" : "node",
			"hostname", node.name, "status", node.ready ? "True" : "False"));
	if (v->n)
		json_object_set(o, "failures", failures);
	if (json_array_size(nodes))
		json_object_set(o, "nodes", nodes);
	json_decref(failures);
	json_decref(nodes);
	json_write(&text, o, false);
	kops_out_raw(r, buf_str(&text));
	buf_release(&text);
}

static void validate_print(struct validate *c, const struct kops_validation *v)
{
	struct store_specs s;

	if (c->json) {
		print_json(c->r, v);
		return;
	}
	if (store_load(kops_world(c->r), c->cluster, &s, NULL)) {
		print_groups(c->r, &s);
		store_specs_release(&s);
	}
	print_nodes(c->r);
	if (v->n)
		print_failures(c->r, v);
	kops_out(c->r, v->n ? "\nValidation Failed" : "\nYour cluster %s is ready", c->cluster);
}

static void validate_free(void *ctx)
{
	struct validate *c = ctx;

	if (c->timer)
		world_timer_cancel(kops_world(c->r), c->timer);
	free(c->cluster);
	free(c);
}

static void validate_end(struct validate *c, const char *error)
{
	struct kops_run *r = c->r;
	char *text = xstrdup(error);

	validate_free(c);
	if (text)
		kops_fail(r, "%s", text);
	else
		kops_exit(r, 0);
	free(text);
}

static void validate_step(void *ctx)
{
	struct validate *c = ctx;
	struct world *w = kops_world(c->r);
	struct kops_validation v;
	char *error = NULL;

	c->timer = NULL;
	kops_validation_run(w, c->cluster, &v);
	if (v.error)
		error = xasprintf("validation failed: unexpected error during validation: %s",
			v.error);
	else
		validate_print(c, &v);
	if (!error && v.n)
		error = xstrdup("validation failed: cluster not yet healthy");
	c->good = error ? 0 : c->good + 1;
	kops_validation_release(&v);
	if (!error && c->good >= c->count) {
		validate_end(c, NULL);
	} else if (c->wait_until < 0 || world_now(w) + c->interval > c->wait_until) {
		validate_end(c, c->wait_until < 0 ? error
			: "validation failed: wait time exceeded during validation");
	} else {
		if (error)
			kops_log(c->r, 'W', "validate_cluster.go:230", "(will retry): %s", error);
		c->timer = world_timer_add(w, c->interval, validate_step, c);
	}
	free(error);
}

void kops_cmd_validate(struct kops_run *r)
{
	const char *cluster = kops_cluster_name(r, true);
	const char *o = cluster ? kops_flag(r, "output") : NULL;
	int64_t wait, interval, count = 0;
	struct validate *c;

	if (!cluster || !kops_flag_duration(r, "wait", 0, &wait)
		|| !kops_flag_duration(r, "interval", 10000, &interval))
		return;
	if (kops_flag(r, "count") && !str_to_i64(kops_flag(r, "count"), 0, 1000, &count)) {
		kops_fail(r, "invalid argument \"%s\" for \"--count\" flag", kops_flag(r, "count"));
		return;
	}
	if (o && !str_eq(o, "json") && !str_eq(o, "table")) {
		kops_fail(r, "unsupported output format: \"%s\"", o);
		return;
	}
	c = xcalloc(1, sizeof(*c));
	c->r = r;
	c->cluster = xstrdup(cluster);
	c->json = str_eq(o, "json");
	c->wait_until = wait ? world_now(kops_world(r)) + wait : -1;
	c->interval = interval < 1000 ? 1000 : interval;
	c->count = wait ? count : 0;
	kops_on_gone(r, validate_free, c);
	if (!c->json)
		kops_out(r, "Validating cluster %s", cluster);
	validate_step(c);
}
