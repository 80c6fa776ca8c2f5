/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unhealthy clusters, seen twice: by the kops stand-in's own validation
 * (lab/kops/validate.c, which shares no code with ours) and by the native
 * engine's rules, fed through the real decoders.  Where kops would wait, native
 * waits: the verdict is never weaker, and the machine touches no instance.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/json.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/model/model.h"
#include "core/rules/consequences.h"
#include "core/rules/roll.h"
#include "k8s/decode.h"
#include "lab/kops.h"
#include "lab/kube/store.h"
#include "lab/world.h"

#define CP "control-plane-ap-northeast-2a"
#define A "nodes-ap-northeast-2a"
#define C "nodes-ap-northeast-2c"
static const char *const groups[] = { CP, A, C, NULL /* the whole cluster */ };
#define NGROUPS 4

struct bench {
	struct clock clock;
	struct clock_fake fake;
	struct world *w;
	struct model *m;
};

/* ---- what ails the cluster ---- */

/* An instance of the group. */
static struct lab_instance *one_of(struct bench *b, const char *group)
{
	size_t pos = 0;

	return lab_instance_next(b->w, lab_asg_of_group(b->w, group), &pos);
}

static void node_condition(struct bench *b, const char *group, const char *type, const char *status)
{
	struct lab_instance *in = one_of(b, group);
	struct kobj *o = in ? kube_find(b->w->kube, KUBE_NODES, "", in->id) : NULL;
	json_t *j = o ? kube_edit(o) : NULL, *c;
	json_t *list = json_object_get(json_object_get(j, "status"), "conditions");
	bool found = false;
	size_t i;

	if (!o)
		return;

	json_array_foreach(list, i, c) {
		if (!str_eq(json_str(c, "type"), type))
			continue;
		json_object_set_new(c, "status", json_string(status));
		found = true;
	}
	if (!found)
		json_array_append_new(list, json_pack("{s:s,s:s}", "type", type, "status", status));
	kube_commit(b->w->kube, o, j);
}

/* The first pod whose name begins so, on a node of the group (NULL: any); NULL: there is none. */
static struct kobj *pod_of(struct bench *b, const char *name, const char *group)
{
	size_t i;

	for (i = 0; i < kube_count(b->w->kube, KUBE_PODS); i++) {
		struct kobj *o = kube_at(b->w->kube, KUBE_PODS, i);
		const char *node = json_str(o->json, "spec.nodeName");
		struct lab_node n;

		if (!str_starts(o->name, name))
			continue;
		if (!group || (node && lab_node_get(b->w, node, &n) && str_eq(n.group, group)))
			return o;
	}
	return NULL;
}

static void pod_set(struct bench *b, const char *name, const char *group, const char *phase,
	bool bound)
{
	struct kobj *o = pod_of(b, name, group);
	json_t *j = o ? kube_edit(o) : NULL;

	if (!o)
		return;
	json_object_set_new(json_object_get(j, "status"), "phase", json_string(phase));
	if (!bound)
		json_object_del(json_object_get(j, "spec"), "nodeName");
	kube_commit(b->w->kube, o, j);
}

/* condition: what Ready says meanwhile. */
static void pod_unready(struct bench *b, const char *name, const char *group, const char *condition)
{
	struct kobj *o = pod_of(b, name, group);
	json_t *j = o ? kube_edit(o) : NULL, *status = json_object_get(j, "status"), *c;
	size_t i;

	if (!o)
		return;
	json_object_set_new(json_array_get(json_object_get(status, "containerStatuses"), 0),
		"ready", json_false());
	json_array_foreach(json_object_get(status, "conditions"), i, c) {
		if (str_eq(json_str(c, "type"), "Ready"))
			json_object_set_new(c, "status", json_string(condition));
	}
	kube_commit(b->w->kube, o, j);
}

static void pod_gone(struct bench *b, const char *name)
{
	struct kobj *o = pod_of(b, name, NULL);

	if (o)
		kube_remove(b->w->kube, o);
}

static void pod_unlabelled(struct bench *b, const char *name)
{
	struct kobj *o = pod_of(b, name, NULL);
	json_t *j = o ? kube_edit(o) : NULL;

	if (!o)
		return;
	json_object_del(json_object_get(json_object_get(j, "metadata"), "labels"), "k8s-app");
	kube_commit(b->w->kube, o, j);
}

