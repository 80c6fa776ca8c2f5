/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#include "tui/options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/kops/create.h"
#include "tui/view.h"

const struct command commands[] = {
	{ .name = "attach", .args = "[RUN] [--pause|--resume|--skip|--stop]",
		.help = "follow a run; the newest one when none is named",
		.options = OPT_ATTACH, .words = 1, .run = cmd_attach },
	{ .name = "check", .args = "[-o table|json]",
		.help = "connect to everything and say, one line each, what was found",
		.options = OPT_CHECK, .run = cmd_check },
	{ .name = "cni", .args = "--type TYPE [--prefix] [--warm-eni N] [--warm-ip N] ...",
		.help = "addresses that aws-node holds against pods, by its warm targets",
		.options = OPT_CNI, .run = cmd_cni, .alone = true },
	{ .name = "completion", .args = "bash|fish|zsh",
		.help = "a shell's completion of these commands and options",
		.words = 1, .run = cmd_completion, .alone = true },
	{ .name = "config", .args = "",
		.help = "the settings in force, each with where it comes from",
		.options = OPT_CONFIG, .run = cmd_config, .alone = true },
	{ .name = "create", .args = "--name CLUSTER --zones A,B ... [--dry-run] [--yes]",
		.help = "the kops command of a new cluster and its checks; with --yes for real",
		.options = OPT_CREATE | OPT_YES, .run = cmd_create },
	{ .name = "explain", .args = "--message TEXT [-o json]",
		.help = "what a scheduler's, kubelet's or CNI's message says",
		.options = OPT_EXPLAIN, .words = WORDS_ANY, .run = cmd_explain, .alone = true },
	{ .name = "get", .args = "VIEW [-o table|wide|json|yaml|csv] [--watch] [--no-headers]",
		.help = "print a view once: clusters groups nodes pods pending deployments",
		.options = OPT_GET | OPT_WATCHING, .words = 1, .run = cmd_get },
	{ .name = "journal", .args = "[--since TIME] [-o table|json]",
		.help = "every write that was made from here: who, when, what, what came of it",
		.options = OPT_JOURNAL, .run = cmd_journal, .alone = true },
	{ .name = "lab", .args = "[--lesson NAME|--list] [--speed N] [--serve|--shell|--play]",
		.help = "a pretend cloud and cluster on this machine, nothing to set up",
		.options = OPT_LAB, .run = cmd_lab },
	{ .name = "maxpods",
		.args = "TYPE... [--prefix] [--custom-networking] [--sort COLUMN] [--min N]",
		.help = "how many pods an instance type holds, and why", .options = OPT_MAXPODS,
		.words = WORDS_ANY, .run = cmd_maxpods, .alone = true },
	{ .name = "plan", .args = "[--group G] [--role R] [-o json]",
		.help = "what a rolling update would replace, and what gets in its way",
		.options = OPT_ROLL, .run = cmd_plan },
	{ .name = "roll", .args = "[--yes] [--engine native|kops] [-o json]",
		.help = "rolling update: the plan, with --yes for real",
		.options = OPT_ROLL | OPT_YES, .run = cmd_roll },
	{ .name = "run-worker", .args = "ID", .help = "the process behind a run", .hidden = true,
		.words = 1, .run = cmd_worker },
	{ .name = "runs", .args = "", .help = "updates and rolls, newest first", .options = OPT_GET,
		.run = cmd_runs, .alone = true },
	{ .name = "snapshot", .args = "VIEW [--size COLSxROWS]",
		.help = "one frame of a view as text, without a terminal", .options = OPT_SNAPSHOT,
		.words = 1, .run = cmd_snapshot },
	{ .name = "spec",
		.args = "keys | show|edit FILE|CLUSTER[/GROUP] [--set KEY=VALUE]... [--write]",
		.help = "what a stored spec says, and changing it; keys: which settings there are",
		.options = OPT_SPEC | OPT_WRITE, .words = 2, .run = cmd_spec },
	{ .name = "undo", .args = "CLUSTER[/GROUP] [--write]",
		.help = "put a spec back to what it was before the last edit",
		.options = OPT_WRITE, .words = 1, .run = cmd_undo },
	{ .name = "update", .args = "[--yes] [-o json]",
		.help = "kops update cluster: dry run, with --yes for real",
		.options = OPT_YES, .run = cmd_update },
};
const size_t ncommands = sizeof(commands) / sizeof(commands[0]);

