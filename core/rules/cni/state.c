/* SPDX-License-Identifier: Apache-2.0 */
/* aws-node's variables: default, spec, live, and which one holds. */
#include "core/rules/cni/state.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"
#include "core/rules/words.h"

const char *cni_from_text(enum cni_from from)
{
	static const char *const texts[] = { [CNI_FROM_CODE] = "default", [CNI_FROM_KOPS] = "kops",
		[CNI_FROM_SPEC] = "spec", [CNI_FROM_FORCED] = "forced", [CNI_FROM_LIVE] = "live" };
	return texts[from];
}

void cni_say(struct cni_state *s, enum finding_level level, const char *name, const char *fmt, ...)
{
	va_list ap;
	s->troubles = xgrow(s->troubles, &s->troubles_cap, s->ntroubles, sizeof *s->troubles);
	struct cni_trouble *t = &s->troubles[s->ntroubles++];
	va_start(ap, fmt);
	*t = (struct cni_trouble){ .level = level, .name = name, .text = xvasprintf(fmt, ap) };
	va_end(ap);
}

static const char *value_of(const struct env_entry *env, size_t n, const char *name)
{
	const struct env_entry *last = env_last(env, n, name);
	return !last ? NULL : last->value ? last->value : "";
}

/* ---- entries ---- */

/* A text of kops' own making (tags) or of its version (paths, logs) is not compared. */
static bool entry_drifts(const struct cni_state *s, const struct cni_entry *e)
{
	const struct cni_var *v = e->var;
	if (!s->ds || !s->spec || !s->ds->nenv) {
		return false;
	}
	if (v && v->forced) {
		return v->forced[0] && e->live && !str_eq(e->live, v->forced);
	}
	if (!e->spec && (!v || (v->flags & CNI_PLUMBING))) {
		return false; /* a newer kops may know it */
	}
	if (!e->spec && !e->live) {
		/* An older kops leaves it out: fine where that comes to the same. */
		return v->kops && v->unset && !str_eq(v->kops, v->unset);
	}
	return !str_eq(e->live, e->made);
}

static void entry_fill(const struct cni_state *s, struct cni_entry *e)
{
	const struct cni_var *v = e->var;
	bool forced = v && v->forced;
	if (s->spec) {
		e->spec = value_of(s->spec->env, s->spec->nenv, e->name);
	}
	if (s->ds) {
		e->live = value_of(s->ds->env, s->ds->nenv, e->name);
	}
	e->made = forced ? v->forced : e->spec ? e->spec : v ? v->kops : NULL;
	e->drift = entry_drifts(s, e);
	bool seen = s->ds && s->ds->nenv;
	e->holds = seen ? e->live : e->made;
	if (!e->holds) {
		e->holds = v ? v->unset : NULL;
		e->from = CNI_FROM_CODE;
	} else if (e->drift || (seen && !e->made)) {
		e->from = CNI_FROM_LIVE;
	} else {
		e->from = forced ? CNI_FROM_FORCED : e->spec ? CNI_FROM_SPEC : CNI_FROM_KOPS;
	}
}

static void entry_add(struct cni_state *s, const char *name, const struct cni_var *var)
{
	s->v = xgrow(s->v, &s->cap, s->n, sizeof *s->v);
	s->v[s->n] = (struct cni_entry){ .name = name, .var = var };
	entry_fill(s, &s->v[s->n++]);
}

static void entries_unknown(struct cni_state *s, const struct env_entry *env, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_empty(env[i].name) && !cni_var_find(env[i].name) &&
		    !cni_state_find(s, env[i].name)) {
			entry_add(s, env[i].name, NULL);
		}
	}
}

const struct cni_entry *cni_state_find(const struct cni_state *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(s->v[i].name, name)) {
			return &s->v[i];
		}
	}
	return NULL;
}

/* ---- which one wins (facts: vpc-cni 1.2) ---- */

static bool holds_true(const struct cni_state *s, const char *name)
{
	const struct cni_entry *e = cni_state_find(s, name);
	return e && str_eq(e->holds, "true");
}

