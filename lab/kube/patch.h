/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three kinds of PATCH: JSON merge patch (RFC 7386), JSON patch (RFC 6902)
 * and Kubernetes' strategic merge patch, whose list merge keys are a table in
 * kube-patch.c.  "void *json": a JSON tree, as in lab/kube/store.h.
 */
#ifndef KOPSCOPE_LAB_KUBE_PATCH_H
#define KOPSCOPE_LAB_KUBE_PATCH_H

#include "core/base/err.h"

/* Each returns a new tree; target and patch are left alone. */
void *patch_merge(const void *target, const void *patch);
void *patch_strategic(const void *target, const void *patch);
/* NULL with ERR_PARSE (bad patch) or ERR_CONFLICT (a test failed). */
void *patch_json(const void *target, const void *patch, struct err *e);

#endif
