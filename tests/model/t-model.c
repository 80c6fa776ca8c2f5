/* SPDX-License-Identifier: Apache-2.0 */
/* The model: any order of arrival gives the same counts, nothing old is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/strs.h"
#include "core/model/model.h"
#include "core/model/pool.h"
#include "core/model/source.h"

static struct clock_fake fake = { .mono = 1000, .wall = 1795352645000 };

struct world {
	struct clock clock;
	struct model *m;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	clock_fake(&w->clock, &fake);
	w->m = model_new(&w->clock);
	model_open_cluster(w->m, "lab.example");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	model_free(w->m);
	free(w);
	return 0;
}

static void apply(struct model *m, enum obs_kind kind, enum obs_verb verb, const void *thing)
{
	struct observation o = { .kind = kind, .verb = verb, .u.pod = thing };
	model_apply(m, &o);
}

static void see_node(struct model *m, const char *name, const char *group, const char *instance)
{
	struct taint t = { .key = "k", .effect = "NoSchedule" };
	struct label l = { .key = "zone", .value = "a" };
	struct node n = { .name = name, .instance_id = instance, .group = group, .ready = TRI_YES,
		.taints = &t, .ntaints = 1, .labels = &l, .nlabels = 1, .alloc_pods = 17,
		.capacity_pods = 17 };
	apply(m, OBS_NODE, OBS_SEEN, &n);
}

static struct pod a_pod(const char *uid, const char *name, const char *node)
{
	return (struct pod){ .ns = "default", .name = name, .uid = uid, .node = node,
		.phase = node ? POD_RUNNING : POD_PENDING };
}

struct counts {
	int32_t npods, nhost, ndaemon, nmirror, nterminating;
	int64_t cpu, memory;
	size_t chain;
};

static void recount(const struct model *m, const char *node, struct counts *c)
{
	size_t n;
	const struct m_pod *const *pods = model_pods(m, &n);
	*c = (struct counts){ .npods = 0 };
	for (size_t i = 0; i < n; i++) {
		const struct pod *p = &pods[i]->pod;
		if (!str_eq(p->node, node)) {
			continue;
		}
		c->chain++;
		if (p->phase == POD_SUCCEEDED || p->phase == POD_FAILED) {
			continue;
		}
		c->npods++;
		c->nhost += (p->flags & POD_HOST_NETWORK) != 0;
		c->ndaemon += (p->flags & POD_DAEMON) != 0;
		c->nmirror += (p->flags & POD_MIRROR) != 0;
		c->nterminating += p->deletion != 0;
		c->cpu += p->shape->cpu_milli;
		c->memory += p->shape->memory;
	}
}

static void assert_counts(const struct model *m)
{
	size_t n, unbound = 0;
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		struct counts c;
		size_t chain = 0;
		recount(m, nodes[i]->node.name, &c);
		for (const struct m_pod *p = nodes[i]->pods; p; p = p->next_on_node) {
			assert_ptr_equal(p->bound, nodes[i]);
			chain++;
		}
		assert_int_equal(chain, c.chain);
		assert_int_equal(nodes[i]->npods, c.npods);
		assert_int_equal(nodes[i]->nhost_network, c.nhost);
		assert_int_equal(nodes[i]->ndaemon, c.ndaemon);
		assert_int_equal(nodes[i]->nmirror, c.nmirror);
		assert_int_equal(nodes[i]->nterminating, c.nterminating);
		assert_int_equal(nodes[i]->cpu_milli, c.cpu);
		assert_int_equal(nodes[i]->memory, c.memory);
	}
	const struct m_pod *const *pods = model_pods(m, &n);
	for (size_t i = 0; i < n; i++) {
		const struct pod *p = &pods[i]->pod;
		const struct m_node *no = p->node ? model_node(m, p->node) : NULL;
		assert_ptr_equal(pods[i]->bound, no);
		unbound += !p->node && p->phase == POD_PENDING && !p->deletion;
	}
	assert_int_equal(model_unbound_pods(m), unbound);
}

static unsigned rng_state;
static unsigned rng(unsigned n)
{
	rng_state = rng_state * 1103515245u + 12345u;
	return (rng_state >> 8) % n;
}

static void random_pod(struct model *m)
{
	char uid[16], name[24], node[16], ip[48];
	unsigned id = rng(120);
	struct pod_shape shape = { .cpu_milli = rng(3) * 100, .memory = rng(3) << 20 };
	struct label label = { .key = "app", .value = rng(2) ? "web" : "db" };
	snprintf(uid, sizeof uid, "u%u", id);
	snprintf(name, sizeof name, "pod-%u", id);
	snprintf(node, sizeof node, "n%u", rng(6));
	snprintf(ip, sizeof ip, rng(4) ? "10.0.0.%u" : "2001:db8:1234:5678:9abc::%u", rng(99));
	struct pod p = a_pod(uid, name, rng(4) ? node : NULL);
	p.phase = rng(5);
	p.flags = (int)rng(16);
	p.deletion = rng(5) ? 0 : 77;
	p.ip = rng(2) ? ip : NULL;
	p.shape = rng(8) ? &shape : NULL;
	p.labels = &label;
	p.nlabels = rng(2);
	apply(m, OBS_POD, rng(5) ? OBS_SEEN : OBS_GONE, &p);
}

static void random_orders_count_right(void **state)
{
	struct world *w = *state;
	for (unsigned seed = 1; seed <= 12; seed++) {
		rng_state = seed * 7919;
		for (int step = 0; step < 600; step++) {
			char node[16];
			snprintf(node, sizeof node, "n%u", rng(6));
			struct node gone = { .name = node };
			switch (rng(8)) {
			case 0:
				see_node(w->m, node, "g", node);
				break;
			case 1:
				apply(w->m, OBS_NODE, OBS_GONE, &gone);
				break;
			default:
				random_pod(w->m);
			}
			if (step % 20 == 0) {
				assert_counts(w->m);
			}
		}
		model_open_cluster(w->m, "lab.example");
	}
}

static void everything_forgotten_gives_memory_back(void **state)
{
	struct world *w = *state;
	size_t before = model_bytes(w->m);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 3000; i++) {
			random_pod(w->m);
		}
		see_node(w->m, "n1", "g", "i-1");
		size_t n;
		model_pods(w->m, &n);
		assert_true(n > 0);
		model_open_cluster(w->m, "other");
		model_pods(w->m, &n);
		assert_int_equal(n, 0);
		model_nodes(w->m, &n);
		assert_int_equal(n, 0);
	}
	assert_true(model_bytes(w->m) < before + 16384); /* arrays stay, contents do not */
}

