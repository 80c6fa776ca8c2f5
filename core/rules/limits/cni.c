/* SPDX-License-Identifier: Apache-2.0 */
/* What the CNI makes of an edit: its settings, its DaemonSet, the subnets (facts: vpc-cni 1, 3). */
#include "core/rules/limits/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"
#include "core/rules/subnet-need.h"

/* "v1.21.2" or ".../amazon-k8s-cni:v1.21.2-eksbuild.1": major * 1000 + minor; -1 unknown. */
static int image_version(const char *image)
{
	const char *tag = image ? strrchr(image, ':') : NULL;
	if (!tag || strchr(tag, '/')) {
		return -1;
	}
	tag += 1 + (tag[1] == 'v');
	char *end;
	long major = strtol(tag, &end, 10);
	if (end == tag || *end != '.') {
		return -1;
	}
	return (int)(major * 1000 + strtol(end + 1, NULL, 10));
}

static void check_image(struct limits_view *v)
{
	const struct daemonset *ds = model_daemonset(v->m, "kube-system", "aws-node");
	int version = image_version(v->after.cni_image);
	if (version < 0 && ds) {
		version = image_version(ds->image);
	}
	if (version >= 0 && version < 1009) {
		limits_say(v, FINDING_REFUSE, "use a newer CNI image first",
			"prefixes need CNI 1.9 or newer, this is %d.%d", version / 1000,
			version % 1000);
	} else if (version >= 0 && version < 1013) {
		limits_say(v, FINDING_INFO, NULL,
			"CNI %d.%d cannot clean up pods while it restarts (1.13 and newer can)",
			version / 1000, version % 1000);
	}
}

/* A group whose nodes may get more pods than the minimum, which then is the most, has addresses
   for; NULL. */
static const struct m_group *group_beyond(const struct limits_view *v, int64_t most)
{
	size_t n;
	const struct m_group *const *groups = model_groups(v->m, &n);
	for (size_t i = 0; i < n; i++) {
		struct group_spec after = limits_group_after(v, groups[i]);
		struct maxpods mp;
		maxpods_for_group(&v->after, &after, &mp);
		if (groups[i]->has_spec && groups[i]->spec.role == ROLE_NODE &&
		    mp.value - limits_host_pods(v, groups[i]) > most) {
			return groups[i];
		}
	}
	return NULL;
}

static void check_minimum(struct limits_view *v)
{
	const struct cni_settings *c = &v->cni_after;
	/* in whole prefixes: 20 behaves as 32 (facts: vpc-cni 1.4) */
	int64_t most = c->prefix ? (c->minimum_ip + 15) / 16 * 16 : c->minimum_ip;
	const struct m_group *g = group_beyond(v, most);
	if (g) {
		limits_say(v, FINDING_REFUSE, "set warm IPs as well",
			"minimum IPs %d without warm IPs: nodes of %s get no address beyond %d, "
			"and pods above hang in ContainerCreating", (int)c->minimum_ip,
			g->spec.name, (int)most);
	} else {
		limits_say(v, FINDING_WARN, "set warm IPs as well",
			"minimum IPs %d without warm IPs: nodes get no address beyond %d",
			(int)c->minimum_ip, (int)most);
	}
}

static void check_targets(struct limits_view *v)
{
	const struct cni_settings *c = &v->cni_after;
	bool targets = c->warm_ip > 0 || c->minimum_ip > 0;
	if (c->minimum_ip > 0 && c->warm_ip <= 0) {
		check_minimum(v);
	}
	if (c->warm_ip > 0 && !c->minimum_ip) {
		limits_say(v, FINDING_WARN, "set minimum IPs as well",
			"warm IPs without minimum IPs: many EC2 calls when pods come and go");
	}
	if (c->prefix && !c->warm_prefix && !targets) {
		limits_say(v, FINDING_WARN, "set warm prefixes to 1",
			"no warm prefixes: a prefix is fetched only when none is left, so pods "
			"start slowly");
	}
	if (c->warm_prefix > 0 && v->edit->warm_prefix > 0 && (targets || !c->prefix)) {
		limits_say(v, FINDING_INFO, NULL, "warm prefixes are ignored: %s",
			c->prefix ? "IP targets are set" : "prefix delegation is off");
	}
}

