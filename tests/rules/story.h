/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story's cluster in a model, for tests: one control-plane node and two
 * t3.medium workers at 17 pods, nginx-deployment scaled to 40, ten wait.
 */
#ifndef KOPSCOPE_TESTS_RULES_STORY_H
#define KOPSCOPE_TESTS_RULES_STORY_H

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/model/model.h"

#define STORY_NOW INT64_C(1795352645000)
#define STORY_CLUSTER "mate-technology.app"
#define STORY_MESSAGE "0/3 nodes are available: 1 node(s) had untolerated taint(s), " \
	"2 Too many pods. preemption: 0/3 nodes are available: 1 Preemption is not helpful for " \
	"scheduling, 2 No preemption victims found for incoming pod."

struct story {
	struct clock clock;
	struct clock_fake fake;
	struct model *m;
};

static inline void story_apply(struct story *s, enum obs_kind kind, const void *thing)
{
	struct observation o = { .kind = kind, .verb = OBS_SEEN, .u.pod = thing };
	model_apply(s->m, &o);
}

static inline struct cluster_spec story_cluster(void)
{
	return (struct cluster_spec){ .name = STORY_CLUSTER, .networking = "amazonvpc",
		.region = "ap-northeast-2", .max_pods = -1, .cp_max_pods = -1 };
}

static inline struct group_spec story_group(const char *name, enum role role)
{
	static const char *types[] = { "t3.medium" };
	return (struct group_spec){ .cluster = STORY_CLUSTER, .name = name, .role = role,
		.machine_type = "t3.medium", .types = types, .ntypes = 1, .min_size = 1,
		.max_size = 1, .max_pods = -1 };
}

static inline void story_machine(struct story *s, const char *id, const char *group,
	enum role role, const char *subnet)
{
	char asg_name[96];
	snprintf(asg_name, sizeof asg_name, "%s." STORY_CLUSTER, group);
	struct group_spec g = story_group(group, role);
	struct asg a = { .name = asg_name, .group = group, .min = 1, .desired = 1, .max = 1,
		.template_id = "lt-1", .template_version = 1, .subnet_ids = &subnet,
		.nsubnet_ids = 1 };
	struct instance i = { .id = id, .group = group, .asg = asg_name, .type = "t3.medium",
		.state = "running", .lifecycle = "InService", .subnet_id = subnet,
		.template_id = "lt-1", .template_version = 1, .enis = 3, .ips = 15,
		.prefixes = 0 };
	struct taint t = { .key = "node-role.kubernetes.io/control-plane",
		.effect = "NoSchedule" };
	struct label l = { .key = "kops.k8s.io/instancegroup", .value = group };
	struct node n = { .name = id, .instance_id = id, .group = group, .type = "t3.medium",
		.role = role, .ready = TRI_YES, .capacity_pods = 17, .alloc_pods = 17,
		.alloc_cpu_milli = 2000, .alloc_memory = INT64_C(3854316) * 1024,
		.taints = role == ROLE_CONTROL_PLANE ? &t : NULL,
		.ntaints = role == ROLE_CONTROL_PLANE, .labels = &l, .nlabels = 1 };
	story_apply(s, OBS_GROUP, &g);
	story_apply(s, OBS_ASG, &a);
	story_apply(s, OBS_INSTANCE, &i);
	story_apply(s, OBS_NODE, &n);
}

static inline struct pod story_pod(char *uid, size_t size, const char *name, const char *node)
{
	snprintf(uid, size, "uid-%s-%s", name, node ? node : "none");
	return (struct pod){ .ns = "kube-system", .name = name, .uid = uid, .node = node,
		.phase = node ? POD_RUNNING : POD_PENDING, .created = STORY_NOW - 77000 };
}

static inline void story_system(struct story *s, const char *node, bool control_plane)
{
	static const char *const names[] = { "aws-node", "kube-proxy", "etcd-main", "etcd-events",
		"apiserver", "controller-manager", "scheduler", "kops-controller", "aws-ccm" };
	static const struct toleration all = { .operator_ = "Exists" };
	struct pod_shape shape = { .tolerations = (struct toleration *)(uintptr_t)&all,
		.ntolerations = 1, .cpu_milli = 25 };
	char uid[128];
	for (size_t i = 0; i < (control_plane ? 9 : 2); i++) {
		struct pod p = story_pod(uid, sizeof uid, names[i], node);
		p.flags = POD_HOST_NETWORK | POD_CRITICAL | (i == 0 ? POD_DAEMON : POD_MIRROR);
		p.shape = &shape;
		story_apply(s, OBS_POD, &p);
	}
	for (int i = 0; control_plane && i < 2; i++) {
		char name[32];
		snprintf(name, sizeof name, "coredns-%d", i);
		struct pod p = story_pod(uid, sizeof uid, name, node);
		story_apply(s, OBS_POD, &p);
	}
}

static inline void story_nginx(struct story *s, int first, int n, const char *node)
{
	char name[64], uid[128];
	for (int i = first; i < first + n; i++) {
		snprintf(name, sizeof name, "nginx-deployment-84cd76b964-%05d", i);
		struct pod p = story_pod(uid, sizeof uid, name, node);
		p.ns = "default";
		p.owner_kind = "Deployment";
		p.owner_name = "nginx-deployment";
		struct pod_trouble w = { .sched_reason = node ? NULL : "Unschedulable",
			.sched_message = node ? NULL : STORY_MESSAGE };
		p.trouble = &w;
		story_apply(s, OBS_POD, &p);
	}
}

static inline void story_replicas(struct story *s, int32_t replicas)
{
	struct deployment d = { .ns = "default", .name = "nginx-deployment",
		.replicas = replicas };
	story_apply(s, OBS_DEPLOYMENT, &d);
}

static inline void story_begin(struct story *s)
{
	memset(s, 0, sizeof *s);
	s->fake = (struct clock_fake){ .mono = 1000, .wall = STORY_NOW };
	clock_fake(&s->clock, &s->fake);
	s->m = model_new(&s->clock);
	model_open_cluster(s->m, STORY_CLUSTER);
	struct cluster_spec c = story_cluster();
	struct subnet a = { .id = "subnet-a", .zone = "ap-northeast-2a", .free_ips = 32700,
		.free_blocks = 2044 };
	struct subnet b = { .id = "subnet-c", .zone = "ap-northeast-2c", .free_ips = 32700,
		.free_blocks = 2016 };
	story_apply(s, OBS_CLUSTER, &c);
	story_apply(s, OBS_SUBNET, &a);
	story_apply(s, OBS_SUBNET, &b);
	story_machine(s, "i-cp", "control-plane-2a", ROLE_CONTROL_PLANE, "subnet-a");
	story_machine(s, "i-2a", "nodes-2a", ROLE_NODE, "subnet-a");
	story_machine(s, "i-2c", "nodes-2c", ROLE_NODE, "subnet-c");
	story_system(s, "i-cp", true);
	story_system(s, "i-2a", false);
	story_system(s, "i-2c", false);
	story_nginx(s, 0, 15, "i-2a");
	story_nginx(s, 15, 15, "i-2c");
	story_nginx(s, 30, 10, NULL);
	story_replicas(s, 40);
}

static inline void story_end(struct story *s)
{
	model_free(s->m);
}

#endif
