/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of views, actions, columns, commands and options, looked at as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "tests/tui/fixture.h"
#include "tui/actions.h"
#include "tui/screen/keys.h"
#include "tui/screen/screen.h"

/* One plain line: begins with no blank, ends with no period, no raw bytes. */
static void assert_words(const char *what, const char *help)
{
	if (str_empty(help) || help[0] == ' ' || str_ends(help, ".") || str_ends(help, " ") ||
		strpbrk(help, "\t\n\r")) {
		fail_msg("%s: help is \"%s\"", what, help ? help : "(none)");
	}
}

static bool action_here(const struct action *x, int view)
{
	return x->views == 0 || (x->views & (1u << view));
}

static void test_actions(void **state)
{
	for (size_t i = 0; i < nactions; i++) {
		const struct action *x = &actions[i];
		assert_non_null(x->name);
		assert_words(x->name, x->help);
		assert_non_null(x->run);
		if (x->key) {
			assert_int_not_equal(key_from_name(x->key), KEY_NONE_);
		}
		if (x->flags & ACTION_BAR) {
			assert_non_null(x->key);
			assert_non_null(x->word);
			assert_null(strchr(x->word, ' '));
		}
		assert_ptr_equal(action_by_name(x->name), x);
		assert_null(view_by_name(x->name)); /* : could mean only one of them */
	}
}

/* No key means two things in one view, nor hides a view's digit or a way to move. */
static void test_keys_of_each_view(void **state)
{
	static const char *const moving[] = { "Up", "Down", "PgUp", "PgDn", "Home", "End", "j", "k",
		"g", "G" };
	for (int v = 0; v < VIEW__COUNT; v++) {
		for (size_t i = 0; i < nactions; i++) {
			if (!actions[i].key || !action_here(&actions[i], v)) {
				continue;
			}
			uint32_t key = key_from_name(actions[i].key);
			for (size_t k = 0; k < i; k++) {
				if (actions[k].key && action_here(&actions[k], v)) {
					assert_int_not_equal(key_from_name(actions[k].key), key);
				}
			}
			for (int o = 0; o < VIEW__COUNT; o++) {
				assert_int_not_equal(view_get((enum view_id)o)->key, key);
			}
			for (size_t k = 0; k < sizeof(moving) / sizeof(moving[0]); k++) {
				assert_int_not_equal(key_from_name(moving[k]), key);
			}
			/* a to d are the cures of Pending. */
			assert_false(v == VIEW_PENDING && key >= 'a' && key <= 'd');
		}
	}
}

static void test_views(void **state)
{
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		assert_non_null(v);
		assert_int_equal(v->id, i);
		assert_words(v->name, v->help);
		assert_non_null(v->title);
		assert_non_null(v->rows);
		assert_non_null(v->empty);
		assert_ptr_equal(view_by_name(v->name), v);
		for (int k = 0; k < i; k++) {
			const struct view *o = view_get((enum view_id)k);
			assert_false(str_eq(o->name, v->name) || str_eq(o->title, v->title));
			assert_true(v->key == 0 || o->key != v->key);
		}
	}
}

static void test_columns(void **state)
{
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		assert_true(v->ncolumns > 0);
		for (size_t c = 0; c < v->ncolumns; c++) {
			const struct column *col = &v->columns[c];
			assert_non_null(col->id);
			assert_words(col->id, col->help);
			assert_false(str_empty(col->title));
			assert_int_equal(
				strspn(col->id, "abcdefghijklmnopqrstuvwxyz_"), strlen(col->id));
			for (size_t k = 0; k < c; k++) {
				assert_false(str_eq(v->columns[k].id, col->id));
				assert_false(str_eq(v->columns[k].title, col->title));
			}
		}
	}
}

