/* SPDX-License-Identifier: Apache-2.0 */
/* The table of types, the formulas, and the settings that a spec gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/rules/cni.h"
#include "core/rules/eni.h"

/* Facts: vpc-cni part 2, worked figures. */
static const struct {
	const char *type;
	int vcpus, enis, ips, plain, kops, custom, prefix, prefix_rec, both, both_rec;
} worked[] = {
	{ "t3.nano", 2, 2, 2, 4, 4, 3, 34, 34, 18, 18 },
	{ "t3.micro", 2, 2, 2, 4, 4, 3, 34, 34, 18, 18 },
	{ "t3.small", 2, 3, 4, 11, 11, 8, 146, 110, 98, 98 },
	{ "t3.medium", 2, 3, 6, 17, 17, 12, 242, 110, 162, 110 },
	{ "t3.large", 2, 3, 12, 35, 35, 24, 530, 110, 354, 110 },
	{ "t3.xlarge", 4, 4, 15, 58, 58, 44, 898, 110, 674, 110 },
	{ "t3.2xlarge", 8, 4, 15, 58, 58, 44, 898, 110, 674, 110 },
	{ "m5.large", 2, 3, 10, 29, 29, 20, 434, 110, 290, 110 },
	{ "c5.4xlarge", 16, 8, 30, 234, 110, 205, 3714, 110, 3250, 110 },
	{ "m5.8xlarge", 32, 8, 30, 234, 110, 205, 3714, 250, 3250, 250 },
	{ "m5.24xlarge", 96, 15, 50, 737, 110, 688, 11762, 250, 10978, 250 },
	{ "t2.medium", 2, 3, 6, 17, 17, 12, 17, 17, 12, 12 },
	{ "c6g.medium", 1, 2, 4, 8, 8, 5, 98, 98, 50, 50 },
	{ "m5.metal", 96, 15, 50, 737, 110, 688, 11762, 250, 10978, 250 },
};

static void compute(const char *type, bool prefix, bool custom, struct eni_result *r)
{
	struct eni_mode mode = { .prefix = prefix, .custom_network = custom };
	assert_non_null(eni_lookup(type));
	eni_compute(eni_lookup(type), &mode, r);
}

static void worked_figures_come_out(void **state)
{
	for (size_t i = 0; i < sizeof worked / sizeof *worked; i++) {
		const struct eni_limits *l = eni_lookup(worked[i].type);
		struct eni_result r;
		assert_non_null(l);
		assert_int_equal(l->vcpus, worked[i].vcpus);
		assert_int_equal(l->max_enis, worked[i].enis);
		assert_int_equal(l->ips_per_eni, worked[i].ips);
		compute(worked[i].type, false, false, &r);
		assert_int_equal(r.raw, worked[i].plain);
		assert_int_equal(r.kops, worked[i].kops);
		compute(worked[i].type, false, true, &r);
		assert_int_equal(r.raw, worked[i].custom);
		assert_int_equal(r.kops, worked[i].kops);
		compute(worked[i].type, true, false, &r);
		assert_int_equal(r.raw, worked[i].prefix);
		assert_int_equal(r.recommended, worked[i].prefix_rec);
		assert_int_equal(r.prefix_used, !str_starts(worked[i].type, "t2."));
		compute(worked[i].type, true, true, &r);
		assert_int_equal(r.raw, worked[i].both);
		assert_int_equal(r.recommended, worked[i].both_rec);
	}
}

static void check_row(char *line)
{
	struct strlist f = { .n = 0 };
	strlist_split(&f, line, '\t');
	assert_true(f.n >= 6);
	const struct eni_limits *l = eni_lookup(f.v[0]);
	if (!l) {
		fail_msg("%s is missing", f.v[0]);
	}
	struct eni_result r;
	eni_compute(l, &(struct eni_mode){ 0 }, &r);
	assert_int_equal(l->max_enis, strtol(f.v[1], NULL, 10));
	assert_int_equal(l->ips_per_eni, strtol(f.v[2], NULL, 10));
	assert_string_equal(l->hypervisor, f.v[3]);
	assert_int_equal(l->bare_metal, str_eq(f.v[4], "true"));
	assert_int_equal(r.raw, strtol(f.v[5], NULL, 10));
	assert_int_equal(l->prefixes, l->bare_metal || str_eq(f.v[3], "nitro"));
	strlist_release(&f);
}

static void table_is_the_source(void **state)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char path[4096];
	snprintf(path, sizeof path, "%s%s/data/eni-limits.tsv",
		shared ? "" : srcdir ? srcdir : ".", shared ? shared : "/../shared");
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	if (!file_read(path, &text, &e)) {
		print_message("skipped: %s\n", e.text);
		skip();
	}
	size_t rows = 0, n;
	char *save = NULL;
	for (char *line = strtok_r(text.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (*line != '#' && !str_starts(line, "instance_type\t")) {
			check_row(line);
			rows++;
		}
	}
	eni_table(&n);
	assert_int_equal(rows, n);
	buf_release(&text);
}

static void table_is_sorted_and_sane(void **state)
{
	size_t n;
	const struct eni_limits *t = eni_table(&n);
	assert_true(n > 1000);
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || strcmp(t[i - 1].type, t[i].type) < 0);
		assert_true(t[i].max_enis > 0 && t[i].ips_per_eni > 1);
		assert_ptr_equal(eni_lookup(t[i].type), &t[i]);
	}
	assert_null(eni_lookup("t3.colossal"));
	assert_null(eni_lookup(""));
	assert_null(eni_lookup(NULL));
}

