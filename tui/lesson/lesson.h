/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lessons: what to look at and what to press, a step at a time, in a lab.  A step
 * is done when what it asks for is so, by whatever hand and program: the model,
 * the run and what is shown are looked at, never the keys.  Pure: no clock, no
 * screen, no network; tui/lesson/guide.h draws it and asks the lab for what a step needs.
 */
#ifndef KOPSCOPE_TUI_LESSON_H
#define KOPSCOPE_TUI_LESSON_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/lesson/language.h"
#include "tui/view.h"

/* What there is to see at the moment; borrowed. */
struct lesson_look {
	const struct model *model;
	const struct pending_report *pending; /* NULL: none yet */
	const struct run_view *run;           /* NULL: none */
	enum view_id view;
	const char *dialog;                   /* its title; NULL: none is open */
	const char *keys;                     /* its key bar; NULL */
};

/* Texts are English; gettext() has the others.  text fits two lines of 78 cells, did and what
   warn() says one of 76. */
struct lesson_step {
	const char *text;
	const char *did;     /* what is said when it is done */
	const char *control; /* path asked of the lab (POST) when the step begins; NULL: none */
	bool (*done)(const struct lesson_look *l);
	/* The advice is not followed: what comes of it; NULL: it is, so far. */
	const char *(*warn)(const struct lesson_look *l);
};

struct lesson {
	const char *name, *title;
	const char *scenario; /* of the lab, where it begins */
	const struct lesson_step *steps;
	size_t nsteps;
};
extern const struct lesson *const lessons[];
extern const size_t nlessons;
extern const struct lesson lesson_story, lesson_accident, lesson_pdb; /* tui/lesson/lessons.c */
extern const struct lesson lesson_fragmented, lesson_xen, lesson_control_plane, lesson_lost_api,
	lesson_expired, lesson_operators; /* tui/lesson/lessons-trouble.c */
const struct lesson *lesson_find(const char *name); /* NULL: there is none */
/* The lesson that begins in that scenario, the first in the table; NULL. */
const struct lesson *lesson_of_scenario(const char *scenario);

/* How far one is. */
struct lesson_state {
	const struct lesson *lesson;
	size_t step;        /* nsteps: done */
	const char *did;    /* of the step before, when it was done; NULL */
	unsigned passed;    /* bit per step: it was seen done */
	const char *warned; /* in this step; stays until the next, NULL: nothing */
	bool warned_ever;   /* in this lesson */
};
void lesson_begin(struct lesson_state *s, const struct lesson *l);
/* False: nothing new.  One step at a time, so that what a step asks of the lab is asked. */
bool lesson_turn(struct lesson_state *s, const struct lesson_look *l);
/* By hand: a step further (by 1) or back (by -1). */
void lesson_move(struct lesson_state *s, int by);
const struct lesson_step *lesson_step_of(const struct lesson_state *s); /* NULL: all are done */

/* ---- what several lessons ask, tui/lesson/lesson-see.c ---- */

bool see_nodes(const struct lesson_look *l);       /* that view is shown, and so on */
bool see_groups(const struct lesson_look *l);
bool see_pending(const struct lesson_look *l);
bool see_deployments(const struct lesson_look *l);
bool see_cloud(const struct lesson_look *l);
bool see_dialog(const struct lesson_look *l, const char *title);
bool see_pods_wait(const struct lesson_look *l);   /* at least one, for a reason */
bool see_none_waits(const struct lesson_look *l);
/* default/NAME wants so many, and they are ready. */
bool see_ready(const struct lesson_look *l, const char *name, int from, int to);
bool see_wanted(const struct lesson_look *l, const char *name, int from, int to);
bool see_spec_pods(const struct lesson_look *l);   /* the cluster's spec: 110 ... */
bool see_spec_prefix(const struct lesson_look *l); /* ... and prefix delegation */
bool see_marked(const struct lesson_look *l);      /* some instance needs a roll */
bool see_all_marked(const struct lesson_look *l);
bool see_run(const struct lesson_look *l, int kind); /* the newest run is one; enum run_kind */
bool see_alive(const struct lesson_look *l);         /* ... and goes on */
bool see_failed(const struct lesson_look *l, enum source_id id);
bool see_live(const struct lesson_look *l, enum source_id id);
bool see_full(const struct lesson_look *l); /* some worker takes no more pods */
/* Every node is Ready and takes so many pods. */
bool see_nodes_take(const struct lesson_look *l, int pods);

#endif
