/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exec plugins: what they are told, what is taken from them, when they are run again, and when they
 * get the terminal (here one that only counts; tests/tui/t-lend.c has a real one).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "k8s/client.h"
#include "k8s/exec-plugin.h"
#include "tests/k8s/server.h"

#define V1 "client.authentication.k8s.io/v1"
#define GIVES(status) "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":{" \
	status "}}"

static struct {
	struct clock clock;
	struct loop *loop;
	struct lender lender;
	bool terminal; /* there is one */
	int lent, back, runs, done;
	struct kube_conn conn;
	struct exec_plugin *plugin;
	struct err why;
	char dir[64];
	struct http *http;
	struct server *server;
	int requests;
	char auth[64];
} g;

static bool can(struct lender *l)
{
	return g.terminal && g.lent == g.back;
}

static void lend(struct lender *l, const char *to)
{
	assert_string_equal(to, "plugin");
	g.lent++;
}

static void back(struct lender *l)
{
	g.back++;
}

static char *in_dir(const char *name)
{
	return file_join(g.dir, name);
}

/* The plugin prints its surroundings to "told", counts its runs in "runs", then does this. */
static void script(const char *what)
{
	char *path = in_dir("plugin");
	char *text = xasprintf("#!/bin/sh\ncd '%s'\nprintf '%%s' \"$KUBERNETES_EXEC_INFO\" >told\n"
		"echo >>runs\nruns=$(wc -l <runs)\n%s\n", g.dir, what);

	assert_true(file_write(path, text, strlen(text), 0700, NULL));
	free(text);
	free(path);
}

static void begin(enum exec_mode mode)
{
	memset(&g, 0, sizeof g);
	snprintf(g.dir, sizeof g.dir, "/tmp/t-exec-XXXXXX");
	assert_non_null(mkdtemp(g.dir));
	clock_system(&g.clock, 1);
	g.loop = loop_new(&g.clock);
	g.lender = (struct lender){ .can = can, .lend = lend, .back = back };
	g.terminal = true;
	g.conn.server = xstrdup("https://api.example");
	g.conn.exec.api_version = xstrdup(V1);
	g.conn.exec.command = in_dir("plugin");
	g.conn.exec.mode = mode;
	g.plugin = exec_plugin_new(g.loop, &g.conn, &g.lender);
}

static void end(void)
{
	exec_plugin_free(g.plugin);
	assert_int_equal(g.lent, g.back);
	kube_conn_release(&g.conn);
	loop_free(g.loop);
	const char *names[] = { "plugin", "told", "runs" };
	for (size_t i = 0; i < 3; i++) {
		char *path = in_dir(names[i]);
		unlink(path);
		free(path);
	}
	assert_int_equal(rmdir(g.dir), 0);
}

static void on_done(void *ctx, const struct err *e)
{
	g.done++;
	err_clear(&g.why);
	if (e)
		g.why = *e;
}

static bool is_done(void *ctx)
{
	return g.done > 0;
}

static bool run(void)
{
	g.done = 0;
	exec_plugin_run(g.plugin, on_done, NULL);
	assert_int_equal(g.done, 0); /* never from inside */
	assert_true(loop_run_until(g.loop, is_done, NULL, 30000));
	assert_int_equal(g.done, 1);
	return !err_is_set(&g.why);
}

static int runs(void)
{
	struct buf b;
	char *path = in_dir("runs");
	buf_init(&b, 4096);
	file_read(path, &b, NULL);
	int n = (int)b.len;
	buf_release(&b);
	free(path);
	return n;
}

static void told(const char *part)
{
	struct buf b;
	char *path = in_dir("told");
	buf_init(&b, 4096);
	assert_true(file_read(path, &b, NULL));
	if (!strstr(buf_str(&b), part))
		fail_msg("%s is not in %s", part, buf_str(&b));
	buf_release(&b);
	free(path);
}

static void test_never(void **state)
{
	begin(EXEC_NEVER);
	script("[ -t 0 ] && exit 9; echo '" GIVES("\"token\":\"t1\"") "'");
	assert_null(exec_plugin_get(g.plugin));
	assert_true(run());
	assert_string_equal(exec_plugin_get(g.plugin)->token, "t1");
	assert_int_equal(exec_plugin_get(g.plugin)->expires, 0);
	told("\"interactive\":false}");
	assert_int_equal(g.lent, 0);
	exec_plugin_forget(g.plugin);
	assert_null(exec_plugin_get(g.plugin));
	end();
}

