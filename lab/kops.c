/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the kops stand-in: command line, output, end. */
#include "lab/kops.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"

struct kops_value {
	const struct kops_flag *flag;
	char *value;
};

struct kops_run {
	struct world *w;
	struct lab_stream *stream; /* NULL: the client is gone */
	const struct kops_command *command;
	struct strlist args;
	struct kops_value *values;
	size_t n_values, cap_values;
	char *env_cluster;
	void (*gone)(void *ctx);
	void *gone_ctx;
};

static const struct kops_flag output_flags[] = {
	{ .name = "output", .letter = 'o', .has_value = true },
	{ .name = "full" },
	{ .name = NULL },
};
static const struct kops_flag edit_flags[] = {
	{ .name = "set", .has_value = true },
	{ .name = "unset", .has_value = true },
	{ .name = NULL },
};
static const struct kops_flag update_flags[] = {
	{ .name = "yes", .letter = 'y' },
	{ .name = "create-kube-config" },
	{ .name = "admin" },
	{ .name = "prune" },
	{ .name = "allow-kops-downgrade" },
	{ .name = "ignore-kubelet-version-skew" },
	{ .name = "instance-group", .has_value = true, .alias = "instance-groups" },
	{ .name = NULL },
};
static const struct kops_flag roll_flags[] = {
	{ .name = "yes", .letter = 'y' },
	{ .name = "force" },
	{ .name = "cloudonly" },
	{ .name = "instance-group", .has_value = true, .alias = "instance-groups" },
	{ .name = "instance-group-roles", .has_value = true, .alias = "instance-group-role" },
	{ .name = "control-plane-interval", .has_value = true, .alias = "master-interval" },
	{ .name = "node-interval", .has_value = true },
	{ .name = "bastion-interval", .has_value = true },
	{ .name = "post-drain-delay", .has_value = true },
	{ .name = "drain-timeout", .has_value = true },
	{ .name = "validation-timeout", .has_value = true },
	{ .name = "validate-count", .has_value = true },
	{ .name = "fail-on-drain-error" },
	{ .name = "fail-on-validate-error" },
	{ .name = NULL },
};
static const struct kops_flag validate_flags[] = {
	{ .name = "output", .letter = 'o', .has_value = true },
	{ .name = "wait", .has_value = true },
	{ .name = "count", .has_value = true },
	{ .name = "interval", .has_value = true },
	{ .name = NULL },
};
static const struct kops_flag export_flags[] = {
	{ .name = "admin" },
	{ .name = "kubeconfig", .has_value = true },
	{ .name = NULL },
};
static const struct kops_flag version_flags[] = {
	{ .name = "short" },
	{ .name = NULL },
};
/* Of every command. */
static const struct kops_flag common_flags[] = {
	{ .name = "name", .has_value = true },
	{ .name = "state", .has_value = true },
	{ .name = "v", .letter = 'v', .has_value = true },
	{ .name = NULL },
};

const struct kops_command kops_commands[] = {
	{ "create", "cluster", NULL, kops_create_flags, 1, kops_cmd_create },
	{ "edit", "cluster", "clusters", edit_flags, 1, kops_cmd_edit_cluster },
	{ "edit", "instancegroup", "ig", edit_flags, 1, kops_cmd_edit_group },
	{ "export", "kubeconfig", "kubecfg", export_flags, 1, kops_cmd_export_kubeconfig },
	{ "get", "all", NULL, output_flags, 1, kops_cmd_get_all },
	{ "get", "cluster", "clusters", output_flags, 8, kops_cmd_get_clusters },
	{ "get", "ig", "igs", output_flags, 8, kops_cmd_get_groups },
	{ "get", "instancegroup", "instancegroups", output_flags, 8, kops_cmd_get_groups },
	{ "get", "instances", "instance", output_flags, 1, kops_cmd_get_instances },
	{ "rolling-update", "cluster", "clusters", roll_flags, 1, kops_cmd_rolling_update },
	{ "update", "cluster", "clusters", update_flags, 1, kops_cmd_update },
	{ "validate", "cluster", "clusters", validate_flags, 1, kops_cmd_validate },
	{ "version", NULL, NULL, version_flags, 0, kops_cmd_version },
	{ .verb = NULL },
};

/* ---- output ---- */

static void run_lines(struct kops_run *r, char tag, const char *text)
{
	while (r->stream) {
		size_t n = strcspn(text, "\n");

		lab_stream_writef(r->stream, "%c:%.*s\n", tag, (int)n, text);
		if (!text[n])
			return;
		text += n + 1;
	}
}

static void run_vlines(struct kops_run *r, char tag, const char *fmt, va_list ap)
{
	char *text = xvasprintf(fmt, ap);

	run_lines(r, tag, text);
	free(text);
}

void kops_out(struct kops_run *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	run_vlines(r, '1', fmt, ap);
	va_end(ap);
}

void kops_out_raw(struct kops_run *r, const char *text)
{
	const char *last = strrchr(text, '\n');

	if (last) {
		char *lines = xstrndup(text, (size_t)(last - text));

		run_lines(r, '1', lines);
		free(lines);
		text = last + 1;
	}
	if (*text)
		run_lines(r, '3', text);
}