static const struct command screen_command = { .name = "", .help = "the screen",
	.options = OPT_SCREEN, .run = cmd_screen };

#define AT(member) offsetof(struct options, member)

const struct option_row option_rows[] = {
	{.name = "--anyway",
		.help = "roll although the forecast refuses",
		.flags = OPT_ROLL,
		.offset = AT(anyway)},
	{.name = "--ascii",
		.help = "draw with ASCII characters only",
		.flags = OPT_SCREEN | OPT_SNAPSHOT | OPT_LAB,
		.offset = AT(ascii)},
	{.name = "--bastion-interval",
		.value = "TIME",
		.help = "at least so long between two bastions",
		.flags = OPT_ROLL,
		.offset = AT(bastion_interval)},
	{.name = "--canary",
		.help = "pause after the first node until resumed",
		.flags = OPT_ROLL,
		.offset = AT(canary)},
	{.name = "--cloudonly",
		.help = "ask no cluster: kops only, and only with --without-drain",
		.flags = OPT_ROLL,
		.offset = AT(cloud_only)},
	{.name = "--chaos",
		.value = "SEED",
		.help = "the lab throws faults of all kinds together, on and off by this seed",
		.flags = OPT_LAB,
		.offset = AT(chaos)},
	{.name = "--churn",
		.value = "N/s",
		.help = "changes of pods a second in the lab's scenario scale",
		.flags = OPT_LAB,
		.offset = AT(churn)},
	{.name = "--config",
		.value = "FILE",
		.help = "settings; else config.yaml in ~/.config/kopscope",
		.flags = OPT_GLOBAL,
		.offset = AT(config)},
	{.name = "--confirm",
		.value = "WORD",
		.help = "what a guard rail wants: yes, or the cluster's name",
		.flags = OPT_GLOBAL,
		.offset = AT(session.confirm)},
	{.name = "--context",
		.value = "NAME",
		.help = "kubeconfig context; else the one named as the cluster",
		.flags = OPT_GLOBAL,
		.offset = AT(session.context)},
	{.name = "--control-plane-interval",
		.value = "TIME",
		.help = "at least so long between two nodes of the control plane",
		.flags = OPT_ROLL,
		.offset = AT(cp_interval)},
	{.name = "--custom-networking",
		.help = "the primary ENI gives no pod addresses",
		.flags = OPT_MAXPODS | OPT_CNI,
		.offset = AT(custom_network)},
	{.name = "--drain-timeout",
		.value = "TIME",
		.help = "a node must be drained within; 15m",
		.flags = OPT_ROLL,
		.offset = AT(drain_timeout)},
	{.name = "--dry-run",
		.help = "print the spec that kops would store; nothing is written",
		.flags = OPT_CREATE,
		.offset = AT(dry_run)},
	{.name = "--engine",
		.value = "native|kops",
		.help = "what rolls: kopscope itself or kops",
		.flags = OPT_SCREEN | OPT_LAB | OPT_ROLL,
		.offset = AT(engine)},
	{.name = "--fault",
		.value = "NAME[:ARG]",
		.help = "begin with a fault switched on: aws-throttle, ...; A,B for several",
		.flags = OPT_LAB,
		.offset = AT(fault)},
	{.name = "--force",
		.help = "also what is up to date",
		.flags = OPT_ROLL,
		.offset = AT(force)},
	{.name = "--group",
		.value = "NAME[,NAME]",
		.help = "only these instance groups",
		.flags = OPT_ROLL,
		.offset = AT(group)},
	{.name = "--help",
		.short_ = "-h",
		.help = "this text",
		.flags = OPT_GLOBAL,
		.offset = AT(help)},
	{.name = "--hours",
		.value = "N",
		.help = "of the lab's time, how long its chaos reigns; 4",
		.flags = OPT_LAB,
		.offset = AT(hours)},
	{.name = "--join-timeout",
		.value = "TIME",
		.help = "a new node must be Ready within; 15m",
		.flags = OPT_ROLL,
		.offset = AT(join_timeout)},
	{.name = "--kops",
		.value = "FILE",
		.help = "the kops program to run",
		.flags = OPT_GLOBAL,
		.offset = AT(session.kops)},
	{.name = "--kubeconfig",
		.value = "FILE",
		.help = "instead of KUBECONFIG and ~/.kube/config",
		.flags = OPT_GLOBAL,
		.offset = AT(session.kubeconfig)},
	{.name = "--lesson",
		.value = "NAME",
		.help = "the lab begins with this lesson (--list names them); none: without a "
			"guide",
		.flags = OPT_LAB,
		.offset = AT(lesson)},
	{.name = "--list",
		.help = "name the lab's lessons and end",
		.flags = OPT_LAB,
		.offset = AT(list)},
	{.name = "--man", /* for the build: the manual page */
		.help = "this program's manual page",
		.flags = OPT_CONFIG,
		.offset = AT(man)},
	{.name = "--max-eni",
		.value = "N",
		.help = "as MAX_ENI: no more interfaces than that",
		.flags = OPT_MAXPODS | OPT_CNI,
		.offset = AT(max_eni)},
	{.name = "--max-surge",
		.value = "N",
		.help = "instances added at a time; else by the spec",
		.flags = OPT_ROLL,
		.offset = AT(max_surge)},
	{.name = "--max-unavailable",
		.value = "N",
		.help = "instances away at a time; else by the spec",
		.flags = OPT_ROLL,
		.offset = AT(max_unavailable)},
	{.name = "--message",
		.value = "TEXT",
		.help = "to explain; - reads it from standard input",
		.flags = OPT_EXPLAIN,
		.offset = AT(message)},
	{.name = "--min",
		.value = "PODS",
		.help = "leave out types that hold fewer",
		.flags = OPT_MAXPODS,
		.offset = AT(min)},
	{.name = "--minimum-ip",
		.value = "N",
		.help = "as MINIMUM_IP_TARGET: addresses that a node holds at least",
		.flags = OPT_CNI,
		.offset = AT(minimum_ip)},
	{.name = "--name",
		.value = "CLUSTER",
		.help = "the cluster to open; else KOPS_CLUSTER_NAME or the only one",
		.flags = OPT_GLOBAL,
		.offset = AT(session.cluster)},
	{.name = "--nodes",
		.value = "N",
		.help = "of the lab's scenario scale",
		.flags = OPT_LAB,
		.offset = AT(nodes)},
	{.name = "--no-headers",
		.help = "leave the line of titles out",
		.flags = OPT_GET,
		.offset = AT(no_headers)},
	{.name = "--node-interval",
		.value = "TIME",
		.help = "at least so long between two nodes",
		.flags = OPT_ROLL,
		.offset = AT(node_interval)},
	{.name = "--output",
		.short_ = "-o",
		.value = "FORMAT",
		.help = "as the command's usage names them",
		.flags = OPT_ATTACH | OPT_CNI | OPT_CHECK | OPT_GET | OPT_JOURNAL | OPT_MAXPODS |
			 OPT_EXPLAIN | OPT_ROLL | OPT_YES | OPT_SPEC,
		.offset = AT(output)},
	{.name = "--pause",
		.help = "pause after the node in hand",
		.flags = OPT_ATTACH,
		.offset = AT(pause)},
	{.name = "--play",
		.help = "play the story without a terminal and say what was observed",
		.flags = OPT_LAB,
		.offset = AT(play)},
	{.name = "--pods",
		.value = "N",
		.help = "up to so many pods; of the lab's scenario scale: so many",
		.flags = OPT_CNI | OPT_LAB,
		.offset = AT(pods)},
	{.name = "--port",
		.value = "N",
		.help = "port of the pretend AWS; the API's is the next one",
		.flags = OPT_LAB,
		.offset = AT(port)},
	{.name = "--post-drain-delay",
		.value = "TIME",
		.help = "for pods to settle; 5s",
		.flags = OPT_ROLL,
		.offset = AT(post_drain_delay)},
	{.name = "--prefix",
		.help = "with prefix delegation",
		.flags = OPT_MAXPODS | OPT_CNI,
		.offset = AT(prefix)},
	{.name = "--profile",
		.value = "NAME",
		.help = "AWS profile",
		.flags = OPT_GLOBAL,
		.offset = AT(session.profile)},
	{.name = "--readonly",
		.help = "refuse every write",
		.flags = OPT_GLOBAL,
		.offset = AT(session.readonly)},
	{.name = "--region",
		.value = "NAME",
		.help = "AWS region; else the cluster's own",
		.flags = OPT_GLOBAL,
		.offset = AT(session.region)},
	{.name = "--resume",
		.help = "go on; a run whose worker died too",
		.flags = OPT_ATTACH,
		.offset = AT(resume)},
	{.name = "--role",
		.value = "ROLE",
		.help = "only groups of this role",
		.flags = OPT_ROLL,
		.offset = AT(role)},
	{.name = "--scenario",
		.value = "NAME",
		.help = "what the lab starts with (story)",
		.flags = OPT_LAB,
		.offset = AT(scenario)},
	{.name = "--seed",
		.value = "N",
		.help = "names, addresses and order follow from it",
		.flags = OPT_LAB,
		.offset = AT(seed)},
	{.name = "--serve",
		.help = "serve in the foreground until interrupted; print what to export",
		.flags = OPT_LAB,
		.offset = AT(serve)},
	{.name = "--set",
		.value = "KEY=VALUE",
		.help = "maxPods, env.NAME, minSize, addon.NAME, ...; may be given again",
		.flags = OPT_SPEC,
		.again = true,
		.offset = AT(edits)},
	{.name = "--shell",
		.help = "a shell in which kubectl, aws and a stand-in kops reach the lab",
		.flags = OPT_LAB,
		.offset = AT(shell)},
	{.name = "--since",
		.value = "TIME",
		.help = "nothing older: 2h, 3d, or a time as the journal prints it",
		.flags = OPT_JOURNAL,
		.offset = AT(since)},
	{.name = "--size",
		.value = "COLSxROWS",
		.help = "of the frame; 80x24",
		.flags = OPT_SNAPSHOT,
		.offset = AT(size)},
	{.name = "--skip",
		.help = "leave the node in hand out",
		.flags = OPT_ATTACH,
		.offset = AT(skip)},
	{.name = "--sort",
		.value = "COLUMN",
		.help = "order of the rows; -pods is the largest first",
		.flags = OPT_MAXPODS,
		.offset = AT(sort)},
	{.name = "--speed",
		.value = "N",
		.help = "how much faster than real the lab's world runs; 10",
		.flags = OPT_LAB,
		.offset = AT(speed)},
	{.name = "--state",
		.value = "STORE",
		.help = "s3://bucket[/prefix], file:///dir or a folder; else KOPS_STATE_STORE",
		.flags = OPT_GLOBAL,
		.offset = AT(session.state)},
	{.name = "--stop",
		.help = "stop and leave the cluster clean",
		.flags = OPT_ATTACH,
		.offset = AT(stop)},
	{.name = "--take-over",
		.help = "take over the lease of a worker that was not heard of for long",
		.flags = OPT_YES,
		.offset = AT(take_over)},
	{.name = "--type",
		.value = "TYPE",
		.help = "instance type",
		.flags = OPT_CNI,
		.offset = AT(type)},
	{.name = "--unset",
		.value = "KEY",
		.help = "removes a setting; may be given again",
		.flags = OPT_SPEC,
		.again = true,
		.offset = AT(edits)},
	{.name = "--validate-count",
		.value = "N",
		.help = "validations that must pass in a row; 2",
		.flags = OPT_ROLL,
		.offset = AT(validate_count)},
	{.name = "--validation-timeout",
		.value = "TIME",
		.help = "the cluster must validate within; 15m",
		.flags = OPT_ROLL,
		.offset = AT(validation_timeout)},
	{.name = "--version",
		.help = "print the version",
		.flags = OPT_GLOBAL,
		.offset = AT(version)},
	{.name = "--warm-eni",
		.value = "N",
		.help = "as WARM_ENI_TARGET; 1",
		.flags = OPT_CNI,
		.offset = AT(warm_eni)},
	{.name = "--warm-ip",
		.value = "N",
		.help = "as WARM_IP_TARGET",
		.flags = OPT_CNI,
		.offset = AT(warm_ip)},
	{.name = "--warm-prefix",
		.value = "N",
		.help = "as WARM_PREFIX_TARGET; 1",
		.flags = OPT_CNI,
		.offset = AT(warm_prefix)},
	{.name = "--watch",
		.help = "go on with each row that changes, until interrupted",
		.flags = OPT_WATCHING,
		.offset = AT(watch)},
	{.name = "--without-drain",
		.help = "yes, --cloudonly drains nothing and validates nothing",
		.flags = OPT_ROLL,
		.offset = AT(undrained)},
	{.name = "--write",
		.help = "store the result; without it nothing is written",
		.flags = OPT_WRITE,
		.offset = AT(write)},
	{.name = "--yes",
		.help = "do it; without it nothing is done",
		.flags = OPT_YES,
		.offset = AT(yes)},
};
const size_t noption_rows = sizeof(option_rows) / sizeof(option_rows[0]);

