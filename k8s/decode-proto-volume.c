/* SPDX-License-Identifier: Apache-2.0 */
/* PersistentVolumeClaims, PersistentVolumes and StorageClasses in protobuf. */
#include "core/base/strs.h"
#include "k8s/decode-proto.h"
#include "k8s/derive.h"
#include "k8s/proto.h"

bool proto_claim(struct arena *a, const char *p, size_t n, struct element *out)
{
	static const struct proto_row spec_rows[] = {
		{ 3, PROTO_TEXT, offsetof(struct claim, volume), NULL },
		{ 5, PROTO_TEXT, offsetof(struct claim, storage_class), NULL },
	};
	static const struct proto_row status_rows[] = {
		{ 1, PROTO_TEXT, offsetof(struct claim, phase), NULL },
	};
	struct claim *o = &out->u.claim;
	struct proto_parts in;

	*o = (struct claim){ .ns = NULL };
	if (!proto_parts_read(a, p, n, &in) || !PROTO_READ(a, in.spec.p, in.spec.n, spec_rows, o) ||
	    !PROTO_READ(a, in.status.p, in.status.n, status_rows, o))
		return false;
	out->resource_version = in.meta.version;
	o->ns = in.meta.ns;
	o->name = in.meta.name;
	o->created = in.meta.created;
	o->deletion = in.meta.deletion;
	return true;
}

static bool node_affinity_sub(struct arena *a, const char *p, size_t n, void *node_terms)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, proto_node_selector_sub } };

	return PROTO_READ(a, p, n, rows, node_terms);
}

bool proto_volume(struct arena *a, const char *p, size_t n, struct element *out)
{
	static const struct proto_row spec_rows[] = {
		{ 6, PROTO_TEXT, offsetof(struct volume, storage_class), NULL },
	};
	static const struct proto_row affinity_rows[] = {
		{ 9, PROTO_SUB, 0, node_affinity_sub },
	};
	static const struct proto_row status_rows[] = {
		{ 1, PROTO_TEXT, offsetof(struct volume, phase), NULL },
	};
	struct volume *o = &out->u.volume;
	struct node_terms terms = { .n = 0 };
	struct proto_parts in;

	*o = (struct volume){ .name = NULL };
	if (!proto_parts_read(a, p, n, &in) || !PROTO_READ(a, in.spec.p, in.spec.n, spec_rows, o) ||
	    !PROTO_READ(a, in.spec.p, in.spec.n, affinity_rows, &terms) ||
	    !PROTO_READ(a, in.status.p, in.status.n, status_rows, o))
		return false;
	out->resource_version = in.meta.version;
	o->name = in.meta.name;
	o->affinity = terms.v;
	o->naffinity = terms.n;
	derive_volume_zones(a, in.meta.labels, in.meta.nlabels, o);
	return true;
}

/* A TopologySelectorLabelRequirement: as a requirement, but its values are number 2. */
static bool topology_sub(struct arena *a, const char *p, size_t n, void *term_list)
{
	static const struct proto_row rows[] = {
		{ 1, PROTO_TEXT_ALL, offsetof(struct requirement, key), NULL },
		{ 2, PROTO_SUB, offsetof(struct requirement, values), proto_text_sub },
	};
	struct term_list *t = term_list;

	t->v = proto_grow(a, t->v, t->n, sizeof *t->v);
	struct requirement *r = &t->v[t->n++];
	r->op = "In";
	return PROTO_READ(a, p, n, rows, r);
}

static bool topologies_sub(struct arena *a, const char *p, size_t n, void *node_terms)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, topology_sub } };
	struct node_terms *l = node_terms;

	l->v = proto_grow(a, l->v, l->n, sizeof *l->v);
	return PROTO_READ(a, p, n, rows, &l->v[l->n++]);
}

struct class_in {
	struct proto_meta meta;
	const char *provisioner, *binding;
	struct node_terms topologies;
};
static const struct proto_row class_rows[] = {
	{ 1, PROTO_SUB, offsetof(struct class_in, meta), proto_meta_sub },
	{ 2, PROTO_TEXT, offsetof(struct class_in, provisioner), NULL },
	{ 7, PROTO_TEXT, offsetof(struct class_in, binding), NULL },
	{ 8, PROTO_SUB, offsetof(struct class_in, topologies), topologies_sub },
};

bool proto_storage_class(struct arena *a, const char *p, size_t n, struct element *out)
{
	struct class_in in = { .meta = PROTO_META_INIT };

	if (!PROTO_READ(a, p, n, class_rows, &in) || !in.meta.name)
		return false;
	out->resource_version = in.meta.version;
	out->u.storage_class = (struct storage_class){
		.name = in.meta.name, .provisioner = in.provisioner,
		.waits = str_eq(in.binding, "WaitForFirstConsumer"),
		.topologies = in.topologies.v, .ntopologies = in.topologies.n,
	};
	return true;
}
