/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials from the program that a profile's credential_process names. */
#include "aws/provider.h"

#include <stdlib.h>
#include <string.h>

#include "aws/profile.h"
#include "aws/secret.h"
#include "aws/session.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/child.h"

#define PROCESS_MS 30000 /* real: a program does not run faster in a lab */

struct process {
	struct provider_run *run;
	struct child *child;
	struct loop_timer *timer;
	struct buf out;
	char last_word[128]; /* of its stderr */
};

/* Words as a shell would split them, quotes and backslashes only. */
static void words_split(struct strlist *out, const char *s)
{
	struct buf word = BUF_INIT;
	bool any = false;
	char quote = '\0';
	for (; *s; s++) {
		if (quote ? *s == quote : (*s == '"' || *s == '\'')) {
			quote = quote ? '\0' : *s;
			any = true;
		} else if (*s == '\\' && s[1] && quote != '\'') {
			buf_addc(&word, *++s);
			any = true;
		} else if (!quote && (*s == ' ' || *s == '\t')) {
			if (any) {
				strlist_take(out, buf_detach(&word));
			}
			any = false;
		} else {
			buf_addc(&word, *s);
			any = true;
		}
	}
	if (any) {
		strlist_take(out, buf_detach(&word));
	}
	buf_release(&word);
}

static void process_free(struct process *p)
{
	if (p->timer) {
		loop_timer_remove(p->timer);
	}
	secret_release(&p->out);
	free(p);
}

static void process_on_line(void *ctx, const char *line, size_t n, bool err)
{
	struct process *p = ctx;
	if (err) {
		size_t keep = n < sizeof(p->last_word) - 1 ? n : sizeof(p->last_word) - 1;
		memcpy(p->last_word, line, keep);
		p->last_word[keep] = '\0';
	} else {
		buf_add(&p->out, line, n);
		buf_addc(&p->out, '\n');
	}
}

static void process_on_exit(void *ctx, int code)
{
	struct process *p = ctx;
	struct provider_run *run = p->run;
	struct credentials v = { .access_key = NULL };
	struct err e = ERR_INIT;
	bool ok = !code && provider_read_json(&v, p->out.data ? p->out.data : "", p->out.len,
		"SessionToken", &e);
	struct err said = ERR_INIT;
	err_set(&said, ERR_AUTH, "%s", p->last_word);
	p->child = NULL;
	process_free(p);
	if (ok) {
		run->done(run, PROVIDER_FOUND, &v, NULL);
	} else if (code) {
		provider_failed(run, "Run the command by hand to see what it wants.",
			"credential_process ended with %d: %s", code, said.text);
	} else {
		provider_failed(run, NULL, "credential_process: %s", e.text);
	}
	credentials_release(&v);
}

static void process_on_timeout(void *ctx)
{
	struct process *p = ctx;
	struct provider_run *run = p->run;
	p->timer = NULL;
	child_abandon(p->child);
	process_free(p);
	provider_failed(run, "Run the command by hand to see what it wants.",
		"credential_process did not end within 30 s");
}

static void process_start(struct provider_run *run)
{
	const char *name = run->profile;
	const char *line = profiles_setting(run->aws->profiles, name, "credential_process");
	struct strlist words = { .v = NULL };
	struct err e = ERR_INIT;
	if (str_empty(line)) {
		provider_absent(run, "profile \"%s\" has no credential_process", name);
		return;
	}
	words_split(&words, line);
	const char **argv = xcalloc(words.n + 1, sizeof(*argv));
	for (size_t i = 0; i < words.n; i++) {
		argv[i] = words.v[i];
	}
	struct process *p = xcalloc(1, sizeof(*p));
	p->run = run;
	buf_init(&p->out, 1u << 16);
	p->out.secret = true;
	p->child = words.n ? child_start(run->aws->loop, &(struct child_spec){
		.argv = argv, .on_line = process_on_line, .on_exit = process_on_exit, .ctx = p,
	}, &e) : NULL;
	free(argv);
	strlist_release(&words);
	if (!p->child) {
		process_free(p);
		provider_failed(run, NULL, "credential_process: %s", e.text);
		return;
	}
	p->timer = loop_timer_add(run->aws->loop,
		(int64_t)(PROCESS_MS * loop_clock(run->aws->loop)->scale), process_on_timeout, p);
	run->state = p;
}

static void process_cancel(struct provider_run *run)
{
	struct process *p = run->state;
	child_abandon(p->child);
	process_free(p);
}

const struct provider provider_process = {
	.name = "credential process", .renews = true, .start = process_start,
	.cancel = process_cancel,
};
