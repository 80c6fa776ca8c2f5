/* SPDX-License-Identifier: Apache-2.0 */
/* The command of a new cluster for several kops, and what its fields show by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/xalloc.h"
#include "core/kops/create.h"

/* From the help of `kops create cluster`, 1.36 and 1.25, those that a plan may use. */
static const char *const flags_new[] = { "cloud", "cloud-labels", "control-plane-count",
	"control-plane-size", "control-plane-volume-size", "dns", "dns-zone", "kubernetes-version",
	"name", "network-cidr", "networking", "node-count", "node-size", "node-volume-size", "out",
	"set", "ssh-public-key", "state", "target", "zones", NULL };
static const char *const flags_old[] = { "cloud", "cloud-labels", "dns", "dns-zone",
	"kubernetes-version", "master-count", "master-size", "master-volume-size", "name",
	"network-cidr", "networking", "node-count", "node-size", "node-volume-size", "out", "set",
	"ssh-public-key", "state", "target", "zones", NULL };

static void plan_story(struct create_plan *p)
{
	create_plan_init(p);
	p->state = xstrdup("s3://pkos-state");
	create_set(p, CREATE_NAME, "mate-technology.app");
	create_set(p, CREATE_ZONES, "ap-northeast-2a,ap-northeast-2c");
	create_set(p, CREATE_CIDR, "172.30.0.0/16");
	create_set(p, CREATE_KUBERNETES, "1.34.2");
	create_set(p, CREATE_CP_VOLUME, "40");
	create_set(p, CREATE_NODE_VOLUME, "40");
}

static void assert_line(const char *want, struct create_plan *p)
{
	char *got = create_command(p);
	assert_string_equal(got, want);
	free(got);
}

static void test_story(void **state)
{
	struct create_plan p;
	plan_story(&p);
	assert_line("kops create cluster --name=mate-technology.app --state=s3://pkos-state "
		"--cloud=aws --zones=ap-northeast-2a,ap-northeast-2c --networking=amazonvpc "
		"--set=spec.networking.amazonVPC.env=ENABLE_PREFIX_DELEGATION=true "
		"--set=spec.kubelet.maxPods=110 --network-cidr=172.30.0.0/16 "
		"--kubernetes-version=1.34.2 --dns=none --control-plane-size=t3.medium "
		"--control-plane-count=1 --control-plane-volume-size=40 --node-size=t3.medium "
		"--node-count=2 --node-volume-size=40", &p);
	p.kops_minor = 24;
	create_set(&p, CREATE_PREFIX, "off");
	create_set(&p, CREATE_DNS, "public");
	create_set(&p, CREATE_DNS_ZONE, "example.com");
	create_set(&p, CREATE_TARGET, "terraform");
	create_set(&p, CREATE_LABELS, "Owner=Jo O'Neil,Team=a b");
	assert_line("KOPS_FEATURE_FLAGS=SpecOverrideFlag kops create cluster "
		"--name=mate-technology.app --state=s3://pkos-state --cloud=aws "
		"--zones=ap-northeast-2a,ap-northeast-2c --networking=amazonvpc "
		"--set=spec.kubelet.maxPods=110 --network-cidr=172.30.0.0/16 "
		"--kubernetes-version=1.34.2 --dns=public --dns-zone=example.com "
		"--master-size=t3.medium --master-count=1 --master-volume-size=40 "
		"--node-size=t3.medium --node-count=2 --node-volume-size=40 "
		"'--cloud-labels=Owner=Jo O'\\''Neil,Team=a b' --target=terraform "
		"--out=out/terraform", &p);
	create_plan_release(&p);
}

static bool flag_in(const char *const *v, const char *word)
{
	for (size_t i = 0; v[i]; i++) {
		if (!strncmp(word, v[i], strlen(v[i])) && word[strlen(v[i])] == '=') {
			return true;
		}
	}
	return false;
}

