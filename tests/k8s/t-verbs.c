/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs on the wire: exact method, path, type and body of each, and what each answer means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "k8s/k8s.h"
#include "tests/k8s/server.h"

struct reply {
	int status;
	const char *body, *extra;
};

static struct {
	struct server_clock clock;
	struct loop *loop;
	struct http *http;
	struct server *server;
	struct k8s *k8s;
	struct kube *kube;
	char path[64];
	const struct reply *replies;
	size_t nreplies, at;
	struct buf wire; /* "METHOD target [type] body\n" of each request */
	char *head;      /* of the last request */
	int calls;
	struct err err;
	bool failed;
	char lease[256];
} g;

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	const char *type = strcasestr(r->head, "\r\nContent-Type: ");

	free(g.head);
	g.head = xstrdup(r->head);
	buf_addf(&g.wire, "%s %s", r->method, r->target);
	if (type)
		buf_addf(&g.wire, " [%.*s]", (int)strcspn(type + 16, "\r"), type + 16);
	buf_addf(&g.wire, "%s%s\n", r->body[0] ? " " : "", r->body);
	if (g.at >= g.nreplies) {
		server_reply(c, 599, NULL, "");
		return;
	}
	const struct reply *a = &g.replies[g.at++];
	server_reply(c, a->status, a->extra, a->body);
}

static void begin_user(const char *user)
{
	struct err e = ERR_INIT;

	server_clock_init(&g.clock, 100);
	g.loop = loop_new(&g.clock.clock);
	server_clock_run(&g.clock, g.loop);
	g.http = http_new(g.loop);
	g.server = server_new(g.loop, on_request, NULL, NULL);
	snprintf(g.path, sizeof g.path, "/tmp/t-verbs-%d", (int)getpid());
	char *text = xasprintf("clusters: [{name: c, cluster: {server: 'http://127.0.0.1:%d'}}]\n"
		"users: [{name: u, user: {%s}}]\n"
		"contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n",
		server_port(g.server), user);
	assert_true(file_write(g.path, text, strlen(text), 0600, &e));
	free(text);
	g.k8s = k8s_new(g.loop, g.http, &(struct k8s_options){ .kubeconfig = g.path }, &e);
	if (!g.k8s)
		fail_msg("%s", e.text);
	g.kube = k8s_kube(g.k8s);
}

static void end(void)
{
	k8s_free(g.k8s);
	server_free(g.server);
	http_free(g.http);
	loop_free(g.loop);
	buf_release(&g.wire);
	free(g.head);
	g.head = NULL;
	unlink(g.path);
}

static void script(const struct reply *replies, size_t n)
{
	g.replies = replies;
	g.nreplies = n;
	g.at = 0;
	g.calls = 0;
	g.failed = false;
	err_clear(&g.err);
	buf_clear(&g.wire);
}
#define SCRIPT(...) \
	static const struct reply replies[] = { __VA_ARGS__ }; \
	script(replies, sizeof replies / sizeof replies[0])

static void on_done(void *ctx, const struct err *e)
{
	g.calls++;
	g.failed = e != NULL;
	if (e)
		g.err = *e;
}

static void on_lease(void *ctx, const struct kube_lease *l, const struct err *e)
{
	on_done(ctx, e);
	if (l)
		snprintf(g.lease, sizeof g.lease, "%s %s %s %d %lld %lld %s", l->ns, l->name,
			l->holder, l->duration_s, (long long)l->acquired, (long long)l->renewed,
			l->resource_version);
}

static bool is_done(void *ctx)
{
	return g.calls > 0;
}

/* kind ERR_NONE: success. */
static void expect(enum err_kind kind, const char *words, const char *wire)
{
	assert_int_equal(g.calls, 0); /* never from inside the call */
	assert_true(loop_run_until(g.loop, is_done, NULL, 5000000));
	assert_string_equal(buf_str(&g.wire), wire);
	assert_int_equal(g.calls, 1);
	if (!kind && g.failed)
		fail_msg("failed: %s", g.err.text);
	assert_int_equal(g.err.kind, kind);
	if (words && !strstr(g.err.text, words))
		fail_msg("said: %s", g.err.text);
}

