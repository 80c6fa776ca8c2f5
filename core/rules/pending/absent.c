/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pods that a Deployment wants and that do not even exist, since the API server
 * refuses to make them: a quota, a limit, a policy.
 *
 * A quota's words are those of the API server's quota admission: "exceeded
 * quota: NAME, requested: pods=1, used: pods=6, limited: pods=6", where lists
 * are cut at commas without a space.
 */
#include "core/rules/pending/parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

#define QUOTE_CELLS 160 /* of the server's words */

static const struct pod_shape no_shape;

bool pending_absent(const struct deployment *d, struct pending_group *g)
{
	if (!d->failure || d->replicas <= 0) {
		return false;
	}
	int32_t missing = d->existing >= 0 ? d->replicas - d->existing : 0;
	if (missing <= 0 && d->updated >= 0) {
		missing = d->replicas - d->updated; /* of the new ones, while old ones run */
	}
	if (missing <= 0) {
		return false;
	}
	int64_t since = d->failing_since ? d->failing_since : d->created;
	struct m_pod *sample = xcalloc(1, sizeof *sample);
	sample->pod = (struct pod){ .ns = d->ns, .name = d->name, .uid = d->uid,
		.owner_kind = "Deployment", .owner_name = d->name, .phase = POD_PENDING,
		.created = since, .shape = &no_shape, .trouble = &pod_no_trouble };
	*g = (struct pending_group){ .ns = d->ns, .owner_kind = "Deployment",
		.owner_name = d->name, .npods = (size_t)missing, .sample = sample,
		.oldest = since, .absent = true };
	return true;
}

void pending_absent_release(struct pending_group *g)
{
	if (g->absent) {
		free((void *)(uintptr_t)g->sample);
		g->sample = NULL;
	}
}

/* ---- a quota's words ---- */

struct quota {
	char *name;
	char *requested, *used, *limited; /* "pods=1,limits.cpu=500m" */
};

/* What stands between a mark and the next ", ", or the end; NULL: no such mark. */
static char *part(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);
	if (!at) {
		return NULL;
	}
	at += strlen(mark);
	const char *end = strstr(at, ", ");
	return xstrndup(at, end ? (size_t)(end - at) : strlen(at));
}

static bool quota_read(const char *text, struct quota *q)
{
	const char *at = strstr(text, "exceeded quota: ");
	*q = (struct quota){ .name = NULL };
	if (!at) {
		return false;
	}
	q->name = part(at, "exceeded quota: ");
	q->requested = part(at, "requested: ");
	q->used = part(at, "used: ");
	q->limited = part(at, "limited: ");
	return q->requested && q->used && q->limited;
}

static void quota_release(struct quota *q)
{
	free(q->name);
	free(q->requested);
	free(q->used);
	free(q->limited);
}

/* The value of a key in "a=1,b=2"; yours; NULL: not there. */
static char *value_of(const char *list, const char *key, size_t n)
{
	for (const char *p = list; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (!strncmp(p, key, n) && p[n] == '=') {
			return xstrndup(p + n + 1, strcspn(p + n + 1, ","));
		}
	}
	return NULL;
}

/* "pods 10 of 10, limits.cpu 9 of 10 (each asks 2)"; *first: the first resource, yours. */
static void quota_say(const struct quota *q, struct buf *out, char **first)
{
	*first = NULL;
	for (const char *p = q->limited; p; p = strchr(p, ',')) {
		p += *p == ',';
		size_t n = strcspn(p, "=,");
		char *used = value_of(q->used, p, n), *has = value_of(q->limited, p, n);
		char *asks = value_of(q->requested, p, n);
		if (used && has) {
			buf_addf(out, "%s%.*s %s of %s", out->len ? ", " : "", (int)n, p, used,
				has);
			if (asks && !str_eq(asks, "1")) {
				buf_addf(out, " (each asks %s)", asks);
			}
			*first = *first ? *first : xstrndup(p, n);
		}
		free(used);
		free(has);
		free(asks);
	}
}

