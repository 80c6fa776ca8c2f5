/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The large world.  Trees of JSON are never changed in place, so all pods share the parts that
 * are the same in each: a pod costs about 4 KB, its protobuf form included.
 */
#include "lab/scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"
#include "lab/world/parts.h"

#define GROUP "pool-"
#define TYPE "m5.xlarge" /* 58 pods by its addresses */
#define REPLICAS 100     /* of a Deployment */
#define TEAMS 50         /* namespaces */
#define TURN_MS 20       /* real, between two bursts of churn */
#define WAITING 200      /* pods that no node takes, in a world that has enough others */

/* ---- the cloud ---- */

void scale_cloud(struct world *w)
{
	static const char *const zones[] = { "ap-northeast-2a", "ap-northeast-2c" };
	const struct lab_scale *s = &w->options.scale;
	for (int i = 0; i < s->groups; i++) {
		char *name = xasprintf(GROUP "%03d-%s", i, zones[i % 2]);
		int size = s->nodes / s->groups + (i < s->nodes % s->groups);
		struct lab_asg *g = lab_asg_add(w, name, "node", lab_subnet_find(w, zones[i % 2]),
			size);
		xreplace(&g->template->versions[0]->instance_type, TYPE);
		free(name);
	}
}

static bool asg_is_ours(const struct lab_asg *g)
{
	return strncmp(g->group, GROUP, strlen(GROUP)) == 0;
}

void scale_hold(struct world *w)
{
	for (size_t i = 0; i < w->n_asgs; i++) {
		if (asg_is_ours(w->asgs[i]))
			w->asgs[i]->desired = 0;
	}
}

static void node_begin(struct world *w, struct lab_asg *g)
{
	struct lab_instance *i = lab_instance_launch(w, g);
	i->state = LAB_RUNNING;
	i->lifecycle = "InService";
	i->registered = true;
	sim_node_register(w, i);
	sim_node_ready(w, i->id, true);
}

static void nodes_begin(struct world *w)
{
	for (size_t i = 0; i < w->n_asgs; i++) {
		struct lab_asg *g = w->asgs[i];
		if (!asg_is_ours(g))
			continue;
		g->desired = g->max;
		for (int k = 0; k < g->desired; k++)
			node_begin(w, g);
	}
}

/* ---- parts that all pods share ---- */

/* ' stands for ", @ for the number of nodes. */
static json_t *text_json(const char *text, size_t nodes)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	for (const char *p = text; *p; p++) {
		if (*p == '@' && strncmp(p, "@sha256", 7) != 0)
			buf_addf(&b, "%zu", nodes);
		else
			buf_addc(&b, *p == '\'' ? '"' : *p);
	}
	json_t *j = json_parse(buf_str(&b), b.len, &e);
	if (!j)
		BUG("a part of the large world: %s", e.text);
	buf_release(&b);
	return j;
}

#define ENV(name, value) "{'name':'" name "','value':'" value "'}"
static const char containers_text[] = "[{'name':'main','image':"
	"'123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/team/service:2026.11.22-1f3c9a7',"
	"'imagePullPolicy':'IfNotPresent','terminationMessagePath':'/dev/termination-log',"
	"'terminationMessagePolicy':'File','ports':[{'containerPort':8080,'name':'http',"
	"'protocol':'TCP'}],'resources':{'requests':{'cpu':'20m','memory':'64Mi'},'limits':{"
	"'memory':'256Mi'}},'env':[" ENV("LOG_LEVEL", "info") ","
	ENV("DATABASE_HOST", "postgres.databases.svc.cluster.local") ","
	ENV("CACHE_URL", "redis://redis.cache.svc.cluster.local:6379/0") ","
	ENV("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.monitoring.svc:4317") ","
	ENV("FEATURES", "checkout,search,recommendations,profile,notifications") "],"
	"'volumeMounts':[{'name':'config','mountPath':'/etc/service','readOnly':true}]}]";
static const char volumes_text[] = "[{'name':'config','configMap':{'name':'service',"
	"'defaultMode':420}}]";
static const char tolerations_text[] = "[{'key':'node.kubernetes.io/not-ready','operator':"
	"'Exists','effect':'NoExecute','tolerationSeconds':300},{'key':"
	"'node.kubernetes.io/unreachable','operator':'Exists','effect':'NoExecute',"
	"'tolerationSeconds':300}]";
