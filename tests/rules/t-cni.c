/* SPDX-License-Identifier: Apache-2.0 */
/* The CNI: what ipamd holds for so many pods (its documents' examples), each variable's state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/rules/cni/state.h"
#include "core/rules/eni-pool.h"
#include "tests/rules/story.h"

/* ---- what ipamd holds: the tables of the CNI's own documents (facts: vpc-cni 1.4) ---- */

static const struct example {
	const char *type;
	bool prefix;
	int32_t warm, warm_ip, minimum; /* warm: prefixes or ENIs */
	int32_t pods, prefixes, ips, enis;
} examples[] = {
	{ "t3.small", true, 1, 0, 0, 0, 1, 16, 1 }, { "t3.small", true, 1, 0, 0, 5, 2, 32, 1 },
	{ "t3.small", true, 1, 0, 0, 16, 2, 32, 1 }, { "t3.small", true, 1, 0, 0, 17, 3, 48, 1 },
	{ "t3.small", true, 1, 0, 0, 58, 5, 80, 2 }, { "t3.small", true, 1, 1, 1, 5, 1, 16, 1 },
	{ "t3.small", true, 1, 1, 1, 17, 2, 32, 1 }, { "t3.small", true, 1, 1, 1, 58, 4, 64, 2 },
	{ "t3.small", true, 1, 7, 20, 5, 2, 32, 1 }, { "t3.small", true, 1, 7, 20, 17, 2, 32, 1 },
	{ "t3.small", true, 1, 7, 20, 58, 5, 80, 2 },
	/* a minimum of 20 behaves as 32 */
	{ "t3.small", true, 1, 0, 20, 0, 2, 32, 1 }, { "t3.small", true, 1, 1, 20, 0, 2, 32, 1 },
	/* nine prefixes are all of it; 10 IPv4 carry 144 pods on one interface */
	{ "t3.small", true, 1, 0, 0, 144, 9, 144, 3 }, { "c5.large", true, 1, 0, 0, 128, 9, 144, 1 },
	{ "t3.small", false, 1, 0, 0, 0, 0, 3, 1 }, { "t3.small", false, 1, 0, 0, 5, 0, 9, 3 },
	{ "t3.small", false, 1, 0, 0, 9, 0, 9, 3 }, { "t3.small", false, 1, 2, 5, 0, 0, 5, 2 },
	{ "t3.small", false, 1, 2, 5, 5, 0, 7, 3 },
	{ "p3dn.24xlarge", false, 1, 0, 0, 3, 0, 98, 2 },
	{ "p3dn.24xlarge", false, 1, 5, 10, 7, 0, 12, 1 },
	{ "p3dn.24xlarge", false, 1, 5, 10, 45, 0, 50, 2 },
};

static void pools_grow_as_the_documents_say(void **state)
{
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *x = &examples[i];
		struct cni_settings cni = { .amazonvpc = true, .prefix = x->prefix,
			.warm_prefix = x->prefix ? x->warm : 0, .warm_eni = x->warm,
			.warm_ip = x->warm_ip, .minimum_ip = x->minimum,
			.mode = { .prefix = x->prefix } };
		struct eni_pool p;
		eni_pool_compute(eni_lookup(x->type), &cni, x->pods, -1, &p);
		if (p.prefixes != x->prefixes || p.ips != x->ips || p.enis != x->enis) {
			fail_msg("example %zu: %d prefixes, %d IPs, %d ENIs", i, p.prefixes, p.ips,
				p.enis);
		}
		assert_true(p.enough);
		assert_int_equal(p.subnet_ips, p.ips + p.enis);
	}
}

static void pools_have_ends(void **state)
{
	const struct eni_limits *t3 = eni_lookup("t3.medium");
	struct cni_settings cni = { .amazonvpc = true, .warm_eni = 1, .minimum_ip = 10 };
	struct eni_pool p;
	eni_pool_compute(t3, &cni, 12, 17, &p); /* the trap */
	assert_int_equal(p.ips, 10);
	assert_false(p.enough);
	cni.minimum_ip = 0;
	eni_pool_compute(t3, &cni, 16, 110, &p); /* more pods than addresses */
	assert_int_equal(p.ips, 15);
	assert_false(p.enough);
	cni.mode = (struct eni_mode){ .prefix = true };
	cni.warm_prefix = 1;
	eni_pool_compute(t3, &cni, 108, 110, &p);
	assert_int_equal(p.prefixes, 7); /* not 8: it holds 110 by then */
	cni.mode.custom_network = true;
	eni_pool_compute(t3, &cni, 100, 110, &p);
	assert_int_equal(p.enis, 3); /* two for pods, and the primary */
	assert_true(p.enough);
}

