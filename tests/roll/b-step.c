/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long one step of the roll machine takes in a cluster of 5,000 nodes and
 * 150,000 pods, at each point of a roll.  Not a test: numbers for `make bench`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/xalloc.h"
#include "core/model/model.h"
#include "core/rules/roll.h"

#define NODES 5000
#define PODS_A_NODE 30

static struct model *m;
static struct clock_fake now = { .mono = 1000, .wall = 1795352645000 };

static void see(enum obs_kind kind, const void *thing)
{
	struct observation o = { .kind = kind, .verb = OBS_SEEN, .u.node = thing };

	model_apply(m, &o);
}

static double ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void see_node(int i, bool tainted, bool cordoned)
{
	static struct taint scheduled = { .key = "kops.k8s.io/scheduled-for-update",
		.effect = "PreferNoSchedule" };
	char name[32], id[32];
	struct node n = { .name = name, .uid = name, .instance_id = id, .group = "nodes",
		.role = ROLE_NODE, .ready = TRI_YES, .alloc_pods = 110, .capacity_pods = 110,
		.taints = &scheduled, .ntaints = tainted, .unschedulable = cordoned };

	snprintf(name, sizeof(name), "node-%05d", i);
	snprintf(id, sizeof(id), "i-%05d", i);
	see(OBS_NODE, &n);
}

static void see_pod(int i, int restarts)
{
	static struct pod_shape plain = { .priority = 0 };
	char name[48], uid[48], node[32];
	struct pod p = { .ns = "default", .name = name, .uid = uid, .node = node,
		.phase = POD_RUNNING, .flags = POD_READY, .shape = &plain,
		.owner_kind = "Deployment", .owner_name = "web", .created = now.wall,
		.restarts = restarts };

	snprintf(name, sizeof(name), "web-%06d", i);
	snprintf(uid, sizeof(uid), "uid-%06d", i);
	snprintf(node, sizeof(node), "node-%05d", i % NODES);
	see(OBS_POD, &p);
}

static void see_cluster(void)
{
	struct cluster_spec c = { .name = "big", .max_pods = -1, .cp_max_pods = -1,
		.rolling = { { -1, false }, { -1, false }, TRI_UNKNOWN } };
	struct group_spec g = { .cluster = "big", .name = "nodes", .role = ROLE_NODE,
		.min_size = NODES, .max_size = NODES, .max_pods = -1,
		.rolling = { { 10, false }, { -1, false }, TRI_UNKNOWN } };
	struct asg a = { .name = "nodes.big", .group = "nodes", .min = NODES, .desired = NODES,
		.max = NODES, .template_id = "lt-1", .template_version = 2 };
	int i, id;

	see(OBS_CLUSTER, &c);
	see(OBS_GROUP, &g);
	see(OBS_ASG, &a);
	for (i = 0; i < NODES; i++) {
		char name[32];
		struct instance in = { .id = name, .group = "nodes", .asg = "nodes.big",
			.state = "running", .lifecycle = "InService", .template_id = "lt-1",
			.template_version = 1, .enis = -1, .ips = -1, .prefixes = -1 };

		snprintf(name, sizeof(name), "i-%05d", i);
		see(OBS_INSTANCE, &in);
		see_node(i, false, false);
	}
	for (i = 0; i < NODES * PODS_A_NODE; i++)
		see_pod(i, 0);
	for (id = 0; id < SRC__COUNT; id++) {
		struct obs_source s = { .id = (enum source_id)id,
			.status = { .state = SOURCE_LIVE } };

		see(OBS_SOURCE, &s);
	}
}

/* Steps while pods come and go; the actions are answered at once. */
static void steps(struct roll *r, const char *what, int n)
{
	double worst = 0, sum = 0;
	int i;

	for (i = 0; i < n; i++) {
		const struct roll_action *v;
		size_t k, count;
		int64_t wake;
		double t;

		see_pod(i * 7 % (NODES * PODS_A_NODE), i + 1);
		now.mono += 50;
		t = ms();
		roll_step(r, m, now.mono, now.wall, &v, &count, &wake);
		t = ms() - t;
		sum += t;
		worst = t > worst ? t : worst;
		for (k = 0; k < count; k++) {
			int at = (int)strtol(v[k].instance + 2, NULL, 10);
			uint64_t id = v[k].id;

			if (v[k].kind == ROLL_TAINT)
				see_node(at, true, false);
			roll_action_done(r, id, now.mono, NULL);
		}
	}
	printf("%-28s %4d steps   mean %7.3f ms   worst %7.3f ms\n", what, n, sum / n, worst);
}

int main(void)
{
	struct clock clock;
	struct roll_options o;
	struct err e = ERR_INIT;
	struct findings f = { .v = NULL };
	struct roll *r;
	double t;

	clock_fake(&clock, &now);
	m = model_new(&clock);
	model_open_cluster(m, "big");
	see_cluster();
	roll_options_default(&o);
	t = ms();
	r = roll_new(m, &o, &e);
	printf("plan of %d nodes                          %7.3f ms\n", NODES, ms() - t);
	if (!r) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	t = ms();
	roll_preflight(m, &o, &f);
	printf("forecast                                    %7.3f ms, %zu findings\n", ms() - t,
		f.n);
	steps(r, "check and taint", 20);
	steps(r, "detach, wait", 200);
	t = ms();
	{
		struct buf out = BUF_INIT;

		roll_save(r, &out);
		printf("save                                        %7.3f ms, %zu bytes\n",
			ms() - t, out.len);
		buf_release(&out);
	}
	findings_release(&f);
	roll_free(r);
	model_free(m);
	return 0;
}
