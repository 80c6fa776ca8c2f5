/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kops update cluster: what the specs ask for now against what the store and
 * the launch templates hold, reported (dry run) or written (--yes).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/xalloc.h"
#include "lab/kops.h"

struct update_task {
	char *key;        /* "LaunchTemplate/nodes.x" */
	struct buf text;  /* its lines of the report */
	bool create;
};

struct update {
	struct kops_run *r;
	char *cluster;
	bool yes, kubeconfig, created;
	bool begins; /* it is only in the store so far */
	struct store_plan plan;
	struct store_specs specs;
	struct update_task *tasks;
	size_t n, cap;
	size_t step, total;
	struct world_timer *timer;
};

/* How far the tasks are after each step, in percent: the shape of a real run. */
static const int progress[] = { 0, 27, 45, 72, 76, 82, 85, 89, 92, 99, 100 };
enum { UPDATE_STEPS = sizeof(progress) / sizeof(*progress), UPDATE_STEP_MS = 160 };

static struct update_task *task_add(struct update *u, const char *key, bool create)
{
	for (size_t i = 0; i < u->n; i++) {
		if (str_eq(u->tasks[i].key, key))
			return &u->tasks[i];
	}
	u->tasks = xgrow(u->tasks, &u->cap, u->n, sizeof(*u->tasks));
	memset(&u->tasks[u->n], 0, sizeof(*u->tasks));
	u->tasks[u->n].key = xstrdup(key);
	u->tasks[u->n].create = create;
	return &u->tasks[u->n++];
}

static void task_diff(struct update_task *t, const char *field, const char *old, const char *new)
{
	struct strlist lines = { 0 };

	kops_diff(old, new, &lines);
	buf_addf(&t->text, "  \t%-20s\n", field);
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(&t->text, "  \t%-20s\t%s\n", "", lines.v[i]);
	buf_addf(&t->text, "  \t%-20s\t\n", "");
	strlist_release(&lines);
}

static void task_field(struct update_task *t, const char *field, const char *old,
	const char *new)
{
	buf_addf(&t->text, "  \t%-20s\t %s -> %s\n", field, old ? old : "<nil>",
		new ? new : "<nil>");
}

static struct lab_object *stored_file(struct update *u, const struct store_file *f)
{
	struct world *w = kops_world(u->r);
	struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);
	char *key = xasprintf("%s/%s", u->cluster, f->path);
	struct lab_object *o = b ? lab_object_get(b, key) : NULL;

	free(key);
	return o;
}

static void compare_files(struct update *u)
{
	for (size_t i = 0; i < u->plan.n_files; i++) {
		const struct store_file *f = &u->plan.files[i];
		const struct lab_object *o = stored_file(u, f);

		if (!o)
			task_add(u, f->task, true);
		else if (!str_eq(o->data, f->text))
			task_diff(task_add(u, f->task, false), "Contents", o->data, f->text);
	}
}

static void compare_template(struct update *u, const struct store_group_plan *g,
	const struct lab_template_version *v)
{
	char *key = xasprintf("LaunchTemplate/%s", g->asg);
	struct buf plain = BUF_INIT;

	base64_decode(&plain, v->user_data ? v->user_data : "",
		v->user_data ? strlen(v->user_data) : 0);
	if (g->image && !str_eq(v->image_id, g->image))
		task_field(task_add(u, key, false), "ImageID", v->image_id, g->image);
	if (!str_eq(v->instance_type, g->machine_type))
		task_field(task_add(u, key, false), "InstanceType", v->instance_type,
			g->machine_type);
	if (!str_eq(buf_str(&plain), g->user_data))
		task_diff(task_add(u, key, false), "UserData", buf_str(&plain), g->user_data);
	buf_release(&plain);
	free(key);
}

static void compare_sizes(struct update *u, const struct store_group_plan *g,
	const struct lab_asg *asg)
{
	char *key = xasprintf("AutoscalingGroup/%s", g->asg);
	char old[16], new[16];

	if (asg->max != g->max) {
		snprintf(old, sizeof(old), "%d", (int)asg->max);
		snprintf(new, sizeof(new), "%d", (int)g->max);
		task_field(task_add(u, key, false), "MaxSize", old, new);
	}
	if (asg->min != g->min) {
		snprintf(old, sizeof(old), "%d", (int)asg->min);
		snprintf(new, sizeof(new), "%d", (int)g->min);
		task_field(task_add(u, key, false), "MinSize", old, new);
	}
	free(key);
}

