/* SPDX-License-Identifier: Apache-2.0 */
/* The source: what it asks for, what it says of itself, events on demand, what is allowed. */
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

#define ITEM(name) "{\"metadata\":{\"name\":\"" name "\",\"namespace\":\"d\",\"uid\":\"u-" name \
	"\",\"resourceVersion\":\"3\"},\"spec\":{},\"involvedObject\":{\"name\":\"p1\"}}"

/* The pretend server's things by path (without query). */
static const struct {
	const char *path, *items;
} lists[] = {
	{ "/api/v1/nodes", ITEM("n1") "," ITEM("n2") },
	{ "/api/v1/pods", ITEM("p1") },
	{ "/apis/apps/v1/namespaces/kube-system/daemonsets", ITEM("aws-node") },
	{ "/apis/apps/v1/deployments", ITEM("web") },
	{ "/apis/policy/v1/poddisruptionbudgets", ITEM("b") },
	{ "/api/v1/namespaces", "{\"metadata\":{\"name\":\"kube-system\",\"annotations\":{"
	  "\"addons.k8s.io/networking.amazon-vpc-routed-eni\":\"{\\\"manifestHash\\\":\\\"h1\\\"}\"}}}" },
	{ "/api/v1/namespaces/d/events", ITEM("e1") },
	{ "/api/v1/persistentvolumeclaims", ITEM("c1") "," ITEM("c2") },
	{ "/api/v1/persistentvolumes", ITEM("v1") },
	{ "/apis/storage.k8s.io/v1/storageclasses", ITEM("s1") },
};

/* A pod that waits with a claim; a scheduler's word, or none, comes behind. */
#define WAITING "{\"metadata\":{\"name\":\"p2\",\"namespace\":\"d\",\"uid\":\"u-p2\"}," \
	"\"spec\":{\"volumes\":[{\"persistentVolumeClaim\":{\"claimName\":\"c1\"}}]}," \
	"\"status\":{\"phase\":\"Pending\""
#define UNSEEN WAITING "}}"
#define SPOKEN WAITING ",\"conditions\":[{\"type\":\"PodScheduled\"," \
	"\"status\":\"False\",\"reason\":\"Unschedulable\"}]}}"
#define LEASE "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler"


static struct {
	struct server_clock clock;
	struct loop *loop;
	struct http *http;
	struct server *server;
	struct k8s *k8s;
	struct source *source;
	char path[64];
	const char *refuse; /* 403 for this path */
	const char *token;  /* 401 for whoever has another; NULL: all may */
	const char *warning; /* header of lists */
	const char *pdb_version;
	const char *pods; /* items instead of those above */
	const char *lease; /* body; NULL: there is none */
	struct server_conn *watch_ns, *watch_pods;
	int watches, reviews, version_calls, lease_calls;
	int64_t scheduler_read, scheduler_renewed;
	/* Observed: */
	int seen[OBS__COUNT], begun[OBS__COUNT], ended[OBS__COUNT];
	struct obs_source said;
	int nsaid;
	char version[32], hash[32], context[32];
} g;

static void review_answer(struct server_conn *c, const struct server_request *r)
{
	bool evict = strstr(r->body, "\"subresource\":\"eviction\"") != NULL;

	g.reviews++;
	server_reply(c, 201, NULL, evict ?
		"{\"status\":{\"allowed\":false,\"reason\":\"no RBAC policy matched\"}}" :
		"{\"status\":{\"allowed\":true}}");
}