#define STATUS(code, words) "{\"kind\":\"Status\",\"code\":" #code ",\"message\":\"" words "\"}"
#define MERGE "[application/merge-patch+json]"
#define PATCH "[application/json-patch+json]"
#define NODE "/api/v1/nodes/n1"
/* A merge patch, tried first. */
#define TRY(path, body) "PATCH " path "?fieldManager=kopscope&dryRun=All " MERGE " " body "\n"
#define DO(path, body) "PATCH " path "?fieldManager=kopscope " MERGE " " body "\n"
#define BOTH(path, body) TRY(path, body) DO(path, body)
#define CORDON_ON "{\"spec\":{\"unschedulable\":true}}"

static void test_cordon(void **state)
{
	begin_user("token: t1");
	{
		SCRIPT({ 200, "{}" }, { 200, "{}" });
		g.kube->ops->cordon(g.kube, "n1", true, on_done, NULL);
		expect(ERR_NONE, NULL, BOTH(NODE, CORDON_ON));
		assert_non_null(strstr(g.head, "\r\nAuthorization: Bearer t1\r\n"));
		assert_non_null(strstr(g.head, "\r\nUser-Agent: kopscope/"));
		assert_non_null(strstr(g.head, "\r\nAccept: application/json\r\n"));
	}
	{
		SCRIPT({ 200, "{}" }, { 200, "{}" });
		g.kube->ops->cordon(g.kube, "n1", false, on_done, NULL);
		expect(ERR_NONE, NULL, BOTH(NODE, "{\"spec\":{\"unschedulable\":null}}"));
	}
	{
		SCRIPT({ 403, STATUS(403, "nodes \\\"n1\\\" is forbidden") });
		g.kube->ops->cordon(g.kube, "n1", true, on_done, NULL);
		expect(ERR_DENIED, "cordon n1: nodes \"n1\" is forbidden", TRY(NODE, CORDON_ON));
	}
	end();
}

static void test_label(void **state)
{
	begin_user("token: t1");
	{
		SCRIPT({ 200, "{}" }, { 200, "{}" });
		g.kube->ops->label(g.kube, "n/1", "a.b/c", "v\"", on_done, NULL);
		expect(ERR_NONE, NULL, BOTH("/api/v1/nodes/n%2F1",
			"{\"metadata\":{\"labels\":{\"a.b/c\":\"v\\\"\"}}}"));
	}
	{
		SCRIPT({ 200, "{}" }, { 200, "{}" });
		g.kube->ops->label(g.kube, "n1", "a.b/c", NULL, on_done, NULL);
		expect(ERR_NONE, NULL, BOTH(NODE, "{\"metadata\":{\"labels\":{\"a.b/c\":null}}}"));
	}
	{
		SCRIPT({ 200, "{}" }, { 200, "{}" });
		g.kube->ops->annotate(g.kube, "n1", "a", "b", on_done, NULL);
		expect(ERR_NONE, NULL, BOTH(NODE, "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}"));
	}
	end();
}

/* A webhook in the way: the question cannot be asked, so the thing is done. */
static void test_no_dry_run(void **state)
{
	begin_user("token: t1");
	SCRIPT({ 400, STATUS(400, "admission webhook \\\"w\\\" does not support dry run") },
		{ 200, "{}" });
	g.kube->ops->cordon(g.kube, "n1", true, on_done, NULL);
	expect(ERR_NONE, NULL, BOTH(NODE, CORDON_ON));
	end();
}

