/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One session: the model, and the sources that feed it, wired from the options.
 * The screen, the one-shot commands, the story's player and a run's worker all
 * stand on this.
 */
#ifndef KOPSCOPE_TUI_SESSION_H
#define KOPSCOPE_TUI_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/aws.h"
#include "core/base/clock.h"
#include "core/io/http.h"
#include "core/io/lender.h"
#include "core/io/loop.h"
#include "core/model/model.h"
#include "core/model/source.h"
#include "core/run/policy.h"
#include "k8s/k8s.h"
#include "tui/ask.h"
#include "tui/log.h"
#include "tui/shelf.h"

struct session_options {
	const char *state;      /* --state, else KOPS_STATE_STORE, ~/.kops.yaml, ~/.kops/config */
	const char *cluster;    /* --name; NULL: KOPS_CLUSTER_NAME, else the only one there is */
	const char *kubeconfig, *context, *profile, *region, *kops;
	bool readonly;
	const struct policy *policy; /* guard rails; NULL: none */
	int refresh;            /* which of the setting's values: 0 normal, 1 slow, 2 fast */
	const char *confirm;    /* --confirm: the word that a guard rail wants; NULL */
};

struct session {
	struct session_options opts;
	struct clock clock;
	struct loop *loop;
	struct http *http;
	struct model *model;
	struct log_lines log;
	char *noted[SRC__COUNT]; /* what is not as it should be, as it was logged last; NULL */
	struct sink sink;
	char *state_url;     /* NULL: none set */
	const char *state_from; /* "--state", "KOPS_STATE_STORE", ...: where it was found */
	struct err state_err;   /* why there is no store */

	/* A question of AWS's credentials: by default on the terminal itself. */
	struct asker asker;
	struct ask_tty tty;
	bool has_screen;     /* set by who shows session_question() and gives session_answer() */
	char *question;      /* NULL: none is open */
	void (*answer)(void *ctx, const char *answer);
	void *answer_ctx;

	/* The terminal, lent to a child that has to ask there (an exec plugin). */
	struct lender lender;
	bool lent;
	bool detached;       /* never lend it: nobody is there (a run's worker) */
	/* Set by who has the screen: puts it aside (true), takes it back.  NULL: a screen without
	   a terminal lends none. */
	void (*put_aside)(void *ctx, bool aside);
	void *put_aside_ctx;

	struct aws *aws;
	struct store *store;    /* NULL: none */
	struct shelf_reader *shelf; /* NULL: nothing was wanted yet */
	unsigned wants;         /* enum shelf_wants, of the view that is shown */
	bool records_wait;      /* the store's source has not looked into the open cluster yet */
	struct k8s *k8s;        /* NULL: no kubeconfig */
	struct err k8s_err;
	struct kube *kube;      /* of k8s; NULL */
	char *context;          /* chosen for the open cluster; NULL: none, as the option says */
	const char *context_option;
	enum pace pace;         /* of the sources, also of those to come */
	struct cloud *cloud;    /* NULL: no cluster open */
	struct cloud *cloud_behind; /* its gate; kube's is behind k8s_kube(), the store's its own */
	bool readonly_option;   /* opts.readonly is also set by what the rules say of the cluster */
	bool warned_keys;       /* that others can read the kubeconfig */
	char *confirmed, *confirmed_cluster; /* by :confirm; NULL */
	int64_t confirmed_until; /* mono ms */
	struct source *sources[SRC__COUNT];

	/* Called after each batch of observations; at most once per turn of the loop. */
	void (*changed)(void *ctx);
	void *changed_ctx;
	bool dirty;
	struct loop_timer *dirty_timer;
	char *wanted; /* to be opened when the store shows it; NULL: none */
};

/* False when a kubeconfig that the user named (--kubeconfig, KUBECONFIG) cannot be read: a mistake
   to be told before anything is opened.  None named is fine. */
bool session_check(const struct session_options *o, struct err *e);

/* Never fails: what is missing becomes the state of a source.  Options are borrowed. */
void session_init(struct session *s, const struct session_options *o);
void session_release(struct session *s);

/* Starts the store's source; opens the wanted cluster as soon as it is seen. */
void session_start(struct session *s);
/* Leaves the open cluster and opens another. */
void session_open(struct session *s, const char *cluster);
/* The same as soon as the store has shown it: it is asked at once. */
void session_open_soon(struct session *s, const char *cluster);
/*
 * Leaves the API server and goes to that of another context of the kubeconfig, which is read
 * anew; NULL: the open cluster's own, as at the start.  Nothing of the former is kept.  On
 * failure all stays as it was.  Runs started later use it as well.
 */
bool session_use_context(struct session *s, const char *context, struct err *e);
void session_refresh(struct session *s);
/* What the present view wants of the store beyond the specs (enum shelf_wants). */
void session_want(struct session *s, unsigned wants);
const struct shelf *session_shelf(const struct session *s); /* NULL: nothing was wanted yet */
void session_pace(struct session *s, enum pace pace);

/* What is asked of the user now; NULL: nothing. */
const char *session_question(const struct session *s);
void session_answer(struct session *s, const char *answer); /* NULL: not now */
/*
 * loop_run_until(), but as long as something new arrives within each ms it goes on
 * (not for ever), and time in which the user is being asked does not count.
 */
bool session_wait(struct session *s, bool (*done)(void *ctx), void *ctx, int64_t ms);

/* The first answer of every configured source came, or its failure. */
bool session_settled(const struct session *s);

#endif