static void list_answer(struct server_conn *c, const char *path, bool watch)
{
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		if (!str_eq(lists[i].path, path))
			continue;
		if (watch) {
			g.watches++;
			server_chunks_begin(c);
			if (str_eq(path, "/api/v1/namespaces"))
				g.watch_ns = c;
			if (str_eq(path, "/api/v1/pods"))
				g.watch_pods = c;
			return;
		}
		char *text = xasprintf("{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}",
			g.pods && str_eq(path, "/api/v1/pods") ? g.pods : lists[i].items);
		server_reply(c, 200, g.warning, text);
		free(text);
		return;
	}
	server_reply(c, 404, NULL, "{\"kind\":\"Status\",\"code\":404,\"message\":\"not found\"}");
}

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	char *path = xstrndup(r->target, strcspn(r->target, "?"));

	char *auth = xasprintf("\r\nAuthorization: Bearer %s\r\n", g.token ? g.token : "");
	bool stranger = g.token && !strstr(r->head, auth);

	free(auth);
	if (stranger) {
		server_reply(c, 401, NULL, "{\"kind\":\"Status\",\"code\":401,\"message\":"
			"\"Unauthorized\"}");
	} else if (str_eq(path, g.refuse)) {
		server_reply(c, 403, NULL, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}");
	} else if (str_eq(path, "/version")) {
		g.version_calls++;
		server_reply(c, 200, NULL, "{\"gitVersion\":\"v1.34.2\"}");
	} else if (str_eq(path, "/apis/policy")) {
		char *text = xasprintf("{\"versions\":[{\"version\":\"%s\"}]}", g.pdb_version);
		server_reply(c, 200, NULL, text);
		free(text);
	} else if (str_eq(path, LEASE) && g.lease) {
		g.lease_calls++;
		server_reply(c, 200, NULL, g.lease);
	} else if (str_ends(path, "/selfsubjectaccessreviews")) {
		review_answer(c, r);
	} else {
		if (str_eq(path, "/api/v1/namespaces/d/events"))
			assert_non_null(strstr(r->target, "fieldSelector=involvedObject.name%3Dp1"));
		if (str_eq(path, "/api/v1/namespaces"))
			assert_non_null(strstr(r->target, "fieldSelector=metadata.name%3Dkube-system"));
		list_answer(c, path, strstr(r->target, "watch=1") != NULL);
	}
	free(path);
}

static void observe(void *ctx, const struct observation *o)
{
	if (o->kind == OBS_SOURCE) {
		g.said = *o->u.source;
		g.nsaid++;
	} else if (o->kind == OBS_SERVER) {
		snprintf(g.version, sizeof g.version, "%s",
			o->u.server->version ? o->u.server->version : "");
		snprintf(g.hash, sizeof g.hash, "%s",
			o->u.server->cni_addon_hash ? o->u.server->cni_addon_hash : "");
		g.scheduler_read = o->u.server->scheduler_read;
		g.scheduler_renewed = o->u.server->scheduler_renewed;
		snprintf(g.context, sizeof g.context, "%s", o->u.server->context);
	} else {
		g.seen[o->kind] += o->verb == OBS_SEEN;
		g.begun[o->kind] += o->verb == OBS_SYNC_BEGIN;
		g.ended[o->kind] += o->verb == OBS_SYNC_END;
	}
}

static void config_write(const char *token)
{
	char *text = xasprintf("clusters: [{name: c, cluster: {server: 'http://127.0.0.1:%d'}}]\n"
		"contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n"
		"users: [{name: u, user: {token: '%s'}}]\n", server_port(g.server), token);

	assert_true(file_write(g.path, text, strlen(text), 0600, NULL));
	free(text);
}

static void begin(void)
{
	struct err e = ERR_INIT;
	struct sink sink = { .observe = observe };

	memset(&g, 0, sizeof g);
	g.pdb_version = "v1";
	server_clock_init(&g.clock, 100);
	g.loop = loop_new(&g.clock.clock);
	server_clock_run(&g.clock, g.loop);
	g.http = http_new(g.loop);
	g.server = server_new(g.loop, on_request, NULL, NULL);
	snprintf(g.path, sizeof g.path, "/tmp/t-source-%d", (int)getpid());
	config_write("");
	g.k8s = k8s_new(g.loop, g.http, &(struct k8s_options){ .kubeconfig = g.path }, &e);
	if (!g.k8s)
		fail_msg("%s", e.text);
	g.source = k8s_source_new(g.k8s, &sink);
}

static void end(void)
{
	g.source->ops->stop(g.source);
	g.source->ops->free(g.source);
	k8s_free(g.k8s);
	server_free(g.server);
	http_free(g.http);
	loop_free(g.loop);
	unlink(g.path);
}

static bool all_there(void *ctx)
{
	return g.watches == 6 && g.reviews == KUBE_VERB__COUNT && g.version[0] && g.hash[0] &&
		g.said.status.state == SOURCE_LIVE;
}

static bool is_failed(void *ctx)
{
	return g.said.status.state == SOURCE_FAILED;
}

static bool is_live(void *ctx)
{
	return g.said.status.state == SOURCE_LIVE;
}

