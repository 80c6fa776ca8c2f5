/* SPDX-License-Identifier: Apache-2.0 */
/* Filters in the scheduler's order, and its sentence about their results. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/sim/parts.h"
#include "lab/sim/sched.h"

void sched_pod_need(const void *j, struct sched_need *out)
{
	size_t i;
	json_t *c;
	*out = (struct sched_need){ .pods = 1 };
	json_array_foreach(json_path(j, "spec.containers"), i, c) {
		out->cpu += sim_quantity(json_str(c, "resources.requests.cpu"));
		out->memory += sim_quantity(json_str(c, "resources.requests.memory"));
	}
}

int64_t sched_pod_priority(const void *j)
{
	return json_int(j, "spec.priority", 0);
}

static void need_add(struct sched_need *to, const struct sched_need *n)
{
	to->pods += n->pods;
	to->cpu += n->cpu;
	to->memory += n->memory;
}

void sched_node_add(struct sched_node *n, const struct kobj *pod)
{
	struct sched_need need;
	sched_pod_need(pod->json, &need);
	need_add(&n->used, &need);
	n->pods = xgrow(n->pods, &n->cap_pods, n->n_pods, sizeof(const struct kobj *));
	n->pods[n->n_pods++] = pod;
}

static struct sched_node *node_find(struct sched *s, const char *name)
{
	size_t lo = 0, hi = s->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(s->v[mid].node->name, name);
		if (c == 0)
			return &s->v[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

void sched_load(struct sched *s, struct kube *k)
{
	*s = (struct sched){ .n = kube_count(k, KUBE_NODES), .kube = k };
	s->v = xcalloc(s->n + 1, sizeof(*s->v));
	for (size_t i = 0; i < s->n; i++) {
		const struct kobj *o = kube_at(k, KUBE_NODES, i);
		const json_t *a = json_path(o->json, "status.allocatable");
		s->v[i].node = o;
		s->v[i].room = (struct sched_need){ sim_quantity(json_str(a, "pods")) / 1000,
			sim_quantity(json_str(a, "cpu")), sim_quantity(json_str(a, "memory")) };
	}
	for (size_t i = 0; i < kube_count(k, KUBE_PODS); i++) {
		const struct kobj *o = kube_at(k, KUBE_PODS, i);
		const char *name = json_str(o->json, "spec.nodeName");
		const char *nominated = json_str(o->json, "status.nominatedNodeName");
		struct sched_node *n = name ? node_find(s, name) : NULL;
		if (n && !sim_pod_finished(o))
			sched_node_add(n, o);
		s->kept |= n && json_path(o->json, "spec.affinity.podAntiAffinity");
		n = !name && nominated ? node_find(s, nominated) : NULL;
		if (n) {
			struct sched_need need;
			sched_pod_need(o->json, &need);
			need_add(&n->nominated, &need);
		}
	}
}

void sched_release(struct sched *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].pods);
		free(s->v[i].reason);
	}
	free(s->v);
	free(s->refused);
	*s = (struct sched){ .v = NULL };
}

static bool taints_keep_out(const json_t *spec, const struct sched_node *n, struct buf *why)
{
	size_t i;
	json_t *t;
	json_array_foreach(json_path(n->node->json, "spec.taints"), i, t) {
		const char *effect = json_str(t, "effect"), *value = json_str(t, "value");
		if (str_eq(effect, "PreferNoSchedule") || sim_tolerates(spec, t))
			continue;
		buf_addf(why, "node(s) had untolerated taint {%s: %s}", json_str(t, "key"),
			value ? value : "");
		return true;
	}
	return false;
}

static bool unschedulable(const json_t *spec, const struct sched_node *n)
{
	if (!json_is_true(json_path(n->node->json, "spec.unschedulable")))
		return false;
	json_t *t = json_pack("{s:s, s:s}", "key", "node.kubernetes.io/unschedulable", "effect",
		"NoSchedule");
	bool tolerated = sim_tolerates(spec, t);
	json_decref(t);
	return !tolerated;
}

static bool ports_clash(const json_t *a, const json_t *b)
{
	return json_int(a, "hostPort", 0) > 0 &&
		json_int(a, "hostPort", 0) == json_int(b, "hostPort", -1) &&
		str_eq(json_str(a, "protocol"), json_str(b, "protocol"));
}

static bool ports_taken(const json_t *spec, const json_t *other)
{
	size_t i, k, m, o;
	json_t *c, *p, *d, *q;
	json_array_foreach(json_object_get(spec, "containers"), i, c)
		json_array_foreach(json_object_get(c, "ports"), k, p)
			json_array_foreach(json_object_get(other, "containers"), m, d)
				json_array_foreach(json_object_get(d, "ports"), o, q)
					if (ports_clash(p, q))
						return true;
	return false;
}

static bool host_ports_taken(const json_t *spec, const struct sched_node *n)
{
	for (size_t i = 0; i < n->n_pods; i++) {
		if (ports_taken(spec, json_object_get(n->pods[i]->json, "spec")))
			return true;
	}
	return false;
}

/* Those who were promised a place count, but not against who holds the promise itself. */
static struct sched_need node_taken(const struct sched_node *n, const struct kobj *pod)
{
	struct sched_need u = n->used;
	if (!str_eq(json_str(pod->json, "status.nominatedNodeName"), n->node->name))
		need_add(&u, &n->nominated);
	return u;
}

