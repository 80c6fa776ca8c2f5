/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs for Deployments and DaemonSets: scale, environment, restart. */
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/xalloc.h"
#include "k8s/impl.h"
#include "k8s/verb.h"

void verb_scale(struct kube *k, const char *ns, const char *deployment, int32_t replicas,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, ns, deployment);

	v->what = xasprintf("scale %s/%s", ns, deployment);
	verb_patch_tried(v, k8s_path("/apis/apps/v1/namespaces", ns, "deployments", deployment,
			"scale", NULL), VERB_MERGE,
		xasprintf("{\"spec\":{\"replicas\":%d}}", (int)replicas));
}

/* Lists with a merge key: what is not named stays. */
void verb_set_env(struct kube *k, const char *ns, const char *daemonset, const char *container,
	const struct env_entry *env, size_t n, void (*done)(void *ctx, const struct err *e),
	void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, ns, daemonset);
	struct buf body = BUF_INIT;

	v->what = xasprintf("change the environment of %s/%s", ns, daemonset);
	buf_adds(&body, "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":");
	json_quote(&body, container);
	buf_adds(&body, ",\"env\":[");
	for (size_t i = 0; i < n; i++) {
		buf_adds(&body, i ? ",{\"name\":" : "{\"name\":");
		json_quote(&body, env[i].name);
		buf_adds(&body, env[i].value ? ",\"value\":" : ",\"$patch\":\"delete\"");
		if (env[i].value)
			json_quote(&body, env[i].value);
		buf_addc(&body, '}');
	}
	buf_adds(&body, "]}]}}}}");
	verb_patch_tried(v, k8s_path("/apis/apps/v1/namespaces", ns, "daemonsets", daemonset,
			NULL), VERB_STRATEGIC, buf_detach(&body));
}

void verb_restart(struct kube *k, const char *ns, const char *daemonset,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, ns, daemonset);
	char stamp[40];

	stamp_format(stamp, kube_client_wall(v->k->client), false);
	v->what = xasprintf("restart %s/%s", ns, daemonset);
	verb_patch_tried(v, k8s_path("/apis/apps/v1/namespaces", ns, "daemonsets", daemonset,
			NULL), VERB_STRATEGIC,
		xasprintf("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{"
			"\"kubectl.kubernetes.io/restartedAt\":\"%s\"}}}}}", stamp));
}
