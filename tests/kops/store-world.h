/* SPDX-License-Identifier: Apache-2.0 */
/* A state store in a temporary folder, with a loop, for the tests of stores. */
#ifndef KOPSCOPE_TESTS_KOPS_STORE_WORLD_H
#define KOPSCOPE_TESTS_KOPS_STORE_WORLD_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/strs.h"
#include "core/io/loop.h"
#include "core/kops/store/file.h"

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

int world_setup(void **state);
int world_teardown(void **state);
/* A file below the store's folder. */
void world_write(struct world *w, const char *path, const char *text);
/* A cluster with so many groups, nodes-0 and on. */
void world_cluster(struct world *w, const char *name, int groups);

/* An answer of the store, kept. */
struct answer {
	int calls;
	struct err err;
	struct buf text;
	char tag[64];
	struct strlist names;
	int64_t size;
};
void answer_clear(struct answer *a);
/* What fills it. */
void on_list(void *ctx, const struct store_entry *v, size_t n, const struct err *e);
void on_get(void *ctx, const char *text, size_t len, const char *etag, const struct err *e);
/* Ask and wait. */
void world_get(struct world *w, const char *path, struct answer *a);
void world_list(struct world *w, const char *path, struct answer *a);
void world_put(struct world *w, const char *path, const char *text, const char *if_tag,
	struct answer *a);

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

#endif
