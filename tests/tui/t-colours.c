/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each role looks like on terminals of each kind, by the bytes that reach them.  With the
 * argument "show" this program is the one on the pseudo-terminal: one line a role, its name on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/tui/pty.h"
#include "tui/lesson/language.h"
#include "tui/screen/grid.h"
#include "tui/screen/term.h"

static const char *self;

static int show(const char *theme)
{
	struct grid g;
	struct err e = ERR_INIT;
	language_use();
	style_use(str_eq(theme, "light") ? THEME_LIGHT : str_eq(theme, "mono") ? THEME_MONO
		: THEME_DARK, 0);
	if (!term_open(&e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	grid_init(&g, 80, 24, !term_utf8());
	for (int s = 0; s < STYLE__COUNT; s++) {
		grid_putf(&g, 2, s, 20, s, "<%s>", style_name((enum style)s));
		grid_putf(&g, 30, s, 20, s, "[%s]", style_name((enum style)s));
		grid_mark(&g, 30, s, 20, STYLE_SELECTED);
	}
	term_show(&g);
	term_close();
	grid_release(&g);
	return 0;
}

/* ---- what the bytes say --------------------------------------------------------------------- */

enum { BOLD = 1, DIM = 2, UNDER = 4, REVERSE = 8 };
struct look_seen {
	int fg;    /* -1: the terminal's own */
	int attrs;
};

static void sgr(struct look_seen *l, const char *p, const char *end)
{
	if (p == end) {
		*l = (struct look_seen){ -1, 0 };
	}
	while (p < end) {
		char *next;
		long n = strtol(p, &next, 10);
		p = *next == ';' ? next + 1 : end;
		static const struct {
			int code, on, off;
		} marks[] = { { 1, BOLD, 0 }, { 2, DIM, 0 }, { 4, UNDER, 0 }, { 7, REVERSE, 0 },
			{ 22, 0, BOLD | DIM }, { 24, 0, UNDER }, { 27, 0, REVERSE } };
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (marks[i].code == n) {
				l->attrs = (l->attrs & ~marks[i].off) | marks[i].on;
			}
		}
		if (n == 0) {
			*l = (struct look_seen){ -1, 0 };
		} else if (n == 38 && strncmp(p, "5;", 2) == 0) {
			l->fg = (int)strtol(p + 2, &next, 10);
			p = *next == ';' ? next + 1 : end;
		} else if (n >= 30 && n <= 37) {
			l->fg = (int)n - 30;
		} else if (n >= 90 && n <= 97) {
			l->fg = (int)n - 90 + 8;
		} else if (n == 39) {
			l->fg = -1;
		} else {
			/* No ground of its own, no blinking, nothing invisible. */
			assert_true(n == 49 || n == 10 || n == 1 || n == 2 || n == 4 || n == 7 ||
				n == 22 || n == 24 || n == 27);
		}
	}
}

/* How the terminal was told to show the text. */
static struct look_seen look_of(const char *bytes, const char *text)
{
	struct look_seen l = { -1, 0 };
	size_t n = strlen(text);
	for (const char *p = bytes; *p;) {
		if (strncmp(p, text, n) == 0) {
			return l;
		}
		if (p[0] == '\033' && p[1] == '[') {
			const char *end = p + 2 + strspn(p + 2, "0123456789;?");
			if (*end == 'm') {
				sgr(&l, p + 2, end);
			}
			p = end + (*end != '\0');
		} else if (p[0] == '\033' && p[1]) {
			p += p[1] == '(' || p[1] == ')' ? 3 : 2;
		} else {
			p++;
		}
	}
	fail_msg("%s was not written: %s", text, bytes);
	return l;
}

/* ---- the kinds of terminals ----------------------------------------------------------------- */

/* A colour of 256, of 8 or 16 (FEW), or none. */
enum depth { MANY, FEW, NONE };

static const struct {
	const char *name;
	int dark[3], light[3];
	int attrs, mono;
} roles[STYLE__COUNT] = {
	{ "normal", { -1, -1, -1 }, { -1, -1, -1 }, 0, 0 },
	{ "dim", { -1, -1, -1 }, { -1, -1, -1 }, DIM, DIM },
	{ "bold", { -1, -1, -1 }, { -1, -1, -1 }, BOLD, BOLD },
	{ "accent", { 81, 6, -1 }, { 26, 4, -1 }, 0, BOLD },
	{ "ok", { 114, 2, -1 }, { 28, 2, -1 }, 0, 0 },
	{ "warn", { 221, 3, -1 }, { 130, 5, -1 }, 0, BOLD },
	{ "bad", { 210, 1, -1 }, { 160, 1, -1 }, BOLD, BOLD | UNDER },
	{ "key", { 81, 6, -1 }, { 26, 4, -1 }, BOLD, BOLD },
	{ "added", { 114, 2, -1 }, { 28, 2, -1 }, 0, 0 },
	{ "removed", { 210, 1, -1 }, { 160, 1, -1 }, 0, 0 },
};

struct kind {
	const char *term, *theme, *no_color;
	enum depth depth;
	bool no_dim; /* of the terminal: it has none, or none beside a colour */
};

static void kind_check(const struct kind *k)
{
	const char *argv[] = { self, "show", k->theme ? k->theme : "dark", NULL };
	char name[32];
	setenv("PTY_TERM", k->term, 1);
	if (k->no_color) {
		setenv("NO_COLOR", k->no_color, 1);
	}
	struct pty *p = pty_start(argv, 80, 24);
	assert_int_equal(pty_end(p), 0);
	unsetenv("NO_COLOR");
	unsetenv("PTY_TERM");
	const char *bytes = pty_output(p);
	for (int s = 0; s < STYLE__COUNT; s++) {
		const int *fg = str_eq(k->theme, "light") ? roles[s].light : roles[s].dark;
		int attrs = k->depth == NONE ? roles[s].mono : roles[s].attrs;
		attrs &= k->no_dim ? ~DIM : ~0;
		snprintf(name, sizeof(name), "<%s>", roles[s].name);
		struct look_seen l = look_of(bytes, name);
		if (l.fg != fg[k->depth] || l.attrs != attrs) {
			fail_msg("%s %s: %s has colour %d and attributes %d, not %d and %d", k->term,
				k->theme ? k->theme : "", name, l.fg, l.attrs, fg[k->depth], attrs);
		}
		/* The row in hand: the same, and reversed. */
		snprintf(name, sizeof(name), "[%s]", roles[s].name);
		l = look_of(bytes, name);
		assert_int_equal(l.fg, fg[k->depth]);
		assert_int_equal(l.attrs, attrs | REVERSE);
	}
	pty_free(p);
}

static void test_kinds(void **state)
{
	static const struct kind kinds[] = {
		{ "xterm-256color", NULL, NULL, MANY, false },
		{ "screen-256color", NULL, NULL, MANY, false },
		{ "xterm-256color", "light", NULL, MANY, false },
		{ "xterm", NULL, NULL, FEW, false },
		{ "xterm", "light", NULL, FEW, false },
		{ "linux", NULL, NULL, FEW, true },
		{ "screen", NULL, NULL, FEW, false },
		{ "vt100", NULL, NULL, NONE, true },
		{ "xterm-mono", NULL, NULL, NONE, true },
		{ "xterm-256color", "mono", NULL, NONE, false },
		{ "xterm-256color", NULL, "1", NONE, false },
		{ "linux", NULL, "1", NONE, false },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		kind_check(&kinds[i]);
	}
}

/* 16 colours: the eight that all have, named as such a terminal wants them.  Its description is
   made here, few systems have it. */
static void test_sixteen(void **state)
{
	static const char text[] = "kopscope-16color|an xterm of 16 colours,\n"
		"\tcolors#16, pairs#256, "
		"setab=\\E[%?%p1%{8}%<%t%p1%{40}%+%e%p1%{92}%+%;%dm, "
		"setaf=\\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm, use=xterm,\n";
	char dir[] = "/tmp/kopscope-tic-XXXXXX", *source;
	assert_non_null(mkdtemp(dir));
	source = xasprintf("%s/source", dir);
	FILE *f = fopen(source, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	pid_t pid = fork();
	if (pid == 0) {
		execlp("tic", "tic", "-o", dir, source, (char *)NULL);
		_exit(127);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		setenv("TERMINFO", dir, 1);
		kind_check(&(struct kind){ "kopscope-16color", NULL, NULL, FEW, false });
		kind_check(&(struct kind){ "kopscope-16color", "light", NULL, FEW, false });
		unsetenv("TERMINFO");
	} else {
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 127); /* no tic here */
		fprintf(stderr, "no tic: 16 colours are not looked at\n");
	}
	char *made = xasprintf("%s/k/kopscope-16color", dir), *letter = xasprintf("%s/k", dir);
	unlink(made);
	rmdir(letter);
	unlink(source);
	rmdir(dir);
	free(made);
	free(letter);
	free(source);
}

/* What must not be taken for another: how a thing is. */
static void test_apart(void **state)
{
	static const int states[] = { STYLE_NORMAL, STYLE_ACCENT, STYLE_OK, STYLE_WARN, STYLE_BAD };
	for (enum depth d = MANY; d <= FEW; d++) {
		for (size_t i = 0; i < 5; i++) {
			for (size_t j = 0; j < i; j++) {
				assert_int_not_equal(roles[states[i]].dark[d], roles[states[j]].dark[d]);
				assert_int_not_equal(roles[states[i]].light[d],
					roles[states[j]].light[d]);
			}
		}
	}
	/* Without colours: good, worth a look, bad. */
	assert_int_not_equal(roles[STYLE_OK].mono, roles[STYLE_WARN].mono);
	assert_int_not_equal(roles[STYLE_WARN].mono, roles[STYLE_BAD].mono);
	assert_int_not_equal(roles[STYLE_OK].mono, roles[STYLE_BAD].mono);
}

int main(int argc, char **argv)
{
	if (argc == 3 && str_eq(argv[1], "show")) {
		return show(argv[2]);
	}
	self = argv[0];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_sixteen),
		cmocka_unit_test(test_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
