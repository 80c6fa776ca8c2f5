/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials from a command that the kubeconfig names. */
#include "k8s/exec-plugin.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "core/base/base64.h"
#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/child.h"

#define MAX_OUTPUT ((size_t)1024 * 1024)
#define LEEWAY_MS 10000
#define RUN_LIMIT_MS 60000

struct exec_plugin {
	struct loop *loop;
	const struct kube_conn *conn;
	struct lender *lender; /* NULL: no terminal */
	struct child *child;
	bool lent;     /* child has the terminal */
	bool had;      /* it gave something before */
	bool declined; /* it failed with the terminal */
	struct loop_timer *timer; /* limit of a run, or the delay of an early failure */
	struct buf out;
	char last_words[200]; /* of stderr */
	char *token, *cert, *key;
	struct exec_credential cred;
	bool have;
	struct err early;
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
};

struct exec_plugin *exec_plugin_new(struct loop *l, const struct kube_conn *conn,
	struct lender *lender)
{
	struct exec_plugin *p = xcalloc(1, sizeof *p);

	p->loop = l;
	p->conn = conn;
	p->lender = lender;
	buf_init(&p->out, MAX_OUTPUT);
	p->out.secret = true;
	return p;
}

/* The command without its folder, for sentences. */
static const char *plugin_name(const struct exec_plugin *p)
{
	const char *slash = strrchr(p->conn->exec.command, '/');

	return slash ? slash + 1 : p->conn->exec.command;
}

