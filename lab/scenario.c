/* SPDX-License-Identifier: Apache-2.0 */
/* The scenarios, a row each. */
#include "lab/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"
#include "lab/world.h"

#define SETTLE_MS 100000 /* past the grace of a minute */

#define NAMED(name, app) "'metadata':{'namespace':'default','name':'" name \
	"','labels':{'app':'" app "'}}"
#define ASKS(cpu, mem) "'resources':{'requests':{'cpu':'" cpu "','memory':'" mem "'}}"
#define CONTAINER(image, more) "'containers':[{'name':'main','image':'" image "'," more "}]"
#define SMALL CONTAINER("nginx:1.29", ASKS("10m", "8Mi"))
#define DEPLOYMENT(name, replicas, spec) "deployments {" NAMED(name, name) ",'spec':{'replicas':" \
	#replicas ",'selector':{'matchLabels':{'app':'" name "'}},'template':{'metadata':{" \
	"'labels':{'app':'" name "'}},'spec':{" spec "}}}}"
#define POD(name, spec) "pods {" NAMED(name, name) ",'spec':{" spec "}}"
#define TERM(app, key) "'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'" key \
	"','labelSelector':{'matchLabels':{'app':'" app "'}}}]"
#define CLAIM(name) "'volumes':[{'name':'data','persistentVolumeClaim':{'claimName':'" name "'}}]"
#define HOSTNAME "kubernetes.io/hostname"
#define ZONE "topology.kubernetes.io/zone"
#define ON_CONTROL_PLANE "'nodeSelector':{'node-role.kubernetes.io/control-plane':''}," \
	"'tolerations':[{'operator':'Exists'}],"
/* More than two workers hold at 17 pods each. */
#define CROWD DEPLOYMENT("crowd", 40, SMALL)

/* ---- changes ---- */

/* The workers, by name; node NULL at the end. */
static struct kobj *worker_at(struct world *w, size_t *pos)
{
	while (*pos < kube_count(w->kube, KUBE_NODES)) {
		struct kobj *o = kube_at(w->kube, KUBE_NODES, (*pos)++);
		if (!json_object_get(json_path(o->json, "metadata.labels"),
			"node-role.kubernetes.io/control-plane"))
			return o;
	}
	return NULL;
}

static void workers_set(struct world *w, const char *part, const char *key, json_t *value)
{
	size_t pos = 0;
	for (struct kobj *o = worker_at(w, &pos); o; o = worker_at(w, &pos)) {
		json_t *j = kube_edit(o);
		json_object_set(json_object_get(j, part), key, value);
		kube_commit(w->kube, o, j);
	}
	json_decref(value);
}

static void taint_workers(struct world *w)
{
	workers_set(w, "spec", "taints", json_pack("[{s:s, s:s, s:s}]", "key", "dedicated", "value",
		"ci", "effect", "NoSchedule"));
}

static void cordon_workers(struct world *w)
{
	workers_set(w, "spec", "unschedulable", json_true());
}

static void cordon_one(struct world *w)
{
	size_t pos = 0;
	struct kobj *o = worker_at(w, &pos);
	json_t *j = kube_edit(o);
	json_object_set_new(json_object_get(j, "spec"), "unschedulable", json_true());
	kube_commit(w->kube, o, j);
}

/* What the CNI gives stays as it was: the accident of raising maxPods alone. */
static void raise_max_pods(struct world *w)
{
	size_t pos = 0;
	for (struct kobj *o = worker_at(w, &pos); o; o = worker_at(w, &pos)) {
		json_t *j = kube_edit(o), *status = json_object_get(j, "status");
		struct lab_instance *i = lab_instance_find(w, o->name);
		json_object_set_new(json_object_get(status, "capacity"), "pods",
			json_string("110"));
		json_object_set_new(json_object_get(status, "allocatable"), "pods",
			json_string("110"));
		kube_commit(w->kube, o, j);
		if (i)
			i->max_pods = 110;
	}
}

/* Another interface in the subnet, full as AWS lets it be. */
static struct lab_eni *other_eni(struct world *w, struct lab_subnet *s)
{
	struct lab_eni *e = s->n_others ? s->others[s->n_others - 1] : NULL;
	if (e && e->n_ips + e->n_prefixes < 49)
		return e;
	e = xcalloc(1, sizeof(*e));
	e->id = world_id(w, "eni-");
	e->primary = lab_subnet_take(w, s);
	e->ips = xcalloc(49, sizeof(*e->ips));
	e->prefixes = xcalloc(49, sizeof(*e->prefixes));
	s->others = xrealloc(s->others, (s->n_others + 1) * sizeof(struct lab_eni *));
	s->others[s->n_others++] = e;
	return e;
}