static bool option_is(const char *name, const char *arg, size_t len)
{
	return name && strlen(name) == len && strncmp(name, arg, len) == 0;
}

static const struct option_row *option_find(const char *arg, size_t len)
{
	for (const struct option_row *r = option_rows; r < option_rows + noption_rows; r++) {
		if (option_is(r->name, arg, len) || option_is(r->short_, arg, len)) {
			return r;
		}
	}
	return NULL;
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ncommands; i++) {
		if (str_eq(commands[i].name, name)) {
			return &commands[i];
		}
	}
	return NULL;
}

/* A field of a new cluster, "--node-size"; NULL: none. */
static const char *option_field(const struct options *o, const char *arg, size_t len)
{
	for (int f = 0; o->nargs && str_eq(o->args[0], "create") && f < CREATE__COUNT; f++) {
		const char *word = create_word((enum create_field)f);
		if (len == strlen(word) + 2 && strncmp(arg + 2, word, len - 2) == 0) {
			return word;
		}
	}
	return NULL;
}

static bool option_take_field(int argc, char **argv, int *i, const char *word, const char *value,
	struct options *out, struct err *e)
{
	struct option_list *l = &out->edits;
	if (!value && *i + 1 < argc) {
		value = argv[++*i];
	}
	if (!value) {
		return err_set(e, ERR_USAGE, "--%s needs a value", word);
	}
	if (l->n == sizeof(l->v) / sizeof(l->v[0])) {
		return err_set(e, ERR_USAGE, "--%s is given too often", word);
	}
	l->v[l->n].name = word;
	l->v[l->n++].value = value; /* "" leaves it to kops */
	return true;
}

