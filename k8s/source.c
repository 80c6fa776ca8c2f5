/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cluster as observations: watches of nodes, pods, kube-system's DaemonSets
 * and annotation, Deployments and PodDisruptionBudgets, the server's version,
 * the events of one object on demand, and claims, volumes and storage classes
 * from when a waiting pod has claims.
 *
 * Nodes and pods decide what is said of the source: live when both are known,
 * failed while either cannot be had.  The others only add a word: many users
 * may not read them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"
#include "k8s/decode.h"
#include "k8s/heartbeat.h"
#include "k8s/impl.h"
#include "k8s/k8s.h"
#include "k8s/sched-lease.h"
#include "k8s/watch.h"

/* How often, at most, "live" is said again while things arrive, in mono ms. */
#define SAY_AGAIN_MS 5000
/* How long a warning of the server stands beside "watching". */
#define WARNING_MS 60000

enum { W_NODES, W_PODS, W_DAEMONSETS, W_DEPLOYMENTS, W_NAMESPACE, W_PDBS, W_EVENTS,
	W_CLAIMS, W_VOLUMES, W_CLASSES, W__COUNT };

static const struct resource {
	enum obs_kind kind;
	const char *name, *path, *select;
} resources[W__COUNT] = {
	[W_NODES] = { OBS_NODE, "nodes", "/api/v1/nodes", NULL },
	[W_PODS] = { OBS_POD, "pods", "/api/v1/pods", NULL },
	[W_DAEMONSETS] = {
		OBS_DAEMONSET, "DaemonSets", "/apis/apps/v1/namespaces/kube-system/daemonsets",
		NULL,
	},
	[W_DEPLOYMENTS] = { OBS_DEPLOYMENT, "Deployments", "/apis/apps/v1/deployments", NULL },
	[W_NAMESPACE] = {
		OBS_SERVER, "the namespace kube-system", "/api/v1/namespaces",
		"fieldSelector=metadata.name%3Dkube-system",
	},
	[W_PDBS] = { OBS_PDB, "PodDisruptionBudgets", NULL, NULL }, /* path by discovery */
	[W_EVENTS] = { OBS_EVENT, "events", NULL, NULL },           /* on demand */
	[W_CLAIMS] = { OBS_CLAIM, "volume claims", NULL, NULL },    /* and these three */
	[W_VOLUMES] = { OBS_VOLUME, "volumes", NULL, NULL },
	[W_CLASSES] = { OBS_STORAGE_CLASS, "storage classes", NULL, NULL },
};

struct slot {
	struct k8s_source *source;
	size_t index;
};

struct k8s_source {
	struct source source; /* first */
	struct k8s *k;
	struct sink sink;
	struct decoder *decoder;
	struct watch *watches[W__COUNT];
	struct slot slots[W__COUNT];
	struct kube_call *version_call, *policy_call;
	struct loop_timer *policy_timer, *volumes_timer;
	struct sched_lease *sched_lease;
	int64_t scheduler_read, scheduler_renewed;
	struct heartbeat *heartbeat;
	enum pace pace;
	char warning[80]; /* the server's last one, shown a while */
	int64_t warning_at; /* mono */
	char *version, *cni_hash;
	char *addons_said;   /* the addons below as one text, to notice a change */
	struct arena *arena; /* theirs; NULL: none yet */
	struct addon_applied *addons;
	size_t naddons;
	char *events_ns, *events_name;
	bool running, had_reviews;
	bool was_failed; /* since it was last live */
	enum source_state said;
	char said_detail[96];
	char said_why[sizeof ((struct err *)0)->text];
	int64_t said_at; /* mono */
};

static int64_t mono(const struct k8s_source *s)
{
	return clock_mono(loop_clock(s->k->loop));
}

static int64_t wall(const struct k8s_source *s)
{
	return clock_wall(loop_clock(s->k->loop));
}

/* ---- what is said about the source itself ---- */

