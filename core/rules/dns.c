/* SPDX-License-Identifier: Apache-2.0 */
/* The cluster's names against its load balancer and its control plane. */
#include "core/rules/dns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

static const char *const placeholders[] = { "203.0.113.123", "fd00:dead:add::" };

const char *dns_state_name(enum dns_state s)
{
	static const char *const names[] = {
		[DNS_RIGHT] = "right", [DNS_PLACEHOLDER] = "placeholder",
		[DNS_DIFFERS] = "differs", [DNS_MISSING] = "missing", [DNS_UNTOLD] = "?",
	};
	return names[s];
}

/* What an address record of that name should hold. */
enum dns_target { TARGET_API, TARGET_CONTROL_PLANE };

static const struct dns_name {
	const char *prefix, *purpose;
	enum dns_target target;
} names[] = {
	{ "api", "kubectl and everybody outside", TARGET_API },
	{ "api.internal", "the nodes' way to the API server", TARGET_CONTROL_PLANE },
	{ "kops-controller.internal", "where a new node asks to join", TARGET_CONTROL_PLANE },
};
#define NNAMES (sizeof(names) / sizeof(names[0]))

/* ---- sets of addresses, "a,b" ---- */

static void dns_plain(const char *text, struct strlist *out)
{
	struct strlist parts = { .v = NULL };
	strlist_split(&parts, text, ',');
	for (size_t i = 0; i < parts.n; i++) {
		char *p = parts.v[i];
		size_t n = strlen(p);
		if (n > 0 && p[n - 1] == '.') {
			p[n - 1] = '\0';
		}
		for (char *c = p; *c; c++) {
			*c += *c >= 'A' && *c <= 'Z' ? 'a' - 'A' : 0;
		}
		/* an alias record leads to the balancer's name with this in front */
		strlist_add(out, str_starts(p, "dualstack.") ? p + 10 : p);
	}
	strlist_release(&parts);
	strlist_sort(out);
}

static bool dns_same(const char *a, const char *b)
{
	struct strlist x = { .v = NULL }, y = { .v = NULL };
	dns_plain(a, &x);
	dns_plain(b, &y);
	bool same = x.n == y.n;
	for (size_t i = 0; same && i < x.n; i++) {
		same = str_eq(x.v[i], y.v[i]);
	}
	strlist_release(&x);
	strlist_release(&y);
	return same;
}

static bool dns_is_placeholder(const char *value)
{
	for (size_t i = 0; i < sizeof(placeholders) / sizeof(placeholders[0]); i++) {
		if (strstr(value, placeholders[i])) {
			return true;
		}
	}
	return false;
}

/* ---- where they should lead ---- */

static const char *dns_control_plane(const struct model *m, bool outside, struct arena *a)
{
	struct buf b = BUF_INIT;
	size_t n;
	const struct m_instance *const *v = model_instances(m, &n);
	for (size_t i = 0; i < n; i++) {
		bool mine = v[i]->group && v[i]->group->has_spec &&
			v[i]->group->spec.role == ROLE_CONTROL_PLANE;
		const char *ip = outside ? v[i]->instance.public_ip : v[i]->instance.private_ip;
		if (mine && ip && str_eq(v[i]->instance.state, "running")) {
			buf_addf(&b, "%s%s", b.len ? "," : "", ip);
		}
	}
	const char *out = b.len ? arena_strdup(a, buf_str(&b)) : NULL;
	buf_release(&b);
	return out;
}

static const char *dns_balancer(const struct model *m, struct arena *a)
{
	size_t n;
	const struct balancer *const *v = model_balancers(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (v[i]->dns && (n == 1 || str_starts(v[i]->name, "api"))) {
			return arena_strdup(a, v[i]->dns);
		}
	}
	return NULL;
}

static enum dns_state dns_judge(const struct dns_row *r, const char *balancer)
{
	if (!r->value) {
		return DNS_MISSING;
	}
	if (dns_is_placeholder(r->value)) {
		return DNS_PLACEHOLDER;
	}
	if (!r->should) {
		return DNS_UNTOLD;
	}
	/* internal names may lead through the balancer as well (useForInternalApi) */
	return dns_same(r->value, r->should) || (balancer && dns_same(r->value, balancer))
		? DNS_RIGHT : DNS_DIFFERS;
}

