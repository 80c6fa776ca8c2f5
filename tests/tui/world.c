/* SPDX-License-Identifier: Apache-2.0 */
/* The story's cluster as observations. */
#include "tests/tui/world.h"

#include <stdio.h>
#include <string.h>

#define REGION "ap-northeast-2"
#define MINUTE INT64_C(60000)
#define DAY (1440 * MINUTE)

static const char message[] = "0/3 nodes are available: 1 node(s) had untolerated taint "
	"{node-role.kubernetes.io/control-plane: }, 2 Too many pods. preemption: 0/3 nodes are "
	"available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for "
	"incoming pod.";

static struct taint control_taint = { .key = "node-role.kubernetes.io/control-plane",
	.value = "", .effect = "NoSchedule" };

/* In the order in which an API lists them. */
static const struct machine {
	const char *id, *group, *zone, *ip, *asg, *template_;
	enum role role;
} machines[] = {
	{ WORLD_NODE_A, "nodes-ap-northeast-2a", "ap-northeast-2a", "172.30.0.5",
		"nodes-ap-northeast-2a." WORLD_CLUSTER, "lt-0a0a0a0a0a0a0a0a0", ROLE_NODE },
	{ WORLD_NODE_C, "nodes-ap-northeast-2c", "ap-northeast-2c", "172.30.130.8",
		"nodes-ap-northeast-2c." WORLD_CLUSTER, "lt-0b0b0b0b0b0b0b0b0", ROLE_NODE },
	{ WORLD_CONTROL, "control-plane-ap-northeast-2a", "ap-northeast-2a", "172.30.41.7",
		"control-plane-ap-northeast-2a.masters." WORLD_CLUSTER, "lt-0c0c0c0c0c0c0c0c0",
		ROLE_CONTROL_PLANE },
};
#define NMACHINES (sizeof(machines) / sizeof(machines[0]))

static void world_see(struct model *m, enum obs_kind kind, const void *thing)
{
	/* All members of the union are pointers to the thing. */
	struct observation o = { .kind = kind, .verb = OBS_SEEN, .u.cluster = thing };
	model_apply(m, &o);
}

void world_source(struct model *m, enum source_id id, enum source_state state, int64_t arrived_ago,
	enum err_kind kind, const char *why, const char *hint)
{
	struct obs_source s = { .id = id, .status = { .state = state, .asked = WORLD_NOW,
		.arrived = arrived_ago < 0 ? 0 : WORLD_NOW - arrived_ago,
		.failed = state == SOURCE_FAILED ? WORLD_NOW : 0 } };
	if (why) {
		err_set(&s.status.why, kind, "%s", why);
		err_hint(&s.status.why, "%s", hint);
	}
	world_see(m, OBS_SOURCE, &s);
}

/* ---- the state store ----------------------------------------------------------- */

static void world_specs(struct model *m, const struct world *w)
{
	struct env_entry env[] = { { "ENABLE_PREFIX_DELEGATION", "true", 44 },
		{ "WARM_PREFIX_TARGET", "1", 46 } };
	struct cluster_subnet subnets[] = {
		{ "ap-northeast-2a", "ap-northeast-2a", "172.30.0.0/17", "Public", NULL },
		{ "ap-northeast-2c", "ap-northeast-2c", "172.30.128.0/17", "Public", NULL },
	};
	struct cluster_spec c = { .name = WORLD_CLUSTER, .kubernetes_version = "1.34.2",
		.region = REGION, .cloud = "aws", .networking = "amazonvpc",
		.network_cidr = "172.30.0.0/16", .channel = "stable", .dns_type = "None",
		.api_lb_class = "Network", .max_pods = w->prefix ? 110 : -1,
		.max_pods_line = w->prefix ? 36 : 0, .cp_max_pods = -1, .env = env,
		.nenv = w->prefix ? 2 : 0, .subnets = subnets, .nsubnets = 2,
		.rolling = { { -1, false }, { -1, false }, TRI_UNKNOWN }, .kops_version = "1.36.2",
		.created = WORLD_NOW - 3 * DAY };
	world_see(m, OBS_CLUSTER, &c);
	for (size_t i = 0; i < NMACHINES; i++) {
		const char *types[] = { "t3.medium" }, *names[] = { machines[i].zone };
		struct group_spec g = { .cluster = WORLD_CLUSTER, .name = machines[i].group,
			.role = machines[i].role, .machine_type = "t3.medium", .types = types,
			.ntypes = 1, .min_size = 1, .max_size = 1, .subnets = names, .nsubnets = 1,
			.image = "ubuntu", .max_pods = -1,
			.rolling = { { -1, false }, { -1, false }, TRI_UNKNOWN } };
		world_see(m, OBS_GROUP, &g);
	}
}

