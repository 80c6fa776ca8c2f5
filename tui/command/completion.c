/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope completion SHELL: a shell's completion, made from the tables of commands and options. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "tui/options.h"
#include "tui/view.h"

static const struct command the_screen = { .name = "", .args = "", .options = OPT_SCREEN };

static void add_views(struct buf *out)
{
	for (int i = 0; i < VIEW__COUNT; i++) {
		buf_addf(out, "%s%s", i ? " " : "", view_get((enum view_id)i)->name);
	}
}

/* "a|b|c" up to the first of stop as "a b c". */
static void add_choices(struct buf *out, const char *s, const char *stop)
{
	for (; *s && !strchr(stop, *s); s++) {
		buf_addc(out, *s == '|' ? ' ' : *s);
	}
}

/* Words that may stand behind the command itself; "" when it is anything. */
static void add_words(struct buf *out, const struct command *c)
{
	if (str_starts(c->args, "VIEW")) {
		add_views(out);
		return;
	}
	for (const char *p = c->args; islower((unsigned char)*p);) {
		size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz-");
		buf_addf(out, "%s%.*s", out->len ? " " : "", (int)n, p);
		p += n;
		p += strspn(p, " |");
	}
}

/* Values of an option of a command; "" when it is anything. */
static void add_values(struct buf *out, const struct option_row *r, const struct command *c)
{
	const char *o = strstr(c->args, "-o ");
	if (str_eq(r->name, "--output")) {
		add_choices(out, o ? o + 3 : "table|json", " ]");
	} else if (r->value && strchr(r->value, '|')) {
		add_choices(out, r->value, " [");
	}
}

static bool takes_file(const struct option_row *r)
{
	return str_eq(r->value, "FILE") || str_eq(r->value, "DIR") || str_eq(r->value, "STORE");
}

static bool is_of(const struct option_row *r, const struct command *c)
{
	return r->flags & (OPT_GLOBAL | c->options);
}

/* In single quotes of a POSIX shell (fish: with backslashes); brackets: of zsh's explanations. */
static void add_quoted(struct buf *out, const char *s, bool fish, bool brackets)
{
	for (; *s; s++) {
		if (*s == '\'') {
			buf_adds(out, fish ? "\\'" : "'\\''");
		} else if ((fish && *s == '\\') || (brackets && (*s == '[' || *s == ']'))) {
			buf_addf(out, "\\%c", *s);
		} else {
			buf_addc(out, *s);
		}
	}
}

/* ---- bash ---------------------------------------------------------------------- */

static void bash_pattern(struct buf *out, bool (*which)(const struct option_row *r))
{
	bool any = false;
	for (const struct option_row *r = option_rows; r < option_rows + noption_rows; r++) {
		if (r->value && which(r)) {
			buf_addf(out, "%s%s%s%s", any ? "|" : "", r->name, r->short_ ? "|" : "",
				r->short_ ? r->short_ : "");
			any = true;
		}
	}
}

static bool is_any(const struct option_row *r)
{
	return true;
}

static void bash_choices(struct buf *out)
{
	buf_adds(out, "\tcase $prev in\n\t-o|--output)\n\t\tcase $cmd in\n");
	for (size_t i = 0; i < ncommands; i++) {
		const char *o = strstr(commands[i].args, "-o ");
		if (o) {
			buf_addf(out, "\t\t%s) words='", commands[i].name);
			add_choices(out, o + 3, " ]");
			buf_adds(out, "' ;;\n");
		}
	}
	buf_adds(out, "\t\t*) words='table json' ;;\n\t\tesac ;;\n");
	for (const struct option_row *r = option_rows; r < option_rows + noption_rows; r++) {
		if (r->value && strchr(r->value, '|')) {
			buf_addf(out, "\t%s) words='", r->name);
			add_choices(out, r->value, " [");
			buf_adds(out, "' ;;\n");
		}
	}
	buf_adds(out, "\t");
	bash_pattern(out, takes_file);
	buf_adds(out, ")\n\t\tcompopt -o filenames 2>/dev/null\n"
		"\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\t\treturn ;;\n\t");
	bash_pattern(out, is_any);
	buf_adds(out, ") return ;;\n");
}

