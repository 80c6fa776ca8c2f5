/* SPDX-License-Identifier: Apache-2.0 */
/* A PodSpec in protobuf: what the scheduler looks at. */
#include "core/base/strs.h"
#include "k8s/decode-parts.h"
#include "k8s/decode-proto.h"
#include "k8s/proto.h"

struct shape_in {
	struct pod_shape *out;
	struct pod *pod;
	struct requests requests;
	struct amount pod_level, overhead; /* pod_level -1: not set */
	struct label_list node_selector;
	bool host_network, gated;
};

/* ---- containers ---- */

static bool port_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct port_in {
		int32_t port;
		const char *protocol, *ip;
	} in = { .port = 0 };
	static const struct proto_row rows[] = {
		{ 2, PROTO_I32, offsetof(struct port_in, port), NULL },
		{ 4, PROTO_TEXT, offsetof(struct port_in, protocol), NULL },
		{ 5, PROTO_TEXT, offsetof(struct port_in, ip), NULL },
	};
	struct pod_shape *s = out;

	if (!PROTO_READ(a, p, n, rows, &in))
		return false;
	if (in.port <= 0)
		return true;
	s->host_ports = proto_grow(a, s->host_ports, s->nhost_ports, sizeof *s->host_ports);
	s->host_ports[s->nhost_ports++] = derive_host_port(in.port, in.protocol, in.ip);
	return true;
}

static bool resources_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 2, PROTO_SUB, 0, proto_amount_sub } };

	return PROTO_READ(a, p, n, rows, out);
}

static bool container_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row need_rows[] = { { 8, PROTO_SUB, 0, resources_sub } };
	static const struct proto_row port_rows[] = { { 6, PROTO_SUB, 0, port_sub } };
	struct shape_in *in = out;
	struct amount need = { 0, 0 };

	if (!PROTO_READ(a, p, n, need_rows, &need) || !PROTO_READ(a, p, n, port_rows, in->out))
		return false;
	requests_container(&in->requests, need);
	return true;
}

struct init_container {
	struct amount need;
	const char *restart;
};
static const struct proto_row init_rows[] = {
	{ 8, PROTO_SUB, offsetof(struct init_container, need), resources_sub },
	{ 24, PROTO_TEXT, offsetof(struct init_container, restart), NULL },
};

static bool init_container_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct shape_in *in = out;
	struct init_container c = { .restart = NULL };

	if (!PROTO_READ(a, p, n, init_rows, &c))
		return false;
	requests_init_container(&in->requests, c.need, str_eq(c.restart, "Always"));
	return true;
}

/* ---- volumes ---- */

struct source_in {
	struct slice empty_dir, claim;
};
static bool source_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = {
		{ 2, PROTO_SUB, offsetof(struct source_in, empty_dir), proto_slice_sub },
		{ 10, PROTO_SUB, offsetof(struct source_in, claim), proto_slice_sub },
	};

	return PROTO_READ(a, p, n, rows, out);
}

static bool volume_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 2, PROTO_SUB, 0, source_sub } };
	static const struct proto_row claim_rows[] = { { 1, PROTO_TEXT_ALL, 0, NULL } };
	struct shape_in *in = out;
	struct source_in s = { .claim = { NULL, 0 } };
	const char *claim = NULL;

	if (!PROTO_READ(a, p, n, rows, &s))
		return false;
	if (s.empty_dir.p)
		in->pod->flags |= POD_LOCAL_DATA;
	if (!s.claim.p)
		return true;
	if (!PROTO_READ(a, s.claim.p, s.claim.n, claim_rows, &claim))
		return false;
	if (claim) {
		struct pod_shape *o = in->out;
		o->claims = proto_grow(a, o->claims, o->nclaims, sizeof *o->claims);
		o->claims[o->nclaims++] = claim;
	}
	return true;
}

/* ---- tolerations and affinity ---- */

static const struct proto_row toleration_rows[] = {
	{ 1, PROTO_TEXT, offsetof(struct toleration, key), NULL },
	{ 2, PROTO_TEXT, offsetof(struct toleration, operator_), NULL },
	{ 3, PROTO_TEXT, offsetof(struct toleration, value), NULL },
	{ 4, PROTO_TEXT, offsetof(struct toleration, effect), NULL },
};

static bool toleration_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct pod_shape *o = ((struct shape_in *)out)->out;

	o->tolerations = proto_grow(a, o->tolerations, o->ntolerations, sizeof *o->tolerations);
	return PROTO_READ(a, p, n, toleration_rows, &o->tolerations[o->ntolerations++]);
}

