/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS as a source of observations: looks at the cluster again and again, as
 * eagerly as the pace says, and tells the sink what it saw.
 */
#include "aws/aws.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/records.h"
#include "aws/round.h"
#include "aws/session.h"
#include "core/base/clock.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

/*
 * Wait between the end of a look and the next one.  When nobody looks, a look (about ten calls) is
 * rare enough for all sources together to ask less than once a minute; a key brings one at once.
 */
static const int64_t pace_ms[] = {
	[PACE_IDLE] = 15 * 60000, [PACE_NORMAL] = 20000, [PACE_FAST] = 3000,
};
/* What changes slowly is asked for more rarely. */
#define IDENTITY_MS (10 * 60000)
#define SUBNETS_MS 60000
#define BALANCERS_MS (5 * 60000)
#define RECORDS_MS (5 * 60000)
#define RECORDS_FAST_MS 60000 /* while something is being rolled: a new address is set */
/* After failures the wait doubles up to this. */
#define TROUBLE_MS 120000
#define TROUBLE_FAST_MS 15000
/* Instances that are told in one turn of the loop, a microsecond each: 5,000 would be felt. */
#define INSTANCES_A_TURN 1000

struct aws_source {
	struct source base;
	struct aws *aws;
	char *cluster, *region;
	struct sink sink;
	enum pace pace;
	bool running, again;
	int failures;
	struct loop_timer *timer;
	struct aws_round *round;
	const struct round_result *telling; /* the round's; NULL: nothing is left of it */
	size_t told;                        /* of its instances */
	bool wants_records;
	struct records *records;
	struct err records_err; /* why there are none */
	struct err note;        /* what else could not be had */
	bool live_waits;        /* for the first records */
	int64_t records_at;
	int64_t ended; /* mono ms of the last look's end */
	struct strmap *types; /* told already */
	int64_t told_expires; /* of the credentials */
	int64_t identity_at, subnets_at, balancers_at; /* mono ms + 1 of the last answer; 0 never */
};

static struct aws_source *source_of(struct source *s)
{
	return (struct aws_source *)s;
}

static const char *source_region(const struct aws_source *s)
{
	return s->region ? s->region : aws_region(s->aws);
}

/* ---- telling ---- */

static void tell(const struct aws_source *s, enum obs_kind kind, enum obs_verb verb,
	const void *thing)
{
	struct observation o = { .kind = kind, .verb = verb };
	o.u.asg = thing; /* all members are pointers to what kind says */
	sink_observe(&s->sink, &o);
}

static void tell_list(const struct aws_source *s, enum obs_kind kind, const void *v, size_t n,
	size_t size)
{
	const char *p = v;
	tell(s, kind, OBS_SYNC_BEGIN, NULL);
	for (size_t i = 0; i < n; i++) {
		tell(s, kind, OBS_SEEN, p + i * size);
	}
	tell(s, kind, OBS_SYNC_END, NULL);
}

/* What the instances refer to. */
static void tell_first(struct aws_source *s, const struct round_result *r)
{
	for (size_t i = 0; i < r->ntypes; i++) {
		tell(s, OBS_TYPE, OBS_SEEN, &r->types[i]);
		strmap_set(s->types, r->types[i].name, s);
	}
	tell_list(s, OBS_ASG, r->asgs, r->nasgs, sizeof(*r->asgs));
}

/* True when that were all. */
static bool tell_instances(struct aws_source *s, const struct round_result *r)
{
	size_t end = s->told + INSTANCES_A_TURN;
	if (!s->told) {
		tell(s, OBS_INSTANCE, OBS_SYNC_BEGIN, NULL);
	}
	for (; s->told < r->ninstances && s->told < end; s->told++) {
		tell(s, OBS_INSTANCE, OBS_SEEN, &r->instances[s->told]);
	}
	if (s->told < r->ninstances) {
		return false;
	}
	tell(s, OBS_INSTANCE, OBS_SYNC_END, NULL);
	return true;
}

