/* SPDX-License-Identifier: Apache-2.0 */
/* The static pods of the control plane, in short. */
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/store.h"

static const char channels_text[] =
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata:\n"
	"  labels: {k8s-app: kops-channels}\n"
	"  name: kops-channels\n"
	"  namespace: kube-system\n"
	"spec:\n"
	"  containers:\n"
	"  - args: [apply, channel, --v=4, --yes, --interval=1m0s, --node-name=$(NODE_NAME),\n"
	"      '@BASE@/addons/bootstrap-channel.yaml']\n"
	"    env:\n"
	"    - name: NODE_NAME\n"
	"      valueFrom: {fieldRef: {fieldPath: spec.nodeName}}\n"
	"    - name: KUBECONFIG\n"
	"      value: /var/lib/kops/kubeconfig\n"
	"    - name: AWS_REGION\n"
	"      value: @REGION@\n"
	"    image: registry.k8s.io/kops/channels:" KOPS_LAB_VERSION "\n"
	"    name: kops-channels\n"
	"    resources: {requests: {cpu: 50m, memory: 50Mi}}\n"
	"  dnsPolicy: Default\n"
	"  hostNetwork: true\n"
	"  priorityClassName: system-node-critical\n"
	"status: {}\n";

static const char healthcheck_text[] =
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {}\n"
	"spec:\n"
	"  containers:\n"
	"  - args: [--ca-cert=/secrets/ca.crt, --client-cert=/secrets/client.crt,\n"
	"      --client-key=/secrets/client.key]\n"
	"    image: registry.k8s.io/kops/kube-apiserver-healthcheck:" KOPS_LAB_VERSION "\n"
	"    name: healthcheck\n"
	"    resources: {}\n"
	"status: {}\n";

static const char etcd_text[] =
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata:\n"
	"  labels: {k8s-app: etcd-manager-@TYPE@}\n"
	"  name: etcd-manager-@TYPE@\n"
	"  namespace: kube-system\n"
	"spec:\n"
	"  containers:\n"
	"  - args: [--log-file=/var/log/etcd.log, --also-stdout, /ko-app/etcd-manager,\n"
	"      '--backup-store=@BASE@/backups/etcd/@TYPE@', --containerized=true,\n"
	"      --dns-suffix=.internal.@CLUSTER@, --v=6, --volume-name-tag=k8s.io/etcd/@TYPE@,\n"
	"      --volume-provider=aws]\n"
	"    command: [/go-runner]\n"
	"    image: registry.k8s.io/etcd-manager/etcd-manager-slim:v3.0.20260707\n"
	"    name: etcd-manager\n"
	"    resources: {requests: {cpu: 200m, memory: 100Mi}}\n"
	"    securityContext: {privileged: true}\n"
	"  hostNetwork: true\n"
	"  hostPID: true\n"
	"  priorityClassName: system-cluster-critical\n"
	"status: {}\n";

static void add_manifest(struct store_plan *p, const char *text, const struct store_vars *v,
	char *path, char *task)
{
	struct tree *t = store_fill_tree(text, v);
	struct buf out = BUF_INIT;

	tree_write(t, &out);
	tree_free(t);
	store_plan_add(p, path, task, buf_detach(&out));
}

void store_manifests(const struct store_specs *s, const struct store_vars *v,
	struct store_plan *p)
{
	static const char *const etcds[] = { "main", "events" };

	for (size_t i = 0; i < s->n; i++) {
		const char *name = store_group_name(s->groups[i]);

		if (!str_eq(store_group_role(s->groups[i]), "control-plane"))
			continue;
		for (size_t k = 0; k < 2; k++) {
			struct store_vars mine = *v;

			mine.type = etcds[k];
			add_manifest(p, etcd_text, &mine,
				xasprintf("manifests/etcd/%s-%s.yaml", etcds[k], name),
				xasprintf("ManagedFile/manifests-etcdmanager-%s-%s", etcds[k],
					name));
		}
	}
	add_manifest(p, channels_text, v, xstrdup("manifests/channels/kops-channels.yaml"),
		xstrdup("ManagedFile/manifests-kops-channels"));
	add_manifest(p, healthcheck_text, v,
		xstrdup("manifests/static/kube-apiserver-healthcheck.yaml"),
		xstrdup("ManagedFile/manifests-static-kube-apiserver-healthcheck"));
}
