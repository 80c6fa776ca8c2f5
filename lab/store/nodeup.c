/* SPDX-License-Identifier: Apache-2.0 */
/* What a booting node is given: nodeupconfig.yaml and the user data that names its hash. */
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/digest.h"
#include "lab/store.h"

static const char nodeup_text[] =
	"CAs: {}\n"
	"ClusterName: @CLUSTER@\n"
	"DefaultMachineType: @TYPE@\n"
	"Hooks: [null, null]\n"
	"KubernetesVersion: @VERSION@\n"
	"UpdatePolicy: automatic\n"
	"usesLegacyGossip: false\n"
	"usesNoneDNS: true\n";

static const char control_plane_text[] =
	"EtcdClusterNames: [main, events]\n"
	"FileAssets:\n"
	"- path: /var/lib/kube-scheduler/config.yaml\n"
	"  content: |\n"
	"    apiVersion: kubescheduler.config.k8s.io/v1\n"
	"    clientConnection:\n"
	"      kubeconfig: /var/lib/kube-scheduler/kubeconfig\n"
	"    kind: KubeSchedulerConfiguration\n"
	"channelsManifest: @BASE@/manifests/channels/kops-channels.yaml\n"
	"configStore:\n"
	"  keypairs: @BASE@/pki\n"
	"  secrets: @BASE@/secrets\n"
	"etcdManifests:\n"
	"- @BASE@/manifests/etcd/main-@GROUP@.yaml\n"
	"- @BASE@/manifests/etcd/events-@GROUP@.yaml\n"
	"staticManifests:\n"
	"- key: kube-apiserver-healthcheck\n"
	"  path: manifests/static/kube-apiserver-healthcheck.yaml\n";

static const char user_data_text[] =
	"#!/bin/bash\n"
	"# What the lab's nodes would run, if they were more than a kubelet made of timers.\n"
	"set -o errexit\n"
	"set -o nounset\n"
	"set -o pipefail\n"
	"\n"
	"NODEUP_URL_AMD64=https://artifacts.k8s.io/binaries/kops/" KOPS_LAB_VERSION
	"/linux/amd64/nodeup\n"
	"export AWS_REGION=@REGION@\n"
	"mkdir -p /opt/kops/conf\n"
	"cd /opt/kops\n"
	"\n"
	"cat > conf/kube_env.yaml << '__EOF_KUBE_ENV'\n"
	"CloudProvider: aws\n"
	"ClusterName: @CLUSTER@\n"
	"%s"
	"InstanceGroupName: @GROUP@\n"
	"InstanceGroupRole: %s\n"
	"NodeupConfigHash: %s\n"
	"\n"
	"__EOF_KUBE_ENV\n"
	"\n"
	"download-release \"$NODEUP_URL_AMD64\"\n"
	"echo \"== nodeup node config done ==\"\n";

static const char *const assets[] = {
	"https://dl.k8s.io/release/v@VERSION@/bin/linux/%s/kubelet",
	"https://dl.k8s.io/release/v@VERSION@/bin/linux/%s/kubectl",
	("https://github.com/containerd/containerd/releases/download/v2.2.4/"
	 "containerd-2.2.4-linux-%s.tar.gz"),
	"https://github.com/opencontainers/runc/releases/download/v1.3.5/runc.%s",
};

static const char *const keypairs[] = { "apiserver-aggregator-ca", "etcd-clients-ca",
	"etcd-manager-ca-events", "etcd-manager-ca-main", "etcd-peers-ca-events",
	"etcd-peers-ca-main", "service-account" };

/* The lab has no such binaries: the hash of the name stands for that of the bytes. */
static void add_assets(struct tree *t, const struct store_vars *v)
{
	static const char *const arch[] = { "amd64", "arm64" };

	for (size_t a = 0; a < 2; a++) {
		char *path = xasprintf("Assets.%s", arch[a]);
		struct tree *list = tree_of("[]");

		for (size_t i = 0; i < sizeof(assets) / sizeof(*assets); i++) {
			char *named = xasprintf(assets[i], arch[a]);
			char *url = store_fill(named, v);
			char hex[65], *line;

			digest_sha256_hex(url, strlen(url), hex);
			line = xasprintf("%s@%s", hex, url);
			tree_add(list, tree_scalar(line, true));
			free(line);
			free(url);
			free(named);
		}
		tree_set(t, path, list);
		free(path);
	}
}