static void tell_last(struct aws_source *s, const struct round_result *r)
{
	int64_t now = aws_mono(s->aws) + 1;
	if (r->has_subnets) {
		tell_list(s, OBS_SUBNET, r->subnets, r->nsubnets, sizeof(*r->subnets));
		s->subnets_at = now;
	}
	if (r->has_balancers) {
		tell_list(s, OBS_BALANCER, r->balancers, r->nbalancers, sizeof(*r->balancers));
		s->balancers_at = now;
	}
	if (r->has_identity) {
		tell(s, OBS_IDENTITY, OBS_SEEN, &r->identity);
		s->identity_at = now;
		s->told_expires = r->identity.expires;
	}
}

/* "12 calls/min", and what is not as it should be. */
static void source_detail(const struct aws_source *s, const struct err *note, char *out,
	size_t size)
{
	int calls = aws_calls_per_minute(s->aws);
	int n = snprintf(out, size, "%d calls/min", calls);
	if (s->aws->skew_ms && n > 0 && (size_t)n < size) {
		n += snprintf(out + n, size - (size_t)n, ", our clock is off by %" PRId64 " s",
			-s->aws->skew_ms / 1000);
	}
	if (s->aws->calm_until > aws_mono(s->aws) && n > 0 && (size_t)n < size) {
		n += snprintf(out + n, size - (size_t)n, ", asked to slow down");
	}
	if (err_is_set(note) && n > 0 && (size_t)n < size) {
		/* "EC2 DescribeSubnets: why at length": what, and the kind of why */
		snprintf(out + n, size - (size_t)n, ", %.*s: %s",
			(int)strcspn(note->text, ":"), note->text, err_kind_name(note->kind));
	}
}

/* ---- looking ---- */

static void source_look(void *ctx);

static int64_t source_interval(const struct aws_source *s)
{
	int64_t ms = pace_ms[s->pace];
	int64_t most = s->pace == PACE_FAST ? TROUBLE_FAST_MS : TROUBLE_MS;
	for (int i = 0; i < s->failures && ms < most; i++) {
		ms *= 2;
	}
	return s->failures && ms > most ? most : ms;
}

static void source_schedule(struct aws_source *s)
{
	if (s->telling) {
		return; /* the timer is its own; this comes again when all is told */
	}
	if (s->timer) {
		loop_timer_remove(s->timer);
		s->timer = NULL;
	}
	if (!s->running || s->round) {
		return;
	}
	int64_t wait = s->ended + source_interval(s) - aws_mono(s->aws);
	if (s->again || wait < 0) {
		wait = 0;
	}
	s->timer = loop_timer_add(s->aws->loop, wait, source_look, s);
}

static void source_say_live(struct aws_source *s)
{
	char detail[sizeof(((struct source_status *)NULL)->detail)];
	source_detail(s, err_is_set(&s->note) ? &s->note : &s->records_err, detail, sizeof(detail));
	sink_source_live(&s->sink, SRC_AWS, clock_wall(loop_clock(s->aws->loop)), detail);
}

static void source_end_round(struct aws_source *s)
{
	aws_round_free(s->round);
	s->round = NULL;
	s->telling = NULL;
	s->ended = aws_mono(s->aws);
	source_schedule(s);
}

static void source_tell(void *ctx)
{
	struct aws_source *s = ctx;
	const struct round_result *r = s->telling;
	s->timer = NULL;
	if (!tell_instances(s, r)) {
		s->timer = loop_timer_add(s->aws->loop, 0, source_tell, s);
		return;
	}
	tell_last(s, r);
	s->note = r->note;
	/* At first all is told before it is called live: somebody may wait for that. */
	s->live_waits = s->records && !s->records_at;
	if (!s->live_waits) {
		source_say_live(s);
	}
	source_end_round(s);
}