static void ails_a_not_ready(struct bench *b) { node_condition(b, A, "Ready", "False"); }
static void ails_c_unheard(struct bench *b) { node_condition(b, C, "Ready", "Unknown"); }
static void ails_cp_not_ready(struct bench *b) { node_condition(b, CP, "Ready", "False"); }
static void ails_network(struct bench *b) { node_condition(b, C, "NetworkUnavailable", "True"); }
static void ails_not_joined(struct bench *b)
{
	struct lab_instance *i = one_of(b, C);

	kube_remove(b->w->kube, kube_find(b->w->kube, KUBE_NODES, "", i->id));
	i->registered = false;
}
static void ails_too_few(struct bench *b) { lab_asg_of_group(b->w, A)->desired++; }
static void ails_cp_too_few(struct bench *b) { lab_asg_of_group(b->w, CP)->desired++; }
static void ails_no_asg(struct bench *b)
{
	struct lab_asg *g = lab_asg_of_group(b->w, A);

	xreplace(&g->name, "somebody-elses");
	xreplace(&g->group, "elsewhere");
}
static void ails_terminating(struct bench *b) { one_of(b, A)->lifecycle = "Terminating"; }
static void ails_shut_down(struct bench *b) { one_of(b, C)->state = LAB_SHUTTING_DOWN; }
static void ails_dns_waits(struct bench *b) { pod_set(b, "coredns", NULL, "Pending", false); }
static void ails_dns_starts(struct bench *b) { pod_set(b, "coredns", NULL, "Pending", true); }
static void ails_cni_waits(struct bench *b) { pod_set(b, "aws-node", A, "Pending", false); }
static void ails_cni_starts(struct bench *b) { pod_set(b, "aws-node", A, "Pending", true); }
static void ails_cni_lost(struct bench *b) { pod_set(b, "aws-node", C, "Unknown", true); }
static void ails_cni_unready(struct bench *b) { pod_unready(b, "aws-node", C, "False"); }
static void ails_dns_unready(struct bench *b) { pod_unready(b, "coredns", NULL, "False"); }
static void ails_dns_lies(struct bench *b) { pod_unready(b, "coredns", NULL, "True"); }
static void ails_cp_cni(struct bench *b) { pod_unready(b, "aws-node", CP, "False"); }
static void ails_no_api(struct bench *b) { pod_gone(b, "kube-apiserver"); }
static void ails_no_manager(struct bench *b) { pod_gone(b, "kube-controller-manager"); }
static void ails_no_scheduler(struct bench *b) { pod_gone(b, "kube-scheduler"); }
static void ails_no_label(struct bench *b) { pod_unlabelled(b, "kube-scheduler"); }
static void ails_record(struct bench *b) { b->w->api_record = "203.0.113.123"; }
static void ails_record6(struct bench *b) { b->w->api_record = "fd00:dead:add::"; }
static void fine(struct bench *b) { (void)b; }
static void fine_record(struct bench *b) { b->w->api_record = "203.0.113.7"; }
static void fine_done(struct bench *b) { pod_set(b, "coredns", NULL, "Succeeded", true); }
static void fine_cordoned(struct bench *b) { lab_node_cordon(b->w, one_of(b, A)->id, true); }
static void fine_nginx(struct bench *b) { pod_set(b, "nginx", NULL, "Pending", false); }
/* A node of no group: kops warns, and validates without it. */
static void fine_stranger(struct bench *b)
{
	json_t *j = kube_edit(kube_find(b->w->kube, KUBE_NODES, "", one_of(b, A)->id)), *meta;

	meta = json_object_get(j, "metadata");
	json_object_set_new(meta, "name", json_string("stranger"));
	json_object_del(meta, "uid");
	json_object_del(json_object_get(meta, "labels"), "kops.k8s.io/instancegroup");
	json_object_set_new(json_object_get(j, "spec"), "providerID",
		json_string("aws:///ap-northeast-2a/i-00000000000000000"));
	if (!kube_create(b->w->kube, KUBE_NODES, j))
		fail_msg("no stranger");
	j = kube_edit(kube_find(b->w->kube, KUBE_NODES, "", "stranger"));
	json_object_set_new(json_object_get(j, "status"), "conditions", json_array());
	kube_commit(b->w->kube, kube_find(b->w->kube, KUBE_NODES, "", "stranger"), j);
}

