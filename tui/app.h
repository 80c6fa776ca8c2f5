/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen's state: which view, which row, which dialog.  Keys change it and
 * mark it dirty; before the loop waits, one frame is made of it and shown.
 */
#ifndef KOPSCOPE_TUI_APP_H
#define KOPSCOPE_TUI_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/rules/pending.h"
#include "core/run/run.h"
#include "tui/dialog.h"
#include "tui/screen/grid.h"
#include "tui/options.h"
#include "tui/screen/screen.h"
#include "tui/session.h"
#include "tui/screen/table.h"
#include "tui/screen/term.h"
#include "tui/view.h"

/* What a view remembers while another is shown. */
struct app_place {
	char *selected; /* id of the row in hand; NULL: the first */
	size_t top;
	char *filter;
	char *within;   /* what was entered */
	int sort;       /* column by which it is sorted, + 1; 0: as the view makes it */
	bool descending;
	uint64_t hidden;      /* bit per column that is not wanted */
	struct strlist marks; /* ids of marked rows */
};

struct app_history {
	enum view_id view;
	char *within;
};

struct app {
	struct session *session;
	const struct options *options;
	bool ascii;
	enum run_engine engine;

	enum view_id view;
	struct app_place places[VIEW__COUNT];
	struct app_history back[32], forward[32];
	size_t nback, nforward;
	enum screen_mode mode;
	bool mouse;

	/* Of the frame that is shown. */
	struct grid grid;
	struct table table;
	size_t selected, top;
	struct view_ctx ctx;

	struct pending_report pending;
	uint64_t pending_of; /* generation of the model that it was made from */
	struct run_view run;
	bool has_run;
	char *run_id;
	struct loop_timer *tick;

	struct guide *guide; /* the lesson in hand, tui/lesson/guide.h; NULL: none */
	bool drawing;        /* the grid is without the guide's part now */
	struct dialog *dialog;
	char prompt_kind; /* '/', ':' or 0 */
	char prompt[128];
	char hint[200];         /* what Tab could make of the prompt */
	struct strlist said;    /* : commands, oldest first */
	size_t said_at;         /* the one that Up shows; said.n: none */
	char message[400];
	enum style message_style;

	int64_t key_at; /* mono ms of the last key */
	enum pace pace; /* how eagerly the sources look */
	bool dirty;   /* a frame is due now: a key, a size, an answer */
	bool moved;   /* only the row in hand is another */
	struct loop_timer *later; /* wakes the loop for next_build */
	bool changed; /* what the rows are made of changed: a frame is due by next_build */
	int64_t next_build;     /* mono ms */
	int64_t pending_due;    /* mono ms: no new report before */
	int64_t pending_took;   /* ms, the last one */
	bool keyed;             /* the frame that is due answers a key */
	uint64_t removals;      /* of the model when the rows were made */
	struct pods_list *pods; /* of the Pods view while that is shown; NULL */
	uint64_t pods_changes;  /* of it when the rows were made */
	struct loop_timer *work;/* the next slice of what it has to do; NULL: it has done all */
	char progress[64];      /* how far that is; "": done */
	bool other_rows;        /* the rows are of another view, cluster or filter */
	bool quit;
	bool wants_lab; /* once it has quit */
	bool suspend; /* the user wants the shell back for a while */
	uint64_t frames; /* painted since the start, for tests and bench */
};

/* Where the frame goes and where keys come from; the terminal, or a test's memory. */
void app_init(struct app *a, struct session *s, const struct options *o, int cols, int rows,
	bool ascii);
void app_release(struct app *a);
void app_key(struct app *a, uint32_t key);
void app_resize(struct app *a, int cols, int rows);
/* Makes the frame in a->grid of what is so now. */
void app_frame(struct app *a);
/*
 * Makes the frame that is due, if one is; false: none.  A key is answered at once, with the rows
 * as they are where they still may be used; what came from the cluster is gathered for a moment,
 * the longer the more it costs to make rows of it.
 */
bool app_paint(struct app *a);
/* The model has changed so that the rows may no longer be used. */
bool app_is_behind(const struct app *a);
/* The model or a run changed. */
void app_changed(struct app *a);
/* Time went by: sources look fast during a run, rarely when nobody is at the keys. */
void app_time(struct app *a);

void app_say(struct app *a, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void app_say_err(struct app *a, const struct err *e);
void app_show(struct app *a, enum view_id view, const char *within);
void app_back(struct app *a);
void app_forward(struct app *a); /* where app_back() came from */
/* What is shown now, for screen_draw() and screen_spot_at(). */
void app_screen(const struct app *a, struct screen *s);
/* A button of the mouse or its wheel, at a cell of the screen. */
void app_mouse(struct app *a, const struct mouse *m);
void app_open(struct app *a, struct dialog *d); /* replaces the present dialog */
void app_read_run(struct app *a);
void app_run_began(struct app *a, char *id); /* takes id; leads to where the run is shown */
bool app_run_alive(const struct app *a); /* the run that is shown goes on */
const struct trow *app_row(const struct app *a); /* the row in hand; NULL */

bool app_is_bare(const struct app *a); /* neither a store nor a cluster is configured */

/* Rows and columns of the screen without those of the guide. */
int app_rows(const struct app *a);
int app_cols(const struct app *a);
/* Rows for a dialog's body, of the present size. */
int app_body_rows(const struct app *a);

#endif
