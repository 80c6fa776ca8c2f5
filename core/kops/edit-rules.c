/* SPDX-License-Identifier: Apache-2.0 */
/* What may be set in which document, and to what. */
#include "core/kops/edit-rules.h"

#include <ctype.h>
#include <string.h>

#include "core/base/strs.h"

enum env_type { ENV_BOOL, ENV_COUNT };

/*
 * Variables of aws-node whose values have a form; others are only checked for
 * what YAML and kops' template can carry.
 */
static const struct {
	const char *name;
	enum env_type type;
} env_types[] = {
	{ "AWS_MANAGE_ENIS_NON_SCHEDULABLE", ENV_BOOL },
	{ "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", ENV_BOOL },
	{ "AWS_VPC_K8S_CNI_EXTERNALSNAT", ENV_BOOL },
	{ "ENABLE_IPv4", ENV_BOOL },
	{ "ENABLE_IPv6", ENV_BOOL },
	{ "ENABLE_POD_ENI", ENV_BOOL },
	{ "ENABLE_PREFIX_DELEGATION", ENV_BOOL },
	{ "ENABLE_SUBNET_DISCOVERY", ENV_BOOL },
	{ "MAX_ENI", ENV_COUNT },
	{ "MINIMUM_IP_TARGET", ENV_COUNT },
	{ "WARM_ENI_TARGET", ENV_COUNT },
	{ "WARM_IP_TARGET", ENV_COUNT },
	{ "WARM_PREFIX_TARGET", ENV_COUNT },
};

static bool env_check_name(const char *name, struct err *e)
{
	bool ok = isalpha((unsigned char)name[0]) || name[0] == '_';

	for (const char *p = name; *p; p++) {
		ok = ok && (isalnum((unsigned char)*p) || *p == '_');
	}
	return ok || err_set(e, ERR_USAGE, "\"%.60s\" is no name for a variable", name);
}

static bool env_check_value(const char *name, const char *value, struct err *e)
{
	int64_t n;

	for (const char *p = value; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '"' || *p == '\\') {
			return err_set(e, ERR_REFUSED, "%s: kops puts values between double "
				"quotes as they are, so they can hold no quotes, backslashes or "
				"line ends", name);
		}
	}
	for (size_t i = 0; i < sizeof(env_types) / sizeof(*env_types); i++) {
		if (!str_eq(name, env_types[i].name)) {
			continue;
		}
		switch (env_types[i].type) {
		case ENV_BOOL:
			return str_eq(value, "true") || str_eq(value, "false") ||
				err_set(e, ERR_REFUSED, "%s must be \"true\" or \"false\"", name);
		case ENV_COUNT:
			return str_to_i64(value, 0, 65535, &n) ||
				err_set(e, ERR_REFUSED, "%s must be a number from 0 to 65535",
					name);
		}
	}
	return true;
}

static bool pods_check_value(const char *key, const char *value, struct err *e)
{
	int64_t n;

	/* kops itself takes 0 and -5, with which a node takes no pod at all (facts: kops 0.9) */
	return str_to_i64(value, 1, INT32_MAX, &n) ||
		err_set(e, ERR_REFUSED, "%s must be a whole number from 1 to %d, not \"%.40s\"",
			key, INT32_MAX, value);
}

/* Splits the dotted path of a place, which outlives the target, into keys. */
static void target_path(struct edit_target *t, const struct document *d, enum document_place place,
	const char *last)
{
	static const char *const keys[] = {
		"spec", "kubelet", "masterKubelet", "controlPlaneKubelet", "networking",
		"amazonvpc", "amazonVPC",
	};
	const char *path = document_path(d, place);
	const char *part;
	size_t len;

	t->npath = 0;
	while (str_path_part(&path, &part, &len)) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
			if (strlen(keys[i]) == len && memcmp(keys[i], part, len) == 0) {
				t->path[t->npath++] = keys[i];
			}
		}
	}
	t->path[t->npath++] = last;
}

/* The env has a meaning only with Amazon's CNI. */
static bool target_check_network(const struct document *d, const char *cni, struct err *e)
{
	const struct yaml_node *net = yaml_at(d->root, "spec.networking");

	if (net && net->kind == YAML_MAP && yaml_get(net, cni)) {
		return true;
	}
	if (scalar_type(net) != SCALAR_NULL && net->kind != YAML_MAP) {
		return err_set(e, ERR_REFUSED, "line %zu: spec.networking must be a mapping, "
			"like {%s: {}}", net->line, cni);
	}
	for (size_t i = 0; net && net->kind == YAML_MAP && i < net->count; i++) {
		const struct yaml_node *k = net->pairs[i].key;

		if (str_ieq(k->text, cni)) {
			return err_set(e, ERR_REFUSED,
				"line %zu: kops reads \"%s\" here and drops \"%s\"", k->line, cni,
				k->text);
		}
	}
	if (net && net->kind == YAML_MAP && net->count) {
		return err_set(e, ERR_REFUSED, "line %zu: the network is %.40s, and these settings "
			"are those of Amazon's VPC CNI (%s)", net->pairs[0].key->line,
			net->pairs[0].key->text ? net->pairs[0].key->text : "?", cni);
	}
	return err_set(e, ERR_REFUSED,
		"line %zu: the spec does not choose amazonvpc as its network",
		net ? net->line : d->root->line);
}

bool edit_target(const struct document *d, const struct edit_op *op, struct edit_target *out,
	struct err *e)
{
	bool cluster = d->kind == DOCUMENT_CLUSTER;

	*out = (struct edit_target){ .npath = 0 };
	if (str_eq(op->key, "maxPods")) {
		target_path(out, d, PLACE_KUBELET, "maxPods");
		return !op->value || pods_check_value(op->key, op->value, e);
	}
	if (!str_eq(op->key, "controlPlane.maxPods") && !str_starts(op->key, "env.")) {
		return err_set(e, ERR_USAGE, "there is no setting \"%.60s\": know maxPods, "
			"controlPlane.maxPods and env.NAME", op->key);
	}
	if (!cluster) {
		return err_set(e, ERR_REFUSED, "line %zu: %.60s belongs into the cluster's spec, "
			"and this is an instance group's", yaml_get(d->root, "kind")->line,
			op->key);
	}
	if (str_eq(op->key, "controlPlane.maxPods")) {
		target_path(out, d, PLACE_CP_KUBELET, "maxPods");
		return !op->value || pods_check_value(op->key, op->value, e);
	}
	target_path(out, d, PLACE_CNI, "env");
	out->item = op->key + strlen("env.");
	return env_check_name(out->item, e) &&
		target_check_network(d, out->path[2], e) &&
		(!op->value || env_check_value(out->item, op->value, e));
}

const char *edit_rival_key(int alpha, const char *key)
{
	static const char *const names[][2] = {
		{ "masterKubelet", "controlPlaneKubelet" },
	};
	int have = alpha == 3;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (str_eq(key, names[i][have])) {
			return names[i][!have];
		}
	}
	return NULL;
}