/* ---- AWS ----------------------------------------------------------------------- */

static void world_cloud(struct model *m, const struct world *w)
{
	struct identity who = { .account = "123456789012", .provider = "environment",
		.arn = "arn:aws:iam::123456789012:user/ops" };
	struct instance_type type = { .name = "t3.medium", .max_enis = 3, .ips_per_eni = 6,
		.vcpus = 2, .memory_mib = 4096, .nitro = true };
	struct subnet subnets[] = {
		{ "subnet-0a", "ap-northeast-2a", "ap-northeast-2a", "172.30.0.0/17", 32710, 2030 },
		{ "subnet-0c", "ap-northeast-2c", "ap-northeast-2c", "172.30.128.0/17", 32740,
			2030 },
	};
	world_see(m, OBS_IDENTITY, &who);
	world_see(m, OBS_TYPE, &type);
	world_see(m, OBS_SUBNET, &subnets[0]);
	world_see(m, OBS_SUBNET, &subnets[1]);
	for (size_t i = 0; i < NMACHINES; i++) {
		const struct machine *p = &machines[i];
		const char *zones[] = { p->zone };
		const char *ids[] = { strcmp(p->zone, "ap-northeast-2a") ? "subnet-0c"
									 : "subnet-0a" };
		int64_t version = w->prefix ? 2 : 1;
		struct asg a = { .name = p->asg,
			.group = p->group,
			.min = 1,
			.desired = 1,
			.max = 1,
			.template_id = p->template_,
			.template_version = version + (w->marked ? 1 : 0),
			.zones = zones,
			.nzones = 1,
			.subnet_ids = ids,
			.nsubnet_ids = 1 };
		struct instance in = { .id = p->id,
			.group = p->group,
			.asg = p->asg,
			.type = "t3.medium",
			.zone = p->zone,
			.subnet_id = ids[0],
			.private_ip = p->ip,
			.state = "running",
			.lifecycle = "InService",
			.template_id = p->template_,
			.template_version = version,
			.enis = p->role == ROLE_NODE ? 3 : 1,
			.ips = w->prefix              ? 0
			       : p->role == ROLE_NODE ? 15
						      : 5,
			.prefixes = w->prefix ? 7 : 0,
			.launched = WORLD_NOW - 3 * DAY };
		world_see(m, OBS_ASG, &a);
		world_see(m, OBS_INSTANCE, &in);
	}
}

/* ---- Kubernetes ------------------------------------------------------------------ */

static void world_nodes(struct model *m, const struct world *w)
{
	for (size_t i = 0; i < NMACHINES; i++) {
		const struct machine *p = &machines[i];
		bool control = p->role == ROLE_CONTROL_PLANE;
		struct label labels[] = { { "kubernetes.io/hostname", p->id },
			{ "kubernetes.io/os", "linux" },
			{ "kops.k8s.io/instancegroup", p->group } };
		struct node n = { .name = p->id,
			.uid = p->id,
			.resource_version = "1",
			.instance_id = p->id,
			.group = p->group,
			.type = "t3.medium",
			.zone = p->zone,
			.internal_ip = p->ip,
			.kubelet_version = "v1.34.2",
			.role = p->role,
			.needs_update = w->marked,
			.ready = TRI_YES,
			.network_unavailable = TRI_NO,
			.taints = &control_taint,
			.ntaints = control ? 1 : 0,
			.labels = labels,
			.nlabels = 3,
			.capacity_pods = w->prefix ? 110 : 17,
			.alloc_pods = w->prefix ? 110 : 17,
			.alloc_cpu_milli = 2000,
			.alloc_memory = INT64_C(3900) << 20,
			.created = WORLD_NOW - 3 * DAY + 2 * MINUTE,
			.ready_since = WORLD_NOW - 3 * DAY + 3 * MINUTE };
		world_see(m, OBS_NODE, &n);
	}
}

