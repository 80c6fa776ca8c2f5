/* SPDX-License-Identifier: Apache-2.0 */
/* xalloc, buf, strs, arena, intern, strmap, base64, urlenc, err, stamp, clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/base64.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/mdoc.h"
#include "core/base/stamp.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"

static void test_xalloc(void **state)
{
	size_t cap = 0, used;
	int *v = NULL;
	char *s = xstrdup("one");

	assert_null(xstrdup(NULL));
	for (used = 0; used < 1000; used++) {
		v = xgrow(v, &cap, used, sizeof(*v));
		v[used] = (int)used;
	}
	assert_true(cap >= 1000);
	assert_int_equal(v[999], 999);
	xreplace(&s, s + 1);
	assert_string_equal(s, "ne");
	xreplace(&s, NULL);
	assert_null(s);
	free(v);
}

static void test_buf_cap(void **state)
{
	struct buf b;
	char *s;

	buf_init(&b, 10);
	assert_string_equal(buf_str(&b), "");
	assert_true(buf_adds(&b, "12345"));
	assert_true(buf_addf(&b, "%d", 67890));
	assert_int_equal(b.len, 10);
	assert_false(buf_addc(&b, 'x'));
	assert_true(b.failed);
	assert_string_equal(buf_str(&b), "1234567890");
	buf_drop_front(&b, 9);
	/* Failed stays failed, even with room. */
	assert_false(buf_addc(&b, 'x'));
	assert_string_equal(b.data, "0");
	buf_clear(&b);
	assert_true(buf_adds(&b, "again"));
	buf_drop_front(&b, 99);
	assert_int_equal(b.len, 0);
	s = buf_detach(&b);
	assert_string_equal(s, "");
	free(s);
	s = buf_detach(&b);
	assert_string_equal(s, "");
	free(s);
	assert_int_equal(b.max, 10);
	assert_true(buf_add(&b, NULL, 0));
	assert_non_null(b.data);
	buf_release(&b);
}

/* What was in it is nowhere in its memory once it is cleared; growing loses nothing. */
static void test_buf_secret(void **state)
{
	struct buf b = { .secret = true };
	const char *data;
	size_t i, cap;

	for (i = 0; i < 1000; i++)
		assert_true(buf_add(&b, "key", 3));
	assert_int_equal(b.len, 3000);
	for (i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], "key"[i % 3]);
	buf_drop_front(&b, 2999);
	assert_string_equal(buf_str(&b), "y");
	data = b.data;
	cap = b.cap;
	buf_clear(&b);
	assert_ptr_equal(b.data, data);
	for (i = 0; i < cap; i++)
		assert_int_equal(data[i], 0);
	buf_release(&b);
	assert_true(b.secret);
	assert_true(buf_adds(&b, "more"));
	buf_release(&b);
}

static void test_buf_grows(void **state)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < 100000; i++)
		assert_true(buf_addf(&b, "%zu,", i % 10));
	assert_int_equal(b.len, 200000);
	assert_int_equal(strlen(b.data), 200000);
	buf_release(&b);
}

static void test_strs(void **state)
{
	int64_t v = 7;

	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq("", NULL));
	assert_true(str_starts("kops.k8s.io/x", "kops."));
	assert_true(str_starts("a", NULL));
	assert_true(str_ends("a.yaml", ".yaml"));
	assert_false(str_ends("l", "yaml"));
	assert_true(str_ieq("Content-Type", "content-TYPE"));
	assert_false(str_ieq("a", "ab"));
	assert_true(str_icontains("Too Many Pods", "many"));
	assert_true(str_icontains("x", ""));
	assert_false(str_icontains("pod", "pods"));
	assert_true(str_to_i64("-12", -20, 20, &v));
	assert_int_equal(v, -12);
	assert_false(str_to_i64(" 1", 0, 9, &v));
	assert_false(str_to_i64("1 ", 0, 9, &v));
	assert_false(str_to_i64("", 0, 9, &v));
	assert_false(str_to_i64("+", 0, 9, &v));
	assert_false(str_to_i64("10", 0, 9, &v));
	assert_false(str_to_i64("99999999999999999999", 0, INT64_MAX, &v));
	assert_int_equal(v, -12);
}

static void test_hex_digit(void **state)
{
	assert_int_equal(str_hex_digit('0'), 0);
	assert_int_equal(str_hex_digit('f'), 15);
	assert_int_equal(str_hex_digit('A'), 10);
	assert_int_equal(str_hex_digit('g'), -1);
	assert_int_equal(str_hex_digit('\0'), -1);
}