/* What the quota must have for all the missing pods; -1: not a plain number. */
static int64_t quota_wanted(const struct quota *q, const char *key, size_t missing)
{
	char *used = value_of(q->used, key, strlen(key));
	char *asks = value_of(q->requested, key, strlen(key));
	int64_t u, a, want = -1;
	if (str_to_i64(used ? used : "", 0, INT32_MAX, &u) &&
	    str_to_i64(asks ? asks : "", 0, INT32_MAX, &a) && missing < INT32_MAX) {
		want = u + a * (int64_t)missing;
	}
	free(used);
	free(asks);
	return want;
}

/* ---- what would help ---- */

static void advise_raise(struct pending_group *g, const struct quota *q, const char *key)
{
	struct advice *a = pending_advice_add(g, ADVICE_NONE);
	int64_t want = quota_wanted(q, key, g->npods);
	if (want < 0) {
		a->text = xasprintf("raise %s in quota %s of namespace %s", key, q->name, g->ns);
	} else {
		a->text = xasprintf("raise %s to %" PRId64 " in quota %s of namespace %s", key,
			want, q->name, g->ns);
		a->action = ADVICE_PATCH;
		a->what = "resourcequotas";
		a->ns = xstrdup(g->ns);
		a->name = xstrdup(q->name);
		a->body = xasprintf("{\"spec\":{\"hard\":{\"%s\":\"%" PRId64 "\"}}}", key, want);
		a->command = xasprintf("kubectl -n %s patch resourcequota %s --type merge -p '%s'",
			g->ns, q->name, a->body);
	}
	a->detail = xasprintf("or remove pods that are not needed there: kubectl -n %s describe "
		"resourcequota %s", g->ns, q->name);
}

static void advise_fewer(const struct deployment *d, struct pending_group *g)
{
	if (d->existing <= 0 || d->existing >= d->replicas) {
		return;
	}
	struct advice *a = pending_advice_add(g, ADVICE_SCALE_DEPLOYMENT);
	a->ns = xstrdup(d->ns);
	a->name = xstrdup(d->name);
	a->replicas = d->existing;
	a->text = xasprintf("scale %s to %d", d->name, (int)d->existing);
	a->effect = xstrdup("what the quota lets it have");
}

/* The server's words without the pod's name, which differs at each try. */
static char *plain_words(const char *failure)
{
	const char *at = strstr(failure, "is forbidden: ");
	struct buf out = BUF_INIT;
	text_cut_end(&out, at ? at + strlen("is forbidden: ") : failure, QUOTE_CELLS, false);
	for (char *p = out.data; p && *p; p++) {
		*p = *p == '\n' || *p == '\r' || *p == '\t' ? ' ' : *p;
	}
	return buf_detach(&out);
}

static void explain_other(struct pending_group *g, const struct deployment *d)
{
	char *words = plain_words(d->failure);
	bool quota = strstr(d->failure, "failed quota: ") != NULL;
	g->main_kind = quota ? REASON_QUOTA : REASON_NOT_CREATED;
	g->why = xasprintf("%zu of %d pods cannot be created: %s", g->npods, (int)d->replicas,
		words);
	struct advice *a = pending_advice_add(g, ADVICE_NONE);
	a->text = quota ? xasprintf("give the containers of %s the requests and limits that the "
		"quota counts", d->name) :
		xasprintf("change %s or the rule that refuses its pods", d->name);
	a->command = xasprintf("kubectl -n %s describe deployment %s", d->ns, d->name);
	free(words);
}

void pending_explain_absent(const struct model *m, struct pending_group *g)
{
	const struct deployment *d = model_deployment(m, g->ns, g->owner_name);
	struct quota q;
	struct buf list = BUF_INIT;
	char *key = NULL;
	if (!d) {
		return;
	}
	if (quota_read(d->failure, &q)) {
		quota_say(&q, &list, &key);
	}
	g->message = xstrdup(d->failure);
	if (key) {
		g->main_kind = REASON_QUOTA;
		g->why = xasprintf("%zu of %d pods cannot be created: quota %s in ns %s: %s",
			g->npods, (int)d->replicas, q.name, g->ns, buf_str(&list));
		advise_raise(g, &q, key);
		advise_fewer(d, g);
	} else {
		explain_other(g, d);
	}
	free(key);
	buf_release(&list);
	quota_release(&q);
}
