/* SPDX-License-Identifier: Apache-2.0 */
/* The API server's faults, in its own words. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/fault.h"
#include "lab/kube/api.h"
#include "lab/world.h"

static bool is_watch(const struct lab_request *rq)
{
	const char *v = lab_request_query(rq, "watch");

	return str_eq(v, "1") || str_eq(v, "true");
}

/* Resource and verb as RBAC calls them; an eviction is "evict". */
static void request_names(const struct lab_request *rq, struct strlist *parts,
	const char **verb, const char **resource)
{
	static const struct {
		const char *method, *verb;
	} verbs[] = {
		{ "POST", "create" }, { "PUT", "update" }, { "PATCH", "patch" },
		{ "DELETE", "delete" },
	};
	size_t at;

	*resource = NULL;
	*verb = "get";
	strlist_split(parts, rq->path, '/');
	if (parts->n < 4 || (!str_eq(parts->v[1], "api") && !str_eq(parts->v[1], "apis")))
		return;
	at = str_eq(parts->v[1], "api") ? 3 : 4;
	if (at + 2 < parts->n && str_eq(parts->v[at], "namespaces"))
		at += 2;
	if (at >= parts->n)
		return;
	*resource = parts->v[at];
	if (str_eq(rq->method, "GET") && at + 1 == parts->n)
		*verb = is_watch(rq) ? "watch" : "list";
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (str_eq(rq->method, verbs[i].method))
			*verb = verbs[i].verb;
	}
	if (str_eq(parts->v[parts->n - 1], "eviction"))
		*verb = "evict";
}

const char *lab_fault_kube_denies(const struct world *w, const char *verb, const char *resource)
{
	const struct strlist *words = lab_fault_words(w->faults, FAULT_K8S_403);
	char *both;
	bool hit = false;

	if (!verb || !resource)
		return NULL;
	both = xasprintf("%s:%s", verb, resource);
	for (size_t i = 0; i < words->n && !hit; i++)
		hit = fnmatch(words->v[i], verb, 0) == 0 || fnmatch(words->v[i], both, 0) == 0;
	free(both);
	return hit ? "no role of this user allows it" : NULL;
}

static bool denied(const struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	struct strlist parts = { .v = NULL };
	const char *verb, *resource;

	request_names(rq, &parts, &verb, &resource);
	bool hit = lab_fault_kube_denies(w, verb, resource) != NULL;
	if (hit) {
		const struct kube_details d = { .kind = resource };
		kube_status(rp, 403, "Forbidden", &d, "%s is forbidden: User \"lab\" cannot %s "
			"resource \"%s\" at the cluster scope", resource,
			str_eq(verb, "evict") ? "create" : verb, resource);
	}
	strlist_release(&parts);
	return hit;
}

/* Each watch from a version is turned away once, and let in when it comes from a new list. */
static bool expired(const struct lab_request *rq, struct lab_reply *rp)
{
	static unsigned long turn;
	const char *version = lab_request_query(rq, "resourceVersion");

	if (!is_watch(rq) || str_empty(version) || str_eq(version, "0") || turn++ % 2)
		return false;
	kube_status(rp, 410, "Expired", NULL, "too old resource version: %s", version);
	return true;
}

/* Not from the watch cache: all writes, and reads that want the newest. */
static bool from_etcd(const struct lab_request *rq)
{
	return !str_eq(rq->method, "GET") ||
		(!is_watch(rq) && str_starts(rq->path, "/api") &&
			str_empty(lab_request_query(rq, "resourceVersion")));
}

bool lab_fault_kube(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	const struct lab_faults *f = w->faults;

	if (lab_fault_is_on(f, FAULT_K8S_AWAY)) {
		rp->status = 0;
		return true;
	}
	if (lab_fault_is_on(f, FAULT_K8S_GARBAGE)) {
		lab_reply_text(rp, 200, "text/html", "<html><body>Sign in to use this network"
			"</body></html>\n");
		return true;
	}
	if (lab_fault_is_on(f, FAULT_K8S_429)) {
		lab_reply_header(rp, "Retry-After", "1");
		kube_status(rp, 429, "TooManyRequests", NULL,
			"too many requests, please try again later");
		return true;
	}
	if (lab_fault_is_on(f, FAULT_K8S_401)) {
		kube_status(rp, 401, "Unauthorized", NULL, "Unauthorized");
		return true;
	}
	if (lab_fault_is_on(f, FAULT_K8S_ETCD) && from_etcd(rq)) {
		kube_status(rp, 500, "InternalError", NULL, "etcdserver: request timed out");
		return true;
	}
	if (lab_fault_is_on(f, FAULT_K8S_410) && expired(rq, rp))
		return true;
	return lab_fault_is_on(f, FAULT_K8S_403) && denied(w, rq, rp);
}

void lab_fault_kube_changed(struct world *w)
{
	static const enum lab_fault ends[] = {
		FAULT_K8S_401, FAULT_K8S_403, FAULT_K8S_410, FAULT_K8S_429, FAULT_K8S_AWAY,
		FAULT_K8S_GARBAGE, FAULT_K8S_SLOW,
	};

	if (!lab_fault_is_on(w->faults, FAULT_K8S_HALF_OPEN))
		lab_streams_thaw();
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (lab_fault_is_on(w->faults, ends[i])) {
			kube_watch_drop(w->kube);
			return;
		}
	}
}
