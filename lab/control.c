/* SPDX-License-Identifier: Apache-2.0 */
/* The lab's own paths: is it up, and what state is it in. */
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/chaos.h"
#include "lab/judge.h"
#include "lab/kube/store.h"
#include "lab/scenario.h"
#include "lab/server.h"
#include "lab/world.h"

/* The nodes as they are, whoever may ask the API server at the moment. */
static void nodes_add(struct world *w, json_t *j)
{
	json_t *nodes = json_array();
	for (size_t i = 0; i < kube_count(w->kube, KUBE_NODES); i++) {
		const struct kobj *o = kube_at(w->kube, KUBE_NODES, i);
		const json_t *taints = json_path(o->json, "spec.taints");
		bool ready = false, marked = false;
		size_t k;
		json_t *v;
		json_array_foreach(json_path(o->json, "status.conditions"), k, v)
			ready |= str_eq(json_str(v, "type"), "Ready") &&
				str_eq(json_str(v, "status"), "True");
		json_array_foreach(taints, k, v)
			marked |= str_eq(json_str(v, "key"), "kops.k8s.io/scheduled-for-update");
		bool cordoned = json_is_true(json_path(o->json, "spec.unschedulable"));
		json_array_append_new(nodes, json_pack("{s:s, s:b, s:b, s:b}", "name", o->name,
			"ready", ready, "cordoned", cordoned, "marked", marked));
	}
	json_object_set_new(j, "nodes", nodes);
}

static void state_reply(struct world *w, struct lab_reply *rp)
{
	json_t *instances = json_array(), *groups = json_array();
	for (size_t i = 0; i < w->n_instances; i++) {
		const struct lab_instance *x = w->instances[i];
		json_array_append_new(instances, json_pack("{s:s, s:s, s:s, s:I, s:i, s:b, s:s}",
			"id", x->id, "group", x->group, "state", lab_instance_state_name(x->state),
			"version", (json_int_t)x->template_version, "maxPods", (int)x->max_pods,
			"detached", x->asg == NULL, "role", x->role));
	}
	for (size_t i = 0; i < w->n_asgs; i++) {
		const struct lab_asg *g = w->asgs[i];
		json_array_append_new(groups, json_pack("{s:s, s:i, s:i, s:i}", "name", g->name,
			"min",
			(int)g->min, "max", (int)g->max, "desired", (int)g->desired));
	}
	json_t *j = json_pack("{s:s, s:I, s:f, s:b, s:I, s:o, s:o, s:o}", "cluster", w->cluster,
		"now", (json_int_t)world_now(w), "speed", w->options.speed, "apiUp", lab_kube_up(w),
		"pods", (json_int_t)kube_count(w->kube, KUBE_PODS), "groups", groups, "instances",
		instances, "counts", counts_json(&w->counts));
	nodes_add(w, j);
	if (w->chaos) {
		json_object_set_new(j, "chaos", chaos_json(w->chaos));
		json_object_set_new(j, "judge", judge_json(w->judge));
	}
	lab_reply_header(rp, "Content-Type", "application/json");
	json_write(&rp->body, j, false);
	json_decref(j);
}

void lab_control_handle(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	if (strcmp(rq->path, "/lab/ping") == 0)
		lab_reply_text(rp, 200, "text/plain", "ok\n");
	else if (strcmp(rq->path, "/lab/state") == 0)
		state_reply(w, rp);
	else if (strcmp(rq->path, "/lab/operator") == 0 && strcmp(rq->method, "POST") == 0)
		lab_reply_text(rp, lab_scenario_operator(w) ? 200 : 409, "text/plain",
			"another operator has been at the spec\n");
	else
		lab_reply_text(rp, 404, "text/plain", "no such path in the lab\n");
}
