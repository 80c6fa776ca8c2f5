/* SPDX-License-Identifier: Apache-2.0 */
/* Kubeconfigs: one row per case, files and surroundings in, connection or words out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/base64.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/kubeconfig.h"

/* "@" stands for the case's own folder everywhere. */
struct want {
	const char *context, *server, *ca, *cert, *key, *token, *token_file, *tls_name, *proxy;
	const char *username, *as_user, *command;
	bool insecure;
};

struct row {
	const char *name;
	const char *files[3][2]; /* path below "@", text */
	const char *file, *context, *cluster; /* as options */
	const char *kubeconfig, *host, *port; /* as environment */
	struct want want;
	enum err_kind kind;
	const char *words; /* in the error */
	bool odd; /* kubectl config view --flatten will not show it */
};

#define HEAD "apiVersion: v1\nkind: Config\n"
#define ONE_CLUSTER "clusters:\n- {name: c, cluster: {server: 'https://c:6443'}}\n"
#define ONE_CONTEXT "contexts:\n- {name: x, context: {cluster: c, user: u}}\n" \
	"current-context: x\n"
#define USER(what) "users:\n- {name: u, user: {" what "}}\n"
#define SIMPLE HEAD ONE_CLUSTER ONE_CONTEXT
#define CLUSTER(what) "clusters:\n- {name: c, cluster: {" what "}}\n"
#define NO_USER "contexts:\n- {name: x, context: {cluster: c}}\ncurrent-context: x\n"
#define EXEC(what) SIMPLE USER("exec: {" what "}")

