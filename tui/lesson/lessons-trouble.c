/* SPDX-License-Identifier: Apache-2.0 */
/* Lessons of troubles: what they look like, and what helps. */
#include <string.h>

#include "core/base/strs.h"
#include "core/rules/eni.h"
#include "core/run/run.h"
#include "tui/lesson/lesson-steps.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FAULT_ON(name) "/_lab/fault?off=all&on=" name
#define FAULT_OFF "/_lab/fault?off=all"

/* ---- a subnet without a whole /28 ---- */

static bool fragmented_cured(const struct lesson_look *l)
{
	return see_none_waits(l) && see_ready(l, "web", 1, INT32_MAX);
}

static const char *fragmented_warn(const struct lesson_look *l)
{
	return see_wanted(l, "web", 7, INT32_MAX)
		? N_("more replicas do not help: they find no prefix either") : NULL;
}

static const struct lesson_step fragmented[] = {
	{ .text = N_("Six replicas of web were asked for.  Press 4: why do they wait on nodes that "
		"are not full?"),
	  .did = N_("A prefix is 16 addresses in a row: no whole /28 is left"),
	  .done = see_pending },
	{ .text = N_("Type :cloud and Enter.  Look at MORE of the subnets: thousands of free "
		"addresses, and no free block."),
	  .did = N_("Free addresses are not free blocks"), .done = see_cloud,
	  .warn = fragmented_warn },
	{ .text = N_("Press 4, then a: prefix delegation off, for single addresses are there.  y "
		"does it; wait until all run."),
	  .did = N_("All run.  For good: reserve a part of the subnet for prefixes"),
	  .done = fragmented_cured, .warn = fragmented_warn },
};
const struct lesson lesson_fragmented = { .name = "fragmented",
	.title = N_("a fragmented subnet"), .scenario = "subnet-fragmented", .steps = fragmented,
	.nsteps = COUNT(fragmented) };

/* ---- a type that takes no prefixes ---- */

static bool xen_read(const struct lesson_look *l)
{
	return see_dialog(l, "Limits");
}

static bool xen_left(const struct lesson_look *l)
{
	size_t n, old = 0;
	const struct m_group *const *v = model_groups(l->model, &n);
	for (size_t i = 0; i < n; i++) {
		const struct eni_limits *k = v[i]->has_spec && v[i]->spec.role == ROLE_NODE
			? eni_lookup(v[i]->spec.machine_type) : NULL;
		old += k && !k->prefixes;
	}
	return n == 0 || old > 0;
}

static bool xen_gone(const struct lesson_look *l)
{
	return !xen_left(l);
}

static const char *xen_warn(const struct lesson_look *l)
{
	return (see_spec_pods(l) || see_spec_prefix(l)) && xen_left(l)
		? N_("written, but a t2.medium takes no prefixes: still 17 pods a node") : NULL;
}

static const struct lesson_step xen[] = {
	{ .text = N_("The workers are t2.medium.  Press 3, e: 110 for all nodes, Down twice, Space "
		"for prefixes.  Read why it is refused."),
	  .did = N_("A Xen type takes no prefixes: no room is won"), .done = xen_read,
	  .warn = xen_warn },
	{ .text = N_("Esc.  Press 2, choose a group of nodes, E: t3.medium as its type, Enter, the "
		"cluster's name, Enter.  Then the other one."),
	  .did = N_("Nitro types take prefixes: 16 addresses in each slot"), .done = xen_gone,
	  .warn = xen_warn },
	STEP_EDIT,
};
const struct lesson lesson_xen = { .name = "xen", .title = N_("a type without prefixes"),
	.scenario = "xen", .steps = xen, .nsteps = COUNT(xen) };

/* ---- a control plane that is full ---- */

static const char *control_plane_warn(const struct lesson_look *l)
{
	size_t n, grown = 0;
	const struct m_group *const *v = model_groups(l->model, &n);
	for (size_t i = 0; i < n; i++) {
		grown += v[i]->has_asg && v[i]->has_spec && v[i]->spec.role == ROLE_NODE &&
			v[i]->asg.desired > 1;
	}
	return grown ? N_("more workers do not help: that pod belongs to the control plane's node")
		: NULL;
}

static bool control_plane_cured(const struct lesson_look *l)
{
	return see_none_waits(l) && see_ready(l, "ops-tools", 0, INT32_MAX);
}

static const struct lesson_step control_plane[] = {
	{ .text = N_("Press 3: the node of the control plane is full, workers are not.  Press 4: "
		"for which node does a pod of agent wait?"),
	  .did = N_("A DaemonSet's pod has one node only: here the full one"),
	  .done = see_pending },
	{ .text = N_("ops-tools fills it.  Press 5, choose ops-tools, s, type 4, Enter.  (Raising "
		"its limit would mean to roll the control plane.)"),
	  .did = N_("There is room: agent runs on every node"), .done = control_plane_cured,
	  .warn = control_plane_warn },
};
const struct lesson lesson_control_plane = { .name = "control-plane",
	.title = N_("a full control plane"), .scenario = "control-plane-full",
	.steps = control_plane, .nsteps = COUNT(control_plane) };

/* ---- an API server that is away ---- */

static bool lost_api_seen(const struct lesson_look *l)
{
	return see_failed(l, SRC_KUBE) && see_nodes(l);
}

