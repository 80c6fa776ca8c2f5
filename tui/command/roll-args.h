/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a roll on the command line, as the machine wants them. */
#ifndef KOPSCOPE_TUI_COMMAND_ROLL_ARGS_H
#define KOPSCOPE_TUI_COMMAND_ROLL_ARGS_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/rules/roll.h"
#include "core/run/run.h"
#include "tui/options.h"

/* Release with roll_options_release(); ERR_USAGE says which option and what would be right. */
bool roll_args_read(const struct options *o, struct roll_options *out, struct err *e);
/* --engine; native when nothing is said. */
bool roll_args_engine(const struct options *o, enum run_engine *out, struct err *e);

/* What kops understands too: "5s", "15m", "1h30m"; a bare number is seconds. */
bool roll_args_duration(const char *text, int64_t *ms);

#endif