static void test_readonly_refuses(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_READONLY, 80, 24, false);
	for (int v = 0; v < VIEW__COUNT; v++) {
		app_show(&f.app, (enum view_id)v, NULL);
		app_frame(&f.app);
		struct buf bar = BUF_INIT;
		actions_keybar(&f.app, &bar);
		for (size_t i = 0; i < nactions; i++) {
			const struct action *x = &actions[i];
			if (!(x->flags & ACTION_WRITES)) {
				continue;
			}
			assert_non_null(action_refusal(&f.app, x));
			action_run(&f.app, x, "a");
			assert_null(f.app.dialog);
			assert_non_null(strstr(f.app.message, "read-only"));
			if (x->word && action_here(x, v)) {
				char pair[64];
				snprintf(pair, sizeof(pair), "%s:%s ", x->key, x->word);
				assert_null(strstr(buf_str(&bar), pair));
			}
		}
		buf_release(&bar);
	}
	assert_null(f.scaled);
	assert_null(f.puts_path);
	fixture_release(&f);
}

/* The style of the row of help that begins with that command; -1: there is none. */
static int help_style(const struct grid *g, const char *name)
{
	for (int y = 0; y < g->rows; y++) {
		char row[256] = "";
		size_t n = 0;
		for (int x = 0; x < g->cols && n + 8 < sizeof(row); x++) {
			n += (size_t)snprintf(row + n, sizeof(row) - n, "%s", grid_at(g, x, y)->text);
		}
		char words[64];
		snprintf(words, sizeof(words), " :%s ", name);
		const char *at = strstr(row, words);
		if (at) {
			return grid_at(g, (int)(at - row) + 2, y)->style; /* before it all is ASCII */
		}
	}
	return -1;
}

/* In help each command that writes is greyed while nothing may be written, and no other is. */
static void test_readonly_greys(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_READONLY, 120, 200, false);
	fixture_keys(&f, "3 ?");
	app_frame(&f.app);
	for (size_t i = 0; i < nactions; i++) {
		int style = help_style(&f.app.grid, actions[i].name);
		assert_int_equal(style,
			actions[i].flags & ACTION_WRITES ? STYLE_DIM : STYLE_NORMAL);
	}
	fixture_release(&f);
}

/* Each key in a key bar does something; however narrow, help and quit can be read, and nothing is
   cut in the middle. */
static void test_keybar(void **state)
{
	static const int sizes[] = { 60, 80, 120 };
	for (int v = 0; v < VIEW__COUNT * 3; v++) {
		struct fixture f;
		struct strlist pairs = { .v = NULL };
		struct buf bar = BUF_INIT;
		int cols = sizes[v / VIEW__COUNT];
		enum view_id id = (enum view_id)(v % VIEW__COUNT);
		fixture_init(&f, id == VIEW_ROLL ? FIXTURE_ROLLING : FIXTURE_FULL, cols, 24, false);
		app_show(&f.app, id, NULL);
		app_frame(&f.app);
		actions_keybar(&f.app, &bar);
		strlist_split(&pairs, buf_str(&bar), ' ');
		char *text = fixture_text(&f), *last = strrchr(text, '?');
		for (size_t i = 0; i < pairs.n; i++) {
			char *colon = pairs.v[i][0] ? strchr(pairs.v[i] + 1, ':') : NULL;
			if (!colon) {
				continue;
			}
			*colon = '\0';
			const struct action *x = action_by_key(&f.app, key_from_name(pairs.v[i]));
			assert_non_null(x);
			assert_null(action_refusal(&f.app, x));
			assert_string_equal(x->word, colon + 1);
		}
		assert_non_null(last);
		assert_true(str_starts(last, "? help  / filter"));
		assert_true(str_ends(last, "  q quit\n"));
		assert_int_equal(text_width(last), cols - 2 + 1); /* its newline */
		free(text);
		strlist_release(&pairs);
		buf_release(&bar);
		fixture_release(&f);
	}
}

/* ---- the command line -------------------------------------------------------------- */

static void test_commands(void **state)
{
	for (size_t i = 0; i < ncommands; i++) {
		assert_words(commands[i].name, commands[i].help);
		assert_non_null(commands[i].run);
		assert_non_null(commands[i].args);
		if (i > 0) {
			assert_true(strcmp(commands[i - 1].name, commands[i].name) < 0);
		}
	}
}