/* Other machines hold prefixes, or one address, of every /28 that is whole. */
static void fragment_subnet(struct world *w, struct lab_subnet *s)
{
	for (uint32_t n = 0;; n++) {
		struct lab_eni *e = other_eni(w, s);
		uint32_t block = lab_subnet_take_prefix(w, s);
		if (!block)
			return;
		if (n % 16) {
			e->prefixes[e->n_prefixes++] = block;
			continue;
		}
		e->ips[e->n_ips++] = block + 7;
		lab_subnet_give_back(s, block, 7);
		lab_subnet_give_back(s, block + 8, 8);
	}
}

/* aws-node works with prefixes, and no subnet has one to give. */
static void fragment_subnets(struct world *w)
{
	struct kobj *o = kube_find(w->kube, KUBE_DAEMONSETS, "kube-system", "aws-node");
	json_t *j = kube_edit(o), *v;
	size_t i;
	for (size_t k = 0; k < w->n_subnets; k++)
		fragment_subnet(w, w->subnets[k]);
	json_array_foreach(json_path(json_array_get(json_path(j,
		"spec.template.spec.containers"), 0), "env"), i, v) {
		if (str_eq(json_str(v, "name"), "ENABLE_PREFIX_DELEGATION"))
			json_object_set_new(v, "value", json_string("true"));
	}
	kube_commit(w->kube, o, j);
	world_skip(w, SETTLE_MS);
}

/* The group's bounds, in its Auto Scaling group and in its stored spec. */
static void group_bounds(struct world *w, const char *zone, int32_t min, int32_t max)
{
	char *group = xasprintf("nodes-%s", zone);
	char *key = xasprintf("%s/instancegroup/%s", w->cluster, group);
	const struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);
	const struct lab_object *o = b ? lab_object_get(b, key) : NULL;
	struct buf text = BUF_INIT;
	struct strlist lines = { .v = NULL };
	strlist_split(&lines, o ? o->data : "", '\n');
	for (size_t i = 0; i < lines.n; i++) {
		const char *end = i + 1 < lines.n ? "\n" : "";
		if (str_starts(lines.v[i], "  minSize:"))
			buf_addf(&text, "  minSize: %d%s", (int)min, end);
		else if (str_starts(lines.v[i], "  maxSize:"))
			buf_addf(&text, "  maxSize: %d%s", (int)max, end);
		else
			buf_addf(&text, "%s%s", lines.v[i], end);
	}
	lab_object_put(w, (struct lab_bucket *)(uintptr_t)b, key, buf_str(&text), text.len);
	lab_asg_set_bounds(w, lab_asg_of_group(w, group), min, max);
	strlist_release(&lines);
	buf_release(&text);
	free(key);
	free(group);
}

static void let_groups_grow(struct world *w)
{
	group_bounds(w, "ap-northeast-2a", 1, 3);
	group_bounds(w, "ap-northeast-2c", 1, 3);
}

/* The group of one zone is there, and has no node. */
static void empty_a_zone(struct world *w)
{
	group_bounds(w, "ap-northeast-2a", 1, 3);
	group_bounds(w, "ap-northeast-2c", 0, 3);
	lab_asg_set_desired(w, lab_asg_of_group(w, "nodes-ap-northeast-2c"), 0);
	world_skip(w, SETTLE_MS);
}

/* Each worker has one GPU, as the device plugin tells it. */
static void give_gpus(struct world *w)
{
	static const char *const parts[] = { "allocatable", "capacity" };
	size_t pos = 0;
	for (struct kobj *o = worker_at(w, &pos); o; o = worker_at(w, &pos)) {
		json_t *j = kube_edit(o), *status = json_object_get(j, "status");
		for (size_t i = 0; i < 2; i++)
			json_object_set_new(json_object_get(status, parts[i]), "nvidia.com/gpu",
				json_string("1"));
		kube_commit(w->kube, o, j);
	}
}

/* As kops does when an update changed something that only a new node has. */
static void mark_workers(struct world *w)
{
	size_t pos = 0;
	for (struct kobj *o = worker_at(w, &pos); o; o = worker_at(w, &pos))
		lab_node_annotate(w, o->name, "kops.k8s.io/needs-update", "");
}

