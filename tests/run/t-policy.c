/* SPDX-License-Identifier: Apache-2.0 */
/* Guard rails: which rule decides, and that no write of any table of verbs gets past the gate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/gate.h"
#include "core/run/policy.h"

static void add(struct policy *p, const char *cluster, const char *group, const char *action,
	enum policy_verdict v)
{
	struct policy_rule r = { .cluster = xstrdup(cluster), .group = xstrdup(group),
		.action = xstrdup(action), .verdict = v, .reason = xstrdup("why"),
		.from = xasprintf("config.yaml:%zu", p->n + 1) };
	policy_add(p, &r);
}

static void test_first_rule_decides(void **state)
{
	struct policy p = { .n = 0 };
	add(&p, "lab*", NULL, NULL, POLICY_ALLOW);
	add(&p, "prod", "control-plane*", "terminate", POLICY_DENY);
	add(&p, "prod", "nodes-*", NULL, POLICY_ALLOW);
	add(&p, "prod", NULL, "roll", POLICY_TYPE);
	static const struct {
		const char *cluster, *group;
		enum policy_action action;
		size_t rule; /* from 1; 0: none */
	} cases[] = {
		{"lab-1", "x", POLICY_TERMINATE, 1},
		{"prod", "control-plane-2a", POLICY_TERMINATE, 2},
		{"prod", "control-plane-2a", POLICY_CORDON, 0},
		{"prod", "nodes-2a", POLICY_TERMINATE, 3},
		{"prod", "nodes-2a", POLICY_ROLL, 3},
		{"prod", "", POLICY_ROLL, 4},
		{"prod", "", POLICY_TERMINATE, 0},
		/* not known: what holds back counts, what allows does not */
		{"prod", NULL, POLICY_TERMINATE, 2},
		{"prod", NULL, POLICY_ROLL, 4},
		{NULL, "nodes-2a", POLICY_ROLL, 0},
		{"other", "nodes-2a", POLICY_ROLL, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct policy_rule *r = policy_find(&p, cases[i].cluster, cases[i].group,
			cases[i].action);
		assert_int_equal(r ? (size_t)(r - p.v) + 1 : 0, cases[i].rule);
	}
	/* A roll terminates: the strictest of all that it does. */
	assert_int_equal(policy_find_run(&p, "prod", NULL, POLICY_ROLL)->verdict, POLICY_DENY);
	assert_int_equal(
		policy_find_run(&p, "prod", "nodes-2a", POLICY_ROLL)->verdict, POLICY_ALLOW);
	assert_null(policy_find(NULL, "prod", "", POLICY_ROLL));
	assert_false(policy_all_denied(&p, "prod"));
	policy_release(&p);
	add(&p, "prod", NULL, NULL, POLICY_DENY);
	assert_true(policy_all_denied(&p, "prod"));
	assert_false(policy_all_denied(&p, "lab"));
	policy_release(&p);
}

static void test_words(void **state)
{
	for (int a = 0; a < POLICY_ACTION__COUNT; a++) {
		assert_non_null(policy_action_name((enum policy_action)a));
		assert_non_null(policy_action_help((enum policy_action)a));
		for (int b = 0; b < a; b++) {
			assert_string_not_equal(policy_action_name((enum policy_action)a),
				policy_action_name((enum policy_action)b));
		}
	}
	struct policy p = { .n = 0 };
	struct err e = ERR_INIT;
	add(&p, "prod", NULL, "scale", POLICY_TYPE);
	assert_false(policy_refuse(&p.v[0], "prod", POLICY_SCALE, &e));
	assert_int_equal(e.kind, ERR_REFUSED);
	assert_non_null(strstr(e.text, "config.yaml:1"));
	assert_non_null(strstr(e.text, "why"));
	assert_non_null(strstr(e.hint, "--confirm prod"));
	policy_release(&p);
}

/* ---- the gate ------------------------------------------------------------------------- */

