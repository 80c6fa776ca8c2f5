/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what kops prints: the recorded runs, single lines, and everything cut short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/output.h"
#include "tests/kops/case.h"

static void report_read(struct update_report *r, const char *text, size_t len)
{
	update_report_init(r);
	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;

		update_report_line(r, text, n);
		n += nl ? 1 : 0;
		text += n;
		len -= n;
	}
}

static const struct update_task *report_find(const struct update_report *r, const char *type,
	const char *name)
{
	for (size_t i = 0; i < r->ntasks; i++) {
		if (str_eq(r->tasks[i].type, type) && str_eq(r->tasks[i].name, name)) {
			return &r->tasks[i];
		}
	}
	fail_msg("no task %s/%s", type, name);
	return NULL;
}

static bool shared_read(const char *path, struct buf *out)
{
	char *full = case_shared(path);
	bool ok = full && case_read_file(full, out);

	free(full);
	return ok;
}

static void test_story_dry_run(void **state)
{
	struct buf text = BUF_INIT;
	struct update_report r;

	if (!shared_read("kops-runs/story/update-dryrun.stdout", &text)) {
		skip();
	}
	report_read(&r, buf_str(&text), text.len);
	assert_true(r.ended);
	assert_false(r.no_changes);
	assert_string_equal(r.banner, "A new kubernetes version is available: 1.34.8");
	assert_int_equal(r.ntasks, 11);
	const struct update_task *t = report_find(&r, "LaunchTemplate",
		"nodes-ap-northeast-2a.mate-technology.app");
	assert_int_equal(t->section, UPDATE_MODIFY);
	assert_int_equal(t->nfields, 1);
	assert_string_equal(t->fields[0].name, "UserData");
	assert_null(t->fields[0].new_value);
	assert_int_equal(t->fields[0].nlines, 8);
	assert_int_equal(t->fields[0].lines[0].sign, '.');
	assert_int_equal(t->fields[0].lines[3].sign, '+');
	assert_true(str_starts(t->fields[0].lines[3].text, "NodeupConfigHash: "));
	assert_int_equal(t->fields[0].lines[4].sign, '-');
	t = report_find(&r, "Subnet", "ap-northeast-2c.mate-technology.app");
	assert_string_equal(t->fields[0].name, "ResourceBasedNaming");
	assert_string_equal(t->fields[0].old_value, "false");
	assert_string_equal(t->fields[0].new_value, "true");
	t = report_find(&r, "AddonManifest",
		"mate-technology.app-addons-networking.amazon-vpc-routed-eni-k8s-1.16");
	assert_string_equal(t->fields[0].lines[3].text, "          value: \"true\"");
	update_report_release(&r);
	buf_release(&text);
}

static void test_partial_dry_runs(void **state)
{
	struct buf text = BUF_INIT;
	struct update_report r;

	if (!shared_read("kops-runs/failures/env-only-dryrun.stdout", &text)) {
		skip();
	}
	report_read(&r, buf_str(&text), text.len);
	assert_true(r.ended);
	for (size_t i = 0; i < r.ntasks; i++) {
		assert_string_not_equal(r.tasks[i].type, "LaunchTemplate");
	}
	assert_true(r.ntasks >= 3);
	update_report_release(&r);
	buf_clear(&text);
	assert_true(shared_read("kops-runs/failures/maxpods-only-dryrun.stdout", &text));
	report_read(&r, buf_str(&text), text.len);
	size_t templates = 0;
	for (size_t i = 0; i < r.ntasks; i++) {
		templates += str_eq(r.tasks[i].type, "LaunchTemplate");
	}
	assert_true(templates >= 1);
	update_report_release(&r);
	buf_release(&text);
}

