/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aws-node as it is: for every variable what kops' manifest, the spec and the
 * running DaemonSet say, which of them holds, what it does not matter for, and
 * what is wrong with it (facts: vpc-cni 1.2 and 1.3).
 */
#ifndef KOPSCOPE_RULES_CNI_STATE_H
#define KOPSCOPE_RULES_CNI_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/cni/vars.h"
#include "core/rules/cni.h"
#include "core/rules/consequences.h"

/* Whose word holds now. */
enum cni_from { CNI_FROM_CODE, CNI_FROM_KOPS, CNI_FROM_SPEC, CNI_FROM_FORCED, CNI_FROM_LIVE };
const char *cni_from_text(enum cni_from from); /* "default", "kops", "spec", "forced", "live" */

struct cni_entry {
	const char *name;
	const struct cni_var *var; /* NULL: a name that kopscope does not know */
	const char *spec;   /* of its last entry; NULL: not there */
	const char *made;   /* what kops makes of spec and defaults; NULL: leaves it out */
	const char *live;   /* NULL: not there, or the DaemonSet was not seen */
	const char *holds;  /* NULL: nothing does */
	enum cni_from from;
	bool drift;         /* live is not what kops would make */
	const char *ignored;/* why the CNI does not look at it; NULL */
};

struct cni_trouble {
	enum finding_level level; /* FINDING_REFUSE: pods or aws-node itself fail by it */
	const char *name;         /* of the variable */
	char *text;
};

/* Everything is borrowed from the model but the arrays and the troubles' texts. */
struct cni_state {
	bool amazonvpc;
	const struct daemonset *ds; /* NULL: not seen */
	const struct cluster_spec *spec; /* NULL: not seen */
	struct cni_entry *v;
	size_t n, cap;
	struct cni_trouble *troubles;
	size_t ntroubles, troubles_cap;
	size_t ndrift;
};
void cni_state_of(const struct model *m, struct cni_state *out);
void cni_state_release(struct cni_state *s);
const struct cni_entry *cni_state_find(const struct cni_state *s, const char *name); /* NULL */

/* The settings that hold now. */
void cni_state_settings(const struct cni_state *s, struct cni_settings *out);

/* aws-node's pods are being replaced: not all are of the newest template and ready. */
bool cni_rolling(const struct daemonset *ds);

/* "v1.21.2" of an image's name, or the whole name; NULL for NULL. */
const char *cni_image_tag(const char *image);

/* What a restart of aws-node meets: nodes without a free slot for its new pod (facts: vpc-cni
   3.3), and that an edit of the DaemonSet is not kops'.  env: what is set; n 0: a restart. */
void cni_live_findings(const struct model *m, const struct env_entry *env, size_t n,
	struct findings *out);

/* For core/rules/cni/check.c. */
void cni_state_check(const struct model *m, struct cni_state *s);
void cni_say(struct cni_state *s, enum finding_level level, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
