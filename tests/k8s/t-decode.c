/* SPDX-License-Identifier: Apache-2.0 */
/* Decoders: own small objects, and what a real run of a cluster left in the shared folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/decode.h"
#include "k8s/stream.h"

static struct decoder *decoder;

static struct element decode(enum obs_kind kind, const char *text)
{
	static struct element el; /* a pod in it points at its other parts: until the next call */
	struct err e = ERR_INIT;

	if (!decode_element(decoder, kind, text, strlen(text), &el, &e))
		fail_msg("%s", e.text);
	return el;
}

static void test_node(void **state)
{
	struct element el = decode(OBS_NODE, "{\"metadata\":{\"name\":\"n1\",\"uid\":\"u\","
		"\"resourceVersion\":\"9\",\"creationTimestamp\":\"2026-11-22T13:00:00Z\",\"labels\":{"
		"\"kops.k8s.io/instancegroup\":\"nodes-a\",\"node-role.kubernetes.io/control-plane\":"
		"\"\",\"node.kubernetes.io/instance-type\":\"t3.medium\","
		"\"failure-domain.beta.kubernetes.io/zone\":\"z1\"},"
		"\"annotations\":{\"kops.k8s.io/needs-update\":\"\"}},"
		"\"spec\":{\"providerID\":\"aws:///z1/i-0abc\",\"unschedulable\":true,\"taints\":["
		"{\"key\":\"k\",\"effect\":\"NoSchedule\"}]},"
		"\"status\":{\"capacity\":{\"pods\":\"17\"},\"allocatable\":{\"pods\":\"15\",\"cpu\":"
		"\"1930m\",\"memory\":\"3388360Ki\"},\"addresses\":[{\"type\":\"Hostname\",\"address\":"
		"\"h\"},{\"type\":\"InternalIP\",\"address\":\"10.0.0.7\"}],\"nodeInfo\":"
		"{\"kubeletVersion\":\"v1.34.2\"},\"conditions\":[{\"type\":\"NetworkUnavailable\","
		"\"status\":\"False\"},{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"KubeletReady\","
		"\"lastTransitionTime\":\"2026-11-22T13:01:00Z\"}]}}");
	const struct node *n = &el.u.node;

	assert_string_equal(el.resource_version, "9");
	assert_string_equal(n->name, "n1");
	assert_string_equal(n->instance_id, "i-0abc");
	assert_string_equal(n->group, "nodes-a");
	assert_string_equal(n->type, "t3.medium");
	assert_string_equal(n->zone, "z1");
	assert_string_equal(n->internal_ip, "10.0.0.7");
	assert_string_equal(n->kubelet_version, "v1.34.2");
	assert_int_equal(n->role, ROLE_CONTROL_PLANE);
	assert_true(n->unschedulable);
	assert_true(n->needs_update);
	assert_int_equal(n->ready, TRI_YES);
	assert_int_equal(n->network_unavailable, TRI_NO);
	assert_int_equal(n->ntaints, 1);
	assert_string_equal(n->taints[0].value, "");
	assert_int_equal(n->capacity_pods, 17);
	assert_int_equal(n->alloc_pods, 15);
	assert_int_equal(n->alloc_cpu_milli, 1930);
	assert_int_equal(n->alloc_memory, INT64_C(3388360) * 1024);
	assert_int_equal(n->ready_since - n->created, 60000);
}

/* Nothing is known of a node that has only a name: no zero may stand for it. */
static void test_node_bare(void **state)
{
	struct element el = decode(OBS_NODE, "{\"metadata\":{\"name\":\"n\"}}");
	const struct node *n = &el.u.node;

	assert_int_equal(n->alloc_pods, -1);
	assert_int_equal(n->capacity_pods, -1);
	assert_int_equal(n->alloc_cpu_milli, -1);
	assert_int_equal(n->alloc_memory, -1);
	assert_int_equal(n->ready, TRI_UNKNOWN);
	assert_int_equal(n->network_unavailable, TRI_UNKNOWN);
	assert_int_equal(n->role, ROLE_UNKNOWN);
	assert_null(n->instance_id);
	assert_null(n->group);
	assert_int_equal(n->created, 0);
	assert_false(n->needs_update);
}