/* ---- the report ---- */

static char *dns_undot(struct arena *a, const char *name)
{
	size_t n = strlen(name);
	return arena_strndup(a, name, n > 0 && name[n - 1] == '.' ? n - 1 : n);
}

static void dns_expected(const struct model *m, const char *cluster, struct dns_report *out)
{
	const struct m_cluster *c = model_cluster(m, cluster);
	const char *balancer = dns_balancer(m, out->arena);
	const char *control = dns_control_plane(m, false, out->arena);
	const char *outside = dns_control_plane(m, true, out->arena);
	size_t n;
	const struct dns_record *const *v = model_records(m, &n);
	for (size_t i = 0; i < NNAMES; i++) {
		struct dns_row *r = &out->rows[out->n++];
		char *name = xasprintf("%s.%s", names[i].prefix, cluster);
		bool by_balancer = names[i].target == TARGET_API;
		*r = (struct dns_row){ .name = arena_strdup(out->arena, name),
			.purpose = names[i].purpose, .should = by_balancer ? balancer : control };
		if (by_balancer && c && !c->spec.api_lb_class) {
			r->should = outside ? outside : control;
		}
		for (size_t k = 0; k < n; k++) {
			char *seen = dns_undot(out->arena, v[k]->name);
			bool address = str_eq(v[k]->type, "A") || str_eq(v[k]->type, "AAAA") ||
				str_eq(v[k]->type, "CNAME");
			if (address && !strcasecmp(seen, name) && !r->value) {
				r->type = arena_strdup(out->arena, v[k]->type);
				r->value = dns_undot(out->arena, v[k]->value);
			}
		}
		r->state = dns_judge(r, by_balancer ? NULL : balancer);
		free(name);
	}
}

/* What else stands in the zone below the cluster's name. */
static void dns_others(const struct model *m, struct dns_report *out)
{
	size_t n;
	const struct dns_record *const *v = model_records(m, &n);
	for (size_t i = 0; i < n; i++) {
		char *name = dns_undot(out->arena, v[i]->name);
		bool known = str_eq(v[i]->type, "NS") || str_eq(v[i]->type, "SOA");
		for (size_t k = 0; !known && k < NNAMES; k++) {
			known = !strcasecmp(out->rows[k].name, name) &&
				str_eq(out->rows[k].type, v[i]->type);
		}
		if (!known) {
			struct dns_row *r = &out->rows[out->n++];
			*r = (struct dns_row){ .name = name,
				.type = arena_strdup(out->arena, v[i]->type),
				.value = dns_undot(out->arena, v[i]->value ? v[i]->value : ""),
				.purpose = "not one of kops' own", .state = DNS_UNTOLD };
			r->state = dns_is_placeholder(r->value) ? DNS_PLACEHOLDER : DNS_UNTOLD;
		}
	}
}

void dns_report_make(const struct model *m, struct dns_report *out)
{
	const char *open = model_opened(m);
	const struct m_cluster *c = open ? model_cluster(m, open) : NULL;
	size_t n;
	*out = (struct dns_report){ .arena = arena_new(), .kind = DNS_ZONE,
		.text = "kops makes the names in Route 53; the control plane keeps them right." };
	if (!c) {
		return;
	}
	if (str_ieq(c->spec.dns_type, "None")) {
		out->kind = DNS_NONE;
		out->text = "DNS type None: there are no records; kubeconfig and nodes use the "
			    "load balancer's own name.";
		return;
	}
	if (str_ends(open, ".k8s.local")) {
		out->kind = DNS_GOSSIP;
		out->text = "Gossip (.k8s.local): the nodes tell each other the names and write "
			    "them into /etc/hosts; no zone is used.";
		return;
	}
	model_records(m, &n);
	out->rows = arena_alloc(out->arena, (n + NNAMES) * sizeof(*out->rows));
	dns_expected(m, open, out);
	dns_others(m, out);
}

void dns_report_release(struct dns_report *r)
{
	arena_free(r->arena);
	*r = (struct dns_report){ .rows = NULL };
}
