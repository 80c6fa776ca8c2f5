/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much OpenAPI v3 as kubectl asks for: that PATCH of a kind knows
 * fieldValidation and dryRun, so that it leaves validation to the server.
 * The schemas themselves are not given; kubectl then merges with its own types.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"

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

/* ---- version 2, in protobuf ------------------------------------------------------- */

/* A length-delimited field: the number, the length, the bytes. */
static void proto_bytes(struct buf *out, unsigned field, const void *p, size_t n)
{
	buf_addc(out, (char)(field << 3 | 2));
	for (size_t left = n; ; left >>= 7) {
		buf_addc(out, (char)((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
		if (left <= 0x7f)
			break;
	}
	buf_add(out, p, n);
}

static void proto_text(struct buf *out, unsigned field, const char *s)
{
	proto_bytes(out, field, s, strlen(s));
}

/* The message in *inner becomes a field of out; inner is empty afterwards. */
static void proto_message(struct buf *out, unsigned field, struct buf *inner)
{
	proto_bytes(out, field, buf_str(inner), inner->len);
	buf_clear(inner);
}

/* Operation.parameters: a query parameter dryRun. */
static void proto_dry_run(struct buf *operation)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	proto_text(&a, 2, "query");
	proto_text(&a, 4, "dryRun");
	proto_message(&b, 3, &a); /* NonBodyParameter.query_parameter_sub_schema */
	proto_message(&a, 2, &b); /* Parameter.non_body_parameter */
	proto_message(&b, 1, &a); /* ParametersItem.parameter */
	proto_message(operation, 8, &b);
	buf_release(&a);
	buf_release(&b);
}

/* Operation.vendor_extension: which kind the operation is about. */
static void proto_kind(struct buf *operation, const struct kube_resource *r)
{
	struct buf a = BUF_INIT, b = BUF_INIT, yaml = BUF_INIT;
	buf_addf(&yaml, "group: \"%s\"\nkind: %s\nversion: %s\n", r->group, r->kind, r->version);
	proto_text(&a, 2, buf_str(&yaml)); /* Any.yaml */
	proto_text(&b, 1, "x-kubernetes-group-version-kind");
	proto_message(&b, 2, &a); /* NamedAny.value */
	proto_message(operation, 13, &b);
	buf_release(&a);
	buf_release(&b);
	buf_release(&yaml);
}

/*
 * kubectl before 1.27 asks for this (gnostic's openapi.v2.Document) and cannot apply without an
 * answer: which kinds know dryRun, and no definitions, so that it skips validation and merges with
 * its own types.
 */
static void openapi_v2(struct lab_reply *rp)
{
	struct buf a = BUF_INIT, b = BUF_INIT, paths = BUF_INIT;
	char path[128];
	proto_text(&rp->body, 1, "2.0");
	proto_text(&a, 1, "kopscope lab");
	proto_text(&a, 2, "v1.34.2");
	proto_message(&rp->body, 2, &a);
	for (int i = 0; i < KUBE_KIND__COUNT; i++) {
		const struct kube_resource *r = kube_resource((enum kube_kind)i);
		group_path(r, path);
		proto_dry_run(&a);
		proto_kind(&a, r);
		proto_message(&b, 8, &a); /* PathItem.patch */
		char *name = xasprintf("/%s/%s%s/{name}", path,
			r->namespaced ? "namespaces/{namespace}/" : "", r->plural);
		proto_text(&a, 1, name); /* NamedPathItem.name */
		proto_message(&a, 2, &b);
		proto_message(&paths, 2, &a);
		free(name);
	}
	proto_message(&rp->body, 8, &paths);
	buf_release(&a);
	buf_release(&b);
	buf_release(&paths);
	rp->status = 200;
	lab_reply_header(rp, "Content-Type",
		"application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
}

bool kube_openapi(const struct lab_request *rq, struct lab_reply *rp)
{
	static const char prefix[] = "/openapi/v3/";
	json_t *doc = NULL;
	if (strcmp(rq->path, "/openapi/v2") == 0) {
		openapi_v2(rp);
		return true;
	}
	if (strcmp(rq->path, "/openapi/v3") == 0)
		doc = index_doc();
	else if (str_starts(rq->path, prefix))
		doc = group_doc(rq->path + sizeof(prefix) - 1);
	if (!doc)
		return false;
	kube_reply_json(rp, 200, doc);
	return true;
}
