/* SPDX-License-Identifier: Apache-2.0 */
/* Clusters: all of the state store, what each is and whether it is the open one. */
#include "tui/view.h"

#include "core/base/strs.h"
#include "core/rules/cni.h"
#include "core/rules/unapplied.h"

enum { COL_NAME, COL_EDITED, COL_VERSION, COL_REGION, COL_GROUPS, COL_NODES, COL_NETWORK,
	COL_PREFIX, COL_KOPS, COL_CIDR, COL_DNS, COL_UNAPPLIED, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "name", .title = "CLUSTER", .width = 20, .grow = 3,
		.flags = COLUMN_MIDDLE, .help = "name in the state store" },
	[COL_EDITED] = { .id = "edited", .title = "*", .width = 1,
		.help = "* something is written in its specs and not applied yet" },
	[COL_VERSION] = { .id = "version", .title = "KUBERNETES", .width = 10,
		.help = "spec.kubernetesVersion" },
	[COL_REGION] = { .id = "region", .title = "REGION", .width = 15,
		.help = "of the first subnet's zone" },
	[COL_GROUPS] = { .id = "groups", .kind = CELL_NUMBER, .title = "GROUPS", .width = 6,
		.flags = COLUMN_RIGHT | COLUMN_SPARE,
		.help = "instance groups" },
	[COL_NODES] = { .id = "nodes", .title = "NODES", .width = 7, .flags = COLUMN_RIGHT,
		.help = "least and most that the groups allow" },
	[COL_NETWORK] = { .id = "networking", .title = "NETWORK", .width = 10,
		.flags = COLUMN_SPARE, .help = "spec.networking" },
	[COL_PREFIX] = { .id = "prefix_delegation", .title = "PREFIX", .width = 6,
		.help = "ENABLE_PREFIX_DELEGATION by the spec" },
	[COL_KOPS] = { .id = "kops", .title = "KOPS", .width = 7, .flags = COLUMN_WIDE,
		.help = "version that updated it last" },
	[COL_CIDR] = { .id = "network_cidr", .title = "ADDRESSES", .width = 14,
		.flags = COLUMN_WIDE, .help = "spec.networkCIDR" },
	[COL_DNS] = { .id = "dns", .title = "DNS", .width = 7, .flags = COLUMN_WIDE,
		.help = "how its names are found: Public, Private, None" },
	[COL_UNAPPLIED] = { .id = "unapplied", .title = "NOT APPLIED", .width = 11,
		.flags = COLUMN_DATA, .help = "what is written in its spec and not applied yet" },
};

/* Of a cluster that is not open its own spec only: its groups' records are not read. */
static bool clusters_edited(const struct view_ctx *c, const struct cluster_spec *s)
{
	return s->unapplied.found == TRI_YES ||
		(str_eq(model_opened(c->model), s->name) && unapplied_groups(c->model) > 0);
}

static void clusters_row(const struct view_ctx *c, const struct m_cluster *m, struct table *t)
{
	const struct cluster_spec *s = &m->spec;
	struct trow *r = table_row(t, s->name);
	bool open = str_eq(model_opened(c->model), s->name);
	table_text(t, r, COL_NAME, open ? STYLE_ACCENT : STYLE_NORMAL, s->name);
	if (s->problem) {
		table_text(t, r, COL_VERSION, STYLE_BAD, "unreadable");
		table_value(r, COL_GROUPS, CELL_NUMBER, STYLE_DIM, -1, 0);
		r->filter_extra = s->problem;
		return;
	}
	struct cni_settings cni;
	struct buf lines = BUF_INIT;
	cni_from_spec(s, &cni);
	table_text(t, r, COL_EDITED, STYLE_WARN, clusters_edited(c, s) ? "*" : "");
	unapplied_join((const char *const *)s->unapplied.lines, s->unapplied.nlines, &lines);
	table_text(t, r, COL_UNAPPLIED, STYLE_NORMAL, lines.len ? buf_str(&lines) : NULL);
	buf_release(&lines);
	table_text(t, r, COL_VERSION, STYLE_NORMAL, s->kubernetes_version);
	table_text(t, r, COL_REGION, STYLE_NORMAL, s->region);
	table_value(r, COL_GROUPS, CELL_NUMBER, STYLE_NORMAL, (int64_t)m->ngroups, 0);
	if (m->min_nodes == m->max_nodes) {
		table_textf(t, r, COL_NODES, STYLE_NORMAL, "%d", m->min_nodes);
	} else {
		table_textf(t, r, COL_NODES, STYLE_NORMAL, "%d-%d", m->min_nodes, m->max_nodes);
	}
	table_text(t, r, COL_NETWORK, STYLE_NORMAL, s->networking);
	table_text(t, r, COL_PREFIX, cni.prefix ? STYLE_OK : STYLE_DIM,
		!cni.amazonvpc ? NULL : cni.prefix ? "on" : "off");
	table_text(t, r, COL_KOPS, STYLE_NORMAL, s->kops_version);
	table_text(t, r, COL_CIDR, STYLE_NORMAL, s->network_cidr);
	table_text(t, r, COL_DNS, STYLE_NORMAL, s->dns_type);
}

static void clusters_rows(const struct view_ctx *c, struct table *t)
{
	size_t n;
	const struct m_cluster *const *v = model_clusters(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		clusters_row(c, v[i], t);
	}
}

static void clusters_unapplied(const struct view_ctx *c, const struct cluster_spec *s,
	struct buf *out)
{
	size_t groups = str_eq(model_opened(c->model), s->name) ? unapplied_groups(c->model) : 0;
	if (s->unapplied.nlines > 0) {
		buf_adds(out, "Not applied yet (u updates): ");
		unapplied_join((const char *const *)s->unapplied.lines, s->unapplied.nlines, out);
		buf_adds(out, "\n");
	} else if (groups > 0) {
		buf_addf(out, "Not applied yet (u updates): edits of %zu group%s.\n", groups,
			groups == 1 ? "" : "s");
	} else if (s->unapplied.note) {
		buf_addf(out, "Whether all is applied cannot be told: %s.\n", s->unapplied.note);
	}
}

static void clusters_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	const struct m_cluster *m = row ? model_cluster(c->model, row->id) : NULL;
	if (!m) {
		return;
	}
	if (m->spec.problem) {
		buf_addf(out, "%s\nkops cannot read it either.\n", m->spec.problem);
		return;
	}
	buf_addf(out, "%s  %s  networking %s  DNS %s\n", m->spec.name,
		m->spec.network_cidr ? m->spec.network_cidr : "", m->spec.networking,
		m->spec.dns_type ? m->spec.dns_type : "Public");
	clusters_unapplied(c, &m->spec, out);
	if (m->spec.max_pods >= 0) {
		buf_addf(out, "kubelet.maxPods %lld for all nodes, line %zu of its config.\n",
			(long long)m->spec.max_pods, m->spec.max_pods_line);
	} else {
		buf_adds(out,
			"kubelet.maxPods is not set: each node takes the formula of its type.\n");
	}
	if (!m->spec.kops_version) {
		buf_adds(out, "kops has not updated it yet: the cluster may not exist.\n");
	}
}

static const char *clusters_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_STORE);
	return trouble ? trouble : "The state store holds no cluster.  N creates one.";
}

const struct view view_clusters = {
	.id = VIEW_CLUSTERS, .name = "clusters", .title = "Clusters", .key = '1',
	.help = "All clusters of the state store",
	.source = SRC_STORE, .columns = columns, .ncolumns = COL__COUNT,
	.rows = clusters_rows, .detail = clusters_detail, .empty = clusters_empty,
	.enter = VIEW_GROUPS,
};
