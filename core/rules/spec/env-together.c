/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the CNI that do harm together (facts: vpc-cni 1.2, 1.3). */
#include "core/rules/spec/check-parts.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/rules/words.h"

#define TARGET_KEYS "env.MINIMUM_IP_TARGET", "env.WARM_IP_TARGET"

static size_t env_line(const struct spec_look *l, const char *name)
{
	const struct env_entry *env = look_env(l->c, name);

	return env ? env->line : 0;
}

/* kops overwrites both families; a spec that sets them against each other is no less wrong. */
static void look_families(const struct spec_look *l)
{
	static const char *const keys[] = { "env.ENABLE_IPv4", "env.ENABLE_IPv6",
		"env.ENABLE_PREFIX_DELEGATION", "env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", NULL };
	const struct cluster_spec *c = l->c;
	const struct env_entry *v4 = look_env(c, "ENABLE_IPv4");
	const struct env_entry *v6 = look_env(c, "ENABLE_IPv6");
	bool six = v6 && look_env_is(c, "ENABLE_IPv6", "true");

	if (v4 && v6 && str_eq(v4->value, v6->value)) {
		look_say(l, look_level(l, keys), v6->line, "remove both: kops sets them",
			"ENABLE_IPv4 and ENABLE_IPv6 are both %s: aws-node starts with exactly "
			"one of them", v6->value);
	}
	if (six && l->cni.mode.custom_network) {
		look_say(l, look_level(l, keys), v6->line, "remove one of them",
			"ENABLE_IPv6 with custom networking: aws-node refuses to start");
	}
	if (six && look_env_is(c, "ENABLE_PREFIX_DELEGATION", "false")) {
		look_say(l, look_level(l, keys), v6->line, "remove one of them",
			"ENABLE_IPv6 without prefix delegation: aws-node refuses to start");
	}
}

static void look_ipv6_cluster(const struct spec_look *l)
{
	bool env = false;

	for (size_t i = 0; i < l->nkeys; i++) {
		env |= str_starts(l->keys[i], "env.");
	}
	if (l->c->ipv6) {
		look_say(l, env ? FINDING_REFUSE : FINDING_WARN, l->c->ipv6_line,
			"choose another network, or IPv4",
			"kops allows no amazonvpc network in an IPv6 cluster");
	}
}

/* "…:v1.21.2": major * 1000 + minor; -1 when it does not say. */
static int image_version(const char *image)
{
	const char *tag = image ? strrchr(image, ':') : NULL;
	int major = 0, minor = 0;

	if (!tag || strchr(tag, '/')) {
		return -1;
	}
	tag += tag[1] == 'v' ? 2 : 1;
	if (*tag < '0' || *tag > '9') {
		return -1;
	}
	for (; *tag >= '0' && *tag <= '9' && major < 1000; tag++) {
		major = major * 10 + (*tag - '0');
	}
	if (*tag != '.') {
		return -1;
	}
	for (tag++; *tag >= '0' && *tag <= '9' && minor < 1000; tag++) {
		minor = minor * 10 + (*tag - '0');
	}
	return major * 1000 + minor;
}

static void look_prefix(const struct spec_look *l)
{
	static const char *const keys[] = { "env.ENABLE_PREFIX_DELEGATION", NULL };
	const struct cni_settings *c = &l->cni;
	bool targets = c->warm_ip > 0 || c->minimum_ip > 0;
	size_t line = env_line(l, "ENABLE_PREFIX_DELEGATION");
	int version = image_version(l->c->cni_image);

	if (!c->prefix) {
		return;
	}
	if (version >= 0 && version < 1009) {
		look_say(l, look_level(l, keys), line, "use a newer image first",
			"prefixes need CNI 1.9 or newer, and imageName says %d.%d", version / 1000,
			version % 1000);
	}
	if (!c->warm_prefix && !targets) {
		size_t warm = env_line(l, "WARM_PREFIX_TARGET");

		look_say(l, FINDING_WARN, warm ? warm : line, "set WARM_PREFIX_TARGET to 1",
			"no warm prefixes: a prefix is fetched only when none is left, so pods "
			"start slowly");
	}
	if (l->c->max_pods < 0 && look_touched(l, keys[0])) {
		look_say(l, FINDING_INFO, line, "set maxPods too",
			"kops leaves max pods at its formula, which knows no prefixes: by "
			"themselves they make no room");
	}
}

/* Host-network pods need no address.  A file does not tell how many there are: two for sure, and
   rarely more than ten. */
