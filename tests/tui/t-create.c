/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from the world's answers for a cluster that is to be created. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/xalloc.h"
#include "tui/create-judge.h"

struct scene {
	struct clock clock;
	struct clock_fake time;
	struct create_answer a[CREATE_ASK__COUNT];
	struct create_world w;
	struct create_plan p;
	struct create_findings f;
};

/* Everything answered, and well. */
static int scene_setup(void **state)
{
	static const char *const zones[] = { "eu-west-3a", "eu-west-3b", "eu-west-3c" };
	struct scene *s = xcalloc(1, sizeof(*s));
	clock_fake(&s->clock, &s->time);
	s->w = (struct create_world){ .model = model_new(&s->clock), .state = "s3://kops-state",
		.kops = "1.36.2", .kops_known = true };
	for (int i = 0; i < CREATE_ASK__COUNT; i++) {
		s->a[i].state = ANSWER_HERE;
		s->w.a[i] = &s->a[i];
	}
	for (size_t i = 0; i < 3; i++) {
		strlist_add(&s->a[CREATE_ASK_ZONES].items, zones[i]);
		strlist_add(&s->a[CREATE_ASK_CP_TYPE].items, zones[i]);
		strlist_add(&s->a[CREATE_ASK_NODE_TYPE].items, zones[i]);
	}
	strlist_add(&s->a[CREATE_ASK_VERSIONED].items, "Enabled");
	strlist_add(&s->a[CREATE_ASK_VPCS].items, "vpc-1 172.31.0.0/16");
	strlist_add(&s->a[CREATE_ASK_HOSTED].items, "mate.app. public");
	strlist_add(&s->a[CREATE_ASK_HOSTED].items, "in.mate.app. private");
	create_plan_init(&s->p);
	create_set(&s->p, CREATE_NAME, "prod.in.mate.app");
	create_set(&s->p, CREATE_ZONES, "eu-west-3a,eu-west-3b");
	*state = s;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *s = *state;
	for (int i = 0; i < CREATE_ASK__COUNT; i++) {
		strlist_release(&s->a[i].items);
	}
	create_plan_release(&s->p);
	create_findings_release(&s->f);
	model_free((struct model *)(uintptr_t)s->w.model);
	free(s);
	return 0;
}

/* Judged anew; the level of the finding that says this. */
static void scene_says(struct scene *s, enum create_level level, const char *text)
{
	create_findings_release(&s->f);
	create_judge(&s->w, &s->p, &s->f);
	for (size_t i = 0; i < s->f.n; i++) {
		if (strstr(s->f.v[i].text, text)) {
			if (s->f.v[i].level != level) {
				fail_msg("%s: %s", create_level_name(s->f.v[i].level),
					s->f.v[i].text);
			}
			return;
		}
	}
	fail_msg("nobody says: %s", text);
}

static void scene_fails(struct scene *s, enum create_ask ask, enum err_kind kind, const char *text)
{
	err_clear(&s->a[ask].err);
	err_set(&s->a[ask].err, kind, "%s", text);
}

static void test_fine(void **state)
{
	struct scene *s = *state;
	create_judge(&s->w, &s->p, &s->f);
	for (size_t i = 0; i < s->f.n; i++) {
		if (s->f.v[i].level != CREATE_OK && !strstr(s->f.v[i].text, "IAM")) {
			fail_msg("%s", s->f.v[i].text);
		}
	}
	assert_int_equal(s->f.n, 14);
}

static void test_bucket(void **state)
{
	struct scene *s = *state;
	scene_fails(s, CREATE_ASK_BUCKET, ERR_NOT_FOUND, "x");
	scene_says(s, CREATE_REFUSED, "aws s3 mb s3://kops-state");
	scene_fails(s, CREATE_ASK_BUCKET, ERR_DENIED, "x");
	scene_says(s, CREATE_REFUSED, "may not be read");
	scene_fails(s, CREATE_ASK_BUCKET, ERR_NETWORK, "no such host");
	scene_says(s, CREATE_UNKNOWN, "the state bucket: no such host");
	err_clear(&s->a[CREATE_ASK_BUCKET].err);
	scene_fails(s, CREATE_ASK_WRITABLE, ERR_DENIED, "S3 PutObject: Access Denied");
	scene_says(s, CREATE_REFUSED, "may not write");
	xreplace(&s->a[CREATE_ASK_VERSIONED].items.v[0], "Suspended");
	scene_says(s, CREATE_WARN, "keeps no versions");
	s->a[CREATE_ASK_VERSIONED].state = ANSWER_ASKED;
	scene_says(s, CREATE_UNKNOWN, "versioning: being asked");
	s->w.state = "file:///tmp/store";
	scene_says(s, CREATE_WARN, "the state store is a folder");
}

