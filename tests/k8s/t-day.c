/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A day of watching, on a clock that is wound by hand: a server of nodes and
 * pods that change all the time, and that ends watches, breaks connections in
 * the middle of an event, forgets versions (410, in both forms), sends
 * bookmarks, half lists, lists in pages and garbage, and is away now and then.
 * At the end the model must be what the server has, and neither memory nor
 * descriptors may have grown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <malloc.h>
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
#include "tests/k8s/server.h"

#define STEP_MS 10000
#define HOUR_STEPS (3600 * 1000 / STEP_MS)
#define THINGS 120   /* of each kind, at most */
#define HISTORY 40   /* events the server remembers */

enum { NODES, PODS, KINDS };
static const char *const paths[KINDS] = { "/api/v1/nodes", "/api/v1/pods" };

struct thing {
	bool there;
	unsigned version, life; /* life: which one of that name it is */
};
struct past {
	unsigned version;
	int kind, index;
	char type[12];
	struct thing thing;
};
struct viewer {
	struct server_conn *conn;
	int kind; /* -1: of a resource that is empty */
	int64_t until;
	int64_t bookmark;
	unsigned sent; /* version */
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
	struct thing things[KINDS][THINGS];
	struct past history[HISTORY];
	size_t nhistory;
	unsigned version, forgotten; /* versions up to this one are too old */
	struct viewer viewers[64];
	size_t nviewers;
	int64_t away_until;
	bool calm; /* no more harm */
	unsigned requests;
	struct {
		unsigned lists, pages, watches, bookmarks, ends, cuts, halves, status410, event410,
			errors, garbage, aways, events;
	} n;
} g;

static unsigned chance(unsigned n)
{
	g.seed ^= g.seed << 13;
	g.seed ^= g.seed >> 7;
	g.seed ^= g.seed << 17;
	return (unsigned)(g.seed >> 20) % n;
}

static bool happens(unsigned one_in)
{
	return !g.calm && chance(one_in) == 0;
}

/* ---- what the server says ---- */

static void thing_write(struct buf *b, int kind, int i, const struct thing *t)
{
	buf_addf(b, "{\"metadata\":{\"name\":\"%s-%d\",\"uid\":\"%d-%d-%u\",\"resourceVersion\":\"%u\","
		"\"labels\":{\"v\":\"%u\"}", kind == NODES ? "node" : "pod", i, kind, i, t->life,
		t->version, t->version % 97);
	if (kind == PODS)
		buf_addf(b, ",\"namespace\":\"ns-%d\"},\"spec\":{\"nodeName\":\"node-%d\",\"containers\":[]},"
			"\"status\":{\"phase\":\"Running\"}}", i % 5, i % 7);
	else
		buf_adds(b, "}}");
}

static void event_write(struct buf *b, const struct past *p)
{
	buf_addf(b, "{\"type\":\"%s\",\"object\":", p->type);
	thing_write(b, p->kind, p->index, &p->thing);
	buf_adds(b, "}\n");
}

static void viewer_drop(size_t i)
{
	g.viewers[i] = g.viewers[--g.nviewers];
}

static void viewer_end(size_t i, bool cut)
{
	struct server_conn *c = g.viewers[i].conn;

	viewer_drop(i);
	if (!cut)
		server_chunks_end(c);
	else
		server_close(c);
}

static void change(void)
{
	int kind = (int)chance(KINDS), i = (int)chance(THINGS);
	struct thing *t = &g.things[kind][i];
	struct past *p;

	if (g.nhistory == HISTORY) {
		g.forgotten = g.history[HISTORY / 4].version;
		g.nhistory -= HISTORY / 4 + 1;
		memmove(g.history, g.history + HISTORY / 4 + 1, g.nhistory * sizeof *g.history);
	}
	p = &g.history[g.nhistory++];
	const char *type = !t->there ? "ADDED" : chance(4) ? "MODIFIED" : "DELETED";
	t->life += !t->there;
	t->there = type[0] != 'D';
	t->version = ++g.version;
	*p = (struct past){ .version = g.version, .kind = kind, .index = i, .thing = *t };
	snprintf(p->type, sizeof p->type, "%s", type);
	g.n.events++;
	struct buf text = BUF_INIT;
	event_write(&text, p);
	for (size_t v = g.nviewers; v-- > 0;) {
		if (g.viewers[v].kind != kind)
			continue;
		if (happens(700)) {
			/* Half an event, then nothing. */
			text.data[text.len / 2] = '\0';
			server_chunk(g.viewers[v].conn, text.data);
			viewer_end(v, true);
			g.n.halves++;
			buf_clear(&text);
			event_write(&text, p);
			continue;
		}
		server_chunk(g.viewers[v].conn, buf_str(&text));
		g.viewers[v].sent = g.version;
	}
	buf_release(&text);
}

