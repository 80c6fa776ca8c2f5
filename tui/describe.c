/* SPDX-License-Identifier: Apache-2.0 */
/* All that is known of one thing, in words. */
#include "tui/describe.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"

#define WORDS 22 /* where values begin */

struct describe {
	const struct view_ctx *c;
	struct pager *out;
	int width;
};

static void part(const struct describe *d, const char *title)
{
	pager_add(d->out, STYLE_NORMAL, "%s", "");
	pager_add(d->out, STYLE_BOLD, "%s", title);
}

__attribute__((format(printf, 3, 4)))
static void line(const struct describe *d, const char *word, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *value = xvasprintf(fmt, ap);
	va_end(ap);
	if (!str_empty(value)) {
		char *text = xasprintf("  %-*s %s", WORDS - 3, word, value);
		pager_add_wrapped(d->out, STYLE_NORMAL, d->width, WORDS, text);
		free(text);
	}
	free(value);
}

/* Nothing is said of what is not known. */
static void line_text(const struct describe *d, const char *word, const char *text)
{
	line(d, word, "%s", text ? text : "");
}

static void line_number(const struct describe *d, const char *word, int64_t n)
{
	if (n >= 0) {
		line(d, word, "%lld", (long long)n);
	}
}

static void line_time(const struct describe *d, const char *word, int64_t at)
{
	char stamp[40], age[32];
	if (at > 0) {
		stamp_format(stamp, at, false);
		stamp_age(age, sizeof(age), clock_age(d->c->clock, at));
		line(d, word, "%s, %s ago", stamp, age);
	}
}

static void lines_labels(const struct describe *d, const char *word, const struct label *v,
	size_t n)
{
	for (size_t i = 0; i < n; i++) {
		line(d, i ? "" : word, "%s=%s", v[i].key, v[i].value ? v[i].value : "");
	}
}

static void lines_taints(const struct describe *d, const struct taint *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		line(d, i ? "" : "taints", "%s%s%s:%s", v[i].key, str_empty(v[i].value) ? "" : "=",
			v[i].value ? v[i].value : "", v[i].effect ? v[i].effect : "");
	}
}

static void lines_names(const struct describe *d, const char *word, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		line(d, i ? "" : word, "%s", v[i]);
	}
}

static void lines_events(const struct describe *d, const char *ns, const char *name)
{
	size_t n, shown = 0;
	const struct event *const *v = model_events(d->c->model, &n);
	for (size_t i = 0; i < n; i++) {
		char age[32];
		if (!str_eq(v[i]->name, name) || (ns && !str_eq(v[i]->ns, ns))) {
			continue;
		}
		if (shown++ == 0) {
			part(d, "Events");
		}
		stamp_age(age, sizeof(age), clock_age(d->c->clock, v[i]->at));
		line(d, v[i]->reason ? v[i]->reason : "?", "%s  (%s, %dx)",
			v[i]->message ? v[i]->message : "", age, (int)v[i]->count);
	}
}

static void lines_unapplied(const struct describe *d, const struct unapplied *u)
{
	lines_names(d, "written, not applied", u->lines, u->nlines);
	line_text(d, "cannot be told", u->note);
}

/* ---- clusters and groups ---- */

static void describe_cluster(const struct describe *d, const char *id)
{
	const struct m_cluster *m = model_cluster(d->c->model, id);
	if (!m) {
		return;
	}
	const struct cluster_spec *s = &m->spec;
	part(d, "Spec");
	line_text(d, "cannot be read", s->problem);
	line_text(d, "Kubernetes", s->kubernetes_version);
	line_text(d, "last update by kops", s->kops_version);
	line_text(d, "channel", s->channel);
	line_text(d, "region", s->region);
	line_text(d, "networking", s->networking);
	line_text(d, "CNI image", s->cni_image);
	line_text(d, "API load balancer", s->api_lb_class);
	line_text(d, "config base", s->config_base);
	line_number(d, "max pods", s->max_pods);
	line_number(d, "max pods, control", s->cp_max_pods);
	line_time(d, "created", s->created);
	for (size_t i = 0; i < s->nsubnets; i++) {
		const struct cluster_subnet *n = &s->subnets[i];
		line(d, i ? "" : "subnets", "%s  %s  %s  %s", n->name ? n->name : "?",
			n->zone ? n->zone : "?", n->cidr ? n->cidr : "", n->type ? n->type : "");
	}
	for (size_t i = 0; i < s->nenv; i++) {
		line(d, i ? "" : "CNI variables", "%s=%s (line %zu)", s->env[i].name,
			s->env[i].value ? s->env[i].value : "", s->env[i].line);
	}
	lines_unapplied(d, &s->unapplied);
	if (!str_eq(model_opened(d->c->model), id)) {
		return;
	}
	size_t n;
	const struct balancer *const *b = model_balancers(d->c->model, &n);
	for (size_t i = 0; i < n; i++) {
		line(d, i ? "" : "load balancers", "%s  %s", b[i]->name,
			b[i]->dns ? b[i]->dns : "");
	}
	const struct kube_server *k = model_server(d->c->model);
	if (k) {
		line_text(d, "API server", k->url);
		line_text(d, "context", k->context);
		line_text(d, "it says", k->version);
	}
}

