/* SPDX-License-Identifier: Apache-2.0 */
/* The wordings: which text means what, in any version. */
#include "core/rules/reason/kind.h"

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
		[REASON_NOMINATED] = "nominated", [REASON_SUBNET_EXHAUSTED] = "subnet-exhausted",
		[REASON_ENI_SLOTS_FULL] = "eni-slots-full", [REASON_CNI_DENIED] = "cni-denied",
		[REASON_CNI_FAILED] = "cni-failed", [REASON_VOLUME_MOUNT] = "volume-mount",
		[REASON_KUBELET_REFUSED] = "kubelet-refused",
		[REASON_KUBELET_PREEMPTED] = "kubelet-preempted",
		[REASON_PREEMPT_NO_CANDIDATE] = "preemption-no-candidate",
		[REASON_SCALE_UP] = "scale-up-triggered", [REASON_ASG_BACKOFF] = "asg-backoff",
		[REASON_QUOTA] = "quota-exceeded", [REASON_SANDBOX] = "sandbox-failed",
		[REASON_NOT_CREATED] = "not-created",
	};
	return (size_t)k < REASON__COUNT ? names[k] : "other";
}

enum match { AT_START, ANYWHERE, WHOLE };

/* Of one reason in a list; the first row that fits.  Facts: vpc-cni 4.3. */
static const struct wording {
	const char *text;
	enum match match;
	enum reason_kind kind;
} list_wordings[] = {
	{ "Too many pods", AT_START, REASON_TOO_MANY_PODS },
	{ "Insufficient pods", WHOLE, REASON_TOO_MANY_PODS },
	{ "Insufficient ", AT_START, REASON_INSUFFICIENT },
	{ "had untolerated taint", ANYWHERE, REASON_TAINT },
	{ "had taint", ANYWHERE, REASON_TAINT },
	{ "node(s) were unschedulable", AT_START, REASON_UNSCHEDULABLE },
	{ "existing pods anti-affinity", ANYWHERE, REASON_EXISTING_ANTI_AFFINITY },
	{ "pod affinity/anti-affinity", ANYWHERE, REASON_POD_AFFINITY_OR_ANTI },
	{ "pod affinity terms conflict", ANYWHERE, REASON_NODE_AFFINITY },
	{ "node affinity terms conflict", ANYWHERE, REASON_NODE_AFFINITY },
	{ "pod anti-affinity", ANYWHERE, REASON_POD_ANTI_AFFINITY },
	{ "pod affinity", ANYWHERE, REASON_POD_AFFINITY },
	{ "PersistentVolume's node affinity", ANYWHERE, REASON_VOLUME_NODE_AFFINITY },
	{ "volume node affinity conflict", ANYWHERE, REASON_VOLUME_NODE_AFFINITY },
	{ "Pod's node affinity", ANYWHERE, REASON_NODE_AFFINITY },
	{ "node affinity/selector", ANYWHERE, REASON_NODE_AFFINITY },
	{ "scheduler-enforced node affinity", ANYWHERE, REASON_NODE_AFFINITY },
	{ "match node selector", ANYWHERE, REASON_NODE_AFFINITY },
	{ "satisfy plugin(s)", ANYWHERE, REASON_PREFILTER_PLUGIN },
	{ "filtered out by the prefilter result", ANYWHERE, REASON_PREFILTER_PLUGIN },
	{ "requested node name", ANYWHERE, REASON_NODE_NAME },
	{ "requested hostname", ANYWHERE, REASON_NODE_NAME },
	{ "pod topology spread", ANYWHERE, REASON_TOPOLOGY_SPREAD },
	{ "free ports for the requested pod ports", ANYWHERE, REASON_HOST_PORTS },
	{ "no available volume zone", ANYWHERE, REASON_VOLUME_ZONE },
	{ "exceed max volume count", ANYWHERE, REASON_MAX_VOLUME_COUNT },
	{ "unbound immediate PersistentVolumeClaim", ANYWHERE, REASON_UNBOUND_PVC },
	{ "unbound PersistentVolumeClaim", ANYWHERE, REASON_UNBOUND_PVC },
	{ "non-existent persistentvolume", ANYWHERE, REASON_VOLUME_BIND },
	{ "persistentvolumeclaim \"", ANYWHERE, REASON_PVC_NOT_FOUND },
	{ "persistent volumes to bind", ANYWHERE, REASON_VOLUME_BIND },
	{ "pvc(s) bound to non-existent pv(s)", ANYWHERE, REASON_VOLUME_BIND },
	{ "have enough free storage", ANYWHERE, REASON_VOLUME_BIND },
	{ "ReadWriteOncePod", ANYWHERE, REASON_VOLUME_BIND },
	{ "no available disk", ANYWHERE, REASON_VOLUME_BIND },
	{ "No preemption victims found", AT_START, REASON_PREEMPT_NO_VICTIMS },
	{ "No victims found on node", AT_START, REASON_PREEMPT_NO_VICTIMS },
	{ "Preemption is not helpful", AT_START, REASON_PREEMPT_NOT_HELPFUL },
	{ "max node group size reached", AT_START, REASON_ASG_MAX_SIZE },
	{ "max limit reached", AT_START, REASON_ASG_MAX_LIMIT },
	{ "max cluster", AT_START, REASON_ASG_MAX_LIMIT },
	{ "in backoff after failed scale-up", AT_START, REASON_ASG_BACKOFF },
	/* The names of predicates that Kubernetes before 1.10 wrote. */
	{ "MatchNodeSelector", WHOLE, REASON_NODE_AFFINITY },
	{ "PodToleratesNodeTaints", WHOLE, REASON_TAINT },
	{ "PodFitsHostPorts", WHOLE, REASON_HOST_PORTS },
	{ "HostName", WHOLE, REASON_NODE_NAME },
	{ "MatchInterPodAffinity", WHOLE, REASON_POD_AFFINITY_OR_ANTI },
	{ "MaxVolumeCount", WHOLE, REASON_MAX_VOLUME_COUNT },
	{ "NoVolumeZoneConflict", WHOLE, REASON_VOLUME_ZONE },
	{ "NoVolumeNodeConflict", WHOLE, REASON_VOLUME_NODE_AFFINITY },
	{ "VolumeNodeAffinityConflict", WHOLE, REASON_VOLUME_NODE_AFFINITY },
	{ "NoDiskConflict", WHOLE, REASON_VOLUME_BIND },
	{ "CheckNodeUnschedulable", WHOLE, REASON_UNSCHEDULABLE },
	{ "NodeUnschedulable", WHOLE, REASON_UNSCHEDULABLE },
	{ "PersistentVolumeClaim is not bound", AT_START, REASON_UNBOUND_PVC },
};

