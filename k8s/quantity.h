/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes resource quantities: "100m", "1Gi", "1e3", "0.5".  Rounded up (away
 * from zero) to whole units, as apimachinery's Value() and MilliValue() do;
 * what is too large is INT64_MAX.
 */
#ifndef KOPSCOPE_K8S_QUANTITY_H
#define KOPSCOPE_K8S_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/* False leaves *out alone: NULL or no quantity. */
bool quantity_value(const char *s, int64_t *out);
bool quantity_milli(const char *s, int64_t *out);

#endif