static const char *entry_ignored(const struct cni_state *s, const struct cni_settings *c,
	const struct cni_entry *e)
{
	static const char *const pool[] = { "WARM_PREFIX_TARGET", "WARM_IP_TARGET",
		"MINIMUM_IP_TARGET", "WARM_ENI_TARGET", "MAX_ENI" };
	bool targets = c->warm_ip > 0 || c->minimum_ip > 0, set = e->spec || e->live;
	if (e->var && (e->var->flags & CNI_USELESS)) {
		return set ? "the CNI no longer looks at it" : NULL;
	}
	if (e->var && (e->var->flags & CNI_INIT)) {
		return set ? "the init container reads it, kops gives it to aws-node alone" : NULL;
	}
	for (size_t i = 0; i < sizeof pool / sizeof *pool; i++) {
		if (str_eq(e->name, pool[i]) && holds_true(s, "ENABLE_IPv6")) {
			return "IPv6 is on";
		}
	}
	if (str_eq(e->name, "WARM_PREFIX_TARGET")) {
		return !c->prefix ? "prefix delegation is off" :
			targets ? "an IP target is set" : NULL;
	}
	if (str_eq(e->name, "WARM_ENI_TARGET")) {
		return targets ? "an IP target is set" :
			c->prefix ? "prefix delegation is on" : NULL;
	}
	if (str_eq(e->name, "MAX_ENI") && set && c->mode.max_eni < 1) {
		return "it is below 1";
	}
	if (str_starts(e->name, "ENI_CONFIG_") && set && !c->mode.custom_network) {
		return "custom networking is off";
	}
	if (str_eq(e->name, "POD_SECURITY_GROUP_ENFORCING_MODE") && set &&
	    !holds_true(s, "ENABLE_POD_ENI")) {
		return "ENABLE_POD_ENI is off";
	}
	return NULL;
}

void cni_state_settings(const struct cni_state *s, struct cni_settings *out)
{
	if (s->ds && s->ds->nenv) {
		cni_from_env(s->ds->env, s->ds->nenv, out);
	} else {
		cni_from_spec(s->spec, out);
	}
}

void cni_state_of(const struct model *m, struct cni_state *out)
{
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	size_t n;
	const struct cni_var *vars = cni_vars(&n);
	*out = (struct cni_state){ .ds = model_daemonset(m, "kube-system", "aws-node"),
		.spec = c && !c->spec.problem ? &c->spec : NULL };
	out->amazonvpc = out->spec ? str_eq(out->spec->networking, "amazonvpc") : out->ds != NULL;
	if (!out->amazonvpc) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		entry_add(out, vars[i].name, &vars[i]);
	}
	if (out->spec) {
		entries_unknown(out, out->spec->env, out->spec->nenv);
	}
	if (out->ds) {
		entries_unknown(out, out->ds->env, out->ds->nenv);
	}
	struct cni_settings settings;
	cni_state_settings(out, &settings);
	for (size_t i = 0; i < out->n; i++) {
		out->v[i].ignored = entry_ignored(out, &settings, &out->v[i]);
		out->ndrift += out->v[i].drift;
	}
	cni_state_check(m, out);
}

void cni_state_release(struct cni_state *s)
{
	for (size_t i = 0; i < s->ntroubles; i++) {
		free(s->troubles[i].text);
	}
	free(s->troubles);
	free(s->v);
	*s = (struct cni_state){ .n = 0 };
}

/* ---- the DaemonSet ---- */

bool cni_rolling(const struct daemonset *ds)
{
	return ds && (ds->updated < ds->desired || ds->ready < ds->desired ||
		ds->observed_generation < ds->generation);
}

const char *cni_image_tag(const char *image)
{
	const char *tag = image ? strrchr(image, ':') : NULL;
	return tag && !strchr(tag, '/') ? tag + 1 : image;
}

void cni_live_findings(const struct model *m, const struct env_entry *env, size_t n,
	struct findings *out)
{
	size_t nnodes, full = 0;
	const struct m_node *const *v = model_nodes(m, &nnodes);
	for (size_t i = 0; i < nnodes; i++) {
		struct node_capacity c;
		capacity_in_numbers(m, v[i], &c);
		full += c.full;
	}
	if (n) {
		findings_add(out, FINDING_WARN, "change the spec, so that it stays",
			"temporary: kops will overwrite this at the next update that touches the "
			"addon");
	}
	for (size_t i = 0; i < n; i++) {
		const struct cni_var *var = cni_var_find(env[i].name);
		if (var && var->forced) {
			findings_add(out, FINDING_WARN, NULL, "%s is kops' own to set", var->name);
		}
	}
	if (full) {
		findings_add(out, FINDING_WARN, "scale a Deployment down, or add a node",
			"%zu node%s no free slot for the new aws-node: a pod there is preempted",
			full, full == 1 ? " has" : "s have");
	}
	findings_add(out, FINDING_INFO, NULL,
		"aws-node restarts on %zu node%s, a tenth at a time; running pods keep their "
		"addresses, none starts meanwhile", nnodes, nnodes == 1 ? "" : "s");
}
