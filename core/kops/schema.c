/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of kops' stored documents, by the mapping that they stand in. */
#include "core/kops/schema.h"

#include <ctype.h>

#include "core/base/strs.h"

static const struct schema_key schema_keys[] = {
	{ SCOPE_ROOT, "apiVersion", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_ROOT, "kind", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_ROOT, "metadata", TYPE_MAP, SCOPE_META, KEY_BOTH | KEY_OURS },
	{ SCOPE_META, "annotations", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_META, "creationTimestamp", TYPE_ANY, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_META, "generation", TYPE_INT64, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_META, "labels", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_META, "name", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_META, "namespace", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "additionalNetworkCIDRs", TYPE_STRINGS, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "additionalPolicies", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "additionalSans", TYPE_STRINGS, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "addons", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "api", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "assets", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "authentication", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "authorization", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "awsLoadBalancerController", TYPE_MAP, SCOPE_ADDON,
		KEY_V2 | KEY_OURS },
	{ SCOPE_CLUSTER, "certManager", TYPE_MAP, SCOPE_ADDON, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "channel", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "cloudConfig", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "cloudControllerManager", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "cloudLabels", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "cloudProvider", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "cloudProvider", TYPE_MAP, SCOPE_CLOUD, KEY_V3 },
	{ SCOPE_CLUSTER, "clusterAutoscaler", TYPE_MAP, SCOPE_ADDON, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "clusterDNSDomain", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "configBase", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "configStore", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "containerd", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "containerRuntime", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "controlPlaneKubelet", TYPE_MAP, SCOPE_KUBELET, KEY_V3 | KEY_OURS },
	{ SCOPE_CLUSTER, "DisableSubnetTags", TYPE_BOOL, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "dnsZone", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "docker", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "egressProxy", TYPE_MAP, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "encryptionConfig", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "etcdClusters", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "externalDns", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "fileAssets", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "gossipConfig", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "hooks", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "iam", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "isolateMasters", TYPE_BOOL, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "karpenter", TYPE_MAP, SCOPE_ADDON, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "keyStore", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "kubeAPIServer", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "kubeControllerManager", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "kubeDNS", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "kubelet", TYPE_MAP, SCOPE_KUBELET, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "kubeProxy", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "kubernetesApiAccess", TYPE_STRINGS, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "kubernetesVersion", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "kubeScheduler", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "masterInternalName", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "masterKubelet", TYPE_MAP, SCOPE_KUBELET, KEY_V2 | KEY_OURS },
	{ SCOPE_CLUSTER, "masterPublicName", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "metricsServer", TYPE_MAP, SCOPE_ADDON, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "networkCIDR", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "networkID", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "networking", TYPE_MAP, SCOPE_NETWORKING, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "nodePortAccess", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "nodeTerminationHandler", TYPE_MAP, SCOPE_ADDON,
		KEY_V2 | KEY_OURS },
	{ SCOPE_CLUSTER, "nonMasqueradeCIDR", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "podCIDR", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "podIdentityWebhook", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "project", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "rollingUpdate", TYPE_MAP, SCOPE_ROLLING, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "secretStore", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "serviceAccountIssuerDiscovery", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "serviceClusterIPRange", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "snapshotController", TYPE_MAP, SCOPE_ADDON, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLUSTER, "sshAccess", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "sshKeyName", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "subnets", TYPE_MAPS, SCOPE_SUBNET, KEY_V2 },
	{ SCOPE_CLUSTER, "sysctlParameters", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "tagSubnets", TYPE_BOOL, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "target", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "topology", TYPE_MAP, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CLUSTER, "updatePolicy", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "useHostCertificates", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CLUSTER, "warmPool", TYPE_MAP, SCOPE_WARM_POOL, KEY_V2 },
	{ SCOPE_GROUP, "additionalSecurityGroups", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "additionalUserData", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "associatePublicIP", TYPE_BOOL, SCOPE_NONE, KEY_V3 },
	{ SCOPE_GROUP, "associatePublicIp", TYPE_BOOL, SCOPE_NONE, KEY_V2 },
	{ SCOPE_GROUP, "autoscale", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "cloudLabels", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "compressUserData", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "containerd", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "cpuCredits", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "detailedInstanceMonitoring", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "externalLoadBalancers", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "fileAssets", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "guestAccelerators", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "hooks", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "iam", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "image", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "instanceInterruptionBehavior", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "instanceMetadata", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "instanceProtection", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "kubelet", TYPE_MAP, SCOPE_KUBELET, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "machineType", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "manager", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "maxInstanceLifetime", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "maxPrice", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "maxSize", TYPE_INT32, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "minSize", TYPE_INT32, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "mixedInstancesPolicy", TYPE_MAP, SCOPE_MIXED, KEY_BOTH },
	{ SCOPE_GROUP, "nodeLabels", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "packages", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "role", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "rollingUpdate", TYPE_MAP, SCOPE_ROLLING, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "rootVolume", TYPE_MAP, SCOPE_VOLUME, KEY_V3 | KEY_OURS },
	{ SCOPE_GROUP, "rootVolumeDeleteOnTermination", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "rootVolumeEncryption", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "rootVolumeEncryptionKey", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "rootVolumeIops", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "rootVolumeOptimization", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "rootVolumeSize", TYPE_INT32, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "rootVolumeThroughput", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "rootVolumeType", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "securityGroupOverride", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "spotDurationInMinutes", TYPE_INT64, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "subnets", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "suspendProcesses", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "sysctlParameters", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "taints", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_GROUP, "tenancy", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "updatePolicy", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "volumeMounts", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "volumes", TYPE_MAPS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_GROUP, "warmPool", TYPE_MAP, SCOPE_WARM_POOL, KEY_BOTH },
	{ SCOPE_GROUP, "zones", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "allowedUnsafeSysctls", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "allowPrivileged", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "anonymousAuth", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "apiServers", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "authenticationTokenWebhook", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "authorizationMode", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "bootstrapKubeconfig", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "cgroupDriver", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "cgroupRoot", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "clientCaFile", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "cloudProvider", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "clusterDNS", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "clusterDomain", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "configureCbr0", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "cpuCFSQuota", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "cpuManagerPolicy", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "enableDebuggingHandlers", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "enforceNodeAllocatable", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "evictionHard", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "evictionMaxPodGracePeriod", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "evictionMinimumReclaim", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "evictionSoft", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "evictionSoftGracePeriod", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "failSwapOn", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "featureGates", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "hairpinMode", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "hostnameOverride", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "imageGCHighThresholdPercent", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "imageGCLowThresholdPercent", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "kernelMemcgNotification", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "kubeconfigPath", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "kubeletCgroups", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "kubeReserved", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "kubeReservedCgroup", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "logFormat", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "logLevel", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "maxPods", TYPE_INT32, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_KUBELET, "networkPluginMTU", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "networkPluginName", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "nodeLabels", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "nonMasqueradeCIDR", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "podCIDR", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "podInfraContainerImage", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "podManifestPath", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "protectKernelDefaults", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "readOnlyPort", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "reconcileCIDR", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "registerNode", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "registerSchedulable", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "registryBurst", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "registryPullQPS", TYPE_INT32, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "requireKubeconfig", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "resolvConf", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "rootDir", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "rotateCertificates", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "runtimeCgroups", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "serializeImagePulls", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "systemCgroups", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "systemReserved", TYPE_STRING_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "systemReservedCgroup", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "taints", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "tlsCertFile", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "tlsCipherSuites", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "tlsMinVersion", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "tlsPrivateKeyFile", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "topologyManagerPolicy", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_KUBELET, "volumePluginDirectory", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "additionalNetworkCIDRs", TYPE_STRINGS, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "amazonvpc", TYPE_MAP, SCOPE_CNI, KEY_V2 | KEY_OURS },
	{ SCOPE_NETWORKING, "amazonVPC", TYPE_MAP, SCOPE_CNI, KEY_V3 | KEY_OURS },
	{ SCOPE_NETWORKING, "calico", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "canal", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "cilium", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "classic", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "cni", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "egressProxy", TYPE_MAP, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "external", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "flannel", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "gce", TYPE_MAP, SCOPE_NONE, KEY_V2 },
	{ SCOPE_NETWORKING, "gcp", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "isolateControlPlane", TYPE_BOOL, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "kindnet", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "kopeio", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "kubenet", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_NETWORKING, "kuberouter", TYPE_MAP, SCOPE_NONE, KEY_V2 },
	{ SCOPE_NETWORKING, "kubeRouter", TYPE_MAP, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "lyftvpc", TYPE_MAP, SCOPE_NONE, KEY_V2 },
	{ SCOPE_NETWORKING, "networkCIDR", TYPE_STRING, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "networkID", TYPE_STRING, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "nonMasqueradeCIDR", TYPE_STRING, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "podCIDR", TYPE_STRING, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "romana", TYPE_MAP, SCOPE_NONE, KEY_V2 },
	{ SCOPE_NETWORKING, "serviceClusterIPRange", TYPE_STRING, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "subnets", TYPE_MAPS, SCOPE_SUBNET, KEY_V3 },
	{ SCOPE_NETWORKING, "tagSubnets", TYPE_BOOL, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "topology", TYPE_MAP, SCOPE_NONE, KEY_V3 },
	{ SCOPE_NETWORKING, "weave", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_CNI, "env", TYPE_MAPS, SCOPE_ENV, KEY_BOTH | KEY_OURS },
	{ SCOPE_CNI, "image", TYPE_STRING, SCOPE_NONE, KEY_V3 },
	{ SCOPE_CNI, "imageName", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CNI, "initImage", TYPE_STRING, SCOPE_NONE, KEY_V3 },
	{ SCOPE_CNI, "initImageName", TYPE_STRING, SCOPE_NONE, KEY_V2 },
	{ SCOPE_CNI, "networkPolicyAgentImage", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_ENV, "name", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_ENV, "value", TYPE_STRING, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_ROLLING, "drainAndTerminate", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_ROLLING, "maxSurge", TYPE_INT_OR_STRING, SCOPE_NONE,
		KEY_BOTH | KEY_OURS },
	{ SCOPE_ROLLING, "maxUnavailable", TYPE_INT_OR_STRING, SCOPE_NONE,
		KEY_BOTH | KEY_OURS },
	{ SCOPE_MIXED, "instanceRequirements", TYPE_MAP, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_MIXED, "instances", TYPE_STRINGS, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_MIXED, "onDemandAboveBase", TYPE_INT64, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_MIXED, "onDemandAllocationStrategy", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_MIXED, "onDemandBase", TYPE_INT64, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_MIXED, "spotAllocationStrategy", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_MIXED, "spotInstancePools", TYPE_INT64, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_WARM_POOL, "enableLifecycleHook", TYPE_BOOL, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_WARM_POOL, "maxSize", TYPE_INT64, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_WARM_POOL, "minSize", TYPE_INT64, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_ADDON, "enabled", TYPE_BOOL, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_ADDON, "insecure", TYPE_BOOL, SCOPE_NONE, KEY_BOTH | KEY_OURS },
	{ SCOPE_CLOUD, "aws", TYPE_MAP, SCOPE_AWS, KEY_V3 | KEY_OURS },
	{ SCOPE_AWS, "loadBalancerController", TYPE_MAP, SCOPE_ADDON, KEY_V3 | KEY_OURS },
	{ SCOPE_AWS, "nodeTerminationHandler", TYPE_MAP, SCOPE_ADDON, KEY_V3 | KEY_OURS },
	{ SCOPE_VOLUME, "size", TYPE_INT32, SCOPE_NONE, KEY_V3 | KEY_OURS },
	{ SCOPE_VOLUME, "type", TYPE_STRING, SCOPE_NONE, KEY_V3 | KEY_OURS },
	{ SCOPE_SUBNET, "cidr", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_SUBNET, "egress", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_SUBNET, "id", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_SUBNET, "ipv6CIDR", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_SUBNET, "name", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_SUBNET, "publicIP", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_SUBNET, "region", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_SUBNET, "type", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
	{ SCOPE_SUBNET, "zone", TYPE_STRING, SCOPE_NONE, KEY_BOTH },
};

/* What the same thing is called in the other version of the API. */
static const struct {
	enum schema_scope scope;
	const char *alpha2, *alpha3;
} schema_names[] = {
	{ SCOPE_CLUSTER, "masterKubelet", "controlPlaneKubelet" },
	{ SCOPE_NETWORKING, "amazonvpc", "amazonVPC" },
	{ SCOPE_CNI, "imageName", "image" },
	{ SCOPE_CNI, "initImageName", "initImage" },
};

static const size_t nschema_keys = sizeof(schema_keys) / sizeof(*schema_keys);

static bool schema_has(const struct schema_key *k, enum schema_scope scope, int alpha)
{
	return k->scope == scope && (k->flags & (alpha == 3 ? KEY_V3 : KEY_V2));
}

const struct schema_key *schema_find(enum schema_scope scope, int alpha, const char *name)
{
	for (size_t i = 0; i < nschema_keys; i++) {
		if (schema_has(&schema_keys[i], scope, alpha) &&
			str_eq(schema_keys[i].name, name)) {
			return &schema_keys[i];
		}
	}
	return NULL;
}

/* Equal but for case, - and _. */
static bool schema_alike(const char *a, const char *b)
{
	for (;;) {
		while (*a == '-' || *a == '_') {
			a++;
		}
		while (*b == '-' || *b == '_') {
			b++;
		}
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b)) {
			return false;
		}
		if (!*a) {
			return true;
		}
		a++;
		b++;
	}
}

const struct schema_key *schema_meant(enum schema_scope scope, int alpha, const char *name)
{
	for (size_t i = 0; name && i < sizeof(schema_names) / sizeof(*schema_names); i++) {
		const char *other = alpha == 3 ? schema_names[i].alpha2 : schema_names[i].alpha3;
		const char *own = alpha == 3 ? schema_names[i].alpha3 : schema_names[i].alpha2;

		if (schema_names[i].scope == scope && schema_alike(other, name)) {
			return schema_find(scope, alpha, own);
		}
	}
	for (size_t i = 0; name && i < nschema_keys; i++) {
		if (schema_has(&schema_keys[i], scope, alpha) &&
			schema_alike(schema_keys[i].name, name)) {
			return &schema_keys[i];
		}
	}
	return NULL;
}
