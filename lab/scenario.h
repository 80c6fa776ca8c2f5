/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worlds to begin with: the story with one trouble in it, each a lesson in why
 * pods wait.  `--scenario NAME`.
 */
#ifndef KOPSCOPE_LAB_SCENARIO_H
#define KOPSCOPE_LAB_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

struct world;

struct lab_scenario {
	const char *name, *help;
	const char *objects[4]; /* "KIND JSON", ' for "; NULL: no more */
	void (*before)(struct world *w); /* changes what is there; NULL */
	const char *late[2];             /* once these are there for a while */
	void (*after)(struct world *w);  /* then; NULL */
	bool empty; /* an account and a state store with nothing in them */
};
/* NULL: there is none of that name.  "story" is one. */
const struct lab_scenario *lab_scenario_find(const char *name);
/* Another operator writes the cluster's spec: a newer Kubernetes.  False: there is no cluster. */
bool lab_scenario_operator(struct world *w);
/* One line each, for the help. */
void lab_scenarios_help(struct buf *out);
/* Into a settled world, before anybody looks. */
void lab_scenario_begin(struct world *w, const struct lab_scenario *s);

#endif
