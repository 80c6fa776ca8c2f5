/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protobuf against JSON: bodies that a real API server (1.20.2) gave in both
 * encodings, and messages made here for what that server does not know yet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/decode.h"
#include "k8s/proto.h"
#include "k8s/status.h"
#include "k8s/stream.h"
#include "tests/k8s/dump.h"

static struct decoder *decoder;

/* ---- recorded bodies ---- */

struct body {
	enum obs_kind kind;
	bool watch;
	struct strlist dumps;
};

static bool on_element(void *ctx, const char *p, size_t n, struct err *e)
{
	struct body *b = ctx;
	struct element el;
	struct buf text = BUF_INIT;
	enum watch_type type = WATCH_ADDED;
	int code;
	/* As it comes: nothing stands behind it. */
	char *exact = malloc(n ? n : 1);

	if (n)
		memcpy(exact, p, n);
	bool ok = b->watch ? decode_watch(decoder, b->kind, exact, n, &type, &el, &code, e) :
		decode_element(decoder, b->kind, exact, n, &el, e);
	free(exact);
	if (!ok)
		return false;
	buf_addf(&text, "type %d\n", type);
	element_dump(&text, &el);
	strlist_take(&b->dumps, buf_detach(&text));
	return true;
}

static void body_load(const char *name, struct buf *out)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/tests/k8s/proto/%s", srcdir ? srcdir : ".", name);
	struct err e = ERR_INIT;

	if (!file_read(path, out, &e))
		fail_msg("%s", e.text);
	free(path);
}

/* In pieces of that size; what the list says of itself is a dump, too. */
static void body_read(struct body *b, const struct buf *raw, size_t piece, enum stream_form form)
{
	struct stream s;
	struct err e = ERR_INIT;

	stream_init(&s, b->watch ? STREAM_WATCH : STREAM_LIST, 0, on_element, b);
	for (size_t at = 0; at < raw->len; at += piece) {
		size_t n = raw->len - at < piece ? raw->len - at : piece;
		if (!stream_feed(&s, raw->data + at, n, &e))
			fail_msg("%s", e.text);
	}
	if (!stream_end(&s, &e))
		fail_msg("%s", e.text);
	assert_int_equal(s.form, form);
	strlist_add(&b->dumps, stream_resource_version(&s) ? stream_resource_version(&s) : "-");
	stream_release(&s);
}

static const struct {
	const char *name;
	enum obs_kind kind;
	bool watch;
	size_t elements;
} bodies[] = {
	{ "nodes", OBS_NODE, false, 1 },
	{ "pods", OBS_POD, false, 7 },
	{ "deployments", OBS_DEPLOYMENT, false, 2 },
	{ "daemonsets", OBS_DAEMONSET, false, 1 },
	{ "events", OBS_EVENT, false, 21 },
	{ "namespaces", OBS_SERVER, false, 4 },
	{ "poddisruptionbudgets", OBS_PDB, false, 3 },
	{ "persistentvolumeclaims", OBS_CLAIM, false, 2 },
	{ "persistentvolumes", OBS_VOLUME, false, 2 },
	{ "storageclasses", OBS_STORAGE_CLASS, false, 2 },
	{ "deployments-refused", OBS_DEPLOYMENT, false, 2 },
	{ "pods-ports", OBS_POD, false, 2 },
	{ "pods.watch", OBS_POD, true, 7 },
	{ "nodes.watch", OBS_NODE, true, 4 },
};

static void test_recorded(void **state)
{
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		static const size_t pieces[] = { 1, 7, 1000, 1000000 };
		char name[64];
		struct buf json = BUF_INIT, pb = BUF_INIT;
		struct body want = { .kind = bodies[i].kind, .watch = bodies[i].watch };

		print_message("# %s\n", bodies[i].name);
		snprintf(name, sizeof name, "%s.json", bodies[i].name);
		body_load(name, &json);
		snprintf(name, sizeof name, "%s.pb", bodies[i].name);
		body_load(name, &pb);
		body_read(&want, &json, 1000000, STREAM_JSON);
		assert_int_equal(want.dumps.n, bodies[i].elements + 1);
		if (want.watch)
			strlist_sort(&want.dumps);
		for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
			struct body got = { .kind = want.kind, .watch = want.watch };
			body_read(&got, &pb, pieces[k], STREAM_PROTO);
			assert_int_equal(got.dumps.n, want.dumps.n);
			/* A watch from 0 begins in any order. */
			if (want.watch)
				strlist_sort(&got.dumps);
			/* A list in JSON and one in protobuf were taken at two moments. */
			for (size_t j = want.watch; j + !want.watch < got.dumps.n; j++)
				assert_string_equal(got.dumps.v[j], want.dumps.v[j]);
			strlist_release(&got.dumps);
		}
		strlist_release(&want.dumps);
		buf_release(&json);
		buf_release(&pb);
	}
}