/* A key's id is a number that stays as long as the key: made from its name here. */
static void add_keypair(struct tree *t, const char *name)
{
	char hex[65], id[32], *path = xasprintf("KeypairIDs.%s", name);
	size_t n = 0;

	digest_sha256_hex(name, strlen(name), hex);
	id[n++] = '7';
	for (size_t i = 0; n < 28; i++)
		id[n++] = (char)('0' + (hex[i] % 10));
	id[n] = '\0';
	tree_set_text(t, path, id, true);
	free(path);
}

static struct tree *nodeup_kubelet(const struct tree *completed, const struct tree *group,
	bool control_plane)
{
	struct tree *k = tree_copy(tree_at(completed,
		control_plane ? "spec.masterKubelet" : "spec.kubelet"));
	const struct tree *taints = tree_at(group, "spec.taints");
	struct tree *labels = tree_of("{}"), *list = tree_of("[]");

	tree_merge(k, tree_at(group, "spec.kubelet"));
	tree_merge(labels, tree_at(group, "spec.nodeLabels"));
	if (control_plane) {
		tree_set_text(labels, "[kops.k8s.io/kops-controller-pki]", "", true);
		tree_set_text(labels, "[node-role.kubernetes.io/control-plane]", "", true);
		tree_set_text(labels, "[node.kubernetes.io/exclude-from-external-load-balancers]",
			"", true);
		tree_add(list, tree_scalar("node-role.kubernetes.io/control-plane=:NoSchedule",
			true));
	} else {
		tree_set_text(labels, "[node-role.kubernetes.io/node]", "", true);
	}
	for (size_t i = 0; taints && i < taints->n; i++)
		tree_add(list, tree_copy(taints->items[i]));
	tree_merge(labels, tree_at(k, "nodeLabels"));
	tree_set(k, "nodeLabels", labels);
	if (list->n)
		tree_set(k, "taints", list);
	else
		tree_free(list);
	return k;
}

struct tree *store_nodeup(const struct tree *completed, const struct tree *group,
	const struct store_vars *v)
{
	bool cp = str_eq(store_group_role(group), "control-plane");
	struct tree *t = store_fill_tree(nodeup_text, v);

	add_assets(t, v);
	tree_set(t, "KubeletConfig", nodeup_kubelet(completed, group, cp));
	tree_set(t, "KubeProxy", tree_copy(tree_at(completed, "spec.kubeProxy")));
	tree_set(t, "containerdConfig", tree_copy(tree_at(completed, "spec.containerd")));
	/* without env: the CNI's settings never change what a node boots with (facts 3) */
	tree_set(t, "Networking.amazonVPC", tree_of("{}"));
	tree_set(t, "Networking.nonMasqueradeCIDR",
		tree_copy(tree_at(completed, "spec.nonMasqueradeCIDR")));
	tree_set(t, "Networking.serviceClusterIPRange",
		tree_copy(tree_at(completed, "spec.serviceClusterIPRange")));
	add_keypair(t, "kubernetes-ca");
	if (cp) {
		struct tree *more = store_fill_tree(control_plane_text, v);

		tree_merge(t, more);
		tree_free(more);
		for (size_t i = 0; i < sizeof(keypairs) / sizeof(*keypairs); i++)
			add_keypair(t, keypairs[i]);
		tree_set(t, "APIServerConfig.API", tree_of("{}"));
		tree_set_text(t, "APIServerConfig.ClusterDNSDomain", "cluster.local", true);
		tree_set(t, "APIServerConfig.KubeAPIServer",
			tree_copy(tree_at(completed, "spec.kubeAPIServer")));
		tree_set(t, "ControlPlaneConfig.KubeControllerManager",
			tree_copy(tree_at(completed, "spec.kubeControllerManager")));
		tree_set(t, "ControlPlaneConfig.KubeScheduler",
			tree_copy(tree_at(completed, "spec.kubeScheduler")));
	}
	return t;
}

char *store_user_data(const struct tree *group, const struct store_vars *v,
	const char *nodeup)
{
	bool cp = str_eq(store_group_role(group), "control-plane");
	uint8_t sum[DIGEST_SHA256];
	struct buf hash = BUF_INIT;
	char *with_hash, *out;

	digest_sha256(nodeup, strlen(nodeup), sum);
	base64_encode(&hash, sum, sizeof(sum));
	with_hash = xasprintf(user_data_text, cp ? "ConfigBase: @BASE@\n" : "",
		cp ? "ControlPlane" : "Node", buf_str(&hash));
	out = store_fill(with_hash, v);
	free(with_hash);
	buf_release(&hash);
	return out;
}
