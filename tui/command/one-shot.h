/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One answer without a screen: connect, wait for the first answer of every source (or its
 * failure), make what views are made from.  What is unavailable says so.
 */
#ifndef KOPSCOPE_TUI_COMMAND_ONE_SHOT_H
#define KOPSCOPE_TUI_COMMAND_ONE_SHOT_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/rules/pending.h"
#include "core/run/run.h"
#include "tui/options.h"
#include "tui/screen/print.h"
#include "tui/session.h"
#include "tui/view.h"

struct one_shot {
	struct session session;
	struct pending_report pending;
	struct run_view run;
	bool has_run;
	struct view_ctx ctx;
};

/* Never fails; v: what it shows of the store is read as well.  Options are borrowed. */
void one_shot_begin(struct one_shot *o, const struct options *opts, const struct view *v);
/* Makes it all anew from what the model holds now; rows of before are void. */
void one_shot_again(struct one_shot *o);
void one_shot_end(struct one_shot *o);

/* One sentence on stderr for each source that this view needed and did not get; the exit code,
   e when nothing could be asked at all. */
int one_shot_complain(const struct one_shot *o, const struct view *v, struct err *e);

/* The one after another of kopscope get --watch, until it is interrupted: its exit code. */
int get_watch(struct one_shot *o, const struct view *v, enum print_format f, bool headers);

#endif
