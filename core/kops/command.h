/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running the user's own kops.  Which program: --kops, KOPSCOPE_KOPS or the
 * first "kops" on PATH.  Output lines come as they are printed and are kept
 * whole in a log; only the exit code decides success.
 */
#ifndef KOPSCOPE_KOPS_COMMAND_H
#define KOPSCOPE_KOPS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/io/loop.h"

enum kops_verb {
	KOPS_UPDATE_DRY, KOPS_UPDATE, KOPS_ROLL, KOPS_VERSION, KOPS_EXPORT_KUBECONFIG,
	KOPS_CREATE, /* all its words are extra: core/kops/create.h */
	KOPS_VALIDATE,
};

struct kops_call {
	enum kops_verb verb;
	const char *program; /* NULL: found as above */
	const char *state;   /* the store's URL */
	const char *cluster;
	const char *const *extra; /* NULL-terminated further arguments; NULL: none */
	const char *log_path;     /* raw output, appended, 0600; NULL: none */
	void (*on_line)(void *ctx, const char *line, size_t n, bool err);
	void (*on_done)(void *ctx, int code, const struct err *e); /* e NULL when code is 0 */
	void *ctx;
};
struct kops_run;
/* Asked before kops is started, once for each call that writes and is no --dry-run: false refuses
   it.  NULL: nobody is asked. */
void kops_guard(bool (*may)(void *ctx, enum kops_verb verb, const char *cluster, struct err *e),
	void *ctx);
/* NULL with ERR_NOT_FOUND and a hint where to get kops when there is none; ERR_REFUSED by the
   guard. */
struct kops_run *kops_start(struct loop *l, const struct kops_call *call, struct err *e);
void kops_cancel(struct kops_run *r); /* the process group; no callback any more */
/* How long nothing was printed, real ms. */
int64_t kops_quiet(const struct kops_run *r);
/* What stands behind the last newline: a question, which nobody here can answer, for kops reads
   /dev/null.  NULL: nothing.  Borrowed until the next turn of the loop. */
const char *kops_asks(const struct kops_run *r);
/* One line about a kops that hangs or asks, for people; empty while it just works. */
void kops_quiet_words(const struct kops_run *r, char *out, size_t size);
/* The command as one would type it, for the screen; owned by the caller. */
char *kops_command_line(const struct kops_call *call);
/* A word of it, quoted for a shell where that is needed. */
void kops_quote(struct buf *out, const char *word);

#endif
