/* SPDX-License-Identifier: Apache-2.0 */
/* What the wire tests stand on. */
#include "tests/aws/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

extern char **environ;

static int64_t wall_fixed(void *ctx)
{
	return BENCH_WALL;
}

/*
 * As it was when the turn began: else a machine that is busy for 20 ms in the middle of one would
 * let what is due in 20 s come in the same turn.
 */
static int64_t mono_of_turn(void *ctx)
{
	return ((struct bench *)ctx)->mono;
}

static void bench_turn_begins(void *ctx)
{
	struct bench *b = ctx;
	b->mono = clock_mono(&b->fast);
}

/* No setting of whoever runs the tests may reach them. */
static void bench_scrub(void)
{
	struct strlist names = { .v = NULL };
	for (char **p = environ; *p; p++) {
		if (str_starts(*p, "AWS_") || str_starts(*p, "S3_") || str_starts(*p, "KOPS_") ||
		    str_icontains(*p, "_proxy=")) {
			strlist_take(&names, xstrndup(*p, strcspn(*p, "=")));
		}
	}
	for (size_t i = 0; i < names.n; i++) {
		unsetenv(names.v[i]);
	}
	strlist_release(&names);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
}

int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof(*b));
	bench_scrub();
	snprintf(b->home, sizeof(b->home), "/tmp/t-aws.XXXXXX");
	if (!mkdtemp(b->home)) {
		return -1;
	}
	setenv("HOME", b->home, 1);
	clock_system(&b->fast, 1000);
	b->clock = (struct clock){ .mono_ms = mono_of_turn, .wall_ms = wall_fixed,
		.scale = b->fast.scale, .ctx = b };
	bench_turn_begins(b);
	b->loop = loop_new(&b->clock);
	loop_before_wait(b->loop, bench_turn_begins, b);
	b->http = http_new(b->loop);
	b->wire = wire_new(b->loop);
	*state = b;
	return 0;
}

int bench_teardown(void **state)
{
	struct bench *b = *state;
	aws_free(b->aws);
	http_free(b->http);
	wire_free(b->wire);
	loop_free(b->loop);
	free(b->text);
	free(b->etag);
	static const char *const made[] = {
		"/.aws/credentials", "/.aws/config", "/.aws/sso/cache", "/.aws/sso", "/.aws",
		"/helper", "/token", "",
	};
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++) {
		char *path = xasprintf("%s%s", b->home, made[i]);
		remove(path);
		free(path);
	}
	free(b);
	return 0;
}

void bench_session(struct bench *b, const struct aws_options *o)
{
	aws_free(b->aws);
	b->aws = aws_new(b->loop, b->http, o);
}

void bench_simple(struct bench *b)
{
	setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 1);
	setenv("AWS_ENDPOINT_URL", wire_url(b->wire), 1);
	setenv("AWS_REGION", "ap-northeast-2", 1);
	bench_session(b, NULL);
}

void bench_file(struct bench *b, const char *name, const char *text)
{
	char *path = file_join(b->home, name);
	char *slash = strrchr(path, '/');
	struct err e = ERR_INIT;
	*slash = '\0';
	file_mkdirs(path, &e);
	*slash = '/';
	file_write(path, text, strlen(text), 0700, &e);
	free(path);
}

struct bench_goal {
	struct bench *b;
	int n;
};

static bool bench_reached(void *ctx)
{
	struct bench_goal *g = ctx;
	return g->b->calls >= g->n;
}

bool bench_wait(struct bench *b, int n)
{
	struct bench_goal g = { b, n };
	/* A minute of real time, at a thousand times the speed. */
	return loop_run_until(b->loop, bench_reached, &g, 60000 * 1000);
}

void bench_on_done(void *ctx, const struct err *e)
{
	struct bench *b = ctx;
	err_clear(&b->err);
	if (e) {
		b->err = *e;
	}
	b->calls++;
}

void bench_on_credentials(void *ctx, const struct credentials *v, const struct err *e)
{
	struct bench *b = ctx;
	char *said = v ? xasprintf("%s %s %s %s", v->provider, v->access_key, v->secret_key,
				 v->token ? v->token : "-")
		       : xstrdup("(none)");
	xreplace(&b->text, said);
	b->count = v ? (size_t)(v->expires / 1000) : 0;
	free(said);
	bench_on_done(b, e);
}
