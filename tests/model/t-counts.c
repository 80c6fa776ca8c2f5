/* SPDX-License-Identifier: Apache-2.0 */
/* What a pod costs the model: bytes, the same for the first and the last of many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/strs.h"
#include "core/model/model.h"
#include "core/model/slab.h"
#include "core/model/uid.h"

#define BYTES_A_POD 270 /* of a Deployment's pod with an address */
#define EACH 30         /* pods on a node */

static struct clock_fake fake = { .mono = 1000, .wall = 1795352645000 };
static struct clock clock_;

static void see_pod(struct model *m, size_t i)
{
	char uid[64], name[64], node[64], ip[32];
	snprintf(uid, sizeof uid, "%08zx-1c2d-4e3f-8a9b-%012zx", i * 2654435761u % 0xffffffffu, i);
	snprintf(name, sizeof name, "service-%04zu-%08zx-%05zu", i / 100, i / 100 * 7919, i % 100000);
	snprintf(node, sizeof node, "i-%017zx", i / EACH);
	snprintf(ip, sizeof ip, "100.%zu.%zu.%zu", 64 + i / 65536, i / 256 % 256, i % 256);
	char owner[32];
	snprintf(owner, sizeof owner, "service-%04zu", i / 100);
	struct label labels[] = { { "app", owner }, { "pod-template-hash", "5f6b" } };
	struct pod_shape shape = { .cpu_milli = 100, .memory = 64 << 20 };
	struct pod p = { .ns = "default", .name = name, .uid = uid, .node = node,
		.owner_kind = "Deployment", .owner_name = owner, .ip = ip, .shape = &shape,
		.labels = labels, .nlabels = 2, .phase = POD_RUNNING, .grace_s = 30,
		.flags = POD_READY | POD_SCHEDULED, .created = fake.wall };
	struct observation o = { .kind = OBS_POD, .verb = OBS_SEEN, .u.pod = &p };
	model_apply(m, &o);
}

static double bytes_each(size_t npods)
{
	struct model *m = model_new(&clock_);
	size_t empty = model_bytes(m), n;
	for (size_t i = 0; i < npods; i++) {
		see_pod(m, i);
	}
	model_pods(m, &n);
	assert_int_equal(n, npods);
	double each = (double)(model_bytes(m) - empty) / (double)npods;
	model_free(m);
	return each;
}

/* The tables double, so sizes are compared where they are filled alike. */
static void pods_cost_the_same(void **state)
{
	double few = bytes_each(1170), some = bytes_each(9375), many = bytes_each(75000),
	       most = bytes_each(150000);
	printf("%.0f %.0f %.0f %.0f bytes a pod\n", few, some, many, most);
	assert_true(most <= BYTES_A_POD);
	assert_true(some < few * 1.1 && many < some * 1.1 && most < many * 1.1);
	assert_true(some > few * 0.9 && many > some * 0.9 && most > many * 0.9);
}

static void a_pod_that_goes_leaves_its_room(void **state)
{
	struct model *m = model_new(&clock_);
	for (size_t i = 0; i < 3000; i++) {
		see_pod(m, i);
	}
	size_t full = model_bytes(m);
	for (size_t i = 3000; i < 30000; i++) {
		see_pod(m, i);
		size_t n;
		const struct m_pod *const *pods = model_pods(m, &n);
		struct pod gone = pods[0]->pod;
		char uid[UID_TEXT_SIZE];
		gone.uid = uid_text(gone.uid, uid);
		struct observation o = { .kind = OBS_POD, .verb = OBS_GONE, .u.pod = &gone };
		model_apply(m, &o);
	}
	assert_true(model_bytes(m) < full + full / 20);
	model_open_cluster(m, NULL);
	assert_true(model_bytes(m) < full / 4);
	model_free(m);
}

static void uids_come_back(void **state)
{
	static const char *const same[] = { "", "uid-1", "00000000-0000-0000-0000-00000000000",
		"00000000-0000-0000-0000-0000000000000", "A0000000-0000-0000-0000-000000000000",
		"0000000000000-0000-0000-0000000000-0", "\xc3\xa9t\xc3\xa9" };
	char packed[UID_PACKED_SIZE], text[UID_TEXT_SIZE], uid[64], last[UID_PACKED_SIZE] = "";
	for (unsigned long long i = 1; i < 20000; i++) {
		unsigned long long a = i * 0x9e3779b97f4a7c15u, b = a * 0xff51afd7ed558ccdu;
		snprintf(uid, sizeof uid, "%08llx-%04llx-%04llx-%04llx-%012llx", a >> 32,
			a >> 16 & 0xffff, a & 0xffff, b >> 48, b & 0xffffffffffffu);
		const char *p = uid_pack(uid, packed);
		assert_ptr_equal(p, packed);
		assert_int_equal(strlen(p), UID_PACKED_SIZE - 1);
		assert_string_not_equal(p, last);
		assert_string_equal(uid_text(p, text), uid);
		memcpy(last, packed, sizeof last);
	}
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		assert_ptr_equal(uid_pack(same[i], packed), same[i]);
		assert_ptr_equal(uid_text(same[i], text), same[i]);
	}
	assert_null(uid_pack(NULL, packed));
	assert_null(uid_text(NULL, text));
}

static void records_are_named(void **state)
{
	struct slab s = { .npieces = 0 };
	enum { N = 20000 };
	char **v = calloc(N, sizeof *v);
	size_t *sizes = calloc(N, sizeof *sizes);
	assert_int_equal(slab_ref(NULL), 0);
	assert_null(slab_at(&s, 0));
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = round; i < N; i += round + 1) {
			if (v[i]) {
				slab_give(&s, v[i], sizes[i]);
			}
			sizes[i] = (i * 7919 + round) % 500 + 1;
			v[i] = slab_take(&s, &sizes[i]);
			assert_int_equal(v[i][0] | v[i][sizes[i] - 1], 0);
			memset(v[i], (int)(i & 0xff), sizes[i]);
		}
	}
	for (size_t i = 0; i < N; i++) {
		assert_ptr_equal(slab_at(&s, slab_ref(v[i])), v[i]);
		assert_int_equal((unsigned char)v[i][0], i & 0xff);
		assert_int_equal((unsigned char)v[i][sizes[i] - 1], i & 0xff);
	}
	for (size_t i = 0; i < N; i++) {
		slab_give(&s, v[i], sizes[i]);
	}
	assert_int_equal(s.bytes, 0);
	slab_release(&s);
	free(v);
	free(sizes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pods_cost_the_same),
		cmocka_unit_test(a_pod_that_goes_leaves_its_room),
		cmocka_unit_test(uids_come_back),
		cmocka_unit_test(records_are_named),
	};
	clock_fake(&clock_, &fake);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
