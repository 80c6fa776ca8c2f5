/* SPDX-License-Identifier: Apache-2.0 */
/* A kubeconfig's context as everything a connection needs. */
#include "k8s/kubeconfig.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "core/base/base64.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/xalloc.h"
#include "k8s/kubeconfig-file.h"

#define MAX_PEM ((size_t)1024 * 1024)
#define ACCOUNT_DIR "/var/run/secrets/kubernetes.io/serviceaccount"

void kube_conn_env_get(struct kube_conn_env *env)
{
	*env = (struct kube_conn_env){
		.kubeconfig = getenv("KUBECONFIG"),
		.home = getenv("HOME"),
		.service_host = getenv("KUBERNETES_SERVICE_HOST"),
		.service_port = getenv("KUBERNETES_SERVICE_PORT"),
		.account_dir = ACCOUNT_DIR,
	};
}

/* NULL for absent, null and empty alike: kubeconfigs write all three for "not set". */
static char *text_take(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);

	if (!n || yaml_is_null(n) || n->kind != YAML_SCALAR || n->text_len == 0)
		return NULL;
	return xstrdup(n->text);
}

static bool flag_take(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);
	bool v = false;

	return n && yaml_bool(n, &v) && v;
}

static void list_take(struct strlist *out, const struct yaml_node *seq)
{
	if (!seq || seq->kind != YAML_SEQ)
		return;
	for (size_t i = 0; i < seq->count; i++) {
		if (seq->items[i]->kind == YAML_SCALAR)
			strlist_add(out, seq->items[i]->text);
	}
}

/* key-data (base64 of PEM) wins over key (a path). */
static bool pem_take(const struct cfg_file *f, const struct yaml_node *map, const char *key,
	char **out, struct err *e)
{
	char *data_key = xasprintf("%s-data", key);
	char *data = text_take(map, data_key);
	char *file = data ? NULL : text_take(map, key);
	struct buf pem;
	bool ok = true;

	buf_init(&pem, MAX_PEM);
	if (data) {
		ok = base64_decode(&pem, data, strlen(data)) && pem.len > 0;
		if (!ok)
			err_set(e, ERR_CONFIG, "kubeconfig %s: %s is not base64", f->path,
				data_key);
	} else if (file) {
		char *path = cfg_file_resolve(f, file);
		struct err why = ERR_INIT;
		ok = file_read(path, &pem, &why);
		if (!ok)
			err_set(e, ERR_CONFIG, "kubeconfig %s: %s: %s", f->path, key, why.text);
		free(path);
	}
	if (ok && (data || file))
		*out = xstrdup(buf_str(&pem));
	if (pem.data)
		OPENSSL_cleanse(pem.data, pem.len);
	buf_release(&pem);
	free(data);
	free(file);
	free(data_key);
	return ok;
}

/* A bare host gets the scheme that the rest of the entry implies, as client-go does it. */
static bool server_set(struct kube_conn *c, const char *path, char *server, struct err *e)
{
	size_t n = server ? strlen(server) : 0;

	while (n > 0 && server[n - 1] == '/')
		server[--n] = '\0';
	if (n == 0) {
		free(server);
		return err_set(e, ERR_CONFIG, "kubeconfig %s: cluster \"%s\" has no server", path,
			c->cluster);
	}
	if (strstr(server, "://")) {
		c->server = server;
		if (str_starts(server, "https://") || str_starts(server, "http://"))
			return true;
		return err_set(e, ERR_CONFIG, "kubeconfig %s: server %s is neither http nor https",
			path, server);
	}
	bool tls = c->ca_pem || c->insecure || c->cert_pem;
	c->server = xasprintf("%s://%s", tls ? "https" : "http", server);
	free(server);
	return true;
}

static bool cluster_take(struct kube_conn *c, const struct cfg_file *f,
	const struct yaml_node *map, struct err *e)
{
	c->tls_server_name = text_take(map, "tls-server-name");
	c->proxy = text_take(map, "proxy-url");
	c->insecure = flag_take(map, "insecure-skip-tls-verify");
	c->no_compression = flag_take(map, "disable-compression");
	if (!pem_take(f, map, "certificate-authority", &c->ca_pem, e))
		return false;
	if (c->insecure && c->ca_pem) {
		err_set(e, ERR_CONFIG, "kubeconfig %s: cluster \"%s\" has both a certificate "
			"authority and insecure-skip-tls-verify", f->path, c->cluster);
		err_hint(e, "remove insecure-skip-tls-verify");
		return false;
	}
	return server_set(c, f->path, text_take(map, "server"), e);
}

