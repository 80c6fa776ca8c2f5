/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an edit must not have done: read the document before and after, and
 * compare.  Private to the editor.
 */
#ifndef KOPSCOPE_KOPS_EDIT_CHECK_H
#define KOPSCOPE_KOPS_EDIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/yaml.h"

/*
 * True when both trees mean the same but for what the path of keys leads to.
 * Mappings on the path may be missing, null or empty on either side.  item: the
 * path leads to a list, in which only the entries of that name may differ; NULL
 * otherwise.
 */
bool edit_same_but(const struct yaml_node *before, const struct yaml_node *after,
	const char *const *path, size_t npath, const char *item);

#endif
