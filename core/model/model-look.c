/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at the model. */
#include "core/model/model-private.h"

#include <string.h>

/* Looking joins first what has changed; that is invisible, so the model is const to callers. */
static struct model *model_joined(const struct model *m)
{
	struct model *mut = (struct model *)(uintptr_t)m;
	model_join(mut);
	return mut;
}

static const void *model_find(const struct model *m, enum obs_kind kind, const char *k1,
	const char *k2)
{
	return keyed_find(&model_joined(m)->kinds[kind], k1, k2);
}

static void *const *model_all(const struct model *m, enum obs_kind kind, size_t *n)
{
	return keyed_all(&model_joined(m)->kinds[kind], n);
}

const char *model_opened(const struct model *m)
{
	return m->opened;
}

uint64_t model_generation(const struct model *m, enum obs_kind kind)
{
	return m->generation[kind];
}

uint64_t model_generation_all(const struct model *m)
{
	return m->generation_all;
}

const struct source_status *model_source(const struct model *m, enum source_id id)
{
	return &m->sources[id];
}

const struct identity *model_identity(const struct model *m)
{
	return m->has_identity ? &m->identity : NULL;
}

const struct kube_server *model_server(const struct model *m)
{
	return m->has_server ? &m->server : NULL;
}

const struct m_cluster *const *model_clusters(const struct model *m, size_t *n)
{
	*n = model_joined(m)->nclusters;
	return m->cluster_list;
}

const struct m_group *const *model_groups(const struct model *m, size_t *n)
{
	*n = model_joined(m)->ngroups;
	return m->group_list;
}

#define LIST(function, kind, type) \
	const type *const *function(const struct model *m, size_t *n) \
	{ \
		return (const type *const *)model_all(m, kind, n); \
	}

LIST(model_instances, OBS_INSTANCE, struct m_instance)
LIST(model_nodes, OBS_NODE, struct m_node)
LIST(model_pods, OBS_POD, struct m_pod)
LIST(model_deployments, OBS_DEPLOYMENT, struct deployment)
LIST(model_daemonsets, OBS_DAEMONSET, struct daemonset)
LIST(model_pdbs, OBS_PDB, struct pdb)
LIST(model_subnets, OBS_SUBNET, struct subnet)
LIST(model_balancers, OBS_BALANCER, struct balancer)
LIST(model_records, OBS_RECORD, struct dns_record)
LIST(model_events, OBS_EVENT, struct event)

size_t model_unbound_pods(const struct model *m)
{
	return m->unbound_pods;
}

const struct m_cluster *model_cluster(const struct model *m, const char *name)
{
	return model_find(m, OBS_CLUSTER, name, NULL);
}

const struct m_group *model_group(const struct model *m, const char *name)
{
	return keyed_find(&model_joined(m)->groups, name, NULL);
}

const struct m_instance *model_instance(const struct model *m, const char *id)
{
	return model_find(m, OBS_INSTANCE, id, NULL);
}

const struct m_node *model_node(const struct model *m, const char *name)
{
	return model_find(m, OBS_NODE, name, NULL);
}

const struct m_pod *model_pod(const struct model *m, const char *ns, const char *name)
{
	return index_find(&m->pod_names, ns, name);
}

const struct deployment *model_deployment(const struct model *m, const char *ns, const char *name)
{
	return model_find(m, OBS_DEPLOYMENT, ns, name);
}

const struct daemonset *model_daemonset(const struct model *m, const char *ns, const char *name)
{
	return model_find(m, OBS_DAEMONSET, ns, name);
}

const struct subnet *model_subnet(const struct model *m, const char *id)
{
	return model_find(m, OBS_SUBNET, id, NULL);
}

const struct instance_type *model_type(const struct model *m, const char *name)
{
	return model_find(m, OBS_TYPE, name, NULL);
}

size_t model_bytes(const struct model *m)
{
	size_t bytes = sizeof *m + pool_bytes(m->pool) + keyed_bytes(&m->groups) +
		keyed_bytes(&m->ghosts) + m->pod_names.nslots * sizeof *m->pod_names.slots;
	for (int k = 0; k < OBS__COUNT; k++) {
		bytes += keyed_bytes(&m->kinds[k]);
	}
	return bytes;
}
