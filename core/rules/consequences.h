/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an edit of the limits would do, said before it is written: nodes to be
 * replaced, max pods of each group, addresses and /28 blocks needed against
 * those free, whether the DaemonSets still find a slot (facts: vpc-cni 1.3, 3.x).
 */
#ifndef KOPSCOPE_RULES_CONSEQUENCES_H
#define KOPSCOPE_RULES_CONSEQUENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"

enum finding_level { FINDING_OK, FINDING_INFO, FINDING_WARN, FINDING_REFUSE };
struct finding {
	enum finding_level level;
	char *text; /* one line */
	char *todo; /* what to do first or instead; NULL: nothing */
	size_t line; /* of the spec; 0: of none */
};
struct findings {
	struct finding *v;
	size_t n, cap;
};
void findings_add(struct findings *f, enum finding_level level, const char *todo,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The text gets "line N: " in front, unless line is 0. */
void findings_add_at(struct findings *f, enum finding_level level, size_t line, const char *todo,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));
bool findings_refuse(const struct findings *f); /* any FINDING_REFUSE */
/* Refusals become warnings: of what was so before, and is only put back. */
void findings_soften(struct findings *f);
void findings_release(struct findings *f);

/* The wanted values; KEEP leaves a field as it is, UNSET removes it. */
#define LIMITS_KEEP (-2)
#define LIMITS_UNSET (-1)
struct limits_edit {
	const char *group;    /* NULL: the cluster's settings; else max_pods is the group's */
	int64_t max_pods, cp_max_pods;
	int64_t warm_prefix, warm_ip, minimum_ip;
	int prefix;           /* 0, 1, LIMITS_KEEP, LIMITS_UNSET */
	const struct env_entry *env; /* other variables of the CNI; value NULL: removed */
	size_t nenv;
	/* What has no field here.  after: of group, its spec as it will be, max pods included;
	   NULL: as above.  replaces: launch templates get another setting, the group's or else all.
	 */
	const struct group_spec *after;
	bool replaces;
};
/* Adds findings; returns how many nodes will be replaced. */
int consequences_of(const struct model *m, const struct limits_edit *edit, struct findings *out);

#endif
