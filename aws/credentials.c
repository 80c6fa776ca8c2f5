/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of credential providers. */
#include "aws/credentials.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "aws/provider.h"
#include "aws/secret.h"
#include "aws/session.h"
#include "core/base/bug.h"
#include "core/base/clock.h"
#include "core/base/xalloc.h"
#include "core/io/trace.h"

/* Asked from the top.  The first that is set up decides, well or ill. */
static const struct provider *const providers[] = {
	&provider_environment, &provider_assume_role, &provider_web_identity, &provider_sso,
	&provider_shared_file, &provider_process, &provider_config_file, &provider_container,
	&provider_imds,
};
#define PROVIDERS (sizeof(providers) / sizeof(*providers))

/* Asked anew so long before the end. */
#define REFRESH_MS (10 * 60 * 1000)
/* The same of those that somebody must be asked for. */
#define REFRESH_ONCE_MS (30 * 1000)

struct creds_wait {
	struct creds_chain *chain;
	struct creds_wait *next;
	void (*done)(void *ctx, const struct credentials *v, const struct err *e);
	void *ctx;
};

struct creds_chain {
	struct aws *aws;
	struct credentials held; /* access_key NULL: nothing */
	bool asking;
	struct provider_walk walk;
	struct creds_wait *waiting;
	struct strlist notes;
};

void credentials_copy(struct credentials *to, const struct credentials *from)
{
	secret_replace(&to->access_key, from->access_key);
	secret_replace(&to->secret_key, from->secret_key);
	secret_replace(&to->token, from->token);
	to->expires = from->expires;
	to->once = from->once;
	to->renews = from->renews;
	to->provider = from->provider;
}

void credentials_release(struct credentials *c)
{
	secret_free(&c->access_key);
	secret_free(&c->secret_key);
	secret_free(&c->token);
	c->expires = 0;
}

static void chain_note(void *ctx, const struct provider *p, const char *text)
{
	struct creds_chain *c = ctx;
	strlist_take(&c->notes, xasprintf("%s: %s", p->name, text));
	trace_say(TRACE_AWS, "credentials: %s: %s", p->name, text);
}

/* Everybody who waits gets the same answer; they may ask again from inside. */
static void chain_finish(struct creds_chain *c, const struct err *e)
{
	struct creds_wait *list = c->waiting;
	struct credentials v = { .access_key = NULL };
	c->waiting = NULL;
	c->asking = false;
	if (!e) {
		credentials_copy(&v, &c->held);
	}
	for (struct creds_wait *w = list; w; w = w->next) {
		w->chain = NULL; /* told apart in creds_wait_cancel() */
	}
	while (list) {
		struct creds_wait *w = list;
		list = w->next;
		if (w->done) {
			w->done(w->ctx, e ? NULL : &v, e);
		}
		free(w);
	}
	credentials_release(&v);
}

static void chain_exhausted(struct creds_chain *c)
{
	struct err e = ERR_INIT;
	const char *profile = aws_profile(c->aws);
	if (err_is_set(&c->aws->profiles_err)) {
		err_set(&e, ERR_AUTH, "no AWS credentials: %s", c->aws->profiles_err.text);
		err_hint(&e, "Make the file readable, or set AWS_ACCESS_KEY_ID.");
	} else if (c->aws->profile_explicit && !aws_profile_exists(c->aws)) {
		err_set(&e, ERR_AUTH, "no AWS credentials: there is no profile \"%s\"", profile);
		err_hint(&e, "Known profiles are in %s and %s.",
			profiles_path(c->aws->profiles, PROFILE_CREDENTIALS),
			profiles_path(c->aws->profiles, PROFILE_CONFIG));
	} else {
		err_set(&e, ERR_AUTH, "no AWS credentials found");
		err_hint(&e, "Looked for AWS_ACCESS_KEY_ID, profile \"%s\" in %s and %s, a "
			"container's and the instance's role.  Set one, or run `aws sso login`.",
			profile, profiles_path(c->aws->profiles, PROFILE_CREDENTIALS),
			profiles_path(c->aws->profiles, PROFILE_CONFIG));
	}
	chain_finish(c, &e);
}

static const char *const lent_names[] = {
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
};

static void chain_take_back(struct creds_chain *c)
{
	for (size_t i = 0; c->aws->lent && i < sizeof(lent_names) / sizeof(*lent_names); i++) {
		char *v = getenv(lent_names[i]);
		if (v) {
			OPENSSL_cleanse(v, strlen(v));
			unsetenv(lent_names[i]);
		}
	}
	c->aws->lent = false;
}