static void look_minimum(const struct spec_look *l)
{
	static const char *const keys[] = { TARGET_KEYS, "maxPods",
		"env.ENABLE_PREFIX_DELEGATION", NULL };
	const struct cni_settings *c = &l->cni;
	size_t line = env_line(l, "MINIMUM_IP_TARGET");
	/* in whole prefixes: 20 behaves as 32 */
	int64_t have = c->prefix ? (c->minimum_ip + 15) / 16 * 16 : c->minimum_ip;
	int64_t pods = l->c->max_pods;

	if (c->minimum_ip > 0 && c->warm_ip <= 0) {
		bool proven = pods > 0 && have < pods - 10;

		look_say(l, proven ? look_level(l, keys) : FINDING_WARN, line,
			"set WARM_IP_TARGET as well",
			"MINIMUM_IP_TARGET %d without WARM_IP_TARGET: a node gets no more than "
			"%" PRId64 " addresses%s", (int)c->minimum_ip, have,
			proven ? ", and pods beyond them hang in ContainerCreating" : "");
	}
	if (c->warm_ip > 0 && c->minimum_ip <= 0) {
		look_say(l, FINDING_WARN, env_line(l, "WARM_IP_TARGET"),
			"set MINIMUM_IP_TARGET as well",
			"WARM_IP_TARGET without MINIMUM_IP_TARGET: many EC2 calls when pods come "
			"and go");
	}
}

static void look_ignored(const struct spec_look *l)
{
	static const char *const names[] = { "WARM_ENI_TARGET", "WARM_PREFIX_TARGET" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct env_entry *env = look_env(l->c, names[i]);
		char effect[96];

		if (!env) {
			continue;
		}
		spec_env_effect(l->c, (size_t)(env - l->c->env), effect, sizeof effect);
		if (!str_eq(effect, "effective")) {
			look_say(l, FINDING_INFO, env->line, NULL, "%s is %s", names[i], effect);
		}
	}
}

static void look_interfaces(const struct spec_look *l)
{
	const struct cni_settings *c = &l->cni;
	const struct env_entry *max = look_env(l->c, "MAX_ENI");
	const char *pods = l->c->max_pods < 0 ? "kops' own max pods do not know of it" :
		"max pods must be reckoned with it";

	if (c->mode.custom_network) {
		look_say(l, FINDING_WARN, env_line(l, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
			"have an ENIConfig for each zone first",
			"custom networking: a node without an ENIConfig never gets Ready, the "
			"primary ENI gives no pod addresses, and %s", pods);
	}
	if (max && c->mode.max_eni > 0) {
		look_say(l, FINDING_WARN, max->line, "set maxPods to what so many ENIs give",
			"MAX_ENI %d: a node has fewer addresses, and %s", (int)c->mode.max_eni,
			pods);
	} else if (max) {
		look_say(l, FINDING_INFO, max->line, NULL, "MAX_ENI below 1 is ignored");
	}
	if (!c->prefix && look_env_is(l->c, "WARM_ENI_TARGET", "0") && c->warm_ip <= 0 &&
		c->minimum_ip <= 0) {
		look_say(l, FINDING_WARN, env_line(l, "WARM_ENI_TARGET"), NULL,
			"WARM_ENI_TARGET 0 without an IP target: no address is kept ready, so "
			"pods wait for EC2");
	}
}

static void look_others(const struct spec_look *l)
{
	static const char *const stuck[] = { "DISABLE_NETWORK_RESOURCE_PROVISIONING",
		"ENABLE_IMDS_ONLY_MODE" };

	for (size_t i = 0; i < sizeof stuck / sizeof *stuck; i++) {
		if (look_env_is(l->c, stuck[i], "true")) {
			look_say(l, FINDING_WARN, env_line(l, stuck[i]), NULL,
				"%s: aws-node attaches nothing by itself, so a node keeps the "
				"addresses that it started with", stuck[i]);
		}
	}
	if (look_env_is(l->before, "ENABLE_POD_ENI", "true") &&
		!look_env_is(l->c, "ENABLE_POD_ENI", "true")) {
		look_say(l, FINDING_INFO, env_line(l, "ENABLE_POD_ENI"), NULL,
			"ENABLE_POD_ENI off: the trunk ENI stays attached until the instance is "
			"replaced");
	}
	if (look_env_is(l->before, "ENABLE_PREFIX_DELEGATION", "true") && !l->cni.prefix) {
		look_say(l, FINDING_WARN, env_line(l, "ENABLE_PREFIX_DELEGATION"),
			"lower maxPods to what single addresses give",
			"prefix delegation off: prefixes with pods stay attached, new nodes reach "
			"far fewer pods");
	}
	if (look_env_is(l->c, "ENABLE_BANDWIDTH_PLUGIN", "true") &&
		look_env_is(l->c, "NETWORK_POLICY_ENFORCING_MODE", "strict")) {
		look_say(l, FINDING_WARN, env_line(l, "ENABLE_BANDWIDTH_PLUGIN"), NULL,
			"ENABLE_BANDWIDTH_PLUGIN does not work with the CNI's network policies");
	}
}

void look_env_together(const struct spec_look *l)
{
	if (!l->cni.amazonvpc) {
		return;
	}
	look_ipv6_cluster(l);
	look_families(l);
	look_prefix(l);
	look_minimum(l);
	look_ignored(l);
	look_interfaces(l);
	look_others(l);
}
