/* SPDX-License-Identifier: Apache-2.0 */
/* A cluster's addons. */
#include "core/kops/addon.h"

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/base/yaml.h"

#define ADDONS_MAX 500

static const char *addon_text(struct arena *a, const struct yaml_node *n, const char *key)
{
	const char *text = yaml_text(n, key);
	return text ? arena_strdup(a, text) : NULL;
}

bool addon_list_read(const char *text, size_t len, struct addon_list *out, struct err *e)
{
	*out = (struct addon_list){ .arena = arena_new() };
	struct yaml_doc *d = yaml_parse(text, len, 0, e);
	const struct yaml_node *list = d ? yaml_at(yaml_root(d), "spec.addons") : NULL;
	bool ok = list && list->kind == YAML_SEQ;
	if (d && !ok) {
		err_set(e, ERR_PARSE, "addons/bootstrap-channel.yaml has no list spec.addons");
	}
	size_t most = ok ? list->count < ADDONS_MAX ? list->count : ADDONS_MAX : 0;
	out->v = most ? arena_alloc(out->arena, most * sizeof(*out->v)) : NULL;
	for (size_t i = 0; i < most; i++) {
		const struct yaml_node *n = list->items[i];
		struct addon *a = &out->v[out->n];
		a->name = addon_text(out->arena, n, "name");
		a->id = addon_text(out->arena, n, "id");
		a->version = addon_text(out->arena, n, "version");
		a->manifest = addon_text(out->arena, n, "manifest");
		a->hash = addon_text(out->arena, n, "manifestHash");
		a->rolls = addon_text(out->arena, n, "needsRollingUpdate");
		out->n += a->name != NULL;
	}
	yaml_free(d);
	return ok;
}

void addon_list_release(struct addon_list *l)
{
	arena_free(l->arena);
	*l = (struct addon_list){ .v = NULL };
}

const struct addon *addon_find(const struct addon_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++) {
		if (str_eq(l->v[i].name, name)) {
			return &l->v[i];
		}
	}
	return NULL;
}

/* ---- switches ---- */

static const struct addon_switch switches[] = {
	{ .field = "awsLoadBalancerController",
		.addon = "aws-load-balancer-controller.addons.k8s.io",
		.what = "makes load balancers of AWS for Services and Ingresses",
		.needs = { "certManager" } },
	{ .field = "certManager", .addon = "certmanager.io",
		.what = "issues certificates, also for the webhooks of other addons" },
	{ .field = "clusterAutoscaler", .addon = "cluster-autoscaler.addons.k8s.io",
		.what = "changes the groups' sizes between minSize and maxSize by need" },
	{ .field = "karpenter", .addon = "karpenter.sh",
		.what = "starts nodes of fitting types by need, for groups with manager: Karpenter",
		.condition = "spec.iam.useServiceAccountExternalPermissions and a "
			     "serviceAccountIssuerDiscovery" },
	{ .field = "metricsServer", .addon = "metrics-server.addons.k8s.io",
		.what = "measures CPU and memory for kubectl top and autoscaling",
		.condition = "certManager, but only with insecure: false" },
	{ .field = "nodeTerminationHandler", .addon = "node-termination-handler.aws",
		.what = "drains nodes that AWS is about to take away", .by_default = true },
	{ .field = "snapshotController", .addon = "snapshot-controller.addons.k8s.io",
		.what = "takes snapshots of volumes", .needs = { "certManager" } },
};
#define NSWITCHES (sizeof(switches) / sizeof(switches[0]))
_Static_assert(NSWITCHES <= 16, "struct addon_switches holds them all");

const struct addon_switch *addon_switch_at(size_t i)
{
	return i < NSWITCHES ? &switches[i] : NULL;
}

const struct addon_switch *addon_switch_of(const char *addon)
{
	for (size_t i = 0; i < NSWITCHES; i++) {
		if (str_eq(switches[i].addon, addon)) {
			return &switches[i];
		}
	}
	return NULL;
}

const struct addon_switch *addon_switch_named(const char *field)
{
	for (size_t i = 0; i < NSWITCHES; i++) {
		if (str_eq(switches[i].field, field)) {
			return &switches[i];
		}
	}
	return NULL;
}

void addon_switches_read(const char *config, size_t len, struct addon_switches *out)
{
	struct yaml_doc *d = yaml_parse(config, len, 0, NULL);
	const struct yaml_node *spec = d ? yaml_get(yaml_root(d), "spec") : NULL;
	*out = (struct addon_switches){ .readable = spec != NULL };
	for (size_t i = 0; i < NSWITCHES && spec; i++) {
		const struct yaml_node *n = yaml_get(spec, switches[i].field);
		const struct yaml_node *v = n ? yaml_get(n, "enabled") : NULL;
		bool on;
		if (v && yaml_bool(v, &on)) {
			out->state[i] = on ? SWITCH_ON : SWITCH_OFF;
		}
	}
	yaml_free(d);
}

bool addon_switch_is_on(const struct addon_switches *s, size_t i)
{
	return s->state[i] == SWITCH_ON ||
		(s->state[i] == SWITCH_UNSET && switches[i].by_default);
}
