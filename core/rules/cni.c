/* SPDX-License-Identifier: Apache-2.0 */
/* CNI settings and max pods, as kops will make them from the specs. */
#include "core/rules/cni.h"

#include <stddef.h>
#include <string.h>

#include "core/base/strs.h"

#define KUBELET_DEFAULT 110

/* As Go's strconv.ParseBool, which the CNI uses. */
static bool env_bool(const char *s, bool otherwise)
{
	static const char *const yes[] = { "1", "t", "T", "TRUE", "true", "True" };
	static const char *const no[] = { "0", "f", "F", "FALSE", "false", "False" };
	for (size_t i = 0; s && i < sizeof yes / sizeof *yes; i++) {
		if (!strcmp(s, yes[i])) {
			return true;
		}
		if (!strcmp(s, no[i])) {
			return false;
		}
	}
	return otherwise;
}

/* Not a number, zero and below are as unset. */
static int32_t env_count(const char *s, int32_t otherwise)
{
	int64_t v;
	if (!str_to_i64(s, INT32_MIN, INT32_MAX, &v)) {
		return otherwise;
	}
	return v > 0 ? (int32_t)v : 0;
}

static void cni_overlay(struct cni_settings *c, const struct env_entry *env, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *name = env[i].name, *value = env[i].value;
		if (str_eq(name, "ENABLE_PREFIX_DELEGATION")) {
			c->prefix = env_bool(value, false);
		} else if (str_eq(name, "WARM_PREFIX_TARGET")) {
			c->warm_prefix = env_count(value, 0);
		} else if (str_eq(name, "WARM_IP_TARGET")) {
			c->warm_ip = env_count(value, 0);
		} else if (str_eq(name, "MINIMUM_IP_TARGET")) {
			c->minimum_ip = env_count(value, 0);
		} else if (str_eq(name, "WARM_ENI_TARGET")) {
			int64_t v;
			bool number = str_to_i64(value, 0, INT32_MAX, &v);
			c->warm_eni = number ? (int32_t)v : 1;
		} else if (str_eq(name, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG")) {
			c->mode.custom_network = env_bool(value, false);
		} else if (str_eq(name, "MAX_ENI")) {
			c->mode.max_eni = env_count(value, 0);
		}
	}
	c->mode.prefix = c->prefix;
}

void cni_from_spec(const struct cluster_spec *c, struct cni_settings *out)
{
	*out = (struct cni_settings){ .amazonvpc = c && str_eq(c->networking, "amazonvpc") };
	if (c && out->amazonvpc) {
		out->warm_prefix = 1;
		out->warm_eni = 1;
		cni_overlay(out, c->env, c->nenv);
	}
}

void cni_from_env(const struct env_entry *env, size_t n, struct cni_settings *out)
{
	*out = (struct cni_settings){ .amazonvpc = n > 0, .warm_eni = 1 };
	cni_overlay(out, env, n);
}

const char *maxpods_source_text(enum maxpods_source s)
{
	static const char *const texts[] = {
		[MAXPODS_GROUP] = "group spec", [MAXPODS_CONTROL_PLANE] = "control-plane spec",
		[MAXPODS_CLUSTER] = "cluster spec", [MAXPODS_FORMULA] = "formula",
		[MAXPODS_KUBELET] = "kubelet default", [MAXPODS_UNREAD] = "spec not read",
		[MAXPODS_UNKNOWN] = "type not known",
	};
	return (size_t)s < sizeof texts / sizeof *texts ? texts[s] : "?";
}

/* kops' own figure for the weakest type of the group; false when one is not known. */
static bool formula_for_group(const struct group_spec *g, struct maxpods *out)
{
	size_t n = g->ntypes ? g->ntypes : 1;
	int64_t least = -1;
	for (size_t i = 0; i < n; i++) {
		const char *type = g->ntypes ? g->types[i] : g->machine_type;
		const struct eni_limits *l = eni_lookup(type);
		if (!l) {
			out->weakest_type = type;
			return false;
		}
		struct eni_result r;
		eni_compute(l, &(struct eni_mode){ 0 }, &r);
		if (least < 0 || r.raw < least) {
			least = r.raw;
			out->value = r.kops;
			out->weakest_type = l->type;
		}
	}
	return true;
}

void maxpods_for_group(const struct cluster_spec *c, const struct group_spec *g,
	struct maxpods *out)
{
	*out = (struct maxpods){ .value = -1, .source = MAXPODS_UNKNOWN };
	bool known = formula_for_group(g, out);
	const struct {
		int64_t value;
		enum maxpods_source source;
	} set[] = {
		{ g->max_pods, MAXPODS_GROUP },
		{ g->role == ROLE_CONTROL_PLANE && c ? c->cp_max_pods : -1, MAXPODS_CONTROL_PLANE },
		{ c ? c->max_pods : -1, MAXPODS_CLUSTER },
	};
	if (g->problem && !g->machine_type) {
		*out = (struct maxpods){ .value = -1, .source = MAXPODS_UNREAD };
		return;
	}
	for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
		if (set[i].value > 0) {
			out->value = set[i].value;
			out->source = set[i].source;
			return;
		}
		if (set[i].value == 0) { /* counts as set, so no formula, and kubelet ignores it */
			out->value = KUBELET_DEFAULT;
			out->source = MAXPODS_KUBELET;
			return;
		}
	}
	if (c && c->problem && !c->networking) {
		*out = (struct maxpods){ .value = -1, .source = MAXPODS_UNREAD };
		return;
	}
	if (!c || !str_eq(c->networking, "amazonvpc")) {
		out->value = c ? KUBELET_DEFAULT : -1;
		out->source = c ? MAXPODS_KUBELET : MAXPODS_UNKNOWN;
		return;
	}
	out->source = known ? MAXPODS_FORMULA : MAXPODS_UNKNOWN;
	out->value = known ? out->value : -1;
}