static void test_sections(void **state)
{
	static const char text[] =
		"Will create resources:\n"
		"  AutoscalingGroup/nodes.a.b\n"
		"  \tGranularity         \t 1Minute\n"
		"  \tMaxSize             \t 2\n"
		"\n"
		"Will modify resources:\n"
		"  SecurityGroupRule/from-0.0.0.0/0-ingress-tcp-22to22-bastion\n"
		"  \tToPort              \t 21 -> 22\n"
		"\n"
		"Items will be deleted only when the --prune flag is specified:\n"
		"  LaunchTemplate/old.a.b\n"
		"\n"
		"Items will be deleted during update:\n"
		"  Route/x\n"
		"\n"
		"No changes need to be applied\n";
	struct update_report r;

	report_read(&r, text, strlen(text));
	assert_int_equal(r.ntasks, 4);
	assert_int_equal(r.tasks[0].section, UPDATE_CREATE);
	assert_int_equal(r.tasks[0].nfields, 2);
	assert_null(r.tasks[0].fields[1].old_value);
	assert_string_equal(r.tasks[0].fields[1].new_value, "2");
	assert_string_equal(r.tasks[1].type, "SecurityGroupRule");
	assert_string_equal(r.tasks[1].name, "from-0.0.0.0/0-ingress-tcp-22to22-bastion");
	assert_string_equal(r.tasks[1].fields[0].old_value, "21");
	assert_int_equal(r.tasks[2].section, UPDATE_PRUNE);
	assert_int_equal(r.tasks[3].section, UPDATE_DELETE);
	assert_true(r.ended && r.no_changes);
	assert_null(r.banner);
	update_report_release(&r);
}

static void test_progress(void **state)
{
	static const char line[] = "I1122 13:46:14.872302   13335 executor.go:113] "
		"Tasks: 35 done / 130 total; 23 can run";
	int done = -1, total = -1;

	assert_true(update_progress_line(line, strlen(line), &done, &total));
	assert_int_equal(done, 35);
	assert_int_equal(total, 130);
	for (size_t n = 0; n < strlen(line) - strlen("; 23 can run"); n++) {
		assert_false(update_progress_line(line, n, &done, &total));
	}
	assert_false(update_progress_line("Tasks: x done", 13, &done, &total));
}

