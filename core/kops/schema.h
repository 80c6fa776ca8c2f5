/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of kops' stored documents that kopscope knows, and what may stand
 * behind them: enough to tell a document that kops could not read, and a key
 * that kops would drop for a letter's sake (facts: kops 0.1, 1.4, 2; key names and
 * types as kops' pkg/apis/kops/v1alpha2 declares them).  A key that is not here is
 * not thereby unknown to kops.
 */
#ifndef KOPSCOPE_KOPS_SCHEMA_H
#define KOPSCOPE_KOPS_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

/* The mapping in which a key stands. */
enum schema_scope {
	SCOPE_NONE, SCOPE_ROOT, SCOPE_META, SCOPE_CLUSTER, SCOPE_GROUP, SCOPE_KUBELET,
	SCOPE_NETWORKING, SCOPE_CNI, SCOPE_ENV, SCOPE_ROLLING, SCOPE_MIXED, SCOPE_WARM_POOL,
	SCOPE_SUBNET, SCOPE_ADDON, SCOPE_CLOUD, SCOPE_AWS, SCOPE_VOLUME
};

enum schema_type {
	TYPE_ANY, TYPE_STRING, TYPE_INT32, TYPE_INT64, TYPE_BOOL, TYPE_INT_OR_STRING,
	TYPE_STRINGS,    /* a list of them */
	TYPE_STRING_MAP, /* a mapping to them */
	TYPE_MAP,        /* its scope: in */
	TYPE_MAPS,       /* a list of them */
};

enum schema_flags {
	KEY_V2 = 1 << 0,     /* in v1alpha2 */
	KEY_V3 = 1 << 1,     /* in v1alpha3 */
	KEY_BOTH = KEY_V2 | KEY_V3,
	KEY_OURS = 1 << 2,   /* on the way to a setting that kopscope edits */
};

struct schema_key {
	enum schema_scope scope;
	const char *name;
	enum schema_type type;
	enum schema_scope in; /* of TYPE_MAP and TYPE_MAPS */
	int flags;
};

/* The key as kops writes it, or NULL.  alpha: 2 or 3. */
const struct schema_key *schema_find(enum schema_scope scope, int alpha, const char *name);

/*
 * The key that was meant by one that is not exactly known: other letters' case,
 * - or _ between the words, or the other version's name.  NULL: none.
 */
const struct schema_key *schema_meant(enum schema_scope scope, int alpha, const char *name);

#endif
