/* SPDX-License-Identifier: Apache-2.0 */
/* How often the store is asked where its lists tell etags: what core/kops/store/source.h promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/loop.h"
#include "core/kops/store/source.h"
#include "tests/kops/store-world.h"

#define GROUPS 200
#define FILES_MAX (2 * GROUPS + 8)

struct file {
	char path[96], text[256], etag[16];
};

/* A store in memory, as S3 is: it answers later, and its lists have etags. */
struct bucket {
	struct store base;
	struct loop *loop;
	struct file v[FILES_MAX];
	size_t n;
	int lists, gets;
	int records;
};

struct ask {
	struct bucket *b;
	char *path;
	bool below;
	void (*on_list)(void *, const struct store_entry *, size_t, const struct err *);
	void (*on_get)(void *, const char *, size_t, const char *, const struct err *);
	void *ctx;
};

static void bucket_put(struct bucket *b, const char *path, const char *text)
{
	struct file *f = b->v;

	while (f < b->v + b->n && !str_eq(f->path, path))
		f++;
	b->n += f == b->v + b->n;
	assert_true(b->n <= FILES_MAX);
	snprintf(f->path, sizeof(f->path), "%s", path);
	snprintf(f->text, sizeof(f->text), "%s", text);
	snprintf(f->etag, sizeof(f->etag), "\"%d\"", atoi(f->etag + (*f->etag == '"')) + 1);
}

static void answer_list(const struct ask *a)
{
	struct store_entry v[FILES_MAX];
	struct strlist names = { .n = 0 };
	size_t n = 0, base = strlen(a->path);

	for (size_t i = 0; i < a->b->n; i++) {
		const struct file *f = &a->b->v[i];
		const char *rest = f->path + base;
		const char *slash = a->below ? NULL : strchr(rest, '/');

		if (strncmp(f->path, a->path, base) != 0)
			continue;
		char *name = slash ? xstrndup(rest, (size_t)(slash - rest) + 1) : xstrdup(rest);

		if (!strlist_has(&names, name)) {
			v[n++] = (struct store_entry){ .modified = 1000,
				.etag = slash ? NULL : f->etag };
			strlist_add(&names, name);
		}
		free(name);
	}
	for (size_t i = 0; i < n; i++)
		v[i].name = names.v[i];
	a->on_list(a->ctx, v, n, NULL);
	strlist_release(&names);
}

static void answer_get(const struct ask *a)
{
	struct err none = ERR_INIT;

	for (size_t i = 0; i < a->b->n; i++) {
		const struct file *f = &a->b->v[i];

		if (str_eq(f->path, a->path)) {
			a->on_get(a->ctx, f->text, strlen(f->text), f->etag, NULL);
			return;
		}
	}
	err_set(&none, ERR_NOT_FOUND, "not there");
	a->on_get(a->ctx, NULL, 0, "", &none);
}

static void on_timer(void *ctx)
{
	struct ask *a = ctx;

	if (a->on_list)
		answer_list(a);
	else
		answer_get(a);
	free(a->path);
	free(a);
}

static struct ask *ask(struct store *s, const char *path, void *ctx)
{
	struct ask *a = xcalloc(1, sizeof(*a));

	a->b = (struct bucket *)s;
	a->path = xstrdup(path);
	a->ctx = ctx;
	loop_timer_add(a->b->loop, 0, on_timer, a);
	return a;
}

static void bucket_list(struct store *s, const char *path,
	void (*done)(void *, const struct store_entry *, size_t, const struct err *), void *ctx)
{
	ask(s, path, ctx)->on_list = done;
	((struct bucket *)s)->lists++;
}

static void bucket_list_below(struct store *s, const char *path,
	void (*done)(void *, const struct store_entry *, size_t, const struct err *), void *ctx)
{
	struct ask *a = ask(s, path, ctx);

	a->on_list = done;
	a->below = true;
	a->b->lists++;
}