/* What each refusal becomes; nothing is written behind one. */
static void test_refusals(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum err_kind kind;
		const char *words;
	} cases[] = {
		{ 403, STATUS(403, "no"), ERR_DENIED, "scale d/web: no" },
		{ 404, STATUS(404, "deployments.apps \\\"web\\\" not found"), ERR_NOT_FOUND,
		  "scale d/web: deployments.apps \"web\" not found" },
		{ 409, STATUS(409, "the object has been modified"), ERR_CONFLICT,
		  "scale d/web: the object has been modified" },
		{ 422, STATUS(422, "spec.replicas: Invalid value: -1"), ERR_SERVER,
		  "scale d/web: spec.replicas: Invalid value: -1" },
		{ 401, STATUS(401, "Unauthorized"), ERR_AUTH, "scale d/web: Unauthorized" },
	};

	begin_user("token: t1");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct reply r = { cases[i].status, cases[i].body, NULL };
		script(&r, 1);
		g.kube->ops->scale(g.kube, "d", "web", 30, on_done, NULL);
		expect(cases[i].kind, cases[i].words,
			TRY("/apis/apps/v1/namespaces/d/deployments/web/scale",
				"{\"spec\":{\"replicas\":30}}"));
	}
	end();
}

#define AWS_NODE "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node"
#define STRATEGIC "[application/strategic-merge-patch+json]"

static void test_daemonset(void **state)
{
	static const struct env_entry env[] = {
		{ .name = "ENABLE_PREFIX_DELEGATION", .value = "true" },
		{ .name = "WARM_\"IP", .value = NULL },
	};
#define ENV " {\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"aws-node\",\"env\":[" \
	"{\"name\":\"ENABLE_PREFIX_DELEGATION\",\"value\":\"true\"}," \
	"{\"name\":\"WARM_\\\"IP\",\"$patch\":\"delete\"}]}]}}}}\n"

	begin_user("token: t1");
	{
		SCRIPT({ 200, "{}" }, { 200, "{}" });
		g.kube->ops->set_env(g.kube, "kube-system", "aws-node", "aws-node", env, 2, on_done,
			NULL);
		expect(ERR_NONE, NULL, "PATCH " AWS_NODE "?fieldManager=kopscope&dryRun=All " STRATEGIC
			ENV "PATCH " AWS_NODE "?fieldManager=kopscope " STRATEGIC ENV);
	}
	{
		SCRIPT({ 200, "{}" }, { 200, "{}" });
		g.kube->ops->restart(g.kube, "kube-system", "aws-node", on_done, NULL);
		assert_true(loop_run_until(g.loop, is_done, NULL, 5000000));
		assert_false(g.failed);
		assert_true(str_glob("PATCH " AWS_NODE "?fieldManager=kopscope&dryRun=All *restartedAt*\n"
			"PATCH " AWS_NODE "?fieldManager=kopscope ?application/strategic*"
			"{\"spec\":{\"template\":{\"metadata\":{\"annotations\":"
			"{\"kubectl.kubernetes.io/restartedAt\":\"20*Z\"}}}}}\n", buf_str(&g.wire)));
	}
	end();
}

#define GOT(rv, taints) { 200, "{\"metadata\":{\"resourceVersion\":\"" rv "\"},\"spec\":{" taints "}}" }
#define T1 "{\"key\":\"k\",\"value\":\"v\",\"effect\":\"NoSchedule\"}"
#define T2 "{\"key\":\"o\",\"effect\":\"NoExecute\"}"
#define READ "GET " NODE "\n"
#define TAINT(rv, op) READ "PATCH " NODE "?fieldManager=kopscope " PATCH \
	" [{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"" rv "\"}," op "]\n"

