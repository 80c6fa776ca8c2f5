/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of aws-node. */
#include "core/rules/cni/vars.h"

#include <stdint.h>

#include "core/base/strs.h"

static const struct cni_var vars[] = {
	{ "ENABLE_PREFIX_DELEGATION", "false", "false", NULL, CNI_BOOL, 0,
		"a /28 of 16 addresses in each slot of an interface instead of one address" },
	{ "WARM_PREFIX_TARGET", "0", "1", NULL, CNI_COUNT, 0,
		"whole /28 kept free; counts only with prefixes and without an IP target" },
	{ "WARM_IP_TARGET", "0", NULL, NULL, CNI_COUNT, 0,
		"addresses kept free; wins over WARM_ENI_TARGET and WARM_PREFIX_TARGET" },
	{ "MINIMUM_IP_TARGET", "0", NULL, NULL, CNI_COUNT, 0,
		"addresses that a node holds at least; wins like WARM_IP_TARGET" },
	{ "WARM_ENI_TARGET", "1", "1", NULL, CNI_COUNT, 0,
		"whole interfaces kept free; counts only with single addresses and no IP target" },
	{ "MAX_ENI", "-1", NULL, NULL, CNI_COUNT, 0,
		"most interfaces of a node; the type's own limit holds too, below 1 is ignored" },
	{ "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "false", "false", NULL, CNI_BOOL, 0,
		"pods use the subnet of an ENIConfig; the primary interface gives them nothing" },
	{ "ENI_CONFIG_LABEL_DEF", "k8s.amazonaws.com/eniConfig", NULL, NULL, CNI_ANY, 0,
		"the node's label that names its ENIConfig" },
	{ "ENI_CONFIG_ANNOTATION_DEF", "k8s.amazonaws.com/eniConfig", NULL, NULL, CNI_ANY, 0,
		"the node's annotation that names its ENIConfig; wins over the label" },
	{ "ENABLE_POD_ENI", "false", "false", NULL, CNI_BOOL, 0,
		"security groups for pods: a trunk and branch interfaces, on Nitro only" },
	{ "POD_SECURITY_GROUP_ENFORCING_MODE", "strict", NULL, NULL, CNI_ANY, 0,
		"strict or standard; kube-proxy in ipvs mode needs standard" },
	{ "DISABLE_TCP_EARLY_DEMUX", "false", NULL, NULL, CNI_BOOL, CNI_INIT,
		"lets the kubelet's TCP probes reach pods with branch interfaces" },
	{ "ENABLE_SUBNET_DISCOVERY", "true", "true", NULL, CNI_BOOL, 0,
		"new interfaces go to the tagged subnet of the zone with most addresses free" },
	{ "AWS_MANAGE_ENIS_NON_SCHEDULABLE", "false", NULL, NULL, CNI_BOOL, 0,
		"a cordoned node's pool grows too" },
	{ "IP_COOLDOWN_PERIOD", "30", NULL, NULL, CNI_COUNT, 0,
		"seconds that a freed address rests before another pod gets it" },
	{ "AWS_VPC_ENI_MTU", "9001", "9001", NULL, CNI_MTU, 0, "of the interfaces, 576 to 9001" },
	{ "POD_MTU", NULL, NULL, NULL, CNI_MTU, 0, "of the pods; else AWS_VPC_ENI_MTU" },
	{ "AWS_VPC_K8S_CNI_EXTERNALSNAT", "false", "false", NULL, CNI_BOOL, 0,
		"leaves the translation of pods' addresses to a NAT gateway" },
	{ "AWS_VPC_K8S_CNI_RANDOMIZESNAT", "prng", "prng", NULL, CNI_ANY, 0,
		"how source ports are chosen: prng, hashrandom or none" },
	{ "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", NULL, NULL, NULL, CNI_ANY, 0,
		"ranges that pods reach with their own addresses" },
	{ "NETWORK_POLICY_ENFORCING_MODE", "standard", "standard", NULL, CNI_ANY, 0,
		"of network policies: standard or strict" },
	{ "ENABLE_BANDWIDTH_PLUGIN", "false", NULL, NULL, CNI_BOOL, 0,
		"bandwidth limits of pods; not together with network policies" },
	{ "ENABLE_MULTI_NIC", "false", NULL, NULL, CNI_BOOL, 0,
		"manages the further network cards of large types too" },
	{ "DISABLE_NETWORK_RESOURCE_PROVISIONING", "false", "false", NULL, CNI_BOOL, 0,
		"ipamd attaches nothing: a node keeps what it started with" },
	{ "ENABLE_IMDS_ONLY_MODE", "false", NULL, NULL, CNI_BOOL, 0,
		"ipamd asks no EC2 API: attaches nothing, cleans nothing up" },
	{ "ENABLE_IPv4", "false", NULL, "true", CNI_BOOL, 0,
		"exactly one of the two must be true" },
	{ "ENABLE_IPv6", "false", NULL, "false", CNI_BOOL, 0,
		"exactly one of the two must be true" },
	{ "ADDITIONAL_ENI_TAGS", NULL, NULL, "", CNI_ANY, 0, "tags of new interfaces" },
	{ "AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", NULL, "false", NULL, CNI_ANY, CNI_USELESS,
		"without effect since CNI 1.12.1" },
	{ "ENABLE_NFTABLES", NULL, NULL, NULL, CNI_ANY, CNI_USELESS,
		"without effect since CNI 1.13.2" },
	{ "AWS_VPC_CNI_NODE_PORT_SUPPORT", "true", "true", NULL, CNI_BOOL, CNI_PLUMBING,
		"NodePorts work on every interface" },
	{ "AWS_VPC_K8S_CNI_LOGLEVEL", "DEBUG", "DEBUG", NULL, CNI_ANY, CNI_PLUMBING,
		"ipamd's log" },
	{ "AWS_VPC_K8S_CNI_LOG_FILE", NULL, NULL, NULL, CNI_ANY, CNI_PLUMBING, "ipamd's log" },
	{ "AWS_VPC_K8S_CNI_VETHPREFIX", "eni", "eni", NULL, CNI_ANY, CNI_PLUMBING,
		"how pods' interfaces are named on the node" },
	{ "AWS_VPC_K8S_PLUGIN_LOG_FILE", NULL, NULL, NULL, CNI_ANY, CNI_PLUMBING,
		"the plugin's log" },
	{ "AWS_VPC_K8S_PLUGIN_LOG_LEVEL", "DEBUG", "DEBUG", NULL, CNI_ANY, CNI_PLUMBING,
		"the plugin's log" },
	{ "DISABLE_INTROSPECTION", "false", "false", NULL, CNI_BOOL, CNI_PLUMBING,
		"ipamd's own look-up endpoints" },
	{ "DISABLE_METRICS", "false", "false", NULL, CNI_BOOL, CNI_PLUMBING, "ipamd's metrics" },
	{ "CLUSTER_NAME", NULL, NULL, NULL, CNI_ANY, CNI_PLUMBING, "set by kops" },
	{ "VPC_CNI_VERSION", NULL, NULL, NULL, CNI_ANY, CNI_PLUMBING, "set by kops" },
};

const struct cni_var *cni_vars(size_t *n)
{
	*n = sizeof vars / sizeof *vars;
	return vars;
}

const struct cni_var *cni_var_find(const char *name)
{
	for (size_t i = 0; i < sizeof vars / sizeof *vars; i++) {
		if (str_eq(vars[i].name, name)) {
			return &vars[i];
		}
	}
	return NULL;
}

const char *cni_value_wrong(const char *name, const char *value)
{
	const struct cni_var *v = cni_var_find(name);
	int64_t n;
	switch (v ? v->form : CNI_ANY) {
	case CNI_BOOL:
		return str_eq(value, "true") || str_eq(value, "false") ? NULL : "true or false";
	case CNI_COUNT:
		return str_to_i64(value, 0, 65535, &n) ? NULL : "a number from 0 to 65535";
	case CNI_MTU:
		return str_to_i64(value, 576, 9001, &n) ? NULL : "a number from 576 to 9001";
	case CNI_ANY:
		break;
	}
	return NULL;
}
