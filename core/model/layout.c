/* SPDX-License-Identifier: Apache-2.0 */
/* Where the pointers are in every thing that the model keeps. */
#include "core/model/pool.h"

#include <stddef.h>
#include <string.h>

#include "core/model/things.h"

#define STR(thing, member) \
	{ .offset = offsetof(struct thing, member), .type = FIELD_STR }
#define ARRAY(thing, member, count, elem_layout) \
	{ .offset = offsetof(struct thing, member), .count_offset = offsetof(struct thing, count), \
	  .type = FIELD_ARRAY, .elem = elem_layout }
#define ONE(thing, member, elem_layout) \
	{ .offset = offsetof(struct thing, member), .type = FIELD_ONE, .elem = elem_layout }

static const struct field string_fields[] = { { .offset = 0, .type = FIELD_STR } };
static const struct field host_port_fields[] = {
	STR(host_port, protocol), STR(host_port, ip),
};
static const struct field label_fields[] = { STR(label, key), STR(label, value) };
static const struct field taint_fields[] = {
	STR(taint, key), STR(taint, value), STR(taint, effect),
};
static const struct field toleration_fields[] = {
	STR(toleration, key), STR(toleration, operator_), STR(toleration, value),
	STR(toleration, effect),
};
static const struct field requirement_fields[] = {
	STR(requirement, key), STR(requirement, op),
	ARRAY(requirement, values, nvalues, LAYOUT_STRING),
};
static const struct field term_fields[] = {
	ARRAY(selector_term, reqs, nreqs, LAYOUT_REQUIREMENT),
};
static const struct field env_fields[] = { STR(env_entry, name), STR(env_entry, value) };
static const struct field cluster_subnet_fields[] = {
	STR(cluster_subnet, name), STR(cluster_subnet, zone), STR(cluster_subnet, cidr),
	STR(cluster_subnet, type), STR(cluster_subnet, id),
};
static const struct field pod_term_fields[] = {
	ARRAY(pod_term, reqs, nreqs, LAYOUT_REQUIREMENT),
	ARRAY(pod_term, namespaces, nnamespaces, LAYOUT_STRING), STR(pod_term, topology_key),
};
static const struct field shape_fields[] = {
	ARRAY(pod_shape, tolerations, ntolerations, LAYOUT_TOLERATION),
	ARRAY(pod_shape, node_selector, nnode_selector, LAYOUT_LABEL),
	ARRAY(pod_shape, node_affinity, nnode_affinity, LAYOUT_TERM),
	ARRAY(pod_shape, host_ports, nhost_ports, LAYOUT_HOST_PORT),
	ARRAY(pod_shape, claims, nclaims, LAYOUT_STRING),
	ARRAY(pod_shape, near, nnear, LAYOUT_POD_TERM),
	ARRAY(pod_shape, apart, napart, LAYOUT_POD_TERM),
	ARRAY(pod_shape, spread, nspread, LAYOUT_POD_TERM),
	STR(pod_shape, priority_class), STR(pod_shape, scheduler_name),
};
static const struct field cluster_fields[] = {
	STR(cluster_spec, name), STR(cluster_spec, kubernetes_version), STR(cluster_spec, region),
	STR(cluster_spec, cloud), STR(cluster_spec, networking), STR(cluster_spec, network_cidr),
	STR(cluster_spec, config_base), STR(cluster_spec, channel), STR(cluster_spec, dns_type),
	STR(cluster_spec, api_lb_class), STR(cluster_spec, cni_image),
	ARRAY(cluster_spec, env, nenv, LAYOUT_ENV),
	ARRAY(cluster_spec, subnets, nsubnets, LAYOUT_CLUSTER_SUBNET),
	STR(cluster_spec, kops_version), STR(cluster_spec, problem), STR(cluster_spec, missed),
	ARRAY(cluster_spec, unapplied.lines, unapplied.nlines, LAYOUT_STRING),
	STR(cluster_spec, unapplied.note),
};
static const struct field group_fields[] = {
	STR(group_spec, cluster), STR(group_spec, name), STR(group_spec, machine_type),
	ARRAY(group_spec, types, ntypes, LAYOUT_STRING),
	ARRAY(group_spec, subnets, nsubnets, LAYOUT_STRING), STR(group_spec, image),
	ARRAY(group_spec, taints, ntaints, LAYOUT_TAINT),
	ARRAY(group_spec, node_labels, nnode_labels, LAYOUT_LABEL), STR(group_spec, problem),
	ARRAY(group_spec, unapplied.lines, unapplied.nlines, LAYOUT_STRING),
	STR(group_spec, unapplied.note),
};
static const struct field identity_fields[] = {
	STR(identity, account), STR(identity, arn), STR(identity, provider),
};
static const struct field asg_fields[] = {
	STR(asg, name), STR(asg, group), STR(asg, template_id), STR(asg, template_name),
	STR(asg, trouble),
	ARRAY(asg, zones, nzones, LAYOUT_STRING),
	ARRAY(asg, subnet_ids, nsubnet_ids, LAYOUT_STRING),
	ARRAY(asg, target_groups, ntarget_groups, LAYOUT_STRING),
};
static const struct field instance_fields[] = {
	STR(instance, id), STR(instance, group), STR(instance, asg), STR(instance, type),
	STR(instance, zone), STR(instance, subnet_id), STR(instance, private_ip),
	STR(instance, public_ip),
	STR(instance, state), STR(instance, lifecycle), STR(instance, template_id),
};
static const struct field type_fields[] = { STR(instance_type, name) };
static const struct field subnet_fields[] = {
	STR(subnet, id), STR(subnet, name), STR(subnet, zone), STR(subnet, cidr),
};
static const struct field balancer_fields[] = {
	STR(balancer, name), STR(balancer, dns), STR(balancer, scheme), STR(balancer, type),
};
static const struct field record_fields[] = {
	STR(dns_record, name), STR(dns_record, type), STR(dns_record, value),
};
static const struct field addon_fields[] = {
	STR(addon_applied, name), STR(addon_applied, id), STR(addon_applied, version),
	STR(addon_applied, hash),
};
static const struct field server_fields[] = {
	STR(kube_server, version), STR(kube_server, url), STR(kube_server, context),
	STR(kube_server, cni_addon_hash), ARRAY(kube_server, addons, naddons, LAYOUT_ADDON),
};
static const struct field node_fields[] = {
	STR(node, name), STR(node, uid), STR(node, resource_version), STR(node, instance_id),
	STR(node, group), STR(node, type), STR(node, zone), STR(node, internal_ip),
	STR(node, kubelet_version), STR(node, ready_reason),
	ARRAY(node, taints, ntaints, LAYOUT_TAINT), ARRAY(node, labels, nlabels, LAYOUT_LABEL),
};
static const struct field trouble_fields[] = {
	STR(pod_trouble, nominated), STR(pod_trouble, sched_reason),
	STR(pod_trouble, sched_message), STR(pod_trouble, waiting_reason),
	STR(pod_trouble, waiting_message), STR(pod_trouble, status_reason),
	STR(pod_trouble, status_message),
};
/* Without name, uid and ip: model-pods.c keeps those beside the pod, they are never shared. */
static const struct field pod_fields[] = {
	STR(pod, ns), STR(pod, node), STR(pod, owner_kind), STR(pod, owner_name),
	ONE(pod, trouble, LAYOUT_TROUBLE), ONE(pod, shape, LAYOUT_SHAPE),
	{ .offset = offsetof(struct pod, labels), .count_offset = offsetof(struct pod, nlabels),
		.type = FIELD_ARRAY32, .elem = LAYOUT_LABEL },
};
static const struct field deployment_fields[] = {
	STR(deployment, ns), STR(deployment, name), STR(deployment, uid),
	STR(deployment, resource_version), STR(deployment, failure),
	ARRAY(deployment, selector, nselector, LAYOUT_LABEL),
};
static const struct field daemonset_fields[] = {
	STR(daemonset, ns), STR(daemonset, name), STR(daemonset, resource_version),
	ARRAY(daemonset, env, nenv, LAYOUT_ENV), STR(daemonset, image),
};
static const struct field pdb_fields[] = {
	STR(pdb, ns), STR(pdb, name), STR(pdb, min_available), STR(pdb, max_unavailable),
	ARRAY(pdb, selector, nselector, LAYOUT_LABEL),
};
static const struct field event_fields[] = {
	STR(event, ns), STR(event, uid), STR(event, kind), STR(event, name), STR(event, type),
	STR(event, reason), STR(event, message), STR(event, source),
};