void limits_check_settings(struct limits_view *v)
{
	bool wants = v->edit->prefix != LIMITS_KEEP || v->edit->warm_prefix != LIMITS_KEEP ||
		v->edit->warm_ip != LIMITS_KEEP || v->edit->minimum_ip != LIMITS_KEEP;
	if (!wants) {
		return;
	}
	if (!v->cni_after.amazonvpc) {
		limits_say(v, FINDING_REFUSE, NULL,
			"this cluster's network is %s, prefixes belong to amazonvpc",
			v->after.networking ? v->after.networking : "not known");
		return;
	}
	check_targets(v);
	if (v->cni_after.prefix) {
		check_image(v);
	}
	if (v->cni_after.prefix && !v->cni_before.prefix && !v->replaced.n) {
		limits_say(v, FINDING_INFO, "set max pods too",
			"kops leaves max pods as they are: prefixes alone make no room");
	}
}

/* The Deployment with most pods on full nodes, and how many it runs in all. */
struct heavy {
	const char *ns, *name;
	int32_t here, all;
};
#define HEAVY_NODES 64 /* looked at; the heaviest there is heavy enough */

static bool pod_over(const struct pod *p)
{
	return p->phase == POD_SUCCEEDED || p->phase == POD_FAILED;
}

static void heavy_count(struct strmap *tally, const struct m_node *n, struct heavy **most)
{
	char key[512];
	for (const struct m_pod *p = n->pods; p; p = p->next_on_node) {
		if (pod_over(&p->pod) || !str_eq(p->pod.owner_kind, "Deployment")) {
			continue;
		}
		snprintf(key, sizeof key, "%s/%s", p->pod.ns, p->pod.owner_name);
		struct heavy *h = strmap_get(tally, key);
		if (!h) {
			h = xcalloc(1, sizeof *h);
			h->ns = p->pod.ns;
			h->name = p->pod.owner_name;
			strmap_set(tally, key, h);
		}
		h->here++;
		*most = !*most || h->here > (*most)->here ? h : *most;
	}
}

static void heavy_find(const struct model *m, const struct m_node *const *full, size_t nfull,
	struct heavy *out)
{
	struct strmap *tally = strmap_new(free);
	struct heavy *most = NULL;
	for (size_t i = 0; i < nfull && i < HEAVY_NODES; i++) {
		heavy_count(tally, full[i], &most);
	}
	*out = most ? *most : (struct heavy){ .ns = NULL };
	strmap_free(tally);
	size_t n;
	const struct m_pod *const *pods = model_pods(m, &n);
	for (size_t i = 0; out->name && i < n; i++) {
		const struct pod *p = &pods[i]->pod; /* interned: addresses tell */
		out->all += pods[i]->bound && p->owner_name == out->name && p->ns == out->ns &&
			!pod_over(p) && str_eq(p->owner_kind, "Deployment");
	}
}

static void say_full(struct limits_view *v, const struct m_node **full, size_t n)
{
	struct words names = { .n = 0 };
	struct buf list = BUF_INIT;
	struct heavy h;
	for (size_t i = 0; i < n && i < 2; i++) {
		words_add(&names, full[i]->node.name);
	}
	names.unnamed = n - names.n;
	words_join(&names, 2, &list);
	heavy_find(v->m, full, n, &h);
	/* Two slots a node: aws-node, and one that a waiting pod may take in the gap. */
	int32_t to = h.all - 2 * (int32_t)n;
	char *todo = h.name && to > 0 ?
		xasprintf("scale %s to %d, or add a node", h.name, (int)to) :
		xasprintf("move pods off, or add a node");
	limits_say(v, FINDING_WARN, todo, "do not roll yet: %s %s no free slot for aws-node",
		buf_str(&list), n == 1 ? "has" : "have");
	free(todo);
	buf_release(&list);
	words_release(&names);
}

