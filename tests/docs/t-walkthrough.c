/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/walkthrough.md and .ko.md, played: what stands in `backquotes` is typed on a terminal of
 * 120x40, in its order, and what stands *like this* must come to be seen before the next key.
 * So a page cannot promise what the program does not do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/tui/pty.h"

#define ENTER "\r"
#define OWN 9 /* the section behind the eight steps */

/* ---- the page as steps ---------------------------------------------------------------------- */

enum kind { COMMAND, KEY, SEEN };
struct step {
	enum kind kind;
	int section, line;
	bool twice;
	char *text;
};
struct page {
	struct step v[200];
	size_t n;
};

static void page_add(struct page *p, enum kind kind, int section, int line, const char *text,
	size_t n, bool twice)
{
	assert_in_range(p->n, 0, sizeof(p->v) / sizeof(p->v[0]) - 1);
	p->v[p->n++] = (struct step){ kind, section, line, twice, xstrndup(text, n) };
}

static int lines_in(const char *s, const char *end)
{
	int n = 0;
	for (; s < end; s++) {
		n += *s == '\n';
	}
	return n;
}

static const char *page_fence(struct page *p, const char *s, int section, int line)
{
	const char *from = strchr(s, '\n') + 1, *end = strstr(from, "\n```");
	assert_non_null(end);
	page_add(p, COMMAND, section, line, from, (size_t)(end - from), false);
	return end + 4;
}

/* `key`, *seen* or **seen**, from its first mark on; where it ends. */
static const char *page_span(struct page *p, const char *s, int section, int line)
{
	char mark[3] = { s[0], s[0] == '*' && s[1] == '*' ? '*' : '\0', '\0' };
	const char *from = s + strlen(mark), *end = strstr(from, mark);
	assert_non_null(end);
	const char *behind = end + strlen(mark);
	bool twice = str_starts(behind, " twice") || str_starts(behind, " \xeb\x91\x90 \xeb\xb2\x88");
	page_add(p, s[0] == '`' ? KEY : SEEN, section, line, from, (size_t)(end - from), twice);
	return behind;
}

static void page_read(struct page *p, const char *text)
{
	int section = 0, line = 1;
	for (const char *s = text; *s;) {
		const char *next = s + 1;
		bool start = s == text || s[-1] == '\n';
		if (start && str_starts(s, "## ")) {
			section = s[3] >= '1' && s[3] <= '8' ? s[3] - '0' : OWN;
		} else if (start && str_starts(s, "```")) {
			next = page_fence(p, s, section, line);
		} else if (start && str_starts(s, "![")) {
			next = s + strcspn(s, "\n");
		} else if (*s == '`' || *s == '*') {
			next = page_span(p, s, section, line);
		}
		line += lines_in(s, next);
		s = next;
	}
}

static void page_release(struct page *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].text);
	}
}

/* ---- the terminal --------------------------------------------------------------------------- */

/* The text with each stretch of blanks and line ends as one blank: pages and screens wrap. */
static char *joined(const char *s)
{
	struct buf b = BUF_INIT;
	for (; *s; s++) {
		bool blank = *s == ' ' || *s == '\n';
		if (!blank) {
			buf_addc(&b, *s);
		} else if (b.len > 0 && b.data[b.len - 1] != ' ') {
			buf_addc(&b, ' ');
		}
	}
	return buf_detach(&b);
}

static bool shows(const char *screen, void *ctx)
{
	char *all = joined(screen), *want = joined(ctx);
	bool yes = strstr(all, want) != NULL;
	free(all);
	free(want);
	return yes;
}

static void see(struct pty *p, int line, const char *text)
{
	if (!pty_until(p, text, shows, (void *)(uintptr_t)text)) {
		fail_msg("line %d of the page promises \"%s\"", line, text);
	}
}

/*
 * A command on a terminal of its own, with the programs of this build on PATH and no settings of
 * anybody.  No shell asks for commands around it: its prompt, and the echo of what was typed, would
 * pass for what the command says.
 */
