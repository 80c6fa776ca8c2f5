/* SPDX-License-Identifier: Apache-2.0 */
/* kops rolling-update cluster: flags, table, the groups in order, the end. */
#include "lab/kops/roll.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"

struct kops_group *kroll_group(struct kroll *l)
{
	return &l->groups.v[l->at];
}

int64_t kroll_interval(const struct kroll *l)
{
	const char *role = l->groups.v[l->at].role;

	return l->interval[str_eq(role, "control-plane") ? 0 : str_eq(role, "bastion") ? 2 : 1];
}

static void kroll_free(void *ctx)
{
	struct kroll *l = ctx;

	if (l->timer)
		world_timer_cancel(l->w, l->timer);
	kroll_drains_release(l);
	kops_groups_release(&l->groups);
	strlist_release(&l->errors);
	free(l->failure);
	free(l->selected);
	free(l->order);
	free(l->cluster);
	free(l);
}

static void kroll_fired(void *ctx)
{
	struct kroll *l = ctx;

	l->timer = NULL;
	l->after(l);
}

void kroll_wait(struct kroll *l, int64_t ms, kroll_next *next)
{
	l->after = next;
	l->timer = world_timer_add(l->w, ms, kroll_fired, l);
}

/* ---- the end ---- */

static void kroll_completed_line(struct kroll *l)
{
	struct strlist names = { 0 };
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < l->groups.n; i++) {
		if (l->selected[i])
			strlist_add(&names, l->groups.v[i].name);
	}
	strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", names.v[i]);
	kops_log(l->r, 'I', "rollingupdate.go:236",
		"Completed rolling update for cluster \"%s\" instance groups [%s]", l->cluster,
		buf_str(&b));
	strlist_release(&names);
	buf_release(&b);
}

static void kroll_end(struct kroll *l, bool stopped)
{
	struct kops_run *r = l->r;
	struct buf text = BUF_INIT;

	if (!stopped)
		kroll_completed_line(l);
	for (size_t i = 0; i < l->errors.n; i++)
		buf_addf(&text, "%s%s%s", i ? ", " : l->errors.n > 1 ? "[" : "", l->errors.v[i],
			l->errors.n > 1 && i + 1 == l->errors.n ? "]" : "");
	kroll_free(l);
	if (text.len)
		kops_fail(r, "%s", buf_str(&text));
	else
		kops_exit(r, 0);
	buf_release(&text);
}

static void kroll_next_group(struct kroll *l)
{
	while (l->at < l->groups.n
		&& (!l->selected[l->at] || !kops_group_needs_update(kroll_group(l))))
		l->at++;
	if (l->at == l->groups.n)
		kroll_end(l, false);
	else
		kroll_group_start(l);
}

void kroll_group_done(struct kroll *l)
{
	l->at++;
	kroll_next_group(l);
}

void kroll_group_failed(struct kroll *l, bool stop, const char *fmt, ...)
{
	struct kops_group *g = kroll_group(l);
	bool cp = str_eq(g->role, "control-plane");
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	kops_log(l->r, 'E', "rollingupdate.go:219", "failed to roll InstanceGroup \"%s\": %s",
		g->name,
		text);
	if (cp) {
		struct buf quoted = BUF_INIT;

		json_quote(&quoted, text);
		strlist_take(&l->errors, xasprintf("control-plane node not healthy after update, "
			"stopping rolling-update: %s", buf_str(&quoted)));
		buf_release(&quoted);
	} else {
		strlist_add(&l->errors, text);
	}
	free(text);
	if (stop || cp)
		kroll_end(l, true);
	else
		kroll_group_done(l);
}

/* ---- validation ---- */

enum { VALIDATE_TICK_MS = 30000, REVALIDATE_MS = 10000 };

static void kroll_validate_step(struct kroll *l);

/* What another node group is up to does not hold this one (facts 5.7). */
static bool failure_counts(const struct kroll *l, const struct kops_failure *f)
{
	return !f->group || f->control_plane || str_eq(f->group, l->groups.v[l->at].name);
}

/* Owned text of what holds the roll; NULL: nothing. */
static char *validation_problem(const struct kroll *l, const struct kops_validation *v)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < v->n; i++) {
		if (failure_counts(l, &v->v[i]))
			buf_addf(&b, "%s%s", b.len ? ", " : "", v->v[i].message);
	}
	if (!b.len) {
		buf_release(&b);
		return NULL;
	}
	return buf_detach(&b);
}

