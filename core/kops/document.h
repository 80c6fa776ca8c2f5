/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One stored document: what it is, which version of kops' API it speaks, and
 * the few questions about its scalars that kops' reader answers differently
 * from a generous one (facts: kops parts 1.4, 2).
 */
#ifndef KOPSCOPE_KOPS_DOCUMENT_H
#define KOPSCOPE_KOPS_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/yaml.h"

enum document_kind { DOCUMENT_CLUSTER, DOCUMENT_GROUP };

struct document {
	enum document_kind kind;
	int alpha; /* 2: v1alpha2, 3: v1alpha3 */
	struct yaml_doc *yaml;
	struct yaml_node *root; /* a mapping */
};

/* Places whose path differs between the versions. */
enum document_place {
	PLACE_KUBELET, PLACE_CP_KUBELET, PLACE_CNI, PLACE_CNI_IMAGE, PLACE_SUBNETS,
	PLACE_NETWORK_CIDR, PLACE_NON_MASQUERADE, PLACE_CONFIG_BASE, PLACE_DNS_TYPE, PLACE__COUNT
};

/*
 * The first document of the text.  False with ERR_PARSE when it is not YAML or
 * not a kops Cluster or InstanceGroup; d->yaml is then NULL or, when it was
 * YAML, still there (for the name).  Release in either case.
 */
bool document_parse(struct document *d, const char *text, size_t len, struct err *e);
void document_release(struct document *d);

/* Dotted path of the place in this document's version. */
const char *document_path(const struct document *d, enum document_place place);

/* What kops' reader makes of a scalar. */
enum scalar_type {
	SCALAR_NULL, SCALAR_BOOL, SCALAR_INT, SCALAR_FLOAT, SCALAR_STRING,
	SCALAR_NONE /* no scalar */
};
enum scalar_type scalar_type(const struct yaml_node *n); /* NULL: SCALAR_NULL */
const char *scalar_type_name(enum scalar_type t); /* "a number", "a boolean", ... */

/* Whether text, written without quotes, would be read back as this very string. */
bool scalar_plain_ok(const char *text, bool in_flow);

#endif
