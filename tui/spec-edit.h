/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One edit of one spec's text with everything that the text by itself proves:
 * the editor's refusals, the rules' and the warnings.  The command line and the
 * screen go through this one.
 */
#ifndef KOPSCOPE_TUI_SPEC_EDIT_H
#define KOPSCOPE_TUI_SPEC_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/kops/edit.h"
#include "core/rules/consequences.h"

/*
 * The new text, appended to out, and what there is to say about it.  False:
 * refused (ERR_REFUSED, or ERR_PARSE for what kops could not read), out is
 * untouched; e says the first reason, and the findings hold all of them.  Lines are
 * those of the new text, or, when refused, of the old one.
 */
bool spec_edit(const char *text, size_t len, const struct edit_op *ops, size_t nops,
	struct buf *out, struct findings *said, struct err *e);

/* The findings of a text as it is: what kops could not read or drops, what is unwise. */
void spec_findings(const char *text, size_t len, struct findings *said);

#endif
