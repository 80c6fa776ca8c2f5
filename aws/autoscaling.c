/* SPDX-License-Identifier: Apache-2.0 */
/* Auto Scaling's groups. */
#include "aws/autoscaling.h"

#include <string.h>

#include "aws/ec2.h"
#include "aws/query.h"
#include "core/base/strs.h"

void autoscaling_ask_cluster(struct buf *q, const char *cluster)
{
	query_init(q, AWS_AUTOSCALING, "DescribeAutoScalingGroups");
	query_add_filter(q, AWS_AUTOSCALING, 1, "tag:" TAG_CLUSTER, cluster);
	query_add(q, "MaxRecords", "100");
}

void autoscaling_ask_group(struct buf *q, const char *name)
{
	query_init(q, AWS_AUTOSCALING, "DescribeAutoScalingGroups");
	query_add(q, "AutoScalingGroupNames.member.1", name);
}

void autoscaling_ask_warm(struct buf *q, const char *name)
{
	query_init(q, AWS_AUTOSCALING, "DescribeWarmPool");
	query_add(q, "AutoScalingGroupName", name);
}

void autoscaling_ask_activity(struct buf *q, const char *name)
{
	query_init(q, AWS_AUTOSCALING, "DescribeScalingActivities");
	query_add(q, "AutoScalingGroupName", name);
	query_add(q, "MaxRecords", "1");
}

const char *autoscaling_trouble(const struct xml_node *root, struct arena *arena,
	const char **group)
{
	const struct xml_node *a = xml_first(root, "DescribeScalingActivitiesResult.Activities");
	const char *text = xml_text(a, "StatusMessage");
	*group = xml_text(a, "AutoScalingGroupName");
	if (!a || str_empty(text) || !str_eq(xml_text(a, "StatusCode"), "Failed")) {
		return NULL;
	}
	/* AWS ends it with a second sentence that says no more. */
	size_t n = strlen(text);
	static const char tail[] = " Launching EC2 instance failed.";
	if (str_ends(text, tail)) {
		n -= strlen(tail);
	}
	while (n && text[n - 1] == '.') {
		n--;
	}
	return arena_strndup(arena, text, n);
}

static const char *keep(struct arena *arena, const char *s)
{
	return str_empty(s) ? NULL : arena_strdup(arena, s);
}

static const char *asg_tag(const struct xml_node *g, const char *key)
{
	for (const struct xml_node *t = xml_first(g, "Tags"); t; t = t->next) {
		if (str_eq(xml_text(t, "Key"), key)) {
			return xml_text(t, "Value");
		}
	}
	return NULL;
}

/* The texts of a member list. */
static const char **asg_strings(const struct xml_node *g, const char *path, struct arena *arena,
	size_t *n)
{
	size_t count = xml_count(g, path);
	const char **v = arena_alloc(arena, (count + 1) * sizeof(*v));
	*n = 0;
	for (const struct xml_node *m = xml_first(g, path); m; m = m->next) {
		v[(*n)++] = arena_strdup(arena, m->text);
	}
	return v;
}

/* "subnet-a,subnet-b"; whatever stands between them, a place for each. */
static const char **asg_subnets(const struct xml_node *g, struct arena *arena, size_t *n)
{
	const char *s = xml_text(g, "VPCZoneIdentifier");
	size_t count = 1;
	for (const char *p = s ? s : ""; *p; p++) {
		count += *p == ',' || *p == ' ';
	}
	const char **v = arena_alloc(arena, (count + 1) * sizeof(*v));
	*n = 0;
	while (s && *s) {
		size_t skip = strspn(s, ", "), len = strcspn(s + skip, ", ");
		if (len) {
			v[(*n)++] = arena_strndup(arena, s + skip, len);
		}
		s += skip + len;
	}
	return v;
}

static struct asg_member asg_read_member(const struct asg_seen *g, const struct xml_node *m,
	struct arena *arena)
{
	return (struct asg_member){
		.id = keep(arena, xml_text(m, "InstanceId")),
		.asg = g->asg.name,
		.group = g->asg.group,
		.lifecycle = keep(arena, xml_text(m, "LifecycleState")),
		.template_id = keep(arena, xml_text(m, "LaunchTemplate.LaunchTemplateId")),
		.template_version = ec2_template_version(xml_text(m, "LaunchTemplate.Version")),
		.type = keep(arena, xml_text(m, "InstanceType")),
		.zone = keep(arena, xml_text(m, "AvailabilityZone")),
	};
}