static struct toleration any = { .operator_ = "Exists" };
static const struct pod_shape daemon_shape = { .tolerations = &any, .ntolerations = 1,
	.cpu_milli = 50, .memory = 0, .priority_class = "system-node-critical",
	.scheduler_name = "default-scheduler", .priority = 2000001000 };
static const struct pod_shape plain_shape = { .cpu_milli = 5, .memory = INT64_C(8) << 20,
	.scheduler_name = "default-scheduler" };

static void world_system_pod(struct model *m, const struct machine *p, const char *name,
	const char *owner_kind, const char *owner, int flags)
{
	char full[128];
	snprintf(full, sizeof(full), "%s-%s", name,
		strcmp(owner_kind, "Node") ? p->id + strlen(p->id) - 5 : p->id);
	struct label app = { .key = "k8s-app", .value = name };
	struct pod pod = { .ns = "kube-system", .name = full, .uid = full, .node = p->id,
		.labels = &app, .nlabels = 1, .owner_kind = owner_kind, .owner_name = owner, .phase = POD_RUNNING,
		.flags = flags | POD_READY | POD_SCHEDULED | POD_CRITICAL, .ip = p->ip,
		.created = WORLD_NOW - 3 * DAY + 2 * MINUTE,
		.grace_s = 30,
		.shape = &daemon_shape };
	world_see(m, OBS_POD, &pod);
}

static void world_system(struct model *m)
{
	static const char *const mirrors[] = { "etcd-manager-main", "etcd-manager-events",
		"kube-apiserver", "kube-controller-manager", "kube-scheduler" };
	const int host = POD_HOST_NETWORK;
	for (size_t i = 0; i < NMACHINES; i++) {
		world_system_pod(
			m, &machines[i], "aws-node", "DaemonSet", "aws-node", POD_DAEMON | host);
		world_system_pod(m, &machines[i], "kube-proxy", "Node", machines[i].id,
			POD_MIRROR | host);
	}
	const struct machine *cp = &machines[NMACHINES - 1];
	for (size_t i = 0; i < sizeof(mirrors) / sizeof(mirrors[0]); i++) {
		world_system_pod(m, cp, mirrors[i], "Node", cp->id, POD_MIRROR | host);
	}
	world_system_pod(
		m, cp, "kops-controller", "DaemonSet", "kops-controller", POD_DAEMON | host);
	world_system_pod(m, cp, "aws-cloud-controller-manager", "DaemonSet",
		"aws-cloud-controller-manager", POD_DAEMON | host);
	world_system_pod(m, cp, "coredns-5d78c9869d-a", "Deployment", "coredns", 0);
	world_system_pod(m, cp, "coredns-5d78c9869d-b", "Deployment", "coredns", 0);
}

void world_pod(struct model *m, int index, const char *node)
{
	char name[64], uid[64], ip[32];
	struct label labels[] = { { "app", "nginx" } };
	snprintf(name, sizeof(name), WORLD_DEPLOYMENT "-bf5d5cf98-%c%02d%c", 'b' + index % 20,
		index, 'x' - index % 7);
	snprintf(uid, sizeof(uid), "nginx-%d", index);
	snprintf(ip, sizeof(ip), "172.30.%d.%d", index % 2 ? 129 : 1, 10 + index);
	struct pod_trouble trouble = { .sched_reason = node ? NULL : "Unschedulable",
		.sched_message = node ? NULL : message };
	struct pod p = { .ns = "default",
		.name = name,
		.uid = uid,
		.node = node,
		.owner_kind = "Deployment",
		.owner_name = WORLD_DEPLOYMENT,
		.phase = node ? POD_RUNNING : POD_PENDING,
		.flags = node ? POD_READY | POD_SCHEDULED : 0,
		.trouble = &trouble,
		.ip = node ? ip : NULL,
		.created = WORLD_NOW - (node ? 40 * MINUTE : 77000),
		.grace_s = 30,
		.shape = &plain_shape,
		.labels = labels,
		.nlabels = 1 };
	world_see(m, OBS_POD, &p);
}

