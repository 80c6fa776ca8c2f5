/* SPDX-License-Identifier: Apache-2.0 */
/* The state store as a source: what it observes, how often it looks, what it does when it cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/loop.h"
#include "core/kops/store/file.h"
#include "core/kops/store/source.h"
#include "tests/kops/case.h"
#include "tests/kops/store-world.h"

/* ---- the source ---- */

/* Every observation as one word or two. */
struct seen {
	struct strlist words;
	int rounds; /* ended, well or badly */
	struct err why;
	char detail[96];
};

static void seen_observe(void *ctx, const struct observation *o)
{
	static const char *const verbs[] = {
		[OBS_SEEN] = "", [OBS_GONE] = "gone ", [OBS_SYNC_BEGIN] = "begin ",
		[OBS_SYNC_END] = "end ",
	};
	struct seen *s = ctx;

	if (o->kind == OBS_SOURCE) {
		enum source_state st = o->u.source->status.state;

		s->rounds += st == SOURCE_LIVE || st == SOURCE_FAILED;
		if (st == SOURCE_FAILED) {
			s->why = o->u.source->status.why;
		}
		snprintf(s->detail, sizeof(s->detail), "%s", o->u.source->status.detail);
		return;
	}
	char *word = NULL;
	if (o->verb != OBS_SEEN) {
		word = xasprintf("%s%s", verbs[o->verb],
			o->kind == OBS_CLUSTER ? "clusters" : o->scope);
	} else if (o->kind == OBS_CLUSTER) {
		const struct cluster_spec *c = o->u.cluster;

		word = xasprintf("%s%s%s%s", c->name, c->kops_version ? " " : "",
			c->kops_version ? c->kops_version : "", c->problem ? " problem" : "");
	} else {
		const struct group_spec *g = o->u.group;

		assert_string_equal(g->cluster, o->scope);
		word = xasprintf("%s/%s%s", g->cluster, g->name, g->problem ? " problem" : "");
	}
	strlist_take(&s->words, word);
}

static bool seen_round(void *ctx)
{
	return ((struct seen *)ctx)->rounds > 0;
}

static void expect_words(struct seen *s, const char *const *want, size_t n)
{
	for (size_t i = 0; i < s->words.n && i < n; i++) {
		assert_string_equal(s->words.v[i], want[i]);
	}
	assert_int_equal(s->words.n, n);
}

static void seen_clear(struct seen *s)
{
	strlist_release(&s->words);
	*s = (struct seen){ .rounds = 0 };
}

static void test_source(void **state)
{
	static const char *const want[] = {
		"a.b 1.36.2", "a.b/nodes-0", "a.b/nodes-1", "begin a.b", "begin broken",
		"begin clusters", "begin moved", "broken problem", "broken/nodes-0", "end a.b",
		"end broken", "end clusters", "end moved", "moved problem",
	};
	struct world *w = *state;
	struct seen seen = { .rounds = 0 };
	const struct sink sink = { .observe = seen_observe, .ctx = &seen };
	struct source *s = store_source_new(w->loop, w->store, &sink);
	struct answer a = { .calls = 0 };

	world_cluster(w, "a.b", 2);
	world_write(w, "a.b/kops-version.txt", "1.36.2\n");
	world_cluster(w, "broken", 1);
	world_write(w, "broken/config", "kind: [");
	world_write(w, "backups/etcd/x", "no cluster");
	world_cluster(w, "moved", 0);
	world_write(w, "moved/config", "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\n"
		"metadata:\n  name: other\n");
	assert_string_equal(store_source_tag(s, "a.b/config"), "");
	s->ops->start(s);
	assert_true(loop_run_until(w->loop, seen_round, &seen, 5000));
	assert_string_equal(seen.words.v[0], "begin clusters");
	assert_string_equal(seen.words.v[seen.words.n - 1], "end clusters");
	/* which folder is answered first is the store's business */
	strlist_sort(&seen.words);
	expect_words(&seen, want, sizeof(want) / sizeof(*want));
	assert_string_equal(seen.detail, "3 clusters, 3 groups");
	world_get(w, "a.b/config", &a);
	assert_string_equal(store_source_tag(s, "a.b/config"), a.tag);
	answer_clear(&a);
	seen_clear(&seen);
	s->ops->free(s);
}

