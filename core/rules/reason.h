/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what schedulers wrote: "0/3 nodes are available: 2 Too many pods, ..."
 * in the forms of Kubernetes 1.20 to 1.36 (facts: vpc-cni part 4.2 and 4.3).
 */
#ifndef KOPSCOPE_RULES_REASON_H
#define KOPSCOPE_RULES_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum reason_kind {
	REASON_OTHER, REASON_TOO_MANY_PODS, REASON_INSUFFICIENT, REASON_TAINT, REASON_UNSCHEDULABLE,
	REASON_NODE_AFFINITY, REASON_PREFILTER_PLUGIN, REASON_NODE_NAME, REASON_POD_AFFINITY,
	REASON_POD_ANTI_AFFINITY, REASON_EXISTING_ANTI_AFFINITY, REASON_TOPOLOGY_SPREAD,
	REASON_HOST_PORTS, REASON_VOLUME_NODE_AFFINITY, REASON_VOLUME_ZONE, REASON_VOLUME_BIND,
	REASON_MAX_VOLUME_COUNT, REASON_UNBOUND_PVC, REASON_PVC_NOT_FOUND,
	REASON_PREEMPT_NO_VICTIMS, REASON_PREEMPT_NOT_HELPFUL,
	REASON_POD_AFFINITY_OR_ANTI, /* old wording that does not tell which */
	REASON_VOLUME_BIND_TIMEOUT, REASON_POD_DELETING, REASON_NO_NODES,
	REASON_PREEMPT_POLICY_NEVER, REASON_PREEMPT_WAITING_VICTIM,
	/* of the cluster autoscaler */
	REASON_ASG_MAX_SIZE, REASON_ASG_MAX_LIMIT,
	/* of the kubelet and the CNI, after scheduling */
	REASON_KUBELET_OUT_OF_RESOURCE, REASON_KUBELET_PREEMPTION_FAILED, REASON_CNI_NO_IP,
	REASON_CNI_NOT_READY, REASON_SUBNET_FRAGMENTED,
	REASON_SUBNET_EXHAUSTED, REASON_ENI_SLOTS_FULL, REASON_CNI_DENIED, REASON_CNI_FAILED,
	REASON_VOLUME_MOUNT,     /* FailedMount, FailedAttachVolume */
	REASON_KUBELET_REFUSED,  /* for its own reason: shutting down, under pressure, devices */
	REASON_KUBELET_PREEMPTED,/* it had to go for a critical pod */
	REASON_PREEMPT_NO_CANDIDATE, REASON_SCALE_UP, REASON_ASG_BACKOFF, REASON_QUOTA,
	REASON_SANDBOX,          /* a sandbox fails, and the text does not tell why */
	/* not read from a message: what core/rules/pending.h finds itself */
	REASON_GATED, REASON_NOT_LOOKED_AT, REASON_NOT_READY, REASON_IMAGE, REASON_CONFIG,
	REASON_CRASH, REASON_STARTING, REASON_NOMINATED, REASON_NOT_CREATED,
	REASON__COUNT
};
const char *reason_kind_name(enum reason_kind k); /* "too-many-pods", as in the shared test data */
/* What it means and what to look at, one plain line without a full stop; never NULL. */
const char *reason_kind_help(enum reason_kind k);

struct reason {
	enum reason_kind kind;
	int count;        /* -1: the text has none */
	char *text;       /* as written, without the count */
	char *resource;   /* REASON_INSUFFICIENT: "cpu"; else NULL */
	char *key, *value;/* REASON_TAINT where the text names it; else NULL */
	char *name;       /* REASON_PVC_NOT_FOUND: the claim; else NULL */
	char *plugins;    /* REASON_PREFILTER_PLUGIN: what stands in the brackets; else NULL */
	int64_t requested, used, capacity; /* of the kubelet's refusals; -1 */
};
struct reason_list {
	int total, available; /* nodes; -1: not said */
	struct reason *v;
	size_t n, cap;
};
struct reasons {
	struct reason_list main;
	bool has_preemption;
	struct reason_list preemption;
	enum reason_kind preemption_kind; /* of preemption_text */
	char *preemption_text;   /* when it is no list: "not eligible due to ..." */
	char *postfilter_prefix; /* NULL: none */
	char *where;             /* "FailedScheduling", ... see the test data; NULL unknown */
};
/*
 * Always gives something: text that is no known form becomes one REASON_OTHER,
 * a header without any reason one of empty text.  What people paste is met half
 * way: line breaks, the columns of `kubectl describe` in front, doubled or
 * typographic apostrophes, escaped quotes.
 */
void reasons_parse(const char *message, struct reasons *out);
void reasons_release(struct reasons *r);

#endif