/* Nothing spare: it asks when the last address is taken, and then for the least it can. */
static void pools_without_spares(void **state)
{
	static const int32_t want[][3] = { /* pods, prefixes, ENIs of single addresses */
		{ 0, 1, 1 }, { 2, 1, 1 }, { 3, 1, 2 }, { 15, 1, 3 }, { 16, 2, 3 }, { 17, 2, 3 },
	};
	const struct eni_limits *t3 = eni_lookup("t3.small");
	struct cni_settings none = { .amazonvpc = true };
	struct eni_pool p;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		none.mode.prefix = true;
		eni_pool_compute(t3, &none, want[i][0], -1, &p);
		assert_int_equal(p.prefixes, want[i][1]);
		none.mode.prefix = false;
		eni_pool_compute(t3, &none, want[i][0], -1, &p);
		assert_int_equal(p.enis, want[i][2]);
	}
}

/* The documents' bounds of waste, and what the growth costs. */
static void growth_is_counted(void **state)
{
	static const struct {
		const char *type;
		bool prefix;
		int32_t warm_prefix, warm_eni, warm_ip, minimum, pods;
		struct eni_growth want;
	} rows[] = {
		/* a spare prefix: up to 31 unused; 9 prefixes, 2 new interfaces */
		{ "t3.small", true, 1, 1, 0, 0, 129, { 9, 13, 2, 31, 23 } },
		/* one warm IP: up to 15 beside it */
		{ "t3.small", true, 1, 1, 1, 1, 129, { 9, 13, 2, 16, 9 } },
		/* single addresses: a whole interface each time, or one address after the other */
		{ "t3.small", false, 1, 1, 0, 0, 9, { 3, 7, 2, 5, 3 } },
		{ "t3.small", false, 1, 1, 2, 5, 9, { 5, 10, 2, 5, 2 } },
		{ "p3dn.24xlarge", false, 1, 1, 0, 0, 3, { 2, 4, 1, 97, 84 } },
		{ "c5.large", true, 1, 1, 0, 0, 100, { 8, 8, 0, 31, 24 } },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cni_settings cni = { .amazonvpc = true, .prefix = rows[i].prefix,
			.warm_prefix = rows[i].warm_prefix, .warm_eni = rows[i].warm_eni,
			.warm_ip = rows[i].warm_ip, .minimum_ip = rows[i].minimum,
			.mode = { .prefix = rows[i].prefix } };
		const struct eni_growth *w = &rows[i].want;
		struct eni_growth g;
		eni_pool_growth(eni_lookup(rows[i].type), &cni, rows[i].pods, -1, &g);
		if (memcmp(&g, w, sizeof g) != 0) {
			fail_msg("row %zu: grows %d, calls %d, attached %d, unused %d and %d", i,
				g.grows, g.calls, g.attached, g.most_unused, g.mean_unused);
		}
	}
}

/* ---- each variable's state --------------------------------------------------------- */

struct given {
	const char *spec, *live; /* "NAME=VALUE NAME=VALUE" */
};

static size_t env_read(const char *text, char *copy, size_t size, struct env_entry *out)
{
	size_t n = 0;
	snprintf(copy, size, "%s", text ? text : "");
	for (char *save = NULL, *word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		char *eq = strchr(word, '=');
		*eq = '\0';
		out[n] = (struct env_entry){ .name = word, .value = eq + 1, .line = n + 1 };
		n++;
	}
	return n;
}

#define LIVE "ENABLE_IPv4=true ENABLE_IPv6=false WARM_ENI_TARGET=1 WARM_PREFIX_TARGET=1 " \
	"ENABLE_PREFIX_DELEGATION="

