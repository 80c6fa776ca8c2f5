/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `kopscope explain` prints: a message of a scheduler, the kubelet or the
 * CNI taken apart, for programs and for people.
 */
#ifndef KOPSCOPE_TUI_COMMAND_EXPLAIN_H
#define KOPSCOPE_TUI_COMMAND_EXPLAIN_H

#include "core/base/buf.h"
#include "core/rules/reason.h"

/* {total, available, reasons: [{count, kind, ...}], where, preemption, postfilter_prefix} on one
   line; what the text does not say is null, parts that it does not have are left out. */
void explain_json(const struct reasons *r, struct buf *out);
/* A sentence, then a line for each reason with what it means. */
void explain_text(const struct reasons *r, struct buf *out);

#endif
