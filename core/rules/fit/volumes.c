/* SPDX-License-Identifier: Apache-2.0 */
/* A pod's volumes against a node. */
#include "core/rules/fit/volumes.h"

#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/fit.h"

static void hold_up(struct fit_volumes *f, enum reason_kind kind, const struct fit_volume *by)
{
	/* The scheduler looks for each claim before it asks which are bound. */
	bool first = f->before == REASON_OTHER ||
		(kind == REASON_PVC_NOT_FOUND && f->before == REASON_UNBOUND_PVC);
	f->before = first ? kind : f->before;
	f->by = first ? by : f->by;
}

static void find_unbound(struct fit_volumes *f, const struct model *m, struct fit_volume *v)
{
	const char *name = v->claim->storage_class;
	v->sc = name ? model_storage_class(m, name) : NULL;
	if (name && !v->sc && !model_listed(m, OBS_STORAGE_CLASS)) {
		f->blind = true;
		return;
	}
	if (!v->sc || !v->sc->waits) {
		hold_up(f, REASON_UNBOUND_PVC, v);
		return;
	}
	/* Which of the volumes that are there would do is for the scheduler to say. */
	f->blind |= str_empty(v->sc->provisioner) ||
		str_eq(v->sc->provisioner, "kubernetes.io/no-provisioner");
}

void fit_volumes_find(struct fit_volumes *out, const struct model *m, const struct pod *pod)
{
	const struct pod_shape *s = pod->shape;
	*out = (struct fit_volumes){ .n = s->nclaims, .before = REASON_OTHER };
	out->v = s->nclaims ? xcalloc(s->nclaims, sizeof *out->v) : NULL;
	for (size_t i = 0; i < s->nclaims; i++) {
		struct fit_volume *v = &out->v[i];
		v->name = s->claims[i];
		v->claim = model_claim(m, pod->ns, v->name);
		if (!v->claim) {
			if (model_listed(m, OBS_CLAIM)) {
				hold_up(out, REASON_PVC_NOT_FOUND, v);
			} else {
				out->blind = true;
			}
			continue;
		}
		if (v->claim->deletion) {
			hold_up(out, REASON_PVC_NOT_FOUND, v);
		}
		if (!v->claim->volume) {
			find_unbound(out, m, v);
			continue;
		}
		v->volume = model_volume(m, v->claim->volume);
		out->blind |= !v->volume;
	}
}

void fit_volumes_release(struct fit_volumes *f)
{
	free(f->v);
	*f = (struct fit_volumes){ .n = 0 };
}

static bool terms_hold(const struct selector_term *t, size_t n, const struct node *node)
{
	for (size_t i = 0; i < n; i++) {
		if (term_holds(&t[i], node)) {
			return true;
		}
	}
	return !n;
}

/* "ap-northeast-2c": the zone, else the first value that is asked for. */
static const char *terms_place(const struct selector_term *t, size_t n)
{
	const char *first = NULL;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < t[i].nreqs; k++) {
			const struct requirement *r = &t[i].reqs[k];
			if (!r->nvalues) {
				continue;
			}
			if (str_ends(r->key, "/zone")) {
				return r->values[0];
			}
			first = first ? first : r->values[0];
		}
	}
	return first ? first : "another place";
}

/* A node without any such label is taken for a cluster without zones. */
static bool node_in_zones(const struct node *n)
{
	static const char *const keys[] = { "topology.kubernetes.io/zone",
		"topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
		"failure-domain.beta.kubernetes.io/region" };
	for (size_t i = 0; i < n->nlabels; i++) {
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
			if (str_eq(n->labels[i].key, keys[k])) {
				return true;
			}
		}
	}
	return false;
}

static enum reason_kind volume_judge(const struct volume *v, const struct m_node *n,
	const char **place)
{
	struct selector_term zones = { .reqs = v->zones, .nreqs = v->nzones };
	if (!terms_hold(v->affinity, v->naffinity, &n->node)) {
		*place = terms_place(v->affinity, v->naffinity);
		return REASON_VOLUME_NODE_AFFINITY;
	}
	if (v->nzones && node_in_zones(&n->node) && !term_holds(&zones, &n->node)) {
		*place = terms_place(&zones, 1);
		return REASON_VOLUME_ZONE;
	}
	return REASON_OTHER;
}

enum reason_kind fit_volumes_judge(const struct fit_volumes *f, const struct m_node *n,
	const char **place)
{
	enum reason_kind zone = REASON_OTHER;
	for (size_t i = 0; i < f->n; i++) {
		const struct fit_volume *v = &f->v[i];
		enum reason_kind k = v->volume ? volume_judge(v->volume, n, place) : REASON_OTHER;
		if (v->sc && !terms_hold(v->sc->topologies, v->sc->ntopologies, &n->node)) {
			*place = v->sc->name;
			k = REASON_VOLUME_BIND;
		}
		if (k != REASON_OTHER && k != REASON_VOLUME_ZONE) {
			return k;
		}
		zone = k == REASON_VOLUME_ZONE ? k : zone; /* comes after VolumeBinding */
	}
	return zone;
}

const struct fit_volume *fit_volumes_waits(const struct fit_volumes *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].sc && f->v[i].sc->waits) {
			return &f->v[i];
		}
	}
	return NULL;
}

const struct fit_volume *fit_volumes_tied(const struct fit_volumes *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].volume && (f->v[i].volume->naffinity || f->v[i].volume->nzones)) {
			return &f->v[i];
		}
	}
	return NULL;
}
