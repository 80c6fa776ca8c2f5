/* SPDX-License-Identifier: Apache-2.0 */
/* Lessons: how they go on, and that what they say fits the smallest screen in every language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/lesson/lesson.h"

/* ---- how a lesson goes on ---- */

static bool pods_view(const struct lesson_look *l)
{
	return l->view == VIEW_PODS;
}

static bool log_view(const struct lesson_look *l)
{
	return l->view == VIEW_LOG;
}

static const char *cloud_warn(const struct lesson_look *l)
{
	return l->view == VIEW_CLOUD ? "not the cloud" : NULL;
}

static const struct lesson_step steps[] = {
	{ .text = "pods", .did = "pods seen", .done = pods_view, .warn = cloud_warn },
	{ .text = "log", .did = "log seen", .done = log_view },
};
static const struct lesson made = { .name = "made", .title = "made", .scenario = "story",
	.steps = steps, .nsteps = 2 };

static void test_steps(void **state)
{
	struct lesson_state s;
	struct lesson_look l = { .view = VIEW_NODES };
	lesson_begin(&s, &made);
	assert_false(lesson_turn(&s, &l));
	l.view = VIEW_LOG; /* of the next step: not yet */
	assert_false(lesson_turn(&s, &l));
	l.view = VIEW_CLOUD;
	assert_true(lesson_turn(&s, &l));
	assert_string_equal(s.warned, "not the cloud");
	assert_false(lesson_turn(&s, &l));
	l.view = VIEW_NODES; /* what was said stays */
	assert_false(lesson_turn(&s, &l));
	assert_non_null(s.warned);
	l.view = VIEW_PODS;
	assert_true(lesson_turn(&s, &l));
	assert_null(s.warned);
	assert_true(s.warned_ever);
	assert_string_equal(s.did, "pods seen");
	l.view = VIEW_LOG;
	assert_true(lesson_turn(&s, &l));
	assert_null(lesson_step_of(&s));
	assert_false(lesson_turn(&s, &l));
}

static void test_move(void **state)
{
	struct lesson_state s;
	lesson_begin(&s, &made);
	lesson_move(&s, -1);
	assert_int_equal(s.step, 0);
	lesson_move(&s, 1);
	assert_ptr_equal(lesson_step_of(&s), &steps[1]);
	lesson_move(&s, 1);
	lesson_move(&s, 1);
	assert_int_equal(s.step, 2);
	lesson_move(&s, -1);
	assert_int_equal(s.step, 1);
}

/* ---- the tables, and what is said ---- */

#define CELLS 78
#define PANEL 35 /* of 40 beside a view, without its edge and a tick */

/* Lines that words take, as the guide breaks them. */
static int lines_of(const char *text)
{
	int lines = 1, x = 0;
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, " "), blanks = strspn(p + n, " ");
		char *word = xstrndup(p, n);
		int w = text_width(word);
		if (w > PANEL) {
			fail_msg("a word wider than the guide beside the view: %s", word);
		}
		free(word);
		if (x > 0 && x + w > CELLS) {
			x = 0;
			lines++;
		}
		x += w + (int)blanks;
		p += n + blanks;
	}
	return lines;
}

/* A text of the steps, whatever it is for: English is what the tables say. */
static void check_step_text(const char *text)
{
	if (lines_of(text) > 2) {
		fail_msg("more than two lines of %d cells: %s", CELLS, text);
	}
}

static void check_line(const char *text)
{
	lines_of(text);
	if (text_width(text) > CELLS - 2) {
		fail_msg("more than one line of %d cells: %s", CELLS - 2, text);
	}
}

static void test_tables(void **state)
{
	for (size_t i = 0; i < nlessons; i++) {
		const struct lesson *l = lessons[i];
		assert_ptr_equal(lesson_find(l->name), l); /* so no name is there twice */
		assert_non_null(lesson_of_scenario(l->scenario));
		assert_true(l->nsteps > 0);
		for (size_t k = 0; k < l->nsteps; k++) {
			assert_non_null(l->steps[k].done);
			check_step_text(l->steps[k].text);
			check_line(l->steps[k].did);
		}
		bool warns = false;
		for (size_t k = 0; k < l->nsteps; k++) {
			warns |= l->steps[k].warn != NULL;
		}
		assert_true(warns);
	}
	assert_null(lesson_find("none"));
}

/* "msgid " or "msgstr " of a line of a .po file, unquoted; NULL: another line. */
static char *po_text(const char *line, const char *word)
{
	if (!str_starts(line, word)) {
		return NULL;
	}
	const char *p = strchr(line, '"');
	char *out = xstrdup(p ? p + 1 : ""), *to = out;
	for (const char *q = out; *q && *q != '"'; q++) {
		q += *q == '\\' && q[1] ? 1 : 0;
		*to++ = *q;
	}
	*to = '\0';
	return out;
}

static bool is_step_text(const char *text)
{
	for (size_t i = 0; i < nlessons; i++) {
		for (size_t k = 0; k < lessons[i]->nsteps; k++) {
			if (str_eq(lessons[i]->steps[k].text, text)) {
				return true;
			}
		}
	}
	return false;
}

/* The lessons' sources, their literals of several pieces joined. */
static void lessons_read(struct buf *out)
{
	static const char *const names[] = { "lessons.c", "lessons-trouble.c" };
	const char *srcdir = getenv("srcdir");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf file = BUF_INIT;
		struct err e = ERR_INIT;
		char *path = xasprintf("%s/tui/lesson/%s", srcdir ? srcdir : ".", names[i]);
		if (!file_read(path, &file, &e)) {
			fail_msg("%s", e.text);
		}
		for (const char *p = buf_str(&file); *p; p++) {
			size_t n = *p == '"' ? 1 + strspn(p + 1, " \t\n") : 0;
			if (n > 1 && p[n] == '"') {
				p += n;
			} else {
				buf_addc(out, *p);
			}
		}
		free(path);
		buf_release(&file);
	}
}

/* Every text of the tables has its Korean, and that fits as well. */
static void test_korean(void **state)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/po/ko.po", srcdir ? srcdir : ".");
	struct buf all = BUF_INIT, source = BUF_INIT;
	struct err e = ERR_INIT;
	struct strlist lines = { .v = NULL }, known = { .v = NULL };
	if (!file_read(path, &all, &e)) {
		fail_msg("%s", e.text);
	}
	lessons_read(&source);
	strlist_split(&lines, buf_str(&all), '\n');
	char *id = NULL;
	for (size_t i = 0; i < lines.n; i++) {
		char *english = po_text(lines.v[i], "msgid "), *text = po_text(lines.v[i], "msgstr ");
		if (english) {
			free(id);
			id = english;
		}
		if (text && id && *id) {
			assert_string_not_equal(text, "");
			strlist_add(&known, id);
			if (is_step_text(id)) {
				check_step_text(text);
			} else if (!strchr(id, '%') && text_width(id) <= CELLS - 2 &&
				strstr(buf_str(&source), id)) {
				check_line(text);
			}
		}
		free(text);
	}
	for (size_t i = 0; i < nlessons; i++) {
		assert_true(strlist_has(&known, lessons[i]->title));
		for (size_t k = 0; k < lessons[i]->nsteps; k++) {
			if (!strlist_has(&known, lessons[i]->steps[k].text) ||
				!strlist_has(&known, lessons[i]->steps[k].did)) {
				fail_msg("not in ko.po: %s", lessons[i]->steps[k].text);
			}
		}
	}
	free(id);
	free(path);
	strlist_release(&lines);
	strlist_release(&known);
	buf_release(&all);
	buf_release(&source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_korean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
