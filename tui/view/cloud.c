/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cloud: what AWS says of the open cluster, thing by thing: instances, their
 * types, zones, subnets with their room, load balancers and names.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/eni.h"
#include "tui/view.h"

enum { COL_KIND, COL_NAME, COL_TYPE, COL_ZONE, COL_STATE, COL_ADDRESS, COL_MORE, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_KIND] = { .id = "kind", .title = "KIND", .width = 8,
		.help = "instance, type, zone, subnet, balancer or record" },
	[COL_NAME] = { .id = "name", .title = "NAME", .width = 12, .grow = 2,
		.flags = COLUMN_MIDDLE, .help = "id or name" },
	[COL_TYPE] = { .id = "type", .title = "TYPE", .width = 9,
		.help = "of an instance, a balancer or a record" },
	[COL_ZONE] = { .id = "zone", .title = "ZONE", .width = 4, .flags = COLUMN_SPARE,
		.help = "availability zone" },
	[COL_STATE] = { .id = "state", .title = "STATE", .width = 7,
		.flags = COLUMN_WORD,
		.help = "as EC2 and Auto Scaling say; of a balancer: its scheme" },
	[COL_ADDRESS] = { .id = "address", .title = "ADDRESS", .width = 15, .grow = 1,
		.help = "private address, range, DNS name or value" },
	[COL_MORE] = { .id = "more", .title = "MORE", .width = 10, .grow = 1,
		.flags = COLUMN_SPARE,
		.help = "interfaces and prefixes; limits; free addresses and free /28 blocks" },
};

static struct trow *cloud_row(struct table *t, const char *kind, const char *name)
{
	char *id = xasprintf("%s/%s", kind, name ? name : "?");
	struct trow *r = table_row(t, id);
	free(id);
	table_text(t, r, COL_KIND, STYLE_DIM, kind);
	table_text(t, r, COL_NAME, STYLE_NORMAL, name);
	return r;
}

/* "?" for what AWS did not say: unknown is not none. */
static const char *cloud_count(char out[24], int64_t n)
{
	if (n < 0) {
		return "?";
	}
	snprintf(out, 24, "%" PRId64, n);
	return out;
}

/* "ap-northeast-2a", and "2a" where there is no room. */
static void cloud_zone_cell(struct table *t, struct trow *r, const char *zone)
{
	const char *dash = zone ? strrchr(zone, '-') : NULL;
	table_text(t, r, COL_ZONE, STYLE_NORMAL, zone);
	if (dash) {
		table_brief(t, r, COL_ZONE, dash + 1);
	}
}

static void cloud_instance(const struct instance *i, struct table *t)
{
	char enis[24], ips[24], prefixes[24], version[24];
	struct trow *r = cloud_row(t, "instance", i->id);
	bool up = str_eq(i->state, "running");
	table_text(t, r, COL_TYPE, STYLE_NORMAL, i->type);
	cloud_zone_cell(t, r, i->zone);
	table_textf(t, r, COL_STATE, up ? STYLE_OK : STYLE_WARN, "%s%s%s",
		i->state ? i->state : "?", i->lifecycle ? " " : "",
		i->lifecycle ? i->lifecycle : i->detached ? " detached" : "");
	table_brief(t, r, COL_STATE, i->lifecycle ? i->lifecycle : i->detached ? "detached" :
		i->state ? i->state : "?");
	table_text(t, r, COL_ADDRESS, STYLE_NORMAL, i->private_ip);
	table_textf(t, r, COL_MORE, STYLE_NORMAL,
		"%s, %s ENI%s, %s IP%s, %s prefix%s, template version %s",
		i->group ? i->group : "no group", cloud_count(enis, i->enis),
		i->enis == 1 ? "" : "s", cloud_count(ips, i->ips), i->ips == 1 ? "" : "s",
		cloud_count(prefixes, i->prefixes), i->prefixes == 1 ? "" : "es",
		cloud_count(version, i->template_version));
}

static void cloud_type(const struct view_ctx *c, const char *name, struct table *t)
{
	const struct instance_type *k = model_type(c->model, name);
	const struct eni_limits *l = k ? NULL : eni_lookup(name);
	struct trow *r = cloud_row(t, "type", name);
	if (k) {
		char enis[24], ips[24], cpus[24], mib[24];
		table_textf(t, r, COL_MORE, STYLE_NORMAL, "%s ENIs of %s IPv4, %s vCPU, %s MiB%s",
			cloud_count(enis, k->max_enis), cloud_count(ips, k->ips_per_eni),
			cloud_count(cpus, k->vcpus), cloud_count(mib, k->memory_mib),
			k->nitro ? ", Nitro" : ", no prefixes");
	} else if (l) {
		table_textf(t, r, COL_MORE, STYLE_DIM,
			"%d ENIs of %d IPv4 (from kopscope's own table)", l->max_enis,
			l->ips_per_eni);
	} else {
		table_text(t, r, COL_MORE, STYLE_WARN, "not in the API's answer nor in our table");
	}
}

