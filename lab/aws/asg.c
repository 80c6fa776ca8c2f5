/* SPDX-License-Identifier: Apache-2.0 */
/* Auto Scaling. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/xalloc.h"
#include "lab/aws.h"
#include "lab/fault.h"
#include "lab/judge.h"

static bool asg_field(const void *thing, const char *name, const char **value)
{
	(void)thing;
	(void)name;
	(void)value;
	return false; /* groups are filtered by their tags only */
}

static void asg_missing(struct aws_call *c, const char *name)
{
	aws_error(c, 400, "ValidationError", "AutoScalingGroup name not found - %s",
		name ? name : "null");
}

static struct lab_asg *asg_param(struct aws_call *c)
{
	const char *name = aws_param(c, "AutoScalingGroupName");
	struct lab_asg *g = name ? lab_asg_find(c->w, name) : NULL;

	if (!g)
		asg_missing(c, name);
	return g;
}

static void write_template(struct aws_call *c, const struct lab_template *t, const char *version)
{
	struct buf *b = c->out;

	xml_open(b, "LaunchTemplate");
	xml_text(b, "LaunchTemplateId", t->id);
	xml_text(b, "LaunchTemplateName", t->name);
	xml_text(b, "Version", version);
	xml_close(b, "LaunchTemplate");
}

static void write_asg_instance(struct aws_call *c, const struct lab_instance *i,
	const struct lab_asg *g, bool alone)
{
	struct buf *b = c->out;
	char version[24];

	snprintf(version, sizeof(version), "%lld", (long long)i->template_version);
	xml_open(b, "member");
	xml_text(b, "InstanceId", i->id);
	xml_text(b, "InstanceType", i->type);
	if (alone)
		xml_text(b, "AutoScalingGroupName", g->name);
	xml_text(b, "AvailabilityZone", i->subnet->zone);
	xml_text(b, "LifecycleState", i->lifecycle);
	xml_text(b, "HealthStatus", alone ? (i->healthy ? "HEALTHY" : "UNHEALTHY")
					  : (i->healthy ? "Healthy" : "Unhealthy"));
	if (i->template)
		write_template(c, i->template, version);
	xml_bool(b, "ProtectedFromScaleIn", false);
	xml_close(b, "member");
}

static void write_asg_tag(struct aws_call *c, const struct lab_asg *g, const char *key,
	const char *value)
{
	struct buf *b = c->out;

	xml_open(b, "member");
	xml_text(b, "ResourceId", g->name);
	xml_text(b, "ResourceType", "auto-scaling-group");
	xml_text(b, "Key", key);
	xml_text(b, "Value", value);
	xml_bool(b, "PropagateAtLaunch", true);
	xml_close(b, "member");
}

static void write_asg_places(struct aws_call *c, const struct lab_asg *g)
{
	struct buf zones = BUF_INIT;

	xml_open(c->out, "AvailabilityZones");
	for (size_t i = 0; i < g->n_subnets; i++) {
		xml_text(c->out, "member", g->subnets[i]->zone);
		buf_addf(&zones, "%s%s", i ? "," : "", g->subnets[i]->id);
	}
	xml_close(c->out, "AvailabilityZones");
	xml_text(c->out, "VPCZoneIdentifier", buf_str(&zones));
	buf_release(&zones);
}

static void write_pool(struct aws_call *c, const struct lab_asg *g)
{
	xml_open(c->out, "WarmPoolConfiguration");
	xml_int(c->out, "MinSize", g->warm);
	xml_text(c->out, "PoolState", "Stopped");
	xml_close(c->out, "WarmPoolConfiguration");
	xml_int(c->out, "WarmPoolSize", g->warm);
}