static void test_node_not_ready(void **state)
{
	struct element el = decode(OBS_NODE, "{\"metadata\":{\"name\":\"n\"},\"status\":{"
		"\"conditions\":[{\"type\":\"Ready\",\"status\":\"Unknown\",\"reason\":"
		"\"NodeStatusUnknown\",\"lastTransitionTime\":\"2026-11-22T13:01:00Z\"}]}}");

	assert_int_equal(el.u.node.ready, TRI_NO);
	assert_string_equal(el.u.node.ready_reason, "NodeStatusUnknown");
	assert_int_equal(el.u.node.ready_since, 0);
}

#define POD_HEAD "{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"uid\":\"u\"},\"spec\":"

static const struct {
	const char *name, *spec;
	int64_t cpu, memory;
} requests[] = {
	{ "none", "{\"containers\":[{\"name\":\"a\"}]}", 0, 0 },
	{ "sum of containers", "{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":\"100m\","
	  "\"memory\":\"1Gi\"}}},{\"resources\":{\"requests\":{\"cpu\":1,\"memory\":\"1e3\"}}}]}",
	  1100, 1073742824 },
	{ "a larger init container", "{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":"
	  "\"100m\"}}}],\"initContainers\":[{\"resources\":{\"requests\":{\"cpu\":\"300m\","
	  "\"memory\":\"5\"}}},{\"resources\":{\"requests\":{\"cpu\":\"200m\",\"memory\":\"9\"}}}]}",
	  300, 9 },
	{ "a smaller init container", "{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":"
	  "\"400m\"}}}],\"initContainers\":[{\"resources\":{\"requests\":{\"cpu\":\"300m\"}}}]}",
	  400, 0 },
	/* The sidecar stays: 50 + 100 beside the container, 50 + 120 with the init after it. */
	{ "sidecar", "{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":\"100m\"}}}],"
	  "\"initContainers\":[{\"restartPolicy\":\"Always\",\"resources\":{\"requests\":{\"cpu\":"
	  "\"50m\"}}},{\"resources\":{\"requests\":{\"cpu\":\"120m\"}}}]}", 170, 0 },
	{ "sidecar after the init container", "{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":"
	  "\"100m\"}}}],\"initContainers\":[{\"resources\":{\"requests\":{\"cpu\":\"120m\"}}},"
	  "{\"restartPolicy\":\"Always\",\"resources\":{\"requests\":{\"cpu\":\"50m\"}}}]}", 150, 0 },
	{ "overhead", "{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":\"100m\"}}}],"
	  "\"overhead\":{\"cpu\":\"250m\",\"memory\":\"120Mi\"}}", 350, 125829120 },
	{ "of the whole pod", "{\"resources\":{\"requests\":{\"cpu\":\"2\"}},\"containers\":"
	  "[{\"resources\":{\"requests\":{\"cpu\":\"100m\",\"memory\":\"7\"}}}]}", 2000, 7 },
};

static void test_requests(void **state)
{
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		char *text = xasprintf(POD_HEAD "%s}", requests[i].spec);
		print_message("# %s\n", requests[i].name);
		struct element el = decode(OBS_POD, text);
		assert_int_equal(el.u.pod.shape.cpu_milli, requests[i].cpu);
		assert_int_equal(el.u.pod.shape.memory, requests[i].memory);
		free(text);
	}
}

static const struct {
	const char *labels, *kind, *name, *want_kind, *want_name;
	int flag;
} owners[] = {
	{ "{\"pod-template-hash\":\"84cd\"}", "ReplicaSet", "web-1-84cd", "Deployment", "web-1", 0 },
	{ "{\"pod-template-hash\":\"84cd\"}", "ReplicaSet", "web-x84cd", "ReplicaSet", "web-x84cd",
	  0 },
	{ "{\"pod-template-hash\":\"84cd\"}", "ReplicaSet", "-84cd", "ReplicaSet", "-84cd", 0 },
	{ "{}", "ReplicaSet", "web-84cd", "ReplicaSet", "web-84cd", 0 },
	{ "{\"pod-template-hash\":\"84cd\"}", "Job", "job-84cd", "Job", "job-84cd", 0 },
	{ "{}", "DaemonSet", "aws-node", "DaemonSet", "aws-node", POD_DAEMON },
};

