/* SPDX-License-Identifier: Apache-2.0 */
/* The fully populated cluster: kops' defaults under what the user wrote. */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/store.h"

/* What kops 1.36 adds to a cluster on AWS with the Amazon VPC CNI. */
static const char defaults[] =
	"cloudConfig:\n"
	"  awsEBSCSIDriver: {version: v1.58.0}\n"
	"  manageStorageClasses: true\n"
	"cloudControllerManager:\n"
	"  allocateNodeCIDRs: true\n"
	"  clusterCIDR: 100.96.0.0/11\n"
	"  clusterName: @CLUSTER@\n"
	"  configureCloudRoutes: false\n"
	"  image: registry.k8s.io/provider-aws/cloud-controller-manager:v1.36.1\n"
	"  leaderElection: {leaderElect: true}\n"
	"clusterDNSDomain: cluster.local\n"
	"containerd:\n"
	"  logLevel: info\n"
	"  runc: {version: 1.3.5}\n"
	"  sandboxImage: registry.k8s.io/pause:3.10.1\n"
	"  version: 2.2.4\n"
	"keyStore: @BASE@/pki\n"
	"kubeAPIServer:\n"
	"  allowPrivileged: true\n"
	"  anonymousAuth: false\n"
	"  apiAudiences: [kubernetes.svc.default]\n"
	"  apiServerCount: 1\n"
	"  authorizationMode: Node,RBAC\n"
	"  bindAddress: 0.0.0.0\n"
	"  enableAdmissionPlugins: [DefaultStorageClass, DefaultTolerationSeconds, LimitRanger,\n"
	"    MutatingAdmissionWebhook, NamespaceLifecycle, NodeRestriction, ResourceQuota,\n"
	"    RuntimeClass, ServiceAccount, ValidatingAdmissionPolicy, ValidatingAdmissionWebhook]\n"
	"  etcdServers: ['https://127.0.0.1:4001']\n"
	"  etcdServersOverrides: ['/events#https://127.0.0.1:4002']\n"
	"  image: registry.k8s.io/kube-apiserver:v@VERSION@\n"
	"  kubeletPreferredAddressTypes: [InternalIP, Hostname, ExternalIP]\n"
	"  logLevel: 2\n"
	"  requestheaderAllowedNames: [aggregator]\n"
	"  requestheaderExtraHeaderPrefixes: [X-Remote-Extra-]\n"
	"  requestheaderGroupHeaders: [X-Remote-Group]\n"
	"  requestheaderUsernameHeaders: [X-Remote-User]\n"
	"  securePort: 443\n"
	"  serviceAccountIssuer: https://api.internal.@CLUSTER@\n"
	"  serviceAccountJWKSURI: https://api.internal.@CLUSTER@/openid/v1/jwks\n"
	"  serviceClusterIPRange: 100.64.0.0/13\n"
	"  storageBackend: etcd3\n"
	"kubeControllerManager:\n"
	"  allocateNodeCIDRs: true\n"
	"  attachDetachReconcileSyncPeriod: 1m0s\n"
	"  cloudProvider: external\n"
	"  clusterCIDR: 100.96.0.0/11\n"
	"  clusterName: @CLUSTER@\n"
	"  configureCloudRoutes: false\n"
	"  image: registry.k8s.io/kube-controller-manager:v@VERSION@\n"
	"  leaderElection: {leaderElect: true}\n"
	"  logLevel: 2\n"
	"  useServiceAccountCredentials: true\n"
	"kubeDNS:\n"
	"  cacheMaxConcurrent: 150\n"
	"  cacheMaxSize: 1000\n"
	"  cpuRequest: 100m\n"
	"  domain: cluster.local\n"
	"  memoryLimit: 170Mi\n"
	"  memoryRequest: 70Mi\n"
	"  nodeLocalDNS:\n"
	"    cpuRequest: 25m\n"
	"    enabled: false\n"
	"    image: registry.k8s.io/dns/k8s-dns-node-cache:1.26.0\n"
	"    memoryRequest: 5Mi\n"
	"  provider: CoreDNS\n"
	"  serverIP: 100.64.0.10\n"
	"kubeProxy:\n"
	"  cpuRequest: 100m\n"
	"  image: registry.k8s.io/kube-proxy:v@VERSION@\n"
	"  logLevel: 2\n"
	"kubeScheduler:\n"
	"  image: registry.k8s.io/kube-scheduler:v@VERSION@\n"
	"  leaderElection: {leaderElect: true}\n"
	"  logLevel: 2\n"
	"nodeTerminationHandler:\n"
	"  cpuRequest: 50m\n"
	"  deleteSQSMsgIfNodeNotFound: false\n"
	"  enableOutOfServiceTaint: false\n"
	"  enableRebalanceDraining: false\n"
	"  enableRebalanceMonitoring: false\n"
	"  enableScheduledEventDraining: true\n"
	"  enableSpotInterruptionDraining: true\n"
	"  enabled: true\n"
	"  excludeFromLoadBalancers: true\n"
	"  managedASGTag: aws-node-termination-handler/managed\n"
	"  memoryRequest: 64Mi\n"
	"  podTerminationGracePeriod: -1\n"
	"  prometheusEnable: false\n"
	"  taintNode: false\n"
	"  version: v1.25.5\n"
	"podCIDR: 100.96.0.0/11\n"
	"secretStore: @BASE@/secrets\n"
	"serviceClusterIPRange: 100.64.0.0/13\n";

