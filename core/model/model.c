/* SPDX-License-Identifier: Apache-2.0 */
/* The model's life, applying observations, and looking. */
#include "core/model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/model/model-private.h"

/* Kinds that are a table of records whose first member is the thing itself. */
struct kind_row {
	bool listed;
	bool joins;      /* a change makes model_join() due */
	bool of_cluster; /* forgotten when another cluster is opened */
	enum layout_id layout;
	size_t rec_size, thing_size;
	size_t key1, key2;
	size_t quiet;    /* offset of the resourceVersion, which alone is no change */
};

#define ROW(layout_, rec, thing, k1) .listed = true, .layout = layout_, \
	.rec_size = sizeof(struct rec), .thing_size = sizeof(struct thing), \
	.key1 = offsetof(struct thing, k1), .key2 = TABLE_NO_KEY, .quiet = TABLE_NO_KEY
#define ROW2(layout_, thing, k1, k2) .listed = true, .layout = layout_, \
	.rec_size = sizeof(struct thing), .thing_size = sizeof(struct thing), \
	.key1 = offsetof(struct thing, k1), .key2 = offsetof(struct thing, k2)

static const struct kind_row rows[OBS__COUNT] = {
	[OBS_CLUSTER] = { ROW(LAYOUT_CLUSTER, m_cluster, cluster_spec, name), .joins = true },
	[OBS_GROUP] = { ROW2(LAYOUT_GROUP, group_spec, cluster, name), .joins = true,
		.quiet = TABLE_NO_KEY },
	[OBS_ASG] = { ROW(LAYOUT_ASG, asg, asg, name), .joins = true, .of_cluster = true },
	[OBS_INSTANCE] = { ROW(LAYOUT_INSTANCE, m_instance, instance, id), .joins = true,
		.of_cluster = true },
	[OBS_TYPE] = { ROW(LAYOUT_TYPE, instance_type, instance_type, name) },
	[OBS_SUBNET] = { ROW(LAYOUT_SUBNET, subnet, subnet, id), .of_cluster = true },
	[OBS_BALANCER] = { ROW(LAYOUT_BALANCER, balancer, balancer, name), .of_cluster = true },
	[OBS_RECORD] = { ROW2(LAYOUT_RECORD, dns_record, name, type), .of_cluster = true,
		.quiet = TABLE_NO_KEY },
	[OBS_NODE] = { ROW(LAYOUT_NODE, m_node, node, name), .joins = true, .of_cluster = true },
	[OBS_DEPLOYMENT] = { ROW2(LAYOUT_DEPLOYMENT, deployment, ns, name), .of_cluster = true,
		.quiet = offsetof(struct deployment, resource_version) },
	[OBS_DAEMONSET] = { ROW2(LAYOUT_DAEMONSET, daemonset, ns, name), .of_cluster = true,
		.quiet = offsetof(struct daemonset, resource_version) },
	[OBS_PDB] = { ROW2(LAYOUT_PDB, pdb, ns, name), .of_cluster = true,
		.quiet = TABLE_NO_KEY },
	[OBS_EVENT] = { ROW(LAYOUT_EVENT, event, event, uid), .of_cluster = true },
	[OBS_CLAIM] = { ROW2(LAYOUT_CLAIM, claim, ns, name), .of_cluster = true,
		.quiet = TABLE_NO_KEY },
	[OBS_VOLUME] = { ROW(LAYOUT_VOLUME, volume, volume, name), .of_cluster = true },
	[OBS_STORAGE_CLASS] = { ROW(LAYOUT_STORAGE_CLASS, storage_class, storage_class, name),
		.of_cluster = true },
};

#define EVENTS_MAX 1000
#define THING_MAX 512
_Static_assert(sizeof(struct cluster_spec) <= THING_MAX, "raise THING_MAX");
_Static_assert(sizeof(struct node) <= THING_MAX, "raise THING_MAX");

static size_t row_quiet(enum obs_kind kind)
{
	return kind == OBS_NODE ? offsetof(struct node, resource_version) : rows[kind].quiet;
}

const char *source_name(enum source_id s)
{
	static const char *const names[] = {
		[SRC_STORE] = "store", [SRC_AWS] = "aws", [SRC_KUBE] = "k8s",
	};
	return (size_t)s < SRC__COUNT ? names[s] : "?";
}

struct model *model_new(const struct clock *clock)
{
	struct model *m = xcalloc(1, sizeof *m);
	m->clock = clock;
	m->pool = pool_new();
	for (int k = 0; k < OBS__COUNT; k++) {
		if (rows[k].listed) {
			keyed_init(&m->kinds[k], &m->slab, rows[k].key1, rows[k].key2);
		}
	}
	keyed_init(&m->kinds[OBS_POD], &m->pod_slab, offsetof(struct m_pod, pod.uid), TABLE_NO_KEY);
	keyed_init(&m->groups, &m->slab, offsetof(struct m_group, spec.name), TABLE_NO_KEY);
	keyed_init(&m->ghosts, &m->slab, offsetof(struct m_node, node.name), TABLE_NO_KEY);
	m->pod_names = (struct index){ .slab = &m->pod_slab, .key1 = offsetof(struct m_pod, pod.ns),
		.key2 = offsetof(struct m_pod, pod.name) };
	m->peers.slab = &m->pod_slab;
	m->unjoined = true;
	return m;
}