/* Every type that an instance has or a group may start. */
static void cloud_types(const struct view_ctx *c, struct table *t)
{
	struct strlist names = { .v = NULL };
	size_t n;
	const struct m_instance *const *v = model_instances(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		if (v[i]->instance.type && !strlist_has(&names, v[i]->instance.type)) {
			strlist_add(&names, v[i]->instance.type);
		}
	}
	const struct m_group *const *g = model_groups(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; g[i]->has_spec && k < g[i]->spec.ntypes; k++) {
			if (!strlist_has(&names, g[i]->spec.types[k])) {
				strlist_add(&names, g[i]->spec.types[k]);
			}
		}
	}
	for (size_t i = 0; i < names.n; i++) {
		cloud_type(c, names.v[i], t);
	}
	strlist_release(&names);
}

static void cloud_subnets(const struct view_ctx *c, struct table *t)
{
	size_t n;
	const struct subnet *const *v = model_subnets(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		char ips[24], blocks[24];
		struct trow *r = cloud_row(t, "subnet", v[i]->id);
		cloud_zone_cell(t, r, v[i]->zone);
		table_text(t, r, COL_ADDRESS, STYLE_NORMAL, v[i]->cidr);
		table_textf(t, r, COL_MORE, v[i]->free_ips >= 0 && v[i]->free_ips < 16
			? STYLE_WARN : STYLE_NORMAL, "%s free, %s free /28 blocks%s%s",
			cloud_count(ips, v[i]->free_ips), cloud_count(blocks, v[i]->free_blocks),
			v[i]->name ? ", " : "", v[i]->name ? v[i]->name : "");
	}
}

static void cloud_zone(const struct view_ctx *c, const char *zone, struct table *t)
{
	size_t n, instances = 0, subnets = 0;
	const struct m_instance *const *v = model_instances(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		instances += str_eq(v[i]->instance.zone, zone);
	}
	const struct subnet *const *s = model_subnets(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		subnets += str_eq(s[i]->zone, zone);
	}
	struct trow *r = cloud_row(t, "zone", zone);
	cloud_zone_cell(t, r, zone);
	table_textf(t, r, COL_MORE, STYLE_NORMAL, "%zu instance%s, %zu subnet%s", instances,
		instances == 1 ? "" : "s", subnets, subnets == 1 ? "" : "s");
}

static void cloud_zones(const struct view_ctx *c, struct table *t)
{
	struct strlist zones = { .v = NULL };
	size_t n;
	const struct subnet *const *s = model_subnets(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		if (s[i]->zone && !strlist_has(&zones, s[i]->zone)) {
			strlist_add(&zones, s[i]->zone);
		}
	}
	strlist_sort(&zones);
	for (size_t i = 0; i < zones.n; i++) {
		cloud_zone(c, zones.v[i], t);
	}
	strlist_release(&zones);
}

static void cloud_names(const struct view_ctx *c, struct table *t)
{
	size_t n;
	const struct balancer *const *b = model_balancers(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		struct trow *r = cloud_row(t, "balancer", b[i]->name);
		table_text(t, r, COL_TYPE, STYLE_NORMAL, b[i]->type);
		table_text(t, r, COL_STATE, STYLE_NORMAL, b[i]->scheme);
		table_brief(t, r, COL_STATE, str_eq(b[i]->scheme, "internet-facing") ? "internet"
			: b[i]->scheme);
		table_text(t, r, COL_ADDRESS, STYLE_NORMAL, b[i]->dns);
	}
	const struct dns_record *const *d = model_records(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		struct trow *r = cloud_row(t, "record", d[i]->name);
		table_text(t, r, COL_TYPE, STYLE_NORMAL, d[i]->type);
		table_text(t, r, COL_ADDRESS, STYLE_NORMAL, d[i]->value);
	}
}

static void cloud_rows(const struct view_ctx *c, struct table *t)
{
	size_t n;
	if (!model_source(c->model, SRC_AWS)->arrived) {
		return;
	}
	const struct m_instance *const *v = model_instances(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		cloud_instance(&v[i]->instance, t);
	}
	cloud_types(c, t);
	cloud_zones(c, t);
	cloud_subnets(c, t);
	cloud_names(c, t);
}

static void cloud_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	const struct identity *who = model_identity(c->model);
	const struct source_status *s = model_source(c->model, SRC_AWS);
	if (row) {
		const char *name = row->cells[COL_NAME].text, *more = row->cells[COL_MORE].text;
		buf_addf(out, "%s  %s\n", name ? name : "", more ? more : "");
	}
	if (who) {
		buf_addf(out, "as %s, credentials by %s\n", who->arn,
			who->provider ? who->provider : "?");
	}
	if (s->detail[0]) {
		buf_addf(out, "%s\n", s->detail);
	}
}

static const char *cloud_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_AWS);
	return trouble ? trouble : "AWS has not answered yet.";
}

const struct view view_cloud = {
	.id = VIEW_CLOUD, .name = "cloud", .title = "Cloud", .key = 0,
	.help = "Instances, types, subnets and balancers as AWS says",
	.source = SRC_AWS, .columns = columns, .ncolumns = COL__COUNT,
	.rows = cloud_rows, .detail = cloud_detail, .empty = cloud_empty, .enter = VIEW_CLOUD,
};
