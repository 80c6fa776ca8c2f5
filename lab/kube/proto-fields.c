/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of messages, fields and kinds. */
#include "lab/kube/proto-fields.h"

#include "core/base/strs.h"

/* A row: number, name, shape; of a message also whether it is repeated, and which. */
static const struct proto_field meta_fields[] = {
	{ 1, "name", TEXT },
	{ 2, "generateName", TEXT },
	{ 3, "namespace", TEXT },
	{ 5, "uid", TEXT },
	{ 6, "resourceVersion", TEXT },
	{ 7, "generation", NUMBER },
	{ 8, "creationTimestamp", TIME },
	{ 9, "deletionTimestamp", TIME },
	{ 10, "deletionGracePeriodSeconds", POINTER },
	{ 11, "labels", TEXT_MAP },
	{ 12, "annotations", TEXT_MAP },
	{ 13, "ownerReferences", MESSAGE, true, M_OWNER },
	{ 14, "finalizers", TEXT, true },
	{ 17, "managedFields", MESSAGE, true, M_MANAGED },
};
static const struct proto_field owner_fields[] = {
	{ 1, "kind", TEXT },
	{ 3, "name", TEXT },
	{ 4, "uid", TEXT },
	{ 5, "apiVersion", TEXT },
	{ 6, "controller", FLAG },
	{ 7, "blockOwnerDeletion", FLAG },
};
static const struct proto_field managed_fields[] = {
	{ 1, "manager", TEXT },
	{ 2, "operation", TEXT },
	{ 3, "apiVersion", TEXT },
	{ 4, "time", TIME },
	{ 6, "fieldsType", TEXT },
	{ 7, "fieldsV1", RAW_JSON },
	{ 8, "subresource", TEXT },
};
static const struct proto_field plain_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
};
static const struct proto_field namespace_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "spec", MESSAGE, false, M_NAMESPACE_SPEC },
	{ 3, "status", MESSAGE, false, M_NAMESPACE_STATUS },
};
static const struct proto_field namespace_spec_fields[] = {
	{ 1, "finalizers", TEXT, true },
};
static const struct proto_field namespace_status_fields[] = {
	{ 1, "phase", TEXT },
};
static const struct proto_field config_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "data", TEXT_MAP },
};
static const struct proto_field deployment_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "spec", MESSAGE, false, M_DEPLOYMENT_SPEC },
	{ 3, "status", MESSAGE, false, M_DEPLOYMENT_STATUS },
};
static const struct proto_field deployment_spec_fields[] = {
	{ 1, "replicas", POINTER },
	{ 2, "selector", MESSAGE, false, M_SELECTOR },
	{ 3, "template", MESSAGE, false, M_TEMPLATE },
	{ 4, "strategy", MESSAGE, false, M_STRATEGY },
	{ 5, "minReadySeconds", NUMBER },
	{ 6, "revisionHistoryLimit", POINTER },
	{ 7, "paused", FLAG },
	{ 9, "progressDeadlineSeconds", POINTER },
};
static const struct proto_field deployment_status_fields[] = {
	{ 1, "observedGeneration", NUMBER },
	{ 2, "replicas", NUMBER },
	{ 3, "updatedReplicas", NUMBER },
	{ 4, "availableReplicas", NUMBER },
	{ 5, "unavailableReplicas", NUMBER },
	{ 6, "conditions", MESSAGE, true, M_DEPLOYMENT_CONDITION },
	{ 7, "readyReplicas", NUMBER },
	{ 8, "collisionCount", POINTER },
};
static const struct proto_field deployment_condition_fields[] = {
	{ 1, "type", TEXT },
	{ 2, "status", TEXT },
	{ 4, "reason", TEXT },
	{ 5, "message", TEXT },
	{ 6, "lastUpdateTime", TIME },
	{ 7, "lastTransitionTime", TIME },
};
static const struct proto_field daemonset_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "spec", MESSAGE, false, M_DAEMONSET_SPEC },
	{ 3, "status", MESSAGE, false, M_DAEMONSET_STATUS },
};
static const struct proto_field daemonset_spec_fields[] = {
	{ 1, "selector", MESSAGE, false, M_SELECTOR },
	{ 2, "template", MESSAGE, false, M_TEMPLATE },
	{ 3, "updateStrategy", MESSAGE, false, M_STRATEGY },
	{ 4, "minReadySeconds", NUMBER },
	{ 6, "revisionHistoryLimit", POINTER },
};
static const struct proto_field daemonset_status_fields[] = {
	{ 1, "currentNumberScheduled", NUMBER },
	{ 2, "numberMisscheduled", NUMBER },
	{ 3, "desiredNumberScheduled", NUMBER },
	{ 4, "numberReady", NUMBER },
	{ 5, "observedGeneration", NUMBER },
	{ 6, "updatedNumberScheduled", NUMBER },
	{ 7, "numberAvailable", NUMBER },
	{ 8, "numberUnavailable", NUMBER },
	{ 9, "collisionCount", POINTER },
};
static const struct proto_field strategy_fields[] = {
	{ 1, "type", TEXT },
	{ 2, "rollingUpdate", MESSAGE, false, M_ROLLING },
};
static const struct proto_field rolling_fields[] = {
	{ 1, "maxUnavailable", INT_OR_TEXT },
	{ 2, "maxSurge", INT_OR_TEXT },
};
static const struct proto_field selector_fields[] = {
	{ 1, "matchLabels", TEXT_MAP },
	{ 2, "matchExpressions", MESSAGE, true, M_REQUIREMENT },
};
static const struct proto_field requirement_fields[] = {
	{ 1, "key", TEXT },
	{ 2, "operator", TEXT },
	{ 3, "values", TEXT, true },
};
static const struct proto_field template_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "spec", MESSAGE, false, M_POD_SPEC },
};
static const struct proto_field pod_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "spec", MESSAGE, false, M_POD_SPEC },
	{ 3, "status", MESSAGE, false, M_POD_STATUS },
};
static const struct proto_field pod_spec_fields[] = {
	{ 1, "volumes", MESSAGE, true, M_VOLUME },
	{ 2, "containers", MESSAGE, true, M_CONTAINER },
	{ 3, "restartPolicy", TEXT },
	{ 4, "terminationGracePeriodSeconds", POINTER },
	{ 5, "activeDeadlineSeconds", POINTER },
	{ 6, "dnsPolicy", TEXT },
	{ 7, "nodeSelector", TEXT_MAP },
	{ 8, "serviceAccountName", TEXT },
	{ 9, "serviceAccount", TEXT },
	{ 10, "nodeName", TEXT },
	{ 11, "hostNetwork", FLAG },
	{ 12, "hostPID", FLAG },
	{ 13, "hostIPC", FLAG },
	{ 14, "securityContext", MESSAGE, false, M_NONE },
	{ 16, "hostname", TEXT },
	{ 17, "subdomain", TEXT },
	{ 18, "affinity", MESSAGE, false, M_AFFINITY },
	{ 19, "schedulerName", TEXT },
	{ 20, "initContainers", MESSAGE, true, M_CONTAINER },
	{ 21, "automountServiceAccountToken", FLAG },
	{ 22, "tolerations", MESSAGE, true, M_TOLERATION },
	{ 24, "priorityClassName", TEXT },
	{ 25, "priority", POINTER },
	{ 28, "readinessGates", MESSAGE, true, M_READINESS_GATE },
	{ 29, "runtimeClassName", TEXT },
	{ 30, "enableServiceLinks", FLAG },
	{ 31, "preemptionPolicy", TEXT },
	{ 32, "overhead", QUANTITY_MAP },
	{ 33, "topologySpreadConstraints", MESSAGE, true, M_SPREAD },
	{ 38, "schedulingGates", MESSAGE, true, M_GATE },
};
static const struct proto_field readiness_gate_fields[] = {
	{ 1, "conditionType", TEXT },
};
static const struct proto_field gate_fields[] = {
	{ 1, "name", TEXT },
};
static const struct proto_field volume_fields[] = {
	{ 1, "name", TEXT },
	{ 2, "", INLINE, false, M_VOLUME_SOURCE },
};
static const struct proto_field volume_source_fields[] = {
	{ 1, "hostPath", MESSAGE, false, M_HOST_PATH },
	{ 2, "emptyDir", MESSAGE, false, M_EMPTY_DIR },
	{ 6, "secret", MESSAGE, false, M_SECRET_SOURCE },
	{ 10, "persistentVolumeClaim", MESSAGE, false, M_CLAIM_SOURCE },
	{ 19, "configMap", MESSAGE, false, M_CONFIG_SOURCE },
};
static const struct proto_field host_path_fields[] = {
	{ 1, "path", TEXT },
	{ 2, "type", TEXT },
};
static const struct proto_field empty_dir_fields[] = {
	{ 1, "medium", TEXT },
};
static const struct proto_field secret_source_fields[] = {
	{ 1, "secretName", TEXT },
	{ 3, "defaultMode", POINTER },
};
static const struct proto_field config_source_fields[] = {
	{ 1, "", INLINE, false, M_LOCAL_NAME },
	{ 3, "defaultMode", POINTER },
};
static const struct proto_field local_name_fields[] = {
	{ 1, "name", TEXT },
};
static const struct proto_field claim_source_fields[] = {
	{ 1, "claimName", TEXT },
	{ 2, "readOnly", FLAG },
};
static const struct proto_field affinity_fields[] = {
	{ 1, "nodeAffinity", MESSAGE, false, M_NODE_AFFINITY },
	{ 2, "podAffinity", MESSAGE, false, M_POD_AFFINITY },
	{ 3, "podAntiAffinity", MESSAGE, false, M_POD_AFFINITY },
};
static const struct proto_field node_affinity_fields[] = {
	{ 1, "requiredDuringSchedulingIgnoredDuringExecution", MESSAGE, false, M_NODE_SELECTOR },
	{ 2, "preferredDuringSchedulingIgnoredDuringExecution", MESSAGE, true, M_NODE_PREFERENCE },
};
static const struct proto_field node_selector_fields[] = {
	{ 1, "nodeSelectorTerms", MESSAGE, true, M_NODE_TERM },
};
static const struct proto_field node_preference_fields[] = {
	{ 1, "weight", NUMBER },
	{ 2, "preference", MESSAGE, false, M_NODE_TERM },
};
static const struct proto_field node_term_fields[] = {
	{ 1, "matchExpressions", MESSAGE, true, M_REQUIREMENT },
	{ 2, "matchFields", MESSAGE, true, M_REQUIREMENT },
};
static const struct proto_field pod_affinity_fields[] = {
	{ 1, "requiredDuringSchedulingIgnoredDuringExecution", MESSAGE, true, M_POD_TERM },
	{ 2, "preferredDuringSchedulingIgnoredDuringExecution", MESSAGE, true, M_POD_PREFERENCE },
};
static const struct proto_field pod_preference_fields[] = {
	{ 1, "weight", NUMBER },
	{ 2, "podAffinityTerm", MESSAGE, false, M_POD_TERM },
};
static const struct proto_field pod_term_fields[] = {
	{ 1, "labelSelector", MESSAGE, false, M_SELECTOR },
	{ 2, "namespaces", TEXT, true },
	{ 3, "topologyKey", TEXT },
	{ 4, "namespaceSelector", MESSAGE, false, M_SELECTOR },
};
static const struct proto_field spread_fields[] = {
	{ 1, "maxSkew", NUMBER },
	{ 2, "topologyKey", TEXT },
	{ 3, "whenUnsatisfiable", TEXT },
	{ 4, "labelSelector", MESSAGE, false, M_SELECTOR },
	{ 5, "minDomains", POINTER },
	{ 6, "nodeAffinityPolicy", TEXT },
	{ 7, "nodeTaintsPolicy", TEXT },
	{ 8, "matchLabelKeys", TEXT, true },
};
static const struct proto_field container_fields[] = {
	{ 1, "name", TEXT },
	{ 2, "image", TEXT },
	{ 3, "command", TEXT, true },
	{ 4, "args", TEXT, true },
	{ 5, "workingDir", TEXT },
	{ 6, "ports", MESSAGE, true, M_PORT },
	{ 7, "env", MESSAGE, true, M_ENV },
	{ 8, "resources", MESSAGE, false, M_RESOURCES },
	{ 9, "volumeMounts", MESSAGE, true, M_MOUNT },
	{ 13, "terminationMessagePath", TEXT },
	{ 14, "imagePullPolicy", TEXT },
	{ 20, "terminationMessagePolicy", TEXT },
};
static const struct proto_field port_fields[] = {
	{ 1, "name", TEXT },
	{ 2, "hostPort", NUMBER },
	{ 3, "containerPort", NUMBER },
	{ 4, "protocol", TEXT },
	{ 5, "hostIP", TEXT },
};
static const struct proto_field env_fields[] = {
	{ 1, "name", TEXT },
	{ 2, "value", TEXT },
	{ 3, "valueFrom", MESSAGE, false, M_ENV_SOURCE },
};
static const struct proto_field env_source_fields[] = {
	{ 1, "fieldRef", MESSAGE, false, M_FIELD_REF },
};
static const struct proto_field field_ref_fields[] = {
	{ 1, "apiVersion", TEXT },
	{ 2, "fieldPath", TEXT },
};
static const struct proto_field mount_fields[] = {
	{ 1, "name", TEXT },
	{ 2, "readOnly", FLAG },
	{ 3, "mountPath", TEXT },
	{ 4, "subPath", TEXT },
};
static const struct proto_field resources_fields[] = {
	{ 1, "limits", QUANTITY_MAP },
	{ 2, "requests", QUANTITY_MAP },
};
static const struct proto_field toleration_fields[] = {
	{ 1, "key", TEXT },
	{ 2, "operator", TEXT },
	{ 3, "value", TEXT },
	{ 4, "effect", TEXT },
	{ 5, "tolerationSeconds", POINTER },
};
static const struct proto_field pod_status_fields[] = {
	{ 1, "phase", TEXT },
	{ 2, "conditions", MESSAGE, true, M_POD_CONDITION },
	{ 3, "message", TEXT },
	{ 4, "reason", TEXT },
	{ 5, "hostIP", TEXT },
	{ 6, "podIP", TEXT },
	{ 7, "startTime", TIME },
	{ 8, "containerStatuses", MESSAGE, true, M_CONTAINER_STATUS },
	{ 9, "qosClass", TEXT },
	{ 10, "initContainerStatuses", MESSAGE, true, M_CONTAINER_STATUS },
	{ 11, "nominatedNodeName", TEXT },
	{ 12, "podIPs", MESSAGE, true, M_IP },
	{ 16, "hostIPs", MESSAGE, true, M_IP },
};
static const struct proto_field pod_condition_fields[] = {
	{ 1, "type", TEXT },
	{ 2, "status", TEXT },
	{ 3, "lastProbeTime", TIME },
	{ 4, "lastTransitionTime", TIME },
	{ 5, "reason", TEXT },
	{ 6, "message", TEXT },
	{ 7, "observedGeneration", NUMBER },
};
static const struct proto_field container_status_fields[] = {
	{ 1, "name", TEXT },
	{ 2, "state", MESSAGE, false, M_CONTAINER_STATE },
	{ 3, "lastState", MESSAGE, false, M_CONTAINER_STATE },
	{ 4, "ready", FLAG },
	{ 5, "restartCount", NUMBER },
	{ 6, "image", TEXT },
	{ 7, "imageID", TEXT },
	{ 8, "containerID", TEXT },
	{ 9, "started", FLAG },
};
static const struct proto_field container_state_fields[] = {
	{ 1, "waiting", MESSAGE, false, M_WAITING },
	{ 2, "running", MESSAGE, false, M_RUNNING },
	{ 3, "terminated", MESSAGE, false, M_TERMINATED },
};
static const struct proto_field waiting_fields[] = {
	{ 1, "reason", TEXT },
	{ 2, "message", TEXT },
};
static const struct proto_field running_fields[] = {
	{ 1, "startedAt", TIME },
};
static const struct proto_field terminated_fields[] = {
	{ 1, "exitCode", NUMBER },
	{ 2, "signal", NUMBER },
	{ 3, "reason", TEXT },
	{ 4, "message", TEXT },
	{ 5, "startedAt", TIME },
	{ 6, "finishedAt", TIME },
	{ 7, "containerID", TEXT },
};
static const struct proto_field ip_fields[] = {
	{ 1, "ip", TEXT },
};
static const struct proto_field node_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "spec", MESSAGE, false, M_NODE_SPEC },
	{ 3, "status", MESSAGE, false, M_NODE_STATUS },
};
static const struct proto_field node_spec_fields[] = {
	{ 1, "podCIDR", TEXT },
	{ 3, "providerID", TEXT },
	{ 4, "unschedulable", FLAG },
	{ 5, "taints", MESSAGE, true, M_TAINT },
	{ 7, "podCIDRs", TEXT, true },
};
static const struct proto_field taint_fields[] = {
	{ 1, "key", TEXT },
	{ 2, "value", TEXT },
	{ 3, "effect", TEXT },
	{ 4, "timeAdded", TIME },
};
static const struct proto_field node_status_fields[] = {
	{ 1, "capacity", QUANTITY_MAP },
	{ 2, "allocatable", QUANTITY_MAP },
	{ 3, "phase", TEXT },
	{ 4, "conditions", MESSAGE, true, M_NODE_CONDITION },
	{ 5, "addresses", MESSAGE, true, M_NODE_ADDRESS },
	{ 6, "daemonEndpoints", MESSAGE, false, M_ENDPOINTS },
	{ 7, "nodeInfo", MESSAGE, false, M_NODE_INFO },
	{ 8, "images", MESSAGE, true, M_NODE_IMAGE },
};
static const struct proto_field node_condition_fields[] = {
	{ 1, "type", TEXT },
	{ 2, "status", TEXT },
	{ 3, "lastHeartbeatTime", TIME },
	{ 4, "lastTransitionTime", TIME },
	{ 5, "reason", TEXT },
	{ 6, "message", TEXT },
};
static const struct proto_field node_address_fields[] = {
	{ 1, "type", TEXT },
	{ 2, "address", TEXT },
};
static const struct proto_field endpoints_fields[] = {
	{ 1, "kubeletEndpoint", MESSAGE, false, M_ENDPOINT },
};
static const struct proto_field endpoint_fields[] = {
	{ 1, "Port", NUMBER },
};
static const struct proto_field node_info_fields[] = {
	{ 1, "machineID", TEXT },
	{ 2, "systemUUID", TEXT },
	{ 3, "bootID", TEXT },
	{ 4, "kernelVersion", TEXT },
	{ 5, "osImage", TEXT },
	{ 6, "containerRuntimeVersion", TEXT },
	{ 7, "kubeletVersion", TEXT },
	{ 8, "kubeProxyVersion", TEXT },
	{ 9, "operatingSystem", TEXT },
	{ 10, "architecture", TEXT },
};
static const struct proto_field node_image_fields[] = {
	{ 1, "names", TEXT, true },
	{ 2, "sizeBytes", NUMBER },
};
static const struct proto_field budget_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "spec", MESSAGE, false, M_BUDGET_SPEC },
	{ 3, "status", MESSAGE, false, M_BUDGET_STATUS },
};
static const struct proto_field budget_spec_fields[] = {
	{ 1, "minAvailable", INT_OR_TEXT },
	{ 2, "selector", MESSAGE, false, M_SELECTOR },
	{ 3, "maxUnavailable", INT_OR_TEXT },
	{ 4, "unhealthyPodEvictionPolicy", TEXT },
};
static const struct proto_field budget_status_fields[] = {
	{ 1, "observedGeneration", NUMBER },
	{ 3, "disruptionsAllowed", NUMBER },
	{ 4, "currentHealthy", NUMBER },
	{ 5, "desiredHealthy", NUMBER },
	{ 6, "expectedPods", NUMBER },
	{ 7, "conditions", MESSAGE, true, M_CONDITION },
};
static const struct proto_field condition_fields[] = {
	{ 1, "type", TEXT },
	{ 2, "status", TEXT },
	{ 3, "observedGeneration", NUMBER },
	{ 4, "lastTransitionTime", TIME },
	{ 5, "reason", TEXT },
	{ 6, "message", TEXT },
};
static const struct proto_field event_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "involvedObject", MESSAGE, false, M_REFERENCE },
	{ 3, "reason", TEXT },
	{ 4, "message", TEXT },
	{ 5, "source", MESSAGE, false, M_EVENT_SOURCE },
	{ 6, "firstTimestamp", TIME },
	{ 7, "lastTimestamp", TIME },
	{ 8, "count", NUMBER },
	{ 9, "type", TEXT },
	{ 10, "eventTime", TIME },
	{ 12, "action", TEXT },
	{ 14, "reportingComponent", TEXT },
	{ 15, "reportingInstance", TEXT },
};
static const struct proto_field reference_fields[] = {
	{ 1, "kind", TEXT },
	{ 2, "namespace", TEXT },
	{ 3, "name", TEXT },
	{ 4, "uid", TEXT },
	{ 5, "apiVersion", TEXT },
	{ 6, "resourceVersion", TEXT },
	{ 7, "fieldPath", TEXT },
};
static const struct proto_field event_source_fields[] = {
	{ 1, "component", TEXT },
	{ 2, "host", TEXT },
};
static const struct proto_field eviction_fields[] = {
	{ 1, "metadata", MESSAGE, false, M_META },
	{ 2, "deleteOptions", MESSAGE, false, M_DELETE_OPTIONS },
};
static const struct proto_field delete_options_fields[] = {
	{ 1, "gracePeriodSeconds", POINTER },
	{ 2, "preconditions", MESSAGE, false, M_PRECONDITIONS },
	{ 4, "propagationPolicy", TEXT },
	{ 5, "dryRun", TEXT, true },
};
static const struct proto_field preconditions_fields[] = {
	{ 1, "uid", TEXT },
	{ 2, "resourceVersion", TEXT },
};
static const struct proto_field status_fields[] = {
	{ 2, "status", TEXT },
	{ 3, "message", TEXT },
	{ 4, "reason", TEXT },
	{ 5, "details", MESSAGE, false, M_STATUS_DETAILS },
	{ 6, "code", NUMBER },
};
static const struct proto_field status_details_fields[] = {
	{ 1, "name", TEXT },
	{ 2, "group", TEXT },
	{ 3, "kind", TEXT },
	{ 4, "causes", MESSAGE, true, M_STATUS_CAUSE },
	{ 5, "retryAfterSeconds", NUMBER },
	{ 6, "uid", TEXT },
};
static const struct proto_field status_cause_fields[] = {
	{ 1, "reason", TEXT },
	{ 2, "message", TEXT },
	{ 3, "field", TEXT },
};

