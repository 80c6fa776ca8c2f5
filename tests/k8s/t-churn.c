/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A day of churn, on a clock that is wound by hand: a million changes of pods and nodes in
 * protobuf, over real connections, through watch, decoder and model.  Pods crash, are replaced
 * and rolled under new names, nodes are exchanged, watches end, break and are too old (410),
 * bookmarks come.
 *
 * Each hour ends in a state of the same size as every other: then as many things are kept and
 * as many allocations live as in the hours before, by count.  A leak of one string in a
 * thousand changes would be a thousand.
 *
 * CHURN_A_STEP=N: changes in ten seconds (5000 is 500 a second, 43 million a day).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "core/model/model.h"
#include "k8s/k8s.h"
#include "tests/k8s/put.h"
#include "tests/k8s/server.h"

/* Where nothing else stands in for malloc, what lives is counted. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define COUNTED true
#define A_STEP 121 /* 1,045,440 a day */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);
extern void __libc_free(void *p);

static size_t live;

void *malloc(size_t n)
{
	live++;
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	live++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	live += !p;
	return __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	live++;
	return __libc_memalign(align, n);
}

void free(void *p)
{
	live -= p != NULL;
	__libc_free(p);
}
#else
#define COUNTED false
#define A_STEP 12
static const size_t live;
#endif

#define STEP_MS 10000
#define HOURS 24
#define HOUR_STEPS (3600 * 1000 / STEP_MS)
#define WARM 4 /* hours until connections and tables have the size that they keep */
#define NODES 40
#define APPS 40
#define PODS 400
#define PIECE ((size_t)48 << 10) /* sent at once: more would wait for this very thread to read */

enum { OF_NODES, OF_PODS, KINDS };
static const char *const paths[KINDS] = { "/api/v1/nodes", "/api/v1/pods" };

struct pod_state {
	unsigned life;  /* which one of its slot */
	unsigned app_life, node_life;
	unsigned restarts;
	bool waits, unbound;
};

static struct {
	struct clock clock;
	struct clock_fake now;
	struct loop *loop;
	struct http *http;
	struct server *server;
	struct k8s *k8s;
	struct source *source;
	struct model *model;
	uint64_t seed;
	unsigned node_life[NODES], node_version[NODES], app_life[APPS];
	bool cordoned[NODES];
	struct pod_state pods[PODS];
	unsigned version;
	struct server_conn *viewers[KINDS];
	int64_t until[KINDS];
	unsigned last[KINDS];     /* version of the last event, told or not: an older one is gone */
	struct buf events[KINDS]; /* not sent yet */
	struct {
		unsigned changes, added, deleted, nodes, rolls, lists, watches, gone, bookmarks,
			cuts, ends;
	} n;
} g;

static unsigned chance(unsigned n)
{
	g.seed ^= g.seed << 13;
	g.seed ^= g.seed >> 7;
	g.seed ^= g.seed << 17;
	return (unsigned)(g.seed >> 20) % n;
}

/* ---- the world ---- */

static unsigned mixed(unsigned a, unsigned b)
{
	return (a * 2654435761u ^ b * 40503u) * 2246822519u;
}

static void node_name(char out[40], int i)
{
	snprintf(out, 40, "ip-10-%03d-%08x", i, mixed((unsigned)i, g.node_life[i]));
}

static void pod_name(char out[64], int i)
{
	const struct pod_state *p = &g.pods[i];

	snprintf(out, 64, "app-%02d-%08x-%08x", i % APPS, mixed((unsigned)(i % APPS), p->app_life),
		mixed((unsigned)i, p->life));
}

static void pod_uid(char out[40], int i)
{
	unsigned h = mixed((unsigned)i, g.pods[i].life);

	snprintf(out, 40, "%08x-%04x-4000-8000-%04x%08x", h, i, g.pods[i].life & 0xffff, ~h);
}

static void put_meta(struct buf *b, const char *name, const char *ns, const char *uid,
	unsigned version, struct buf *more)
{
	static struct buf meta;
	char text[24];

	put_text(&meta, 1, name);
	if (ns)
		put_text(&meta, 3, ns);
	put_text(&meta, 5, uid);
	snprintf(text, sizeof(text), "%010u", version);
	put_text(&meta, 6, text);
	put_time(&meta, 8);
	buf_add(&meta, buf_str(more), more->len);
	buf_clear(more);
	put_sub(b, 1, &meta);
}

