/* SPDX-License-Identifier: Apache-2.0 */
/* One spec's max pods: too few for the node itself, more than any type has addresses for. */
#include "core/rules/spec/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/spec/check-parts.h"

/* kube-proxy, the network's agent and the disk driver run on every node; the control plane adds
   its six static pods and what kops puts beside them (facts: vpc-cni 2, "Control-plane floor"). */
#define NODE_PODS 3
#define CONTROL_PLANE_PODS 10
#define CONTROL_PLANE_USUAL 14
/* Above it no type is advised to go (facts: vpc-cni 2). */
#define MOST_ADVISED 250

bool look_touched(const struct spec_look *l, const char *key)
{
	for (size_t i = 0; i < l->nkeys; i++) {
		if (str_eq(l->keys[i], key)) {
			return true;
		}
	}
	return false;
}

enum finding_level look_level(const struct spec_look *l, const char *const *keys)
{
	for (; *keys; keys++) {
		if (look_touched(l, *keys)) {
			return FINDING_REFUSE;
		}
	}
	return FINDING_WARN;
}

const struct env_entry *look_env(const struct cluster_spec *c, const char *name)
{
	return c ? env_last(c->env, c->nenv, name) : NULL;
}

bool look_env_is(const struct cluster_spec *c, const char *name, const char *value)
{
	const struct env_entry *env = look_env(c, name);

	return env && str_eq(env->value, value);
}

void look_say(const struct spec_look *l, enum finding_level level, size_t line, const char *todo,
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	findings_add_at(l->out, level, line, todo, "%s", text);
	free(text);
}

/* A value that kops takes, and a node does not bear. */
static void look_floor(const struct spec_look *l, const char *key, int64_t value, size_t line,
	bool control_plane)
{
	const char *const keys[] = { key, NULL };
	enum finding_level bad = look_level(l, keys);
	int least = control_plane ? CONTROL_PLANE_PODS : NODE_PODS;

	if (value < 0) {
		look_say(l, bad, line, "a useful value is between 8 and 250",
			"%s is %" PRId64 ": kops takes it, and no node will start", key, value);
	} else if (value == 0) {
		look_say(l, bad, line, "remove the setting to get kops' own figure",
			"%s is 0, which is no limit: kubelet takes its default 110 whatever the "
			"addresses", key);
	} else if (value <= least - control_plane) {
		look_say(l, bad, line, control_plane ? "set at least 17, what a t3.medium has" :
			"set at least 8",
			"%s %" PRId64 ": %s needs %d pods for itself (%s)", key, value,
			control_plane ? "a control-plane node" : "a node", least,
			control_plane ? "six static pods, four DaemonSets" :
			"kube-proxy, the network's agent, the disk driver");
	} else if (control_plane && value < CONTROL_PLANE_USUAL) {
		look_say(l, FINDING_WARN, line, "set at least 17, what a t3.medium has",
			"%s %" PRId64 ": a control-plane node usually runs 11 to 14 pods of its "
			"own", key, value);
	} else if (value < 8) {
		look_say(l, FINDING_WARN, line, NULL,
			"%s %" PRId64 " leaves room for %d pods beside the node's own", key, value,
			(int)value - least);
	}
}

/* Types that have addresses for so many pods, and types in all. */
static void count_types(const struct eni_mode *mode, int64_t value, size_t *can, size_t *all,
	int32_t *most)
{
	const struct eni_limits *v = eni_table(all);

	*can = 0;
	*most = 0;
	for (size_t i = 0; i < *all; i++) {
		struct eni_result r;

		eni_compute(&v[i], mode, &r);
		*can += r.raw >= value;
		*most = r.raw > *most ? r.raw : *most;
	}
}

static void look_ceiling(const struct spec_look *l, const char *key, int64_t value, size_t line)
{
	static const char *const mode_keys[] = { "maxPods", "controlPlane.maxPods",
		"env.ENABLE_PREFIX_DELEGATION", "env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
		"env.MAX_ENI", NULL };
	const struct eni_mode *mode = &l->cni.mode;
	size_t can, all;
	int32_t most;

	if (value > MOST_ADVISED) {
		look_say(l, FINDING_WARN, line, NULL, "%s %" PRId64 " is above %d, the most that "
			"is advised for any type (110 up to 30 vCPU)", key, value, MOST_ADVISED);
	}
	if (!l->cni.amazonvpc || value <= 0) {
		return;
	}
	count_types(mode, value, &can, &all, &most);
	const char *how = mode->prefix ? "prefixes" : "single addresses";
	const char *todo = mode->prefix ? "set a smaller value" :
		"set ENABLE_PREFIX_DELEGATION to true as well, or a smaller value";
	if (!can) {
		look_say(l, look_level(l, mode_keys), line, todo,
			"%s %" PRId64 ": no instance type has addresses for so many pods with %s "
			"(%d at most)", key, value, how, (int)most);
	} else if (can * 2 < all) {
		look_say(l, FINDING_WARN, line, todo,
			"%s %" PRId64 ": with %s only %zu of %zu instance types have addresses "
			"for so many pods", key, value, how, can, all);
	}
}

