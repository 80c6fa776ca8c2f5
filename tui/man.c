/* SPDX-License-Identifier: Apache-2.0 */
/* The manual page kopscope(1). */
#include "tui/man.h"

#include <stdlib.h>

#include "core/base/mdoc.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/actions.h"
#include "tui/options.h"
#include "tui/view.h"

struct man_pair {
	const char *name, *text;
};

static const struct man_pair variables[] = {
	{ "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION",
		"AWS credentials; without them the usual places are asked in the order of the "
		"aws program: profile, web identity, SSO, container, instance. The command check "
		"says which one answered." },
	{ "AWS_CA_BUNDLE", "Certificates to trust instead of the system's." },
	{ "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_PROFILE",
		"Where AWS profiles are, and which one." },
	{ "AWS_CONTAINER_AUTHORIZATION_TOKEN, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, "
		"AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"Credentials of a container." },
	{ "AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT, "
		"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
		"Credentials of an instance." },
	{ "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSO, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"Another address of AWS." },
	{ "AWS_MAX_ATTEMPTS", "How often a call is tried." },
	{ "AWS_REGION, AWS_DEFAULT_REGION", "The region, where neither the cluster nor an option "
		"says one." },
	{ "AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME, AWS_WEB_IDENTITY_TOKEN_FILE",
		"Credentials by web identity." },
	{ "KOPSCOPE_CONFIG", "The settings file, where no option names one." },
	{ "KOPSCOPE_CONTEXT", "Set for a run's own process: the kubeconfig context in use." },
	{ "KOPSCOPE_DEBUG", "When set, a debugger may attach; otherwise nothing may trace the "
		"program." },
	{ "KOPSCOPE_KOPS", "The kops program, where no option says one." },
	{ "KOPSCOPE_LAB_SCENARIO, KOPSCOPE_LAB_SPEED, KOPSCOPE_LESSON",
		"Set by the lab: its world, how much faster than real it runs, and the lesson." },
	{ "KOPSCOPE_TRACE, KOPSCOPE_TRACE_FILE",
		"What to write about the work itself (http, k8s, aws), without secrets, and where "
		"to." },
	{ "KOPS_CLUSTER_NAME", "The cluster to open." },
	{ "KOPS_STATE_S3_ACL", "The canned ACL of what is written to the state store, as kops "
		"takes it." },
	{ "KOPS_STATE_STORE", "The state store." },
	{ "KUBECONFIG", "Kubeconfig files, separated by colons." },
	{ "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT",
		"Set in a pod: its service account is used where there is no kubeconfig." },
	{ "NO_COLOR", "No colours, whatever its value." },
	{ "S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY",
		"A state store on another S3, as kops takes them." },
	{ "XDG_CONFIG_HOME", "Where kopscope/config.yaml is; ~/.config." },
	{ "XDG_STATE_HOME",
		"Where runs, their journal and former specs are kept; ~/.local/state." },
};

static const struct man_pair files[] = {
	{ "~/.local/state/kopscope/journal.jsonl", "Every write; the command journal shows it." },
	{ "~/.config/kopscope/config.yaml", "Settings; the command config says what holds." },
	{ "~/.kops.yaml, ~/.kops/config", "kops' own settings: the state store and cluster." },
	{ "~/.kube/config", "The kubeconfig." },
	{ "~/.local/state/kopscope/runs/", "Updates and rolling updates, one folder each." },
};

static const struct man_pair statuses[] = {
	{ "0", "It went well." },
	{ "1", "Something failed; one line on standard error says what. The command check: "
		"something that is needed cannot be reached." },
	{ "2", "The command line, a setting or a file that it names is wrong." },
	{ "3", "A guard rail refused a write, or the forecast stopped a rolling update." },
	{ "4", "The run was stopped by its user." },
	{ "5", "get, snapshot, spec show: printed, but something of the state store that belongs "
		"to it could not be read; standard error says what." },
	{ "130", "Interrupted while following a run, which goes on." },
};

static const struct man_pair examples[] = {
	{ "kopscope lab", "A pretend cloud and cluster on this machine, to learn on." },
	{ "kopscope --state s3://bucket --name my.cluster.example --readonly",
		"Look and change nothing." },
	{ "kopscope check", "Connect to everything and say what works." },
	{ "kopscope get pending -o json", "Why pods wait, for another program." },
	{ "kopscope get nodes --watch", "Nodes as they change." },
	{ "kopscope maxpods t3.medium --prefix", "How many pods a machine type holds." },
};

static void man_pairs(struct buf *out, const char *macro, const struct man_pair *v, size_t n)
{
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < n; i++) {
		mdoc_macro(out, "It", macro, v[i].name);
		mdoc_text(out, v[i].text);
	}
	buf_adds(out, ".El\n");
}
#define MAN_PAIRS(out, macro, v) man_pairs(out, macro, v, sizeof(v) / sizeof((v)[0]))

/* A sentence out of a help text: it ends in a full stop. */
static void man_sentence(struct buf *out, const char *help)
{
	char *s = xasprintf("%s%s", help, str_ends(help, ".") ? "" : ".");
	mdoc_text(out, s);
	free(s);
}

/* Named by their long names: what they mean stands under OPTIONS once. */
static void man_command_options(struct buf *out, const struct command *c)
{
	bool any = false;
	for (size_t i = 0; i < noption_rows; i++) {
		if (!(option_rows[i].flags & c->options)) {
			continue;
		}
		buf_adds(out, any ? " ,\n.Fl \\-" : "Options:\n.Fl \\-");
		buf_adds(out, option_rows[i].name + 2);
		any = true;
	}
	buf_adds(out, any ? " .\n" : "");
}

static void man_commands(struct buf *out)
{
	mdoc_section(out, "COMMANDS");
	mdoc_text(out, "Without a command the screen is opened. Each command prints one answer to "
		"standard output.");
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < ncommands; i++) {
		const struct command *c = &commands[i];
		if (c->hidden) {
			continue;
		}
		buf_addf(out, ".It Cm %s", c->name);
		if (c->args[0]) {
			struct buf b = BUF_INIT;
			mdoc_macro(&b, "", "Ar", c->args);
			buf_adds(out, buf_str(&b) + 1);
			buf_release(&b);
		} else {
			buf_addc(out, '\n');
		}
		man_sentence(out, c->help);
		man_command_options(out, c);
	}
	buf_adds(out, ".El\n");
}

