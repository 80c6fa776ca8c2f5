/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API server's answer to what it did not do: a Status object, as kind and
 * words.  Anything else (a proxy's page, an empty body) is told by its HTTP
 * status.
 */
#ifndef KOPSCOPE_K8S_STATUS_H
#define KOPSCOPE_K8S_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct kube_status {
	int code;             /* of the Status, else the HTTP status */
	bool disruption_budget; /* a 429 that a PodDisruptionBudget caused */
	int64_t retry_after_ms; /* details.retryAfterSeconds; -1: not said */
};

/* what: "evict default/web-1".  out may be NULL.  Always sets e; returns false. */
bool kube_status_err(struct err *e, int http_status, const char *body, size_t len,
	const char *what, struct kube_status *out);

#endif