static void put_node(struct buf *b, int i)
{
	static struct buf sub, more;
	char name[40], uid[40], id[64];

	node_name(name, i);
	snprintf(uid, sizeof(uid), "%08x-0000-4000-8000-00000000%04x", g.node_life[i], i);
	put_pair(&more, 11, "kubernetes.io/hostname", name);
	put_pair(&more, 11, "kops.k8s.io/instancegroup", "nodes");
	put_meta(b, name, NULL, uid, g.node_version[i], &more);
	snprintf(id, sizeof(id), "aws:///ap-northeast-2a/i-%017x",
		mixed((unsigned)i, g.node_life[i]));
	put_text(&sub, 3, id);
	put_number(&sub, 4, g.cordoned[i]);
	put_sub(b, 2, &sub);
	put_condition(&sub, 4, "Ready", true, "KubeletReady", "kubelet is posting ready status");
	put_sub(b, 3, &sub);
}

static void put_pod_status(struct buf *b, int i, const char *name)
{
	static struct buf status, container, state, waiting;
	const struct pod_state *p = &g.pods[i];
	char text[160];

	put_text(&status, 1, p->unbound ? "Pending" : "Running");
	put_condition(&status, 2, "Ready", !p->waits && !p->unbound, "", "");
	snprintf(text, sizeof(text), "0/%d nodes are available: %u Insufficient cpu.", NODES,
		p->restarts % 1000);
	put_condition(&status, 2, "PodScheduled", !p->unbound, p->unbound ? "Unschedulable" : "",
		p->unbound ? text : "");
	if (!p->unbound) {
		put_text(&container, 1, "main");
		if (p->waits) {
			snprintf(text, sizeof(text), "back-off %us restarting failed container=main"
				" pod=%s", p->restarts % 300, name);
			put_text(&waiting, 1, "CrashLoopBackOff");
			put_text(&waiting, 2, text);
			put_sub(&state, 1, &waiting);
			put_sub(&container, 2, &state);
		}
		put_number(&container, 4, !p->waits);
		put_number(&container, 5, p->restarts);
		put_sub(&status, 8, &container);
	}
	put_sub(b, 3, &status);
}

static void put_pod(struct buf *b, int i, unsigned version)
{
	static struct buf more, owner, spec, container, sub, quantity;
	const struct pod_state *p = &g.pods[i];
	char name[64], uid[40], node[40], text[64];

	pod_name(name, i);
	pod_uid(uid, i);
	snprintf(text, sizeof(text), "app-%02d", i % APPS);
	put_pair(&more, 11, "app", text);
	snprintf(text, sizeof(text), "%08x", mixed((unsigned)(i % APPS), p->app_life));
	put_pair(&more, 11, "pod-template-hash", text);
	snprintf(text, sizeof(text), "app-%02d-%08x", i % APPS,
		mixed((unsigned)(i % APPS), p->app_life));
	put_text(&owner, 1, "ReplicaSet");
	put_text(&owner, 3, text);
	put_number(&owner, 6, 1);
	put_sub(&more, 13, &owner);
	snprintf(text, sizeof(text), "ns-%d", i % 5);
	put_meta(b, name, text, uid, version, &more);

	put_text(&quantity, 1, "20m");
	put_text(&container, 1, "cpu");
	put_sub(&container, 2, &quantity);
	put_sub(&sub, 2, &container);
	put_text(&container, 1, "main");
	put_sub(&container, 8, &sub);
	put_sub(&spec, 2, &container);
	if (!p->unbound) {
		/* Of the node that it was bound to, which may be gone. */
		snprintf(node, sizeof(node), "ip-10-%03d-%08x", i % NODES,
			mixed((unsigned)(i % NODES), p->node_life));
		put_text(&spec, 10, node);
	}
	put_sub(b, 2, &spec);
	put_pod_status(b, i, name);
}

static void put_object(struct buf *b, int kind, int i)
{
	if (kind == OF_NODES)
		put_node(b, i);
	else
		put_pod(b, i, g.version);
}

static void put_envelope(struct buf *b, const struct buf *object)
{
	buf_add(b, "k8s", 4);
	put_bytes(b, 2, buf_str(object), object->len);
}

/* ---- events ---- */

static void flush(int kind)
{
	struct buf *b = &g.events[kind];

	if (g.viewers[kind] && b->len)
		server_chunk_bytes(g.viewers[kind], b->data, b->len);
	buf_clear(b);
}