/* ---- requests ---- */

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

#define GONE "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old\"}"

static void on_watch(struct server_conn *c, const char *target)
{
	unsigned from = number_behind(target, "resourceVersion=");
	int kind = kind_of(target);
	struct buf b = BUF_INIT;

	g.n.watches++;
	if (from < g.forgotten && kind >= 0 && chance(2)) {
		g.n.status410++;
		server_reply(c, 410, NULL, GONE);
		return;
	}
	server_chunks_begin(c);
	if (from < g.forgotten && kind >= 0) {
		g.n.event410++;
		server_chunk(c, "{\"type\":\"ERROR\",\"object\":" GONE "}\n");
		server_chunks_end(c);
		return;
	}
	for (size_t i = 0; i < g.nhistory; i++) {
		if (g.history[i].version > from && g.history[i].kind == kind)
			event_write(&b, &g.history[i]);
	}
	if (b.len)
		server_chunk(c, buf_str(&b));
	buf_release(&b);
	assert_true(g.nviewers < sizeof g.viewers / sizeof g.viewers[0]);
	g.viewers[g.nviewers++] = (struct viewer){
		.conn = c, .kind = kind, .sent = g.version, .bookmark = g.now.mono + 60000,
		.until = g.now.mono + number_behind(target, "timeoutSeconds=") * 1000,
	};
}

/* A page begins at an index: "continue=INDEX-VERSION". */
static void on_list(struct server_conn *c, const char *target)
{
	int kind = kind_of(target);
	unsigned at = number_behind(target, "continue="), version = g.version;
	const char *dash = strstr(target, "continue=");
	bool paged = kind == PODS && (at || happens(3)), first = true;
	struct buf b = BUF_INIT;

	g.n.lists++;
	if (dash) {
		version = (unsigned)strtoul(strchr(dash, '-') + 1, NULL, 10);
		/* What was listed must be from one moment, or not at all. */
		if (version != g.version) {
			g.n.status410++;
			server_reply(c, 410, NULL, GONE);
			return;
		}
	}
	buf_addf(&b, "{\"kind\":\"List\",\"items\":[");
	unsigned i = at;
	for (; kind >= 0 && i < THINGS && (!paged || i < at + 50); i++) {
		if (!g.things[kind][i].there)
			continue;
		buf_adds(&b, first ? "" : ",");
		first = false;
		thing_write(&b, kind, (int)i, &g.things[kind][i]);
	}
	buf_addf(&b, "],\"metadata\":{\"resourceVersion\":\"%u\"", version);
	if (paged && i < THINGS) {
		g.n.pages++;
		buf_addf(&b, ",\"continue\":\"%u-%u\"", i, version);
	}
	buf_adds(&b, "}}");
	if (b.len > 200 && happens(8)) {
		b.data[b.len / 2] = '\0';
		server_chunks_begin(c);
		server_chunk(c, b.data);
		server_close(c);
		g.n.halves++;
	} else if (happens(12)) {
		server_reply(c, 200, NULL, "<html>");
		g.n.garbage++;
	} else {
		server_reply(c, 200, NULL, buf_str(&b));
	}
	buf_release(&b);
}

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	g.requests++;
	if (str_eq(r->target, "/version"))
		server_reply(c, 200, NULL, "{\"gitVersion\":\"v1.34.2\"}");
	else if (str_eq(r->target, "/apis/policy"))
		server_reply(c, 200, NULL, "{\"versions\":[{\"version\":\"v1\"}]}");
	else if (str_eq(r->method, "POST"))
		server_reply(c, 201, NULL, "{\"status\":{\"allowed\":true}}");
	else if (happens(60)) {
		g.n.errors++;
		server_reply(c, 503, "Retry-After: 1\r\n", "not now");
	} else if (strstr(r->target, "watch=1"))
		on_watch(c, r->target);
	else
		on_list(c, r->target);
}

