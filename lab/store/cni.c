/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addons/networking.amazon-vpc-routed-eni/k8s-1.16.yaml: kops' defaults for
 * aws-node's environment, overlaid by spec.networking.amazonvpc.env (the last of
 * equal names wins), then the three that kops forces, sorted by name (facts 3).
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/store.h"

static const char rbac_text[] =
	"apiVersion: v1\n"
	"kind: ServiceAccount\n"
	"metadata:\n"
	"  labels:\n"
	"    addon.kops.k8s.io/name: networking.amazon-vpc-routed-eni\n"
	"    app.kubernetes.io/instance: aws-vpc-cni\n"
	"    app.kubernetes.io/managed-by: kops\n"
	"    app.kubernetes.io/name: aws-node\n"
	"    k8s-app: aws-node\n"
	"    role.kubernetes.io/networking: \"1\"\n"
	"  name: aws-node\n"
	"  namespace: kube-system\n"
	"\n---\n\n"
	"apiVersion: v1\n"
	"data:\n"
	"  branch-eni-cooldown: \"60\"\n"
	"  enable-network-policy-controller: \"false\"\n"
	"  enable-windows-ipam: \"false\"\n"
	"  enable-windows-prefix-delegation: \"false\"\n"
	"  minimum-ip-target: \"3\"\n"
	"  warm-ip-target: \"1\"\n"
	"  warm-prefix-target: \"0\"\n"
	"kind: ConfigMap\n"
	"metadata:\n"
	"  labels:\n"
	"    addon.kops.k8s.io/name: networking.amazon-vpc-routed-eni\n"
	"    app.kubernetes.io/managed-by: kops\n"
	"    app.kubernetes.io/name: aws-node\n"
	"    k8s-app: aws-node\n"
	"    role.kubernetes.io/networking: \"1\"\n"
	"  name: amazon-vpc-cni\n"
	"  namespace: kube-system\n"
	"\n---\n\n"
	"apiVersion: rbac.authorization.k8s.io/v1\n"
	"kind: ClusterRoleBinding\n"
	"metadata:\n"
	"  labels:\n"
	"    addon.kops.k8s.io/name: networking.amazon-vpc-routed-eni\n"
	"    app.kubernetes.io/managed-by: kops\n"
	"    app.kubernetes.io/name: aws-node\n"
	"    k8s-app: aws-node\n"
	"    role.kubernetes.io/networking: \"1\"\n"
	"  name: aws-node\n"
	"roleRef:\n"
	"  apiGroup: rbac.authorization.k8s.io\n"
	"  kind: ClusterRole\n"
	"  name: aws-node\n"
	"subjects:\n"
	"- kind: ServiceAccount\n"
	"  name: aws-node\n"
	"  namespace: kube-system\n"
	"\n---\n\n";

static const char daemonset_text[] =
	"apiVersion: apps/v1\n"
	"kind: DaemonSet\n"
	"metadata:\n"
	"  labels:\n"
	"    addon.kops.k8s.io/name: networking.amazon-vpc-routed-eni\n"
	"    app.kubernetes.io/instance: aws-vpc-cni\n"
	"    app.kubernetes.io/managed-by: kops\n"
	"    app.kubernetes.io/name: aws-node\n"
	"    app.kubernetes.io/version: v1.21.2\n"
	"    k8s-app: aws-node\n"
	"    role.kubernetes.io/networking: \"1\"\n"
	"  name: aws-node\n"
	"  namespace: kube-system\n"
	"spec:\n"
	"  selector: {matchLabels: {k8s-app: aws-node}}\n"
	"  template:\n"
	"    metadata:\n"
	"      labels:\n"
	"        app.kubernetes.io/instance: aws-vpc-cni\n"
	"        app.kubernetes.io/name: aws-node\n"
	"        k8s-app: aws-node\n"
	"        kops.k8s.io/managed-by: kops\n"
	"    spec:\n"
	"      hostNetwork: true\n"
	"      priorityClassName: system-node-critical\n"
	"      serviceAccountName: aws-node\n"
	"      terminationGracePeriodSeconds: 10\n"
	"      tolerations:\n"
	"      - operator: Exists\n"
	"      volumes:\n"
	"      - hostPath: {path: /sys/fs/bpf}\n"
	"        name: bpf-pin-path\n"
	"      - hostPath: {path: /opt/cni/bin}\n"
	"        name: cni-bin-dir\n"
	"      - hostPath: {path: /etc/cni/net.d}\n"
	"        name: cni-net-dir\n"
	"      - hostPath: {path: /var/log/aws-routed-eni, type: DirectoryOrCreate}\n"
	"        name: log-dir\n"
	"      - hostPath: {path: /var/run/aws-node, type: DirectoryOrCreate}\n"
	"        name: run-dir\n"
	"      - hostPath: {path: /run/xtables.lock, type: FileOrCreate}\n"
	"        name: xtables-lock\n"
	"  updateStrategy:\n"
	"    rollingUpdate: {maxUnavailable: 10%}\n"
	"    type: RollingUpdate\n";

