/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A miniature world for the roll machine: groups that keep their size, nodes
 * that boot and join, pods that are placed and evicted, PDBs.  It carries out
 * the machine's actions after a while and shows itself to a model.  The clock
 * is its own; a seed makes it repeat itself.
 */
#ifndef KOPSCOPE_TESTS_ROLL_WORLD_H
#define KOPSCOPE_TESTS_ROLL_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/roll.h"

#define W_GROUPS 8
#define W_INSTANCES 48
#define W_PODS 224
#define W_APPS 8
#define W_QUEUE 256

#define WORLD_CLUSTER "small.example"
extern const char *const world_components[3]; /* the control plane's static pods */

struct w_group {
	char name[32];
	enum role role;
	int desired, version;
	struct rolling_settings rolling;
};

struct w_instance {
	char id[32], node[32];
	int group;
	bool attached, detached, joined, ready, cordoned, tainted, excluded, marked, old;
	const char *state; /* NULL: free slot */
	int version;
	bool killed;           /* by somebody else */
	int64_t flaps_until;   /* not Ready for a while, by itself */
	int64_t launched, boots_at, ends_at; /* seconds of the world, in ms */
};

struct w_pod {
	char name[48], uid[48];
	int on;            /* instance index; -1: waits */
	int app;           /* -1: aws-node; -2: static pod of the control plane */
	int component;     /* which static pod */
	bool used;
	const char *status_reason;
	int64_t deletion, starts_at, created;
	int64_t placed;    /* wall ms */
};

struct w_app {
	char name[16];
	int replicas;
	int min_available; /* -1: no PDB */
};

struct w_job { /* an action on its way */
	uint64_t id;
	enum roll_action_kind kind;
	char instance[32], uid[48];
	int64_t due;
	bool used;
	void (*done)(void *ctx, const struct err *e); /* NULL: the machine is told */
	void *ctx;
};

struct world {
	uint64_t seed;
	struct clock clock;
	struct clock_fake now;
	struct model *m;
	struct w_group groups[W_GROUPS];
	int ngroups;
	struct w_instance inst[W_INSTANCES];
	struct w_pod pods[W_PODS];
	struct w_app apps[W_APPS];
	int napps;
	struct w_job jobs[W_QUEUE];
	int serial;
	bool dirty, api_was;
	int64_t said;             /* mono: when the API server's source last said that it lives */
	/* knobs */
	int64_t tick_ms;          /* how far a tick goes; 1000 */
	int64_t boot_ms, slow_ms; /* to join; random addition */
	int64_t action_ms;        /* random, up to */
	int max_pods;             /* of new nodes */
	bool never_ready;         /* new nodes */
	bool no_cni, out_of_pods; /* on new nodes */
	bool no_ip;               /* for pods that are placed from now on */
	char hidden[32];          /* this instance is left out of AWS' answers */
	bool rude;                /* evictions are refused in words that are no text */
	unsigned refused;         /* 1 << kind of action: answered by "no", as an error of that kind */
	enum err_kind refused_as;
	/* troubles, in percent: of a boot that fails, an action that is throttled, one that works but
	   says it does not; of a pod that never ends; and in a second: of a node that flaps, of somebody
	   else who terminates one */
	int boot_fails, throttled, lies, immortal, flaps, killers;
	int lent[W_GROUPS];       /* taken away by others ... */
	int64_t lent_until[W_GROUPS]; /* ... and back by then */
	const char *prefix;       /* of aws-node, where the spec says "true"; NULL: neither has it */
	bool aws_lost;
	bool api_lost;            /* whatever the control plane does */
	bool api_mute;            /* it answers, and tells nothing yet */
	bool api_denied;          /* it does what it is told, and lets nobody look */
	bool api_silent;          /* nothing comes from it any more, and nobody noticed yet */
	/* what was seen */
	int terminated, terminated_twice, violations;
	char violation[640];
	struct roll *roll;
	struct buf *saved;        /* state as the worker would have kept it; NULL: not kept */
	int64_t wake;
	size_t nactions;
};

void world_init(struct world *w, uint64_t seed);
void world_release(struct world *w);
uint32_t world_random(struct world *w, uint32_t below);

int world_group(struct world *w, const char *name, enum role role, int size);
int world_app(struct world *w, const char *name, int replicas, int min_available);
/* Boots everything, places everything, and shows it to the model. */
void world_settle(struct world *w);
void world_outdate(struct world *w, int group); /* a new launch template version */

/* Options for which the world's clock is right. */
void world_options(struct roll_options *o);
/* One second: the world moves, the machine steps, actions are queued. */
void world_tick(struct world *w);
/* The same, without the machine: it is somebody else who steps it ... */
void world_live(struct world *w);
/* ... and who asks for actions.  host: an instance's id or a node's name. */
void world_ask(struct world *w, enum roll_action_kind kind, const char *host, const char *uid,
	void (*done)(void *ctx, const struct err *e), void *ctx);
/* Until the roll ended or so many seconds; false: it did not end. */
bool world_run(struct world *w, int seconds);
/* The worker dies: actions on their way may or may not have reached the world. */
void world_crash(struct world *w);

/* What the sources would tell now, if anything changed. */
void world_show(struct world *w);
bool world_api(const struct world *w); /* a control plane answers */
bool world_pod_runs(const struct world *w, const struct w_pod *p);

bool world_is_over(const struct world *w);
int world_left_marks(const struct world *w); /* living nodes cordoned, tainted or excluded */
int world_old(const struct world *w);        /* living instances of an old version */
int world_running(const struct world *w, int app);
/* Available now: joined, ready, not cordoned, running. */
int world_available(const struct world *w, int group);

#endif
