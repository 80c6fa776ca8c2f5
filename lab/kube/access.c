/* SPDX-License-Identifier: Apache-2.0 */
/* "May I?": the lab's one user may do everything. */
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/fault.h"
#include "lab/kube/api.h"

static json_t *access_status(const struct world *w, const json_t *review)
{
	const char *verb = json_str(review, "spec.resourceAttributes.verb");
	const char *resource = json_str(review, "spec.resourceAttributes.resource");
	const char *sub = json_str(review, "spec.resourceAttributes.subresource");
	bool evict = str_eq(sub, "eviction");
	const char *why = lab_fault_kube_denies(w, evict ? "evict" : verb, resource);

	return json_pack("{s:b, s:s}", "allowed", !why, "reason",
		why ? why : "the lab's user may do everything");
}

static json_t *rules_status(void)
{
	return json_pack("{s:[{s:[s], s:[s], s:[s]}], s:[{s:[s], s:[s]}], s:b}", "resourceRules",
		"verbs", "*", "apiGroups", "*", "resources", "*", "nonResourceRules", "verbs", "*",
		"nonResourceURLs", "*", "incomplete", 0);
}

/* What a protobuf body asks does not matter to a yes: it is answered without being repeated. */
static json_t *body_read(const struct lab_request *rq, bool access)
{
	if (!str_starts(lab_request_header(rq, "Content-Type"),
		    "application/vnd.kubernetes.protobuf"))
		return json_parse(buf_str(&rq->body), rq->body.len, NULL);
	return json_pack("{s:s, s:s, s:{}, s:{}}", "kind",
		access ? "SelfSubjectAccessReview" : "SelfSubjectRulesReview", "apiVersion",
		"authorization.k8s.io/v1", "metadata", "spec");
}

bool kube_access(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	static const char prefix[] = "/apis/authorization.k8s.io/v1/";
	if (strcmp(rq->method, "POST") != 0 || !str_starts(rq->path, prefix))
		return false;
	const char *what = rq->path + sizeof(prefix) - 1;
	bool access = strcmp(what, "selfsubjectaccessreviews") == 0;
	if (!access && strcmp(what, "selfsubjectrulesreviews") != 0)
		return false;
	json_t *j = body_read(rq, access);
	if (!json_is_object(j)) {
		kube_status(rp, 400, "BadRequest", NULL, "the body of the request is no JSON "
			"object");
	} else {
		json_object_set_new(j, "status", access ? access_status(w, j) : rules_status());
		kube_reply_json(rp, 201, json_incref(j));
	}
	json_decref(j);
	return true;
}