static void server_say(struct k8s_source *s)
{
	const struct kube_server server = {
		.version = s->version, .url = s->k->conn.server, .context = s->k->conn.context,
		.cni_addon_hash = s->cni_hash, .addons = s->addons, .naddons = s->naddons,
		.client_cert_expires = kube_client_cert_expires(s->k->client),
		.scheduler_read = s->scheduler_read, .scheduler_renewed = s->scheduler_renewed,
	};
	sink_observe(&s->sink, &(struct observation){
		.kind = OBS_SERVER, .verb = OBS_SEEN, .u.server = &server,
	});
}

static const struct watch *away(const struct k8s_source *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (s->watches[i] && watch_state(s->watches[i]) == WATCH_AWAY)
			return s->watches[i];
	}
	return NULL;
}

/* Rounded, so that a long list is not a stream of changes: 873 is "800", 4,321 "4,000". */
static size_t listed_round(size_t n)
{
	size_t unit = 1;

	while (n / unit >= 10)
		unit *= 10;
	return n / unit * unit;
}

/* They were asked for, and some neither came nor were refused yet. */
static bool under_way(const struct k8s_source *s, size_t from, size_t to)
{
	bool waits = false;

	for (size_t i = from; i < to; i++)
		waits = waits || (s->watches[i] && !watch_synced(s->watches[i]) &&
			watch_state(s->watches[i]) != WATCH_AWAY);
	return waits;
}

static enum source_state state_find(const struct k8s_source *s, char *detail, size_t size,
	const struct err **why)
{
	const struct watch *bad = away(s, W_NODES, W_PODS + 1);

	detail[0] = '\0';
	if (bad) {
		*why = watch_why(bad);
		return SOURCE_FAILED;
	}
	if (!watch_synced(s->watches[W_NODES]) || !watch_synced(s->watches[W_PODS])) {
		size_t n = listed_round(watch_listed(s->watches[W_PODS]));
		if (n >= 100)
			snprintf(detail, size, "syncing, %zu pods so far", n);
		else
			snprintf(detail, size, "syncing");
		return SOURCE_ASKED;
	}
	/* Who looks once looks with all that was asked for, answered or refused; later each may
	   come when it comes. */
	if (s->said != SOURCE_LIVE && (s->version_call || s->policy_call || s->volumes_timer ||
		under_way(s, W_DAEMONSETS, W_EVENTS) || under_way(s, W_CLAIMS, W__COUNT))) {
		snprintf(detail, size, "syncing Deployments, budgets and claims");
		return SOURCE_ASKED;
	}
	bad = away(s, W_DAEMONSETS, W_EVENTS);
	if (s->warning[0] && mono(s) - s->warning_at < WARNING_MS)
		snprintf(detail, size, "watching, %s", s->warning);
	else if (bad)
		snprintf(detail, size, "watching, %.70s", watch_why(bad)->text);
	else
		snprintf(detail, size, "watching");
	return SOURCE_LIVE;
}

static void source_say(struct k8s_source *s)
{
	const struct err *why = NULL;
	char detail[sizeof s->said_detail];
	enum source_state state = state_find(s, detail, sizeof detail, &why);
	int64_t now = mono(s);
	bool same = state == s->said && str_eq(detail, s->said_detail) &&
		(!why || str_eq(why->text, s->said_why));
	bool again = state == SOURCE_LIVE && now - s->said_at >= SAY_AGAIN_MS;

	if (same && !again)
		return;
	s->said = state;
	s->said_at = now;
	memcpy(s->said_detail, detail, sizeof detail);
	snprintf(s->said_why, sizeof s->said_why, "%s", why ? why->text : "");
	if (state == SOURCE_FAILED)
		sink_source_failed(&s->sink, SRC_KUBE, wall(s), why);
	else if (state == SOURCE_LIVE)
		sink_source_live(&s->sink, SRC_KUBE, wall(s), detail);
	else
		sink_source_asked(&s->sink, SRC_KUBE, wall(s), detail);
}

/* ---- watches ---- */

static const char *kept(struct arena *a, const char *text)
{
	return text ? arena_strdup(a, text) : NULL;
}