static const struct {
	struct reply got;
	bool on;
	const char *value, *wire;
} taints[] = {
	{ GOT("5", ""), true, "v",
	  TAINT("5", "{\"op\":\"add\",\"path\":\"/spec/taints\",\"value\":[" T1 "]}") },
	{ GOT("5", "\"taints\":[" T2 "]"), true, "v",
	  TAINT("5", "{\"op\":\"add\",\"path\":\"/spec/taints/-\",\"value\":" T1 "}") },
	{ GOT("5", "\"taints\":[" T2 ",{\"key\":\"k\",\"effect\":\"NoSchedule\"}]"), true, "v",
	  TAINT("5", "{\"op\":\"replace\",\"path\":\"/spec/taints/1\",\"value\":" T1 "}") },
	{ GOT("5", "\"taints\":[" T1 "]"), true, "v", READ },
	{ GOT("5", "\"taints\":[" T1 "]"), false, NULL,
	  TAINT("5", "{\"op\":\"remove\",\"path\":\"/spec/taints\"}") },
	{ GOT("5", "\"taints\":[" T2 "," T1 "]"), false, NULL,
	  TAINT("5", "{\"op\":\"remove\",\"path\":\"/spec/taints/1\"}") },
	{ GOT("5", "\"taints\":[" T2 "]"), false, NULL, READ },
	{ GOT("5", ""), false, NULL, READ },
};

static void test_taint(void **state)
{
	begin_user("token: t1");
	for (size_t i = 0; i < sizeof taints / sizeof taints[0]; i++) {
		const struct reply replies[] = { taints[i].got, { 200, "{}" } };
		const struct taint t = { "k", taints[i].value, "NoSchedule" };
		script(replies, 2);
		g.kube->ops->taint(g.kube, "n1", &t, taints[i].on, on_done, NULL);
		expect(ERR_NONE, NULL, taints[i].wire);
	}
	end();
}

static void test_taint_race(void **state)
{
	const struct taint t = { "k", "v", "NoSchedule" };

	begin_user("token: t1");
	{
		SCRIPT(GOT("5", ""), { 422, STATUS(422, "the test failed") }, GOT("6", ""),
			{ 409, STATUS(409, "modified") }, GOT("7", ""), { 200, "{}" });
		g.kube->ops->taint(g.kube, "n1", &t, true, on_done, NULL);
#define ADD "{\"op\":\"add\",\"path\":\"/spec/taints\",\"value\":[" T1 "]}"
		expect(ERR_NONE, NULL, TAINT("5", ADD) TAINT("6", ADD) TAINT("7", ADD));
	}
	{
		SCRIPT({ 404, STATUS(404, "nodes \\\"n1\\\" not found") });
		g.kube->ops->taint(g.kube, "n1", &t, true, on_done, NULL);
		expect(ERR_NOT_FOUND, "n1", READ);
	}
	{
		SCRIPT({ 200, "<html>" });
		g.kube->ops->taint(g.kube, "n1", &t, true, on_done, NULL);
		expect(ERR_PARSE, "taint n1", READ);
	}
	end();
}

#define RESOURCES(version) "{\"kind\":\"APIResourceList\",\"resources\":[{\"name\":\"pods\"}," \
	"{\"name\":\"pods/eviction\",\"group\":\"policy\",\"version\":\"" version "\"}]}"
#define EVICT(version) "POST /api/v1/namespaces/d/pods/p1/eviction?fieldManager=kopscope " \
	"[application/json] {\"apiVersion\":\"policy/" version "\",\"kind\":\"Eviction\"," \
	"\"metadata\":{\"name\":\"p1\",\"namespace\":\"d\"}," \
	"\"deleteOptions\":{\"preconditions\":{\"uid\":\"u1\"}}}\n"
#define BUDGET "{\"kind\":\"Status\",\"code\":429,\"message\":\"Cannot evict pod as it would violate " \
	"the pod's disruption budget.\",\"details\":{\"causes\":[{\"reason\":\"DisruptionBudget\"," \
	"\"message\":\"The disruption budget web needs 2 healthy pods and has 2 currently\"}]}}"