static void asg_read_members(struct asg_seen *out, const struct xml_node *g, struct arena *arena)
{
	size_t n = xml_count(g, "Instances");
	out->members = arena_alloc(arena, (n + 1) * sizeof(*out->members));
	for (const struct xml_node *m = xml_first(g, "Instances"); m; m = m->next) {
		out->members[out->nmembers] = asg_read_member(out, m, arena);
		out->nmembers += out->members[out->nmembers].id != NULL;
	}
}

void autoscaling_each_warm(const struct xml_node *root, const struct asg_seen *g,
	struct arena *arena, void (*each)(void *ctx, const struct asg_member *m), void *ctx)
{
	const struct xml_node *m = xml_first(root, "DescribeWarmPoolResult.Instances");
	for (; m; m = m->next) {
		const struct asg_member in = asg_read_member(g, m, arena);
		if (in.id) {
			each(ctx, &in);
		}
	}
}

static void asg_read_template(struct asg_seen *out, const struct xml_node *g,
	struct arena *arena)
{
	const struct xml_node *t = xml_get(g, "LaunchTemplate");
	const struct xml_node *mixed = xml_get(g, "MixedInstancesPolicy");
	out->asg.mixed = mixed != NULL;
	if (mixed) {
		t = xml_get(mixed, "LaunchTemplate.LaunchTemplateSpecification");
	}
	out->asg.template_version = -1;
	if (!t) {
		return;
	}
	const char *version = xml_text(t, "Version");
	out->version = keep(arena, str_empty(version) ? "$Default" : version);
	out->asg.template_id = keep(arena, xml_text(t, "LaunchTemplateId"));
	out->asg.template_name = keep(arena, xml_text(t, "LaunchTemplateName"));
	out->asg.template_version = ec2_template_version(out->version);
}

/* Somebody has taken the group's right to launch away. */
static bool asg_suspended(const struct xml_node *g)
{
	for (const struct xml_node *p = xml_first(g, "SuspendedProcesses"); p; p = p->next) {
		if (str_eq(xml_text(p, "ProcessName"), "Launch")) {
			return true;
		}
	}
	return false;
}

static const char *asg_group(const struct xml_node *g, const char *name, const char *cluster,
	struct arena *arena)
{
	static const char *const middles[] = { ".masters.", ".apiservers.", "." };
	const char *tag = asg_tag(g, TAG_GROUP);
	if (!str_empty(tag)) {
		return arena_strdup(arena, tag);
	}
	for (size_t i = 0; cluster && i < sizeof(middles) / sizeof(*middles); i++) {
		size_t n = strlen(name), tail = strlen(middles[i]) + strlen(cluster);
		if (n > tail && str_ends(name, cluster) &&
		    !strncmp(name + n - tail, middles[i], strlen(middles[i]))) {
			return arena_strndup(arena, name, n - tail);
		}
	}
	return NULL;
}

void autoscaling_each(const struct xml_node *root, const char *cluster, struct arena *arena,
	void (*each)(void *ctx, const struct asg_seen *g), void *ctx)
{
	const struct xml_node *g =
		xml_first(root, "DescribeAutoScalingGroupsResult.AutoScalingGroups");
	for (; g; g = g->next) {
		const char *name = xml_text(g, "AutoScalingGroupName");
		if (str_empty(name) || !str_empty(xml_text(g, "Status"))) {
			continue;
		}
		struct asg_seen s = { .asg = {
			.name = arena_strdup(arena, name),
			.group = asg_group(g, name, cluster, arena),
			.min = (int32_t)xml_int(g, "MinSize", -1),
			.desired = (int32_t)xml_int(g, "DesiredCapacity", -1),
			.max = (int32_t)xml_int(g, "MaxSize", -1),
		} };
		s.asg.zones = asg_strings(g, "AvailabilityZones", arena, &s.asg.nzones);
		s.asg.subnet_ids = asg_subnets(g, arena, &s.asg.nsubnet_ids);
		s.asg.target_groups =
			asg_strings(g, "TargetGroupARNs", arena, &s.asg.ntarget_groups);
		s.balancers = asg_strings(g, "LoadBalancerNames", arena, &s.nbalancers);
		s.warm_pool = xml_get(g, "WarmPoolConfiguration") != NULL;
		s.asg.trouble = asg_suspended(g) ? "its launches are suspended" : NULL;
		asg_read_template(&s, g, arena);
		asg_read_members(&s, g, arena);
		each(ctx, &s);
	}
}