static const struct {
	const char *name;
	enum exec_mode mode;
} exec_modes[] = {
	{ "Never", EXEC_NEVER },
	{ "IfAvailable", EXEC_IF_AVAILABLE },
	{ "Always", EXEC_ALWAYS },
};

static bool exec_mode_take(struct kube_exec *x, const char *user, const char *word, struct err *e)
{
	x->mode = EXEC_IF_AVAILABLE;
	if (!word) {
		if (str_ends(x->api_version, "/v1beta1"))
			return true;
		return err_set(e, ERR_CONFIG, "user \"%s\": exec needs interactiveMode with "
			"client.authentication.k8s.io/v1", user);
	}
	for (size_t i = 0; i < sizeof exec_modes / sizeof exec_modes[0]; i++) {
		if (str_eq(exec_modes[i].name, word)) {
			x->mode = exec_modes[i].mode;
			return true;
		}
	}
	return err_set(e, ERR_CONFIG, "user \"%s\": exec: unknown interactiveMode %s", user, word);
}

static void exec_env_take(struct kube_exec *x, const struct yaml_node *seq)
{
	if (!seq || seq->kind != YAML_SEQ)
		return;
	for (size_t i = 0; i < seq->count; i++) {
		const char *name = yaml_text(seq->items[i], "name");
		const char *value = yaml_text(seq->items[i], "value");
		if (!str_empty(name))
			strlist_take(&x->env, xasprintf("%s=%s", name, value ? value : ""));
	}
}

static bool exec_take(struct kube_conn *c, const struct cfg_file *f, const struct yaml_node *map,
	struct err *e)
{
	struct kube_exec *x = &c->exec;
	char *command = text_take(map, "command");

	if (!command)
		return err_set(e, ERR_CONFIG, "kubeconfig %s: user \"%s\": exec has no command",
			f->path, c->user);
	/* A name goes through PATH, a path with a slash belongs to the file's folder. */
	x->command = strchr(command, '/') ? cfg_file_resolve(f, command) : xstrdup(command);
	free(command);
	x->install_hint = text_take(map, "installHint");
	x->cluster_info = flag_take(map, "provideClusterInfo");
	list_take(&x->args, yaml_get(map, "args"));
	exec_env_take(x, yaml_get(map, "env"));
	x->api_version = text_take(map, "apiVersion");
	if (!str_eq(x->api_version, "client.authentication.k8s.io/v1") &&
	    !str_eq(x->api_version, "client.authentication.k8s.io/v1beta1")) {
		err_set(e, ERR_CONFIG, "kubeconfig %s: user \"%s\": exec apiVersion %s is not "
			"supported", f->path, c->user, x->api_version ? x->api_version : "(none)");
		err_hint(e, "update the plugin's entry to client.authentication.k8s.io/v1");
		return false;
	}
	char *mode = text_take(map, "interactiveMode");
	bool ok = exec_mode_take(x, c->user, mode, e);
	free(mode);
	return ok;
}

static void impersonation_take(struct kube_conn *c, const struct yaml_node *map)
{
	c->as_user = text_take(map, "as");
	c->as_uid = text_take(map, "as-uid");
	list_take(&c->as_groups, yaml_get(map, "as-groups"));
	const struct yaml_node *extra = yaml_get(map, "as-user-extra");
	if (!extra || extra->kind != YAML_MAP)
		return;
	for (size_t i = 0; i < extra->count; i++) {
		const struct yaml_node *values = extra->pairs[i].value;
		for (size_t j = 0; values->kind == YAML_SEQ && j < values->count; j++) {
			if (values->items[j]->kind != YAML_SCALAR)
				continue;
			strlist_add(&c->as_extra, extra->pairs[i].key->text);
			strlist_add(&c->as_extra, values->items[j]->text);
		}
	}
}

static bool user_check(const struct kube_conn *c, const struct cfg_file *f,
	const struct yaml_node *map, struct err *e)
{
	if (c->username && (c->token || c->token_file))
		return err_set(e, ERR_CONFIG, "kubeconfig %s: user \"%s\" has both a token and a "
			"password", f->path, c->user);
	if ((c->cert_pem == NULL) != (c->key_pem == NULL))
		return err_set(e, ERR_CONFIG, "kubeconfig %s: user \"%s\" has a client %s", f->path,
			c->user, c->cert_pem ? "certificate without its key" :
			"key without its certificate");
	const struct yaml_node *old = yaml_get(map, "auth-provider");
	if (old && !yaml_is_null(old) && !c->exec.command) {
		err_set(e, ERR_CONFIG, "kubeconfig %s: user \"%s\" uses auth-provider, which no "
			"longer exists", f->path, c->user);
		err_hint(e, "replace it by an exec entry");
		return false;
	}
	return true;
}

