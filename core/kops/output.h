/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what kops prints (facts: kops parts 4, 5.5, 5.6), line by line.
 */
#ifndef KOPSCOPE_KOPS_OUTPUT_H
#define KOPSCOPE_KOPS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* ---- update: the dry run's report, as a tree ---- */

enum update_section { UPDATE_CREATE, UPDATE_MODIFY, UPDATE_DELETE, UPDATE_PRUNE };
struct update_line {
	char sign; /* '+', '-', ' ' or '.' for a gap */
	char *text;
};
struct update_field {
	char *name;
	char *old_value, *new_value; /* "false -> true"; NULL: lines instead */
	struct update_line *lines;
	size_t nlines, cap;
};
struct update_task {
	enum update_section section;
	char *type, *name;
	struct update_field *fields;
	size_t nfields, cap;
};
struct update_report {
	struct update_task *tasks;
	size_t ntasks, cap;
	bool ended;      /* the closing line came */
	bool no_changes; /* "No changes need to be applied" */
	char *banner;    /* first line of a starred notice; NULL */
	int section;     /* parser state: enum update_section or -1 */
};
void update_report_init(struct update_report *r);
void update_report_line(struct update_report *r, const char *line, size_t n);
void update_report_release(struct update_report *r);

/* "Tasks: N done / M total": true when the line has it. */
bool update_progress_line(const char *line, size_t n, int *done, int *total);

/* ---- rolling-update: one line, one event ---- */

enum roll_line_kind {
	ROLL_LINE_OTHER, ROLL_LINE_TABLE, ROLL_LINE_NOTHING, ROLL_LINE_NEED_YES,
	ROLL_LINE_VALIDATING, ROLL_LINE_NOT_VALID, ROLL_LINE_VALID, ROLL_LINE_REVALIDATING,
	ROLL_LINE_TAINTING,
	ROLL_LINE_DETACHING, ROLL_LINE_DRAINING, ROLL_LINE_EVICTING, ROLL_LINE_EVICT_BLOCKED,
	ROLL_LINE_DEREGISTER, ROLL_LINE_POST_DRAIN, ROLL_LINE_STOPPING, ROLL_LINE_WAIT_TERMINATED,
	ROLL_LINE_WAIT_DETACHED, ROLL_LINE_COMPLETED, ROLL_LINE_GROUP_FAILED, ROLL_LINE_ERROR,
	ROLL_LINE_WARNING, ROLL_LINE__COUNT
};
struct roll_line {
	enum roll_line_kind kind;
	char severity;              /* klog: 'I', 'W', 'E', 'F'; 0: none */
	char instance[64], node[256], group[256], pod[512]; /* pod: ns/name; empty: none */
	char text[1024];            /* what a person should read */
};
void roll_line_parse(const char *line, size_t n, struct roll_line *out);

#endif
