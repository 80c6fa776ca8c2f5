/* SPDX-License-Identifier: Apache-2.0 */
/* The file store and the store as a source, on a folder made for the test. */
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
#include "core/kops/store-file.h"
#include "core/kops/store-source.h"
#include "tests/kops/case.h"

#define CLUSTER "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n  name: %s\n" \
	"spec:\n  networking:\n    amazonvpc: {}\n"
#define GROUP "apiVersion: kops.k8s.io/v1alpha2\nkind: InstanceGroup\nmetadata:\n  name: %s\n" \
	"spec:\n  role: Node\n  machineType: t3.medium\n"

struct world {
	char dir[64];
	struct clock clock;
	struct loop *loop;
	struct store *store;
};

static void world_write(struct world *w, const char *path, const char *text)
{
	char *full = file_join(w->dir, path);
	char *slash = strrchr(full, '/');

	*slash = '\0';
	assert_true(file_mkdirs(full, NULL));
	*slash = '/';
	assert_true(file_write(full, text, strlen(text), 0644, NULL));
	free(full);
}

static void world_cluster(struct world *w, const char *name, int groups)
{
	char path[256], text[512];

	snprintf(path, sizeof(path), "%s/config", name);
	snprintf(text, sizeof(text), CLUSTER, name);
	world_write(w, path, text);
	for (int i = 0; i < groups; i++) {
		char group[32];

		snprintf(group, sizeof(group), "nodes-%d", i);
		snprintf(path, sizeof(path), "%s/instancegroup/%s", name, group);
		snprintf(text, sizeof(text), GROUP, group);
		world_write(w, path, text);
	}
}

static int world_setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct err e = ERR_INIT;

	snprintf(w->dir, sizeof(w->dir), "/tmp/t-store.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	clock_system(&w->clock, 1);
	w->loop = loop_new(&w->clock);
	w->store = store_file_new(w->loop, w->dir, &e);
	assert_non_null(w->store);
	*state = w;
	return 0;
}

static void remove_tree(const char *dir)
{
	struct strlist v = { .n = 0 };
	char *lock = file_join(dir, ".kopscope-lock");

	unlink(lock);
	free(lock);
	case_list(dir, &v);
	for (size_t i = 0; i < v.n; i++) {
		if (unlink(v.v[i]) != 0) {
			remove_tree(v.v[i]);
		}
	}
	strlist_release(&v);
	rmdir(dir);
}

static int world_teardown(void **state)
{
	struct world *w = *state;

	w->store->ops->free(w->store);
	loop_free(w->loop);
	remove_tree(w->dir);
	free(w);
	return 0;
}

/* ---- answers of the store, kept ---- */

struct answer {
	int calls;
	struct err err;
	struct buf text;
	char tag[64];
	struct strlist names;
	int64_t size;
};

static bool answer_came(void *ctx)
{
	return ((struct answer *)ctx)->calls > 0;
}

static void answer_clear(struct answer *a)
{
	buf_release(&a->text);
	strlist_release(&a->names);
	*a = (struct answer){ .calls = 0 };
}

static void on_list(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct answer *a = ctx;

	a->calls++;
	err_copy(&a->err, e ? e : &(struct err)ERR_INIT);
	for (size_t i = 0; i < n; i++) {
		strlist_add(&a->names, v[i].name);
		a->size = v[i].size;
	}
}

static void on_get(void *ctx, const char *text, size_t len, const char *etag, const struct err *e)
{
	struct answer *a = ctx;

	a->calls++;
	if (e) {
		err_copy(&a->err, e);
		return;
	}
	buf_add(&a->text, text, len);
	snprintf(a->tag, sizeof(a->tag), "%s", etag);
}

static void on_put(void *ctx, const char *etag, const struct err *e)
{
	on_get(ctx, "", 0, etag, e);
}

static void wait_answer(struct world *w, struct answer *a)
{
	assert_int_equal(a->calls, 0); /* never from inside the call */
	assert_true(loop_run_until(w->loop, answer_came, a, 5000));
	assert_int_equal(a->calls, 1);
}

static void get(struct world *w, const char *path, struct answer *a)
{
	answer_clear(a);
	w->store->ops->get(w->store, path, on_get, a);
	wait_answer(w, a);
}

static void list(struct world *w, const char *path, struct answer *a)
{
	answer_clear(a);
	w->store->ops->list(w->store, path, on_list, a);
	wait_answer(w, a);
}

static void put(struct world *w, const char *path, const char *text, const char *if_tag,
	struct answer *a)
{
	answer_clear(a);
	w->store->ops->put(w->store, path, text, strlen(text), if_tag, on_put, a);
	wait_answer(w, a);
}

