/* SPDX-License-Identifier: Apache-2.0 */
/* What one stored spec says about max pods and the CNI, on standard output. */
#ifndef KOPSCOPE_TUI_COMMAND_SPEC_SHOW_H
#define KOPSCOPE_TUI_COMMAND_SPEC_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "core/model/model.h"

/* The settings that spec edit knows: key, where it belongs, what a change comes to, what it is. */
void spec_keys(bool json);

/*
 * The text is a kops document, readable for kops or not.  m: the model in which
 * the spec's cluster is open, to tell what a group gets from elsewhere; NULL: the
 * text is all there is.
 */
void spec_show(const char *text, size_t len, const struct model *m, bool json);

#endif
