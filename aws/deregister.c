/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Out of all balancers.
 *
 * First the group is asked for its balancers; then one after another: who is
 * registered, deregister, ask again every 5 s until the instance is out.
 */
#include "aws/deregister.h"

#include <stdlib.h>

#include "aws/autoscaling.h"
#include "aws/call.h"
#include "aws/elbv2.h"
#include "aws/query.h"
#include "core/base/arena.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/request-id.h"

#define POLL_MS 5000
#define WAIT_MS (15 * 60000)

struct deregister {
	struct aws *aws;
	char *region, *id, *asg;
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
	struct strlist groups, classics; /* target group ARNs; names of classic balancers */
	size_t at;                       /* among groups, then classics */
	bool told;                       /* to the one at hand: deregister */
	int64_t since;                   /* mono ms */
	struct aws_call *call;
	struct loop_timer *timer;
	/* What the last health answer said of our instance: */
	struct strlist ports;
	bool takes_part;
	char *request; /* AWS's id of the last order */
};

static void deregister_free(struct deregister *d)
{
	aws_call_cancel(d->call);
	if (d->timer) {
		loop_timer_remove(d->timer);
	}
	free(d->region);
	free(d->id);
	free(d->asg);
	strlist_release(&d->groups);
	strlist_release(&d->classics);
	strlist_release(&d->ports);
	free(d->request);
	free(d);
}

static void deregister_end(struct deregister *d, const struct err *e)
{
	if (d->request) {
		request_id_set(d->request);
	}
	d->done(d->ctx, e);
	request_id_set(NULL);
	deregister_free(d);
}

static bool deregister_is_classic(const struct deregister *d)
{
	return d->at >= d->groups.n;
}

static const char *deregister_name(const struct deregister *d)
{
	return deregister_is_classic(d) ? d->classics.v[d->at - d->groups.n]
					: d->groups.v[d->at];
}

static void deregister_call(struct deregister *d, enum aws_service s, const char *action,
	const struct buf *q,
	void (*done)(void *ctx, const struct aws_reply *r, const struct err *e))
{
	d->call = aws_call_start(d->aws, &(struct aws_call_spec){
		.service = s, .region = d->region, .action = action, .body = buf_str(q),
		.body_len = q->len, .done = done, .ctx = d,
	});
}

static void deregister_look(void *ctx);

static void deregister_next(struct deregister *d)
{
	d->at++;
	d->told = false;
	d->since = aws_mono(d->aws);
	deregister_look(d);
}

/* The balancer, or the instance in it, is not there: as good as out. */
static bool deregister_is_gone(const struct aws_reply *r)
{
	return r && r->fault && (str_eq(r->fault->code, "TargetGroupNotFound") ||
		str_eq(r->fault->code, "LoadBalancerNotFound") ||
		str_eq(r->fault->code, "InvalidInstance") ||
		str_eq(r->fault->code, "InvalidTarget"));
}

static void deregister_on_told(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct deregister *d = ctx;
	d->call = NULL;
	xreplace(&d->request, request_id_now());
	if (deregister_is_gone(r)) {
		deregister_next(d);
	} else if (e) {
		deregister_end(d, e);
	} else {
		d->told = true;
		deregister_look(d);
	}
}

static void deregister_tell(struct deregister *d)
{
	struct buf q = BUF_INIT;
	if (deregister_is_classic(d)) {
		query_init(&q, AWS_ELB, "DeregisterInstancesFromLoadBalancer");
		query_add(&q, "LoadBalancerName", deregister_name(d));
		query_add(&q, "Instances.member.1.InstanceId", d->id);
		deregister_call(d, AWS_ELB, "DeregisterInstancesFromLoadBalancer", &q,
			deregister_on_told);
	} else {
		query_init(&q, AWS_ELBV2, "DeregisterTargets");
		query_add(&q, "TargetGroupArn", deregister_name(d));
		for (size_t i = 0; i < d->ports.n; i++) {
			query_add_at(&q, "Targets.member.%zu.Id", i + 1, d->id);
			if (*d->ports.v[i]) {
				query_add_at(&q, "Targets.member.%zu.Port", i + 1, d->ports.v[i]);
			}
		}
		deregister_call(d, AWS_ELBV2, "DeregisterTargets", &q, deregister_on_told);
	}
	buf_release(&q);
}

