/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's language, by gettext(3): English is in the program, others are
 * po/LANG.po, looked for beside an uninstalled program and else below its prefix.
 */
#ifndef KOPSCOPE_TUI_LANGUAGE_H
#define KOPSCOPE_TUI_LANGUAGE_H

/*
 * setlocale(), and for messages also where the system has no such locale but the
 * environment asks for it (LANG=ko_KR.UTF-8 on a bastion without locales).  Once, first of all.
 */
void language_use(void);

/* Of a text that goes through tr() later, for tests/docs/korean.py, which finds it by this. */
#define N_(text) text

/* Never NULL; the text itself when there is no translation.  Not a copy. */
const char *tr(const char *text) __attribute__((format_arg(1)));

#endif
