/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The composer of a new cluster: line i of the input is the text of field i.  The command comes
 * out in one line and in folded ones, and both say the same; every finding is one harmless line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/kops/create.h"
#include "tests/fuzz/harmless.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compose(struct create_plan *p)
{
	struct create_findings found = { .n = 0 };
	struct strlist args = { .n = 0 }, lines = { .n = 0 };
	char *command = create_command(p);
	create_args(p, &args);
	create_lines(p, 40, &lines);
	if (!args.n || !lines.n || !*command) {
		abort();
	}
	create_check(p, &found);
	create_findings_sort(&found);
	for (size_t i = 0; i < found.n; i++) {
		if (found.v[i].level != CREATE_REFUSED && create_refused(&found) && i == 0) {
			abort();
		}
		if (strchr(found.v[i].text, '\n') || !*create_level_name(found.v[i].level)) {
			abort();
		}
	}
	create_subnet_bits(p);
	create_zone_nodes(p, 0, 3);
	create_env(p);
	create_findings_release(&found);
	strlist_release(&lines);
	strlist_release(&args);
	free(command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct create_plan p;
	struct strlist lines = { .n = 0 };
	char *text = xstrndup((const char *)data, size), region[64];
	uint32_t base;
	int bits;
	strlist_split(&lines, text, '\n');
	create_plan_init(&p);
	p.state = size % 5 ? xstrdup("s3://bucket") : NULL;
	p.kops_minor = size % 12 ? 23 + (int)(size % 12) : 0;
	for (size_t i = 0; i < lines.n && i < CREATE__COUNT; i++) {
		create_set(&p, (enum create_field)i, lines.v[i]);
		create_region(lines.v[i], region, sizeof(region));
		create_cidr(lines.v[i], &base, &bits);
		create_kops_minor(lines.v[i]);
	}
	compose(&p);
	for (int i = 0; i < CREATE__COUNT; i++) {
		enum create_field f = (enum create_field)i;
		if (!*create_label(f) || !*create_usual(f)) {
			abort();
		}
		create_next_choice(&p, f, (int)(size % 3) - 1);
	}
	compose(&p);
	create_plan_release(&p);
	strlist_release(&lines);
	free(text);
	return 0;
}
