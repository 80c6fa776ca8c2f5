/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view: one table row here, its code in view-NAME.c.  A view makes rows from
 * the model and says what its keys do; it never draws and never waits.
 */
#ifndef KOPSCOPE_TUI_VIEW_H
#define KOPSCOPE_TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/model/model.h"
#include "core/rules/pending.h"
#include "core/run/run.h"
#include "tui/screen/table.h"

enum view_id {
	VIEW_CLUSTERS, VIEW_GROUPS, VIEW_NODES, VIEW_PENDING, VIEW_DEPLOYMENTS, VIEW_ROLL, VIEW_LOG,
	VIEW_PODS, VIEW_CAPACITY, VIEW_CLOUD, VIEW_CNI, VIEW_STORE, VIEW_ADDONS, VIEW_DNS,
	VIEW__COUNT
};

struct log_lines; /* what happened in this session: tui/log.h */
struct pods_list; /* which pods are shown, and in which order: tui/view/pods-list.h */
struct shelf;     /* what the state store holds beyond the specs: tui/shelf.h */

/* Behind "namespace/owner" in .within of Pods: those of them that wait, as Pending counts them.  No
   name has a blank. */
#define WITHIN_WAITING " waiting"

/* What views are made from; all borrowed. */
struct view_ctx {
	const struct model *model;
	const struct clock *clock;
	const struct pending_report *pending; /* of the present model */
	const struct run_view *run;           /* newest of the open cluster; NULL: none */
	const struct log_lines *log;
	const struct shelf *shelf;            /* what a view wanted of it; NULL: no store */
	struct pods_list *pods;               /* of the Pods view; NULL: made of all, once */
	const char *selected;                 /* id of the row in hand; NULL: none yet */
	const char *within;                   /* what was entered: Pods of node X; NULL */
	bool ascii, readonly;
	int cols;
	int64_t fresh_ms; /* answers of AWS that are not older are live; 0: two normal intervals */
};

struct view {
	enum view_id id;
	const char *name;   /* of :name and `kopscope get` */
	const char *title;
	char key;           /* digit; 0: reached by Enter or : */
	const char *help;
	enum source_id source; /* whose failure makes this view stale */
	unsigned wants;        /* enum shelf_wants: read from the store while it is shown */
	const struct column *columns;
	size_t ncolumns;
	void (*rows)(const struct view_ctx *c, struct table *out);
	/* Up to three lines about the row in hand (NULL: about the whole), each ending in a
	 * newline. */
	void (*detail)(const struct view_ctx *c, const struct trow *row, struct buf *out);
	/* One line for an empty view: what is not there and what it means. */
	const char *(*empty)(const struct view_ctx *c);
	enum view_id enter; /* Enter opens this with the row's id as .within; own id: nothing */
};

extern const struct view view_clusters, view_groups, view_nodes, view_pending, view_deployments,
	view_roll, view_log, view_pods, view_capacity, view_cloud, view_cni, view_store,
	view_addons, view_dns;

const struct view *view_get(enum view_id id);
const struct view *view_by_name(const char *name); /* NULL: no such view */
/* By the beginning of its name, where no other begins so, or by kubectl's short word for what is in
   it; NULL: none. */
const struct view *view_by_word(const char *word);

/* Rows of a view: made, filtered; t is initialised by this. */
void view_table(const struct view *v, const struct view_ctx *c, const char *filter,
	struct table *t);

/* A group's name in its column, with the short form that leaves the region out:
   "nodes-ap-northeast-2a" is also "nodes-2a". */
void view_group_cell(const struct view_ctx *c, struct table *t, struct trow *r, size_t col,
	enum style style, const char *name);
/* The short form itself; owned by the caller. */
char *view_group_brief(const struct view_ctx *c, const char *name);

/* A sentence over as many spans as it needs at the screen's width. */
void view_span_wrapped(const struct view_ctx *c, struct table *t, int indent, enum style style,
	const char *text);

/* Text of a source's failure for an empty view, or NULL when it is live. */
const char *view_source_trouble(const struct view_ctx *c, enum source_id id);

#endif