/* Without a viewer it is lost: the next one's version is too old. */
static void tell(int kind, const char *type, const struct buf *object)
{
	static struct buf frame, raw, envelope;
	unsigned char head[4];

	g.last[kind] = g.version;
	if (!g.viewers[kind])
		return;
	put_text(&frame, 1, type);
	put_envelope(&envelope, object);
	put_sub(&raw, 1, &envelope);
	put_sub(&frame, 2, &raw);
	for (int i = 0; i < 4; i++)
		head[i] = (unsigned char)(frame.len >> (24 - 8 * i));
	buf_add(&g.events[kind], head, 4);
	buf_add(&g.events[kind], frame.data, frame.len);
	buf_clear(&frame);
	if (g.events[kind].len >= PIECE) {
		flush(kind);
		server_deliver(g.loop);
	}
}

static void event(int kind, int i, const char *type)
{
	static struct buf object;

	g.version++;
	g.n.changes++;
	if (kind == OF_NODES)
		g.node_version[i] = g.version;
	put_object(&object, kind, i);
	tell(kind, type, &object);
	buf_clear(&object);
}

static void pod_replace(int i, bool unbound)
{
	struct pod_state *p = &g.pods[i];

	event(OF_PODS, i, "DELETED");
	*p = (struct pod_state){ .life = p->life + 1, .app_life = g.app_life[i % APPS],
		.node_life = g.node_life[i % NODES], .unbound = unbound };
	event(OF_PODS, i, "ADDED");
	g.n.deleted++;
	g.n.added++;
}

static void node_replace(int i)
{
	event(OF_NODES, i, "DELETED");
	g.node_life[i]++;
	g.cordoned[i] = false;
	event(OF_NODES, i, "ADDED");
	g.n.nodes++;
}

static void change(void)
{
	unsigned what = chance(1000);
	int i = (int)chance(PODS);
	struct pod_state *p = &g.pods[i];

	if (what < 150) {
		pod_replace(i, chance(4) == 0);
	} else if (what < 155) {
		g.app_life[i % APPS]++;
		g.n.rolls++;
	} else if (what < 300) {
		g.cordoned[i % NODES] ^= chance(10) == 0;
		event(OF_NODES, i % NODES, "MODIFIED");
	} else if (what < 302) {
		node_replace(i % NODES);
	} else if (p->unbound && chance(2)) {
		p->unbound = false;
		p->node_life = g.node_life[i % NODES];
		event(OF_PODS, i, "MODIFIED");
	} else {
		p->restarts += chance(3);
		p->waits = chance(2);
		event(OF_PODS, i, "MODIFIED");
	}
}

/* ---- the server ---- */

static int kind_of(const char *target)
{
	for (int k = 0; k < KINDS; k++) {
		size_t n = strlen(paths[k]);
		if (strncmp(target, paths[k], n) == 0 && (target[n] == '?' || !target[n]))
			return k;
	}
	return -1;
}

static unsigned number_behind(const char *target, const char *name)
{
	const char *p = strstr(target, name);

	return p ? (unsigned)strtoul(p + strlen(name), NULL, 10) : 0;
}

static void on_watch(struct server_conn *c, const char *target, int kind)
{
	g.n.watches++;
	if (kind >= 0 && number_behind(target, "resourceVersion=") < g.last[kind]) {
		g.n.gone++;
		server_reply(c, 410, NULL,
			"{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}");
		return;
	}
	server_chunks_begin(c);
	if (kind < 0)
		return;
	g.viewers[kind] = c;
	g.until[kind] = g.now.mono + number_behind(target, "timeoutSeconds=") * 1000;
	buf_clear(&g.events[kind]);
}