static void describe_instances(const struct describe *d, const char *group)
{
	size_t n, shown = 0;
	const struct m_instance *const *v = model_instances(d->c->model, &n);
	for (size_t i = 0; i < n; i++) {
		const struct instance *x = &v[i]->instance;
		if (str_eq(x->group, group)) {
			line(d, shown++ ? "" : "instances", "%s  %s  %s  %s%s", x->id,
				x->type ? x->type : "?", x->zone ? x->zone : "?",
				x->state ? x->state : "?", x->detached ? "  detached" : "");
		}
	}
}

static void describe_group(const struct describe *d, const char *id)
{
	const struct m_group *g = model_group(d->c->model, id);
	if (!g) {
		return;
	}
	const struct group_spec *s = &g->spec;
	if (g->has_spec) {
		part(d, "Spec");
		line_text(d, "cannot be read", s->problem);
		line_text(d, "role", role_name(s->role));
		lines_names(d, "types", s->types, s->ntypes);
		line(d, "nodes", "%d to %d", (int)s->min_size, (int)s->max_size);
		lines_names(d, "subnets", s->subnets, s->nsubnets);
		line_text(d, "image", s->image);
		line_number(d, "max pods", s->max_pods);
		lines_taints(d, s->taints, s->ntaints);
		lines_labels(d, "node labels", s->node_labels, s->nnode_labels);
		line_text(d, "by", s->karpenter ? "Karpenter" : "");
		line_text(d, "warm pool", s->warm_pool ? "yes" : "");
		lines_unapplied(d, &s->unapplied);
	}
	if (g->has_asg) {
		part(d, "Auto Scaling group");
		line_text(d, "name", g->asg.name);
		line(d, "size", "%d wanted, %d to %d", (int)g->asg.desired, (int)g->asg.min,
			(int)g->asg.max);
		line(d, "launch template", "%s, version %lld",
			g->asg.template_name ? g->asg.template_name
			: g->asg.template_id ? g->asg.template_id : "?",
			(long long)g->asg.template_version);
		lines_names(d, "zones", g->asg.zones, g->asg.nzones);
		lines_names(d, "subnets", g->asg.subnet_ids, g->asg.nsubnet_ids);
		lines_names(d, "target groups", g->asg.target_groups, g->asg.ntarget_groups);
		describe_instances(d, id);
	}
}

/* ---- nodes, pods, Deployments ---- */

static void describe_instance(const struct describe *d, const struct instance *x)
{
	part(d, "Instance");
	line_text(d, "id", x->id);
	line_text(d, "state", x->state);
	line_text(d, "in its group", x->lifecycle);
	line_text(d, "subnet", x->subnet_id);
	line_text(d, "private address", x->private_ip);
	line_text(d, "public address", x->public_ip);
	line_number(d, "template version", x->template_version);
	line_number(d, "interfaces", x->enis);
	line_number(d, "secondary addresses", x->ips);
	line_number(d, "prefixes", x->prefixes);
	line_time(d, "launched", x->launched);
}

static void describe_node(const struct describe *d, const char *id)
{
	const struct m_node *m = model_node(d->c->model, id);
	const struct m_instance *i = m ? m->instance : model_instance(d->c->model, id);
	if (m) {
		const struct node *n = &m->node;
		struct node_capacity cap;
		capacity_of_node(d->c->model, m, d->c->ascii, &cap);
		part(d, "Node");
		line_text(d, "role", role_name(n->role));
		line(d, "ready", "%s%s%s", n->ready == TRI_YES ? "yes" : n->ready == TRI_NO ? "no"
			: "not known", n->ready_reason ? ", " : "",
			n->ready_reason ? n->ready_reason : "");
		line_text(d, "cordoned", n->unschedulable ? "yes" : "no");
		line_text(d, "kops says", n->needs_update ? "needs update" : "");
		line_text(d, "limit", cap.arithmetic);
		line(d, "requested", "%lldm of %lldm cpu, %lld of %lld MiB",
			(long long)m->cpu_milli, (long long)n->alloc_cpu_milli,
			(long long)(m->memory >> 20), (long long)(n->alloc_memory >> 20));
		line(d, "pods", "%d, of which %d of DaemonSets, %d static, %d on the host network",
			(int)m->npods, (int)m->ndaemon, (int)m->nmirror, (int)m->nhost_network);
		line_time(d, "created", n->created);
		line_time(d, "ready since", n->ready_since);
		lines_taints(d, n->taints, n->ntaints);
		lines_labels(d, "labels", n->labels, n->nlabels);
	}
	if (i) {
		describe_instance(d, &i->instance);
	}
	if (m) {
		part(d, "Its pods");
		for (const struct m_pod *p = m->pods; p; p = p->next_on_node) {
			line(d, p->pod.ns, "%s  %s", p->pod.name,
				pod_phase_name((enum pod_phase)p->pod.phase));
		}
		lines_events(d, NULL, id);
	}
}