static struct pty *command_start(const char *command, const char *locale)
{
	char *line = xasprintf("exec %s", command);
	const char *const argv[] = { "/bin/sh", "-c", line, NULL };
	const char *builddir = getenv("builddir"), *path = getenv("PATH");
	char *before = xstrdup(path ? path : "/bin");
	char *own = xasprintf("%s:%s", builddir ? builddir : ".", before);
	setenv("PATH", own, 1);
	setenv("SHELL", argv[0], 1); /* what --shell opens */
	setenv("PS1", "$ ", 1);
	unsetenv("ENV");
	setenv("PTY_LC_ALL", locale, 1);
	struct pty *p = pty_start(argv, 120, 40);
	unsetenv("PTY_LC_ALL");
	setenv("PATH", before, 1);
	free(before);
	free(own);
	free(line);
	return p;
}

static void command_end(struct pty *p, int line, const char *command)
{
	int rc = pty_end(p);
	if (rc != 0) {
		fail_msg("line %d: %s did not end well: %d", line, command, rc);
	}
	pty_free(p);
}

/* ---- keys ----------------------------------------------------------------------------------- */

/* Said of a key, not to be pressed at this place: why. */
static const struct {
	int section;
	const char *text, *why;
} said[] = {
	{ 0, "q", "pressed at the end" },
	{ 0, "--speed 40", "typed above" },
	{ 0, "LANG=ko_KR.UTF-8", "the Korean page is played in it" },
	{ 5, ":undo", "tests/tui/t-app.c" },
	{ 7, "p", "tests/run: a roll paused" },
	{ 7, "r", "tests/run: and resumed" },
	{ 7, "x", "tests/run: and stopped" },
};

static bool is_said(const struct step *s)
{
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		if (said[i].section == s->section && str_eq(said[i].text, s->text)) {
			return true;
		}
	}
	return false;
}

static void press(struct pty *p, const struct step *s)
{
	static const struct {
		const char *name, *bytes;
	} names[] = { { "Enter", ENTER }, { "Down", "\033OB" }, { "Space", " " }, { "Esc", "\033" },
		{ "Ctrl-G", "\007" } };
	const char *bytes = s->text;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		bytes = str_eq(names[i].name, s->text) ? names[i].bytes : bytes;
	}
	/* What is neither a key, a number, a name that is asked for, nor a command is a word that
	   the page wants to say otherwise. */
	assert_true(bytes != s->text || strlen(bytes) == 1 || bytes[0] == ':' ||
		strspn(bytes, "0123456789") == strlen(bytes) || str_eq(bytes, "mate-technology.app"));
	pty_send(p, bytes);
	if (s->twice) {
		pty_send(p, bytes);
	}
	if (bytes[0] == ':') {
		pty_send(p, ENTER);
	}
}

/* ---- a page, played ------------------------------------------------------------------------- */

/* Of the last section: each command with what is seen then, and what ends it. */
static const struct own {
	const char *text;  /* as in the page */
	const char *typed; /* where that is another; NULL */
	const char *seen;  /* NULL: not played here */
	const char *out;   /* typed to end it; "": it ends by itself; NULL: the next row goes on */
	const char *why;   /* why it is not played here */
} owns[] = {
	{ "R", NULL, NULL, NULL, "tests/story/accident.sh" },
	{ "kopscope lab --list", NULL, "accident", "", NULL },
	{ "kopscope lab --lesson NAME", "kopscope lab --lesson accident", "/17", "q", NULL },
	{ "kopscope lab --lesson \xec\x9d\xb4\xeb\xa6\x84", "kopscope lab --lesson accident",
		"/17", "q", NULL },
	{ "kopscope lab --scenario selector", NULL, "/17", NULL, NULL },
	{ "4", NULL, "(disk=ssd)", "q", NULL },
	{ "kopscope-lab --help", NULL, "selector", "", NULL },
	{ "kopscope lab --fault aws-throttle", NULL, "throttle", "q", NULL },
	{ "kopscope lab --shell", NULL, "this shell", NULL, NULL },
	{ "kubectl get nodes", "kubectl get nodes" ENTER, "control-plane", NULL, NULL },
	{ "aws s3 ls", "aws s3 ls" ENTER, "pkos-state", NULL, NULL },
	{ "kops get ig", "kops get ig" ENTER, "nodes-ap-northeast-2c", "exit" ENTER, NULL },
	{ "kopscope lab --play", NULL, NULL, NULL, "tests/story/play.sh" },
	{ "kopscope --readonly", NULL, NULL, NULL, "of a real cluster" },
	{ "kopscope check", NULL, NULL, NULL, "of a real cluster" },
};

