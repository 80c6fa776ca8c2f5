/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML document as a tree with the place of every node in the source bytes,
 * read with libyaml.  For looking, not for writing: an editor uses the marks
 * to change bytes in place.
 *
 * Anchors are resolved (an alias points at the same node).  Duplicate keys stay
 * in order; yaml_get() gives the last, as kops' reader does.  Tags other than
 * the core schema's are kept as text.  Nesting deeper than 200 and more than
 * 1,000,000 nodes are refused.
 */
#ifndef KOPSCOPE_BASE_YAML_H
#define KOPSCOPE_BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum yaml_kind { YAML_NULL_NODE, YAML_SCALAR, YAML_SEQ, YAML_MAP };

/* plain, 'single', "double", literal |, folded > */
enum yaml_style { YAML_PLAIN, YAML_SINGLE, YAML_DOUBLE, YAML_LITERAL, YAML_FOLDED };

struct yaml_node;

struct yaml_pair {
	struct yaml_node *key, *value;
};

struct yaml_node {
	enum yaml_kind kind;
	enum yaml_style style; /* of a scalar */
	bool flow;             /* of a sequence or mapping: [] or {} */
	const char *text;      /* of a scalar, decoded, NUL-terminated; NULL otherwise */
	size_t text_len;
	size_t props;          /* where its &anchor or !tag begins; start without them */
	size_t start, end;     /* of the content itself: bytes of the source, end exclusive;
	                          for block collections end is as libyaml reports it
	                          (behind the following blank lines and comments) */
	size_t line, column;   /* of props; 1-based line, 0-based column in characters */
	const char *tag;       /* as resolved ("tag:yaml.org,2002:str", "!own"); NULL: none */
	bool is_alias;         /* reached through *alias here: marks are the anchor's */
	struct yaml_node **items; /* of a sequence */
	struct yaml_pair *pairs;  /* of a mapping */
	size_t count;
};

struct yaml_doc;

/*
 * Document number index (0-based) of the text, or NULL with ERR_PARSE naming
 * the line.  Documents behind it need not be well-formed.  An empty document
 * has a root of kind YAML_NULL_NODE.
 */
struct yaml_doc *yaml_parse(const char *text, size_t len, size_t index, struct err *e);
void yaml_doc_free(struct yaml_doc *d); /* NULL is fine */
/*
 * libyaml has a symbol yaml_free of its own, which ours would replace inside
 * it; hence never more than this inline word for yaml_doc_free().
 */
static inline void yaml_free(struct yaml_doc *d)
{
	yaml_doc_free(d);
}
struct yaml_node *yaml_root(const struct yaml_doc *d);

/* The value of key in a mapping: the last one; NULL when absent or not a mapping. */
struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/* By dotted path of keys, "spec.kubelet.maxPods"; bracketed parts as in json_path(). */
struct yaml_node *yaml_at(const struct yaml_node *node, const char *path);
/* Text of a scalar at the path; NULL when absent, null or not a scalar. */
const char *yaml_text(const struct yaml_node *node, const char *path);
/* An untagged plain scalar that reads as null: empty, ~, null, Null, NULL. */
bool yaml_is_null(const struct yaml_node *n);
/* YAML 1.1 integers as kops' reader takes them: 110, 0x6e, 0o156, 0156, 1_0, +5. */
bool yaml_int(const struct yaml_node *n, int64_t *out);
/* true and false in the forms kops' reader takes (true, True, TRUE, yes, on, ...). */
bool yaml_bool(const struct yaml_node *n, bool *out);

#endif
