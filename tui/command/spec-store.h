/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope spec and kopscope undo on a spec that is in a state store. */
#ifndef KOPSCOPE_TUI_COMMAND_SPEC_STORE_H
#define KOPSCOPE_TUI_COMMAND_SPEC_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/kops/edit.h"
#include "tui/options.h"

/* name: CLUSTER or CLUSTER/GROUP.  Returns the exit code; e is set when it says why. */
int spec_of_store(const struct options *o, bool edit, const char *name, const struct edit_op *ops,
	size_t nops, struct err *e);

/* "refused: line 3: ..." and the hints, on standard error. */
struct findings;
void spec_say(const struct findings *said);

#endif