static void test_natcmp(void **state)
{
	assert_true(str_natcmp("node-2", "node-10") < 0);
	assert_true(str_natcmp("node-10", "node-2") > 0);
	assert_true(str_natcmp("a", "b") < 0);
	assert_true(str_natcmp("a", "ab") < 0);
	assert_int_equal(str_natcmp("a1b", "a1b"), 0);
	assert_true(str_natcmp("ip-10-0-1-9", "ip-10-0-1-10") < 0);
	assert_true(str_natcmp("a01", "a1") != 0);
	assert_true(str_natcmp("a01", "a2") < 0);
	assert_true(str_natcmp("a00", "a0") == -str_natcmp("a0", "a00"));
	assert_int_equal(str_natcmp(NULL, ""), 0);
}

static void test_glob(void **state)
{
	assert_true(str_glob("*", ""));
	assert_true(str_glob("nodes-*", "nodes-ap-northeast-2a"));
	assert_false(str_glob("nodes-*", "node-a"));
	assert_true(str_glob("*a*b*c", "xxaxxbxxbxc"));
	assert_false(str_glob("*a*b*c", "xxaxxbxxbxcd"));
	assert_true(str_glob("a?c", "a\xc3\xa9" "c"));
	assert_false(str_glob("a?c", "ac"));
	assert_false(str_glob("", "a"));
	/* Exponential in a naive matcher. */
	assert_false(str_glob("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void test_path_part(void **state)
{
	const char *path = "metadata.annotations.[kops.k8s.io/needs-update].x", *part;
	struct strlist l = { .v = NULL };
	size_t n;

	while (str_path_part(&path, &part, &n))
		strlist_take(&l, xstrndup(part, n));
	assert_int_equal(l.n, 4);
	assert_string_equal(l.v[2], "kops.k8s.io/needs-update");
	assert_string_equal(l.v[3], "x");
	strlist_release(&l);
}

static void test_strlist(void **state)
{
	struct strlist l = { .v = NULL };

	strlist_split(&l, "b,,a", ',');
	assert_int_equal(l.n, 3);
	assert_string_equal(l.v[1], "");
	strlist_add(&l, NULL);
	strlist_sort(&l);
	assert_string_equal(l.v[2], "a");
	assert_true(strlist_has(&l, "b"));
	assert_false(strlist_has(&l, "c"));
	strlist_release(&l);
	assert_int_equal(l.n, 0);
}

static void test_arena(void **state)
{
	struct arena *a = arena_new();
	char *s = arena_strdup(a, "hello");
	size_t i, k;

	for (i = 1; i < 3000; i += 7) {
		unsigned char *p = arena_alloc(a, i);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (k = 0; k < i; k++)
			assert_int_equal(p[k], 0);
		memset(p, 0xff, i);
	}
	assert_string_equal(s, "hello");
	s = arena_strndup(a, "abcdef", 3);
	assert_string_equal(s, "abc");
	memset(arena_alloc(a, 1 << 20), 1, 1 << 20);
	assert_true(arena_bytes(a) > 1 << 20);
	arena_free(a);
	arena_free(NULL);
}

static void test_intern(void **state)
{
	struct intern *in = intern_new();
	const char *first = intern_str(in, "kube-system");
	char name[32];
	int i;

	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "pod-%d", i);
		intern_str(in, name);
	}
	assert_ptr_equal(intern_str(in, "kube-system"), first);
	assert_ptr_equal(intern_strn(in, "kube-system/x", 11), first);
	assert_ptr_equal(intern_str(in, "pod-4999"), intern_strn(in, "pod-49990", 8));
	assert_null(intern_str(in, NULL));
	assert_int_equal(intern_count(in), 5001);
	intern_free(in);
}

static int freed;

static void count_free(void *p)
{
	freed++;
	free(p);
}

static void test_strmap(void **state)
{
	struct strmap *m = strmap_new(count_free);
	const char *key;
	char name[32];
	size_t pos = 0, n = 0;
	void *value;
	int i, expected = 0;

	freed = 0;
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "k%d", i);
		strmap_set(m, name, xstrdup(name));
	}
	strmap_set(m, "k7", xstrdup("seven"));
	assert_int_equal(freed, 1);
	assert_string_equal(strmap_get(m, "k7"), "seven");
	assert_null(strmap_get(m, "nope"));
	while (strmap_next(m, &pos, &key, &value)) {
		snprintf(name, sizeof(name), "k%d", expected++);
		assert_string_equal(key, name);
		/* The entry just returned, by its own key. */
		if (expected % 2)
			assert_true(strmap_remove(m, key));
		n++;
	}
	assert_int_equal(n, 1000);
	assert_int_equal(strmap_count(m), 500);
	assert_null(strmap_get(m, "k0"));
	assert_false(strmap_remove(m, "k0"));
	for (i = 0; i < 100000; i++) {
		strmap_set(m, "churn", xstrdup("x"));
		assert_true(strmap_remove(m, "churn"));
	}
	assert_string_equal(strmap_get(m, "k999"), "k999");
	strmap_free(m);
	assert_int_equal(freed, 1 + 1000 + 100000);
}