static const struct {
	struct reply reply;
	enum err_kind kind;
	const char *words;
} evictions[] = {
	{ { 201, "{\"kind\":\"Status\",\"status\":\"Success\"}" }, ERR_NONE, NULL },
	{ { 404, STATUS(404, "pods \\\"p1\\\" not found") }, ERR_NONE, NULL },
	{ { 409, STATUS(409, "the UID in the precondition does not match") }, ERR_NONE, NULL },
	{ { 429, BUDGET }, ERR_CONFLICT, "budget web needs 2 healthy pods" },
	{ { 429, STATUS(429, "too many requests, please try again later"), "Retry-After: 1\r\n" },
	  ERR_THROTTLED, "too many requests" },
	{ { 429, "slow down" }, ERR_THROTTLED, NULL },
	{ { 500, STATUS(500, "This pod has more than one PodDisruptionBudget") }, ERR_CONFLICT,
	  "more than one" },
	{ { 500, STATUS(500, "etcd is away") }, ERR_SERVER, "etcd is away" },
	{ { 403, STATUS(403, "namespace is being terminated") }, ERR_DENIED, "terminated" },
};

static void test_evict(void **state)
{
	begin_user("token: t1");
	{
		SCRIPT({ 200, RESOURCES("v1") }, { 201, "{}" });
		g.kube->ops->evict(g.kube, "d", "p1", "u1", on_done, NULL);
		expect(ERR_NONE, NULL, "GET /api/v1\n" EVICT("v1"));
	}
	for (size_t i = 0; i < sizeof evictions / sizeof evictions[0]; i++) {
		print_message("# %d %s\n", evictions[i].reply.status, evictions[i].reply.body);
		script(&evictions[i].reply, 1);
		g.kube->ops->evict(g.kube, "d", "p1", "u1", on_done, NULL);
		expect(evictions[i].kind, evictions[i].words, EVICT("v1"));
	}
	end();
	begin_user("token: t1");
	{
		SCRIPT({ 200, RESOURCES("v1beta1") }, { 201, "{}" });
		g.kube->ops->evict(g.kube, "d", "p1", "u1", on_done, NULL);
		expect(ERR_NONE, NULL, "GET /api/v1\n" EVICT("v1beta1"));
	}
	end();
}

static void test_scale(void **state)
{
	begin_user("token: t1");
	SCRIPT({ 200, "{}" }, { 200, "{}" });
	g.kube->ops->scale(g.kube, "d", "web", 30, on_done, NULL);
	expect(ERR_NONE, NULL, BOTH("/apis/apps/v1/namespaces/d/deployments/web/scale",
		"{\"spec\":{\"replicas\":30}}"));
	end();
}

#define WEB "/apis/apps/v1/namespaces/d/deployments/web"
#define ASK(name, cpu) "{\"name\":\"" name "\",\"resources\":{\"requests\":{\"cpu\":\"" cpu "\"}}}"
#define POD_SPEC(spec) "{\"spec\":{\"template\":{\"spec\":{" spec "}}}}"
#define SET(rev, uid, image) "{\"metadata\":{\"annotations\":{" \
	"\"deployment.kubernetes.io/revision\":\"" rev "\"},\"ownerReferences\":[{\"uid\":\"" uid \
	"\"}]},\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"," \
	"\"pod-template-hash\":\"x\"}},\"image\":\"" image "\"}}}"
#define REV3 { 200, "{\"metadata\":{\"resourceVersion\":\"9\",\"uid\":\"u\",\"annotations\":{" \
	"\"deployment.kubernetes.io/revision\":\"3\"}}}" }
#define UNDO_READS "GET " WEB "\nGET /apis/apps/v1/namespaces/d/replicasets\n"
#define UNDONE " [{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"9\"}," \
	"{\"op\":\"replace\",\"path\":\"/spec/template\",\"value\":{\"metadata\":{\"labels\":{" \
	"\"a\":\"b\"}},\"image\":\"two\"}}]\n"