static void compare_new(struct update *u, const struct store_group_plan *g)
{
	static const char *const types[] = { "AutoscalingGroup", "LaunchTemplate" };

	for (size_t i = 0; i < 2; i++) {
		char *key = xasprintf("%s/%s", types[i], g->asg);

		task_add(u, key, true);
		free(key);
	}
}

static int task_cmp(const void *a, const void *b)
{
	return strcmp(((const struct update_task *)a)->key, ((const struct update_task *)b)->key);
}

static bool update_compare(struct update *u, struct err *e)
{
	struct world *w = kops_world(u->r);

	u->begins = !w->n_asgs;
	if (!u->begins && !str_eq(w->cluster, u->cluster))
		return err_set(e, ERR_REFUSED,
			"the lab's cloud has room for one cluster, and %s is "
			"in it",
			w->cluster);
	compare_files(u);
	for (size_t i = 0; i < u->plan.n_groups; i++) {
		const struct store_group_plan *g = &u->plan.groups[i];
		struct lab_asg *asg = lab_asg_find(w, g->asg);
		struct lab_template_version *v =
			asg ? lab_template_version(asg->template, "$Latest") : NULL;

		if (g->min > g->max || g->min < 0)
			return err_set(e, ERR_REFUSED, "spec.maxSize: Forbidden: maxSize must be "
				"greater than or equal to minSize (%s)", g->group);
		if (v) {
			compare_template(u, g, v);
			compare_sizes(u, g, asg);
		} else {
			compare_new(u, g);
		}
	}
	if (u->n)
		qsort(u->tasks, u->n, sizeof(*u->tasks), task_cmp);
	return true;
}

/* ---- saying it, doing it ---- */

static void report_section(struct update *u, bool create, const char *title)
{
	bool any = false;

	for (size_t i = 0; i < u->n; i++) {
		if (u->tasks[i].create != create)
			continue;
		if (!any)
			kops_out(u->r, "%s", title);
		any = true;
		kops_out(u->r, "  %s", u->tasks[i].key);
		kops_out_raw(u->r, buf_str(&u->tasks[i].text));
		kops_out(u->r, "%s", "");
	}
}

static void update_report(struct update *u)
{
	report_section(u, true, "Will create resources:");
	report_section(u, false, "Will modify resources:");
	kops_out(u->r, "%s", u->n ? "Must specify --yes to apply changes"
				  : "No changes need to be applied");
}

static void apply_group(struct update *u, const struct store_group_plan *g)
{
	struct world *w = kops_world(u->r);
	struct lab_asg *asg = lab_asg_find(w, g->asg);
	struct lab_template_version *v = lab_template_version(asg->template, "$Latest");
	struct buf data = BUF_INIT;
	char *image = xstrdup(g->image ? g->image : v->image_id);

	base64_encode(&data, g->user_data, strlen(g->user_data));
	if (!str_eq(buf_str(&data), v->user_data) || !str_eq(v->instance_type, g->machine_type)
		|| !str_eq(v->image_id, image)) {
		struct lab_template_version next = { .instance_type = g->machine_type,
			.image_id = image, .user_data = (char *)buf_str(&data),
			.max_pods = g->max_pods };

		v = lab_template_add_version(w, asg->template, &next);
		asg->template->default_version = v->number;
	}
	if (asg->min != g->min || asg->max != g->max)
		lab_asg_set_bounds(w, asg, g->min, g->max);
	buf_release(&data);
	free(image);
}

