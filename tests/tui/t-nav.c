/* SPDX-License-Identifier: Apache-2.0 */
/* Finding one's way: order, marks, history, filters, commands, the mouse, what is said of a row;
   and help, whose keys are all keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "tests/tui/fixture.h"
#include "tui/act.h"
#include "tui/actions.h"
#include "tui/screen/keys.h"

static const char *row_id(struct fixture *f, size_t i)
{
	return table_at(&f->app.table, i)->id;
}

static void test_sort(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	assert_int_equal(sort_letter(VIEW_NODES, 1), 'O'); /* G is the end of the list, R a roll */
	fixture_keys(&f, "O");
	assert_string_equal(row_id(&f, 0), WORLD_CONTROL);
	assert_shows(&f, "GROUP\xe2\x96\xb4");
	fixture_keys(&f, "O");
	assert_string_equal(row_id(&f, 2), WORLD_CONTROL);
	assert_shows(&f, "GROUP\xe2\x96\xbe");
	/* Kept while another view is shown, and each has its own. */
	fixture_keys(&f, "5 3");
	assert_string_equal(row_id(&f, 2), WORLD_CONTROL);
	fixture_type(&f, ":sort pods");
	fixture_keys(&f, "Enter");
	assert_string_equal(row_id(&f, 0), WORLD_CONTROL);
	fixture_type(&f, ":sort PODS desc");
	fixture_keys(&f, "Enter");
	assert_string_equal(row_id(&f, 2), WORLD_CONTROL);
	fixture_type(&f, ":sort nothing");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "has no column nothing");
	fixture_type(&f, ":sort pods up");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "desc, asc or nothing");
	fixture_type(&f, ":sort");
	fixture_keys(&f, "Enter");
	assert_string_equal(row_id(&f, 0), WORLD_NODE_A);
	fixture_type(&f, ":sort kub");
	fixture_keys(&f, "Tab");
	assert_shows(&f, ":sort kubelet");
	fixture_release(&f);
}

/* Keys that come together count each, though only one frame is made. */
static void test_burst(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	app_show(&f.app, VIEW_PODS, NULL);
	app_frame(&f.app);
	for (int i = 0; i < 5; i++) {
		app_key(&f.app, KEY_DOWN_);
	}
	app_frame(&f.app);
	assert_int_equal(f.app.selected, 5);
	fixture_release(&f);
}

static void test_marks(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "Space");
	assert_shows(&f, "1 marked");
	assert_shows(&f, "\xe2\x9c\x93i-0a06");
	fixture_keys(&f, "Space");
	assert_int_equal(f.app.places[VIEW_NODES].marks.n, 2);
	fixture_keys(&f, "Home Space"); /* again: no longer */
	assert_int_equal(f.app.places[VIEW_NODES].marks.n, 1);
	fixture_keys(&f, "C-y");
	assert_shows(&f, WORLD_NODE_C);
	fixture_type(&f, ":cordon");
	fixture_keys(&f, "Enter settle");
	assert_shows(&f, WORLD_NODE_C " cordoned");
	/* Esc unmarks, then clears the filter, then goes back. */
	fixture_keys(&f, "/ i Enter Esc");
	assert_int_equal(f.app.places[VIEW_NODES].marks.n, 0);
	assert_non_null(f.app.places[VIEW_NODES].filter);
	fixture_keys(&f, "Esc");
	assert_null(f.app.places[VIEW_NODES].filter);
	fixture_release(&f);
}

static void test_history(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "Enter 5 4 [ [");
	assert_int_equal(f.app.view, VIEW_PODS);
	assert_shows(&f, "Pods of " WORLD_NODE_A);
	fixture_keys(&f, "]");
	assert_int_equal(f.app.view, VIEW_DEPLOYMENTS);
	fixture_keys(&f, "[ [ [ [");
	assert_int_equal(f.app.view, VIEW_NODES);
	fixture_keys(&f, "] ] ] ] ]");
	assert_int_equal(f.app.view, VIEW_PENDING);
	/* Going somewhere else forgets what lay ahead. */
	fixture_keys(&f, "[ 2 ]");
	assert_int_equal(f.app.view, VIEW_GROUPS);
	fixture_release(&f);
}