static void bash_command(struct buf *out, const struct command *c)
{
	buf_addf(out, "\t\t%s)\n\t\t\tcase $cur in\n\t\t\t-*) words='",
		c->name[0] ? c->name : "''");
	for (const struct option_row *r = option_rows; r < option_rows + noption_rows; r++) {
		if (is_of(r, c)) {
			buf_addf(out, "%s ", r->name);
		}
	}
	buf_adds(out, "' ;;\n\t\t\t*) words='");
	if (c == &the_screen) {
		for (size_t i = 0; i < ncommands; i++) {
			buf_adds(out, commands[i].hidden ? "" : commands[i].name);
			buf_adds(out, commands[i].hidden ? "" : " ");
		}
	} else {
		struct buf words = BUF_INIT;
		add_words(&words, c);
		buf_adds(out, buf_str(&words));
		buf_release(&words);
	}
	buf_adds(out, "' ;;\n\t\t\tesac ;;\n");
}

static void completion_bash(struct buf *out)
{
	buf_adds(out, "# bash completion of kopscope, made by: kopscope completion bash\n"
		"_kopscope() {\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tlocal cmd= words= i\n"
		"\tCOMPREPLY=()\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tcase ${COMP_WORDS[i]} in\n\t\t");
	bash_pattern(out, is_any);
	buf_adds(out, ") i=$((i + 1)) ;;\n\t\t-*|=) ;;\n"
		"\t\t*) cmd=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n");
	bash_choices(out);
	buf_adds(out, "\t*)\n\t\tcase $cmd in\n");
	bash_command(out, &the_screen);
	for (size_t i = 0; i < ncommands; i++) {
		if (!commands[i].hidden) {
			bash_command(out, &commands[i]);
		}
	}
	buf_adds(out, "\t\tesac ;;\n\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
		"complete -F _kopscope kopscope\n");
}

/* ---- zsh ----------------------------------------------------------------------- */

static void zsh_option(struct buf *out, const char *name, const struct option_row *r,
	const struct command *c)
{
	struct buf values = BUF_INIT;
	buf_addf(out, "\t\t'%s%s%s[", r->again ? "*" : "", name,
		r->value && str_starts(name, "--") ? "=" : "");
	add_quoted(out, r->help, false, true);
	buf_addc(out, ']');
	if (r->value) {
		add_values(&values, r, c);
		buf_adds(out, ":value:");
		if (values.len) {
			buf_addf(out, "(%s)", buf_str(&values));
		} else if (takes_file(r)) {
			buf_adds(out, "_files");
		}
	}
	buf_adds(out, "' \\\n");
	buf_release(&values);
}

static void zsh_options(struct buf *out, const struct command *c)
{
	for (const struct option_row *r = option_rows; r < option_rows + noption_rows; r++) {
		if (is_of(r, c)) {
			zsh_option(out, r->name, r, c);
			if (r->short_) {
				zsh_option(out, r->short_, r, c);
			}
		}
	}
}

