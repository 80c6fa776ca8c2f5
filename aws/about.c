/* SPDX-License-Identifier: Apache-2.0 */
/* How the session stands, and who we are: for `kopscope check`. */
#include "aws/aws.h"

#include <stdio.h>
#include <stdlib.h>

#include "aws/call.h"
#include "aws/profile.h"
#include "aws/session.h"
#include "aws/sts.h"
#include "core/base/xalloc.h"

const char *aws_program(const struct aws *a)
{
	const char *name = a->profile, *line = NULL;
	/* A circle is told elsewhere. */
	for (int i = 0; name && !line && i < 16; i++) {
		line = profiles_setting(a->profiles, name, "credential_process");
		name = profiles_setting(a->profiles, name, "source_profile");
	}
	return line;
}

void aws_about(const struct aws *a, struct aws_about *out)
{
	const struct credentials *held = creds_held(a->chain);
	*out = (struct aws_about){ .profile = aws_profile(a), .skew_ms = a->skew_ms };
	out->region = aws_region_from(a, &out->region_from);
	out->endpoint = endpoint_configured(a, AWS_EC2, &out->endpoint_from);
	if (held) {
		out->provider = held->provider;
		out->expires = held->expires;
		out->renews = held->renews;
	}
}

const char *aws_credentials_note(const struct aws *a, size_t i)
{
	const struct strlist *notes = creds_notes(a->chain);
	return i < notes->n ? notes->v[i] : NULL;
}

const char *aws_credentials_unasked(const struct aws *a, size_t i)
{
	return creds_provider_name(creds_notes(a->chain)->n + i);
}

int aws_calls_per_minute(const struct aws *a)
{
	return budget_minute(&a->budget, AWS_SERVICE__COUNT, aws_mono(a));
}

void aws_budget_words(const struct aws *a, char *out, size_t size)
{
	int n = snprintf(out, size, "%d", aws_calls_per_minute(a));
	bool any = false;
	for (int i = 0; i < AWS_SERVICE__COUNT && n > 0 && (size_t)n < size; i++) {
		int calls = budget_minute(&a->budget, (enum aws_service)i, aws_mono(a));
		if (calls) {
			n += snprintf(out + n, size - (size_t)n, "%s%s %d", any ? ", " : " (",
				aws_service((enum aws_service)i)->name, calls);
			any = true;
		}
	}
	if (any && n > 0 && (size_t)n < size) {
		snprintf(out + n, size - (size_t)n, ")");
	}
}

void aws_ask_again(struct aws *a)
{
	a->declined = false;
}

/* ---- who we are ---- */

struct aws_probe {
	struct aws *aws;
	struct aws_call *call;
	void (*done)(void *ctx, const struct identity *i, const struct err *e);
	void *ctx;
};

static void probe_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct aws_probe *p = ctx;
	const struct credentials *held = creds_held(p->aws->chain);
	struct identity i;
	struct err bad = ERR_INIT;
	p->call = NULL;
	if (!e && !sts_read_identity(r->root, &i)) {
		err_set(&bad, ERR_PARSE, "STS GetCallerIdentity: the answer names nobody");
		e = &bad;
	}
	if (!e) {
		i.provider = held ? held->provider : NULL;
		i.expires = held ? held->expires : 0;
		i.renews = held && held->renews;
	}
	p->done(p->ctx, e ? NULL : &i, e);
	free(p);
}

struct aws_probe *aws_probe_start(struct aws *a,
	void (*done)(void *ctx, const struct identity *i, const struct err *e), void *ctx)
{
	struct aws_probe *p = xcalloc(1, sizeof(*p));
	struct buf q = BUF_INIT;
	p->aws = a;
	p->done = done;
	p->ctx = ctx;
	sts_ask_identity(&q);
	p->call = aws_call_start(a, &(struct aws_call_spec){
		.service = AWS_STS, .action = "GetCallerIdentity", .body = buf_str(&q),
		.body_len = q.len, .done = probe_on_answer, .ctx = p,
	});
	buf_release(&q);
	return p;
}

void aws_probe_cancel(struct aws_probe *p)
{
	if (p) {
		aws_call_cancel(p->call);
		free(p);
	}
}
