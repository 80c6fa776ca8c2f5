/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cluster to be created, as the words that `kops create cluster` takes.  One
 * table says for every field which flag of which kops carries it, so that the
 * command is accepted by the kops at hand (flags: kops' own help and source,
 * 1.24 to 1.36; --set of the CNI's env: kubernetes/kops pull request 15767, since
 * 1.28; --set without a feature flag: 13955, since 1.25).
 *
 * Pure: nothing is asked or read here.
 */
#ifndef KOPSCOPE_KOPS_CREATE_H
#define KOPSCOPE_KOPS_CREATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/strs.h"

enum create_field {
	CREATE_NAME, CREATE_ZONES, CREATE_NETWORKING, CREATE_PREFIX, CREATE_MAX_PODS,
	CREATE_CIDR, CREATE_KUBERNETES, CREATE_DNS, CREATE_DNS_ZONE, CREATE_SSH_KEY,
	CREATE_CP_SIZE, CREATE_CP_COUNT, CREATE_CP_VOLUME,
	CREATE_NODE_SIZE, CREATE_NODE_COUNT, CREATE_NODE_VOLUME,
	CREATE_LABELS, CREATE_TARGET, CREATE_OUT,
	CREATE__COUNT
};

/* Texts as typed; "" or NULL: kops' own default holds. */
struct create_plan {
	char *v[CREATE__COUNT];
	char *state;    /* the store's URL */
	int kops_minor; /* of kops 1.N; 0: unknown, taken for the newest */
};
void create_plan_init(struct create_plan *p); /* the fields' own defaults */
void create_plan_release(struct create_plan *p);
const char *create_get(const struct create_plan *p, enum create_field f); /* never NULL */
void create_set(struct create_plan *p, enum create_field f, const char *text);
bool create_is(const struct create_plan *p, enum create_field f, const char *text);
/* "1.36.2" or "v1.36.2": the minor version; 0: it is none. */
int create_kops_minor(const char *version);

/* What a field is called, on the screen and as a word ("node-size"). */
const char *create_label(enum create_field f);
const char *create_word(enum create_field f);
/* What holds where nothing is typed: "kops' own", "formula", "none". */
const char *create_unset(enum create_field f);
/* What a field begins with, or the same. */
const char *create_usual(enum create_field f);
/* The values there are, separated by '|'; NULL: free text. */
const char *create_choices(enum create_field f);
bool create_next_choice(struct create_plan *p, enum create_field f, int by);
/* The field means something with the present others: the out folder with terraform only. */
bool create_shown(const struct create_plan *p, enum create_field f);

/* "create", "cluster", "--name=..." and so on, without the program. */
void create_args(const struct create_plan *p, struct strlist *out);
/* The command's environment for the kops at hand: "KOPS_FEATURE_FLAGS=SpecOverrideFlag"; NULL. */
const char *create_env(const struct create_plan *p);
/* The whole command in one line, quoted for a shell; owned by the caller. */
char *create_command(const struct create_plan *p);
/* The same over lines of at most width cells where words allow it; all but the last end in " \",
   so that it may be pasted as it is. */
void create_lines(const struct create_plan *p, size_t width, struct strlist *out);

enum create_level { CREATE_OK, CREATE_WARN, CREATE_REFUSED, CREATE_UNKNOWN };
struct create_finding {
	enum create_level level;
	enum create_field field; /* CREATE__COUNT: of none */
	char *text;              /* one plain sentence */
};
struct create_findings {
	struct create_finding *v;
	size_t n, cap;
};
const char *create_level_name(enum create_level l); /* "ok", "warn", "refused", "unknown" */
void create_finding_add(struct create_findings *f, enum create_level level,
	enum create_field field, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void create_findings_release(struct create_findings *f);
bool create_refused(const struct create_findings *f);
/* Refused first, then warn, unknown, ok; otherwise in their order. */
void create_findings_sort(struct create_findings *f);

/* What the texts alone show; adds to out. */
void create_check(const struct create_plan *p, struct create_findings *out);

/* ---- small questions that the checks, live ones too, share ---- */

/* "172.30.0.0/16": base in host order and length; false: none, or bits behind its length. */
bool create_cidr(const char *text, uint32_t *base, int *bits);
bool create_cidr_overlap(uint32_t a, int abits, uint32_t b, int bbits);
/* The region of a zone: without its last letter; "" when it is none.  n: size of out. */
void create_region(const char *zone, char *out, size_t n);
/* Length of each zone's subnet as kops cuts the network: as many parts as the power of two holds
   all zones; -1: not known. */
int create_subnet_bits(const struct create_plan *p);
/* Nodes of the i-th zone, as kops spreads them. */
int64_t create_zone_nodes(const struct create_plan *p, size_t zone, size_t zones);

#endif