static void test_list_and_get(void **state)
{
	struct world *w = *state;
	struct answer a = { .calls = 0 };

	world_cluster(w, "b.example.com", 1);
	world_cluster(w, "a.example.com", 2);
	world_write(w, "file", "12345");
	list(w, "", &a);
	assert_int_equal(a.names.n, 3);
	assert_string_equal(a.names.v[0], "a.example.com/");
	assert_string_equal(a.names.v[1], "b.example.com/");
	assert_string_equal(a.names.v[2], "file");
	assert_int_equal(a.size, 5);
	list(w, "a.example.com/instancegroup/", &a);
	assert_int_equal(a.names.n, 2);
	assert_string_equal(a.names.v[1], "nodes-1");
	list(w, "a.example.com/nothing/", &a);
	assert_int_equal(a.names.n, 0);
	assert_false(err_is_set(&a.err));
	get(w, "file", &a);
	assert_string_equal(buf_str(&a.text), "12345");
	assert_true(a.tag[0] != '\0');
	get(w, "none", &a);
	assert_int_equal(a.err.kind, ERR_NOT_FOUND);
	get(w, "a.example.com/../../etc/passwd", &a);
	assert_int_equal(a.err.kind, ERR_REFUSED);
	answer_clear(&a);
}

static void test_put(void **state)
{
	struct world *w = *state;
	struct answer a = { .calls = 0 };
	char *path = file_join(w->dir, "c/config");
	char first[64];
	struct stat st;

	put(w, "c/config", "one", "", &a);
	assert_false(err_is_set(&a.err));
	snprintf(first, sizeof(first), "%s", a.tag);
	assert_int_equal(chmod(path, 0600), 0);
	put(w, "c/config", "again", "", &a);
	assert_int_equal(a.err.kind, ERR_CONFLICT);
	get(w, "c/config", &a);
	assert_string_equal(buf_str(&a.text), "one");
	assert_string_equal(a.tag, first);
	put(w, "c/config", "two", first, &a);
	assert_false(err_is_set(&a.err));
	assert_string_not_equal(a.tag, first);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	put(w, "c/config", "three", first, &a);
	assert_int_equal(a.err.kind, ERR_CONFLICT);
	put(w, "c/config", "four", NULL, &a);
	assert_false(err_is_set(&a.err));
	get(w, "c/config", &a);
	assert_string_equal(buf_str(&a.text), "four");
	/* nothing beside it that kops would stumble over */
	list(w, "c/", &a);
	assert_int_equal(a.names.n, 1);
	answer_clear(&a);
	free(path);
}

static void unlock(void *ctx)
{
	close(*(int *)ctx);
}

static void test_put_waits_for_the_lock(void **state)
{
	struct world *w = *state;
	struct answer a = { .calls = 0 };
	char *lock = file_join(w->dir, ".kopscope-lock");
	int fd = open(lock, O_RDWR | O_CREAT, 0644);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	loop_timer_add(w->loop, 120, unlock, &fd);
	put(w, "x", "text", NULL, &a);
	assert_false(err_is_set(&a.err));
	assert_true(a.tag[0] != '\0');
	answer_clear(&a);
	free(lock);
}

static void test_no_folder(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;
	char url[128];

	assert_null(store_file_new(w->loop, "/nowhere/at/all", &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	assert_true(e.hint[0] != '\0');
	snprintf(url, sizeof(url), "file://%s/", w->dir);
	struct store *s = store_file_new(w->loop, url, NULL);
	assert_non_null(s);
	assert_string_equal(s->url, url);
	s->ops->free(s);
}

static void test_free_ends_calls(void **state)
{
	struct world *w = *state;
	struct answer a = { .calls = 0 }, b = { .calls = 0 };
	struct store *s = store_file_new(w->loop, w->dir, NULL);

	s->ops->get(s, "x", on_get, &a);
	s->ops->list(s, "", on_list, &b);
	s->ops->free(s);
	assert_int_equal(a.calls, 1);
	assert_int_equal(a.err.kind, ERR_CANCELLED);
	assert_int_equal(b.calls, 1);
	answer_clear(&a);
	answer_clear(&b);
}

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
	get(w, "a.b/config", &a);
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
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_list_and_get),
		WORLD_TEST(test_put),
		WORLD_TEST(test_put_waits_for_the_lock),
		WORLD_TEST(test_no_folder),
		WORLD_TEST(test_free_ends_calls),
		WORLD_TEST(test_source),
		WORLD_TEST(test_source_group_problem),
		WORLD_TEST(test_source_many),
		WORLD_TEST(test_source_failures),
		WORLD_TEST(test_source_freed_under_way),
		WORLD_TEST(test_source_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
