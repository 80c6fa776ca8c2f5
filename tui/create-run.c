/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the run that makes a cluster. */
#include "tui/create-run.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "tui/launch.h"

/* The value of "KOPS_FEATURE_FLAGS=..."; NULL: none is needed. */
static const char *create_features(const struct create_plan *p)
{
	const char *env = create_env(p);
	return env ? strchr(env, '=') + 1 : NULL;
}

void create_run_features(const struct create_plan *p)
{
	const char *features = create_features(p);
	if (features) {
		setenv("KOPS_FEATURE_FLAGS", features, 1);
	}
}

bool create_run_start(struct session *s, const struct create_plan *p, char **id, struct err *e)
{
	struct strlist args = { 0 };
	json_auto_t *j = json_object();
	json_t *argv = json_array();
	struct buf text = BUF_INIT;
	create_args(p, &args);
	for (size_t i = 0; i < args.n; i++) {
		json_array_append_new(argv, json_string(args.v[i]));
	}
	json_object_set_new(j, "argv", argv);
	if (create_features(p)) {
		json_object_set_new(j, "features", json_string(create_features(p)));
	}
	if (create_is(p, CREATE_TARGET, "terraform")) {
		json_object_set_new(j, "out", json_string(create_get(p, CREATE_OUT)));
	}
	json_write(&text, j, false);
	struct launch l = { .kind = RUN_CREATE, .engine = RUN_KOPS,
		.cluster = create_get(p, CREATE_NAME), .options = buf_str(&text) };
	bool ok = launch_run(s, &l, id, e);
	buf_release(&text);
	strlist_release(&args);
	return ok;
}
