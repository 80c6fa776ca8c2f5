/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cluster's names: which there should be, what is written in its zone, and
 * whether that leads to where the cluster is.  kops makes the records with a
 * placeholder address, which the control plane's own programs replace later
 * (dns-controller for the internal names).
 */
#ifndef KOPSCOPE_RULES_DNS_H
#define KOPSCOPE_RULES_DNS_H

#include <stddef.h>

#include "core/base/arena.h"
#include "core/model/model.h"

enum dns_kind {
	DNS_ZONE,   /* records in Route 53 */
	DNS_NONE,   /* spec.topology.dns.type None: no records */
	DNS_GOSSIP, /* a name that ends in .k8s.local */
};

enum dns_state {
	DNS_RIGHT,
	DNS_PLACEHOLDER, /* 203.0.113.123, fd00:dead:add::: nobody has written the address yet */
	DNS_DIFFERS,
	DNS_MISSING,
	DNS_UNTOLD,      /* nothing to compare it with */
};
const char *dns_state_name(enum dns_state s);

struct dns_row {
	const char *name, *type, *value; /* without the last dot; type and value NULL: missing */
	const char *should;              /* where it should lead; NULL: not known */
	const char *purpose;             /* who uses it */
	enum dns_state state;
};

struct dns_report {
	enum dns_kind kind;
	const char *text; /* what that kind means, one line */
	struct dns_row *rows;
	size_t n;
	struct arena *arena;
};

/* Of the open cluster; out is initialised by this. */
void dns_report_make(const struct model *m, struct dns_report *out);
void dns_report_release(struct dns_report *r);

#endif
