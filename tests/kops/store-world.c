/* SPDX-License-Identifier: Apache-2.0 */
/* The folder and its files. */
#include "tests/kops/store-world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/kops/case.h"

void world_write(struct world *w, const char *path, const char *text)
{
	char *full = file_join(w->dir, path);
	char *slash = strrchr(full, '/');

	*slash = '\0';
	assert_true(file_mkdirs(full, NULL));
	*slash = '/';
	assert_true(file_write(full, text, strlen(text), 0644, NULL));
	free(full);
}

void world_cluster(struct world *w, const char *name, int groups)
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

int world_setup(void **state)
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

int world_teardown(void **state)
{
	struct world *w = *state;

	w->store->ops->free(w->store);
	loop_free(w->loop);
	remove_tree(w->dir);
	free(w);
	return 0;
}

/* ---- answers of the store, kept ---- */

static bool answer_came(void *ctx)
{
	return ((struct answer *)ctx)->calls > 0;
}

void answer_clear(struct answer *a)
{
	buf_release(&a->text);
	strlist_release(&a->names);
	*a = (struct answer){ .calls = 0 };
}

void on_list(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct answer *a = ctx;

	a->calls++;
	err_copy(&a->err, e ? e : &(struct err)ERR_INIT);
	for (size_t i = 0; i < n; i++) {
		strlist_add(&a->names, v[i].name);
		a->size = v[i].size;
	}
}

void on_get(void *ctx, const char *text, size_t len, const char *etag, const struct err *e)
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

void world_get(struct world *w, const char *path, struct answer *a)
{
	answer_clear(a);
	w->store->ops->get(w->store, path, on_get, a);
	wait_answer(w, a);
}

void world_list(struct world *w, const char *path, struct answer *a)
{
	answer_clear(a);
	w->store->ops->list(w->store, path, on_list, a);
	wait_answer(w, a);
}

void world_put(struct world *w, const char *path, const char *text, const char *if_tag,
	struct answer *a)
{
	answer_clear(a);
	w->store->ops->put(w->store, path, text, strlen(text), if_tag, on_put, a);
	wait_answer(w, a);
}