static void look_reach(const struct spec_look *l)
{
	const struct cluster_spec *c = l->c;

	if (c->max_pods_line) {
		look_floor(l, "maxPods", c->max_pods, c->max_pods_line, false);
		look_ceiling(l, "maxPods", c->max_pods, c->max_pods_line);
	}
	if (c->cp_max_pods_line) {
		look_floor(l, "controlPlane.maxPods", c->cp_max_pods, c->cp_max_pods_line, true);
		look_ceiling(l, "controlPlane.maxPods", c->cp_max_pods, c->cp_max_pods_line);
		return;
	}
	if (!c->max_pods_line) {
		return;
	}
	if (c->max_pods > 0 && c->max_pods < CONTROL_PLANE_USUAL) {
		look_say(l, FINDING_WARN, c->max_pods_line,
			"set controlPlane.maxPods as well",
			"maxPods %" PRId64 " reaches the control plane too, whose nodes run 11 to "
			"14 pods of their own", c->max_pods);
	} else if (look_touched(l, "maxPods")) {
		look_say(l, FINDING_INFO, c->max_pods_line, NULL,
			"maxPods reaches the control plane too, which is replaced as well "
			"(controlPlane.maxPods and a group's own setting override it)");
	}
}

/* "1.34.2": 134; 0: none. */
static int version_minor(const char *v)
{
	char *end = NULL;
	long major = v ? strtol(v, &end, 10) : 0;

	return v && *end == '.' ? (int)(major * 100 + strtol(end + 1, NULL, 10)) : 0;
}

static void look_version(const struct spec_look *l)
{
	int was = version_minor(l->before ? l->before->kubernetes_version : NULL);
	int is = version_minor(l->c->kubernetes_version);

	if (!was || !is || !look_touched(l, "kubernetesVersion")) {
		return;
	}
	if (is < was) {
		look_say(l, FINDING_WARN, 0, NULL,
			"Kubernetes %s is older than %s: there is no way "
			"back for what is stored in etcd",
			l->c->kubernetes_version, l->before->kubernetes_version);
	} else if (is > was + 1) {
		look_say(l, FINDING_WARN, 0, "go by one minor version at a time",
			"from Kubernetes %s to %s leaves versions out",
			l->before->kubernetes_version, l->c->kubernetes_version);
	}
}

void spec_check_cluster(const struct cluster_spec *before, const struct cluster_spec *after,
	const char *const *keys, size_t nkeys, struct findings *out)
{
	struct spec_look l = { .before = before, .c = after, .keys = keys, .nkeys = nkeys,
		.out = out };

	cni_from_spec(after, &l.cni);
	look_reach(&l);
	look_env_entries(&l);
	look_env_together(&l);
	look_version(&l);
}

/* AWS' names have a dot; what other clouds call theirs is not known here. */
static void look_types(const struct spec_look *l, const struct group_spec *g)
{
	bool touched = look_touched(l, "machineType");

	for (size_t i = 0; i < g->ntypes; i++) {
		if (eni_lookup(g->types[i]) || (!strchr(g->types[i], '.') && !touched)) {
			continue;
		}
		look_say(l, FINDING_WARN, g->types_line,
			"see that AWS offers it in the group's zones",
			"the instance type %.60s is not known here, so neither are its addresses "
			"and "
			"its room",
			g->types[i]);
	}
}

static void look_image(const struct spec_look *l, const struct group_spec *g)
{
	const char *i = g->image;

	if (!look_touched(l, "image") || !i || str_starts(i, "ami-") || str_starts(i, "ssm:") ||
		strchr(i, '/')) {
		return;
	}
	look_say(l, FINDING_WARN, g->image_line, "ami-..., owner/name, or ssm:/parameter",
		"image %.80s: a name alone is looked for among one's own images", i);
}

void spec_check_group(const struct group_spec *after, const char *const *keys, size_t nkeys,
	struct findings *out)
{
	struct spec_look l = { .keys = keys, .nkeys = nkeys, .out = out };

	if (after->max_pods_line && after->role != ROLE_BASTION) {
		look_floor(&l, "maxPods", after->max_pods, after->max_pods_line,
			after->role == ROLE_CONTROL_PLANE);
		look_ceiling(&l, "maxPods", after->max_pods, after->max_pods_line);
	}
	if (after->max_pods_line && after->role == ROLE_BASTION) {
		look_say(&l, FINDING_WARN, after->max_pods_line, NULL,
			"maxPods has no effect: a bastion runs no pods");
	}
	look_types(&l, after);
	look_image(&l, after);
}
