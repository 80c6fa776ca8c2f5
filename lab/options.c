/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope-lab's command line: one table row an option. */
#include "lab/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mdoc.h"
#include "core/base/strs.h"
#include "lab/fault.h"
#include "lab/scenario.h"

enum option {
	OPT_CHAOS, OPT_CHURN, OPT_DIR, OPT_ENV_FILE, OPT_FAULT, OPT_GROUPS, OPT_HELP, OPT_HOURS,
	OPT_MAN, OPT_NODES, OPT_OLDER, OPT_PARENT, OPT_PODS, OPT_PORT, OPT_SCENARIO, OPT_SEED,
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
	{ "--chaos", OPT_CHAOS, "SEED", "faults of all kinds together, on and off by this seed", 0,
		INT64_MAX },
	{ "--churn", OPT_CHURN, "N", "changes of pods a second, of scenario scale (0)", 0, 10000 },
	{ "--dir", OPT_DIR, "DIR", "put the kubeconfig and kops here (a temporary folder)", 0, 0 },
	{ "--env-file", OPT_ENV_FILE, "FILE", "write the shell lines there, too", 0, 0 },
	{ "--fault", OPT_FAULT, "NAME[:ARG]", "begin with this fault; may be repeated", 0, 0 },
	{ "--groups", OPT_GROUPS, "N", "of scenario scale (one for 25 nodes)", 1, 1000 },
	{ "--help", OPT_HELP, NULL, "this text", 0, 0 },
	{ "--hours", OPT_HOURS, "N", "of the world's time, how long chaos reigns (4)", 1, 10000 },
	{ "--man", OPT_MAN, NULL, "the manual page kopscope-lab(1)", 0, 0 },
	{ "--nodes", OPT_NODES, "N", "of scenario scale (100)", 1, 20000 },
	{ "--older", OPT_OLDER, "DAYS", "what it begins with is so much older (0)", 0, 3000 },
	{ "--parent", OPT_PARENT, "PID", "end when that process has ended", 1, INT32_MAX },
	{ "--pods", OPT_PODS, "N", "of scenario scale (30 a node)", 0, 1000000 },
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
	char number[24];
	if (value && r->id == OPT_CHURN && strlen(value) < sizeof(number)) {
		/* "500/s" says the same as "500". */
		size_t len = strlen(value);
		memcpy(number, value, len + 1);
		if (len > 2 && strcmp(number + len - 2, "/s") == 0)
			number[len - 2] = '\0';
		value = number;
	}
	if ((r->min || r->max) && !str_to_i64(value, r->min, r->max, &n))
		return err_set(e, ERR_USAGE, "%s: %s is no number from %lld to %lld", r->name,
		value,
			(long long)r->min, (long long)r->max);
	switch (r->id) {
	case OPT_CHAOS:
		o->chaos = n;
		break;
	case OPT_HOURS:
		o->hours = n;
		break;
	case OPT_CHURN:
		o->scale.churn = (int)n;
		break;
	case OPT_GROUPS:
		o->scale.groups = (int)n;
		break;
	case OPT_NODES:
		o->scale.nodes = (int)n;
		break;
	case OPT_PODS:
		o->scale.pods = (int)n;
		break;
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
	case OPT_MAN:
		o->man = true;
		break;
	case OPT_OLDER:
		o->older_ms = n * 86400000;
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

/* What was not said follows from the rest. */
static void scale_fill(struct lab_options *o)
{
	struct lab_scale *s = &o->scale;
	if (!str_eq(o->scenario, "scale")) {
		*s = (struct lab_scale){ .nodes = 0 };
		return;
	}
	if (s->nodes == 0)
		s->nodes = s->pods ? (s->pods + 29) / 30 : 100;
	if (s->pods == 0)
		s->pods = 30 * s->nodes;
	if (s->groups == 0)
		s->groups = (s->nodes + 24) / 25;
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
	*o = (struct lab_options){ .speed = 10, .seed = 1, .scenario = "story", .chaos = -1,
		.hours = 4 };
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
	scale_fill(o);
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

/* "  name   help" lines of a table's help as a list. */
static void man_list(struct buf *out, const char *lines)
{
	struct buf part = BUF_INIT;
	buf_adds(out, ".Bl -tag -width Ds\n");
	while (*lines) {
		size_t line = strcspn(lines, "\n"), from = strspn(lines, " ");
		size_t name = strcspn(lines + from, " \n");
		size_t help = from + name + strspn(lines + from + name, " ");
		buf_clear(&part);
		buf_add(&part, lines + from, name);
		mdoc_macro(out, "It", "Cm", buf_str(&part));
		buf_clear(&part);
		buf_add(&part, lines + help, line > help ? line - help : 0);
		buf_addc(&part, '.');
		mdoc_text(out, buf_str(&part));
		lines += line + (lines[line] == '\n');
	}
	buf_adds(out, ".El\n");
	buf_release(&part);
}

static void man_options(struct buf *out)
{
	struct buf help = BUF_INIT;
	buf_adds(out, ".Sh OPTIONS\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&help);
		buf_addf(&help, "%s.", rows[i].help);
		mdoc_option(out, rows[i].name, NULL, rows[i].value);
		mdoc_text(out, buf_str(&help));
	}
	buf_adds(out, ".El\n");
	buf_release(&help);
}

void lab_man_page(struct buf *out)
{
	struct buf lines = BUF_INIT;
	mdoc_head(out, "kopscope-lab", "1", "a pretend AWS account and kops cluster on loopback");
	buf_adds(out, ".Sh SYNOPSIS\n.Nm\n.Op Ar option ...\n.Sh DESCRIPTION\n.Nm\n");
	mdoc_text(out, "speaks the protocols of AWS (S3, EC2, Auto Scaling, STS, Route 53, ELB) "
		"and of a Kubernetes API server on the loopback interface, so that kopscope, "
		"kubectl and aws work against it as they are; called as kops it is a small "
		"stand-in for kops. It prints shell lines that point them to it, then a line "
		"ready, and serves until it is told to end. Nothing of it reaches a real cloud. "
		"People start it by the command lab of kopscope.");
	man_options(out);
	mdoc_section(out, "SCENARIOS");
	mdoc_text(out, "Each is a world with one cause why pods wait; story is the one without "
		"options.");
	lab_scenarios_help(&lines);
	man_list(out, buf_str(&lines));
	buf_clear(&lines);
	mdoc_section(out, "FAULTS");
	mdoc_text(out, "Also switched while it runs, by a POST to /_lab/fault on its AWS port.");
	lab_faults_help(&lines);
	man_list(out, buf_str(&lines));
	buf_release(&lines);
	mdoc_section(out, "EXIT STATUS");
	mdoc_text(out, "0 when it was told to end, 1 when something failed, 2 when an option is "
		"wrong.");
	buf_adds(out, ".Sh SEE ALSO\n.Xr kopscope 1\n");
}
