/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roll machine from inside: its state and the words its files share.
 * Only core/rules/roll*.c include it.
 *
 * A roll goes through groups in order; one group is in turn at a time.  The
 * group goes check -> taint -> surge -> turn -> over; each of its items is
 * taken in hand, drained, terminated and waited for.  An item asks for an
 * action with roll_want(): that issues it when it is not out already, and says
 * whether it is done.
 */
#ifndef KOPSCOPE_RULES_ROLL_INTERNAL_H
#define KOPSCOPE_RULES_ROLL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/model/model.h"
#include "core/rules/roll.h"

#define ROLL_NEVER INT64_MIN /* a time that did not come yet */
#define ROLL_TAINT_KEY "kops.k8s.io/scheduled-for-update"
#define ROLL_EXCLUDE_KEY "node.kubernetes.io/exclude-from-external-load-balancers"
#define ROLL_BIT(kind) (1u << (kind))
#define ROLL_RETRY_MS 5000
#define ROLL_TRIES 5
#define ROLL_CLOCK_MS 5000 /* by so much the wall clock may be ahead of the time that passed */
#define ROLL_AT_ONCE 64 /* actions under way when there are many to choose from */
#define ROLL_CNI_PENDING_MS 60000
#define ROLL_NO_IP_MS (2 * 60 * 1000)
#define ROLL_MISSED_MS 10000 /* after an outage, until all that was missed has come */
#define ROLL_LOOK_MS 200 /* between two looks through all pods */
#define ROLL_LOOK_AWS_MS 1000
#define ROLL_WATCHED_MS (3 * 60 * 1000) /* a new node, after it was done */
#define ROLL_GAP_DETACHED_MS 1000 /* its replacement was validated before it was drained */
#define ROLL_CLEANUP_MS (5 * 60 * 1000)
#define ROLL_CLEANUP_AWAY_MS (2 * 60 * 60 * 1000) /* more, while the world does not answer */

/* A series of validations that must succeed one after another. */
struct roll_check {
	int64_t since, next; /* ROLL_NEVER: not begun, none passed */
	int32_t passes;
	int64_t gap; /* at most so long between two; 0: as the options say */
};

struct roll_evict { /* one pod of a drain, by uid */
	char *ns, *pod, *uid;
	int64_t retry_at;
	bool in_flight, accepted, seen;
	bool blocked;        /* the last answer was a PDB's no */
	char why[96];        /* what the server said last; empty: nothing yet */
};

struct roll_item {
	struct roll_node pub;
	size_t rank; /* of its group */
	char *instance, *node, *group, *asg, *replaced_by; /* what pub points to */
	unsigned issued, acked; /* ROLL_BIT()s: ever asked for; known to be done */
	bool in_hand;
	bool surge;        /* chosen to be detached by this roll */
	bool was_detached; /* before this roll: its replacement exists already */
	bool warm;         /* of a warm pool: never joined, just terminated */
	bool joined;       /* its replacement was seen Ready */
	bool surge_failed; /* could not be detached: drained like the others */
	int64_t taken_at;
	int64_t lost_at;   /* detach or terminate asked for: the replacement's time runs */
	int64_t ended_at;  /* terminate asked for; the interval's time runs */
	int64_t cni_since; /* its replacement's aws-node pod is pending since */
	int64_t quorum_since;
	int64_t retry_at;  /* of the action that failed last */
	int64_t failing_since; /* it has failed since, however often; ROLL_NEVER */
	int32_t tries;
	struct roll_check check;
	struct roll_evict *evicts;
	size_t nevicts, cap_evicts;
	uint64_t saved; /* print of what was saved last; 0: nothing */
	bool skip;   /* the user leaves it out */
	bool listed; /* the drain has seen which pods stood here when it began */
};

enum roll_turn { TURN_WAITS, TURN_CHECK, TURN_TAINT, TURN_SURGE, TURN_ROLL, TURN_OVER,
	TURN__COUNT };

