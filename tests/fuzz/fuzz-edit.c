/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spec's reader and editor.  Whatever comes in: no crash, and what an edit gives out is read
 * by libyaml, holds the edited value, and is not changed by the same edit again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/yaml.h"
#include "core/kops/edit.h"
#include "core/kops/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void edit_and_check(const char *text, size_t len, const struct edit_op *ops, size_t n)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	if (edit_apply(text, len, ops, n, &once, NULL)) {
		struct yaml_doc *d = yaml_parse(buf_str(&once), once.len, 0, NULL);
		if (!d) {
			abort();
		}
		yaml_doc_free(d);
		if (!edit_apply(buf_str(&once), once.len, ops, n, &twice, NULL) ||
			twice.len != once.len || memcmp(buf_str(&once), buf_str(&twice), once.len)) {
			abort();
		}
	}
	buf_release(&once);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct edit_op pods = { .key = "maxPods", .value = "110" };
	static const struct edit_op cluster[] = {
		{ .key = "maxPods", .value = "110" },
		{ .key = "env.ENABLE_PREFIX_DELEGATION", .value = "true" },
		{ .key = "env.WARM_PREFIX_TARGET", .value = "1" },
	};
	static const struct edit_op undo = { .key = "maxPods", .value = NULL };
	const char *text = (const char *)data;
	struct arena *a = arena_new();
	struct cluster_spec c;
	struct group_spec g;
	spec_read_cluster(text, size, a, &c, NULL);
	spec_read_group(text, size, "c.example", a, &g, NULL);
	arena_free(a);
	edit_and_check(text, size, &pods, 1);
	edit_and_check(text, size, cluster, 3);
	edit_and_check(text, size, &undo, 1);
	return 0;
}