/* The story's cluster with these; image, type and max pods of its workers as given. */
static void state_make(struct story *s, const struct given *g, const char *image, const char *type,
	int64_t max_pods, struct cni_state *out)
{
	char a[1024], b[1024];
	struct env_entry spec[16], live[16];
	struct cluster_spec c = story_cluster();
	story_begin(s);
	c.env = spec;
	c.nenv = env_read(g->spec, a, sizeof a, spec);
	struct daemonset ds = { .ns = "kube-system", .name = "aws-node", .desired = 3, .current = 3,
		.ready = 3, .updated = 3, .available = 3, .image = image, .env = live,
		.nenv = env_read(g->live, b, sizeof b, live) };
	story_apply(s, OBS_CLUSTER, &c);
	story_apply(s, OBS_DAEMONSET, &ds);
	for (int i = 0; i < 2; i++) {
		struct group_spec w = story_group(i ? "nodes-2c" : "nodes-2a", ROLE_NODE);
		const char *types[] = { type };
		struct node n = { .name = i ? "i-2c" : "i-2a", .instance_id = i ? "i-2c" : "i-2a",
			.group = w.name, .type = type, .role = ROLE_NODE, .ready = TRI_YES,
			.capacity_pods = max_pods, .alloc_pods = max_pods };
		w.machine_type = type;
		w.types = types;
		story_apply(s, OBS_GROUP, &w);
		story_apply(s, OBS_NODE, &n);
	}
	cni_state_of(s->m, out);
}