static void test_roll_lines(void **state)
{
#define HEAD "I1122 13:46:52.491282   13890 instancegroups.go:364] "
	static const struct {
		const char *line;
		enum roll_line_kind kind;
		const char *instance, *node, *group, *pod;
	} rows[] = {
		{ HEAD "Validating the cluster.", ROLL_LINE_VALIDATING, "", "", "", "" },
		{ HEAD "Cluster did not pass validation, will retry in \"30s\": x.",
			ROLL_LINE_NOT_VALID, "", "", "", "" },
		{ HEAD "Cluster did not validate, will retry in \"30s\": x.", ROLL_LINE_NOT_VALID,
			"", "", "", "" },
		{ HEAD "Cluster validated; revalidating in 10s to make sure it does not flap.",
			ROLL_LINE_REVALIDATING, "", "", "", "" },
		{ HEAD "Cluster validated.", ROLL_LINE_VALID, "", "", "", "" },
		{ HEAD "Tainting 2 nodes in \"nodes-a\" instancegroup.", ROLL_LINE_TAINTING, "", "",
			"nodes-a", "" },
		{ HEAD "Detaching instance \"i-1\", node \"n-1\", in group \"g.a.b\".",
			ROLL_LINE_DETACHING, "i-1", "n-1", "g.a.b", "" },
		{ HEAD "Detaching instance \"i-1\", in group \"g.a.b\".", ROLL_LINE_DETACHING,
			"i-1", "", "g.a.b", "" },
		{ HEAD "waiting for 15s after detaching instance", ROLL_LINE_WAIT_DETACHED, "",
			"", "", "" },
		{ HEAD "Draining the node: \"n-1\".", ROLL_LINE_DRAINING, "", "n-1", "", "" },
		{ HEAD "skipping deregistration of instance \"i-1\", as part of instancegroup with "
			"role \"ControlPlane\"", ROLL_LINE_DEREGISTER, "i-1", "", "", "" },
		{ "evicting pod default/web-0", ROLL_LINE_EVICTING, "", "", "", "default/web-0" },
		{ "error when evicting pods/\"web-0\" -n \"default\" (will retry after 5s): Cannot "
			"evict pod as it would violate the pod's disruption budget.",
			ROLL_LINE_EVICT_BLOCKED, "", "", "", "default/web-0" },
		{ HEAD "Waiting for 5s for pods to stabilize after draining.", ROLL_LINE_POST_DRAIN,
			"", "", "", "" },
		{ HEAD "Stopping instance \"i-1\", node \"n-1\", in group \"g\" (this may take a "
			"while).", ROLL_LINE_STOPPING, "i-1", "n-1", "g", "" },
		{ HEAD "waiting for 15s after terminating instance", ROLL_LINE_WAIT_TERMINATED, "",
			"", "", "" },
		{ HEAD "Completed rolling update for cluster \"a.b\" instance groups [x y]",
			ROLL_LINE_COMPLETED, "", "", "", "" },
		{ HEAD "Rolling update completed for cluster \"a.b\"!", ROLL_LINE_COMPLETED, "", "",
			"", "" },
		{ "E1122 13:14:07.867182   32456 rollingupdate.go:219] failed to roll "
			"InstanceGroup \"nodes-a\": failed to drain node \"n\": x",
			ROLL_LINE_GROUP_FAILED, "", "", "nodes-a", "" },
		{ "E1122 13:14:07.867182   32456 x.go:1] Cluster did not validate within 15m0s",
			ROLL_LINE_NOT_VALID, "", "", "", "" },
		{ "W1122 13:14:07.867182   32456 x.go:1] Skipping drain of instance \"i-2\", "
			"because it is not registered in kubernetes", ROLL_LINE_WARNING, "i-2", "",
			"", "" },
		{ "W1122 13:14:07.867182   32456 x.go:1] something new", ROLL_LINE_WARNING, "", "",
			"", "" },
		{ "E1122 13:14:07.867182   32456 x.go:1] something worse", ROLL_LINE_ERROR, "", "",
			"", "" },
		{ HEAD "something else", ROLL_LINE_OTHER, "", "", "", "" },
		{ "WARNING: ignoring DaemonSet-managed Pods: kube-system/aws-node-9cfr7",
			ROLL_LINE_WARNING, "", "", "", "" },
		{ "Error: [a, b]", ROLL_LINE_ERROR, "", "", "", "" },
		{ "NAME\t\tSTATUS\t\tNEEDUPDATE\tREADY", ROLL_LINE_TABLE, "", "", "", "" },
		{ "nodes\t\tNeedsUpdate\t1\t0\t1\t1\t1\t1", ROLL_LINE_TABLE, "", "", "", "" },
		{ "No rolling-update required.", ROLL_LINE_NOTHING, "", "", "", "" },
		{ "Must specify --yes to rolling-update.", ROLL_LINE_NEED_YES, "", "", "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct roll_line l;

		roll_line_parse(rows[i].line, strlen(rows[i].line), &l);
		if (l.kind != rows[i].kind) {
			fail_msg("%s: kind %d, not %d", rows[i].line, l.kind, rows[i].kind);
		}
		assert_string_equal(l.instance, rows[i].instance);
		assert_string_equal(l.node, rows[i].node);
		assert_string_equal(l.group, rows[i].group);
		assert_string_equal(l.pod, rows[i].pod);
		assert_true(!l.severity || !strstr(l.text, "instancegroups.go"));
	}
}

/* Lines of each kind in a recorded run. */
static void count_kinds(const char *path, size_t counts[ROLL_LINE__COUNT])
{
	struct buf text = BUF_INIT;
	struct strlist lines = { .n = 0 };

	assert_true(shared_read(path, &text));
	strlist_split(&lines, buf_str(&text), '\n');
	for (size_t i = 0; i < lines.n; i++) {
		struct roll_line l;

		roll_line_parse(lines.v[i], strlen(lines.v[i]), &l);
		if (*lines.v[i]) {
			counts[l.kind]++;
		}
		if (l.kind == ROLL_LINE_OTHER && *lines.v[i]) {
			print_message("other: %s\n", lines.v[i]);
		}
	}
	strlist_release(&lines);
	buf_release(&text);
}

static void test_recorded_rolls(void **state)
{
	char *dir = case_shared("kops-runs/story");
	size_t n[ROLL_LINE__COUNT] = { 0 };

	if (!dir) {
		skip();
	}
	free(dir);
	count_kinds("kops-runs/story/roll-yes.stderr", n);
	assert_int_equal(n[ROLL_LINE_OTHER], 0);
	assert_int_equal(n[ROLL_LINE_TAINTING], 3);
	assert_int_equal(n[ROLL_LINE_DETACHING], 2);
	assert_int_equal(n[ROLL_LINE_DRAINING], 3);
	assert_int_equal(n[ROLL_LINE_STOPPING], 3);
	assert_int_equal(n[ROLL_LINE_NOT_VALID], 1);
	assert_int_equal(n[ROLL_LINE_COMPLETED], 1);
	memset(n, 0, sizeof(n));
	count_kinds("kops-runs/story/roll-yes.stdout", n);
	assert_int_equal(n[ROLL_LINE_TABLE], 4);
	assert_int_equal(n[ROLL_LINE_OTHER], 0);
	assert_int_equal(n[ROLL_LINE_EVICTING], 30);
	memset(n, 0, sizeof(n));
	count_kinds("kops-runs/failures/drain-timeout.stderr", n);
	assert_int_equal(n[ROLL_LINE_GROUP_FAILED], 2);
	assert_int_equal(n[ROLL_LINE_EVICT_BLOCKED], 4);
	assert_int_equal(n[ROLL_LINE_ERROR], 1);
	assert_int_equal(n[ROLL_LINE_OTHER], 0);
	memset(n, 0, sizeof(n));
	count_kinds("kops-runs/failures/validation-timeout.stderr", n);
	assert_int_equal(n[ROLL_LINE_COMPLETED], 0);
	assert_int_equal(n[ROLL_LINE_OTHER], 0);
	assert_true(n[ROLL_LINE_ERROR] >= 1);
	memset(n, 0, sizeof(n));
	count_kinds("kops-runs/failures/pod-never-dies.stderr", n);
	assert_int_equal(n[ROLL_LINE_OTHER], 0);
	memset(n, 0, sizeof(n));
	count_kinds("kops-runs/failures/good-roll.stderr", n);
	assert_int_equal(n[ROLL_LINE_OTHER], 0);
	assert_int_equal(n[ROLL_LINE_COMPLETED], 1);
}

/* A text that ends anywhere: read from the heap without a NUL, so that a sanitizer sees it. */
static void cut_everywhere(const char *text, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i <= len; i++) {
		struct roll_line l;
		struct update_report r;
		int done, total;
		char *cut = xmalloc(i - start + 1);
		size_t n = i - start;
		char *exact = xrealloc(cut, n ? n : 1);

		memcpy(exact, text + start, n);
		roll_line_parse(exact, n, &l);
		assert_in_range(l.kind, 0, ROLL_LINE__COUNT - 1);
		update_progress_line(exact, n, &done, &total);
		update_report_init(&r);
		r.section = UPDATE_MODIFY;
		update_report_line(&r, "  Type/name", 11);
		update_report_line(&r, "  \tField", 8);
		update_report_line(&r, exact, n);
		update_report_release(&r);
		free(exact);
		if (i < len && text[i] == '\n') {
			start = i + 1;
		}
	}
}