static const char kubelet_defaults[] =
	"anonymousAuth: false\n"
	"cgroupDriver: systemd\n"
	"cgroupRoot: /\n"
	"cloudProvider: external\n"
	"clusterDNS: 100.64.0.10\n"
	"clusterDomain: cluster.local\n"
	"enableDebuggingHandlers: true\n"
	"evictionHard: memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%,"
	"imagefs.available<10%,imagefs.inodesFree<5%\n"
	"kubeconfigPath: /var/lib/kubelet/kubeconfig\n"
	"logLevel: 2\n"
	"podManifestPath: /etc/kubernetes/manifests\n"
	"protectKernelDefaults: true\n"
	/* forced off with the Amazon VPC CNI (facts 3) */
	"shutdownGracePeriod: 0s\n"
	"shutdownGracePeriodCriticalPods: 0s\n";

static void complete_etcd(struct tree *spec, const struct store_vars *v)
{
	struct tree *list = tree_at(spec, "etcdClusters");

	for (size_t i = 0; list && i < list->n; i++) {
		const char *name = tree_text(list->items[i], "name");
		char *at = xasprintf("%s/backups/etcd/%s", v->base, name ? name : "main");

		if (!tree_at(list->items[i], "backups.backupStore"))
			tree_set_text(list->items[i], "backups.backupStore", at, true);
		if (!tree_at(list->items[i], "version"))
			tree_set_text(list->items[i], "version", "3.6.12", true);
		free(at);
	}
}

struct tree *store_completed(const struct store_specs *s, const struct store_vars *v)
{
	struct tree *out = tree_copy(s->cluster);
	struct tree *spec = store_fill_tree(defaults, v);
	struct tree *kubelet = store_fill_tree(kubelet_defaults, v);
	const struct tree *user = tree_at(s->cluster, "spec");
	struct tree *master;

	tree_merge(kubelet, tree_at(user, "kubelet"));
	/* cluster.kubelet reaches the control plane unless masterKubelet says otherwise */
	master = tree_copy(kubelet);
	tree_merge(master, tree_at(user, "masterKubelet"));
	tree_set_text(master, "featureGates.ImageVolume", "true", true);
	tree_merge(spec, user);
	tree_set(spec, "kubelet", kubelet);
	tree_set(spec, "masterKubelet", master);
	complete_etcd(spec, v);
	tree_set(out, "spec", spec);
	return out;
}