/* The first line of the stored text that begins so becomes another; false: there is none. */
static bool spec_line(struct world *w, const char *path, const char *begins, const char *line)
{
	char *key = xasprintf("%s/%s", w->cluster, path);
	struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);
	const struct lab_object *o = b ? lab_object_get(b, key) : NULL;
	struct buf text = BUF_INIT;
	struct strlist lines = { .v = NULL };
	bool found = false;
	strlist_split(&lines, o ? o->data : "", '\n');
	for (size_t i = 0; i < lines.n; i++) {
		bool it = !found && str_starts(lines.v[i], begins);
		found |= it;
		buf_addf(&text, "%s%s", it ? line : lines.v[i], i + 1 < lines.n ? "\n" : "");
	}
	if (found)
		lab_object_put(w, b, key, buf_str(&text), text.len);
	strlist_release(&lines);
	buf_release(&text);
	free(key);
	return found;
}

bool lab_scenario_operator(struct world *w)
{
	return spec_line(w, "config", "  kubernetesVersion:", "  kubernetesVersion: 1.34.3");
}

/* Workers of a type before Nitro, with as many interfaces and addresses. */
#define XEN "t2.medium"
static void make_xen(struct world *w)
{
	for (size_t i = 0; i < w->n_asgs; i++) {
		struct lab_asg *g = w->asgs[i];
		if (!str_eq(g->role, "node"))
			continue;
		char *path = xasprintf("instancegroup/%s", g->group);
		spec_line(w, path, "  machineType:", "  machineType: " XEN);
		free(path);
		for (size_t k = 0; k < g->template->n; k++)
			xreplace(&g->template->versions[k]->instance_type, XEN);
		size_t pos = 0;
		for (struct lab_instance *x = lab_instance_next(w, g, &pos); x;
			x = lab_instance_next(w, g, &pos)) {
			xreplace(&x->type, XEN);
			lab_node_label(w, x->id, "node.kubernetes.io/instance-type", XEN);
			lab_node_label(w, x->id, "beta.kubernetes.io/instance-type", XEN);
		}
	}
}

/* A release that cannot start. */
static void break_image(struct world *w)
{
	struct kobj *o = kube_find(w->kube, KUBE_DEPLOYMENTS, "default", "api");
	json_t *j = kube_edit(o);
	json_object_set_new(json_array_get(json_path(j, "spec.template.spec.containers"), 0),
		"image", json_string("nginx:missing"));
	json_object_set_new(json_object_get(j, "metadata"), "generation", json_integer(2));
	kube_commit(w->kube, o, j);
}

/* Somebody else took every address. */
static void exhaust_subnets(struct world *w)
{
	static const char *const zones[] = { "ap-northeast-2a", "ap-northeast-2c" };
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct lab_subnet *s = lab_subnet_find(w, zones[i]);
		while (s && lab_subnet_take(w, s)) {
		}
	}
}

/* A pod that names its node goes past the scheduler, and the kubelet has no place for it. */
static void name_a_full_node(struct world *w)
{
	size_t pos = 0;
	struct kobj *node = worker_at(w, &pos);
	MUST(node);
	json_t *j = json_pack("{s:{s:s, s:s}, s:{s:s, s:[{s:s, s:s}]}}", "metadata", "namespace",
		"default", "name", "pinned", "spec", "nodeName", node->name, "containers", "name",
		"main", "image", "nginx:1.29");
	kube_default(w, kube_resource(KUBE_PODS), j);
	kube_create(w->kube, KUBE_PODS, j);
}

/* ---- the rows ---- */

