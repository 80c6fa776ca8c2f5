/* SPDX-License-Identifier: Apache-2.0 */
/* Golden screens: each view and dialog as it looks, read as pictures before they were accepted. */
#include <errno.h>
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
#include "core/base/xalloc.h"
#include "tests/tui/fixture.h"
#include "tests/tui/golden.h"
#include "tui/lesson/language.h"

struct picture {
	const char *name;
	enum fixture_kind kind;
	const char *keys;  /* from the Nodes view, as fixture_keys() reads them */
	const char *until; /* a child's answer to wait for */
	const char *kops;  /* what fake-kops.sh does */
	const char *lease; /* who holds a stale one */
	bool settle;       /* answers come back after the keys */
	bool large, ascii, styles;
	const char *korean; /* what to wait for in that language; "": nothing */
};

/* The name and the zones of a new cluster, typed. */
#define CREATE_KEYS " k . m a t e . a p p Down e u - w e s t - 3 a , e u - w e s t - 3 b"

/* At 80x24; large: at 120x40 too; ascii: at 80x24 too; styles: the style layer at 80x24.  A picture
   with a view's name has all of that, and is made at 200x60 and 60x20 as well.  korean: at 80x24 in
   that language too, as is every view. */
static const struct picture pictures[] = {
	{ "clusters", FIXTURE_FULL, "1", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "clusters-empty", FIXTURE_EMPTY, "1", .large = true },
	{ "clusters-hostile", FIXTURE_HOSTILE, "1", .ascii = true },
	{ "capacity", FIXTURE_FULL, "3 c", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "capacity-fine", FIXTURE_FINE, "3 c" },
	{ "capacity-hostile", FIXTURE_HOSTILE, "3 c" },
	{ "whatif", FIXTURE_FULL, "3 c w", .large = true, .ascii = true },
	{ "whatif-moved", FIXTURE_FULL, "3 c w PgUp PgUp Down Right", .styles = true,
		.korean = "" },
	{ "whatif-replicas", FIXTURE_FULL, "5 w Up PgDn" },
	{ "cni", FIXTURE_FULL, ": c n i Enter Down Down Down", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "cni-edit", FIXTURE_ROOMY, ": c n i Enter Down Down Down Down e 5 Enter", .settle = true,
		.korean = "" },
	{ "cni-fine", FIXTURE_FINE, "2 n End" },
	{ "cni-live", FIXTURE_FULL, ": c n i Enter Down Down Down t Backspace 3 Enter",
		.large = true, .ascii = true,
		.korean = "" },
	{ "cni-marked", FIXTURE_FULL, ": c n i Enter Down Down Down t Backspace 3 Enter m a t e - "
		"t e c h n o l o g y . a p p Enter", .settle = true, .styles = true },
	{ "cni-model", FIXTURE_FULL, "2 n m", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "cni-model-moved", FIXTURE_FULL, "2 n m Up Right Up PgUp PgUp PgUp PgUp Down Down Down "
		"Right Right", .large = true, .ascii = true, .styles = true },
	{ "cni-readonly", FIXTURE_READONLY, "2 n t" },
	{ "cni-restart", FIXTURE_FULL, "2 n r",
		.korean = "" },
	{ "cloud", FIXTURE_FULL, ": c l o u d Enter", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "addons", FIXTURE_EDITED, ": a d d o n s Enter settle", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "addons-needs", FIXTURE_EDITED, ": a d d o n s Enter settle End Up Up Up" },
	{ "addons-readonly", FIXTURE_READONLY, ": a d d o n s Enter settle Enter" },
	{ "addons-switch", FIXTURE_EDITED, ": a d d o n s Enter settle / l o a d Enter Enter settle",
		.large = true, .ascii = true,
		.korean = "" },
	{ "clusters-edited", FIXTURE_EDITED, "1", .large = true, .styles = true },
	{ "dns", FIXTURE_NAMED, ": d n s Enter", .large = true, .ascii = true, .styles = true,
		.korean = "" },
	{ "dns-placeholder", FIXTURE_NAMED, ": d n s Enter Down Down" },
	{ "dns-none", FIXTURE_FULL, ": d n s Enter", .ascii = true },
	{ "groups-edited", FIXTURE_EDITED, "2 Down", .large = true },
	{ "store", FIXTURE_EDITED, "2 S settle", .large = true, .ascii = true, .styles = true,
		.korean = "" },
	{ "store-filled-in", FIXTURE_EDITED, "2 S settle d settle", .large = true },
	{ "store-text", FIXTURE_EDITED, "2 S settle Down Enter settle / h a s h Enter n",
		.large = true, .ascii = true, .styles = true },
	{ "store-secret", FIXTURE_EDITED, "2 S settle End Enter settle",
		.korean = "" },
	{ "store-masked", FIXTURE_EDITED, "2 S settle End Up Up Enter settle y settle" },
	{ "store-unknown", FIXTURE_EDITED, "2 S settle / h a n d Enter" },
	{ "code", FIXTURE_ASKED, "1 2 3", .large = true },
	{ "create", FIXTURE_FULL, "1 N" CREATE_KEYS " Down", .until = "kops here",
		.kops = "older", .large = true, .ascii = true, .styles = true,
		.korean = "모름 0" },
	{ "create-dry", FIXTURE_FULL, "1 N" CREATE_KEYS " Enter", .until = "y create it",
		.kops = "older", .large = true,
		.korean = "실제로 만들기" },
	{ "create-readonly", FIXTURE_READONLY, "1 N" },
	{ "create-empty", FIXTURE_FULL, "1 N Down Enter", .until = "0 unknown", .kops = "older" },
	{ "create-refused", FIXTURE_FULL, "1 N" CREATE_KEYS " Down Down Space Enter",
		.until = "0 unknown", .kops = "older",
		.korean = "모름 0" },
	{ "deployments", FIXTURE_FULL, "5", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "deployments-fine", FIXTURE_FINE, "5 Down" },
	{ "deployments-hostile", FIXTURE_HOSTILE, "5", .large = true, .ascii = true },
	{ "groups", FIXTURE_FULL, "2 Down", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "groups-fine", FIXTURE_FINE, "2 Down" },
	{ "groups-marked", FIXTURE_MARKED, "2" },
	{ "groups-throttled", FIXTURE_EXPIRING, "2", .large = true, .styles = true },
	{ "group", FIXTURE_ROOMY, "2 Down E", .settle = true, .large = true, .ascii = true,
		.korean = "" },
	{ "group-findings", FIXTURE_ROOMY, "2 Down E settle Down C-u 3 Down C-u m 7 i . l a r g e",
		.settle = true, .large = true, .styles = true,
		.korean = "" },
	{ "group-refused", FIXTURE_ROOMY, "2 Down E settle C-u 5 Enter", .settle = true },
	{ "help", FIXTURE_FULL, "?", .large = true, .ascii = true,
		.korean = "" },
	{ "help-first", FIXTURE_EMPTY, "?" },
	{ "describe-cluster", FIXTURE_EDITED, "1 d", .large = true },
	{ "describe-group", FIXTURE_FULL, "2 Down d" },
	{ "describe-node", FIXTURE_FULL, "3 d / z o n e Enter", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "describe-pod", FIXTURE_FULL, "5 Enter End d", .large = true },
	{ "describe-deployment", FIXTURE_HOSTILE, "5 Down d" },
	{ "yaml-pod", FIXTURE_FULL, "3 Enter y settle / k i n d Enter", .styles = true },
	{ "yaml-group", FIXTURE_ROOMY, "2 Down y settle" },
	{ "complete", FIXTURE_FULL, ": c Tab" },
	{ "nodes-sorted", FIXTURE_FULL, "3 O O Space", .large = true, .ascii = true,
		.styles = true },
	{ "nodes-wide", FIXTURE_FULL, "3 C-w", .large = true },
	{ "nodes-compact", FIXTURE_FULL, "3 C-w C-w", .large = true, .ascii = true },
	{ "pods-labels", FIXTURE_FULL, ": p o d s Enter / - l Space a p p Enter" },
	{ "limits", FIXTURE_FULL, "e", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "limits-findings", FIXTURE_FULL, "e 1 1 0 Down Down Space", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "limits-diff", FIXTURE_ROOMY, "e 1 1 0 Down Down Space Enter", .settle = true,
		.large = true, .styles = true,
		.korean = "" },
	{ "limits-group", FIXTURE_FULL, "2 Down e 5 0" },
	{ "limits-refused", FIXTURE_FULL, "e 5 0 0 0 Enter" },
	{ "log", FIXTURE_FULL, "7 End", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "nodes", FIXTURE_FULL, "3 Down", .large = true, .ascii = true, .styles = true,
		.korean = "" },
	{ "nodes-empty", FIXTURE_EMPTY, "3" },
	{ "nodes-filter", FIXTURE_FULL, "/ 2 c" },
	{ "nodes-filter-set", FIXTURE_FULL, "/ 2 c Enter" },
	{ "nodes-fine", FIXTURE_FINE, "Down", .large = true },
	{ "nodes-hostile", FIXTURE_HOSTILE, "3", .large = true, .ascii = true },
	{ "nodes-readonly", FIXTURE_READONLY, "e" },
	{ "nodes-stale", FIXTURE_STALE, "3", .large = true, .styles = true },
	{ "pending", FIXTURE_FULL, "4", .large = true, .ascii = true, .styles = true,
		.korean = "" },
	{ "pending-fine", FIXTURE_FINE, "4" },
	{ "pending-hostile", FIXTURE_HOSTILE, "4" },
	{ "pods", FIXTURE_FULL, "3 Enter", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "pods-pending", FIXTURE_FULL, "5 Enter End" },
	{ "roll", FIXTURE_ROLLING, "6 Down", .large = true, .ascii = true, .styles = true,
		.korean = "" },
	{ "roll-done", FIXTURE_ROLLED, "6 Down", .large = true },
	{ "roll-guard", FIXTURE_GUARDED, "6 Down" },
	{ "roll-none", FIXTURE_FINE, "6" },
	{ "roll-plan", FIXTURE_MARKED, "R", .large = true, .ascii = true,
		.styles = true,
		.korean = "" },
	{ "roll-plan-canary", FIXTURE_MARKED, "R C-o" },
	{ "roll-plan-lease", FIXTURE_MARKED, "R settle C-t", .lease = "anna@bastion run 4",
		.large = true },
	{ "roll-log", FIXTURE_ROLLING, "6 l" },
	{ "roll-output", FIXTURE_ROLLING, "6 o" },
	{ "roll-plan-none", FIXTURE_FINE, "R" },
	{ "roll-due", FIXTURE_MARKED, "6 Down" },
	{ "roll-updated", FIXTURE_UPDATED, "6 Down" },
	{ "scale", FIXTURE_FULL, "5 s 4 0", .large = true, .ascii = true,
		.korean = "" },
	{ "scale-too-many", FIXTURE_ROOMY, "5 s 6 0" },
	{ "update", FIXTURE_ROOMY, "u", .until = "resources change", .large = true, .styles = true,
		.korean = "리소스 5개" },
	{ "update-raw", FIXTURE_ROOMY, "u o", .until = "y apply it" },
	{ "update-fails", FIXTURE_ROOMY, "u", .until = "not found", .kops = "fails" },
	{ "update-other-kops", FIXTURE_ROOMY, "u", .until = "this kops is", .kops = "older" },
	{ "update-stale-lease", FIXTURE_ROOMY, "u", .until = "The lease of",
		.lease = "anna@bastion run 4", .styles = true,
		.korean = "리소스 5개" },
	{ "update-nothing", FIXTURE_ROOMY, "u", .until = "No changes", .kops = "nothing" },
};
#define NPICTURES (sizeof(pictures) / sizeof(pictures[0]))