/* A body cut anywhere is no whole list, and no reading beyond it. */
static void test_cut(void **state)
{
	struct buf pb = BUF_INIT;

	body_load("namespaces.pb", &pb);
	for (size_t n = 1; n < pb.len; n++) {
		struct body b = { .kind = OBS_SERVER };
		struct stream s;
		struct err e = ERR_INIT;
		char *exact = malloc(n);

		memcpy(exact, pb.data, n);
		stream_init(&s, STREAM_LIST, 0, on_element, &b);
		bool ok = stream_feed(&s, exact, n, &e);
		/* Behind the list stand two empty fields: without them it is whole as well. */
		if (n < pb.len - 4)
			assert_false(ok && stream_end(&s, &e));
		stream_release(&s);
		strlist_release(&b.dumps);
		free(exact);
	}
	buf_release(&pb);
}

static void test_status(void **state)
{
	static const char *const names[] = { "status-404", "status-500" };

	for (size_t i = 0; i < 2; i++) {
		struct err want = ERR_INIT, got = ERR_INIT;
		struct kube_status a, b;
		struct buf json = BUF_INIT, pb = BUF_INIT;
		char name[64];

		snprintf(name, sizeof name, "%s.json", names[i]);
		body_load(name, &json);
		snprintf(name, sizeof name, "%s.pb", names[i]);
		body_load(name, &pb);
		kube_status_err(&want, 599, json.data, json.len, "ask", &a);
		kube_status_err(&got, 599, pb.data, pb.len, "ask", &b);
		assert_string_equal(got.text, want.text);
		assert_int_equal(got.kind, want.kind);
		assert_int_equal(b.code, a.code);
		assert_int_not_equal(b.code, 599);
		buf_release(&json);
		buf_release(&pb);
	}
}

/* ---- messages made here ---- */

static void put_varint(struct buf *b, uint64_t v)
{
	for (; v > 0x7f; v >>= 7)
		buf_addc(b, (char)(v | 0x80));
	buf_addc(b, (char)v);
}

static void put_number(struct buf *b, unsigned field, uint64_t v)
{
	put_varint(b, field << 3);
	put_varint(b, v);
}

static void put_text(struct buf *b, unsigned field, const char *text)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, strlen(text));
	buf_adds(b, text);
}

/* m becomes a field of b and is released. */
static void put(struct buf *b, unsigned field, struct buf *m)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, m->len);
	buf_add(b, m->data ? m->data : "", m->len);
	buf_release(m);
}

static void put_pair(struct buf *b, unsigned field, const char *key, const char *value)
{
	struct buf m = BUF_INIT;

	put_text(&m, 1, key);
	put_text(&m, 2, value);
	put(b, field, &m);
}

static void put_request(struct buf *resources, const char *key, const char *value)
{
	struct buf entry = BUF_INIT, quantity = BUF_INIT;

	put_text(&quantity, 1, value);
	put_text(&entry, 1, key);
	put(&entry, 2, &quantity);
	put(resources, 2, &entry);
}

static void same(enum obs_kind kind, struct buf *message, const char *json)
{
	struct element el;
	struct err e = ERR_INIT;
	struct buf want = BUF_INIT, got = BUF_INIT;

	if (!decode_element(decoder, kind, json, strlen(json), &el, &e))
		fail_msg("%s", e.text);
	element_dump(&want, &el);
	if (!decode_element(decoder, kind, message->data, message->len, &el, &e))
		fail_msg("%s", e.text);
	element_dump(&got, &el);
	assert_string_equal(buf_str(&got), buf_str(&want));
	buf_release(&want);
	buf_release(&got);
	buf_release(message);
}

static void put_meta(struct buf *b, const char *name)
{
	struct buf meta = BUF_INIT;

	put_text(&meta, 1, name);
	put_text(&meta, 3, "d");
	put_pair(&meta, 11, "app", "web");
	put(b, 1, &meta);
}

static void put_container(struct buf *spec, unsigned field, const char *cpu, const char *restart)
{
	struct buf c = BUF_INIT, resources = BUF_INIT;

	put_text(&c, 1, "c");
	put_request(&resources, "cpu", cpu);
	put(&c, 8, &resources);
	if (restart)
		put_text(&c, 24, restart);
	put(spec, field, &c);
}

