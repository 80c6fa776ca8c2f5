/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamps and durations as text.  ms since 1970 UTC; 0 means unknown. */
#ifndef KOPSCOPE_BASE_STAMP_H
#define KOPSCOPE_BASE_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 3339 as Kubernetes and AWS write it, fractions allowed.  0 when unreadable. */
int64_t stamp_parse(const char *s);
/* "2026-11-22T13:04:17Z" (micro: six digits of fraction, as MicroTime). */
void stamp_format(char out[40], int64_t wall_ms, bool micro);
/* "20261122T130417Z" for SigV4. */
void stamp_amz(char out[20], int64_t wall_ms);

/* "77s", "4m10s", "2h10m", "3d", the two largest units; "?" when negative. */
void stamp_duration(char *out, size_t size, int64_t ms);

/*
 * As kubectl tells ages, coarser the older: "77s", "4m10s", "12m", "3h5m", "30h", "2d3h", "9d",
 * "400d", "3y20d".  What is looked at for long then rarely changes.
 */
void stamp_age(char *out, size_t size, int64_t ms);

#endif