/* What holds for every frame: each line as wide as the screen or less, nothing raw in it. */
static void picture_lint(const struct picture *p, const struct grid *g)
{
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++) {
			const struct cell *c = grid_at(g, x, y);
			for (const char *s = c->text; *s; s++) {
				if ((unsigned char)*s < 0x20 || *s == 0x7f ||
					(g->ascii && (unsigned char)*s >= 0x80)) {
					fail_msg("%s: a raw byte at %d,%d", p->name, x, y);
				}
			}
			if (c->width == 2 &&
				(x + 1 >= g->cols || grid_at(g, x + 1, y)->width != 0)) {
				fail_msg("%s: half a character at %d,%d", p->name, x, y);
			}
		}
	}
}

/* The catalog that was built lies two folders above this program, which looks beside itself. */
static char *catalog;

static bool catalog_link(void)
{
	const char *builddir = getenv("builddir");
	char self[4096], *mo = xasprintf("%s/po/ko/LC_MESSAGES/kopscope.mo", builddir ? builddir : ".");
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	bool here = n > 0 && access(mo, R_OK) == 0;
	free(mo);
	if (here) {
		self[n] = '\0';
		*strrchr(self, '/') = '\0';
		catalog = xasprintf("%s/po", self);
		here = symlink("../../po", catalog) == 0 || errno == EEXIST;
	}
	return here;
}