/* What came to the API after 1.20: sidecars, gates, pod-level requests, terms' new fields. */
static void test_newer(void **state)
{
	struct buf pod = BUF_INIT, spec = BUF_INIT, gate = BUF_INIT, level = BUF_INIT;
	struct buf spread = BUF_INIT, selector = BUF_INIT, affinity = BUF_INIT, term = BUF_INIT;
	struct buf terms = BUF_INIT, none = BUF_INIT;

	put_meta(&pod, "p");
	put_container(&spec, 2, "100m", NULL);
	put_container(&spec, 20, "50m", "Always");
	put_container(&spec, 20, "120m", NULL);
	put_text(&gate, 1, "g");
	put(&spec, 38, &gate);
	put_request(&level, "memory", "1Gi");
	put(&spec, 40, &level);
	put_number(&spread, 1, 3);
	put_text(&spread, 2, "zone");
	put_text(&spread, 3, "DoNotSchedule");
	put_pair(&selector, 1, "app", "web");
	put(&spread, 4, &selector);
	put_number(&spread, 5, 2);
	put_text(&spread, 6, "Ignore");
	put_text(&spread, 7, "Honor");
	put_text(&spread, 8, "app");
	put_text(&spread, 8, "not-there");
	put(&spec, 33, &spread);
	put_text(&term, 3, "host");
	put(&term, 4, &none);
	put_text(&term, 5, "app");
	put(&terms, 1, &term);
	put(&affinity, 3, &terms);
	put(&spec, 18, &affinity);
	put(&pod, 2, &spec);
	same(OBS_POD, &pod, "{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"labels\":{\"app\":\"web\"}},"
		"\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"requests\":{\"cpu\":\"100m\"}}}],"
		"\"initContainers\":[{\"restartPolicy\":\"Always\",\"resources\":{\"requests\":{\"cpu\":\"50m\"}}},"
		"{\"resources\":{\"requests\":{\"cpu\":\"120m\"}}}],\"schedulingGates\":[{\"name\":\"g\"}],"
		"\"resources\":{\"requests\":{\"memory\":\"1Gi\"}},\"topologySpreadConstraints\":[{\"maxSkew\":3,"
		"\"topologyKey\":\"zone\",\"whenUnsatisfiable\":\"DoNotSchedule\",\"labelSelector\":{\"matchLabels\":"
		"{\"app\":\"web\"}},\"minDomains\":2,\"nodeAffinityPolicy\":\"Ignore\",\"nodeTaintsPolicy\":\"Honor\","
		"\"matchLabelKeys\":[\"app\",\"not-there\"]}],\"affinity\":{\"podAntiAffinity\":{"
		"\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"host\","
		"\"namespaceSelector\":{},\"matchLabelKeys\":[\"app\"]}]}}}}");
}

/* Nothing but a name, in each kind: unknown is never zero. */
static void test_bare(void **state)
{
	static const enum obs_kind kinds[] = {
		OBS_NODE, OBS_POD, OBS_DEPLOYMENT, OBS_DAEMONSET, OBS_PDB, OBS_EVENT, OBS_SERVER,
		OBS_CLAIM, OBS_VOLUME, OBS_STORAGE_CLASS,
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct buf m = BUF_INIT, meta = BUF_INIT;

		put_text(&meta, 1, "n");
		put(&m, 1, &meta);
		same(kinds[i], &m, "{\"metadata\":{\"name\":\"n\"}}");
	}
}

static void put_frame(struct buf *out, const char *type, const char *object, size_t n)
{
	struct buf frame = BUF_INIT, raw = BUF_INIT, envelope = BUF_INIT, unknown = BUF_INIT;

	put_varint(&unknown, 2 << 3 | 2);
	put_varint(&unknown, n);
	buf_add(&unknown, object, n);
	buf_add(&envelope, "k8s\0", 4);
	buf_add(&envelope, unknown.data, unknown.len);
	buf_release(&unknown);
	put(&raw, 1, &envelope);
	put_text(&frame, 1, type);
	put(&frame, 2, &raw);
	buf_add(out, frame.data, frame.len);
	buf_release(&frame);
}

