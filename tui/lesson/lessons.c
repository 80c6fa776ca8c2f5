/* SPDX-License-Identifier: Apache-2.0 */
/* The lessons: the story itself, its accident, and a budget that blocks.  The table of all. */
#include "core/run/run.h"
#include "tui/lesson/lesson-steps.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- steps that several have ---- */

bool step_edit_done(const struct lesson_look *l)
{
	return see_spec_pods(l) && see_spec_prefix(l);
}

const char *step_edit_warn(const struct lesson_look *l)
{
	if (see_spec_pods(l) && !see_spec_prefix(l)) {
		return N_("110 pods without prefixes: a node has addresses for 15 of them");
	}
	if (see_spec_prefix(l) && !see_spec_pods(l)) {
		return N_("prefixes alone change nothing: the kubelet still takes 17 pods");
	}
	return NULL;
}

const char *step_update_warn(const struct lesson_look *l)
{
	return see_run(l, RUN_ROLL)
		? N_("rolled before the update: the new nodes are as the old ones were") : NULL;
}

bool step_roll_done(const struct lesson_look *l)
{
	return see_nodes_take(l, 110);
}

const char *step_roll_warn(const struct lesson_look *l)
{
	return see_pods_wait(l) && see_run(l, RUN_ROLL) && !see_nodes_take(l, 110) && see_full(l)
		? N_("full nodes are rolled: aws-node finds no place, pods are thrown out") : NULL;
}

bool step_end_done(const struct lesson_look *l)
{
	return see_ready(l, NGINX, 110, 110);
}

/* ---- the story ---- */

static bool story_asked(const struct lesson_look *l)
{
	return see_wanted(l, NGINX, 31, INT32_MAX) && see_pods_wait(l);
}

static bool story_room(const struct lesson_look *l)
{
	return see_ready(l, NGINX, 1, 26);
}

static const char *story_room_warn(const struct lesson_look *l)
{
	return see_run(l, RUN_ROLL) || see_run(l, RUN_UPDATE)
		? N_("the nodes are full: rolled now, running pods lose their places") : NULL;
}

static const struct lesson_step story[] = {
	{ .text = N_("Three nodes, and each takes 17 pods: the line below the rows says why.  "
		"Press 5 for the Deployments."),
	  .did = N_("17 pods a node: its interfaces decide, not its memory"),
	  .done = see_deployments },
	{ .text = N_("nginx-deployment runs 2 replicas.  Press s, type 40, Enter."),
	  .did = N_("40 asked for: the two workers hold 15 each, 10 wait"), .done = story_asked },
	{ .text = N_("Press 4 and read why: every node is full.  Below stands what would help, "
		"the cheapest first."),
	  .did = N_("The scheduler's words: Too many pods"), .done = see_pending },
	{ .text = N_("Full nodes must not be rolled, so make room first.  Press 5, s, type 20, "
		"Enter, and wait until 20 are ready."),
	  .did = N_("There is room on every node"), .done = story_room, .warn = story_room_warn },
	STEP_EDIT, STEP_UPDATE, STEP_ROLL, STEP_END,
};
const struct lesson lesson_story = { .name = "story", .title = N_("the story"),
	.scenario = "story", .steps = story, .nsteps = COUNT(story) };

/* ---- the accident and the safe order ---- */

static bool accident_asked(const struct lesson_look *l)
{
	return see_wanted(l, NGINX, 110, INT32_MAX) && see_pods_wait(l);
}

static bool accident_forecast(const struct lesson_look *l)
{
	return see_dialog(l, "Limits") && see_pods_wait(l);
}

static const char *accident_warn(const struct lesson_look *l)
{
	return see_pods_wait(l) && (see_spec_pods(l) || story_room_warn(l))
		? N_("the wrong order: 80 pods wait, and every place that opens is theirs") : NULL;
}

static const struct lesson_step accident[] = {
	{ .text = N_("The accident began like this: the replicas were asked for first.  Press 5, "
		"s, type 110, Enter."),
	  .did = N_("110 asked for: 80 wait"), .done = accident_asked },
	{ .text = N_("Press 4, then a: it looks as if the limits only had to be raised.  Read the "
		"forecast before you write."),
	  .did = N_("\"Do not roll yet\": on a full node aws-node finds no place"),
	  .done = accident_forecast },
	{ .text = N_("Esc leaves all as it is.  The safe order makes room first: press 5, s, type "
		"20, Enter."),
	  .did = N_("Nothing waits: now the change is safe"), .done = story_room,
	  .warn = accident_warn },
	STEP_EDIT, STEP_UPDATE, STEP_ROLL, STEP_END,
};
const struct lesson lesson_accident = { .name = "accident",
	.title = N_("the accident and the safe order"), .scenario = "story", .steps = accident,
	.nsteps = COUNT(accident) };

/* ---- a PodDisruptionBudget that blocks ---- */

static bool pdb_blocks(const struct lesson_look *l)
{
	size_t n, blocked = 0;
	const struct pdb *const *v = model_pdbs(l->model, &n);
	for (size_t i = 0; i < n; i++) {
		blocked += v[i]->disruptions_allowed == 0;
	}
	return blocked > 0;
}

static bool pdb_read(const struct lesson_look *l)
{
	return see_dialog(l, "Rolling update") && pdb_blocks(l);
}

static bool pdb_lets(const struct lesson_look *l)
{
	return see_ready(l, NGINX, 3, INT32_MAX) && !pdb_blocks(l);
}

static const char *pdb_warn(const struct lesson_look *l)
{
	return see_run(l, RUN_ROLL) && pdb_blocks(l)
		? N_("the drain waits for the budget, 15 minutes a node, then gives up") : NULL;
}

static bool pdb_rolled(const struct lesson_look *l)
{
	size_t n;
	model_instances(l->model, &n);
	return n >= 3 && see_run(l, RUN_ROLL) && !see_alive(l) && !see_marked(l);
}

static const struct lesson_step pdb[] = {
	{ .text = N_("Both workers need a roll.  Press R and read what gets in its way, before "
		"you type the name."),
	  .did = N_("A budget wants 2 of 2 nginx: none of them may be evicted"),
	  .done = pdb_read, .warn = pdb_warn },
	{ .text = N_("Esc.  A drain would wait for the budget in vain, so give it one to spare: "
		"press 5, s, type 3, Enter."),
	  .did = N_("3 run and 2 are wanted: one at a time may go"), .done = pdb_lets,
	  .warn = pdb_warn },
	{ .text = N_("Press R, type the cluster's name, Enter, and watch the drain of both workers "
		"go through."),
	  .did = N_("Both workers are new, and nginx was never below its budget"),
	  .done = pdb_rolled },
};
const struct lesson lesson_pdb = { .name = "pdb", .title = N_("a budget that blocks"),
	.scenario = "pdb", .steps = pdb, .nsteps = COUNT(pdb) };

/* ---- all ---- */

const struct lesson *const lessons[] = { &lesson_story, &lesson_accident, &lesson_pdb,
	&lesson_fragmented, &lesson_xen, &lesson_control_plane, &lesson_lost_api, &lesson_expired,
	&lesson_operators };
const size_t nlessons = COUNT(lessons);
