/* SPDX-License-Identifier: Apache-2.0 */
/* Auto Scaling's groups: the request and what is read from its answer. */
#ifndef KOPSCOPE_AWS_AUTOSCALING_H
#define KOPSCOPE_AWS_AUTOSCALING_H

#include "aws/xml.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/model/things.h"

#define AUTOSCALING_TOKEN_IN "NextToken"
#define AUTOSCALING_TOKEN_OUT "DescribeAutoScalingGroupsResult.NextToken"

/* DescribeAutoScalingGroups: those of a cluster, by its tag; or one by name. */
void autoscaling_ask_cluster(struct buf *q, const char *cluster);
void autoscaling_ask_group(struct buf *q, const char *name);

/* DescribeWarmPool: its instances are no members in the group's own answer. */
void autoscaling_ask_warm(struct buf *q, const char *name);
#define AUTOSCALING_WARM_TOKEN_OUT "DescribeWarmPoolResult.NextToken"

/* DescribeScalingActivities: the newest one of a group. */
void autoscaling_ask_activity(struct buf *q, const char *name);
/* What its answer says of a launch that failed, in arena; NULL: none did.  *group: whose. */
const char *autoscaling_trouble(const struct xml_node *root, struct arena *arena,
	const char **group);

/* An instance as its group sees it. */
struct asg_member {
	const char *id, *asg, *group, *lifecycle, *template_id, *type, *zone;
	int64_t template_version; /* -1 unknown */
};

struct asg_seen {
	struct asg asg;             /* template_version -1 when version is not a number */
	const char *version;        /* "$Latest", "$Default", a number; NULL: no template */
	const char **balancers;     /* names of classic load balancers */
	size_t nbalancers;
	struct asg_member *members;
	size_t nmembers;
	bool warm_pool;             /* it has one */
};

/*
 * Each group of the answer, with strings and arrays in arena.  Groups that are
 * being deleted are left out.  cluster (or NULL) helps where the tag that names
 * the instance group is missing.
 */
void autoscaling_each(const struct xml_node *root, const char *cluster, struct arena *arena,
	void (*each)(void *ctx, const struct asg_seen *g), void *ctx);

/* The instances of a warm pool's answer, of the group g; strings in arena. */
void autoscaling_each_warm(const struct xml_node *root, const struct asg_seen *g,
	struct arena *arena, void (*each)(void *ctx, const struct asg_member *m), void *ctx);

#endif
