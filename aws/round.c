/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at a cluster in AWS.
 *
 * Parts are rows of a table.  Those of the first phase run side by side; the
 * second phase asks for what the first one mentioned.
 */
#include "aws/round.h"

#include <stdlib.h>
#include <string.h>

#include "aws/autoscaling.h"
#include "aws/ec2.h"
#include "aws/elbv2.h"
#include "aws/list.h"
#include "aws/query.h"
#include "aws/sts.h"
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

enum part_id {
	PART_GROUPS, PART_INSTANCES, PART_IDENTITY, PART_BALANCERS,
	PART_TEMPLATES, PART_TYPES, PART_SUBNETS, PART_INTERFACES, PART_TAGS, PART_ACTIVITIES,
	PART_WARM,
	PART__COUNT
};

struct part_run {
	struct aws_round *round;
	enum part_id id;
	struct aws_list *list;
};

struct aws_round {
	struct aws *aws;
	char *cluster, *region;
	struct round_wants wants;
	void (*done)(void *ctx, const struct round_result *r, const struct err *e);
	void *ctx;
	struct arena *arena;
	struct part_run part[PART__COUNT];
	int phase, outstanding;
	struct err err;

	struct asg_seen *groups;
	size_t ngroups, cap_groups;
	struct strlist balancer_arns;
	bool *balancer_owned;
	size_t next_tag, next_short, next_warm;
	struct asg_member *warm; /* of warm pools */
	size_t nwarm, cap_warm;
	struct block_use *uses; /* addresses taken in the subnets */
	size_t nuses, cap_uses;
	bool has_uses;
	struct round_result r;
	size_t cap_instances, cap_types, cap_subnets, cap_balancers;
};

/* ---- first phase ---- */

static bool groups_ask(struct aws_round *r, struct buf *q)
{
	autoscaling_ask_cluster(q, r->cluster);
	return true;
}

static void groups_each(void *ctx, const struct asg_seen *g)
{
	struct aws_round *r = ctx;
	r->groups = xgrow(r->groups, &r->cap_groups, r->ngroups, sizeof(*r->groups));
	r->groups[r->ngroups++] = *g;
}

static void groups_page(struct aws_round *r, const struct xml_node *root)
{
	autoscaling_each(root, r->cluster, r->arena, groups_each, r);
}

static bool instances_ask(struct aws_round *r, struct buf *q)
{
	ec2_ask_instances(q, r->cluster);
	return true;
}

static void instances_each(void *ctx, const struct instance *i)
{
	struct aws_round *r = ctx;
	r->r.instances = xgrow(r->r.instances, &r->cap_instances, r->r.ninstances,
		sizeof(*r->r.instances));
	r->r.instances[r->r.ninstances++] = *i;
}

static void instances_page(struct aws_round *r, const struct xml_node *root)
{
	ec2_each_instance(root, r->arena, instances_each, r);
}

static bool identity_ask(struct aws_round *r, struct buf *q)
{
	if (r->wants.identity) {
		sts_ask_identity(q);
	}
	return r->wants.identity;
}

static void identity_page(struct aws_round *r, const struct xml_node *root)
{
	const struct credentials *held = creds_held(r->aws->chain);
	struct identity i;
	if (!sts_read_identity(root, &i)) {
		return;
	}
	r->r.identity = (struct identity){
		.account = arena_strdup(r->arena, i.account),
		.arn = arena_strdup(r->arena, i.arn),
		.provider = held ? held->provider : NULL,
		.expires = held ? held->expires : 0,
		.renews = held && held->renews,
	};
	r->r.has_identity = true;
}

static bool balancers_ask(struct aws_round *r, struct buf *q)
{
	if (r->wants.balancers) {
		elbv2_ask_balancers(q);
	}
	return r->wants.balancers;
}

static void balancers_each(void *ctx, const char *arn, const struct balancer *b)
{
	struct aws_round *r = ctx;
	strlist_add(&r->balancer_arns, arn);
	r->r.balancers = xgrow(r->r.balancers, &r->cap_balancers, r->r.nbalancers,
		sizeof(*r->r.balancers));
	r->r.balancers[r->r.nbalancers++] = *b;
}