/* Whatever is filled in, every word is a flag that this kops has, and none is lost. */
static void test_versions(void **state)
{
	for (int minor = 24; minor <= 36; minor++) {
		struct create_plan p;
		struct strlist args = { 0 };
		plan_story(&p);
		p.kops_minor = minor;
		create_set(&p, CREATE_SSH_KEY, "/home/jo/.ssh/id.pub");
		create_set(&p, CREATE_LABELS, "Team=x");
		create_set(&p, CREATE_TARGET, "terraform");
		create_set(&p, CREATE_DNS, minor < 26 ? "public" : "none");
		create_args(&p, &args);
		for (size_t i = 2; i < args.n; i++) {
			assert_true(!strncmp(args.v[i], "--", 2));
			if (!flag_in(minor < 26 ? flags_old : flags_new, args.v[i] + 2)) {
				fail_msg("kops 1.%d has no %s", minor, args.v[i]);
			}
		}
		assert_int_equal(args.n, minor < 28 ? 21 : 22);
		assert_int_equal(create_env(&p) != NULL, minor < 25);
		strlist_release(&args);
		create_plan_release(&p);
	}
}

static void test_lines(void **state)
{
	for (size_t width = 40; width < 200; width += 7) {
		struct create_plan p;
		struct strlist lines = { 0 };
		struct buf joined = BUF_INIT;
		plan_story(&p);
		create_set(&p, CREATE_LABELS, "A=b c");
		create_lines(&p, width, &lines);
		for (size_t i = 0; i < lines.n; i++) {
			size_t n = strlen(lines.v[i]);
			bool last = i + 1 == lines.n;
			assert_int_equal(last, n < 2 || strcmp(lines.v[i] + n - 2, " \\") != 0);
			/* a single word may be longer than the line */
			assert_true(n <= width || !strchr(lines.v[i] + 2, ' ') ||
				strchr(lines.v[i] + 2, ' ') >= lines.v[i] + n - 2);
			buf_add(&joined, lines.v[i] + (i ? 1 : 0), n - (i ? 1 : 0) - (last ? 0 : 2));
		}
		assert_line(buf_str(&joined), &p);
		buf_release(&joined);
		strlist_release(&lines);
		create_plan_release(&p);
	}
}

static const struct {
	enum create_field field;
	const char *text;
	int minor;
	enum create_level level; /* CREATE_OK: nothing is said about this field */
	const char *says;
} cases[] = {
	{ CREATE_NAME, "", 0, CREATE_REFUSED, "a name is needed" },
	{ CREATE_NAME, "Mate.app", 0, CREATE_REFUSED, "no DNS name" },
	{ CREATE_NAME, "a..b", 0, CREATE_REFUSED, "no DNS name" },
	{ CREATE_NAME, "mate", 0, CREATE_REFUSED, "no dot" },
	{ CREATE_NAME, "x.k8s.local", 0, CREATE_OK, NULL },
	{ CREATE_ZONES, "", 0, CREATE_REFUSED, "zones are needed" },
	{ CREATE_ZONES, "eu-west-1a,eu-west-1b", 0, CREATE_OK, NULL },
	{ CREATE_ZONES, "eu-west-1a, eu-west-1b", 0, CREATE_REFUSED, "one region" },
	{ CREATE_ZONES, "eu-west-1", 0, CREATE_REFUSED, "no zone" },
	{ CREATE_ZONES, "eu-west-1a,eu-west-2b", 0, CREATE_REFUSED, "one region" },
	{ CREATE_ZONES, "eu-west-1a,eu-west-1a", 0, CREATE_REFUSED, "twice" },
	{ CREATE_ZONES, "eu-west-1a", 0, CREATE_WARN, "one zone only" },
	{ CREATE_PREFIX, "on", 28, CREATE_OK, NULL },
	{ CREATE_PREFIX, "on", 27, CREATE_REFUSED, "1.28 can" },
	{ CREATE_MAX_PODS, "", 0, CREATE_WARN, "formula" },
	{ CREATE_MAX_PODS, "0", 0, CREATE_REFUSED, "a number" },
	{ CREATE_MAX_PODS, "250", 0, CREATE_WARN, "110" },
	{ CREATE_CIDR, "172.30.0.1/16", 0, CREATE_REFUSED, "no network" },
	{ CREATE_CIDR, "10.0.0.0/8", 0, CREATE_REFUSED, "/16 to /28" },
	{ CREATE_CIDR, "100.64.0.0/16", 0, CREATE_REFUSED, "services" },
	{ CREATE_CIDR, "10.0.0.0/28", 0, CREATE_REFUSED, "none below /28" },
	{ CREATE_KUBERNETES, "1.34", 0, CREATE_REFUSED, "no version" },
	{ CREATE_KUBERNETES, "v1.34.2", 36, CREATE_OK, NULL },
	{ CREATE_KUBERNETES, "1.37.0", 36, CREATE_REFUSED, "older than" },
	{ CREATE_KUBERNETES, "1.30.9", 36, CREATE_REFUSED, "too old" },
	{ CREATE_DNS, "none", 25, CREATE_REFUSED, "since 1.26" },
	{ CREATE_DNS, "none", 26, CREATE_OK, NULL },
	{ CREATE_DNS, "maybe", 0, CREATE_REFUSED, "one of" },
	{ CREATE_CP_COUNT, "2", 0, CREATE_REFUSED, "one of" },
	{ CREATE_CP_VOLUME, "7", 0, CREATE_REFUSED, "8 to 16384" },
	{ CREATE_NODE_SIZE, "medium", 0, CREATE_REFUSED, "no instance type" },
	{ CREATE_NODE_COUNT, "0", 0, CREATE_WARN, "no node" },
	{ CREATE_LABELS, "Owner", 0, CREATE_REFUSED, "KEY=VALUE" },
	{ CREATE_LABELS, "aws:x=y", 0, CREATE_REFUSED, "aws:" },
};

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct create_plan p;
		struct create_findings f = { 0 };
		const struct create_finding *found = NULL;
		plan_story(&p);
		p.kops_minor = cases[i].minor;
		create_set(&p, cases[i].field, cases[i].text);
		create_check(&p, &f);
		for (size_t k = 0; k < f.n; k++) {
			found = f.v[k].field == cases[i].field ? &f.v[k] : found;
		}
		if (cases[i].level == CREATE_OK) {
			if (found) {
				fail_msg("%s: %s", cases[i].text, found->text);
			}
		} else if (!found || found->level != cases[i].level ||
			!strstr(found->text, cases[i].says)) {
			fail_msg("%s \"%s\": %s", create_word(cases[i].field), cases[i].text,
				found ? found->text : "nothing was said");
		}
		create_findings_release(&f);
		create_plan_release(&p);
	}
}