static void churn_does_not_grow(void **state)
{
	struct world *w = *state;
	size_t after_warm_up = 0;
	see_node(w->m, "n1", "g", "i-1");
	for (int i = 0; i < 20000; i++) {
		char uid[32], name[32], message[64], old[32];
		snprintf(uid, sizeof uid, "uid-%d", i);
		snprintf(name, sizeof name, "web-%d", i);
		snprintf(message, sizeof message, "0/%d nodes are available", i);
		snprintf(old, sizeof old, "uid-%d", i - 50);
		struct toleration t = { .key = message, .operator_ = "Exists" };
		struct pod_shape shape = { .tolerations = &t, .ntolerations = 1 };
		struct pod p = a_pod(uid, name, "n1"), gone = { .uid = old };
		struct pod_trouble trouble = { .sched_message = message };
		p.trouble = &trouble;
		p.shape = &shape;
		apply(w->m, OBS_POD, OBS_SEEN, &p);
		apply(w->m, OBS_POD, OBS_GONE, &gone);
		struct node n = { .name = "n1", .ready_reason = message };
		apply(w->m, OBS_NODE, OBS_SEEN, &n);
		if (i == 1000) {
			after_warm_up = model_bytes(w->m);
		}
	}
	assert_true(model_bytes(w->m) < after_warm_up + 16384);
}

