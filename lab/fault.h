/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that can be switched on and off: with --fault when the lab starts, and
 * at any time by POST /_lab/fault?on=NAME[:ARG] or ?off=NAME (off=all).  GET
 * lists them.  Each is what a user meets one day, in the services' own words.
 */
#ifndef KOPSCOPE_LAB_FAULT_H
#define KOPSCOPE_LAB_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/strs.h"
#include "lab/server.h"

struct world;
struct lab_faults; /* of one world; world_free() lets go of it */

enum lab_fault {
	FAULT_AWS_500, FAULT_AWS_CUT, FAULT_AWS_DENIED, FAULT_AWS_EXPIRED, FAULT_AWS_RESET,
	FAULT_AWS_SLOW, FAULT_AWS_THROTTLE, FAULT_BOOT_HANGS, FAULT_CLOCK_SKEW,
	FAULT_K8S_401, FAULT_K8S_403, FAULT_K8S_410, FAULT_K8S_429, FAULT_K8S_AWAY,
	FAULT_K8S_CUT, FAULT_K8S_ETCD, FAULT_K8S_GARBAGE, FAULT_K8S_HALF_OPEN, FAULT_K8S_JSON,
	FAULT_K8S_SLOW, FAULT_KUBELET_OLD, FAULT_LEASES_STOP,
	FAULT_NO_CAPACITY, FAULT_NO_LAUNCH, FAULT_NODE_UNREADY, FAULT_PODS_STAY,
	FAULT_S3_GONE,
	LAB_FAULT__COUNT
};

struct lab_faults *lab_faults_new(void);
void lab_faults_free(struct lab_faults *f); /* NULL is fine */

/*
 * "NAME[:ARG][,NAME[:ARG]]...": all or nothing; ERR_USAGE names what is wrong.
 * Off takes names only (":ARG" is ignored), and "all".
 */
bool lab_fault_on(struct lab_faults *f, const char *text, struct err *e);
bool lab_fault_off(struct lab_faults *f, const char *text, struct err *e);

bool lab_fault_is_on(const struct lab_faults *f, enum lab_fault which);
/* From now on "slow" counts the world's seconds, not the caller's. */
void lab_faults_virtual(struct lab_faults *f);
bool lab_faults_are_virtual(const struct lab_faults *f);
/* Its number (seconds); what stands in the table when none was given. */
int64_t lab_fault_number(const struct lab_faults *f, enum lab_fault which);
/* Its arguments; empty when off. */
const struct strlist *lab_fault_words(const struct lab_faults *f, enum lab_fault which);
/* "--fault" in help texts: one line a fault. */
void lab_faults_help(struct buf *out);

lab_handler lab_fault_handle;

/* Why EC2 launches nothing, as a scaling activity's StatusMessage says it; NULL: it does.
   "suspended" has no activity: the group does not try. */
const char *lab_fault_launch(const struct world *w);

/* fault-kube.c: true when a fault has answered this request of the Kubernetes API. */
bool lab_fault_kube(struct world *w, const struct lab_request *rq, struct lab_reply *rp);
/* Words of why the user may not do that (as in k8s-403:VERB) with that resource; NULL: may. */
const char *lab_fault_kube_denies(const struct world *w, const char *verb, const char *resource);
/* Faults were switched: watches that a fault would not have let in end. */
void lab_fault_kube_changed(struct world *w);

#endif