/* Wheres that several wordings share. */
static const char scheduling[] = "FailedScheduling", sandbox[] = "FailedCreatePodSandBox";
static const char ipamd[] = "ipamd.log";

/* Of a whole message that is no list; the first row that fits, so the more telling stand first. */
static const struct {
	const char *text;
	enum match match;
	enum reason_kind kind;
	const char *where; /* NULL: not told by the wording */
} message_wordings[] = {
	{ "no nodes available to schedule pods", ANYWHERE, REASON_NO_NODES, scheduling },
	{ "skip schedule deleting pod", ANYWHERE, REASON_POD_DELETING, scheduling },
	{ "is being deleted, cannot be assigned to a host", ANYWHERE, REASON_POD_DELETING,
	  scheduling },
	{ "non-empty scheduling gates", ANYWHERE, REASON_GATED, "SchedulingGated" },
	{ "binding volumes: timed out", ANYWHERE, REASON_VOLUME_BIND_TIMEOUT, scheduling },
	{ "binding volumes: context deadline exceeded", ANYWHERE, REASON_VOLUME_BIND_TIMEOUT,
	  scheduling },
	{ "bind volumes: timed out", ANYWHERE, REASON_VOLUME_BIND_TIMEOUT, scheduling },
	{ "timed out waiting for the condition on PersistentVolumeClaim", ANYWHERE,
	  REASON_VOLUME_BIND_TIMEOUT, scheduling },
	{ "node affinity doesn't match node", ANYWHERE, REASON_VOLUME_NODE_AFFINITY, scheduling },
	{ "binding volumes: ", ANYWHERE, REASON_VOLUME_BIND, scheduling },
	{ "Failed to bind volumes", ANYWHERE, REASON_VOLUME_BIND, scheduling },
	{ "pod triggered scale-up", AT_START, REASON_SCALE_UP, "TriggeredScaleUp" },
	{ "no set of running pods found to reclaim resources", ANYWHERE,
	  REASON_KUBELET_PREEMPTION_FAILED, "pod.status Failed/UnexpectedAdmissionError" },
	{ "Node didn't have enough resource: ", ANYWHERE, REASON_KUBELET_OUT_OF_RESOURCE, NULL },
	{ "Node didn't have enough capacity: ", ANYWHERE, REASON_KUBELET_OUT_OF_RESOURCE, NULL },
	{ "OutOf", AT_START, REASON_KUBELET_OUT_OF_RESOURCE, NULL },
	{ "imminent node shutdown", ANYWHERE, REASON_KUBELET_REFUSED,
	  "pod.status Failed/Terminated" },
	{ "Preempted by ", AT_START, REASON_KUBELET_PREEMPTED, "Preempted" },
	{ "pod didn't trigger scale-up", AT_START, REASON_OTHER, "NotTriggerScaleUp" },
	{ "Preempted in order to admit critical pod", ANYWHERE, REASON_KUBELET_PREEMPTED,
	  "pod.status Failed/Preempting" },
	{ "Predicate NodeAffinity failed", ANYWHERE, REASON_NODE_AFFINITY,
	  "pod.status Failed/NodeAffinity" },
	{ "Predicate MatchNodeSelector failed", ANYWHERE, REASON_NODE_AFFINITY,
	  "pod.status Failed/MatchNodeSelector" },
	{ "Predicate TaintToleration failed", ANYWHERE, REASON_TAINT,
	  "pod.status Failed/TaintToleration" },
	{ "Predicate NodePorts failed", ANYWHERE, REASON_HOST_PORTS,
	  "pod.status Failed/NodePorts" },
	{ "Predicate NodeName failed", ANYWHERE, REASON_NODE_NAME, "pod.status Failed/NodeName" },
	{ "The node was low on resource", ANYWHERE, REASON_KUBELET_REFUSED,
	  "pod.status Failed/Evicted" },
	{ "The node had condition", ANYWHERE, REASON_KUBELET_REFUSED,
	  "pod.status Failed/Evicted" },
	{ "ode is shutting down", ANYWHERE, REASON_KUBELET_REFUSED,
	  "pod.status Failed/NodeShutdown" },
	{ "Allocate failed due to", ANYWHERE, REASON_KUBELET_REFUSED,
	  "pod.status Failed/UnexpectedAdmissionError" },
	{ "recover from admission failure", ANYWHERE, REASON_KUBELET_REFUSED,
	  "pod.status Failed/UnexpectedAdmissionError" },
	/* of the VPC CNI: facts 1.5 and 4.4 */
	{ "InsufficientCidrBlocks", ANYWHERE, REASON_SUBNET_FRAGMENTED, ipamd },
	{ "InsufficientFreeAddressesInSubnet", ANYWHERE, REASON_SUBNET_EXHAUSTED, ipamd },
	{ "sufficient free Ipv4 addresses or prefixes", ANYWHERE, REASON_SUBNET_EXHAUSTED, ipamd },
	{ "PrivateIpAddressLimitExceeded", ANYWHERE, REASON_ENI_SLOTS_FULL, ipamd },
	{ "UnauthorizedOperation", ANYWHERE, REASON_CNI_DENIED, ipamd },
	{ "failed to assign an IP address to container", ANYWHERE, REASON_CNI_NO_IP, sandbox },
	{ "NetworkPluginNotReady", ANYWHERE, REASON_CNI_NOT_READY, "NetworkNotReady" },
	{ "cni plugin not initialized", ANYWHERE, REASON_CNI_NOT_READY, "NetworkNotReady" },
	{ "cni config uninitialized", ANYWHERE, REASON_CNI_NOT_READY, "NetworkNotReady" },
	{ "network is not ready", ANYWHERE, REASON_CNI_NOT_READY, "NetworkNotReady" },
	{ "received from AddNetwork gRPC call", ANYWHERE, REASON_CNI_NOT_READY, sandbox },
	{ "received from DelNetwork gRPC call", ANYWHERE, REASON_CNI_NOT_READY, "FailedKillPod" },
	{ "failed to connect to backend server", ANYWHERE, REASON_CNI_NOT_READY, sandbox },
	{ "127.0.0.1:50051", ANYWHERE, REASON_CNI_NOT_READY, sandbox },
	{ "wrong client version", ANYWHERE, REASON_CNI_NOT_READY, sandbox },
	{ "failed to find plugin \"aws-cni\"", ANYWHERE, REASON_CNI_NOT_READY, sandbox },
	{ "failed to setup network policy", ANYWHERE, REASON_CNI_FAILED, sandbox },
	{ "failed to setup network: ", ANYWHERE, REASON_CNI_FAILED, sandbox },
	{ "error loading config from args", ANYWHERE, REASON_CNI_FAILED, sandbox },
	{ "failed to process delete request", ANYWHERE, REASON_CNI_FAILED, "FailedKillPod" },
	{ "exceeded quota", ANYWHERE, REASON_QUOTA, "FailedCreate" },
	{ "failed quota: ", ANYWHERE, REASON_QUOTA, "FailedCreate" },
	/* volumes of a bound pod; before those that name a ConfigMap or Secret */
	{ "Multi-Attach error", ANYWHERE, REASON_VOLUME_MOUNT, "FailedAttachVolume" },
	{ "AttachVolume.", ANYWHERE, REASON_VOLUME_MOUNT, "FailedAttachVolume" },
	{ "MountVolume.", ANYWHERE, REASON_VOLUME_MOUNT, "FailedMount" },
	{ "Unable to attach or mount volumes", ANYWHERE, REASON_VOLUME_MOUNT, "FailedMount" },
	{ "Unable to mount volumes", ANYWHERE, REASON_VOLUME_MOUNT, "FailedMount" },
	{ "reate pod sandbox", ANYWHERE, REASON_SANDBOX, sandbox },
	{ "KillPodSandbox", ANYWHERE, REASON_SANDBOX, "FailedKillPod" },
	/* waiting reasons and what stands beside them */
	{ "InvalidImageName", ANYWHERE, REASON_IMAGE, "InvalidImageName" },
	{ "couldn't parse image reference", ANYWHERE, REASON_IMAGE, "InvalidImageName" },
	{ "ErrImageNeverPull", ANYWHERE, REASON_IMAGE, "ErrImageNeverPull" },
	{ "not present with pull policy of Never", ANYWHERE, REASON_IMAGE, "ErrImageNeverPull" },
	{ "ImageInspectError", ANYWHERE, REASON_IMAGE, "ImageInspectError" },
	{ "RegistryUnavailable", ANYWHERE, REASON_IMAGE, "RegistryUnavailable" },
	{ "ImagePullBackOff", ANYWHERE, REASON_IMAGE, "ImagePullBackOff" },
	{ "Back-off pulling image", ANYWHERE, REASON_IMAGE, "ImagePullBackOff" },
	{ "ErrImagePull", ANYWHERE, REASON_IMAGE, "ErrImagePull" },
	{ "Failed to pull image", ANYWHERE, REASON_IMAGE, "ErrImagePull" },
	{ "failed to pull and unpack image", ANYWHERE, REASON_IMAGE, "ErrImagePull" },
	{ "pull access denied", ANYWHERE, REASON_IMAGE, "ErrImagePull" },
	{ "manifest unknown", ANYWHERE, REASON_IMAGE, "ErrImagePull" },
	{ "CreateContainerConfigError", ANYWHERE, REASON_CONFIG, "CreateContainerConfigError" },
	{ "couldn't find key ", ANYWHERE, REASON_CONFIG, "CreateContainerConfigError" },
	{ "configmap \"", ANYWHERE, REASON_CONFIG, "CreateContainerConfigError" },
	{ "secret \"", ANYWHERE, REASON_CONFIG, "CreateContainerConfigError" },
	{ "image will run as root", ANYWHERE, REASON_CONFIG, "CreateContainerConfigError" },
	{ "CreateContainerError", ANYWHERE, REASON_CONFIG, "CreateContainerError" },
	{ "failed to reserve container name", ANYWHERE, REASON_CONFIG, "CreateContainerError" },
	{ "RunContainerError", ANYWHERE, REASON_CONFIG, "RunContainerError" },
	{ "failed to create containerd task", ANYWHERE, REASON_CONFIG, "RunContainerError" },
	{ "PreCreateHookError", ANYWHERE, REASON_CONFIG, "PreCreateHookError" },
	{ "PostStartHookError", ANYWHERE, REASON_CONFIG, "PostStartHookError" },
	{ "CrashLoopBackOff", ANYWHERE, REASON_CRASH, "CrashLoopBackOff" },
	{ "restarting failed container", ANYWHERE, REASON_CRASH, "CrashLoopBackOff" },
	{ "ContainerCreating", WHOLE, REASON_STARTING, "ContainerCreating" },
	{ "PodInitializing", WHOLE, REASON_STARTING, "PodInitializing" },
};