static bool field_sub(struct arena *a, const char *p, size_t n, void *term_list)
{
	struct term_list *t = term_list;

	if (!proto_requirement_sub(a, p, n, t))
		return false;
	t->v[t->n - 1].is_field = true;
	return true;
}

_Static_assert(sizeof(struct selector_term) == sizeof(struct term_list) &&
	offsetof(struct selector_term, nreqs) == offsetof(struct term_list, n),
	"a selector_term is a term_list");

static bool node_term_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row exprs[] = { { 1, PROTO_SUB, 0, proto_requirement_sub } };
	static const struct proto_row names[] = { { 2, PROTO_SUB, 0, field_sub } };
	struct node_terms *l = out;

	l->v = proto_grow(a, l->v, l->n, sizeof *l->v);
	struct selector_term *t = &l->v[l->n++];
	return PROTO_READ(a, p, n, exprs, t) && PROTO_READ(a, p, n, names, t);
}

bool proto_node_selector_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, node_term_sub } };

	return PROTO_READ(a, p, n, rows, out);
}

static bool node_affinity_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, proto_node_selector_sub } };
	struct pod_shape *o = ((struct shape_in *)out)->out;
	struct node_terms l = { .n = 0 };

	if (!PROTO_READ(a, p, n, rows, &l))
		return false;
	o->node_affinity = l.v;
	o->nnode_affinity = l.n;
	return true;
}

/* An affinity term's and a spread constraint's fields; numbers differ. */
struct peer_in {
	struct slice selector, namespaces_by;
	struct text_list namespaces, keys;
	const char *topology_key, *when, *taints_policy, *affinity_policy;
	int32_t max_skew, min_domains;
};
static const struct proto_row affinity_rows[] = {
	{ 1, PROTO_SUB, offsetof(struct peer_in, selector), proto_slice_sub },
	{ 2, PROTO_SUB, offsetof(struct peer_in, namespaces), proto_text_sub },
	{ 3, PROTO_TEXT_ALL, offsetof(struct peer_in, topology_key), NULL },
	{ 4, PROTO_SUB, offsetof(struct peer_in, namespaces_by), proto_slice_sub },
	{ 5, PROTO_SUB, offsetof(struct peer_in, keys), proto_text_sub },
};
static const struct proto_row spread_rows[] = {
	{ 1, PROTO_I32, offsetof(struct peer_in, max_skew), NULL },
	{ 2, PROTO_TEXT_ALL, offsetof(struct peer_in, topology_key), NULL },
	{ 3, PROTO_TEXT, offsetof(struct peer_in, when), NULL },
	{ 4, PROTO_SUB, offsetof(struct peer_in, selector), proto_slice_sub },
	{ 5, PROTO_I32, offsetof(struct peer_in, min_domains), NULL },
	{ 6, PROTO_TEXT, offsetof(struct peer_in, affinity_policy), NULL },
	{ 7, PROTO_TEXT, offsetof(struct peer_in, taints_policy), NULL },
	{ 8, PROTO_SUB, offsetof(struct peer_in, keys), proto_text_sub },
};

/* matchLabels are requirements with one value; matchLabelKeys take the pod's own. */
static bool peer_selector(struct arena *a, const struct peer_in *in, const struct pod *pod,
	struct pod_term *out)
{
	struct proto_selector s = { .nexprs = 0 };

	if (!in->selector.p)
		out->flags |= TERM_NO_SELECTOR;
	else if (!proto_selector_sub(a, in->selector.p, in->selector.n, &s))
		return false;
	size_t n = s.labels.n + in->keys.n + s.nexprs;
	out->reqs = n ? arena_alloc(a, n * sizeof *out->reqs) : NULL;
	for (size_t i = 0; i < s.labels.n + in->keys.n; i++) {
		bool given = i < s.labels.n;
		const char *key = given ? s.labels.v[i].key : in->keys.v[i - s.labels.n];
		decode_require(a, key, given ? s.labels.v[i].value :
			decode_label(pod->labels, pod->nlabels, key), out->reqs, &out->nreqs);
	}
	for (size_t i = 0; i < s.nexprs; i++)
		out->reqs[out->nreqs++] = s.exprs[i];
	return true;
}

static bool peer_add(struct arena *a, const struct peer_in *in, const struct pod *pod,
	struct pod_term **v, size_t *n)
{
	*v = proto_grow(a, *v, *n, sizeof **v);
	struct pod_term *out = &(*v)[(*n)++];
	*out = (struct pod_term){
		.topology_key = in->topology_key, .max_skew = in->max_skew,
		.min_domains = in->min_domains, .namespaces = in->namespaces.v,
		.nnamespaces = in->namespaces.n,
	};
	if (in->namespaces_by.p)
		out->flags |= in->namespaces_by.n ? TERM_COMPLEX : TERM_ALL_NAMESPACES;
	if (str_eq(in->taints_policy, "Honor"))
		out->flags |= TERM_HONOR_TAINTS;
	if (str_eq(in->affinity_policy, "Ignore"))
		out->flags |= TERM_ANY_NODE;
	return peer_selector(a, in, pod, out);
}

