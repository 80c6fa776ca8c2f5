/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the world about a cluster that is to be created. */
#include "tui/create-live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/look.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/command.h"
#include "core/rules/eni.h"
#include "tui/create-judge.h"
#include "tui/update-words.h"

struct create_live {
	struct session *s;
	void (*changed)(void *ctx);
	void *ctx;
	struct question {
		struct create_live *live;
		struct aws_look *look;
		char *arg; /* what was asked about; NULL: never */
		struct create_answer a;
	} q[CREATE_ASK__COUNT];
	struct kops_run *kops; /* its version is being asked */
	char version[64];
	struct err kops_err;
	bool kops_known;
};

static const char *const may_actions[] = { "CreateVpc", "CreateInternetGateway", "CreateVolume",
	"CreateLaunchTemplate" };

static void question_clear(struct question *q)
{
	aws_look_cancel(q->look);
	q->look = NULL;
	xreplace(&q->arg, NULL);
	strlist_release(&q->a.items);
	q->a = (struct create_answer){ .state = ANSWER_NONE };
}

static void question_answered(void *ctx, const struct strlist *items, const struct err *e)
{
	struct question *q = ctx;
	q->look = NULL;
	q->a.state = ANSWER_HERE;
	for (size_t i = 0; i < items->n; i++) {
		strlist_add(&q->a.items, items->v[i]);
	}
	err_copy(&q->a.err, e ? e : &q->a.err);
	q->live->changed(q->live->ctx);
}

/* arg NULL: nothing to ask with these fields. */
static void question_ask(struct create_live *l, enum create_ask ask, enum aws_look_kind kind,
	const char *region, const char *what, const char *path)
{
	struct question *q = &l->q[ask];
	char *arg = what ? xasprintf("%s %s", region ? region : "", what) : NULL;
	if (str_eq(arg, q->arg)) {
		free(arg);
		return;
	}
	question_clear(q);
	q->arg = arg;
	if (!arg) {
		return;
	}
	q->a.state = ANSWER_ASKED;
	q->look = aws_look_start(l->s->aws, &(struct aws_look_spec){ .kind = kind,
		.region = region, .what = what, .path = path, .done = question_answered,
		.ctx = q });
}

static void live_version_line(void *ctx, const char *line, size_t n, bool err)
{
	struct create_live *l = ctx;
	char *s = xstrndup(line, n);
	if (!err && !l->version[0] &&
		!update_version_line(line, n, l->version, sizeof(l->version)) &&
		create_kops_minor(s)) {
		snprintf(l->version, sizeof(l->version), "%s", s);
	}
	free(s);
}

static void live_version_done(void *ctx, int code, const struct err *e)
{
	struct create_live *l = ctx;
	l->kops = NULL;
	l->kops_known = true;
	if (e) {
		err_copy(&l->kops_err, e);
	}
	l->changed(l->ctx);
}

struct create_live *create_live_new(struct session *s, void (*changed)(void *ctx), void *ctx)
{
	struct create_live *l = xcalloc(1, sizeof(*l));
	struct kops_call call = { .verb = KOPS_VERSION, .program = s->opts.kops,
		.on_line = live_version_line, .on_done = live_version_done, .ctx = l };
	l->s = s;
	l->changed = changed;
	l->ctx = ctx;
	for (int i = 0; i < CREATE_ASK__COUNT; i++) {
		l->q[i].live = l;
	}
	l->kops = kops_start(s->loop, &call, &l->kops_err);
	l->kops_known = !l->kops;
	return l;
}

void create_live_free(struct create_live *l)
{
	if (!l) {
		return;
	}
	for (int i = 0; i < CREATE_ASK__COUNT; i++) {
		question_clear(&l->q[i]);
	}
	if (l->kops) {
		kops_cancel(l->kops);
	}
	free(l);
}

bool create_live_done(const struct create_live *l)
{
	for (int i = 0; i < CREATE_ASK__COUNT; i++) {
		if (l->q[i].a.state == ANSWER_ASKED) {
			return false;
		}
	}
	return l->kops_known;
}

/* The region of the zones that stand there, else the session's; "" when neither says. */
static void live_region(const struct create_live *l, const struct create_plan *p, char out[64])
{
	char *first = xstrdup(create_get(p, CREATE_ZONES));
	struct aws_about about = { .region = NULL };
	first[strcspn(first, ",")] = '\0';
	create_region(first, out, 64);
	free(first);
	if (!out[0] && l->s->aws) {
		aws_about(l->s->aws, &about);
		snprintf(out, 64, "%s", about.region ? about.region : "");
	}
}

