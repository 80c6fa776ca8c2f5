/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS's XML as a small tree, read with expat.  Prefixes of namespaces are cut
 * off, attributes ignored.  A document type is refused (no entities), so are
 * nesting deeper than 64 and more than 2,000,000 elements.
 */
#ifndef KOPSCOPE_AWS_XML_H
#define KOPSCOPE_AWS_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct xml_node {
	const char *name;
	const char *text; /* its own character data, trimmed; never NULL */
	struct xml_node *first, *next;
};

struct xml_doc;

/* NULL with ERR_PARSE that names the line. */
struct xml_doc *xml_parse(const char *text, size_t len, struct err *e);
/* The same as it arrives: nothing of it may be looked at before xml_end() was true. */
struct xml_doc *xml_begin(void);
bool xml_feed(struct xml_doc *d, const char *p, size_t n, struct err *e);
bool xml_end(struct xml_doc *d, struct err *e);
void xml_free(struct xml_doc *d); /* wipes what it held; NULL is fine */
const struct xml_node *xml_root(const struct xml_doc *d); /* never NULL */

/* Below node by names with dots between, "a.b"; the first of its kind; NULL when absent. */
const struct xml_node *xml_get(const struct xml_node *node, const char *path);
/* Text there; NULL when absent. */
const char *xml_text(const struct xml_node *node, const char *path);
int64_t xml_int(const struct xml_node *node, const char *path, int64_t otherwise);

/* Walks the children of the element at path: for (i = xml_first(n, "groupSet"); i; i = i->next) */
const struct xml_node *xml_first(const struct xml_node *node, const char *path);
size_t xml_count(const struct xml_node *node, const char *path);

#endif