static bool user_take(struct kube_conn *c, const struct cfg_file *f, const struct yaml_node *map,
	struct err *e)
{
	if (!pem_take(f, map, "client-certificate", &c->cert_pem, e) ||
	    !pem_take(f, map, "client-key", &c->key_pem, e))
		return false;
	c->token = text_take(map, "token");
	c->username = text_take(map, "username");
	c->password = text_take(map, "password");
	char *file = text_take(map, "tokenFile");
	if (file)
		c->token_file = cfg_file_resolve(f, file);
	free(file);
	impersonation_take(c, map);
	const struct yaml_node *exec = yaml_get(map, "exec");
	if (exec && exec->kind == YAML_MAP && !exec_take(c, f, exec, e))
		return false;
	return user_check(c, f, map, e);
}

static bool missing(struct err *e, const struct cfg_file *f, const char *what, const char *name,
	const char *context)
{
	if (err_is_set(e))
		return false;
	return err_set(e, ERR_CONFIG, "kubeconfig %s: context \"%s\" names %s \"%s\", which is "
		"not there", f->path, context, what, name);
}

static bool context_take(struct kube_conn *c, const struct cfg_set *s, const char *name,
	struct err *e)
{
	const struct cfg_file *f = NULL, *cf = NULL, *uf = NULL;
	const struct yaml_node *ctx = cfg_set_find(s, "contexts", name, &f, e);

	if (!ctx) {
		if (!err_is_set(e)) {
			err_set(e, ERR_CONFIG, "there is no context \"%s\" in the kubeconfig",
				name);
			err_hint(e, "kubectl config get-contexts lists them");
		}
		return false;
	}
	c->context = xstrdup(name);
	c->source = xstrdup(f->path);
	c->cluster = text_take(ctx, "cluster");
	c->user = text_take(ctx, "user");
	if (!c->cluster)
		return err_set(e, ERR_CONFIG, "kubeconfig %s: context \"%s\" names no cluster",
			f->path, name);
	const struct yaml_node *cluster = cfg_set_find(s, "clusters", c->cluster, &cf, e);
	if (!cluster)
		return missing(e, f, "cluster", c->cluster, name);
	const struct yaml_node *user =
		c->user ? cfg_set_find(s, "users", c->user, &uf, e) : NULL;
	/* As kops leaves it without --admin.  No hint: who knows the cluster's name has one. */
	if (c->user && !user)
		return missing(e, f, "user", c->user, name);
	if (user && !user_take(c, uf, user, e))
		return false;
	return cluster_take(c, cf, cluster, e);
}

/* Whether the context, whatever its name, leads to the cluster that kops calls so. */
static bool context_is_of(const struct cfg_set *s, const char *name, const char *cluster)
{
	const struct cfg_file *f;
	const struct yaml_node *ctx = cfg_set_find(s, "contexts", name, &f, NULL);
	const char *entry = yaml_text(ctx, "cluster");
	const struct yaml_node *map = entry ? cfg_set_find(s, "clusters", entry, &f, NULL) : NULL;
	const char *server = yaml_text(map, "server");
	size_t n = strlen(cluster);

	if (str_eq(entry, cluster))
		return true;
	const char *host = server ? strstr(server, "://") : NULL;
	host = host ? host + 3 : server;
	if (!host || !str_starts(host, "api."))
		return false;
	host += str_starts(host, "api.internal.") ? strlen("api.internal.") : strlen("api.");
	return strncmp(host, cluster, n) == 0 && (!host[n] || strchr(":/", host[n]));
}

static const char *context_choose(const struct cfg_set *s, const char *context,
	const char *cluster, struct err *e)
{
	const struct cfg_file *f;
	struct err twice = ERR_INIT;

	if (context)
		return context;
	if (cluster && (cfg_set_find(s, "contexts", cluster, &f, &twice) || err_is_set(&twice)))
		return cluster;
	const char *current = cfg_set_current(s);
	if (cluster && (!current || !context_is_of(s, current, cluster))) {
		err_set(e, ERR_NOT_FOUND, "no context of %s in the kubeconfig%s%s%s", cluster,
			current ? " (current: " : "", current ? current : "", current ? ")" : "");
		return NULL;
	}
	if (!current) {
		err_set(e, ERR_CONFIG, "kubeconfig %s has no current context", s->v[0].path);
		err_hint(e, "choose one with --context, or kubectl config use-context");
	}
	return current;
}

