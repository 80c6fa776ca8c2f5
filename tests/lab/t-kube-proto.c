/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the lab writes in protobuf against what it writes in JSON, read by kopscope's own
 * decoders, which share no code with it: every object of every scenario's world.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/decode.h"
#include "k8s/stream.h"
#include "lab/kube/proto.h"
#include "lab/kube/store.h"
#include "lab/request.h"
#include "lab/scenario.h"
#include "lab/world.h"
#include "tests/k8s/dump.h"

static const struct {
	enum kube_kind lab;
	enum obs_kind obs;
	const char *path;
} kinds[] = {
	{ KUBE_NODES, OBS_NODE, "/api/v1/nodes" },
	{ KUBE_PODS, OBS_POD, "/api/v1/pods" },
	{ KUBE_DEPLOYMENTS, OBS_DEPLOYMENT, "/apis/apps/v1/deployments" },
	{ KUBE_DAEMONSETS, OBS_DAEMONSET, "/apis/apps/v1/daemonsets" },
	{ KUBE_PDBS, OBS_PDB, "/apis/policy/v1/poddisruptionbudgets" },
	{ KUBE_EVENTS, OBS_EVENT, "/api/v1/events" },
};

struct reading {
	struct decoder *decoder;
	enum obs_kind kind;
	struct strlist dumps;
};

static bool on_element(void *ctx, const char *p, size_t n, struct err *e)
{
	struct reading *r = ctx;
	struct element el;
	struct buf text = BUF_INIT;
	if (!decode_element(r->decoder, r->kind, p, n, &el, e))
		return false;
	element_dump(&text, &el);
	strlist_take(&r->dumps, buf_detach(&text));
	return true;
}

static void list_get(struct world *w, const char *path, const char *accept, struct buf *out)
{
	struct lab_request rq;
	struct lab_reply rp;
	char *token = xasprintf("Bearer %s", w->kube_token);
	lab_request_init(&rq, "GET", path);
	lab_pairs_add(&rq.headers, "Authorization", token);
	lab_pairs_add(&rq.headers, "Accept", accept);
	lab_reply_init(&rp);
	kube_handle(w, &rq, &rp);
	lab_reply_gather(&rp);
	assert_int_equal(rp.status, 200);
	buf_add(out, buf_str(&rp.body), rp.body.len);
	lab_request_release(&rq);
	lab_reply_release(&rp);
	free(token);
}

static void list_read(struct world *w, size_t kind, const char *accept, struct reading *r)
{
	struct buf body = BUF_INIT;
	struct stream s;
	struct err e = ERR_INIT;
	r->kind = kinds[kind].obs;
	list_get(w, kinds[kind].path, accept, &body);
	stream_init(&s, STREAM_LIST, 0, on_element, r);
	for (size_t at = 0; at < body.len; at += 1000) {
		size_t n = body.len - at < 1000 ? body.len - at : 1000;
		if (!stream_feed(&s, body.data + at, n, &e))
			fail_msg("%s: %s", kinds[kind].path, e.text);
	}
	if (!stream_end(&s, &e))
		fail_msg("%s: %s", kinds[kind].path, e.text);
	stream_release(&s);
	buf_release(&body);
}

static size_t kind_compare(struct world *w, size_t kind)
{
	struct reading json = { .decoder = decoder_new() }, proto = { .decoder = decoder_new() };
	list_read(w, kind, "application/json", &json);
	list_read(w, kind, PROTO_TYPE ",application/json", &proto);
	assert_int_equal(json.dumps.n, kube_count(w->kube, kinds[kind].lab));
	assert_int_equal(json.dumps.n, proto.dumps.n);
	for (size_t i = 0; i < json.dumps.n; i++)
		assert_string_equal(proto.dumps.v[i], json.dumps.v[i]);
	size_t n = json.dumps.n;
	strlist_release(&json.dumps);
	strlist_release(&proto.dumps);
	decoder_free(json.decoder);
	decoder_free(proto.decoder);
	return n;
}

/* No member of an object is lost because a table does not know it. */
static void kind_known(struct world *w, size_t kind)
{
	struct buf unknown = BUF_INIT;
	for (size_t i = 0; i < kube_count(w->kube, kinds[kind].lab); i++) {
		const struct kobj *o = kube_at(w->kube, kinds[kind].lab, i);
		kube_proto_unknown(&unknown, o->res->kind, o->json);
	}
	if (unknown.len)
		fail_msg("%s: not in lab/kube/proto-fields.c: %.400s", kinds[kind].path,
			buf_str(&unknown));
	buf_release(&unknown);
}

static void world_compare(const char *scenario)
{
	struct clock clock;
	struct clock_fake fake = { .mono = 5, .wall = 1795000000000 };
	size_t n = 0;
	clock_fake(&clock, &fake);
	struct world *w = world_new(&(struct world_options){ .clock = &clock, .speed = 10,
		.seed = 1, .scenario = scenario });
	world_skip(w, 60000);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		n += kind_compare(w, k);
		kind_known(w, k);
	}
	assert_true(n > 20);
	world_free(w);
}

/* "NAME   help" a line. */
static void test_every_scenario(void **state)
{
	struct buf help = BUF_INIT;
	struct strlist lines = { .v = NULL };
	size_t n = 0;
	lab_scenarios_help(&help);
	strlist_split(&lines, buf_str(&help), '\n');
	for (size_t i = 0; i < lines.n; i++) {
		char name[64];
		if (sscanf(lines.v[i], " %63s", name) == 1 && lab_scenario_find(name) &&
		    lab_scenario_find(name)->objects[0]) {
			world_compare(name);
			n++;
		}
	}
	assert_true(n >= 15);
	strlist_release(&lines);
	buf_release(&help);
}

/* An object written and read again is the same. */
static void test_there_and_back(void **state)
{
	static const char text[] = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{"
		"\"name\":\"a\",\"creationTimestamp\":\"2026-11-22T13:04:17Z\",\"labels\":{"
		"\"x\":\"1\"},\"managedFields\":[{\"manager\":\"m\",\"fieldsV1\":{\"f:spec\":{}}}]},"
		"\"spec\":{\"volumes\":[{\"name\":\"d\",\"persistentVolumeClaim\":{\"claimName\":"
		"\"c\"}}],\"containers\":[{\"name\":\"n\",\"resources\":{\"requests\":{\"cpu\":"
		"\"10m\"}}}],\"tolerations\":[{\"operator\":\"Exists\",\"tolerationSeconds\":0}]},"
		"\"status\":{\"phase\":\"Pending\"}}";
	struct buf out = BUF_INIT;
	json_t *before = json_parse(text, sizeof(text) - 1, NULL);
	assert_true(kube_proto_write(&out, before));
	json_t *after = kube_proto_read(buf_str(&out), out.len, NULL);
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_scenario),
		cmocka_unit_test(test_there_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