static void on_close(void *ctx, struct server_conn *c)
{
	for (size_t i = g.nviewers; i-- > 0;) {
		if (g.viewers[i].conn == c)
			viewer_drop(i);
	}
}

/* ---- time ---- */

static void viewers_look(void)
{
	for (size_t i = g.nviewers; i-- > 0;) {
		struct viewer *v = &g.viewers[i];
		char mark[128];
		if (g.now.mono >= v->bookmark) {
			v->bookmark += 60000;
			g.n.bookmarks++;
			snprintf(mark, sizeof mark, "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":"
				"{\"resourceVersion\":\"%u\"}}}\n", g.version);
			server_chunk(v->conn, mark);
		}
		if (g.now.mono >= v->until) {
			g.n.ends++;
			viewer_end(i, false);
		} else if (happens(250)) {
			g.n.cuts++;
			viewer_end(i, true);
		} else if (happens(4000)) {
			g.n.garbage++;
			server_chunk(v->conn, "{\"type\":\"ADDED\",\"object\":{]}}\n");
		}
	}
}

static void step(void)
{
	g.now.mono += STEP_MS;
	g.now.wall += STEP_MS;
	if (g.away_until && g.now.mono >= g.away_until) {
		g.away_until = 0;
		server_listen(g.server, true);
	} else if (!g.away_until && happens(500)) {
		g.n.aways++;
		server_listen(g.server, false);
		g.away_until = g.now.mono + 10000 * (1 + chance(60));
	}
	for (unsigned i = g.calm ? 0 : chance(6); i > 0; i--)
		change();
	if (happens(120)) {
		/* A compaction: from now on only what comes is remembered. */
		g.forgotten = g.version;
		g.nhistory = 0;
	}
	viewers_look();
	server_deliver(g.loop);
}

/* ---- the comparison ---- */

static bool pod_is(int i, const struct thing *t)
{
	char ns[24], name[24], uid[48], version[24];

	snprintf(ns, sizeof ns, "ns-%d", i % 5);
	snprintf(name, sizeof name, "pod-%d", i);
	snprintf(uid, sizeof uid, "%d-%d-%u", PODS, i, t->life);
	snprintf(version, sizeof version, "%u", t->version % 97);
	const struct m_pod *p = model_pod(g.model, ns, name);
	return p && str_eq(p->pod.uid, uid) && p->pod.nlabels == 1 &&
		str_eq(p->pod.labels[0].value, version);
}

static bool node_is(int i, const struct thing *t)
{
	char name[24], version[24];

	snprintf(name, sizeof name, "node-%d", i);
	snprintf(version, sizeof version, "%u", t->version);
	const struct m_node *n = model_node(g.model, name);
	return n && str_eq(n->node.resource_version, version);
}

static bool model_is_server(void *ctx)
{
	size_t want[KINDS] = { 0 }, nodes, pods;

	for (int i = 0; i < THINGS; i++) {
		want[NODES] += g.things[NODES][i].there;
		want[PODS] += g.things[PODS][i].there;
		if ((g.things[NODES][i].there && !node_is(i, &g.things[NODES][i])) ||
		    (g.things[PODS][i].there && !pod_is(i, &g.things[PODS][i])))
			return false;
	}
	model_nodes(g.model, &nodes);
	model_pods(g.model, &pods);
	return nodes == want[NODES] && pods == want[PODS];
}

/* Until the model is what the server has, without more harm.  False: it never was. */
static bool settle(void)
{
	g.calm = true;
	for (int i = 0; i < 400 && !(model_is_server(NULL) && !g.away_until); i++) {
		step();
		usleep(200);
	}
	g.calm = false;
	if (model_is_server(NULL))
		return true;
	const struct source_status *st = model_source(g.model, SRC_KUBE);
	print_message("# state %d %s %s; %zu viewers; lists %u watches %u; version %u\n", st->state,
		st->detail, st->why.text, g.nviewers, g.n.lists, g.n.watches, g.version);
	for (int i = 0; i < THINGS; i++) {
		if (g.things[NODES][i].there && !node_is(i, &g.things[NODES][i]))
			print_message("# node-%d\n", i);
		if (g.things[PODS][i].there && !pod_is(i, &g.things[PODS][i]))
			print_message("# pod-%d\n", i);
	}
	return false;
}

