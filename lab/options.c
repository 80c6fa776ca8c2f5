/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope-lab's command line: one table row an option. */
#include "lab/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "lab/fault.h"
#include "lab/scenario.h"

enum option {
	OPT_DIR, OPT_ENV_FILE, OPT_FAULT, OPT_HELP, OPT_PARENT, OPT_PORT, OPT_SCENARIO, OPT_SEED,
	OPT_SERVE,
	OPT_SPEED, OPT_VERSION
};

struct option_row {
	const char *name;
	enum option id;
	const char *value; /* what stands behind it; NULL: nothing */
	const char *help;
	int64_t min, max;  /* of a number; both 0: text */
};
static const struct option_row rows[] = {
	{ "--dir", OPT_DIR, "DIR", "put the kubeconfig and kops here (a temporary folder)", 0, 0 },
	{ "--env-file", OPT_ENV_FILE, "FILE", "write the shell lines there, too", 0, 0 },
	{ "--fault", OPT_FAULT, "NAME[:ARG]", "begin with this fault; may be repeated", 0, 0 },
	{ "--help", OPT_HELP, NULL, "this text", 0, 0 },
	{ "--parent", OPT_PARENT, "PID", "end when that process has ended", 1, INT32_MAX },
	{ "--port", OPT_PORT, "PORT", "of the AWS side, on 127.0.0.1 (a free one)", 0, 65535 },
	{ "--scenario", OPT_SCENARIO, "NAME", "the world to begin with (story)", 0, 0 },
	{ "--seed", OPT_SEED, "N", "of all names, ids and chances (1)", 0, INT64_MAX },
	{ "--serve", OPT_SERVE, NULL, "serve until told to end (it always does)", 0, 0 },
	{ "--speed", OPT_SPEED, "N", "virtual seconds in a real one, 1 to 1000 (10)", 1, 1000 },
	{ "--version", OPT_VERSION, NULL, "the version", 0, 0 },
};

static bool option_take(struct lab_options *o, const struct option_row *r, const char *value,
	struct err *e)
{
	int64_t n = 0;
	if ((r->min || r->max) && !str_to_i64(value, r->min, r->max, &n))
		return err_set(e, ERR_USAGE, "%s: %s is no number from %lld to %lld", r->name,
		value,
			(long long)r->min, (long long)r->max);
	switch (r->id) {
	case OPT_DIR:
		o->dir = value;
		break;
	case OPT_ENV_FILE:
		o->env_file = value;
		break;
	case OPT_FAULT:
		for (size_t i = 0; i < sizeof(o->faults) / sizeof(o->faults[0]); i++) {
			if (!o->faults[i]) {
				o->faults[i] = value;
				return true;
			}
		}
		return err_set(e, ERR_USAGE, "too many times --fault; --fault A,B does too");
	case OPT_HELP:
		o->help = true;
		break;
	case OPT_PARENT:
		o->parent = (pid_t)n;
		break;
	case OPT_PORT:
		o->port = (int)n;
		break;
	case OPT_SCENARIO:
		if (!lab_scenario_find(value)) {
			err_set(e, ERR_USAGE, "--scenario: there is no \"%s\"", value);
			err_hint(e, "kopscope-lab --help lists them");
			return false;
		}
		o->scenario = value;
		break;
	case OPT_SEED:
		o->seed = (uint64_t)n;
		break;
	case OPT_SERVE:
		break;
	case OPT_SPEED:
		o->speed = (double)n;
		break;
	case OPT_VERSION:
		o->version = true;
		break;
	}
	return true;
}

static const struct option_row *row_find(const char *arg, size_t n)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strlen(rows[i].name) == n && strncmp(rows[i].name, arg, n) == 0)
			return &rows[i];
	}
	return NULL;
}

bool lab_options_parse(struct lab_options *o, int argc, char **argv, struct err *e)
{
	*o = (struct lab_options){ .speed = 10, .seed = 1, .scenario = "story" };
	for (int i = 1; i < argc; i++) {
		size_t n = strcspn(argv[i], "=");
		const struct option_row *r = row_find(argv[i], n);
		const char *value = argv[i][n] == '=' ? argv[i] + n + 1 : NULL;
		if (!r) {
			err_hint(e, "kopscope-lab --help lists the options");
			return err_set(e, ERR_USAGE, "unknown option %s", argv[i]);
		}
		if (r->value && !value && i + 1 < argc)
			value = argv[++i];
		if (r->value ? !value : value != NULL)
			return err_set(e, ERR_USAGE, "%s %s", r->name,
				r->value ? "needs a value" : "takes no value");
		if (!option_take(o, r, value, e))
			return false;
	}
	return true;
}

void lab_options_help(void)
{
	printf("usage: kopscope-lab [OPTION]...\n"
		"A pretend AWS account and kops cluster on loopback. It prints the shell lines "
		"that\n"
		"point kubectl, aws, kops and kopscope to it, then \"ready\", and serves until "
		"it is\n"
		"told to end.\n\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[40];
		snprintf(name, sizeof(name), "%s %s", rows[i].name, rows[i].value ?
			rows[i].value : "");
		printf("  %-20s %s\n", name, rows[i].help);
	}
	struct buf faults = BUF_INIT;
	lab_faults_help(&faults);
	printf("\nfaults, also switched by POST /_lab/fault?on=NAME[:ARG] and ?off=NAME:\n%s",
		buf_str(&faults));
	buf_release(&faults);
	struct buf scenarios = BUF_INIT;
	lab_scenarios_help(&scenarios);
	printf("\nscenarios, each with one cause why pods wait:\n%s", buf_str(&scenarios));
	buf_release(&scenarios);
}
