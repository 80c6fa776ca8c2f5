/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives aws/ from a shell, for tests against emulators and by hand:
 *   aws-drive look CLUSTER REGION        one look, every observation as a line
 *   aws-drive ls|cat URL PATH            a state store
 *   aws-drive put URL PATH TEXT [TAG]    TAG "-": must not exist
 *   aws-drive terminate|detach|deregister|desired REGION INSTANCE|- ASG|- [N]
 *   aws-drive records NAME               Route 53
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws.h"
#include "aws/route53.h"
#include "core/base/strs.h"
#include "core/io/trace.h"

struct drive {
	struct loop *loop;
	bool ended;
	int rc;
};

static bool drive_ended(void *ctx)
{
	return ((struct drive *)ctx)->ended;
}

static void drive_end(struct drive *d, const struct err *e)
{
	d->ended = true;
	d->rc = e ? 1 : 0;
	if (e) {
		printf("error %s: %s\n", err_kind_name(e->kind), e->text);
		printf("hint: %s\n", e->hint);
	}
}

#define S(x) ((x) ? (x) : "-")

static void see_asg(const struct asg *a)
{
	printf("asg %s group=%s %d/%d/%d template=%s:%" PRId64 " zones=%zu subnets=%zu tgs=%zu%s\n",
		a->name, S(a->group), a->min, a->desired, a->max, S(a->template_id),
		a->template_version, a->nzones, a->nsubnet_ids, a->ntarget_groups,
		a->mixed ? " mixed" : "");
}

static void see_instance(const struct instance *i)
{
	printf("instance %s group=%s asg=%s %s %s %s ip=%s state=%s lifecycle=%s "
	       "template=%s:%" PRId64 " detached=%d enis=%d ips=%d prefixes=%d launched=%" PRId64
	       "\n",
		i->id, S(i->group), S(i->asg), S(i->type), S(i->zone), S(i->subnet_id),
		S(i->private_ip), S(i->state), S(i->lifecycle), S(i->template_id),
		i->template_version, i->detached, i->enis, i->ips, i->prefixes, i->launched);
}

static void see_rest(const struct observation *o)
{
	if (o->kind == OBS_TYPE) {
		const struct instance_type *t = o->u.type;
		printf("type %s enis=%d ips=%d vcpus=%d mem=%" PRId64 " nitro=%d\n", t->name,
			t->max_enis, t->ips_per_eni, t->vcpus, t->memory_mib, t->nitro);
	} else if (o->kind == OBS_SUBNET) {
		const struct subnet *s = o->u.subnet;
		printf("subnet %s %s %s %s free=%" PRId64 " blocks=%" PRId64 "\n", s->id,
			S(s->name), S(s->zone), S(s->cidr), s->free_ips, s->free_blocks);
	} else if (o->kind == OBS_BALANCER) {
		const struct balancer *b = o->u.balancer;
		printf("balancer %s %s %s %s\n", b->name, S(b->dns), S(b->scheme), S(b->type));
	} else if (o->kind == OBS_IDENTITY) {
		const struct identity *i = o->u.identity;
		printf("identity %s %s by %s\n", i->account, i->arn, S(i->provider));
	}
}

static void see(void *ctx, const struct observation *o)
{
	if (o->kind == OBS_SOURCE) {
		const struct source_status *s = &o->u.source->status;
		printf("source state=%d %s\n", (int)s->state, s->detail);
		if (s->state == SOURCE_LIVE || s->state == SOURCE_FAILED) {
			drive_end(ctx, s->state == SOURCE_FAILED ? &s->why : NULL);
		}
	} else if (o->verb == OBS_SEEN && o->kind == OBS_ASG) {
		see_asg(o->u.asg);
	} else if (o->verb == OBS_SEEN && o->kind == OBS_INSTANCE) {
		see_instance(o->u.instance);
	} else if (o->verb == OBS_SEEN) {
		see_rest(o);
	}
}