static void test_source_group_problem(void **state)
{
	struct world *w = *state;
	struct seen seen = { .rounds = 0 };
	const struct sink sink = { .observe = seen_observe, .ctx = &seen };
	struct source *s = store_source_new(w->loop, w->store, &sink);

	world_cluster(w, "a.b", 0);
	world_write(w, "a.b/instancegroup/odd", "");
	s->ops->refresh(s);
	assert_true(loop_run_until(w->loop, seen_round, &seen, 5000));
	assert_true(strlist_has(&seen.words, "a.b/odd problem"));
	seen_clear(&seen);
	s->ops->free(s);
}

static void test_source_many(void **state)
{
	struct world *w = *state;
	struct seen seen = { .rounds = 0 };
	const struct sink sink = { .observe = seen_observe, .ctx = &seen };
	struct source *s = store_source_new(w->loop, w->store, &sink);

	for (int i = 0; i < 200; i++) {
		char name[32];

		snprintf(name, sizeof(name), "c%d.example.com", i);
		world_cluster(w, name, 2);
	}
	s->ops->start(s);
	assert_true(loop_run_until(w->loop, seen_round, &seen, 20000));
	assert_string_equal(seen.detail, "200 clusters, 400 groups");
	assert_int_equal(seen.words.n, 2 + 200 * 5);
	seen_clear(&seen);
	s->ops->free(s);
}

/* ---- what is not applied ---- */

struct unapplied_seen {
	struct strlist words;
	int rounds;
};

static void unapplied_observe(void *ctx, const struct observation *o)
{
	struct unapplied_seen *s = ctx;
	const struct unapplied *u = NULL;
	const char *name = NULL;

	if (o->kind == OBS_SOURCE) {
		s->rounds += o->u.source->status.state == SOURCE_LIVE;
	} else if (o->verb == OBS_SEEN && o->kind == OBS_CLUSTER) {
		u = &o->u.cluster->unapplied;
		name = o->u.cluster->name;
	} else if (o->verb == OBS_SEEN) {
		u = &o->u.group->unapplied;
		name = o->u.group->name;
	}
	if (u) {
		strlist_take(&s->words, xasprintf("%s: %s", name, u->nlines ? u->lines[0]
			: u->found == TRI_NO ? "applied" : "?"));
	}
}

static bool unapplied_round(void *ctx)
{
	return ((struct unapplied_seen *)ctx)->rounds > 0;
}