static void test_base64(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	static const char *const bad[] = { "Z", "Zg=", "Zg", "Z===", "Zm9v!", "Zh==", "Zg==Zg==" };
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		buf_clear(&b);
		base64_encode(&b, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(buf_str(&b), pairs[i][1]);
		buf_clear(&b);
		assert_true(base64_decode(&b, pairs[i][1], strlen(pairs[i][1])));
		assert_string_equal(buf_str(&b), pairs[i][0]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(base64_decode(&b, bad[i], strlen(bad[i])));
	buf_clear(&b);
	assert_true(base64_decode(&b, "Zm9v\r\n YmFy\n", 12));
	assert_string_equal(buf_str(&b), "foobar");
	buf_release(&b);
}

static void test_url(void **state)
{
	struct buf b = BUF_INIT;

	url_encode(&b, "a b/\xc3\xa9~-_.", false);
	assert_string_equal(buf_str(&b), "a%20b%2F%C3%A9~-_.");
	buf_clear(&b);
	url_encode(&b, "/a b", true);
	assert_string_equal(buf_str(&b), "/a%20b");
	buf_clear(&b);
	url_decode(&b, "a%20b+%zz%4", 11, true);
	assert_string_equal(buf_str(&b), "a b %zz%4");
	buf_release(&b);
}

static void test_err(void **state)
{
	struct err e = ERR_INIT, copy = ERR_INIT;
	char big[2000];
	size_t i;

	assert_false(err_set(NULL, ERR_IO, "x"));
	assert_false(err_is_set(&e));
	assert_false(err_wrap(&e, "nothing to wrap"));
	assert_false(err_is_set(&e));
	assert_false(err_errno(&e, 2, "cannot read %s", "f"));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	assert_string_equal(e.text, "cannot read f: No such file or directory");
	err_set(&e, ERR_IO, "second");
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	err_wrap(&e, "cluster %s", "c");
	assert_string_equal(e.text, "cluster c: cannot read f: No such file or directory");
	err_hint(&e, "first");
	err_hint(&e, "second");
	assert_string_equal(e.hint, "first");
	err_copy(&copy, &e);
	assert_string_equal(copy.text, e.text);
	err_clear(&e);
	/* Two bytes a letter, cut in the middle of one. */
	for (i = 0; i + 2 < sizeof(big); i += 2)
		memcpy(big + i, "\xc3\xa9", 3);
	err_set(&e, ERR_PARSE, "%s", big);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 2);
	assert_string_equal(err_kind_name(ERR_NOT_FOUND), "not-found");
}

static void test_stamp(void **state)
{
	char s[40];

	assert_int_equal(stamp_parse("1970-01-01T00:00:01Z"), 1000);
	assert_int_equal(stamp_parse("2026-11-22T13:04:17Z"), 1795352657000);
	assert_int_equal(stamp_parse("2026-11-22T13:04:17.123456Z"), 1795352657123);
	assert_int_equal(stamp_parse("2026-11-22T22:04:17+09:00"), 1795352657000);
	assert_int_equal(stamp_parse("2024-02-29T00:00:00Z"), 1709164800000);
	assert_int_equal(stamp_parse("2026-11-22"), 0);
	assert_int_equal(stamp_parse("2026-13-22T13:04:17Z"), 0);
	assert_int_equal(stamp_parse("2026-11-22T13:04:17"), 0);
	assert_int_equal(stamp_parse("2026-11-22T13:04:17Zx"), 0);
	assert_int_equal(stamp_parse(NULL), 0);
	stamp_format(s, 1795352657123, false);
	assert_string_equal(s, "2026-11-22T13:04:17Z");
	stamp_format(s, 1795352657123, true);
	assert_string_equal(s, "2026-11-22T13:04:17.123000Z");
	stamp_amz(s, 1795352657123);
	assert_string_equal(s, "20261122T130417Z");
}

static void test_duration(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{ -1, "?" }, { 0, "0s" }, { 77400, "77s" }, { 119999, "119s" }, { 120000, "2m" },
		{ 250000, "4m10s" }, { 7800000, "2h10m" }, { 86400000, "24h" }, { 259200000, "3d" },
		{ 270000000, "3d3h" },
	};
	char s[40];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stamp_duration(s, sizeof(s), rows[i].ms);
		assert_string_equal(s, rows[i].text);
	}
}

