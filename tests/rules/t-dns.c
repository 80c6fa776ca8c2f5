/* SPDX-License-Identifier: Apache-2.0 */
/* The cluster's names, and what of a group is not applied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/rules/dns.h"
#include "core/rules/unapplied.h"

struct world {
	struct clock_fake time;
	struct clock clock;
	struct model *m;
};

/* All members of the observation's union are pointers to the thing. */
static void see(struct world *w, enum obs_kind kind, const void *thing)
{
	struct observation o = { .kind = kind, .verb = OBS_SEEN, .u.cluster = thing };
	model_apply(w->m, &o);
}

static void world_begin(struct world *w, const char *name, const char *dns, const char *lb)
{
	struct cluster_subnet subnets[] = { { "a", "z-a", NULL, "Public", NULL },
		{ "c", "z-c", NULL, "Public", NULL } };
	struct cluster_spec c = { .name = name, .dns_type = dns, .api_lb_class = lb, .max_pods = -1,
		.cp_max_pods = -1, .subnets = subnets, .nsubnets = 2 };
	struct group_spec g = { .cluster = name, .name = "control", .role = ROLE_CONTROL_PLANE,
		.max_pods = -1 };
	struct asg a = { .name = "control.x", .group = "control" };
	struct instance i = { .id = "i-1", .group = "control", .asg = "control.x",
		.state = "running", .private_ip = "10.0.0.5" };

	w->time = (struct clock_fake){ .mono = 1, .wall = 1 };
	clock_fake(&w->clock, &w->time);
	w->m = model_new(&w->clock);
	see(w, OBS_CLUSTER, &c);
	see(w, OBS_GROUP, &g);
	model_open_cluster(w->m, name);
	see(w, OBS_ASG, &a);
	see(w, OBS_INSTANCE, &i);
}

static void record(struct world *w, const char *name, const char *type, const char *value)
{
	struct dns_record r = { .name = name, .type = type, .value = value };

	see(w, OBS_RECORD, &r);
}

static void expect(struct world *w, const char *name, enum dns_state state)
{
	struct dns_report r;
	bool found = false;

	dns_report_make(w->m, &r);
	assert_int_equal(r.kind, DNS_ZONE);
	for (size_t i = 0; i < r.n; i++) {
		if (!strcmp(r.rows[i].name, name)) {
			assert_string_equal(dns_state_name(r.rows[i].state), dns_state_name(state));
			found = true;
		}
	}
	assert_true(found);
	dns_report_release(&r);
}

static void test_zone(void **state)
{
	struct world w;
	struct balancer b = { .name = "api-x-abc", .dns = "Api-x-1.elb.amazonaws.com" };

	world_begin(&w, "x.example.com", "Public", "Network");
	expect(&w, "api.x.example.com", DNS_MISSING);
	record(&w, "api.internal.x.example.com.", "A", "203.0.113.123");
	expect(&w, "api.internal.x.example.com", DNS_PLACEHOLDER);
	record(&w, "api.internal.x.example.com.", "A", "10.0.0.5");
	expect(&w, "api.internal.x.example.com", DNS_RIGHT);
	record(&w, "api.internal.x.example.com.", "A", "10.0.0.6");
	expect(&w, "api.internal.x.example.com", DNS_DIFFERS);
	record(&w, "api.x.example.com.", "A", "dualstack.api-x-1.elb.amazonaws.com.");
	expect(&w, "api.x.example.com", DNS_UNTOLD);
	see(&w, OBS_BALANCER, &b);
	expect(&w, "api.x.example.com", DNS_RIGHT);
	/* internal clients may be led through the balancer */
	record(&w, "api.internal.x.example.com.", "A", "api-x-1.elb.amazonaws.com.");
	expect(&w, "api.internal.x.example.com", DNS_RIGHT);
	record(&w, "www.x.example.com.", "A", "203.0.113.123");
	expect(&w, "www.x.example.com", DNS_PLACEHOLDER);
	model_free(w.m);
}

