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

#include "core/base/err.h"
#include "core/io/loop.h"

enum kops_verb { KOPS_UPDATE_DRY, KOPS_UPDATE, KOPS_ROLL, KOPS_VERSION, KOPS_EXPORT_KUBECONFIG };

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
/* NULL with ERR_NOT_FOUND and a hint where to get kops when there is none. */
struct kops_run *kops_start(struct loop *l, const struct kops_call *call, struct err *e);
void kops_cancel(struct kops_run *r); /* the process group; no callback any more */
/* The command as one would type it, for the screen; owned by the caller. */
char *kops_command_line(const struct kops_call *call);

#endif
