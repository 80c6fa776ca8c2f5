/* SPDX-License-Identifier: Apache-2.0 */
/* The guard rails of a session. */
#include "tui/session-guard.h"

#include <stdlib.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/base/xalloc.h"
#include "core/kops/command.h"
#include "k8s/kubeconfig-file.h"

#define CONFIRM_MS (5 * 60 * 1000)

/* What was said is enough for the verdict. */
static bool session_word_suffices(const char *word, const char *cluster, enum policy_verdict v)
{
	bool named = !str_empty(cluster) && str_eq(word, cluster);
	return v == POLICY_TYPE ? named : v == POLICY_ASK && (named || str_eq(word, "yes"));
}

static bool session_confirmed(const struct session *s, const char *cluster, enum policy_verdict v)
{
	if (session_word_suffices(s->opts.confirm, cluster, v)) {
		return true;
	}
	/* A word that was typed is for the cluster that was open then. */
	return s->confirmed && str_eq(s->confirmed_cluster, cluster) &&
		clock_mono(&s->clock) < s->confirmed_until &&
		session_word_suffices(s->confirmed, cluster, v);
}

static bool session_judge(struct session *s, const struct policy_rule *r, const char *cluster,
	enum policy_action a, struct err *e)
{
	if (s->readonly_option || (s->opts.readonly && !r)) {
		return err_set(e, ERR_REFUSED, "read-only: nothing is written, so no %s",
			policy_action_name(a));
	}
	if (!r || r->verdict == POLICY_ALLOW) {
		return true;
	}
	/* A run's worker: who started the run was asked for all that it does. */
	if (r->verdict != POLICY_DENY &&
		(s->detached || session_confirmed(s, cluster, r->verdict))) {
		return true;
	}
	return policy_refuse(r, cluster, a, e);
}

static const char *session_named(const struct session *s, const char *cluster)
{
	return cluster ? cluster : model_opened(s->model);
}

bool session_may(struct session *s, const char *cluster, const char *group, enum policy_action a,
	struct err *e)
{
	cluster = session_named(s, cluster);
	return session_judge(s, policy_find(s->opts.policy, cluster, group, a), cluster, a, e);
}

bool session_may_run(struct session *s, const char *cluster, const char *const *groups,
	enum policy_action a, struct err *e)
{
	cluster = session_named(s, cluster);
	/* kops' own runs concern the cluster; a roll all of its groups, unless some are named. */
	const char *all = a == POLICY_ROLL ? NULL : "";
	const struct policy_rule *found = NULL;
	size_t i = 0;
	do {
		const struct policy_rule *r = policy_find_run(s->opts.policy, cluster,
			groups && groups[0] ? groups[i] : all, a);
		if (r && (!found || r->verdict > found->verdict)) {
			found = r;
		}
	} while (groups && groups[0] && groups[++i]);
	return session_judge(s, found, cluster, a, e);
}

bool session_options_may_run(const struct session_options *o, const char *cluster, struct err *e)
{
	const struct policy_rule *r = policy_find_run(o->policy, cluster, NULL, POLICY_ROLL);
	if (o->readonly) {
		return err_set(e, ERR_REFUSED, "read-only: no run was started");
	}
	return !r || r->verdict == POLICY_ALLOW ||
		session_word_suffices(o->confirm, cluster, r->verdict) ||
		policy_refuse(r, cluster, POLICY_ROLL, e);
}

bool session_confirm(struct session *s, const char *word, struct err *e)
{
	const char *cluster = model_opened(s->model);
	if (!cluster) {
		return err_set(e, ERR_USAGE, "no cluster is open");
	}
	if (!str_eq(word, "yes") && !str_eq(word, cluster)) {
		return err_set(e, ERR_USAGE,
			"the open cluster is %s: confirm takes its name, or yes", cluster);
	}
	xreplace(&s->confirmed, word);
	xreplace(&s->confirmed_cluster, cluster);
	s->confirmed_until = clock_mono(&s->clock) + (int64_t)(CONFIRM_MS * s->clock.scale);
	return true;
}

void session_guard_cluster(struct session *s, const char *cluster)
{
	s->opts.readonly = s->readonly_option || policy_all_denied(s->opts.policy, cluster);
}