static void test_spread(void **state)
{
	struct create_plan p;
	uint32_t base = 0;
	int bits = 0;
	plan_story(&p);
	assert_int_equal(create_subnet_bits(&p), 17); /* the story's 172.30.0.0/17 and .128.0/17 */
	create_set(&p, CREATE_ZONES, "us-test-1a,us-test-1b,us-test-1c");
	assert_int_equal(create_subnet_bits(&p), 18); /* as in kops' own ha_encrypt */
	create_set(&p, CREATE_ZONES, "us-test-1a");
	assert_int_equal(create_subnet_bits(&p), 16);
	create_set(&p, CREATE_NODE_COUNT, "10");
	assert_int_equal(create_zone_nodes(&p, 0, 3), 4); /* as in kops' own complex: 4, 3, 3 */
	assert_int_equal(create_zone_nodes(&p, 1, 3), 3);
	assert_int_equal(create_zone_nodes(&p, 2, 3), 3);
	assert_true(create_cidr("172.30.128.0/17", &base, &bits));
	assert_true(create_cidr_overlap(base, bits, 172u << 24 | 30u << 16, 16));
	assert_false(create_cidr_overlap(base, bits, 172u << 24 | 31u << 16, 16));
	create_plan_release(&p);
}

static void test_sorted(void **state)
{
	struct create_findings f = { 0 };
	create_finding_add(&f, CREATE_OK, CREATE_NAME, "a");
	create_finding_add(&f, CREATE_REFUSED, CREATE_NAME, "b");
	create_finding_add(&f, CREATE_WARN, CREATE_NAME, "c");
	create_finding_add(&f, CREATE_REFUSED, CREATE_NAME, "d");
	create_finding_add(&f, CREATE_UNKNOWN, CREATE_NAME, "e");
	create_findings_sort(&f);
	char got[6] = "";
	for (size_t i = 0; i < f.n; i++) {
		got[i] = f.v[i].text[0];
	}
	assert_string_equal(got, "bdcea");
	assert_true(create_refused(&f));
	create_findings_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_story),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_sorted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