static void test_owner(void **state)
{
	for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
		char *text = xasprintf("{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"labels\":%s,"
			"\"ownerReferences\":[{\"kind\":\"Other\",\"name\":\"o\"},{\"controller\":true,"
			"\"kind\":\"%s\",\"name\":\"%s\"}]},\"spec\":{}}", owners[i].labels,
			owners[i].kind, owners[i].name);
		struct element el = decode(OBS_POD, text);
		assert_string_equal(el.u.pod.pod.owner_kind, owners[i].want_kind);
		assert_string_equal(el.u.pod.pod.owner_name, owners[i].want_name);
		assert_int_equal(el.u.pod.pod.flags, owners[i].flag);
		free(text);
	}
}

static void test_pod_pending(void **state)
{
	struct element el = decode(OBS_POD, POD_HEAD "{\"containers\":[{\"ports\":[{\"hostPort\":80},"
		"{\"containerPort\":1}]},{\"ports\":[{\"hostPort\":443}]}],"
		"\"terminationGracePeriodSeconds\":30,\"schedulingGates\":[{\"name\":\"g\"}],"
		"\"nodeSelector\":{\"a\":\"b\"},\"priorityClassName\":\"system-node-critical\","
		"\"priority\":2000001000,\"hostNetwork\":true,\"volumes\":[{\"emptyDir\":{}},"
		"{\"persistentVolumeClaim\":{\"claimName\":\"c\"}}],\"tolerations\":[{\"operator\":"
		"\"Exists\"}],\"topologySpreadConstraints\":[{}],\"affinity\":{\"nodeAffinity\":{"
		"\"requiredDuringSchedulingIgnoredDuringExecution\":{\"nodeSelectorTerms\":[{"
		"\"matchExpressions\":[{\"key\":\"z\",\"operator\":\"In\",\"values\":[\"1\",\"2\"]}],"
		"\"matchFields\":[{\"key\":\"metadata.name\",\"operator\":\"In\",\"values\":[\"n\"]}]}]}},"
		"\"podAntiAffinity\":{\"preferredDuringSchedulingIgnoredDuringExecution\":[{}]},"
		"\"podAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{}]}}},"
		"\"status\":{\"phase\":\"Pending\",\"nominatedNodeName\":\"n9\",\"conditions\":[{\"type\":"
		"\"PodScheduled\",\"status\":\"False\",\"reason\":\"Unschedulable\",\"message\":\"0/3\"}]}}");
	const struct pod *p = &el.u.pod.pod;
	const struct pod_shape *s = &el.u.pod.shape;

	assert_int_equal(p->phase, POD_PENDING);
	assert_null(p->node);
	assert_string_equal(p->trouble->nominated, "n9");
	assert_string_equal(p->trouble->sched_reason, "Unschedulable");
	assert_string_equal(p->trouble->sched_message, "0/3");
	assert_int_equal(p->flags, POD_GATED | POD_CRITICAL | POD_HOST_NETWORK | POD_LOCAL_DATA);
	assert_int_equal(p->grace_s, 30);
	assert_int_equal(s->nhost_ports, 2);
	assert_int_equal(s->host_ports[1].port, 443);
	assert_int_equal(s->nclaims, 1);
	assert_int_equal(s->ntolerations, 1);
	assert_null(s->tolerations[0].key);
	assert_int_equal(s->nnode_affinity, 1);
	assert_int_equal(s->node_affinity[0].nreqs, 2);
	assert_int_equal(s->node_affinity[0].reqs[0].nvalues, 2);
	assert_true(s->node_affinity[0].reqs[1].is_field);
	assert_true(s->pod_affinity);
	assert_false(s->pod_anti_affinity);
	assert_true(s->topology_spread);
	assert_int_equal(s->priority, 2000001000);
}