static void each_variable_says_who_holds(void **state)
{
	static const struct {
		struct given g;
		const char *name, *holds;
		enum cni_from from;
		bool drift;
		const char *ignored;
	} rows[] = {
		{ { "", LIVE "false" }, "WARM_ENI_TARGET", "1", CNI_FROM_KOPS, false, NULL },
		{ { "", LIVE "false" }, "WARM_PREFIX_TARGET", "1", CNI_FROM_KOPS, false,
			"prefix delegation is off" },
		{ { "", LIVE "false" }, "MAX_ENI", "-1", CNI_FROM_CODE, false, NULL },
		{ { "", LIVE "false" }, "ENABLE_IPv4", "true", CNI_FROM_FORCED, false, NULL },
		/* the last of equal names counts */
		{ { "WARM_IP_TARGET=2 WARM_IP_TARGET=5", LIVE "false WARM_IP_TARGET=5" },
			"WARM_IP_TARGET", "5", CNI_FROM_SPEC, false, NULL },
		{ { "WARM_IP_TARGET=5", LIVE "false WARM_IP_TARGET=5" }, "WARM_ENI_TARGET", "1",
			CNI_FROM_KOPS, false, "an IP target is set" },
		{ { "", LIVE "true MINIMUM_IP_TARGET=5" }, "WARM_PREFIX_TARGET", "1",
			CNI_FROM_KOPS, false, "an IP target is set" },
		{ { "", LIVE "true" }, "WARM_ENI_TARGET", "1", CNI_FROM_KOPS, false,
			"prefix delegation is on" },
		/* 0 and words are as unset */
		{ { "", LIVE "true WARM_IP_TARGET=0" }, "WARM_PREFIX_TARGET", "1", CNI_FROM_KOPS,
			false, NULL },
		/* live edits: over kops' own, over the spec's, and one that kops never names */
		{ { "", LIVE "true" }, "ENABLE_PREFIX_DELEGATION", "true", CNI_FROM_LIVE, true, NULL },
		{ { "WARM_PREFIX_TARGET=2", LIVE "true" }, "WARM_PREFIX_TARGET", "1", CNI_FROM_LIVE,
			true, NULL },
		{ { "", LIVE "false WARM_IP_TARGET=3" }, "WARM_IP_TARGET", "3", CNI_FROM_LIVE, true,
			NULL },
		{ { "WARM_IP_TARGET=3", LIVE "false" }, "WARM_IP_TARGET", "0", CNI_FROM_CODE, true,
			NULL },
		/* an older kops names neither: false is the same, a warm prefix less is not */
		{ { "", "ENABLE_IPv4=true" }, "ENABLE_PREFIX_DELEGATION", "false", CNI_FROM_CODE,
			false, NULL },
		{ { "", "ENABLE_IPv4=true" }, "WARM_PREFIX_TARGET", "0", CNI_FROM_CODE, true,
			"prefix delegation is off" },
		/* forced: what the spec says is no word */
		{ { "ENABLE_IPv6=true", LIVE "false" }, "ENABLE_IPv6", "false", CNI_FROM_FORCED,
			false, NULL },
		/* not seen yet: what kops will make */
		{ { "WARM_ENI_TARGET=2", "" }, "WARM_ENI_TARGET", "2", CNI_FROM_SPEC, false, NULL },
		{ { "", LIVE "false NEW_THING=1" }, "NEW_THING", "1", CNI_FROM_LIVE, false, NULL },
		{ { "", LIVE "false MAX_ENI=0" }, "MAX_ENI", "0", CNI_FROM_LIVE, true,
			"it is below 1" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct story s;
		struct cni_state st;
		state_make(&s, &rows[i].g, "amazon-k8s-cni:v1.20.4", "t3.medium", 17, &st);
		const struct cni_entry *e = cni_state_find(&st, rows[i].name);
		if (!e || strcmp(e->holds ? e->holds : "", rows[i].holds) ||
		    e->from != rows[i].from || e->drift != rows[i].drift ||
		    strcmp(e->ignored ? e->ignored : "", rows[i].ignored ? rows[i].ignored : "")) {
			fail_msg("row %zu: %s holds %s by %s%s, ignored: %s", i, rows[i].name,
				e && e->holds ? e->holds : "-", e ? cni_from_text(e->from) : "-",
				e && e->drift ? ", drift" : "",
				e && e->ignored ? e->ignored : "-");
		}
		cni_state_release(&st);
		story_end(&s);
	}
}

/* Facts: vpc-cni 1.3, row by row. */
static void what_fails_is_told(void **state)
{
	static const struct {
		struct given g;
		const char *image, *type;
		int64_t max_pods;
		const char *name; /* NULL: nothing is wrong */
		enum finding_level level;
		const char *text;
	} rows[] = {
		{ { "", LIVE "false" }, "cni:v1.20.4", "t3.medium", 17, NULL, FINDING_OK, NULL },
		{ { "", LIVE "true" }, "cni:v1.20.4", "t3.medium", 110, NULL, FINDING_OK, NULL },
		{ { "", LIVE "false ENABLE_IPv6=true" }, NULL, "t3.medium", 17, "ENABLE_IPv6",
			FINDING_REFUSE, "are both true" },
		{ { "", "ENABLE_IPv4=false ENABLE_IPv6=false" }, NULL, "t3.medium", 17,
			"ENABLE_IPv6", FINDING_REFUSE, "are both false" },
		{ { "", "ENABLE_IPv6=true" }, NULL, "t3.medium", 17, "ENABLE_IPv6", FINDING_REFUSE,
			"no prefix delegation: ipamd refuses" },
		{ { "", "ENABLE_IPv6=true ENABLE_PREFIX_DELEGATION=true "
			"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true" }, NULL, "t3.medium", 17,
			"ENABLE_IPv6", FINDING_REFUSE, "custom networking: ipamd refuses" },
		{ { "", "ENABLE_IPv6=true ENABLE_PREFIX_DELEGATION=true" }, NULL, "t2.medium", 17,
			"ENABLE_IPv6", FINDING_REFUSE, "is no Nitro type" },
		{ { "", LIVE "true" }, NULL, "t2.medium", 17, "ENABLE_PREFIX_DELEGATION",
			FINDING_WARN, "takes no prefixes" },
		{ { "", LIVE "true" }, NULL, "t2.medium", 110, "ENABLE_PREFIX_DELEGATION",
			FINDING_REFUSE, "too few for its max pods" },
		{ { "", "ENABLE_PREFIX_DELEGATION=true" }, NULL, "t3.medium", 17,
			"WARM_PREFIX_TARGET", FINDING_WARN, "0 is not supported" },
		{ { "", LIVE "false MINIMUM_IP_TARGET=10" }, NULL, "t3.medium", 17,
			"MINIMUM_IP_TARGET", FINDING_REFUSE, "stop at 10 addresses" },
		/* in whole prefixes that is 16, and 17 pods need 15 */
		{ { "", LIVE "true MINIMUM_IP_TARGET=10" }, NULL, "t3.medium", 17, NULL, FINDING_OK,
			NULL },
		{ { "", LIVE "false WARM_IP_TARGET=2" }, NULL, "t3.medium", 17, "WARM_IP_TARGET",
			FINDING_WARN, "many EC2 calls" },
		{ { "", LIVE "false AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true" }, NULL, "t3.micro", 3,
			"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", FINDING_INFO, "two interfaces" },
		{ { "", LIVE "false AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true" }, NULL, "t3.medium",
			17, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", FINDING_REFUSE,
			"gives them 10 addresses" },
		{ { "", LIVE "false AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true" }, NULL, "t3.medium",
			12, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", FINDING_WARN, "ENIConfig" },
		{ { "", LIVE "false MAX_ENI=2" }, NULL, "t3.medium", 17, "MAX_ENI", FINDING_REFUSE,
			"gives them 10 addresses" },
		{ { "", LIVE "false MAX_ENI=2" }, NULL, "t3.medium", 12, NULL, FINDING_OK, NULL },
		{ { "", LIVE "false" }, NULL, "t3.medium", 110, "ENABLE_PREFIX_DELEGATION",
			FINDING_REFUSE, "take 110 pods" },
		{ { "", LIVE "true" }, "x/cni:v1.8.0", "t3.medium", 17, "ENABLE_PREFIX_DELEGATION",
			FINDING_REFUSE, "needs CNI 1.9" },
		{ { "", LIVE "true" }, "x/cni:v1.10.4-eksbuild.1", "m5.metal", 110,
			"ENABLE_PREFIX_DELEGATION", FINDING_REFUSE, "needs CNI 1.11 or newer on bare" },
		{ { "ENABLE_POD_ENI=false", LIVE "false ENABLE_POD_ENI=true" }, NULL, "t3.medium",
			17, "ENABLE_POD_ENI", FINDING_INFO, "trunk stays" },
		{ { "", LIVE "yes" }, NULL, "t3.medium", 17, "ENABLE_PREFIX_DELEGATION",
			FINDING_WARN, "is not true or false" },
		{ { "", LIVE "false ENABLE_IMDS_ONLY_MODE=true" }, NULL, "t3.medium", 17,
			"ENABLE_IMDS_ONLY_MODE", FINDING_WARN, "started with" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct story s;
		struct cni_state st;
		bool found = false;
		state_make(&s, &rows[i].g, rows[i].image, rows[i].type, rows[i].max_pods, &st);
		for (size_t k = 0; k < st.ntroubles && rows[i].name; k++) {
			const struct cni_trouble *t = &st.troubles[k];
			found |= !strcmp(t->name, rows[i].name) && t->level == rows[i].level &&
				strstr(t->text, rows[i].text);
		}
		if (rows[i].name ? !found : st.ntroubles > 0) {
			fail_msg("row %zu: %zu troubles, first: %s: %s", i, st.ntroubles,
				st.ntroubles ? st.troubles[0].name : "-",
				st.ntroubles ? st.troubles[0].text : "-");
		}
		cni_state_release(&st);
		story_end(&s);
	}
}

static void restarts_meet_full_nodes(void **state)
{
	struct story s;
	struct findings f = { .n = 0 };
	const struct env_entry env = { .name = "WARM_ENI_TARGET", .value = "2" };
	story_begin(&s);
	cni_live_findings(s.m, &env, 1, &f);
	assert_int_equal(f.n, 3);
	assert_non_null(strstr(f.v[0].text, "kops will overwrite this at the next update"));
	assert_non_null(strstr(f.v[1].text, "2 nodes have no free slot"));
	findings_release(&f);
	cni_live_findings(s.m, NULL, 0, &f);
	assert_int_equal(f.n, 2); /* a restart changes nothing that kops would undo */
	findings_release(&f);
	story_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pools_grow_as_the_documents_say),
		cmocka_unit_test(pools_have_ends),
		cmocka_unit_test(pools_without_spares),
		cmocka_unit_test(growth_is_counted),
		cmocka_unit_test(each_variable_says_who_holds),
		cmocka_unit_test(what_fails_is_told),
		cmocka_unit_test(restarts_meet_full_nodes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