static void equal_shapes_are_one(void **state)
{
	struct world *w = *state;
	const char *values[] = { "a", "b" };
	struct requirement r = { .key = "zone", .op = "In", .values = values, .nvalues = 2 };
	struct selector_term term = { .reqs = &r, .nreqs = 1 };
	struct toleration t = { .key = "x", .operator_ = "Exists" };
	struct pod_shape a = { .tolerations = &t, .ntolerations = 1, .node_affinity = &term,
		.nnode_affinity = 1, .cpu_milli = 100 };
	struct pod_shape *b = malloc(sizeof *b);
	memset(b, 0xa5, sizeof *b); /* padding must not matter */
	b->tolerations = &t;
	b->ntolerations = 1;
	b->node_selector = NULL;
	b->nnode_selector = 0;
	b->node_affinity = &term;
	b->nnode_affinity = 1;
	b->host_ports = NULL;
	b->nhost_ports = 0;
	b->claims = NULL;
	b->nclaims = 0;
	b->near = b->apart = b->spread = NULL;
	b->nnear = b->napart = b->nspread = 0;
	b->pod_affinity = b->pod_anti_affinity = b->topology_spread = false;
	b->cpu_milli = 100;
	b->memory = 0;
	b->priority_class = b->scheduler_name = NULL;
	b->priority = 0;
	struct pod p1 = a_pod("u1", "one", NULL), p2 = a_pod("u2", "two", NULL);
	p1.shape = &a;
	p2.shape = b;
	apply(w->m, OBS_POD, OBS_SEEN, &p1);
	apply(w->m, OBS_POD, OBS_SEEN, &p2);
	const struct m_pod *m1 = model_pod(w->m, "default", "one");
	const struct m_pod *m2 = model_pod(w->m, "default", "two");
	assert_ptr_equal(m1->pod.shape, m2->pod.shape);
	assert_ptr_not_equal(m1->pod.shape, &a);
	assert_string_equal(m2->pod.shape->node_affinity[0].reqs[0].values[1], "b");
	assert_ptr_equal(m1->pod.ns, m2->pod.ns);
	free(b);
}

static void generation_moves_only_on_change(void **state)
{
	struct world *w = *state;
	struct pod p = a_pod("u1", "one", NULL);
	apply(w->m, OBS_POD, OBS_SEEN, &p);
	uint64_t g = model_generation(w->m, OBS_POD), all = model_generation_all(w->m);
	apply(w->m, OBS_POD, OBS_SEEN, &p);
	assert_int_equal(model_generation(w->m, OBS_POD), g);
	assert_int_equal(model_generation_all(w->m), all);
	p.ip = "10.0.0.1";
	apply(w->m, OBS_POD, OBS_SEEN, &p);
	assert_int_equal(model_generation(w->m, OBS_POD), g + 1);

	struct node n = { .name = "n1", .resource_version = "1" };
	apply(w->m, OBS_NODE, OBS_SEEN, &n);
	g = model_generation(w->m, OBS_NODE);
	n.resource_version = "2";
	apply(w->m, OBS_NODE, OBS_SEEN, &n);
	assert_int_equal(model_generation(w->m, OBS_NODE), g);
	assert_string_equal(model_node(w->m, "n1")->node.resource_version, "2");
}

