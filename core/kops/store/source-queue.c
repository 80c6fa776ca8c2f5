/* SPDX-License-Identifier: Apache-2.0 */
/* The store's reads that wait or are out: one queue, eight at a time. */
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "core/kops/store/source-inner.h"

#define SOURCE_PARALLEL 8

struct store_read *store_read_add(struct store_source *s, struct store_task *t,
	enum read_kind kind, char *path, bool first)
{
	struct store_read *r = xcalloc(1, sizeof(*r));

	r->src = s;
	r->task = t;
	r->kind = kind;
	r->round = s->round;
	r->path = path;
	if (first) {
		r->next = s->queue;
		s->queue = r;
		s->queue_end = s->queue_end ? s->queue_end : r;
	} else if (s->queue_end) {
		s->queue_end->next = r;
		s->queue_end = r;
	} else {
		s->queue = r;
		s->queue_end = r;
	}
	if (t) {
		t->waiting++;
	}
	return r;
}

void store_read_free(struct store_read *r)
{
	free(r->path);
	free(r);
}

void store_task_free(struct store_task *t)
{
	store_cluster_free(t->cluster);
	free(t);
}

void store_read_drop(struct store_read *r)
{
	if (r->task && --r->task->waiting == 0) {
		store_task_free(r->task);
	}
	store_read_free(r);
}

void store_source_pump(struct store_source *s)
{
	while (s->queue && s->out < SOURCE_PARALLEL) {
		struct store_read *r = s->queue;

		s->queue = r->next;
		s->queue_end = s->queue ? s->queue_end : NULL;
		s->out++;
		if (!r->task) {
			s->store->ops->list(s->store, r->path, store_read_on_folders, r);
		} else if (r->kind == READ_NODEUPS) {
			s->store->ops->list_below(s->store, r->path, store_read_on_times, r);
		} else if (r->kind >= READ_GROUPS) {
			s->store->ops->list(s->store, r->path, r->kind == READ_GROUPS ?
				store_read_on_groups : store_read_on_times, r);
		} else {
			s->store->ops->get(s->store, r->path, store_read_on_text, r);
		}
	}
}
