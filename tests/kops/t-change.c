/* SPDX-License-Identifier: Apache-2.0 */
/* One edit through a store: written under the version that was shown, kept, put back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/change.h"

static const char spec[] = "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n"
	"  name: c.example\nspec:\n  kubelet:\n    maxPods: 50 # ours\n";

static char dir[] = "/tmp/kopscope-change.XXXXXX";
static char *config;
static struct session s;
static bool moved;

static void has_moved(void *ctx)
{
	moved = true;
}

static bool did_move(void *ctx)
{
	return moved;
}

static enum change_state step(struct change *c)
{
	loop_run_until(s.loop, did_move, NULL, 10000);
	assert_true(moved);
	moved = false;
	return change_get_state(c);
}

static void expect_stored(const char *want)
{
	struct buf text = BUF_INIT;

	assert_true(file_read(config, &text, NULL));
	assert_string_equal(buf_str(&text), want);
	buf_release(&text);
}

static void store_text(const char *text)
{
	assert_true(file_write(config, text, strlen(text), 0600, NULL));
}

static struct change *start(const char *max_pods)
{
	const struct edit_op op = { .key = "maxPods", .value = max_pods };

	return change_start_ops(&s, "c.example", NULL, &op, 1, has_moved, NULL);
}

static void edit(const char *max_pods)
{
	struct change *c = start(max_pods);

	assert_int_equal(step(c), CHANGE_READY);
	change_commit(c);
	assert_int_equal(step(c), CHANGE_DONE);
	change_free(c);
}

static int setup(void **state)
{
	struct session_options o = { .state = dir };
	char *folder = xasprintf("%s/c.example", dir);

	file_mkdirs(folder, NULL);
	free(folder);
	store_text(spec);
	session_init(&s, &o);
	moved = false;
	return 0;
}

static int teardown(void **state)
{
	session_release(&s);
	return 0;
}

static void what_was_shown_is_written(void **state)
{
	struct change *c = start("110");

	assert_int_equal(step(c), CHANGE_READY);
	assert_non_null(strstr(change_diff(c), "-    maxPods: 50 # ours\n"
		"+    maxPods: 110 # ours"));
	expect_stored(spec);
	change_commit(c);
	assert_int_equal(step(c), CHANGE_DONE);
	assert_string_equal(change_their_diff(c), "");
	change_free(c);
	c = change_start_undo(&s, "c.example", NULL, has_moved, NULL);
	assert_int_equal(step(c), CHANGE_READY);
	assert_non_null(strstr(change_diff(c), "+    maxPods: 50 # ours"));
	change_commit(c);
	assert_int_equal(step(c), CHANGE_DONE);
	change_free(c);
	expect_stored(spec);
}

static void undo_goes_further_back_each_time(void **state)
{
	const char *const before[] = { "60 # ours", "55 # ours", "50 # ours" };

	edit("55");
	edit("60");
	edit("70");
	for (size_t i = 0; i < 3; i++) {
		struct change *c = change_start_undo(&s, "c.example", NULL, has_moved, NULL);

		assert_int_equal(step(c), CHANGE_READY);
		assert_non_null(strstr(change_diff(c), before[i]));
		change_commit(c);
		assert_int_equal(step(c), CHANGE_DONE);
		change_free(c);
	}
	expect_stored(spec);
	struct change *c = change_start_undo(&s, "c.example", NULL, has_moved, NULL);
	assert_int_equal(step(c), CHANGE_FAILED);
	assert_int_equal(change_error(c)->kind, ERR_NOT_FOUND);
	change_free(c);
}

/* What cannot be read is not said to be none. */
static void undo_says_what_it_cannot_read(void **state)
{
	char *state_dir = file_state_dir();
	char *folder = xasprintf("%s/undo/c.example", state_dir);
	char *away = xasprintf("%s.away", folder);

	edit("55");
	assert_int_equal(rename(folder, away), 0);
	assert_true(file_write(folder, "", 0, 0600, NULL));
	struct change *c = change_start_undo(&s, "c.example", NULL, has_moved, NULL);
	assert_int_equal(step(c), CHANGE_FAILED);
	assert_non_null(strstr(change_error(c)->text, "cannot read"));
	change_free(c);
	assert_int_equal(unlink(folder), 0);
	assert_int_equal(rename(away, folder), 0);
	c = change_start_undo(&s, "c.example", NULL, has_moved, NULL);
	assert_int_equal(step(c), CHANGE_READY);
	change_commit(c);
	assert_int_equal(step(c), CHANGE_DONE);
	change_free(c);
	expect_stored(spec);
	free(away);
	free(folder);
	free(state_dir);
}

static char *theirs_text(void)
{
	return xasprintf("%s    podPidsLimit: 9\n", spec);
}

static void a_conflict_shows_both_and_loses_nothing(void **state)
{
	struct change *c = start("110");
	char *theirs = theirs_text();

	assert_int_equal(step(c), CHANGE_READY);
	store_text(theirs);
	change_commit(c);
	assert_int_equal(step(c), CHANGE_FAILED);
	assert_int_equal(change_error(c)->kind, ERR_CONFLICT);
	assert_non_null(strstr(change_diff(c), "+    maxPods: 110"));
	assert_non_null(strstr(change_their_diff(c), "+    podPidsLimit: 9"));
	change_free(c);
	expect_stored(theirs);
	/* nothing was written, so there is nothing to undo */
	c = change_start_undo(&s, "c.example", NULL, has_moved, NULL);
	assert_int_equal(step(c), CHANGE_FAILED);
	assert_int_equal(change_error(c)->kind, ERR_NOT_FOUND);
	change_free(c);
	free(theirs);
}

static void undo_keeps_what_others_wrote(void **state)
{
	char *theirs = theirs_text();

	edit("60");
	store_text(theirs);
	struct change *c = change_start_undo(&s, "c.example", NULL, has_moved, NULL);
	assert_int_equal(step(c), CHANGE_FAILED);
	assert_int_equal(change_error(c)->kind, ERR_CONFLICT);
	change_free(c);
	expect_stored(theirs);
	free(theirs);
}

static void read_only_writes_nothing(void **state)
{
	struct change *c = start("110");

	assert_int_equal(step(c), CHANGE_READY);
	s.opts.readonly = true;
	change_commit(c);
	assert_int_equal(step(c), CHANGE_FAILED);
	assert_int_equal(change_error(c)->kind, ERR_REFUSED);
	change_free(c);
	expect_stored(spec);
}

static void the_texts_own_refusals_hold_here_too(void **state)
{
	struct change *c = start("2");

	assert_int_equal(step(c), CHANGE_FAILED);
	assert_int_equal(change_error(c)->kind, ERR_REFUSED);
	assert_non_null(strstr(change_error(c)->text, "line 7: maxPods 2: a node needs 3"));
	change_free(c);
	expect_stored(spec);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_was_shown_is_written), T(undo_goes_further_back_each_time),
		T(undo_says_what_it_cannot_read),
		T(a_conflict_shows_both_and_loses_nothing), T(read_only_writes_nothing),
		T(the_texts_own_refusals_hold_here_too), T(undo_keeps_what_others_wrote),
	};

	if (!mkdtemp(dir)) {
		return 99;
	}
	setenv("XDG_STATE_HOME", dir, 1);
	config = xasprintf("%s/c.example/config", dir);
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	free(config);
	if (rc == 0) {
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
	}
	return rc;
}
