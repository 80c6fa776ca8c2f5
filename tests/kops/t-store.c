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
#include "core/kops/store/file.h"
#include "tests/kops/case.h"
#include "tests/kops/store-world.h"

static void test_list_and_get(void **state)
{
	struct world *w = *state;
	struct answer a = { .calls = 0 };

	world_cluster(w, "b.example.com", 1);
	world_cluster(w, "a.example.com", 2);
	world_write(w, "file", "12345");
	world_list(w, "", &a);
	assert_int_equal(a.names.n, 3);
	assert_string_equal(a.names.v[0], "a.example.com/");
	assert_string_equal(a.names.v[1], "b.example.com/");
	assert_string_equal(a.names.v[2], "file");
	assert_int_equal(a.size, 5);
	world_list(w, "a.example.com/instancegroup/", &a);
	assert_int_equal(a.names.n, 2);
	assert_string_equal(a.names.v[1], "nodes-1");
	world_list(w, "a.example.com/nothing/", &a);
	assert_int_equal(a.names.n, 0);
	assert_false(err_is_set(&a.err));
	world_get(w, "file", &a);
	assert_string_equal(buf_str(&a.text), "12345");
	assert_true(a.tag[0] != '\0');
	world_get(w, "none", &a);
	assert_int_equal(a.err.kind, ERR_NOT_FOUND);
	world_get(w, "a.example.com/../../etc/passwd", &a);
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

	world_put(w, "c/config", "one", "", &a);
	assert_false(err_is_set(&a.err));
	snprintf(first, sizeof(first), "%s", a.tag);
	assert_int_equal(chmod(path, 0600), 0);
	world_put(w, "c/config", "again", "", &a);
	assert_int_equal(a.err.kind, ERR_CONFLICT);
	world_get(w, "c/config", &a);
	assert_string_equal(buf_str(&a.text), "one");
	assert_string_equal(a.tag, first);
	world_put(w, "c/config", "two", first, &a);
	assert_false(err_is_set(&a.err));
	assert_string_not_equal(a.tag, first);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	world_put(w, "c/config", "three", first, &a);
	assert_int_equal(a.err.kind, ERR_CONFLICT);
	world_put(w, "c/config", "four", NULL, &a);
	assert_false(err_is_set(&a.err));
	world_get(w, "c/config", &a);
	assert_string_equal(buf_str(&a.text), "four");
	/* nothing beside it that kops would stumble over */
	world_list(w, "c/", &a);
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
	world_put(w, "x", "text", NULL, &a);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_list_and_get),
		WORLD_TEST(test_put),
		WORLD_TEST(test_put_waits_for_the_lock),
		WORLD_TEST(test_no_folder),
		WORLD_TEST(test_free_ends_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