static void balancers_page(struct aws_round *r, const struct xml_node *root)
{
	r->r.has_balancers = true;
	elbv2_each_balancer(root, r->arena, balancers_each, r);
}

/* ---- second phase ---- */

static void strlist_add_once(struct strlist *l, const char *s)
{
	if (s && !strlist_has(l, s)) {
		strlist_add(l, s);
	}
}

static bool templates_ask(struct aws_round *r, struct buf *q)
{
	struct strlist ids = { .v = NULL };
	for (size_t i = 0; i < r->ngroups; i++) {
		if (r->groups[i].version && r->groups[i].asg.template_version < 0) {
			strlist_add_once(&ids, r->groups[i].asg.template_id);
		}
	}
	bool any = ids.n > 0;
	if (any) {
		ec2_ask_templates(q, &ids);
	}
	strlist_release(&ids);
	return any;
}

static void templates_each(void *ctx, const struct launch_template *t)
{
	struct aws_round *r = ctx;
	for (size_t i = 0; i < r->ngroups; i++) {
		struct asg_seen *g = &r->groups[i];
		if (str_eq(g->asg.template_id, t->id) && g->asg.template_version < 0) {
			g->asg.template_version =
				str_eq(g->version, "$Latest") ? t->latest : t->default_;
		}
	}
}

static void templates_page(struct aws_round *r, const struct xml_node *root)
{
	ec2_each_template(root, r->arena, templates_each, r);
}

static bool types_ask(struct aws_round *r, struct buf *q)
{
	struct strlist names = { .v = NULL };
	for (size_t i = 0; i < r->r.ninstances && names.n < EC2_TYPES_MAX; i++) {
		const char *type = r->r.instances[i].type;
		if (type && !strmap_get(r->wants.known_types, type)) {
			strlist_add_once(&names, type);
		}
	}
	bool any = names.n > 0;
	if (any) {
		ec2_ask_types(q, &names);
	}
	strlist_release(&names);
	return any;
}

static void types_each(void *ctx, const struct instance_type *t)
{
	struct aws_round *r = ctx;
	r->r.types = xgrow(r->r.types, &r->cap_types, r->r.ntypes, sizeof(*r->r.types));
	r->r.types[r->r.ntypes++] = *t;
}

static void types_page(struct aws_round *r, const struct xml_node *root)
{
	ec2_each_type(root, r->arena, types_each, r);
}

static bool in_subnets_ask(struct aws_round *r, struct buf *q,
	void (*ask)(struct buf *q, const struct strlist *ids))
{
	struct strlist ids = { .v = NULL };
	for (size_t i = 0; i < r->ngroups; i++) {
		for (size_t k = 0; k < r->groups[i].asg.nsubnet_ids; k++) {
			strlist_add_once(&ids, r->groups[i].asg.subnet_ids[k]);
		}
	}
	for (size_t i = 0; i < r->r.ninstances; i++) {
		strlist_add_once(&ids, r->r.instances[i].subnet_id);
	}
	bool any = r->wants.subnets && ids.n > 0;
	if (any) {
		ask(q, &ids);
	}
	strlist_release(&ids);
	return any;
}

static bool subnets_ask(struct aws_round *r, struct buf *q)
{
	return in_subnets_ask(r, q, ec2_ask_subnets);
}

static void subnets_each(void *ctx, const struct subnet *s)
{
	struct aws_round *r = ctx;
	r->r.subnets = xgrow(r->r.subnets, &r->cap_subnets, r->r.nsubnets, sizeof(*r->r.subnets));
	r->r.subnets[r->r.nsubnets++] = *s;
}

static void subnets_page(struct aws_round *r, const struct xml_node *root)
{
	r->r.has_subnets = true;
	ec2_each_subnet(root, r->arena, subnets_each, r);
}

static bool interfaces_ask(struct aws_round *r, struct buf *q)
{
	return in_subnets_ask(r, q, ec2_ask_interfaces);
}