static const char container_text[] =
	"name: aws-node\n"
	"livenessProbe:\n"
	"  exec: {command: [/app/grpc-health-probe, '-addr=:50051', -connect-timeout=5s,\n"
	"    -rpc-timeout=5s]}\n"
	"  initialDelaySeconds: 60\n"
	"  timeoutSeconds: 10\n"
	"ports:\n"
	"- containerPort: 61678\n"
	"  name: metrics\n"
	"readinessProbe:\n"
	"  exec: {command: [/app/grpc-health-probe, '-addr=:50051', -connect-timeout=5s,\n"
	"    -rpc-timeout=5s]}\n"
	"  initialDelaySeconds: 1\n"
	"  timeoutSeconds: 10\n"
	"resources: {requests: {cpu: 25m}}\n"
	"securityContext: {capabilities: {add: [NET_ADMIN, NET_RAW]}}\n"
	"volumeMounts:\n"
	"- {mountPath: /host/opt/cni/bin, name: cni-bin-dir}\n"
	"- {mountPath: /host/etc/cni/net.d, name: cni-net-dir}\n"
	"- {mountPath: /host/var/log/aws-routed-eni, name: log-dir}\n"
	"- {mountPath: /var/run/aws-node, name: run-dir}\n"
	"- {mountPath: /run/xtables.lock, name: xtables-lock}\n";

static const char agent_text[] =
	"name: aws-eks-nodeagent\n"
	"args: [--enable-ipv6=false, --enable-network-policy=false]\n"
	"env:\n"
	"- name: MY_NODE_NAME\n"
	"  valueFrom: {fieldRef: {apiVersion: v1, fieldPath: spec.nodeName}}\n"
	"image: 602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon/"
	"aws-network-policy-agent:v1.3.2\n"
	"imagePullPolicy: IfNotPresent\n"
	"ports:\n"
	"- containerPort: 8162\n"
	"  name: agentmetrics\n"
	"resources: {requests: {cpu: 25m}}\n"
	"securityContext: {capabilities: {add: [NET_ADMIN]}, privileged: true}\n"
	"volumeMounts:\n"
	"- {mountPath: /host/opt/cni/bin, name: cni-bin-dir}\n"
	"- {mountPath: /sys/fs/bpf, name: bpf-pin-path}\n"
	"- {mountPath: /var/log/aws-routed-eni, name: log-dir}\n"
	"- {mountPath: /var/run/aws-node, name: run-dir}\n";

static const char init_text[] =
	"name: aws-vpc-cni-init\n"
	"env:\n"
	"- name: DISABLE_TCP_EARLY_DEMUX\n"
	"  value: \"false\"\n"
	"- name: ENABLE_IPv6\n"
	"  value: \"false\"\n"
	"imagePullPolicy: IfNotPresent\n"
	"resources: {requests: {cpu: 25m}}\n"
	"securityContext: {privileged: true}\n"
	"volumeMounts:\n"
	"- {mountPath: /host/opt/cni/bin, name: cni-bin-dir}\n";

/* Behind the sorted ones, in this order. */
static const char env_tail_text[] =
	"- name: VPC_CNI_VERSION\n"
	"  value: v1.21.2\n"
	"- name: MY_NODE_NAME\n"
	"  valueFrom: {fieldRef: {apiVersion: v1, fieldPath: spec.nodeName}}\n"
	"- name: MY_POD_NAME\n"
	"  valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}\n"
	"- name: CLUSTER_NAME\n"
	"  value: @CLUSTER@\n";