/* What the controller manager and the kubelet leave in every real pod. */
#define F(name) "'f:" name "':{}"
static const char managed_text[] = "[{'manager':'kube-controller-manager','operation':'Update',"
	"'apiVersion':'v1','time':'2026-11-22T09:00:00Z','fieldsType':'FieldsV1','fieldsV1':{"
	"'f:metadata':{" F("generateName") ",'f:labels':{'.':{}," F("app") ","
	F("pod-template-hash") "," F("team") "},'f:ownerReferences':{'.':{}}},'f:spec':{"
	"'f:containers':{'k:{main}':{'.':{}," F("env") "," F("image") "," F("imagePullPolicy") ","
	F("name") "," F("ports") ",'f:resources':{'.':{}," F("limits") "," F("requests") "},"
	F("terminationMessagePath") "," F("terminationMessagePolicy") "," F("volumeMounts") "}},"
	F("dnsPolicy") "," F("enableServiceLinks") "," F("restartPolicy") "," F("schedulerName") ","
	F("securityContext") "," F("terminationGracePeriodSeconds") "," F("volumes") "}}},"
	"{'manager':'kubelet','operation':'Update','apiVersion':'v1','time':"
	"'2026-11-22T09:00:05Z','fieldsType':'FieldsV1','subresource':'status','fieldsV1':{"
	"'f:status':{'f:conditions':{'k:PodReadyToStartContainers':{'.':{},"
	F("lastProbeTime") "," F("lastTransitionTime") "," F("status") "," F("type") "},"
	"'k:ContainersReady':{'.':{}," F("lastProbeTime") "," F("lastTransitionTime") ","
	F("status") "," F("type") "},'k:Initialized':{'.':{}," F("lastProbeTime") ","
	F("lastTransitionTime") "," F("status") "," F("type") "},'k:Ready':{'.':{},"
	F("lastProbeTime") "," F("lastTransitionTime") "," F("status") "," F("type") "}},"
	F("containerStatuses") "," F("hostIP") "," F("hostIPs") "," F("phase") "," F("podIP") ","
	"'f:podIPs':{'.':{},'k:ip':{'.':{}," F("ip") "}}," F("startTime") "}}}]";
static const char running_text[] = "[{'name':'main','image':"
	"'123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/team/service:2026.11.22-1f3c9a7',"
	"'imageID':'123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/team/service@sha256:"
	"5f0c2f9d7b1f7a0c2a4be0c0a3e1f54c1d7c3b9e8f6a5d4c3b2a190807060504','containerID':"
	"'containerd://7d9f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7',"
	"'ready':true,'restartCount':0,'started':true,'state':{'running':{'startedAt':"
	"'2026-11-22T09:00:04Z'}}}]";
static const char unplaced_text[] =
	"[{'type':'PodScheduled','status':'False','reason':"
	"'Unschedulable','message':'0/@ nodes are available: @ node(s) didn\\u0027t match "
	"Pod\\u0027s node affinity/selector. preemption: 0/@ nodes are available: @ Preemption is "
	"not "
	"helpful for scheduling.',"
	"'lastTransitionTime':'2026-11-22T09:00:00Z'}]";

enum share {
	SHARE_CONTAINERS, SHARE_VOLUMES, SHARE_TOLERATIONS, SHARE_MANAGED, SHARE_RUNNING,
	SHARE_UNPLACED, SHARE_CONDITIONS, SHARE__COUNT
};
struct building {
	struct world *w;
	json_t *share[SHARE__COUNT];
	char stamp[40];
	size_t node, n_nodes; /* the next pod's */
	uint32_t ip;          /* likewise */
};

static json_t *conditions_json(const char *stamp)
{
	static const char *const types[] = { "PodReadyToStartContainers", "Initialized", "Ready",
		"ContainersReady", "PodScheduled" };
	json_t *l = json_array();
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		json_array_append_new(l, json_pack("{s:s, s:s, s:n, s:s}", "type", types[i],
			"status", "True", "lastProbeTime", "lastTransitionTime", stamp));
	return l;
}

static void building_begin(struct building *b, struct world *w)
{
	static const char *const texts[] = { containers_text, volumes_text, tolerations_text,
		managed_text, running_text, unplaced_text };
	*b = (struct building){ .w = w, .n_nodes = kube_count(w->kube, KUBE_NODES),
		.ip = 10u << 24 };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		b->share[i] = text_json(texts[i], b->n_nodes);
	kube_stamp(w, b->stamp);
	b->share[SHARE_CONDITIONS] = conditions_json(b->stamp);
}

static void building_end(struct building *b)
{
	for (size_t i = 0; i < SHARE__COUNT; i++)
		json_decref(b->share[i]);
}

/* ---- one pod ---- */

/* What the pods of one owner have in common; labels and owners are borrowed trees. */
struct family {
	const char *ns, *stem; /* names begin with this */
	json_t *labels, *owners;
	bool host_network;
};