static void language_is(const char *locale)
{
	unsetenv("LANGUAGE");
	setenv("LC_ALL", locale, 1);
	language_use();
}

static bool picture_check(const struct picture *p, int cols, int rows, bool ascii);

static bool picture_korean(const struct picture *p)
{
	char *name = xasprintf("%s-ko", p->name);
	struct picture ko = *p;
	if (!catalog) {
		return true; /* built without msgfmt */
	}
	ko.name = name;
	ko.styles = false;
	ko.until = *p->korean ? p->korean : NULL;
	ko.settle = true;
	language_is("ko_KR.UTF-8");
	bool ok = picture_check(&ko, 80, 24, false);
	language_is("C.UTF-8");
	free(name);
	return ok;
}

static bool picture_check(const struct picture *p, int cols, int rows, bool ascii)
{
	struct fixture f;
	char name[96];
	setenv("FAKE_KOPS", p->kops ? p->kops : "changes", 1);
	unsetenv("FAKE_LEASE");
	if (p->lease) {
		setenv("FAKE_LEASE", p->lease, 1);
	}
	fixture_init(&f, p->kind, cols, rows, ascii);
	fixture_keys(&f, p->keys);
	if (p->settle) {
		fixture_settle(&f);
	}
	if (p->until && !fixture_wait(&f, p->until)) {
		fail_msg("%s: \"%s\" never came", p->name, p->until);
	}
	picture_lint(p, &f.app.grid);
	char *text = fixture_text(&f);
	snprintf(name, sizeof(name), "%s-%dx%d%s.screen", p->name, cols, rows,
		ascii ? "-ascii" : "");
	bool ok = golden_check(name, text);
	free(text);
	if (p->styles && cols == 80 && !ascii) {
		struct buf layer = BUF_INIT;
		grid_styles(&f.app.grid, &layer);
		snprintf(name, sizeof(name), "%s-%dx%d.style", p->name, cols, rows);
		ok &= golden_check(name, buf_str(&layer));
		buf_release(&layer);
	}
	fixture_release(&f);
	return ok;
}

