/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cluster's addons: the list that kops writes for kops-channels
 * (addons/bootstrap-channel.yaml, facts: kops parts 1.1, 3), and the switches
 * of the cluster's spec that put an addon there or take it away.
 */
#ifndef KOPSCOPE_KOPS_ADDON_H
#define KOPSCOPE_KOPS_ADDON_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/things.h"

struct addon {
	const char *name, *id, *version, *manifest, *hash; /* as written; NULL */
	const char *rolls; /* needsRollingUpdate: "all", "control-plane"; NULL: no */
};
struct addon_list {
	struct arena *arena;
	struct addon *v;
	size_t n;
};

/* Fills out, to be released also after a failure. */
bool addon_list_read(const char *text, size_t len, struct addon_list *out, struct err *e);
void addon_list_release(struct addon_list *l);
const struct addon *addon_find(const struct addon_list *l, const char *name);

/* ---- switches ---- */

enum addon_switch_state { SWITCH_UNSET, SWITCH_OFF, SWITCH_ON };

struct addon_switch {
	const char *field;  /* below spec, which has an "enabled": "certManager" */
	const char *addon;  /* name in the channel */
	const char *what;   /* one line for people */
	const char *needs[3];  /* fields that must be on; NULL behind the last */
	const char *condition; /* something else that must hold; NULL */
	bool by_default;    /* on where the spec says nothing (AWS) */
};
/* In the order of the spec; NULL behind the last. */
const struct addon_switch *addon_switch_at(size_t i);
const struct addon_switch *addon_switch_of(const char *addon); /* by name in the channel; NULL */
const struct addon_switch *addon_switch_named(const char *field);

/* As a cluster's spec has them. */
struct addon_switches {
	enum addon_switch_state state[16]; /* beside addon_switch_at() */
	bool readable;
};
void addon_switches_read(const char *config, size_t len, struct addon_switches *out);
/* What holds: unset counts as the default. */
bool addon_switch_is_on(const struct addon_switches *s, size_t i);

#endif
