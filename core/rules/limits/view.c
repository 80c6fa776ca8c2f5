/* SPDX-License-Identifier: Apache-2.0 */
/* Before and after of an edit. */
#include "core/rules/limits/view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

/* The env entries that this edit knows, and what kops renders without them. */
static const struct {
	const char *name, *otherwise;
} knobs[] = {
	{ "ENABLE_PREFIX_DELEGATION", "false" }, { "WARM_PREFIX_TARGET", "1" },
	{ "WARM_IP_TARGET", NULL }, { "MINIMUM_IP_TARGET", NULL },
};
#define NKNOBS (sizeof knobs / sizeof *knobs)
_Static_assert(NKNOBS == sizeof ((struct limits_view *)0)->knob_texts / 24, "one text each");

static int64_t knob_wanted(const struct limits_edit *e, size_t knob)
{
	const int64_t values[NKNOBS] = { e->prefix, e->warm_prefix, e->warm_ip, e->minimum_ip };
	return values[knob];
}

/* As rendered: the last duplicate wins. */
static const char *knob_value(const struct cluster_spec *c, size_t knob)
{
	const struct env_entry *env = env_last(c->env, c->nenv, knobs[knob].name);
	return !env ? knobs[knob].otherwise : env->value ? env->value : "";
}

static void env_remove(struct cluster_spec *c, const char *name)
{
	size_t to = 0;
	for (size_t i = 0; i < c->nenv; i++) {
		if (!str_eq(c->env[i].name, name)) {
			c->env[to++] = c->env[i];
		}
	}
	c->nenv = to;
}

static const char *knob_text(struct limits_view *v, size_t knob, int64_t value)
{
	if (knob == 0) {
		return value ? "true" : "false";
	}
	snprintf(v->knob_texts[knob], sizeof v->knob_texts[knob], "%" PRId64, value);
	return v->knob_texts[knob];
}

/* The variables that have no field of their own in the edit. */
static void view_others(struct limits_view *v)
{
	for (size_t i = 0; i < v->edit->nenv; i++) {
		const struct env_entry *want = &v->edit->env[i];
		const struct env_entry *is = env_last(v->after.env, v->after.nenv, want->name);
		v->env_changes |= !str_eq(is ? is->value : NULL, want->value);
		env_remove(&v->after, want->name);
		if (want->value) {
			v->after.env[v->after.nenv++] = *want;
		}
	}
}

static void view_env(struct limits_view *v)
{
	size_t bytes = (v->before->nenv + NKNOBS + v->edit->nenv) * sizeof *v->after.env;
	v->after.env = xmalloc(bytes);
	if (v->before->nenv) {
		memcpy(v->after.env, v->before->env, v->before->nenv * sizeof *v->after.env);
	}
	for (size_t k = 0; k < NKNOBS; k++) {
		int64_t want = knob_wanted(v->edit, k);
		if (want == LIMITS_KEEP) {
			continue;
		}
		env_remove(&v->after, knobs[k].name);
		if (want != LIMITS_UNSET) {
			v->after.env[v->after.nenv++] = (struct env_entry){
				.name = knobs[k].name, .value = knob_text(v, k, want) };
		}
	}
	view_others(v);
	for (size_t k = 0; k < NKNOBS; k++) {
		v->env_changes |= !str_eq(knob_value(v->before, k), knob_value(&v->after, k));
	}
}

static int64_t edited(int64_t now, int64_t wanted)
{
	return wanted == LIMITS_KEEP ? now : wanted == LIMITS_UNSET ? -1 : wanted;
}

/* What the specs say, not what comes of it: 17 by formula and 17 as set differ for kops. */
static int64_t spec_max_pods(const struct cluster_spec *c, const struct group_spec *g)
{
	if (g->max_pods >= 0) {
		return g->max_pods;
	}
	if (g->role == ROLE_CONTROL_PLANE && c->cp_max_pods >= 0) {
		return c->cp_max_pods;
	}
	return c->max_pods;
}

struct group_spec limits_group_after(const struct limits_view *v, const struct m_group *g)
{
	struct group_spec s = g->spec;
	if (!v->edit->group || !str_eq(v->edit->group, s.name)) {
		return s;
	}
	if (v->edit->after) {
		return *v->edit->after;
	}
	s.max_pods = edited(s.max_pods, v->edit->max_pods);
	return s;
}

bool limits_view_init(struct limits_view *v, const struct model *m, const struct limits_edit *edit,
	struct findings *out)
{
	*v = (struct limits_view){ .m = m, .edit = edit, .out = out };
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	if (!c || c->spec.problem) {
		return false;
	}
	v->before = &c->spec;
	v->after = c->spec;
	if (!edit->group) {
		v->after.max_pods = edited(c->spec.max_pods, edit->max_pods);
	}
	v->after.cp_max_pods = edited(c->spec.cp_max_pods, edit->cp_max_pods);
	view_env(v);
	cni_from_spec(v->before, &v->cni_before);
	cni_from_spec(&v->after, &v->cni_after);
	v->env_changes &= v->cni_after.amazonvpc;
	v->mode_changes = v->cni_before.mode.prefix != v->cni_after.mode.prefix;
	size_t n;
	const struct m_group *const *groups = model_groups(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (!groups[i]->has_spec) {
			continue;
		}
		struct group_spec after = limits_group_after(v, groups[i]);
		bool pods = groups[i]->spec.role != ROLE_BASTION &&
			spec_max_pods(v->before, &groups[i]->spec) !=
			spec_max_pods(&v->after, &after);
		bool other = edit->replaces &&
			(!edit->group || str_eq(edit->group, groups[i]->spec.name));
		if (pods || other) {
			words_add(&v->replaced, groups[i]->spec.name);
		}
	}
	return true;
}

void limits_view_release(struct limits_view *v)
{
	if (v->before) {
		free(v->after.env);
	}
	words_release(&v->replaced);
}

int limits_group_nodes(const struct m_group *g)
{
	return (int)(g->nnodes > g->ninstances ? g->nnodes : g->ninstances);
}

bool limits_group_replaced(const struct limits_view *v, const struct m_group *g)
{
	for (size_t i = 0; i < v->replaced.n; i++) {
		if (str_eq(v->replaced.v[i], g->spec.name)) {
			return true;
		}
	}
	return v->env_changes && g->spec.role != ROLE_BASTION;
}

void limits_say(struct limits_view *v, enum finding_level level, const char *todo, const char *fmt,
	...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	bool said = false;
	for (size_t i = 0; i < v->out->n; i++) {
		said |= str_eq(v->out->v[i].text, text);
	}
	if (!said) {
		findings_add(v->out, level, todo, "%s", text);
	}
	free(text);
}
