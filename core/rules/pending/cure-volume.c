/* SPDX-License-Identifier: Apache-2.0 */
/* What one key can do about volumes: a claim, a StorageClass, a node in their zone. */
#include "core/rules/pending/cure.h"

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/fit/volumes.h"

/* ---- claims ---- */

static void cure_create(struct pending_group *g, const char *ns, const char *name, char *text,
	char *detail, char *body)
{
	struct advice *a = pending_advice_add(g, ADVICE_CREATE);
	a->ns = xstrdup(ns);
	a->name = xstrdup(name);
	a->text = text;
	a->detail = detail;
	a->body = body;
	a->command = xasprintf("echo '%s' | kubectl create -f -", body);
}

/* The first of the pod's claims that is not there. */
void cure_claim_missing(const struct model *m, struct pending_group *g,
	const struct tally *t)
{
	const struct pod_shape *s = g->sample->pod.shape;
	const char *name = NULL;
	for (size_t i = 0; i < s->nclaims && !name && model_listed(m, OBS_CLAIM); i++) {
		name = model_claim(m, g->ns, s->claims[i]) ? NULL : s->claims[i];
	}
	if (name) {
		cure_create(g, g->ns, name,
			xasprintf("create the claim %s: 1Gi of the default StorageClass", name),
			xstrdup("a new volume, and empty"),
			xasprintf("{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\","
				"\"metadata\":{\"namespace\":\"%s\",\"name\":\"%s\"},\"spec\":{"
				"\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{"
				"\"storage\":\"1Gi\"}}}}", g->ns, name));
	}
	pending_advise_fewer(m, g, true);
}

/* A claim waits for ever when its StorageClass is not there, and keeps its name. */
void cure_claim_unbound(const struct model *m, struct pending_group *g,
	const struct tally *t)
{
	const struct pod_shape *s = g->sample->pod.shape;
	for (size_t i = 0; i < s->nclaims && model_listed(m, OBS_STORAGE_CLASS); i++) {
		const struct claim *c = model_claim(m, g->ns, s->claims[i]);
		const char *class = c && !c->volume ? c->storage_class : NULL;
		if (!c || str_empty(class) || model_storage_class(m, class)) {
			continue;
		}
		cure_create(g, NULL, class, xasprintf("create StorageClass %s: EBS, gp3", class),
			xasprintf("claim %s asks for it, and it is not there", c->name),
			xasprintf("{\"apiVersion\":\"storage.k8s.io/v1\",\"kind\":\"StorageClass\","
				  "\"metadata\":{\"name\":\"%s\"},\"provisioner\":"
				  "\"ebs.csi.aws.com\",\"parameters\":{\"type\":\"gp3\"},"
				  "\"volumeBindingMode\":"
				  "\"WaitForFirstConsumer\"}",
				class));
		break;
	}
	pending_advise_fewer(m, g, true);
}

/* ---- a node in the zone of the volume ---- */

static bool zone_has_node(const struct model *m, const char *zone)
{
	size_t n;
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (cure_node_takes_pods(nodes[i]) && str_eq(nodes[i]->node.zone, zone)) {
			return true;
		}
	}
	return false;
}

/* Whether the pod's volumes are reached from a node there. */
static bool zone_reaches(const struct fit_volumes *f, const char *zone)
{
	struct label labels[] = { { "topology.kubernetes.io/zone", zone },
		{ "topology.ebs.csi.aws.com/zone", zone },
		{ "failure-domain.beta.kubernetes.io/zone", zone } };
	struct m_node as = { .node = { .labels = labels, .nlabels = 3 } };
	const char *place;
	return fit_volumes_judge(f, &as, &place) == REASON_OTHER;
}

/* A group that would put a node where the volume is, and has none there now. */
void cure_zone(const struct model *m, struct pending_group *g, const struct tally *t)
{
	size_t n;
	struct fit_volumes f;
	const struct m_group *const *groups = model_groups(m, &n);
	fit_volumes_find(&f, m, &g->sample->pod);
	for (size_t i = 0; i < n; i++) {
		const struct m_group *x = groups[i];
		bool worker = x->has_spec && x->spec.role == ROLE_NODE && !x->spec.karpenter;
		if (!worker || !x->has_asg || x->asg.nzones != 1 || f.blind ||
		    !zone_reaches(&f, x->asg.zones[0]) || zone_has_node(m, x->asg.zones[0])) {
			continue;
		}
		struct advice *a = pending_advice_add(g, ADVICE_SCALE_GROUP);
		a->group = xstrdup(x->spec.name);
		a->replicas = x->asg.desired + 1;
		a->text = x->asg.desired < x->asg.max ?
			xasprintf("one more node in %s", x->spec.name) :
			xasprintf("one more node in %s (%d of max %d: raise max first)",
				x->spec.name, (int)x->asg.desired, (int)x->asg.max);
		a->effect = xasprintf("zone %s has none that takes pods", x->asg.zones[0]);
		a->detail = xstrdup("an EBS volume never leaves its zone");
	}
	fit_volumes_release(&f);
}