static void write_asg(struct aws_call *c, const struct lab_asg *g)
{
	struct buf *b = c->out;
	struct lab_instance *i;
	size_t pos = 0;
	const char *key;
	void *value;

	xml_open(b, "member");
	xml_text(b, "AutoScalingGroupName", g->name);
	xml_text(b, "AutoScalingGroupARN", g->arn);
	write_template(c, g->template, g->template_version);
	xml_int(b, "MinSize", g->min);
	xml_int(b, "MaxSize", g->max);
	xml_int(b, "DesiredCapacity", g->desired);
	xml_int(b, "DefaultCooldown", 300);
	write_asg_places(c, g);
	buf_adds(b, "<LoadBalancerNames/>");
	if (str_eq(g->role, "control-plane"))
		buf_addf(b, "<TargetGroupARNs><member>arn:aws:elasticloadbalancing:%s:%s:"
			"targetgroup/tcp-lab/1</member></TargetGroupARNs>", c->w->region,
			c->w->account);
	else
		buf_adds(b, "<TargetGroupARNs/>");
	xml_text(b, "HealthCheckType", "EC2");
	xml_int(b, "HealthCheckGracePeriod", 0);
	xml_open(b, "Instances");
	while ((i = lab_instance_next(c->w, g, &pos)) != NULL) {
		if (i->state != LAB_STOPPED)
			write_asg_instance(c, i, g, false);
	}
	xml_close(b, "Instances");
	if (g->warm)
		write_pool(c, g);
	xml_time(b, "CreatedTime", g->created);
	if (str_eq(lab_fault_launch(c->w), ""))
		buf_adds(b, "<SuspendedProcesses><member><ProcessName>Launch</ProcessName>"
			"<SuspensionReason>User suspended</SuspensionReason></member>"
			"</SuspendedProcesses><EnabledMetrics/>");
	else
		buf_adds(b, "<SuspendedProcesses/><EnabledMetrics/>");
	xml_open(b, "Tags");
	for (pos = 0; strmap_next(g->tags, &pos, &key, &value);)
		write_asg_tag(c, g, key, value);
	xml_close(b, "Tags");
	buf_adds(b, "<TerminationPolicies><member>OldestLaunchTemplate</member>"
		"</TerminationPolicies>");
	xml_bool(b, "NewInstancesProtectedFromScaleIn", false);
	xml_close(b, "member");
}

static void asg_describe_groups(struct aws_call *c)
{
	struct strlist names = { 0 };
	struct aws_filters filters = { 0 };
	struct aws_page page;

	aws_param_list(c, "AutoScalingGroupNames.member", &names);
	aws_filters_get(c, &filters);
	if (aws_page_start(c, &page, "MaxRecords", "NextToken", 50, 100)) {
		xml_open(c->out, "AutoScalingGroups");
		for (size_t i = 0; i < c->w->n_asgs && !c->failed; i++) {
			struct lab_asg *g = c->w->asgs[i];

			if ((!names.n || strlist_has(&names, g->name))
				&& aws_filters_match(c, &filters, g, g->tags, asg_field)
				&& aws_page_takes(&page))
				write_asg(c, g);
		}
		xml_close(c->out, "AutoScalingGroups");
		aws_page_end(c, &page, "NextToken");
	}
	aws_filters_release(&filters);
	strlist_release(&names);
}

static void asg_describe_instances(struct aws_call *c)
{
	struct strlist ids = { 0 };
	struct aws_page page;

	aws_param_list(c, "InstanceIds.member", &ids);
	if (aws_page_start(c, &page, "MaxRecords", "NextToken", 50, 50)) {
		xml_open(c->out, "AutoScalingInstances");
		for (size_t i = 0; i < c->w->n_instances; i++) {
			const struct lab_instance *in = c->w->instances[i];

			if (in->asg && in->lifecycle && (!ids.n || strlist_has(&ids, in->id))
				&& aws_page_takes(&page))
				write_asg_instance(c, in, in->asg, true);
		}
		xml_close(c->out, "AutoScalingInstances");
		aws_page_end(c, &page, "NextToken");
	}
	strlist_release(&ids);
}

struct asg_tag {
	const struct lab_asg *g;
	const char *key, *value;
};

static bool tag_field(const void *thing, const char *name, const char **value)
{
	const struct asg_tag *t = thing;

	if (str_eq(name, "auto-scaling-group"))
		*value = t->g->name;
	else if (str_eq(name, "key"))
		*value = t->key;
	else if (str_eq(name, "value"))
		*value = t->value;
	else if (str_eq(name, "propagate-at-launch"))
		*value = "true";
	else
		return false;
	return true;
}