static void on_list(struct server_conn *c, int kind)
{
	static struct buf list, object, answer;
	char version[24];

	g.n.lists++;
	snprintf(version, sizeof(version), "%010u", g.version);
	put_text(&object, 2, version);
	put_sub(&list, 1, &object);
	for (int i = 0; kind >= 0 && i < (kind == OF_NODES ? NODES : PODS); i++) {
		put_object(&object, kind, i);
		put_sub(&list, 2, &object);
	}
	put_envelope(&answer, &list);
	buf_clear(&list);
	server_chunks_begin(c);
	server_chunk_bytes(c, answer.data, answer.len);
	server_chunks_end(c);
	buf_clear(&answer);
}

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	if (str_eq(r->target, "/version"))
		server_reply(c, 200, NULL, "{\"gitVersion\":\"v1.34.2\"}");
	else if (str_eq(r->target, "/apis/policy"))
		server_reply(c, 200, NULL, "{\"versions\":[{\"version\":\"v1\"}]}");
	else if (str_eq(r->method, "POST"))
		server_reply(c, 201, NULL, "{\"status\":{\"allowed\":true}}");
	else if (strstr(r->target, "watch=1"))
		on_watch(c, r->target, kind_of(r->target));
	else
		on_list(c, kind_of(r->target));
}

static void on_close(void *ctx, struct server_conn *c)
{
	for (int k = 0; k < KINDS; k++) {
		if (g.viewers[k] == c)
			g.viewers[k] = NULL;
	}
}

/* ---- time ---- */

static void bookmark(int kind)
{
	static struct buf object, meta;
	char version[24];

	snprintf(version, sizeof(version), "%010u", g.version);
	put_text(&meta, 6, version);
	put_sub(&object, 1, &meta);
	tell(kind, "BOOKMARK", &object);
	buf_clear(&object);
	g.n.bookmarks++;
}

static void viewer_look(int kind, unsigned step)
{
	struct server_conn *c = g.viewers[kind];

	if (step % 6 == 0)
		bookmark(kind);
	flush(kind);
	if (g.now.mono < g.until[kind] && chance(200))
		return;
	/* Its time is over, or it breaks. */
	server_deliver(g.loop);
	g.viewers[kind] = NULL;
	if (g.now.mono >= g.until[kind]) {
		g.n.ends++;
		server_chunks_end(c);
	} else {
		g.n.cuts++;
		server_close(c);
	}
	/* The next one comes before something changes, or too late. */
	for (int i = chance(2) ? 0 : 4; i < 4; i++) {
		g.now.mono += 500;
		server_deliver(g.loop);
	}
}

static void step(unsigned number, unsigned changes)
{
	g.now.mono += STEP_MS;
	g.now.wall += STEP_MS;
	for (unsigned to = g.n.changes + changes; g.n.changes < to;)
		change();
	for (int k = 0; k < KINDS; k++) {
		if (g.viewers[k])
			viewer_look(k, number);
	}
	server_deliver(g.loop);
}

static bool model_is_server(void)
{
	size_t n;

	model_nodes(g.model, &n);
	if (n != NODES)
		return false;
	model_pods(g.model, &n);
	if (n != PODS)
		return false;
	for (int i = 0; i < NODES; i++) {
		char name[40], version[24];

		node_name(name, i);
		snprintf(version, sizeof(version), "%010u", g.node_version[i]);
		const struct m_node *node = model_node(g.model, name);
		if (!node || !str_eq(node->node.resource_version, version))
			return false;
	}
	for (int i = 0; i < PODS; i++) {
		char ns[16], name[64], want[40];

		pod_name(name, i);
		snprintf(ns, sizeof(ns), "ns-%d", i % 5);
		const struct m_pod *p = model_pod(g.model, ns, name);
		node_name(want, i % NODES);
		if (!p || p->pod.restarts != (int32_t)g.pods[i].restarts ||
				!p->bound != g.pods[i].unbound ||
				(p->bound && !str_eq(p->bound->node.name, want)))
			return false;
	}
	return true;
}

/* Until both watches are there and the model is what the server has. */
static bool settle(void)
{
	bool whole = false;

	for (int i = 0; i < 200 && !whole; i++) {
		g.now.mono += 1000;
		g.now.wall += 1000;
		server_deliver(g.loop);
		for (int k = 0; k < KINDS; k++)
			flush(k);
		whole = g.viewers[OF_NODES] && g.viewers[OF_PODS] && model_is_server();
	}
	return whole;
}

/*
 * As much as at the end of every other hour.  First all is exchanged unseen: the list that
 * follows brings everything anew beside what was, which is the most room that the model needs.
 */
static void calm(void)
{
	for (int k = 0; k < KINDS; k++) {
		if (g.viewers[k])
			server_close(g.viewers[k]);
		g.viewers[k] = NULL;
	}
	for (int i = 0; i < NODES; i++)
		node_replace(i);
	for (int i = 0; i < PODS; i++)
		pod_replace(i, i % 2);
	assert_true(settle());
	for (int i = 0; i < NODES; i++) {
		g.cordoned[i] = false;
		event(OF_NODES, i, "MODIFIED");
	}
	for (int i = 0; i < PODS; i++)
		pod_replace(i, false);
}