static void kroll_validation_timeout(struct kroll *l)
{
	char text[32];

	kops_duration(text, sizeof(text), l->validation_timeout);
	kops_log(l->r, 'E', "instancegroups.go:535", "Cluster did not validate within %s", text);
	if (!l->fail_on_validate) {
		kops_log(l->r, 'W', "instancegroups.go:540", "Cluster validation failed%s, "
			"proceeding since fail-on-validate is set to false", l->operation);
		l->validated(l);
		return;
	}
	kroll_group_failed(l, true, "error validating cluster%s: cluster did not validate within a "
		"duration of \"%s\"", l->operation, text);
}

static void kroll_validate_good(struct kroll *l)
{
	if (++l->good < l->wanted) {
		kops_log(l->r, 'I', "instancegroups.go:569", "Cluster validated; revalidating in "
			"10s to make sure it does not flap.");
		kroll_wait(l, REVALIDATE_MS, kroll_validate_step);
		return;
	}
	kops_log(l->r, 'I', "instancegroups.go:566", "Cluster validated.");
	l->validated(l);
}

/* A wait may end behind the deadline, by up to one tick: so do kops' own. */
static void kroll_validate_step(struct kroll *l)
{
	struct kops_validation v;
	char *problem;

	if (world_now(l->w) > l->deadline) {
		kops_log(l->r, 'I', "instancegroups.go:576", "Cluster did not validate within "
			"deadline: "
			"error listing nodes: client rate limiter Wait returned an error: context "
			"deadline exceeded.");
		kroll_validation_timeout(l);
		return;
	}
	kops_validation_run(l->w, l->cluster, &v);
	problem = v.error ? xstrdup(v.error) : validation_problem(l, &v);
	if (!problem) {
		kops_validation_release(&v);
		kroll_validate_good(l);
		return;
	}
	l->good = 0;
	kops_log(l->r, 'I', "instancegroups.go:589", v.error
		? "Cluster did not validate, will retry in \"30s\": %s."
		: "Cluster did not pass validation, will retry in \"30s\": %s.", problem);
	kroll_wait(l, VALIDATE_TICK_MS, kroll_validate_step);
	kops_validation_release(&v);
	free(problem);
}

void kroll_validate(struct kroll *l, int64_t wanted, const char *operation, kroll_next *next)
{
	if (l->cloudonly || !l->validate_count) {
		kops_log(l->r, 'W', "instancegroups.go:520", l->cloudonly
			? "Not validating cluster as cloudonly flag is set."
			: "skipping cluster validation because validate-count was 0.");
		next(l);
		return;
	}
	l->wanted = wanted;
	l->good = 0;
	l->operation = operation;
	l->validated = next;
	l->deadline = world_now(l->w) + l->validation_timeout;
	kops_log(l->r, 'I', "instancegroups.go:530", "Validating the cluster.");
	kroll_validate_step(l);
}

/* ---- the beginning ---- */

static bool role_matches(const struct kops_group *g, const char *word)
{
	static const struct {
		const char *word, *role;
	} words[] = {
		{ "control-plane", "control-plane" }, { "controlplane", "control-plane" },
		{ "master", "control-plane" }, { "masters", "control-plane" },
		{ "node", "node" }, { "nodes", "node" }, { "apiserver", "apiserver" },
		{ "apiservers", "apiserver" }, { "bastion", "bastion" }, { "bastions", "bastion" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_ieq(words[i].word, word) && str_eq(words[i].role, g->role))
			return true;
	}
	return false;
}

/* Both filters must take a group; each may be given often and with commas. */
static void kroll_select(struct kroll *l)
{
	const char *const flags[] = { "instance-group", "instance-group-roles" };

	for (size_t i = 0; i < l->groups.n; i++)
		l->selected[i] = true;
	for (size_t f = 0; f < 2; f++) {
		struct strlist given = { 0 }, words = { 0 };

		kops_flag_all(l->r, flags[f], &given);
		for (size_t i = 0; i < given.n; i++)
			strlist_split(&words, given.v[i], ',');
		for (size_t i = 0; words.n && i < l->groups.n; i++) {
			bool any = false;

			for (size_t k = 0; k < words.n; k++)
				any |= f ? role_matches(&l->groups.v[i], words.v[k])
					 : str_eq(l->groups.v[i].name, words.v[k]);
			l->selected[i] &= any;
		}
		strlist_release(&given);
		strlist_release(&words);
	}
}

