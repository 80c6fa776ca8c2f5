/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a run. */
#include "tui/launch.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

/* user@host, for the lease and for whoever looks at the run. */
static char *launch_who(void)
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
static void launch_environment(const struct session *s)
{
	const struct {
		const char *name, *value;
	} vars[] = {
		{ "KOPS_STATE_STORE", s->state_url },
		{ "KUBECONFIG", s->opts.kubeconfig },
		{ "KOPSCOPE_CONTEXT", s->opts.context },
		{ "AWS_PROFILE", s->opts.profile },
		{ "AWS_REGION", s->opts.region },
		{ "KOPSCOPE_KOPS", s->opts.kops },
	};
	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++) {
		if (vars[i].value) {
			setenv(vars[i].name, vars[i].value, 1);
		}
	}
}

bool launch_run(struct session *s, enum run_kind kind, enum run_engine engine, char **id,
	struct err *e)
{
	const char *cluster = model_opened(s->model);
	if (s->opts.readonly) {
		return err_set(e, ERR_REFUSED, "read-only: no run was started");
	}
	if (!cluster || !s->state_url) {
		return err_set(e, ERR_CONFIG, "no cluster is open");
	}
	char *alive = run_find_alive(cluster);
	if (alive) {
		err_set(e, ERR_CONFLICT, "run %s of this cluster is still going on", alive);
		err_hint(e, "6 Roll shows it");
		free(alive);
		return false;
	}
	char *who = launch_who();
	struct run_meta m = {.cluster = xstrdup(cluster),
		.state = xstrdup(s->state_url),
		.who = who,
		.kind = kind,
		.engine = engine,
		.started = clock_wall(&s->clock)};
	launch_environment(s);
	bool ok = run_create(&m, id, e);
	if (ok && !run_spawn(*id, e)) {
		free(*id);
		*id = NULL;
		ok = false;
	}
	if (ok) {
		log_add(&s->log, clock_wall(&s->clock), STYLE_ACCENT, "%s started, run %s",
			kind == RUN_UPDATE ? "update" : "roll", *id);
	}
	run_meta_release(&m);
	return ok;
}
