/* SPDX-License-Identifier: Apache-2.0 */
/* EC2's lists: the requests and what is read from their answers. */
#ifndef KOPSCOPE_AWS_EC2_H
#define KOPSCOPE_AWS_EC2_H

#include <stdint.h>

#include "aws/blocks.h"
#include "aws/xml.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/model/things.h"

#define EC2_TOKEN_IN "NextToken"
#define EC2_TOKEN_OUT "nextToken"
#define EC2_TYPES_MAX 100 /* in one request */

/* Tags that kops and EC2 put on instances. */
#define TAG_CLUSTER "KubernetesCluster"
#define TAG_GROUP "kops.k8s.io/instancegroup"
#define TAG_DETACHED "kops.k8s.io/detached-from-asg"

/* A launch template's version as a number; -1: it is none ("$Latest", NULL). */
int64_t ec2_template_version(const char *text);

/* Bodies. */
void ec2_ask_instances(struct buf *q, const char *cluster); /* DescribeInstances, not terminated */
void ec2_ask_types(struct buf *q, const struct strlist *names);   /* DescribeInstanceTypes */
void ec2_ask_subnets(struct buf *q, const struct strlist *ids);   /* DescribeSubnets */
void ec2_ask_interfaces(struct buf *q, const struct strlist *subnet_ids); /* their addresses */
void ec2_ask_templates(struct buf *q, const struct strlist *ids); /* DescribeLaunchTemplates */

/* The elements of an answer; each is called with strings that live in arena. */
void ec2_each_instance(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct instance *i), void *ctx);
void ec2_each_type(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct instance_type *t), void *ctx);
void ec2_each_subnet(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct subnet *s), void *ctx);

/* Each address and prefix that the interfaces of an answer hold. */
void ec2_each_use(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct block_use *u), void *ctx);

struct launch_template {
	const char *id, *name;
	int64_t latest, default_; /* version numbers; -1 unknown */
};
void ec2_each_template(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct launch_template *t), void *ctx);

/* Value of a tag in an EC2 tagSet; NULL when absent. */
const char *ec2_tag(const struct xml_node *item, const char *key);

#endif
