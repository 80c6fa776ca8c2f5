/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much OpenAPI v3 as kubectl asks for: that PATCH of a kind knows
 * fieldValidation and dryRun, so that it leaves validation to the server.
 * The schemas themselves are not given; kubectl then merges with its own types.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/kube-api.h"

static void group_path(const struct kube_resource *r, char out[128])
{
	if (r->group[0])
		snprintf(out, 128, "apis/%s/%s", r->group, r->version);
	else
		snprintf(out, 128, "api/%s", r->version);
}

static json_t *index_doc(void)
{
	json_t *paths = json_object();
	char path[128];
	for (int i = 0; i < KUBE_KIND__COUNT; i++) {
		group_path(kube_resource((enum kube_kind)i), path);
		json_object_set_new(paths, path, json_pack("{s:o}", "serverRelativeURL",
			json_sprintf("/openapi/v3/%s?hash=1", path)));
	}
	return json_pack("{s:o}", "paths", paths);
}

static json_t *parameter(const char *name)
{
	return json_pack("{s:s, s:s, s:{s:s, s:b}}", "name", name, "in", "query", "schema", "type",
		"string", "uniqueItems", 1);
}

static json_t *group_doc(const char *want)
{
	json_t *paths = json_object();
	char path[128];
	for (int i = 0; i < KUBE_KIND__COUNT; i++) {
		const struct kube_resource *r = kube_resource((enum kube_kind)i);
		group_path(r, path);
		if (strcmp(path, want) != 0)
			continue;
		json_t *key = json_sprintf("/%s/%s%s/{name}", path,
			r->namespaced ? "namespaces/{namespace}/" : "", r->plural);
		json_object_set_new(paths, json_string_value(key), json_pack(
			"{s:{s:[o,o], s:{s:s, s:s, s:s}, s:s, s:{}}}", "patch", "parameters",
			parameter("fieldValidation"), parameter("dryRun"),
			"x-kubernetes-group-version-kind", "group", r->group, "version", r->version,
			"kind", r->kind, "x-kubernetes-action", "patch", "responses"));
		json_decref(key);
	}
	if (json_object_size(paths) == 0) {
		json_decref(paths);
		return NULL;
	}
	return json_pack("{s:s, s:{s:s, s:s}, s:o, s:{s:{}}}", "openapi", "3.0.0", "info", "title",
		"kopscope lab", "version", "v1.34.2", "paths", paths, "components", "schemas");
}

bool kube_openapi(const struct lab_request *rq, struct lab_reply *rp)
{
	static const char prefix[] = "/openapi/v3/";
	json_t *doc = NULL;
	if (strcmp(rq->path, "/openapi/v3") == 0)
		doc = index_doc();
	else if (str_starts(rq->path, prefix))
		doc = group_doc(rq->path + sizeof(prefix) - 1);
	if (!doc)
		return false;
	kube_reply_json(rp, 200, doc);
	return true;
}