/* waits: in which groups' turns kops would wait, as its rules say (facts: kops 5.7). */
enum { IN_CP = 1, IN_A = 2, IN_C = 4, IN_ALL = 7 };
static const struct ailment {
	const char *name;
	void (*make)(struct bench *b);
	unsigned waits;
} ailments[] = {
	{ "nothing", fine, 0 },
	{ "a node is not Ready", ails_a_not_ready, IN_A },
	{ "a node was not heard of", ails_c_unheard, IN_C },
	{ "the control plane's node is not Ready", ails_cp_not_ready, IN_ALL },
	{ "a node without network", ails_network, IN_C },
	{ "an instance did not join", ails_not_joined, IN_C },
	{ "a group below its target", ails_too_few, IN_A },
	{ "the control plane below its target", ails_cp_too_few, IN_ALL },
	{ "an instance on its way out", ails_terminating, IN_A },
	{ "an instance shutting down", ails_shut_down, IN_C },
	{ "a cluster-critical pod is on no node", ails_dns_waits, IN_ALL },
	{ "a cluster-critical pod starts", ails_dns_starts, IN_ALL },
	{ "a node-critical pod is on no node", ails_cni_waits, IN_ALL },
	{ "a node-critical pod starts", ails_cni_starts, IN_A },
	{ "a node-critical pod of phase Unknown", ails_cni_lost, IN_C },
	{ "a node-critical pod not ready", ails_cni_unready, IN_C },
	{ "a cluster-critical pod not ready", ails_dns_unready, IN_ALL },
	{ "a container not ready in a pod called Ready", ails_dns_lies, IN_ALL },
	{ "aws-node not ready on the control plane", ails_cp_cni, IN_ALL },
	{ "no kube-apiserver pod", ails_no_api, IN_ALL },
	{ "no kube-controller-manager pod", ails_no_manager, IN_ALL },
	{ "no kube-scheduler pod", ails_no_scheduler, IN_ALL },
	{ "a scheduler that nothing labels", ails_no_label, IN_ALL },
	{ "the name of the API is a placeholder", ails_record, IN_ALL },
	{ "so it is in IPv6", ails_record6, IN_ALL },
	{ "the name of the API is an address", fine_record, 0 },
	{ "a critical pod that succeeded", fine_done, 0 },
	{ "a cordoned node", fine_cordoned, 0 },
	{ "a usual pod that waits", fine_nginx, 0 },
	{ "a node of no group", fine_stranger, 0 },
	/* Last: what others do to that group comes before. */
	{ "a group without Auto Scaling group", ails_no_asg, IN_A },
};
#define NAILMENTS (sizeof(ailments) / sizeof(ailments[0]))

/* ---- the world shown to a model ---- */

static void see(struct bench *b, enum obs_kind kind, const void *thing)
{
	struct observation o = { .kind = kind, .verb = OBS_SEEN, .u.pod = thing };

	model_apply(b->m, &o);
}

static enum role role_of(const char *word)
{
	return str_eq(word, "control-plane") ? ROLE_CONTROL_PLANE : ROLE_NODE;
}

static void see_store(struct bench *b)
{
	struct cluster_spec c = { .name = b->w->cluster, .max_pods = -1, .cp_max_pods = -1 };
	struct store_specs s;
	struct err e = ERR_INIT;
	size_t i;

	c.rolling.max_surge.value = c.rolling.max_unavailable.value = -1;
	see(b, OBS_CLUSTER, &c);
	if (!store_load(b->w, b->w->cluster, &s, &e))
		fail_msg("%s", e.text);
	for (i = 0; i < s.n; i++) {
		struct group_spec g = { .cluster = b->w->cluster,
			.name = store_group_name(s.groups[i]),
			.role = role_of(store_group_role(s.groups[i])), .max_pods = -1 };

		store_group_size(s.groups[i], &g.min_size, &g.max_size);
		g.rolling = c.rolling;
		see(b, OBS_GROUP, &g);
	}
	store_specs_release(&s);
}

