/* SPDX-License-Identifier: Apache-2.0 */
/* Launch templates and their versions. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "lab/aws/ec2.h"

static bool template_field(const void *thing, const char *name, const char **value)
{
	const struct lab_template *t = thing;

	if (!str_eq(name, "launch-template-name"))
		return false;
	*value = t->name;
	return true;
}

static void write_template(struct aws_call *c, const struct lab_template *t)
{
	struct buf *b = c->out;

	xml_text(b, "launchTemplateId", t->id);
	xml_text(b, "launchTemplateName", t->name);
	xml_time(b, "createTime", t->created);
	buf_addf(b, "<createdBy>arn:aws:iam::%s:user/lab</createdBy>", c->w->account);
	xml_int(b, "defaultVersionNumber", t->default_version);
	xml_int(b, "latestVersionNumber", t->n ? t->versions[t->n - 1]->number : 0);
	aws_tag_set(c, t->tags);
}

static void write_version(struct aws_call *c, const struct lab_template *t,
	const struct lab_template_version *v)
{
	struct buf *b = c->out;

	xml_text(b, "launchTemplateId", t->id);
	xml_text(b, "launchTemplateName", t->name);
	xml_int(b, "versionNumber", v->number);
	xml_text(b, "versionDescription", v->description);
	xml_time(b, "createTime", v->created);
	buf_addf(b, "<createdBy>arn:aws:iam::%s:user/lab</createdBy>", c->w->account);
	xml_bool(b, "defaultVersion", v->number == t->default_version);
	xml_open(b, "launchTemplateData");
	xml_text(b, "imageId", v->image_id);
	xml_text(b, "instanceType", v->instance_type);
	xml_text(b, "userData", v->user_data);
	xml_close(b, "launchTemplateData");
}

static bool template_named(const struct lab_template *t, const struct strlist *ids,
	const struct strlist *names)
{
	return (!ids->n && !names->n) || strlist_has(ids, t->id) || strlist_has(names, t->name);
}

static void check_named(struct aws_call *c, const struct strlist *l, const char *code)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!lab_template_find(c->w, l->v[i]))
			aws_error(c, 400, code, "At least one of the launch templates specified in "
				"the request does not exist: %s", l->v[i]);
	}
}

void ec2_describe_launch_templates(struct aws_call *c)
{
	struct strlist ids = { 0 }, names = { 0 };
	struct aws_filters filters = { 0 };
	struct aws_page page;

	aws_param_list(c, "LaunchTemplateId", &ids);
	aws_param_list(c, "LaunchTemplateName", &names);
	aws_filters_get(c, &filters);
	check_named(c, &ids, "InvalidLaunchTemplateId.NotFound");
	check_named(c, &names, "InvalidLaunchTemplateName.NotFoundException");
	if (!c->failed && aws_page_start(c, &page, "MaxResults", "NextToken", 200, 200)) {
		xml_open(c->out, "launchTemplates");
		for (size_t i = 0; i < c->w->n_templates && !c->failed; i++) {
			const struct lab_template *t = c->w->templates[i];

			if (!template_named(t, &ids, &names)
				|| !aws_filters_match(c, &filters, t, t->tags, template_field)
				|| !aws_page_takes(&page))
				continue;
			xml_open(c->out, "item");
			write_template(c, t);
			xml_close(c->out, "item");
		}
		xml_close(c->out, "launchTemplates");
		aws_page_end(c, &page, "nextToken");
	}
	aws_filters_release(&filters);
	strlist_release(&ids);
	strlist_release(&names);
}

static struct lab_template *template_param(struct aws_call *c)
{
	const char *id = aws_param(c, "LaunchTemplateId");
	const char *name = aws_param(c, "LaunchTemplateName");
	struct lab_template *t = id || name ? lab_template_find(c->w, id ? id : name) : NULL;

	if (!t && (id || name))
		aws_error(c, 400, id ? "InvalidLaunchTemplateId.NotFound"
				     : "InvalidLaunchTemplateName.NotFoundException",
			"The specified launch template, with template %s %s, does not exist.",
			id ? "ID" : "name", id ? id : name);
	return t;
}

struct version_range {
	struct strlist named;
	int64_t min, max;
};

static bool version_wanted(const struct lab_template *t, const struct lab_template_version *v,
	const struct version_range *r)
{
	if (v->number < r->min || v->number > r->max)
		return false;
	for (size_t i = 0; i < r->named.n; i++) {
		if (lab_template_version(t, r->named.v[i]) == v)
			return true;
	}
	return !r->named.n;
}

static bool range_get(struct aws_call *c, const struct lab_template *t, struct version_range *r)
{
	const char *min = aws_param(c, "MinVersion"), *max = aws_param(c, "MaxVersion");

	r->min = 0;
	r->max = INT64_MAX;
	aws_param_list(c, "LaunchTemplateVersion", &r->named);
	if ((min && !str_to_i64(min, 0, INT64_MAX, &r->min))
		|| (max && !str_to_i64(max, 0, INT64_MAX, &r->max))) {
		aws_error(c, 400, "InvalidParameterValue", "MinVersion and MaxVersion are "
			"numbers.");
		return false;
	}
	for (size_t i = 0; t && i < r->named.n; i++) {
		if (lab_template_version(t, r->named.v[i]))
			continue;
		aws_error(c, 400, "InvalidLaunchTemplateId.VersionNotFound",
			"Could not find the specified version %s for the launch template with ID "
			"%s.",
			r->named.v[i], t->id);
		return false;
	}
	return true;
}

/* Without a template only $Latest and $Default may be asked, of all templates. */
void ec2_describe_launch_template_versions(struct aws_call *c)
{
	struct lab_template *only = template_param(c);
	struct version_range range = { .min = 0 };
	struct aws_page page;

	if (!c->failed && range_get(c, only, &range)
		&& aws_page_start(c, &page, "MaxResults", "NextToken", 200, 200)) {
		xml_open(c->out, "launchTemplateVersionSet");
		for (size_t i = 0; i < c->w->n_templates; i++) {
			const struct lab_template *t = c->w->templates[i];

			/* the newest first, as EC2 does */
			for (size_t k = t->n; (!only || t == only) && k-- > 0;) {
				if (!version_wanted(t, t->versions[k], &range)
					|| !aws_page_takes(&page))
					continue;
				xml_open(c->out, "item");
				write_version(c, t, t->versions[k]);
				xml_close(c->out, "item");
			}
		}
		xml_close(c->out, "launchTemplateVersionSet");
		aws_page_end(c, &page, "nextToken");
	}
	strlist_release(&range.named);
}