static void test_cures(void **state)
{
	begin_user("token: t1");
	{
		SCRIPT({ 200, "{}" }, { 200, "{}" });
		g.kube->ops->patch(g.kube, NULL, "d", "web", "{\"a\":null}", on_done, NULL);
		expect(ERR_NONE, NULL, BOTH(WEB, "{\"a\":null}"));
	}
	{	/* The larger one asks for less, so that both together ask for 500m. */
		SCRIPT({ 200, POD_SPEC("\"containers\":[" ASK("a", "200m") "," ASK("b", "2") "]") },
			{ 200, "{}" }, { 200, "{}" });
		g.kube->ops->lower_request(g.kube, "d", "web", "cpu", "500m", on_done, NULL);
#define LESS " " POD_SPEC("\"containers\":[" ASK("b", "300m") "]") "\n"
		expect(ERR_NONE, NULL, "GET " WEB "\nPATCH " WEB "?fieldManager=kopscope&dryRun=All "
			STRATEGIC LESS "PATCH " WEB "?fieldManager=kopscope " STRATEGIC LESS);
	}
	{
		SCRIPT({ 200, POD_SPEC("\"containers\":[" ASK("a", "200m") "]") });
		g.kube->ops->lower_request(g.kube, "d", "web", "cpu", "500m", on_done, NULL);
		expect(ERR_REFUSED, "not what they were", "GET " WEB "\n");
	}
	{	/* Another Deployment's, the present one and an older one are left alone. */
		SCRIPT(REV3, { 200, "{\"items\":[" SET("1", "u", "one") "," SET("2", "u", "two") ","
			SET("2", "v", "no") "," SET("3", "u", "three") "]}" }, { 200, "{}" },
			{ 200, "{}" });
		g.kube->ops->undo(g.kube, "d", "web", on_done, NULL);
		expect(ERR_NONE, NULL, UNDO_READS "PATCH " WEB "?fieldManager=kopscope&dryRun=All "
			PATCH UNDONE "PATCH " WEB "?fieldManager=kopscope " PATCH UNDONE);
	}
	{
		SCRIPT(REV3, { 200, "{\"items\":[" SET("3", "u", "three") "]}" });
		g.kube->ops->undo(g.kube, "d", "web", on_done, NULL);
		expect(ERR_NOT_FOUND, "no template before", UNDO_READS);
	}
	end();
}

#define LEASES "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
#define SPEC "\"spec\":{\"holderIdentity\":\"me@host 1\",\"leaseDurationSeconds\":60," \
	"\"acquireTime\":\"2026-11-22T13:00:00.000000Z\",\"renewTime\":\"2026-11-22T13:00:01.500000Z\"}}"
#define BODY(rv) "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":" \
	"{\"name\":\"l\",\"namespace\":\"kube-system\"" rv "}," SPEC