static void on_list(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		printf("%s %" PRId64 " %" PRId64 "\n", v[i].name, v[i].size, v[i].modified);
	}
	drive_end(ctx, e);
}

static void on_get(void *ctx, const char *text, size_t len, const char *etag, const struct err *e)
{
	if (!e) {
		printf("%s\n%.*s", etag, (int)len, text);
	}
	drive_end(ctx, e);
}

static void on_put(void *ctx, const char *etag, const struct err *e)
{
	printf("tag %s\n", etag);
	drive_end(ctx, e);
}

static void on_done(void *ctx, const struct err *e)
{
	drive_end(ctx, e);
}

static void on_record(void *ctx, const struct dns_record *r)
{
	printf("%s %s %s\n", r->name, r->type, r->value);
}

static void drive_wait(struct drive *d)
{
	if (!loop_run_until(d->loop, drive_ended, d, 600000)) {
		printf("error: no end\n");
		d->rc = 1;
	}
}

static int drive_look(struct drive *d, struct aws *a, char **v)
{
	struct sink sink = { .observe = see, .ctx = d };
	struct source *s = aws_source_new(a, v[2], v[3], &sink);
	s->ops->start(s);
	drive_wait(d);
	s->ops->free(s);
	return d->rc;
}

static int drive_store(struct drive *d, struct aws *a, char **v, int n)
{
	struct err e = ERR_INIT;
	struct store *s = aws_store_new(a, v[2], &e);
	if (!s) {
		drive_end(d, &e);
		return d->rc;
	}
	if (str_eq(v[1], "ls")) {
		s->ops->list(s, v[3], on_list, d);
	} else if (str_eq(v[1], "cat")) {
		s->ops->get(s, v[3], on_get, d);
	} else {
		const char *tag = n > 5 ? (str_eq(v[5], "-") ? "" : v[5]) : NULL;
		s->ops->put(s, v[3], v[4], strlen(v[4]), tag, on_put, d);
	}
	drive_wait(d);
	s->ops->free(s);
	return d->rc;
}

static int drive_cloud(struct drive *d, struct aws *a, char **v, int n)
{
	struct cloud *c = aws_cloud_new(a, v[2]);
	int64_t size = 0;
	if (str_eq(v[1], "terminate")) {
		c->ops->terminate(c, v[3], on_done, d);
	} else if (str_eq(v[1], "detach")) {
		c->ops->detach(c, v[3], v[4], on_done, d);
	} else if (str_eq(v[1], "deregister")) {
		c->ops->deregister(c, v[3], v[4], on_done, d);
	} else {
		str_to_i64(n > 5 ? v[5] : "0", 0, 10000, &size);
		c->ops->set_desired(c, v[4], (int32_t)size, on_done, d);
	}
	drive_wait(d);
	aws_cloud_free(c);
	return d->rc;
}

static int drive_records(struct drive *d, struct aws *a, char **v)
{
	route53_list_start(a, v[2], on_record, on_done, d);
	drive_wait(d);
	return d->rc;
}

int main(int argc, char **argv)
{
	struct clock clock;
	struct drive d = { .rc = 2 };
	trace_open_from_env();
	clock_system(&clock, 1);
	d.loop = loop_new(&clock);
	struct http *h = http_new(d.loop);
	struct aws *a = aws_new(d.loop, h, NULL);
	if (argc == 4 && str_eq(argv[1], "look")) {
		drive_look(&d, a, argv);
	} else if (argc >= 4 &&
		   (str_eq(argv[1], "ls") || str_eq(argv[1], "cat") || str_eq(argv[1], "put"))) {
		drive_store(&d, a, argv, argc);
	} else if (argc >= 5) {
		drive_cloud(&d, a, argv, argc);
	} else if (argc == 3 && str_eq(argv[1], "records")) {
		drive_records(&d, a, argv);
	} else {
		fprintf(stderr, "usage: see the head of aws-drive.c\n");
	}
	aws_free(a);
	http_free(h);
	loop_free(d.loop);
	trace_close();
	return d.rc;
}