static void test_all(void **state)
{
	const char *why;

	begin();
	assert_string_equal(k8s_context(g.k8s), "x");
	g.source->ops->start(g.source);
	assert_int_equal(g.said.status.state, SOURCE_ASKED);
	assert_true(loop_run_until(g.loop, all_there, NULL, 5000000));
	assert_int_equal(g.said.id, SRC_KUBE);
	assert_string_equal(g.said.status.detail, "watching");
	assert_string_equal(g.version, "v1.34.2");
	assert_string_equal(g.hash, "h1");
	assert_string_equal(g.context, "x");
	assert_int_equal(g.seen[OBS_NODE], 2);
	assert_int_equal(g.seen[OBS_POD], 1);
	assert_int_equal(g.seen[OBS_DAEMONSET], 1);
	assert_int_equal(g.seen[OBS_DEPLOYMENT], 1);
	assert_int_equal(g.seen[OBS_PDB], 1);
	for (int k = OBS_NODE; k <= OBS_PDB; k++) {
		assert_int_equal(g.begun[k], 1);
		assert_int_equal(g.ended[k], 1);
	}
	assert_int_equal(g.seen[OBS_EVENT] + g.begun[OBS_EVENT], 0);
	struct kube *k = k8s_kube(g.k8s);
	assert_int_equal(k->ops->allowed(k, KUBE_EVICT, &why), TRI_NO);
	assert_string_equal(why, "this user may not evict pods: no RBAC policy matched");
	assert_int_equal(k->ops->allowed(k, KUBE_SCALE, &why), TRI_YES);
	assert_null(why);
	end();
}

static bool hash_changed(void *ctx)
{
	return !str_eq(g.hash, "h1");
}

static void test_namespace(void **state)
{
	begin();
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, all_there, NULL, 5000000));
	server_chunk(g.watch_ns, "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":"
		"\"kube-system\",\"resourceVersion\":\"12\",\"annotations\":{"
		"\"addons.k8s.io/networking.amazon-vpc-routed-eni\":"
		"\"{\\\"manifestHash\\\":\\\"h2\\\"}\"}}}}\n");
	assert_true(loop_run_until(g.loop, hash_changed, NULL, 5000000));
	assert_string_equal(g.hash, "h2");
	end();
}

static bool volumes_there(void *ctx)
{
	return g.ended[OBS_CLAIM] && g.ended[OBS_VOLUME] && g.ended[OBS_STORAGE_CLASS];
}

static bool lease_read(void *ctx)
{
	return g.scheduler_read > 0;
}

static bool pod_again(void *ctx)
{
	return g.seen[OBS_POD] > 1;
}

/* Claims and the scheduler's lease are asked for while a pod waits for them. */
static void test_on_demand(void **state)
{
	begin();
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, all_there, NULL, 5000000));
	for (int i = 0; i < 10; i++)
		loop_turn(g.loop, 10);
	assert_int_equal(g.begun[OBS_CLAIM] + g.begun[OBS_VOLUME] + g.begun[OBS_STORAGE_CLASS], 0);
	end();
	begin();
	g.pods = UNSEEN;
	g.lease = "{\"spec\":{\"renewTime\":\"2026-11-22T13:00:00.000000Z\"}}";
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, volumes_there, NULL, 5000000));
	assert_int_equal(g.seen[OBS_CLAIM], 2);
	assert_int_equal(g.seen[OBS_VOLUME], 1);
	assert_int_equal(g.seen[OBS_STORAGE_CLASS], 1);
	assert_int_equal(g.lease_calls, 0);
	assert_true(loop_run_until(g.loop, lease_read, NULL, 5000000));
	assert_int_equal(g.scheduler_renewed, INT64_C(1795352400000));
	/* Once the scheduler has spoken nobody asks for its lease. */
	server_chunk(g.watch_pods, "{\"type\":\"MODIFIED\",\"object\":" SPOKEN "}\n");
	assert_true(loop_run_until(g.loop, pod_again, NULL, 5000000));
	int asked = g.lease_calls;
	int64_t from = clock_mono(&g.clock.clock);
	while (clock_mono(&g.clock.clock) - from < 70000)
		loop_turn(g.loop, 1000);
	assert_int_equal(g.lease_calls, asked);
	end();
}

static bool events_there(void *ctx)
{
	return g.ended[OBS_EVENT] == 1;
}