static void test_network(void **state)
{
	struct scene *s = *state;
	create_set(&s->p, CREATE_CIDR, "172.31.128.0/17");
	scene_says(s, CREATE_WARN, "overlaps vpc-1 172.31.0.0/16");
	/* 7 /28 blocks for 110 pods, as facts 2 has it, for a worker and a control plane. */
	scene_says(s, CREATE_OK, "2 nodes of 110 pods in a zone hold 14 blocks");
	create_set(&s->p, CREATE_CIDR, "10.0.0.0/23");
	/* a /24 has sixteen, the first and last of which AWS keeps parts of */
	scene_says(s, CREATE_OK, "hold 14 blocks of /28; its subnet, a /24, has 14");
	create_set(&s->p, CREATE_NODE_COUNT, "4");
	scene_says(s, CREATE_REFUSED, "hold 21 blocks of /28; its subnet, a /24, has 14");
	create_set(&s->p, CREATE_PREFIX, "off");
	create_set(&s->p, CREATE_MAX_PODS, "");
	/* by the formula of a t3.medium: 17 pods and the node's own address */
	scene_says(s, CREATE_OK, "3 nodes of 17 pods in a zone need 54 addresses; its subnet, a /24, "
		"has 251");
}

static void test_types(void **state)
{
	struct scene *s = *state;
	create_set(&s->p, CREATE_ZONES, "eu-west-3a,eu-west-3d");
	scene_says(s, CREATE_REFUSED, "the account has no zone eu-west-3d");
	scene_says(s, CREATE_REFUSED, "t3.medium is not offered in eu-west-3d");
	/* the one control plane goes into the first zone only */
	scene_says(s, CREATE_OK, "is offered where the control plane goes");
	create_set(&s->p, CREATE_NODE_SIZE, "m4.large");
	scene_says(s, CREATE_REFUSED, "m4.large takes no prefixes");
	create_set(&s->p, CREATE_NODE_SIZE, "zz9.large");
	scene_says(s, CREATE_UNKNOWN, "how many pods a zz9.large holds");
	create_set(&s->p, CREATE_NODE_SIZE, "t3.medium");
	create_set(&s->p, CREATE_MAX_PODS, "300");
	scene_says(s, CREATE_REFUSED, "addresses for 242 pods, not for 300");
	create_set(&s->p, CREATE_PREFIX, "off");
	create_set(&s->p, CREATE_MAX_PODS, "110");
	scene_says(s, CREATE_REFUSED, "addresses for 17 pods without prefixes, not for 110");
}

static void test_dns(void **state)
{
	struct scene *s = *state;
	create_set(&s->p, CREATE_DNS, "public");
	scene_says(s, CREATE_OK, "Route 53 has the zone mate.app.");
	scene_says(s, CREATE_UNKNOWN, "whether mate.app. is delegated");
	create_set(&s->p, CREATE_DNS, "private");
	scene_says(s, CREATE_OK, "the private zone in.mate.app.");
	create_set(&s->p, CREATE_NAME, "mate.app");
	scene_says(s, CREATE_REFUSED, "no private zone that mate.app lies in");
	create_set(&s->p, CREATE_NAME, "climate.app");
	create_set(&s->p, CREATE_DNS, "public");
	scene_says(s, CREATE_REFUSED, "no public zone that climate.app lies in");
	scene_fails(s, CREATE_ASK_HOSTED, ERR_DENIED, "not authorized");
	scene_says(s, CREATE_UNKNOWN, "Route 53's zones: not authorized");
}

static void test_may(void **state)
{
	struct scene *s = *state;
	scene_says(s, CREATE_OK, "EC2 lets you make networks");
	scene_fails(s, CREATE_ASK_MAY, ERR_DENIED, "x");
	scene_says(s, CREATE_REFUSED, "ec2:CreateVpc");
	scene_fails(s, (enum create_ask)(CREATE_ASK_MAY + 2), ERR_TIMEOUT, "no answer");
	scene_says(s, CREATE_UNKNOWN, "CreateVolume: no answer");
}

static void test_kops(void **state)
{
	struct scene *s = *state;
	struct err none = ERR_INIT;
	s->w.kops_known = false;
	scene_says(s, CREATE_UNKNOWN, "the version of kops: being asked");
	s->w.kops_known = true;
	s->w.kops = "";
	scene_says(s, CREATE_UNKNOWN, "the command is for 1.36");
	err_set(&none, ERR_NOT_FOUND, "there is no program kops");
	s->w.kops_err = &none;
	scene_says(s, CREATE_REFUSED, "there is no program kops: install it");
}

static void test_key(void **state)
{
	struct scene *s = *state;
	char path[] = "/tmp/t-create.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	create_set(&s->p, CREATE_SSH_KEY, path);
	scene_says(s, CREATE_WARN, "does not begin as a public key");
	assert_true(file_write(path, "ssh-ed25519 AAAA x\n", 19, 0600, NULL));
	scene_says(s, CREATE_OK, "the SSH key can be read");
	assert_true(file_write(path, "-----BEGIN OPENSSH PRIVATE KEY-----\n", 36, 0600, NULL));
	scene_says(s, CREATE_REFUSED, "is a private key");
	unlink(path);
	scene_says(s, CREATE_REFUSED, "the SSH key cannot be read");
}

#define T(f) cmocka_unit_test_setup_teardown(f, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_fine), T(test_bucket), T(test_network), T(test_types), T(test_dns),
		T(test_may), T(test_kops), T(test_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
