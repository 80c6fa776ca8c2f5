/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a pod's volume claims mean for where it may go, as the scheduler's
 * VolumeBinding and VolumeZone judge: a bound volume is reached from some nodes
 * only, an unbound claim either waits for the pod or holds it up everywhere.
 */
#ifndef KOPSCOPE_RULES_FIT_VOLUMES_H
#define KOPSCOPE_RULES_FIT_VOLUMES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/model/model.h"
#include "core/rules/reason.h"

struct fit_volume {
	const char *name;               /* of the claim */
	const struct claim *claim;      /* NULL: not known */
	const struct volume *volume;    /* NULL: not bound, or not known */
	const struct storage_class *sc; /* of an unbound claim; NULL: none, or not known */
};

/* Borrows the model and the pod. */
struct fit_volumes {
	struct fit_volume *v; /* one for each claim of the pod */
	size_t n;
	bool blind;           /* some claim, volume or class is not known */
	/* What holds the pod up on every node: REASON_PVC_NOT_FOUND (also one that is being
	   deleted), REASON_UNBOUND_PVC or REASON_OTHER; and by which of v. */
	enum reason_kind before;
	const struct fit_volume *by;
};
void fit_volumes_find(struct fit_volumes *out, const struct model *m, const struct pod *pod);
void fit_volumes_release(struct fit_volumes *f);

/* REASON_OTHER: nothing against the node.  *place: where the volume is, in a word; the storage
   class of REASON_VOLUME_BIND. */
enum reason_kind fit_volumes_judge(const struct fit_volumes *f, const struct m_node *n,
	const char **place);
/* The claim that waits for its pod to be scheduled; NULL: none does. */
const struct fit_volume *fit_volumes_waits(const struct fit_volumes *f);
/* The claim whose volume is not reached from every node; NULL: none. */
const struct fit_volume *fit_volumes_tied(const struct fit_volumes *f);

#endif
