/* SPDX-License-Identifier: Apache-2.0 */
/* The miniature world as the sources would show it: observations for the model. */
#include "tests/roll/world.h"

#include <string.h>

#define SAY_AGAIN_MS 24000

static void see(struct world *w, enum obs_kind kind, enum obs_verb verb, const void *thing)
{
	struct observation o = { .kind = kind, .verb = verb, .u.pod = thing };

	if (kind == OBS_GROUP)
		o.scope = WORLD_CLUSTER;
	model_apply(w->m, &o);
}

static void see_source(struct world *w, enum source_id id, enum err_kind trouble)
{
	struct obs_source s = { .id = id };

	s.status.state = trouble == ERR_NONE ? SOURCE_LIVE : SOURCE_FAILED;
	s.status.arrived = w->now.wall;
	if (trouble != ERR_NONE)
		err_set(&s.status.why, trouble, "%s",
			trouble == ERR_DENIED ? "not for you" : "connection refused");
	see(w, OBS_SOURCE, OBS_SEEN, &s);
}

static void see_cloud(struct world *w)
{
	struct cluster_spec c = { .name = WORLD_CLUSTER, .max_pods = -1, .cp_max_pods = -1 };
	struct env_entry env = { "ENABLE_PREFIX_DELEGATION", "true", 0 };
	int i;

	if (w->prefix) {
		c.networking = "amazonvpc";
		c.env = &env;
		c.nenv = 1;
	}
	c.rolling.max_surge.value = c.rolling.max_unavailable.value = -1;
	see(w, OBS_CLUSTER, OBS_SEEN, &c);
	for (i = 0; i < w->ngroups; i++) {
		struct w_group *g = &w->groups[i];
		struct group_spec s = { .cluster = WORLD_CLUSTER, .name = g->name, .role = g->role,
			.min_size = g->desired, .max_size = g->desired, .max_pods = -1,
			.rolling = g->rolling };
		struct asg a = { .name = g->name, .group = g->name, .min = g->desired,
			.desired = g->desired, .max = g->desired, .template_id = "lt",
			.template_version = g->version };

		see(w, OBS_GROUP, OBS_SEEN, &s);
		see(w, OBS_ASG, OBS_SEEN, &a);
	}
	see(w, OBS_INSTANCE, OBS_SYNC_BEGIN, NULL);
	for (i = 0; i < W_INSTANCES; i++) {
		struct w_instance *in = &w->inst[i];
		const char *group = w->groups[in->group].name;
		struct instance o = { .id = in->id, .group = group,
			.asg = in->attached ? group : NULL, .state = in->state,
			.lifecycle = in->attached ? "InService" : NULL, .template_id = "lt",
			.template_version = in->version, .detached = in->detached, .enis = -1,
			.ips = -1, .prefixes = -1 };

		if (in->state && strcmp(in->id, w->hidden))
			see(w, OBS_INSTANCE, OBS_SEEN, &o);
	}
	see(w, OBS_INSTANCE, OBS_SYNC_END, NULL);
	see_source(w, SRC_STORE, ERR_NONE);
	see_source(w, SRC_AWS, w->aws_lost ? ERR_NETWORK : ERR_NONE);
}

static void see_nodes(struct world *w)
{
	static struct taint scheduled = { .key = "kops.k8s.io/scheduled-for-update",
		.effect = "PreferNoSchedule" };
	static struct label exclude = {
		.key = "node.kubernetes.io/exclude-from-external-load-balancers", .value = "" };
	int i;

	see(w, OBS_NODE, OBS_SYNC_BEGIN, NULL);
	for (i = 0; i < W_INSTANCES; i++) {
		struct w_instance *in = &w->inst[i];
		struct node n = { .name = in->node, .uid = in->node, .instance_id = in->id,
			.group = w->groups[in->group].name, .role = w->groups[in->group].role,
			.unschedulable = in->cordoned, .needs_update = in->marked,
			.ready = in->ready ? TRI_YES : TRI_NO, .alloc_pods = w->max_pods,
			.capacity_pods = w->max_pods, .taints = &scheduled,
			.ntaints = in->tainted, .labels = &exclude, .nlabels = in->excluded };

		if (in->state && in->joined)
			see(w, OBS_NODE, OBS_SEEN, &n);
	}
	see(w, OBS_NODE, OBS_SYNC_END, NULL);
}