static json_t *status_json(struct building *b, const struct kobj *node, bool host_network)
{
	char ip[16];
	const char *host = json_str(json_array_get(json_path(node->json, "status.addresses"), 0),
		"address");
	b->ip++;
	snprintf(ip, sizeof(ip), "%u.%u.%u.%u", b->ip >> 24, b->ip >> 16 & 255, b->ip >> 8 & 255,
		b->ip & 255);
	const char *own = host_network ? host : ip;
	return json_pack("{s:s, s:O, s:s, s:[{s:s}], s:s, s:[{s:s}], s:s, s:O, s:s}", "phase",
		"Running", "conditions", b->share[SHARE_CONDITIONS], "hostIP", host, "hostIPs",
		"ip", host, "podIP", own, "podIPs", "ip", own, "startTime", b->stamp,
		"containerStatuses", b->share[SHARE_RUNNING], "qosClass", "Burstable");
}

/* node NULL: no scheduler found one. */
static void pod_begin(struct building *b, const struct family *f, const struct kobj *node)
{
	char tail[6];
	world_suffix(b->w, tail, 5);
	json_t *meta = json_pack("{s:o, s:s, s:o, s:O, s:O, s:O}", "name",
		json_sprintf("%s-%s", f->stem, tail), "namespace", f->ns, "generateName",
		json_sprintf("%s-", f->stem), "labels", f->labels, "ownerReferences", f->owners,
		"managedFields", b->share[SHARE_MANAGED]);
	json_t *spec = json_pack("{s:O, s:O, s:O, s:s, s:s, s:s, s:s, s:i, s:b, s:i, s:s}",
		"containers", b->share[SHARE_CONTAINERS], "volumes", b->share[SHARE_VOLUMES],
		"tolerations", b->share[SHARE_TOLERATIONS], "restartPolicy", "Always", "dnsPolicy",
		"ClusterFirst", "schedulerName", "default-scheduler", "serviceAccountName",
		"default", "terminationGracePeriodSeconds", 30, "enableServiceLinks", 1, "priority",
		0, "preemptionPolicy", "PreemptLowerPriority");
	if (node)
		json_object_set_new(spec, "nodeName", json_string(node->name));
	else
		json_object_set_new(spec, "nodeSelector", json_pack("{s:s}", "disk", "ssd"));
	if (f->host_network)
		json_object_set_new(spec, "hostNetwork", json_true());
	json_t *status = node ? status_json(b, node, f->host_network) : json_pack("{s:s, s:O, s:s}",
		"phase", "Pending", "conditions", b->share[SHARE_UNPLACED], "qosClass",
		"Burstable");
	struct kobj *o = kube_create(b->w->kube, KUBE_PODS, json_pack("{s:o, s:o, s:o}", "metadata",
		meta, "spec", spec, "status", status));
	if (o)
		kube_wire(o); /* so that the first list need not wait for all of them */
}

static const struct kobj *node_next(struct building *b)
{
	return kube_at(b->w->kube, KUBE_NODES, b->node++ % b->n_nodes);
}

static json_t *owner_json(const char *api, const char *kind, const struct kobj *o)
{
	return json_pack("[{s:s, s:s, s:s, s:s, s:b, s:b}]", "apiVersion", api, "kind", kind,
		"name", o->name, "uid", o->uid, "controller", 1, "blockOwnerDeletion", 1);
}

/* ---- workloads ---- */

static void daemons_begin(struct building *b, const char *name)
{
	struct kobj *ds = kube_find(b->w->kube, KUBE_DAEMONSETS, "kube-system", name);
	json_t *labels = json_pack("{s:s}", "k8s-app", name);
	json_t *owners = ds ? owner_json("apps/v1", "DaemonSet", ds) : json_array();
	const struct family f = { "kube-system", name, labels, owners, true };
	for (size_t i = 0; i < b->n_nodes; i++) {
		const struct kobj *node = kube_at(b->w->kube, KUBE_NODES, i);
		const struct lab_instance *x = lab_instance_find(b->w, node->name);
		if (x && x->asg && asg_is_ours(x->asg))
			pod_begin(b, &f, node);
	}
	json_decref(labels);
	json_decref(owners);
}

static json_t *workload_spec(struct building *b, json_t *labels, int replicas)
{
	return json_pack("{s:i, s:{s:O}, s:{s:{s:O}, s:{s:O}}}", "replicas", replicas, "selector",
		"matchLabels", labels, "template", "metadata", "labels", labels, "spec",
		"containers", b->share[SHARE_CONTAINERS]);
}

static json_t *workload_meta(const char *ns, const char *name, json_t *labels)
{
	return json_pack("{s:s, s:s, s:O}", "namespace", ns, "name", name, "labels", labels);
}