static const struct own *own_find(const struct step *s)
{
	for (size_t i = 0; i < sizeof(owns) / sizeof(owns[0]); i++) {
		if (str_eq(owns[i].text, s->text)) {
			return &owns[i];
		}
	}
	fail_msg("line %d: %s is new, and no test plays it", s->line, s->text);
	return NULL;
}

/* kubectl and aws are not everywhere. */
static bool is_here(const char *command)
{
	char *look = xasprintf("command -v %.*s >/dev/null", (int)strcspn(command, " "), command);
	const char *const argv[] = { "/bin/sh", "-c", look, NULL };
	struct pty *p = pty_start(argv, 80, 24);
	bool yes = pty_end(p) == 0;
	pty_free(p);
	free(look);
	return yes;
}

/* What still runs behind it, or NULL. */
static struct pty *play_own(struct pty *p, const struct step *s, const char *locale)
{
	const struct own *o = own_find(s);
	if (!o->seen) {
		assert_non_null(o->why);
		return p;
	}
	const char *typed = o->typed ? o->typed : o->text;
	if (!p) {
		p = command_start(typed, locale);
	} else if (strchr(typed, ' ') && !str_starts(typed, "kops ") && !is_here(typed)) {
		print_message("# line %d: %s is not played, it is not installed\n", s->line, s->text);
		return p;
	} else {
		pty_send(p, typed);
	}
	see(p, s->line, o->seen);
	if (o->out) {
		pty_send(p, o->out);
		command_end(p, s->line, typed);
		p = NULL;
	}
	return p;
}

static void page_load(struct page *page, const char *name)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/docs/%s", srcdir ? srcdir : ".", name);
	struct buf text;
	struct err e = ERR_INIT;
	buf_init(&text, 1 << 20);
	assert_true(file_read(path, &text, &e));
	page_read(page, buf_str(&text));
	buf_release(&text);
	free(path);
}

static void page_play(const char *name, const char *locale, int keys, int seen)
{
	struct page page = { .n = 0 };
	struct pty *p = NULL;
	bool story = true;
	int counts[3] = { 0 };
	page_load(&page, name);
	for (size_t i = 0; i < page.n; i++) {
		const struct step *s = &page.v[i];
		if (s->section == OWN && story) {
			pty_send(p, "q");
			command_end(p, s->line, "the story");
			p = NULL;
			story = false;
		}
		if (s->kind == COMMAND) {
			assert_null(p);
			p = command_start(s->text, locale);
			see(p, s->line, "t3.medium"); /* it is there */
		} else if (s->kind == KEY && s->section == OWN) {
			p = play_own(p, s, locale);
		} else if (s->kind == KEY && !is_said(s)) {
			press(p, s);
		} else if (s->kind == SEEN && s->section > 0) {
			see(p, s->line, s->text);
		}
		counts[s->kind]++;
	}
	assert_null(p);
	/* A page of which nothing is left to play would pass. */
	assert_in_range(counts[KEY], keys, 200);
	assert_in_range(counts[SEEN], seen, 200);
	page_release(&page);
}

static void test_english(void **state)
{
	page_play("walkthrough.md", "C.UTF-8", 50, 25);
}

static void test_korean(void **state)
{
	page_play("walkthrough.ko.md", "ko_KR.UTF-8", 50, 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_korean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