static void describe_shape(const struct describe *d, const struct pod_shape *s)
{
	part(d, "What the scheduler looks at");
	line(d, "requests", "%lldm cpu, %lld MiB", (long long)s->cpu_milli,
		(long long)(s->memory >> 20));
	line_text(d, "priority class", s->priority_class);
	line_text(d, "scheduler", s->scheduler_name);
	lines_labels(d, "node selector", s->node_selector, s->nnode_selector);
	for (size_t i = 0; i < s->ntolerations; i++) {
		const struct toleration *t = &s->tolerations[i];
		line(d, i ? "" : "tolerates", "%s%s%s %s",
			str_empty(t->key) ? "everything" : t->key, str_empty(t->value) ? "" : "=",
			t->value ? t->value : "", t->effect ? t->effect : "");
	}
	lines_names(d, "volume claims", s->claims, s->nclaims);
	line_text(d, "near other pods", s->pod_affinity ? "yes" : "");
	line_text(d, "apart from others", s->pod_anti_affinity ? "yes" : "");
	line_text(d, "spread", s->topology_spread ? "yes" : "");
}

/* "namespace/name" */
static char *id_split(const char *id, const char **name)
{
	const char *slash = strchr(id, '/');
	*name = slash ? slash + 1 : id;
	return xstrndup(id, slash ? (size_t)(slash - id) : 0);
}

static void describe_pod(const struct describe *d, const char *id)
{
	const char *name;
	char *ns = id_split(id, &name);
	const struct m_pod *m = model_pod(d->c->model, ns, name);
	if (m) {
		const struct pod *p = &m->pod;
		part(d, "Pod");
		line_text(d, "uid", p->uid);
		line_text(d, "phase", pod_phase_name((enum pod_phase)p->phase));
		line_text(d, "node", p->node);
		line_text(d, "is promised", p->trouble->nominated);
		line_time(d, "created", p->created);
		line_time(d, "to be deleted", p->deletion);
		line_text(d, "scheduler", p->trouble->sched_message);
		line_text(d, "waits for", p->trouble->waiting_reason);
		line_text(d, "", p->trouble->waiting_message);
		line_text(d, "failed", p->trouble->status_reason);
		line_text(d, "", p->trouble->status_message);
		lines_labels(d, "labels", p->labels, p->nlabels);
		describe_shape(d, p->shape);
		lines_events(d, ns, name);
	}
	free(ns);
}

static void describe_deployment(const struct describe *d, const char *id)
{
	const char *name;
	char *ns = id_split(id, &name);
	const struct deployment *x = model_deployment(d->c->model, ns, name);
	if (x) {
		part(d, "Deployment");
		line_number(d, "replicas", x->replicas);
		line_number(d, "ready", x->ready);
		line_number(d, "of the new template", x->updated);
		line_number(d, "available", x->available);
		line_number(d, "pods that are there", x->existing);
		line_text(d, "cannot create pods", x->failure);
		line_time(d, "failing since", x->failing_since);
		line_time(d, "created", x->created);
		lines_labels(d, "selects", x->selector, x->nselector);
		lines_events(d, ns, name);
	}
	free(ns);
}

static const struct {
	void (*say)(const struct describe *d, const char *id);
} describers[VIEW__COUNT] = {
	[VIEW_CLUSTERS] = { describe_cluster }, [VIEW_GROUPS] = { describe_group },
	[VIEW_NODES] = { describe_node }, [VIEW_CAPACITY] = { describe_node },
	[VIEW_PODS] = { describe_pod }, [VIEW_DEPLOYMENTS] = { describe_deployment },
};

bool describe_can(enum view_id view)
{
	return describers[view].say != NULL;
}

void describe_row(const struct view_ctx *c, const struct view *v, const struct table *t,
	const struct trow *row, int width, struct pager *out)
{
	const struct describe d = { c, out, width };
	struct buf text = BUF_INIT;
	pager_add(out, STYLE_BOLD, "%s", row->id);
	for (size_t i = 0; i < t->ncolumns; i++) {
		tcell_text(&row->cells[i], &text);
		line(&d, t->columns[i].id, "%s", buf_str(&text));
	}
	buf_release(&text);
	if (describers[v->id].say) {
		describers[v->id].say(&d, row->id);
	}
}
