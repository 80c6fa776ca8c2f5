/* SPDX-License-Identifier: Apache-2.0 */
/* One object, read whole when somebody asks to see it. */
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/impl.h"
#include "k8s/verb.h"

struct read {
	void (*done)(void *ctx, const char *json, size_t len, const struct err *e);
	void *ctx;
};

static void read_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct read *r = ctx;

	r->done(r->ctx, e ? NULL : a->body, e ? 0 : a->len, e);
	free(r);
}

void verb_read(struct kube *k, const char *what, const char *ns, const char *name,
	void (*done)(void *ctx, const char *json, size_t len, const struct err *e), void *ctx)
{
	struct read *r = xcalloc(1, sizeof *r);
	bool core = !str_eq(what, "deployments");
	char *path = !ns ? k8s_path("/api/v1", what, name, NULL) :
		k8s_path(core ? "/api/v1/namespaces" : "/apis/apps/v1/namespaces", ns, what, name,
			NULL);
	char *words = xasprintf("read %s", name);

	*r = (struct read){ done, ctx };
	kube_client_start(k8s_of(k)->client, &(struct kube_request){
		.method = "GET", .path = path, .what = words, .timeout_ms = VERB_TIMEOUT_MS,
		.on_done = read_done, .ctx = r,
	});
	free(words);
	free(path);
}
