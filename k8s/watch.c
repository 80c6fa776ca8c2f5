/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps one resource known.
 *
 * One call or one timer is out at any time; phase says for what.  PROBE comes
 * only after a failure, before a watch is taken up again.
 */
#include "k8s/watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"
#include "core/io/loop.h"
#include "core/io/trace.h"
#include "k8s/stream.h"

#define BACKOFF_FIRST_MS 200
#define BACKOFF_MAX_MS 5000
#define BACKOFF_DENIED_MS 60000
/* A list may take as long as it takes, on a slow line or a busy machine, but not be silent. */
#define LIST_IDLE_MS 30000
/* Servers send a bookmark about every minute, so two and a half silent ones mean no server. */
#define WATCH_IDLE_MS 150000
/* And up to as much again by half: six watches are asked for anew seven times an hour. */
#define WATCH_SECONDS 1800

enum phase { PHASE_LIST, PHASE_PROBE, PHASE_WATCH };

struct watch {
	struct kube_client *client;
	struct decoder *decoder;
	struct watch_spec spec;
	char *path, *select;
	enum phase phase; /* of the call that is out, or of the next one */
	struct kube_call *call;
	struct loop_timer *timer; /* until the next try */
	struct stream stream;
	bool stream_on;
	char *version; /* where the watch goes on */
	char *more;    /* continue of a list in pages */
	bool synced, away;
	bool json;     /* protobuf was not understood */
	bool fresh;    /* the next list must not come from an old cache */
	bool relist;   /* the watch said so */
	bool got;      /* this call brought something */
	size_t listed;
	int64_t backoff;
	int64_t started; /* mono ms of the call */
	int64_t heard;   /* mono ms of the last byte */
	uint64_t seed;
	struct err why;
	struct err stream_err; /* why on_data ended the call */
};

static void watch_go(void *ctx);

static uint64_t watch_random(struct watch *w)
{
	/* xorshift64: jitter needs no better. */
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return w->seed;
}

static int64_t watch_now(const struct watch *w)
{
	return clock_mono(loop_clock(kube_client_loop(w->client)));
}

static void watch_say(struct watch *w)
{
	if (w->spec.on_state)
		w->spec.on_state(w->spec.ctx);
}

static void watch_later(struct watch *w, enum phase phase, int64_t ms)
{
	w->phase = phase;
	w->timer = loop_timer_add(kube_client_loop(w->client), ms, watch_go, w);
}

static void stream_drop(struct watch *w)
{
	if (w->stream_on)
		stream_release(&w->stream);
	w->stream_on = false;
}

/* Next try after a doubling pause, half of it by chance, or after what the server asked for. */
static void watch_failed(struct watch *w, enum phase phase, const struct err *e, int64_t asked_ms)
{
	bool denied = e->kind == ERR_DENIED || e->kind == ERR_NOT_FOUND;
	int64_t limit = denied ? BACKOFF_DENIED_MS : BACKOFF_MAX_MS;

	w->backoff = w->backoff ? w->backoff * 2 : BACKOFF_FIRST_MS;
	if (w->backoff > limit)
		w->backoff = limit;
	if (denied)
		w->backoff = limit;
	int64_t wait = w->backoff / 2 + (int64_t)(watch_random(w) % (uint64_t)(w->backoff / 2 + 1));
	if (asked_ms > wait)
		wait = asked_ms < BACKOFF_DENIED_MS ? asked_ms : BACKOFF_DENIED_MS;
	w->away = true;
	w->why = *e;
	trace_say(TRACE_K8S, "%s: %s; again in %" PRId64 " ms", w->spec.name, e->text, wait);
	watch_later(w, phase, wait);
	watch_say(w);
}

static void watch_well(struct watch *w)
{
	w->backoff = 0;
	w->away = false;
	err_clear(&w->why);
}

/* ---- list ---- */

static bool list_element(void *ctx, const char *p, size_t n, struct err *e)
{
	struct watch *w = ctx;
	struct element el;

	if (!decode_element(w->decoder, w->spec.kind, p, n, &el, e))
		return false;
	w->listed++;
	w->spec.on_element(w->spec.ctx, OBS_SEEN, &el);
	return true;
}

static bool on_data(void *ctx, const char *p, size_t n)
{
	struct watch *w = ctx;

	w->heard = watch_now(w);
	return stream_feed(&w->stream, p, n, &w->stream_err);
}

static void watch_call(struct watch *w, const char *path, enum stream_mode mode,
	bool (*on_element)(void *ctx, const char *p, size_t n, struct err *e),
	void (*on_done)(void *ctx, const struct kube_answer *a, const struct err *e))
{
	bool list = mode == STREAM_LIST;
	char *what = xasprintf("%s %s", list ? "list" : "watch", w->spec.name);

	stream_init(&w->stream, mode, 0, on_element, w);
	w->stream_on = true;
	err_clear(&w->stream_err);
	w->got = false;
	w->started = w->heard = watch_now(w);
	w->call = kube_client_start(w->client, &(struct kube_request){
		.method = "GET", .path = path, .what = what, .on_data = on_data,
		.timeout_ms = -1,
		.idle_timeout_ms = list ? LIST_IDLE_MS : WATCH_IDLE_MS,
		.no_retry = true, .proto = !w->json, .on_done = on_done, .ctx = w,
	});
	free(what);
}

