/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One word of the k8s layer against a real server, for tests/real/k8s.sh:
 *
 *   k8s-driver [-k FILE] [-c CONTEXT] state SECONDS [UNTIL]  what the watches know, one line
 *              per thing, sorted; ends early once UNTIL (a line) is so
 *   k8s-driver ... cordon|uncordon NODE | taint|untaint NODE KEY VALUE EFFECT |
 *              label|annotate NODE KEY [VALUE] | evict NS POD UID | scale NS NAME N |
 *              set-env NS DAEMONSET CONTAINER NAME [VALUE] | restart NS DAEMONSET |
 *              patch deployment|pod NS NAME BODY | lower NS NAME RESOURCE QUANTITY |
 *              undo NS NAME |
 *              lease-get NS NAME | lease-put NS NAME HOLDER [VERSION] |
 *              lease-delete NS NAME [VERSION] | allowed | events NS NAME
 *
 * Exit: 0 done, 1 an error, whose kind and text are printed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "core/io/trace.h"
#include "k8s/k8s.h"

static struct {
	struct loop *loop;
	struct strmap *things; /* "pod ns/name" to its words */
	struct strmap *sync[OBS__COUNT]; /* seen since a list began; NULL: none is under way */
	struct source_status status;
	const char *until;
	size_t nodes, pods, observations;
	bool done;
	int result;
	char version[64];
} g;

static void key_words(const struct observation *o, char *key, size_t ks, char *words, size_t ws)
{
	*words = '\0';
	switch (o->kind) {
	case OBS_NODE: {
		const struct node *n = o->u.node;
		snprintf(key, ks, "node %s", n->name);
		snprintf(words, ws, "pods=%" PRId64 " cpu=%" PRId64 " mem=%" PRId64
			" unschedulable=%d taints=%zu ready=%d group=%s", n->alloc_pods,
			n->alloc_cpu_milli, n->alloc_memory, n->unschedulable, n->ntaints,
			n->ready, n->group ? n->group : "-");
		break;
	}
	case OBS_POD: {
		const struct pod *p = o->u.pod;
		snprintf(key, ks, "pod %s/%s", p->ns, p->name);
		snprintf(words, ws, "%s uid=%s node=%s owner=%s/%s cpu=%" PRId64 " sched=%s%s",
			pod_phase_name(p->phase), p->uid, p->node ? p->node : "-",
			p->owner_kind ? p->owner_kind : "-", p->owner_name ? p->owner_name : "-",
			p->shape ? p->shape->cpu_milli : -1,
			p->trouble->sched_reason ? p->trouble->sched_reason : "-", p->deletion ? " deleting" : "");
		break;
	}
	case OBS_DEPLOYMENT:
		snprintf(key, ks, "deployment %s/%s", o->u.deployment->ns, o->u.deployment->name);
		snprintf(words, ws, "%d", o->u.deployment->replicas);
		break;
	case OBS_DAEMONSET:
		snprintf(key, ks, "daemonset %s/%s", o->u.daemonset->ns, o->u.daemonset->name);
		snprintf(words, ws, "env=%zu", o->u.daemonset->nenv);
		break;
	case OBS_PDB:
		snprintf(key, ks, "pdb %s/%s", o->u.pdb->ns, o->u.pdb->name);
		snprintf(words, ws, "allowed=%d", o->u.pdb->disruptions_allowed);
		break;
	case OBS_EVENT:
		snprintf(key, ks, "event %s/%s %s", o->u.event->ns, o->u.event->name,
			o->u.event->uid);
		snprintf(words, ws, "%s at=%d %s", o->u.event->reason, o->u.event->at > 0,
			o->u.event->source);
		break;
	default:
		snprintf(key, ks, "?");
	}
}

static void sync_end(enum obs_kind kind)
{
	static const char *const prefixes[OBS__COUNT] = {
		[OBS_NODE] = "node ", [OBS_POD] = "pod ", [OBS_DEPLOYMENT] = "deployment ",
		[OBS_DAEMONSET] = "daemonset ", [OBS_PDB] = "pdb ", [OBS_EVENT] = "event ",
	};
	size_t pos = 0;
	const char *key;
	void *value;

	while (g.sync[kind] && strmap_next(g.things, &pos, &key, &value)) {
		if (str_starts(key, prefixes[kind]) && !strmap_get(g.sync[kind], key))
			strmap_remove(g.things, key);
	}
	strmap_free(g.sync[kind]);
	g.sync[kind] = NULL;
}