void model_changed(struct model *m, enum obs_kind kind)
{
	m->generation[kind]++;
	m->generation_all++;
	if (rows[kind].joins) {
		m->unjoined = true;
	}
}

static void record_remove(struct model *m, enum obs_kind kind, void *rec)
{
	keyed_remove(&m->kinds[kind], rec);
	if (kind == OBS_NODE) {
		model_release_node(m, rec);
		return;
	}
	pool_disown(m->pool, rows[kind].layout, rec);
	keyed_free_rec(&m->slab, rec);
}

/* True when only the quiet member, or nothing, differs. */
static bool record_same(enum obs_kind kind, const void *rec, const void *owned)
{
	_Alignas(8) char old[THING_MAX];
	size_t quiet = row_quiet(kind);
	memcpy(old, rec, rows[kind].thing_size);
	if (quiet != TABLE_NO_KEY) {
		memcpy(old + quiet, (const char *)owned + quiet, sizeof(void *));
	}
	return !memcmp(old, owned, rows[kind].thing_size);
}

static void events_cap(struct model *m)
{
	struct keyed *t = &m->kinds[OBS_EVENT];
	for (size_t i = 0; i < t->n && t->nlive > EVENTS_MAX; i++) {
		if (t->v[i]) {
			record_remove(m, OBS_EVENT, t->v[i]);
		}
	}
}

static void record_seen(struct model *m, enum obs_kind kind, const void *thing)
{
	const struct kind_row *row = &rows[kind];
	struct keyed *t = &m->kinds[kind];
	_Alignas(8) char owned[THING_MAX];
	const char *k1, *k2 = NULL;
	memcpy(&k1, (const char *)thing + row->key1, sizeof k1);
	if (row->key2 != TABLE_NO_KEY) {
		memcpy(&k2, (const char *)thing + row->key2, sizeof k2);
	}
	if (str_empty(k1)) {
		return; /* nothing to know it by */
	}
	memcpy(owned, thing, row->thing_size);
	pool_own(m->pool, row->layout, owned);
	void *rec = keyed_find(t, k1, k2);
	if (!rec) {
		rec = kind == OBS_NODE ? model_adopt_node(m, k1)
				       : keyed_new_rec(&m->slab, row->rec_size);
		memcpy(rec, owned, row->thing_size);
		keyed_add(t, rec);
		model_changed(m, kind);
		if (kind == OBS_EVENT) {
			events_cap(m);
		}
		return;
	}
	keyed_seen(t, rec);
	bool same = record_same(kind, rec, owned);
	pool_disown(m->pool, row->layout, rec);
	memcpy(rec, owned, row->thing_size);
	if (!same) {
		model_changed(m, kind);
	}
}

static void record_gone(struct model *m, enum obs_kind kind, const void *thing)
{
	const char *k1, *k2 = NULL;
	memcpy(&k1, (const char *)thing + rows[kind].key1, sizeof k1);
	if (rows[kind].key2 != TABLE_NO_KEY) {
		memcpy(&k2, (const char *)thing + rows[kind].key2, sizeof k2);
	}
	void *rec = keyed_find(&m->kinds[kind], k1, k2);
	if (rec) {
		record_remove(m, kind, rec);
		model_changed(m, kind);
	}
}

static void kind_sync_end(struct model *m, enum obs_kind kind, const char *scope)
{
	struct keyed *t = &m->kinds[kind];
	if (!t->syncing) {
		return;
	}
	t->syncing = false;
	t->listed = true;
	if (kind == OBS_POD) {
		model_sweep_pods(m);
		return;
	}
	bool any = false;
	for (size_t i = 0; i < t->n; i++) {
		void *rec = t->v[i];
		if (!rec || !keyed_stale(t, rec)) {
			continue;
		}
		if (kind == OBS_GROUP && scope &&
		    !str_eq(((const struct group_spec *)rec)->cluster, scope)) {
			continue;
		}
		record_remove(m, kind, rec);
		any = true;
	}
	if (any) {
		model_changed(m, kind);
	}
}