void ec2_create_launch_template_version(struct aws_call *c)
{
	struct lab_template *t = template_param(c);
	const char *source = aws_param(c, "SourceVersion");
	const char *type = aws_param(c, "LaunchTemplateData.InstanceType");
	const char *image = aws_param(c, "LaunchTemplateData.ImageId");
	const char *data = aws_param(c, "LaunchTemplateData.UserData");
	struct lab_template_version *from, *made;
	struct lab_template_version v = { .max_pods = -1 };

	if (!t) {
		aws_error(c, 400, "MissingParameter", "A launch template ID or a launch template "
			"name must be specified in the request.");
		return;
	}
	from = source ? lab_template_version(t, source) : NULL;
	if (source && !from) {
		aws_error(c, 400, "InvalidLaunchTemplateId.VersionNotFound",
			"Could not find launch template version: %s", source);
		return;
	}
	v.instance_type = (char *)(type ? type : from ? from->instance_type : NULL);
	v.image_id = (char *)(image ? image : from ? from->image_id : NULL);
	v.user_data = (char *)(data ? data : from ? from->user_data : "");
	v.description = (char *)aws_param(c, "VersionDescription");
	/* the same user data boots the same nodes */
	for (size_t i = 0; i < t->n; i++) {
		if (str_eq(t->versions[i]->user_data, v.user_data))
			v.max_pods = t->versions[i]->max_pods;
	}
	made = lab_template_add_version(c->w, t, &v);
	xml_open(c->out, "launchTemplateVersion");
	write_version(c, t, made);
	xml_close(c->out, "launchTemplateVersion");
}

void ec2_modify_launch_template(struct aws_call *c)
{
	struct lab_template *t = template_param(c);
	const char *version = aws_param(c, "SetDefaultVersion");
	struct lab_template_version *v;

	if (!version) /* botocore's name for it on the wire */
		version = aws_param(c, "DefaultVersion");
	v = t && version ? lab_template_version(t, version) : NULL;
	if (t && !v)
		aws_error(c, 400, "InvalidLaunchTemplateId.VersionNotFound",
			"Could not find launch template version: %s", version ? version : "");
	if (!t)
		aws_error(c, 400, "MissingParameter", "A launch template ID or a launch template "
			"name must be specified in the request.");
	if (c->failed || !v)
		return;
	t->default_version = v->number;
	xml_open(c->out, "launchTemplate");
	write_template(c, t);
	xml_close(c->out, "launchTemplate");
}
