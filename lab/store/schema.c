/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kops' types know of an object: unknown keys are silently dropped, keys
 * are case-sensitive, wrong types make the object unreadable (facts: kops 0.1,
 * 0.2, 1.4, 2).  Only the places that people edit are listed key by key.
 */
#include <stdint.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/yaml.h"
#include "lab/store.h"

static const char *const cluster_keys[] = { "additionalNetworkCIDRs", "additionalPolicies",
	"additionalSANs", "addons", "api", "assets", "authentication", "authorization",
	"awsLoadBalancerController", "certManager", "channel", "cloudConfig",
	"cloudControllerManager", "cloudLabels", "cloudProvider", "clusterAutoscaler",
	"clusterDNSDomain", "configBase", "configStore", "containerRuntime", "containerd",
	"dnsZone", "egressProxy", "encryptionConfig", "etcdClusters", "externalDns",
	"externalPolicies", "fileAssets", "gossipConfig", "hooks", "iam", "isolateMasters",
	"karpenter", "keyStore", "kubeAPIServer", "kubeControllerManager", "kubeDNS",
	"kubeProxy", "kubeScheduler", "kubelet", "kubernetesApiAccess", "kubernetesVersion",
	"masterInternalName", "masterKubelet", "masterPublicName", "metricsServer",
	"networkCIDR", "networkID", "networking", "nodeAuthorization",
	"nodePortAccess", "nodeProblemDetector", "nodeTerminationHandler",
	"nonMasqueradeCIDR", "ntp", "packages", "podCIDR", "podIdentityWebhook", "project",
	"rollingUpdate", "secretStore", "serviceAccountIssuerDiscovery",
	"serviceClusterIPRange", "snapshotController", "sshAccess", "sshKeyName", "subnets",
	"sysctlParameters", "tagSubnets", "target", "topology", "updatePolicy",
	"useHostCertificates", "warmPool", NULL };

static const char *const kubelet_keys[] = { "allowPrivileged", "allowedUnsafeSysctls",
	"anonymousAuth", "apiServers", "authenticationTokenWebhook",
	"authenticationTokenWebhookCacheTtl", "authorizationMode", "babysitDaemons",
	"bootstrapKubeconfig", "cgroupDriver", "cgroupRoot", "clientCaFile", "cloudProvider",
	"clusterDNS", "clusterDomain", "configureCbr0", "containerLogMaxFiles",
	"containerLogMaxSize", "cpuCFSQuota", "cpuCFSQuotaPeriod", "cpuManagerPolicy",
	"enableCadvisorJsonEndpoints", "enableCustomMetrics", "enableDebuggingHandlers",
	"enforceNodeAllocatable", "eventBurst", "eventQPS", "evictionHard",
	"evictionMaxPodGracePeriod", "evictionMinimumReclaim", "evictionPressureTransitionPeriod",
	"evictionSoft", "evictionSoftGracePeriod", "experimentalAllowedUnsafeSysctls",
	"failSwapOn", "featureGates", "hairpinMode", "hostnameOverride",
	"housekeepingInterval", "imageGCHighThresholdPercent", "imageGCLowThresholdPercent",
	"imageMaximumGCAge", "imageMinimumGCAge", "imagePullProgressDeadline",
	"kernelMemcgNotification",
	"kubeReserved", "kubeReservedCgroup", "kubeconfigPath", "kubeletCgroups",
	"logFormat", "logLevel", "maxParallelImagePulls", "maxPods", "memorySwapBehavior",
	"networkPluginMTU", "networkPluginName", "nodeLabels", "nodeStatusUpdateFrequency",
	"nonMasqueradeCIDR", "nvidiaGPUs", "podCIDR", "podInfraContainerImage",
	"podManifestPath", "podPidsLimit", "protectKernelDefaults", "readOnlyPort",
	"reconcileCIDR", "registerNode", "registerSchedulable", "registryBurst",
	"registryPullQPS", "requireKubeconfig", "resolvConf", "rootDir",
	"rotateCertificates", "runtimeCgroups", "runtimeRequestTimeout",
	"seccompDefault", "seccompProfileRoot", "serializeImagePulls",
	"shutdownGracePeriod", "shutdownGracePeriodCriticalPods",
	"streamingConnectionIdleTimeout", "systemCgroups", "systemReserved",
	"systemReservedCgroup", "taints", "tlsCertFile", "tlsCipherSuites", "tlsMinVersion",
	"tlsPrivateKeyFile", "topologyManagerPolicy", "volumePluginDirectory",
	"volumeStatsAggPeriod", NULL };

static const char *const networking_keys[] = { "amazonvpc", "calico", "canal", "cilium",
	"classic", "cni", "external", "flannel", "gce", "kindnet", "kopeio", "kube-router",
	"kubenet", "kuberouter", "lyftvpc", "romana", "weave", NULL };