static void deregister_on_target(void *ctx, const char *port, const char *state)
{
	struct deregister *d = ctx;
	d->takes_part = true;
	strlist_add(&d->ports, port ? port : "");
	if (str_eq(state, "draining")) {
		d->told = true; /* by somebody before us */
	}
}

static void deregister_read_classic(struct deregister *d, const struct xml_node *root)
{
	const struct xml_node *n =
		xml_first(root, "DescribeInstanceHealthResult.InstanceStates");
	for (; n; n = n->next) {
		if (str_eq(xml_text(n, "InstanceId"), d->id) &&
		    !str_eq(xml_text(n, "State"), "OutOfService")) {
			d->takes_part = true;
		}
	}
}

static void deregister_on_health(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct deregister *d = ctx;
	struct err late = ERR_INIT;
	d->call = NULL;
	if (e && !deregister_is_gone(r)) {
		deregister_end(d, e);
		return;
	}
	d->takes_part = false;
	strlist_release(&d->ports);
	if (!e && deregister_is_classic(d)) {
		deregister_read_classic(d, r->root);
	} else if (!e) {
		elbv2_each_target(r->root, d->id, deregister_on_target, d);
	}
	if (!d->takes_part) {
		deregister_next(d);
	} else if (!d->told) {
		deregister_tell(d);
	} else if (aws_mono(d->aws) - d->since > WAIT_MS) {
		err_set(&late, ERR_TIMEOUT, "instance %s is still in %s after 15 minutes", d->id,
			deregister_name(d));
		deregister_end(d, &late);
	} else {
		d->timer = loop_timer_add(d->aws->loop, POLL_MS, deregister_look, d);
	}
}

static void deregister_look(void *ctx)
{
	struct deregister *d = ctx;
	struct buf q = BUF_INIT;
	d->timer = NULL;
	if (d->at >= d->groups.n + d->classics.n) {
		deregister_end(d, NULL);
		return;
	}
	if (deregister_is_classic(d)) {
		query_init(&q, AWS_ELB, "DescribeInstanceHealth");
		query_add(&q, "LoadBalancerName", deregister_name(d));
		query_add(&q, "Instances.member.1.InstanceId", d->id);
		deregister_call(d, AWS_ELB, "DescribeInstanceHealth", &q, deregister_on_health);
	} else {
		elbv2_ask_health(&q, deregister_name(d));
		deregister_call(d, AWS_ELBV2, "DescribeTargetHealth", &q, deregister_on_health);
	}
	buf_release(&q);
}

static void deregister_on_asg(void *ctx, const struct asg_seen *g)
{
	struct deregister *d = ctx;
	for (size_t i = 0; i < g->asg.ntarget_groups; i++) {
		strlist_add(&d->groups, g->asg.target_groups[i]);
	}
	for (size_t i = 0; i < g->nbalancers; i++) {
		strlist_add(&d->classics, g->balancers[i]);
	}
}

static void deregister_on_group(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct deregister *d = ctx;
	d->call = NULL;
	if (e) {
		deregister_end(d, e);
		return;
	}
	struct arena *arena = arena_new();
	autoscaling_each(r->root, NULL, arena, deregister_on_asg, d);
	arena_free(arena);
	d->since = aws_mono(d->aws);
	deregister_look(d);
}

struct deregister *deregister_start(struct aws *a, const char *region, const char *instance_id,
	const char *asg, void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct deregister *d = xcalloc(1, sizeof(*d));
	struct buf q = BUF_INIT;
	d->aws = a;
	d->region = xstrdup(region);
	d->id = xstrdup(instance_id);
	d->asg = xstrdup(asg);
	d->done = done;
	d->ctx = ctx;
	autoscaling_ask_group(&q, asg);
	deregister_call(d, AWS_AUTOSCALING, "DescribeAutoScalingGroups", &q, deregister_on_group);
	buf_release(&q);
	return d;
}

void deregister_cancel(struct deregister *d)
{
	if (d) {
		deregister_free(d);
	}
}
