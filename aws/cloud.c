/* SPDX-License-Identifier: Apache-2.0 */
/* The cloud's verbs: terminate, detach, deregister, set the desired size. */
#include "aws/aws.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/call.h"
#include "aws/deregister.h"
#include "aws/ec2.h"
#include "aws/query.h"
#include "aws/session.h"
#include "core/base/bug.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

struct job;

struct aws_cloud {
	struct cloud base;
	struct aws *aws;
	char *region; /* NULL: the session's */
	struct job *jobs;
	struct strlist doubt; /* instances told to end, whose answer never came */
};

/* One verb under way. */
struct job {
	struct aws_cloud *cloud;
	struct job *next;
	char *instance, *asg;
	struct aws_call *call;
	struct deregister *deregister;
	struct loop_timer *timer; /* nothing to do: success, but later */
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
};

static struct job *job_new(struct cloud *base, const char *instance, const char *asg,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct aws_cloud *c = (struct aws_cloud *)base;
	struct job *j = xcalloc(1, sizeof(*j));
	j->cloud = c;
	j->next = c->jobs;
	c->jobs = j;
	j->instance = xstrdup(instance);
	j->asg = xstrdup(asg);
	j->done = done;
	j->ctx = ctx;
	return j;
}

static void job_end(struct job *j, const struct err *e)
{
	struct job **p = &j->cloud->jobs;
	while (*p != j) {
		p = &(*p)->next;
	}
	*p = j->next;
	aws_call_cancel(j->call);
	deregister_cancel(j->deregister);
	if (j->timer) {
		loop_timer_remove(j->timer);
	}
	j->done(j->ctx, e);
	free(j->instance);
	free(j->asg);
	free(j);
}

static void job_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct job *j = ctx;
	j->call = NULL;
	job_end(j, e);
}

static void job_call(struct job *j, enum aws_service s, const char *action, const struct buf *q,
	bool unsafe, void (*done)(void *ctx, const struct aws_reply *r, const struct err *e))
{
	j->call = aws_call_start(j->cloud->aws, &(struct aws_call_spec){
		.service = s, .region = j->cloud->region, .action = action, .body = buf_str(q),
		.body_len = q->len, .unsafe = unsafe, .done = done, .ctx = j,
	});
}

/* ---- terminate ---- */

static bool instance_unknown(const struct aws_reply *r, const struct err *e)
{
	return e && r && r->fault && str_eq(r->fault->code, "InvalidInstanceID.NotFound");
}

static void terminate_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct job *j = ctx;
	struct strlist *doubt = &j->cloud->doubt;
	bool lost = e && (e->kind == ERR_NETWORK || e->kind == ERR_TIMEOUT ||
		e->kind == ERR_SERVER);
	j->call = NULL;
	if (lost && !strlist_has(doubt, j->instance)) {
		strlist_add(doubt, j->instance);
	}
	job_end(j, instance_unknown(r, e) ? NULL : e);
}

static void terminate_ask(struct job *j)
{
	struct buf q = BUF_INIT;
	query_init(&q, AWS_EC2, "TerminateInstances");
	query_add(&q, "InstanceId.1", j->instance);
	job_call(j, AWS_EC2, "TerminateInstances", &q, true, terminate_on_answer);
	buf_release(&q);
}

static void terminate_on_seen(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct job *j = ctx;
	const char *state = e ? NULL : xml_text(r->root,
		"reservationSet.item.instancesSet.item.instanceState.name");
	j->call = NULL;
	if (e && !instance_unknown(r, e)) {
		job_end(j, e);
	} else if (!state || str_eq(state, "shutting-down") || str_eq(state, "terminated")) {
		job_end(j, NULL);
	} else {
		terminate_ask(j);
	}
}

/*
 * Nothing is ended twice: an order whose answer was lost may have been carried out.  It is not
 * repeated by itself; whoever wants it again has its instance looked at first.
 */
