/* SPDX-License-Identifier: Apache-2.0 */
/* Shorthands for what every source says about itself. */
#include "core/model/source.h"

#include <stdio.h>
#include <string.h>

void sink_observe(const struct sink *s, const struct observation *o)
{
	if (s && s->observe) {
		s->observe(s->ctx, o);
	}
}

static void sink_source(const struct sink *s, struct obs_source *os, const char *detail)
{
	if (detail) {
		snprintf(os->status.detail, sizeof os->status.detail, "%s", detail);
	}
	struct observation o = { .kind = OBS_SOURCE, .verb = OBS_SEEN, .u.source = os };
	sink_observe(s, &o);
}

void sink_source_asked(const struct sink *s, enum source_id id, int64_t wall, const char *detail)
{
	struct obs_source os = { .id = id,
		.status = { .state = SOURCE_ASKED, .asked = wall } };
	sink_source(s, &os, detail);
}

void sink_source_live(const struct sink *s, enum source_id id, int64_t wall, const char *detail)
{
	struct obs_source os = { .id = id,
		.status = { .state = SOURCE_LIVE, .arrived = wall } };
	sink_source(s, &os, detail);
}

void sink_source_failed(const struct sink *s, enum source_id id, int64_t wall,
	const struct err *why)
{
	struct obs_source os = { .id = id,
		.status = { .state = SOURCE_FAILED, .failed = wall } };
	if (why) {
		os.status.why = *why;
	}
	sink_source(s, &os, NULL);
}