struct bench {
	struct policy policy;
	struct loop *loop;
	struct kube under_kube, *kube;
	struct cloud under_cloud, *cloud;
	struct store under_store, *store;
	int reached, told, refused;
	const char *group;
};
static struct bench *now;

static bool bench_may(void *ctx, const char *cluster, const char *group, enum policy_action a,
	struct err *e)
{
	const struct policy_rule *r =
		policy_find(&now->policy, cluster ? cluster : "prod", group, a);
	return !r || r->verdict == POLICY_ALLOW || policy_refuse(r, "prod", a, e);
}

static const char *bench_group(void *ctx, enum gate_thing t, const char *ns, const char *name)
{
	return t == GATE_NONE ? "" : now->group;
}

static void bench_done(void *ctx, const struct err *e)
{
	now->told++;
	now->refused += e && e->kind == ERR_REFUSED;
}

static void bench_put(void *ctx, const char *etag, const struct err *e)
{
	bench_done(ctx, e);
}

/* Every verb behind the gate: they only count.  One per signature would be the same. */
#define REACH { now->reached++; }
static void u_cordon(struct kube *k, const char *n, bool on, void (*d)(void *, const struct err *),
	void *c) REACH
static void u_taint(struct kube *k, const char *n, const struct taint *t, bool on,
	void (*d)(void *, const struct err *), void *c) REACH
static void u_label(struct kube *k, const char *n, const char *a, const char *b,
	void (*d)(void *, const struct err *), void *c) REACH
static void u_scale(struct kube *k, const char *n, const char *a, int32_t b,
	void (*d)(void *, const struct err *), void *c) REACH
static void u_put_lease(struct kube *k, const struct kube_lease *l,
	void (*d)(void *, const struct err *), void *c) REACH
static void u_env(struct kube *k, const char *a, const char *b, const char *cc,
	const struct env_entry *env, size_t n, void (*d)(void *, const struct err *), void *c) REACH
static void u_two(struct kube *k, const char *a, const char *b,
	void (*d)(void *, const struct err *), void *c) REACH
static void u_four(struct kube *k, const char *a, const char *b, const char *cc, const char *dd,
	void (*d)(void *, const struct err *), void *c) REACH
static void u_one(struct kube *k, const char *a, const char *b,
	void (*d)(void *, const struct err *), void *c) REACH
static void c_one(struct cloud *k, const char *a, void (*d)(void *, const struct err *),
	void *c) REACH
static void c_two(struct cloud *k, const char *a, const char *b,
	void (*d)(void *, const struct err *), void *c) REACH
static void c_desired(struct cloud *k, const char *a, int32_t n,
	void (*d)(void *, const struct err *), void *c) REACH
static void s_put(struct store *s, const char *path, const char *text, size_t len,
	const char *tag, void (*d)(void *, const char *, const struct err *), void *c) REACH
static void s_below(struct store *s, const char *path,
	void (*d)(void *, const struct store_entry *, size_t, const struct err *), void *c) REACH
static void s_free(struct store *s) {}

static const struct kube_ops kube_behind = { .cordon = u_cordon, .taint = u_taint,
	.label = u_label, .evict = u_label, .scale = u_scale, .put_lease = u_put_lease,
	.delete_lease = u_label, .annotate = u_label, .set_env = u_env, .restart = u_two,
	.patch = u_four, .lower_request = u_four, .undo = u_two, .create = u_one };
static const struct cloud_ops cloud_behind = { .terminate = c_one, .detach = c_two,
	.deregister = c_two, .set_desired = c_desired };
static const struct store_ops store_behind = { .put = s_put,
	.list_below = s_below, .free = s_free };

