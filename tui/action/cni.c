/* SPDX-License-Identifier: Apache-2.0 */
/* Actions on aws-node: its view, its variables in the spec and for the moment, its model. */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/act.h"

void action_cni(struct app *a, const char *arg)
{
	app_show(a, VIEW_CNI, NULL);
}

/* "NAME" or "NAME=VALUE" typed behind the command ("NAME=" unsets), else the row in hand. */
static void action_env_open(struct app *a, const char *arg, bool live)
{
	const struct trow *r = app_row(a);
	const char *eq = arg ? strchr(arg, '=') : NULL;
	bool row = r && !str_eq(r->id, "image") && !str_eq(r->id, "rollout");
	char *name = !str_empty(arg) ? xstrndup(arg, eq ? (size_t)(eq - arg) : strlen(arg)) :
		row ? xstrdup(r->id) : NULL;
	if (str_empty(name)) {
		app_say(a, STYLE_WARN, "choose a variable first");
	} else {
		struct env_entry env = { .name = name, .value = eq && eq[1] ? eq + 1 : NULL };
		struct dialog *d = dialog_env_new(a, live, &env, 1, eq != NULL);
		if (d) {
			app_open(a, d);
		}
	}
	free(name);
}

void action_env(struct app *a, const char *arg)
{
	action_env_open(a, arg, false);
}

void action_env_live(struct app *a, const char *arg)
{
	action_env_open(a, arg, true);
}

void action_cni_model(struct app *a, const char *arg)
{
	const struct trow *r = app_row(a);
	const struct m_node *n = a->view == VIEW_CAPACITY && r ?
		model_node(a->session->model, r->id) : NULL;
	struct dialog *d = dialog_cni_new(a, n ? n->node.group :
		a->view == VIEW_GROUPS && r ? r->id : NULL);
	if (d) {
		app_open(a, d);
	}
}

void action_cni_restart(struct app *a, const char *arg)
{
	struct dialog *d = dialog_env_restart_new(a);
	if (d) {
		app_open(a, d);
	}
}