static void test_lease(void **state)
{
	struct kube_lease l = {
		.ns = "kube-system", .name = "l", .holder = "me@host 1", .duration_s = 60,
		.acquired = INT64_C(1795352400000), .renewed = INT64_C(1795352401500),
	};

	begin_user("token: t1");
	{
		SCRIPT({ 200, BODY(",\"resourceVersion\":\"9\"") });
		g.kube->ops->get_lease(g.kube, "kube-system", "l", on_lease, NULL);
		expect(ERR_NONE, NULL, "GET " LEASES "/l\n");
		assert_string_equal(g.lease, "kube-system l me@host 1 60 1795352400000 "
			"1795352401500 9");
	}
	{
		SCRIPT({ 404, STATUS(404, "not found") });
		g.kube->ops->get_lease(g.kube, "kube-system", "l", on_lease, NULL);
		expect(ERR_NOT_FOUND, NULL, "GET " LEASES "/l\n");
	}
	{
		SCRIPT({ 201, "{}" });
		g.kube->ops->put_lease(g.kube, &l, on_done, NULL);
		expect(ERR_NONE, NULL, "POST " LEASES "?fieldManager=kopscope [application/json] "
			BODY("") "\n");
	}
	{
		SCRIPT({ 409, STATUS(409, "already exists") });
		g.kube->ops->put_lease(g.kube, &l, on_done, NULL);
		expect(ERR_CONFLICT, "already exists", "POST " LEASES
			"?fieldManager=kopscope [application/json] " BODY("") "\n");
	}
	l.resource_version = "9";
	{
		SCRIPT({ 404, STATUS(404, "not found") });
		g.kube->ops->put_lease(g.kube, &l, on_done, NULL);
		expect(ERR_CONFLICT, "not found", "PUT " LEASES
			"/l?fieldManager=kopscope [application/json] "
			BODY(",\"resourceVersion\":\"9\"") "\n");
	}
	{
		SCRIPT({ 200, "{}" });
		g.kube->ops->delete_lease(g.kube, "kube-system", "l", "9", on_done, NULL);
		expect(ERR_NONE, NULL, "DELETE " LEASES "/l [application/json] "
			"{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\","
			"\"preconditions\":{\"resourceVersion\":\"9\"}}\n");
	}
	{
		SCRIPT({ 404, STATUS(404, "not found") });
		g.kube->ops->delete_lease(g.kube, "kube-system", "l", NULL, on_done, NULL);
		expect(ERR_NONE, NULL, "DELETE " LEASES "/l [application/json] "
			"{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\"}\n");
	}
	end();
}

/* A server that asks for patience gets it, ten times; then its word stands. */
static void test_retry_after(void **state)
{
	begin_user("token: t1");
	SCRIPT({ 429, STATUS(429, "busy"), "Retry-After: 2\r\n" },
		{ 503, "", "Retry-After: 1\r\n" }, { 200, "{}" }, { 200, "{}" });
	g.kube->ops->cordon(g.kube, "n1", true, on_done, NULL);
	expect(ERR_NONE, NULL, TRY(NODE, CORDON_ON) TRY(NODE, CORDON_ON) BOTH(NODE, CORDON_ON));
	end();
}

static void test_cancelled(void **state)
{
	begin_user("token: t1");
	script(NULL, 0);
	g.kube->ops->cordon(g.kube, "n1", true, on_done, NULL);
	assert_int_equal(g.calls, 0);
	k8s_free(g.k8s);
	g.k8s = NULL;
	assert_int_equal(g.calls, 1);
	assert_int_equal(g.err.kind, ERR_CANCELLED);
	for (int i = 0; i < 5; i++)
		loop_turn(g.loop, 5);
	assert_int_equal(g.calls, 1);
	end();
}

/* ---- credentials ---- */

#define FINE { 200, "{\"metadata\":{\"resourceVersion\":\"5\"}}" }

/* One request and no more: there is no such taint. */
static void ask(void)
{
	const struct taint taint = { .key = "k", .effect = "NoSchedule" };

	g.kube->ops->taint(g.kube, "n1", &taint, false, on_done, NULL);
}

static void plugin_write(const char *path, const char *text)
{
	struct err e = ERR_INIT;

	assert_true(file_write(path, text, strlen(text), 0700, &e));
}