static bool in_cluster(struct kube_conn *c, const struct kube_conn_env *env)
{
	if (str_empty(env->service_host) || str_empty(env->service_port) || !env->account_dir)
		return false;
	char *token = file_join(env->account_dir, "token");
	char *ca = file_join(env->account_dir, "ca.crt");
	struct buf b;

	buf_init(&b, MAX_PEM);
	bool ok = file_read(token, &b, NULL);
	if (ok) {
		bool v6 = strchr(env->service_host, ':') != NULL;
		c->context = xstrdup("in-cluster");
		c->cluster = xstrdup("in-cluster");
		c->server = xasprintf("https://%s%s%s:%s", v6 ? "[" : "", env->service_host,
			v6 ? "]" : "", env->service_port);
		c->token_file = token;
		token = NULL;
		if (b.data)
			OPENSSL_cleanse(b.data, b.len);
		buf_clear(&b);
		if (file_read(ca, &b, NULL))
			c->ca_pem = xstrdup(buf_str(&b));
	}
	buf_release(&b);
	free(token);
	free(ca);
	return ok;
}

static bool files_read(struct cfg_set *s, const char *file, const struct kube_conn_env *env,
	struct err *e)
{
	if (!str_empty(file))
		return cfg_set_add(s, file, false, e);
	if (!str_empty(env->kubeconfig))
		return cfg_set_add_list(s, env->kubeconfig, e);
	if (str_empty(env->home))
		return true;
	char *path = file_join(env->home, ".kube/config");
	bool ok = cfg_set_add(s, path, true, e);
	free(path);
	return ok;
}

static bool nothing_found(const struct kube_conn_env *env, const char *cluster, struct err *e)
{
	if (!str_empty(env->kubeconfig))
		err_set(e, ERR_NOT_FOUND, "no kubeconfig: KUBECONFIG names %s, which is not there",
			env->kubeconfig);
	else
		err_set(e, ERR_NOT_FOUND,
			"no kubeconfig: KUBECONFIG is not set, ~/.kube/config does "
			"not exist");
	if (!cluster)
		err_hint(e, "name one with --kubeconfig; kops export kubeconfig writes one");
	return false;
}

bool kube_conn_load(struct kube_conn *out, const char *file, const char *context,
	const char *cluster, const struct kube_conn_env *env, struct err *e)
{
	struct cfg_set set = { 0 };
	bool ok = files_read(&set, file, env, e);

	if (ok && set.n == 0) {
		ok = (!context && in_cluster(out, env)) || nothing_found(env, cluster, e);
	} else if (ok) {
		const char *name = context_choose(&set, context, cluster, e);
		ok = name && context_take(out, &set, name, e);
	}
	cfg_set_release(&set);
	return ok;
}

bool kube_contexts(struct strlist *out, const char *file, const struct kube_conn_env *env,
	struct err *e)
{
	struct cfg_set set = { 0 };
	bool ok = files_read(&set, file, env, e);

	if (ok)
		cfg_set_names(&set, "contexts", out);
	cfg_set_release(&set);
	return ok;
}

char *kube_program(const char *file, const struct kube_conn_env *env)
{
	struct cfg_set set = { 0 };
	struct strlist users = { .n = 0 };
	char *found = NULL;

	if (files_read(&set, file, env, NULL))
		cfg_set_names(&set, "users", &users);
	for (size_t i = 0; !found && i < users.n; i++) {
		const struct cfg_file *f;
		const struct yaml_node *user = cfg_set_find(&set, "users", users.v[i], &f, NULL);
		const struct yaml_node *exec = user ? yaml_get(user, "exec") : NULL;

		found = exec ? text_take(exec, "command") : NULL;
	}
	strlist_release(&users);
	cfg_set_release(&set);
	return found;
}

static void secret_free(char *s)
{
	if (s)
		OPENSSL_cleanse(s, strlen(s));
	free(s);
}

void kube_conn_release(struct kube_conn *c)
{
	free(c->context);
	free(c->cluster);
	free(c->user);
	free(c->source);
	free(c->server);
	free(c->tls_server_name);
	free(c->proxy);
	free(c->ca_pem);
	free(c->cert_pem);
	secret_free(c->key_pem);
	secret_free(c->token);
	free(c->token_file);
	free(c->username);
	secret_free(c->password);
	free(c->as_user);
	free(c->as_uid);
	strlist_release(&c->as_groups);
	strlist_release(&c->as_extra);
	free(c->exec.api_version);
	free(c->exec.command);
	free(c->exec.install_hint);
	strlist_release(&c->exec.args);
	strlist_release(&c->exec.env);
	*c = (struct kube_conn){ .context = NULL };
}
