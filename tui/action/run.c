/* SPDX-License-Identifier: Apache-2.0 */
/* What is told to a run, and what it said. */
#include "core/run/run.h"
#include "tui/act.h"
#include "tui/launch.h"

static void action_control(struct app *a, const char *word)
{
	struct err e = ERR_INIT;
	if (run_control(a->run_id, word, &e)) {
		app_say(a, STYLE_OK, "run %s: asked to %s", a->run_id, word);
	} else {
		app_say_err(a, &e);
	}
}

void action_run_pause(struct app *a, const char *arg)
{
	action_control(a, "pause");
}

void action_run_skip(struct app *a, const char *arg)
{
	action_control(a, "skip");
}

void action_run_stop(struct app *a, const char *arg)
{
	action_control(a, "stop");
}

/* A run whose worker died is taken up where it was. */
void action_run_resume(struct app *a, const char *arg)
{
	struct err e = ERR_INIT;
	if (app_run_alive(a)) {
		action_control(a, "resume");
	} else if (launch_again(&a->session->opts, a->run_id, &e)) {
		app_say(a, STYLE_OK, "run %s is taken up again", a->run_id);
		app_read_run(a);
	} else {
		app_say_err(a, &e);
	}
}

void action_run_log(struct app *a, const char *arg)
{
	app_open(a, dialog_output_new(a, a->run.meta.id, false));
}

void action_run_output(struct app *a, const char *arg)
{
	app_open(a, dialog_output_new(a, a->run.meta.id, true));
}

bool action_run_possible(const struct app *a, void (*run)(struct app *a, const char *arg))
{
	if (app_run_alive(a)) {
		return true;
	}
	if (run == action_run_resume) {
		return a->has_run && a->run.status == RUN_DIED;
	}
	return a->has_run && (run == action_run_log || run == action_run_output);
}
