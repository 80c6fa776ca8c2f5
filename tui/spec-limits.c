/* SPDX-License-Identifier: Apache-2.0 */
/* What lies between two texts of one spec. */
#include "tui/spec-limits.h"

#include <stdlib.h>

#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/spec.h"

/* ---- settings without a field of their own ---- */

static void settings_add(void *ctx, const struct edit_setting *s, const char *key,
	const char *value, size_t line)
{
	struct strmap *m = ctx;

	(void)s;
	(void)line;
	strmap_set(m, key, xstrdup(value));
}

struct spec_difference {
	const struct strmap *other;
	struct spec_limits *l;
};

static void settings_compare(void *ctx, const struct edit_setting *s, const char *key,
	const char *value, size_t line)
{
	const struct spec_difference *d = ctx;
	const char *other = strmap_get(d->other, key);

	(void)line;
	if (str_eq(other, value)) {
		return;
	}
	d->l->addons |= s->effect == EDIT_ADDON;
	d->l->edit.replaces |= s->form != EDIT_ENTRY && !str_ends(key, "axPods") &&
		(s->effect == EDIT_NODES || s->effect == EDIT_ALL_NODES);
}

/* Both ways: what came or changed, and what went. */
static void limits_settings(struct spec_limits *l, const char *before, size_t nbefore,
	const char *after, size_t nafter)
{
	struct strmap *was = strmap_new(free), *is = strmap_new(free);
	struct spec_difference came = { was, l }, went = { is, l };

	edit_each(before, nbefore, settings_add, was);
	edit_each(after, nafter, settings_add, is);
	edit_each(after, nafter, settings_compare, &came);
	edit_each(before, nbefore, settings_compare, &went);
	strmap_free(was);
	strmap_free(is);
}

/* ---- the cluster's ---- */

static int64_t limits_number(int64_t was, int64_t is)
{
	return was == is ? LIMITS_KEEP : is < 0 ? LIMITS_UNSET : is;
}

static const char *limits_env_of(const struct cluster_spec *c, const char *name)
{
	const struct env_entry *env = env_last(c->env, c->nenv, name);

	return env ? env->value : NULL;
}

/* Those that the rules have fields for are known by them; the others go as they are. */
static void limits_variable(struct spec_limits *l, const char *name, const char *value)
{
	const struct {
		const char *name;
		int64_t *value;
	} numbers[] = {
		{ "WARM_PREFIX_TARGET", &l->edit.warm_prefix },
		{ "WARM_IP_TARGET", &l->edit.warm_ip },
		{ "MINIMUM_IP_TARGET", &l->edit.minimum_ip },
	};

	if (str_eq(name, "ENABLE_PREFIX_DELEGATION")) {
		l->edit.prefix = value ? str_eq(value, "true") : LIMITS_UNSET;
		return;
	}
	for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
		if (str_eq(name, numbers[k].name)) {
			*numbers[k].value = LIMITS_UNSET;
			if (!value || str_to_i64(value, 0, INT64_MAX, numbers[k].value)) {
				return;
			}
			*numbers[k].value = LIMITS_KEEP;
		}
	}
	if (l->edit.nenv < sizeof l->env / sizeof *l->env) {
		l->env[l->edit.nenv++] = (struct env_entry){ .name = name, .value = value };
	}
}

static void limits_env(struct spec_limits *l, const struct cluster_spec *was,
	const struct cluster_spec *is)
{
	for (size_t i = 0; i < is->nenv; i++) {
		const char *name = is->env[i].name, *value = limits_env_of(is, name);
		bool first = true;

		for (size_t k = 0; k < i; k++) {
			first &= !str_eq(is->env[k].name, name);
		}
		if (first && !str_eq(limits_env_of(was, name), value)) {
			limits_variable(l, name, value);
		}
	}
	for (size_t i = 0; i < was->nenv; i++) {
		const char *name = was->env[i].name;
		bool first = true;

		for (size_t k = 0; k < i; k++) {
			first &= !str_eq(was->env[k].name, name);
		}
		if (first && !limits_env_of(is, name)) {
			limits_variable(l, name, NULL);
		}
	}
}

bool spec_limits_init(struct spec_limits *l, const char *group, const char *before, size_t nbefore,
	const char *after, size_t nafter)
{
	struct cluster_spec was, is;
	struct group_spec old;
	bool ok;

	*l = (struct spec_limits){ .edit = { .group = group, .max_pods = LIMITS_KEEP,
		.cp_max_pods = LIMITS_KEEP, .warm_prefix = LIMITS_KEEP, .warm_ip = LIMITS_KEEP,
		.minimum_ip = LIMITS_KEEP, .prefix = LIMITS_KEEP } };
	l->arena = arena_new();
	l->edit.env = l->env;
	if (group) {
		ok = spec_read_group(before, nbefore, NULL, l->arena, &old, NULL) &&
			spec_read_group(after, nafter, NULL, l->arena, &l->group, NULL);
		if (ok) {
			l->edit.after = &l->group;
			l->edit.max_pods = limits_number(old.max_pods, l->group.max_pods);
		}
	} else {
		ok = spec_read_cluster(before, nbefore, l->arena, &was, NULL) &&
			spec_read_cluster(after, nafter, l->arena, &is, NULL);
		if (ok) {
			l->edit.max_pods = limits_number(was.max_pods, is.max_pods);
			l->edit.cp_max_pods = limits_number(was.cp_max_pods, is.cp_max_pods);
			limits_env(l, &was, &is);
		}
	}
	if (ok) {
		limits_settings(l, before, nbefore, after, nafter);
	}
	return ok;
}

void spec_limits_release(struct spec_limits *l)
{
	arena_free(l->arena);
	l->arena = NULL;
}