static void source_on_round(void *ctx, const struct round_result *r, const struct err *e)
{
	struct aws_source *s = ctx;
	if (e) {
		s->failures++;
		sink_source_failed(&s->sink, SRC_AWS, clock_wall(loop_clock(s->aws->loop)), e);
		source_end_round(s);
		return;
	}
	s->failures = 0;
	tell_first(s, r);
	s->telling = r;
	s->told = 0;
	if (r->ninstances > INSTANCES_A_TURN) {
		/* Timers come after the ends of requests, still in this turn. */
		s->timer = loop_timer_add(s->aws->loop, 0, source_tell, s);
	} else {
		source_tell(s);
	}
}

static bool due(int64_t at, int64_t every, int64_t now)
{
	return !at || now - at >= every;
}

static void source_on_records(void *ctx, const struct err *e)
{
	struct aws_source *s = ctx;
	s->records = NULL;
	s->records_at = aws_mono(s->aws) + 1;
	err_clear(&s->records_err);
	if (e) {
		s->records_err = *e;
	}
	if (s->live_waits) {
		s->live_waits = false;
		source_say_live(s);
	}
}

static void source_look_at_records(struct aws_source *s, int64_t now)
{
	int64_t every = s->pace == PACE_FAST ? RECORDS_FAST_MS : RECORDS_MS;
	if (s->wants_records && !s->records && due(s->records_at, every, now)) {
		s->records = records_start(s->aws, s->cluster, &s->sink, source_on_records, s);
	}
}

static void source_look(void *ctx)
{
	struct aws_source *s = ctx;
	int64_t now = aws_mono(s->aws);
	const struct credentials *held = creds_held(s->aws->chain);
	char detail[sizeof(((struct source_status *)NULL)->detail)];
	s->timer = NULL;
	s->again = false;
	source_detail(s, NULL, detail, sizeof(detail));
	sink_source_asked(&s->sink, SRC_AWS, clock_wall(loop_clock(s->aws->loop)), detail);
	s->round = aws_round_start(s->aws, &(struct round_wants){
		.cluster = s->cluster, .region = source_region(s), .known_types = s->types,
		.identity = due(s->identity_at, IDENTITY_MS, now) ||
			(held && held->expires != s->told_expires),
		.activities = s->pace == PACE_FAST,
		.subnets = due(s->subnets_at, SUBNETS_MS, now),
		.balancers = due(s->balancers_at, BALANCERS_MS, now),
	}, source_on_round, s);
	source_look_at_records(s, now);
}

/* ---- the source's verbs ---- */

static void source_start(struct source *base)
{
	struct aws_source *s = source_of(base);
	if (!s->running) {
		s->running = true;
		s->again = true;
		source_schedule(s);
	}
}

static void source_refresh(struct source *base)
{
	struct aws_source *s = source_of(base);
	s->again = true;
	source_schedule(s);
}

static void source_pace(struct source *base, enum pace pace)
{
	struct aws_source *s = source_of(base);
	if (s->pace != pace) {
		s->pace = pace;
		source_schedule(s);
	}
}

static void source_stop(struct source *base)
{
	struct aws_source *s = source_of(base);
	s->running = false;
	aws_round_free(s->round);
	s->round = NULL;
	s->telling = NULL;
	records_cancel(s->records);
	s->records = NULL;
	source_schedule(s);
}

static void source_free(struct source *base)
{
	struct aws_source *s = source_of(base);
	source_stop(base);
	strmap_free(s->types);
	free(s->cluster);
	free(s->region);
	free(s);
}

static const struct source_ops ops = {
	.start = source_start, .refresh = source_refresh, .pace = source_pace,
	.stop = source_stop, .free = source_free,
};

struct source *aws_source_new(struct aws *a, const char *cluster, const char *region,
	const struct sink *sink)
{
	struct aws_source *s = xcalloc(1, sizeof(*s));
	s->base.ops = &ops;
	s->base.id = SRC_AWS;
	s->aws = a;
	s->cluster = xstrdup(cluster);
	s->region = str_empty(region) ? NULL : xstrdup(region);
	s->sink = *sink;
	s->pace = PACE_NORMAL;
	s->types = strmap_new(NULL);
	return &s->base;
}

void aws_source_want_records(struct source *base)
{
	source_of(base)->wants_records = true;
}
