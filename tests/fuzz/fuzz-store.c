/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in a state store besides the specs that fuzz-edit has: the addons' channel and the
 * records that drift is told from.  The input holds up to three files, with a line "%%" between.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/kops/addon.h"
#include "core/kops/drift.h"
#include "core/kops/lint.h"
#include "tests/fuzz/harmless.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_drift(struct drift *d)
{
	for (size_t i = 0; i < d->lines.n; i++) {
		if (strchr(d->lines.v[i], '\n')) {
			abort();
		}
	}
	drift_release(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drift_file files[3] = { { .text = NULL } };
	const char *p = (const char *)data, *end = p + size;
	for (size_t i = 0; i < 3 && p; i++) {
		const char *cut = i < 2 ? memmem(p, (size_t)(end - p), "\n%%\n", 4) : NULL;
		files[i].text = p;
		files[i].len = (size_t)((cut ? cut + 1 : end) - p);
		p = cut ? cut + 4 : NULL;
	}
	struct addon_list list;
	struct addon_switches switches;
	struct err e = ERR_INIT;
	if (addon_list_read(files[0].text, files[0].len, &list, &e)) {
		for (size_t i = 0; i < list.n; i++) {
			const char *name = list.v[i].name;
			const struct addon_switch *s = name ? addon_switch_of(name) : NULL;
			if (name && (!addon_find(&list, name) ||
				(s && addon_switch_named(s->field) != s))) {
				abort();
			}
		}
	}
	harmless_err(&e);
	addon_list_release(&list);
	addon_switches_read(files[0].text, files[0].len, &switches);
	for (size_t i = 0; addon_switch_at(i); i++) {
		addon_switch_is_on(&switches, i);
	}
	/* which was written when is not known, or in this order, or the other way round */
	for (int order = 0; order < 3; order++) {
		struct drift d;
		for (int i = 0; order && i < 3; i++) {
			files[i].at = INT64_C(3600000) * (order == 1 ? i + 1 : 3 - i);
		}
		drift_of_cluster(&files[0], &files[1], &d);
		look_drift(&d);
		drift_of_group(&files[0], &files[1], &files[2], &d);
		look_drift(&d);
	}
	lint_count_documents(files[0].text, files[0].len);
	return 0;
}
