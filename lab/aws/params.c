/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, filters and pages of the query protocols. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/aws.h"

const char *aws_param(const struct aws_call *c, const char *name)
{
	return lab_pairs_get(&c->in, name);
}

void aws_param_list(const struct aws_call *c, const char *prefix, struct strlist *out)
{
	for (int i = 1;; i++) {
		char *name = xasprintf("%s.%d", prefix, i);
		const char *v = aws_param(c, name);

		free(name);
		if (!v)
			return;
		strlist_add(out, v);
	}
}

static bool filter_get(const struct aws_call *c, const char *list, const char *values, int i,
	struct aws_filters *out)
{
	char *name = xasprintf("%s.%d.Name", list, i);
	char *prefix = xasprintf("%s.%d.%s", list, i, values);
	const char *v = aws_param(c, name);

	if (v) {
		out->v = xgrow(out->v, &out->cap, out->n, sizeof(*out->v));
		out->v[out->n] = (struct aws_filter){ .name = xstrdup(v) };
		aws_param_list(c, prefix, &out->v[out->n].values);
		out->n++;
	}
	free(name);
	free(prefix);
	return v != NULL;
}

void aws_filters_get(const struct aws_call *c, struct aws_filters *out)
{
	bool ec2 = c->form == AWS_EC2;
	int i = 1;

	while (filter_get(c, ec2 ? "Filter" : "Filters.member", ec2 ? "Value" : "Values.member", i,
		out))
		i++;
}

void aws_filters_release(struct aws_filters *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].name);
		strlist_release(&f->v[i].values);
	}
	free(f->v);
	memset(f, 0, sizeof(*f));
}

static bool value_matches(const struct aws_filter *f, const char *value)
{
	for (size_t i = 0; value && i < f->values.n; i++) {
		if (str_glob(f->values.v[i], value))
			return true;
	}
	return false;
}

static bool any_tag(const struct aws_filter *f, const struct strmap *tags, bool by_key)
{
	size_t pos = 0;
	const char *key;
	void *value;

	while (tags && strmap_next(tags, &pos, &key, &value)) {
		if (value_matches(f, by_key ? key : value))
			return true;
	}
	return false;
}

bool aws_filters_match(struct aws_call *c, const struct aws_filters *fs, const void *thing,
	const struct strmap *tags, aws_field *field)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct aws_filter *f = &fs->v[i];
		const char *value = NULL;
		bool ok;

		if (str_starts(f->name, "tag:")) {
			ok = value_matches(f, tags ? strmap_get(tags, f->name + 4) : NULL);
		} else if (str_eq(f->name, "tag-key") || str_eq(f->name, "tag-value")) {
			ok = any_tag(f, tags, str_eq(f->name, "tag-key"));
		} else if (field(thing, f->name, &value)) {
			ok = value_matches(f, value);
		} else {
			aws_error(c, 400, "InvalidParameterValue", "The filter '%s' is invalid",
				f->name);
			return false;
		}
		if (!ok)
			return false;
	}
	return true;
}

bool aws_page_start(struct aws_call *c, struct aws_page *p, const char *max_name,
	const char *token_name, size_t otherwise, size_t most)
{
	const char *max = aws_param(c, max_name), *token = aws_param(c, token_name);
	int64_t n = (int64_t)otherwise, at = 0;

	if (max && !str_to_i64(max, 1, 1000000, &n)) {
		aws_error(c, 400, "InvalidParameterValue", "Value ( %s ) for parameter %s is "
			"invalid.", max, max_name);
		return false;
	}
	if (!str_empty(token) && (!str_starts(token, "page-")
		|| !str_to_i64(token + 5, 1, INT64_MAX, &at))) {
		aws_error(c, 400, "InvalidNextToken",
			"The token '%s' is invalid.", token);
		return false;
	}
	*p = (struct aws_page){ .skip = (size_t)at,
		.left = (size_t)n < most ? (size_t)n : most };
	return true;
}

bool aws_page_takes(struct aws_page *p)
{
	size_t index = p->seen++;

	if (index < p->skip)
		return false;
	if (!p->left) {
		if (!p->next)
			p->next = index;
		return false;
	}
	p->left--;
	return true;
}

void aws_page_end(struct aws_call *c, const struct aws_page *p, const char *tag)
{
	char token[40];

	if (!p->next)
		return;
	snprintf(token, sizeof(token), "page-%zu", p->next);
	xml_text(c->out, tag, token);
}

void aws_tag_set(struct aws_call *c, const struct strmap *tags)
{
	size_t pos = 0;
	const char *key;
	void *value;

	xml_open(c->out, "tagSet");
	while (tags && strmap_next(tags, &pos, &key, &value)) {
		xml_open(c->out, "item");
		xml_text(c->out, "key", key);
		xml_text(c->out, "value", value);
		xml_close(c->out, "item");
	}
	xml_close(c->out, "tagSet");
}

char *aws_address(uint32_t ip)
{
	return xasprintf("%u.%u.%u.%u", (unsigned)(ip >> 24), (unsigned)(ip >> 16 & 255),
		(unsigned)(ip >> 8 & 255), (unsigned)(ip & 255));
}