static void cloud_terminate(struct cloud *base, const char *instance_id,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct aws_cloud *c = (struct aws_cloud *)base;
	struct job *j = job_new(base, instance_id, NULL, done, ctx);
	struct buf q = BUF_INIT;
	if (!strlist_has(&c->doubt, instance_id)) {
		terminate_ask(j);
		return;
	}
	query_init(&q, AWS_EC2, "DescribeInstances");
	query_add(&q, "InstanceId.1", instance_id);
	job_call(j, AWS_EC2, "DescribeInstances", &q, false, terminate_on_seen);
	buf_release(&q);
}

/* ---- detach ---- */

static void detach_on_tagged(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct job *j = ctx;
	struct buf q = BUF_INIT;
	j->call = NULL;
	if (e) {
		job_end(j, e);
		return;
	}
	query_init(&q, AWS_AUTOSCALING, "DetachInstances");
	query_add(&q, "AutoScalingGroupName", j->asg);
	query_add(&q, "InstanceIds.member.1", j->instance);
	query_add(&q, "ShouldDecrementDesiredCapacity", "false");
	/* A second one would fail, for the instance is out already. */
	job_call(j, AWS_AUTOSCALING, "DetachInstances", &q, true, job_on_answer);
	buf_release(&q);
}

/* The tag goes first: an instance without group and tag would be lost to kops. */
static void cloud_detach(struct cloud *c, const char *instance_id, const char *asg,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct job *j = job_new(c, instance_id, asg, done, ctx);
	struct buf q = BUF_INIT;
	query_init(&q, AWS_EC2, "CreateTags");
	query_add(&q, "ResourceId.1", instance_id);
	query_add(&q, "Tag.1.Key", TAG_DETACHED);
	query_add(&q, "Tag.1.Value", asg);
	job_call(j, AWS_EC2, "CreateTags", &q, false, detach_on_tagged);
	buf_release(&q);
}

/* ---- deregister ---- */

static void deregister_on_done(void *ctx, const struct err *e)
{
	struct job *j = ctx;
	j->deregister = NULL;
	job_end(j, e);
}

static void nothing_to_do(void *ctx)
{
	struct job *j = ctx;
	j->timer = NULL;
	job_end(j, NULL);
}

static void cloud_deregister(struct cloud *c, const char *instance_id, const char *asg,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct job *j = job_new(c, instance_id, asg, done, ctx);
	if (str_empty(asg)) {
		j->timer = loop_timer_add(j->cloud->aws->loop, 0, nothing_to_do, j);
		return;
	}
	j->deregister = deregister_start(j->cloud->aws, j->cloud->region, instance_id, asg,
		deregister_on_done, j);
}

/* ---- desired size ---- */

static void cloud_set_desired(struct cloud *c, const char *asg, int32_t desired,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct job *j = job_new(c, NULL, asg, done, ctx);
	struct buf q = BUF_INIT;
	char number[16];
	snprintf(number, sizeof(number), "%" PRId32, desired);
	query_init(&q, AWS_AUTOSCALING, "SetDesiredCapacity");
	query_add(&q, "AutoScalingGroupName", asg);
	query_add(&q, "DesiredCapacity", number);
	query_add(&q, "HonorCooldown", "false");
	job_call(j, AWS_AUTOSCALING, "SetDesiredCapacity", &q, false, job_on_answer);
	buf_release(&q);
}

static const struct cloud_ops ops = {
	.terminate = cloud_terminate, .detach = cloud_detach, .deregister = cloud_deregister,
	.set_desired = cloud_set_desired,
};

struct cloud *aws_cloud_new(struct aws *a, const char *region)
{
	struct aws_cloud *c = xcalloc(1, sizeof(*c));
	c->base.ops = &ops;
	c->aws = a;
	c->region = str_empty(region) ? NULL : xstrdup(region);
	return &c->base;
}

void aws_cloud_free(struct cloud *base)
{
	struct aws_cloud *c = (struct aws_cloud *)base;
	struct err e = ERR_INIT;
	if (!c) {
		return;
	}
	err_set(&e, ERR_CANCELLED, "cancelled");
	while (c->jobs) {
		const struct job *j = c->jobs;
		job_end(c->jobs, &e);
		MUST(c->jobs != j);
	}
	strlist_release(&c->doubt);
	free(c->region);
	free(c);
}