bool sched_fits_without(const struct sched_node *n, const struct kobj *pod,
	const struct sched_need *freed)
{
	struct sched_need need, u = node_taken(n, pod);
	sched_pod_need(pod->json, &need);
	return u.pods - freed->pods + 1 <= n->room.pods &&
		(!need.cpu || u.cpu - freed->cpu + need.cpu <= n->room.cpu) &&
		(!need.memory || u.memory - freed->memory + need.memory <= n->room.memory);
}

/* In thousandths. */
static int64_t asks_for(const void *pod, const char *resource)
{
	size_t i;
	json_t *c;
	int64_t sum = 0;
	json_array_foreach(json_path(pod, "spec.containers"), i, c)
		sum += sim_quantity(json_string_value(json_object_get(
			json_path(c, "resources.requests"), resource)));
	return sum;
}

/* Disk, GPUs: what few pods ask for is counted when one does. */
static void others_lack(const struct kobj *pod, struct sched_node *n, struct buf *why)
{
	size_t i;
	json_t *c, *v;
	const char *key;
	json_array_foreach(json_path(pod->json, "spec.containers"), i, c) {
		json_object_foreach(json_path(c, "resources.requests"), key, v) {
			if (str_eq(key, "cpu") || str_eq(key, "memory"))
				continue;
			int64_t need = asks_for(pod->json, key), used = 0;
			int64_t room = sim_quantity(json_string_value(json_object_get(
				json_path(n->node->json, "status.allocatable"), key)));
			for (size_t p = 0; p < n->n_pods; p++)
				used += asks_for(n->pods[p]->json, key);
			if (used + need <= room)
				continue;
			buf_addf(why, "%sInsufficient %s", why->len ? "\n" : "", key);
			n->soft = n->soft && need <= room;
		}
	}
}

static void resources_lack(const struct kobj *pod, struct sched_node *n, struct buf *why)
{
	struct sched_need need, u = node_taken(n, pod);
	sched_pod_need(pod->json, &need);
	n->soft = true;
	if (u.pods + 1 > n->room.pods)
		buf_adds(why, "Too many pods");
	if (need.cpu && u.cpu + need.cpu > n->room.cpu) {
		buf_addf(why, "%sInsufficient cpu", why->len ? "\n" : "");
		n->soft = n->soft && need.cpu <= n->room.cpu;
	}
	if (need.memory && u.memory + need.memory > n->room.memory) {
		buf_addf(why, "%sInsufficient memory", why->len ? "\n" : "");
		n->soft = n->soft && need.memory <= n->room.memory;
	}
	others_lack(pod, n, why);
}