static void say_slots(struct limits_view *v, struct words *stuck)
{
	struct buf list = BUF_INIT;
	words_join(stuck, 2, &list);
	limits_say(v, FINDING_INFO, NULL,
		"until replaced, %s can start no new pod: every ENI slot holds an address in use",
		buf_str(&list));
	buf_release(&list);
}

/* The env reaches old nodes at once: aws-node restarts there before they are replaced. */
void limits_check_daemon(struct limits_view *v)
{
	if (!v->env_changes) {
		return;
	}
	size_t n, nfull = 0;
	const struct m_node *const *nodes = model_nodes(v->m, &n);
	const struct m_node **full = xcalloc(n ? n : 1, sizeof *full);
	struct words stuck = { .n = 0 };
	for (size_t i = 0; i < n; i++) {
		struct node_capacity c;
		capacity_in_numbers(v->m, nodes[i], &c);
		if (c.full) {
			full[nfull++] = nodes[i];
		}
		if (v->cni_after.prefix && !c.prefix_mode && c.ips_max > 0 &&
		    c.ips_used >= c.ips_max) {
			if (stuck.n < 2) {
				words_add(&stuck, nodes[i]->node.name);
			} else {
				stuck.unnamed++;
			}
		}
	}
	if (nfull) {
		say_full(v, full, nfull);
	}
	if (stuck.n) {
		say_slots(v, &stuck);
	}
	words_release(&stuck);
	free(full);
}

static void say_subnet(struct limits_view *v, const struct subnet_need *s, struct buf *fine)
{
	char need[WORDS_COUNT_SIZE], have[WORDS_COUNT_SIZE];
	const struct subnet *sn = s->subnet;
	words_count(need, s->blocks);
	if (sn->free_blocks >= s->blocks) {
		buf_addf(fine, "%s%s has %s free /28 blocks, %s needed", fine->len ? "; " : "",
			subnet_word(sn), words_count(have, sn->free_blocks), need);
	} else if (sn->free_blocks >= 0) {
		limits_say(v, FINDING_WARN, "use another subnet, or a smaller max pods",
			"subnet %s has %s free /28 blocks, %s are needed", subnet_word(sn),
			words_count(have, sn->free_blocks), need);
	} else if (sn->free_ips >= 0 && sn->free_ips < s->blocks * 16) {
		limits_say(v, FINDING_WARN, "use another subnet, or a smaller max pods",
			"subnet %s has %s free addresses, too few for %s /28 blocks",
			subnet_word(sn), words_count(have, sn->free_ips), need);
	} else {
		limits_say(v, FINDING_INFO, NULL,
			"subnet %s: %s free /28 blocks are needed, how many there are is not known",
			subnet_word(sn), need);
	}
}

void limits_check_subnets(struct limits_view *v)
{
	if (!v->cni_after.amazonvpc || !v->cni_after.mode.prefix) {
		return;
	}
	struct subnet_needs needs = { .n = 0 };
	struct buf fine = BUF_INIT;
	size_t n;
	const struct m_group *const *groups = model_groups(v->m, &n);
	for (size_t i = 0; i < n; i++) {
		struct group_spec after = limits_group_after(v, groups[i]);
		struct maxpods mp;
		maxpods_for_group(&v->after, &after, &mp);
		const struct eni_limits *l = eni_lookup(mp.weakest_type);
		/* The few pods of the control plane never need its whole room. */
		if (groups[i]->has_spec && groups[i]->spec.role == ROLE_NODE && l && l->prefixes &&
		    mp.value > 0 && limits_group_replaced(v, groups[i])) {
			subnet_needs_add(&needs, v->m, groups[i],
				eni_blocks_needed(mp.value, 2, v->cni_after.warm_prefix));
		}
	}
	for (size_t i = 0; i < needs.n; i++) {
		say_subnet(v, &needs.v[i], &fine);
	}
	if (fine.len) {
		limits_say(v, FINDING_OK, NULL, "%s", buf_str(&fine));
	}
	subnet_needs_release(&needs);
	buf_release(&fine);
}