static void test_cluster_info(void **state)
{
	begin(EXEC_NEVER);
	g.conn.exec.cluster_info = true;
	g.conn.ca_pem = xstrdup("PEM");
	g.conn.tls_server_name = xstrdup("api.internal");
	g.conn.proxy = xstrdup("http://p:1");
	strlist_add(&g.conn.exec.env, "WHO=me");
	strlist_add(&g.conn.exec.args, "a b");
	script("printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":"
		"{\"token\":\"%s-%s\"}}' \"$WHO\" \"$1\"");
	assert_true(run());
	assert_string_equal(exec_plugin_get(g.plugin)->token, "me-a b");
	told("{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"spec\":{\"interactive\":false,"
		"\"cluster\":{\"server\":\"https://api.example\",\"tls-server-name\":"
		"\"api.internal\",\"certificate-authority-data\":\"UEVN\",\"proxy-url\":"
		"\"http://p:1\"}}}");
	end();
}

static void test_always(void **state)
{
	begin(EXEC_ALWAYS);
	script("[ $runs = 2 ] && exit 3; echo '" GIVES("\"token\":\"t1\"") "'");
	assert_true(run());
	told("\"interactive\":true}");
	assert_int_equal(g.lent, 1);
	assert_int_equal(g.back, 1);
	/* It fails: it is not given the terminal again before the user says so. */
	exec_plugin_forget(g.plugin);
	assert_false(run());
	assert_string_equal(g.why.text, "plugin ended with 3");
	assert_non_null(strstr(g.why.hint, "Ctrl-R"));
	assert_false(run());
	assert_string_equal(g.why.text, "plugin ended with 3");
	assert_int_equal(runs(), 2);
	exec_plugin_ask_again(g.plugin);
	assert_true(run());
	assert_int_equal(runs(), 3);
	assert_int_equal(g.lent, 3);
	/* No terminal, no run. */
	g.terminal = false;
	assert_false(run());
	assert_int_equal(g.why.kind, ERR_CONFIG);
	assert_string_equal(g.why.text, "plugin wants the terminal (interactiveMode Always), and "
		"there is none to give");
	assert_int_equal(runs(), 3);
	end();
}

/* Given the first time; renewals try without it first. */
static void test_if_available(void **state)
{
	begin(EXEC_IF_AVAILABLE);
	script("case $KUBERNETES_EXEC_INFO in *true*) it=true ;; *) it=false ;; esac\n"
		"[ $runs = 3 ] && exit 5\n"
		"printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":"
		"{\"token\":\"%s%s\"}}' $runs $it");
	assert_true(run());
	assert_string_equal(exec_plugin_get(g.plugin)->token, "1true");
	assert_true(run());
	assert_string_equal(exec_plugin_get(g.plugin)->token, "2false");
	assert_int_equal(g.lent, 1);
	assert_true(run());
	assert_string_equal(exec_plugin_get(g.plugin)->token, "4true");
	assert_int_equal(g.lent, 2);
	g.terminal = false;
	assert_true(run());
	assert_string_equal(exec_plugin_get(g.plugin)->token, "5false");
	end();
}

static void test_outputs(void **state)
{
	static const struct {
		const char *script, *words;
	} cases[] = {
		{ "echo hello", "plugin printed no ExecCredential: " },
		{ "true", "plugin printed no ExecCredential: " },
		{ "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"x/v1\"}'",
			"plugin printed x/v1, expected " V1 },
		{ "echo '" GIVES("") "'", "plugin gave neither token nor certificate" },
		{ "echo '" GIVES("\"clientKeyData\":\"K\"") "'",
			"plugin gave a certificate without its key, or a key alone" },
		{ "echo one >&2; echo 'no VPN' >&2; exit 2", "plugin ended with 2: no VPN" },
		{ "kill -9 $$", "plugin was ended by a signal (Killed)" },
		{ "yes 0123456789 | head -c 2000000", "plugin printed too much" },
	};

	begin(EXEC_NEVER);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		script(cases[i].script);
		assert_false(run());
		if (!str_starts(g.why.text, cases[i].words))
			fail_msg("%s: %s", cases[i].script, g.why.text);
		assert_int_equal(g.why.kind, ERR_AUTH);
		assert_null(exec_plugin_get(g.plugin));
	}
	end();
}