/* What options_help() prints, read back; owned by the caller. */
static char *help_of(const struct command *c)
{
	FILE *tmp = tmpfile();
	assert_non_null(tmp);
	fflush(stdout);
	int saved = dup(STDOUT_FILENO);
	dup2(fileno(tmp), STDOUT_FILENO);
	options_help(c);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	char *text = calloc(1, 65536);
	rewind(tmp);
	assert_true(fread(text, 1, 65535, tmp) > 0);
	fclose(tmp);
	return text;
}

/* Options stand in alphabetical order, each with its help. */
static int options_lint(char *text)
{
	char last[64] = "";
	int n = 0;
	bool options = false;
	for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save)) {
		if (line[0] != ' ') {
			options = str_starts(line, "options");
			last[0] = '\0';
			continue;
		}
		char name[64];
		const char *dashes = strstr(line, "--");
		if (!options || !dashes) {
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(dashes, " "), dashes);
		assert_true(strcmp(last, name) < 0);
		memcpy(last, name, sizeof(last));
		size_t used = 2 + strcspn(line + 2, "\n");
		assert_true(used > 29);
		assert_words(name, line + 29);
		n++;
	}
	return n;
}

static void test_options(void **state)
{
	char *text = help_of(NULL);
	assert_true(options_lint(text) >= 10);
	free(text);
	for (size_t i = 0; i < ncommands; i++) {
		text = help_of(&commands[i]);
		assert_true(options_lint(text) > 0);
		free(text);
	}
}

static void test_option_errors(void **state)
{
	static const struct {
		const char *argv[6], *text;
	} cases[] = {
		{ { "kopscope", "--nope" }, "unknown option --nope" },
		{ { "kopscope", "nope" }, "there is no command nope" },
		{ { "kopscope", "--state" }, "--state needs a value: --state STORE" },
		{ { "kopscope", "--state=" }, "--state needs a value: --state STORE" },
		{ { "kopscope", "--readonly=yes" }, "--readonly takes no value" },
		{ { "kopscope", "get", "nodes", "--size", "80x24" },
			"--size is not an option of kopscope get" },
		{ { "kopscope", "-x" }, "unknown option -x" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct options o;
		const struct command *c;
		struct err e = ERR_INIT;
		int argc = 0;
		while (argc < 6 && cases[i].argv[argc]) {
			argc++;
		}
		assert_false(options_parse(argc, (char **)(uintptr_t)cases[i].argv, &o, &c, &e));
		assert_string_equal(e.text, cases[i].text);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

/* No command lets a word pass that it has no use for: each names it, and what would be right. */
static void test_words_too_many(void **state)
{
	for (size_t i = 0; i < ncommands; i++) {
		const struct command *c = &commands[i], *found;
		char name[32], word[] = "too", more[] = "many", program[] = "kopscope";
		snprintf(name, sizeof(name), "%s", c->name);
		char *argv[] = { program, name, word, word, word, more };
		struct options o;
		struct err e = ERR_INIT;
		if (c->words == WORDS_ANY) {
			continue; /* tests/tui/cli.sh: each of these has a use for them, or says so */
		}
		assert_in_range(c->words, 0, 3);
		if (!options_parse(2 + c->words, argv, &o, &found, &e)) {
			fail_msg("%s: %s", c->name, e.text);
		}
		argv[2 + c->words] = more;
		assert_false(options_parse(3 + c->words, argv, &o, &found, &e));
		assert_int_equal(e.kind, ERR_USAGE);
		assert_true(str_starts(e.text, c->name));
		assert_non_null(strstr(e.text, "words, but there is \"many\""));
		assert_non_null(strstr(e.hint, c->name));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_keys_of_each_view),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_readonly_refuses),
		cmocka_unit_test(test_readonly_greys),
		cmocka_unit_test(test_keybar),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_option_errors),
		cmocka_unit_test(test_words_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
