/* SPDX-License-Identifier: Apache-2.0 */
/* What the State store and Addons views do: a file's text, what kops filled in, a switch. */
#include "core/base/strs.h"
#include "tui/act.h"

static bool store_is_there(struct app *a)
{
	if (!a->session->store) {
		app_say_err(a, &a->session->state_err);
	}
	return a->session->store != NULL;
}

void action_store(struct app *a, const char *arg)
{
	app_show(a, VIEW_STORE, NULL);
}

void action_addons(struct app *a, const char *arg)
{
	app_show(a, VIEW_ADDONS, NULL);
}

void action_file(struct app *a, const char *arg)
{
	const struct trow *r = app_row(a);
	if (!store_is_there(a) || !r) {
		return;
	}
	if (str_ends(r->id, "/")) {
		app_say(a, STYLE_DIM, str_eq(r->id, "backups/")
			? "backups are not listed here" : "a folder: its files stand below it");
		return;
	}
	app_open(a, dialog_file_new(a, r->id, false));
}

void action_filled(struct app *a, const char *arg)
{
	if (store_is_there(a)) {
		app_open(a, dialog_file_new(a, "config", true));
	}
}

void action_addon(struct app *a, const char *arg)
{
	const struct trow *r = app_row(a);
	const struct addon_switch *sw = str_empty(arg) ? NULL : addon_switch_named(arg);
	if (!str_empty(arg) && !sw) {
		app_say(a, STYLE_BAD, "%s is not an addon that the spec switches", arg);
		return;
	}
	if (!store_is_there(a) || (!sw && (!r || a->view != VIEW_ADDONS))) {
		return;
	}
	struct dialog *d = dialog_addon_new(a, sw ? sw->addon : r->id);
	if (d) {
		app_open(a, d);
	}
}