static bool wording_fits(const char *text, const char *words, enum match match)
{
	switch (match) {
	case AT_START:
		return str_starts(text, words);
	case WHOLE:
		return str_eq(text, words);
	default:
		return strstr(text, words) != NULL;
	}
}

enum reason_kind reason_kind_of_part(const char *text)
{
	for (size_t i = 0; i < sizeof list_wordings / sizeof *list_wordings; i++) {
		if (wording_fits(text, list_wordings[i].text, list_wordings[i].match)) {
			return list_wordings[i].kind;
		}
	}
	return REASON_OTHER;
}

enum reason_kind reason_kind_of_cut(const char *text)
{
	size_t n = strlen(text);
	enum reason_kind kind = REASON_OTHER;
	for (size_t i = 0; n >= 4 && i < sizeof list_wordings / sizeof *list_wordings; i++) {
		const char *words = list_wordings[i].text;
		const char *in = strstr(text, words);
		/* The wording must begin somewhere in the text and be cut by its end. */
		for (const char *p = text; !in && *p; p++) {
			in = (p == text || list_wordings[i].match == ANYWHERE) &&
				(size_t)(text + n - p) >= 8 &&
				!strncmp(p, words, (size_t)(text + n - p)) ? p : NULL;
		}
		if (in && kind != REASON_OTHER && kind != list_wordings[i].kind) {
			return REASON_OTHER; /* more than one reading */
		}
		kind = in ? list_wordings[i].kind : kind;
	}
	return kind;
}