static const struct lab_scenario scenarios[] = {
	{ .name = "anti-affinity", .help = "more replicas than nodes that keep apart",
	  .objects = { DEPLOYMENT("db", 3, "'affinity':{'podAntiAffinity':{" TERM("db", HOSTNAME)
		"}}," SMALL) } },
	{ .name = "claim-missing", .help = "a volume claim that is not there",
	  .objects = { DEPLOYMENT("db", 1, CLAIM("data-db") "," SMALL) } },
	{ .name = "claim-unbound", .help = "a volume claim that nobody binds",
	  .objects = { "persistentvolumeclaims {'metadata':{'namespace':'default',"
		"'name':'data-db'},'spec':{'storageClassName':'fast'},"
		"'status':{'phase':'Pending'}}",
		DEPLOYMENT("db", 1, CLAIM("data-db") "," SMALL) } },
	{ .name = "control-plane-full", .help = "a DaemonSet on a control plane that tools fill",
	  .before = let_groups_grow,
	  .objects = { DEPLOYMENT("ops-tools", 6, ON_CONTROL_PLANE SMALL) }, .late = {
		"daemonsets {" NAMED("agent", "agent") ",'spec':{'selector':{'matchLabels':{"
		"'app':'agent'}},'template':{'metadata':{'labels':{'app':'agent'}},'spec':{"
		"'tolerations':[{'operator':'Exists'}]," SMALL "}}}}" } },
	{ .name = "cordoned", .help = "every worker is cordoned",
	  .before = cordon_workers, .objects = { DEPLOYMENT("api", 3, SMALL) } },
	{ .name = "cpu", .help = "pods that ask for more cpu than a node has",
	  .objects = { DEPLOYMENT("api", 2, CONTAINER("nginx:1.29", ASKS("3", "8Mi"))) } },
	{ .name = "daemonset-full", .help = "a DaemonSet on full nodes",
	  .objects = { CROWD }, .late = { "daemonsets {" NAMED("agent", "agent") ",'spec':{"
		"'selector':{'matchLabels':{'app':'agent'}},'template':{'metadata':{'labels':{"
		"'app':'agent'}},"
		"'spec':{" SMALL "}}}}" } },
	{ .name = "empty", .help = "a state store without a cluster: create one", .empty = true },
	{ .name = "ephemeral-storage", .help = "pods that ask for more disk than a node has",
	  .objects = { DEPLOYMENT("api", 2, CONTAINER("nginx:1.29", "'resources':{'requests':{"
		"'cpu':'10m','memory':'8Mi','ephemeral-storage':'200Gi'}}")) } },
	{ .name = "existing-anti-affinity", .help = "pods that run keep a new one away",
	  .before = let_groups_grow,
	  .objects = { DEPLOYMENT("db", 2, "'affinity':{'podAntiAffinity':{" TERM("api", HOSTNAME)
		"}}," SMALL) }, .late = { DEPLOYMENT("api", 1, SMALL) } },
	{ .name = "gates", .help = "scheduling gates that nobody lifts",
	  .objects = { POD("gated", "'schedulingGates':[{'name':'example.org/quota'}]," SMALL) } },
	{ .name = "gpu", .help = "more pods that want a GPU than there are",
	  .before = give_gpus,
	  .objects = { DEPLOYMENT("train", 3, CONTAINER("nginx:1.29", "'resources':{'requests':{"
		"'cpu':'10m','nvidia.com/gpu':'1'},'limits':{'nvidia.com/gpu':'1'}}")) } },
	{ .name = "host-port", .help = "more replicas than nodes that want a host port",
	  .objects = { DEPLOYMENT("proxy", 3, CONTAINER("nginx:1.29", "'ports':[{"
		"'containerPort':80,'hostPort':8080,'protocol':'TCP'}]," ASKS("10m", "8Mi"))) } },
	{ .name = "image", .help = "an image that is not there",
	  .objects = { DEPLOYMENT("api", 2, SMALL) }, .after = break_image },
	{ .name = "memory", .help = "pods that ask for more memory than a node has",
	  .objects = { DEPLOYMENT("api", 2, CONTAINER("nginx:1.29", ASKS("10m", "16Gi"))) } },
	{ .name = "no-ip", .help = "maxPods raised, and no addresses to go with it",
	  .before = raise_max_pods, .objects = { CROWD } },
	{ .name = "no-scheduler", .help = "a scheduler that does not run",
	  .objects = { DEPLOYMENT("batch", 2, "'schedulerName':'volcano'," SMALL) } },
	{ .name = "node-affinity", .help = "a zone without nodes",
	  .objects = { DEPLOYMENT("api", 1, "'affinity':{'nodeAffinity':{"
		"'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[{"
		"'matchExpressions':[{'key':'" ZONE "','operator':'In','values':["
		"'ap-northeast-2b']}]}]}}}," SMALL) } },
	{ .name = "out-of-pods", .help = "a pod that names a full node",
	  .objects = { CROWD }, .after = name_a_full_node },
	{ .name = "pdb", .help = "workers that need a roll, and a budget that allows no eviction",
	  .before = mark_workers,
	  .objects = { "poddisruptionbudgets {" NAMED("nginx", "nginx") ",'spec':{"
		"'minAvailable':2,'selector':{'matchLabels':{'app':'nginx'}}}}" } },
	{ .name = "pod-affinity", .help = "pods near others that are not there",
	  .objects = { DEPLOYMENT("front", 2, "'affinity':{'podAffinity':{" TERM("cache", ZONE)
		"}}," SMALL) } },
	{ .name = "quota", .help = "a quota that lets fewer pods be made than asked for",
	  .objects = { "resourcequotas {'metadata':{'namespace':'default','name':'small'},"
		"'spec':{'hard':{'pods':'6'}}}", DEPLOYMENT("api", 10, SMALL) } },
	{ .name = "scale",
	  .help = "thousands of nodes and pods: --nodes, --pods, --groups, --churn",
	  .before = scale_begin },
	{ .name = "selector", .help = "a node selector that no node matches",
	  .objects = { DEPLOYMENT("api", 1, "'nodeSelector':{'disk':'ssd'}," SMALL) } },
	{ .name = "spread", .help = "even over nodes, one of which is cordoned",
	  .before = cordon_one,
	  .objects = { DEPLOYMENT("web", 3, "'nodeSelector':{'node-role.kubernetes.io/node':''},"
		"'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'" HOSTNAME "',"
		"'whenUnsatisfiable':'DoNotSchedule','labelSelector':{'matchLabels':{"
		"'app':'web'}}}]," SMALL) } },
	{ .name = "story", .help = "two workers at 17 pods each, and two nginx" },
	{ .name = "subnet-exhausted", .help = "subnets without a free address",
	  .before = exhaust_subnets, .objects = { CROWD } },
	{ .name = "subnet-fragmented", .help = "prefixes, and subnets without a whole /28",
	  .before = fragment_subnets, .objects = { DEPLOYMENT("web", 6, SMALL) } },
	{ .name = "taint", .help = "workers with a taint that pods do not tolerate",
	  .before = taint_workers, .objects = { DEPLOYMENT("api", 2, SMALL) } },
	{ .name = "too-many-pods", .help = "more pods than the kubelets take",
	  .objects = { CROWD } },
	{ .name = "volume-zone", .help = "a volume in a zone without nodes",
	  .before = empty_a_zone,
	  .objects = { "persistentvolumes {'metadata':{'name':'pvc-1'},'spec':{'capacity':{"
		"'storage':'8Gi'},'accessModes':['ReadWriteOnce'],'storageClassName':"
		"'kops-csi-1-21','nodeAffinity':{'required':{'nodeSelectorTerms':[{"
		"'matchExpressions':[{'key':'" ZONE "','operator':'In','values':["
		"'ap-northeast-2c']}]}]}}},'status':{'phase':'Bound'}}",
		"persistentvolumeclaims {'metadata':{'namespace':'default','name':'data-db'},"
		"'spec':{'volumeName':'pvc-1','storageClassName':'kops-csi-1-21'},"
		"'status':{'phase':'Bound'}}",
		DEPLOYMENT("db", 1, CLAIM("data-db") "," SMALL) } },
	{ .name = "xen", .help = "workers of a type that takes no prefixes", .before = make_xen },
};
#define NSCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

