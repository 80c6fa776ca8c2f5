/* SPDX-License-Identifier: Apache-2.0 */
/* Each entry of the CNI's env by itself: its name, its value, what becomes of it. */
#include "core/rules/spec/check-parts.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"

enum env_form { FORM_ANY, FORM_BOOL, FORM_COUNT, FORM_MTU, FORM_WORD };

/* Facts: vpc-cni 1.1, 1.3; kops 3. */
static const struct env_kind {
	const char *name;
	enum env_form form;
	const char *words;  /* FORM_WORD: allowed, between spaces */
	const char *useless;/* why it does nothing in a kops spec; NULL */
} env_kinds[] = {
	{ "ADDITIONAL_ENI_TAGS", FORM_ANY, NULL, "kops overwrites it" },
	{ "AWS_MANAGE_ENIS_NON_SCHEDULABLE", FORM_BOOL, NULL, NULL },
	{ "AWS_VPC_CNI_NODE_PORT_SUPPORT", FORM_BOOL, NULL, NULL },
	{ "AWS_VPC_ENI_MTU", FORM_MTU, NULL, NULL },
	{ "AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", FORM_ANY, NULL,
		"the CNI ignores it since 1.12.1" },
	{ "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", FORM_BOOL, NULL, NULL },
	{ "AWS_VPC_K8S_CNI_EXTERNALSNAT", FORM_BOOL, NULL, NULL },
	{ "AWS_VPC_K8S_CNI_RANDOMIZESNAT", FORM_WORD, " prng hashrandom none ", NULL },
	{ "DISABLE_INTROSPECTION", FORM_BOOL, NULL, NULL },
	{ "DISABLE_METRICS", FORM_BOOL, NULL, NULL },
	{ "DISABLE_NETWORK_RESOURCE_PROVISIONING", FORM_BOOL, NULL, NULL },
	{ "DISABLE_TCP_EARLY_DEMUX", FORM_BOOL, NULL,
		"the init container reads it, and kops gives the env to aws-node alone" },
	{ "ENABLE_BANDWIDTH_PLUGIN", FORM_BOOL, NULL, NULL },
	{ "ENABLE_IMDS_ONLY_MODE", FORM_BOOL, NULL, NULL },
	{ "ENABLE_IPv4", FORM_BOOL, NULL, "kops overwrites it" },
	{ "ENABLE_IPv6", FORM_BOOL, NULL, "kops overwrites it" },
	{ "ENABLE_MULTI_NIC", FORM_BOOL, NULL, NULL },
	{ "ENABLE_NFTABLES", FORM_ANY, NULL, "the CNI ignores it since 1.13.2" },
	{ "ENABLE_POD_ENI", FORM_BOOL, NULL, NULL },
	{ "ENABLE_PREFIX_DELEGATION", FORM_BOOL, NULL, NULL },
	{ "ENABLE_SUBNET_DISCOVERY", FORM_BOOL, NULL, NULL },
	{ "ENI_CONFIG_ANNOTATION_DEF", FORM_ANY, NULL, NULL },
	{ "ENI_CONFIG_LABEL_DEF", FORM_ANY, NULL, NULL },
	{ "IP_COOLDOWN_PERIOD", FORM_COUNT, NULL, NULL },
	{ "MAX_ENI", FORM_COUNT, NULL, NULL },
	{ "MINIMUM_IP_TARGET", FORM_COUNT, NULL, NULL },
	{ "NETWORK_POLICY_ENFORCING_MODE", FORM_WORD, " standard strict none ", NULL },
	{ "POD_MTU", FORM_MTU, NULL, NULL },
	{ "POD_SECURITY_GROUP_ENFORCING_MODE", FORM_WORD, " standard strict ", NULL },
	{ "WARM_ENI_TARGET", FORM_COUNT, NULL, NULL },
	{ "WARM_IP_TARGET", FORM_COUNT, NULL, NULL },
	{ "WARM_PREFIX_TARGET", FORM_COUNT, NULL, NULL },
};

static const struct env_kind *env_kind_find(const char *name, bool (*same)(const char *,
	const char *))
{
	for (size_t i = 0; i < sizeof env_kinds / sizeof *env_kinds; i++) {
		if (same(env_kinds[i].name, name)) {
			return &env_kinds[i];
		}
	}
	return NULL;
}

/* What the value must be; NULL: it is fine. */
static const char *env_wrong(const struct env_kind *k, const char *value, char *buf, size_t size)
{
	int64_t n;

	switch (k->form) {
	case FORM_BOOL:
		return str_eq(value, "true") || str_eq(value, "false") ? NULL :
			"\"true\" or \"false\"";
	case FORM_COUNT:
		return str_to_i64(value, 0, 65535, &n) ? NULL : "a number from 0 to 65535";
	case FORM_MTU:
		return str_to_i64(value, 576, 9001, &n) ? NULL : "a number from 576 to 9001";
	case FORM_WORD:
		snprintf(buf, size, " %s ", value);
		if (!strchr(value, ' ') && *value && strstr(k->words, buf)) {
			return NULL;
		}
		snprintf(buf, size, "one of%.*s", (int)strlen(k->words) - 1, k->words);
		return buf;
	default:
		return NULL;
	}
}

