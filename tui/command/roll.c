/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope roll: the plan; with --yes the run, followed to its end. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "tui/command/roll-args.h"
#include "tui/follow.h"
#include "tui/launch.h"
#include "tui/lease.h"
#include "tui/options.h"
#include "tui/plan.h"

static void roll_show(const struct plan *p, bool json)
{
	struct buf out = BUF_INIT;
	(json ? plan_json : plan_text)(p, &out);
	fputs(buf_str(&out), stdout);
	fflush(stdout);
	buf_release(&out);
}

/* Shows the plan and launches it; an exit code, or -1 with the run's id. */
static int roll_begin(struct session *s, const struct options *o, struct roll_options *ro,
	enum run_engine engine, char **id, struct err *e)
{
	struct plan p;
	int rc = EXIT_FAILED;
	if (!plan_make(&p, s, ro, engine, e)) {
		/* A run that replaces the control plane is the likeliest reason. */
		char *alive = o->yes && model_opened(s->model)
			? run_find_alive(model_opened(s->model)) : NULL;
		if (alive) {
			err_clear(e);
			err_set(e, ERR_CONFLICT, "run %s of this cluster is still going on", alive);
			err_hint(e, "kopscope attach %s follows it", alive);
		}
		free(alive);
		plan_release(&p);
		return rc;
	}
	roll_show(&p, str_eq(o->output, "json"));
	if (!o->yes) {
		fputs("Nothing was done: --yes rolls.\n", stderr);
		rc = p.refused ? EXIT_GUARD : EXIT_OK;
	} else if (p.refused && !o->anyway) {
		fputs("Nothing was done: the forecast refuses (!! above).  Do first what it says; "
		      "--anyway rolls all the same.\n", stderr);
		rc = EXIT_GUARD;
	} else if (p.nodes == 0 && !p.addon) {
		rc = EXIT_OK;
	} else {
		struct launch l = { .kind = RUN_ROLL, .engine = engine, .roll = ro };
		char *from = NULL;
		rc = ro->cloud_only ? -1 : lease_settle(s, o, &from);
		l.take_over = from;
		if (rc < 0 && !launch_run(s, &l, id, e)) {
			rc = EXIT_FAILED;
		}
		free(from);
	}
	plan_release(&p);
	return rc;
}

int cmd_roll(const struct options *o, struct err *e)
{
	struct roll_options ro;
	enum run_engine engine;
	struct session s;
	char *id = NULL;
	if (!roll_args_engine(o, &engine, e) || !roll_args_read(o, &ro, e)) {
		return EXIT_USAGE;
	}
	session_init(&s, &o->session);
	int rc = roll_begin(&s, o, &ro, engine, &id, e);
	session_release(&s);
	roll_options_release(&ro);
	if (rc < 0) {
		rc = follow_run(id, str_eq(o->output, "json"), e);
	}
	free(id);
	return rc;
}