/* The open cluster's groups are compared with their records, of the others the cluster is. */
static void test_source_unapplied(void **state)
{
	static const char *const want[] = { "a.b: applied",
		"a.b: kubelet.maxPods 9 (applied none)", "nodes-0: machineType t3.medium (applied "
		"t3.large)", "nodes-0: ?", "nodes-0: ?", "nodes-1: applied", "nodes-2: the whole "
		"group is new", "other: applied", "young: nothing is applied yet" };
	struct world *w = *state;
	struct unapplied_seen seen = { .rounds = 0 };
	const struct sink sink = { .observe = unapplied_observe, .ctx = &seen };
	struct source *s = store_source_new(w->loop, w->store, &sink);
	char text[512];

	world_cluster(w, "a.b", 3);
	world_cluster(w, "other", 1);
	world_cluster(w, "young", 1);
	snprintf(text, sizeof(text), CLUSTER, "a.b");
	world_write(w, "a.b/cluster-completed.spec", text);
	world_write(w, "other/cluster-completed.spec", text);
	world_write(w, "a.b/igconfig/node/nodes-0/nodeupconfig.yaml",
		"DefaultMachineType: t3.large\n");
	world_write(w, "a.b/igconfig/node/nodes-1/nodeupconfig.yaml",
		"DefaultMachineType: t3.medium\n");
	store_source_look_into(s, "a.b");
	s->ops->start(s);
	assert_true(loop_run_until(w->loop, unapplied_round, &seen, 5000));
	seen.rounds = 0;
	snprintf(text, sizeof(text), CLUSTER "  kubelet:\n    maxPods: 9\n", "a.b");
	world_write(w, "a.b/config", text);
	for (size_t i = 0; i < seen.words.n; i++) {
		assert_false(strstr(seen.words.v[i], "maxPods"));
	}
	size_t first = seen.words.n;
	s->ops->refresh(s);
	assert_true(loop_run_until(w->loop, unapplied_round, &seen, 5000));
	assert_int_equal(seen.words.n, 2 * first);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_true(strlist_has(&seen.words, want[i]));
	}
	strlist_release(&seen.words);
	s->ops->free(s);
}

/* ---- a store that fails, and counts ---- */

struct flaky {
	struct store base;
	struct store *under;
	const char *bad; /* path whose get fails */
	int out, most;   /* calls under way */
	void (*get_done)(void *, const char *, size_t, const char *, const struct err *);
};

struct flaky_call {
	struct flaky *f;
	void (*done)(void *, const char *, size_t, const char *, const struct err *);
	void *ctx;
	bool bad;
};

static void flaky_on_get(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct flaky_call *c = ctx;
	struct err why = ERR_INIT;

	c->f->out--;
	err_set(&why, ERR_TIMEOUT, "no answer");
	c->done(c->ctx, text, len, etag, c->bad ? &why : e);
	free(c);
}

static void flaky_get(struct store *s, const char *path,
	void (*done)(void *ctx, const char *text, size_t len, const char *etag,
		const struct err *e),
	void *ctx)
{
	struct flaky *f = (struct flaky *)s;
	struct flaky_call *c = xcalloc(1, sizeof(*c));

	*c = (struct flaky_call){ f, done, ctx, f->bad && str_eq(path, f->bad) };
	f->out++;
	f->most = f->out > f->most ? f->out : f->most;
	f->under->ops->get(f->under, path, flaky_on_get, c);
}

static void flaky_list(struct store *s, const char *path,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx)
{
	struct flaky *f = (struct flaky *)s;

	f->under->ops->list(f->under, path, done, ctx);
}

static const struct store_ops flaky_ops = { .list = flaky_list, .get = flaky_get };

static void test_source_failures(void **state)
{
	struct world *w = *state;
	struct flaky f = { .base = { .ops = &flaky_ops, .url = "" }, .under = w->store };
	struct seen seen = { .rounds = 0 };
	const struct sink sink = { .observe = seen_observe, .ctx = &seen };
	struct source *s = store_source_new(w->loop, &f.base, &sink);

	for (int i = 0; i < 20; i++) {
		char name[32];

		snprintf(name, sizeof(name), "c%02d", i);
		world_cluster(w, name, 1);
	}
	/* a group that does not answer: its cluster is there, nothing is taken for gone */
	f.bad = "c03/instancegroup/nodes-0";
	s->ops->refresh(s);
	assert_true(loop_run_until(w->loop, seen_round, &seen, 5000));
	assert_int_equal(seen.why.kind, ERR_TIMEOUT);
	assert_true(strlist_has(&seen.words, "c03"));
	assert_false(strlist_has(&seen.words, "end c03"));
	assert_true(strlist_has(&seen.words, "end c04"));
	assert_false(strlist_has(&seen.words, "end clusters"));
	assert_in_range(f.most, 2, 8);
	seen_clear(&seen);
	/* a config that does not answer: no word about that cluster */
	f.bad = "c05/config";
	s->ops->refresh(s);
	assert_true(loop_run_until(w->loop, seen_round, &seen, 5000));
	assert_false(strlist_has(&seen.words, "c05"));
	assert_false(strlist_has(&seen.words, "end clusters"));
	seen_clear(&seen);
	/* nor when the version does not: it would seem never to have been updated */
	f.bad = "c05/kops-version.txt";
	s->ops->refresh(s);
	assert_true(loop_run_until(w->loop, seen_round, &seen, 5000));
	assert_false(strlist_has(&seen.words, "c05"));
	seen_clear(&seen);
	f.bad = NULL;
	s->ops->refresh(s);
	assert_true(loop_run_until(w->loop, seen_round, &seen, 5000));
	assert_true(strlist_has(&seen.words, "c05"));
	assert_true(strlist_has(&seen.words, "end clusters"));
	seen_clear(&seen);
	s->ops->free(s);
}