/* True when they are others than before. */
static bool keep_addons(struct k8s_source *s, const struct addon_applied *v, size_t n)
{
	struct buf said = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_addf(&said, "%s %s %s %s\n", v[i].name, v[i].id ? v[i].id : "",
			v[i].version ? v[i].version : "", v[i].hash ? v[i].hash : "");
	bool same = str_eq(buf_str(&said), s->addons_said);
	if (!same) {
		xreplace(&s->addons_said, buf_str(&said));
		arena_free(s->arena);
		s->arena = arena_new();
		s->addons = n ? arena_alloc(s->arena, n * sizeof *v) : NULL;
		s->naddons = n;
		for (size_t i = 0; i < n; i++)
			s->addons[i] = (struct addon_applied){
				.name = kept(s->arena, v[i].name), .id = kept(s->arena, v[i].id),
				.version = kept(s->arena, v[i].version),
				.hash = kept(s->arena, v[i].hash) };
	}
	buf_release(&said);
	return !same;
}

static void on_namespace(struct k8s_source *s, enum obs_verb verb, const struct element *el)
{
	const char *hash = verb == OBS_SEEN ? el->u.ns.cni_addon_hash : NULL;

	if (!str_eq(el->u.ns.name, "kube-system"))
		return;
	bool others = keep_addons(s, el->u.ns.addons, verb == OBS_SEEN ? el->u.ns.naddons : 0);
	if (!others && str_eq(hash, s->cni_hash))
		return;
	xreplace(&s->cni_hash, hash);
	server_say(s);
}

static void volumes_begin(void *ctx);

/* Whoever has no pod that waits with a claim never asks for claims and volumes. */
static void volumes_want(struct k8s_source *s, enum obs_verb verb, const struct pod *p)
{
	if (verb == OBS_SEEN && p->phase == POD_PENDING && !p->node && p->shape->nclaims &&
	    !s->watches[W_CLAIMS] && !s->volumes_timer)
		s->volumes_timer = loop_timer_add(s->k->loop, 0, volumes_begin, s);
}

static void on_element(void *ctx, enum obs_verb verb, const struct element *el)
{
	struct slot *slot = ctx;
	struct k8s_source *s = slot->source;
	struct observation o = { .kind = resources[slot->index].kind, .verb = verb };

	if (slot->index == W_NAMESPACE) {
		if (el)
			on_namespace(s, verb, el);
		return;
	}
	if (el)
		element_observation(el, verb, &o);
	sink_observe(&s->sink, &o);
	if (slot->index != W_PODS)
		return;
	sched_lease_pod(s->sched_lease, verb, el ? &el->u.pod.pod : NULL);
	if (!el)
		return;
	volumes_want(s, verb, &el->u.pod.pod);
	if (!watch_synced(s->watches[W_PODS]))
		source_say(s);
}

static void version_ask(struct k8s_source *s);

static void on_state(void *ctx)
{
	struct slot *slot = ctx;
	struct k8s_source *s = slot->source;

	source_say(s);
	s->was_failed = s->was_failed || s->said == SOURCE_FAILED;
	if (!s->was_failed || s->said != SOURCE_LIVE)
		return;
	/* Back again: perhaps upgraded, perhaps with other rights. */
	s->was_failed = s->had_reviews = false;
	version_ask(s);
}

static void watch_begin(struct k8s_source *s, size_t i, const char *path, const char *select)
{
	s->slots[i] = (struct slot){ .source = s, .index = i };
	s->watches[i] = watch_new(s->k->client, s->decoder, &(struct watch_spec){
		.kind = resources[i].kind, .name = resources[i].name, .path = path,
		.select = select, .on_element = on_element, .on_state = on_state,
		.ctx = &s->slots[i],
	});
}

static void volumes_begin(void *ctx)
{
	struct k8s_source *s = ctx;

	s->volumes_timer = NULL;
	watch_begin(s, W_CLAIMS, "/api/v1/persistentvolumeclaims", NULL);
	watch_begin(s, W_VOLUMES, "/api/v1/persistentvolumes", NULL);
	watch_begin(s, W_CLASSES, "/apis/storage.k8s.io/v1/storageclasses", NULL);
}

static void on_scheduler(void *ctx, int64_t at, int64_t renewed)
{
	struct k8s_source *s = ctx;

	s->scheduler_read = at;
	s->scheduler_renewed = renewed;
	server_say(s);
}

