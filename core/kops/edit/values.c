/* SPDX-License-Identifier: Apache-2.0 */
/* Which values a setting takes: what kops or AWS would refuse, or what no line of YAML can hold. */
#include "core/kops/edit/rules.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

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

bool edit_check_env(const char *key, const char *name, const char *value, struct err *e)
{
	return env_check_name(name, e) && (!value || env_check_value(name, value, e));
}

/* ---- names of Kubernetes ---- */

/* Letters, digits and -_. between; a letter or digit at both ends. */
static bool word_ok(const char *s, size_t n, size_t most)
{
	bool ok = n > 0 && n <= most && isalnum((unsigned char)s[0]) &&
		isalnum((unsigned char)s[n - 1]);

	for (size_t i = 0; ok && i < n; i++) {
		ok = isalnum((unsigned char)s[i]) || strchr("-_.", s[i]);
	}
	return ok;
}

/* "name" or "domain/name". */
static bool label_key_ok(const char *key, size_t n)
{
	const char *slash = memchr(key, '/', n);

	if (!slash) {
		return word_ok(key, n, 63);
	}
	size_t domain = (size_t)(slash - key);
	return word_ok(key, domain, 253) && !memchr(key, '_', domain) &&
		word_ok(slash + 1, n - domain - 1, 63);
}

static bool label_value_ok(const char *value, size_t n)
{
	return !n || word_ok(value, n, 63);
}

bool edit_check_node_label(const char *key, const char *name, const char *value, struct err *e)
{
	if (!label_key_ok(name, strlen(name))) {
		err_set(e, ERR_REFUSED, "\"%.80s\" is no name for a label", name);
		return err_hint(e, "up to 63 letters, digits, - _ . with at most one domain and / "
			"before them"), false;
	}
	return !value || label_value_ok(value, strlen(value)) ||
	       err_set(e, ERR_REFUSED,
		       "%.80s: \"%.80s\" is no value for a label: up to 63 letters, "
		       "digits, - _ .",
		       name, value);
}

bool edit_check_cloud_label(const char *key, const char *name, const char *value, struct err *e)
{
	/* the first five as kops refuses them, the last as AWS does */
	static const char *const taken[] = { "Name", "KubernetesCluster", "kubernetes.io/cluster/",
		"k8s.io/role/", "kops.k8s.io/", "aws:" };

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		bool prefix = i > 1;

		if (value && (prefix ? str_starts(name, taken[i]) : str_eq(name, taken[i])) &&
			!str_eq(name, "kops.k8s.io/instancegroup")) {
			return err_set(e, ERR_REFUSED, "the tag %.80s is reserved%s", name,
				i == 5 ? " by AWS" : " by kops");
		}
	}
	if (!*name || strlen(name) > 128 || (value && strlen(value) > 256)) {
		return err_set(e, ERR_REFUSED, "%.80s: a tag's name has 1 to 128 characters, its "
			"value up to 256", key);
	}
	return true;
}

/* ---- lists ---- */

static bool taint_ok(const char *t)
{
	static const char *const effects[] = { "NoSchedule", "PreferNoSchedule", "NoExecute" };
	const char *colon = strchr(t, ':');
	bool known = false;

	for (size_t i = 0; colon && i < sizeof(effects) / sizeof(*effects); i++) {
		known |= str_eq(colon + 1, effects[i]);
	}
	if (!known) {
		return false;
	}
	size_t n = (size_t)(colon - t);
	const char *eq = memchr(t, '=', n);
	size_t key = eq ? (size_t)(eq - t) : n;
	return label_key_ok(t, key) && (!eq || label_value_ok(eq + 1, n - key - 1));
}

/* Up to the effect: what may stand once per effect. */
static bool taint_same(const char *a, const char *b)
{
	size_t n = strcspn(a, "=:");

	return strcspn(b, "=:") == n && memcmp(a, b, n) == 0 &&
		str_eq(strchr(a, ':'), strchr(b, ':'));
}

bool edit_check_taints(const char *key, const char *name, const char *value, struct err *e)
{
	struct strlist all = { .n = 0 };
	bool ok = true;

	strlist_split(&all, value ? value : "", ',');
	for (size_t i = 0; ok && value && i < all.n; i++) {
		if (!taint_ok(all.v[i])) {
			ok = err_set(e, ERR_REFUSED, "\"%.120s\" is no taint", all.v[i]);
			err_hint(e, "key=value:Effect or key:Effect, with NoSchedule, "
				"PreferNoSchedule or NoExecute");
		}
		for (size_t k = 0; ok && k < i; k++) {
			if (taint_same(all.v[k], all.v[i])) {
				ok = err_set(e, ERR_REFUSED,
					"taints: %.80s and %.80s have the same key "
					"and effect",
					all.v[k], all.v[i]);
			}
		}
	}
	strlist_release(&all);
	return ok;
}

bool edit_check_subnets(const char *key, const char *name, const char *value, struct err *e)
{
	struct strlist all = { .n = 0 };
	bool ok = true;

	strlist_split(&all, value ? value : "", ',');
	for (size_t i = 0; ok && value && i < all.n; i++) {
		for (size_t k = 0; ok && k < i; k++) {
			if (str_eq(all.v[k], all.v[i])) {
				ok = err_set(
					e, ERR_REFUSED, "subnets: %.80s stands twice", all.v[i]);
			}
		}
	}
	strlist_release(&all);
	return ok;
}

