/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a roll on the command line. */
#include "tui/command/roll-args.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define DURATION_MAX_S (7 * 24 * 3600)

static const struct {
	char unit;
	int64_t ms;
} duration_units[] = { { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 } };

bool roll_args_duration(const char *text, int64_t *ms)
{
	int64_t sum = 0, n;
	const char *p = text;
	if (str_to_i64(text, 0, DURATION_MAX_S, &n)) {
		*ms = n * 1000;
		return true;
	}
	while (*p) {
		int64_t unit = 0;
		size_t digits = strspn(p, "0123456789");
		char number[12];
		if (digits == 0 || digits >= sizeof(number)) {
			return false;
		}
		memcpy(number, p, digits);
		number[digits] = '\0';
		p += digits;
		for (size_t i = 0; i < sizeof(duration_units) / sizeof(duration_units[0]); i++) {
			unit = *p == duration_units[i].unit ? duration_units[i].ms : unit;
		}
		if (!unit || !str_to_i64(number, 0, DURATION_MAX_S, &n)) {
			return false;
		}
		p++;
		sum += n * unit;
	}
	*ms = sum;
	return p > text && sum <= (int64_t)DURATION_MAX_S * 1000;
}

static const struct {
	const char *name;
	enum role role;
} role_words[] = {
	{ "apiserver", ROLE_APISERVER }, { "bastion", ROLE_BASTION },
	{ "control-plane", ROLE_CONTROL_PLANE }, { "controlplane", ROLE_CONTROL_PLANE },
	{ "master", ROLE_CONTROL_PLANE }, { "node", ROLE_NODE },
};

/* As kops takes them: any case, a plural s. */
static bool roll_args_role(const char *text, enum role *out)
{
	size_t n = strlen(text);
	bool plural = n > 1 && tolower((unsigned char)text[n - 1]) == 's';
	char *word = xstrndup(text, plural ? n - 1 : n);
	bool found = false;
	for (size_t i = 0; i < sizeof(role_words) / sizeof(role_words[0]); i++) {
		if (str_ieq(role_words[i].name, word)) {
			*out = role_words[i].role;
			found = true;
		}
	}
	free(word);
	return found;
}

static void roll_args_groups(const char *text, struct roll_options *out)
{
	struct strlist l = { .v = NULL };
	strlist_split(&l, text, ',');
	const char **names = xcalloc(l.n + 1, sizeof(*names));
	for (size_t i = 0; i < l.n; i++) {
		names[i] = xstrdup(l.v[i]);
	}
	out->groups = (const char *const *)names;
	strlist_release(&l);
}

static bool roll_args_numbers(const struct options *o, struct roll_options *out, struct err *e)
{
	const struct {
		const char *name, *text;
		int32_t *to;
	} numbers[] = {
		{ "--max-surge", o->max_surge, &out->max_surge },
		{ "--max-unavailable", o->max_unavailable, &out->max_unavailable },
		{ "--validate-count", o->validate_count, &out->validate_count },
	};
	const struct {
		const char *name, *text;
		int64_t *to;
	} times[] = {
		{ "--bastion-interval", o->bastion_interval, &out->bastion_interval_ms },
		{ "--control-plane-interval", o->cp_interval, &out->cp_interval_ms },
		{ "--drain-timeout", o->drain_timeout, &out->drain_timeout_ms },
		{ "--join-timeout", o->join_timeout, &out->join_timeout_ms },
		{ "--node-interval", o->node_interval, &out->node_interval_ms },
		{ "--post-drain-delay", o->post_drain_delay, &out->post_drain_ms },
		{ "--validation-timeout", o->validation_timeout, &out->validate_timeout_ms },
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int64_t n;
		if (!numbers[i].text) {
			continue;
		}
		if (!str_to_i64(numbers[i].text, 0, 1000, &n)) {
			return err_set(e, ERR_USAGE, "%s %s: a whole number from 0 to 1000",
				numbers[i].name, numbers[i].text);
		}
		*numbers[i].to = (int32_t)n;
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (times[i].text && !roll_args_duration(times[i].text, times[i].to)) {
			return err_set(e, ERR_USAGE, "%s %s: a time such as 30s, 15m or 1h",
				times[i].name, times[i].text);
		}
	}
	return true;
}

bool roll_args_read(const struct options *o, struct roll_options *out, struct err *e)
{
	roll_options_default(out);
	out->force = o->force;
	out->canary = o->canary;
	out->anyway = o->anyway;
	out->cloud_only = o->cloud_only;
	if (o->role && !roll_args_role(o->role, &out->role)) {
		return err_set(e, ERR_USAGE,
			"--role %s: one of control-plane, apiserver, node, bastion", o->role);
	}
	if (!roll_args_numbers(o, out, e)) {
		return false;
	}
	if (out->max_surge == 0 && out->max_unavailable == 0) {
		return err_set(e, ERR_USAGE,
			"--max-surge 0 and --max-unavailable 0 leave no way to replace anything");
	}
	if (o->group) {
		roll_args_groups(o->group, out);
	}
	return true;
}

/* Asked for twice, and of kops, or not at all. */
static bool roll_args_cloud_only(const struct options *o, enum run_engine engine, struct err *e)
{
	if (o->undrained && !o->cloud_only) {
		return err_set(e, ERR_USAGE, "--without-drain goes with --cloudonly");
	}
	if (o->cloud_only && !o->undrained) {
		err_set(e, ERR_USAGE, "--cloudonly drains no node and validates nothing: pods die "
			"with their nodes, and a group whose new nodes do not join is lost whole");
		err_hint(e, "if that is meant: --cloudonly --without-drain --engine kops");
		return false;
	}
	if (o->cloud_only && engine != RUN_KOPS) {
		err_set(e, ERR_USAGE, "the native engine never rolls by the cloud alone: it would "
			"not see whether a new node works");
		err_hint(e, "--cloudonly --without-drain --engine kops");
		return false;
	}
	return true;
}

bool roll_args_engine(const struct options *o, enum run_engine *out, struct err *e)
{
	*out = str_eq(o->engine, "kops") ? RUN_KOPS : RUN_NATIVE;
	if (o->engine && !str_eq(o->engine, "kops") && !str_eq(o->engine, "native")) {
		return err_set(e, ERR_USAGE, "--engine %s: native or kops", o->engine);
	}
	if (*out == RUN_KOPS && (o->max_surge || o->max_unavailable || o->canary)) {
		return err_set(e, ERR_USAGE,
			"kops takes surge from the spec and knows no canary: use --engine native");
	}
	return roll_args_cloud_only(o, *out, e);
}