void kops_err(struct kops_run *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	run_vlines(r, '2', fmt, ap);
	va_end(ap);
}

void kops_kubeconfig_line(struct kops_run *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	run_vlines(r, 'k', fmt, ap);
	va_end(ap);
}

void kops_log(struct kops_run *r, char severity, const char *where, const char *fmt, ...)
{
	int64_t ms = world_wall(r->w);
	time_t at = (time_t)(ms / 1000);
	struct tm tm;
	char stamp[32];
	char *text;
	va_list ap;

	gmtime_r(&at, &tm);
	strftime(stamp, sizeof(stamp), "%m%d %H:%M:%S", &tm);
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	kops_err(r, "%c%s.%03d000 %7d %s] %s", severity, stamp, (int)(ms % 1000), 1, where, text);
	free(text);
}

static void run_free(struct kops_run *r)
{
	for (size_t i = 0; i < r->n_values; i++)
		free(r->values[i].value);
	free(r->values);
	free(r->env_cluster);
	strlist_release(&r->args);
	free(r);
}

void kops_exit(struct kops_run *r, int code)
{
	char line[24];

	snprintf(line, sizeof(line), "%d", code);
	run_lines(r, 'x', line);
	if (r->stream)
		lab_stream_close(r->stream);
	run_free(r);
}

void kops_fail(struct kops_run *r, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	kops_err(r, "Error: %s", text);
	free(text);
	kops_exit(r, 1);
}

void kops_on_gone(struct kops_run *r, void (*cb)(void *ctx), void *ctx)
{
	r->gone = cb;
	r->gone_ctx = ctx;
}

/* The user interrupted it: as with a real one, what was begun stays as it is. */
static void run_gone(void *ctx)
{
	struct kops_run *r = ctx;

	r->stream = NULL;
	if (r->gone) {
		r->gone(r->gone_ctx);
		run_free(r);
	}
}

/* ---- the command line ---- */

struct world *kops_world(const struct kops_run *r)
{
	return r->w;
}

const char *kops_arg(const struct kops_run *r, size_t i)
{
	return i < r->args.n ? r->args.v[i] : NULL;
}

const char *kops_flag(const struct kops_run *r, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < r->n_values; i++) {
		if (str_eq(r->values[i].flag->name, name))
			found = r->values[i].value;
	}
	return found;
}

bool kops_flag_on(const struct kops_run *r, const char *name, bool otherwise)
{
	const char *v = kops_flag(r, name);

	return v ? str_eq(v, "true") || str_eq(v, "1") || str_eq(v, "t") : otherwise;
}

void kops_flag_all(const struct kops_run *r, const char *name, struct strlist *out)
{
	for (size_t i = 0; i < r->n_values; i++) {
		if (str_eq(r->values[i].flag->name, name))
			strlist_add(out, r->values[i].value);
	}
}

static bool duration_read(const char *s, int64_t *ms)
{
	int64_t sum = 0;

	if (str_eq(s, "0")) {
		*ms = 0;
		return true;
	}
	while (*s) {
		char *end;
		double n = strtod(s, &end);
		int64_t unit;

		if (end == s || n < 0 || n > 1e6)
			return false;
		if (end[0] == 'm' && end[1] == 's')
			unit = 1;
		else
			unit = *end == 'h' ? 3600000 : *end == 'm' ? 60000 : *end == 's' ? 1000 : 0;
		if (!unit)
			return false;
		sum += (int64_t)(n * (double)unit);
		s = end + (unit == 1 ? 2 : 1);
	}
	*ms = sum;
	return true;
}

bool kops_flag_duration(struct kops_run *r, const char *name, int64_t otherwise, int64_t *ms)
{
	const char *v = kops_flag(r, name);

	*ms = otherwise;
	if (!v || (*v && duration_read(v, ms)))
		return true;
	kops_fail(r, "invalid argument \"%s\" for \"--%s\" flag: time: invalid duration \"%s\"", v,
		name, v);
	return false;
}

void kops_duration(char *out, size_t size, int64_t ms)
{
	int64_t s = ms / 1000;

	if (ms % 1000)
		snprintf(out, size, "%gs", (double)ms / 1000);
	else if (s >= 3600)
		snprintf(out, size, "%dh%dm%ds", (int)(s / 3600), (int)(s / 60 % 60),
			(int)(s % 60));
	else if (s >= 60)
		snprintf(out, size, "%dm%ds", (int)(s / 60), (int)(s % 60));
	else
		snprintf(out, size, "%ds", (int)s);
}

const char *kops_cluster_name(struct kops_run *r, bool first_arg)
{
	const char *arg = first_arg ? kops_arg(r, 0) : NULL;
	const char *name = kops_flag(r, "name");

	if (name && arg && !str_eq(name, arg)) {
		kops_fail(r, "cannot specify cluster name via --name and positional argument");
		return NULL;
	}
	if (!name)
		name = arg ? arg : r->env_cluster;
	if (str_empty(name)) {
		kops_fail(r, "--name is required");
		return NULL;
	}
	return name;
}