static const struct row rows[] = {
	{ "token", .files = { { "k", SIMPLE USER("token: t1") } }, .file = "@/k",
	  .want = { .context = "x", .server = "https://c:6443", .token = "t1" } },
	{ "home", .files = { { ".kube/config", SIMPLE USER("token: t1") } },
	  .want = { .context = "x", .server = "https://c:6443", .token = "t1" } },
	{ "option before environment", .files = { { "k", SIMPLE USER("token: t1") },
		{ "other", SIMPLE USER("token: t2") } },
	  .file = "@/k", .kubeconfig = "@/other",
	  .want = { .context = "x", .server = "https://c:6443", .token = "t1" } },
	{ "option names a missing file", .files = { { ".kube/config", SIMPLE } },
	  .file = "@/none", .kind = ERR_CONFIG, .words = "@/none" },
	{ "environment before home", .files = { { "k", SIMPLE USER("token: t1") },
		{ ".kube/config", SIMPLE USER("token: home") } }, .kubeconfig = "@/k",
	  .want = { .context = "x", .server = "https://c:6443", .token = "t1" } },
	{ "list: empty items and missing files", .files = { { "k", SIMPLE USER("token: t1") } },
	  .kubeconfig = ":@/none::@/k:",
	  .want = { .context = "x", .server = "https://c:6443", .token = "t1" } },
	{ "list: all missing", .files = { { ".kube/config", SIMPLE } }, .kubeconfig = "@/a:@/b",
	  .kind = ERR_NOT_FOUND, .words = "KUBECONFIG names @/a:@/b" },
	{ "list: first file wins the whole entry", .files = {
		{ "a", HEAD CLUSTER("server: 'https://a'") "current-context: x\n" },
		{ "b", SIMPLE USER("token: t1") },
		{ "c", HEAD CLUSTER("server: 'https://z', insecure-skip-tls-verify: true") } },
	  .kubeconfig = "@/a:@/b:@/c",
	  .want = { .context = "x", .server = "https://a", .token = "t1" } },
	{ "list: no merging inside an entry", .files = {
		{ "a", HEAD USER("username: me") }, { "b", SIMPLE USER("token: t1") } },
	  .kubeconfig = "@/a:@/b",
	  .want = { .context = "x", .server = "https://c:6443", .username = "me" } },
	{ "list: first current-context that is set", .files = {
		{ "a", HEAD "current-context: ''\n" },
		{ "b", SIMPLE USER("token: t1") },
		{ "c", HEAD "current-context: other\n" } }, .kubeconfig = "@/a:@/b:@/c",
	  .want = { .context = "x", .server = "https://c:6443", .token = "t1" } },
	{ "list: a broken file is told", .files = { { "a", "clusters: [\n" },
		{ "b", SIMPLE USER("token: t1") } }, .kubeconfig = "@/b:@/a",
	  .kind = ERR_CONFIG, .words = "@/a" },
	{ "nothing anywhere", .kind = ERR_NOT_FOUND, .words = "~/.kube/config" },
	{ "empty file", .files = { { "k", "" } }, .file = "@/k", .kind = ERR_CONFIG,
	  .words = "no current context" },
	{ "not a kubeconfig", .files = { { "k", "- 1\n" } }, .file = "@/k", .kind = ERR_CONFIG,
	  .words = "not a kubeconfig" },
	{ "JSON", .files = { { "k", "{\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":"
		"\"https://c:6443/\"}}],\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":"
		"\"c\",\"user\":\"\"}}],\"current-context\":\"x\",\"users\":null}" } },
	  .file = "@/k", .want = { .context = "x", .server = "https://c:6443" } },
	{ "context by option", .files = { { "k", SIMPLE USER("token: t1")
		"preferences: {}\n" }, { "l", HEAD "contexts:\n- {name: other, context: {cluster: c}}\n" } },
	  .kubeconfig = "@/k:@/l", .context = "other", .cluster = "x",
	  .want = { .context = "other", .server = "https://c:6443" } },
	{ "context named after the cluster", .files = { { "k", SIMPLE USER("token: t1") },
		{ "l", HEAD "contexts:\n- {name: my.cluster, context: {cluster: c}}\n" } },
	  .kubeconfig = "@/k:@/l", .cluster = "my.cluster",
	  .want = { .context = "my.cluster", .server = "https://c:6443" } },
	{ "cluster without a context: the current one is another cluster",
	  .files = { { "k", SIMPLE USER("token: t1") } }, .file = "@/k", .cluster = "my.cluster",
	  .kind = ERR_NOT_FOUND,
	  .words = "no context of my.cluster in the kubeconfig (current: x)" },
	{ "cluster without a context, and none is current", .files = { { "k", HEAD ONE_CLUSTER } },
	  .file = "@/k", .cluster = "my.cluster", .kind = ERR_NOT_FOUND,
	  .words = "no context of my.cluster in the kubeconfig" },
	{ "cluster without a context: the current one has its server",
	  .files = { { "k", SIMPLE USER("token: t1") } }, .file = "@/k", .cluster = "c",
	  .want = { .context = "x", .server = "https://c:6443", .token = "t1" } },
	{ "the same by the server's name", .files = { { "k", HEAD
		CLUSTER("server: 'https://api.internal.my.cluster:443/p'") NO_USER } },
	  .file = "@/k", .cluster = "my.cluster",
	  .want = { .context = "x", .server = "https://api.internal.my.cluster:443/p" } },
	{ "a longer name is another cluster", .files = { { "k", HEAD
		CLUSTER("server: 'https://api.my.cluster.other'") NO_USER } },
	  .file = "@/k", .cluster = "my.cluster", .kind = ERR_NOT_FOUND,
	  .words = "no context of my.cluster" },
	{ "no such context", .files = { { "k", SIMPLE USER("token: t1") } }, .file = "@/k",
	  .context = "nope", .kind = ERR_CONFIG, .words = "no context \"nope\"" },
	{ "current-context that is not there", .files = { { "k", HEAD "current-context: q\n" } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "no context \"q\"" },
	{ "no current-context", .files = { { "k", HEAD ONE_CLUSTER } }, .file = "@/k",
	  .kind = ERR_CONFIG, .words = "no current context" },
	{ "missing cluster", .files = { { "k", HEAD ONE_CONTEXT USER("token: t") } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "names cluster \"c\"" },
	{ "missing user", .files = { { "k", SIMPLE } }, .file = "@/k", .kind = ERR_CONFIG,
	  .words = "names user \"u\"" },
	{ "no user at all", .files = { { "k", HEAD ONE_CLUSTER NO_USER } }, .file = "@/k",
	  .want = { .context = "x", .server = "https://c:6443" } },
	{ "a name twice", .files = { { "k", HEAD ONE_CLUSTER
		"- {name: c, cluster: {server: 'https://d'}}\n" NO_USER } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "twice" },
	{ "no server", .files = { { "k", HEAD CLUSTER("server: ''") NO_USER } }, .file = "@/k",
	  .kind = ERR_CONFIG, .words = "has no server" },
	{ "server without a scheme", .files = { { "k", HEAD CLUSTER("server: 'c:80/'") NO_USER } },
	  .file = "@/k", .want = { .context = "x", .server = "http://c:80" } },
	{ "server without a scheme, TLS", .files = { { "k", HEAD
		CLUSTER("server: 'c', insecure-skip-tls-verify: true") NO_USER } },
	  .file = "@/k", .want = { .context = "x", .server = "https://c", .insecure = true } },
	{ "server of another scheme", .files = { { "k", HEAD CLUSTER("server: 'ftp://c'") NO_USER } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "neither http nor https" },
	{ "tls-server-name and proxy-url", .files = { { "k", HEAD CLUSTER("server: 'https://c/p/',"
		" tls-server-name: api.internal, proxy-url: 'socks5://p:1'") NO_USER } },
	  .file = "@/k", .want = { .context = "x", .server = "https://c/p",
		.tls_name = "api.internal", .proxy = "socks5://p:1" } },
	{ "CA from data, which wins over the file", .files = { { "k", HEAD CLUSTER(
		"server: 'https://c', certificate-authority: other.crt, "
		"certificate-authority-data: UEVN") NO_USER }, { "other.crt", "NOT THIS" } },
	  .file = "@/k", .want = { .context = "x", .server = "https://c", .ca = "PEM" },
	  .odd = true },
	{ "CA from a path beside the file", .files = { { "d/k", HEAD CLUSTER(
		"server: 'https://c', certificate-authority: ../ca.crt") NO_USER },
		{ "ca.crt", "THE CA" } },
	  .file = "@/d/k", .want = { .context = "x", .server = "https://c", .ca = "THE CA" } },
	{ "paths belong to their own file", .files = { { "a/k", HEAD NO_USER },
		{ "b/k", HEAD CLUSTER("server: 'https://c', certificate-authority: ca") },
		{ "b/ca", "OF B" } }, .kubeconfig = "@/a/k:@/b/k",
	  .want = { .context = "x", .server = "https://c", .ca = "OF B" } },
	{ "CA file missing", .files = { { "k", HEAD CLUSTER(
		"server: 'https://c', certificate-authority: ca.crt") NO_USER } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "certificate-authority" },
	{ "CA data broken", .files = { { "k", HEAD CLUSTER(
		"server: 'https://c', certificate-authority-data: '*'") NO_USER } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "is not base64" },
	{ "insecure and CA", .files = { { "k", HEAD CLUSTER("server: 'https://c', "
		"certificate-authority-data: UEVN, insecure-skip-tls-verify: true") NO_USER } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "insecure-skip-tls-verify" },
	{ "client certificate, data and file", .files = { { "k", SIMPLE USER(
		"client-certificate-data: Q0VSVA==, client-key: key.pem") }, { "key.pem", "KEY" } },
	  .file = "@/k", .want = { .context = "x", .server = "https://c:6443", .cert = "CERT",
		.key = "KEY" } },
	{ "certificate without key", .files = { { "k", SIMPLE USER(
		"client-certificate-data: Q0VSVA==") } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "without its key" },
	{ "token file, relative, with a token", .files = { { "k", SIMPLE USER(
		"tokenFile: tok, token: old") } }, .file = "@/k",
	  .want = { .context = "x", .server = "https://c:6443", .token = "old",
		.token_file = "@/tok" } },
	{ "token and password", .files = { { "k", SIMPLE USER("token: t, username: me") } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "both a token and a password" },
	{ "impersonation", .files = { { "k", SIMPLE USER("token: t, as: jane, as-groups: [g]") } },
	  .file = "@/k", .want = { .context = "x", .server = "https://c:6443", .token = "t",
		.as_user = "jane" } },
	{ "exec on PATH", .files = { { "k", EXEC("apiVersion: client.authentication.k8s.io/v1, "
		"command: kops, args: [helpers, x], interactiveMode: IfAvailable") } },
	  .file = "@/k", .want = { .context = "x", .server = "https://c:6443",
		.command = "kops" } },
	{ "exec with a relative path", .files = { { "k", EXEC("apiVersion: "
		"client.authentication.k8s.io/v1beta1, command: bin/tok") } },
	  .file = "@/k", .want = { .context = "x", .server = "https://c:6443",
		.command = "@/bin/tok" } },
	{ "exec v1 without a mode", .files = { { "k", EXEC("apiVersion: "
		"client.authentication.k8s.io/v1, command: a") } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "interactiveMode" },
	{ "exec v1alpha1", .files = { { "k", EXEC("apiVersion: "
		"client.authentication.k8s.io/v1alpha1, command: a") } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "v1alpha1 is not supported" },
	{ "exec without a command", .files = { { "k", EXEC("args: [a]") } }, .file = "@/k",
	  .kind = ERR_CONFIG, .words = "no command" },
	{ "auth-provider", .files = { { "k", SIMPLE USER("auth-provider: {name: gcp}") } },
	  .file = "@/k", .kind = ERR_CONFIG, .words = "auth-provider" },
	{ "in-cluster", .files = { { "account/token", "sa\n" }, { "account/ca.crt", "SA CA" } },
	  .host = "10.0.0.1", .port = "443",
	  .want = { .context = "in-cluster", .server = "https://10.0.0.1:443", .ca = "SA CA",
		.token_file = "@/account/token" } },
	{ "in-cluster, IPv6", .files = { { "account/token", "sa\n" } }, .host = "fd00::1",
	  .port = "443", .want = { .context = "in-cluster", .server = "https://[fd00::1]:443",
		.token_file = "@/account/token" } },
	{ "a kubeconfig wins over the pod", .files = { { ".kube/config", SIMPLE USER("token: t") },
		{ "account/token", "sa\n" } }, .host = "10.0.0.1", .port = "443",
	  .want = { .context = "x", .server = "https://c:6443", .token = "t" } },
	{ "in a pod without an account", .host = "10.0.0.1", .port = "443",
	  .kind = ERR_NOT_FOUND, .words = "no kubeconfig" },
};

static char folder[] = "/tmp/t-kubeconfig-XXXXXX";

/* text with each "@" replaced by the case's folder; NULL gives NULL. */
static char *place(const char *dir, const char *text)
{
	struct buf b = BUF_INIT;

	if (!text)
		return NULL;
	for (; *text; text++) {
		if (*text == '@')
			buf_adds(&b, dir);
		else
			buf_addc(&b, *text);
	}
	return buf_detach(&b);
}

static void files_write(const char *dir, const struct row *r)
{
	struct err e = ERR_INIT;

	for (size_t i = 0; i < 3 && r->files[i][0]; i++) {
		char *path = file_join(dir, r->files[i][0]);
		char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));
		assert_true(file_mkdirs(parent, &e));
		assert_true(file_write(path, r->files[i][1], strlen(r->files[i][1]), 0600, &e));
		free(parent);
		free(path);
	}
}

static void same(const char *dir, const char *field, const char *got, const char *want)
{
	char *w = place(dir, want);

	if (!str_eq(got, w))
		fail_msg("%s is %s, expected %s", field, got ? got : "unset", w ? w : "unset");
	free(w);
}

static void check(const struct row *r, const char *dir, bool ok, const struct kube_conn *c,
	const struct err *e)
{
	if (r->kind) {
		char *words = place(dir, r->words);
		assert_false(ok);
		if (e->kind != r->kind || !strstr(e->text, words))
			fail_msg("said %s: %s", err_kind_name(e->kind), e->text);
		free(words);
		return;
	}
	if (!ok)
		fail_msg("failed: %s", e->text);
	same(dir, "context", c->context, r->want.context);
	same(dir, "server", c->server, r->want.server);
	same(dir, "ca", c->ca_pem, r->want.ca);
	same(dir, "cert", c->cert_pem, r->want.cert);
	same(dir, "key", c->key_pem, r->want.key);
	same(dir, "token", c->token, r->want.token);
	same(dir, "tokenFile", c->token_file, r->want.token_file);
	same(dir, "tls-server-name", c->tls_server_name, r->want.tls_name);
	same(dir, "proxy-url", c->proxy, r->want.proxy);
	same(dir, "username", c->username, r->want.username);
	same(dir, "as", c->as_user, r->want.as_user);
	same(dir, "command", c->exec.command, r->want.command);
	assert_int_equal(c->insecure, r->want.insecure);
}

static void test_rows(void **state)
{
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		char *dir = xasprintf("%s/%zu", folder, i);
		char *account = file_join(dir, "account");
		char *file = place(dir, r->file), *list = place(dir, r->kubeconfig);
		struct kube_conn_env env = {
			.kubeconfig = list, .home = dir, .service_host = r->host,
			.service_port = r->port, .account_dir = account,
		};
		struct kube_conn c = { .context = NULL };
		struct err e = ERR_INIT;
		print_message("# %s\n", r->name);
		assert_true(file_mkdirs(dir, &e));
		files_write(dir, r);
		bool ok = kube_conn_load(&c, file, r->context, r->cluster, &env, &e);
		check(r, dir, ok, &c, &e);
		kube_conn_release(&c);
		free(account);
		free(file);
		free(list);
		free(dir);
	}
}

/* ---- the same by kubectl, where there is one ---- */

/* Runs kubectl config view for the row; its JSON in out.  False: it failed. */
static bool kubectl_view(const char *dir, const char *list, const char *file,
	const char *context, struct buf *out)
{
	char *path = file_join(dir, "view.json");
	char *home = xasprintf("HOME=%s", dir), *var = xasprintf("KUBECONFIG=%s", list ? list : "");
	char *search = xasprintf("PATH=%s", getenv("PATH"));
	char *env[] = { home, var, search, NULL };
	const char *argv[14] = { "kubectl", "config", "view", "--minify", "--flatten", "--raw", "-o",
		"json" };
	size_t n = 8;
	int status = -1;

	if (file) {
		argv[n++] = "--kubeconfig";
		argv[n++] = file;
	}
	if (context) {
		argv[n++] = "--context";
		argv[n++] = context;
	}
	pid_t pid = fork();
	if (pid == 0) {
		if (freopen(path, "w", stdout) && freopen("/dev/null", "w", stderr))
			execvpe(argv[0], (char *const *)argv, env);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	bool ok = status == 0 && file_read(path, out, NULL);
	free(path);
	free(home);
	free(var);
	free(search);
	return ok;
}

static void same_data(const char *field, const char *got, const char *base64)
{
	struct buf b = BUF_INIT;

	if (base64)
		assert_true(base64_decode(&b, base64, strlen(base64)));
	if (!str_eq(got, base64 ? buf_str(&b) : NULL))
		fail_msg("%s differs from kubectl's", field);
	buf_release(&b);
}

static void kubectl_compare(const struct kube_conn *c, const struct buf *view)
{
	json_t *j = json_parse(view->data, view->len, NULL);
	const json_t *cluster = json_path(j, "clusters.0.cluster");
	const json_t *user = json_path(j, "users.0.user");
	const char *server = json_str(cluster, "server");

	/* kubectl shows the server as written; a scheme is given and slashes are cut later. */
	assert_non_null(server);
	assert_non_null(strstr(c->server, server[strlen(server) - 1] == '/' ? "" : server));
	assert_true(str_eq(c->tls_server_name, json_str(cluster, "tls-server-name")));
	assert_true(str_eq(c->proxy, json_str(cluster, "proxy-url")));
	assert_int_equal(c->insecure, json_bool(cluster, "insecure-skip-tls-verify", false));
	same_data("CA", c->ca_pem, json_str(cluster, "certificate-authority-data"));
	same_data("certificate", c->cert_pem, json_str(user, "client-certificate-data"));
	same_data("key", c->key_pem, json_str(user, "client-key-data"));
	assert_true(str_eq(c->token, json_str(user, "token")));
	/* Shown as written; test_rows() knows where they lead. */
	assert_true(str_ends(c->token_file, json_str(user, "tokenFile")));
	assert_true(str_ends(c->exec.command, json_str(user, "exec.command")));
	assert_true(str_eq(c->username, json_str(user, "username")));
	assert_true(str_eq(c->as_user, json_str(user, "as")));
	json_decref(j);
}

static void test_as_kubectl(void **state)
{
	size_t compared = 0;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		if (r->kind || r->host || r->odd)
			continue;
		char *dir = xasprintf("%s/%zu", folder, i);
		char *file = place(dir, r->file), *list = place(dir, r->kubeconfig);
		struct kube_conn_env env = { .kubeconfig = list, .home = dir };
		struct kube_conn c = { .context = NULL };
		struct buf view = BUF_INIT;
		struct err e = ERR_INIT;
		assert_true(kube_conn_load(&c, file, r->context, r->cluster, &env, &e));
		if (kubectl_view(dir, list, file, c.context, &view)) {
			print_message("# %s\n", r->name);
			kubectl_compare(&c, &view);
			compared++;
		} else if (compared) {
			fail_msg("kubectl does not take: %s", r->name);
		}
		buf_release(&view);
		kube_conn_release(&c);
		free(file);
		free(list);
		free(dir);
		if (!compared) {
			print_message("# skipped: no kubectl\n");
			skip();
		}
	}
}

/* All names, each once, in the order of the files. */
static void test_contexts(void **state)
{
	char *dir = xasprintf("%s/contexts", folder);
	char *list = xasprintf("%s/a::%s/none:%s/b", dir, dir, dir);
	static const char a[] = HEAD "contexts:\n- {name: one, context: {cluster: c}}\n- {name: ''}\n"
		"- {name: two, context: {cluster: c}}\n";
	static const char b[] = HEAD "contexts:\n- {name: two, context: {cluster: d}}\n"
		"- {name: three, context: {cluster: d}}\n";
	struct kube_conn_env env = { .kubeconfig = list };
	struct strlist names = { .v = NULL };
	struct err e = ERR_INIT;
	char *fa = file_join(dir, "a"), *fb = file_join(dir, "b");

	assert_true(file_mkdirs(dir, NULL));
	assert_true(file_write(fa, a, strlen(a), 0600, NULL));
	assert_true(file_write(fb, b, strlen(b), 0600, NULL));
	assert_true(kube_contexts(&names, NULL, &env, &e));
	assert_int_equal(names.n, 3);
	assert_string_equal(names.v[0], "one");
	assert_string_equal(names.v[1], "two");
	assert_string_equal(names.v[2], "three");
	strlist_release(&names);
	assert_true(kube_contexts(&names, fb, &env, &e));
	assert_int_equal(names.n, 2);
	strlist_release(&names);
	env.kubeconfig = NULL; /* none at all: none */
	assert_true(kube_contexts(&names, NULL, &env, &e));
	assert_int_equal(names.n, 0);
	assert_false(kube_contexts(&names, "/nowhere/at/all", &env, &e));
	free(fa);
	free(fb);
	free(list);
	free(dir);
}

static void test_exec_fields(void **state)
{
	static const char text[] = EXEC("apiVersion: client.authentication.k8s.io/v1beta1, "
		"command: c, args: [a, 'b c'], env: [{name: K, value: v}], installHint: get it, "
		"provideClusterInfo: true");
	char *path = file_join(folder, "exec");
	struct kube_conn_env env = { .home = folder };
	struct kube_conn c = { .context = NULL };
	struct err e = ERR_INIT;

	assert_true(file_write(path, text, sizeof text - 1, 0600, &e));
	assert_true(kube_conn_load(&c, path, NULL, NULL, &env, &e));
	assert_int_equal(c.exec.args.n, 2);
	assert_string_equal(c.exec.args.v[1], "b c");
	assert_int_equal(c.exec.env.n, 1);
	assert_string_equal(c.exec.env.v[0], "K=v");
	assert_string_equal(c.exec.install_hint, "get it");
	assert_true(c.exec.cluster_info);
	assert_int_equal(c.exec.mode, EXEC_IF_AVAILABLE);
	kube_conn_release(&c);
	free(path);
}

static int folder_remove(void **state)
{
	char *command[] = { (char *)"rm", (char *)"-rf", folder, NULL };
	pid_t pid = fork();

	if (pid == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_as_kubectl),
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_exec_fields),
	};
	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