static void asg_describe_tags(struct aws_call *c)
{
	struct aws_filters filters = { 0 };
	struct aws_page page;

	aws_filters_get(c, &filters);
	if (aws_page_start(c, &page, "MaxRecords", "NextToken", 50, 100)) {
		xml_open(c->out, "Tags");
		for (size_t i = 0; i < c->w->n_asgs; i++) {
			struct asg_tag t = { .g = c->w->asgs[i] };
			size_t pos = 0;
			void *value;

			while (!c->failed && strmap_next(t.g->tags, &pos, &t.key, &value)) {
				t.value = value;
				if (aws_filters_match(c, &filters, &t, NULL, tag_field)
					&& aws_page_takes(&page))
					write_asg_tag(c, t.g, t.key, t.value);
			}
		}
		xml_close(c->out, "Tags");
		aws_page_end(c, &page, "NextToken");
	}
	aws_filters_release(&filters);
}

static void asg_describe_warm_pool(struct aws_call *c)
{
	const struct lab_asg *g = asg_param(c);
	struct lab_instance *i;
	size_t pos = 0;

	if (!g)
		return;
	xml_open(c->out, "Instances");
	while ((i = lab_instance_next(c->w, g, &pos)) != NULL) {
		if (i->state == LAB_STOPPED)
			write_asg_instance(c, i, g, false);
	}
	xml_close(c->out, "Instances");
}

static void write_activity(struct aws_call *c, const struct lab_asg *g,
	const struct lab_instance *i, const char *what)
{
	struct buf *b = c->out;

	xml_text(b, "ActivityId", c->request_id);
	xml_text(b, "AutoScalingGroupName", g->name);
	buf_addf(b, "<Description>%s EC2 instance: %s</Description>", what, i->id);
	buf_addf(b, "<Cause>At a user request instance %s left the group.</Cause>", i->id);
	xml_time(b, "StartTime", world_wall(c->w));
	xml_text(b, "StatusCode", "InProgress");
	xml_int(b, "Progress", 50);
}

/* Only what kopscope and people ask for: the newest activity, while launches fail. */
static void asg_describe_activities(struct aws_call *c)
{
	const struct lab_asg *g = asg_param(c);
	const char *why = lab_fault_launch(c->w);
	struct buf *b = c->out;

	if (!g)
		return;
	xml_open(b, "Activities");
	if (!str_empty(why)) {
		xml_open(b, "member");
		xml_text(b, "ActivityId", c->request_id);
		xml_text(b, "AutoScalingGroupName", g->name);
		xml_text(b, "Description", "Launching a new EC2 instance.  Status Reason: the "
			"launch failed");
		xml_text(b, "Cause", "an instance was started in response to a difference between "
			"desired and actual capacity");
		xml_time(b, "StartTime", world_wall(c->w));
		xml_text(b, "StatusCode", "Failed");
		xml_text(b, "StatusMessage", why);
		xml_int(b, "Progress", 100);
		xml_close(b, "member");
	}
	xml_close(b, "Activities");
}

static void asg_detach_instances(struct aws_call *c)
{
	struct strlist ids = { 0 };
	struct lab_asg *g = asg_param(c);
	const char *decrement = aws_param(c, "ShouldDecrementDesiredCapacity");

	if (!g)
		return;
	aws_param_list(c, "InstanceIds.member", &ids);
	if (!decrement)
		aws_error(c, 400, "ValidationError", "1 validation error detected: Value null at "
			"'shouldDecrementDesiredCapacity' failed to satisfy constraint: Member "
			"must not be null");
	for (size_t i = 0; i < ids.n && !c->failed; i++) {
		struct lab_instance *in = lab_instance_find(c->w, ids.v[i]);

		if (!in || in->asg != g)
			aws_error(c, 400, "ValidationError", "The instance %s is not part of Auto "
				"Scaling group %s.", ids.v[i], g->name);
		else if (!str_eq(in->lifecycle, "InService"))
			aws_error(c, 400, "ValidationError", "The instance %s is not in InService "
				"or Standby.", ids.v[i]);
	}
	if (!c->failed && str_eq(decrement, "true") && g->desired - (int32_t)ids.n < g->min)
		aws_error(c, 400, "ValidationError", "Currently, desiredSize equals minSize. "
			"Terminating instance without replacement will violate group's min size "
			"constraint.");
	if (!c->failed) {
		xml_open(c->out, "Activities");
		for (size_t i = 0; i < ids.n; i++) {
			struct lab_instance *in = lab_instance_find(c->w, ids.v[i]);

			lab_asg_detach(c->w, g, in, str_eq(decrement, "true"));
			xml_open(c->out, "member");
			write_activity(c, g, in, "Detaching");
			xml_close(c->out, "member");
		}
		xml_close(c->out, "Activities");
	}
	strlist_release(&ids);
}

