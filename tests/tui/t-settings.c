/* SPDX-License-Identifier: Apache-2.0 */
/* config.yaml: what is read, what is refused with its line, and what is printed of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "tui/actions.h"
#include "tui/options.h"
#include "tui/settings.h"
#include "tui/screen/style.h"

static bool parse(struct config *c, const char *text, struct err *e)
{
	*c = (struct config){ .path = NULL };
	*e = (struct err)ERR_INIT;
	return config_parse(c, "/x/config.yaml", text, strlen(text), e);
}

static void test_wrong_lines(void **state)
{
	static const struct {
		const char *text, *says, *hint;
	} cases[] = {
		{"mouse: true\nthme: dark\n", "config.yaml:2: there is no setting thme",
			"did you mean theme?"},
		{"theme: drak\n", ":1: theme cannot be drak", "did you mean dark?"},
		{"\n\nengine: terraform\n", ":3: engine cannot be terraform", "native, kops"},
		{"mouse: maybe\n", ":1: mouse cannot be maybe", "false, true"},
		{"theme: dark\nmouse: on\ntheme: light\n", ":3: a second time theme", ""},
		{"keys: {qiut: x}\n", "there is no action qiut", "did you mean quit?"},
		{"keys:\n  quit: NoKey\n", ":2: a key is", ""},
		{"keys: {quit: \"1\"}\n", "cannot be given away: 1", ""},
		{"keys: {quit: \"?\"}\n", "the key ? is help's already", "help another key"},
		{"keys: quit\n", "keys are ACTION: KEY", ""},
		{"columns: {pods: [nmae]}\n", "there is no such column: nmae",
			"did you mean name?"},
		{"columns: {pdos: [name]}\n", "there is no view pdos", "did you mean pods?"},
		{"columns: {pods: name}\n", "columns of a view are a list", ""},
		{"readonly: perhaps\n", "readonly is true, false or a list", ""},
		{"readonly: [{}]\n", "no pattern of clusters", ""},
		{"guard_rails: {do: deny}\n", "guard_rails is a list", ""},
		{"guard_rails: [deny]\n", "a guard rail is {", ""},
		{"guard_rails:\n  - action: roll\n", ":2: this guard rail does not say do", ""},
		{"guard_rails:\n  - {do: dney}\n", ":2: a guard rail cannot do dney",
			"did you mean deny?"},
		{"guard_rails:\n  - {do: deny, action: terminat}\n", "there is no write terminat",
			"did you mean terminate?"},
		{"guard_rails:\n  - {do: deny, clutser: a}\n", "a guard rail has no clutser",
			"did you mean cluster?"},
		{"guard_rails:\n  - {do: deny, group: }\n", "a text is missing behind group", ""},
		{"- theme\n", "NAME: VALUE", ""},
		{"theme: [\n", "config.yaml: ", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config c;
		struct err e;
		assert_false(parse(&c, cases[i].text, &e));
		assert_int_equal(e.kind, ERR_CONFIG);
		if (!strstr(e.text, cases[i].says) || !strstr(e.hint, cases[i].hint)) {
			fail_msg("%s: %s / %s", cases[i].text, e.text, e.hint);
		}
		config_release(&c);
	}
}

static const char *const whole =
	"theme: light\n"
	"refresh: slow\n"
	"engine: kops\n"
	"mouse: yes\n"
	"keys:\n"
	"  quit: C-q\n"
	"  help: F\n"
	"columns:\n"
	"  nodes: [name, state]\n"
	"guard_rails:\n"
	"  - {cluster: \"*\", action: scale, do: allow}\n"
	"  - group: \"control-plane*\"\n"
	"    action: terminate\n"
	"    do: deny\n"
	"    reason: ask first\n"
	"readonly: [\"*.prod\", old]\n";

static void test_read(void **state)
{
	struct config c;
	struct err e;
	assert_true(parse(&c, whole, &e));
	assert_int_equal(c.choice[CONFIG_THEME], THEME_LIGHT);
	assert_int_equal(c.choice[CONFIG_MOUSE], 1);
	assert_int_equal(c.line[CONFIG_GUARD], 10);
	/* read-only comes before the rule that allows */
	assert_int_equal(policy_find(&c.policy, "a.prod", "", POLICY_SCALE)->verdict, POLICY_DENY);
	assert_int_equal(policy_find(&c.policy, "a", "", POLICY_SCALE)->verdict, POLICY_ALLOW);
	const struct policy_rule *r = policy_find(&c.policy, "a", "control-plane-1",
		POLICY_TERMINATE);
	assert_string_equal(r->from, "config.yaml:12");
	assert_string_equal(r->reason, "ask first");
	assert_true(policy_all_denied(&c.policy, "old"));
	assert_false(policy_all_denied(&c.policy, "new"));
	config_release(&c);
}