static size_t descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static size_t memory(void)
{
	return mallinfo2().uordblks;
}

static void observe(void *ctx, const struct observation *o)
{
	model_apply(g.model, o);
}

static void begin(char path[64])
{
	struct err e = ERR_INIT;
	struct sink sink = { .observe = observe };

	memset(&g, 0, sizeof g);
	g.seed = 88172645463325252u;
	g.now = (struct clock_fake){ .mono = 1000, .wall = INT64_C(1795000000000) };
	clock_fake(&g.clock, &g.now);
	g.loop = loop_new(&g.clock);
	g.http = http_new(g.loop);
	g.server = server_new(g.loop, on_request, on_close, NULL);
	g.model = model_new(&g.clock);
	snprintf(path, 64, "/tmp/t-day-%d", (int)getpid());
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

/* What is in use at a calm moment. */
struct use {
	size_t descriptors, memory, model;
};

/* An hour may end in the middle of a list or of many connections: the least of some hours counts. */
static void use_least(struct use *least)
{
	struct use now = { descriptors(), memory(), model_bytes(g.model) };

	least->descriptors = MIN(least->descriptors, now.descriptors);
	least->memory = MIN(least->memory, now.memory);
	least->model = MIN(least->model, now.model);
}

/* All that a day is to bring was there. */
static bool brought(void)
{
	return g.n.bookmarks > 1000 && g.n.cuts > 20 && g.n.halves > 10 && g.n.aways > 5 &&
		g.n.status410 > 3 && g.n.event410 > 3 && g.n.errors > 3 && g.n.garbage > 3 &&
		g.n.pages > 0;
}

/* A day, and more hours where chance was mean. */
static void test_day(void **state)
{
	struct use early = { SIZE_MAX, SIZE_MAX, SIZE_MAX }, late = early;
	char path[64];
	int hours = 0;

	begin(path);
	for (; hours < 24 || (!brought() && hours < 240); hours++) {
		for (int i = 0; i < HOUR_STEPS; i++)
			step();
		if (!settle())
			fail_msg("after %d h the model is not what the server has", hours + 1);
		if (hours >= 2 && hours < 8)
			use_least(&early);
		else if (hours >= 18)
			use_least(&late);
	}
	print_message("# %d hours: events %u, lists %u (%u pages), watches %u, bookmarks %u, ends %u, "
		"cuts %u, halves %u, 410 %u + %u, errors %u, garbage %u, away %u\n", hours, g.n.events,
		g.n.lists, g.n.pages, g.n.watches, g.n.bookmarks, g.n.ends, g.n.cuts, g.n.halves,
		g.n.status410, g.n.event410, g.n.errors, g.n.garbage, g.n.aways);
	print_message("# descriptors %zu, then %zu; memory %zu, then %zu; of the model %zu, then %zu\n",
		early.descriptors, late.descriptors, early.memory, late.memory, early.model, late.model);
	assert_true(brought());
	/* The pool keeps some idle connections, and their other ends are here, too. */
	assert_true(late.descriptors <= early.descriptors + 32);
	assert_true(late.memory < early.memory + early.memory / 4 + 300000);
	assert_true(late.model < early.model + early.model / 4 + 65536);
	end(path);
}

/* Four hours with nobody at the keys: at most one request a minute. */
static void test_idle(void **state)
{
	const unsigned steps = 4 * 3600 * 1000 / STEP_MS;
	char path[64];

	begin(path);
	assert_true(settle());
	g.calm = true;
	g.source->ops->pace(g.source, PACE_IDLE);
	g.requests = 0;
	for (unsigned i = 0; i < steps; i++)
		step();
	print_message("# idle: %u requests in 240 min, of them watches %u\n", g.requests, g.n.watches);
	assert_in_range(g.requests, 1, 240);
	assert_true(model_is_server(NULL));
	end(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_idle), cmocka_unit_test(test_day) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