static bool near_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct shape_in *s = out;
	struct peer_in in = { .when = NULL };

	return PROTO_READ(a, p, n, affinity_rows, &in) &&
		peer_add(a, &in, s->pod, &s->out->near, &s->out->nnear);
}

static bool apart_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct shape_in *s = out;
	struct peer_in in = { .when = NULL };

	return PROTO_READ(a, p, n, affinity_rows, &in) &&
		peer_add(a, &in, s->pod, &s->out->apart, &s->out->napart);
}

static bool spread_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct shape_in *s = out;
	struct peer_in in = { .when = NULL };

	if (!PROTO_READ(a, p, n, spread_rows, &in))
		return false;
	if (str_eq(in.when, "ScheduleAnyway"))
		return true;
	return peer_add(a, &in, s->pod, &s->out->spread, &s->out->nspread);
}

static bool affinity_required_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, near_sub } };

	return PROTO_READ(a, p, n, rows, out);
}

static bool anti_required_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, apart_sub } };

	return PROTO_READ(a, p, n, rows, out);
}

static bool affinity_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = {
		{ 1, PROTO_SUB, 0, node_affinity_sub },
		{ 2, PROTO_SUB, 0, affinity_required_sub },
		{ 3, PROTO_SUB, 0, anti_required_sub },
	};

	return PROTO_READ(a, p, n, rows, out);
}

/* ---- the spec ---- */

static const struct proto_row in_rows[] = {
	{ 1, PROTO_SUB, 0, volume_sub },
	{ 2, PROTO_SUB, 0, container_sub },
	{ 7, PROTO_SUB, offsetof(struct shape_in, node_selector), proto_label_sub },
	{ 11, PROTO_FLAG, offsetof(struct shape_in, host_network), NULL },
	{ 18, PROTO_SUB, 0, affinity_sub },
	{ 20, PROTO_SUB, 0, init_container_sub },
	{ 22, PROTO_SUB, 0, toleration_sub },
	{ 32, PROTO_SUB, offsetof(struct shape_in, overhead), proto_amount_sub },
	{ 33, PROTO_SUB, 0, spread_sub },
	{ 38, PROTO_SUB, offsetof(struct shape_in, gated), proto_seen_sub },
	{ 40, PROTO_SUB, offsetof(struct shape_in, pod_level), resources_sub },
};
static const struct proto_row shape_rows[] = {
	{ 19, PROTO_TEXT, offsetof(struct pod_shape, scheduler_name), NULL },
	{ 24, PROTO_TEXT, offsetof(struct pod_shape, priority_class), NULL },
	{ 25, PROTO_I32, offsetof(struct pod_shape, priority), NULL },
};
static const struct proto_row pod_rows[] = {
	{ 4, PROTO_I32, offsetof(struct pod, grace_s), NULL },
	{ 10, PROTO_TEXT, offsetof(struct pod, node), NULL },
};

bool proto_shape(struct arena *a, struct slice spec, struct pod_shape *out, struct pod *pod)
{
	struct shape_in in = { .out = out, .pod = pod, .pod_level = { -1, -1 } };

	*out = (struct pod_shape){ .priority = 0 };
	if (!PROTO_READ(a, spec.p, spec.n, in_rows, &in) ||
	    !PROTO_READ(a, spec.p, spec.n, shape_rows, out) ||
	    !PROTO_READ(a, spec.p, spec.n, pod_rows, pod))
		return false;
	out->node_selector = in.node_selector.v;
	out->nnode_selector = in.node_selector.n;
	out->pod_affinity = out->nnear > 0;
	out->pod_anti_affinity = out->napart > 0;
	out->topology_spread = out->nspread > 0;
	struct amount sum = requests_sum(&in.requests);
	if (in.pod_level.cpu >= 0)
		sum.cpu = in.pod_level.cpu;
	if (in.pod_level.memory >= 0)
		sum.memory = in.pod_level.memory;
	sum = amount_add(sum, in.overhead);
	out->cpu_milli = sum.cpu;
	out->memory = sum.memory;
	if (in.host_network)
		pod->flags |= POD_HOST_NETWORK;
	if (in.gated)
		pod->flags |= POD_GATED;
	return true;
}
