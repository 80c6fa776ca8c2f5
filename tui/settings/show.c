/* SPDX-License-Identifier: Apache-2.0 */
/* The settings in force as YAML, and kopscope-config(5), both from the table. */
#include <stdlib.h>

#include "core/base/mdoc.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/settings.h"

static void config_source(const struct config *c, int id, struct buf *out)
{
	if (c->by[id]) {
		buf_addf(out, "# %s", c->by[id]);
	} else if (c->line[id]) {
		buf_addf(out, "# %s:%zu", c->path, c->line[id]);
	} else {
		buf_adds(out, "# default");
	}
	buf_addc(out, '\n');
}

void config_show(const struct config *c, struct buf *out)
{
	for (int id = 0; id < CONFIG__COUNT; id++) {
		const struct config_row *r = &config_rows[id];
		struct buf value = BUF_INIT;
		if (r->values) {
			struct strlist values = { .n = 0 };
			strlist_split(&values, r->values, '|');
			buf_addf(out, "%s: %s ", r->name, values.v[c->choice[id]]);
			strlist_release(&values);
		} else if (id == CONFIG_READONLY && c->by[id]) {
			buf_addf(out, "%s: true ", r->name);
		} else {
			r->show(c, &value);
			buf_addf(out, "%s: %s", r->name,
				value.len ? "" : id == CONFIG_READONLY ? "false " :
				id == CONFIG_GUARD ? "[] " : "{} ");
		}
		config_source(c, id, out);
		buf_adds(out, buf_str(&value));
		buf_release(&value);
	}
}

static void config_man_setting(struct buf *out, const struct config_row *r)
{
	mdoc_macro(out, "It", "Ic", r->name);
	if (r->values) {
		struct strlist values = { .n = 0 };
		strlist_split(&values, r->values, '|');
		buf_adds(out, "One of");
		for (size_t i = 0; i < values.n; i++) {
			buf_addf(out, "%s\n.Cm %s", i ? " ," : "", values.v[i]);
		}
		buf_adds(out, " ;\nthe first is usual.\n");
		strlist_release(&values);
	} else {
		mdoc_macro(out, "Pq", "Li", r->form);
	}
	mdoc_text(out, r->help);
}

static void config_man_rules(struct buf *out)
{
	static const struct {
		enum policy_verdict v;
		const char *help;
	} verdicts[] = {
		{POLICY_ALLOW, "What the dialogs and --yes ask anyway is enough."},
		{POLICY_ASK, "It has to be agreed to once more: :confirm yes on the screen, which "
			     "holds for five minutes, --confirm yes on the command line."},
		{POLICY_TYPE, "The cluster's name has to be typed: :confirm NAME, --confirm NAME."},
		{POLICY_DENY, "It is refused; the exit code is 3."},
	};
	mdoc_section(out, "GUARD RAILS");
	mdoc_text(out,
		"A pattern has * for any text and ? for one character. A rule for some "
		"instance groups does not concern what belongs to no group, such as a Deployment. "
		"Where the group of an instance or node is not known, a rule that holds back "
		"counts. A rolling update is held to the strictest rule of all that it does, "
		"before "
		"it begins. The verdicts:");
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		mdoc_macro(out, "It", "Cm", policy_verdict_name(verdicts[i].v));
		mdoc_text(out, verdicts[i].help);
	}
	buf_adds(out, ".El\n.Pp\n");
	mdoc_text(out, "The writes there are:");
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (int a = 0; a < POLICY_ACTION__COUNT; a++) {
		mdoc_macro(out, "It", "Cm", policy_action_name((enum policy_action)a));
		char *s = xasprintf("%s.", policy_action_help((enum policy_action)a));
		s[0] = (char)(s[0] >= 'a' && s[0] <= 'z' && !str_starts(s, "kops") ? s[0] - 32
										   : s[0]);
		mdoc_text(out, s);
		free(s);
	}
	buf_adds(out, ".El\n");
}

void config_man(struct buf *out)
{
	mdoc_head(out, "kopscope-config", "5", "settings of kopscope");
	mdoc_section(out, "DESCRIPTION");
	mdoc_text(out,
		"Settings are read from the YAML file config.yaml in "
		"$XDG_CONFIG_HOME/kopscope, which is ~/.config/kopscope where that variable is not "
		"set, or from the file that --config or KOPSCOPE_CONFIG names. A setting that does "
		"not exist, or a value that it cannot have, is an error that names the line. A "
		"file "
		"of another user, or one that others can write, is not read. Options come before "
		"the environment, and that before the file.");
	buf_adds(out, ".Pp\n");
	mdoc_text(out,
		"The command kopscope config prints the settings in force, each with where it "
		"comes from.");
	buf_adds(out, ".Pp\nThe settings are:\n.Bl -tag -width Ds\n");
	for (int id = 0; id < CONFIG__COUNT; id++) {
		config_man_setting(out, &config_rows[id]);
	}
	buf_adds(out, ".El\n");
	config_man_rules(out);
	mdoc_section(out, "EXAMPLES");
	buf_adds(out, ".Bd -literal\n"
		"theme: light\n"
		"keys:\n"
		"  quit: C-q\n"
		"columns:\n"
		"  pods: [name, status, node]\n"
		"readonly:\n"
		"  - \"*.prod.example.com\"\n"
		"guard_rails:\n"
		"  - {group: \"control-plane*\", action: terminate, do: deny, reason: ask the "
		"platform team}\n"
		"  - {action: roll, do: type}\n"
		".Ed\n");
	mdoc_section(out, "SEE ALSO");
	buf_adds(out, ".Xr kopscope 1\n");
}
