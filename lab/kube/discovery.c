/* SPDX-License-Identifier: Apache-2.0 */
/* /version, health, and the lists of groups, versions and resources. */
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/kube/api.h"
#include "lab/world.h"

static const struct {
	const char *name, *version;
} groups[] = {
	{ "apps", "v1" },
	{ "authorization.k8s.io", "v1" },
	{ "coordination.k8s.io", "v1" },
	{ "policy", "v1" },
	{ "scheduling.k8s.io", "v1" },
	{ "storage.k8s.io", "v1" },
};

static json_t *version_doc(const struct world *w)
{
	int major = 1, minor = 34;
	sscanf(w->kube_version, "v%d.%d", &major, &minor);
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s}", "gitVersion", w->kube_version,
		"gitTreeState", "clean", "platform", "linux/amd64", "compiler", "gc", "goVersion",
		"go1.24.9");
	json_object_set_new(j, "major", json_sprintf("%d", major));
	json_object_set_new(j, "minor", json_sprintf("%d", minor));
	return j;
}

static json_t *group_doc(size_t i)
{
	char gv[64];
	snprintf(gv, sizeof(gv), "%s/%s", groups[i].name, groups[i].version);
	return json_pack("{s:s, s:[{s:s, s:s}], s:{s:s, s:s}}", "name", groups[i].name, "versions",
		"groupVersion", gv, "version", groups[i].version, "preferredVersion",
		"groupVersion",
		gv, "version", groups[i].version);
}

static json_t *groups_doc(void)
{
	json_t *list = json_array();
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		json_array_append_new(list, group_doc(i));
	return json_pack("{s:s, s:s, s:o}", "kind", "APIGroupList", "apiVersion", "v1", "groups",
		list);
}

static json_t *words(const char *text)
{
	json_t *out = json_array();
	struct strlist l = { .v = NULL };
	strlist_split(&l, text, ',');
	for (size_t i = 0; i < l.n; i++)
		json_array_append_new(out, json_string(l.v[i]));
	strlist_release(&l);
	return out;
}

static void sub_add(json_t *list, const struct kube_resource *r, const char *sub, const char *kind,
	const char *group, const char *version, const char *verbs)
{
	json_t *j = json_object();
	json_object_set_new(j, "name", json_sprintf("%s/%s", r->plural, sub));
	json_object_set_new(j, "singularName", json_string(""));
	json_object_set_new(j, "namespaced", json_boolean(r->namespaced));
	if (group)
		json_object_set_new(j, "group", json_string(group));
	if (version)
		json_object_set_new(j, "version", json_string(version));
	json_object_set_new(j, "kind", json_string(kind));
	json_object_set_new(j, "verbs", words(verbs));
	json_array_append_new(list, j);
}

static void resource_add(json_t *list, const struct kube_resource *r)
{
	json_t *j = json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", r->plural, "singularName",
		r->singular, "namespaced", r->namespaced, "kind", r->kind, "verbs",
		words("create,delete,deletecollection,get,list,patch,update,watch"));
	if (r->short_names)
		json_object_set_new(j, "shortNames", words(r->short_names));
	if (r->in_all)
		json_object_set_new(j, "categories", words("all"));
	json_array_append_new(list, j);
	if (r->status)
		sub_add(list, r, "status", r->kind, NULL, NULL, "get,patch,update");
	if (r->scale)
		sub_add(list, r, "scale", "Scale", "autoscaling", "v1", "get,patch,update");
	if (r->id == KUBE_PODS) {
		sub_add(list, r, "eviction", "Eviction", "policy", "v1", "create");
		sub_add(list, r, "binding", "Binding", NULL, NULL, "create");
	}
}

static json_t *resources_doc(const char *group, const char *version)
{
	json_t *list = json_array();
	for (int i = 0; i < KUBE_KIND__COUNT; i++) {
		const struct kube_resource *r = kube_resource((enum kube_kind)i);
		if (strcmp(r->group, group) == 0 && strcmp(r->version, version) == 0)
			resource_add(list, r);
	}
	if (strcmp(group, "authorization.k8s.io") == 0) {
		static const char *const kinds[] = { "SelfSubjectAccessReview",
			"SelfSubjectRulesReview" };
		static const char *const names[] = { "selfsubjectaccessreviews",
			"selfsubjectrulesreviews" };
		for (size_t i = 0; i < 2; i++)
			json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:s, s:o}", "name",
				names[i], "singularName", "", "namespaced", 0, "kind", kinds[i],
				"verbs",
				words("create")));
	}
	json_t *doc = json_pack("{s:s, s:s, s:o}", "kind", "APIResourceList", "apiVersion", "v1",
		"resources", list);
	json_object_set_new(doc, "groupVersion",
		json_sprintf("%s%s%s", group, group[0] ? "/" : "", version));
	return doc;
}

static json_t *document(struct world *w, const char *path)
{
	char text[128];
	if (strcmp(path, "/version") == 0)
		return version_doc(w);
	if (strcmp(path, "/api") == 0)
		return json_pack("{s:s, s:[s], s:[]}", "kind", "APIVersions", "versions", "v1",
			"serverAddressByClientCIDRs");
	if (strcmp(path, "/apis") == 0)
		return groups_doc();
	if (strcmp(path, "/api/v1") == 0)
		return resources_doc("", "v1");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		int n = snprintf(text, sizeof(text), "/apis/%s", groups[i].name);
		if (strncmp(path, text, (size_t)n) != 0)
			continue;
		if (path[n] == '\0') {
			json_t *g = group_doc(i);
			json_object_set_new(g, "kind", json_string("APIGroup"));
			json_object_set_new(g, "apiVersion", json_string("v1"));
			return g;
		}
		if (path[n] == '/' && strcmp(path + n + 1, groups[i].version) == 0)
			return resources_doc(groups[i].name, groups[i].version);
	}
	return NULL;
}

bool kube_discovery(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	if (strcmp(rq->method, "GET") != 0)
		return false;
	if (str_eq(rq->path, "/healthz") || str_eq(rq->path, "/livez") ||
	    str_eq(rq->path, "/readyz")) {
		lab_reply_text(rp, 200, "text/plain; charset=utf-8", "ok");
		return true;
	}
	json_t *doc = document(w, rq->path);
	if (!doc)
		return false;
	kube_reply_json(rp, 200, doc);
	return true;
}