/* A Deployment, its ReplicaSet and its pods; so many of them wait for a node. */
static void deployment_begin(struct building *b, int index, int replicas, int waiting)
{
	struct kube *k = b->w->kube;
	int there = replicas - waiting;
	char *ns = xasprintf("team-%02d", index % TEAMS), *name = xasprintf("service-%04d", index);
	char *rs_name = xasprintf("%s-%08x", name, (unsigned)world_random_below(b->w, 1u << 31));
	json_t *labels = json_pack("{s:s, s:s, s:s}", "app", name, "pod-template-hash",
		strrchr(rs_name, '-') + 1, "team", ns);
	struct kobj *d = kube_create(k, KUBE_DEPLOYMENTS, json_pack("{s:o, s:o, s:{s:i, s:i, s:i, "
		"s:i, s:i, s:i}}", "metadata", workload_meta(ns, name, labels), "spec",
		workload_spec(b, labels, replicas), "status", "observedGeneration", 1, "replicas",
		replicas, "updatedReplicas", replicas, "readyReplicas", there, "availableReplicas",
		there, "unavailableReplicas", waiting));
	json_t *meta = workload_meta(ns, rs_name, labels);
	json_object_set_new(meta, "ownerReferences", owner_json("apps/v1", "Deployment", d));
	struct kobj *rs = kube_create(k, KUBE_REPLICASETS,
		json_pack("{s:o, s:o, s:{s:i, s:i, s:i}}", "metadata", meta, "spec",
			workload_spec(b, labels, replicas), "status", "observedGeneration", 1,
			"replicas", replicas, "readyReplicas", there));
	json_t *owners = owner_json("apps/v1", "ReplicaSet", rs);
	const struct family f = { ns, rs_name, labels, owners, false };
	for (int i = 0; i < replicas; i++)
		pod_begin(b, &f, i < there ? node_next(b) : NULL);
	json_decref(owners);
	json_decref(labels);
	free(rs_name);
	free(name);
	free(ns);
}

static void teams_begin(struct world *w)
{
	for (int i = 0; i < TEAMS; i++) {
		json_t *name = json_sprintf("team-%02d", i);
		kube_create(w->kube, KUBE_NAMESPACES, json_pack("{s:{s:o}, s:{s:s}}", "metadata",
			"name", name, "status", "phase", "Active"));
	}
}

/* ---- churn ---- */

static void pod_churn(struct world *w)
{
	size_t n = kube_count(w->kube, KUBE_PODS);
	struct kobj *o = kube_at(w->kube, KUBE_PODS, world_random_below(w, n));
	char stamp[40];
	if (!json_path(o->json, "status.containerStatuses"))
		return;
	json_t *j = kube_edit(o);
	json_t *c = json_array_get(json_path(j, "status.containerStatuses"), 0);
	bool ready = !json_is_true(json_object_get(c, "ready"));
	json_object_set_new(c, "ready", json_boolean(ready));
	if (ready)
		json_object_set_new(c, "restartCount",
			json_integer(json_int(c, "restartCount", 0) + 1));
	size_t i;
	json_t *x;
	kube_stamp(w, stamp);
	json_array_foreach(json_path(j, "status.conditions"), i, x) {
		if (!strstr(json_str(x, "type"), "Ready"))
			continue;
		json_object_set_new(x, "status", json_string(ready ? "True" : "False"));
		json_object_set_new(x, "lastTransitionTime", json_string(stamp));
	}
	kube_commit(w->kube, o, j);
}

static void churn_on_timer(void *ctx)
{
	struct world *w = ctx;
	int n = w->options.scale.churn;
	/* Fewer than one a turn: so much less often. */
	int turn_ms = n * TURN_MS < 1000 ? 1000 / n : TURN_MS;
	for (int i = 0; i < n * turn_ms / 1000; i++)
		pod_churn(w);
	world_timer_add(w, (int64_t)(turn_ms * w->options.speed), churn_on_timer, w);
}

void scale_begin(struct world *w)
{
	const struct lab_scale *s = &w->options.scale;
	struct building b;
	w->still = true;
	nodes_begin(w);
	teams_begin(w);
	building_begin(&b, w);
	daemons_begin(&b, "aws-node");
	daemons_begin(&b, "kube-proxy");
	int left = s->pods - 2 * s->nodes;
	for (int i = 0; left > 0; i++) {
		int n = left < REPLICAS ? left : REPLICAS;
		bool waits = i < WAITING / REPLICAS && s->pods > 20 * WAITING;
		deployment_begin(&b, i, n, waits ? n : 0);
		left -= n;
	}
	building_end(&b);
	if (s->churn > 0)
		churn_on_timer(w);
}