/* From a cause in Pending to the pods that wait for it, or to the one, and back. */
static void test_waiting(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "4");
	assert_shows(&f, "Enter open");
	fixture_keys(&f, "Enter");
	assert_int_equal(f.app.view, VIEW_PODS);
	assert_shows(&f, "Waiting pods of default/nginx-deployment");
	assert_int_equal(f.app.table.n, 1 + 10); /* of its 40 */
	for (size_t i = 1; i < f.app.table.n; i++) {
		assert_true(strstr(row_id(&f, i), "default/nginx-deployment") != NULL);
	}
	fixture_keys(&f, "Enter");
	assert_shows(&f, "Describe");
	fixture_keys(&f, "Esc Esc");
	assert_int_equal(f.app.view, VIEW_PENDING);
	/* All but one of them find a place meanwhile. */
	size_t n;
	const struct m_pod *const *v = model_waiting_pods(f.session.model, &n);
	struct pod all[16];
	assert_int_equal(n, 10);
	for (size_t i = 0; i + 1 < n; i++) {
		all[i] = v[i]->pod;
	}
	for (size_t i = 0; i + 1 < n; i++) {
		struct observation o = { .kind = OBS_POD, .verb = OBS_GONE, .u.pod = &all[i] };
		model_apply(f.session.model, &o);
	}
	fixture_keys(&f, "settle Enter");
	assert_int_equal(f.app.view, VIEW_PENDING);
	assert_shows(&f, "Describe");
	assert_shows(&f, "default/nginx-deployment");
	fixture_keys(&f, "Esc");
	assert_null(f.app.dialog);
	/* And the last one, while its list is looked at. */
	app_show(&f.app, VIEW_PODS, "default/nginx-deployment" WITHIN_WAITING);
	app_frame(&f.app);
	assert_int_equal(f.app.table.n, 1 + 1);
	v = model_waiting_pods(f.session.model, &n);
	all[0] = v[0]->pod;
	struct observation o = { .kind = OBS_POD, .verb = OBS_GONE, .u.pod = &all[0] };
	model_apply(f.session.model, &o);
	app_frame(&f.app);
	assert_shows(&f, "None of them waits any more.");
	fixture_release(&f);
}

static void test_filters(void **state)
{
	static const struct {
		const char *filter;
		size_t n;
	} cases[] = {
		{ "-l app=nginx", 40 }, { "-l app", 40 }, { "-l app=nginx,nothing", 0 },
		{ "-l nothing!=x,app", 40 }, { "!-l app", 15 }, { "-l !app", 15 },
		{ "-l app==nginx", 40 }, { "-l app=ngin", 0 }, { "-l", 55 }, { "status:Pending", 10 },
		{ "!status:Pending", 45 },
	};
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	app_show(&f.app, VIEW_PODS, NULL);
	fixture_keys(&f, "settle");
	assert_int_equal(f.app.table.n, 55);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_keys(&f, "/ C-u");
		fixture_type(&f, cases[i].filter);
		fixture_keys(&f, "Enter");
		if (f.app.table.n != cases[i].n) {
			fail_msg("%s: %zu rows, not %zu", cases[i].filter, f.app.table.n,
				cases[i].n);
		}
	}
	fixture_keys(&f, "5 / C-u");
	fixture_type(&f, "-l k8s-app=kube-dns");
	fixture_keys(&f, "Enter");
	assert_int_equal(f.app.table.n, 1);
	fixture_release(&f);
}

static void test_commands(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, ": Up Backspace"); /* nothing was said yet */
	fixture_type(&f, ":groups");
	fixture_keys(&f, "Enter");
	fixture_type(&f, ":pending");
	fixture_keys(&f, "Enter");
	fixture_type(&f, ":");
	fixture_keys(&f, "Up");
	assert_shows(&f, " :pending");
	fixture_keys(&f, "Up Up Up Down Up");
	assert_string_equal(f.app.prompt, "groups");
	fixture_keys(&f, "Enter");
	assert_int_equal(f.app.view, VIEW_GROUPS);
	fixture_type(&f, ":");
	fixture_keys(&f, "Up Down");
	assert_string_equal(f.app.prompt, "");
	/* As far as all that begin so agree, and what they are. */
	fixture_type(&f, "de");
	fixture_keys(&f, "Tab");
	assert_shows(&f, "deployments describe");
	fixture_type(&f, "p");
	fixture_keys(&f, "Tab Enter");
	assert_int_equal(f.app.view, VIEW_DEPLOYMENTS);
	fixture_type(&f, ":columns name,state");
	fixture_keys(&f, "Enter");
	assert_false(fixture_shows(&f, "REPLICAS"));
	assert_shows(&f, "STATE");
	fixture_type(&f, ":columns name,nonsense");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "has no column nonsense");
	fixture_keys(&f, "3 5"); /* kept while another view is shown */
	assert_false(fixture_shows(&f, "REPLICAS"));
	fixture_type(&f, ":columns");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "REPLICAS");
	fixture_release(&f);
}

