/* SPDX-License-Identifier: Apache-2.0 */
/* The wordings: which text means what, in any version. */
#include "core/rules/reason-kind.h"

#include <stddef.h>
#include <string.h>

#include "core/base/strs.h"

const char *reason_kind_name(enum reason_kind k)
{
	static const char *const names[] = {
		[REASON_OTHER] = "other", [REASON_TOO_MANY_PODS] = "too-many-pods",
		[REASON_INSUFFICIENT] = "insufficient-resource",
		[REASON_TAINT] = "untolerated-taint", [REASON_UNSCHEDULABLE] = "unschedulable",
		[REASON_NODE_AFFINITY] = "node-affinity",
		[REASON_PREFILTER_PLUGIN] = "prefilter-plugin", [REASON_NODE_NAME] = "node-name",
		[REASON_POD_AFFINITY] = "pod-affinity",
		[REASON_POD_ANTI_AFFINITY] = "pod-anti-affinity",
		[REASON_EXISTING_ANTI_AFFINITY] = "existing-anti-affinity",
		[REASON_TOPOLOGY_SPREAD] = "topology-spread", [REASON_HOST_PORTS] = "host-ports",
		[REASON_VOLUME_NODE_AFFINITY] = "volume-node-affinity",
		[REASON_VOLUME_ZONE] = "volume-zone", [REASON_VOLUME_BIND] = "volume-bind",
		[REASON_MAX_VOLUME_COUNT] = "max-volume-count",
		[REASON_UNBOUND_PVC] = "unbound-pvc", [REASON_PVC_NOT_FOUND] = "pvc-not-found",
		[REASON_PREEMPT_NO_VICTIMS] = "preemption-no-victims",
		[REASON_PREEMPT_NOT_HELPFUL] = "preemption-not-helpful",
		[REASON_POD_AFFINITY_OR_ANTI] = "pod-affinity-or-anti-affinity",
		[REASON_VOLUME_BIND_TIMEOUT] = "volume-bind-timeout",
		[REASON_POD_DELETING] = "pod-deleting", [REASON_NO_NODES] = "no-nodes",
		[REASON_PREEMPT_POLICY_NEVER] = "preemption-policy-never",
		[REASON_PREEMPT_WAITING_VICTIM] = "preemption-waiting-victim",
		[REASON_ASG_MAX_SIZE] = "asg-max-size", [REASON_ASG_MAX_LIMIT] = "asg-max-limit",
		[REASON_KUBELET_OUT_OF_RESOURCE] = "kubelet-out-of-resource",
		[REASON_KUBELET_PREEMPTION_FAILED] = "kubelet-critical-preemption-failed",
		[REASON_CNI_NO_IP] = "cni-no-ip", [REASON_CNI_NOT_READY] = "cni-not-ready",
		[REASON_SUBNET_FRAGMENTED] = "subnet-fragmented", [REASON_GATED] = "gated",
		[REASON_NOT_LOOKED_AT] = "not-looked-at", [REASON_NOT_READY] = "not-ready",
		[REASON_IMAGE] = "image-pull", [REASON_CONFIG] = "container-config",
		[REASON_CRASH] = "crash", [REASON_STARTING] = "starting",
		[REASON_NOMINATED] = "nominated",
	};
	return (size_t)k < REASON__COUNT ? names[k] : "other";
}

