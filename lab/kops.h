/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kops stand-in inside the lab's server.  One run per POST /lab/kops; the
 * body is {"argv": ["get", "ig"], "env": {"KOPS_CLUSTER_NAME": "..."}}.
 *
 * What streams back is lines of a tag, a colon and text: "1:" to stdout, "2:" to
 * stderr, "3:" to stdout without its newline, "k:" a line of the kubeconfig to
 * write, and at last "x:CODE", the exit code.
 *
 * Forms of what is printed: facts kops 4, 5.5, 5.6, 7.
 */
#ifndef KOPSCOPE_LAB_KOPS_H
#define KOPSCOPE_LAB_KOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/strs.h"
#include "lab/server.h"
#include "lab/store.h"
#include "lab/world.h"

struct kops_run;

/* A flag of a command; the value goes where the command looks it up. */
struct kops_flag {
	const char *name;  /* "output" */
	char letter;       /* 'o' or 0 */
	bool has_value;    /* false: --yes or --yes=true */
	const char *alias; /* another name, NULL: none */
};
struct kops_command {
	const char *verb, *noun, *nouns; /* "get", "cluster", "clusters"; noun NULL: none */
	const struct kops_flag *flags;   /* ends with a NULL name; --name, --state, -v are added */
	size_t max_args;                 /* behind verb and noun */
	void (*run)(struct kops_run *r); /* ends with kops_exit(), now or later */
};
extern const struct kops_command kops_commands[]; /* ends with a NULL verb */

/* What the command line said; borrowed. */
const char *kops_flag(const struct kops_run *r, const char *name); /* NULL: not given */
bool kops_flag_on(const struct kops_run *r, const char *name, bool otherwise);
void kops_flag_all(const struct kops_run *r, const char *name, struct strlist *out);
/* A Go duration ("15s", "1m30s") in ms; false after kops_fail(). */
bool kops_flag_duration(struct kops_run *r, const char *name, int64_t otherwise, int64_t *ms);
const char *kops_arg(const struct kops_run *r, size_t i); /* NULL: fewer */
struct world *kops_world(const struct kops_run *r);
/* --name, the first argument (when first_arg), KOPS_CLUSTER_NAME; NULL after kops_fail(). */
const char *kops_cluster_name(struct kops_run *r, bool first_arg);

void kops_out(struct kops_run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void kops_out_raw(struct kops_run *r, const char *text); /* without a newline at its end */
void kops_err(struct kops_run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A klog line: severity I, W or E, where in kops' source, text. */
void kops_log(struct kops_run *r, char severity, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void kops_kubeconfig_line(struct kops_run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The client's kubeconfig becomes the lab's, and stdout says so. */
void kops_send_kubeconfig(struct kops_run *r, const char *cluster);
/* The run is over and must not be touched any more. */
void kops_exit(struct kops_run *r, int code);
/* "Error: text", exit code 1. */
void kops_fail(struct kops_run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* For a run that goes on by timers: called when the client is gone or the server ends. */
void kops_on_gone(struct kops_run *r, void (*cb)(void *ctx), void *ctx);

/* "15m0s", "30s", "1.5s" as Go writes a duration. */
void kops_duration(char *out, size_t size, int64_t ms);

/* ---- tables as Go's tabwriter aligns them ---- */

struct kops_table {
	struct strlist *rows; /* of cells */
	size_t n, cap;
};
/* Cells separated by '|' in fmt's result. */
void kops_table_row(struct kops_table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void kops_table_sort(struct kops_table *t); /* all but the first row, by all columns */
void kops_table_print(struct kops_run *r, struct kops_table *t); /* and releases it */

/* ---- groups with their instances ---- */

struct kops_member {
	char *instance, *node; /* node NULL: none registered */
	bool needs_update, detached;
};
struct kops_group {
	const char *name, *role; /* borrowed from the specs */
	const struct tree *spec;
	char *asg;
	int32_t min, max, desired;
	struct kops_member *members; /* attached first */
	size_t n, cap;
};
struct kops_groups {
	struct store_specs specs;
	struct kops_group *v;
	size_t n, cap;
};
/* In rolling order.  False after kops_fail(). */
bool kops_groups_get(struct kops_run *r, const char *cluster, struct kops_groups *out);
void kops_groups_release(struct kops_groups *g);
size_t kops_group_needs_update(const struct kops_group *g);

/* ---- validation (facts 5.7) ---- */

struct kops_failure {
	char *kind, *name, *message;
	char *group; /* NULL: the cluster's */
	bool control_plane;
};
struct kops_validation {
	struct kops_failure *v;
	size_t n, cap;
	char *error; /* it could not be done at all; NULL: it could */
};
void kops_validation_run(struct world *w, const char *cluster, struct kops_validation *out);
void kops_validation_release(struct kops_validation *v);

/* One --set of kops on a stored object, by the internal names of its paths. */
bool kops_set_field(struct tree *t, const char *assignment, struct err *e);
/* The dry run or the update of a cluster whose spec is stored; created: it was so just now. */
void kops_update_start(struct kops_run *r, const char *cluster, bool yes, bool created);

/* ---- the text diff of a dry run ---- */

/* Lines of a diff with two lines of context, "+ " before "- ", gaps as "...". */
void kops_diff(const char *old, const char *new, struct strlist *out);

/* ---- commands, by file ---- */

/* Its flags: as many as kops 1.36 has. */
extern const struct kops_flag kops_create_flags[];
void kops_cmd_create(struct kops_run *r);
void kops_cmd_edit_cluster(struct kops_run *r);
void kops_cmd_edit_group(struct kops_run *r);
void kops_cmd_export_kubeconfig(struct kops_run *r);
void kops_cmd_get_all(struct kops_run *r);
void kops_cmd_get_clusters(struct kops_run *r);
void kops_cmd_get_groups(struct kops_run *r);
void kops_cmd_get_instances(struct kops_run *r);
void kops_cmd_rolling_update(struct kops_run *r);
void kops_cmd_update(struct kops_run *r);
void kops_cmd_validate(struct kops_run *r);
void kops_cmd_version(struct kops_run *r);

#endif