/* kubectl's AGE, but that what is young does not become another each second. */
static void test_age(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} rows[] = {
		{ 0, "0s" }, { 9, "9s" }, { 10, "10s" }, { 14, "10s" }, { 77, "75s" },
		{ 119, "115s" }, { 120, "2m" }, { 250, "4m" }, { 599, "9m" }, { 600, "10m" },
		{ 10799, "179m" }, { 10800, "3h" }, { 11100, "3h5m" }, { 28799, "7h59m" },
		{ 28800, "8h" }, { 172799, "47h" }, { 172800, "2d" }, { 183600, "2d3h" },
		{ 691199, "7d23h" }, { 691200, "8d" }, { 63071999, "729d" }, { 63072000, "2y" },
		{ 96336000, "3y20d" }, { 252288000, "8y" }, { 9000000000LL, "285y" },
	};
	char s[40];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stamp_age(s, sizeof(s), rows[i].s * 1000);
		assert_string_equal(s, rows[i].text);
	}
	stamp_age(s, sizeof(s), -1);
	assert_string_equal(s, "?");
}

static void test_clock(void **state)
{
	struct clock_fake f = { .mono = 5, .wall = 100000 };
	struct clock c, copy;
	int64_t a, b;

	clock_fake(&c, &f);
	assert_int_equal(clock_mono(&c), 5);
	assert_int_equal(clock_age(&c, 0), -1);
	assert_int_equal(clock_age(&c, 40000), 60000);
	assert_int_equal(clock_age(&c, 200000), 0);
	c.scale = 10;
	assert_int_equal(clock_age(&c, 99000), 10000);
	clock_system(&c, 30.0);
	copy = c;
	memset(&c, 0, sizeof(c));
	a = clock_mono(&copy);
	b = clock_mono(&copy);
	assert_true(b >= a);
	assert_true(clock_wall(&copy) > 1600000000000);
	clock_system(&c, 1.0);
	a = clock_mono(&c) * 30;
	b = clock_mono(&copy);
	assert_true(b - a < 30 * 1000 && a - b < 30 * 1000);
}

/* No line of a text is a request, and no character means something to the formatter. */
static void test_mdoc(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "Plain words.", "Plain words.\n" },
		{ "One. Two! Three", "One.\nTwo!\nThree\n" },
		{ ".Sh \\fB \"x\"", "\\&.Sh \\efB \\(dqx\\(dq\n" },
		{ "~ ^ ` it's --set", "\\(ti \\(ha \\(ga it\\(aqs \\-\\-set\n" },
		{ "well-known -x", "well-known \\-x\n" },
		{ " \n ", "" },
		{ "ends in blanks  \n", "ends in blanks\n" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;
		mdoc_text(&out, rows[i].text);
		assert_string_equal(buf_str(&out), rows[i].want);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xalloc), cmocka_unit_test(test_buf_cap),
		cmocka_unit_test(test_buf_grows),
		cmocka_unit_test(test_buf_secret), cmocka_unit_test(test_strs),
		cmocka_unit_test(test_hex_digit), cmocka_unit_test(test_natcmp), cmocka_unit_test(test_glob),
		cmocka_unit_test(test_path_part), cmocka_unit_test(test_strlist),
		cmocka_unit_test(test_arena), cmocka_unit_test(test_intern),
		cmocka_unit_test(test_strmap), cmocka_unit_test(test_base64),
		cmocka_unit_test(test_url), cmocka_unit_test(test_err),
		cmocka_unit_test(test_stamp), cmocka_unit_test(test_duration), cmocka_unit_test(test_age),
		cmocka_unit_test(test_clock), cmocka_unit_test(test_mdoc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
