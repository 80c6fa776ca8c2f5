/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why pods wait, grouped so that 500 replicas with one cause are one line, each
 * with a plain sentence, a verdict for every node, and what would help, the
 * cheapest first.  Never promises that a pod will be scheduled.
 */
#ifndef KOPSCOPE_RULES_PENDING_H
#define KOPSCOPE_RULES_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/strs.h"
#include "core/model/model.h"
#include "core/rules/reason.h"

struct verdict { /* of one node for the pods of one group */
	const struct m_node *node;
	enum reason_kind kind; /* REASON_OTHER with fits true: nothing speaks against it */
	bool fits;
	char *text;            /* "17/17 pods", "taint node-role.kubernetes.io/control-plane" */
};

/* What the key of an advice leads to. */
enum advice_action { ADVICE_NONE, ADVICE_EDIT_LIMITS, ADVICE_SCALE_GROUP, ADVICE_SCALE_DEPLOYMENT,
	ADVICE_UPDATE, ADVICE_ROLL, ADVICE_UNCORDON,
	ADVICE_LABEL, ADVICE_UNTAINT, /* nodes: key=value put on, or the taint taken off */
	ADVICE_PATCH,    /* body, a JSON merge patch, of ns/name */
	ADVICE_REQUEST,  /* the Deployment's pods ask for value of key, no more */
	ADVICE_UNDO,     /* the Deployment gets the template back that it had before */
	ADVICE_DELETE,   /* the pod ns/name; value: its uid */
	ADVICE_CNI_ENV,  /* key=value on aws-node, live */
	ADVICE_CREATE,   /* body, a PersistentVolumeClaim in ns, or (ns NULL) a StorageClass */
};
struct advice {
	enum advice_action action;
	char *text;   /* "prefix delegation + maxPods 110 on nodes-2a, nodes-2c" */
	char *effect; /* "room for 186 more" */
	char *detail; /* second line: cost, needs, risk; NULL: none */
	char *group;  /* ADVICE_SCALE_GROUP and limits of one group: its name; NULL: the cluster */
	int64_t max_pods; /* ADVICE_EDIT_LIMITS: what to set; -1 */
	bool prefix;      /* ADVICE_EDIT_LIMITS: turn prefix delegation on */
	int32_t replicas; /* ADVICE_SCALE_DEPLOYMENT, ADVICE_SCALE_GROUP: new size; -1 */
	char *ns, *name;  /* what is changed in the cluster; NULL */
	const char *what; /* ADVICE_PATCH: "pods", "resourcequotas"; NULL: a Deployment */
	char *key, *value, *taint_effect, *body;
	struct strlist nodes; /* ADVICE_UNCORDON, _LABEL, _UNTAINT: which */
	char *command;    /* the same by hand; NULL */
};

#define PENDING_VERDICTS 256 /* kept for each group */
#define PENDING_JUDGED 48    /* groups, the largest, that get verdicts and advice */

struct pending_group {
	/* Borrowed from the model; the owner of a bare pod is itself. */
	const char *ns, *owner_kind, *owner_name;
	size_t npods;
	const struct m_pod *sample; /* the oldest */
	int64_t oldest;             /* wall ms of its creation */
	char *why;                  /* one plain sentence, no trailing period */
	enum reason_kind main_kind; /* what decided the sentence */
	bool after_scheduling;      /* bound to a node and not running */
	bool absent;                /* wanted, but they could not even be created; sample is none of
	                               the model's and has the owner's name */
	char *message;              /* the scheduler's own words, one line; NULL: none yet */
	struct verdict *verdicts;   /* best chances first; of at most PENDING_VERDICTS nodes */
	size_t nverdicts, nodes_judged; /* judged 0: too many groups, only the message counts */
	bool disagrees;             /* our verdicts and the message's counts differ */
	struct advice *advices;
	size_t nadvices;
};
struct pending_report {
	struct pending_group *v;
	size_t n;
	size_t npods;   /* in all groups */
	int64_t oldest; /* wall ms; 0 when none */
	size_t looked;  /* at pods, nodes and sets of labels, to make it */
};

/*
 * Pods bound to a node count only after a grace of one minute or with a
 * waiting reason that will not pass by itself.  Sorted: most pods first.
 */
void pending_compute(const struct model *m, const struct clock *clock, struct pending_report *out);
/* Whether the pod is in one of those groups. */
bool pending_waits(const struct pod *p, const struct clock *clock);
void pending_release(struct pending_report *r);

#endif