static void interfaces_each(void *ctx, const struct block_use *u)
{
	struct aws_round *r = ctx;
	r->uses = xgrow(r->uses, &r->cap_uses, r->nuses, sizeof(*r->uses));
	r->uses[r->nuses++] = *u;
}

static void interfaces_page(struct aws_round *r, const struct xml_node *root)
{
	r->has_uses = true;
	ec2_each_use(root, r->arena, interfaces_each, r);
}

static bool tags_ask(struct aws_round *r, struct buf *q)
{
	if (r->next_tag >= r->balancer_arns.n) {
		return false;
	}
	elbv2_ask_tags(q, &r->balancer_arns, r->next_tag, ELBV2_TAGS_MAX);
	r->next_tag += ELBV2_TAGS_MAX;
	return true;
}

static void tags_each(void *ctx, const char *arn)
{
	struct aws_round *r = ctx;
	if (!r->balancer_owned) {
		r->balancer_owned = xcalloc(r->balancer_arns.n, sizeof(*r->balancer_owned));
	}
	for (size_t i = 0; i < r->balancer_arns.n; i++) {
		if (str_eq(r->balancer_arns.v[i], arn)) {
			r->balancer_owned[i] = true;
		}
	}
}

static void tags_page(struct aws_round *r, const struct xml_node *root)
{
	elbv2_each_owned(root, r->cluster, tags_each, r);
}

/* Members that it has or gets. */
static size_t group_members(const struct asg_seen *g)
{
	size_t n = 0;
	for (size_t i = 0; i < g->nmembers; i++) {
		n += !str_starts(g->members[i].lifecycle, "Terminat");
	}
	return n;
}

/* A group that lacks instances is asked why, one after another. */
static bool activities_ask(struct aws_round *r, struct buf *q)
{
	while (r->wants.activities && r->next_short < r->ngroups) {
		const struct asg_seen *g = &r->groups[r->next_short++];
		if (g->asg.desired > 0 && group_members(g) < (size_t)g->asg.desired &&
			!g->asg.trouble) {
			autoscaling_ask_activity(q, g->asg.name);
			return true;
		}
	}
	return false;
}

static void activities_page(struct aws_round *r, const struct xml_node *root)
{
	const char *group, *why = autoscaling_trouble(root, r->arena, &group);
	for (size_t i = 0; why && i < r->ngroups; i++) {
		if (str_eq(r->groups[i].asg.name, group)) {
			r->groups[i].asg.trouble = why;
		}
	}
}

/* The groups with a warm pool, one after another. */
static bool warm_ask(struct aws_round *r, struct buf *q)
{
	while (r->next_warm < r->ngroups) {
		const struct asg_seen *g = &r->groups[r->next_warm++];
		if (g->warm_pool) {
			autoscaling_ask_warm(q, g->asg.name);
			return true;
		}
	}
	return false;
}

static void warm_each(void *ctx, const struct asg_member *m)
{
	struct aws_round *r = ctx;
	r->warm = xgrow(r->warm, &r->cap_warm, r->nwarm, sizeof(*r->warm));
	r->warm[r->nwarm++] = *m;
}

static void warm_page(struct aws_round *r, const struct xml_node *root)
{
	autoscaling_each_warm(root, &r->groups[r->next_warm - 1], r->arena, warm_each, r);
}

