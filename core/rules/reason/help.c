/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of reason means, for people. */
#include <stddef.h>

#include "core/rules/reason.h"

static const char *const helps[REASON__COUNT] = {
	[REASON_OTHER] = "not a wording that kopscope knows: read it as it stands",
	[REASON_TOO_MANY_PODS] = "as many pods run there as the kubelet allows (maxPods)",
	[REASON_INSUFFICIENT] = "the pod asks for more of it than is left there",
	[REASON_TAINT] = "a taint that the pod does not tolerate",
	[REASON_UNSCHEDULABLE] = "cordoned: uncordon it, or wait for who drains it",
	[REASON_NODE_AFFINITY] =
		"its labels are not what the pod's node selector or affinity asks for",
	[REASON_PREFILTER_PLUGIN] =
		"ruled out beforehand, mostly since the pod is meant for one node",
	[REASON_NODE_NAME] = "the pod names another node",
	[REASON_POD_AFFINITY] = "the pods that it wants to be near do not run there",
	[REASON_POD_ANTI_AFFINITY] =
		"pods that it keeps away from run there: more replicas than nodes or zones",
	[REASON_EXISTING_ANTI_AFFINITY] = "pods that keep away from it run there",
	[REASON_TOPOLOGY_SPREAD] =
		"it would make the spread over zones or nodes more uneven than maxSkew",
	[REASON_HOST_PORTS] = "its host port is taken there",
	[REASON_VOLUME_NODE_AFFINITY] = "its volume is in another zone or on another node",
	[REASON_VOLUME_ZONE] = "its volume is in another zone",
	[REASON_VOLUME_BIND] = "its volume cannot be bound there",
	[REASON_MAX_VOLUME_COUNT] = "no more volumes can be attached there",
	[REASON_UNBOUND_PVC] =
		"its volume claim is not bound: look at the claim's events and StorageClass",
	[REASON_PVC_NOT_FOUND] = "its volume claim is not there",
	[REASON_PREEMPT_NO_VICTIMS] = "no pod of lower priority there whose removal would help",
	[REASON_PREEMPT_NOT_HELPFUL] = "removing pods there would not help",
	[REASON_POD_AFFINITY_OR_ANTI] = "against its affinity to other pods, or away from them",
	[REASON_VOLUME_BIND_TIMEOUT] =
		"its volume was not made in time: look at the claim's events and the CSI driver",
	[REASON_POD_DELETING] = "it is being deleted and will not be scheduled",
	[REASON_NO_NODES] = "the scheduler knows no node at all",
	[REASON_PREEMPT_POLICY_NEVER] = "its priority class never preempts",
	[REASON_PREEMPT_WAITING_VICTIM] = "a pod is leaving the node that is meant for it: wait",
	[REASON_ASG_MAX_SIZE] = "groups at their maximum size: raise it",
	[REASON_ASG_MAX_LIMIT] = "the autoscaler's own limit is reached",
	[REASON_KUBELET_OUT_OF_RESOURCE] = "the kubelet refused it: the node was full when it came",
	[REASON_KUBELET_PREEMPTION_FAILED] =
		"nothing to evict for it; a static pod comes back when the kubelet restarts",
	[REASON_CNI_NO_IP] = "aws-node runs and has no free address to give",
	[REASON_CNI_NOT_READY] =
		"the network plugin does not run there: look at aws-node on that node",
	[REASON_SUBNET_FRAGMENTED] =
		"no whole /28 is free in the subnet: reserve one, or use another subnet",
	[REASON_GATED] = "its scheduling gates hold it back",
	[REASON_NOT_LOOKED_AT] = "no scheduler has looked at it",
	[REASON_NOT_READY] = "the node is not ready",
	[REASON_IMAGE] = "its image cannot be pulled",
	[REASON_CONFIG] =
		"its container cannot be made: look for a missing ConfigMap, Secret or key",
	[REASON_CRASH] = "its container keeps failing: read its log",
	[REASON_STARTING] = "on its node and starting",
	[REASON_NOMINATED] = "a place is being freed for it",
	[REASON_SUBNET_EXHAUSTED] = "the subnet has no address left",
	[REASON_ENI_SLOTS_FULL] = "every slot of the interface is taken",
	[REASON_CNI_DENIED] =
		"AWS does not allow aws-node to take addresses: see the role of the nodes",
	[REASON_CNI_FAILED] = "the network plugin failed: look at aws-node's log on that node",
	[REASON_VOLUME_MOUNT] = "a volume cannot be attached or mounted",
	[REASON_KUBELET_REFUSED] = "the kubelet refused it",
	[REASON_KUBELET_PREEMPTED] = "it had to go for a critical pod",
	[REASON_PREEMPT_NO_CANDIDATE] = "no node where removing pods would help",
	[REASON_SCALE_UP] = "the autoscaler adds a node for it: wait",
	[REASON_ASG_BACKOFF] =
		"groups that could not grow lately: the autoscaler waits before it tries again",
	[REASON_QUOTA] = "the namespace's quota is used up",
	[REASON_NOT_CREATED] = "the API server refuses to make the pods: the text tells why",
	[REASON_SANDBOX] = "its sandbox cannot be made or removed: the text tells why",
};

const char *reason_kind_help(enum reason_kind k)
{
	return (size_t)k < REASON__COUNT && helps[k] ? helps[k] : helps[REASON_OTHER];
}
