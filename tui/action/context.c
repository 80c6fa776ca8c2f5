/* SPDX-License-Identifier: Apache-2.0 */
/* :context, which API server the screen talks to. */
#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "tui/act.h"

void app_use_context(struct app *a, const char *name)
{
	struct err e = ERR_INIT;
	if (app_run_alive(a)) {
		app_say(a, STYLE_WARN, "a run goes on in the context in use: not while it does");
	} else if (session_use_context(a->session, name, &e)) {
		app_say(a, STYLE_OK, "context %s: %s", k8s_context(a->session->k8s),
			k8s_server(a->session->k8s));
		log_add(&a->session->log, clock_wall(&a->session->clock), STYLE_ACCENT, "%s",
			a->message);
	} else {
		app_say_err(a, &e);
	}
}

void action_context(struct app *a, const char *arg)
{
	if (str_empty(arg)) {
		app_open(a, dialog_context_new(a));
		return;
	}
	app_use_context(a, arg);
}

void action_context_complete(const struct app *a, const char *begun, char *out, size_t size)
{
	struct strlist names = { .v = NULL };
	const char *hit = NULL;
	int hits = 0;
	k8s_contexts(a->session->opts.kubeconfig, &names, NULL);
	for (size_t i = 0; i < names.n; i++) {
		if (str_starts(names.v[i], begun)) {
			hit = names.v[i];
			hits++;
		}
	}
	if (hits == 1) {
		snprintf(out, size, "%s", hit);
	}
	strlist_release(&names);
}