static void arithmetic_reads_well(void **state)
{
	char text[96];
	const struct eni_limits *l = eni_lookup("t3.medium");
	eni_explain(l, &(struct eni_mode){ 0 }, true, text, sizeof text);
	assert_string_equal(text, "3 ENIs x (6-1) + 2 = 17");
	eni_explain(l, &(struct eni_mode){ .prefix = true }, true, text, sizeof text);
	assert_string_equal(text, "3 ENIs x (6-1) x 16 + 2 = 242");
	eni_explain(l, &(struct eni_mode){ .custom_network = true }, true, text, sizeof text);
	assert_string_equal(text, "2 of 3 ENIs x (6-1) + 2 = 12");
	eni_explain(l, &(struct eni_mode){ .max_eni = 2 }, false, text, sizeof text);
	assert_string_equal(text, "2 of 3 ENIs \u00d7 (6\u22121) + 2 = 12");
}

static void blocks_stop_at_max_pods(void **state)
{
	assert_int_equal(eni_blocks_needed(110, 2, 1), 7); /* 7 x 16 >= 110: no spare one */
	assert_int_equal(eni_blocks_needed(17, 2, 1), 2);
	assert_int_equal(eni_blocks_needed(250, 2, 0), 16);
	assert_int_equal(eni_blocks_needed(0, 2, 1), 0);
}

static void spec_gives_settings(void **state)
{
	struct env_entry env[] = { { .name = "ENABLE_PREFIX_DELEGATION", .value = "false" },
		{ .name = "WARM_PREFIX_TARGET", .value = "-3" },
		{ .name = "MAX_ENI", .value = "2" }, { .name = "WARM_IP_TARGET", .value = "x" },
		{ .name = "ENABLE_PREFIX_DELEGATION", .value = "true" },
		{ .name = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", .value = "true" } };
	struct cluster_spec c = { .networking = "amazonvpc" };
	struct cni_settings s;
	cni_from_spec(&c, &s);
	assert_true(s.amazonvpc);
	assert_false(s.prefix);
	assert_int_equal(s.warm_prefix, 1); /* kops' default */
	c.env = env;
	c.nenv = sizeof env / sizeof *env;
	cni_from_spec(&c, &s);
	assert_true(s.prefix && s.mode.prefix); /* the last duplicate wins */
	assert_true(s.mode.custom_network);
	assert_int_equal(s.mode.max_eni, 2);
	assert_int_equal(s.warm_prefix, 0);
	assert_int_equal(s.warm_ip, 0);
	c.networking = "cilium";
	cni_from_spec(&c, &s);
	assert_false(s.amazonvpc || s.prefix);
	cni_from_env(env, 1, &s);
	assert_int_equal(s.warm_prefix, 0); /* unset in the DaemonSet: the code's default */
	assert_int_equal(s.warm_eni, 1);
}

static void expect_maxpods(const struct cluster_spec *c, const struct group_spec *g, int64_t value,
	enum maxpods_source source)
{
	struct maxpods m;
	maxpods_for_group(c, g, &m);
	assert_int_equal(m.value, value);
	assert_int_equal(m.source, source);
}

static void max_pods_follow_kops(void **state)
{
	const char *types[] = { "m5.large", "t3.medium" };
	struct cluster_spec c = { .networking = "amazonvpc", .max_pods = -1, .cp_max_pods = -1 };
	struct group_spec node = { .role = ROLE_NODE, .types = types, .ntypes = 2,
		.max_pods = -1 };
	struct group_spec cp = { .role = ROLE_CONTROL_PLANE, .machine_type = "c5.4xlarge",
		.max_pods = -1 };
	expect_maxpods(&c, &node, 17, MAXPODS_FORMULA); /* the weakest decides */
	expect_maxpods(&c, &cp, 110, MAXPODS_FORMULA);
	c.max_pods = 90;
	expect_maxpods(&c, &node, 90, MAXPODS_CLUSTER);
	expect_maxpods(&c, &cp, 90, MAXPODS_CLUSTER); /* reaches the control plane too */
	c.cp_max_pods = 40;
	expect_maxpods(&c, &node, 90, MAXPODS_CLUSTER);
	expect_maxpods(&c, &cp, 40, MAXPODS_CONTROL_PLANE);
	cp.max_pods = 30;
	expect_maxpods(&c, &cp, 30, MAXPODS_GROUP);
	node.max_pods = 0;
	expect_maxpods(&c, &node, 110, MAXPODS_KUBELET);
	c = (struct cluster_spec){ .networking = "calico", .max_pods = -1, .cp_max_pods = -1 };
	node.max_pods = -1;
	expect_maxpods(&c, &node, 110, MAXPODS_KUBELET);
	c.networking = "amazonvpc";
	types[1] = "x9.unheard";
	expect_maxpods(&c, &node, -1, MAXPODS_UNKNOWN);
	for (int s = MAXPODS_GROUP; s <= MAXPODS_UNKNOWN; s++) {
		assert_true(strlen(maxpods_source_text(s)) > 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worked_figures_come_out), cmocka_unit_test(table_is_the_source),
		cmocka_unit_test(table_is_sorted_and_sane),
		cmocka_unit_test(arithmetic_reads_well), cmocka_unit_test(blocks_stop_at_max_pods),
		cmocka_unit_test(spec_gives_settings), cmocka_unit_test(max_pods_follow_kops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