static void test_source_freed_under_way(void **state)
{
	struct world *w = *state;
	struct seen seen = { .rounds = 0 };
	const struct sink sink = { .observe = seen_observe, .ctx = &seen };

	world_cluster(w, "a.b", 3);
	for (int turns = 0; turns < 4; turns++) {
		struct source *s = store_source_new(w->loop, w->store, &sink);
		size_t before;

		s->ops->start(s);
		for (int i = 0; i < turns; i++) {
			loop_turn(w->loop, 0);
		}
		before = seen.words.n;
		if (turns % 2) {
			s->ops->stop(s);
		}
		s->ops->free(s);
		for (int i = 0; i < 10; i++) {
			loop_turn(w->loop, 0);
		}
		assert_int_equal(seen.words.n, before);
	}
	seen_clear(&seen);
}

/* Turns until nothing more happens; the clock stands. */
static int rounds_now(struct loop *l, struct seen *s)
{
	int n;

	for (int i = 0; i < 20; i++) {
		loop_turn(l, 0);
	}
	n = s->rounds;
	seen_clear(s);
	return n;
}

static void test_source_pace(void **state)
{
	struct world *w = *state;
	struct clock_fake time = { .mono = 1000, .wall = 1000 };
	struct clock clock;
	struct seen seen = { .rounds = 0 };
	const struct sink sink = { .observe = seen_observe, .ctx = &seen };

	clock_fake(&clock, &time);
	struct loop *l = loop_new(&clock);
	struct store *store = store_file_new(l, w->dir, NULL);
	struct source *s = store_source_new(l, store, &sink);

	world_cluster(w, "a.b", 1);
	s->ops->start(s);
	assert_int_equal(rounds_now(l, &seen), 1);
	time.mono += 29999;
	assert_int_equal(rounds_now(l, &seen), 0);
	time.mono += 1;
	assert_int_equal(rounds_now(l, &seen), 1);
	s->ops->pace(s, PACE_FAST);
	time.mono += 5000;
	assert_int_equal(rounds_now(l, &seen), 1);
	s->ops->pace(s, PACE_IDLE);
	time.mono += 100000;
	assert_int_equal(rounds_now(l, &seen), 0);
	/* a wish is granted at once, and once more when it came during a round */
	s->ops->refresh(s);
	s->ops->refresh(s);
	s->ops->refresh(s);
	assert_int_equal(rounds_now(l, &seen), 2);
	s->ops->pace(s, PACE_NORMAL);
	s->ops->stop(s);
	time.mono += 100000;
	assert_int_equal(rounds_now(l, &seen), 0);
	s->ops->free(s);
	store->ops->free(store);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_source),
		WORLD_TEST(test_source_group_problem),
		WORLD_TEST(test_source_many),
		WORLD_TEST(test_source_unapplied),
		WORLD_TEST(test_source_failures),
		WORLD_TEST(test_source_freed_under_way),
		WORLD_TEST(test_source_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
