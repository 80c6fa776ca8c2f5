/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hollow kubelets: a pod that is bound to a node becomes a kpod here and goes
 * by one timer through ADMIT, NETWORK, START to RUN, and when it is deleted
 * through STOP to its end.  While the API server or the machine is away a
 * kpod waits where it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "lab/fault.h"
#include "lab/sim/parts.h"

#define ADMIT_MS 300
#define START_MS 1500
#define CNI_START_MS 6000 /* aws-node */
#define STOP_MS 2000
#define SANDBOX_RETRY_MS 12000
#define WAIT_MS 1000

enum kpod_state { KPOD_ADMIT, KPOD_NETWORK, KPOD_START, KPOD_RUN, KPOD_STOP };

struct kpod {
	struct world *w;
	char *ns, *name, *uid, *node;
	enum kpod_state state;
	uint32_t ip;
	struct world_timer *timer;
};

void sim_kpod_free(void *p)
{
	struct kpod *k = p;
	free(k->ns);
	free(k->name);
	free(k->uid);
	free(k->node);
	free(k);
}

static void kpod_on_timer(void *ctx);

static void kpod_next(struct kpod *k, enum kpod_state state, int64_t ms)
{
	world_timer_cancel(k->w, k->timer);
	k->state = state;
	k->timer = world_timer_add(k->w, ms, kpod_on_timer, k);
}

static struct kobj *kpod_object(const struct kpod *k)
{
	struct kobj *o = kube_find(k->w->kube, KUBE_PODS, k->ns, k->name);
	return o && strcmp(o->uid, k->uid) == 0 ? o : NULL;
}

static bool pod_is_cni(const struct kobj *o)
{
	return strcmp(o->ns, "kube-system") == 0 &&
		str_eq(json_str(o->json, "metadata.labels.k8s-app"), "aws-node");
}

static bool pod_on_host(const json_t *j)
{
	return json_is_true(json_path(j, "spec.hostNetwork"));
}

/* Containers as the kubelet reports them; ready 0: ContainerCreating. */
static void containers_put(struct world *w, json_t *pod, bool ready)
{
	char stamp[40], id[65];
	json_t *list = json_array(), *c;
	size_t i;
	kube_stamp(w, stamp);
	json_array_foreach(json_path(pod, "spec.containers"), i, c) {
		const char *image = json_str(c, "image") ? json_str(c, "image") : "";
		world_hex(w, id, 64);
		json_t *s = json_pack("{s:s, s:s, s:b, s:b, s:i, s:{}, s:s}", "name",
			json_str(c, "name") ? json_str(c, "name") : "", "image", image, "ready",
			ready,
			"started", ready, "restartCount", 0, "lastState", "imageID",
			ready ? image : "");
		if (ready) {
			json_object_set_new(s, "containerID", json_sprintf("containerd://%s", id));
			json_object_set_new(s, "state", json_pack("{s:{s:s}}", "running",
				"startedAt",
				stamp));
		} else {
			json_object_set_new(s, "state", json_pack("{s:{s:s}}", "waiting", "reason",
				"ContainerCreating"));
		}
		json_array_append_new(list, s);
	}
	json_object_set_new(json_object_get(pod, "status"), "containerStatuses", list);
}

static void pod_conditions(struct world *w, json_t *pod, bool sandbox, bool ready)
{
	struct buf text = BUF_INIT;
	size_t i;
	json_t *c;
	buf_adds(&text, "containers with unready status: [");
	json_array_foreach(json_path(pod, "spec.containers"), i, c)
		buf_addf(&text, "%s%s", i ? " " : "", json_str(c, "name"));
	buf_addc(&text, ']');
	const char *message = buf_str(&text);
	sim_condition(w, pod, "PodReadyToStartContainers", sandbox, NULL, NULL);
	sim_condition(w, pod, "Initialized", true, NULL, NULL);
	sim_condition(w, pod, "Ready", ready, ready ? NULL : "ContainersNotReady",
		ready ? NULL : message);
	sim_condition(w, pod, "ContainersReady", ready, ready ? NULL : "ContainersNotReady",
		ready ? NULL : message);
	sim_condition(w, pod, "PodScheduled", true, NULL, NULL);
	buf_release(&text);
}

