/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cluster that is only in the state store becomes one in the cloud: its
 * network, groups and templates, its names in DNS and its system workloads.  From
 * there on everything goes its way as in the story.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/xalloc.h"
#include "lab/sim/parts.h"
#include "lab/store.h"
#include "lab/world/parts.h"

#define PLACEHOLDER "203.0.113.123" /* what kops writes before there is a control plane */
#define DNS_MS 5000

static void begin_names(struct world *w, const struct store_specs *s)
{
	const char *version = tree_text(s->cluster, "spec.kubernetesVersion");
	const char *cidr = tree_text(s->cluster, "spec.networkCIDR");

	xreplace(&w->cluster, s->name);
	free(w->kube_version);
	w->kube_version = xasprintf("v%s", version ? version + (*version == 'v') : "");
	xreplace(&w->vpc_cidr, cidr ? cidr : w->vpc_cidr);
}

static void begin_subnets(struct world *w, const struct store_specs *s)
{
	const struct tree *list = tree_at(s->cluster, "spec.subnets");

	for (size_t i = 0; list && i < list->n; i++) {
		const char *zone = tree_text(list->items[i], "zone");
		const char *cidr = tree_text(list->items[i], "cidr");
		const char *name = tree_text(list->items[i], "name");

		if (zone && cidr)
			xreplace(&lab_subnet_add(w, zone, cidr)->name, name ? name : zone);
	}
}

static struct lab_subnet *subnet_named(struct world *w, const char *name)
{
	for (size_t i = 0; i < w->n_subnets; i++) {
		if (str_eq(w->subnets[i]->name, name))
			return w->subnets[i];
	}
	return w->n_subnets ? w->subnets[0] : NULL;
}

/* The dns-controller: once a control plane runs, its address stands where the placeholder did. */
static void dns_on_timer(void *ctx)
{
	struct world *w = ctx;
	size_t pos = 0;

	for (struct lab_instance *i = lab_instance_next(w, NULL, &pos); lab_kube_up(w) && i;
		i = lab_instance_next(w, NULL, &pos)) {
		if (str_eq(i->role, "control-plane") && i->registered) {
			xreplace(&w->record_ip, i->private_ip);
			w->api_record = w->record_ip;
			return;
		}
	}
	world_timer_add(w, DNS_MS, dns_on_timer, w);
}

void world_group_begin(struct world *w, const struct store_group_plan *p,
	const struct tree *group)
{
	const struct tree *subnets = tree_at(group, "spec.subnets");
	const char *first = subnets && subnets->n ? subnets->items[0]->text : NULL;
	struct lab_subnet *subnet = subnet_named(w, first);
	struct lab_asg *g = lab_asg_add(w, p->group, p->role, subnet, p->min);
	struct lab_template_version *v = lab_template_version(g->template, "$Latest");
	struct buf data = BUF_INIT;

	for (size_t i = 1; subnets && i < subnets->n; i++) {
		g->subnets = xrealloc(g->subnets, (g->n_subnets + 1) * sizeof(*g->subnets));
		g->subnets[g->n_subnets++] = subnet_named(w, subnets->items[i]->text);
	}
	g->max = p->max;
	base64_encode(&data, p->user_data, strlen(p->user_data));
	xreplace(&v->user_data, buf_str(&data));
	xreplace(&v->instance_type, p->machine_type);
	if (p->image)
		xreplace(&v->image_id, p->image);
	v->max_pods = p->max_pods;
	buf_release(&data);
	sim_asg_kick(w);
}

void world_cluster_begin(struct world *w, const struct store_specs *s)
{
	begin_names(w, s);
	begin_subnets(w, s);
	if (!str_eq(tree_text(s->cluster, "spec.topology.dns.type"), "None")) {
		xreplace(&w->record_ip, PLACEHOLDER);
		w->api_record = w->record_ip;
		world_timer_add(w, DNS_MS, dns_on_timer, w);
	}
	store_seed_secrets(w);
}

void world_cluster_objects(struct world *w)
{
	world_story_objects(w);
}
