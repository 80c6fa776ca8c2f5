/* SPDX-License-Identifier: Apache-2.0 */
/* One object read whole, as it is shown: where it is asked for, and what comes of each answer. */
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
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "k8s/k8s.h"
#include "tests/k8s/server.h"

static struct {
	struct loop *loop;
	struct kube *kube;
	int status;
	const char *body;
	char wire[128], got[64];
	int calls;
	struct err err;
} g;

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	snprintf(g.wire, sizeof g.wire, "%s %s", r->method, r->target);
	server_reply(c, g.status, NULL, g.body);
}

static void on_read(void *ctx, const char *json, size_t len, const struct err *e)
{
	g.calls++;
	snprintf(g.got, sizeof g.got, "%.*s", (int)len, json ? json : "");
	if (e) {
		g.err = *e;
		assert_null(json);
	}
}

static bool is_done(void *ctx)
{
	return g.calls > 0;
}

static void read_one(const char *what, const char *ns, const char *name, int status,
	const char *body)
{
	g.status = status;
	g.body = body;
	g.calls = 0;
	g.wire[0] = '\0';
	err_clear(&g.err);
	g.kube->ops->read(g.kube, what, ns, name, on_read, NULL);
	assert_int_equal(g.calls, 0); /* never from inside the call */
	assert_true(loop_run_until(g.loop, is_done, NULL, 5000000));
	assert_int_equal(g.calls, 1);
}

static void test_read(void **state)
{
	char path[64];
	struct err e = ERR_INIT;
	struct clock clock;
	clock_system(&clock, 100);
	g.loop = loop_new(&clock);
	struct http *http = http_new(g.loop);
	struct server *server = server_new(g.loop, on_request, NULL, NULL);
	snprintf(path, sizeof path, "/tmp/t-read-%d", (int)getpid());
	char *text = xasprintf("clusters: [{name: c, cluster: {server: 'http://127.0.0.1:%d'}}]\n"
		"contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x\n",
		server_port(server));
	assert_true(file_write(path, text, strlen(text), 0600, &e));
	struct k8s *k8s = k8s_new(g.loop, http, &(struct k8s_options){ .kubeconfig = path }, &e);
	if (!k8s)
		fail_msg("%s", e.text);
	g.kube = k8s_kube(k8s);

	read_one("nodes", NULL, "n1", 200, "{\"kind\":\"Node\"}");
	assert_string_equal(g.wire, "GET /api/v1/nodes/n1");
	assert_string_equal(g.got, "{\"kind\":\"Node\"}");
	assert_false(err_is_set(&g.err));
	read_one("pods", "d", "web/../x", 200, "{}");
	assert_string_equal(g.wire, "GET /api/v1/namespaces/d/pods/web%2F..%2Fx");
	read_one("deployments", "d", "web", 200, "{}");
	assert_string_equal(g.wire, "GET /apis/apps/v1/namespaces/d/deployments/web");
	read_one("pods", "d", "gone", 404, "{\"kind\":\"Status\",\"code\":404,\"message\":"
		"\"pods \\\"gone\\\" not found\"}");
	assert_int_equal(g.err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(g.err.text, "read gone"));
	assert_string_equal(g.got, "");

	k8s_free(k8s);
	server_free(server);
	http_free(http);
	loop_free(g.loop);
	unlink(path);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