static const struct field claim_fields[] = {
	STR(claim, ns), STR(claim, name), STR(claim, phase), STR(claim, volume),
	STR(claim, storage_class),
};
static const struct field volume_fields[] = {
	STR(volume, name), STR(volume, phase), STR(volume, storage_class),
	ARRAY(volume, affinity, naffinity, LAYOUT_TERM),
	ARRAY(volume, zones, nzones, LAYOUT_REQUIREMENT),
};
static const struct field storage_class_fields[] = {
	STR(storage_class, name), STR(storage_class, provisioner),
	ARRAY(storage_class, topologies, ntopologies, LAYOUT_TERM),
};

/* Bytes that no member has, of each thing that has some; t-model compares with the compiler. */
#define GAP(thing, member, next) \
	{ offsetof(struct thing, member) + sizeof ((struct thing *)NULL)->member, \
	  offsetof(struct thing, next) }
#define TAIL(thing, member) \
	{ offsetof(struct thing, member) + sizeof ((struct thing *)NULL)->member, \
	  sizeof(struct thing) }
#define ROLLING_GAPS(thing, next) \
	GAP(thing, rolling.max_surge.percent, rolling.max_unavailable), \
	GAP(thing, rolling.max_unavailable.percent, rolling.drain_and_terminate), \
	GAP(thing, rolling, next)

