/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences that the rules compose, in the user's language.  The rules speak English, as JSON, the
 * journal and scripts read it; a screen finds the sentence's pattern in a table and puts what
 * stood in its gaps into the translation.  What no pattern knows stays as it is.
 */
#ifndef KOPSCOPE_TUI_PHRASE_H
#define KOPSCOPE_TUI_PHRASE_H

#include <stdbool.h>

/* Owned by the caller; NULL for NULL. */
char *tr_phrase(const char *sentence);
/* For tests: the pattern at i, with %s for each gap; NULL: there are no more. */
const char *phrase_pattern(int i);
/* For tests: what tr_phrase() makes with this translation, "%s" or "%2$s" for the gaps; NULL where
   the pattern is not the sentence's. */
char *phrase_apply(const char *pattern, const char *translation, const char *sentence);

#endif
