/* SPDX-License-Identifier: Apache-2.0 */
/* The judge: hooks on everything a client can change, and the list of what was wrong. */
#include "lab/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/store.h"
#include "lab/server.h"
#include "lab/world.h"

#define VIOLATIONS_MAX 200
/* So long a client may not know of what chaos took away: longer than a watch may be dead. */
#define EXCUSED_MS (30 * 60000)
#define SEEN_MAX 64 /* versions of one file that were handed out */

struct file {
	char etag[33];          /* what is stored */
	struct strlist served;  /* etags that a client was given */
	struct strlist expects; /* lines of others */
};

struct lab_judge {
	struct world *w;
	const struct lab_request *rq; /* of the client in turn; NULL: nobody's */
	uint64_t checks;
	struct strmap *files;         /* struct file by key */
	struct strmap *excused;       /* int64_t vms by group */
	struct strmap *ended;         /* instance -> group */
	json_t *terminated, *edits, *violations;
};

static void judge_say(struct lab_judge *j, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void judge_say(struct lab_judge *j, const char *fmt, ...)
{
	va_list ap;
	if (json_array_size(j->violations) >= VIOLATIONS_MAX)
		return;
	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	json_array_append_new(j->violations, json_sprintf("%lld s: %s",
		(long long)(world_now(j->w) / 1000), text));
	fprintf(stderr, "kopscope-lab: VIOLATION: %s\n", text);
	free(text);
}

/* ---- stored specs ---- */

static bool key_is_spec(const char *key)
{
	const char *slash = strchr(key, '/');
	return slash && (str_eq(slash, "/config") || str_starts(slash, "/instancegroup/"));
}

static void file_free(void *p)
{
	struct file *f = p;
	strlist_release(&f->served);
	strlist_release(&f->expects);
	free(f);
}

static struct file *file_of(struct lab_judge *j, const char *key)
{
	struct file *f = strmap_get(j->files, key);
	if (!f) {
		f = xcalloc(1, sizeof(*f));
		strmap_set(j->files, key, f);
	}
	return f;
}

static bool etag_served(const struct file *f, const char *header)
{
	size_t n = strlen(header);
	char bare[40];
	if (n < 2 || n > sizeof(bare))
		return false;
	snprintf(bare, sizeof(bare), "%.*s", (int)(n - 2), header + 1);
	return strlist_has(&f->served, bare);
}

static void put_check(struct lab_judge *j, struct file *f, const char *key,
	const struct lab_object *o)
{
	const char *match = lab_request_header(j->rq, "If-Match");
	const char *none = lab_request_header(j->rq, "If-None-Match");
	j->checks++;
	if (!o)
		judge_say(j, "%s was deleted", key);
	else if (!match && !none)
		judge_say(j, "%s was written without a condition", key);
	else if (match && !etag_served(f, match))
		judge_say(j, "%s was overwritten in a version that was never read", key);
	for (size_t i = 0; o && i < f->expects.n; i++) {
		j->checks++;
		if (!strstr(o->data, f->expects.v[i]))
			judge_say(j, "%s lost another operator's line \"%s\"", key,
				f->expects.v[i]);
	}
	if (o)
		json_array_append_new(j->edits, json_pack("{s:s, s:s, s:s}", "key", key, "from",
			f->etag, "to", o->etag));
}

static void on_object(void *ctx, struct lab_bucket *b, const char *key)
{
	struct lab_judge *j = ctx;
	const struct lab_object *o = lab_object_get(b, key);
	if (!key_is_spec(key) || !str_eq(b->name, j->w->state_bucket))
		return;
	struct file *f = file_of(j, key);
	if (j->rq)
		put_check(j, f, key, o);
	snprintf(f->etag, sizeof(f->etag), "%s", o ? o->etag : "");
}

void judge_expect(struct lab_judge *j, const char *key, const char *line)
{
	if (!j)
		return;
	struct file *f = file_of(j, key);
	strlist_release(&f->expects); /* its latest edit replaces the one before */
	strlist_add(&f->expects, line);
}

/* "/BUCKET/KEY" that is about to be given out. */
static void read_note(struct lab_judge *j, const struct lab_request *rq)
{
	const struct lab_bucket *b = lab_bucket_find(j->w, j->w->state_bucket);
	size_t n = b ? strlen(b->name) : 0;
	if (!b || !str_eq(rq->method, "GET") || rq->path[0] != '/' ||
	    strncmp(rq->path + 1, b->name, n) != 0 || rq->path[n + 1] != '/')
		return;
	const char *key = rq->path + n + 2;
	const struct lab_object *o = key_is_spec(key) ? lab_object_get(b, key) : NULL;
	if (!o)
		return;
	struct file *f = file_of(j, key);
	if (f->served.n >= SEEN_MAX)
		strlist_release(&f->served);
	if (!strlist_has(&f->served, o->etag))
		strlist_add(&f->served, o->etag);
}

/* ---- nodes and instances ---- */

void judge_excuse(struct lab_judge *j, const char *group)
{
	if (!j)
		return;
	int64_t *at = xcalloc(1, sizeof(*at));
	*at = world_now(j->w);
	strmap_set(j->excused, group, at);
}

static bool group_excused(struct lab_judge *j, const char *group)
{
	const int64_t *at = strmap_get(j->excused, group);
	return at && world_now(j->w) - *at < EXCUSED_MS;
}

static bool instance_works(struct world *w, const struct lab_instance *i)
{
	struct lab_node n;
	return i->state == LAB_RUNNING && lab_node_get(w, i->id, &n) && n.ready &&
		!n.unschedulable;
}

/* Members of the control plane: how many there should be, how many run but for one. */
static void quorum_check(struct lab_judge *j, const struct lab_instance *gone)
{
	int32_t want = 0, left = 0;
	bool excused = false;
	for (size_t k = 0; k < j->w->n_asgs; k++) {
		const struct lab_asg *g = j->w->asgs[k];
		if (str_eq(g->role, "control-plane")) {
			want += g->desired;
			excused |= group_excused(j, g->group);
		}
	}
	for (size_t k = 0; k < j->w->n_instances; k++) {
		const struct lab_instance *i = j->w->instances[k];
		left += i != gone && str_eq(i->role, "control-plane") &&
			i->state == LAB_RUNNING && i->registered;
	}
	j->checks++;
	if (want >= 3 && left < want / 2 + 1 && !excused)
		judge_say(j, "ending %s leaves %d of %d of the control plane", gone->id, (int)left,
			(int)want);
}

/* One more of its group is taken away: the others must work, but for one. */
static void group_check(struct lab_judge *j, const struct lab_instance *gone, const char *act)
{
	const struct lab_asg *g = lab_asg_of_group(j->w, gone->group);
	int32_t works = 0;
	if (!g || group_excused(j, g->group))
		return;
	for (size_t k = 0; k < j->w->n_instances; k++) {
		const struct lab_instance *i = j->w->instances[k];
		works += i != gone && str_eq(i->group, gone->group) && instance_works(j->w, i);
	}
	j->checks++;
	if (works < g->desired - 1)
		judge_say(j, "%s of %s leaves %d of %d in %s", act, gone->id, (int)works,
			(int)g->desired, g->group);
}

void judge_terminate(struct lab_judge *j, const struct lab_instance *i)
{
	if (!j || !j->rq)
		return;
	j->checks++;
	if (strmap_get(j->ended, i->id))
		judge_say(j, "%s was terminated twice", i->id);
	strmap_set(j->ended, i->id, xstrdup(i->group));
	bool old = i->template && i->template_version < (int64_t)i->template->n;
	json_array_append_new(j->terminated, json_pack("{s:s, s:s, s:I, s:b, s:b, s:s}",
		"id", i->id, "group", i->group, "version", (json_int_t)i->template_version,
		"old", old, "detached", !i->asg, "state", lab_instance_state_name(i->state)));
	if (i->state != LAB_RUNNING && i->state != LAB_PENDING)
		return;
	if (str_eq(i->role, "control-plane"))
		quorum_check(j, i);
	group_check(j, i, "the end");
}

static bool node_cordoned(const json_t *node)
{
	return node && json_is_true(json_path(node, "spec.unschedulable"));
}

static void on_kube(void *ctx, const struct kube_event *e)
{
	struct lab_judge *j = ctx;
	if (!j->rq || e->res->id != KUBE_NODES || e->type != KUBE_MODIFIED ||
	    !node_cordoned(e->now) || node_cordoned(e->before))
		return;
	const struct lab_instance *i = lab_instance_find(j->w, e->name);
	if (i && i->state == LAB_RUNNING)
		group_check(j, i, "the cordon");
}

/* ---- all of it ---- */

void judge_begin(struct lab_judge *j, const struct lab_request *rq)
{
	if (!j)
		return;
	bool ours = str_starts(lab_request_header(rq, "User-Agent"), "kopscope");
	j->rq = ours ? rq : NULL;
	if (ours)
		read_note(j, rq);
}

void judge_end(struct lab_judge *j)
{
	if (j)
		j->rq = NULL;
}

struct lab_judge *judge_new(struct world *w)
{
	struct lab_judge *j = xcalloc(1, sizeof(*j));
	j->w = w;
	j->files = strmap_new(file_free);
	j->excused = strmap_new(free);
	j->ended = strmap_new(free);
	j->terminated = json_array();
	j->edits = json_array();
	j->violations = json_array();
	world_on_object(w, on_object, j);
	kube_listen(w->kube, on_kube, j);
	return j;
}

void judge_free(struct lab_judge *j)
{
	if (!j)
		return;
	strmap_free(j->files);
	strmap_free(j->excused);
	strmap_free(j->ended);
	json_decref(j->terminated);
	json_decref(j->edits);
	json_decref(j->violations);
	free(j);
}

void *judge_json(const struct lab_judge *j)
{
	return json_pack("{s:I, s:O, s:O, s:O}", "checks", (json_int_t)j->checks, "terminated",
		j->terminated, "edits", j->edits, "violations", j->violations);
}