#define DONE bench_done, NULL
static void g_cordon(void) { now->kube->ops->cordon(now->kube, "n", true, DONE); }
static void g_taint(void) { now->kube->ops->taint(now->kube, "n", NULL, true, DONE); }
static void g_label(void) { now->kube->ops->label(now->kube, "n", "k", "v", DONE); }
static void g_evict(void) { now->kube->ops->evict(now->kube, "ns", "p", "u", DONE); }
static void g_scale(void) { now->kube->ops->scale(now->kube, "ns", "d", 1, DONE); }
static void g_put_lease(void)
{
	now->kube->ops->put_lease(now->kube, &(struct kube_lease){ .ns = "a" }, DONE);
}
static void g_delete_lease(void) { now->kube->ops->delete_lease(now->kube, "a", "b", "1", DONE); }
static void g_annotate(void) { now->kube->ops->annotate(now->kube, "n", "k", "v", DONE); }
static void g_set_env(void) { now->kube->ops->set_env(now->kube, "a", "b", "c", NULL, 0, DONE); }
static void g_restart(void) { now->kube->ops->restart(now->kube, "a", "b", DONE); }
static void g_patch(void) { now->kube->ops->patch(now->kube, "pods", "a", "b", "{}", DONE); }
static void g_lower(void) { now->kube->ops->lower_request(now->kube, "a", "b", "cpu", "1", DONE); }
static void g_undo(void) { now->kube->ops->undo(now->kube, "a", "b", DONE); }
static void g_create(void) { now->kube->ops->create(now->kube, "a", "{}", DONE); }
static void g_terminate(void) { now->cloud->ops->terminate(now->cloud, "i-1", DONE); }
static void g_detach(void) { now->cloud->ops->detach(now->cloud, "i-1", "asg", DONE); }
static void g_deregister(void) { now->cloud->ops->deregister(now->cloud, "i-1", "asg", DONE); }
static void g_desired(void) { now->cloud->ops->set_desired(now->cloud, "asg", 3, DONE); }
static void g_put(void)
{
	now->store->ops->put(now->store, "prod/instancegroup/nodes", "x", 1, NULL, bench_put, NULL);
}

enum table_of { KUBE, CLOUD, STORE };
/* Every slot of every table; call NULL: it only looks. */
static const struct {
	enum table_of table;
	size_t slot;
	enum policy_action action;
	void (*call)(void);
} verbs[] = {
#define K(verb) KUBE, offsetof(struct kube_ops, verb)
#define C(verb) CLOUD, offsetof(struct cloud_ops, verb)
#define S(verb) STORE, offsetof(struct store_ops, verb)
	{K(cordon), POLICY_CORDON, g_cordon},
	{K(taint), POLICY_TAINT, g_taint},
	{K(label), POLICY_LABEL, g_label},
	{K(evict), POLICY_EVICT, g_evict},
	{K(scale), POLICY_SCALE, g_scale},
	{K(get_lease), 0, NULL},
	{K(put_lease), POLICY_LEASE, g_put_lease},
	{K(delete_lease), POLICY_LEASE, g_delete_lease},
	{K(annotate), POLICY_ANNOTATE, g_annotate},
	{K(set_env), POLICY_SET_ENV, g_set_env},
	{K(restart), POLICY_RESTART, g_restart},
	{K(patch), POLICY_PATCH, g_patch},
	{K(lower_request), POLICY_LOWER_REQUEST, g_lower},
	{K(undo), POLICY_UNDO, g_undo},
	{K(create), POLICY_CREATE_OBJECT, g_create},
	{K(allowed), 0, NULL},
	{K(watch_events), 0, NULL},
	{K(read), 0, NULL},
	{C(terminate), POLICY_TERMINATE, g_terminate},
	{C(detach), POLICY_DETACH, g_detach},
	{C(deregister), POLICY_DEREGISTER, g_deregister},
	{C(set_desired), POLICY_SET_DESIRED, g_desired},
	{S(list), 0, NULL},
	{S(list_below), 0, NULL},
	{S(get), 0, NULL},
	{S(put), POLICY_WRITE_SPEC, g_put},
	{S(free), 0, NULL},
};
#define NVERBS (sizeof(verbs) / sizeof(verbs[0]))

static struct clock clock;