static void sync_removes_what_was_not_seen(void **state)
{
	struct world *w = *state;
	struct pod a = a_pod("u1", "one", "n1"), b = a_pod("u2", "two", "n1");
	see_node(w->m, "n1", "g", NULL);
	apply(w->m, OBS_POD, OBS_SEEN, &a);
	apply(w->m, OBS_POD, OBS_SEEN, &b);
	apply(w->m, OBS_POD, OBS_SYNC_BEGIN, NULL);
	apply(w->m, OBS_POD, OBS_SEEN, &b);
	apply(w->m, OBS_POD, OBS_SYNC_END, NULL);
	size_t n;
	assert_string_equal(model_pods(w->m, &n)[0]->pod.name, "two");
	assert_int_equal(n, 1);
	assert_null(model_pod(w->m, "default", "one"));
	assert_int_equal(model_node(w->m, "n1")->npods, 1);
	apply(w->m, OBS_POD, OBS_SYNC_END, NULL); /* without a begin: nothing */
	model_pods(w->m, &n);
	assert_int_equal(n, 1);
}

static void group_syncs_are_scoped(void **state)
{
	struct world *w = *state;
	struct cluster_spec c = { .name = "lab.example", .max_pods = -1, .cp_max_pods = -1 };
	struct group_spec a = { .cluster = "lab.example", .name = "nodes-b", .min_size = 1,
		.max_size = 3 };
	struct group_spec a2 = { .cluster = "lab.example", .name = "nodes-a", .min_size = 2,
		.max_size = 2 };
	struct group_spec other = { .cluster = "other", .name = "nodes-b" };
	apply(w->m, OBS_CLUSTER, OBS_SEEN, &c);
	apply(w->m, OBS_GROUP, OBS_SEEN, &a);
	apply(w->m, OBS_GROUP, OBS_SEEN, &a2);
	apply(w->m, OBS_GROUP, OBS_SEEN, &other);
	size_t n;
	const struct m_group *const *groups = model_groups(w->m, &n);
	assert_int_equal(n, 2);
	assert_string_equal(groups[0]->spec.name, "nodes-a");
	assert_int_equal(model_cluster(w->m, "lab.example")->min_nodes, 3);
	assert_int_equal(model_cluster(w->m, "lab.example")->max_nodes, 5);

	struct observation begin = { .kind = OBS_GROUP, .verb = OBS_SYNC_BEGIN,
		.scope = "lab.example" };
	struct observation end = begin;
	end.verb = OBS_SYNC_END;
	model_apply(w->m, &begin);
	apply(w->m, OBS_GROUP, OBS_SEEN, &a);
	model_apply(w->m, &end);
	model_groups(w->m, &n);
	assert_int_equal(n, 1);
	model_open_cluster(w->m, "other");
	model_groups(w->m, &n);
	assert_int_equal(n, 1);
	model_open_cluster(w->m, NULL);
	model_groups(w->m, &n);
	assert_int_equal(n, 0);
	assert_null(model_opened(w->m));
}

static void machines_join_in_any_order(void **state)
{
	struct world *w = *state;
	struct instance i = { .id = "i-1", .group = "nodes", .asg = "nodes.lab.example",
		.state = "running" };
	struct asg g = { .name = "nodes.lab.example", .group = "nodes", .desired = 1 };
	see_node(w->m, "n1", NULL, "i-1");
	assert_null(model_node(w->m, "n1")->instance);
	apply(w->m, OBS_INSTANCE, OBS_SEEN, &i);
	assert_null(model_node(w->m, "n1")->group);
	apply(w->m, OBS_ASG, OBS_SEEN, &g);
	const struct m_node *n = model_node(w->m, "n1");
	assert_ptr_equal(n->instance, model_instance(w->m, "i-1"));
	assert_ptr_equal(n->instance->node, n);
	assert_ptr_equal(n->group, model_group(w->m, "nodes"));
	assert_true(n->group->has_asg);
	assert_false(n->group->has_spec);
	assert_int_equal(n->group->ninstances, 1);
	assert_int_equal(n->group->nready, 1);
	apply(w->m, OBS_INSTANCE, OBS_GONE, &i);
	assert_null(model_node(w->m, "n1")->instance);
	apply(w->m, OBS_ASG, OBS_GONE, &g);
	assert_null(model_group(w->m, "nodes"));
}