static void click(struct fixture *f, int x, int y, int wheel)
{
	app_mouse(&f->app, &(struct mouse){ x, y, wheel });
	app_frame(&f->app);
}

static void test_mouse(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	click(&f, 20, 3, 0); /* GROUP */
	assert_string_equal(row_id(&f, 0), WORLD_CONTROL);
	click(&f, 20, 3, 0);
	assert_string_equal(row_id(&f, 2), WORLD_CONTROL);
	click(&f, 5, 6, 0);
	assert_string_equal(app_row(&f.app)->id, WORLD_CONTROL);
	click(&f, 5, 0, -1);
	assert_string_equal(app_row(&f.app)->id, row_id(&f, 0));
	click(&f, 15, 1, 0);
	assert_int_equal(f.app.view, VIEW_GROUPS);
	/* Below a line that stands above the titles. */
	fixture_keys(&f, "3 Enter");
	click(&f, 5, 4, 0);
	assert_string_equal(f.app.table.rows[0].span, "Pods of " WORLD_NODE_C);
	click(&f, 3, 6, 0);
	assert_int_equal(f.app.selected, 2);
	/* Everywhere else, and anywhere while something is open, nothing happens. */
	for (int y = -1; y < 30; y++) {
		for (int x = -1; x < 90; x += 7) {
			click(&f, x, y, 0);
		}
	}
	fixture_keys(&f, "?");
	click(&f, 15, 1, 0);
	click(&f, 15, 1, 1);
	assert_non_null(f.app.dialog);
	fixture_release(&f);
}

static void test_said(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "d / a r i t Enter");
	assert_shows(&f, "\"arit\" is not in it");
	fixture_keys(&f, "/ t e m p l a t e Enter");
	assert_shows(&f, "template version");
	fixture_keys(&f, "n N Esc y settle");
	assert_shows(&f, "kind: nodes");
	assert_false(fixture_shows(&f, "managedFields"));
	fixture_keys(&f, "q 1 y settle");
	assert_shows(&f, "kind: Cluster");
	/* Left before it came. */
	fixture_keys(&f, "Esc 3 y Esc settle");
	assert_null(f.app.dialog);
	fixture_release(&f);
}

/* ---- help and keys ---- */

/* Everything that help says, of the view that is shown. */
static void help_read(struct fixture *f, struct buf *out)
{
	fixture_keys(f, "?");
	for (int i = 0; i < 40; i++) {
		char *text = fixture_text(f);
		buf_adds(out, text);
		free(text);
		fixture_keys(f, "Down Down Down Down Down");
	}
	fixture_keys(f, "Esc");
}

/* Every key of the tables is in help; every key that does something is in help. */
static void test_help(void **state)
{
	for (int v = 0; v < VIEW__COUNT; v++) {
		struct fixture f;
		struct buf help = BUF_INIT;
		char words[128];
		fixture_init(&f, v == VIEW_ROLL ? FIXTURE_ROLLING : FIXTURE_FULL, 120, 30, false);
		app_show(&f.app, (enum view_id)v, NULL);
		fixture_keys(&f, "settle");
		help_read(&f, &help);
		for (size_t i = 0; i < nactions; i++) {
			const struct action *x = &actions[i];
			snprintf(words, sizeof(words), "  %-5s :%-15s ", x->key ? x->key : "", x->name);
			if (!strstr(buf_str(&help), words)) {
				fail_msg("help of %s does not have%s", view_get((enum view_id)v)->name,
					words);
			}
		}
		for (size_t i = 0; i < view_get((enum view_id)v)->ncolumns; i++) {
			const struct column *c = &view_get((enum view_id)v)->columns[i];
			char letter[2] = { sort_letter((enum view_id)v, i), '\0' };
			snprintf(words, sizeof(words), "   %-2s %-18s ",
				c->flags & COLUMN_DATA ? "" : letter, c->title);
			assert_non_null(strstr(buf_str(&help), words));
			/* It is that column's, and no action's. */
			if (letter[0] && !(c->flags & COLUMN_DATA)) {
				assert_null(action_by_key(&f.app, (uint32_t)letter[0]));
				app_key(&f.app, (uint32_t)letter[0]);
				assert_int_equal(f.app.places[v].sort, i + 1);
			}
		}
		buf_release(&help);
		fixture_release(&f);
	}
}

