/* SPDX-License-Identifier: Apache-2.0 */
/* Load balancers and target groups: requests and what is read from the answers. */
#ifndef KOPSCOPE_AWS_ELBV2_H
#define KOPSCOPE_AWS_ELBV2_H

#include "aws/xml.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/model/things.h"

#define ELBV2_TOKEN_IN "Marker"
#define ELBV2_TOKEN_OUT "DescribeLoadBalancersResult.NextMarker"
#define ELBV2_TAGS_MAX 20 /* ARNs in one DescribeTags */

void elbv2_ask_balancers(struct buf *q); /* DescribeLoadBalancers */
void elbv2_each_balancer(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const char *arn, const struct balancer *b), void *ctx);

void elbv2_ask_tags(struct buf *q, const struct strlist *arns, size_t from, size_t n);
/* ARNs of those that belong to the cluster, by either of the tags in use. */
void elbv2_each_owned(const struct xml_node *root, const char *cluster,
	void (*each)(void *ctx, const char *arn), void *ctx);

void elbv2_ask_health(struct buf *q, const char *target_group); /* DescribeTargetHealth */
/* Targets of that id in the group that still take part: state is not "unused". */
void elbv2_each_target(const struct xml_node *root, const char *id,
	void (*each)(void *ctx, const char *port, const char *state), void *ctx);

#endif