/* What is printed can be read again and says the same. */
static void test_show(void **state)
{
	struct config c, again;
	struct err e;
	struct buf one = BUF_INIT, two = BUF_INIT;
	assert_true(parse(&c, whole, &e));
	config_show(&c, &one);
	assert_non_null(strstr(buf_str(&one), "theme: light # /x/config.yaml:1"));
	assert_non_null(strstr(buf_str(&one), "ascii: false # default"));
	assert_true(parse(&again, buf_str(&one), &e));
	assert_int_equal(again.policy.n, c.policy.n);
	config_show(&again, &two);
	for (size_t i = 0; i < nactions; i++) {
		assert_true(str_eq(c.keys[i], again.keys[i]));
	}
	assert_memory_equal(c.hidden, again.hidden, sizeof(c.hidden));
	assert_memory_equal(c.choice, again.choice, sizeof(c.choice));
	buf_release(&one);
	buf_release(&two);
	config_release(&c);
	config_release(&again);
}

/* Every setting is in what is printed and in the manual page. */
static void test_complete(void **state)
{
	struct config c;
	struct err e;
	struct buf shown = BUF_INIT, man = BUF_INIT;
	assert_true(parse(&c, "", &e));
	config_show(&c, &shown);
	config_man(&man);
	for (int i = 0; i < CONFIG__COUNT; i++) {
		assert_non_null(config_rows[i].name);
		assert_non_null(config_rows[i].help);
		assert_true(config_rows[i].values || (config_rows[i].read && config_rows[i].show));
		assert_non_null(strstr(buf_str(&shown), config_rows[i].name));
		assert_non_null(strstr(buf_str(&man), config_rows[i].name));
		assert_true(i == 0 || strcmp(config_rows[i - 1].name, config_rows[i].name) < 0);
	}
	for (int a = 0; a < POLICY_ACTION__COUNT; a++) {
		const char *name = policy_action_name((enum policy_action)a);
		char *dash = strchr(name, '-') ? NULL : strstr(buf_str(&man), name);
		assert_true(strchr(name, '-') || dash);
	}
	buf_release(&shown);
	buf_release(&man);
	config_release(&c);
}

static void test_use(void **state)
{
	struct config c;
	struct err e;
	struct options o = { .engine = "native" };
	size_t quit = 0;
	unsetenv("NO_COLOR");
	while (!str_eq(actions[quit].name, "quit")) {
		quit++;
	}
	assert_true(parse(&c, whole, &e));
	config_use(&c, &o);
	assert_string_equal(o.engine, "native"); /* the option comes first */
	assert_string_equal(c.by[CONFIG_ENGINE], "--engine");
	assert_int_equal(style_theme(), THEME_LIGHT);
	assert_string_equal(action_key(&actions[quit]), "C-q");
	assert_ptr_equal(o.session.policy, &c.policy);
	setenv("NO_COLOR", "", 1);
	config_use(&c, &o);
	assert_int_equal(style_theme(), THEME_MONO);
	assert_string_equal(c.by[CONFIG_THEME], "NO_COLOR");
	unsetenv("NO_COLOR");
	config_release(&c);
	assert_true(parse(&c, "", &e));
	config_use(&c, &o);
	assert_string_equal(action_key(&actions[quit]), actions[quit].key);
	config_release(&c);
}

static void test_file_of_others(void **state)
{
	char path[] = "/tmp/kopscope-settings-XXXXXX";
	int fd = mkstemp(path);
	struct config c;
	struct err e = ERR_INIT;
	assert_true(fd >= 0 && write(fd, "theme: mono\n", 12) == 12);
	assert_true(config_read(&c, path, &e));
	assert_int_equal(c.choice[CONFIG_THEME], THEME_MONO);
	config_release(&c);
	assert_int_equal(fchmod(fd, 0620), 0);
	assert_false(config_read(&c, path, &e));
	assert_non_null(strstr(e.text, "others can write"));
	config_release(&c);
	if (geteuid() == 0 && fchmod(fd, 0600) == 0 && fchown(fd, 12345, 12345) == 0) {
		err_clear(&e);
		assert_false(config_read(&c, path, &e));
		assert_non_null(strstr(e.text, "another user"));
		config_release(&c);
	}
	unlink(path);
	err_clear(&e);
	assert_false(config_read(&c, path, &e)); /* one that was named has to be there */
	config_release(&c);
	close(fd);
	unsetenv("KOPSCOPE_CONFIG");
}

/* Every theme gives each role a look, none a colour that the terminal does not have. */
static void test_themes(void **state)
{
	static const int colours[] = { 0, 8, 16, 256 };
	for (int t = 0; t < THEME__COUNT; t++) {
		for (size_t k = 0; k < 4; k++) {
			style_use((enum theme)t, colours[k]);
			for (int s = 0; s < STYLE__COUNT; s++) {
				const struct look *l = style_look((enum style)s);
				assert_true(l->colour >= -1 &&
					    l->colour < (colours[k] ? colours[k] : 1));
				assert_true((t != THEME_MONO && colours[k]) || l->colour == -1);
			}
		}
		/* what is wrong is told apart from what is well without its colour too */
		assert_true(style_look(STYLE_BAD)->mono_attrs != style_look(STYLE_OK)->mono_attrs);
	}
	style_use(THEME_DARK, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_lines), cmocka_unit_test(test_read),
		cmocka_unit_test(test_show), cmocka_unit_test(test_complete),
		cmocka_unit_test(test_use), cmocka_unit_test(test_file_of_others),
		cmocka_unit_test(test_themes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
