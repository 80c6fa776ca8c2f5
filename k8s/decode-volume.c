/* SPDX-License-Identifier: Apache-2.0 */
/* PersistentVolumeClaims, PersistentVolumes and StorageClasses. */
#include "core/base/json.h"
#include "core/base/strs.h"
#include "k8s/decode-parts.h"
#include "k8s/derive.h"

static const char *some(const json_t *j, const char *path)
{
	const char *s = json_str(j, path);

	return str_empty(s) ? NULL : s;
}

void decode_claim(struct arena *a, const void *jv, struct claim *out)
{
	const json_t *j = jv;

	*out = (struct claim){
		.ns = json_str(j, "metadata.namespace"),
		.name = json_str(j, "metadata.name"),
		.phase = some(j, "status.phase"),
		.volume = some(j, "spec.volumeName"),
		.storage_class = some(j, "spec.storageClassName"),
		.created = decode_stamp(j, "metadata.creationTimestamp"),
		.deletion = decode_stamp(j, "metadata.deletionTimestamp"),
	};
}

void decode_volume(struct arena *a, const void *jv, struct volume *out)
{
	const json_t *j = jv;
	size_t nlabels;

	*out = (struct volume){
		.name = json_str(j, "metadata.name"),
		.phase = some(j, "status.phase"),
		.storage_class = some(j, "spec.storageClassName"),
	};
	out->affinity = decode_node_terms(a, json_path(j,
		"spec.nodeAffinity.required.nodeSelectorTerms"), &out->naffinity);
	const struct label *labels = decode_labels(a, json_path(j, "metadata.labels"), &nlabels);
	derive_volume_zones(a, labels, nlabels, out);
}

void decode_storage_class(struct arena *a, const void *jv, struct storage_class *out)
{
	const json_t *j = jv;
	const json_t *terms = json_path(j, "allowedTopologies");
	size_t size = json_array_size(terms), i, k;
	json_t *t, *e;

	*out = (struct storage_class){
		.name = json_str(j, "metadata.name"),
		.provisioner = some(j, "provisioner"),
		.waits = str_eq(json_str(j, "volumeBindingMode"), "WaitForFirstConsumer"),
	};
	out->topologies = size ? arena_alloc(a, size * sizeof *out->topologies) : NULL;
	for (i = 0; i < size; i++) {
		t = json_array_get(terms, i);
		const json_t *exprs = json_path(t, "matchLabelExpressions");
		struct selector_term *term = &out->topologies[out->ntopologies++];
		*term = (struct selector_term){ .nreqs = json_array_size(exprs) };
		term->reqs = arena_alloc(a, (term->nreqs + 1) * sizeof *term->reqs);
		json_array_foreach((json_t *)exprs, k, e) {
			struct requirement *r = &term->reqs[k];
			*r = (struct requirement){ .key = json_str(e, "key"), .op = "In" };
			r->values = decode_texts(a, json_path(e, "values"), &r->nvalues);
		}
	}
}
