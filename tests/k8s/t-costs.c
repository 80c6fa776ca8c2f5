/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a pod costs on its way from a protobuf list to the model: calls of malloc, the same
 * for each of many, and scratch that does not grow.
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
#include "core/base/xalloc.h"
#include "core/model/model.h"
#include "k8s/decode.h"
#include "k8s/stream.h"

static size_t calls;

/* Where nothing else stands in for malloc, every call is counted. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define COUNTED true
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
	calls++;
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	calls++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	calls++;
	return __libc_realloc(p, n);
}
#else
#define COUNTED false
#endif

#define SCRATCH_MAX (128u << 10)
#define CALLS_A_POD 0.2 /* records come from slabs, strings are shared */

static struct buf list = BUF_INIT;
static struct buf pod = BUF_INIT; /* the last of the list */

static bool on_element(void *ctx, const char *p, size_t n, struct err *e)
{
	buf_clear(&pod);
	return buf_add(&pod, p, n);
}

static void find_pod(void)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/tests/k8s/proto/pods.pb", srcdir ? srcdir : ".");
	struct err e = ERR_INIT;
	struct stream s;

	if (!file_read(path, &list, &e))
		fail_msg("%s", e.text);
	free(path);
	stream_init(&s, STREAM_LIST, 0, on_element, NULL);
	if (!stream_feed(&s, list.data, list.len, &e))
		fail_msg("%s", e.text);
	stream_release(&s);
	assert_true(pod.len > 0);
}

static void number_put(char *at, size_t len, const char *format, size_t i)
{
	char digits[32];

	snprintf(digits, sizeof(digits), format, i);
	assert_true(strlen(digits) <= len);
	memcpy(at + len - strlen(digits), digits, strlen(digits));
}

static char *find(char *in, size_t n, const char *what)
{
	char *at = memmem(in, n, what, strlen(what));

	assert_non_null(at);
	return at;
}

struct cost {
	double calls;
	size_t scratch;
};

/* n pods that differ in name and uid, as replicas do. */
static struct cost cost_of(size_t n)
{
	static struct clock_fake fake = { .mono = 1000, .wall = 1795352645000 };
	struct clock c;
	struct element el;
	struct err e = ERR_INIT;

	clock_fake(&c, &fake);
	struct model *m = model_new(&c);
	struct decoder *d = decoder_new();

	assert_true(decode_element(d, OBS_POD, pod.data, pod.len, &el, &e));
	char *name = xstrdup(el.u.pod.pod.name), *uid = xstrdup(el.u.pod.pod.uid);
	char *text = xmalloc(pod.len);

	memcpy(text, pod.data, pod.len);
	size_t before = calls;
	for (size_t i = 0; i < n; i++) {
		struct observation o;

		number_put(find(text, pod.len, name), strlen(name), "%06zu", i);
		number_put(name, strlen(name), "%06zu", i);
		number_put(find(text, pod.len, uid), strlen(uid), "%012zx", i);
		number_put(uid, strlen(uid), "%012zx", i);
		assert_true(decode_element(d, OBS_POD, text, pod.len, &el, &e));
		element_observation(&el, OBS_SEEN, &o);
		model_apply(m, &o);
	}
	struct cost cost = { (double)(calls - before) / (double)n, decoder_bytes(d) };
	size_t have;

	model_pods(m, &have);
	assert_int_equal(have, n);
	free(text);
	free(name);
	free(uid);
	decoder_free(d);
	model_free(m);
	return cost;
}

static void each_pod_costs_the_same(void **state)
{
	struct cost few = cost_of(1000), more = cost_of(2000), many = cost_of(50000);

	printf("%.3f %.3f %.3f calls of malloc a pod, %zu bytes of scratch\n", few.calls,
		more.calls, many.calls, many.scratch);
	assert_true(many.scratch <= SCRATCH_MAX);
	if (!COUNTED) {
		printf("calls of malloc are not counted here\n");
		return;
	}
	assert_true(many.calls <= CALLS_A_POD);
	assert_true(many.calls <= few.calls + 0.01 && more.calls <= few.calls + 0.01);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(each_pod_costs_the_same) };

	find_pod();
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	buf_release(&list);
	buf_release(&pod);
	return rc;
}