/* Without a balancer the API's name has the control plane's public addresses, in any order. */
static void test_addresses(void **state)
{
	struct world w;
	struct instance i = { .id = "i-1", .group = "control", .asg = "control.x",
		.state = "running", .private_ip = "10.0.0.5", .public_ip = "198.51.100.1" };

	world_begin(&w, "x.example.com", NULL, NULL);
	see(&w, OBS_INSTANCE, &i);
	i.id = "i-2";
	i.private_ip = "10.0.0.6";
	i.public_ip = "198.51.100.2";
	see(&w, OBS_INSTANCE, &i);
	record(&w, "api.x.example.com.", "A", "198.51.100.2,198.51.100.1");
	expect(&w, "api.x.example.com", DNS_RIGHT);
	record(&w, "kops-controller.internal.x.example.com.", "A", "10.0.0.5");
	expect(&w, "kops-controller.internal.x.example.com", DNS_DIFFERS);
	model_free(w.m);
}

static void test_kinds(void **state)
{
	static const struct {
		const char *name, *dns;
		enum dns_kind kind;
	} cases[] = {
		{ "x.example.com", "None", DNS_NONE }, { "x.k8s.local", "None", DNS_NONE },
		{ "x.k8s.local", NULL, DNS_GOSSIP }, { "x.example.com", "Private", DNS_ZONE },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		struct dns_report r;

		world_begin(&w, cases[i].name, cases[i].dns, NULL);
		dns_report_make(w.m, &r);
		assert_int_equal(r.kind, cases[i].kind);
		assert_int_equal(r.n, cases[i].kind == DNS_ZONE ? 3 : 0);
		assert_non_null(r.text);
		dns_report_release(&r);
		model_free(w.m);
	}
}

/* ---- what is not applied ---- */

static void expect_unapplied(struct world *w, enum tri found, const char *lines)
{
	struct unapplied_group u;
	struct buf b = BUF_INIT;
	size_t n;
	const struct m_group *const *v = model_groups(w->m, &n);

	assert_int_equal(n, 1);
	unapplied_of_group(w->m, v[0], &u);
	assert_int_equal(u.found, found);
	unapplied_join((const char *const *)u.lines.v, u.lines.n, &b);
	assert_string_equal(buf_str(&b), lines);
	assert_int_equal(unapplied_groups(w->m), found == TRI_YES);
	buf_release(&b);
	unapplied_group_release(&u);
}

static void test_unapplied(void **state)
{
	struct world w;
	const char *line = "kubelet.maxPods 110 (applied 17)", *subnets[] = { "a", "c" };
	const char *zones[] = { "z-a" };
	struct group_spec g = { .cluster = "x", .name = "control", .role = ROLE_CONTROL_PLANE,
		.max_pods = -1, .min_size = 1, .max_size = 3 };
	struct asg a = { .name = "control.x", .group = "control", .min = 1, .desired = 1, .max = 3,
		.zones = zones, .nzones = 1 };

	world_begin(&w, "x", NULL, NULL);
	see(&w, OBS_GROUP, &g);
	see(&w, OBS_ASG, &a);
	expect_unapplied(&w, TRI_UNKNOWN, "");
	g.unapplied.found = TRI_NO;
	see(&w, OBS_GROUP, &g);
	expect_unapplied(&w, TRI_NO, "");
	a.max = 1;
	see(&w, OBS_ASG, &a);
	expect_unapplied(&w, TRI_YES, "maxSize 3 (applied 1)");
	g.unapplied = (struct unapplied){ .found = TRI_YES, .lines = &line, .nlines = 1 };
	g.subnets = subnets;
	g.nsubnets = 2;
	see(&w, OBS_GROUP, &g);
	expect_unapplied(&w, TRI_YES, "kubelet.maxPods 110 (applied 17); maxSize 3 (applied 1); "
		"subnets a,c (applied zones z-a)");
	model_free(w.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_unapplied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