/* Whether the file's users have secrets in it rather than a program or files that tell them. */
static bool session_has_keys(const struct cfg_file *f)
{
	static const char *const secrets[] = { "user.client-key-data", "user.token",
		"user.password" };
	const struct yaml_node *users = yaml_get(yaml_root(f->doc), "users");
	for (size_t i = 0; users && users->kind == YAML_SEQ && i < users->count; i++) {
		for (size_t k = 0; k < sizeof(secrets) / sizeof(secrets[0]); k++) {
			if (!str_empty(yaml_text(users->items[i], secrets[k]))) {
				return true;
			}
		}
	}
	return false;
}

void session_warn_keys(struct session *s)
{
	const char *list = getenv("KUBECONFIG");
	struct cfg_set set = { .v = NULL };
	char *usual = file_expand_home("~/.kube/config");
	if (s->opts.kubeconfig) {
		cfg_set_add(&set, s->opts.kubeconfig, true, NULL);
	} else if (!str_empty(list)) {
		cfg_set_add_list(&set, list, NULL);
	} else {
		cfg_set_add(&set, usual, true, NULL);
	}
	for (size_t i = 0; !s->warned_keys && i < set.n; i++) {
		if (trust_readable_by_others(set.v[i].path) && session_has_keys(&set.v[i])) {
			log_add(&s->log, clock_wall(&s->clock), STYLE_WARN,
				"others can read the keys in %s: chmod 600 it", set.v[i].path);
			s->warned_keys = true;
		}
	}
	cfg_set_release(&set);
	free(usual);
}

/* ---- what the gates ask --------------------------------------------------------- */

static bool session_gate_may(void *ctx, const char *cluster, const char *group,
	enum policy_action a, struct err *e)
{
	return session_may(ctx, cluster, group, a, e);
}

static const char *session_group_name(const struct m_group *g)
{
	return g ? g->spec.name : NULL;
}

static const char *session_group_of_asg(const struct model *m, const char *asg)
{
	size_t n;
	const struct m_group *const *v = model_groups(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (v[i]->has_asg && str_eq(v[i]->asg.name, asg)) {
			return v[i]->spec.name;
		}
	}
	return NULL;
}

static const char *session_group_of(void *ctx, enum gate_thing t, const char *ns,
	const char *name)
{
	const struct model *m = ((struct session *)ctx)->model;
	const struct m_node *node = NULL;
	const struct m_instance *instance;
	const struct m_pod *pod;
	switch (t) {
	case GATE_NODE:
		node = model_node(m, name);
		break;
	case GATE_POD:
		pod = model_pod(m, ns, name);
		node = pod ? pod->bound : NULL;
		break;
	case GATE_INSTANCE:
		instance = model_instance(m, name);
		return instance ? session_group_name(instance->group) : NULL;
	case GATE_ASG:
		return session_group_of_asg(m, name);
	case GATE_NONE:
		return "";
	}
	return node ? session_group_name(node->group) : NULL;
}

struct gate_keeper session_keeper(struct session *s)
{
	return (struct gate_keeper){ .may = session_gate_may, .group_of = session_group_of,
		.ctx = s };
}

/* ---- kops ------------------------------------------------------------------------ */

static bool session_kops_may(void *ctx, enum kops_verb verb, const char *cluster, struct err *e)
{
	static const struct {
		enum kops_verb verb;
		enum policy_action action;
	} writes[] = {
		{ KOPS_UPDATE, POLICY_UPDATE }, { KOPS_ROLL, POLICY_ROLL },
		{ KOPS_CREATE, POLICY_CREATE },
		{ KOPS_EXPORT_KUBECONFIG, POLICY_EXPORT_KUBECONFIG },
	};
	struct session *s = ctx;
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		if (writes[i].verb == verb) {
			/* Which groups a roll by kops may touch was settled as it was launched. */
			return writes[i].action == POLICY_ROLL ?
				session_may(s, cluster, "", POLICY_ROLL, e) :
				session_may_run(s, cluster, NULL, writes[i].action, e);
		}
	}
	return true;
}

void session_guard_kops(struct session *s, bool on)
{
	kops_guard(on ? session_kops_may : NULL, s);
}
