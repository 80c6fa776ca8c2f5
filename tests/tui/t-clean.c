/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reaches the terminal, byte by byte, where every name is an attack: on a pseudo-terminal, with a
 * state store whose clusters, groups and values try to move the cursor, change the title, write to
 * the clipboard or reorder the line.  Only the sequences of a painted frame may come out, frames are
 * whole, what was painted piece by piece equals the same painted anew, and a copy is exactly the bytes
 * of OSC 52.
 */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/base64.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tests/tui/pty.h"

#define CLUSTER "hard.example.org"
#define FRAME_END "\033[?2026l"

/* ---- a store that attacks ------------------------------------------------------------------ */

/* As the name of a file, and inside a YAML string. */
static const struct hard {
	const char *raw, *yaml;
} hards[] = {
	{ "\033[2J\033]0;owned\007", "\\e[2J\\e]0;owned\\a" },
	{ "\033]52;c;ZXZpbA==\007", "\\e]52;c;ZXZpbA==\\a" },
	{ "\033P+q544e\033\\", "\\eP+q544e\\e\\\\" },
	{ "\x9b" "31mbad\xff\xfe", "\\x9b31mbad\\x85\\x7f" },
	{ "\xc2\x9d" "52;c;AAAA\xc2\x9c", "\\x9d52;c;AAAA\\x9c" },
	{ "tab\tnew\nline\rback\b", "tab\\tnew\\nline\\rback\\b" },
	{ "\xed\x95\x9c\xea\xb8\x80 \xec\x9d\xb4\xeb\xa6\x84", "\xed\x95\x9c\xea\xb8\x80 \\u110b\\u1175" },
	{ "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "a\\u030a\\u0308\\u20dd" },
	{ "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80", "\\U0001F469\\u200d\\U0001F680" },
	{ "\xe2\x9d\xa4\xef\xb8\x8f \xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\\u2764\\ufe0f\\U0001F1F0\\U0001F1F7" },
	{ "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d 12", "\\u05e9\\u05dc \\u0645\\u0631\\u062d\\u0628\\u0627 34" },
	{ "\xe2\x80\xaegro\xe2\x81\xa6", "\\u202egro\\u2066\\u200b\\u2028\\ufeff\\U000E0041" },
};
#define NHARDS (sizeof(hards) / sizeof(hards[0]))

static void hard_write(const char *dir, const char *folder, const char *name, const char *text)
{
	struct err e = ERR_INIT;
	char *to = xasprintf("%s/%s", dir, folder), *path = xasprintf("%s/%s", to, name);
	if (!file_mkdirs(to, &e) || !file_write(path, text, strlen(text), 0644, &e)) {
		fail_msg("%s", e.text);
	}
	free(path);
	free(to);
}

static void hard_group(const char *dir, size_t i, const char *longest)
{
	const char *y = i < NHARDS ? hards[i].yaml : longest;
	char *text = xasprintf("kind: InstanceGroup\nmetadata:\n  name: \"%s\"\nspec:\n"
		"  machineType: \"%s\"\n  image: \"%s\"\n  role: Node\n  minSize: 1\n  maxSize: 2\n"
		"  subnets:\n  - \"%s\"\n", y, y, y, y);
	char name[256] = "";
	memset(name, 'w', 230); /* some are used while it is written */
	hard_write(dir, CLUSTER "/instancegroup", i < NHARDS ? hards[i].raw : name, text);
	free(text);
}

static void hard_store(const char *dir)
{
	char longest[10001];
	memset(longest, 'w', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	char *text = xasprintf("kind: Cluster\nmetadata:\n  name: " CLUSTER "\nspec:\n"
		"  channel: \"%s\"\n  kubernetesVersion: \"%s\"\n  networkCIDR: \"%s\"\n"
		"  networking:\n    amazonvpc:\n      env:\n      - name: \"%s\"\n        value: \"%s\"\n"
		"  subnets:\n  - name: \"%s\"\n    zone: \"%s\"\n    cidr: \"%s\"\n", hards[0].yaml,
		hards[1].yaml, hards[3].yaml, hards[2].yaml, longest, hards[10].yaml,
		hards[9].yaml, hards[0].yaml);
	hard_write(dir, CLUSTER, "config", text);
	free(text);
	for (size_t i = 0; i <= NHARDS; i++) {
		hard_group(dir, i, longest);
	}
	for (size_t i = 0; i < NHARDS; i++) {
		text = xasprintf("kind: Cluster\nmetadata:\n  name: \"%s\"\nspec: {\n", hards[i].yaml);
		hard_write(dir, hards[i].raw, "config", text);
		free(text);
	}
}

static int hard_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

/* ---- the bytes -------------------------------------------------------------------------------- */

static void bytes_fail(const char *all, const char *at)
{
	const char *from = at - all > 40 ? at - 40 : all;
	fprintf(stderr, "# at byte %zd:", at - all);
	for (const char *p = from; *p && p < at + 40; p++) {
		fprintf(stderr, p == at ? " >%02x" : " %02x", (unsigned char)*p);
	}
	fprintf(stderr, "\n# %.*s\n", (int)(at - from), from);
	fail_msg("the terminal got what no frame has");
}

/* "\033[...": what curses sends to paint, the modes of a screen, the window's title put aside. */
static const char *bytes_csi(const char *all, const char *p)
{
	static const char *const titles[] = { "22;0;0t", "23;0;0t" };
	const char *start = p + 2;
	size_t n = strspn(start, "0123456789;?");
	char last = start[n];
	bool good = last && strchr("ABCDGHJKLMPSTX@bdhlmr", last);
	for (size_t i = 0; i < 2; i++) {
		good |= str_starts(start, titles[i]);
	}
	if (!good) {
		bytes_fail(all, p);
	}
	return start + n + 1;
}

/* One "\033]52;c;BASE64\a"; decoded into copied. */
static const char *bytes_copy(const char *all, const char *p, struct buf *copied)
{
	const char *text = p + strlen("\033]52;c;"), *end = strchr(text, '\a');
	if (!copied || !str_starts(p, "\033]52;c;") || !end) {
		bytes_fail(all, p);
	}
	buf_clear(copied);
	assert_true(base64_decode(copied, text, (size_t)(end - text)));
	return end + 1;
}

static const char *bytes_escape(const char *all, const char *p, struct buf *copied)
{
	if (p[1] == '[') {
		return bytes_csi(all, p);
	}
	if (p[1] == ']') {
		return bytes_copy(all, p, copied);
	}
	if (p[1] == '(' && (p[2] == 'B' || p[2] == '0')) {
		return p + 3;
	}
	if (p[1] && strchr("78=>M", p[1])) {
		return p + 2;
	}
	bytes_fail(all, p);
	return p;
}

/* Nothing but frames; copied: and OSC 52, whose text goes there. */
static void bytes_check(const char *all, struct buf *copied)
{
	for (const char *p = all; *p;) {
		uint32_t cp;
		size_t n = text_decode(p, strlen(p) < 4 ? strlen(p) : 4, &cp);
		if (*p == '\033') {
			p = bytes_escape(all, p, copied);
			continue;
		}
		/* A replacement character of one byte is none of ours: it is not UTF-8. */
		if ((cp < 0x20 && !strchr("\b\t\n\r\016\017", (int)cp)) || (cp == 0xfffd && n == 1) ||
			(cp >= 0x20 && (text_cp_width(cp) < 0 || (cp >= 0xfe00 && cp <= 0xfe0f)))) {
			bytes_fail(all, p);
		}
		p += n;
	}
}

/* ---- the screen ------------------------------------------------------------------------------- */

static char dir[64];

static struct pty *clean_start(int cols, int rows)
{
	const char *builddir = getenv("builddir");
	char *program = xasprintf("%s/kopscope", builddir ? builddir : ".");
	const char *argv[] = { program, "--state", dir, "--name", CLUSTER, NULL };
	struct pty *p = pty_start(argv, cols, rows);
	free(program);
	assert_true(pty_wait(p, CLUSTER));
	assert_true(pty_wait(p, "quit"));
	return p;
}

static bool has_frame(const char *screen, void *ctx)
{
	return strstr(pty_output(ctx), FRAME_END) != NULL;
}

static bool has_whole_frame(const char *screen, void *ctx)
{
	const char *clear = strstr(pty_output(ctx), "\033[H\033[2J");
	return clear && strstr(clear, FRAME_END);
}

/* What came until the last frame's end is looked at and put away; copied: as bytes_check() has it. */
static void look(struct pty *p, struct buf *copied)
{
	const char *all = pty_output(p), *end = NULL;
	for (const char *s = strstr(all, FRAME_END); s; s = strstr(s + 1, FRAME_END)) {
		end = s + strlen(FRAME_END);
	}
	char *whole = xstrndup(all, end ? (size_t)(end - all) : 0);
	bytes_check(whole, copied);
	pty_output_drop(p, strlen(whole));
	free(whole);
}

/* Painted anew. */
static void repaint(struct pty *p)
{
	look(p, NULL);
	pty_send(p, "\x0c");
	assert_true(pty_until(p, "a repaint", has_whole_frame, p));
	look(p, NULL);
}

static void keys(struct pty *p, const char *bytes)
{
	pty_send(p, bytes);
	repaint(p);
}

/* These keys change the screen: what their frame left there is what a repaint makes. */
static void keys_same(struct pty *p, const char *bytes)
{
	pty_send(p, bytes);
	assert_true(pty_until(p, "a frame", has_frame, p));
	char *piecewise = pty_text(p);
	repaint(p);
	char *anew = pty_text(p);
	assert_string_equal(piecewise, anew);
	free(piecewise);
	free(anew);
}

static void clean_view(struct pty *p, const char *open)
{
	static const char *const inside[] = { "\033OB", "\033OB", "G", "g", "\033[6~", "\x17", "\x17", "\x17",
		" ", " ", "/w\r", "\033", "d", "\033", "y", "\033", "?", "\033" };
	keys(p, open);
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		keys(p, inside[i]);
	}
	keys(p, "1");
}

static void test_bytes(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };
	static const char *const views[] = { "1", "2", "3", "4", "5", "6", "7", ":pods\r", ":capacity\r",
		":cloud\r", ":cni\r", ":store\r", ":addons\r", ":dns\r" };
	for (size_t i = 0; i < 3; i++) {
		struct pty *p = clean_start(sizes[i][0], sizes[i][1]);
		repaint(p);
		for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
			clean_view(p, views[v]);
		}
		pty_send(p, "q");
		assert_int_equal(pty_end(p), 0);
		look(p, NULL);
		bytes_check(pty_output(p), NULL);
		pty_free(p);
	}
}