static const char *const amazonvpc_keys[] = { "env", "imageName", "initImageName",
	"networkPolicyAgentImage", NULL };

static const char *const group_keys[] = { "additionalSecurityGroups", "additionalUserData",
	"associatePublicIp", "autoscale", "autoscalePriority", "capacityRebalance",
	"cloudLabels", "compressUserData", "containerd", "cpuCredits",
	"detailedInstanceMonitoring", "externalLoadBalancers", "fileAssets", "gcpProvisioningModel",
	"guestAccelerators", "hooks", "iam", "image", "instanceInterruptionBehavior",
	"instanceMetadata", "instanceProtection", "kubelet", "kubernetesVersion", "machineType",
	"manager", "maxInstanceLifetime", "maxPrice", "maxSize", "minSize",
	"mixedInstancesPolicy", "nodeLabels", "packages", "role", "rollingUpdate",
	"rootVolumeEncryption", "rootVolumeEncryptionKey", "rootVolumeIops",
	"rootVolumeOptimization", "rootVolumeSize", "rootVolumeThroughput", "rootVolumeType",
	"securityGroupOverride", "spotDurationInMinutes", "subnets", "suspendProcesses",
	"sysctlParameters", "taints", "tenancy", "updatePolicy", "volumeMounts", "volumes",
	"warmPool", "zones", NULL };

static void keep_known(struct tree *map, const char *const *known)
{
	size_t kept = 0;

	if (!map || map->kind != TREE_MAP)
		return;
	for (size_t i = 0; i < map->n; i++) {
		const char *const *k = known;

		while (*k && strcmp(*k, map->items[i]->key) != 0)
			k++;
		if (*k)
			map->items[kept++] = map->items[i];
		else
			tree_free(map->items[i]);
	}
	map->n = kept;
}

void store_schema_filter(struct tree *object)
{
	struct tree *spec = tree_at(object, "spec");

	if (str_eq(tree_text(object, "kind"), "InstanceGroup")) {
		keep_known(spec, group_keys);
		keep_known(tree_at(spec, "kubelet"), kubelet_keys);
		return;
	}
	keep_known(spec, cluster_keys);
	keep_known(tree_at(spec, "kubelet"), kubelet_keys);
	keep_known(tree_at(spec, "masterKubelet"), kubelet_keys);
	keep_known(tree_at(spec, "networking"), networking_keys);
	keep_known(tree_at(spec, "networking.amazonvpc"), amazonvpc_keys);
}

/* kops' integers are int32, absent or null when not set. */
static bool check_int32(const struct tree *object, const char *path, const char *what,
	struct err *e)
{
	const struct tree *n = tree_at(object, path);
	int64_t v;

	if (!n || n->kind == TREE_NULL)
		return true;
	if (n->kind != TREE_SCALAR || n->string || !tree_int(object, path, &v))
		return err_set(e, ERR_PARSE, "error parsing %s: json: cannot unmarshal %s into Go "
			"struct field %s of type int32", what,
			n->kind == TREE_SCALAR ? (n->string ? "string" : "number") : "object",
				path);
	if (v < INT32_MIN || v > INT32_MAX)
		return err_set(e, ERR_PARSE, "error parsing %s: json: cannot unmarshal number %s "
			"into Go struct field %s of type int32", what, n->text, path);
	return true;
}

static bool check_env(const struct tree *object, const char *what, struct err *e)
{
	const struct tree *env = tree_at(object, "spec.networking.amazonvpc.env");

	for (size_t i = 0; env && i < env->n; i++) {
		const struct tree *v = tree_at(env->items[i], "value");
		struct yaml_node plain = { .kind = YAML_SCALAR, .style = YAML_PLAIN };
		int64_t number;
		bool b;

		if (!v || v->kind != TREE_SCALAR || v->string)
			continue;
		plain.text = v->text;
		plain.text_len = strlen(v->text);
		if (yaml_bool(&plain, &b) || yaml_int(&plain, &number))
			return err_set(e, ERR_PARSE, "error parsing %s: json: cannot unmarshal %s "
				"into Go struct field EnvVar.spec.networking.amazonvpc.env.value "
				"of type string", what, yaml_bool(&plain, &b) ? "bool" : "number");
	}
	return true;
}

bool store_schema_check(const struct tree *object, const char *what, struct err *e)
{
	if (object->kind != TREE_MAP)
		return err_set(e, ERR_PARSE, "error parsing %s: no object in it", what);
	if (str_eq(tree_text(object, "kind"), "InstanceGroup"))
		return check_int32(object, "spec.kubelet.maxPods", what, e)
			&& check_int32(object, "spec.minSize", what, e)
			&& check_int32(object, "spec.maxSize", what, e);
	return check_int32(object, "spec.kubelet.maxPods", what, e)
		&& check_int32(object, "spec.masterKubelet.maxPods", what, e)
		&& check_env(object, what, e);
}