static void update_apply(struct update *u)
{
	struct world *w = kops_world(u->r);
	struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);

	if (u->begins)
		world_cluster_begin(w, &u->specs);
	for (size_t i = 0; i < u->plan.n_files; i++) {
		const struct store_file *f = &u->plan.files[i];
		const struct lab_object *o = stored_file(u, f);
		char *key = xasprintf("%s/%s", u->cluster, f->path);

		if (!o || !str_eq(o->data, f->text))
			lab_object_put(w, b, key, f->text, strlen(f->text));
		free(key);
	}
	for (size_t i = 0; i < u->plan.n_groups; i++) {
		const struct store_group_plan *g = &u->plan.groups[i];

		if (lab_asg_find(w, g->asg))
			apply_group(u, g);
		else
			world_group_begin(w, g, store_group(&u->specs, g->group));
	}
	if (u->begins)
		world_cluster_objects(w);
}

static void update_free(void *ctx)
{
	struct update *u = ctx;

	if (u->timer)
		world_timer_cancel(kops_world(u->r), u->timer);
	for (size_t i = 0; i < u->n; i++) {
		free(u->tasks[i].key);
		buf_release(&u->tasks[i].text);
	}
	free(u->tasks);
	store_plan_release(&u->plan);
	store_specs_release(&u->specs);
	free(u->cluster);
	free(u);
}

static void update_suggest(struct update *u)
{
	kops_out(u->r,
		"\nCluster configuration has been created.\n\nSuggestions:\n"
		" * list clusters with: kops get cluster\n"
		" * edit this cluster with: kops edit cluster %s\n\n"
		"Finally configure your cluster with: kops update cluster --name %s --yes "
		"--admin\n",
		u->cluster, u->cluster);
}

static void update_end(struct update *u)
{
	struct kops_run *r = u->r;

	if (!u->yes) {
		update_report(u);
		if (u->created)
			update_suggest(u);
	} else {
		if (u->kubeconfig) {
			kops_log(r, 'I', "update_cluster.go:419",
				"Exporting kubeconfig for cluster");
			kops_send_kubeconfig(r, u->cluster);
		}
		if (u->begins)
			kops_out(r, "\nCluster is starting.  It should be ready in a few minutes."
				"\n\nSuggestions:\n * validate cluster: kops validate cluster "
				"--wait 10m\n * list nodes: kubectl get nodes --show-labels\n");
		else
			kops_out(r, "\nCluster changes have been applied to the cloud.\n\n\n"
			"Changes may require instances to restart: kops rolling-update cluster\n");
	}
	update_free(u);
	kops_exit(r, 0);
}

static void update_step(void *ctx)
{
	struct update *u = ctx;
	size_t done = u->total * (size_t)progress[u->step] / 100;
	size_t next = u->step + 1 < UPDATE_STEPS ? u->total * (size_t)progress[u->step + 1] / 100
						 : u->total;

	u->timer = NULL;
	/* everything is written by the last but one: what is then read is what was applied */
	if (u->yes && u->step + 2 == UPDATE_STEPS)
		update_apply(u);
	kops_log(u->r, 'I', "executor.go:113", "Tasks: %zu done / %zu total; %zu can run", done,
		u->total, next - done);
	if (++u->step == UPDATE_STEPS)
		update_end(u);
	else
		u->timer = world_timer_add(kops_world(u->r), UPDATE_STEP_MS, update_step, u);
}

void kops_update_start(struct kops_run *r, const char *cluster, bool yes, bool created)
{
	struct err e = ERR_INIT;
	struct update *u = xcalloc(1, sizeof(*u));

	u->r = r;
	u->cluster = xstrdup(cluster);
	u->yes = yes;
	u->created = created;
	u->kubeconfig = kops_flag_on(r, "create-kube-config", true);
	if (!store_load(kops_world(r), cluster, &u->specs, &e)
		|| !store_render(kops_world(r), &u->specs, &u->plan, &e)
		|| !update_compare(u, &e)) {
		update_free(u);
		kops_fail(r, "%s", e.text);
		return;
	}
	/* the network, the roles and the balancer are tasks as well; they never change here */
	u->total = u->plan.n_files + 4 * u->plan.n_groups + 90;
	kops_on_gone(r, update_free, u);
	update_step(u);
}

void kops_cmd_update(struct kops_run *r)
{
	const char *cluster = kops_cluster_name(r, true);

	if (cluster)
		kops_update_start(r, cluster, kops_flag_on(r, "yes", false), false);
}