/* ---- the test ---- */

static void observe(void *ctx, const struct observation *o)
{
	model_apply(g.model, o);
}

static void begin(char path[64])
{
	struct err e = ERR_INIT;
	struct sink sink = { .observe = observe };

	memset(&g, 0, sizeof(g));
	g.seed = 88172645463325252u;
	g.now = (struct clock_fake){ .mono = 1000, .wall = INT64_C(1795000000000) };
	clock_fake(&g.clock, &g.now);
	g.loop = loop_new(&g.clock);
	g.http = http_new(g.loop);
	g.server = server_new(g.loop, on_request, on_close, NULL);
	g.model = model_new(&g.clock);
	snprintf(path, 64, "/tmp/t-churn-%d", (int)getpid());
	char *text = xasprintf("clusters: [{name: c, cluster: {server: 'http://127.0.0.1:%d'}}]\n"
		"contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x\n",
		server_port(g.server));
	assert_true(file_write(path, text, strlen(text), 0600, &e));
	free(text);
	g.k8s = k8s_new(g.loop, g.http, &(struct k8s_options){ .kubeconfig = path }, &e);
	assert_non_null(g.k8s);
	g.source = k8s_source_new(g.k8s, &sink);
	g.source->ops->start(g.source);
}

static void end(const char *path)
{
	g.source->ops->stop(g.source);
	g.source->ops->free(g.source);
	k8s_free(g.k8s);
	server_free(g.server);
	http_free(g.http);
	loop_free(g.loop);
	model_free(g.model);
	unlink(path);
}

/* Resident KiB, for those who ask for more than counts. */
static size_t resident(void)
{
	char text[128] = "";
	FILE *f = fopen("/proc/self/statm", "r");
	size_t all = 0, here = 0;

	if (f && fgets(text, sizeof(text), f))
		sscanf(text, "%zu %zu", &all, &here);
	if (f)
		fclose(f);
	return here * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

struct use {
	size_t live, bytes, resident;
};

static void test_churn(void **state)
{
	const char *wanted = getenv("CHURN_A_STEP");
	unsigned each = wanted ? (unsigned)strtoul(wanted, NULL, 10) : A_STEP;
	struct use most = { 0, 0, 0 }, now;
	char path[64];

	begin(path);
	for (unsigned hour = 0; hour < HOURS; hour++) {
		for (unsigned i = 0; i < HOUR_STEPS; i++)
			step(hour * HOUR_STEPS + i, each);
		calm();
		if (!settle())
			fail_msg("after %u h the model is not what the server has", hour + 1);
		now = (struct use){ live, model_bytes(g.model), resident() };
		print_message("# hour %u: %u changes, %zu allocations live, %zu bytes of the model,"
			" %zu KiB resident\n", hour + 1, g.n.changes, now.live, now.bytes,
			now.resident);
		if (hour < WARM) {
			most.live = MAX(most.live, now.live);
			most.bytes = MAX(most.bytes, now.bytes);
			continue;
		}
		/*
		 * Requests that are out, and connections kept, differ by a few from hour to hour; an
		 * array of the model may double once, when more is new at a moment than ever before.
		 */
		assert_true(!COUNTED || now.live <= most.live + 32);
		assert_true(now.bytes <= most.bytes + most.bytes / 10);
	}
	print_message("# %u changes: %u pods added, %u deleted, %u nodes exchanged, %u rolls;"
		" lists %u, watches %u, ends %u, cuts %u, 410 %u, bookmarks %u\n", g.n.changes,
		g.n.added, g.n.deleted, g.n.nodes, g.n.rolls, g.n.lists, g.n.watches, g.n.ends,
		g.n.cuts, g.n.gone, g.n.bookmarks);
	assert_true(g.n.changes >= each * HOURS * HOUR_STEPS);
	/* Some watches were taken up where they had ended, some were too old. */
	assert_true(g.n.ends > 10 && g.n.cuts > 20 && g.n.bookmarks > 2000 && g.n.gone > 60 &&
		g.n.gone + 20 < g.n.ends + g.n.cuts + KINDS * HOURS);
	end(path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_churn) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