/* ---- what AWS knows ---- */

bool edit_check_types(const char *key, const char *name, const char *value, struct err *e)
{
	struct strlist all = { .n = 0 };
	bool ok = true;

	strlist_split(&all, value ? value : "", ','); /* a list is Karpenter's */
	for (size_t i = 0; ok && value && i < all.n; i++) {
		const char *t = all.v[i];

		ok = word_ok(t, strlen(t), 63);
		if (!ok) {
			err_set(e, ERR_REFUSED, "\"%.80s\" is no instance type", t);
			err_hint(e, "like t3.medium");
		}
	}
	strlist_release(&all);
	return ok;
}

bool edit_check_image(const char *key, const char *name, const char *value, struct err *e)
{
	const char *slash = value ? strchr(value, '/') : NULL;

	if (value && (strchr(value, ' ') || strstr(value, "://") || str_eq(value, "ssm:") ||
		(slash && (slash == value || !slash[1])))) {
		err_set(e, ERR_REFUSED, "\"%.120s\" is no image", value);
		return err_hint(e, "ami-0123456789abcdef0, owner/name or ssm:/parameter"), false;
	}
	return true;
}

bool edit_check_volume_type(const char *key, const char *name, const char *value, struct err *e)
{
	/* no machine starts from these; what other clouds call theirs, a group's file does not tell
	 */
	static const char *const none[] = { "sc1", "st1" };

	for (size_t i = 0; value && i < sizeof(none) / sizeof(*none); i++) {
		if (str_eq(value, none[i])) {
			err_set(e, ERR_REFUSED, "%s: kops takes no %s for a root volume", key,
				value);
			return err_hint(e, "gp3, gp2, io2, io1 or standard"), false;
		}
	}
	return !value || word_ok(value, strlen(value), 63) ||
		err_set(e, ERR_REFUSED, "\"%.40s\" is no type of a volume", value);
}

bool edit_check_version(const char *key, const char *name, const char *value, struct err *e)
{
	const char *p = value ? value : "1.0.0";

	if (!value) {
		return err_set(e, ERR_REFUSED, "kops needs a kubernetesVersion");
	}
	p += *p == 'v';
	for (int i = 0; i < 3; i++) {
		size_t n = strspn(p, "0123456789");

		if (!n || n > 4 || (i < 2 && p[n] != '.')) {
			err_set(e, ERR_REFUSED, "\"%.40s\" is no version of Kubernetes", value);
			return err_hint(e, "like 1.34.2"), false;
		}
		p += n + (i < 2);
	}
	for (; *p; p++) { /* -rc.1, +build */
		if (!isalnum((unsigned char)*p) && !strchr("-+.", *p)) {
			return err_set(
				e, ERR_REFUSED, "\"%.40s\" is no version of Kubernetes", value);
		}
	}
	return true;
}

/* ---- forms ---- */

static bool count_ok(const char *value)
{
	char *digits = xstrndup(value, strlen(value) - str_ends(value, "%"));
	int64_t n;
	bool ok = str_to_i64(digits, 0, str_ends(value, "%") ? 100 : INT32_MAX, &n);

	free(digits);
	return ok;
}

static bool check_list(const char *key, const char *value, struct err *e)
{
	struct strlist all = { .n = 0 };
	bool ok = true;

	strlist_split(&all, value, ',');
	for (size_t i = 0; i < all.n; i++) {
		ok = ok && *all.v[i] && all.v[i][0] != ' ' && !str_ends(all.v[i], " ");
	}
	strlist_release(&all);
	if (!ok || !*value) {
		err_set(e, ERR_REFUSED, "%s: an entry of \"%.80s\" is empty", key, value);
		err_hint(e, "entries joined by commas, without blanks; to have none, remove the "
			"setting");
		return false;
	}
	return true;
}

static bool check_text(const char *key, const char *value, struct err *e)
{
	for (const char *p = value; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f) {
			return err_set(e, ERR_REFUSED, "%.80s: a line end or another control "
				"character cannot stand in a value", key);
		}
	}
	return true;
}

static bool check_form(const struct edit_row *row, const char *key, const char *value,
	struct err *e)
{
	int64_t n;

	switch (row->s.form) {
	case EDIT_INT:
		return str_to_i64(value, row->least, row->most, &n) || err_set(e, ERR_REFUSED,
			"%s must be a whole number from %" PRId64 " to %" PRId64 ", not \"%.40s\"",
			key, row->least, row->most, value);
	case EDIT_BOOL:
		return str_eq(value, "true") || str_eq(value, "false") ||
		       err_set(e, ERR_REFUSED, "%s must be true or false, not \"%.40s\"", key,
			       value);
	case EDIT_COUNT:
		return (*value && count_ok(value)) || err_set(e, ERR_REFUSED, "%s must be a whole "
			"number, or a percentage up to 100%%, not \"%.40s\"", key, value);
	case EDIT_LIST:
		return check_text(key, value, e) && check_list(key, value, e);
	case EDIT_TEXT:
		return check_text(key, value, e);
	case EDIT_ENTRY:
		break;
	}
	return true;
}

bool edit_check_value(const struct edit_row *row, const char *key, const char *name,
	const char *value, struct err *e)
{
	return (!value || check_form(row, key, value, e)) &&
		(!row->check || row->check(key, name, value, e));
}