struct roll_group {
	char *name;
	enum role role;
	enum roll_turn turn;
	int32_t surge, away, concurrency; /* decided when its turn comes; away: maxUnavailable */
	bool alone;   /* no instance was up to date: the first goes by itself */
	bool surge_checked; /* the first detached one's replacement validated */
	bool no_drain;/* drainAndTerminate: false */
	bool failed;  /* an item failed: no further one */
	int64_t leaving_since; /* it failed, and the others are given back; ROLL_NEVER */
	struct roll_check check;
	uint64_t saved;  /* as of an item */
	char words[160]; /* why the check did not pass last */
};

struct roll_act { /* asked for, not answered */
	struct roll_action pub;
	struct roll_item *item;
	char *ns, *pod, *uid;
};

struct roll {
	char *cluster;
	struct roll_options o; /* owns its groups */
	enum roll_state state;
	enum roll_state ending; /* ROLL_RUNNING: not ending; else the end that cleaning leads to */
	int64_t ending_since;
	/* Not kept through a restart: so long the world did not answer, and whether it did at the
	   last look. */
	int64_t ending_away, ending_seen;
	bool ending_waits;
	bool pausing;
	char why[480];       /* of the end, or of the first failure */
	char waits[320];     /* what all waits for now */
	struct strmap *known; /* instances that were there before the roll: to the roll itself */
	struct strmap *by_id; /* instance to item */
	struct strmap *by_new; /* replacement to item */
	struct roll_group *groups;
	size_t ngroups, cap_groups;
	struct roll_item **items; /* by group, then by first sight */
	const struct roll_node **pubs; /* the same, as the screen sees them */
	size_t nitems, cap_items;
	struct roll_act **acts;
	size_t nacts, cap_acts;
	uint64_t next_id;
	struct roll_action *out; /* of this step */
	size_t nout, cap_out;
	struct { /* what was judged last, so that a busy cluster is not judged at every change */
		const char *group; /* of r->groups, or NULL */
		uint64_t generation;
		int64_t at; /* ROLL_NEVER: not yet */
		bool healthy;
		char words[160];
	} judged;
	uint64_t hosts;      /* generation of groups, instances and nodes that was looked at last */
	bool touched;        /* an item changed since */
	bool skipping;       /* the user left one out: its cleaning may have to be tried again */
	bool same;           /* this step: neither did */
	int64_t looked_at;   /* AWS was asked for a node's instance; ROLL_NEVER */
	int64_t guarded_at;  /* pods without a node were looked through; ROLL_NEVER */
	int64_t blind_since; /* AWS or the API server does not answer; ROLL_NEVER */
	int64_t began_wall, began_mono; /* of the first step of this process; ROLL_NEVER */
	/* of the current step */
	const struct model *m;
	int64_t now, wake;
	double scale;        /* of the world's time to stamps */
	bool aws, kube;      /* LIVE now */
	int64_t arrived;     /* stamp of the API server's last word ... */
	int64_t heard;       /* ... and when this roll saw that it had come */
	int64_t back;        /* it answers since; ROLL_NEVER: it does not */
	bool reached;        /* it answers, be it that we may not look: writes may be tried */
	bool loaded;         /* times are relative until the first step */
	bool canary_done;
	int64_t addon_since; /* waits for the CNI addon since; ROLL_NEVER: never waited */
	int64_t addon_came;  /* the settings were seen to run; ROLL_NEVER */
	bool addon_over;     /* it has come, or nobody waits for it */
	bool unclean;        /* something could not be undone */
	size_t unknown;      /* instances of chosen groups whose template is not known */
	size_t late;         /* marked after their group's turn, or launched by this roll */
};