static void test_picture(void **state)
{
	const struct picture *p = *state;
	bool ok = picture_check(p, 80, 24, false);
	if (p->large) {
		ok &= picture_check(p, 120, 40, false);
	}
	if (view_by_name(p->name)) {
		ok &= picture_check(p, 200, 60, false);
		ok &= picture_check(p, 60, 20, false); /* what gives way, and what does not */
		assert_true(p->large && p->ascii && p->styles && p->korean);
	}
	if (p->ascii) {
		ok &= picture_check(p, 80, 24, true);
	}
	if (p->korean) {
		ok &= picture_korean(p);
	}
	assert_true(ok);
}

/* Each view stands in the table above and hangs in screenshots/. */
static void test_every_view(void **state)
{
	const char *srcdir = getenv("srcdir");
	for (int v = 0; v < VIEW__COUNT; v++) {
		const char *name = view_get((enum view_id)v)->name;
		char *svg = xasprintf("%s/screenshots/%s.svg", srcdir ? srcdir : ".", name);
		size_t i = 0;
		while (i < NPICTURES && !str_eq(pictures[i].name, name)) {
			i++;
		}
		assert_true(i < NPICTURES);
		assert_int_equal(access(svg, R_OK), 0);
		free(svg);
	}
}

int main(void)
{
	struct CMUnitTest tests[NPICTURES + 1];
	for (size_t i = 0; i < NPICTURES; i++) {
		tests[i] = (struct CMUnitTest){ .name = pictures[i].name, .test_func = test_picture,
			.initial_state = (void *)(uintptr_t)&pictures[i] };
	}
	tests[NPICTURES] = (struct CMUnitTest)cmocka_unit_test(test_every_view);
	bool linked = catalog_link();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (linked) {
		unlink(catalog);
	}
	free(catalog);
	return failed;
}