/* Of one reason in a list; the first row that fits.  Facts: vpc-cni 4.3. */
static const struct wording {
	const char *text;
	bool anywhere; /* else at the start */
	enum reason_kind kind;
} list_wordings[] = {
	{ "Too many pods", false, REASON_TOO_MANY_PODS },
	{ "Insufficient pods", false, REASON_TOO_MANY_PODS },
	{ "Insufficient ", false, REASON_INSUFFICIENT },
	{ "node(s) had untolerated taint", false, REASON_TAINT },
	{ "node(s) had taint", false, REASON_TAINT },
	{ "node(s) were unschedulable", false, REASON_UNSCHEDULABLE },
	{ "existing pods anti-affinity", true, REASON_EXISTING_ANTI_AFFINITY },
	{ "pod affinity/anti-affinity", true, REASON_POD_AFFINITY_OR_ANTI },
	{ "pod anti-affinity", true, REASON_POD_ANTI_AFFINITY },
	{ "pod affinity", true, REASON_POD_AFFINITY },
	{ "Pod's node affinity", true, REASON_NODE_AFFINITY },
	{ "match node selector", true, REASON_NODE_AFFINITY },
	{ "satisfy plugin(s)", true, REASON_PREFILTER_PLUGIN },
	{ "requested node name", true, REASON_NODE_NAME },
	{ "requested hostname", true, REASON_NODE_NAME },
	{ "pod topology spread", true, REASON_TOPOLOGY_SPREAD },
	{ "free ports for the requested pod ports", true, REASON_HOST_PORTS },
	{ "volume node affinity conflict", true, REASON_VOLUME_NODE_AFFINITY },
	{ "PersistentVolume's node affinity", true, REASON_VOLUME_NODE_AFFINITY },
	{ "no available volume zone", true, REASON_VOLUME_ZONE },
	{ "exceed max volume count", true, REASON_MAX_VOLUME_COUNT },
	{ "unbound immediate PersistentVolumeClaim", true, REASON_UNBOUND_PVC },
	{ "persistentvolumeclaim \"", false, REASON_PVC_NOT_FOUND },
	{ "persistent volumes to bind", true, REASON_VOLUME_BIND },
	{ "pvc(s) bound to non-existent pv(s)", true, REASON_VOLUME_BIND },
	{ "have enough free storage", true, REASON_VOLUME_BIND },
	{ "ReadWriteOncePod", true, REASON_VOLUME_BIND },
	{ "no available disk", true, REASON_VOLUME_BIND },
	{ "No preemption victims found", false, REASON_PREEMPT_NO_VICTIMS },
	{ "No victims found on node", false, REASON_PREEMPT_NO_VICTIMS },
	{ "Preemption is not helpful", false, REASON_PREEMPT_NOT_HELPFUL },
	{ "max node group size reached", false, REASON_ASG_MAX_SIZE },
	{ "max limit reached", false, REASON_ASG_MAX_LIMIT },
	{ "max cluster", false, REASON_ASG_MAX_LIMIT },
};

/* Of a whole message that is no list. */
static const struct {
	const char *text;
	enum reason_kind kind;
	const char *where;
} message_wordings[] = {
	{ "no nodes available to schedule pods", REASON_NO_NODES, "FailedScheduling" },
	{ "skip schedule deleting pod", REASON_POD_DELETING, "FailedScheduling" },
	{ "binding volumes: timed out", REASON_VOLUME_BIND_TIMEOUT, "FailedScheduling" },
	{ "Failed to bind volumes", REASON_VOLUME_BIND_TIMEOUT, "FailedScheduling" },
	{ "no set of running pods found to reclaim resources", REASON_KUBELET_PREEMPTION_FAILED,
	  "pod.status Failed/UnexpectedAdmissionError" },
	{ "Node didn't have enough resource: ", REASON_KUBELET_OUT_OF_RESOURCE, NULL },
	{ "InsufficientCidrBlocks", REASON_SUBNET_FRAGMENTED, "ipamd.log" },
	{ "failed to assign an IP address to container", REASON_CNI_NO_IP,
	  "FailedCreatePodSandBox" },
	{ "NetworkPluginNotReady", REASON_CNI_NOT_READY, "NetworkNotReady" },
	{ "Error received from AddNetwork gRPC call", REASON_CNI_NOT_READY,
	  "FailedCreatePodSandBox" },
	{ "failed to connect to backend server", REASON_CNI_NOT_READY, "FailedCreatePodSandBox" },
};

enum reason_kind reason_kind_of_part(const char *text)
{
	for (size_t i = 0; i < sizeof list_wordings / sizeof *list_wordings; i++) {
		const struct wording *w = &list_wordings[i];
		if (w->anywhere ? strstr(text, w->text) != NULL : str_starts(text, w->text)) {
			return w->kind;
		}
	}
	return REASON_OTHER;
}

enum reason_kind reason_kind_of_message(const char *text, const char **where)
{
	for (size_t i = 0; i < sizeof message_wordings / sizeof *message_wordings; i++) {
		if (strstr(text, message_wordings[i].text)) {
			*where = message_wordings[i].where;
			return message_wordings[i].kind;
		}
	}
	*where = NULL;
	return REASON_OTHER;
}

enum reason_kind reason_kind_of_preemption(const char *text)
{
	if (strstr(text, "preemptionPolicy=Never")) {
		return REASON_PREEMPT_POLICY_NEVER;
	}
	return strstr(text, "terminating pod on the nominated node") ?
		REASON_PREEMPT_WAITING_VICTIM : REASON_OTHER;
}