/* What the stream did not like is the cause; the call's own end only follows from it. */
static void call_error(struct watch *w, const char *what, const struct err *e, struct err *why)
{
	/* Whatever it was that came, the next one had better be plain text. */
	if (w->stream_err.kind == ERR_PARSE && w->stream.form == STREAM_PROTO)
		w->json = true;
	if (err_is_set(&w->stream_err)) {
		err_copy(why, &w->stream_err);
		err_wrap(why, "%s %s", what, w->spec.name);
	} else if (e) {
		err_copy(why, e);
	}
}

/*
 * A token of a list in pages that ended: begin anew, but from the present state.
 * The begin that was told stays open; the next one takes its place.
 */
static void list_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct watch *w = ctx;
	struct err why = ERR_INIT;

	w->call = NULL;
	call_error(w, "list", e, &why);
	if (!err_is_set(&why) && !stream_end(&w->stream, &why))
		err_wrap(&why, "list %s", w->spec.name);
	if (!err_is_set(&why) && str_empty(stream_resource_version(&w->stream)))
		err_set(&why, ERR_PARSE, "list %s: no resourceVersion", w->spec.name);
	if (err_is_set(&why)) {
		if (a->status.code == 410)
			w->fresh = true;
		xreplace(&w->more, NULL);
		stream_drop(w);
		watch_failed(w, PHASE_LIST, &why, a->retry_after_ms);
		return;
	}
	xreplace(&w->version, stream_resource_version(&w->stream));
	xreplace(&w->more, stream_continue(&w->stream));
	stream_drop(w);
	watch_well(w);
	if (w->more) {
		watch_later(w, PHASE_LIST, 0);
		return;
	}
	w->synced = true;
	w->fresh = false;
	w->spec.on_element(w->spec.ctx, OBS_SYNC_END, NULL);
	watch_later(w, PHASE_WATCH, 0);
	watch_say(w);
}

static void list_start(struct watch *w)
{
	struct buf path = BUF_INIT;

	const char *next = "?";

	buf_adds(&path, w->path);
	if (w->more) {
		buf_adds(&path, "?limit=500&continue=");
		url_encode(&path, w->more, false);
		next = "&";
	} else {
		w->listed = 0;
		/* Without a version the server answers from what is so now, not from its cache. */
		if (!w->fresh) {
			buf_adds(&path, "?resourceVersion=0");
			next = "&";
		}
		w->spec.on_element(w->spec.ctx, OBS_SYNC_BEGIN, NULL);
	}
	if (w->select)
		buf_addf(&path, "%s%s", next, w->select);
	watch_call(w, buf_str(&path), STREAM_LIST, list_element, list_done);
	buf_release(&path);
}

/* ---- watch ---- */

static bool watch_element(void *ctx, const char *p, size_t n, struct err *e)
{
	struct watch *w = ctx;
	struct element el;
	enum watch_type type;
	int code = 0;

	if (!decode_watch(w->decoder, w->spec.kind, p, n, &type, &el, &code, e)) {
		/* What was in it cannot be known, so nothing can be built on it. */
		w->relist = w->fresh = true;
		return false;
	}
	if (type == WATCH_ERROR) {
		w->relist = w->fresh = true;
		w->got = code == 410;
		return false;
	}
	w->got = true;
	w->backoff = 0;
	if (!str_empty(el.resource_version))
		xreplace(&w->version, el.resource_version);
	if (type != WATCH_BOOKMARK)
		w->spec.on_element(w->spec.ctx, type == WATCH_DELETED ? OBS_GONE : OBS_SEEN, &el);
	watch_say(w);
	return true;
}

/*
 * /version answers whoever may not watch, so it proves nothing after a 403: only a list shows that
 * the right is there again, and all that was missed.  Its version: what is so now, never less.
 */
static void watch_refused(struct watch *w, const struct err *why, int64_t asked_ms)
{
	bool denied = why->kind == ERR_DENIED;

	w->fresh = w->fresh || denied;
	watch_failed(w, denied ? PHASE_LIST : PHASE_PROBE, why, asked_ms);
}