static void bench_begin(struct bench *b)
{
	*b = (struct bench){ .under_kube.ops = &kube_behind, .under_cloud.ops = &cloud_behind,
		.under_store.ops = &store_behind, .group = "nodes" };
	now = b;
	clock_system(&clock, 1);
	b->loop = loop_new(&clock);
	const struct gate_keeper k = { .may = bench_may, .group_of = bench_group };
	b->kube = gate_kube_new(b->loop, &b->under_kube, &k);
	b->cloud = gate_cloud_new(b->loop, &b->under_cloud, &k);
	b->store = gate_store_new(b->loop, &b->under_store, &k);
}

static void bench_end(struct bench *b)
{
	gate_kube_free(b->kube);
	gate_cloud_free(b->cloud);
	b->store->ops->free(b->store);
	policy_release(&b->policy);
	loop_free(b->loop);
}

static bool bench_told(void *ctx)
{
	return now->told > 0;
}

/* A verb that is added to a table has to be added above: with its policy, or as one that looks. */
static void test_every_verb_is_listed(void **state)
{
	struct bench b;
	bench_begin(&b);
	static const size_t sizes[] = { [KUBE] = sizeof(struct kube_ops),
		[CLOUD] = sizeof(struct cloud_ops), [STORE] = sizeof(struct store_ops) };
	const void *const tables[] = { b.kube->ops, b.cloud->ops, b.store->ops };
	for (int t = 0; t < 3; t++) {
		for (size_t at = 0; at < sizes[t]; at += sizeof(void (*)(void))) {
			size_t listed = 0;
			void (*fn)(void);
			for (size_t i = 0; i < NVERBS; i++) {
				listed += (int)verbs[i].table == t && verbs[i].slot == at;
			}
			memcpy(&fn, (const char *)tables[t] + at, sizeof(fn));
			assert_int_equal(listed, 1);
			assert_non_null(fn);
		}
	}
	bench_end(&b);
}

static void try_all(bool denied, const char *by_name)
{
	for (size_t i = 0; i < NVERBS; i++) {
		struct bench b;
		if (!verbs[i].call) {
			continue;
		}
		bench_begin(&b);
		add(&b.policy, "prod", NULL, by_name ? policy_action_name(verbs[i].action) : NULL,
			denied ? POLICY_DENY : POLICY_ALLOW);
		add(&b.policy, NULL, NULL, NULL, denied ? POLICY_ALLOW : POLICY_DENY);
		verbs[i].call();
		assert_int_equal(b.told, 0); /* never from inside the call */
		assert_int_equal(b.reached, !denied);
		if (denied) {
			loop_run_until(b.loop, bench_told, NULL, 5000);
			assert_int_equal(b.told, 1);
			assert_int_equal(b.refused, 1);
		}
		bench_end(&b);
		assert_int_equal(b.told, denied);
	}
}

static void test_denied(void **state)
{
	try_all(true, NULL);
	try_all(true, "its own name");
}

static void test_allowed(void **state)
{
	try_all(false, NULL);
}

/* A call that was refused and not told yet is told when the gate goes. */
static void test_told_at_the_end(void **state)
{
	struct bench b;
	bench_begin(&b);
	add(&b.policy, NULL, NULL, NULL, POLICY_DENY);
	g_cordon();
	g_terminate();
	g_put();
	assert_int_equal(b.told, 0);
	bench_end(&b);
	assert_int_equal(b.told, 3);
	assert_int_equal(b.reached, 0);
}

static void test_groups(void **state)
{
	struct bench b;
	bench_begin(&b);
	add(&b.policy, NULL, "control-plane*", NULL, POLICY_DENY);
	g_terminate();
	g_put(); /* of the group nodes, by its path */
	assert_int_equal(b.reached, 2);
	b.group = "control-plane-1";
	g_terminate();
	b.group = NULL;
	g_terminate();
	assert_int_equal(b.reached, 2);
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_rule_decides), cmocka_unit_test(test_words),
		cmocka_unit_test(test_every_verb_is_listed), cmocka_unit_test(test_denied),
		cmocka_unit_test(test_allowed), cmocka_unit_test(test_told_at_the_end),
		cmocka_unit_test(test_groups),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
