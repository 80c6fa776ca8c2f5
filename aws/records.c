/* SPDX-License-Identifier: Apache-2.0 */
/* A cluster's names in Route 53, as observations. */
#include "aws/records.h"

#include <stdlib.h>

#include "aws/route53.h"
#include "core/base/arena.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

struct records {
	const struct sink *sink;
	struct route53_list *list;
	struct arena *arena;
	struct dns_record *v;
	size_t n, cap;
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
};

static void records_free(struct records *r)
{
	route53_list_cancel(r->list);
	arena_free(r->arena);
	free(r->v);
	free(r);
}

static void records_each(void *ctx, const struct dns_record *d)
{
	struct records *r = ctx;
	struct dns_record *last = r->n ? &r->v[r->n - 1] : NULL;
	if (last && str_eq(last->name, d->name) && str_eq(last->type, d->type)) {
		char *both = xasprintf("%s,%s", last->value, d->value);
		last->value = arena_strdup(r->arena, both);
		free(both);
		return;
	}
	r->v = xgrow(r->v, &r->cap, r->n, sizeof(*r->v));
	r->v[r->n++] = (struct dns_record){
		.name = arena_strdup(r->arena, d->name), .type = arena_strdup(r->arena, d->type),
		.value = arena_strdup(r->arena, d->value),
	};
}

static void records_on_done(void *ctx, const struct err *e)
{
	struct records *r = ctx;
	r->list = NULL;
	if (e && e->kind == ERR_NOT_FOUND) {
		e = NULL;
	}
	if (!e) {
		struct observation o = { .kind = OBS_RECORD, .verb = OBS_SYNC_BEGIN };
		sink_observe(r->sink, &o);
		for (size_t i = 0; i < r->n; i++) {
			o.verb = OBS_SEEN;
			o.u.record = &r->v[i];
			sink_observe(r->sink, &o);
		}
		o = (struct observation){ .kind = OBS_RECORD, .verb = OBS_SYNC_END };
		sink_observe(r->sink, &o);
	}
	r->done(r->ctx, e);
	records_free(r);
}

struct records *records_start(struct aws *a, const char *cluster, const struct sink *sink,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct records *r = xcalloc(1, sizeof(*r));
	r->sink = sink;
	r->arena = arena_new();
	r->done = done;
	r->ctx = ctx;
	r->list = route53_list_start(a, cluster, records_each, records_on_done, r);
	return r;
}

void records_cancel(struct records *r)
{
	if (r) {
		records_free(r);
	}
}
