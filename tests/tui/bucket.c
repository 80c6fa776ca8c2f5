/* SPDX-License-Identifier: Apache-2.0 */
/* The story's cluster in a state store that is an array. */
#include "tests/tui/bucket.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/tui/world.h"

#define HOUR INT64_C(3600000)
#define NODEUP "ClusterName: " WORLD_CLUSTER "\nDefaultMachineType: t3.medium\nKubeletConfig:\n" \
	"  cgroupDriver: systemd\n"
#define ENTRY(name, id, hash) \
	"  - id: " id "\n    manifest: " name "/" id ".yaml\n    manifestHash: " hash "\n" \
	"    name: " name "\n"
#define CNI "networking.amazon-vpc-routed-eni"

static const struct bucket_file {
	const char *path, *text; /* text NULL: the fixture's own */
	int64_t ago;
} files[] = {
	{ "addons/bootstrap-channel.yaml", "kind: Addons\nmetadata:\n  name: bootstrap\nspec:\n"
		"  addons:\n"
		ENTRY("kops-controller.addons.k8s.io", "k8s-1.16", "1034b4035a2b")
		"    needsRollingUpdate: control-plane\n"
		ENTRY("coredns.addons.k8s.io", "k8s-1.12", "318b7a93273c")
		ENTRY("node-termination-handler.aws", "k8s-1.11", "77aa0e3c91b2")
		ENTRY("certmanager.io", "k8s-1.16", "5bb0c1d2e3f4")
		ENTRY(CNI, "k8s-1.16", "93f74bb8aa01") "    needsRollingUpdate: all\n", 2 * HOUR },
	{ "addons/" CNI "/k8s-1.16.yaml", "apiVersion: apps/v1\nkind: DaemonSet\n", 2 * HOUR },
	{ "addons/coredns.addons.k8s.io/k8s-1.12.yaml", "apiVersion: apps/v1\nkind: Deployment\n",
		70 * HOUR },
	{ "backups/etcd/main/2026-11-22T10:00:00Z-000001/etcd.backup.gz", "x", HOUR },
	{ "cluster-completed.spec", "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n"
		"  name: " WORLD_CLUSTER "\nspec:\n  cloudProvider: aws\n"
		"  clusterDNSDomain: cluster.local\n  kubelet:\n    anonymousAuth: false\n"
		"    cgroupDriver: systemd\n    cgroupRoot: /\n  kubernetesVersion: 1.34.2\n"
		"  networkCIDR: 172.30.0.0/16\n  networking:\n    amazonvpc: {}\n"
		"  nonMasqueradeCIDR: 100.64.0.0/10\n  podCIDR: 100.96.0.0/11\n", 2 * HOUR },
	{ "config", NULL, HOUR / 4 },
	{ "igconfig/control-plane/control-plane-ap-northeast-2a/nodeupconfig.yaml", NODEUP,
		70 * HOUR },
	{ "igconfig/node/nodes-ap-northeast-2a/nodeupconfig.yaml", NODEUP, 70 * HOUR },
	{ "igconfig/node/nodes-ap-northeast-2c/nodeupconfig.yaml", NODEUP, 70 * HOUR },
	{ "instancegroup/control-plane-ap-northeast-2a", "kind: InstanceGroup\n", 70 * HOUR },
	{ "instancegroup/nodes-ap-northeast-2a", "kind: InstanceGroup\n", 70 * HOUR },
	{ "instancegroup/nodes-ap-northeast-2c", "kind: InstanceGroup\n", 70 * HOUR },
	{ "kops-version.txt", "1.36.2", 70 * HOUR },
	{ "left-by-hand.txt", "remember", 9 * HOUR },
	{ "pki/private/kubernetes-ca/keyset.yaml", "apiVersion: kops.k8s.io/v1alpha2\nkind: Keyset\n"
		"spec:\n  keys:\n  - id: \"7710\"\n    privateMaterial: LS0tTk9CT0RZLVJFQURTLVRISVM=\n"
		"    publicMaterial: LS0tUFVCTElD\n  primaryId: \"7710\"\n  type: Keypair\n",
		70 * HOUR },
	{ "secrets/admin", "{\"Data\":\"Tk9CT0RZLVJFQURTLVRISVM=\"}\n", 70 * HOUR },
};
#define NFILES (sizeof(files) / sizeof(files[0]))

const char *bucket_text(const char *path)
{
	for (size_t i = 0; i < NFILES; i++) {
		if (str_starts(path, WORLD_CLUSTER "/") && files[i].text &&
			str_eq(path + strlen(WORLD_CLUSTER "/"), files[i].path)) {
			return files[i].text;
		}
	}
	return NULL;
}

void bucket_list(const char *path, size_t config_size,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx)
{
	struct store_entry v[NFILES];
	struct strlist names = { .v = NULL };
	const char *below = str_starts(path, WORLD_CLUSTER "/")
		? path + strlen(WORLD_CLUSTER "/") : NULL;
	for (size_t i = 0; below && i < NFILES; i++) {
		if (!str_starts(files[i].path, below)) {
			continue;
		}
		const char *rest = files[i].path + strlen(below), *slash = strchr(rest, '/');
		char *name = slash ? xstrndup(rest, (size_t)(slash - rest) + 1) : xstrdup(rest);
		if (!strlist_has(&names, name)) {
			const char *text = files[i].text;
			v[names.n] = (struct store_entry){ .size = slash ? -1 :
				(int64_t)(text ? strlen(text) : config_size),
				.modified = slash ? 0 : WORLD_NOW - files[i].ago };
			strlist_add(&names, name);
		}
		free(name);
	}
	for (size_t i = 0; i < names.n; i++) {
		v[i].name = names.v[i];
	}
	done(ctx, v, names.n, NULL);
	strlist_release(&names);
}