static void test_exec_plugin(void **state)
{
	char *path = xasprintf("/tmp/t-verbs-plugin-%d", (int)getpid());
	char *count = xasprintf("%s.n", path);
	char *text = xasprintf("#!/bin/sh\necho x >>%s\nn=$(wc -l <%s)\n"
		"case $KUBERNETES_EXEC_INFO in *'\"interactive\":false'*) ;; *) exit 3 ;; esac\n"
		"printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\n"
		"\"ExecCredential\",\"status\":{\"token\":\"%%s\"}}' \"$1-$MORE-$((n))\"\n", count,
		count);
	char *user = xasprintf("exec: {apiVersion: client.authentication.k8s.io/v1, command: %s, "
		"args: [tok], env: [{name: MORE, value: more}], interactiveMode: Never}", path);

	unlink(count);
	plugin_write(path, text);
	begin_user(user);
	{
		/* One run serves both calls; a 401 leads to another run, once. */
		SCRIPT(FINE, FINE, { 401, "" }, FINE);
		ask();
		expect(ERR_NONE, NULL, READ);
		assert_non_null(strstr(g.head, "Bearer tok-more-1\r\n"));
		g.calls = 0;
		ask();
		expect(ERR_NONE, NULL, READ READ);
		assert_non_null(strstr(g.head, "Bearer tok-more-1\r\n"));
		g.calls = 0;
		ask();
		expect(ERR_NONE, NULL, READ READ READ READ);
		assert_non_null(strstr(g.head, "Bearer tok-more-2\r\n"));
	}
	{
		SCRIPT({ 401, STATUS(401, "Unauthorized") }, { 401, STATUS(401, "Unauthorized") });
		ask();
		expect(ERR_AUTH, "Unauthorized", READ READ);
	}
	end();
	plugin_write(path, "#!/bin/sh\necho 'login expired' >&2\nexit 4\n");
	begin_user(user);
	script(NULL, 0);
	ask();
	expect(ERR_AUTH, "login expired", "");
	end();
	unlink(path);
	begin_user(user);
	script(NULL, 0);
	ask();
	expect(ERR_CONFIG, "untaint n1", "");
	end();
	unlink(count);
	free(path);
	free(count);
	free(text);
	free(user);
}

static void test_exec_needs_terminal(void **state)
{
	begin_user("exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, "
		"interactiveMode: Always}");
	script(NULL, 0);
	ask();
	expect(ERR_CONFIG, "terminal", "");
	end();
}

static void test_token_file(void **state)
{
	char *path = xasprintf("/tmp/t-verbs-token-%d", (int)getpid());
	char *user = xasprintf("tokenFile: %s", path);
	struct err e = ERR_INIT;

	assert_true(file_write(path, "one\n", 4, 0600, &e));
	begin_user(user);
	{
		SCRIPT(FINE, { 401, "" }, FINE);
		ask();
		expect(ERR_NONE, NULL, READ);
		assert_non_null(strstr(g.head, "Bearer one\r\n"));
		/* Still held for a minute, but a 401 has it read again at once. */
		assert_true(file_write(path, "two\n", 4, 0600, &e));
		g.calls = 0;
		ask();
		expect(ERR_NONE, NULL, READ READ READ);
		assert_non_null(strstr(g.head, "Bearer two\r\n"));
	}
	end();
	unlink(path);
	free(path);
	free(user);
}

static void test_password_and_impersonation(void **state)
{
	begin_user("username: me, password: 'p:w', as: jane, as-groups: [a, b], "
		"as-user-extra: {'x/y': [z]}");
	SCRIPT(FINE);
	ask();
	expect(ERR_NONE, NULL, READ);
	assert_non_null(strstr(g.head, "\r\nAuthorization: Basic bWU6cDp3\r\n"));
	assert_non_null(strstr(g.head, "\r\nImpersonate-User: jane\r\n"));
	assert_non_null(strstr(g.head, "\r\nImpersonate-Group: a\r\nImpersonate-Group: b\r\n"));
	assert_non_null(strstr(g.head, "\r\nImpersonate-Extra-x%2Fy: z\r\n"));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cordon),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_no_dry_run),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_daemonset),
		cmocka_unit_test(test_taint),
		cmocka_unit_test(test_taint_race),
		cmocka_unit_test(test_evict),
		cmocka_unit_test(test_scale), cmocka_unit_test(test_cures),
		cmocka_unit_test(test_lease),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_exec_plugin),
		cmocka_unit_test(test_exec_needs_terminal),
		cmocka_unit_test(test_token_file),
		cmocka_unit_test(test_password_and_impersonation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
