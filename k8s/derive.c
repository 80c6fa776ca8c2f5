/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a thing's fields. */
#include "k8s/derive.h"

#include <string.h>

#include "core/base/strs.h"
#include "k8s/decode-parts.h"

/* What kops and others write on nodes, in the order of precedence. */
static const struct {
	const char *key, *value; /* value NULL: any */
	enum role role;
} roles[] = {
	{ "node-role.kubernetes.io/control-plane", NULL, ROLE_CONTROL_PLANE },
	{ "node-role.kubernetes.io/master", NULL, ROLE_CONTROL_PLANE },
	{ "node-role.kubernetes.io/api-server", NULL, ROLE_APISERVER },
	{ "node-role.kubernetes.io/node", NULL, ROLE_NODE },
	{ "kubernetes.io/role", "master", ROLE_CONTROL_PLANE },
	{ "kubernetes.io/role", "node", ROLE_NODE },
};

static enum role node_role(const struct node *n)
{
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		const char *value = decode_label(n->labels, n->nlabels, roles[i].key);
		if (value && (!roles[i].value || str_eq(value, roles[i].value)))
			return roles[i].role;
	}
	return ROLE_UNKNOWN;
}

static const char *label_either(const struct node *n, const char *key, const char *old_key)
{
	const char *v = decode_label(n->labels, n->nlabels, key);

	return v ? v : decode_label(n->labels, n->nlabels, old_key);
}

void derive_node(struct node *n)
{
	n->role = node_role(n);
	n->group = decode_label(n->labels, n->nlabels, "kops.k8s.io/instancegroup");
	n->type = label_either(n, "node.kubernetes.io/instance-type",
		"beta.kubernetes.io/instance-type");
	n->zone = label_either(n, "topology.kubernetes.io/zone",
		"failure-domain.beta.kubernetes.io/zone");
}

const char *derive_instance(const char *provider_id)
{
	const char *slash = provider_id ? strrchr(provider_id, '/') : NULL;

	if (str_empty(provider_id))
		return NULL;
	return slash ? slash + 1 : provider_id;
}

static const struct {
	const char *word;
	enum pod_phase phase;
} phases[] = {
	{ "Pending", POD_PENDING },
	{ "Running", POD_RUNNING },
	{ "Succeeded", POD_SUCCEEDED },
	{ "Failed", POD_FAILED },
};

struct host_port derive_host_port(int32_t port, const char *protocol, const char *ip)
{
	bool tcp = str_empty(protocol) || str_eq(protocol, "TCP");
	bool any = str_empty(ip) || str_eq(ip, "0.0.0.0");

	return (struct host_port){
		.port = port, .protocol = tcp ? NULL : protocol, .ip = any ? NULL : ip,
	};
}

static void zone_values(struct arena *a, const char *text, struct requirement *r)
{
	size_t n = 1;

	for (const char *p = strstr(text, "__"); p; p = strstr(p + 2, "__"))
		n++;
	r->values = arena_alloc(a, n * sizeof *r->values);
	for (const char *end = text; end; text = end ? end + 2 : text) {
		end = strstr(text, "__");
		r->values[r->nvalues++] = end ? arena_strndup(a, text, (size_t)(end - text)) :
			text;
	}
}

void derive_volume_zones(struct arena *a, const struct label *v, size_t n, struct volume *out)
{
	static const char *const keys[] = { "topology.kubernetes.io/zone",
		"topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
		"failure-domain.beta.kubernetes.io/region" };
	enum { NKEYS = sizeof keys / sizeof keys[0] };

	out->zones = arena_alloc(a, NKEYS * sizeof *out->zones);
	for (size_t i = 0; i < NKEYS; i++) {
		const char *value = decode_label(v, n, keys[i]);
		if (str_empty(value))
			continue;
		struct requirement *r = &out->zones[out->nzones++];
		*r = (struct requirement){ .key = keys[i], .op = "In" };
		zone_values(a, value, r);
	}
}

enum pod_phase derive_phase(const char *word)
{
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
		if (str_eq(phases[i].word, word))
			return phases[i].phase;
	}
	return POD_UNKNOWN;
}

/*
 * A ReplicaSet whose name is NAME-HASH, with HASH the pod's pod-template-hash,
 * was made by the Deployment NAME.
 */
void derive_owner(struct arena *a, const char *kind, const char *name, struct pod *out)
{
	out->owner_kind = kind;
	out->owner_name = name;
	if (str_eq(kind, "DaemonSet"))
		out->flags |= POD_DAEMON;
	const char *hash = decode_label(out->labels, out->nlabels, "pod-template-hash");
	if (!str_eq(kind, "ReplicaSet") || str_empty(hash) || !name)
		return;
	size_t n = strlen(name), tail = strlen(hash) + 1;
	if (n > tail && str_ends(name, hash) && name[n - tail] == '-') {
		out->owner_kind = "Deployment";
		out->owner_name = arena_strndup(a, name, n - tail);
	}
}

void derive_pod_flags(const struct pod_shape *shape, struct pod *out)
{
	if (str_eq(shape->priority_class, "system-node-critical") ||
	    str_eq(shape->priority_class, "system-cluster-critical"))
		out->flags |= POD_CRITICAL;
	if (str_eq(out->trouble->sched_reason, "SchedulingGated"))
		out->flags |= POD_GATED;
}

static bool is_usual_wait(const char *reason)
{
	return str_eq(reason, "PodInitializing") || str_eq(reason, "ContainerCreating");
}

void derive_waiting(const char *reason, const char *message, struct pod_trouble *out)
{
	if (!reason)
		return;
	if (out->waiting_reason && (!is_usual_wait(out->waiting_reason) || is_usual_wait(reason)))
		return;
	out->waiting_reason = reason;
	out->waiting_message = message;
}

enum tri derive_state(const char *status)
{
	if (!status)
		return TRI_UNKNOWN;
	return str_eq(status, "True") ? TRI_YES : TRI_NO;
}

/* ---- requests ---- */

static int64_t add_capped(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

struct amount amount_add(struct amount a, struct amount b)
{
	return (struct amount){ add_capped(a.cpu, b.cpu), add_capped(a.memory, b.memory) };
}

static struct amount amount_max(struct amount a, struct amount b)
{
	return (struct amount){
		a.cpu > b.cpu ? a.cpu : b.cpu, a.memory > b.memory ? a.memory : b.memory,
	};
}

void requests_container(struct requests *r, struct amount need)
{
	r->sum = amount_add(r->sum, need);
}

void requests_init_container(struct requests *r, struct amount need, bool sidecar)
{
	if (sidecar) {
		r->sum = amount_add(r->sum, need);
		r->sidecars = amount_add(r->sidecars, need);
		need = r->sidecars;
	} else {
		need = amount_add(need, r->sidecars);
	}
	r->peak = amount_max(r->peak, need);
}

struct amount requests_sum(const struct requests *r)
{
	return amount_max(r->sum, r->peak);
}
