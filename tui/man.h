/* SPDX-License-Identifier: Apache-2.0 */
/* The manual page kopscope(1), made from the tables of commands, options, views and actions. */
#ifndef KOPSCOPE_TUI_MAN_H
#define KOPSCOPE_TUI_MAN_H

#include "core/base/buf.h"

/* mdoc(7). */
void man_page(struct buf *out);

#endif