static const struct {
	const char *name, *value;
} env_defaults[] = {
	{ "AWS_VPC_CNI_NODE_PORT_SUPPORT", "true" },
	{ "AWS_VPC_ENI_MTU", "9001" },
	{ "AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", "false" },
	{ "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "false" },
	{ "AWS_VPC_K8S_CNI_EXTERNALSNAT", "false" },
	{ "AWS_VPC_K8S_CNI_LOGLEVEL", "DEBUG" },
	{ "AWS_VPC_K8S_CNI_LOG_FILE", "/host/var/log/aws-routed-eni/ipamd.log" },
	{ "AWS_VPC_K8S_CNI_RANDOMIZESNAT", "prng" },
	{ "AWS_VPC_K8S_CNI_VETHPREFIX", "eni" },
	{ "AWS_VPC_K8S_PLUGIN_LOG_FILE", "/var/log/aws-routed-eni/plugin.log" },
	{ "AWS_VPC_K8S_PLUGIN_LOG_LEVEL", "DEBUG" },
	{ "DISABLE_INTROSPECTION", "false" },
	{ "DISABLE_METRICS", "false" },
	{ "DISABLE_NETWORK_RESOURCE_PROVISIONING", "false" },
	{ "ENABLE_POD_ENI", "false" },
	{ "ENABLE_PREFIX_DELEGATION", "false" },
	{ "ENABLE_SUBNET_DISCOVERY", "true" },
	{ "NETWORK_POLICY_ENFORCING_MODE", "standard" },
	{ "WARM_ENI_TARGET", "1" },
	{ "WARM_PREFIX_TARGET", "1" },
};

static void env_put(struct tree *map, const char *name, const char *value)
{
	char *path = xasprintf("[%s]", name);

	tree_set_text(map, path, value, true);
	free(path);
}

static int key_cmp(const void *a, const void *b)
{
	return strcmp((*(struct tree *const *)a)->key, (*(struct tree *const *)b)->key);
}

static struct tree *cni_env(const struct tree *cni, const struct store_vars *v)
{
	const struct tree *user = tree_at(cni, "env");
	struct tree *map = tree_of("{}"), *list = tree_of("[]"), *tail;
	char *tags = xasprintf("{\"KubernetesCluster\":\"%s\","
		"\"kubernetes.io/cluster/%s\":\"owned\"}", v->cluster, v->cluster);

	for (size_t i = 0; i < sizeof(env_defaults) / sizeof(*env_defaults); i++)
		env_put(map, env_defaults[i].name, env_defaults[i].value);
	for (size_t i = 0; user && i < user->n; i++) {
		const char *name = tree_text(user->items[i], "name");
		const char *value = tree_text(user->items[i], "value");

		if (!str_empty(name))
			env_put(map, name, value ? value : "");
	}
	env_put(map, "ADDITIONAL_ENI_TAGS", tags);
	env_put(map, "ENABLE_IPv4", "true");
	env_put(map, "ENABLE_IPv6", "false");
	qsort(map->items, map->n, sizeof(*map->items), key_cmp);
	for (size_t i = 0; i < map->n; i++) {
		struct tree *item = tree_of("{}");

		tree_set_text(item, "name", map->items[i]->key, true);
		tree_set_text(item, "value", map->items[i]->text, true);
		tree_add(list, item);
	}
	tail = store_fill_tree(env_tail_text, v);
	for (size_t i = 0; i < tail->n; i++)
		tree_add(list, tree_copy(tail->items[i]));
	tree_free(tail);
	tree_free(map);
	free(tags);
	return list;
}

static void set_image(struct tree *container, const struct tree *cni, const char *field,
	const char *otherwise)
{
	const char *own = tree_text(cni, field);

	tree_set_text(container, "image", own ? own : otherwise, true);
}

char *store_cni_manifest(const struct tree *completed, const struct store_vars *v)
{
	const struct tree *cni = tree_at(completed, "spec.networking.amazonvpc");
	struct tree *ds = store_fill_tree(daemonset_text, v);
	struct tree *node = store_fill_tree(container_text, v);
	struct tree *init = store_fill_tree(init_text, v);
	struct tree *list = tree_of("[]"), *inits = tree_of("[]");
	struct buf out = BUF_INIT;

	tree_set(node, "env", cni_env(cni, v));
	set_image(node, cni, "imageName",
		"602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.21.2");
	set_image(init, cni, "initImageName",
		"602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni-init:v1.21.2");
	tree_add(list, node);
	tree_add(list, store_fill_tree(agent_text, v));
	tree_add(inits, init);
	tree_set(ds, "spec.template.spec.containers", list);
	tree_set(ds, "spec.template.spec.initContainers", inits);
	buf_adds(&out, rbac_text);
	tree_write(ds, &out);
	tree_free(ds);
	return buf_detach(&out);
}