/* In the tables that help is made of, or in what it says of moving. */
static bool key_is_known(const struct fixture *f, uint32_t key)
{
	const struct app *a = &f->app;
	const struct view *v = view_get(a->view);
	bool known = action_by_key(a, key) || key == KEY_CTRL_('c') ||
		(key < 0x80 && strchr("kjgG", (int)key)) || key >= KEY_SPECIAL ||
		(a->view == VIEW_PENDING && key >= 'a' && key <= 'd');
	for (int i = 0; i < VIEW__COUNT && !known; i++) {
		known = view_get((enum view_id)i)->key && view_get((enum view_id)i)->key == (char)key;
	}
	for (size_t i = 0; i < v->ncolumns && !known; i++) {
		known = sort_letter(a->view, i) == (char)key;
	}
	return known;
}

/* What is not in help does nothing at all. */
static void test_other_keys(void **state)
{
	for (int v = 0; v < VIEW__COUNT; v++) {
		struct fixture f;
		fixture_init(&f, v == VIEW_ROLL ? FIXTURE_ROLLING : FIXTURE_FULL, 80, 24, false);
		app_show(&f.app, (enum view_id)v, NULL);
		fixture_keys(&f, "settle");
		char *before = fixture_text(&f);
		int others = 0;
		for (uint32_t key = 1; key < 0x7f; key++) {
			if (key_is_known(&f, key)) {
				continue;
			}
			app_key(&f.app, key);
			app_frame(&f.app);
			char *after = fixture_text(&f);
			assert_string_equal(after, before);
			assert_false(f.app.quit || f.app.suspend || f.app.dialog || f.app.mouse);
			free(after);
			others++;
		}
		assert_true(others > 20);
		free(before);
		fixture_release(&f);
	}
}

/* ---- sizes ---- */

static uint32_t seed = 11;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

/* No frame of any size has half a character, or a line behind its edge. */
static void test_resizing(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_HOSTILE, 80, 24, false);
	for (int i = 0; i < 1500; i++) {
		app_resize(&f.app, 1 + (int)dice(220), 1 + (int)dice(70));
		if (dice(3) == 0) {
			app_show(&f.app, (enum view_id)dice(VIEW__COUNT), NULL);
		}
		app_key(&f.app, "?dyOw\x17 jkGg\x1b"[dice(12)]);
		app_frame(&f.app);
		const struct grid *g = &f.app.grid;
		for (int y = 0; y < g->rows; y++) {
			for (int x = 0; x < g->cols; x++) {
				if (grid_at(g, x, y)->width == 2) {
					assert_true(x + 1 < g->cols);
					assert_int_equal(grid_at(g, x + 1, y)->width, 0);
				}
			}
		}
	}
	fixture_keys(&f, "settle");
	fixture_release(&f);
}

/* ---- hard strings ---- */

static void see(struct fixture *f, enum obs_kind kind, const void *thing)
{
	struct observation o = { .kind = kind, .verb = OBS_SEEN };
	memcpy(&o.u, &thing, sizeof(thing));
	model_apply(f->session.model, &o);
}

