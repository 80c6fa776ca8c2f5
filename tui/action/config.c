/* SPDX-License-Identifier: Apache-2.0 */
/* The word for a guard rail, and the theme. */
#include <stdio.h>

#include "core/base/strs.h"
#include "tui/act.h"
#include "tui/session-guard.h"
#include "tui/screen/style.h"
#include "tui/screen/term.h"

void action_confirm(struct app *a, const char *arg)
{
	struct err e = ERR_INIT;
	if (str_empty(arg)) {
		app_say(a, STYLE_WARN, "confirm what a guard rail asked for: :confirm yes, or the "
			"cluster's name");
	} else if (session_confirm(a->session, arg, &e)) {
		app_say(a, STYLE_OK, "confirmed for five minutes: now do it again");
	} else {
		app_say_err(a, &e);
	}
}

void action_theme(struct app *a, const char *arg)
{
	int t = 0;
	while (t < THEME__COUNT && !str_eq(style_theme_name((enum theme)t), arg)) {
		t++;
	}
	if (t == THEME__COUNT && !str_empty(arg)) {
		app_say(a, STYLE_BAD, "there is no theme %s: dark, light, mono", arg);
		return;
	}
	t = t < THEME__COUNT ? t : ((int)style_theme() + 1) % THEME__COUNT;
	term_theme((enum theme)t);
	app_say(a, STYLE_DIM, "theme %s; to keep it: theme: %s in config.yaml",
		style_theme_name((enum theme)t), style_theme_name((enum theme)t));
}

void action_theme_complete(const struct app *a, const char *begun, char *out, size_t size)
{
	for (int t = 0; t < THEME__COUNT; t++) {
		if (str_starts(style_theme_name((enum theme)t), begun)) {
			snprintf(out, size, "%s", style_theme_name((enum theme)t));
			return;
		}
	}
}

void action_journal(struct app *a, const char *arg)
{
	app_open(a, dialog_journal_new(a));
}