static void secret_drop(char **s)
{
	if (*s)
		OPENSSL_cleanse(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

void exec_plugin_forget(struct exec_plugin *p)
{
	secret_drop(&p->token);
	secret_drop(&p->cert);
	secret_drop(&p->key);
	p->cred = (struct exec_credential){ .token = NULL };
	p->have = false;
}

void exec_plugin_ask_again(struct exec_plugin *p)
{
	p->declined = p->had = false;
}

/* The child is gone, and the terminal ours again. */
static void plugin_gone(struct exec_plugin *p)
{
	p->child = NULL;
	if (p->lent)
		p->lender->back(p->lender);
	p->lent = false;
}

void exec_plugin_free(struct exec_plugin *p)
{
	if (!p)
		return;
	if (p->child)
		child_abandon(p->child);
	plugin_gone(p);
	if (p->timer)
		loop_timer_remove(p->timer);
	exec_plugin_forget(p);
	buf_release(&p->out);
	free(p);
}

const struct exec_credential *exec_plugin_get(struct exec_plugin *p)
{
	if (!p->have)
		return NULL;
	if (p->cred.expires && clock_wall(loop_clock(p->loop)) > p->cred.expires - LEEWAY_MS)
		return NULL;
	return &p->cred;
}

bool exec_plugin_read(struct exec_plugin *p, const char *text, size_t len, struct err *e)
{
	const char *name = plugin_name(p);
	struct err why = ERR_INIT;
	json_t *j = json_parse(text, len, &why);
	bool ok = false;

	if (!j) {
		err_set(e, ERR_AUTH, "%s printed no ExecCredential: %s", name, why.text);
		return false;
	}
	const char *version = json_str(j, "apiVersion");
	const char *token = json_str(j, "status.token");
	const char *cert = json_str(j, "status.clientCertificateData");
	const char *key = json_str(j, "status.clientKeyData");
	if (!str_eq(json_str(j, "kind"), "ExecCredential") ||
	    !str_eq(version, p->conn->exec.api_version)) {
		err_set(e, ERR_AUTH, "%s printed %s, expected %s", name,
			version ? version : "no apiVersion", p->conn->exec.api_version);
	} else if ((cert == NULL) != (key == NULL)) {
		err_set(e, ERR_AUTH, "%s gave a certificate without its key, or a key alone", name);
	} else if (str_empty(token) && !cert) {
		err_set(e, ERR_AUTH, "%s gave neither token nor certificate", name);
	} else {
		exec_plugin_forget(p);
		p->token = xstrdup(token);
		p->cert = xstrdup(cert);
		p->key = xstrdup(key);
		p->cred = (struct exec_credential){
			.token = p->token, .cert_pem = p->cert, .key_pem = p->key,
			.expires = stamp_parse(json_str(j, "status.expirationTimestamp")),
		};
		p->have = true;
		ok = true;
	}
	json_decref(j);
	return ok;
}

static void plugin_finish(struct exec_plugin *p, const struct err *e)
{
	void (*done)(void *ctx, const struct err *e) = p->done;

	if (p->timer)
		loop_timer_remove(p->timer);
	p->timer = NULL;
	p->done = NULL;
	p->had = p->had || !e;
	buf_clear(&p->out);
	if (done)
		done(p->ctx, e);
}

static void plugin_line(void *ctx, const char *line, size_t n, bool err)
{
	struct exec_plugin *p = ctx;

	if (!err) {
		buf_add(&p->out, line, n);
		buf_addc(&p->out, '\n');
	} else if (n > 0) {
		snprintf(p->last_words, sizeof p->last_words, "%.*s", (int)(n < 199 ? n : 199),
			line);
	}
}

static bool plugin_start(struct exec_plugin *p, bool terminal, struct err *e);

static bool plugin_can_lend(const struct exec_plugin *p)
{
	return p->lender && p->lender->can(p->lender);
}

/* Without the terminal it came to nothing: perhaps with it. */
static bool plugin_again(struct exec_plugin *p, bool lent)
{
	if (lent || p->conn->exec.mode != EXEC_IF_AVAILABLE || p->declined || !plugin_can_lend(p))
		return false;
	if (p->timer)
		loop_timer_remove(p->timer);
	p->timer = NULL;
	buf_clear(&p->out);
	return plugin_start(p, true, NULL);
}

static void plugin_exit(void *ctx, int code)
{
	struct exec_plugin *p = ctx;
	struct err e = ERR_INIT;
	bool lent = p->lent;

	plugin_gone(p);
	if (code < 0) {
		err_set(&e, ERR_AUTH, "%s was ended by a signal (%s)", plugin_name(p),
			sigdescr_np(-code));
	} else if (code != 0) {
		err_set(&e, ERR_AUTH, "%s ended with %d%s%s", plugin_name(p), code,
			p->last_words[0] ? ": " : "", p->last_words);
		err_hint(&e, "run the command in a shell to see what it needs%s",
			lent ? "; Ctrl-R asks again" : "");
	} else if (p->out.failed) {
		err_set(&e, ERR_AUTH, "%s printed too much", plugin_name(p));
	} else {
		exec_plugin_read(p, buf_str(&p->out), p->out.len, &e);
	}
	if (err_is_set(&e) && plugin_again(p, lent))
		return;
	if (err_is_set(&e) && lent) {
		p->declined = true;
		err_hint(&e, "Ctrl-R asks again");
		p->early = e;
	}
	plugin_finish(p, err_is_set(&e) ? &e : NULL);
}

static void plugin_too_slow(void *ctx)
{
	struct exec_plugin *p = ctx;
	struct err e = ERR_INIT;

	p->timer = NULL;
	child_abandon(p->child);
	plugin_gone(p);
	if (plugin_again(p, false))
		return;
	err_set(&e, ERR_AUTH, "%s did not end within a minute", plugin_name(p));
	plugin_finish(p, &e);
}

static void plugin_early(void *ctx)
{
	struct exec_plugin *p = ctx;
	struct err e = p->early;

	p->timer = NULL;
	plugin_finish(p, &e);
}

/* KUBERNETES_EXEC_INFO: what the plugin may know about its caller. */
static char *plugin_info(const struct kube_conn *c, bool terminal)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, "KUBERNETES_EXEC_INFO={\"apiVersion\":");
	json_quote(&b, c->exec.api_version);
	buf_addf(&b, ",\"kind\":\"ExecCredential\",\"spec\":{\"interactive\":%s",
		terminal ? "true" : "false");
	if (c->exec.cluster_info) {
		buf_adds(&b, ",\"cluster\":{\"server\":");
		json_quote(&b, c->server);
		if (c->tls_server_name) {
			buf_adds(&b, ",\"tls-server-name\":");
			json_quote(&b, c->tls_server_name);
		}
		if (c->insecure)
			buf_adds(&b, ",\"insecure-skip-tls-verify\":true");
		if (c->ca_pem) {
			buf_adds(&b, ",\"certificate-authority-data\":\"");
			base64_encode(&b, c->ca_pem, strlen(c->ca_pem));
			buf_addc(&b, '"');
		}
		if (c->proxy) {
			buf_adds(&b, ",\"proxy-url\":");
			json_quote(&b, c->proxy);
		}
		buf_addc(&b, '}');
	}
	buf_adds(&b, "}}");
	return buf_detach(&b);
}