static void see_pod(struct world *w, struct w_pod *p)
{
	static struct pod_shape plain = { .priority = 0 };
	static struct pod_shape critical = { .priority_class = "system-node-critical" };
	struct label l = { .key = p->app == -2 ? "k8s-app" : "app" };
	bool runs = world_pod_runs(w, p);
	struct pod_trouble trouble = { .status_reason = p->status_reason };

	if (p->on >= 0 && w->inst[p->on].ready && !runs) {
		trouble.scheduled_at = p->placed;
		trouble.waiting_reason = "ContainerCreating";
	}
	struct pod o = { .ns = p->app < 0 ? "kube-system" : "default", .name = p->name,
		.uid = p->uid, .node = p->on >= 0 ? w->inst[p->on].node : NULL,
		.phase = runs || p->deletion ? POD_RUNNING : POD_PENDING,
		.flags = (runs ? POD_READY : 0) | (p->app < 0 ? POD_CRITICAL : 0) |
			(p->app == -1 ? POD_DAEMON : 0) |
			(p->app == -2 ? POD_MIRROR : 0),
		.shape = p->app < 0 ? &critical : &plain, .labels = &l, .nlabels = 1,
		.owner_kind = p->app == -1 ? "DaemonSet" : p->app >= 0 ? "Deployment" : "Node",
		.trouble = &trouble, .created = w->now.wall,
		.deletion = p->deletion ? w->now.wall : 0 };

	if (p->status_reason)
		o.phase = POD_FAILED;
	l.value = p->app == -2 ? world_components[p->component]
		: p->app == -1 ? "aws-node" : w->apps[p->app].name;
	o.owner_name = l.value;
	see(w, OBS_POD, OBS_SEEN, &o);
}

static void see_kube(struct world *w)
{
	struct env_entry env = { "ENABLE_PREFIX_DELEGATION", w->prefix, 0 };
	struct daemonset ds = { .ns = "kube-system", .name = "aws-node", .env = &env,
		.nenv = w->prefix != NULL };
	int i;

	see_nodes(w);
	see(w, OBS_POD, OBS_SYNC_BEGIN, NULL);
	for (i = 0; i < W_PODS; i++) {
		if (w->pods[i].used)
			see_pod(w, &w->pods[i]);
	}
	see(w, OBS_POD, OBS_SYNC_END, NULL);
	see(w, OBS_DAEMONSET, OBS_SEEN, &ds);
	for (i = 0; i < w->napps; i++) {
		struct w_app *a = &w->apps[i];
		struct label sel = { .key = "app", .value = a->name };
		struct pdb b = { .ns = "default", .name = a->name, .selector = &sel,
			.nselector = 1, .expected_pods = a->replicas,
			.desired_healthy = a->min_available,
			.current_healthy = world_running(w, i),
			.disruptions_allowed = world_running(w, i) - a->min_available };

		if (a->min_available >= 0)
			see(w, OBS_PDB, OBS_SEEN, &b);
		else
			see(w, OBS_PDB, OBS_GONE, &b);
	}
}

void world_show(struct world *w)
{
	bool api = world_api(w), looks = api && !w->api_denied;
	bool changed = w->dirty || looks != w->api_was;

	if (changed)
		see_cloud(w);
	if (changed && looks && !w->api_silent && !w->api_mute)
		see_kube(w);
	/* Where nothing happens the server is asked now and then whether it is there. */
	if (!w->api_silent && (changed || w->now.mono - w->said >= SAY_AGAIN_MS)) {
		see_source(w, SRC_KUBE, looks ? ERR_NONE : api ? ERR_DENIED : ERR_NETWORK);
		w->said = w->now.mono;
	}
	w->dirty = false;
	w->api_was = looks;
}
