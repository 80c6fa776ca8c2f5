/* SPDX-License-Identifier: Apache-2.0 */
/* A new cluster. */
#include "tui/act.h"

#include "core/base/strs.h"

void action_create(struct app *a, const char *arg)
{
	if (!a->session->store) {
		app_say_err(a, &a->session->state_err);
		return;
	}
	app_open(a, dialog_create_new(a));
}

void app_run_made(struct app *a)
{
	const char *cluster = a->run.meta.cluster;
	/* kops wrote its kubeconfig only now: even what is open is opened anew with it. */
	if (a->run.meta.kind == RUN_CREATE && a->run.status == RUN_SUCCEEDED) {
		session_open_soon(a->session, cluster);
	}
}