static void test_expiry(void **state)
{
	begin(EXEC_NEVER);
	script("echo '" GIVES("\"token\":\"t\",\"expirationTimestamp\":\"'$(date -u -d @$(($(date "
		"+%s) + 5)) +%FT%TZ)'\"") "'");
	assert_true(run());
	assert_null(exec_plugin_get(g.plugin)); /* 5 s are too short to be used */
	script("echo '" GIVES("\"token\":\"t\",\"expirationTimestamp\":\"'$(date -u -d @$(($(date "
		"+%s) + 500)) +%FT%TZ)'\"") "'");
	assert_true(run());
	assert_non_null(exec_plugin_get(g.plugin));
	end();
}

static void test_missing(void **state)
{
	begin(EXEC_ALWAYS);
	g.conn.exec.install_hint = xstrdup("install it");
	assert_false(run());
	assert_int_equal(g.why.kind, ERR_CONFIG);
	assert_non_null(strstr(g.why.text, "the kubeconfig's command for credentials: "));
	assert_string_equal(g.why.hint, "install it");
	assert_int_equal(g.lent, 1);
	end();
}

/* Freed in the middle: the terminal comes back at once, and no callback. */
static void test_freed(void **state)
{
	begin(EXEC_ALWAYS);
	script("sleep 60");
	g.done = 0;
	exec_plugin_run(g.plugin, on_done, NULL);
	assert_int_equal(g.lent, 1);
	assert_int_equal(g.back, 0);
	end(); /* compares the two */
	assert_int_equal(g.done, 0);
}

/* ---- with the client: run again after a 401, once ---- */

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	const char *auth = strstr(r->head, "Authorization: ");

	g.requests++;
	snprintf(g.auth, sizeof g.auth, "%.*s", auth ? (int)strcspn(auth, "\r\n") : 0,
		auth ? auth : "");
	server_reply(c, strstr(g.auth, "Bearer t2") ? 200 : 401, NULL, "{}");
}

static void on_answer(void *ctx, const struct kube_answer *a, const struct err *e)
{
	on_done(ctx, e);
}

static bool ask(struct kube_client *c)
{
	g.done = 0;
	kube_client_start(c, &(struct kube_request){
		.method = "GET", .path = "/version", .what = "ask", .on_done = on_answer,
	});
	assert_true(loop_run_until(g.loop, is_done, NULL, 30000));
	return !err_is_set(&g.why);
}

static void test_401(void **state)
{
	begin(EXEC_NEVER);
	g.http = http_new(g.loop);
	g.server = server_new(g.loop, on_request, NULL, NULL);
	free(g.conn.server);
	g.conn.server = xasprintf("http://127.0.0.1:%d", server_port(g.server));
	script("printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":"
		"{\"token\":\"t%s\"}}' $runs");
	struct kube_client *c = kube_client_new(g.loop, g.http, &g.conn, NULL);
	assert_true(ask(c));
	assert_int_equal(g.requests, 2);
	assert_int_equal(runs(), 2);
	assert_string_equal(g.auth, "Authorization: Bearer t2");
	assert_true(ask(c)); /* what works is kept */
	assert_int_equal(runs(), 2);
	script("printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":"
		"{\"token\":\"bad\"}}'");
	kube_client_free(c);
	c = kube_client_new(g.loop, g.http, &g.conn, NULL);
	g.requests = 0;
	assert_false(ask(c)); /* not for ever */
	assert_int_equal(g.requests, 2);
	assert_int_equal(g.why.kind, ERR_AUTH);
	kube_client_free(c);
	server_free(g.server);
	http_free(g.http);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_cluster_info),
		cmocka_unit_test(test_always),
		cmocka_unit_test(test_if_available),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_freed),
		cmocka_unit_test(test_401),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
