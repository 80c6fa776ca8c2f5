/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drift: what was written in a spec and is not applied yet.
 *
 * What kops applied it records in the store itself (facts: kops parts 1.1, 4):
 * cluster-completed.spec is the cluster as the last update saw it, with kops'
 * own defaults beside what the user wrote; nodeupconfig.yaml of a group is what
 * its new nodes boot with.  A value that the spec gives and the record does not
 * hold is not applied.  One that the record holds and the spec does not give
 * was either filled in by kops or taken away since: a table tells the two apart.
 *
 * Of a group only its kubelet, machine type, labels and taints are recorded
 * there; its size stands in the Auto Scaling group (core/rules/unapplied.h), its
 * image and volumes nowhere in the store.
 */
#ifndef KOPSCOPE_KOPS_DRIFT_H
#define KOPSCOPE_KOPS_DRIFT_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/strs.h"
#include "core/base/yaml.h"
#include "core/model/things.h"

/* One file of the store; text NULL: it is not there. */
struct drift_file {
	const char *text;
	size_t len;
	int64_t at; /* wall ms of its last change; 0 unknown */
	const struct yaml_doc *doc; /* of text, where it is compared often; NULL: not parsed yet */
};

struct drift {
	enum tri found;       /* TRI_UNKNOWN: cannot be told */
	struct strlist lines; /* one per setting: "kubelet.maxPods 110 (applied 17)" */
	const char *note;     /* why it, or some of it, cannot be told; static text or NULL */
};
void drift_release(struct drift *d);

/* out is initialised by these. */
void drift_of_cluster(const struct drift_file *config, const struct drift_file *completed,
	struct drift *out);
void drift_of_group(const struct drift_file *group, const struct drift_file *completed,
	const struct drift_file *nodeup, struct drift *out);

#endif
