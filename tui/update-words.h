/* SPDX-License-Identifier: Apache-2.0 */
/* What kops' update report means: which tasks matter, and what its own version says. */
#ifndef KOPSCOPE_TUI_UPDATE_WORDS_H
#define KOPSCOPE_TUI_UPDATE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kops/output.h"

#define UPDATE_RANKS 4
/* 0 matters most; UPDATE_RANKS - 1 is noise.  *means: what it does to the cluster, or NULL. */
int update_task_rank(const struct update_task *t, const char **means);
const char *update_section_text(enum update_section s); /* "create", ... */

/* "Client version: 1.34.1 (git-...)": the number into out; false when the line has none. */
bool update_version_line(const char *line, size_t n, char *out, size_t size);
/* One line, when this kops is not the one that updated the cluster last; else empty. */
void update_version_words(const char *kops, const char *cluster, char *out, size_t size);

#endif
