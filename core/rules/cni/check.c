/* SPDX-License-Identifier: Apache-2.0 */
/* What of aws-node's settings, as they hold now, fails or is unwise (facts: vpc-cni 1.3). */
#include <inttypes.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/rules/cni/state.h"
#include "core/rules/eni.h"
#include "core/rules/limits/view.h"

#define PREFIX "ENABLE_PREFIX_DELEGATION"

/* What is looked at, with what it depends on. */
struct check {
	const struct model *m;
	struct cni_state *s;
	struct cni_settings c;
	bool v6;
};

static const char *value_of(const struct check *k, const char *name)
{
	const struct cni_entry *e = cni_state_find(k->s, name);
	return e ? e->holds : NULL;
}

static bool is_on(const struct check *k, const char *name)
{
	return str_eq(value_of(k, name), "true");
}

/* ---- by themselves ---- */

static void check_forms(const struct check *k)
{
	for (size_t i = 0; i < k->s->n; i++) {
		const struct cni_entry *e = &k->s->v[i];
		bool set = e->live || e->spec;
		const char *want = set && e->holds ? cni_value_wrong(e->name, e->holds) : NULL;
		if (want && !(str_eq(e->name, "MAX_ENI") && str_eq(e->holds, "-1"))) {
			cni_say(k->s, FINDING_WARN, e->name, "\"%.40s\" is not %s", e->holds, want);
		}
	}
}

static void check_families(const struct check *k)
{
	const struct daemonset *ds = k->s->ds;
	const struct cni_entry *v4 = cni_state_find(k->s, "ENABLE_IPv4");
	bool both = is_on(k, "ENABLE_IPv4") == k->v6;
	/* kops names them: a DaemonSet that names neither is not of its making */
	if (ds && ds->nenv && both && (v4->live || k->v6)) {
		cni_say(k->s, FINDING_REFUSE, "ENABLE_IPv6",
			"ENABLE_IPv4 and ENABLE_IPv6 are both %s: ipamd refuses to start",
			k->v6 ? "true" : "false");
	}
	if (k->v6 && (k->c.mode.custom_network || !k->c.prefix)) {
		cni_say(k->s, FINDING_REFUSE, "ENABLE_IPv6", "with %s: ipamd refuses to start",
			k->c.mode.custom_network ? "custom networking" : "no prefix delegation");
	}
	if (k->s->spec && k->s->spec->ipv6) {
		cni_say(k->s, FINDING_REFUSE, "ENABLE_IPv6",
			"kops allows no amazonvpc network in an IPv6 cluster");
	}
}

static void check_targets(const struct check *k)
{
	const struct cni_settings *c = &k->c;
	bool targets = c->warm_ip > 0 || c->minimum_ip > 0;
	if (k->v6) {
		return;
	}
	if (c->prefix && !c->warm_prefix && !targets) {
		cni_say(k->s, FINDING_WARN, "WARM_PREFIX_TARGET",
			"0 is not supported: a /28 comes only when no address is left, so pods "
			"start slowly");
	}
	if (!c->prefix && !c->warm_eni && !targets) {
		cni_say(k->s, FINDING_WARN, "WARM_ENI_TARGET",
			"0 without an IP target: no address is kept ready, so pods wait for EC2");
	}
	if (c->warm_ip > 0 && c->minimum_ip <= 0) {
		cni_say(k->s, FINDING_WARN, "WARM_IP_TARGET",
			"without MINIMUM_IP_TARGET: many EC2 calls when pods come and go");
	}
}

static void check_others(const struct check *k)
{
	static const char *const stuck[] = { "DISABLE_NETWORK_RESOURCE_PROVISIONING",
		"ENABLE_IMDS_ONLY_MODE" };
	const struct cni_entry *pod_eni = cni_state_find(k->s, "ENABLE_POD_ENI");
	for (size_t i = 0; i < sizeof stuck / sizeof *stuck; i++) {
		if (is_on(k, stuck[i])) {
			cni_say(k->s, FINDING_WARN, stuck[i],
				"a node keeps the addresses that it started with");
		}
	}
	if (k->c.mode.custom_network) {
		cni_say(k->s, FINDING_WARN, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
			"a node without a matching ENIConfig never gets Ready; max pods must be "
			"lower by an interface, which kops does not know");
	}
	if (pod_eni && str_eq(pod_eni->live, "true") && str_eq(pod_eni->made, "false")) {
		cni_say(k->s, FINDING_INFO, pod_eni->name,
			"when it is off again, the trunk stays until the instance is replaced");
	}
	if (is_on(k, "ENABLE_BANDWIDTH_PLUGIN") &&
	    str_eq(value_of(k, "NETWORK_POLICY_ENFORCING_MODE"), "strict")) {
		cni_say(k->s, FINDING_WARN, "ENABLE_BANDWIDTH_PLUGIN",
			"does not work with the CNI's network policies");
	}
}

/* ---- with the image ---- */

