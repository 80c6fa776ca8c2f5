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
 * An age, coarser the older: "75s", "4m", "3h5m", "30h", "2d3h", "9d", "400d", "3y20d".  As
 * kubectl tells ages (apimachinery's HumanDuration), but for the young: kubectl prints once, a
 * screen would paint again each second.  So from ten seconds to two minutes it goes in steps of
 * 5 s, and from there to three hours in whole minutes, where kubectl has seconds up to ten
 * minutes.  What must be exact is a stamp_duration().
 */
void stamp_age(char *out, size_t size, int64_t ms);

#endif