#define ROW(m, v) [m] = { v, sizeof(v) / sizeof((v)[0]) }
static const struct {
	const struct proto_field *v;
	size_t n;
} messages[M__COUNT] = {
	ROW(M_META, meta_fields),
	ROW(M_OWNER, owner_fields),
	ROW(M_MANAGED, managed_fields),
	ROW(M_PLAIN, plain_fields),
	ROW(M_NAMESPACE, namespace_fields),
	ROW(M_NAMESPACE_SPEC, namespace_spec_fields),
	ROW(M_NAMESPACE_STATUS, namespace_status_fields),
	ROW(M_CONFIG, config_fields),
	ROW(M_DEPLOYMENT, deployment_fields),
	ROW(M_DEPLOYMENT_SPEC, deployment_spec_fields),
	ROW(M_DEPLOYMENT_STATUS, deployment_status_fields),
	ROW(M_DEPLOYMENT_CONDITION, deployment_condition_fields),
	ROW(M_DAEMONSET, daemonset_fields),
	ROW(M_DAEMONSET_SPEC, daemonset_spec_fields),
	ROW(M_DAEMONSET_STATUS, daemonset_status_fields),
	ROW(M_STRATEGY, strategy_fields),
	ROW(M_ROLLING, rolling_fields),
	ROW(M_SELECTOR, selector_fields),
	ROW(M_REQUIREMENT, requirement_fields),
	ROW(M_TEMPLATE, template_fields),
	ROW(M_POD, pod_fields),
	ROW(M_POD_SPEC, pod_spec_fields),
	ROW(M_READINESS_GATE, readiness_gate_fields),
	ROW(M_GATE, gate_fields),
	ROW(M_VOLUME, volume_fields),
	ROW(M_VOLUME_SOURCE, volume_source_fields),
	ROW(M_HOST_PATH, host_path_fields),
	ROW(M_EMPTY_DIR, empty_dir_fields),
	ROW(M_SECRET_SOURCE, secret_source_fields),
	ROW(M_CONFIG_SOURCE, config_source_fields),
	ROW(M_LOCAL_NAME, local_name_fields),
	ROW(M_CLAIM_SOURCE, claim_source_fields),
	ROW(M_AFFINITY, affinity_fields),
	ROW(M_NODE_AFFINITY, node_affinity_fields),
	ROW(M_NODE_SELECTOR, node_selector_fields),
	ROW(M_NODE_PREFERENCE, node_preference_fields),
	ROW(M_NODE_TERM, node_term_fields),
	ROW(M_POD_AFFINITY, pod_affinity_fields),
	ROW(M_POD_PREFERENCE, pod_preference_fields),
	ROW(M_POD_TERM, pod_term_fields),
	ROW(M_SPREAD, spread_fields),
	ROW(M_CONTAINER, container_fields),
	ROW(M_PORT, port_fields),
	ROW(M_ENV, env_fields),
	ROW(M_ENV_SOURCE, env_source_fields),
	ROW(M_FIELD_REF, field_ref_fields),
	ROW(M_MOUNT, mount_fields),
	ROW(M_RESOURCES, resources_fields),
	ROW(M_TOLERATION, toleration_fields),
	ROW(M_POD_STATUS, pod_status_fields),
	ROW(M_POD_CONDITION, pod_condition_fields),
	ROW(M_CONTAINER_STATUS, container_status_fields),
	ROW(M_CONTAINER_STATE, container_state_fields),
	ROW(M_WAITING, waiting_fields),
	ROW(M_RUNNING, running_fields),
	ROW(M_TERMINATED, terminated_fields),
	ROW(M_IP, ip_fields),
	ROW(M_NODE, node_fields),
	ROW(M_NODE_SPEC, node_spec_fields),
	ROW(M_TAINT, taint_fields),
	ROW(M_NODE_STATUS, node_status_fields),
	ROW(M_NODE_CONDITION, node_condition_fields),
	ROW(M_NODE_ADDRESS, node_address_fields),
	ROW(M_ENDPOINTS, endpoints_fields),
	ROW(M_ENDPOINT, endpoint_fields),
	ROW(M_NODE_INFO, node_info_fields),
	ROW(M_NODE_IMAGE, node_image_fields),
	ROW(M_BUDGET, budget_fields),
	ROW(M_BUDGET_SPEC, budget_spec_fields),
	ROW(M_BUDGET_STATUS, budget_status_fields),
	ROW(M_CONDITION, condition_fields),
	ROW(M_EVENT, event_fields),
	ROW(M_REFERENCE, reference_fields),
	ROW(M_EVENT_SOURCE, event_source_fields),
	ROW(M_EVICTION, eviction_fields),
	ROW(M_DELETE_OPTIONS, delete_options_fields),
	ROW(M_PRECONDITIONS, preconditions_fields),
	ROW(M_STATUS, status_fields),
	ROW(M_STATUS_DETAILS, status_details_fields),
	ROW(M_STATUS_CAUSE, status_cause_fields),
};
#undef ROW

/* By name. */
static const struct proto_kind kinds[] = {
	{ "ConfigMap", M_CONFIG, false },
	{ "DaemonSet", M_DAEMONSET, true },
	{ "DeleteOptions", M_DELETE_OPTIONS, false },
	{ "Deployment", M_DEPLOYMENT, true },
	{ "Event", M_EVENT, true },
	{ "Eviction", M_EVICTION, false },
	{ "Namespace", M_NAMESPACE, true },
	{ "Node", M_NODE, true },
	{ "Pod", M_POD, true },
	{ "PodDisruptionBudget", M_BUDGET, true },
	{ "ServiceAccount", M_PLAIN, false },
	{ "Status", M_STATUS, true },
};

const struct proto_field *kube_proto_fields(enum proto_message m, size_t *n)
{
	*n = messages[m].n;
	return messages[m].v;
}

const struct proto_kind *kube_proto_kind(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_eq(kinds[i].kind, kind))
			return &kinds[i];
	}
	return NULL;
}
