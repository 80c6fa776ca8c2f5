/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a kubeconfig, read and kept in order; lookups by the merge rules. */
#ifndef KOPSCOPE_K8S_KUBECONFIG_FILE_H
#define KOPSCOPE_K8S_KUBECONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/strs.h"
#include "core/base/yaml.h"

struct cfg_file {
	char *path, *dir;
	struct yaml_doc *doc;
};
struct cfg_set {
	struct cfg_file *v;
	size_t n, cap;
};

/* Adds one file.  A missing one is skipped when optional, else an ERR_CONFIG. */
bool cfg_set_add(struct cfg_set *s, const char *path, bool optional, struct err *e);
/* Each item of a list joined by ':'. */
bool cfg_set_add_list(struct cfg_set *s, const char *list, struct err *e);
void cfg_set_release(struct cfg_set *s);

/* current-context: the first that is not empty; NULL when none. */
const char *cfg_set_current(const struct cfg_set *s);

/*
 * The entry named name in the list of that kind ("clusters", "contexts",
 * "users"), and the file it is from.  NULL when absent; e is set only when a
 * file has it twice.  The result is what stands below "cluster" and so on, and
 * may be a null node.
 */
const struct yaml_node *cfg_set_find(const struct cfg_set *s, const char *kind, const char *name,
	const struct cfg_file **from, struct err *e);

/* The names in the lists of that kind, in order, each once; added to out. */
void cfg_set_names(const struct cfg_set *s, const char *kind, struct strlist *out);

/* path as seen from the file f; owned by the caller. */
char *cfg_file_resolve(const struct cfg_file *f, const char *path);

#endif