static void recreated_pod_is_found_by_name(void **state)
{
	struct world *w = *state;
	struct pod a = a_pod("old", "db-0", NULL), b = a_pod("new", "db-0", NULL);
	apply(w->m, OBS_POD, OBS_SEEN, &a);
	apply(w->m, OBS_POD, OBS_SEEN, &b);
	apply(w->m, OBS_POD, OBS_GONE, &a);
	assert_string_equal(model_pod(w->m, "default", "db-0")->pod.uid, "new");
}

static void sink_to_model(void *ctx, const struct observation *o)
{
	model_apply(ctx, o);
}

static void sources_keep_their_times(void **state)
{
	struct world *w = *state;
	struct sink s = { .observe = sink_to_model, .ctx = w->m };
	struct err why = ERR_INIT;
	err_set(&why, ERR_AUTH, "no");
	sink_source_asked(&s, SRC_AWS, 5, "asking");
	assert_int_equal(model_source(w->m, SRC_AWS)->state, SOURCE_ASKED);
	sink_source_live(&s, SRC_AWS, 7, "12 calls/min");
	sink_source_asked(&s, SRC_AWS, 9, NULL);
	assert_int_equal(model_source(w->m, SRC_AWS)->state, SOURCE_LIVE);
	assert_int_equal(model_source(w->m, SRC_AWS)->arrived, 7);
	assert_int_equal(model_source(w->m, SRC_AWS)->asked, 9);
	assert_string_equal(model_source(w->m, SRC_AWS)->detail, "12 calls/min");
	sink_source_failed(&s, SRC_AWS, 11, &why);
	sink_source_asked(&s, SRC_AWS, 12, NULL);
	assert_int_equal(model_source(w->m, SRC_AWS)->state, SOURCE_FAILED);
	assert_int_equal(model_source(w->m, SRC_AWS)->arrived, 7);
	assert_int_equal(model_source(w->m, SRC_AWS)->why.kind, ERR_AUTH);
	assert_int_equal(model_source(w->m, SRC_STORE)->state, SOURCE_OFF);
	sink_source_live(&s, SRC_AWS, 13, "");
	assert_false(err_is_set(&model_source(w->m, SRC_AWS)->why));
}

static void singles_come_and_go(void **state)
{
	struct world *w = *state;
	char version[] = "v1.34.2";
	struct kube_server s = { .version = version };
	apply(w->m, OBS_SERVER, OBS_SEEN, &s);
	version[0] = 'x';
	assert_string_equal(model_server(w->m)->version, "v1.34.2");
	assert_null(model_identity(w->m));
	model_open_cluster(w->m, "other");
	assert_null(model_server(w->m));
}

static void many_pods_stay_small(void **state)
{
	struct world *w = *state;
	char ids[3][64];
	for (int i = 0; i < 30000; i++) {
		snprintf(ids[0], sizeof ids[0], "09ffb4d7-5725-4693-9577-%012d", i);
		snprintf(ids[1], sizeof ids[1], "nginx-deployment-84cd76b964-%05d", i);
		snprintf(ids[2], sizeof ids[2], "i-%017d", i / 30);
		struct pod p = a_pod(ids[0], ids[1], ids[2]);
		p.owner_kind = "Deployment";
		p.owner_name = "nginx-deployment";
		p.ip = "100.64.12.201";
		apply(w->m, OBS_POD, OBS_SEEN, &p);
	}
	print_message("%zu bytes per pod\n", model_bytes(w->m) / 30000);
	assert_true(model_bytes(w->m) / 30000 < 400);
}