static void completion_zsh(struct buf *out)
{
	buf_adds(out, "#compdef kopscope\n# made by: kopscope completion zsh\n_kopscope() {\n"
		"\tlocal curcontext=$curcontext state line\n\tlocal -a commands\n"
		"\tcommands=(\n");
	for (size_t i = 0; i < ncommands; i++) {
		if (!commands[i].hidden) {
			buf_addf(out, "\t\t'%s:", commands[i].name);
			add_quoted(out, commands[i].help, false, false);
			buf_adds(out, "'\n");
		}
	}
	buf_adds(out, "\t)\n\t_arguments -C \\\n");
	zsh_options(out, &the_screen);
	buf_adds(out, "\t\t'1: :->command' \\\n\t\t'*:: :->rest'\n"
		"\tcase $state in\n\tcommand) _describe command commands; return ;;\n"
		"\trest) ;;\n\t*) return ;;\n\tesac\n\tcase $words[1] in\n");
	for (size_t i = 0; i < ncommands; i++) {
		struct buf words = BUF_INIT;
		if (commands[i].hidden) {
			continue;
		}
		buf_addf(out, "\t%s) _arguments \\\n", commands[i].name);
		zsh_options(out, &commands[i]);
		add_words(&words, &commands[i]);
		if (words.len) {
			buf_addf(out, "\t\t'1:word:(%s)' ;;\n", buf_str(&words));
		} else {
			buf_adds(out, "\t\t'*:word:' ;;\n");
		}
		buf_release(&words);
	}
	buf_adds(out, "\tesac\n}\n"
		"if [ \"$funcstack[1]\" = _kopscope ]; then _kopscope \"$@\"; "
		"else compdef _kopscope kopscope; fi\n");
}

/* ---- fish ---------------------------------------------------------------------- */

static void fish_option(struct buf *out, const char *when, const struct option_row *r,
	const struct command *c)
{
	struct buf values = BUF_INIT;
	buf_addf(out, "complete -c kopscope%s -l %s", when, r->name + 2);
	if (r->short_) {
		buf_addf(out, " -s %s", r->short_ + 1);
	}
	add_values(&values, r, c);
	if (r->value) {
		buf_adds(out, takes_file(r) ? " -r -F" : " -x");
	}
	if (values.len) {
		buf_addf(out, " -a '%s'", buf_str(&values));
	}
	buf_adds(out, " -d '");
	add_quoted(out, r->help, true, false);
	buf_adds(out, "'\n");
	buf_release(&values);
}

static void fish_command(struct buf *out, const struct command *c)
{
	struct buf when = BUF_INIT, words = BUF_INIT;
	buf_addf(&when, " -n '__fish_seen_subcommand_from %s'", c->name);
	buf_addf(out, "complete -c kopscope -n __fish_use_subcommand -a %s -d '", c->name);
	add_quoted(out, c->help, true, false);
	buf_adds(out, "'\n");
	add_words(&words, c);
	if (words.len) {
		buf_addf(out, "complete -c kopscope%s -a '%s'\n", buf_str(&when), buf_str(&words));
	}
	for (const struct option_row *r = option_rows; r < option_rows + noption_rows; r++) {
		if (r->flags & c->options) {
			fish_option(out, buf_str(&when), r, c);
		}
	}
	buf_release(&when);
	buf_release(&words);
}

static void completion_fish(struct buf *out)
{
	buf_adds(out, "# fish completion of kopscope, made by: kopscope completion fish\n"
		"complete -c kopscope -f\n");
	for (const struct option_row *r = option_rows; r < option_rows + noption_rows; r++) {
		if (r->flags & OPT_GLOBAL) {
			fish_option(out, "", r, &the_screen);
		} else if (r->flags & OPT_SCREEN) {
			fish_option(out, " -n __fish_use_subcommand", r, &the_screen);
		}
	}
	for (size_t i = 0; i < ncommands; i++) {
		if (!commands[i].hidden) {
			fish_command(out, &commands[i]);
		}
	}
}

int cmd_completion(const struct options *o, struct err *e)
{
	static const struct {
		const char *name;
		void (*make)(struct buf *out);
	} shells[] = {
		{ "bash", completion_bash }, { "fish", completion_fish }, { "zsh", completion_zsh },
	};
	for (size_t i = 0; o->nargs == 2 && i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (str_eq(o->args[1], shells[i].name)) {
			struct buf out = BUF_INIT;
			shells[i].make(&out);
			fputs(buf_str(&out), stdout);
			buf_release(&out);
			return EXIT_OK;
		}
	}
	if (o->nargs == 2) {
		err_set(e, ERR_USAGE, "there is no completion for %s", o->args[1]);
	} else {
		err_set(e, ERR_USAGE, "which shell?");
	}
	err_hint(e, "bash, fish or zsh");
	return EXIT_USAGE;
}