static void man_options(struct buf *out)
{
	mdoc_section(out, "OPTIONS");
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < noption_rows; i++) {
		const struct option_row *r = &option_rows[i];
		if (!r->flags) {
			continue;
		}
		mdoc_option(out, r->name, r->short_, r->value);
		man_sentence(out, r->help);
		if (r->flags & OPT_GLOBAL) {
			mdoc_text(out, "With every command.");
		}
	}
	buf_adds(out, ".El\n");
}

static void man_views(struct buf *out)
{
	mdoc_section(out, "THE VIEWS");
	mdoc_text(out, "The digit opens a view, and so does a colon with its name. The command get "
		"prints any of them.");
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		buf_addf(out, ".It Ic %s", v->name);
		if (v->key) {
			buf_addf(out, " Pq key %c", v->key);
		}
		buf_addc(out, '\n');
		man_sentence(out, v->help);
		buf_adds(out, "Columns:\n");
		for (size_t c = 0; c < v->ncolumns; c++) {
			char *line = xasprintf("%s (%s)%s", v->columns[c].id, v->columns[c].help,
				c + 1 < v->ncolumns ? "," : ".");
			mdoc_text(out, line);
			free(line);
		}
	}
	buf_adds(out, ".El\n");
}

static void man_keys(struct buf *out)
{
	mdoc_section(out, "KEYS");
	mdoc_text(out, "Each key has a name, which a colon takes as well. Those of one view are "
		"marked with its name.");
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < nactions; i++) {
		const struct action *x = &actions[i];
		buf_adds(out, ".It");
		if (x->key) {
			struct buf b = BUF_INIT;
			mdoc_macro(&b, "", "Ic", x->key);
			buf_addf(out, "%.*s ,", (int)b.len - 2, buf_str(&b) + 1);
			buf_release(&b);
		}
		buf_addf(out, " Ic :%s\n", x->name);
		man_sentence(out, x->help);
		struct buf where = BUF_INIT;
		for (int v = 0; x->views && v < VIEW__COUNT; v++) {
			if (x->views & (1u << v)) {
				buf_addf(&where, "%s%s", where.len ? ", " : "In ",
					view_get((enum view_id)v)->name);
			}
		}
		if (where.len) {
			buf_addc(&where, '.');
			mdoc_text(out, buf_str(&where));
		}
		if (x->flags & ACTION_WRITES) {
			mdoc_text(out, "Refused when read-only.");
		}
		buf_release(&where);
	}
	buf_adds(out, ".El\n");
}

static void man_synopsis(struct buf *out)
{
	buf_adds(out, ".Sh SYNOPSIS\n.Nm\n.Op Ar option ...\n.Nm\n.Ar command\n"
		".Op Ar option ...\n.Op Ar argument ...\n.Sh DESCRIPTION\n.Nm\n");
	mdoc_text(out, "shows the clusters of a kops state store, their instance groups, nodes and "
		"pending pods. It says in one line why a pod waits and how many pods a node may "
		"hold and why, edits kubelet.maxPods and the settings of the Amazon VPC CNI in the "
		"stored spec, changing only the bytes that must change, and runs updates and "
		"rolling updates with live progress.");
	buf_adds(out, ".Pp\n");
	mdoc_text(out, "Nothing is written before its consequences were shown and the cluster's "
		"name was typed. An update or a rolling update is a process of its own, which goes "
		"on when the screen is left or the connection is lost.");
}

void man_page(struct buf *out)
{
	mdoc_head(out, "kopscope", "1", "htop for kops clusters");
	man_synopsis(out);
	man_commands(out);
	man_options(out);
	man_views(out);
	man_keys(out);
	mdoc_section(out, "ENVIRONMENT");
	MAN_PAIRS(out, "Ev", variables);
	mdoc_section(out, "FILES");
	MAN_PAIRS(out, "Pa", files);
	mdoc_section(out, "EXIT STATUS");
	MAN_PAIRS(out, "Cm", statuses);
	mdoc_section(out, "EXAMPLES");
	MAN_PAIRS(out, "Li", examples);
	buf_adds(out, ".Sh SEE ALSO\n.Xr kopscope-lab 1 ,\n.Xr kopscope-config 5\n");
}