static void test_cut_everywhere(void **state)
{
	static const char *const dirs[] = { "kops-runs/story", "kops-runs/failures" };

	for (size_t d = 0; d < 2; d++) {
		char *dir = case_shared(dirs[d]);
		struct strlist files = { .n = 0 };

		if (!dir) {
			skip();
		}
		case_list(dir, &files);
		for (size_t i = 0; i < files.n; i++) {
			struct buf text = BUF_INIT;

			assert_true(case_read_file(files.v[i], &text));
			cut_everywhere(buf_str(&text), text.len);
			buf_release(&text);
		}
		strlist_release(&files);
		free(dir);
	}
}

static void test_long_lines(void **state)
{
	size_t n = 100000;
	char *line = xmalloc(n);
	struct roll_line l;

	memset(line, '"', n);
	memcpy(line, "Detaching instance ", 19);
	roll_line_parse(line, n, &l);
	assert_int_equal(l.kind, ROLL_LINE_DETACHING);
	/* A name is told whole or not at all: neither cut nor without its closing quote. */
	memset(line + 20, 'x', n - 20);
	roll_line_parse(line, n, &l);
	assert_int_equal(l.kind, ROLL_LINE_DETACHING);
	assert_string_equal(l.instance, "");
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_story_dry_run),
		cmocka_unit_test(test_partial_dry_runs),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_roll_lines),
		cmocka_unit_test(test_recorded_rolls),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
