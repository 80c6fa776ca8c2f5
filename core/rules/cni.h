/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CNI settings that hold: kops' defaults, overlaid by the spec's env (last
 * duplicate wins), then what kops forces (facts: kops part 3, vpc-cni 1.1, 1.2).
 */
#ifndef KOPSCOPE_RULES_CNI_H
#define KOPSCOPE_RULES_CNI_H

#include <stdbool.h>
#include <stdint.h>

#include "core/model/things.h"
#include "core/rules/eni.h"

struct cni_settings {
	bool amazonvpc;  /* the cluster uses it at all */
	bool prefix;
	int32_t warm_prefix, warm_ip, minimum_ip, warm_eni; /* 0: unset */
	struct eni_mode mode;
};
void cni_from_spec(const struct cluster_spec *c, struct cni_settings *out);
/* Of the DaemonSet as it runs; env as observed. */
void cni_from_env(const struct env_entry *env, size_t n, struct cni_settings *out);

/* Max pods that a group's new nodes will have, by the spec, and why. */
enum maxpods_source { MAXPODS_GROUP, MAXPODS_CONTROL_PLANE, MAXPODS_CLUSTER, MAXPODS_FORMULA,
	MAXPODS_KUBELET /* 110, no formula applies */, MAXPODS_UNKNOWN /* type not known */,
	MAXPODS_UNREAD /* nor is the spec */ };
const char *maxpods_source_text(enum maxpods_source s); /* "group spec", "cluster spec", ... */
struct maxpods {
	int64_t value; /* -1 unknown */
	enum maxpods_source source;
	const char *weakest_type; /* that decides */
};
void maxpods_for_group(const struct cluster_spec *c, const struct group_spec *g,
	struct maxpods *out);

#endif
