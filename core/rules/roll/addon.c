/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CNI addon between an update and a roll.  kops writes the manifest to the
 * store; kops-channels applies it on the control plane within about a minute
 * and then marks every node (facts: kops part 3).  Who rolls before that rolls
 * twice, so nothing is replaced until the settings that run are those of the
 * spec and the marks have had time to come.
 */
#include <stdio.h>

#include "core/base/strs.h"
#include "core/rules/cni.h"
#include "core/rules/needs-update.h"
#include "core/rules/roll/internal.h"

#define ROLL_ADDON_MS (3 * 60 * 1000)
#define ROLL_MARKS_MS 15000 /* from the settings to the first mark */
#define ROLL_MARK_MS 3000   /* from the first mark to the last */

/*
 * What the spec does not mention has kops' default, which differs between its
 * releases: not compared.  Prefixes are off wherever nobody speaks of them.
 */
static bool roll_cni_same(const struct cluster_spec *c, const struct cni_settings *a,
	const struct cni_settings *b)
{
	const struct {
		const char *name;
		int32_t wanted, runs;
	} counts[] = {
		{ "WARM_PREFIX_TARGET", a->warm_prefix, b->warm_prefix },
		{ "WARM_IP_TARGET", a->warm_ip, b->warm_ip },
		{ "MINIMUM_IP_TARGET", a->minimum_ip, b->minimum_ip },
		{ "WARM_ENI_TARGET", a->warm_eni, b->warm_eni },
	};
	size_t i;

	if (a->prefix != b->prefix)
		return false;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (counts[i].wanted != counts[i].runs && env_last(c->env, c->nenv, counts[i].name))
			return false;
	}
	return true;
}

bool roll_addon_pending(const struct model *m)
{
	const char *open = model_opened(m);
	const struct m_cluster *c = open ? model_cluster(m, open) : NULL;
	const struct daemonset *d = model_daemonset(m, "kube-system", "aws-node");
	struct cni_settings wanted, runs;

	if (!c || c->spec.problem || !d || !d->nenv)
		return false;
	cni_from_spec(&c->spec, &wanted);
	cni_from_env(d->env, d->nenv, &runs);
	return wanted.amazonvpc && !roll_cni_same(&c->spec, &wanted, &runs);
}

/* A roll that has begun goes on: half of it done is worse than all of it twice. */
static bool roll_begun(const struct roll *r)
{
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		if (r->items[i]->issued || r->items[i]->in_hand)
			return true;
	}
	return false;
}

static bool roll_addon_still(struct roll *r)
{
	if (r->addon_since == ROLL_NEVER)
		r->addon_since = r->now;
	r->addon_came = ROLL_NEVER;
	if (r->now - r->addon_since > ROLL_ADDON_MS) {
		roll_end(r, ROLL_GUARDED,
			"Stopped before the first instance: the CNI settings of the spec are not "
			"those that run in the cluster, and did not arrive within %d minutes. "
			"Update first, then roll; now all would be rolled twice.",
			ROLL_ADDON_MS / 60000);
		return true;
	}
	roll_wake(r, r->addon_since + ROLL_ADDON_MS + 1);
	snprintf(r->waits, sizeof(r->waits),
		"Waits for the CNI addon with the new settings; it marks the nodes that need it.");
	return true;
}

bool roll_addon_waits(struct roll *r)
{
	int64_t until;

	if (r->addon_over || r->o.anyway || !r->kube || roll_begun(r))
		return false;
	if (roll_addon_pending(r->m))
		return roll_addon_still(r);
	if (r->addon_since == ROLL_NEVER) {
		r->addon_over = true;
		return false;
	}
	if (r->addon_came == ROLL_NEVER)
		r->addon_came = r->now;
	until = r->addon_came + (update_any_mark(r->m) ? ROLL_MARK_MS : ROLL_MARKS_MS);
	if (r->now >= until) {
		r->addon_over = true;
		return false;
	}
	snprintf(r->waits, sizeof(r->waits),
		"The CNI addon has come; waits for it to mark the nodes.");
	roll_wake(r, until);
	return true;
}
