/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket of a run: a stream socket, 0600, in the run's folder.
 * One word per line comes in, "ok" or "unknown" goes back.  Only the folder's
 * owner (and root) can connect.
 */
#ifndef KOPSCOPE_RUN_CONTROL_H
#define KOPSCOPE_RUN_CONTROL_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/io/loop.h"

struct control;
/* word: pause, resume, skip, stop; false: not possible in this run ("unknown" goes back).  ping is
   answered here. */
struct control *control_open(struct loop *l, const char *id,
	bool (*word)(void *ctx, const char *word), void *ctx, struct err *e);
void control_close(struct control *c); /* removes the socket; NULL is fine */

#endif