static void bucket_get(struct store *s, const char *path,
	void (*done)(void *, const char *, size_t, const char *, const struct err *), void *ctx)
{
	ask(s, path, ctx)->on_get = done;
	((struct bucket *)s)->gets++;
	((struct bucket *)s)->records += strstr(path, "igconfig") != NULL;
}

static const struct store_ops ops = { .list = bucket_list, .list_below = bucket_list_below,
	.get = bucket_get };

struct seen {
	struct bucket *b;
	int rounds;
	char line[128]; /* what is not applied of nodes-7 */
	bool told_early;
};

static void observe(void *ctx, const struct observation *o)
{
	struct seen *s = ctx;

	if (o->kind == OBS_SOURCE) {
		s->rounds += o->u.source->status.state == SOURCE_LIVE;
	} else if (o->kind == OBS_GROUP && o->verb == OBS_SEEN) {
		const struct unapplied *u = &o->u.group->unapplied;

		s->told_early = s->told_early || !s->b->records;
		if (str_eq(o->u.group->name, "nodes-7"))
			snprintf(s->line, sizeof(s->line), "%s", u->nlines ? u->lines[0] :
				u->found == TRI_NO ? "applied" : "?");
	}
}

static bool is_over(void *ctx)
{
	return ((struct seen *)ctx)->rounds > 0;
}

static void round_costs(struct bucket *b, struct source *src, struct seen *seen, int lists, int gets,
	const char *line)
{
	b->lists = b->gets = 0;
	seen->rounds = 0;
	src->ops->refresh(src);
	assert_true(loop_run_until(b->loop, is_over, seen, 20000));
	assert_int_equal(b->lists, lists);
	assert_int_equal(b->gets, gets);
	assert_string_equal(seen->line, line);
}

static void group_put(struct bucket *b, int i, const char *spec, const char *record)
{
	char path[96], text[256];

	snprintf(path, sizeof(path), "a.b/instancegroup/nodes-%d", i);
	snprintf(text, sizeof(text), GROUP "%s", path + strlen("a.b/instancegroup/"), spec);
	bucket_put(b, path, text);
	snprintf(path, sizeof(path), "a.b/igconfig/node/nodes-%d/nodeupconfig.yaml", i);
	snprintf(text, sizeof(text), "DefaultMachineType: %s\n", record);
	bucket_put(b, path, text);
}

static void what_is_as_it_was_is_not_read(void **state)
{
	static struct bucket b;
	struct world *w = *state;
	struct seen seen = { .b = &b };
	const struct sink sink = { .observe = observe, .ctx = &seen };
	char text[256];

	b = (struct bucket){ .base = { .ops = &ops, .url = "s3://b" }, .loop = w->loop };
	snprintf(text, sizeof(text), CLUSTER, "a.b");
	bucket_put(&b, "a.b/config", text);
	bucket_put(&b, "a.b/cluster-completed.spec", text);
	bucket_put(&b, "a.b/kops-version.txt", "1.36.2\n");
	for (int i = 0; i < GROUPS; i++)
		group_put(&b, i, "", "t3.medium");
	struct source *s = store_source_new(w->loop, &b.base, &sink);

	assert_true(store_source_look_into(s, "a.b"));
	assert_false(store_source_look_into(s, "a.b"));
	round_costs(&b, s, &seen, 4, 3 + 2 * GROUPS, "applied");
	assert_true(seen.told_early);
	round_costs(&b, s, &seen, 4, 0, "applied");
	group_put(&b, 7, "", "t3.large");
	round_costs(&b, s, &seen, 4, 2, "machineType t3.medium (applied t3.large)");
	bucket_put(&b, "a.b/kops-version.txt", "1.36.3\n");
	round_costs(&b, s, &seen, 4, 1, "machineType t3.medium (applied t3.large)");
	/* Looked into no more: without the records and their list. */
	assert_true(store_source_look_into(s, NULL));
	round_costs(&b, s, &seen, 3, 0, "?");
	s->ops->free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(what_is_as_it_was_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