static bool env_has_quotes(const char *value)
{
	for (const char *p = value; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == '"' || *p == '\\') {
			return true;
		}
	}
	return false;
}

static void env_look_name(const struct spec_look *l, const struct env_entry *env)
{
	char key[128];
	const char *const keys[] = { key, NULL };
	const struct env_kind *k = env_kind_find(env->name, str_ieq);

	snprintf(key, sizeof key, "env.%s", env->name);
	if (!*env->name) {
		look_say(l, FINDING_WARN, env->line, "give it a name, or remove it",
			"an env entry without a name");
	} else if (k) {
		char todo[128];

		snprintf(todo, sizeof todo, "write %s", k->name);
		look_say(l, look_level(l, keys), env->line, todo,
			"%s means nothing to the CNI: names are case-sensitive", env->name);
	}
}

static void env_look_value(const struct spec_look *l, const struct env_entry *env,
	const struct env_kind *k)
{
	char key[128], buf[96];
	const char *const keys[] = { key, NULL };

	snprintf(key, sizeof key, "env.%s", env->name);
	if (env_has_quotes(env->value)) {
		look_say(l, look_level(l, keys), env->line, NULL,
			"%s: kops puts values between double quotes as they are, so they can hold "
			"no quotes, backslashes or line ends", env->name);
	}
	if (!k) {
		return;
	}
	const char *right = env_wrong(k, env->value, buf, sizeof buf);
	if (right && !k->useless) {
		look_say(l, look_level(l, keys), env->line, NULL, "%s must be %s, not \"%.40s\"",
			env->name, right, env->value);
	}
	if (k->useless) {
		look_say(l, FINDING_WARN, env->line, "remove it", "%s has no effect: %s",
			env->name, k->useless);
	}
}

void look_env_entries(const struct spec_look *l)
{
	for (size_t i = 0; i < l->c->nenv; i++) {
		const struct env_entry *env = &l->c->env[i];
		const struct env_entry *last = look_env(l->c, env->name);
		const struct env_kind *k = env_kind_find(env->name, str_eq);

		if (last != env && *env->name) {
			look_say(l, FINDING_WARN, env->line, "remove it",
				"%s stands again in line %zu, and the last one counts", env->name,
				last->line);
			continue;
		}
		if (!k) {
			env_look_name(l, env);
		}
		env_look_value(l, env, k);
	}
}

/* ---- what becomes of an entry ---- */

/* Why the CNI, as this spec sets it, does not look at a setting; NULL. */
static const char *env_ignored(const struct cni_settings *c, const char *name)
{
	bool targets = c->warm_ip > 0 || c->minimum_ip > 0;

	if (str_eq(name, "WARM_PREFIX_TARGET")) {
		return !c->prefix ? "prefix delegation is off" :
			targets ? "an IP target is set" : NULL;
	}
	if (str_eq(name, "WARM_ENI_TARGET")) {
		return c->prefix ? "prefix delegation is on" :
			targets ? "an IP target is set" : NULL;
	}
	return NULL;
}

void spec_env_effect(const struct cluster_spec *c, size_t entry, char *out, size_t size)
{
	const struct env_entry *env = &c->env[entry];
	const struct env_entry *last = look_env(c, env->name);
	const struct env_kind *k = env_kind_find(env->name, str_eq);
	struct cni_settings cni;

	cni_from_spec(c, &cni);
	const char *ignored = env_ignored(&cni, env->name);
	const struct env_kind *other = k ? NULL : env_kind_find(env->name, str_ieq);
	if (env->unreadable) {
		snprintf(out, size, "unreadable: no string, so kops cannot read the whole spec; "
			"what was applied last holds");
	} else if (c->problem) {
		snprintf(out, size, "none yet: kops cannot read the spec (see problems); what was "
			"applied last holds");
	} else if (last != env) {
		snprintf(out, size, "overridden by line %zu", last->line);
	} else if (k && k->useless && str_starts(k->useless, "kops overwrites")) {
		snprintf(out, size, "forced by kops");
	} else if (k && k->useless) {
		snprintf(out, size, "ignored: %s", k->useless);
	} else if (other) {
		snprintf(out, size, "ignored: names are case-sensitive, it is %s", other->name);
	} else if (ignored) {
		snprintf(out, size, "ignored: %s", ignored);
	} else {
		snprintf(out, size, "effective");
	}
}