/* ---- version, and where PodDisruptionBudgets live ---- */

static void version_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct k8s_source *s = ctx;

	s->version_call = NULL;
	if (!e) {
		json_t *j = json_parse(a->body, a->len, NULL);
		const char *version = json_str(j, "gitVersion");
		if (version)
			xreplace(&s->version, version);
		json_decref(j);
	}
	/* Asked only now, so that a server that is away is not asked six times. */
	if (a->status.code && !s->had_reviews) {
		s->had_reviews = true;
		k8s_review(s->k);
	}
	server_say(s);
	source_say(s);
}

static void version_ask(struct k8s_source *s)
{
	if (s->version_call)
		return;
	s->version_call = kube_client_start(s->k->client, &(struct kube_request){
		.method = "GET", .path = "/version", .what = "ask for the version",
		.timeout_ms = 10000, .on_done = version_done, .ctx = s,
	});
}

static void policy_ask(void *ctx);

/* policy/v1 where it is (1.21 and later), else v1beta1. */
static void policy_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct k8s_source *s = ctx;
	const char *version = "v1beta1";
	size_t i;
	json_t *v;

	s->policy_call = NULL;
	if (e) {
		s->policy_timer = loop_timer_add(s->k->loop, 5000, policy_ask, s);
		source_say(s);
		return;
	}
	json_t *j = json_parse(a->body, a->len, NULL);
	json_array_foreach(json_path(j, "versions"), i, v) {
		if (str_eq(json_str(v, "version"), "v1"))
			version = "v1";
	}
	json_decref(j);
	char *path = xasprintf("/apis/policy/%s/poddisruptionbudgets", version);
	watch_begin(s, W_PDBS, path, NULL);
	free(path);
}

static void policy_ask(void *ctx)
{
	struct k8s_source *s = ctx;

	s->policy_timer = NULL;
	s->policy_call = kube_client_start(s->k->client, &(struct kube_request){
		.method = "GET", .path = "/apis/policy", .what = "ask for policy's versions",
		.timeout_ms = 10000, .on_done = policy_done, .ctx = s,
	});
}

/* ---- events ---- */

static void events_begin(struct k8s_source *s)
{
	if (!s->events_name || !s->running)
		return;
	char *path = str_empty(s->events_ns) ? xstrdup("/api/v1/events") :
		k8s_path("/api/v1/namespaces", s->events_ns, "events", NULL);
	struct buf select = BUF_INIT;
	buf_adds(&select, "fieldSelector=involvedObject.name%3D");
	url_encode(&select, s->events_name, false);
	watch_begin(s, W_EVENTS, path, buf_str(&select));
	buf_release(&select);
	free(path);
}

static void events_none(struct k8s_source *s)
{
	static const enum obs_verb verbs[] = { OBS_SYNC_BEGIN, OBS_SYNC_END };

	for (size_t i = 0; i < 2; i++)
		sink_observe(&s->sink, &(struct observation){
			.kind = OBS_EVENT, .verb = verbs[i],
		});
}

void k8s_source_events(struct k8s_source *s, const char *ns, const char *name)
{
	if (str_eq(ns, s->events_ns) && str_eq(name, s->events_name))
		return;
	if (s->watches[W_EVENTS])
		events_none(s);
	watch_free(s->watches[W_EVENTS]);
	s->watches[W_EVENTS] = NULL;
	xreplace(&s->events_ns, ns);
	xreplace(&s->events_name, name);
	events_begin(s);
}

/* ---- is anybody there ---- */

/*
 * Any watch's news count for all: over HTTP/2 they share one connection, and over
 * HTTP/1.1 the kernel looks after each.
 */
static int64_t on_heard(void *ctx)
{
	struct k8s_source *s = ctx;
	int64_t last = 0;

	for (size_t i = 0; i < W__COUNT; i++) {
		if (!s->watches[i] || watch_state(s->watches[i]) == WATCH_AWAY)
			continue;
		if (watch_heard(s->watches[i]) > last)
			last = watch_heard(s->watches[i]);
	}
	return last;
}

