/* SPDX-License-Identifier: Apache-2.0 */
/* Load balancers and target groups. */
#include "aws/elbv2.h"

#include <stdio.h>

#include "aws/ec2.h"
#include "aws/query.h"

void elbv2_ask_balancers(struct buf *q)
{
	query_init(q, AWS_ELBV2, "DescribeLoadBalancers");
	query_add(q, "PageSize", "400");
}

static const char *keep(struct arena *arena, const char *s)
{
	return str_empty(s) ? NULL : arena_strdup(arena, s);
}

void elbv2_each_balancer(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const char *arn, const struct balancer *b), void *ctx)
{
	const struct xml_node *n = xml_first(root, "DescribeLoadBalancersResult.LoadBalancers");
	for (; n; n = n->next) {
		struct balancer b = {
			.name = keep(arena, xml_text(n, "LoadBalancerName")),
			.dns = keep(arena, xml_text(n, "DNSName")),
			.scheme = keep(arena, xml_text(n, "Scheme")),
			.type = keep(arena, xml_text(n, "Type")),
		};
		const char *arn = keep(arena, xml_text(n, "LoadBalancerArn"));
		if (b.name && arn) {
			each(ctx, arn, &b);
		}
	}
}

void elbv2_ask_tags(struct buf *q, const struct strlist *arns, size_t from, size_t n)
{
	query_init(q, AWS_ELBV2, "DescribeTags");
	for (size_t i = 0; i < n && from + i < arns->n; i++) {
		query_add_at(q, "ResourceArns.member.%zu", i + 1, arns->v[from + i]);
	}
}

void elbv2_each_owned(const struct xml_node *root, const char *cluster,
	void (*each)(void *ctx, const char *arn), void *ctx)
{
	char owned[320];
	snprintf(owned, sizeof(owned), "kubernetes.io/cluster/%s", cluster);
	const struct xml_node *d = xml_first(root, "DescribeTagsResult.TagDescriptions");
	for (; d; d = d->next) {
		for (const struct xml_node *t = xml_first(d, "Tags"); t; t = t->next) {
			const char *key = xml_text(t, "Key");
			if (str_eq(key, owned) || (str_eq(key, TAG_CLUSTER) &&
						   str_eq(xml_text(t, "Value"), cluster))) {
				each(ctx, xml_text(d, "ResourceArn"));
				break;
			}
		}
	}
}

void elbv2_ask_health(struct buf *q, const char *target_group)
{
	query_init(q, AWS_ELBV2, "DescribeTargetHealth");
	query_add(q, "TargetGroupArn", target_group);
}

void elbv2_each_target(const struct xml_node *root, const char *id,
	void (*each)(void *ctx, const char *port, const char *state), void *ctx)
{
	const struct xml_node *n =
		xml_first(root, "DescribeTargetHealthResult.TargetHealthDescriptions");
	for (; n; n = n->next) {
		const char *state = xml_text(n, "TargetHealth.State");
		if (str_eq(xml_text(n, "Target.Id"), id) && !str_eq(state, "unused")) {
			each(ctx, xml_text(n, "Target.Port"), state);
		}
	}
}
