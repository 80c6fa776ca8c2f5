/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope attach [RUN]: follows a run; with a word, tells it something first. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/policy.h"
#include "tui/follow.h"
#include "tui/launch.h"
#include "tui/options.h"

/* The run named, else the newest; owned by the caller. */
static char *attach_run(const struct options *o, struct err *e)
{
	struct strlist all = { .v = NULL };
	char *id = NULL;
	if (o->nargs == 2) {
		return xstrdup(o->args[1]);
	}
	if (run_list(&all, e) && all.n > 0) {
		id = xstrdup(all.v[0]);
	} else if (!err_is_set(e)) {
		err_set(e, ERR_NOT_FOUND, "no run was started here yet");
	}
	strlist_release(&all);
	return id;
}

/* Says what the options say; true: and there is something to follow. */
static bool attach_tell(const struct options *o, const char *id, struct err *e)
{
	const struct {
		bool wanted;
		const char *word;
	} words[] = {
		{ o->pause, "pause" }, { o->resume, "resume" }, { o->skip, "skip" },
		{ o->stop, "stop" },
	};
	struct run_view v;
	if (!run_view_read(id, &v, e)) {
		return false;
	}
	bool told = o->pause || o->resume || o->skip || o->stop;
	if (told && policy_all_denied(o->session.policy, v.meta.cluster)) {
		err_set(e, ERR_REFUSED, "read-only: the run was told nothing");
		run_view_release(&v);
		return false;
	}
	bool died = v.status == RUN_DIED;
	run_view_release(&v);
	if (o->resume && died) {
		if (launch_again(&o->session, id, e)) {
			return true;
		}
		if (e->kind != ERR_CONFLICT) {
			return false;
		}
		err_clear(e); /* somebody was faster: that one is followed */
		return true;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].wanted && !run_control(id, words[i].word, e)) {
			return false;
		}
	}
	return true;
}

int cmd_attach(const struct options *o, struct err *e)
{
	char *id = attach_run(o, e);
	int rc = EXIT_FAILED;
	if (o->session.readonly && (o->pause || o->resume || o->skip || o->stop)) {
		err_set(e, ERR_REFUSED, "read-only: the run was told nothing");
	} else if (id && attach_tell(o, id, e)) {
		rc = follow_run(id, str_eq(o->output, "json"), e);
	}
	free(id);
	return rc;
}
