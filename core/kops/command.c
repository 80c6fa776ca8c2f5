/* SPDX-License-Identifier: Apache-2.0 */
/* Running the user's own kops: arguments, log, lines, exit. */
#include "core/kops/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/base/xalloc.h"
#include "core/io/child.h"
#include "core/io/trace.h"

#define KOPS_MAX_ARGS 64

/*
 * kops' words for each verb (facts: kops parts 4, 5.1).  kubeconfig: kops would
 * otherwise rewrite the user's and switch the current context.
 */
static const struct {
	const char *words[6];
	bool on_cluster; /* takes the cluster's name and --state */
} kops_verbs[] = {
	[KOPS_UPDATE_DRY] = { { "update", "cluster" }, true },
	[KOPS_UPDATE] = { { "update", "cluster" }, true },
	[KOPS_ROLL] = { { "rolling-update", "cluster" }, true },
	[KOPS_VERSION] = { { "version", "--short" }, false },
	[KOPS_EXPORT_KUBECONFIG] = { { "export", "kubeconfig" }, true },
	[KOPS_CREATE] = { { NULL }, false },
	[KOPS_VALIDATE] = { { "validate", "cluster" }, true },
};

static const char *const kops_verb_tail[][3] = {
	[KOPS_UPDATE_DRY] = { NULL },
	[KOPS_UPDATE] = { "--yes", "--create-kube-config=false", NULL },
	[KOPS_ROLL] = { "--yes", NULL },
	[KOPS_VERSION] = { NULL },
	[KOPS_EXPORT_KUBECONFIG] = { NULL },
	[KOPS_CREATE] = { NULL },
	[KOPS_VALIDATE] = { NULL },
};

struct kops_run {
	struct kops_call call; /* callbacks and ctx only */
	struct child *child;
	int log;               /* -1: none */
	char last_error[256];  /* "Error: ..." of kops itself */
	struct loop *loop;
	int64_t printed_at;    /* mono ms */
	char tail[200];        /* behind the last newline */
	size_t ntail;
};

/* Borrowed pointers from the call; argv[0] is the program. */
struct kops_args {
	const char *argv[KOPS_MAX_ARGS + 1];
	size_t n;
};

static void kops_args_add(struct kops_args *a, const char *word)
{
	if (a->n < KOPS_MAX_ARGS) {
		a->argv[a->n++] = word;
		a->argv[a->n] = NULL;
	}
}

static void kops_args_build(struct kops_args *a, const struct kops_call *call, const char *program)
{
	a->n = 0;
	kops_args_add(a, program);
	for (size_t i = 0; kops_verbs[call->verb].words[i]; i++) {
		kops_args_add(a, kops_verbs[call->verb].words[i]);
	}
	if (kops_verbs[call->verb].on_cluster) {
		kops_args_add(a, call->cluster);
		kops_args_add(a, "--state");
		kops_args_add(a, call->state);
	}
	for (size_t i = 0; kops_verb_tail[call->verb][i]; i++) {
		kops_args_add(a, kops_verb_tail[call->verb][i]);
	}
	for (size_t i = 0; call->extra && call->extra[i]; i++) {
		kops_args_add(a, call->extra[i]);
	}
}

/* --kops, then the environment, then PATH. */
static const char *kops_program(const struct kops_call *call)
{
	const char *env = getenv("KOPSCOPE_KOPS");

	if (!str_empty(call->program)) {
		return call->program;
	}
	return str_empty(env) ? "kops" : env;
}

static void kops_on_line(void *ctx, const char *line, size_t n, bool err)
{
	struct kops_run *r = ctx;
	static const char word[] = "Error: ";
	size_t skip = sizeof(word) - 1;

	if (err && n > skip && memcmp(line, word, skip) == 0) {
		size_t keep = n - skip < sizeof(r->last_error) - 1 ? n - skip :
			sizeof(r->last_error) - 1;

		memcpy(r->last_error, line + skip, keep);
		r->last_error[keep] = '\0';
	}
	if (r->call.on_line) {
		r->call.on_line(r->call.ctx, line, n, err);
	}
}

/* What may be a question: the newest text that no newline ended. */
static void kops_keep_tail(struct kops_run *r, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n' || p[i] == '\r') {
			r->ntail = 0;
		} else if (r->ntail + 1 < sizeof(r->tail)) {
			r->tail[r->ntail++] = p[i];
		}
	}
	r->tail[r->ntail] = '\0';
	r->printed_at = clock_mono(loop_clock(r->loop));
}

/* A log that cannot be written is no reason to stop kops half-way. */
static void kops_on_raw(void *ctx, const char *p, size_t n, bool err)
{
	struct kops_run *r = ctx;

	kops_keep_tail(r, p, n);
	while (r->log >= 0 && n) {
		ssize_t got = write(r->log, p, n);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			trace_say(TRACE_KOPS, "log: %s", strerror(errno));
			close(r->log);
			r->log = -1;
			return;
		}
		p += got;
		n -= (size_t)got;
	}
}

static void kops_run_free(struct kops_run *r)
{
	if (r->log >= 0) {
		close(r->log);
	}
	free(r);
}