/*
 * Nobody can be asked for a code by kops, by a kubeconfig's program or by a run
 * that goes on without us: what was got for one is given to them.
 */
static void chain_lend(struct creds_chain *c)
{
	const char *const values[] = { c->held.access_key, c->held.secret_key, c->held.token };
	chain_take_back(c);
	for (size_t i = 0; i < sizeof(lent_names) / sizeof(*lent_names); i++) {
		if (values[i]) {
			setenv(lent_names[i], values[i], 1);
		}
	}
	c->aws->lent = true;
}

static void chain_answer(void *ctx, enum provider_answer answer, const struct provider *p,
	const struct credentials *v, const struct err *why)
{
	struct creds_chain *c = ctx;
	struct err e = ERR_INIT;
	if (answer == PROVIDER_FOUND) {
		credentials_copy(&c->held, v);
		c->held.provider = p->name;
		c->held.renews = p->renews && !v->once;
		if (c->held.once) {
			chain_lend(c);
		}
		chain_finish(c, NULL);
	} else if (answer == PROVIDER_FAILED) {
		e = *why;
		e.kind = ERR_AUTH;
		err_wrap(&e, "AWS credentials (%s)", p->name);
		chain_finish(c, &e);
	} else {
		chain_exhausted(c);
	}
}

static void chain_ask(struct creds_chain *c)
{
	c->walk = (struct provider_walk){
		.list = providers, .n = PROVIDERS, .note = chain_note, .done = chain_answer,
		.ctx = c, .run = { .aws = c->aws, .profile = aws_profile(c->aws) },
	};
	provider_walk_start(&c->walk);
}

struct creds_chain *creds_chain_new(struct aws *a)
{
	struct creds_chain *c = xcalloc(1, sizeof(*c));
	c->aws = a;
	return c;
}

void creds_chain_free(struct creds_chain *c)
{
	provider_walk_cancel(&c->walk);
	chain_take_back(c);
	while (c->waiting) {
		struct creds_wait *w = c->waiting;
		c->waiting = w->next;
		free(w);
	}
	credentials_release(&c->held);
	strlist_release(&c->notes);
	free(c);
}

static bool chain_is_fresh(const struct creds_chain *c)
{
	int64_t now = clock_wall(loop_clock(c->aws->loop)) + c->aws->skew_ms;
	int64_t margin = c->held.once ? REFRESH_ONCE_MS : REFRESH_MS;
	return c->held.access_key && (!c->held.expires || c->held.expires - now > margin);
}

struct creds_wait *creds_get(struct creds_chain *c,
	void (*done)(void *ctx, const struct credentials *v, const struct err *e), void *ctx)
{
	if (chain_is_fresh(c)) {
		struct credentials v = { .access_key = NULL };
		credentials_copy(&v, &c->held);
		done(ctx, &v, NULL);
		credentials_release(&v);
		return NULL;
	}
	struct creds_wait *w = xcalloc(1, sizeof(*w));
	*w = (struct creds_wait){ .chain = c, .next = c->waiting, .done = done, .ctx = ctx };
	c->waiting = w;
	if (!c->asking) {
		c->asking = true;
		strlist_release(&c->notes);
		aws_reload_profiles(c->aws);
		if (c->aws->profile_explicit && !aws_profile_exists(c->aws)) {
			chain_exhausted(c);
		} else {
			chain_ask(c);
		}
		/* Answered at once: w is gone. */
		if (!c->asking) {
			return NULL;
		}
	}
	return w;
}

void creds_wait_cancel(struct creds_wait *w)
{
	if (!w) {
		return;
	}
	if (!w->chain) {
		w->done = NULL; /* chain_finish() is walking over it */
		return;
	}
	for (struct creds_wait **p = &w->chain->waiting; *p; p = &(*p)->next) {
		if (*p == w) {
			*p = w->next;
			free(w);
			return;
		}
	}
	BUG("credentials: cancel of one who does not wait");
}

void creds_forget(struct creds_chain *c)
{
	credentials_release(&c->held);
}

const struct credentials *creds_held(const struct creds_chain *c)
{
	return c->held.access_key ? &c->held : NULL;
}

const struct strlist *creds_notes(const struct creds_chain *c)
{
	return &c->notes;
}

const char *creds_provider_name(size_t i)
{
	return i < PROVIDERS ? providers[i]->name : NULL;
}
