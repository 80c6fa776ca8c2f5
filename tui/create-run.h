/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the run that makes a cluster. */
#ifndef KOPSCOPE_TUI_CREATE_RUN_H
#define KOPSCOPE_TUI_CREATE_RUN_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/kops/create.h"
#include "tui/session.h"

/* As launch_run(): *id is owned by the caller. */
bool create_run_start(struct session *s, const struct create_plan *p, char **id, struct err *e);
/* What the kops at hand needs in its environment, put into ours. */
void create_run_features(const struct create_plan *p);

#endif