static bool lost_api_aws(const struct lesson_look *l)
{
	return see_failed(l, SRC_KUBE) && see_groups(l) && !l->run;
}

static bool lost_api_back(const struct lesson_look *l)
{
	return see_live(l, SRC_KUBE);
}

static const char *lost_api_warn(const struct lesson_look *l)
{
	return (l->run || see_spec_pods(l)) && see_failed(l, SRC_KUBE)
		? N_("changed while the cluster cannot be seen: nobody tells what it does") : NULL;
}

static const struct lesson_step lost_api[] = {
	{ .text = N_("All is live: the first line says so for aws and k8s.  Press 2 for the "
		"groups; then the API server will be lost."),
	  .did = N_("All was live"), .done = see_groups },
	{ .text = N_("The API server does not answer any more.  Press 3 and wait for the first "
		"line to say so: the rows stay, with their age."),
	  .did = N_("What was known stays on the screen, marked as old"),
	  .control = FAULT_ON("k8s-away"), .done = lost_api_seen, .warn = lost_api_warn },
	{ .text = N_("AWS still tells of groups and instances: press 2.  Look, and start neither "
		"an update nor a roll now."),
	  .did = N_("Looking is safe, changing is not"), .done = lost_api_aws,
	  .warn = lost_api_warn },
	{ .text = N_("The API server is back.  kopscope comes back by itself; Ctrl-R asks at "
		"once."),
	  .did = N_("Live again, and what was missed was listed anew"),
	  .control = FAULT_OFF, .done = lost_api_back, .warn = lost_api_warn },
};
const struct lesson lesson_lost_api = { .name = "lost-api", .title = N_("a lost API server"),
	.scenario = "story", .steps = lost_api, .nsteps = COUNT(lost_api) };

/* ---- credentials that expired ---- */

static bool expired_seen(const struct lesson_look *l)
{
	return see_failed(l, SRC_AWS) && l->view == VIEW_LOG;
}

static bool expired_over(const struct lesson_look *l)
{
	return see_live(l, SRC_AWS) && see_live(l, SRC_STORE);
}

static const char *expired_warn(const struct lesson_look *l)
{
	return l->run && see_failed(l, SRC_AWS)
		? N_("a run with expired credentials stops half-way: renew them first") : NULL;
}

static const struct lesson_step expired[] = {
	{ .text = N_("Groups and instances come from AWS.  Press 2 for them; then your credentials "
		"will expire."),
	  .did = N_("All was live"), .done = see_groups },
	{ .text = N_("They have expired.  Press Ctrl-R: the first line says it of aws.  Press 7: "
		"the log says what to do about it."),
	  .did = N_("The cluster itself is fine: k8s is still live"),
	  .control = FAULT_ON("aws-expired"), .done = expired_seen, .warn = expired_warn },
	{ .text = N_("Renew them (aws sso login, or new keys; the lab has just done so), then "
		"press Ctrl-R."),
	  .did = N_("Live again: nothing had to be started anew"),
	  .control = FAULT_OFF, .done = expired_over, .warn = expired_warn },
};
const struct lesson lesson_expired = { .name = "expired", .title = N_("expired credentials"),
	.scenario = "story", .steps = expired, .nsteps = COUNT(expired) };

/* ---- two operators ---- */

#define KIMS_VERSION "1.34.3" /* as the lab's other operator writes it: lab/control.c */

static bool operators_diff(const struct lesson_look *l)
{
	return see_dialog(l, "Limits") && l->keys && strstr(l->keys, "Enter:write");
}

static bool operators_kim(const struct lesson_look *l)
{
	const char *open = model_opened(l->model);
	const struct m_cluster *c = open ? model_cluster(l->model, open) : NULL;
	return c && str_eq(c->spec.kubernetes_version, KIMS_VERSION);
}

static bool operators_both(const struct lesson_look *l)
{
	return see_spec_pods(l) && see_spec_prefix(l) && operators_kim(l);
}

static bool operators_read(const struct lesson_look *l)
{
	return see_dialog(l, "Update");
}

static bool operators_left(const struct lesson_look *l)
{
	return !l->dialog && !see_alive(l);
}

static const char *operators_warn(const struct lesson_look *l)
{
	return see_run(l, RUN_UPDATE)
		? N_("applied: kim's change, not agreed on, went out with yours") : NULL;
}

static const struct lesson_step operators[] = {
	{ .text = N_("Kim works on this cluster as well.  Press 3, e: 110, Down twice, Space, "
		"Enter, and stop at the diff."),
	  .did = N_("Meanwhile kim has written another Kubernetes version into the spec"),
	  .done = operators_diff, .warn = operators_warn },
	{ .text = N_("Type the cluster's name, Enter: kim's text is not written over.  Read both, "
		"Enter for a new diff, and write that one."),
	  .did = N_("Both changes are in the spec"), .control = "/lab/operator",
	  .done = operators_both, .warn = operators_warn },
	{ .text = N_("Press u and read the dry run: whose changes would be applied?"),
	  .did = N_("An update applies all that is written, kim's as well"),
	  .done = operators_read, .warn = operators_warn },
	{ .text = N_("Esc: nothing is applied.  Talk to kim first."),
	  .did = N_("The spec is shared: agree before you apply"), .done = operators_left,
	  .warn = operators_warn },
};
const struct lesson lesson_operators = { .name = "operators", .title = N_("two operators"),
	.scenario = "story", .steps = operators, .nsteps = COUNT(operators) };