static bool kroll_flags(struct kroll *l)
{
	struct kops_run *r = l->r;
	const char *count = kops_flag(r, "validate-count");

	l->force = kops_flag_on(r, "force", false);
	l->cloudonly = kops_flag_on(r, "cloudonly", false);
	l->fail_on_drain = kops_flag_on(r, "fail-on-drain-error", true);
	l->fail_on_validate = kops_flag_on(r, "fail-on-validate-error", true);
	l->validate_count = 2;
	if (count && !str_to_i64(count, 0, 100, &l->validate_count)) {
		kops_fail(r, "invalid argument \"%s\" for \"--validate-count\" flag", count);
		return false;
	}
	return kops_flag_duration(r, "control-plane-interval", 15000, &l->interval[0])
		&& kops_flag_duration(r, "node-interval", 15000, &l->interval[1])
		&& kops_flag_duration(r, "bastion-interval", 15000, &l->interval[2])
		&& kops_flag_duration(r, "post-drain-delay", 5000, &l->post_drain)
		&& kops_flag_duration(r, "drain-timeout", 900000, &l->drain_timeout)
		&& kops_flag_duration(r, "validation-timeout", 900000, &l->validation_timeout);
}

/* True when anything is to be done. */
static bool kroll_table(struct kroll *l)
{
	struct kops_table t = { 0 };
	bool any = false;

	kops_table_row(&t, "NAME|STATUS|NEEDUPDATE|READY|MIN|TARGET|MAX%s",
		l->cloudonly ? "" : "|NODES");
	for (size_t i = 0; i < l->groups.n; i++) {
		struct kops_group *g = &l->groups.v[i];
		size_t need = kops_group_needs_update(g), nodes = 0;
		char count[24] = "";

		if (!l->selected[i])
			continue;
		for (size_t k = 0; k < g->n; k++)
			nodes += g->members[k].node != NULL;
		if (!l->cloudonly)
			snprintf(count, sizeof(count), "|%zu", nodes);
		kops_table_row(&t, "%s|%s|%zu|%zu|%d|%d|%d%s", g->name,
			need ? "NeedsUpdate" : "Ready", need, g->n - need, (int)g->min,
			(int)g->desired, (int)g->max, count);
		any |= need > 0;
	}
	kops_table_sort(&t);
	kops_table_print(l->r, &t);
	return any;
}

/* Without the API the annotation cannot be seen; with --force all are taken. */
static void kroll_mark(struct kroll *l)
{
	for (size_t i = 0; i < l->groups.n; i++) {
		for (size_t k = 0; k < l->groups.v[i].n; k++) {
			if (l->force)
				l->groups.v[i].members[k].needs_update = true;
		}
	}
}

void kops_cmd_rolling_update(struct kops_run *r)
{
	const char *cluster = kops_cluster_name(r, true);
	struct kroll *l;
	bool any;

	if (!cluster)
		return;
	l = xcalloc(1, sizeof(*l));
	l->r = r;
	l->w = kops_world(r);
	l->cluster = xstrdup(cluster);
	if (!kroll_flags(l) || !kops_groups_get(r, cluster, &l->groups)) {
		kroll_free(l);
		return;
	}
	l->selected = xcalloc(l->groups.n + 1, sizeof(*l->selected));
	if (!l->cloudonly && !lab_kube_up(l->w)) {
		kroll_free(l);
		kops_err(r, "Unable to reach the kubernetes API.\n"
			"Use --cloudonly to do a rolling-update without confirming progress with "
			"the k8s API\n");
		kops_fail(r, "error listing nodes in cluster: connection refused");
		return;
	}
	kroll_select(l);
	kroll_mark(l);
	any = kroll_table(l);
	if (!any || !kops_flag_on(r, "yes", false)) {
		kops_out(r, any ? "\nMust specify --yes to rolling-update."
				: "\nNo rolling-update required.");
		kroll_free(l);
		kops_exit(r, 0);
		return;
	}
	kops_on_gone(r, kroll_free, l);
	kroll_next_group(l);
}
