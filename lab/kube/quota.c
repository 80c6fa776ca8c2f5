/* SPDX-License-Identifier: Apache-2.0 */
/* What namespaces may hold. */
#include "lab/kube/quota.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

/* Keys of spec.hard, and the request that each counts; NULL: the pod itself. */
static const struct {
	const char *key, *resource;
} counted[] = {
	{ "count/pods", NULL }, { "cpu", "cpu" }, { "memory", "memory" }, { "pods", NULL },
	{ "requests.cpu", "cpu" }, { "requests.memory", "memory" },
};
#define NCOUNTED (sizeof(counted) / sizeof(counted[0]))

/* In thousandths. */
static int64_t pod_counts(const json_t *pod, const char *resource)
{
	size_t i;
	json_t *c;
	int64_t sum = 0;
	if (!resource)
		return 1000;
	json_array_foreach(json_path(pod, "spec.containers"), i, c)
		sum += sim_quantity(json_string_value(json_object_get(
			json_path(c, "resources.requests"), resource)));
	return sum;
}

static int64_t used_in(struct kube *k, const char *ns, const char *resource)
{
	int64_t sum = 0;
	for (size_t i = kube_lower(k, KUBE_PODS, ns, "");; i++) {
		const struct kobj *o = kube_at(k, KUBE_PODS, i);
		if (!o || strcmp(o->ns, ns) != 0)
			return sum;
		if (!sim_pod_finished(o))
			sum += pod_counts(o->json, resource);
	}
}

/* A quantity as the quota controller would write it. */
static void quantity_add(struct buf *out, const char *resource, int64_t milli)
{
	const int64_t mi = 1048576;
	if (str_eq(resource, "memory") && milli / 1000 % mi == 0 && milli > 0)
		buf_addf(out, "%lldMi", (long long)(milli / 1000 / mi));
	else if (milli % 1000)
		buf_addf(out, "%lldm", (long long)milli);
	else
		buf_addf(out, "%lld", (long long)(milli / 1000));
}

static char *one_refuses(struct kube *k, const struct kobj *q, const json_t *pod)
{
	struct buf asked = BUF_INIT, used = BUF_INIT, hard = BUF_INIT;
	for (size_t i = 0; i < NCOUNTED; i++) {
		const char *key = counted[i].key, *resource = counted[i].resource;
		const char *limit = json_string_value(json_object_get(
			json_path(q->json, "spec.hard"), key));
		int64_t want = limit ? pod_counts(pod, resource) : 0;
		int64_t have = limit ? used_in(k, q->ns, resource) : 0;
		if (!limit || have + want <= sim_quantity(limit))
			continue;
		const char *comma = asked.len ? "," : "";
		buf_addf(&asked, "%s%s=", comma, key);
		quantity_add(&asked, resource, want);
		buf_addf(&used, "%s%s=", comma, key);
		quantity_add(&used, resource, have);
		buf_addf(&hard, "%s%s=%s", comma, key, limit);
	}
	char *words = asked.len ? xasprintf("exceeded quota: %s, requested: %s, used: %s, "
		"limited: %s", q->name, buf_str(&asked), buf_str(&used), buf_str(&hard)) : NULL;
	buf_release(&asked);
	buf_release(&used);
	buf_release(&hard);
	return words;
}

char *quota_refuses(struct kube *k, const char *ns, const void *pod)
{
	for (size_t i = kube_lower(k, KUBE_RESOURCEQUOTAS, ns, "");; i++) {
		const struct kobj *q = kube_at(k, KUBE_RESOURCEQUOTAS, i);
		if (!q || strcmp(q->ns, ns) != 0)
			return NULL;
		char *words = one_refuses(k, q, pod);
		if (words)
			return words;
	}
}

void quotas_count(struct kube *k)
{
	for (size_t i = 0; i < kube_count(k, KUBE_RESOURCEQUOTAS); i++) {
		struct kobj *q = kube_at(k, KUBE_RESOURCEQUOTAS, i);
		json_t *j = kube_edit(q), *used = json_object();
		json_t *hard = json_path(j, "spec.hard");
		for (size_t n = 0; n < NCOUNTED; n++) {
			struct buf b = BUF_INIT;
			if (!json_object_get(hard, counted[n].key))
				continue;
			quantity_add(&b, counted[n].resource,
				used_in(k, q->ns, counted[n].resource));
			json_object_set_new(used, counted[n].key, json_string(buf_str(&b)));
			buf_release(&b);
		}
		json_object_set_new(j, "status", json_pack("{s:O?, s:o}", "hard", hard, "used",
			used));
		kube_commit(k, q, j);
	}
}