static void world_workloads(struct model *m, const struct world *w)
{
	struct label app[] = { { "app", "nginx" } };
	struct label dns[] = { { "k8s-app", "kube-dns" } };
	struct env_entry env[] = { { "ENABLE_PREFIX_DELEGATION", w->prefix ? "true" : "false", 0 },
		{ "WARM_PREFIX_TARGET", "1", 0 }, { "WARM_ENI_TARGET", "1", 0 },
		{ "ENABLE_IPv4", "true", 0 }, { "ENABLE_IPv6", "false", 0 } };
	struct deployment coredns = { .ns = "kube-system", .name = "coredns", .replicas = 2,
		.ready = 2, .updated = 2, .available = 2, .unavailable = 0,
		.created = WORLD_NOW - 3 * DAY, .generation = 1, .observed_generation = 1,
		.selector = dns, .nselector = 1 };
	struct deployment nginx = { .ns = "default", .name = WORLD_DEPLOYMENT,
		.replicas = w->running + w->pending, .ready = w->running,
		.updated = w->running + w->pending, .available = w->running,
		.unavailable = w->pending, .created = WORLD_NOW - 70 * MINUTE, .generation = 4,
		.observed_generation = 4, .selector = app, .nselector = 1 };
	struct daemonset ds = { .ns = "kube-system", .name = "aws-node", .desired = 3, .current = 3,
		.ready = 3, .updated = 3, .available = 3, .generation = 1, .observed_generation = 1,
		.env = env, .nenv = 5, .image = "amazon-k8s-cni:v1.20.4" };
	struct pdb pdb = { .ns = "kube-system", .name = "kube-dns", .max_unavailable = "50%",
		.disruptions_allowed = 1, .current_healthy = 2, .desired_healthy = 1,
		.expected_pods = 2, .selector = dns, .nselector = 1 };
	world_see(m, OBS_DEPLOYMENT, &nginx);
	world_see(m, OBS_DEPLOYMENT, &coredns);
	world_see(m, OBS_DAEMONSET, &ds);
	world_see(m, OBS_PDB, &pdb);
	for (int i = 0; i < w->running + w->pending; i++) {
		world_pod(m, i, i >= w->running ? NULL : i % 2 ? WORLD_NODE_C : WORLD_NODE_A);
	}
}

void world_apply(struct model *m, const struct world *w)
{
	struct kube_server server = { .version = "v1.34.2", .context = WORLD_CLUSTER,
		.url = "https://api.mate-technology.app" };
	world_source(m, SRC_STORE, SOURCE_LIVE, 2 * MINUTE, 0, NULL, NULL);
	if (!w->specs_only) {
		world_source(m, SRC_AWS, SOURCE_LIVE, 4000, 0, NULL, NULL);
		world_source(m, SRC_KUBE, SOURCE_LIVE, 1000, 0, NULL, NULL);
	}
	world_specs(m, w);
	model_open_cluster(m, WORLD_CLUSTER);
	if (w->specs_only) {
		return;
	}
	world_cloud(m, w);
	world_see(m, OBS_SERVER, &server);
	world_nodes(m, w);
	world_system(m);
	world_workloads(m, w);
}

/* ---- edited and not applied ------------------------------------------------------------ */

void world_edited(struct model *m)
{
	const char *lines[] = { "kubelet.maxPods 110 (applied none)",
		"env.ENABLE_PREFIX_DELEGATION true (applied none)" };
	const char *type[] = { "machineType t3.large (applied t3.medium)" };
	struct addon_applied addons[] = {
		{ "kops-controller.addons.k8s.io", "k8s-1.16", NULL, "1034b4035a2b" },
		{ "coredns.addons.k8s.io", "k8s-1.12", NULL, "318b7a93273c" },
		{ "networking.amazon-vpc-routed-eni", "k8s-1.16", NULL, "00112233ffff" },
		{ "metrics-server.addons.k8s.io", "k8s-1.11", NULL, "aabbccddeeff" },
	};
	struct kube_server server = { .version = "v1.34.2", .context = WORLD_CLUSTER,
		.url = "https://api.mate-technology.app", .addons = addons, .naddons = 4 };
	struct cluster_spec c = model_cluster(m, WORLD_CLUSTER)->spec;
	struct group_spec g = model_group(m, machines[0].group)->spec, h =
		model_group(m, machines[1].group)->spec;

	c.unapplied = (struct unapplied){ .found = TRI_YES, .lines = lines, .nlines = 2 };
	g.max_size = 3;
	g.unapplied.found = TRI_NO;
	h.unapplied = (struct unapplied){ .found = TRI_YES, .lines = type, .nlines = 1 };
	world_see(m, OBS_CLUSTER, &c);
	world_see(m, OBS_GROUP, &g);
	world_see(m, OBS_GROUP, &h);
	world_see(m, OBS_SERVER, &server);
}