/* major * 1000 + minor; -1: the tag does not say. */
static int image_version(const char *image)
{
	const char *tag = cni_image_tag(image);
	char *end;
	if (tag && *tag == 'v') {
		tag++;
	}
	long major = tag ? strtol(tag, &end, 10) : 0;
	if (!tag || end == tag || *end != '.' || major > 1000) {
		return -1;
	}
	return (int)(major * 1000 + strtol(end + 1, NULL, 10) % 1000);
}

static void check_image(const struct check *k, bool metal)
{
	int version = k->s->ds ? image_version(k->s->ds->image) : -1;
	int least = metal ? 1011 : 1009;
	if (k->c.prefix && version >= 0 && version < least) {
		cni_say(k->s, FINDING_REFUSE, PREFIX, "needs CNI 1.%d or newer%s, this is %d.%d",
			least - 1000, metal ? " on bare metal" : "", version / 1000,
			version % 1000);
	}
}

/* ---- with each group of workers ---- */

struct group_facts {
	const struct m_group *g;
	const struct eni_limits *l;
	struct eni_result r;
	int64_t max_pods; /* of its kubelets as they run; else by the spec */
	int32_t host;
};

static bool group_look(const struct check *k, const struct m_group *g, struct group_facts *f)
{
	struct limits_view v = { .m = k->m };
	struct maxpods mp;
	if (!g->has_spec || g->spec.role != ROLE_NODE) {
		return false;
	}
	maxpods_for_group(k->s->spec, &g->spec, &mp);
	*f = (struct group_facts){ .g = g, .l = eni_lookup(mp.weakest_type ? mp.weakest_type :
		g->spec.machine_type), .max_pods = -1, .host = limits_host_pods(&v, g) };
	if (!f->l) {
		return false;
	}
	eni_compute(f->l, &k->c.mode, &f->r);
	size_t n;
	const struct m_node *const *nodes = model_nodes(k->m, &n);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(nodes[i]->node.group, g->spec.name) &&
		    nodes[i]->node.capacity_pods > f->max_pods) {
			f->max_pods = nodes[i]->node.capacity_pods;
		}
	}
	f->max_pods = f->max_pods < 0 ? mp.value : f->max_pods;
	return true;
}

static void check_minimum(const struct check *k, const struct group_facts *f)
{
	const struct cni_settings *c = &k->c;
	/* in whole prefixes: 20 behaves as 32 (facts: vpc-cni 1.4) */
	int64_t most = f->r.prefix_used ? (c->minimum_ip + 15) / 16 * 16 : c->minimum_ip;
	if (c->minimum_ip > 0 && c->warm_ip <= 0 && !k->v6 && most < f->max_pods - f->host) {
		cni_say(k->s, FINDING_REFUSE, "MINIMUM_IP_TARGET",
			"without WARM_IP_TARGET nodes of %s stop at %" PRId64 " addresses: pods "
			"beyond them hang in ContainerCreating", f->g->spec.name, most);
	}
}

static void check_reach(const struct check *k, const struct group_facts *f)
{
	const struct eni_limits *l = f->l;
	int64_t need = f->max_pods - f->host;
	bool few = f->max_pods > 0 && need > f->r.addresses;
	const char *group = f->g->spec.name;
	if (k->v6 && !l->prefixes) {
		cni_say(k->s, FINDING_REFUSE, "ENABLE_IPv6", "%s of %s is no Nitro type: ipamd "
			"refuses to start", l->type, group);
	} else if (k->c.prefix && !l->prefixes) {
		cni_say(k->s, few ? FINDING_REFUSE : FINDING_WARN, PREFIX,
			"%s of %s takes no prefixes: it keeps single addresses, %d%s", l->type,
			group, (int)f->r.addresses, few ? ", too few for its max pods" : "");
	} else if (few) {
		bool max = k->c.mode.max_eni > 0 && k->c.mode.max_eni < l->max_enis;
		cni_say(k->s, FINDING_REFUSE, max ? "MAX_ENI" : k->c.mode.custom_network ?
			"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG" : PREFIX, "nodes of %s take %" PRId64
			" pods, and %s gives them %d addresses", group, f->max_pods, l->type,
			(int)f->r.addresses);
	}
	if (k->c.mode.custom_network && l->max_enis == 2) {
		cni_say(k->s, FINDING_INFO, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
			"%s of %s has two interfaces: one is left for pods", l->type, group);
	}
}

void cni_state_check(const struct model *m, struct cni_state *s)
{
	struct check k = { .m = m, .s = s };
	bool metal = false;
	size_t n;
	const struct m_group *const *groups = model_groups(m, &n);
	cni_state_settings(s, &k.c);
	k.v6 = is_on(&k, "ENABLE_IPv6");
	check_forms(&k);
	check_families(&k);
	check_targets(&k);
	check_others(&k);
	for (size_t i = 0; i < n; i++) {
		struct group_facts f;
		if (group_look(&k, groups[i], &f)) {
			metal |= f.l->bare_metal;
			check_minimum(&k, &f);
			check_reach(&k, &f);
		}
	}
	check_image(&k, metal);
}