static void test_events(void **state)
{
	begin();
	struct kube *k = k8s_kube(g.k8s);
	k->ops->watch_events(k, "d", "p1"); /* before the start: kept */
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, events_there, NULL, 5000000));
	assert_int_equal(g.seen[OBS_EVENT], 1);
	/* The same again changes nothing; none ends with an empty sync. */
	k->ops->watch_events(k, "d", "p1");
	assert_int_equal(g.begun[OBS_EVENT], 1);
	k->ops->watch_events(k, NULL, NULL);
	assert_int_equal(g.begun[OBS_EVENT], 2);
	assert_int_equal(g.ended[OBS_EVENT], 2);
	end();
}

static bool version_asked(void *ctx)
{
	return g.version_calls > 0;
}

static void test_away(void **state)
{
	begin();
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, all_there, NULL, 5000000));
	int begun = g.begun[OBS_POD], asked = g.version_calls;
	server_listen(g.server, false);
	assert_true(loop_run_until(g.loop, is_failed, NULL, 5000000));
	assert_int_equal(g.said.status.why.kind, ERR_NETWORK);
	server_listen(g.server, true);
	g.watches = 0;
	assert_true(loop_run_until(g.loop, is_live, NULL, 5000000));
	/* No new list: the watches went on; and the version was asked again. */
	assert_int_equal(g.begun[OBS_POD], begun);
	g.version_calls -= asked; /* from here on */
	assert_true(loop_run_until(g.loop, version_asked, NULL, 5000000));
	end();
}

/* Away from the very start: all that was not asked then is asked once it is there. */
static void test_away_at_start(void **state)
{
	begin();
	server_listen(g.server, false);
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, is_failed, NULL, 5000000));
	server_listen(g.server, true);
	assert_true(loop_run_until(g.loop, all_there, NULL, 5000000));
	assert_int_equal(g.seen[OBS_PDB], 1);
	end();
}

static bool says_budgets(void *ctx)
{
	return strstr(g.said.status.detail, "PodDisruptionBudgets") != NULL;
}

/* Who may not read budgets still sees nodes and pods. */
static void test_denied(void **state)
{
	begin();
	g.refuse = "/apis/policy/v1/poddisruptionbudgets";
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, says_budgets, NULL, 5000000));
	assert_int_equal(g.said.status.state, SOURCE_LIVE);
	end();
	begin();
	g.refuse = "/api/v1/pods";
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, is_failed, NULL, 5000000));
	assert_int_equal(g.said.status.why.kind, ERR_DENIED);
	end();
}

static bool warned(void *ctx)
{
	return g.said.status.state == SOURCE_LIVE && strstr(g.said.status.detail, "warns") != NULL;
}

/* What the server warns of stands beside "watching" for a minute, each text once. */
static void test_warning(void **state)
{
	begin();
	g.warning = "Warning: 299 - \"this is \\\"old\\\"\"\r\n";
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, warned, NULL, 1000000));
	assert_string_equal(g.said.status.detail,
		"watching, the server warns: this is \"old\"");
	end();
}

static bool is_refused(void *ctx)
{
	return is_failed(NULL) && g.said.status.why.kind == ERR_AUTH;
}

/* The kubeconfig's credentials end, and another program writes new ones: no key is needed. */
static void test_renewed(void **state)
{
	begin();
	config_write("first");
	g.token = "first";
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, all_there, NULL, 5000000));
	g.token = "second";
	server_close(g.watch_pods);
	assert_true(loop_run_until(g.loop, is_refused, NULL, 5000000));
	config_write("second");
	assert_true(loop_run_until(g.loop, is_live, NULL, 5000000));
	end();
}

static void test_stop(void **state)
{
	begin();
	g.source->ops->start(g.source);
	loop_turn(g.loop, 10);
	g.source->ops->stop(g.source);
	int said = g.nsaid, seen = g.seen[OBS_NODE];
	for (int i = 0; i < 10; i++)
		loop_turn(g.loop, 10);
	assert_int_equal(g.nsaid, said);
	assert_int_equal(g.seen[OBS_NODE], seen);
	/* And on again. */
	g.watches = 0;
	g.source->ops->start(g.source);
	assert_true(loop_run_until(g.loop, is_live, NULL, 5000000));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_namespace),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_on_demand),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_away_at_start),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_warning),
		cmocka_unit_test(test_renewed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