static void test_pod_terms(void **state)
{
	struct element el = decode(OBS_POD, "{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\","
		"\"labels\":{\"pod-template-hash\":\"84cd\"}},\"spec\":{"
		"\"topologySpreadConstraints\":[{\"maxSkew\":2,\"minDomains\":3,"
		"\"whenUnsatisfiable\":\"DoNotSchedule\",\"topologyKey\":\"zone\","
		"\"nodeTaintsPolicy\":\"Honor\",\"nodeAffinityPolicy\":\"Ignore\","
		"\"matchLabelKeys\":[\"pod-template-hash\",\"absent\"],"
		"\"labelSelector\":{\"matchLabels\":{\"app\":\"web\"}}},"
		"{\"whenUnsatisfiable\":\"ScheduleAnyway\",\"topologyKey\":\"x\"}],"
		"\"affinity\":{\"podAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":["
		"{\"topologyKey\":\"host\",\"namespaceSelector\":{}}]},"
		"\"podAntiAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":["
		"{\"topologyKey\":\"host\",\"namespaces\":[\"a\",\"b\"],"
		"\"namespaceSelector\":{\"matchLabels\":{\"t\":\"u\"}},\"labelSelector\":{"
		"\"matchExpressions\":[{\"key\":\"k\",\"operator\":\"Exists\"}]}}]}}}}");
	const struct pod_shape *s = &el.u.pod.shape;

	assert_int_equal(s->nspread, 1);
	assert_string_equal(s->spread->topology_key, "zone");
	assert_int_equal(s->spread->max_skew, 2);
	assert_int_equal(s->spread->min_domains, 3);
	assert_int_equal(s->spread->flags, TERM_HONOR_TAINTS | TERM_ANY_NODE);
	assert_int_equal(s->spread->nreqs, 2);
	assert_string_equal(s->spread->reqs[0].key, "app");
	assert_string_equal(s->spread->reqs[0].values[0], "web");
	assert_string_equal(s->spread->reqs[1].key, "pod-template-hash");
	assert_string_equal(s->spread->reqs[1].values[0], "84cd");
	assert_int_equal(s->nnear, 1);
	assert_int_equal(s->near->nreqs, 0);
	assert_int_equal(s->near->flags, TERM_NO_SELECTOR | TERM_ALL_NAMESPACES);
	assert_int_equal(s->napart, 1);
	assert_int_equal(s->apart->nnamespaces, 2);
	assert_string_equal(s->apart->namespaces[1], "b");
	assert_int_equal(s->apart->flags, TERM_COMPLEX);
	assert_string_equal(s->apart->reqs[0].op, "Exists");
	assert_true(s->pod_affinity && s->pod_anti_affinity && s->topology_spread);
}

static void test_pod_waiting(void **state)
{
	struct element el = decode(OBS_POD, "{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\","
		"\"deletionTimestamp\":\"2026-11-22T13:00:30Z\",\"deletionGracePeriodSeconds\":5,"
		"\"annotations\":{\"kubernetes.io/config.mirror\":\"x\"}},\"spec\":{\"nodeName\":\"n\","
		"\"terminationGracePeriodSeconds\":30},\"status\":{\"phase\":\"Running\",\"podIP\":\"1.2.3.4\","
		"\"startTime\":\"2026-11-22T13:00:00Z\",\"conditions\":[{\"type\":\"PodScheduled\","
		"\"status\":\"True\",\"lastTransitionTime\":\"2026-11-22T12:59:59Z\"},{\"type\":\"Ready\","
		"\"status\":\"True\"}],\"initContainerStatuses\":[{\"state\":{\"waiting\":{\"reason\":"
		"\"PodInitializing\"}}}],\"containerStatuses\":[{\"restartCount\":2,\"state\":{\"running\":{}}},"
		"{\"restartCount\":3,\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\",\"message\":"
		"\"m\"}}},{\"state\":{\"waiting\":{\"reason\":\"ErrImagePull\"}}}]}}");
	const struct pod *p = &el.u.pod.pod;

	assert_string_equal(p->node, "n");
	assert_string_equal(p->ip, "1.2.3.4");
	assert_string_equal(p->trouble->waiting_reason, "CrashLoopBackOff");
	assert_string_equal(p->trouble->waiting_message, "m");
	assert_int_equal(p->restarts, 5);
	/* Not READY: its containers are not, whatever the condition says. */
	assert_int_equal(p->flags, POD_MIRROR | POD_SCHEDULED);
	assert_int_equal(p->grace_s, 5);
	assert_int_equal(p->deletion, INT64_C(1795352430000));
	assert_int_equal(p->trouble->scheduled_at, 0); /* of those that are Pending only */
}

static void test_workloads(void **state)
{
	struct element el = decode(OBS_DEPLOYMENT, "{\"metadata\":{\"name\":\"w\",\"namespace\":\"d\","
		"\"generation\":3},\"spec\":{\"replicas\":40,\"selector\":{\"matchLabels\":{\"a\":\"b\"}}},"
		"\"status\":{\"observedGeneration\":3,\"readyReplicas\":30,\"unavailableReplicas\":10}}");
	assert_int_equal(el.u.deployment.replicas, 40);
	assert_int_equal(el.u.deployment.ready, 30);
	assert_int_equal(el.u.deployment.updated, 0);
	assert_int_equal(el.u.deployment.nselector, 1);
	el = decode(OBS_DEPLOYMENT, "{\"metadata\":{\"name\":\"w\"},\"spec\":{},\"status\":{}}");
	assert_int_equal(el.u.deployment.replicas, 1);
	assert_int_equal(el.u.deployment.ready, -1);
	assert_int_equal(el.u.deployment.observed_generation, -1);

	el = decode(OBS_DAEMONSET, "{\"metadata\":{\"name\":\"aws-node\",\"namespace\":\"kube-system\"},"
		"\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"other\",\"image\":\"i1\"},"
		"{\"name\":\"aws-node\",\"env\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"valueFrom\":"
		"{}},{\"name\":\"C\"}]}]}}},\"status\":{\"desiredNumberScheduled\":3,\"numberReady\":2}}");
	assert_int_equal(el.u.daemonset.nenv, 2);
	assert_string_equal(el.u.daemonset.env[0].value, "1");
	assert_string_equal(el.u.daemonset.env[1].name, "C");
	assert_string_equal(el.u.daemonset.env[1].value, "");
	assert_string_equal(el.u.daemonset.image, "i1");
	assert_int_equal(el.u.daemonset.desired, 3);
	assert_int_equal(el.u.daemonset.available, 0);

	el = decode(OBS_PDB, "{\"metadata\":{\"name\":\"b\",\"namespace\":\"d\"},\"spec\":{\"minAvailable\":"
		"\"50%\",\"maxUnavailable\":1,\"selector\":{\"matchLabels\":{\"a\":\"b\"},"
		"\"matchExpressions\":[{}]}},\"status\":{\"disruptionsAllowed\":0,\"currentHealthy\":2,"
		"\"desiredHealthy\":2,\"expectedPods\":2}}");
	assert_string_equal(el.u.pdb.min_available, "50%");
	assert_string_equal(el.u.pdb.max_unavailable, "1");
	assert_int_equal(el.u.pdb.disruptions_allowed, 0);
	assert_true(el.u.pdb.selector_complex);
	el = decode(OBS_PDB, "{\"metadata\":{\"name\":\"b\"},\"spec\":{}}");
	assert_int_equal(el.u.pdb.disruptions_allowed, -1);
	assert_null(el.u.pdb.min_available);
}

static void test_events(void **state)
{
	/* As the scheduler writes them, seen through core/v1. */
	struct element el = decode(OBS_EVENT, "{\"metadata\":{\"name\":\"e\",\"uid\":\"eu\","
		"\"creationTimestamp\":\"2026-11-22T13:00:00Z\"},\"involvedObject\":{\"kind\":\"Pod\","
		"\"namespace\":\"d\",\"name\":\"p\",\"uid\":\"pu\"},\"reason\":\"FailedScheduling\",\"message\":"
		"\"m\",\"source\":{},\"firstTimestamp\":null,\"lastTimestamp\":null,\"type\":\"Warning\","
		"\"eventTime\":\"2026-11-22T13:00:00.500000Z\",\"series\":{\"count\":4,\"lastObservedTime\":"
		"\"2026-11-22T13:00:09.000000Z\"},\"reportingComponent\":\"default-scheduler\"}");
	assert_string_equal(el.u.event.uid, "eu");
	assert_string_equal(el.u.event.name, "p");
	assert_int_equal(el.u.event.count, 4);
	assert_int_equal(el.u.event.at, stamp_parse("2026-11-22T13:00:09Z"));
	assert_string_equal(el.u.event.source, "default-scheduler");
	/* As the kubelet writes them. */
	el = decode(OBS_EVENT, "{\"metadata\":{\"name\":\"e\",\"uid\":\"eu\",\"creationTimestamp\":"
		"\"2026-11-22T13:00:00Z\"},\"involvedObject\":{\"name\":\"p\"},\"source\":{\"component\":"
		"\"kubelet\"},\"lastTimestamp\":\"2026-11-22T13:00:05Z\",\"eventTime\":null,\"count\":2,"
		"\"reportingComponent\":\"\"}");
	assert_int_equal(el.u.event.count, 2);
	assert_int_equal(el.u.event.at, stamp_parse("2026-11-22T13:00:05Z"));
	assert_string_equal(el.u.event.source, "kubelet");
	/* events.k8s.io/v1 */
	el = decode(OBS_EVENT, "{\"metadata\":{\"name\":\"e\",\"uid\":\"eu\"},\"regarding\":{\"kind\":\"Pod\","
		"\"name\":\"q\"},\"note\":\"n\",\"deprecatedCount\":7,\"reportingController\":\"c\","
		"\"deprecatedLastTimestamp\":\"2026-11-22T13:00:06Z\"}");
	assert_string_equal(el.u.event.name, "q");
	assert_string_equal(el.u.event.message, "n");
	assert_string_equal(el.u.event.source, "c");
	assert_int_equal(el.u.event.count, 7);
	assert_int_equal(el.u.event.at, stamp_parse("2026-11-22T13:00:06Z"));
}

static void test_namespace(void **state)
{
	struct element el = decode(OBS_SERVER, "{\"metadata\":{\"name\":\"kube-system\",\"annotations\":{"
		"\"addons.k8s.io/networking.amazon-vpc-routed-eni\":"
		"\"{\\\"manifestHash\\\":\\\"ab12\\\",\\\"x\\\":1}\"}}}");
	assert_string_equal(el.u.ns.cni_addon_hash, "ab12");
	assert_int_equal(el.u.ns.naddons, 1);
	assert_string_equal(el.u.ns.addons[0].name, "networking.amazon-vpc-routed-eni");
	assert_string_equal(el.u.ns.addons[0].hash, "ab12");
	assert_null(el.u.ns.addons[0].id);
	el = decode(OBS_SERVER, "{\"metadata\":{\"name\":\"kube-system\",\"annotations\":{\"a\":\"b\","
		"\"addons.k8s.io/x\":\"{\\\"id\\\":\\\"k8s-1\\\",\\\"version\\\":\\\"9\\\"}\"}}}");
	assert_int_equal(el.u.ns.naddons, 1);
	assert_string_equal(el.u.ns.addons[0].id, "k8s-1");
	assert_string_equal(el.u.ns.addons[0].version, "9");
	el = decode(OBS_SERVER, "{\"metadata\":{\"name\":\"kube-system\"}}");
	assert_null(el.u.ns.cni_addon_hash);
	assert_int_equal(el.u.ns.naddons, 0);
}

static bool watch_line(const char *line, enum watch_type *type, struct element *el, int *code,
	struct err *e)
{
	return decode_watch(decoder, OBS_NODE, line, strlen(line), type, el, code, e);
}

static void test_watch(void **state)
{
	struct element el;
	enum watch_type type;
	int code = 0;
	struct err e = ERR_INIT;

	assert_true(watch_line("{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"n\","
		"\"resourceVersion\":\"5\"}}}", &type, &el, &code, &e));
	assert_int_equal(type, WATCH_DELETED);
	assert_string_equal(el.u.node.name, "n");
	assert_true(watch_line("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":"
		"\"6\"}}}", &type, &el, &code, &e));
	assert_int_equal(type, WATCH_BOOKMARK);
	assert_string_equal(el.resource_version, "6");
	assert_true(watch_line("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"message\":"
		"\"too old\"}}", &type, &el, &code, &e));
	assert_int_equal(type, WATCH_ERROR);
	assert_int_equal(code, 410);
	assert_non_null(strstr(e.text, "too old"));
	err_clear(&e);
	assert_false(watch_line("{\"type\":\"ADDED\",\"object\":{}}", &type, &el, &code, &e));
	err_clear(&e);
	assert_false(watch_line("{\"type\":\"BEGUN\",\"object\":{}}", &type, &el, &code, &e));
	err_clear(&e);
	assert_false(watch_line("{\"type\":", &type, &el, &code, &e));
	assert_int_equal(e.kind, ERR_PARSE);
}

/* ---- a real run's answers ---- */

struct tally {
	enum obs_kind kind;
	int n, bound, pending, deployment, daemon, too_many, roles[5], scheduler, named;
	int64_t pods;
};

static bool tally_add(void *ctx, const char *p, size_t n, struct err *e)
{
	struct tally *t = ctx;
	struct element el;

	if (!decode_element(decoder, t->kind, p, n, &el, e))
		return false;
	t->n++;
	if (t->kind == OBS_NODE) {
		t->roles[el.u.node.role]++;
		t->pods += el.u.node.alloc_pods;
	} else if (t->kind == OBS_POD) {
		const struct pod *pod = &el.u.pod.pod;
		t->bound += pod->node != NULL;
		t->pending += pod->phase == POD_PENDING;
		t->daemon += !!(pod->flags & POD_DAEMON);
		t->deployment += str_eq(pod->owner_kind, "Deployment") &&
			str_eq(pod->owner_name, "nginx-deployment");
		t->too_many += pod->trouble->sched_message && strstr(pod->trouble->sched_message, "Too many pods");
	} else if (t->kind == OBS_EVENT) {
		t->scheduler += str_eq(el.u.event.source, "default-scheduler");
		t->named += el.u.event.at > 0 && !str_empty(el.u.event.uid) &&
			!str_empty(el.u.event.name) && el.u.event.count > 0;
	}
	return true;
}

static bool shared_read(const char *name, struct buf *out)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char *path = shared ? xasprintf("%s/data/kops-runs/kube/%s", shared, name) :
		xasprintf("%s/../shared/data/kops-runs/kube/%s", srcdir ? srcdir : ".", name);
	bool ok = file_read(path, out, NULL);

	if (!ok)
		print_message("# skipped: %s is not there\n", path);
	free(path);
	return ok;
}

static bool tally_file(const char *name, enum obs_kind kind, struct tally *t)
{
	struct buf text = BUF_INIT;
	struct stream s;
	struct err e = ERR_INIT;

	*t = (struct tally){ .kind = kind };
	if (!shared_read(name, &text))
		return false;
	stream_init(&s, STREAM_LIST, 0, tally_add, t);
	if (!stream_feed(&s, text.data, text.len, &e) || !stream_end(&s, &e))
		fail_msg("%s: %s", name, e.text);
	stream_release(&s);
	buf_release(&text);
	return true;
}

static void test_shared(void **state)
{
	struct tally t;
	struct buf text = BUF_INIT;

	if (tally_file("nodes-before.json", OBS_NODE, &t)) {
		assert_int_equal(t.n, 3);
		assert_int_equal(t.roles[ROLE_CONTROL_PLANE], 1);
		assert_int_equal(t.roles[ROLE_NODE], 2);
		assert_int_equal(t.pods, 51);
	}
	if (tally_file("nodes-after.json", OBS_NODE, &t))
		assert_int_equal(t.pods, 330);
	if (tally_file("pods-before.json", OBS_POD, &t)) {
		assert_int_equal(t.n, 52);
		assert_int_equal(t.pending, 10);
		assert_int_equal(t.too_many, 10);
		assert_int_equal(t.bound, 42);
		assert_int_equal(t.deployment, 40);
		assert_int_equal(t.daemon, 3);
	}
	if (tally_file("pods-after.json", OBS_POD, &t)) {
		assert_int_equal(t.n, 52);
		assert_int_equal(t.pending, 0);
	}
	if (tally_file("events-before.json", OBS_EVENT, &t)) {
		assert_int_equal(t.n, 69);
		assert_int_equal(t.named, 69);
		assert_int_equal(t.scheduler, 54);
	}
	if (shared_read("aws-node.json", &text)) {
		struct element el = decode(OBS_DAEMONSET, text.data);
		assert_int_equal(el.u.daemonset.nenv, 25);
		assert_int_equal(el.u.daemonset.ready, 3);
		assert_int_equal(el.u.daemonset.generation, 2);
	}
	buf_release(&text);
}

/* Scratch is given back: a long list must not grow the decoder. */
static void test_bounded(void **state)
{
	for (int i = 0; i < 20000; i++)
		decode(OBS_NODE, "{\"metadata\":{\"name\":\"n\",\"labels\":{\"a\":\"b\",\"c\":\"d\"}}}");
	assert_in_range(decoder_bytes(decoder), 0, 1024 * 1024);
}

static int setup(void **state)
{
	decoder = decoder_new();
	return 0;
}

static int teardown(void **state)
{
	decoder_free(decoder);
	return 0;
}

static void test_ports(void **state)
{
	struct element el = decode(OBS_POD, "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{"
		"\"ports\":[{\"containerPort\":53,\"hostPort\":53,\"protocol\":\"UDP\","
		"\"hostIP\":\"10.0.0.1\"},{\"hostPort\":80,\"protocol\":\"TCP\",\"hostIP\":\"0.0.0.0\"},"
		"{\"containerPort\":9}]}]}}");
	const struct pod_shape *s = &el.u.pod.shape;

	assert_int_equal(s->nhost_ports, 2);
	assert_int_equal(s->host_ports[0].port, 53);
	assert_string_equal(s->host_ports[0].protocol, "UDP");
	assert_string_equal(s->host_ports[0].ip, "10.0.0.1");
	assert_int_equal(s->host_ports[1].port, 80);
	assert_null(s->host_ports[1].protocol);
	assert_null(s->host_ports[1].ip);
}

static void test_volumes(void **state)
{
	struct element el = decode(OBS_CLAIM, "{\"metadata\":{\"name\":\"c\",\"namespace\":\"d\"},"
		"\"spec\":{\"storageClassName\":\"fast\",\"volumeName\":\"v\"},"
		"\"status\":{\"phase\":\"Bound\"}}");
	assert_string_equal(el.u.claim.ns, "d");
	assert_string_equal(el.u.claim.volume, "v");
	assert_string_equal(el.u.claim.storage_class, "fast");
	assert_string_equal(el.u.claim.phase, "Bound");
	el = decode(OBS_VOLUME, "{\"metadata\":{\"name\":\"v\",\"labels\":{"
		"\"topology.kubernetes.io/zone\":\"a__b\",\"x\":\"y\"}},\"spec\":{\"nodeAffinity\":{"
		"\"required\":{\"nodeSelectorTerms\":[{\"matchExpressions\":[{\"key\":"
		"\"topology.ebs.csi.aws.com/zone\",\"operator\":\"In\",\"values\":[\"a\"]}]}]}}}}");
	assert_int_equal(el.u.volume.naffinity, 1);
	assert_string_equal(el.u.volume.affinity[0].reqs[0].values[0], "a");
	assert_int_equal(el.u.volume.nzones, 1);
	assert_int_equal(el.u.volume.zones[0].nvalues, 2);
	assert_string_equal(el.u.volume.zones[0].values[0], "a");
	assert_string_equal(el.u.volume.zones[0].values[1], "b");
	el = decode(OBS_STORAGE_CLASS, "{\"metadata\":{\"name\":\"fast\"},\"provisioner\":"
		"\"ebs.csi.aws.com\",\"volumeBindingMode\":\"WaitForFirstConsumer\","
		"\"allowedTopologies\":[{\"matchLabelExpressions\":[{\"key\":\"z\",\"values\":[\"a\","
		"\"b\"]}]}]}");
	assert_true(el.u.storage_class.waits);
	assert_string_equal(el.u.storage_class.provisioner, "ebs.csi.aws.com");
	assert_int_equal(el.u.storage_class.topologies[0].reqs[0].nvalues, 2);
	assert_string_equal(el.u.storage_class.topologies[0].reqs[0].op, "In");
}

static void test_refused(void **state)
{
	struct element el = decode(OBS_DEPLOYMENT, "{\"metadata\":{\"name\":\"w\"},\"spec\":{\"replicas\":5},"
		"\"status\":{\"observedGeneration\":1,\"replicas\":2,\"conditions\":[{\"type\":"
		"\"Available\",\"status\":\"False\"},{\"type\":\"ReplicaFailure\",\"status\":\"True\","
		"\"message\":\"no room\",\"lastTransitionTime\":\"2026-11-22T13:01:00Z\"}]}}");
	assert_int_equal(el.u.deployment.existing, 2);
	assert_string_equal(el.u.deployment.failure, "no room");
	assert_int_equal(el.u.deployment.failing_since, INT64_C(1795352460000));
	el = decode(OBS_DEPLOYMENT, "{\"metadata\":{\"name\":\"w\"},\"status\":{\"conditions\":[{"
		"\"type\":\"ReplicaFailure\",\"status\":\"False\",\"message\":\"no room\"}]}}");
	assert_null(el.u.deployment.failure);
	assert_int_equal(el.u.deployment.existing, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_node_bare),
		cmocka_unit_test(test_node_not_ready),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_pod_pending),
		cmocka_unit_test(test_pod_terms), cmocka_unit_test(test_pod_waiting),
		cmocka_unit_test(test_workloads),
		cmocka_unit_test(test_ports), cmocka_unit_test(test_volumes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_namespace),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_bounded),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