static void live_ask_bucket(struct create_live *l)
{
	/* A key that nobody has: kops never writes there. */
	static const char probe[] = ".kopscope-write-probe";
	char *bucket = xstrdup(l->s->state_url + strlen("s3://"));
	char *prefix = strchr(bucket, '/');
	char *key = prefix ? xasprintf("%s/%s", prefix + 1, probe) : xstrdup(probe);
	if (prefix) {
		*prefix = '\0';
	}
	question_ask(l, CREATE_ASK_BUCKET, AWS_LOOK_BUCKET, NULL, bucket, NULL);
	question_ask(l, CREATE_ASK_VERSIONED, AWS_LOOK_VERSIONED, NULL, bucket, NULL);
	/* It changes nothing, but it is a PUT: who only reads sends none. */
	if (!l->s->opts.readonly && !policy_all_denied(l->s->opts.policy, l->s->opts.cluster)) {
		question_ask(l, CREATE_ASK_WRITABLE, AWS_LOOK_WRITABLE, NULL, bucket, key);
	}
	free(bucket);
	free(key);
}

void create_live_ask(struct create_live *l, const struct create_plan *p)
{
	char region[64];
	const char *cp = create_get(p, CREATE_CP_SIZE), *node = create_get(p, CREATE_NODE_SIZE);
	if (!l->s->aws || !str_starts(l->s->state_url, "s3://")) {
		return; /* nothing but files behind it */
	}
	live_region(l, p, region);
	live_ask_bucket(l);
	question_ask(l, CREATE_ASK_HOSTED, AWS_LOOK_HOSTED, NULL,
		create_is(p, CREATE_DNS, "none") ? NULL : "zones", NULL);
	if (!region[0]) {
		return;
	}
	char *zone = xasprintf("%sa", region);
	question_ask(l, CREATE_ASK_ZONES, AWS_LOOK_ZONES, region, "zones", NULL);
	question_ask(l, CREATE_ASK_VPCS, AWS_LOOK_VPCS, region, "networks", NULL);
	question_ask(l, CREATE_ASK_CP_TYPE, AWS_LOOK_OFFERED, region, *cp ? cp : NULL, NULL);
	question_ask(l, CREATE_ASK_NODE_TYPE, AWS_LOOK_OFFERED, region, *node ? node : NULL, NULL);
	for (size_t i = 0; i < sizeof(may_actions) / sizeof(may_actions[0]); i++) {
		question_ask(l, (enum create_ask)(CREATE_ASK_MAY + i), AWS_LOOK_MAY, region,
			may_actions[i], zone);
	}
	free(zone);
}

void create_live_findings(const struct create_live *l, const struct create_plan *p,
	struct create_findings *out)
{
	struct create_world w = { .model = l->s->model, .state = l->s->state_url,
		.kops = l->version, .kops_err = err_is_set(&l->kops_err) ? &l->kops_err : NULL,
		.kops_known = l->kops_known };
	for (int i = 0; i < CREATE_ASK__COUNT; i++) {
		w.a[i] = &l->q[i].a;
	}
	create_judge(&w, p, out);
}

static bool live_free(const struct create_answer *vpcs, const char *cidr)
{
	uint32_t base, other;
	int bits, obits;
	for (size_t i = 0; create_cidr(cidr, &base, &bits) && i < vpcs->items.n; i++) {
		const char *space = strchr(vpcs->items.v[i], ' ');
		if (space && create_cidr(space + 1, &other, &obits) &&
			create_cidr_overlap(base, bits, other, obits)) {
			return false;
		}
	}
	return true;
}

/* kops' own network, or the next one that overlaps nothing. */
static void live_default_cidr(const struct create_live *l, struct create_plan *p)
{
	const struct create_answer *vpcs = &l->q[CREATE_ASK_VPCS].a;
	char cidr[32];
	for (int n = 20; vpcs->state == ANSWER_HERE && n < 31; n++) {
		snprintf(cidr, sizeof(cidr), "172.%d.0.0/16", n);
		if (live_free(vpcs, cidr)) {
			create_set(p, CREATE_CIDR, cidr);
			return;
		}
	}
}

void create_live_defaults(const struct create_live *l, struct create_plan *p,
	const bool touched[CREATE__COUNT])
{
	const struct create_answer *zones = &l->q[CREATE_ASK_ZONES].a;
	const char *name = str_empty(l->s->opts.cluster) ? getenv("KOPS_CLUSTER_NAME")
							 : l->s->opts.cluster;
	if (l->version[0]) {
		p->kops_minor = create_kops_minor(l->version);
	}
	xreplace(&p->state, l->s->state_url);
	if (!touched[CREATE_NAME] && !str_empty(name) && !model_cluster(l->s->model, name)) {
		create_set(p, CREATE_NAME, name);
	}
	if (!touched[CREATE_CIDR]) {
		live_default_cidr(l, p);
	}
	if (!touched[CREATE_ZONES] && !*create_get(p, CREATE_ZONES) &&
		zones->state == ANSWER_HERE && zones->items.n) {
		char *two = zones->items.n > 1
			? xasprintf("%s,%s", zones->items.v[0], zones->items.v[1])
			: xstrdup(zones->items.v[0]);
		create_set(p, CREATE_ZONES, two);
		free(two);
	}
}
