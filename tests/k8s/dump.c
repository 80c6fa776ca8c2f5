/* SPDX-License-Identifier: Apache-2.0 */
/* Every field of an element as text. */
#include "tests/k8s/dump.h"

#include <inttypes.h>

static void text(struct buf *b, const char *name, const char *v)
{
	/* Absent and empty are two things. */
	buf_addf(b, v ? "%s=\"%s\"\n" : "%s null\n", name, v);
}

static void number(struct buf *b, const char *name, int64_t v)
{
	buf_addf(b, "%s=%" PRId64 "\n", name, v);
}

static void labels(struct buf *b, const char *name, const struct label *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s %zu: \"%s\"=\"%s\"\n", name, i, v[i].key, v[i].value);
	number(b, name, (int64_t)n);
}

static void requirements(struct buf *b, const char *name, const struct requirement *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_addf(b, "%s %zu: %s %s field=%d:", name, i, v[i].key, v[i].op,
			v[i].is_field);
		for (size_t k = 0; k < v[i].nvalues; k++)
			buf_addf(b, " \"%s\"", v[i].values[k]);
		buf_addc(b, '\n');
	}
	number(b, name, (int64_t)n);
}

static void peers(struct buf *b, const char *name, const struct pod_term *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		requirements(b, name, v[i].reqs, v[i].nreqs);
		for (size_t k = 0; k < v[i].nnamespaces; k++)
			text(b, name, v[i].namespaces[k]);
		text(b, "topology_key", v[i].topology_key);
		number(b, "max_skew", v[i].max_skew);
		number(b, "min_domains", v[i].min_domains);
		number(b, "flags", v[i].flags);
	}
	number(b, name, (int64_t)n);
}

static void node_dump(struct buf *b, const struct node *n)
{
	text(b, "name", n->name);
	text(b, "uid", n->uid);
	text(b, "resource_version", n->resource_version);
	text(b, "instance_id", n->instance_id);
	text(b, "group", n->group);
	text(b, "type", n->type);
	text(b, "zone", n->zone);
	text(b, "internal_ip", n->internal_ip);
	text(b, "kubelet_version", n->kubelet_version);
	number(b, "role", n->role);
	number(b, "unschedulable", n->unschedulable);
	number(b, "needs_update", n->needs_update);
	number(b, "ready", n->ready);
	number(b, "network_unavailable", n->network_unavailable);
	text(b, "ready_reason", n->ready_reason);
	for (size_t i = 0; i < n->ntaints; i++) {
		text(b, "taint", n->taints[i].key);
		text(b, "value", n->taints[i].value);
		text(b, "effect", n->taints[i].effect);
	}
	number(b, "taints", (int64_t)n->ntaints);
	labels(b, "labels", n->labels, n->nlabels);
	number(b, "capacity_pods", n->capacity_pods);
	number(b, "alloc_pods", n->alloc_pods);
	number(b, "alloc_cpu_milli", n->alloc_cpu_milli);
	number(b, "alloc_memory", n->alloc_memory);
	number(b, "created", n->created);
	number(b, "ready_since", n->ready_since);
}

static void shape_dump(struct buf *b, const struct pod_shape *s)
{
	for (size_t i = 0; i < s->ntolerations; i++) {
		text(b, "toleration", s->tolerations[i].key);
		text(b, "operator", s->tolerations[i].operator_);
		text(b, "value", s->tolerations[i].value);
		text(b, "effect", s->tolerations[i].effect);
	}
	number(b, "tolerations", (int64_t)s->ntolerations);
	labels(b, "node_selector", s->node_selector, s->nnode_selector);
	for (size_t i = 0; i < s->nnode_affinity; i++)
		requirements(b, "node_affinity", s->node_affinity[i].reqs,
			s->node_affinity[i].nreqs);
	number(b, "node_affinity", (int64_t)s->nnode_affinity);
	for (size_t i = 0; i < s->nhost_ports; i++) {
		number(b, "host_port", s->host_ports[i].port);
		text(b, "protocol", s->host_ports[i].protocol);
		text(b, "ip", s->host_ports[i].ip);
	}
	for (size_t i = 0; i < s->nclaims; i++)
		text(b, "claim", s->claims[i]);
	peers(b, "near", s->near, s->nnear);
	peers(b, "apart", s->apart, s->napart);
	peers(b, "spread", s->spread, s->nspread);
	number(b, "pod_affinity", s->pod_affinity);
	number(b, "pod_anti_affinity", s->pod_anti_affinity);
	number(b, "topology_spread", s->topology_spread);
	number(b, "cpu_milli", s->cpu_milli);
	number(b, "memory", s->memory);
	text(b, "priority_class", s->priority_class);
	text(b, "scheduler_name", s->scheduler_name);
	number(b, "priority", s->priority);
}

static void pod_dump(struct buf *b, const struct pod *p)
{
	text(b, "ns", p->ns);
	text(b, "name", p->name);
	text(b, "uid", p->uid);
	text(b, "node", p->node);
	text(b, "owner_kind", p->owner_kind);
	text(b, "owner_name", p->owner_name);
	text(b, "nominated", p->trouble->nominated);
	number(b, "phase", p->phase);
	number(b, "flags", p->flags);
	text(b, "sched_reason", p->trouble->sched_reason);
	text(b, "sched_message", p->trouble->sched_message);
	text(b, "waiting_reason", p->trouble->waiting_reason);
	text(b, "waiting_message", p->trouble->waiting_message);
	text(b, "status_reason", p->trouble->status_reason);
	text(b, "status_message", p->trouble->status_message);
	text(b, "ip", p->ip);
	number(b, "restarts", p->restarts);
	number(b, "created", p->created);
	number(b, "scheduled_at", p->trouble->scheduled_at);
	number(b, "deletion", p->deletion);
	number(b, "grace_s", p->grace_s);
	labels(b, "labels", p->labels, p->nlabels);
	shape_dump(b, p->shape);
}