static size_t node_pods(struct world *w, const char *node, const struct kobj *except)
{
	size_t n = 0;
	for (size_t i = 0; i < kube_count(w->kube, KUBE_PODS); i++) {
		const struct kobj *o = kube_at(w->kube, KUBE_PODS, i);
		if (o != except && o->seq < except->seq && !sim_pod_finished(o) &&
		    str_eq(json_str(o->json, "spec.nodeName"), node))
			n++;
	}
	return n;
}

static void kpod_reject(struct kpod *k, struct kobj *o, size_t used, int32_t capacity)
{
	json_t *j = kube_edit(o), *s = json_object_get(j, "status");
	json_object_set_new(s, "phase", json_string("Failed"));
	json_object_set_new(s, "reason", json_string("OutOfpods"));
	json_object_set_new(s, "message", json_sprintf("Pod was rejected: Node didn't have enough "
		"resource: pods, requested: 1, used: %zu, capacity: %d", used, (int)capacity));
	kube_commit(k->w->kube, o, j);
	sim_event(k->w, o, "Warning", "OutOfpods", "kubelet", "Node didn't have enough resource: "
		"pods, requested: 1, used: %zu, capacity: %d", used, (int)capacity);
	k->state = KPOD_RUN;
}

static void kpod_admit(struct kpod *k, struct kobj *o)
{
	char stamp[40];
	struct world *w = k->w;
	const struct lab_instance *i = lab_instance_find(w, k->node);
	size_t used = node_pods(w, k->node, o);
	bool mirror = json_path(o->json, "metadata.annotations.[kubernetes.io/config.mirror]");
	if (!mirror && i && used >= (size_t)i->max_pods) {
		kpod_reject(k, o, used, i->max_pods);
		return;
	}
	json_t *j = kube_edit(o), *s = json_object_get(j, "status");
	kube_stamp(w, stamp);
	json_object_set_new(s, "startTime", json_string(stamp));
	if (i) {
		json_object_set_new(s, "hostIP", json_string(i->private_ip));
		json_object_set_new(s, "hostIPs", json_pack("[{s:s}]", "ip", i->private_ip));
	}
	json_object_del(s, "nominatedNodeName");
	containers_put(w, j, false);
	pod_conditions(w, j, false, false);
	bool host = pod_on_host(o->json), cni = pod_is_cni(o);
	kube_commit(w->kube, o, j);
	kpod_next(k, host ? KPOD_START : KPOD_NETWORK, host ? cni ? CNI_START_MS : START_MS : 200);
}

static void kpod_network(struct kpod *k, const struct kobj *o)
{
	char id[65];
	const char *why = NULL;
	k->ip = sim_ipamd_assign(k->w, k->node, k->uid, &why);
	if (k->ip) {
		kpod_next(k, KPOD_START, START_MS + (int64_t)world_random_below(k->w, 800));
		return;
	}
	world_hex(k->w, id, 64);
	sim_event(k->w, o, "Warning", "FailedCreatePodSandBox", "kubelet", "Failed to create pod "
		"sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "
		"\"%s\": "
		"plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): %s", id, why);
	kpod_next(k, KPOD_NETWORK, SANDBOX_RETRY_MS);
}

/* An image whose tag is "missing" is not there. */
static bool image_missing(struct kpod *k, struct kobj *o)
{
	const json_t *c = json_array_get(json_path(o->json, "spec.containers"), 0);
	const char *image = json_str(c, "image");
	if (!str_ends(image, ":missing"))
		return false;
	json_t *j = kube_edit(o);
	json_t *s = json_array_get(json_path(j, "status.containerStatuses"), 0);
	json_object_set_new(s, "state", json_pack("{s:{s:s, s:o}}", "waiting", "reason",
		"ImagePullBackOff", "message", json_sprintf("Back-off pulling image \"%s\"",
		image)));
	kube_commit(k->w->kube, o, j);
	sim_event(k->w, o, "Warning", "Failed", "kubelet", "Failed to pull image \"%s\": not found",
		image);
	k->state = KPOD_RUN;
	return true;
}