static void observe(void *ctx, const struct observation *o)
{
	char key[512], words[512];

	g.observations++;
	if (o->kind == OBS_SOURCE) {
		g.status = o->u.source->status;
		fprintf(stderr, "source: state %d %s %s\n", g.status.state, g.status.detail,
			g.status.why.text);
		return;
	}
	if (o->kind == OBS_SERVER) {
		snprintf(g.version, sizeof g.version, "%s",
			o->u.server->version ? o->u.server->version : "");
		fprintf(stderr, "server: %s hash %s cert %" PRId64 "\n", g.version,
			o->u.server->cni_addon_hash ? o->u.server->cni_addon_hash : "-",
			o->u.server->client_cert_expires);
		return;
	}
	if (o->verb == OBS_SYNC_BEGIN) {
		strmap_free(g.sync[o->kind]);
		g.sync[o->kind] = strmap_new(NULL);
		return;
	}
	if (o->verb == OBS_SYNC_END) {
		sync_end(o->kind);
		return;
	}
	key_words(o, key, sizeof key, words, sizeof words);
	if (g.sync[o->kind])
		strmap_set(g.sync[o->kind], key, &g);
	if (o->verb == OBS_GONE)
		strmap_remove(g.things, key);
	else
		strmap_set(g.things, key, xstrdup(words));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void things_print(void)
{
	char **lines = xcalloc(strmap_count(g.things) + 1, sizeof *lines);
	size_t n = 0, pos = 0;
	const char *key;
	void *value;

	while (strmap_next(g.things, &pos, &key, &value))
		lines[n++] = xasprintf("%s %s", key, (const char *)value);
	qsort(lines, n, sizeof *lines, by_name);
	for (size_t i = 0; i < n; i++) {
		puts(lines[i]);
		free(lines[i]);
	}
	free(lines);
}

static bool until(void *ctx)
{
	size_t pos = 0;
	const char *key;
	void *value;

	if (!g.until || g.status.state != SOURCE_LIVE)
		return false;
	if (str_eq(g.until, "live"))
		return true;
	while (strmap_next(g.things, &pos, &key, &value)) {
		char line[1100];
		snprintf(line, sizeof line, "%s %s", key, (const char *)value);
		if (str_glob(g.until, line))
			return true;
	}
	return false;
}

static void on_done(void *ctx, const struct err *e)
{
	g.done = true;
	g.result = e != NULL;
	if (e)
		printf("%s: %s%s%s\n", err_kind_name(e->kind), e->text, e->hint[0] ? " | " : "",
			e->hint);
}

static void on_lease(void *ctx, const struct kube_lease *l, const struct err *e)
{
	on_done(ctx, e);
	if (l)
		printf("%s %d %" PRId64 " %s\n", l->holder, l->duration_s, l->renewed,
			l->resource_version);
}

static bool is_done(void *ctx)
{
	return g.done;
}

static void allowed_print(struct kube *k)
{
	static const char *const words[] = {
		"?", "no", "yes",
	};
	for (int i = 0; i < KUBE_VERB__COUNT; i++) {
		const char *why;
		enum tri t = k->ops->allowed(k, (enum kube_verb_id)i, &why);
		printf("%d %s %s\n", i, words[t], why ? why : "");
	}
}

/* Starts one verb; false: no such verb. */
static bool verb_start(struct kube *k, char **v)
{
	const struct kube_ops *o = k->ops;

	if (str_eq(v[0], "cordon") || str_eq(v[0], "uncordon")) {
		o->cordon(k, v[1], v[0][0] == 'c', on_done, NULL);
	} else if (str_eq(v[0], "taint") || str_eq(v[0], "untaint")) {
		struct taint t = { v[2], v[3], v[4] };
		o->taint(k, v[1], &t, v[0][0] == 't', on_done, NULL);
	} else if (str_eq(v[0], "label")) {
		o->label(k, v[1], v[2], v[3], on_done, NULL);
	} else if (str_eq(v[0], "annotate")) {
		o->annotate(k, v[1], v[2], v[3], on_done, NULL);
	} else if (str_eq(v[0], "set-env")) {
		struct env_entry env = { .name = v[4], .value = v[5] };
		o->set_env(k, v[1], v[2], v[3], &env, 1, on_done, NULL);
	} else if (str_eq(v[0], "restart")) {
		o->restart(k, v[1], v[2], on_done, NULL);
	} else if (str_eq(v[0], "patch")) {
		o->patch(k, str_eq(v[1], "pod") ? "pods" : NULL, v[2], v[3], v[4], on_done, NULL);
	} else if (str_eq(v[0], "lower")) {
		o->lower_request(k, v[1], v[2], v[3], v[4], on_done, NULL);
	} else if (str_eq(v[0], "undo")) {
		o->undo(k, v[1], v[2], on_done, NULL);
	} else if (str_eq(v[0], "evict")) {
		o->evict(k, v[1], v[2], v[3], on_done, NULL);
	} else if (str_eq(v[0], "scale")) {
		int64_t n = 0;
		str_to_i64(v[3], 0, 100000, &n);
		o->scale(k, v[1], v[2], (int32_t)n, on_done, NULL);
	} else if (str_eq(v[0], "lease-get")) {
		o->get_lease(k, v[1], v[2], on_lease, NULL);
	} else if (str_eq(v[0], "lease-put")) {
		int64_t now = clock_wall(loop_clock(g.loop));
		struct kube_lease l = {
			.ns = v[1], .name = v[2], .holder = v[3], .duration_s = 60, .acquired = now,
			.renewed = now, .resource_version = v[4],
		};
		o->put_lease(k, &l, on_done, NULL);
	} else if (str_eq(v[0], "lease-delete")) {
		o->delete_lease(k, v[1], v[2], v[3], on_done, NULL);
	} else {
		return false;
	}
	return true;
}

static void source_run(struct k8s *k, char **v, int64_t ms)
{
	struct sink sink = { .observe = observe };
	struct source *s = k8s_source_new(k, &sink);

	if (str_eq(v[0], "events"))
		k8s_kube(k)->ops->watch_events(k8s_kube(k), v[1], v[2]);
	s->ops->start(s);
	loop_run_until(g.loop, until, NULL, ms);
	s->ops->stop(s);
	s->ops->free(s);
	if (str_eq(v[0], "allowed"))
		allowed_print(k8s_kube(k));
	else
		things_print();
	g.result = g.status.state != SOURCE_LIVE;
}

int main(int argc, char **argv)
{
	struct k8s_options o = { 0 };
	struct err e = ERR_INIT;
	struct clock clock;
	int opt;
	int64_t seconds = 3;

	while ((opt = getopt(argc, argv, "+k:c:")) != -1) {
		if (opt == 'k')
			o.kubeconfig = optarg;
		else if (opt == 'c')
			o.context = optarg;
		else
			return 2;
	}
	char **v = argv + optind;
	if (!*v)
		return 2;
	trace_open_from_env();
	clock_system(&clock, 1);
	g.loop = loop_new(&clock);
	g.things = strmap_new(free);
	struct http *h = http_new(g.loop);
	struct k8s *k = k8s_new(g.loop, h, &o, &e);
	if (!k) {
		on_done(NULL, &e);
	} else if (str_eq(v[0], "state") || str_eq(v[0], "allowed") || str_eq(v[0], "events")) {
		if (str_eq(v[0], "state")) {
			str_to_i64(v[1], 0, 3600, &seconds);
			g.until = v[1] ? v[2] : NULL;
		}
		source_run(k, v, seconds * 1000);
	} else if (!verb_start(k8s_kube(k), v)) {
		g.result = 2;
	} else if (!loop_run_until(g.loop, is_done, NULL, 30000)) {
		puts("timeout");
		g.result = 1;
	}
	struct http_stats st;
	http_get_stats(h, &st);
	fprintf(stderr, "http: %" PRIu64 " requests, %" PRIu64 " connections\n", st.requests,
		st.connections);
	k8s_free(k);
	http_free(h);
	strmap_free(g.things);
	for (size_t i = 0; i < OBS__COUNT; i++)
		strmap_free(g.sync[i]);
	loop_free(g.loop);
	trace_close();
	return g.result;
}