static void kops_on_exit(void *ctx, int code)
{
	struct kops_run *r = ctx;
	struct kops_call call = r->call;
	struct err e = ERR_INIT;

	if (code > 0 && r->last_error[0]) {
		err_set(&e, ERR_SERVER, "kops: %s", r->last_error);
	} else if (code > 0) {
		err_set(&e, ERR_SERVER, "kops ended with exit code %d", code);
	} else if (code < 0) {
		err_set(&e, ERR_CANCELLED, "kops was ended by signal %d", -code);
	}
	kops_run_free(r);
	if (call.on_done) {
		call.on_done(call.ctx, code, code ? &e : NULL);
	}
}

static struct {
	bool (*may)(void *ctx, enum kops_verb verb, const char *cluster, struct err *e);
	void *ctx;
} guard;

void kops_guard(bool (*may)(void *ctx, enum kops_verb verb, const char *cluster, struct err *e),
	void *ctx)
{
	guard.may = may;
	guard.ctx = ctx;
}

static bool kops_may(const struct kops_call *call, struct err *e)
{
	bool dry = call->verb == KOPS_UPDATE_DRY || call->verb == KOPS_VERSION ||
		call->verb == KOPS_VALIDATE;
	for (size_t i = 0; call->extra && call->extra[i]; i++) {
		dry = dry || str_eq(call->extra[i], "--dry-run");
	}
	return dry || !guard.may || guard.may(guard.ctx, call->verb, call->cluster, e);
}

struct kops_run *kops_start(struct loop *l, const struct kops_call *call, struct err *e)
{
	if (!kops_may(call, e)) {
		return NULL;
	}
	const char *name = kops_program(call);
	char *program = strchr(name, '/') ? xstrdup(name) : child_which(name);
	struct kops_args args;

	const char *why = program && program[0] != '/' && !strchr(name, '/') ?
		trust_program(program) : NULL;
	if (why) {
		err_set(e, ERR_CONFIG, "%s is not run: %s", program, why);
		err_hint(e, "name it in KOPSCOPE_KOPS, or put PATH right");
		free(program);
		return NULL;
	}
	if (!program || access(program, X_OK) != 0) {
		err_set(e, ERR_NOT_FOUND, "there is no program %.200s", name);
		err_hint(e, "Install kops (https://kops.sigs.k8s.io/getting_started/install/), "
			"or name it in KOPSCOPE_KOPS");
		free(program);
		return NULL;
	}
	struct kops_run *r = xcalloc(1, sizeof(*r));
	r->call = *call;
	r->loop = l;
	r->printed_at = clock_mono(loop_clock(l));
	r->log = -1;
	if (call->log_path) {
		r->log = open(call->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (r->log < 0) {
			err_errno(e, errno, "opening %s", call->log_path);
			free(program);
			kops_run_free(r);
			return NULL;
		}
	}
	kops_args_build(&args, call, program);
	const struct child_spec spec = {
		.argv = args.argv,
		.on_line = kops_on_line,
		.on_raw = kops_on_raw,
		.on_exit = kops_on_exit,
		.ctx = r,
	};
	r->child = child_start(l, &spec, e);
	free(program);
	if (!r->child) {
		kops_run_free(r);
		return NULL;
	}
	return r;
}

void kops_cancel(struct kops_run *r)
{
	child_abandon(r->child);
	kops_run_free(r);
}

#define KOPS_ASKS_MS 10000  /* real: a line that takes so long to end is a question */
#define KOPS_HANGS_MS 90000

int64_t kops_quiet(const struct kops_run *r)
{
	const struct clock *c = loop_clock(r->loop);

	return (int64_t)((double)(clock_mono(c) - r->printed_at) / (c->scale < 1 ? 1 : c->scale));
}

const char *kops_asks(const struct kops_run *r)
{
	return r->ntail && kops_quiet(r) >= KOPS_ASKS_MS ? r->tail : NULL;
}

void kops_quiet_words(const struct kops_run *r, char *out, size_t size)
{
	const char *asks = kops_asks(r);
	char quiet[32];

	out[0] = '\0';
	stamp_duration(quiet, sizeof(quiet), kops_quiet(r));
	if (asks) {
		snprintf(out, size, "kops asks \"%s\" and gets no answer here: run it in a "
			"terminal once, or end it", asks);
	} else if (kops_quiet(r) >= KOPS_HANGS_MS) {
		snprintf(out, size, "kops has printed nothing for %s: it may hang (network, "
			"credentials, a lock)", quiet);
	}
}

void kops_quote(struct buf *out, const char *word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"-_./:=,@%+";

	if (*word && strspn(word, safe) == strlen(word)) {
		buf_adds(out, word);
		return;
	}
	buf_addc(out, '\'');
	for (const char *p = word; *p; p++) {
		if (*p == '\'') {
			buf_adds(out, "'\\''");
		} else {
			buf_addc(out, *p);
		}
	}
	buf_addc(out, '\'');
}

char *kops_command_line(const struct kops_call *call)
{
	struct buf out = BUF_INIT;
	struct kops_args args;

	kops_args_build(&args, call, str_empty(call->program) ? "kops" : call->program);
	for (size_t i = 0; i < args.n; i++) {
		buf_adds(&out, i ? " " : "");
		kops_quote(&out, args.argv[i]);
	}
	return buf_detach(&out);
}