/* Things that differ in nothing but the bytes between their members are the same. */
static void gaps_are_no_change(void **state)
{
	struct world *w = *state;
	struct daemonset ds;
	struct instance in;
	for (int fill = 0; fill < 3; fill++) {
		memset(&ds, fill * 0x55, sizeof ds);
		memset(&in, fill * 0x55, sizeof in);
		ds.ns = "kube-system";
		ds.name = "aws-node";
		ds.resource_version = ds.image = NULL;
		ds.desired = ds.current = ds.ready = ds.updated = ds.available = 1;
		ds.generation = ds.observed_generation = 1;
		ds.env = NULL;
		ds.nenv = 0;
		in.id = "i-1";
		in.group = in.asg = in.type = in.zone = in.subnet_id = in.private_ip = NULL;
		in.public_ip = in.state = in.lifecycle = in.template_id = NULL;
		in.template_version = -1;
		in.detached = false;
		in.enis = in.ips = in.prefixes = -1;
		in.launched = 0;
		apply(w->m, OBS_DAEMONSET, OBS_SEEN, &ds);
		apply(w->m, OBS_INSTANCE, OBS_SEEN, &in);
	}
	assert_int_equal(model_generation(w->m, OBS_DAEMONSET), 1);
	assert_int_equal(model_generation(w->m, OBS_INSTANCE), 1);
}

#ifdef __has_builtin
#if __has_builtin(__builtin_clear_padding)
#define COMPILER_KNOWS_GAPS
#endif
#endif

/* The table of gaps has each byte that the compiler says is none of a member's, and no other. */
static void all_gaps_are_known(void **state)
{
#ifdef COMPILER_KNOWS_GAPS
#define SAME(id, thing) do { \
	struct thing ours, theirs; \
	memset(&ours, 0xff, sizeof ours); \
	memset(&theirs, 0xff, sizeof theirs); \
	layout_tidy(id, &ours); \
	__builtin_clear_padding(&theirs); \
	assert_memory_equal(&ours, &theirs, sizeof ours); \
} while (0)
	SAME(LAYOUT_HOST_PORT, host_port);
	SAME(LAYOUT_LABEL, label);
	SAME(LAYOUT_TAINT, taint);
	SAME(LAYOUT_TOLERATION, toleration);
	SAME(LAYOUT_REQUIREMENT, requirement);
	SAME(LAYOUT_TERM, selector_term);
	SAME(LAYOUT_ENV, env_entry);
	SAME(LAYOUT_CLUSTER_SUBNET, cluster_subnet);
	SAME(LAYOUT_POD_TERM, pod_term);
	SAME(LAYOUT_SHAPE, pod_shape);
	SAME(LAYOUT_TROUBLE, pod_trouble);
	SAME(LAYOUT_ADDON, addon_applied);
	SAME(LAYOUT_CLUSTER, cluster_spec);
	SAME(LAYOUT_GROUP, group_spec);
	SAME(LAYOUT_IDENTITY, identity);
	SAME(LAYOUT_ASG, asg);
	SAME(LAYOUT_INSTANCE, instance);
	SAME(LAYOUT_TYPE, instance_type);
	SAME(LAYOUT_SUBNET, subnet);
	SAME(LAYOUT_BALANCER, balancer);
	SAME(LAYOUT_RECORD, dns_record);
	SAME(LAYOUT_SERVER, kube_server);
	SAME(LAYOUT_NODE, node);
	SAME(LAYOUT_POD, pod);
	SAME(LAYOUT_DEPLOYMENT, deployment);
	SAME(LAYOUT_DAEMONSET, daemonset);
	SAME(LAYOUT_PDB, pdb);
	SAME(LAYOUT_EVENT, event);
	SAME(LAYOUT_CLAIM, claim);
	SAME(LAYOUT_VOLUME, volume);
	SAME(LAYOUT_STORAGE_CLASS, storage_class);
#else
	skip();
#endif
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(random_orders_count_right), T(everything_forgotten_gives_memory_back),
		T(churn_does_not_grow), T(equal_shapes_are_one),
		T(generation_moves_only_on_change), T(sync_removes_what_was_not_seen),
		T(group_syncs_are_scoped), T(machines_join_in_any_order),
		T(recreated_pod_is_found_by_name), T(sources_keep_their_times),
		T(singles_come_and_go), T(many_pods_stay_small),
		T(gaps_are_no_change), T(all_gaps_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