enum reason_kind reason_kind_of_message(const char *text, const char **where)
{
	for (size_t i = 0; i < sizeof message_wordings / sizeof *message_wordings; i++) {
		if (wording_fits(text, message_wordings[i].text, message_wordings[i].match)) {
			*where = message_wordings[i].where;
			return message_wordings[i].kind;
		}
	}
	/* A filter's own words, with what ran it in front; or the claim alone. */
	enum reason_kind k = reason_kind_of_part(text);
	bool plugin = strstr(text, "plugin \"") || strstr(text, "\" filter plugin");
	*where = k != REASON_OTHER || (plugin && strstr(text, "running")) ? scheduling : NULL;
	return k;
}

enum reason_kind reason_kind_of_preemption(const char *text)
{
	static const struct {
		const char *text;
		enum reason_kind kind;
	} rows[] = {
		{ "preemptionPolicy=Never", REASON_PREEMPT_POLICY_NEVER },
		{ "terminating pod on the nominated node", REASON_PREEMPT_WAITING_VICTIM },
		{ "no candidate node for preemption", REASON_PREEMPT_NO_CANDIDATE },
		{ "No preemption victims found", REASON_PREEMPT_NO_VICTIMS },
		{ "Preemption is not helpful", REASON_PREEMPT_NOT_HELPFUL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strstr(text, rows[i].text)) {
			return rows[i].kind;
		}
	}
	return REASON_OTHER;
}