/* ---- names ------------------------------------------------------------------------------ */

void world_named(struct model *m)
{
	struct dns_record records[] = {
		{ "api." WORLD_CLUSTER ".", "A", "dualstack.api-mate-technology-app-1a2b3c-"
			"0123456789.elb.ap-northeast-2.amazonaws.com." },
		{ "api.internal." WORLD_CLUSTER ".", "A", "172.30.99.9" },
		{ "kops-controller.internal." WORLD_CLUSTER ".", "A", "203.0.113.123" },
		{ "www." WORLD_CLUSTER ".", "CNAME", "somewhere.example.com." },
	};
	struct balancer b = { .name = "api-mate-technology-app-1a2b3c", .type = "network",
		.scheme = "internet-facing", .dns = "api-mate-technology-app-1a2b3c-0123456789.elb"
			".ap-northeast-2.amazonaws.com" };
	struct cluster_spec c = model_cluster(m, WORLD_CLUSTER)->spec;

	c.dns_type = "Public";
	world_see(m, OBS_CLUSTER, &c);
	world_see(m, OBS_BALANCER, &b);
	for (size_t i = 0; i < 4; i++) {
		world_see(m, OBS_RECORD, &records[i]);
	}
}

/* ---- names that attack ------------------------------------------------------------- */

void world_hostile(struct model *m)
{
	static char longest[301];
	memset(longest, 'x', sizeof(longest) - 1);
	const char *const names[] = {
		"\033[2J\033[31mred\033]0;title\007", /* escape sequences */
		"\xe2\x80\xae"
		"gnirts\xe2\x81\xa6", /* bidi override, isolate */
		"\xed\x95\x9c\xea\xb8\x80\xec\x9d\xb4\xeb\xa6\x84\xec\x9e\x85\xeb\x8b\x88\xeb\x8b"
		"\xa4",                                                    /* Hangul */
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80 deploy",     /* emoji with a joiner */
		"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81 marks", /* marks without end */
		"bad \xff\xfe utf-8",
		"tab\tnewline\nreturn\rback\b",
		longest,
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char uid[16];
		snprintf(uid, sizeof(uid), "evil-%zu", i);
		struct deployment d = { .ns = "default",
			.name = names[i],
			.replicas = 3,
			.ready = 1,
			.updated = 3,
			.available = 1,
			.unavailable = 2,
			.created = WORLD_NOW - DAY };
		struct pod_trouble trouble = { .sched_reason = "Unschedulable",
			.sched_message = names[i] };
		struct pod p = { .ns = "default", .name = names[i], .uid = uid,
			.owner_kind = "Deployment", .owner_name = names[i], .phase = POD_PENDING,
			.trouble = &trouble,
			.created = WORLD_NOW - MINUTE, .shape = &plain_shape };
		struct node n = { .name = names[i], .uid = uid, .group = names[i], .type = names[i],
			.zone = names[i], .internal_ip = names[i], .kubelet_version = names[i],
			.ready = TRI_NO, .ready_reason = names[i], .capacity_pods = 17,
			.alloc_pods = 17, .alloc_cpu_milli = -1, .alloc_memory = -1 };
		struct cluster_spec c = { .name = names[i], .problem = names[i], .max_pods = -1,
			.cp_max_pods = -1 };
		world_see(m, OBS_DEPLOYMENT, &d);
		world_see(m, OBS_POD, &p);
		world_see(m, OBS_NODE, &n);
		world_see(m, OBS_CLUSTER, &c);
	}
}