/* Nothing happens, and that is known to be so: said again, with the time of now. */
static void on_answered(void *ctx)
{
	source_say(ctx);
}

static void on_lost(void *ctx, const struct err *why)
{
	struct k8s_source *s = ctx;

	for (size_t i = 0; i < W__COUNT; i++) {
		if (s->watches[i])
			watch_lost(s->watches[i], why);
	}
}

static void on_warning(void *ctx, const char *text)
{
	struct k8s_source *s = ctx;

	snprintf(s->warning, sizeof s->warning, "the server warns: %.60s", text);
	s->warning_at = mono(s);
	source_say(s);
}

/* ---- the source ---- */

static void source_start(struct source *source)
{
	struct k8s_source *s = (struct k8s_source *)source;

	if (s->running)
		return;
	s->running = true;
	s->said = SOURCE_OFF;
	server_say(s);
	s->sched_lease = sched_lease_new(s->k->client, s->k->loop, on_scheduler, s);
	for (size_t i = 0; i < W__COUNT; i++) {
		if (resources[i].path)
			watch_begin(s, i, resources[i].path, resources[i].select);
	}
	source_say(s);
	s->heartbeat = heartbeat_new(s->k->client, &(struct heartbeat_spec){
		.heard = on_heard, .answered = on_answered, .lost = on_lost, .ctx = s,
	});
	heartbeat_pace(s->heartbeat, s->pace);
	kube_client_on_warning(s->k->client, on_warning, s);
	version_ask(s);
	policy_ask(s);
	events_begin(s);
}

static void source_refresh(struct source *source)
{
	struct k8s_source *s = (struct k8s_source *)source;

	if (!s->running)
		return;
	kube_client_ask_again(s->k->client);
	for (size_t i = 0; i < W__COUNT; i++) {
		if (s->watches[i])
			watch_retry(s->watches[i]);
	}
	s->had_reviews = false;
	version_ask(s);
}

/* Watches bring news as it happens, at any pace; how soon silence is doubted differs. */
static void source_pace(struct source *source, enum pace pace)
{
	struct k8s_source *s = (struct k8s_source *)source;

	s->pace = pace;
	if (s->heartbeat)
		heartbeat_pace(s->heartbeat, pace);
}

static void source_stop(struct source *source)
{
	struct k8s_source *s = (struct k8s_source *)source;

	s->running = false;
	heartbeat_free(s->heartbeat);
	s->heartbeat = NULL;
	kube_client_on_warning(s->k->client, NULL, NULL);
	for (size_t i = 0; i < W__COUNT; i++) {
		watch_free(s->watches[i]);
		s->watches[i] = NULL;
	}
	if (s->version_call)
		kube_call_cancel(s->version_call);
	if (s->policy_call)
		kube_call_cancel(s->policy_call);
	if (s->policy_timer)
		loop_timer_remove(s->policy_timer);
	if (s->volumes_timer)
		loop_timer_remove(s->volumes_timer);
	sched_lease_free(s->sched_lease);
	s->sched_lease = NULL;
	s->version_call = s->policy_call = NULL;
	s->policy_timer = s->volumes_timer = NULL;
}

static void source_free(struct source *source)
{
	struct k8s_source *s = (struct k8s_source *)source;

	if (!s)
		return;
	source_stop(source);
	s->k->source = NULL;
	decoder_free(s->decoder);
	free(s->version);
	free(s->cni_hash);
	free(s->addons_said);
	arena_free(s->arena);
	free(s->events_ns);
	free(s->events_name);
	free(s);
}

static const struct source_ops source_ops = {
	.start = source_start,
	.refresh = source_refresh,
	.pace = source_pace,
	.stop = source_stop,
	.free = source_free,
};

struct source *k8s_source_new(struct k8s *k, const struct sink *sink)
{
	struct k8s_source *s = xcalloc(1, sizeof *s);

	s->source = (struct source){ .ops = &source_ops, .id = SRC_KUBE };
	s->k = k;
	s->sink = *sink;
	s->decoder = decoder_new();
	s->pace = PACE_NORMAL;
	k->source = s;
	return &s->source;
}