static void test_frames(void **state)
{
	struct buf status = BUF_INIT, frame = BUF_INIT, mark = BUF_INIT, meta = BUF_INIT;
	struct element el;
	struct err e = ERR_INIT;
	enum watch_type type;
	int code = 0;

	put_text(&status, 3, "too old resource version");
	put_text(&status, 4, "Expired");
	put_number(&status, 6, 410);
	put_frame(&frame, "ERROR", status.data, status.len);
	assert_true(decode_watch(decoder, OBS_NODE, frame.data, frame.len, &type, &el, &code, &e));
	assert_int_equal(type, WATCH_ERROR);
	assert_int_equal(code, 410);
	assert_non_null(strstr(e.text, "too old resource version"));
	buf_clear(&frame);
	err_clear(&e);
	put_text(&meta, 6, "77");
	put(&mark, 1, &meta);
	put_frame(&frame, "BOOKMARK", mark.data, mark.len);
	assert_true(decode_watch(decoder, OBS_NODE, frame.data, frame.len, &type, &el, &code, &e));
	assert_int_equal(type, WATCH_BOOKMARK);
	assert_string_equal(el.resource_version, "77");
	buf_clear(&frame);
	put_frame(&frame, "SHOUTED", mark.data, mark.len);
	assert_false(decode_watch(decoder, OBS_NODE, frame.data, frame.len, &type, &el, &code, &e));
	assert_int_equal(e.kind, ERR_PARSE);
	buf_release(&status);
	buf_release(&frame);
	buf_release(&mark);
}

/* ---- the wire ---- */

static void test_varint(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		int used;
		uint64_t value;
	} cases[] = {
		{ "\x00", 1, 1, 0 },
		{ "\x7f\xff", 2, 1, 127 },
		{ "\x80\x01", 2, 2, 128 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, 10, UINT64_MAX },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, -1, 0 },
		{ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11, -1, 0 },
		{ "\x80\x80", 2, 0, 0 },
		{ "", 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t v = 0;
		assert_int_equal(proto_varint((const unsigned char *)cases[i].bytes, cases[i].n, &v),
			cases[i].used);
		assert_int_equal(v, cases[i].value);
	}
}

static void test_bad_messages(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = {
		{ "\x0a\x05" "ab", 4 },      /* shorter than it says */
		{ "\x0a", 1 },               /* no length */
		{ "\x0b", 1 },               /* a group */
		{ "\x02\x00", 2 },           /* field 0 */
		{ "\x08\x01", 2 },           /* metadata as a number */
		{ "\x0a\x02\x0a\x09", 4 },   /* a name beyond its message */
		{ "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 },
		{ "\x11\x00\x00", 3 },       /* half a fixed64 */
		{ "", 0 },                   /* no name */
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct element el;
		struct err e = ERR_INIT;
		assert_false(decode_element(decoder, OBS_POD, cases[i].bytes, cases[i].n, &el, &e));
		assert_int_equal(e.kind, ERR_PARSE);
	}
}

static bool feed_ok(enum stream_mode mode, const char *bytes, size_t n, size_t max)
{
	struct body b = { .kind = OBS_POD, .watch = mode == STREAM_WATCH };
	struct stream s;
	struct err e = ERR_INIT;

	stream_init(&s, mode, max, on_element, &b);
	bool ok = stream_feed(&s, bytes, n, &e) && stream_end(&s, &e);
	stream_release(&s);
	strlist_release(&b.dumps);
	return ok;
}

static void test_bad_streams(void **state)
{
	/* A list: envelope with an empty list is one; and each of these is none. */
	assert_true(feed_ok(STREAM_LIST, "k8s\0\x12\x00", 6, 0));
	assert_false(feed_ok(STREAM_LIST, "k8s\0", 4, 0));
	assert_false(feed_ok(STREAM_LIST, "k8t\0\x12\x00", 6, 0));
	assert_false(feed_ok(STREAM_LIST, "k8s\0\x12\x02\x12\x05zzz", 11, 0));
	assert_false(feed_ok(STREAM_LIST, "k8s\0\x12\x02\x92\x80", 8, 0));
	assert_false(feed_ok(STREAM_LIST, "k8s\0\x13", 5, 0));
	assert_false(feed_ok(STREAM_LIST, "k8s\0\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", 15, 0));
	/* An element over the cap, before it has come. */
	assert_false(feed_ok(STREAM_LIST, "k8s\0\x12\xff\x7f\x12\xfe\x70", 10, 1000));
	assert_false(feed_ok(STREAM_WATCH, "\x00\xff\xff\xff", 4, 1000));
	assert_false(feed_ok(STREAM_WATCH, "\x00\x00\x00\x02zz", 6, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_newer),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_varint),
		cmocka_unit_test(test_bad_messages),
		cmocka_unit_test(test_bad_streams),
	};
	decoder = decoder_new();
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	decoder_free(decoder);
	return rc;
}