static bool int_param(struct aws_call *c, const char *name, int32_t *out)
{
	const char *text = aws_param(c, name);
	int64_t v;

	if (!text)
		return true;
	if (!str_to_i64(text, 0, 100000, &v)) {
		aws_error(c, 400, "ValidationError", "Value '%s' at '%s' is no size.", text, name);
		return false;
	}
	*out = (int32_t)v;
	return true;
}

static void set_desired(struct aws_call *c, struct lab_asg *g, int32_t desired)
{
	if (desired < g->min)
		aws_error(c, 400, "ValidationError", "New SetDesiredCapacity value %d is below min "
			"value %d for the AutoScalingGroup.", (int)desired, (int)g->min);
	else if (desired > g->max || !lab_asg_set_desired(c->w, g, desired))
		aws_error(c, 400, "ValidationError", "New SetDesiredCapacity value %d is above max "
			"value %d for the AutoScalingGroup.", (int)desired, (int)g->max);
}

static void asg_set_desired_capacity(struct aws_call *c)
{
	struct lab_asg *g = asg_param(c);
	int32_t desired = -1;

	if (g && int_param(c, "DesiredCapacity", &desired)) {
		if (desired < 0)
			aws_error(c, 400, "ValidationError", "DesiredCapacity is required.");
		else
			set_desired(c, g, desired);
	}
}

static void asg_update_group(struct aws_call *c)
{
	struct lab_asg *g = asg_param(c);
	int32_t min = -1, max = -1, desired = -1;
	const char *version = aws_param(c, "LaunchTemplate.Version");

	if (!g || !int_param(c, "MinSize", &min) || !int_param(c, "MaxSize", &max)
		|| !int_param(c, "DesiredCapacity", &desired))
		return;
	if ((min < 0 ? g->min : min) > (max < 0 ? g->max : max)) {
		aws_error(c, 400, "ValidationError", "Max bound, %d, must be greater than or equal "
			"to min bound, %d", (int)(max < 0 ? g->max : max),
			(int)(min < 0 ? g->min : min));
		return;
	}
	if (version && !lab_template_version(g->template, version)) {
		aws_error(c, 400, "ValidationError", "You must use a valid fully-formed launch "
			"template. Could not find launch template version: %s", version);
		return;
	}
	if (version)
		xreplace(&g->template_version, version);
	if (min >= 0 || max >= 0)
		lab_asg_set_bounds(c->w, g, min, max);
	if (desired >= 0)
		set_desired(c, g, desired);
}

static void asg_terminate_instance(struct aws_call *c)
{
	const char *id = aws_param(c, "InstanceId");
	bool decrement = str_eq(aws_param(c, "ShouldDecrementDesiredCapacity"), "true");
	struct lab_instance *i = id ? lab_instance_find(c->w, id) : NULL;
	struct lab_asg *g = i ? i->asg : NULL;

	if (!g || !i->lifecycle) {
		aws_error(c, 400, "ValidationError", "Instance Id not found - No managed instance "
			"found for instance ID: %s", id ? id : "null");
		return;
	}
	if (decrement && g->desired <= g->min) {
		aws_error(c, 400, "ValidationError", "Currently, desiredSize equals minSize (%d). "
			"Terminating instance without replacement will violate group's min size "
			"constraint.", (int)g->min);
		return;
	}
	xml_open(c->out, "Activity");
	write_activity(c, g, i, "Terminating");
	xml_close(c->out, "Activity");
	judge_terminate(c->w->judge, i);
	lab_instance_terminate(c->w, i);
	if (decrement)
		lab_asg_set_desired(c->w, g, g->desired - 1);
}

const struct aws_action aws_asg_actions[] = {
	{ "DescribeAutoScalingGroups", asg_describe_groups },
	{ "DescribeAutoScalingInstances", asg_describe_instances },
	{ "DescribeScalingActivities", asg_describe_activities },
	{ "DescribeTags", asg_describe_tags },
	{ "DescribeWarmPool", asg_describe_warm_pool },
	{ "DetachInstances", asg_detach_instances },
	{ "SetDesiredCapacity", asg_set_desired_capacity },
	{ "TerminateInstanceInAutoScalingGroup", asg_terminate_instance },
	{ "UpdateAutoScalingGroup", asg_update_group },
	{ NULL, NULL },
};