static void watch_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct watch *w = ctx;
	bool gone = a->status.code == 410;
	bool quiet = w->relist && w->got; /* 410 inside the stream */
	bool lasted = watch_now(w) - w->started >= 1000;
	bool lived = w->got || lasted;
	struct err why = ERR_INIT;

	w->call = NULL;
	call_error(w, "watch", e, &why);
	stream_drop(w);
	if (gone || quiet) {
		w->relist = false;
		w->fresh = true;
		watch_later(w, PHASE_LIST, (int64_t)(watch_random(w) % 50));
		return;
	}
	if (w->relist) {
		w->relist = false;
		watch_failed(w, PHASE_LIST, &why, a->retry_after_ms);
		return;
	}
	/* Balancers cut and drop quiet connections: no news until the server does not answer. */
	if (lasted && (why.kind == ERR_TIMEOUT || why.kind == ERR_NETWORK)) {
		watch_later(w, PHASE_PROBE, (int64_t)(watch_random(w) % 200));
		return;
	}
	if (err_is_set(&why)) {
		watch_refused(w, &why, a->retry_after_ms);
		return;
	}
	if (!lived) {
		/* Closed at once, again and again, is no service. */
		err_set(&why, ERR_NETWORK, "watch %s: closed at once", w->spec.name);
		watch_failed(w, PHASE_PROBE, &why, -1);
		return;
	}
	watch_later(w, PHASE_WATCH, (int64_t)(watch_random(w) % 200));
}

static void watch_start(struct watch *w)
{
	struct buf path = BUF_INIT;
	unsigned seconds = WATCH_SECONDS + (unsigned)(watch_random(w) % (WATCH_SECONDS / 2));

	buf_addf(&path, "%s?watch=1&allowWatchBookmarks=true&timeoutSeconds=%u&resourceVersion=",
		w->path, seconds);
	url_encode(&path, w->version, false);
	if (w->select)
		buf_addf(&path, "&%s", w->select);
	w->relist = false;
	watch_call(w, buf_str(&path), STREAM_WATCH, watch_element, watch_done);
	buf_release(&path);
}

/* ---- probe ---- */

static void probe_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct watch *w = ctx;

	w->call = NULL;
	if (e && e->kind != ERR_DENIED) {
		watch_failed(w, PHASE_PROBE, e, a->retry_after_ms);
		return;
	}
	/* The pause stays as it is until something comes: the watch may fail yet. */
	w->away = false;
	watch_later(w, PHASE_WATCH, 0);
	watch_say(w);
}

static void probe_start(struct watch *w)
{
	w->call = kube_client_start(w->client, &(struct kube_request){
		.method = "GET", .path = "/version", .what = "ask for the version",
		.timeout_ms = 10000, .no_retry = true, .on_done = probe_done, .ctx = w,
	});
}

/* ---- outside ---- */

static void watch_go(void *ctx)
{
	struct watch *w = ctx;

	w->timer = NULL;
	switch (w->phase) {
	case PHASE_LIST:
		list_start(w);
		break;
	case PHASE_PROBE:
		probe_start(w);
		break;
	case PHASE_WATCH:
		watch_start(w);
		break;
	}
}

struct watch *watch_new(struct kube_client *c, struct decoder *d, const struct watch_spec *spec)
{
	struct watch *w = xcalloc(1, sizeof *w);

	w->client = c;
	w->decoder = d;
	w->spec = *spec;
	w->path = xstrdup(spec->path);
	w->select = xstrdup(spec->select);
	w->seed = (uint64_t)watch_now(w) * 2654435761u ^ (uint64_t)(uintptr_t)w;
	w->seed += !w->seed;
	w->phase = PHASE_LIST;
	w->timer = loop_timer_add(kube_client_loop(c), 0, watch_go, w);
	return w;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	if (w->call)
		kube_call_cancel(w->call);
	if (w->timer)
		loop_timer_remove(w->timer);
	stream_drop(w);
	free(w->path);
	free(w->select);
	free(w->version);
	free(w->more);
	free(w);
}

void watch_retry(struct watch *w)
{
	if (!w->timer)
		return;
	loop_timer_remove(w->timer);
	w->backoff = 0;
	w->timer = loop_timer_add(kube_client_loop(w->client), 0, watch_go, w);
}

int64_t watch_heard(const struct watch *w)
{
	return w->heard;
}

void watch_lost(struct watch *w, const struct err *why)
{
	if (w->timer) {
		watch_retry(w);
		return;
	}
	if (w->call)
		kube_call_cancel(w->call);
	w->call = NULL;
	stream_drop(w);
	xreplace(&w->more, NULL);
	enum phase next = w->phase == PHASE_LIST ? PHASE_LIST : why ? PHASE_PROBE : PHASE_WATCH;
	if (why)
		watch_failed(w, next, why, -1);
	else
		watch_later(w, next, 0);
}

enum watch_state watch_state(const struct watch *w)
{
	if (w->away)
		return WATCH_AWAY;
	return w->phase == PHASE_LIST && !w->synced ? WATCH_LISTING : WATCH_WATCHING;
}

bool watch_synced(const struct watch *w)
{
	return w->synced;
}

size_t watch_listed(const struct watch *w)
{
	return w->listed;
}

const struct err *watch_why(const struct watch *w)
{
	return &w->why;
}
