/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole screen in memory: a session whose clock stands still, whose sources
 * are the story's observations (world.h) and whose store, cluster and cloud
 * remember what was asked of them; and the app on it.
 */
#ifndef KOPSCOPE_TESTS_TUI_FIXTURE_H
#define KOPSCOPE_TESTS_TUI_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/model/source.h"
#include "tests/tui/world.h"
#include "tui/app.h"

enum fixture_kind {
	FIXTURE_FULL,     /* 30 replicas run, 10 wait */
	FIXTURE_ROOMY,    /* 20 replicas, nothing waits */
	FIXTURE_FINE,     /* after the story: 110 pods a node, 110 replicas */
	FIXTURE_MARKED,   /* updated, all three nodes to be rolled */
	FIXTURE_ROLLING,  /* the same, with a roll at node 2 of 3 */
	FIXTURE_GUARDED,  /* a guard stopped that roll */
	FIXTURE_UPDATED,  /* the same as MARKED, with the update's run that led to it */
	FIXTURE_ROLLED,   /* FINE, with the roll that led to it */
	FIXTURE_EMPTY,    /* nothing is configured */
	FIXTURE_STALE,    /* the API went away, its data stays */
	FIXTURE_HOSTILE,  /* names that attack the terminal */
	FIXTURE_READONLY, /* FULL with --readonly */
	FIXTURE_EXPIRING, /* FULL; AWS throttles, and the credentials end soon */
	FIXTURE_ASKED,    /* FULL; AWS wants the code of a second factor */
	FIXTURE_EDITED,   /* ROOMY; specs are edited and not applied, addons of every state */
	FIXTURE_NAMED,    /* ROOMY, with names in a zone, right and wrong */
	FIXTURE_SPECS,    /* the state store alone has answered */
	FIXTURE__COUNT
};

struct fixture {
	struct clock_fake time;
	struct options options;
	struct session session;
	struct app app;
	char state_home[64]; /* of runs, journal, undo; removed at the end */

	struct store store;
	char *spec;          /* the cluster's config in the store */
	char *group_spec;    /* of nodes-ap-northeast-2a there */
	char *faster;        /* what somebody writes there before the next put; NULL: nobody */
	char *puts_path;     /* of the last put; NULL: none */
	struct kube kube;
	char *scaled;        /* "default/nginx-deployment=40"; NULL */
	char *env_set;       /* "WARM_IP_TARGET=5", "restart kube-system/aws-node"; NULL */
	struct cloud cloud;
};

void fixture_init(struct fixture *f, enum fixture_kind kind, int cols, int rows, bool ascii);
void fixture_release(struct fixture *f);

/* Keys by name, with blanks between: "5 s 4 0 Enter".  A frame is made after each. */
void fixture_keys(struct fixture *f, const char *names);
void fixture_type(struct fixture *f, const char *text);
/* Lets answers that are on their way arrive, then makes a frame. */
void fixture_settle(struct fixture *f);
/* Until a child's answer is on the screen; false when it never comes. */
bool fixture_wait(struct fixture *f, const char *text);
/* The present frame; owned by the caller. */
char *fixture_text(struct fixture *f);
bool fixture_shows(struct fixture *f, const char *text);
/* The same, and the frame goes to stderr where the text is not in it. */
bool fixture_shows_or_says(struct fixture *f, const char *text);
#define assert_shows(f, text) assert_true(fixture_shows_or_says(f, text))

#endif
