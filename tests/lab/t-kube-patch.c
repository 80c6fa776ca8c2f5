/* SPDX-License-Identifier: Apache-2.0 */
/* The three kinds of patch and the selectors of the lab's Kubernetes API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "lab/kube/patch.h"
#include "lab/kube/select.h"

static json_t *parse(const char *text)
{
	struct err e = ERR_INIT;
	json_t *j = json_parse(text, strlen(text), &e);
	if (!j)
		fail_msg("%s: %s", text, e.text);
	return j;
}

static void same(json_t *is, const char *want)
{
	struct buf b = BUF_INIT;
	json_t *w = parse(want);
	json_write(&b, is, true);
	if (!json_equal(is, w))
		fail_msg("is %s, not %s", buf_str(&b), want);
	buf_release(&b);
	json_decref(is);
	json_decref(w);
}

struct patch_case {
	void *(*apply)(const void *target, const void *patch);
	const char *target, *patch, *want;
};
static const struct patch_case patches[] = {
	{ patch_merge, "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", "{\"b\":{\"c\":null,\"e\":[1]}}",
		"{\"a\":1,\"b\":{\"d\":3,\"e\":[1]}}" },
	{ patch_merge, "{\"a\":[1,2]}", "{\"a\":[3]}", "{\"a\":[3]}" },
	{ patch_merge, "{\"a\":\"x\"}", "{\"a\":{\"b\":{\"c\":null}}}", "{\"a\":{\"b\":{}}}" },
	/* containers and env by name, the way kubectl set env sends it */
	{ patch_strategic,
		"{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"X\",\"value\":\"1\"},"
		"{\"name\":\"Y\",\"value\":\"2\"}]},{\"name\":\"b\"}]}",
		"{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"X\",\"value\":\"9\"},"
		"{\"name\":\"Z\",\"value\":\"3\"}]}]}",
		"{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"X\",\"value\":\"9\"},"
		"{\"name\":\"Y\",\"value\":\"2\"},{\"name\":\"Z\",\"value\":\"3\"}]},"
		"{\"name\":\"b\"}]}" },
	{ patch_strategic, "{\"env\":[{\"name\":\"X\",\"value\":\"1\"},{\"name\":\"Y\"}]}",
		"{\"env\":[{\"name\":\"X\",\"$patch\":\"delete\"}]}",
		"{\"env\":[{\"name\":\"Y\"}]}" },
	{ patch_strategic, "{\"env\":[{\"name\":\"X\"}]}",
		"{\"env\":[{\"$patch\":\"replace\"},{\"name\":\"Q\"}]}",
		"{\"env\":[{\"name\":\"Q\"}]}" },
	/* taints are atomic */
	{ patch_strategic, "{\"taints\":[{\"key\":\"a\"}]}", "{\"taints\":[{\"key\":\"b\"}]}",
		"{\"taints\":[{\"key\":\"b\"}]}" },
	{ patch_strategic, "{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"x\":1}]}",
		"{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"}]}",
		"{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"x\":1}]}" },
	{ patch_strategic, "{\"m\":{\"a\":1,\"b\":2}}", "{\"m\":{\"$retainKeys\":[\"b\"],\"b\":3}}",
		"{\"m\":{\"b\":3}}" },
	{ patch_strategic, "{\"m\":{\"a\":1}}", "{\"m\":{\"$patch\":\"replace\",\"c\":3}}",
		"{\"m\":{\"c\":3}}" },
	{ patch_strategic, "{\"finalizers\":[\"a\",\"b\"]}",
		"{\"$deleteFromPrimitiveList/finalizers\":[\"a\"]}", "{\"finalizers\":[\"b\"]}" },
	{ patch_strategic, "{\"env\":[{\"name\":\"A\"},{\"name\":\"B\"}]}",
		"{\"$setElementOrder/env\":[{\"name\":\"B\"},{\"name\":\"A\"},{\"name\":\"C\"}],"
		"\"env\":[{\"name\":\"C\"}]}",
		"{\"env\":[{\"name\":\"B\"},{\"name\":\"A\"},{\"name\":\"C\"}]}" },
	{ patch_strategic, "{\"ports\":[{\"port\":53,\"name\":\"dns\"}]}",
		"{\"ports\":[{\"port\":53,\"protocol\":\"UDP\"}]}",
		"{\"ports\":[{\"port\":53,\"name\":\"dns\",\"protocol\":\"UDP\"}]}" },
};

static void test_patches(void **state)
{
	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
		json_t *t = parse(patches[i].target), *p = parse(patches[i].patch);
		same(patches[i].apply(t, p), patches[i].want);
		same(t, patches[i].target); /* left alone */
		json_decref(p);
	}
}