/* Piece by piece and anew, at random sizes: the same. */
static void test_torn(void **state)
{
	static const char *const moves[] = { "1", "2", "3", "2", "7", "2", "4", "1", "5", "6" };
	uint32_t seed = 5;
	struct pty *p = clean_start(80, 24);
	keys(p, "6");
	for (int i = 0; i < 120; i++) {
		seed = seed * 1664525u + 1013904223u;
		if (i % 3 == 0) {
			pty_resize(p, 20 + (int)(seed >> 8) % 231, 5 + (int)(seed >> 16) % 76);
			assert_true(pty_until(p, "a repaint", has_whole_frame, p));
			look(p, NULL);
		}
		keys_same(p, moves[i % 10]);
	}
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
	pty_free(p);
}

/* ---- a copy -------------------------------------------------------------------------------------- */

static bool is_copied(const char *screen, void *ctx)
{
	return strstr(screen, "copied, where the terminal allows it") && has_frame(screen, ctx);
}

static void test_copy(void **state)
{
	struct pty *p = clean_start(80, 24);
	struct buf copied = BUF_INIT;
	size_t harmless = 0;
	keys(p, "2");
	for (size_t i = 0; i <= NHARDS; i++) {
		keys(p, "g");
		for (size_t k = 0; k < i; k++) {
			keys(p, "\033OB");
		}
		pty_send(p, "\x19");
		assert_true(pty_until(p, "a copy", is_copied, p));
		const char *osc = strstr(pty_output(p), "\033]");
		assert_non_null(osc);
		assert_null(strstr(osc + 2, "\033]")); /* one, and no other */
		buf_clear(&copied);
		look(p, &copied);
		assert_true(copied.len > 0);
		for (size_t k = 0; k < copied.len; k++) {
			assert_true((unsigned char)copied.data[k] >= 0x20 && copied.data[k] != 0x7f);
		}
		harmless += strstr(buf_str(&copied), "w") != NULL;
	}
	assert_true(harmless > 0);
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
	pty_free(p);
	buf_release(&copied);
}

/* In tmux the same once more, for the terminal around it. */
static void test_copy_tmux(void **state)
{
	setenv("TMUX", "/nonexistent,1,0", 1);
	struct pty *p = clean_start(80, 24);
	unsetenv("TMUX");
	keys(p, "1");
	assert_true(pty_wait(p, "\xe2\x96\xb8"));
	keys(p, "/hard.ex\r");
	pty_send(p, "\x19");
	assert_true(pty_until(p, "a copy", is_copied, p));
	/* base64 of hard.example.org */
	assert_non_null(strstr(pty_output(p), "\033]52;c;aGFyZC5leGFtcGxlLm9yZw==\a"
		"\033Ptmux;\033\033]52;c;aGFyZC5leGFtcGxlLm9yZw==\a\033\\"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
	pty_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_copy_tmux),
	};
	const char *tmp = getenv("TMPDIR");
	snprintf(dir, sizeof(dir), "%.40s/kopscope-t-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		return 99;
	}
	/* So that it says where a frame ends. */
	setenv("TERM_PROGRAM", "WezTerm", 1);
	hard_store(dir);
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	nftw(dir, hard_unlink, 8, FTW_DEPTH | FTW_PHYS);
	return rc;
}
