/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The addons and the channel that lists them with their hashes.  Of
 * networking.amazon-vpc-routed-eni the lab's kops-channels reads the manifest; of
 * the others it notes the hash, and their manifests are there in short, so that
 * the store looks as a store does.  Those with a switch are listed while it is on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/digest.h"
#include "lab/store.h"

struct addon {
	const char *name, *id /* NULL: none */, *file, *rolls /* needsRollingUpdate */;
	const char *selector; /* label; NULL: k8s-addon */
	const char *text;     /* NULL: the CNI's, rendered */
	const char *enabled;  /* below the completed cluster; NULL: always there */
};

#define SWITCHED(addon_name, addon_id, field) \
	{ .name = addon_name, .id = addon_id, .file = addon_id ".yaml", \
	  .enabled = "spec." field ".enabled", \
	  .text = "apiVersion: v1\n" \
		"kind: ServiceAccount\n" \
		"metadata:\n" \
		"  labels:\n" \
		"    addon.kops.k8s.io/name: " addon_name "\n" \
		"    app.kubernetes.io/managed-by: kops\n" \
		"    k8s-addon: " addon_name "\n" \
		"  name: " field "\n" \
		"  namespace: kube-system\n" }

static const struct addon addons[] = {
	{ .name = "kops-controller.addons.k8s.io", .id = "k8s-1.16", .file = "k8s-1.16.yaml",
	  .rolls = "control-plane",
	  .text = "apiVersion: v1\n"
		"data:\n"
		"  config.yaml: |\n"
		"    {\"clusterName\":\"@CLUSTER@\",\"cloud\":\"aws\",\"configBase\":\"@BASE@\"}\n"
		"kind: ConfigMap\n"
		"metadata:\n"
		"  labels:\n"
		"    addon.kops.k8s.io/name: kops-controller.addons.k8s.io\n"
		"    app.kubernetes.io/managed-by: kops\n"
		"    k8s-addon: kops-controller.addons.k8s.io\n"
		"  name: kops-controller\n"
		"  namespace: kube-system\n" },
	{ .name = "coredns.addons.k8s.io", .id = "k8s-1.12", .file = "k8s-1.12.yaml",
	  .text = "apiVersion: v1\n"
		"kind: ServiceAccount\n"
		"metadata:\n"
		"  labels:\n"
		"    addon.kops.k8s.io/name: coredns.addons.k8s.io\n"
		"    app.kubernetes.io/managed-by: kops\n"
		"    k8s-addon: coredns.addons.k8s.io\n"
		"  name: coredns\n"
		"  namespace: kube-system\n" },
	{ .name = "limit-range.addons.k8s.io", .file = "v1.5.0.yaml",
	  .text = "apiVersion: v1\n"
		"kind: LimitRange\n"
		"metadata:\n"
		"  labels:\n"
		"    addon.kops.k8s.io/name: limit-range.addons.k8s.io\n"
		"    app.kubernetes.io/managed-by: kops\n"
		"    k8s-addon: limit-range.addons.k8s.io\n"
		"  name: limits\n"
		"  namespace: default\n"
		"spec:\n"
		"  limits:\n"
		"  - defaultRequest:\n"
		"      cpu: 100m\n"
		"    type: Container\n" },
	{ .name = "dns-controller.addons.k8s.io", .id = "k8s-1.12", .file = "k8s-1.12.yaml",
	  .text = "" },
	SWITCHED("node-termination-handler.aws", "k8s-1.11", "nodeTerminationHandler"),
	SWITCHED("certmanager.io", "k8s-1.16", "certManager"),
	SWITCHED("cluster-autoscaler.addons.k8s.io", "k8s-1.15", "clusterAutoscaler"),
	SWITCHED("metrics-server.addons.k8s.io", "k8s-1.11", "metricsServer"),
	SWITCHED("aws-load-balancer-controller.addons.k8s.io", "k8s-1.19",
		"awsLoadBalancerController"),
	SWITCHED("snapshot-controller.addons.k8s.io", "k8s-1.20", "snapshotController"),
	SWITCHED("karpenter.sh", "k8s-1.19", "karpenter"),
	{ .name = "storage-aws.addons.k8s.io", .id = "v1.15.0", .file = "v1.15.0.yaml",
	  .text = "apiVersion: storage.k8s.io/v1\n"
		"kind: StorageClass\n"
		"metadata:\n"
		"  annotations:\n"
		"    storageclass.kubernetes.io/is-default-class: \"true\"\n"
		"  labels:\n"
		"    addon.kops.k8s.io/name: storage-aws.addons.k8s.io\n"
		"    app.kubernetes.io/managed-by: kops\n"
		"    k8s-addon: storage-aws.addons.k8s.io\n"
		"  name: kops-csi-1-21\n"
		"provisioner: ebs.csi.aws.com\n" },
	{ .name = "networking.amazon-vpc-routed-eni", .id = "k8s-1.16", .file = "k8s-1.16.yaml",
	  .rolls = "all", .selector = "role.kubernetes.io/networking" },
	{ .name = "aws-cloud-controller.addons.k8s.io", .id = "k8s-1.18",
	  .file = "k8s-1.18.yaml",
	  .text = "apiVersion: v1\n"
		"kind: ServiceAccount\n"
		"metadata:\n"
		"  labels:\n"
		"    addon.kops.k8s.io/name: aws-cloud-controller.addons.k8s.io\n"
		"    app.kubernetes.io/managed-by: kops\n"
		"    k8s-addon: aws-cloud-controller.addons.k8s.io\n"
		"  name: aws-cloud-controller-manager\n"
		"  namespace: kube-system\n" },
};

static struct tree *addon_entry(const struct addon *a, const char *text)
{
	struct tree *t = tree_of("{}");
	char *manifest = xasprintf("%s/%s", a->name, a->file);
	char hash[65];

	digest_sha256_hex(text, strlen(text), hash);
	if (a->id)
		tree_set_text(t, "id", a->id, true);
	tree_set_text(t, "manifest", manifest, true);
	tree_set_text(t, "manifestHash", hash, true);
	tree_set_text(t, "name", a->name, true);
	if (a->rolls)
		tree_set_text(t, "needsRollingUpdate", a->rolls, true);
	if (a->selector)
		tree_set_text(t, "selector.[role.kubernetes.io/networking]", "1", true);
	else
		tree_set_text(t, "selector.k8s-addon", a->name, true);
	free(manifest);
	return t;
}

void store_addons(const struct tree *completed, const struct store_vars *v,
	struct store_plan *p)
{
	struct tree *channel = tree_of("kind: Addons\nmetadata: {name: bootstrap}\n");
	struct tree *list = tree_of("[]");
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof(addons) / sizeof(*addons); i++) {
		const struct addon *a = &addons[i];
		if (a->enabled && !str_eq(tree_text(completed, a->enabled), "true"))
			continue;
		char *text = a->text ? store_fill(a->text, v) : store_cni_manifest(completed, v);

		tree_add(list, addon_entry(a, text));
		store_plan_add(p, xasprintf("addons/%s/%s", a->name, a->file),
			xasprintf("AddonManifest/%s-addons-%s%s%s", v->cluster, a->name,
				a->id ? "-" : "", a->id ? a->id : ""), text);
	}
	tree_set(channel, "spec.addons", list);
	tree_write(channel, &out);
	tree_free(channel);
	store_plan_add(p, xstrdup("addons/bootstrap-channel.yaml"),
		xasprintf("BootstrapChannel/%s-addons-bootstrap", v->cluster), buf_detach(&out));
}
