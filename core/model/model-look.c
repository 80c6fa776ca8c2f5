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

const struct m_instance *const *model_instances(const struct model *m, size_t *n)
{
	return (const struct m_instance *const *)model_all(m, OBS_INSTANCE, n);
}

const struct m_node *const *model_nodes(const struct model *m, size_t *n)
{
	return (const struct m_node *const *)model_all(m, OBS_NODE, n);
}

const struct m_pod *const *model_pods(const struct model *m, size_t *n)
{
	return (const struct m_pod *const *)model_all(m, OBS_POD, n);
}

const struct m_pod *const *model_waiting_pods(const struct model *m, size_t *n)
{
	*n = m->nwaiting;
	return (const struct m_pod *const *)m->waiting;
}

void model_watch_pods(struct model *m, const struct pod_watch *w)
{
	m->pod_watch = w;
}

uint32_t model_pod_ref(const struct m_pod *p)
{
	return slab_ref(p);
}

const struct m_pod *model_pod_of(const struct model *m, uint32_t ref)
{
	return slab_at(&m->pod_slab, ref);
}

uint32_t model_pod_place(const struct m_pod *p)
{
	return keyed_place(p);
}

const struct m_pod *model_walk_pods(const struct model *m, struct pod_walk *w)
{
	const struct keyed *t = &m->kinds[OBS_POD];
	if (w->packed != t->packed) {
		/* As far as those behind the walk may have moved ahead of it. */
		uint64_t back = w->holes + (t->removed - w->removed);
		w->at -= back < w->at ? (size_t)back : w->at;
		w->packed = t->packed;
	}
	while (w->at < t->n && !t->v[w->at]) {
		w->at++;
	}
	w->removed = t->removed;
	w->holes = t->n - t->nlive;
	return w->at < t->n ? t->v[w->at++] : NULL;
}

const struct m_peers *const *model_peers(const struct model *m, bool keeps, size_t *n)
{
	*n = m->peers.n[keeps];
	return (const struct m_peers *const *)m->peers.v[keeps];
}

const struct deployment *const *model_deployments(const struct model *m, size_t *n)
{
	return (const struct deployment *const *)model_all(m, OBS_DEPLOYMENT, n);
}

const struct daemonset *const *model_daemonsets(const struct model *m, size_t *n)
{
	return (const struct daemonset *const *)model_all(m, OBS_DAEMONSET, n);
}

const struct pdb *const *model_pdbs(const struct model *m, size_t *n)
{
	return (const struct pdb *const *)model_all(m, OBS_PDB, n);
}

const struct subnet *const *model_subnets(const struct model *m, size_t *n)
{
	return (const struct subnet *const *)model_all(m, OBS_SUBNET, n);
}

const struct balancer *const *model_balancers(const struct model *m, size_t *n)
{
	return (const struct balancer *const *)model_all(m, OBS_BALANCER, n);
}

const struct dns_record *const *model_records(const struct model *m, size_t *n)
{
	return (const struct dns_record *const *)model_all(m, OBS_RECORD, n);
}

const struct event *const *model_events(const struct model *m, size_t *n)
{
	return (const struct event *const *)model_all(m, OBS_EVENT, n);
}

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

bool model_listed(const struct model *m, enum obs_kind kind)
{
	return m->kinds[kind].listed;
}

const struct claim *model_claim(const struct model *m, const char *ns, const char *name)
{
	return model_find(m, OBS_CLAIM, ns, name);
}

const struct volume *model_volume(const struct model *m, const char *name)
{
	return model_find(m, OBS_VOLUME, name, NULL);
}

const struct storage_class *model_storage_class(const struct model *m, const char *name)
{
	return model_find(m, OBS_STORAGE_CLASS, name, NULL);
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
		keyed_bytes(&m->ghosts) + index_bytes(&m->pod_names);
	bytes += m->slab.bytes + m->pod_slab.bytes;
	bytes += peers_bytes(&m->peers) + m->waiting_cap * sizeof *m->waiting;
	for (int k = 0; k < OBS__COUNT; k++) {
		bytes += keyed_bytes(&m->kinds[k]);
	}
	return bytes;
}

uint64_t model_removals(const struct model *m)
{
	uint64_t n = m->groups.removed;
	for (int i = 0; i < OBS__COUNT; i++) {
		n += m->kinds[i].removed;
	}
	return n;
}