static const struct part {
	enum aws_service service;
	const char *action, *token_in, *token_out;
	int phase;
	bool vital; /* without it there is nothing to show */
	bool (*ask)(struct aws_round *r, struct buf *q); /* false: nothing (more) to ask */
	void (*page)(struct aws_round *r, const struct xml_node *root);
} parts[PART__COUNT] = {
	[PART_GROUPS] = { AWS_AUTOSCALING, "DescribeAutoScalingGroups", AUTOSCALING_TOKEN_IN,
		AUTOSCALING_TOKEN_OUT, 0, true, groups_ask, groups_page },
	[PART_INSTANCES] = { AWS_EC2, "DescribeInstances", EC2_TOKEN_IN, EC2_TOKEN_OUT, 0, true,
		instances_ask, instances_page },
	[PART_IDENTITY] = { AWS_STS, "GetCallerIdentity", NULL, NULL, 0, false, identity_ask,
		identity_page },
	[PART_BALANCERS] = { AWS_ELBV2, "DescribeLoadBalancers", ELBV2_TOKEN_IN, ELBV2_TOKEN_OUT,
		0, false, balancers_ask, balancers_page },
	[PART_TEMPLATES] = { AWS_EC2, "DescribeLaunchTemplates", EC2_TOKEN_IN, EC2_TOKEN_OUT, 1,
		false, templates_ask, templates_page },
	[PART_TYPES] = { AWS_EC2, "DescribeInstanceTypes", EC2_TOKEN_IN, EC2_TOKEN_OUT, 1, false,
		types_ask, types_page },
	[PART_SUBNETS] = { AWS_EC2, "DescribeSubnets", EC2_TOKEN_IN, EC2_TOKEN_OUT, 1, false,
		subnets_ask, subnets_page },
	[PART_INTERFACES] = { AWS_EC2, "DescribeNetworkInterfaces", EC2_TOKEN_IN, EC2_TOKEN_OUT,
		1, false, interfaces_ask, interfaces_page },
	[PART_TAGS] = { AWS_ELBV2, "DescribeTags", NULL, NULL, 1, false, tags_ask, tags_page },
	[PART_ACTIVITIES] = { AWS_AUTOSCALING, "DescribeScalingActivities", NULL, NULL, 1, false,
		activities_ask, activities_page },
	[PART_WARM] = { AWS_AUTOSCALING, "DescribeWarmPool", AUTOSCALING_TOKEN_IN,
		AUTOSCALING_WARM_TOKEN_OUT, 1, false, warm_ask, warm_page },
};
#define PHASES 2

/* ---- putting it together ---- */

static void round_join_member(struct strmap *by_id, const struct asg_member *in)
{
	struct instance *i = strmap_get(by_id, in->id);
	if (!i) {
		return; /* on its way out: EC2 does not list it any more */
	}
	i->asg = in->asg;
	i->group = in->group ? in->group : i->group;
	i->lifecycle = in->lifecycle;
	i->detached = false; /* tagged, but still in the group */
	if (in->template_version >= 0) {
		i->template_id = in->template_id;
		i->template_version = in->template_version;
	}
}

/* Whose pool could not be asked for, and is stopped: of that pool.  It must not be waited for. */
static const char *round_lifecycle(const struct aws_round *r, const struct instance *i)
{
	for (size_t g = 0; g < r->ngroups && str_starts(i->state, "stop"); g++) {
		if (r->groups[g].warm_pool && str_eq(r->groups[g].asg.group, i->group)) {
			return "Warmed:Stopped";
		}
	}
	return NULL;
}

static void round_join(struct aws_round *r)
{
	struct strmap *by_id = strmap_new(NULL);
	for (size_t i = 0; i < r->r.ninstances; i++) {
		strmap_set(by_id, r->r.instances[i].id, &r->r.instances[i]);
	}
	r->r.asgs = arena_alloc(r->arena, (r->ngroups + 1) * sizeof(*r->r.asgs));
	for (size_t g = 0; g < r->ngroups; g++) {
		r->r.asgs[r->r.nasgs++] = r->groups[g].asg;
		for (size_t m = 0; m < r->groups[g].nmembers; m++) {
			round_join_member(by_id, &r->groups[g].members[m]);
		}
	}
	for (size_t m = 0; m < r->nwarm; m++) {
		round_join_member(by_id, &r->warm[m]);
	}
	for (size_t i = 0; i < r->r.ninstances; i++) {
		struct instance *in = &r->r.instances[i];
		in->lifecycle = in->lifecycle ? in->lifecycle : round_lifecycle(r, in);
	}
	strmap_free(by_id);
}