/* One option at argv[*i]; advances over its value. */
static bool option_take(
	int argc, char **argv, int *i, struct options *out, int *seen, struct err *e)
{
	const char *arg = argv[*i];
	const char *eq = str_starts(arg, "--") ? strchr(arg, '=') : NULL;
	size_t len = eq ? (size_t)(eq - arg) : strlen(arg);
	const char *value = eq ? eq + 1 : NULL;
	if (!eq && str_starts(arg, "-o") && len > 2) {
		len = 2; /* -ojson */
		value = arg + 2;
	}
	const struct option_row *row = option_find(arg, len);
	if (!row && option_field(out, arg, len)) {
		*seen |= OPT_CREATE;
		return option_take_field(argc, argv, i, option_field(out, arg, len), value, out, e);
	}
	if (!row) {
		err_set(e, ERR_USAGE, "unknown option %.*s", (int)len, arg);
		err_hint(e, "kopscope --help lists them");
		return false;
	}
	*seen |= row->flags;
	if (!row->value) {
		if (value) {
			return err_set(e, ERR_USAGE, "%s takes no value", row->name);
		}
		*(bool *)((char *)out + row->offset) = true;
		return true;
	}
	if (!value) {
		if (*i + 1 >= argc) {
			return err_set(e, ERR_USAGE, "%s needs a value: %s %s", row->name,
				row->name, row->value);
		}
		value = argv[++*i];
	}
	if (value[0] == '\0') {
		return err_set(
			e, ERR_USAGE, "%s needs a value: %s %s", row->name, row->name, row->value);
	}
	if (row->again) {
		struct option_list *l = (struct option_list *)((char *)out + row->offset);

		if (l->n == sizeof(l->v) / sizeof(l->v[0])) {
			return err_set(e, ERR_USAGE, "%s is given too often", row->name);
		}
		l->v[l->n].name = row->name;
		l->v[l->n++].value = value;
		return true;
	}
	*(const char **)((char *)out + row->offset) = value;
	return true;
}