static void deployment_dump(struct buf *b, const struct deployment *d)
{
	text(b, "ns", d->ns);
	text(b, "name", d->name);
	text(b, "uid", d->uid);
	text(b, "resource_version", d->resource_version);
	number(b, "replicas", d->replicas);
	number(b, "ready", d->ready);
	number(b, "updated", d->updated);
	number(b, "available", d->available);
	number(b, "unavailable", d->unavailable);
	number(b, "existing", d->existing);
	text(b, "failure", d->failure);
	number(b, "failing_since", d->failing_since);
	number(b, "created", d->created);
	number(b, "generation", d->generation);
	number(b, "observed_generation", d->observed_generation);
	labels(b, "selector", d->selector, d->nselector);
}

static void daemonset_dump(struct buf *b, const struct daemonset *d)
{
	text(b, "ns", d->ns);
	text(b, "name", d->name);
	text(b, "resource_version", d->resource_version);
	number(b, "desired", d->desired);
	number(b, "current", d->current);
	number(b, "ready", d->ready);
	number(b, "updated", d->updated);
	number(b, "available", d->available);
	number(b, "generation", d->generation);
	number(b, "observed_generation", d->observed_generation);
	for (size_t i = 0; i < d->nenv; i++) {
		text(b, "env", d->env[i].name);
		text(b, "value", d->env[i].value);
	}
	number(b, "env", (int64_t)d->nenv);
	text(b, "image", d->image);
}

static void pdb_dump(struct buf *b, const struct pdb *p)
{
	text(b, "ns", p->ns);
	text(b, "name", p->name);
	text(b, "min_available", p->min_available);
	text(b, "max_unavailable", p->max_unavailable);
	number(b, "disruptions_allowed", p->disruptions_allowed);
	number(b, "current_healthy", p->current_healthy);
	number(b, "desired_healthy", p->desired_healthy);
	number(b, "expected_pods", p->expected_pods);
	labels(b, "selector", p->selector, p->nselector);
	number(b, "selector_complex", p->selector_complex);
}

static void event_dump(struct buf *b, const struct event *v)
{
	text(b, "ns", v->ns);
	text(b, "uid", v->uid);
	text(b, "kind", v->kind);
	text(b, "name", v->name);
	text(b, "type", v->type);
	text(b, "reason", v->reason);
	text(b, "message", v->message);
	text(b, "source", v->source);
	number(b, "count", v->count);
	number(b, "at", v->at);
}

static void terms(struct buf *b, const char *name, const struct selector_term *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		requirements(b, name, v[i].reqs, v[i].nreqs);
	number(b, name, (int64_t)n);
}

static void claim_dump(struct buf *b, const struct claim *c)
{
	text(b, "ns", c->ns);
	text(b, "name", c->name);
	text(b, "phase", c->phase);
	text(b, "volume", c->volume);
	text(b, "storage_class", c->storage_class);
	number(b, "created", c->created);
	number(b, "deletion", c->deletion);
}

static void volume_dump(struct buf *b, const struct volume *v)
{
	text(b, "name", v->name);
	text(b, "phase", v->phase);
	text(b, "storage_class", v->storage_class);
	terms(b, "affinity", v->affinity, v->naffinity);
	requirements(b, "zones", v->zones, v->nzones);
}

static void class_dump(struct buf *b, const struct storage_class *c)
{
	text(b, "name", c->name);
	text(b, "provisioner", c->provisioner);
	number(b, "waits", c->waits);
	terms(b, "topologies", c->topologies, c->ntopologies);
}

void element_dump(struct buf *b, const struct element *el)
{
	text(b, "version", el->resource_version);
	switch (el->kind) {
	case OBS_NODE:
		node_dump(b, &el->u.node);
		break;
	case OBS_POD:
		pod_dump(b, &el->u.pod.pod);
		break;
	case OBS_DEPLOYMENT:
		deployment_dump(b, &el->u.deployment);
		break;
	case OBS_DAEMONSET:
		daemonset_dump(b, &el->u.daemonset);
		break;
	case OBS_PDB:
		pdb_dump(b, &el->u.pdb);
		break;
	case OBS_EVENT:
		event_dump(b, &el->u.event);
		break;
	case OBS_CLAIM:
		claim_dump(b, &el->u.claim);
		break;
	case OBS_VOLUME:
		volume_dump(b, &el->u.volume);
		break;
	case OBS_STORAGE_CLASS:
		class_dump(b, &el->u.storage_class);
		break;
	default:
		text(b, "ns", el->u.ns.name);
		text(b, "hash", el->u.ns.cni_addon_hash);
		for (size_t i = 0; i < el->u.ns.naddons; i++) {
			text(b, "addon", el->u.ns.addons[i].name);
			text(b, "addon-id", el->u.ns.addons[i].id);
			text(b, "addon-hash", el->u.ns.addons[i].hash);
		}
	}
}