static const struct kops_flag *flag_find(const struct kops_flag *flags, const char *name, size_t n)
{
	for (; flags->name; flags++) {
		if ((strlen(flags->name) == n && !strncmp(flags->name, name, n))
			|| (flags->alias && strlen(flags->alias) == n
				&& !strncmp(flags->alias, name, n)))
			return flags;
	}
	return NULL;
}

static const struct kops_flag *flag_letter(const struct kops_flag *flags, char c)
{
	for (; flags->name; flags++) {
		if (flags->letter == c)
			return flags;
	}
	return NULL;
}

static const struct kops_flag *flag_of(const struct kops_run *r, const char *word)
{
	const struct kops_flag *f;

	if (word[1] == '-') {
		size_t n = strcspn(word + 2, "=");

		f = flag_find(r->command->flags, word + 2, n);
		return f ? f : flag_find(common_flags, word + 2, n);
	}
	f = flag_letter(r->command->flags, word[1]);
	return f ? f : flag_letter(common_flags, word[1]);
}

/* Takes the words behind verb and noun; false after kops_fail(). */
static bool run_parse(struct kops_run *r, char **words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *word = words[i], *value;
		const struct kops_flag *f;

		if (word[0] != '-' || !word[1]) {
			strlist_add(&r->args, word);
			continue;
		}
		f = flag_of(r, word);
		if (!f) {
			kops_fail(r, "unknown %s: %s%s", word[1] == '-' ? "flag" : "shorthand flag",
				word, "\n(the lab's stand-in knows only some of kops' flags)");
			return false;
		}
		value = word[1] == '-' ? strchr(word, '=') : NULL;
		value = value ? value + 1 : word[1] != '-' && word[2] ? word + 2 : NULL;
		if (!value && f->has_value) {
			if (++i == n) {
				kops_fail(r, "flag needs an argument: %s", word);
				return false;
			}
			value = words[i];
		}
		r->values = xgrow(r->values, &r->cap_values, r->n_values, sizeof(*r->values));
		r->values[r->n_values++] = (struct kops_value){ f,
			xstrdup(value ? value : "true") };
	}
	if (r->args.n <= r->command->max_args)
		return true;
	kops_fail(r, "unexpected argument \"%s\"", r->args.v[r->command->max_args]);
	return false;
}

/* The command that these words begin with; *used of them belong to its name. */
static const struct kops_command *command_find(const struct strlist *words, size_t *used)
{
	for (const struct kops_command *c = kops_commands; words->n && c->verb; c++) {
		if (!str_eq(c->verb, words->v[0]))
			continue;
		*used = c->noun ? 2 : 1;
		if (!c->noun || (words->n > 1 && (str_eq(c->noun, words->v[1])
			|| (c->nouns && str_eq(c->nouns, words->v[1])))))
			return c;
	}
	return NULL;
}

static void run_start(struct kops_run *r, struct strlist *words)
{
	size_t used = 0;

	kops_err(r, "This is kopscope's lab: a stand-in for kops " KOPS_LAB_VERSION
		", not kops itself.");
	r->command = command_find(words, &used);
	if (!r->command) {
		kops_fail(r,
			"the lab's stand-in has no such command: kops %s%s%s\n"
			"It has: create cluster, get cluster|ig|instances|all, edit cluster|ig "
			"--set, update "
			"cluster, "
			"rolling-update cluster, validate cluster, export kubeconfig, version.",
			words->n ? words->v[0] : "", words->n > 1 ? " " : "",
			words->n > 1 ? words->v[1] : "");
		return;
	}
	if (run_parse(r, words->v + used, words->n - used))
		r->command->run(r);
}

void kops_handle(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	struct err e = ERR_INIT;
	json_auto_t *j = json_parse(buf_str(&rq->body), rq->body.len, &e);
	const json_t *argv = j ? json_path(j, "argv") : NULL, *word;
	struct strlist words = { 0 };
	struct kops_run *r;
	size_t i;

	if (!str_eq(rq->method, "POST") || !json_is_array(argv)) {
		lab_reply_text(rp, 400, "text/plain", "POST {\"argv\": [...], \"env\": {...}}\n");
		return;
	}
	json_array_foreach(argv, i, word)
		strlist_add(&words, json_is_string(word) ? json_string_value(word) : "");
	r = xcalloc(1, sizeof(*r));
	r->w = w;
	r->env_cluster = xstrdup(json_str(j, "env.KOPS_CLUSTER_NAME"));
	lab_reply_header(rp, "Content-Type", "text/plain; charset=utf-8");
	r->stream = lab_reply_stream(rp, run_gone, r);
	run_start(r, &words);
	strlist_release(&words);
}

void kops_cmd_version(struct kops_run *r)
{
	if (kops_flag_on(r, "short", false))
		kops_out(r, KOPS_LAB_VERSION);
	else
		kops_out(r, "Client version: " KOPS_LAB_VERSION " (git-v" KOPS_LAB_VERSION ")");
	kops_exit(r, 0);
}