/* A word too many is a mistake: what was meant by it would not be done. */
static bool options_words(const struct command *c, const struct options *o, struct err *e)
{
	if (o->help || o->version || c->words == WORDS_ANY || o->nargs <= 1 + (size_t)c->words) {
		return true;
	}
	err_set(e, ERR_USAGE, "%s%s%s takes no %swords, but there is \"%s\"", c->name,
		c->words ? " " : "", c->words ? o->args[c->words] : "", c->words ? "more " : "",
		o->args[1 + c->words]);
	err_hint(e, "usage: kopscope %s %s", c->name, c->args);
	return false;
}

bool options_parse(int argc, char **argv, struct options *out, const struct command **cmd,
	struct err *e)
{
	*out = (struct options){ .nargs = 0 };
	bool only_args = false;
	int seen;
	const struct command *c = &screen_command;
	for (int i = 1; i < argc; i++) {
		if (!only_args && str_eq(argv[i], "--")) {
			only_args = true;
			continue;
		}
		if (!only_args && argv[i][0] == '-' && argv[i][1]) {
			seen = 0;
			const char *name = argv[i];
			if (!option_take(argc, argv, &i, out, &seen, e)) {
				return false;
			}
			if (!(seen & (OPT_GLOBAL | c->options)) && out->nargs > 0) {
				err_set(e, ERR_USAGE, "%s is not an option of kopscope %s", name,
					c->name);
				err_hint(e, "kopscope %s --help", c->name);
				return false;
			}
			continue;
		}
		if (out->nargs == sizeof(out->args) / sizeof(out->args[0])) {
			return err_set(e, ERR_USAGE, "too many arguments");
		}
		out->args[out->nargs++] = argv[i];
		if (out->nargs == 1) {
			c = command_find(argv[i]);
			if (!c) {
				err_set(e, ERR_USAGE, "there is no command %s", argv[i]);
				err_hint(e, "kopscope --help lists them; kopscope alone opens the "
					    "screen");
				return false;
			}
		}
	}
	*cmd = c;
	return options_words(c, out, e);
}