static const struct gap requirement_gaps[] = { TAIL(requirement, is_field) };
static const struct gap env_gaps[] = { TAIL(env_entry, unreadable) };
static const struct gap shape_gaps[] = {
	GAP(pod_shape, topology_spread, cpu_milli), TAIL(pod_shape, priority),
};
static const struct gap cluster_gaps[] = {
	GAP(cluster_spec, ipv6, ipv6_line), ROLLING_GAPS(cluster_spec, kops_version),
	GAP(cluster_spec, unapplied.found, unapplied.lines),
};
static const struct gap group_gaps[] = {
	GAP(group_spec, role, machine_type), GAP(group_spec, warm_pool, max_pods),
	ROLLING_GAPS(group_spec, problem), GAP(group_spec, unapplied.found, unapplied.lines),
};
static const struct gap identity_gaps[] = { TAIL(identity, renews) };
static const struct gap asg_gaps[] = { GAP(asg, max, template_id), TAIL(asg, mixed) };
static const struct gap instance_gaps[] = {
	GAP(instance, detached, enis), GAP(instance, prefixes, launched),
};
static const struct gap type_gaps[] = {
	GAP(instance_type, vcpus, memory_mib), TAIL(instance_type, compiled_in),
};
static const struct gap node_gaps[] = {
	GAP(node, needs_update, ready), GAP(node, network_unavailable, ready_reason),
};
static const struct gap daemonset_gaps[] = { GAP(daemonset, available, generation) };
static const struct gap pdb_gaps[] = { TAIL(pdb, selector_complex) };
static const struct gap event_gaps[] = { GAP(event, count, at) };
static const struct gap storage_class_gaps[] = { GAP(storage_class, waits, topologies) };

#define LAYOUT(thing, list) \
	{ .size = sizeof(struct thing), .fields = list, .nfields = sizeof list / sizeof *list }