static struct child *plugin_spawn(struct exec_plugin *p, bool terminal, struct err *e)
{
	const struct kube_exec *x = &p->conn->exec;
	const char **argv = xcalloc(x->args.n + 2, sizeof *argv);
	const char **env = xcalloc(x->env.n + 2, sizeof *env);
	char *info = plugin_info(p->conn, terminal);

	argv[0] = x->command;
	for (size_t i = 0; i < x->args.n; i++)
		argv[i + 1] = x->args.v[i];
	for (size_t i = 0; i < x->env.n; i++)
		env[i] = x->env.v[i];
	env[x->env.n] = info;
	struct child *c = child_start(p->loop, &(struct child_spec){
		.argv = argv, .env_add = env, .terminal = terminal, .on_line = plugin_line,
		.on_exit = plugin_exit, .ctx = p,
	}, e);
	free(argv);
	free(env);
	free(info);
	return c;
}

/* Who has the terminal may take the time it needs; e may be NULL. */
static bool plugin_start(struct exec_plugin *p, bool terminal, struct err *e)
{
	struct err why = ERR_INIT;

	p->last_words[0] = '\0';
	p->lent = terminal;
	if (terminal)
		p->lender->lend(p->lender, plugin_name(p));
	p->child = plugin_spawn(p, terminal, &why);
	if (p->child) {
		if (!terminal)
			p->timer = loop_timer_add(p->loop,
				(int64_t)(RUN_LIMIT_MS * loop_clock(p->loop)->scale),
				plugin_too_slow, p);
		return true;
	}
	plugin_gone(p);
	if (e) {
		err_set(e, ERR_CONFIG, "the kubeconfig's command for credentials: %s", why.text);
		if (p->conn->exec.install_hint)
			err_hint(e, "%s", p->conn->exec.install_hint);
	}
	return false;
}

void exec_plugin_run(struct exec_plugin *p, void (*done)(void *ctx, const struct err *e),
	void *ctx)
{
	const struct kube_exec *x = &p->conn->exec;
	bool can = plugin_can_lend(p);
	bool started = false;

	p->done = done;
	p->ctx = ctx;
	if (p->child || p->timer)
		return;
	/* Having failed with the terminal, what it ended with stands in early. */
	bool refused = x->mode == EXEC_ALWAYS && p->declined;
	if (!refused)
		err_clear(&p->early);
	if (x->mode == EXEC_ALWAYS && !can && !refused) {
		err_set(&p->early, ERR_CONFIG, "%s wants the terminal (interactiveMode Always), "
			"and there is none to give", plugin_name(p));
		err_hint(&p->early, "log in with it in a shell first, or use another context");
	} else if (!refused) {
		bool lend = can && !p->declined &&
			(x->mode == EXEC_ALWAYS || (x->mode == EXEC_IF_AVAILABLE && !p->had));
		started = plugin_start(p, lend, &p->early);
	}
	if (!started)
		p->timer = loop_timer_add(p->loop, 0, plugin_early, p);
}
