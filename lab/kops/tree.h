/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML document that may be changed and is written again the way kops does:
 * keys sorted, two spaces, sequences not indented under their key, comments
 * gone (facts: kops 1.4).  Of the kops stand-in; kopscope's own editor never
 * rewrites.
 */
#ifndef KOPSCOPE_LAB_KOPS_TREE_H
#define KOPSCOPE_LAB_KOPS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum tree_kind { TREE_NULL, TREE_SCALAR, TREE_SEQ, TREE_MAP };

struct tree {
	enum tree_kind kind;
	char *key;    /* in a mapping; NULL elsewhere */
	char *text;   /* of a scalar */
	bool string;  /* of a scalar: it is a string whatever it looks like */
	struct tree **items;
	size_t n, cap;
};

/* The first document; NULL with ERR_PARSE. */
struct tree *tree_parse(const char *text, size_t len, struct err *e);
/* For texts of our own: a fault in one is a bug. */
struct tree *tree_of(const char *text);
struct tree *tree_copy(const struct tree *t); /* without its key; NULL gives NULL */
void tree_free(struct tree *t); /* NULL is fine */

/* Dotted path of keys as in json_path(); NULL when absent.  t may be NULL. */
struct tree *tree_at(const struct tree *t, const char *path);
const char *tree_text(const struct tree *t, const char *path); /* NULL: no scalar there */
/* A YAML integer as kops reads it; false when absent or none. */
bool tree_int(const struct tree *t, const char *path, int64_t *out);

/* Mappings on the way are made.  value is taken; NULL removes what is there. */
void tree_set(struct tree *t, const char *path, struct tree *value);
void tree_set_text(struct tree *t, const char *path, const char *text, bool string);
void tree_add(struct tree *seq, struct tree *value); /* taken */
struct tree *tree_scalar(const char *text, bool string);
/* What from has goes over into: mappings are merged, everything else replaced. */
void tree_merge(struct tree *into, const struct tree *from);
/* Removes mappings left without a key below path's parent. */
void tree_prune(struct tree *t, const char *path);

void tree_write(const struct tree *t, struct buf *out); /* YAML */
void tree_write_json(const struct tree *t, struct buf *out); /* compact, keys sorted */

#endif
