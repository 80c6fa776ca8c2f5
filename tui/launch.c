/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a run. */
#include "tui/launch.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/session-guard.h"

char *launch_who(void)
{
	char host[256] = "?";
	gethostname(host, sizeof(host) - 1);
	const char *user = getenv("USER");
	const struct passwd *pw = str_empty(user) ? getpwuid(getuid()) : NULL;
	if (pw) {
		user = pw->pw_name;
	}
	return xasprintf("%s@%s", str_empty(user) ? "?" : user, host);
}

/* What came by options reaches the worker by its environment. */
static void launch_environment(const struct session_options *o, const char *state)
{
	const struct {
		const char *name, *value;
	} vars[] = {
		{ "KOPS_STATE_STORE", state },
		{ "KUBECONFIG", o->kubeconfig },
		{ "KOPSCOPE_CONTEXT", o->context },
		{ "AWS_PROFILE", o->profile },
		{ "AWS_REGION", o->region },
		{ "KOPSCOPE_KOPS", o->kops },
	};
	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++) {
		if (vars[i].value) {
			setenv(vars[i].name, vars[i].value, 1);
		} else if (str_eq(vars[i].name, "KOPSCOPE_CONTEXT")) {
			unsetenv(vars[i].name); /* of an earlier run, for another cluster */
		}
	}
}

bool launch_run(struct session *s, const struct launch *l, char **id, struct err *e)
{
	const char *cluster = l->cluster ? l->cluster : model_opened(s->model);
	if (!cluster || !s->state_url) {
		return err_set(e, ERR_CONFIG, "no cluster is open");
	}
	static const enum policy_action actions[] = { [RUN_UPDATE] = POLICY_UPDATE,
		[RUN_ROLL] = POLICY_ROLL, [RUN_CREATE] = POLICY_CREATE };
	if (!session_may_run(s, cluster, l->roll ? l->roll->groups : NULL, actions[l->kind], e)) {
		return false;
	}
	char *alive = run_find_alive(cluster);
	if (alive) {
		err_set(e, ERR_CONFLICT, "run %s of this cluster is still going on", alive);
		err_hint(e, "6 Roll shows it, kopscope attach %s follows it", alive);
		free(alive);
		return false;
	}
	char *who = launch_who();
	struct buf options = BUF_INIT;
	if (l->roll) {
		roll_options_save(l->roll, &options);
	}
	struct run_meta m = {.cluster = xstrdup(cluster),
		.state = xstrdup(s->state_url),
		.who = who,
		.kind = l->kind,
		.engine = l->engine,
		.started = clock_wall(&s->clock),
		.options = l->roll ? buf_detach(&options) : xstrdup(l->options),
		.take_over = xstrdup(l->take_over)};
	launch_environment(&s->opts, s->state_url);
	bool ok = run_create(&m, id, e);
	if (ok && !run_spawn(*id, e)) {
		free(*id);
		*id = NULL;
		ok = false;
	}
	if (ok) {
		log_add(&s->log, clock_wall(&s->clock), STYLE_ACCENT, "%s started, run %s",
			run_kind_name(l->kind), *id);
	}
	run_meta_release(&m);
	return ok;
}

bool launch_again(const struct session_options *o, const char *id, struct err *e)
{
	struct run_view v;
	bool ok = run_view_read(id, &v, e);
	if (!ok) {
		return false;
	}
	if (!session_options_may_run(o, v.meta.cluster, e)) {
		ok = false;
	} else if (v.status != RUN_DIED) {
		ok = err_set(e, ERR_REFUSED, "run %s did not die: it is %s", id,
			run_status_name(v.status));
	} else if (v.meta.kind != RUN_ROLL || v.meta.engine == RUN_KOPS) {
		ok = err_set(e, ERR_REFUSED, "run %s was kops' own: start it anew", id);
		err_hint(e, "kops finds by itself what is left to do");
	} else {
		launch_environment(o, v.meta.state);
		ok = run_spawn(id, e);
	}
	run_view_release(&v);
	return ok;
}