#define LAYOUT_WITH(thing, list, gaps_) \
	{ .size = sizeof(struct thing), .fields = list, .nfields = sizeof list / sizeof *list, \
	  .gaps = gaps_, .ngaps = sizeof gaps_ / sizeof *gaps_ }

static const struct layout layouts[LAYOUT__COUNT] = {
	[LAYOUT_BYTES] = { .size = 1 },
	[LAYOUT_STRING] = { .size = sizeof(char *), .fields = string_fields, .nfields = 1 },
	[LAYOUT_HOST_PORT] = LAYOUT(host_port, host_port_fields),
	[LAYOUT_LABEL] = LAYOUT(label, label_fields),
	[LAYOUT_TAINT] = LAYOUT(taint, taint_fields),
	[LAYOUT_TOLERATION] = LAYOUT(toleration, toleration_fields),
	[LAYOUT_REQUIREMENT] = LAYOUT_WITH(requirement, requirement_fields, requirement_gaps),
	[LAYOUT_TERM] = LAYOUT(selector_term, term_fields),
	[LAYOUT_ENV] = LAYOUT_WITH(env_entry, env_fields, env_gaps),
	[LAYOUT_CLUSTER_SUBNET] = LAYOUT(cluster_subnet, cluster_subnet_fields),
	[LAYOUT_POD_TERM] = LAYOUT(pod_term, pod_term_fields),
	[LAYOUT_SHAPE] = LAYOUT_WITH(pod_shape, shape_fields, shape_gaps),
	[LAYOUT_TROUBLE] = LAYOUT(pod_trouble, trouble_fields),
	[LAYOUT_ADDON] = LAYOUT(addon_applied, addon_fields),
	[LAYOUT_CLUSTER] = LAYOUT_WITH(cluster_spec, cluster_fields, cluster_gaps),
	[LAYOUT_GROUP] = LAYOUT_WITH(group_spec, group_fields, group_gaps),
	[LAYOUT_IDENTITY] = LAYOUT_WITH(identity, identity_fields, identity_gaps),
	[LAYOUT_ASG] = LAYOUT_WITH(asg, asg_fields, asg_gaps),
	[LAYOUT_INSTANCE] = LAYOUT_WITH(instance, instance_fields, instance_gaps),
	[LAYOUT_TYPE] = LAYOUT_WITH(instance_type, type_fields, type_gaps),
	[LAYOUT_SUBNET] = LAYOUT(subnet, subnet_fields),
	[LAYOUT_BALANCER] = LAYOUT(balancer, balancer_fields),
	[LAYOUT_RECORD] = LAYOUT(dns_record, record_fields),
	[LAYOUT_SERVER] = LAYOUT(kube_server, server_fields),
	[LAYOUT_NODE] = LAYOUT_WITH(node, node_fields, node_gaps),
	[LAYOUT_POD] = LAYOUT(pod, pod_fields),
	[LAYOUT_DEPLOYMENT] = LAYOUT(deployment, deployment_fields),
	[LAYOUT_DAEMONSET] = LAYOUT_WITH(daemonset, daemonset_fields, daemonset_gaps),
	[LAYOUT_PDB] = LAYOUT_WITH(pdb, pdb_fields, pdb_gaps),
	[LAYOUT_EVENT] = LAYOUT_WITH(event, event_fields, event_gaps),
	[LAYOUT_CLAIM] = LAYOUT(claim, claim_fields),
	[LAYOUT_VOLUME] = LAYOUT(volume, volume_fields),
	[LAYOUT_STORAGE_CLASS] = LAYOUT_WITH(storage_class, storage_class_fields,
		storage_class_gaps),
};

void layout_tidy(enum layout_id id, void *obj)
{
	const struct layout *l = &layouts[id];
	for (size_t i = 0; i < l->ngaps; i++) {
		memset((char *)obj + l->gaps[i].from, 0, l->gaps[i].to - l->gaps[i].from);
	}
}

const struct layout *layout_get(enum layout_id id)
{
	return &layouts[id];
}