/* A pod pinned by name, as a DaemonSet's: the other nodes are not even looked at. */
static bool pinned_elsewhere(const json_t *spec, const struct sched_node *n)
{
	const json_t *terms = json_path(spec, "affinity.nodeAffinity."
		"requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
	const json_t *first = json_array_get(terms, 0);
	if (json_array_size(terms) != 1 || !json_object_get(first, "matchFields"))
		return false;
	const json_t *f = json_array_get(json_object_get(first, "matchFields"), 0);
	return !str_eq(json_string_value(json_array_get(json_object_get(f, "values"), 0)),
		n->node->name);
}

static void node_filter(const struct sched *s, const struct kobj *pod, struct sched_node *n)
{
	struct buf why = BUF_INIT;
	const json_t *spec = json_object_get(pod->json, "spec");
	free(n->reason);
	n->reason = NULL;
	n->soft = false;
	if (pinned_elsewhere(spec, n)) {
		buf_adds(&why, "node(s) didn't satisfy plugin(s) [NodeAffinity]");
	} else if (unschedulable(spec, n)) {
		buf_adds(&why, "node(s) were unschedulable");
	} else if (taints_keep_out(spec, n, &why)) {
		/* said */
	} else if (!sim_node_matches(spec, n->node->json)) {
		buf_adds(&why, "node(s) didn't match Pod's node affinity/selector");
	} else if (host_ports_taken(spec, n)) {
		n->soft = true;
		buf_adds(&why, "node(s) didn't have free ports for the requested pod ports");
	} else {
		resources_lack(pod, n, &why);
		if (why.len == 0)
			sched_peers_refuse(s, pod, n, &why);
	}
	if (why.len > 0)
		n->reason = xstrdup(buf_str(&why));
	buf_release(&why);
}

size_t sched_filter(struct sched *s, const struct kobj *pod)
{
	size_t fits = 0;
	free(s->refused);
	s->refused = sched_claims_refuse(s->kube, pod);
	for (size_t i = 0; s->refused && i < s->n; i++) {
		xreplace(&s->v[i].reason, s->refused);
		s->v[i].soft = false;
	}
	if (s->refused)
		return 0;
	/* Once it is bound it keeps those away that come behind it. */
	s->kept |= json_path(pod->json, "spec.affinity.podAntiAffinity") != NULL;
	for (size_t i = 0; i < s->n; i++) {
		node_filter(s, pod, &s->v[i]);
		fits += !s->v[i].reason;
	}
	return fits;
}

/* "2 Too many pods, 1 ...": counted, then sorted as strings. */
static void reasons_join(const struct strlist *reasons, struct buf *out)
{
	struct strlist said = { .v = NULL }, lines = { .v = NULL };
	for (size_t i = 0; i < reasons->n; i++) {
		size_t n = 0;
		if (strlist_has(&said, reasons->v[i]))
			continue;
		for (size_t k = 0; k < reasons->n; k++)
			n += strcmp(reasons->v[k], reasons->v[i]) == 0;
		strlist_add(&said, reasons->v[i]);
		strlist_take(&lines, xasprintf("%zu %s", n, reasons->v[i]));
	}
	strlist_sort(&lines);
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(out, "%s%s", i ? ", " : "", lines.v[i]);
	strlist_release(&said);
	strlist_release(&lines);
}

void sched_words(const struct sched *s, struct buf *out)
{
	struct strlist main = { .v = NULL }, preempt = { .v = NULL };
	if (s->n == 0) {
		buf_adds(out, "no nodes available to schedule pods");
		return;
	}
	for (size_t i = 0; i < s->n; i++) {
		strlist_split(&main, s->v[i].reason ? s->v[i].reason : "", '\n');
		strlist_add(&preempt, s->v[i].soft ?
			"No preemption victims found for incoming pod" :
			"Preemption is not helpful for scheduling");
	}
	buf_addf(out, "0/%zu nodes are available: ", s->n);
	if (s->refused)
		buf_adds(out, s->refused); /* a PreFilter refusal has no count */
	else
		reasons_join(&main, out);
	buf_addf(out, ". preemption: 0/%zu nodes are available: ", s->n);
	reasons_join(&preempt, out);
	buf_addc(out, '.');
	strlist_release(&main);
	strlist_release(&preempt);
}
