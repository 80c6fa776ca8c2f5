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
	k->client = kube_client_new(l, h, &k->conn);
	return k;
}

void k8s_free(struct k8s *k)
{
	if (!k)
		return;
	if (k->source)
		BUG("the source is to be freed before its connection");
	kube_client_free(k->client);
	kube_conn_release(&k->conn);
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
