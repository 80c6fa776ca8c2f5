/* SPDX-License-Identifier: Apache-2.0 */
/* The lab's own paths: is it up, and what state is it in. */
#include <string.h>

#include "core/base/json.h"
#include "lab/kube/store.h"
#include "lab/scenario.h"
#include "lab/server.h"
#include "lab/world.h"

static void state_reply(struct world *w, struct lab_reply *rp)
{
	json_t *instances = json_array(), *groups = json_array();
	for (size_t i = 0; i < w->n_instances; i++) {
		const struct lab_instance *x = w->instances[i];
		json_array_append_new(instances, json_pack("{s:s, s:s, s:s, s:I, s:i}", "id", x->id,
			"group", x->group, "state", lab_instance_state_name(x->state), "version",
			(json_int_t)x->template_version, "maxPods", (int)x->max_pods));
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
