/* SPDX-License-Identifier: Apache-2.0 */
/* Wordings of schedulers, kubelets and the CNI by kind; for core/rules/reason.c. */
#ifndef KOPSCOPE_RULES_REASON_KIND_H
#define KOPSCOPE_RULES_REASON_KIND_H

#include "core/rules/reason.h"

/* Of one reason of a list, without its count. */
enum reason_kind reason_kind_of_part(const char *text);
/* Of a reason whose end was cut off (events end at 1024 bytes); REASON_OTHER when more than one
   wording begins so. */
enum reason_kind reason_kind_of_cut(const char *text);
/* Of a message that is no list; *where NULL: not told by the wording. */
enum reason_kind reason_kind_of_message(const char *text, const char **where);
/* Of what follows "preemption: " when it is no list. */
enum reason_kind reason_kind_of_preemption(const char *text);

#endif
