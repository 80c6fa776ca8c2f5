/* SPDX-License-Identifier: Apache-2.0 */
/* What of a group's spec is not applied. */
#include "core/rules/unapplied.h"

#include "core/base/xalloc.h"

static void unapplied_size(struct unapplied_group *u, const char *field, int32_t want, int32_t have)
{
	if (want != have && want >= 0 && have >= 0) {
		strlist_take(&u->lines, xasprintf("%s %d (applied %d)", field, want, have));
	}
}

static const char *unapplied_zone_of(const struct cluster_spec *c, const char *subnet)
{
	for (size_t i = 0; i < c->nsubnets; i++) {
		if (str_eq(c->subnets[i].name, subnet)) {
			return c->subnets[i].zone;
		}
	}
	return NULL;
}

static bool unapplied_has(const char *const *v, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i], what)) {
			return true;
		}
	}
	return false;
}

/* The zones of the spec's subnets against those of the Auto Scaling group. */
static void unapplied_zones(const struct cluster_spec *c, const struct m_group *g,
	struct unapplied_group *u)
{
	struct strlist zones = { .v = NULL };
	bool known = g->asg.nzones > 0 && g->spec.nsubnets > 0, same = true;
	for (size_t i = 0; known && i < g->spec.nsubnets; i++) {
		const char *zone = unapplied_zone_of(c, g->spec.subnets[i]);
		known = zone != NULL;
		if (zone && !strlist_has(&zones, zone)) {
			strlist_add(&zones, zone);
			same = same && unapplied_has(g->asg.zones, g->asg.nzones, zone);
		}
	}
	if (known && (!same || zones.n != g->asg.nzones)) {
		struct buf b = BUF_INIT;
		for (size_t i = 0; i < g->spec.nsubnets; i++) {
			buf_addf(&b, "%s%s", i ? "," : "subnets ", g->spec.subnets[i]);
		}
		buf_adds(&b, " (applied zones ");
		for (size_t i = 0; i < g->asg.nzones; i++) {
			buf_addf(&b, "%s%s", i ? "," : "", g->asg.zones[i]);
		}
		buf_adds(&b, ")");
		strlist_take(&u->lines, buf_detach(&b));
	}
	strlist_release(&zones);
}

void unapplied_of_group(const struct model *m, const struct m_group *g,
	struct unapplied_group *out)
{
	*out = (struct unapplied_group){ .found = TRI_UNKNOWN };
	const struct m_cluster *c = model_opened(m) ? model_cluster(m, model_opened(m)) : NULL;
	if (!g->has_spec || g->spec.problem) {
		return;
	}
	const struct unapplied *store = &g->spec.unapplied;
	out->found = store->found;
	out->note = store->note;
	for (size_t i = 0; i < store->nlines; i++) {
		strlist_add(&out->lines, store->lines[i]);
	}
	if (g->has_asg && !g->spec.karpenter) {
		unapplied_size(out, "minSize", g->spec.min_size, g->asg.min);
		unapplied_size(out, "maxSize", g->spec.max_size, g->asg.max);
		if (c) {
			unapplied_zones(&c->spec, g, out);
		}
	} else if (!out->note && store->found != TRI_UNKNOWN && !g->spec.karpenter) {
		out->note = "without AWS's answer it cannot be told whether its size is applied";
	}
	out->found = out->lines.n > 0 ? TRI_YES : out->found;
}

void unapplied_group_release(struct unapplied_group *u)
{
	strlist_release(&u->lines);
	*u = (struct unapplied_group){ .found = TRI_UNKNOWN };
}

size_t unapplied_groups(const struct model *m)
{
	size_t n, found = 0;
	const struct m_group *const *v = model_groups(m, &n);
	for (size_t i = 0; i < n; i++) {
		struct unapplied_group u;
		unapplied_of_group(m, v[i], &u);
		found += u.found == TRI_YES;
		unapplied_group_release(&u);
	}
	return found;
}

void unapplied_join(const char *const *lines, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s%s", i ? "; " : "", lines[i]);
	}
}