/* Names that the hostile fixture does not have: of what the other views show. */
static void hard_world(struct fixture *f)
{
	static char longest[10001];
	memset(longest, 'w', sizeof(longest) - 1);
	const char *const names[] = {
		longest,
		"\xed\x95\x9c\xea\xb8\x80\xec\x9d\xb4\xeb\xa6\x84",
		"e\xcc\x81\xcc\x81 a\xcc\x8a\xcc\x88",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7\xef\xb8\x8f",
		"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\xae olleh",
		"\033]52;c;ZXZpbA==\007\033[31m\x9b\x32J\x7f\r\n\t",
		"\xe3\x80\x80\xef\xbc\xa1\xef\xbd\xb1",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *n = names[i];
		const char *types[] = { n };
		struct group_spec g = { .cluster = model_opened(f->session.model), .name = n,
			.role = ROLE_NODE, .machine_type = n, .types = types, .ntypes = 1,
			.min_size = 1, .max_size = 2, .max_pods = -1, .image = n, .problem = n };
		struct asg a = { .name = n, .group = n, .min = 1, .desired = 1, .max = 2,
			.template_version = -1 };
		struct instance x = { .id = n, .group = n, .asg = n, .type = n, .zone = n,
			.state = "pending", .private_ip = n, .template_version = -1, .enis = -1,
			.ips = -1, .prefixes = -1 };
		struct subnet s = { .id = n, .name = n, .zone = n, .cidr = n, .free_ips = -1,
			.free_blocks = -1 };
		struct balancer b = { .name = n, .dns = n, .scheme = n, .type = n };
		struct dns_record r = { .name = n, .type = "A", .value = n };
		struct deployment d = { .ns = n, .name = n, .replicas = 1, .generation = 1 };
		struct node k = { .name = n, .uid = n, .group = n, .type = n, .zone = n,
			.internal_ip = n, .kubelet_version = n, .capacity_pods = 17,
			.alloc_pods = 17, .alloc_cpu_milli = -1, .alloc_memory = -1 };
		see(f, OBS_DEPLOYMENT, &d);
		see(f, OBS_NODE, &k);
		see(f, OBS_GROUP, &g);
		see(f, OBS_ASG, &a);
		see(f, OBS_INSTANCE, &x);
		see(f, OBS_SUBNET, &s);
		see(f, OBS_BALANCER, &b);
		see(f, OBS_RECORD, &r);
		log_add(&f->session.log, WORLD_NOW, STYLE_BAD, "%s", n);
	}
}

/* Nothing that a terminal obeys, hides or reorders by. */
static void assert_harmless(const struct grid *g)
{
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++) {
			const struct cell *c = grid_at(g, x, y);
			uint32_t cp;
			for (size_t n = strlen(c->text), k = 0; k < n;) {
				k += text_decode(c->text + k, n - k, &cp);
				assert_true(cp >= 0x20 && !(cp >= 0x7f && cp < 0xa0));
				assert_false((cp >= 0x200b && cp <= 0x200f) ||
					(cp >= 0x2028 && cp <= 0x202e) ||
					(cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff);
			}
			if (c->width == 2) {
				assert_true(x + 1 < g->cols && grid_at(g, x + 1, y)->width == 0);
			}
		}
	}
}

/* Between two columns every item of the table has a blank. */
static int assert_aligned(struct fixture *f)
{
	const struct table *t = &f->app.table;
	int *widths = calloc(t->ncolumns, sizeof(*widths)), checked = 0;
	screen_layout(t, f->app.grid.cols, widths);
	struct screen s;
	app_screen(&f->app, &s);
	for (int y = 3; y < f->app.grid.rows - 3; y++) {
		struct screen_spot spot = screen_spot_at(&s, f->app.grid.cols, f->app.grid.rows, 1, y);
		int x = 0;
		for (size_t i = 0; spot.kind == SPOT_ROW && i < t->ncolumns; i++) {
			if (widths[i] > 0 && x > 0) {
				const char *gap = grid_at(&f->app.grid, x, y)->text;
				assert_true(!gap[0] || str_eq(gap, " "));
				checked++;
			}
			x += widths[i] > 0 ? widths[i] + 1 : 0;
		}
	}
	free(widths);
	return checked;
}

static void test_hard_strings(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 }, { 60, 15 } };
	for (size_t i = 0; i < 8; i++) {
		struct fixture f;
		int checked = 0;
		fixture_init(&f, FIXTURE_HOSTILE, sizes[i / 2][0], sizes[i / 2][1], i % 2);
		hard_world(&f);
		app_changed(&f.app);
		for (int v = 0; v < VIEW__COUNT; v++) {
			app_show(&f.app, (enum view_id)v, NULL);
			fixture_keys(&f, "settle Home");
			for (int k = 0; k < 12; k++) {
				assert_harmless(&f.app.grid);
				checked += assert_aligned(&f);
				fixture_keys(&f, k % 3 == 2 ? "PgDn" : "Down");
			}
			fixture_keys(&f, "Home d");
			assert_harmless(&f.app.grid);
			fixture_keys(&f, "Esc");
		}
		assert_true(checked > 500);
		fixture_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_burst),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_other_keys),
		cmocka_unit_test(test_resizing),
		cmocka_unit_test(test_hard_strings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
