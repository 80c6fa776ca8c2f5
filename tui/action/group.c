/* SPDX-License-Identifier: Apache-2.0 */
/* Actions on an instance group. */
#include "tui/act.h"

#include "core/base/strs.h"

/* The group in hand, or the one that was named; NULL after saying so. */
static const char *group_in_hand(struct app *a, const char *arg)
{
	const struct trow *r = app_row(a);
	const char *name = !str_empty(arg) ? arg : a->view == VIEW_GROUPS && r ? r->id : NULL;
	if (!name || !model_group(a->session->model, name)) {
		app_say(a, STYLE_WARN, name ? "there is no group %s" :
			"which group?  :group NAME, or E in 2 Groups", name);
		return NULL;
	}
	return name;
}

void action_group_edit(struct app *a, const char *arg)
{
	const char *group = group_in_hand(a, arg);
	if (!group) {
		return;
	}
	if (!a->session->store) {
		app_say_err(a, &a->session->state_err);
		return;
	}
	app_open(a, dialog_group_new(a, group));
}

void action_group_resize(struct app *a, const char *arg)
{
	const char *group = group_in_hand(a, arg);
	const struct m_group *g = group ? model_group(a->session->model, group) : NULL;
	if (g) {
		app_open(a, dialog_resize_new(a, group, g->has_asg ? g->asg.desired : 0));
	}
}
