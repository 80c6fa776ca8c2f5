/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be set, where it stands in a document, and which values are refused
 * (facts: kops parts 0, 2, 3; vpc-cni parts 1.1, 1.3).  Private to the editor.
 */
#ifndef KOPSCOPE_KOPS_EDIT_RULES_H
#define KOPSCOPE_KOPS_EDIT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/kops/document.h"
#include "core/kops/edit.h"

#define EDIT_MAX_PATH 6

struct edit_target {
	const char *path[EDIT_MAX_PATH]; /* keys from the root, in this document's version */
	size_t npath;
	enum edit_form form;
	bool free;        /* the last key is the user's own (a label) */
	const char *item; /* the path leads to a list of names and values: this one; or NULL */
};

/* A row of the table of settings (edit-settings.c). */
struct edit_row {
	struct edit_setting s;
	const char *path[EDIT_MAX_PATH];  /* v1alpha2 */
	const char *path3[EDIT_MAX_PATH]; /* v1alpha3, where it differs */
	int64_t least, most;              /* of EDIT_INT */
	/* NULL: whatever the form takes; name: what stands behind the key's dot */
	bool (*check)(const char *key, const char *name, const char *value, struct err *e);
	bool aws; /* means something on AWS alone */
};
/* NULL: none; name (may be NULL): what stands behind the dot of a key that ends in one, else "". */
const struct edit_row *edit_row_find(const char *key, const char **name);
/* The keys from the root to the row's place, without the name of a label. */
size_t edit_row_path(const struct edit_row *row, int alpha, const char *path[EDIT_MAX_PATH]);

/* False with ERR_REFUSED or ERR_USAGE when the op is not for this document.  The target borrows
   from op's key. */
bool edit_target(const struct document *d, const struct edit_op *op, struct edit_target *out,
	struct err *e);

/* Whether the row's form and rule take the value (edit-values.c). */
bool edit_check_value(const struct edit_row *row, const char *key, const char *name,
	const char *value, struct err *e);

/* The checks of the table's rows. */
bool edit_check_env(const char *key, const char *name, const char *value, struct err *e);
bool edit_check_node_label(const char *key, const char *name, const char *value, struct err *e);
bool edit_check_cloud_label(const char *key, const char *name, const char *value, struct err *e);
bool edit_check_taints(const char *key, const char *name, const char *value, struct err *e);
bool edit_check_subnets(const char *key, const char *name, const char *value, struct err *e);
bool edit_check_types(const char *key, const char *name, const char *value, struct err *e);
bool edit_check_image(const char *key, const char *name, const char *value, struct err *e);
bool edit_check_volume_type(const char *key, const char *name, const char *value, struct err *e);
bool edit_check_version(const char *key, const char *name, const char *value, struct err *e);

/* What the key is called in the other version of kops' API, where that differs; or NULL. */
const char *edit_rival_key(int alpha, const char *key);

#endif
