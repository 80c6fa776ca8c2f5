/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: what is shared by the source and the verbs. */
#include "k8s/k8s.h"

#include <stdarg.h>
#include <stdlib.h>

#include "core/base/bug.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"
#include "k8s/impl.h"

static void text_swap(char **a, char **b)
{
	char *c = *a;

	*a = *b;
	*b = c;
}

/*
 * What the files say by now: kops' administrators' certificates end after 18 hours, and the user
 * writes new ones while we run.  Only from the same context to the same server.
 */
static bool k8s_renew(void *ctx)
{
	struct k8s *k = ctx;
	struct kube_conn_env env;
	struct kube_conn now = { .context = NULL };

	if (!k->conn.source)
		return false;
	kube_conn_env_get(&env);
	bool ok = kube_conn_load(&now, k->kubeconfig, k->conn.context, NULL, &env, NULL) &&
		str_eq(now.server, k->conn.server) && !now.exec.command && !now.token_file &&
		(!str_eq(now.token, k->conn.token) || !str_eq(now.cert_pem, k->conn.cert_pem) ||
		!str_eq(now.password, k->conn.password));
	if (ok) {
		text_swap(&k->conn.token, &now.token);
		text_swap(&k->conn.cert_pem, &now.cert_pem);
		text_swap(&k->conn.key_pem, &now.key_pem);
		text_swap(&k->conn.username, &now.username);
		text_swap(&k->conn.password, &now.password);
	}
	kube_conn_release(&now);
	return ok;
}

struct k8s *k8s_new(struct loop *l, struct http *h, const struct k8s_options *o, struct err *e)
{
	struct kube_conn_env env;
	struct k8s *k = xcalloc(1, sizeof *k);

	kube_conn_env_get(&env);
	k->kube.ops = &k8s_verbs;
	k->loop = l;
	if (!kube_conn_load(&k->conn, o->kubeconfig, str_empty(o->context) ? NULL : o->context,
			o->cluster, &env, e)) {
		kube_conn_release(&k->conn);
		free(k);
		return NULL;
	}
	k->kubeconfig = xstrdup(o->kubeconfig);
	k->client = kube_client_new(l, h, &k->conn, o->lender);
	kube_client_on_refused(k->client, k8s_renew, k);
	return k;
}

bool k8s_contexts(const char *kubeconfig, struct strlist *out, struct err *e)
{
	struct kube_conn_env env;

	kube_conn_env_get(&env);
	return kube_contexts(out, kubeconfig, &env, e);
}

char *k8s_program(const char *kubeconfig)
{
	struct kube_conn_env env;

	kube_conn_env_get(&env);
	return kube_program(kubeconfig, &env);
}

void k8s_free(struct k8s *k)
{
	if (!k)
		return;
	if (k->source)
		BUG("the source is to be freed before its connection");
	kube_client_free(k->client);
	kube_conn_release(&k->conn);
	free(k->kubeconfig);
	free(k);
}

const char *k8s_context(const struct k8s *k)
{
	return k->conn.context;
}

const char *k8s_server(const struct k8s *k)
{
	return k->conn.server;
}

struct kube *k8s_kube(struct k8s *k)
{
	return &k->kube;
}

struct k8s *k8s_of(struct kube *k)
{
	return (struct k8s *)k;
}

char *k8s_path(const char *first, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	buf_adds(&b, first);
	va_start(ap, first);
	for (;;) {
		const char *part = va_arg(ap, const char *);
		if (!part)
			break;
		buf_addc(&b, '/');
		url_encode(&b, part, false);
	}
	va_end(ap);
	return buf_detach(&b);
}
