/* SPDX-License-Identifier: Apache-2.0 */
/* The lab's ipamd holds what the rules say that ipamd holds: its own code, the same figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "core/rules/eni-pool.h"
#include "lab/kube/store.h"
#include "lab/request.h"
#include "lab/world.h"

#define MINUTE 60000
#define NGINX "/apis/apps/v1/namespaces/default/deployments/nginx-deployment/scale"
#define AWS_NODE "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node"

static void patch(struct world *w, const char *target, const char *type, const char *body)
{
	struct lab_request rq;
	struct lab_reply rp;
	char *token = xasprintf("Bearer %s", w->kube_token);
	lab_request_init(&rq, "PATCH", target);
	lab_pairs_add(&rq.headers, "Authorization", token);
	lab_pairs_add(&rq.headers, "Content-Type", type);
	buf_adds(&rq.body, body);
	lab_reply_init(&rp);
	kube_handle(w, &rq, &rp);
	lab_reply_gather(&rp);
	if (rp.status != 200) {
		fail_msg("%s: %d: %.300s", target, rp.status, buf_str(&rp.body));
	}
	lab_request_release(&rq);
	lab_reply_release(&rp);
	free(token);
}

static void scale(struct world *w, int n)
{
	char body[64];
	snprintf(body, sizeof(body), "{\"spec\":{\"replicas\":%d}}", n);
	patch(w, NGINX, "application/merge-patch+json", body);
	world_skip(w, 2 * MINUTE);
}

/* "WARM_IP_TARGET=2" and the like; 0: as it is. */
static void env(struct world *w, const struct cni_settings *s)
{
	const struct {
		const char *name;
		int value;
	} vars[] = { { "WARM_ENI_TARGET", s->warm_eni }, { "WARM_PREFIX_TARGET", s->warm_prefix },
		{ "WARM_IP_TARGET", s->warm_ip }, { "MINIMUM_IP_TARGET", s->minimum_ip } };
	struct buf b = BUF_INIT;
	buf_addf(&b, "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"aws-node\","
		"\"env\":[{\"name\":\"ENABLE_PREFIX_DELEGATION\",\"value\":\"%s\"}",
		s->mode.prefix ? "true" : "false");
	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++) {
		buf_addf(&b, ",{\"name\":\"%s\",\"value\":\"%d\"}", vars[i].name, vars[i].value);
	}
	buf_adds(&b, "]}]}}}}");
	patch(w, AWS_NODE, "application/strategic-merge-patch+json", buf_str(&b));
	buf_release(&b);
	world_skip(w, 3 * MINUTE);
}

static int32_t pods_on(struct world *w, const char *node)
{
	struct lab_pod p;
	size_t pos = 0;
	int32_t n = 0;
	while (lab_pod_next(w, node, &pos, &p)) {
		n++;
	}
	return n - 2; /* aws-node, kube-proxy */
}

/* secondary: pods that came before prefixes and keep their single addresses. */
static void workers_check(struct world *w, const struct cni_settings *s, int32_t secondary,
	size_t row)
{
	struct lab_node n;
	size_t pos = 0;
	while (lab_node_next(w, &pos, &n)) {
		const struct lab_instance *i = lab_instance_find(w, n.name);
		struct eni_pool want;
		int32_t ips = 0, prefixes = 0, pods = pods_on(w, n.name) - secondary;
		if (n.control_plane) {
			continue;
		}
		for (size_t e = 0; e < i->n_enis; e++) {
			ips += (int32_t)i->enis[e]->n_ips;
			prefixes += (int32_t)i->enis[e]->n_prefixes;
		}
		eni_pool_compute(eni_lookup(i->type), s, pods, n.max_pods, &want);
		/* whole interfaces never go back: two were there when the test began */
		if (s->warm_ip <= 0 && s->minimum_ip <= 0 && want.ips < 10) {
			want.ips = 10;
		}
		if (s->mode.prefix ? prefixes != want.prefixes : ips != want.ips) {
			fail_msg("row %zu, %d pods: %d IPs, %d prefixes, not %d, %d", row, pods,
				ips, prefixes, want.ips, want.prefixes);
		}
	}
}

static void test_targets(void **state)
{
	static const struct cni_settings rows[] = {
		{ .warm_eni = 1, .warm_prefix = 1 },
		{ .warm_eni = 2, .warm_prefix = 1 },
		{ .warm_eni = 0, .warm_prefix = 1 },
		{ .warm_eni = 1, .warm_prefix = 1, .warm_ip = 2, .minimum_ip = 5 },
		{ .warm_eni = 1, .warm_prefix = 1, .warm_ip = 1 },
		{ .warm_eni = 1, .warm_prefix = 1, .mode = { .prefix = true } },
		{ .warm_eni = 1, .warm_prefix = 2, .mode = { .prefix = true } },
		{ .warm_eni = 1, .warm_prefix = 0, .mode = { .prefix = true } },
		{ .warm_eni = 1, .warm_prefix = 1, .warm_ip = 1, .minimum_ip = 1,
			.mode = { .prefix = true } },
		{ .warm_eni = 1, .warm_prefix = 1, .warm_ip = 7, .minimum_ip = 20,
			.mode = { .prefix = true } },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct clock clock;
		struct clock_fake fake = { .mono = 5, .wall = 1795000000000 };
		clock_fake(&clock, &fake);
		struct world *w = world_new(&(struct world_options){ .clock = &clock, .speed = 10,
			.seed = i + 1, .scenario = "story" });
		int32_t before = rows[i].mode.prefix ? 1 : 0; /* each worker runs one at first */
		env(w, &rows[i]);
		for (int replicas = 4; replicas <= 28; replicas += 8) {
			scale(w, replicas);
			workers_check(w, &rows[i], before, i);
		}
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_targets) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
