/* SPDX-License-Identifier: Apache-2.0 */
/* Guard rails: which writes may be made. */
#include "core/run/policy.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define GUARD_RAIL "guard rail: "

static const struct {
	const char *name, *help;
} verbs[POLICY_ACTION__COUNT] = {
	[POLICY_ANNOTATE] = { "annotate", "set a node's annotation" },
	[POLICY_CORDON] = { "cordon", "cordon or uncordon a node" },
	[POLICY_CREATE_OBJECT] = { "create-object", "create a claim or a storage class" },
	[POLICY_EVICT] = { "evict", "evict a pod" },
	[POLICY_LABEL] = { "label", "set or remove a node's label" },
	[POLICY_LEASE] = { "lease", "take or give back the cluster's lease" },
	[POLICY_LOWER_REQUEST] = { "lower-request", "lower what a Deployment's pods ask for" },
	[POLICY_PATCH] = { "patch", "change a Deployment, a pod or a quota" },
	[POLICY_RESTART] = { "restart", "replace the pods of a DaemonSet" },
	[POLICY_SCALE] = { "scale", "set the replicas of a Deployment" },
	[POLICY_SET_ENV] = { "set-env", "set a variable of a DaemonSet" },
	[POLICY_TAINT] = { "taint", "set or remove a node's taint" },
	[POLICY_UNDO] = { "undo", "give a Deployment its former template back" },
	[POLICY_DEREGISTER] = { "deregister", "take an instance out of its balancers" },
	[POLICY_DETACH] = { "detach", "detach an instance from its group" },
	[POLICY_SET_DESIRED] = { "set-desired", "set the number of instances of a group" },
	[POLICY_TERMINATE] = { "terminate", "end an instance" },
	[POLICY_WRITE_SPEC] = { "write-spec", "write a file of the state store" },
	[POLICY_UPDATE] = { "update", "kops update cluster --yes" },
	[POLICY_ROLL] = { "roll", "a rolling update, by kopscope or by kops" },
	[POLICY_CREATE] = { "create", "kops create cluster" },
	[POLICY_EXPORT_KUBECONFIG] = { "export-kubeconfig", "kops export kubeconfig" },
};

static const char *const verdicts[POLICY__COUNT] = {
	[POLICY_ALLOW] = "allow", [POLICY_ASK] = "ask", [POLICY_TYPE] = "type",
	[POLICY_DENY] = "deny",
};

/* What a run does by itself, once it is started. */
static const enum policy_action roll_does[] = { POLICY_ROLL, POLICY_CORDON, POLICY_TAINT,
	POLICY_LABEL, POLICY_EVICT, POLICY_DEREGISTER, POLICY_DETACH, POLICY_TERMINATE,
	POLICY_LEASE };

const char *policy_verdict_name(enum policy_verdict v)
{
	return verdicts[v];
}

const char *policy_action_name(enum policy_action a)
{
	return verbs[a].name;
}

const char *policy_action_help(enum policy_action a)
{
	return verbs[a].help;
}

void policy_add(struct policy *p, const struct policy_rule *r)
{
	p->v = xrealloc(p->v, (p->n + 1) * sizeof(*p->v));
	p->v[p->n++] = *r;
}

void policy_release(struct policy *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].cluster);
		free(p->v[i].group);
		free(p->v[i].action);
		free(p->v[i].reason);
		free(p->v[i].from);
	}
	free(p->v);
	*p = (struct policy){ .n = 0 };
}

static bool policy_like(const char *pattern, const char *name)
{
	return !pattern || str_glob(pattern, name ? name : "");
}

static bool policy_like_group(const struct policy_rule *r, const char *group)
{
	if (!group) {
		return policy_like(r->group, "") || r->verdict != POLICY_ALLOW;
	}
	return policy_like(r->group, group);
}

const struct policy_rule *policy_find(const struct policy *p, const char *cluster,
	const char *group, enum policy_action a)
{
	for (size_t i = 0; p && i < p->n; i++) {
		const struct policy_rule *r = &p->v[i];
		if (policy_like(r->cluster, cluster) && policy_like_group(r, group) &&
			policy_like(r->action, verbs[a].name)) {
			return r;
		}
	}
	return NULL;
}

const struct policy_rule *policy_find_run(const struct policy *p, const char *cluster,
	const char *group, enum policy_action run)
{
	const struct policy_rule *found = policy_find(p, cluster, group, run);
	size_t n = run == POLICY_ROLL ? sizeof(roll_does) / sizeof(roll_does[0]) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct policy_rule *r = policy_find(p, cluster, group, roll_does[i]);
		if (r && (!found || r->verdict > found->verdict)) {
			found = r;
		}
	}
	return found;
}

bool policy_all_denied(const struct policy *p, const char *cluster)
{
	for (int a = 0; a < POLICY_ACTION__COUNT; a++) {
		const struct policy_rule *r = policy_find(p, cluster, "", (enum policy_action)a);
		if (!r || r->verdict != POLICY_DENY) {
			return false;
		}
	}
	return true;
}

bool policy_refuse(const struct policy_rule *r, const char *cluster, enum policy_action a,
	struct err *e)
{
	const char *name = str_empty(cluster) ? "this cluster" : cluster;
	const char *from = r->from ? r->from : "a rule", *colon = r->reason ? ": " : "";
	const char *reason = r->reason ? r->reason : "", *verb = verbs[a].name;
	if (r->verdict == POLICY_DENY) {
		err_set(e, ERR_REFUSED, GUARD_RAIL "%s on %s is denied (%s)%s%s", verb, name, from,
			colon, reason);
		err_hint(e, "kopscope config shows the rules");
	} else {
		const char *word = r->verdict == POLICY_TYPE ? name : "yes";
		err_set(e, ERR_REFUSED, GUARD_RAIL "%s needs :confirm %s first (%s)%s%s", verb,
			word, from, colon, reason);
		err_hint(e, "on the command line: --confirm %s", word);
	}
	return false;
}

bool policy_refused(const struct err *e)
{
	return e->kind == ERR_REFUSED && strstr(e->text, GUARD_RAIL);
}
