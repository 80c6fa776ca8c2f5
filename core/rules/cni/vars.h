/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variables of aws-node: what each means, what the CNI does when it is
 * unset, what kops' manifest says of it, and the form of its value (facts:
 * vpc-cni 1.1, kops part 3).
 */
#ifndef KOPSCOPE_RULES_CNI_VARS_H
#define KOPSCOPE_RULES_CNI_VARS_H

#include <stdbool.h>
#include <stddef.h>

enum cni_form { CNI_ANY, CNI_BOOL, CNI_COUNT, CNI_MTU };

enum cni_var_flags {
	CNI_PLUMBING = 1 << 0, /* paths, logs: of no matter to addresses */
	CNI_USELESS = 1 << 1,  /* the CNI ignores it */
	CNI_INIT = 1 << 2,     /* the init container reads it, which kops does not give it to */
};

struct cni_var {
	const char *name;
	const char *unset;  /* what holds when nobody sets it; NULL: nothing */
	const char *kops;   /* in kops' manifest unless the spec says more; NULL: not there */
	const char *forced; /* by kops, whatever the spec says; "": a text of its own; NULL */
	enum cni_form form;
	int flags;          /* enum cni_var_flags */
	const char *meaning;
};

/* Those that decide on addresses first. */
const struct cni_var *cni_vars(size_t *n);
const struct cni_var *cni_var_find(const char *name); /* NULL: not known */

/* What a value must look like ("true or false"); NULL: it is fine, or any will do. */
const char *cni_value_wrong(const char *name, const char *value);

#endif