struct json_patch_case {
	const char *target, *patch, *want; /* want NULL: refused */
	enum err_kind kind;
};
static const struct json_patch_case json_patches[] = {
	{ "{\"a\":[1,3]}", "[{\"op\":\"add\",\"path\":\"/a/1\",\"value\":2}]", "{\"a\":[1,2,3]}" },
	{ "{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/-\",\"value\":2}]", "{\"a\":[1,2]}" },
	{ "{\"x/y\":1,\"m~n\":2}", "[{\"op\":\"remove\",\"path\":\"/x~1y\"},"
		"{\"op\":\"replace\",\"path\":\"/m~0n\",\"value\":3}]", "{\"m~n\":3}" },
	{ "{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b\"},"
		"{\"op\":\"copy\",\"from\":\"/b\",\"path\":\"/c\"}]", "{\"b\":1,\"c\":1}" },
	{ "{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":1}]", "{\"a\":1}" },
	{ "{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":2}]", NULL, ERR_CONFLICT },
	{ "{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/b\",\"value\":2}]", NULL, ERR_PARSE },
	{ "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/b/c\"}]", NULL, ERR_PARSE },
	{ "{\"a\":1}", "{\"op\":\"remove\"}", NULL, ERR_PARSE },
};

static void test_json_patches(void **state)
{
	for (size_t i = 0; i < sizeof(json_patches) / sizeof(json_patches[0]); i++) {
		struct err e = ERR_INIT;
		json_t *t = parse(json_patches[i].target), *p = parse(json_patches[i].patch);
		json_t *out = patch_json(t, p, &e);
		if (json_patches[i].want)
			same(out, json_patches[i].want);
		else
			assert_null(out);
		assert_int_equal(e.kind, json_patches[i].kind);
		json_decref(t);
		json_decref(p);
	}
}

static const char pod[] =
	"{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\","
	"\"labels\":{\"app\":\"web\",\"n\":\"5\"}},"
	"\"spec\":{\"nodeName\":\"i-1\"},\"status\":{\"phase\":\"Running\"}}";

struct select_case {
	const char *labels, *fields;
	int want; /* -1: no selector at all */
};
static const struct select_case selects[] = {
	{ NULL, NULL, 1 },
	{ "app=web", NULL, 1 },
	{ "app==web,n=5", NULL, 1 },
	{ "app!=web", NULL, 0 },
	{ "other!=web", NULL, 1 },
	{ "app in (db, web)", NULL, 1 },
	{ "app notin (db,web)", NULL, 0 },
	{ "app", NULL, 1 },
	{ "!app", NULL, 0 },
	{ "!other", NULL, 1 },
	{ "n>4", NULL, 1 },
	{ "n<4", NULL, 0 },
	{ "app in web", NULL, -1 },
	{ "=x", NULL, -1 },
	{ NULL, "spec.nodeName=i-1", 1 },
	{ NULL, "spec.nodeName=,status.phase=Pending", 0 },
	{ NULL, "status.phase!=Pending,metadata.name=p", 1 },
	{ NULL, "spec.hostNetwork=false", 1 },
	{ NULL, "spec.containers=x", -1 },
};

static void test_selectors(void **state)
{
	json_t *j = parse(pod);
	for (size_t i = 0; i < sizeof(selects) / sizeof(selects[0]); i++) {
		struct err e = ERR_INIT;
		struct selection *s = selection_new(kube_resource(KUBE_PODS), selects[i].labels,
			selects[i].fields, &e);
		if (s ? selection_matches(s, j) != selects[i].want : selects[i].want != -1)
			fail_msg("%s | %s", selects[i].labels, selects[i].fields);
		assert_int_equal(err_is_set(&e), selects[i].want == -1);
		selection_free(s);
	}
	json_decref(j);
}

static void test_selector_objects(void **state)
{
	json_t *labels = parse("{\"a\":\"1\",\"b\":\"2\"}");
	json_t *yes = parse("{\"matchLabels\":{\"a\":\"1\"},\"matchExpressions\":[{\"key\":\"b\","
		"\"operator\":\"In\",\"values\":[\"2\",\"3\"]},{\"key\":\"c\",\"operator\":"
		"\"DoesNotExist\"}]}");
	json_t *no = parse("{\"matchExpressions\":[{\"key\":\"b\",\"operator\":\"NotIn\","
		"\"values\":[\"2\"]}]}");
	json_t *empty = parse("{}");
	assert_true(select_labels(yes, labels));
	assert_false(select_labels(no, labels));
	assert_true(select_labels(empty, labels));
	assert_false(select_labels(NULL, labels));
	assert_true(select_subset(NULL, labels));
	json_decref(labels);
	json_decref(yes);
	json_decref(no);
	json_decref(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patches),
		cmocka_unit_test(test_json_patches),
		cmocka_unit_test(test_selectors),
		cmocka_unit_test(test_selector_objects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