const struct lab_scenario *lab_scenario_find(const char *name)
{
	for (size_t i = 0; i < NSCENARIOS; i++) {
		if (str_eq(scenarios[i].name, name))
			return &scenarios[i];
	}
	return NULL;
}

void lab_scenarios_help(struct buf *out)
{
	for (size_t i = 0; i < NSCENARIOS; i++)
		buf_addf(out, "  %-24s %s\n", scenarios[i].name, scenarios[i].help);
}

static void object_create(struct world *w, const char *name, const char *text)
{
	static const struct {
		const char *word;
		enum kube_kind kind;
	} kinds[] = { { "daemonsets ", KUBE_DAEMONSETS }, { "deployments ", KUBE_DEPLOYMENTS },
		{ "persistentvolumeclaims ", KUBE_PVCS }, { "pods ", KUBE_PODS },
		{ "persistentvolumes ", KUBE_PVS }, { "poddisruptionbudgets ", KUBE_PDBS },
		{ "resourcequotas ", KUBE_RESOURCEQUOTAS } };
	struct err e = ERR_INIT;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_starts(text, kinds[i].word))
			continue;
		char *copy = xstrdup(text + strlen(kinds[i].word));
		for (char *p = copy; *p; p++)
			*p = *p == '\'' ? '"' : *p;
		json_t *j = json_parse(copy, strlen(copy), &e);
		free(copy);
		if (!j)
			BUG("an object of scenario %s: %s", name, e.text);
		kube_default(w, kube_resource(kinds[i].kind), j);
		kube_create(w->kube, kinds[i].kind, j);
	}
}

void lab_scenario_begin(struct world *w, const struct lab_scenario *s)
{
	if (s->before)
		s->before(w);
	for (size_t i = 0; i < sizeof(s->objects) / sizeof(s->objects[0]) && s->objects[i]; i++)
		object_create(w, s->name, s->objects[i]);
	if (s->before || s->objects[0])
		world_skip(w, SETTLE_MS);
	for (size_t i = 0; i < sizeof(s->late) / sizeof(s->late[0]) && s->late[i]; i++)
		object_create(w, s->name, s->late[i]);
	if (s->after)
		s->after(w);
	if (s->after || s->late[0])
		world_skip(w, SETTLE_MS);
}