static void round_count_blocks(struct aws_round *r)
{
	for (size_t i = 0; r->has_uses && i < r->r.nsubnets; i++) {
		struct subnet *s = &r->r.subnets[i];
		s->free_blocks = blocks_free(s->cidr, s->id, r->uses, r->nuses);
	}
}

static void round_keep_owned_balancers(struct aws_round *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->r.nbalancers; i++) {
		if (r->balancer_owned && r->balancer_owned[i]) {
			r->r.balancers[kept++] = r->r.balancers[i];
		}
	}
	r->r.nbalancers = kept;
}

void aws_round_free(struct aws_round *r)
{
	if (!r) {
		return;
	}
	for (int i = 0; i < PART__COUNT; i++) {
		aws_list_cancel(r->part[i].list);
	}
	free(r->groups);
	free(r->warm);
	free(r->uses);
	free(r->r.instances);
	free(r->r.types);
	free(r->r.subnets);
	free(r->r.balancers);
	free(r->balancer_owned);
	strlist_release(&r->balancer_arns);
	arena_free(r->arena);
	free(r->cluster);
	free(r->region);
	free(r);
}

static void round_finish(struct aws_round *r)
{
	if (err_is_set(&r->err)) {
		r->done(r->ctx, NULL, &r->err);
	} else {
		round_join(r);
		round_count_blocks(r);
		round_keep_owned_balancers(r);
		r->done(r->ctx, &r->r, NULL);
	}
}

static void part_on_page(void *ctx, const struct xml_node *root)
{
	struct part_run *p = ctx;
	parts[p->id].page(p->round, root);
}

static void part_on_done(void *ctx, const struct err *e);

static bool part_start(struct part_run *p)
{
	struct aws_round *r = p->round;
	const struct part *row = &parts[p->id];
	struct buf q = BUF_INIT;
	bool any = row->ask(r, &q);
	if (any) {
		p->list = aws_list_start(r->aws, &(struct aws_list_spec){
			.service = row->service, .region = r->region, .action = row->action,
			.body = buf_str(&q), .token_in = row->token_in,
			.token_out = row->token_out, .page = part_on_page,
			.done = part_on_done, .ctx = p,
		});
	}
	buf_release(&q);
	return any;
}

/* The next phase that has something to ask, or the end. */
static void round_go_on(struct aws_round *r)
{
	while (!r->outstanding && r->phase < PHASES && !err_is_set(&r->err)) {
		for (int i = 0; i < PART__COUNT; i++) {
			if (parts[i].phase == r->phase && part_start(&r->part[i])) {
				r->outstanding++;
			}
		}
		r->phase++;
	}
	if (!r->outstanding) {
		round_finish(r);
	}
}

static void part_on_done(void *ctx, const struct err *e)
{
	struct part_run *p = ctx;
	struct aws_round *r = p->round;
	p->list = NULL;
	if (e) {
		err_copy(parts[p->id].vital ? &r->err : &r->r.note, e);
		/* Half of a list is worse than none. */
		r->r.has_balancers = r->r.has_balancers && p->id != PART_TAGS &&
				     p->id != PART_BALANCERS;
		r->r.has_subnets = r->r.has_subnets && p->id != PART_SUBNETS;
		r->has_uses = r->has_uses && p->id != PART_INTERFACES;
	} else if ((p->id == PART_TAGS || p->id == PART_ACTIVITIES || p->id == PART_WARM) &&
		   part_start(p)) {
		return;
	}
	r->outstanding--;
	round_go_on(r);
}

struct aws_round *aws_round_start(struct aws *a, const struct round_wants *w,
	void (*done)(void *ctx, const struct round_result *r, const struct err *e), void *ctx)
{
	struct aws_round *r = xcalloc(1, sizeof(*r));
	r->aws = a;
	r->wants = *w;
	r->cluster = xstrdup(w->cluster);
	r->region = xstrdup(w->region);
	r->done = done;
	r->ctx = ctx;
	r->arena = arena_new();
	for (int i = 0; i < PART__COUNT; i++) {
		r->part[i] = (struct part_run){ .round = r, .id = (enum part_id)i };
	}
	round_go_on(r);
	return r;
}
