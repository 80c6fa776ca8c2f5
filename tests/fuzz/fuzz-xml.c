/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS's XML: the tree, every reader of an answer over it, and what is told of it when it is an
 * error.  What is read must be whole: each list's text is looked at to its end.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/autoscaling.h"
#include "aws/credentials.h"
#include "aws/ec2.h"
#include "aws/elbv2.h"
#include "aws/fault.h"
#include "aws/provider.h"
#include "aws/sts.h"
#include "tests/fuzz/harmless.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t bytes; /* keeps the reading of texts from being left out */

static void look(const char *text)
{
	bytes += text ? strlen(text) : 0;
}

static void on_instance(void *ctx, const struct instance *i)
{
	look(i->id);
	look(i->type);
	look(i->group);
}

static void on_type(void *ctx, const struct instance_type *t)
{
	look(t->name);
}

static void on_subnet(void *ctx, const struct subnet *s)
{
	look(s->id);
}

static void on_use(void *ctx, const struct block_use *u)
{
	bytes += sizeof(*u);
}

static void on_template(void *ctx, const struct launch_template *t)
{
	look(t->id);
	look(t->name);
}

static void on_asg(void *ctx, const struct asg_seen *g)
{
	look(g->version);
	for (size_t i = 0; i < g->nmembers; i++) {
		look(g->members[i].id);
	}
	for (size_t i = 0; i < g->nbalancers; i++) {
		look(g->balancers[i]);
	}
}

static void on_warm(void *ctx, const struct asg_member *m)
{
	look(m->id);
	look(m->lifecycle);
}

static void on_balancer(void *ctx, const char *arn, const struct balancer *b)
{
	look(arn);
}

static void on_text(void *ctx, const char *text)
{
	look(text);
}

static void on_target(void *ctx, const char *port, const char *state)
{
	look(port);
	look(state);
}

static void read_all(const struct xml_node *root)
{
	static const char *const results[] = { "AssumeRoleResult", "AssumeRoleWithWebIdentityResult" };
	struct arena *arena = arena_new();
	ec2_each_instance(root, arena, on_instance, NULL);
	ec2_each_type(root, arena, on_type, NULL);
	ec2_each_subnet(root, arena, on_subnet, NULL);
	ec2_each_use(root, arena, on_use, NULL);
	ec2_each_template(root, arena, on_template, NULL);
	const struct asg_seen pool = { .asg = { .name = "a" } };
	const char *group;
	autoscaling_each(root, "c.example", arena, on_asg, NULL);
	autoscaling_each_warm(root, &pool, arena, on_warm, NULL);
	look(autoscaling_trouble(root, arena, &group));
	look(group);
	elbv2_each_balancer(root, arena, on_balancer, NULL);
	arena_free(arena);
	elbv2_each_owned(root, "c.example", on_text, NULL);
	elbv2_each_target(root, "i-1", on_target, NULL);
	struct identity id = { .account = NULL };
	sts_read_identity(root, &id);
	for (size_t i = 0; i < 2; i++) {
		struct credentials c = { .access_key = NULL };
		if (provider_read_sts(&c, root, results[i]) && (!c.access_key || !c.secret_key)) {
			abort();
		}
		credentials_release(&c);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err bad = ERR_INIT, told = ERR_INIT;
	struct fault f;
	struct xml_doc *d = xml_parse((const char *)data, size, &bad);
	harmless_err(&bad);
	if (!d && !err_is_set(&bad)) {
		abort();
	}
	fault_read(&f, 400 + (int)(size % 200), d ? xml_root(d) : NULL);
	fault_remedy(&f);
	fault_err(&told, &f, "EC2", "DescribeInstances");
	harmless_err(&told);
	if (!err_is_set(&told)) {
		abort();
	}
	if (d) {
		read_all(xml_root(d));
	}
	xml_free(d);
	return 0;
}