static void apply_listed(struct model *m, const struct observation *o)
{
	struct keyed *t = &m->kinds[o->kind];
	/* All members of the union are pointers to the thing. */
	const void *thing = o->u.cluster;
	switch (o->verb) {
	case OBS_SYNC_BEGIN:
		t->epoch++;
		t->syncing = true;
		break;
	case OBS_SYNC_END:
		kind_sync_end(m, o->kind, o->scope);
		break;
	case OBS_SEEN:
	case OBS_GONE:
		if (!thing) {
			break;
		}
		if (o->kind == OBS_POD) {
			model_apply_pod(m, o->verb, o->u.pod);
		} else if (o->verb == OBS_SEEN) {
			record_seen(m, o->kind, thing);
		} else {
			record_gone(m, o->kind, thing);
		}
		break;
	}
}

static bool source_same(const struct source_status *a, const struct source_status *b)
{
	return a->state == b->state && a->asked == b->asked && a->arrived == b->arrived &&
		a->failed == b->failed && a->why.kind == b->why.kind &&
		str_eq(a->why.text, b->why.text) && str_eq(a->why.hint, b->why.hint) &&
		str_eq(a->detail, b->detail);
}

/* "asked" again does not take back what has arrived, nor hide a failure that still holds. */
static void apply_source(struct model *m, const struct obs_source *s)
{
	if ((size_t)s->id >= SRC__COUNT) {
		return;
	}
	struct source_status *st = &m->sources[s->id], was = *st;
	const struct source_status *in = &s->status;
	st->asked = in->asked ? in->asked : st->asked;
	st->arrived = in->arrived ? in->arrived : st->arrived;
	st->failed = in->failed ? in->failed : st->failed;
	if (in->state != SOURCE_ASKED || was.state == SOURCE_OFF) {
		st->state = in->state;
		st->why = in->why;
	}
	if (in->detail[0] || in->state != SOURCE_ASKED) {
		snprintf(st->detail, sizeof st->detail, "%s", in->detail);
	}
	if (!source_same(&was, st)) {
		model_changed(m, OBS_SOURCE);
	}
}

static void apply_single(struct model *m, enum obs_kind kind, enum layout_id layout, void *own,
	bool *has, const struct observation *o)
{
	size_t size = layout_get(layout)->size;
	_Alignas(8) char owned[THING_MAX] = { 0 };
	const void *thing = o->u.identity; /* or server: the union's pointers lie together */
	if (o->verb == OBS_SEEN && thing) {
		memcpy(owned, thing, size);
		pool_own(m->pool, layout, owned);
	} else if (o->verb != OBS_GONE) {
		return;
	}
	bool now = o->verb == OBS_SEEN;
	if (now != *has || memcmp(own, owned, size) != 0) {
		model_changed(m, kind);
	}
	pool_disown(m->pool, layout, own);
	memcpy(own, owned, size);
	*has = now;
}

void model_apply(struct model *m, const struct observation *o)
{
	if (o->kind == OBS_SOURCE) {
		if (o->u.source) {
			apply_source(m, o->u.source);
		}
	} else if (o->kind == OBS_IDENTITY) {
		apply_single(m, OBS_IDENTITY, LAYOUT_IDENTITY, &m->identity, &m->has_identity, o);
	} else if (o->kind == OBS_SERVER) {
		apply_single(m, OBS_SERVER, LAYOUT_SERVER, &m->server, &m->has_server, o);
	} else if (o->kind == OBS_POD || rows[o->kind].listed) {
		apply_listed(m, o);
	}
}

static void kind_forget(struct model *m, enum obs_kind kind)
{
	struct keyed *t = &m->kinds[kind];
	t->syncing = t->listed = false;
	bool any = t->nlive > 0;
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i]) {
			record_remove(m, kind, t->v[i]);
		}
	}
	if (any) {
		model_changed(m, kind);
	}
}

static void model_forget_cluster(struct model *m)
{
	struct observation gone = { .kind = OBS_SERVER, .verb = OBS_GONE };
	m->kinds[OBS_POD].syncing = m->kinds[OBS_POD].listed = false;
	model_forget_pods(m);
	for (int k = 0; k < OBS__COUNT; k++) {
		if (rows[k].listed && rows[k].of_cluster) {
			kind_forget(m, k);
		}
	}
	if (m->has_server) {
		model_apply(m, &gone);
	}
	model_forget_joined(m);
}

void model_open_cluster(struct model *m, const char *name)
{
	model_forget_cluster(m);
	xreplace(&m->opened, name);
	m->generation_all++;
}

void model_free(struct model *m)
{
	if (!m) {
		return;
	}
	model_forget_cluster(m);
	for (int k = 0; k < OBS__COUNT; k++) {
		if (rows[k].listed) {
			kind_forget(m, k);
		}
		keyed_release(&m->kinds[k]);
	}
	keyed_release(&m->groups);
	keyed_release(&m->ghosts);
	index_release(&m->pod_names);
	peers_release(&m->peers);
	free(m->waiting);
	free(m->cluster_list);
	free(m->group_list);
	free(m->opened);
	slab_release(&m->slab);
	slab_release(&m->pod_slab);
	pool_free(m->pool);
	free(m);
}