static void kpod_started(struct kpod *k, struct kobj *o)
{
	if (image_missing(k, o))
		return;
	struct world *w = k->w;
	struct lab_instance *i = lab_instance_find(w, k->node);
	json_t *j = kube_edit(o), *s = json_object_get(j, "status");
	char *ip = k->ip ? lab_ip_text(k->ip) : xstrdup(i ? i->private_ip : "");
	json_object_set_new(s, "phase", json_string("Running"));
	json_object_set_new(s, "podIP", json_string(ip));
	json_object_set_new(s, "podIPs", json_pack("[{s:s}]", "ip", ip));
	free(ip);
	containers_put(w, j, true);
	pod_conditions(w, j, true, true);
	k->state = KPOD_RUN;
	kube_commit(w->kube, o, j);
	sim_event(w, o, "Normal", "Started", "kubelet", "Started container %s",
		json_str(json_array_get(json_path(o->json, "spec.containers"), 0), "name"));
	if (i && pod_is_cni(o)) {
		sim_ipamd_start(w, i, o->json);
		sim_machine_network_ready(w, i);
	}
}

static void kpod_on_timer(void *ctx)
{
	struct kpod *k = ctx;
	k->timer = NULL;
	struct kobj *o = kpod_object(k);
	if (!o)
		return;
	if (!lab_kube_up(k->w) || !sim_machine_alive(k->w, k->node)) {
		kpod_next(k, k->state, WAIT_MS);
		return;
	}
	switch (k->state) {
	case KPOD_ADMIT:
		kpod_admit(k, o);
		break;
	case KPOD_NETWORK:
		kpod_network(k, o);
		break;
	case KPOD_START:
		kpod_started(k, o);
		break;
	case KPOD_RUN:
		break;
	case KPOD_STOP:
		if (lab_fault_is_on(k->w->faults, FAULT_PODS_STAY) ||
			json_array_size(json_path(o->json, "metadata.finalizers"))) {
			kpod_next(k, KPOD_STOP, WAIT_MS);
			break;
		}
		kube_remove(k->w->kube, o); /* its event frees k */
		break;
	}
}

static void kpod_stop(struct kpod *k, const json_t *pod)
{
	int64_t grace = json_int(pod, "metadata.deletionGracePeriodSeconds", 30) * 1000;
	if (k->state == KPOD_STOP && k->timer && grace >= STOP_MS)
		return;
	if (str_eq(json_str(pod, "metadata.labels.k8s-app"), "aws-node") && k->state == KPOD_RUN)
		sim_ipamd_stop(k->w, k->node);
	kpod_next(k, KPOD_STOP, grace < STOP_MS ? grace : STOP_MS);
}

static void kpod_begin(struct world *w, const struct kube_event *e, const char *uid,
	const char *node)
{
	struct kpod *k = xcalloc(1, sizeof(*k));
	k->w = w;
	k->ns = xstrdup(e->ns);
	k->name = xstrdup(e->name);
	k->uid = xstrdup(uid);
	k->node = xstrdup(node);
	strmap_set(w->sim->pods, uid, k);
	kpod_next(k, KPOD_ADMIT, ADMIT_MS);
}

void sim_kubelet_on_event(struct world *w, const struct kube_event *e)
{
	const char *uid = json_str(e->now, "metadata.uid");
	const char *node = json_str(e->now, "spec.nodeName");
	struct kpod *k = strmap_get(w->sim->pods, uid);
	if (e->type == KUBE_DELETED) {
		if (!k)
			return;
		world_timer_cancel(w, k->timer);
		sim_ipamd_release(w, k->node, uid);
		if (str_eq(json_str(e->now, "metadata.labels.k8s-app"), "aws-node") &&
		    k->state == KPOD_RUN)
			sim_ipamd_stop(w, k->node);
		strmap_remove(w->sim->pods, uid);
		return;
	}
	if (!node)
		return;
	if (!k) {
		kpod_begin(w, e, uid, node);
		k = strmap_get(w->sim->pods, uid);
	}
	if (json_str(e->now, "metadata.deletionTimestamp"))
		kpod_stop(k, e->now);
}