static void options_help_rows(int flags)
{
	for (const struct option_row *r = option_rows; r < option_rows + noption_rows; r++) {
		if (!(r->flags & flags)) {
			continue;
		}
		char left[64];
		snprintf(left, sizeof(left), "%s%s%s%s%s", r->short_ ? r->short_ : "",
			r->short_ ? ", " : "", r->name, r->value ? " " : "",
			r->value ? r->value : "");
		printf("  %-26s %s\n", left, r->help);
	}
}

static void options_help_fields(int flags)
{
	if (flags & OPT_CREATE) {
		puts("\nfields of the new cluster:");
	}
	for (int f = CREATE_NAME + 1; (flags & OPT_CREATE) && f < CREATE__COUNT; f++) {
		enum create_field field = (enum create_field)f;
		const char *choices = create_choices(field);
		char left[64];
		snprintf(left, sizeof(left), "--%s %s", create_word(field),
			choices ? choices : "TEXT");
		printf("  %-40s otherwise %s\n", left, create_usual(field));
	}
}

void options_help(const struct command *cmd)
{
	if (cmd && cmd->name[0]) {
		printf("usage: kopscope %s %s\n%s\n", cmd->name, cmd->args, cmd->help);
		if (cmd->options) {
			puts("\noptions:");
			options_help_rows(cmd->options);
			options_help_fields(cmd->options);
		}
		puts("\noptions of every command:");
		options_help_rows(OPT_GLOBAL);
		return;
	}
	puts("kopscope: htop for kops clusters\n"
	     "usage: kopscope [OPTION...]            open the screen\n"
	     "       kopscope COMMAND [OPTION...]    one answer on standard output\n"
	     "\ncommands:");
	for (size_t i = 0; i < ncommands; i++) {
		if (!commands[i].hidden) {
			printf("  %-26s %s\n", commands[i].name, commands[i].help);
		}
	}
	puts("\noptions:");
	options_help_rows(OPT_GLOBAL | OPT_SCREEN);
	puts("\nviews:");
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		printf("  %-26s %s\n", v->name, v->help);
	}
	puts("\nNothing is set up yet?  kopscope lab opens a pretend cluster on this machine.");
}