/* Every instance is of an old template, so that there is something to roll. */
static void see_aws(struct bench *b)
{
	size_t i;

	for (i = 0; i < b->w->n_asgs; i++) {
		const struct lab_asg *g = b->w->asgs[i];
		struct asg o = { .name = g->name, .group = g->group, .min = g->min,
			.desired = g->desired, .max = g->max, .template_id = g->template->id,
			.template_version = 2 };

		see(b, OBS_ASG, &o);
	}
	for (i = 0; i < b->w->n_instances; i++) {
		const struct lab_instance *in = b->w->instances[i];
		struct instance o = { .id = in->id, .group = in->asg ? in->asg->group : in->group,
			.asg = in->asg ? in->asg->name : NULL,
			.state = lab_instance_state_name(in->state), .lifecycle = in->lifecycle,
			.template_id = in->template->id, .template_version = 1, .enis = -1,
			.ips = -1, .prefixes = -1,
			.detached = strmap_get(in->tags, "kops.k8s.io/detached-from-asg") };

		see(b, OBS_INSTANCE, &o);
	}
	if (b->w->api_record) {
		char *name = xasprintf("api.%s", b->w->cluster);
		struct dns_record r = { .name = name, .type = "A", .value = b->w->api_record };

		see(b, OBS_RECORD, &r);
		free(name);
	}
}

static void see_kube(struct bench *b)
{
	static const struct {
		enum kube_kind from;
		enum obs_kind to;
	} kinds[] = { { KUBE_NODES, OBS_NODE }, { KUBE_PODS, OBS_POD } };
	struct decoder *d = decoder_new();
	size_t k, i;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < kube_count(b->w->kube, kinds[k].from); i++) {
			struct buf text = BUF_INIT;
			struct observation o;
			struct element el;
			struct err e = ERR_INIT;

			json_write(&text, kube_at(b->w->kube, kinds[k].from, i)->json, false);
			if (!decode_element(d, kinds[k].to, buf_str(&text), text.len, &el, &e))
				fail_msg("%s", e.text);
			element_observation(&el, OBS_SEEN, &o);
			model_apply(b->m, &o);
			buf_release(&text);
		}
	}
	decoder_free(d);
}

static void see_all(struct bench *b)
{
	int i;

	b->m = model_new(&b->clock);
	model_open_cluster(b->m, b->w->cluster);
	see_store(b);
	see_aws(b);
	see_kube(b);
	for (i = 0; i < SRC__COUNT; i++) {
		struct obs_source s = { .id = (enum source_id)i,
			.status = { .state = SOURCE_LIVE, .arrived = b->fake.wall } };

		see(b, OBS_SOURCE, &s);
	}
}

/* ---- the two verdicts ---- */

static bool kops_waits(const struct kops_validation *v, const char *group)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		if (!group || !v->v[i].group || v->v[i].control_plane ||
			str_eq(v->v[i].group, group))
			return true;
	}
	return v->error != NULL;
}

static bool native_waits(const struct bench *b, const char *group)
{
	struct findings f = { .v = NULL };
	bool healthy = roll_validate(b->m, group, &f);

	assert_int_equal(healthy, !findings_refuse(&f));
	findings_release(&f);
	return !healthy;
}

static void bench_open(struct bench *b)
{
	*b = (struct bench){ .fake = { .mono = 5, .wall = 1795000000000 } };
	clock_fake(&b->clock, &b->fake);
	b->w = world_new(&(struct world_options){ .clock = &b->clock, .speed = 10, .seed = 1,
		.scenario = "story" });
}

static void bench_close(struct bench *b)
{
	model_free(b->m);
	world_free(b->w);
}

/* ---- the machine itself ---- */

static struct roll *machine_new(const struct bench *b)
{
	struct roll_options o;
	struct err e = ERR_INIT;
	struct roll *r;

	roll_options_default(&o);
	r = roll_new(b->m, &o, &e);
	if (!r)
		fail_msg("%s", e.text);
	return r;
}

