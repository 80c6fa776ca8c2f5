/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kopscope check: connects to everything that kopscope needs and says, one line
 * each, what it found and where it looked: the first thing to run, and to send along
 * with a question.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/child.h"
#include "core/kops/command.h"
#include "tui/options.h"
#include "tui/session-confine.h"
#include "tui/session.h"

#define SETTLE_MS 20000
#define EXPIRES_SOON_MS (15 * 60000)

enum check_state { CHECK_OK, CHECK_WARN, CHECK_OFF, CHECK_FAIL };
static const char *const state_words[] = { "ok", "warn", "off", "FAIL" };

struct check_line {
	const char *name;
	enum check_state state;
	char *text, *hint; /* hint NULL: none */
};

struct check {
	struct session session;
	struct check_line lines[16];
	size_t n;
	/* asked here, beside the session's sources */
	struct aws_probe *probe;
	bool has_identity;
	struct identity identity;
	struct err identity_err;
	struct kops_run *kops;
	bool kops_done;
	char *kops_path, *kops_version;
	struct err kops_err;
};

static void check_add(struct check *c, const char *name, enum check_state state, const char *hint,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static void check_add(struct check *c, const char *name, enum check_state state, const char *hint,
	const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	c->lines[c->n++] = (struct check_line){ .name = name, .state = state,
		.text = xvasprintf(fmt, ap), .hint = str_empty(hint) ? NULL : xstrdup(hint) };
	va_end(ap);
}

static void check_add_err(struct check *c, const char *name, enum check_state state,
	const struct err *e)
{
	check_add(c, name, state, e->hint, "%s", e->text);
}

/* ---- asking ---------------------------------------------------------------- */

static void check_on_identity(void *ctx, const struct identity *i, const struct err *e)
{
	struct check *c = ctx;
	c->probe = NULL;
	if (e) {
		c->identity_err = *e;
		return;
	}
	c->has_identity = true;
	c->identity = (struct identity){ .account = xstrdup(i->account), .arn = xstrdup(i->arn),
		.provider = i->provider, .expires = i->expires };
}

static void check_on_kops_line(void *ctx, const char *line, size_t n, bool err)
{
	struct check *c = ctx;
	if (!err && !c->kops_version) {
		c->kops_version = xstrndup(line, n);
	}
}

static void check_on_kops(void *ctx, int code, const struct err *e)
{
	struct check *c = ctx;
	c->kops = NULL;
	c->kops_done = true;
	if (e) {
		c->kops_err = *e;
	}
}

static void check_start_kops(struct check *c)
{
	const char *named = c->session.opts.kops, *env = getenv("KOPSCOPE_KOPS");
	const char *program = !str_empty(named) ? named : !str_empty(env) ? env : "kops";
	c->kops_path = strchr(program, '/') ? xstrdup(program) : child_which(program);
	c->kops = kops_start(c->session.loop, &(struct kops_call){
		.verb = KOPS_VERSION, .program = c->session.opts.kops,
		.on_line = check_on_kops_line, .on_done = check_on_kops, .ctx = c,
	}, &c->kops_err);
	c->kops_done = !c->kops;
}

/* The server's answers about what we may do are there, or there will be none. */
static bool check_rights_known(const struct session *s)
{
	const char *why;
	if (!s->kube || model_source(s->model, SRC_KUBE)->state == SOURCE_FAILED) {
		return true;
	}
	for (int i = 0; i < KUBE_VERB__COUNT; i++) {
		if (s->kube->ops->allowed(s->kube, (enum kube_verb_id)i, &why) == TRI_UNKNOWN) {
			return false;
		}
	}
	return true;
}

static bool check_settled(void *ctx)
{
	const struct check *c = ctx;
	return !c->probe && c->kops_done && session_settled(&c->session) &&
	       check_rights_known(&c->session);
}

/* ---- what was found: one function a line -------------------------------------- */

static void check_store(struct check *c)
{
	const struct session *s = &c->session;
	const struct source_status *st = model_source(s->model, SRC_STORE);
	size_t n;
	model_clusters(s->model, &n);
	if (!s->store) {
		check_add_err(c, "store", CHECK_FAIL, &s->state_err);
	} else if (st->state != SOURCE_LIVE) {
		check_add(c, "store", CHECK_FAIL, st->why.hint, "%s (%s): %s", s->state_url,
			s->state_from, err_is_set(&st->why) ? st->why.text : "no answer in time");
	} else {
		check_add(c, "store", n ? CHECK_OK : CHECK_WARN, NULL, "%s (%s): %zu cluster%s",
			s->state_url, s->state_from, n, n == 1 ? "" : "s");
	}
}

static void check_cluster(struct check *c)
{
	const struct session *s = &c->session;
	const char *open = model_opened(s->model);
	const struct m_cluster *m = open ? model_cluster(s->model, open) : NULL;
	size_t n;
	model_clusters(s->model, &n);
	if (m) {
		check_add(c, "cluster", m->spec.problem ? CHECK_WARN : CHECK_OK, NULL,
			"%s, Kubernetes %s, %zu group%s%s%s", open,
			m->spec.kubernetes_version ? m->spec.kubernetes_version : "?", m->ngroups,
			m->ngroups == 1 ? "" : "s", m->spec.problem ? ": " : "",
			m->spec.problem ? m->spec.problem : "");
	} else if (n > 1) {
		check_add(c, "cluster", CHECK_OFF, "choose one with --name or KOPS_CLUSTER_NAME",
			"none chosen of the %zu", n);
	} else {
		check_add(c, "cluster", CHECK_OFF, NULL, "none is open");
	}
}

static void check_credentials(struct check *c, const struct aws_about *a)
{
	char left[32];
	int64_t ms = a->expires - clock_wall(&c->session.clock);
	if (!a->provider) {
		if (err_is_set(&c->identity_err)) {
			check_add_err(c, "credentials", CHECK_FAIL, &c->identity_err);
		} else {
			check_add(c, "credentials", CHECK_FAIL, NULL, "no answer in time");
		}
	} else if (!a->expires) {
		check_add(c, "credentials", CHECK_OK, NULL,
			"by %s, profile \"%s\"; they tell no end", a->provider, a->profile);
	} else {
		stamp_duration(left, sizeof(left), ms > 0 ? ms : 0);
		bool soon = ms < EXPIRES_SOON_MS && !a->renews;
		check_add(c, "credentials", soon ? CHECK_WARN : CHECK_OK, NULL,
			"by %s, profile \"%s\"; good for %s, %s", a->provider, a->profile, left,
			a->renews ? "renewed before that" : "not renewed by themselves");
	}
}

static void check_identity(struct check *c, const struct aws_about *a)
{
	if (c->has_identity) {
		check_add(c, "identity", CHECK_OK, NULL, "%s in account %s", c->identity.arn,
			c->identity.account);
	} else if (!a->provider && err_is_set(&c->identity_err)) {
		check_add(c, "identity", CHECK_OFF, NULL, "not asked: no credentials");
	} else if (err_is_set(&c->identity_err)) {
		check_add_err(c, "identity", CHECK_FAIL, &c->identity_err);
	} else {
		check_add(c, "identity", CHECK_FAIL, NULL, "no answer in time");
	}
}

static void check_where(struct check *c, const struct aws_about *a)
{
	const struct m_cluster *m = model_opened(c->session.model)
		? model_cluster(c->session.model, model_opened(c->session.model))
		: NULL;
	const char *own = m && !c->session.opts.region ? m->spec.region : NULL;
	if (own) {
		check_add(c, "region", CHECK_OK, NULL, "%s (the cluster's; %s says %s)", own,
			a->region_from, a->region);
	} else {
		check_add(c, "region", CHECK_OK, NULL, "%s (%s)", a->region, a->region_from);
	}
	if (a->endpoint) {
		check_add(c, "endpoint", CHECK_OK, NULL, "%s (%s)", a->endpoint, a->endpoint_from);
	} else {
		check_add(c, "endpoint", CHECK_OK, NULL, "AWS's own");
	}
}

static void check_cloud(struct check *c, const struct aws_about *a)
{
	const struct session *s = &c->session;
	const struct source_status *st = model_source(s->model, SRC_AWS);
	size_t groups, instances;
	char calls[128];
	model_groups(s->model, &groups);
	model_instances(s->model, &instances);
	aws_budget_words(s->aws, calls, sizeof(calls));
	if (st->state == SOURCE_LIVE) {
		/* "12 calls/min, what is not as it should be" */
		const char *note = strchr(st->detail, ',');
		check_add(c, "aws", note ? CHECK_WARN : CHECK_OK, NULL,
			"%zu instance%s of %zu group%s; calls in the last minute: %s%s", instances,
			instances == 1 ? "" : "s", groups, groups == 1 ? "" : "s", calls,
			note ? note : "");
	} else if (st->state == SOURCE_FAILED) {
		check_add_err(c, "aws", CHECK_FAIL, &st->why);
	} else {
		check_add(c, "aws", CHECK_OFF, NULL, "%s",
			err_is_set(&st->why) ? st->why.text : "not asked: no cluster is open");
	}
	if (a->skew_ms) {
		check_add(c, "clock", CHECK_WARN, "Set this machine's clock (chrony, ntpd).",
			"AWS's clock is %+" PRId64 " s from ours; corrected for its requests",
			a->skew_ms / 1000);
	}
}

static void check_kube(struct check *c)
{
	const struct session *s = &c->session;
	const struct source_status *st = model_source(s->model, SRC_KUBE);
	const struct kube_server *k = model_server(s->model);
	size_t nodes, pods;
	model_nodes(s->model, &nodes);
	model_pods(s->model, &pods);
	if (!s->k8s) {
		enum check_state how = s->k8s_err.kind == ERR_CONFIG ? CHECK_FAIL : CHECK_OFF;
		if (err_is_set(&s->k8s_err)) {
			check_add_err(c, "kubernetes", how, &s->k8s_err);
		} else {
			check_add(c, "kubernetes", CHECK_OFF, NULL,
				"not asked: no cluster is open");
		}
		return;
	}
	const char *context = k8s_context(s->k8s), *server = k8s_server(s->k8s);
	if (st->state == SOURCE_LIVE) {
		check_add(c, "kubernetes", CHECK_OK, NULL,
			"context %s, %s, %s: %zu node%s, %zu pod%s", context, server,
			k && k->version ? k->version : "version unknown", nodes,
			nodes == 1 ? "" : "s", pods, pods == 1 ? "" : "s");
	} else {
		check_add(c, "kubernetes", CHECK_FAIL, st->why.hint, "context %s, %s: %s", context,
			server, err_is_set(&st->why) ? st->why.text : "no answer in time");
	}
}

/* kops' own last for 18 hours, so an hour is soon. */
static void check_certificate(struct check *c)
{
	const struct kube_server *k = model_server(c->session.model);
	if (!k || !k->client_cert_expires) {
		return;
	}
	int64_t left = k->client_cert_expires - clock_wall(&c->session.clock);
	char at[40], in[32];
	stamp_format(at, k->client_cert_expires, false);
	stamp_duration(in, sizeof in, left < 0 ? -left : left);
	check_add(c, "certificate", left < 0 ? CHECK_FAIL : left < 3600000 ? CHECK_WARN : CHECK_OK,
		left < 3600000 ? "get a new one: kops export kubeconfig --admin" : NULL,
		"the client certificate %s %s, %s%s%s", left < 0 ? "ended" : "ends", at,
		left < 0 ? "" : "in ", in, left < 0 ? " ago" : "");
}

static void check_access(struct check *c)
{
	static const char *const words[KUBE_VERB__COUNT] = {
		[KUBE_EVICT] = "evict", [KUBE_PATCH_NODE] = "change nodes", [KUBE_SCALE] = "scale",
		[KUBE_PATCH_DAEMONSET] = "change aws-node", [KUBE_DELETE_POD] = "delete pods",
		[KUBE_LEASE] = "lock runs", [KUBE_PATCH_DEPLOYMENT] = "change Deployments",
	};
	const struct session *s = &c->session;
	struct buf lists[3] = { BUF_INIT, BUF_INIT, BUF_INIT };
	if (!s->kube) {
		return;
	}
	for (int i = 0; i < KUBE_VERB__COUNT; i++) {
		const char *why;
		struct buf *b = &lists[s->kube->ops->allowed(s->kube, (enum kube_verb_id)i, &why)];
		buf_addf(b, "%s%s", b->len ? ", " : "", words[i]);
	}
	const struct buf *no = &lists[TRI_NO], *unknown = &lists[TRI_UNKNOWN];
	check_add(c, "access", no->len || unknown->len ? CHECK_WARN : CHECK_OK, NULL,
		"may %s%s%s%s%s", lists[TRI_YES].len ? buf_str(&lists[TRI_YES]) : "look only",
		no->len ? "; may not " : "", buf_str(no),
		unknown->len ? "; unknown: " : "", buf_str(unknown));
	for (size_t i = 0; i < 3; i++) {
		buf_release(&lists[i]);
	}
}

static void check_kops(struct check *c)
{
	if (!c->kops_done) {
		check_add(c, "kops", CHECK_WARN, NULL, "no answer in time");
	} else if (err_is_set(&c->kops_err)) {
		check_add_err(c, "kops", CHECK_WARN, &c->kops_err);
	} else {
		const char *v = c->kops_version ? c->kops_version : "?";
		v = str_starts(v, "Client version: ") ? v + 16 : v;
		check_add(c, "kops", CHECK_OK, NULL, "%s, version %.40s",
			c->kops_path ? c->kops_path : "kops", v);
	}
}

static void check_confine(struct check *c)
{
	struct buf words = BUF_INIT;
	bool ok = session_confine_words(&c->session, &words);
	check_add(c, "confined", ok ? CHECK_OK : CHECK_OFF, NULL, "%s", buf_str(&words));
	buf_release(&words);
}

/* ---- printing ------------------------------------------------------------------- */

/* "environment: AWS_ACCESS_KEY_ID is not set": who was asked, and who was not. */
static void check_providers(const struct check *c, struct strlist *out)
{
	const struct aws *a = c->session.aws;
	const char *note, *name;
	for (size_t i = 0; (note = aws_credentials_note(a, i)) != NULL; i++) {
		strlist_add(out, note);
	}
	for (size_t i = 0; out->n && (name = aws_credentials_unasked(a, i)) != NULL; i++) {
		strlist_take(out, xasprintf("%s: not asked, an earlier one decided", name));
	}
}

static void check_print(const struct check *c)
{
	struct strlist providers = { .v = NULL };
	check_providers(c, &providers);
	for (size_t i = 0; i < c->n; i++) {
		const struct check_line *l = &c->lines[i];
		printf("%-4s  %-11s  %s\n", state_words[l->state], l->name, l->text);
		if (l->hint) {
			printf("%19s%s\n", "", l->hint);
		}
		for (size_t k = 0; str_eq(l->name, "credentials") && k < providers.n; k++) {
			printf("%21s%s\n", "", providers.v[k]);
		}
	}
	strlist_release(&providers);
}

static void check_print_json(const struct check *c, bool ok)
{
	struct strlist providers = { .v = NULL };
	struct buf out = BUF_INIT;
	json_auto_t *j = json_object();
	json_t *lines = json_array(), *list = json_array();
	check_providers(c, &providers);
	for (size_t i = 0; i < c->n; i++) {
		const struct check_line *l = &c->lines[i];
		json_array_append_new(lines, json_pack("{s:s, s:s, s:s, s:s?}", "name", l->name,
			"state", l->state == CHECK_FAIL ? "fail" : state_words[l->state], "text",
			l->text, "hint", l->hint));
	}
	for (size_t i = 0; i < providers.n; i++) {
		json_array_append_new(list, json_string(providers.v[i]));
	}
	json_object_set_new(j, "ok", json_boolean(ok));
	json_object_set_new(j, "checks", lines);
	json_object_set_new(j, "credentialProviders", list);
	json_write(&out, j, false);
	printf("%s\n", buf_str(&out));
	buf_release(&out);
	strlist_release(&providers);
}

static void check_release(struct check *c)
{
	aws_probe_cancel(c->probe);
	if (c->kops) {
		kops_cancel(c->kops);
	}
	for (size_t i = 0; i < c->n; i++) {
		free(c->lines[i].text);
		free(c->lines[i].hint);
	}
	free((char *)(uintptr_t)c->identity.account);
	free((char *)(uintptr_t)c->identity.arn);
	free(c->kops_path);
	free(c->kops_version);
	session_release(&c->session);
}

int cmd_check(const struct options *o, struct err *e)
{
	struct check c = { .n = 0 };
	struct aws_about about;
	bool json = str_eq(o->output, "json"), ok = true;
	if (o->output && !json && !str_eq(o->output, "table")) {
		err_set(e, ERR_USAGE, "there is no output format %s here: table or json",
			o->output);
		return EXIT_USAGE;
	}
	if (!session_check(&o->session, e)) {
		return EXIT_USAGE;
	}
	session_init(&c.session, &o->session);
	session_start(&c.session);
	c.probe = aws_probe_start(c.session.aws, check_on_identity, &c);
	check_start_kops(&c);
	session_wait(&c.session, check_settled, &c,
		(int64_t)(SETTLE_MS * c.session.clock.scale));
	aws_about(c.session.aws, &about);
	check_store(&c);
	check_cluster(&c);
	check_credentials(&c, &about);
	check_where(&c, &about);
	check_identity(&c, &about);
	check_cloud(&c, &about);
	check_kube(&c);
	check_certificate(&c);
	check_access(&c);
	check_kops(&c);
	check_confine(&c);
	for (size_t i = 0; i < c.n; i++) {
		ok &= c.lines[i].state != CHECK_FAIL;
	}
	if (json) {
		check_print_json(&c, ok);
	} else {
		check_print(&c);
	}
	check_release(&c);
	return ok ? EXIT_OK : EXIT_FAILED;
}
