/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The editor's changes to a document's bytes: put something new into a mapping
 * or list, replace a scalar, take something out.  Private to the editor.
 *
 * Each collects splices in the editor and returns false with ERR_REFUSED when
 * the bytes there are written in a way that it does not know.
 */
#ifndef KOPSCOPE_KOPS_EDIT_CHANGE_H
#define KOPSCOPE_KOPS_EDIT_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/kops/edit/text.h"

/* Something to be written: a scalar, or a mapping or list of kids. */
struct edit_part {
	const char *key;    /* NULL: an item of a list */
	const char *scalar; /* NULL: kids */
	bool string;        /* the scalar is a string, quoted unless plain_ok */
	bool plain_ok;      /* quotes only where YAML needs them (names) */
	bool list;          /* the kids are a list's items */
	const struct edit_part *kids;
	size_t nkids;
};

/* A pair on the way from the root to the place of the edit. */
struct edit_step {
	struct yaml_node *map;
	size_t index;
};

/* The mapping is not empty; the pair goes to its alphabetical place, or to the end when the keys
   there are not sorted.  above: the pair whose value the mapping is; NULL: the root. */
bool edit_insert_pair(struct editor *ed, const struct yaml_pair *above, struct yaml_node *map,
	const struct edit_part *part, struct err *e);
/* The value is null, {} or []: it becomes these kids. */
bool edit_open_value(struct editor *ed, struct yaml_node *map, const struct yaml_pair *pair,
	const struct edit_part *kids, size_t nkids, bool list, struct err *e);
/* At the end of a list that is not empty. */
bool edit_append_item(struct editor *ed, struct yaml_node *list, const struct edit_part *item,
	struct err *e);
/* The value's own quotes stay where the new text allows. */
bool edit_replace_scalar(struct editor *ed, struct yaml_node *map, const struct yaml_pair *pair,
	const struct edit_part *part, struct err *e);
/* The same of an item of a list, which is a scalar. */
bool edit_replace_item(struct editor *ed, const struct yaml_node *list, size_t item,
	const struct edit_part *part, struct err *e);

/* Takes out the pair of the last step; a mapping left empty goes as well, or becomes {}. */
bool edit_remove_pair(struct editor *ed, const struct edit_step *steps, size_t n, struct err *e);
/* Takes an item out of the list that is the value of the last step. */
bool edit_remove_item(struct editor *ed, const struct edit_step *steps, size_t n, size_t item,
	struct err *e);

/* Sets ERR_REFUSED: "line N: ... is written in a way ...".  Returns false. */
bool edit_refuse_form(const struct editor *ed, size_t at, struct err *e);

#endif