/* Half an hour of turns; true: an instance was touched that kops would have waited for. */
static bool machine_moves(struct bench *b, struct roll *r, const bool waits[NGROUPS],
	size_t *touched)
{
	bool bad = false;
	int t;

	*touched = 0;
	for (t = 0; t < 30 * 60; t += 5) {
		const struct roll_action *v;
		int64_t wake;
		size_t n, i, g;

		roll_step(r, b->m, 1000 + t * 1000, b->fake.wall + t * 1000, &v, &n, &wake);
		for (i = 0; i < n; i++) {
			const struct m_instance *in = model_instance(b->m, v[i].instance);

			/* Giving back at the end is no harm. */
			if (v[i].kind == ROLL_REFRESH || roll_get_state(r) != ROLL_RUNNING || !in)
				continue;
			++*touched;
			for (g = 0; g + 1 < NGROUPS; g++)
				bad = bad || (waits[g] && str_eq(groups[g], in->instance.group));
		}
	}
	roll_free(r);
	return bad;
}

/* ---- the tests ---- */

static void each_ailment(void **state)
{
	size_t a, g, touched;

	(void)state;
	for (a = 0; a < NAILMENTS; a++) {
		struct kops_validation v;
		bool waits[NGROUPS];
		struct bench b;

		bench_open(&b);
		ailments[a].make(&b);
		see_all(&b);
		kops_validation_run(b.w, b.w->cluster, &v);
		for (g = 0; g < NGROUPS; g++) {
			bool want = groups[g] ? ailments[a].waits & (1u << g) : ailments[a].waits;
			const char *name = groups[g] ? groups[g] : "the cluster";

			waits[g] = kops_waits(&v, groups[g]);
			if (waits[g] != want)
				fail_msg("%s: kops %s in the turn of %s (%s)", ailments[a].name,
					waits[g] ? "waits" : "goes on", name,
					v.n ? v.v[0].message : "no failure");
			if (native_waits(&b, groups[g]) != want)
				fail_msg("%s: native %s in the turn of %s", ailments[a].name,
					want ? "goes on" : "waits", name);
		}
		if (machine_moves(&b, machine_new(&b), waits, &touched))
			fail_msg("%s: native touches what kops leaves", ailments[a].name);
		if (!waits[0] != (touched > 0))
			fail_msg("%s: native touches %zu", ailments[a].name, touched);
		kops_validation_release(&v);
		bench_close(&b);
	}
	print_message("# %zu clusters, the same verdict for every group\n", NAILMENTS);
}

/* Several at once: never weaker.  They may undo each other, so no verdict is known before. */
static void many_at_once(void **state)
{
	size_t pairs = 0, kops = 0, i, k, g;

	(void)state;
	for (i = 1; i < NAILMENTS; i++) {
		for (k = i + 1; k < NAILMENTS; k += 3) {
			struct kops_validation v;
			struct bench b;

			bench_open(&b);
			ailments[i].make(&b);
			ailments[k].make(&b);
			see_all(&b);
			kops_validation_run(b.w, b.w->cluster, &v);
			for (g = 0; g < NGROUPS; g++) {
				bool waits = kops_waits(&v, groups[g]);

				kops += waits;
				if (waits && !native_waits(&b, groups[g]))
					fail_msg("%s, %s: kops waits for %s, native does not",
						ailments[i].name, ailments[k].name,
						v.v[0].message);
			}
			pairs++;
			kops_validation_release(&v);
			bench_close(&b);
		}
	}
	print_message("# %zu clusters, kops waits in %zu turns, native in each of them\n", pairs,
		kops);
	assert_true(kops > pairs);
}

/* Without an API nobody validates. */
static void no_api(void **state)
{
	static const bool all[NGROUPS] = { true, true, true, true };
	struct obs_source s = { .id = SRC_KUBE, .status = { .state = SOURCE_FAILED } };
	struct roll *r;
	struct bench b;
	size_t touched;

	(void)state;
	bench_open(&b);
	see_all(&b);
	r = machine_new(&b);
	err_set(&s.status.why, ERR_NETWORK, "connection refused");
	see(&b, OBS_SOURCE, &s);
	assert_false(machine_moves(&b, r, all, &touched));
	assert_int_equal(touched, 0);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_ailment),
		cmocka_unit_test(many_at_once),
		cmocka_unit_test(no_api),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
