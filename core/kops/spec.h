/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what kops stored: Cluster and InstanceGroup documents (facts: kops
 * parts 1.4, 2).  Only the first document counts; keys are case-sensitive.
 */
#ifndef KOPSCOPE_KOPS_SPEC_H
#define KOPSCOPE_KOPS_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/things.h"

/*
 * Fills out with strings from the arena.  False with ERR_PARSE that names the
 * line when kops itself could not read it; out->problem says the same then, and
 * out->name is set where it could still be found.
 */
bool spec_read_cluster(const char *text, size_t len, struct arena *a, struct cluster_spec *out,
	struct err *e);
bool spec_read_group(const char *text, size_t len, const char *cluster, struct arena *a,
	struct group_spec *out, struct err *e);

#endif
