/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that can be edited: one row each. */
#include "core/kops/edit/rules.h"

#include <stdint.h>
#include <string.h>

#include "core/base/strs.h"

/* Places as kops' pkg/apis/kops/v1alpha2 and v1alpha3 declare them. */
static const struct edit_row edit_rows[] = {
	{{"addon.awsLoadBalancerController", EDIT_IN_CLUSTER, EDIT_BOOL, EDIT_ADDON,
		 "load balancers for Services and Ingresses"},
		{"spec", "awsLoadBalancerController", "enabled"},
		{"spec", "cloudProvider", "aws", "loadBalancerController", "enabled"}, .aws = true},
	{{"addon.certManager", EDIT_IN_CLUSTER, EDIT_BOOL, EDIT_ADDON,
		 "certificates for the cluster's own webhooks"},
		{"spec", "certManager", "enabled"}},
	{{"addon.clusterAutoscaler", EDIT_IN_CLUSTER, EDIT_BOOL, EDIT_ADDON,
		 "groups grow for pending pods and shrink"},
		{"spec", "clusterAutoscaler", "enabled"}},
	{{"addon.karpenter", EDIT_IN_CLUSTER, EDIT_BOOL, EDIT_ADDON,
		 "nodes made to fit pending pods"},
		{"spec", "karpenter", "enabled"}, .aws = true},
	{{"addon.metricsServer", EDIT_IN_CLUSTER, EDIT_BOOL, EDIT_ADDON,
		 "kubectl top and the pod autoscaler's figures"},
		{"spec", "metricsServer", "enabled"}},
	{{"addon.metricsServer.insecure", EDIT_IN_CLUSTER, EDIT_BOOL, EDIT_ADDON,
		 "its certificate is not verified"},
		{"spec", "metricsServer", "insecure"}},
	{{"addon.nodeTerminationHandler", EDIT_IN_CLUSTER, EDIT_BOOL, EDIT_ADDON,
		 "nodes are drained before AWS takes them"},
		{"spec", "nodeTerminationHandler", "enabled"},
		{"spec", "cloudProvider", "aws", "nodeTerminationHandler", "enabled"}, .aws = true},
	{{"addon.snapshotController", EDIT_IN_CLUSTER, EDIT_BOOL, EDIT_ADDON,
		 "snapshots of volumes"},
		{"spec", "snapshotController", "enabled"}},
	{{"cloudLabels.", EDIT_IN_CLUSTER | EDIT_IN_GROUP, EDIT_TEXT, EDIT_NODES,
		 "tag of the cloud's resources"},
		{"spec", "cloudLabels"}, .check = edit_check_cloud_label},
	{{"controlPlane.maxPods", EDIT_IN_CLUSTER, EDIT_INT, EDIT_NODES,
		 "max pods of control-plane nodes"},
		{"spec", "masterKubelet", "maxPods"}, {"spec", "controlPlaneKubelet", "maxPods"},
		/* kops takes 0 and -5, with which a node takes no pod at all (facts: kops 0.9) */
		.least = 1, .most = INT32_MAX},
	{{"env.", EDIT_IN_CLUSTER, EDIT_ENTRY, EDIT_ALL_NODES, "variable of Amazon's VPC CNI"},
		{"spec", "networking", "amazonvpc", "env"},
		{"spec", "networking", "amazonVPC", "env"}, .check = edit_check_env},
	{{"image", EDIT_IN_GROUP, EDIT_TEXT, EDIT_NODES, "machine image"}, {"spec", "image"},
		.check = edit_check_image},
	{{"kubernetesVersion", EDIT_IN_CLUSTER, EDIT_TEXT, EDIT_ALL_NODES, "Kubernetes' version"},
		{"spec", "kubernetesVersion"}, .check = edit_check_version},
	{{"machineType", EDIT_IN_GROUP, EDIT_TEXT, EDIT_NODES, "instance type"},
		{"spec", "machineType"}, .check = edit_check_types},
	{{"maxPods", EDIT_IN_CLUSTER | EDIT_IN_GROUP, EDIT_INT, EDIT_NODES, "most pods of a node"},
		{"spec", "kubelet", "maxPods"}, .least = 1, .most = INT32_MAX},
	{{"maxSize", EDIT_IN_GROUP, EDIT_INT, EDIT_SIZE, "most nodes"}, {"spec", "maxSize"},
		.least = 0, .most = INT32_MAX},
	{{"minSize", EDIT_IN_GROUP, EDIT_INT, EDIT_SIZE, "fewest nodes"}, {"spec", "minSize"},
		.least = 0, .most = INT32_MAX},
	{{"nodeLabels.", EDIT_IN_GROUP, EDIT_TEXT, EDIT_NODES, "label of the nodes"},
		{"spec", "nodeLabels"}, .check = edit_check_node_label},
	{{"rollingUpdate.maxSurge", EDIT_IN_CLUSTER | EDIT_IN_GROUP, EDIT_COUNT, EDIT_ROLLS,
		 "further nodes while rolling"},
		{"spec", "rollingUpdate", "maxSurge"}},
	{{"rollingUpdate.maxUnavailable", EDIT_IN_CLUSTER | EDIT_IN_GROUP, EDIT_COUNT, EDIT_ROLLS,
		 "nodes that may be missing while rolling"},
		{"spec", "rollingUpdate", "maxUnavailable"}},
	{{"rootVolumeSize", EDIT_IN_GROUP, EDIT_INT, EDIT_NODES, "root volume, GiB"},
		{"spec", "rootVolumeSize"}, {"spec", "rootVolume", "size"},
		/* EBS goes no further for any type */
		.least = 1, .most = 65536},
	{{"rootVolumeType", EDIT_IN_GROUP, EDIT_TEXT, EDIT_NODES, "root volume's type"},
		{"spec", "rootVolumeType"}, {"spec", "rootVolume", "type"},
		.check = edit_check_volume_type},
	{{"subnets", EDIT_IN_GROUP, EDIT_LIST, EDIT_SIZE, "subnets, by the cluster's names"},
		{"spec", "subnets"}, .check = edit_check_subnets},
	{{"taints", EDIT_IN_GROUP, EDIT_LIST, EDIT_NODES, "taints, key=value:Effect"},
		{"spec", "taints"}, .check = edit_check_taints},
};

static const size_t nedit_rows = sizeof(edit_rows) / sizeof(*edit_rows);

const struct edit_setting *edit_setting_at(size_t i)
{
	return i < nedit_rows ? &edit_rows[i].s : NULL;
}

const struct edit_row *edit_row_find(const char *key, const char **name)
{
	for (size_t i = 0; i < nedit_rows; i++) {
		const char *k = edit_rows[i].s.key;
		bool named = str_ends(k, ".");

		if (named ? str_starts(key, k) : str_eq(key, k)) {
			if (name) {
				*name = named ? key + strlen(k) : "";
			}
			return &edit_rows[i];
		}
	}
	return NULL;
}

const struct edit_setting *edit_setting_find(const char *key)
{
	const struct edit_row *row = edit_row_find(key, NULL);

	return row ? &row->s : NULL;
}

size_t edit_row_path(const struct edit_row *row, int alpha, const char *path[EDIT_MAX_PATH])
{
	const char *const *from = alpha == 3 && row->path3[0] ? row->path3 : row->path;
	size_t n = 0;

	while (n < EDIT_MAX_PATH && from[n]) {
		path[n] = from[n];
		n++;
	}
	return n;
}