/* roll.c */
struct roll *roll_alloc(void);
bool roll_group_chosen(const struct roll_options *o, const char *name, enum role role);
struct roll_group *roll_group_add(struct roll *r, const char *name, enum role role);
struct roll_group *roll_group_find(struct roll *r, const char *name);
struct roll_item *roll_item_add(struct roll *r, const char *instance, const char *group);
struct roll_item *roll_item_find(const struct roll *r, const char *instance);
void roll_set_phase(struct roll *r, struct roll_item *it, enum roll_phase p);
/* What others wrote may be cut in the middle of a character, or no text at all: made valid. */
void roll_text_fix(char *s);
void roll_known_add(struct roll *r, const char *instance);
void roll_wait_words(struct roll_item *it, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Begins the end: cleaning up first.  The first end wins, a guard over a stop. */
void roll_end(struct roll *r, enum roll_state end, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void roll_wake(struct roll *r, int64_t at);
int64_t roll_since(const struct roll *r, int64_t t); /* ms; ROLL_NEVER: very long */
bool roll_role_joins(enum role role); /* false: bastions, which no cluster sees */

/* roll-plan.c: what is to be replaced, and by what */
void roll_plan_groups(struct roll *r, const struct model *m);
void roll_plan_items(struct roll *r, const struct model *m);
void roll_match_new(struct roll *r);
void roll_look_for_new(struct roll *r);
void roll_set_replacement(struct roll *r, struct roll_item *it, const char *id); /* NULL: none */
void roll_group_decide(struct roll *r, struct roll_group *g);
bool roll_instance_alive(const struct m_instance *i); /* pending or running */
enum role roll_instance_role(const struct m_instance *i);

/* roll-action.c */
bool roll_want(struct roll *r, struct roll_item *it, enum roll_action_kind kind);
bool roll_outstanding(const struct roll *r, const struct roll_item *it,
	enum roll_action_kind kind);
void roll_want_evict(struct roll *r, struct roll_item *it, struct roll_evict *ev);
void roll_acts_clear(struct roll *r);
/* Asks for a fresh look at AWS, once at a time. */
void roll_want_look(struct roll *r, struct roll_item *it);

/* roll-drain.c */
bool roll_drain(struct roll *r, struct roll_item *it); /* true: nothing left */
bool roll_selects(const struct pdb *b, const struct pod *p);
void roll_evicts_clear(struct roll_item *it);

/* roll-group.c */
bool roll_group_step(struct roll *r, struct roll_group *g); /* true: its turn is over */

/* roll-addon.c: true when no group may have its turn yet: the CNI addon is still to come */
bool roll_addon_waits(struct roll *r);

/* roll-forecast.c: plays the roll forward */
void roll_forecast(const struct model *m, const struct roll_options *o, struct findings *out);

/* roll-step.c */
void roll_check_reset(struct roll_check *c);
void roll_item_step(struct roll *r, struct roll_group *g, struct roll_item *it);
void roll_fail_item(struct roll *r, struct roll_item *it, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The replacement is there and works; else says what it waits for. */
bool roll_joined(struct roll *r, struct roll_item *it, enum role role);
/* Which source has no fresh answer, in words. */
void roll_stale_words(const struct roll *r, char *out, size_t size);
/* 1 passed, 0 not yet, -1 out of time; words, when not NULL, gets the first failure. */
int roll_check_step(struct roll *r, struct roll_check *c, const char *group, int32_t count,
	char *words, size_t size);

/* roll-clean.c */
bool roll_item_lost(const struct roll *r, const struct roll_item *it); /* terminated, or going */
bool roll_clean_item(struct roll *r, struct roll_item *it); /* true: clean */
bool roll_clean_group(struct roll *r, const struct roll_group *g); /* NULL: all; true: clean */
void roll_ending_step(struct roll *r);
/* What a person should know is still so, added to the roll's last words. */
void roll_say_left(struct roll *r, bool clean);

/* roll-guard.c */
void roll_guards(struct roll *r, int64_t now_wall);
bool roll_lacks_ip(const struct pod *p); /* its sandbox waits for an address */
/* No other control-plane instance is away; else says which. */
bool roll_quorum(struct roll *r, struct roll_item *it);

#endif
