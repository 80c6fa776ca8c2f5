/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pretend AWS: one call at a time, after its signature has been checked.
 * The services share one endpoint; the credential scope says which is meant.
 * Forms of requests, answers and errors: facts vpc-cni part 6.1.
 */
#ifndef KOPSCOPE_LAB_AWS_H
#define KOPSCOPE_LAB_AWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "lab/server.h"
#include "lab/sigv4-check.h"
#include "lab/world.h"
#include "lab/xml.h"

enum aws_form { AWS_EC2, AWS_QUERY, AWS_S3, AWS_REST };

struct aws_call {
	struct world *w;
	const struct lab_request *rq;
	struct lab_reply *rp;
	struct sig_result *sig;
	enum aws_form form;
	struct lab_pairs in;  /* form fields of the body and of the query */
	const char *action;   /* "" for rest services */
	char request_id[37];
	struct buf *out;      /* the result's XML, without its envelope (EC2, query) */
	bool failed;          /* aws_error() was called: out is no longer looked at */
};

/* The answer is this error, in the service's own XML. */
void aws_error(struct aws_call *c, int status, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

struct aws_action {
	const char *name;
	void (*run)(struct aws_call *c);
};
struct aws_service {
	const char *name;     /* of the credential scope */
	enum aws_form form;
	const char *xmlns;    /* of the envelope */
	const struct aws_action *actions; /* ends with a NULL name; NULL: handle does all */
	void (*handle)(struct aws_call *c);
};

extern const struct aws_action aws_ec2_actions[];
extern const struct aws_action aws_asg_actions[];
extern const struct aws_action aws_sts_actions[];
extern const struct aws_action aws_elb_actions[];
void aws_s3_handle(struct aws_call *c);
void aws_route53_handle(struct aws_call *c);

/* ---- keys: lab/aws/sts.c ---- */

/* All keys that there are, the user's first; the array is the caller's, strings are borrowed. */
size_t lab_sts_keys(const struct world *w, struct sig_key **out);
void lab_sts_release(struct world *w);

/* ---- faults: lab/fault-aws.c ---- */

/* True: a fault that is switched on has answered.  s NULL: service unknown. */
bool lab_fault_refuses(struct aws_call *c, const struct aws_service *s);
/* What AWS believes the time is. */
int64_t lab_fault_aws_wall(const struct world *w);

/* ---- parameters ---- */

const char *aws_param(const struct aws_call *c, const char *name); /* NULL: absent */
/* PREFIX.1, PREFIX.2, ... (borrowed text); empty when there are none. */
void aws_param_list(const struct aws_call *c, const char *prefix, struct strlist *out);
/*
 * Filters as both query protocols send them (Filter.1.Name with .Value.1, or
 * Filters.member.1.Name with .Values.member.1).
 */
struct aws_filter {
	char *name;
	struct strlist values; /* with * and ? */
};
struct aws_filters {
	struct aws_filter *v;
	size_t n, cap;
};
void aws_filters_get(const struct aws_call *c, struct aws_filters *out);
void aws_filters_release(struct aws_filters *f);
/*
 * A thing's own answer to a filter name; false: this kind of thing has no such
 * filter.  *value NULL: it has none, so nothing matches.  tag:KEY and tag-key are
 * answered from tags before this is asked.
 */
typedef bool aws_field(const void *thing, const char *name, const char **value);
/* True when all filters match; an unknown filter is an error of the call. */
bool aws_filters_match(struct aws_call *c, const struct aws_filters *f, const void *thing,
	const struct strmap *tags, aws_field *field);

/* ---- pages ---- */

struct aws_page {
	size_t skip, left; /* things before the page, room on it */
	size_t next;       /* offset for the next page; 0: this is the last */
	size_t seen;
};
/* Names of the parameters, and how many come when the caller does not say. */
bool aws_page_start(struct aws_call *c, struct aws_page *p, const char *max_name,
	const char *token_name, size_t otherwise, size_t most);
/* Called per matching thing: is it on this page? */
bool aws_page_takes(struct aws_page *p);
/* <tag>token</tag> when there is more. */
void aws_page_end(struct aws_call *c, const struct aws_page *p, const char *tag);

/* <tagSet><item>... (EC2). */
void aws_tag_set(struct aws_call *c, const struct strmap *tags);
char *aws_address(uint32_t ip); /* dotted, owned */

#endif
