/* SPDX-License-Identifier: Apache-2.0 */
/* What we may do, asked of the server by SelfSubjectAccessReview. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/impl.h"

static const struct {
	const char *verb, *group, *resource, *subresource, *ns; /* ns NULL: all */
	const char *words;
} rights[KUBE_VERB__COUNT] = {
	[KUBE_EVICT] = { "create", "", "pods", "eviction", NULL, "evict pods" },
	[KUBE_PATCH_NODE] = { "patch", "", "nodes", NULL, NULL, "change nodes" },
	[KUBE_SCALE] = { "patch", "apps", "deployments", "scale", NULL, "scale Deployments" },
	[KUBE_PATCH_DAEMONSET] = {
		"patch", "apps", "daemonsets", NULL, "kube-system",
		"change DaemonSets in kube-system",
	},
	[KUBE_DELETE_POD] = { "delete", "", "pods", NULL, NULL, "delete pods" },
	[KUBE_LEASE] = {
		"update", "coordination.k8s.io", "leases", NULL, "kube-system",
		"write Leases in kube-system",
	},
	[KUBE_PATCH_DEPLOYMENT] = { "patch", "apps", "deployments", NULL, NULL,
		"change Deployments" },
};

struct asking {
	struct k8s *k;
	enum kube_verb_id verb;
};

static void review_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct asking *q = ctx;
	struct review *r = &q->k->reviews[q->verb];
	json_t *j = e ? NULL : json_parse(a->body, a->len, NULL);
	const json_t *allowed = json_path(j, "status.allowed");

	if (json_is_boolean(allowed)) {
		const char *reason = json_str(j, "status.reason");
		r->allowed = json_is_true(allowed) ? TRI_YES : TRI_NO;
		r->why[0] = '\0';
		if (r->allowed == TRI_NO)
			snprintf(r->why, sizeof r->why, "this user may not %s%s%s",
				rights[q->verb].words, str_empty(reason) ? "" : ": ",
				reason ? reason : "");
	}
	json_decref(j);
	free(q);
}

static void attribute_add(struct buf *b, const char *name, const char *value)
{
	if (str_empty(value))
		return;
	buf_addf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
	json_quote(b, value);
}

void k8s_review(struct k8s *k)
{
	for (size_t i = 0; i < KUBE_VERB__COUNT; i++) {
		struct asking *q = xcalloc(1, sizeof *q);
		struct buf body = BUF_INIT;
		q->k = k;
		q->verb = (enum kube_verb_id)i;
		buf_adds(&body, "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":"
			"\"SelfSubjectAccessReview\",\"spec\":{\"resourceAttributes\":{");
		attribute_add(&body, "namespace", rights[i].ns);
		attribute_add(&body, "verb", rights[i].verb);
		attribute_add(&body, "group", rights[i].group);
		attribute_add(&body, "resource", rights[i].resource);
		attribute_add(&body, "subresource", rights[i].subresource);
		buf_adds(&body, "}}}");
		kube_client_start(k->client, &(struct kube_request){
			.method = "POST",
			.path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
			.content_type = "application/json", .body = buf_str(&body),
			.what = "ask what is allowed", .on_done = review_done, .ctx = q,
		});
		buf_release(&body);
	}
}
