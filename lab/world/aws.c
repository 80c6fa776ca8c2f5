/* SPDX-License-Identifier: Apache-2.0 */
/* Launch templates, Auto Scaling groups and instances: the records and their verbs. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/bug.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/sim.h"
#include "lab/world/parts.h"

static const char *const state_names[LAB_INSTANCE_STATE__COUNT] = {
	[LAB_PENDING] = "pending",
	[LAB_RUNNING] = "running",
	[LAB_SHUTTING_DOWN] = "shutting-down",
	[LAB_TERMINATED] = "terminated",
	[LAB_STOPPED] = "stopped",
};

const char *lab_instance_state_name(enum lab_instance_state s)
{
	return state_names[s];
}

struct lab_template *lab_template_find(struct world *w, const char *id_or_name)
{
	for (size_t i = 0; i < w->n_templates; i++) {
		struct lab_template *t = w->templates[i];
		if (str_eq(t->id, id_or_name) || str_eq(t->name, id_or_name))
			return t;
	}
	return NULL;
}

struct lab_template *lab_template_add(struct world *w, const char *name)
{
	struct lab_template *t = xcalloc(1, sizeof(*t));
	t->id = world_id(w, "lt-");
	t->name = xstrdup(name);
	t->created = world_wall(w);
	t->default_version = 1;
	t->tags = strmap_new(free);
	w->templates = xgrow(w->templates, &w->cap_templates, w->n_templates,
		sizeof(struct lab_template *));
	w->templates[w->n_templates++] = t;
	return t;
}

struct lab_template_version *lab_template_add_version(struct world *w, struct lab_template *t,
	const struct lab_template_version *contents)
{
	struct lab_template_version *v = xcalloc(1, sizeof(*v));
	v->number = (int64_t)t->n + 1;
	v->created = world_wall(w);
	v->instance_type = xstrdup(contents->instance_type);
	v->image_id = xstrdup(contents->image_id);
	v->user_data = xstrdup(contents->user_data ? contents->user_data : "");
	v->max_pods = contents->max_pods;
	v->description = xstrdup(contents->description);
	t->versions = xgrow(t->versions, &t->cap, t->n, sizeof(struct lab_template_version *));
	t->versions[t->n++] = v;
	return v;
}

struct lab_template_version *lab_template_version(const struct lab_template *t,
	const char *version)
{
	int64_t n;
	if (!version || strcmp(version, "$Default") == 0)
		n = t->default_version;
	else if (strcmp(version, "$Latest") == 0)
		n = (int64_t)t->n;
	else if (!str_to_i64(version, 1, INT32_MAX, &n))
		return NULL;
	return n >= 1 && n <= (int64_t)t->n ? t->versions[n - 1] : NULL;
}

static void tag(struct strmap *m, const char *key, const char *value)
{
	strmap_set(m, key, xstrdup(value));
}

static void asg_tags(struct world *w, struct lab_asg *g)
{
	struct buf key = BUF_INIT;
	bool control = strcmp(g->role, "control-plane") == 0;
	g->tags = strmap_new(free);
	tag(g->tags, "KubernetesCluster", w->cluster);
	tag(g->tags, "Name", g->name);
	tag(g->tags, "k8s.io/cluster-autoscaler/node-template/label/kops.k8s.io/instancegroup",
		g->group);
	tag(g->tags, control ? "k8s.io/role/control-plane" : "k8s.io/role/node", "1");
	tag(g->tags, "kops.k8s.io/instancegroup", g->group);
	buf_addf(&key, "kubernetes.io/cluster/%s", w->cluster);
	tag(g->tags, buf_str(&key), "owned");
	buf_release(&key);
}

struct lab_asg *lab_asg_add(struct world *w, const char *group, const char *role,
	struct lab_subnet *subnet, int32_t size)
{
	char uuid[37];
	bool control = strcmp(role, "control-plane") == 0;
	struct lab_asg *g = xcalloc(1, sizeof(*g));
	g->name = xasprintf("%s.%s%s", group, control ? "masters." : "", w->cluster);
	world_uuid(w, uuid);
	g->arn = xasprintf("arn:aws:autoscaling:%s:%s:autoScalingGroup:%s:autoScalingGroupName/%s",
		w->region, w->account, uuid, g->name);
	g->group = xstrdup(group);
	g->role = xstrdup(role);
	g->min = g->max = g->desired = size;
	g->template = lab_template_add(w, g->name);
	lab_template_add_version(w, g->template, &(struct lab_template_version){
		.instance_type = (char *)(uintptr_t)"t3.medium", .image_id = w->image_id,
		.max_pods = -1 });
	g->template_version = xstrdup("$Latest");
	g->subnets = xcalloc(1, sizeof(struct lab_subnet *));
	g->subnets[0] = subnet;
	g->n_subnets = 1;
	g->created = world_wall(w);
	asg_tags(w, g);
	w->asgs = xgrow(w->asgs, &w->cap_asgs, w->n_asgs, sizeof(struct lab_asg *));
	w->asgs[w->n_asgs++] = g;
	return g;
}

struct lab_asg *lab_asg_find(struct world *w, const char *name)
{
	for (size_t i = 0; i < w->n_asgs; i++) {
		if (strcmp(w->asgs[i]->name, name) == 0)
			return w->asgs[i];
	}
	return NULL;
}

struct lab_asg *lab_asg_of_group(struct world *w, const char *group)
{
	for (size_t i = 0; i < w->n_asgs; i++) {
		if (strcmp(w->asgs[i]->group, group) == 0)
			return w->asgs[i];
	}
	return NULL;
}

bool lab_asg_set_desired(struct world *w, struct lab_asg *g, int32_t desired)
{
	if (desired < g->min || desired > g->max)
		return false;
	g->desired = desired;
	sim_asg_kick(w);
	return true;
}

void lab_asg_set_bounds(struct world *w, struct lab_asg *g, int32_t min, int32_t max)
{
	g->min = min >= 0 ? min : g->min;
	g->max = max >= 0 ? max : g->max;
	if (g->desired < g->min)
		g->desired = g->min;
	if (g->desired > g->max)
		g->desired = g->max;
	sim_asg_kick(w);
}

struct lab_instance *lab_instance_find(struct world *w, const char *id)
{
	for (size_t i = 0; i < w->n_instances; i++) {
		if (str_eq(w->instances[i]->id, id))
			return w->instances[i];
	}
	return NULL;
}

struct lab_instance *lab_instance_next(struct world *w, const struct lab_asg *g, size_t *pos)
{
	while (*pos < w->n_instances) {
		struct lab_instance *i = w->instances[(*pos)++];
		if (!g || i->asg == g)
			return i;
	}
	return NULL;
}

struct lab_instance *lab_instance_launch(struct world *w, struct lab_asg *g)
{
	const struct lab_template_version *v = lab_template_version(g->template,
		g->template_version);
	struct lab_instance *i = xcalloc(1, sizeof(*i));
	size_t pos = 0;
	MUST(v);
	const char *key;
	void *value;
	i->id = world_id(w, "i-");
	i->type = xstrdup(v->instance_type);
	i->image_id = xstrdup(v->image_id);
	i->state = LAB_PENDING;
	i->launched = world_wall(w);
	i->subnet = g->subnets[world_random_below(w, g->n_subnets)];
	i->template = g->template;
	i->template_version = v->number;
	i->asg = g;
	i->group = xstrdup(g->group);
	i->role = xstrdup(g->role);
	i->lifecycle = "Pending";
	i->healthy = true;
	i->tags = strmap_new(free);
	while (strmap_next(g->tags, &pos, &key, &value))
		tag(i->tags, key, value);
	tag(i->tags, "aws:autoscaling:groupName", g->name);
	tag(i->tags, "aws:ec2launchtemplate:id", g->template->id);
	char *version = xasprintf("%lld", (long long)v->number);
	tag(i->tags, "aws:ec2launchtemplate:version", version);
	free(version);
	struct lab_eni *e = lab_eni_attach(w, i);
	i->private_ip = lab_ip_text(e ? e->primary : 0);
	i->private_dns = xasprintf("%s.%s.compute.internal", i->id, w->region);
	w->instances = xgrow(w->instances, &w->cap_instances, w->n_instances,
		sizeof(struct lab_instance *));
	w->instances[w->n_instances++] = i;
	sim_instance_launched(w, i);
	return i;
}

struct lab_instance *lab_instance_launch_warm(struct world *w, struct lab_asg *g)
{
	struct lab_instance *i = lab_instance_launch(w, g);

	i->state = LAB_STOPPED;
	i->lifecycle = "Warmed:Stopped";
	sim_instance_stopped(w, i);
	return i;
}

void lab_instance_terminate(struct world *w, struct lab_instance *i)
{
	if (i->state == LAB_SHUTTING_DOWN || i->state == LAB_TERMINATED)
		return;
	i->state = LAB_SHUTTING_DOWN;
	i->lifecycle = i->asg ? "Terminating" : NULL;
	sim_instance_terminating(w, i);
	sim_asg_kick(w);
}

void lab_asg_detach(struct world *w, struct lab_asg *g, struct lab_instance *i, bool decrement)
{
	if (i->asg != g)
		return;
	i->asg = NULL;
	i->lifecycle = NULL;
	strmap_remove(i->tags, "aws:autoscaling:groupName");
	if (decrement && g->desired > g->min)
		g->desired--;
	sim_asg_kick(w);
}

static void eni_free(struct lab_instance *i, struct lab_eni *e)
{
	lab_subnet_give_back(i->subnet, e->primary, 1);
	for (size_t k = 0; k < e->n_ips; k++)
		lab_subnet_give_back(i->subnet, e->ips[k], 1);
	for (size_t k = 0; k < e->n_prefixes; k++)
		lab_subnet_give_back(i->subnet, e->prefixes[k], 16);
	free(e->ips);
	free(e->prefixes);
	free(e->id);
	free(e);
}

void lab_instance_drop_enis(struct lab_instance *i)
{
	for (size_t k = 0; k < i->n_enis; k++)
		eni_free(i, i->enis[k]);
	free(i->enis);
	i->enis = NULL;
	i->n_enis = 0;
}

static void instance_free(struct lab_instance *i)
{
	lab_instance_drop_enis(i);
	char *owned[] = { i->id, i->type, i->image_id, i->private_ip, i->private_dns, i->group,
		i->role };
	for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
		free(owned[k]);
	strmap_free(i->tags);
	free(i);
}

void lab_instance_forget(struct world *w, struct lab_instance *i)
{
	for (size_t k = 0; k < w->n_instances; k++) {
		if (w->instances[k] != i)
			continue;
		w->n_instances--;
		memmove(w->instances + k, w->instances + k + 1,
			(w->n_instances - k) * sizeof(struct lab_instance *));
		instance_free(i);
		return;
	}
}

static void template_free(struct lab_template *t)
{
	for (size_t k = 0; k < t->n; k++) {
		struct lab_template_version *v = t->versions[k];
		free(v->instance_type);
		free(v->image_id);
		free(v->user_data);
		free(v->description);
		free(v);
	}
	free(t->versions);
	free(t->id);
	free(t->name);
	strmap_free(t->tags);
	free(t);
}

static void asg_free(struct lab_asg *g)
{
	free(g->name);
	free(g->arn);
	free(g->group);
	free(g->role);
	free(g->template_version);
	free(g->subnets);
	strmap_free(g->tags);
	free(g);
}

void lab_asg_remove(struct world *w, struct lab_asg *g)
{
	for (size_t k = 0; k < w->n_instances; k++) {
		struct lab_instance *i = w->instances[k];
		if (i->asg != g)
			continue;
		lab_instance_terminate(w, i);
		i->asg = NULL;
		i->lifecycle = NULL;
	}
	for (size_t k = 0; k < w->n_asgs; k++) {
		if (w->asgs[k] != g)
			continue;
		w->n_asgs--;
		memmove(w->asgs + k, w->asgs + k + 1, (w->n_asgs - k) * sizeof(struct lab_asg *));
		break;
	}
	asg_free(g);
}

void world_aws_release(struct world *w)
{
	for (size_t k = 0; k < w->n_instances; k++)
		instance_free(w->instances[k]);
	free(w->instances);
	for (size_t k = 0; k < w->n_asgs; k++)
		asg_free(w->asgs[k]);
	free(w->asgs);
	for (size_t k = 0; k < w->n_templates; k++)
		template_free(w->templates[k]);
	free(w->templates);
	for (size_t k = 0; k < w->n_subnets; k++) {
		struct lab_subnet *s = w->subnets[k];
		free(s->id);
		free(s->name);
		free(s->zone);
		free(s->cidr);
		for (size_t e = 0; e < s->n_others; e++) {
			free(s->others[e]->id);
			free(s->others[e]->ips);
			free(s->others[e]->prefixes);
			free(s->others[e]);
		}
		free(s->others);
		free(s->used);
		free(s);
	}
	free(w->subnets);
}
