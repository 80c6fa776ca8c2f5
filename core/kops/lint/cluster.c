/* SPDX-License-Identifier: Apache-2.0 */
/* What kops refuses of a cluster's addons, told by its own text (rules as kops'
   pkg/apis/kops/validation has them). */
#include "core/kops/lint/parts.h"

#include <stdio.h>

#include "core/base/strs.h"
#include "core/kops/edit/rules.h"

/* The value at a setting's place; NULL: unset. */
static const struct yaml_node *lint_at(struct lint_walk *w, const char *key)
{
	const char *path[EDIT_MAX_PATH];
	size_t n = edit_row_path(edit_row_find(key, NULL), w->doc->alpha, path);
	const struct yaml_node *at = w->doc->root;

	for (size_t i = 0; at && i < n; i++) {
		at = yaml_get(at, path[i]);
	}
	return scalar_type(at) == SCALAR_NULL ? NULL : at;
}

/* The switch itself when it is on, else NULL. */
static const struct yaml_node *lint_on(struct lint_walk *w, const char *key)
{
	const struct yaml_node *n = lint_at(w, key);
	bool on = false;

	return n && yaml_bool(n, &on) && on ? n : NULL;
}

static void lint_say(struct lint_walk *w, const struct yaml_node *at, const char *keys,
	const char *hint, const char *text)
{
	struct lint_note *note = lint_add(w, LINT_WARN, at->line, "%s: kops will refuse the "
		"cluster", text);

	note->keys = keys;
	snprintf(note->hint, sizeof(note->hint), "%s", hint);
}

static void lint_metrics(struct lint_walk *w, bool certs)
{
	const struct yaml_node *on = lint_on(w, "addon.metricsServer");
	const struct yaml_node *insecure = lint_at(w, "addon.metricsServer.insecure");

	if (!on || certs || lint_on(w, "addon.metricsServer.insecure")) {
		return;
	}
	if (insecure) {
		lint_say(w, insecure, "addon.metricsServer addon.metricsServer.insecure "
			"addon.certManager", "set addon.certManager to true as well, or "
			"addon.metricsServer.insecure to true",
			"a metrics server with a verified certificate needs certManager");
		return;
	}
	struct lint_note *note = lint_add(w, LINT_WARN, on->line,
		"a metrics server with a verified "
		"certificate needs certManager, and it is not said here that this one is insecure");
	snprintf(note->hint, sizeof(note->hint), "set addon.metricsServer.insecure to true, or "
		"addon.certManager to true");
}

void lint_cluster(struct lint_walk *w)
{
	static const struct {
		const char *key, *keys, *text;
	} need_certs[] = {
		{ "addon.awsLoadBalancerController",
			"addon.awsLoadBalancerController addon.certManager",
			"the load balancer controller needs certManager" },
		{ "addon.snapshotController", "addon.snapshotController addon.certManager",
			"the snapshot controller needs certManager" },
	};
	bool irsa = false;

	if (w->doc->kind != DOCUMENT_CLUSTER) {
		return;
	}
	bool certs = lint_on(w, "addon.certManager");
	for (size_t i = 0; i < sizeof(need_certs) / sizeof(*need_certs) && !certs; i++) {
		const struct yaml_node *on = lint_on(w, need_certs[i].key);

		if (on) {
			lint_say(w, on, need_certs[i].keys,
				"set addon.certManager to true as well", need_certs[i].text);
		}
	}
	lint_metrics(w, certs);
	const struct yaml_node *karpenter = lint_on(w, "addon.karpenter");
	const struct yaml_node *external = yaml_at(w->doc->root,
		"spec.iam.useServiceAccountExternalPermissions");
	if (karpenter && !(external && yaml_bool(external, &irsa) && irsa)) {
		lint_say(w, karpenter, "addon.karpenter",
			"set spec.iam.useServiceAccountExternalPermissions and an issuer first "
			"(kops "
			"edit cluster)",
			"Karpenter needs AWS roles for service accounts");
	}
}
