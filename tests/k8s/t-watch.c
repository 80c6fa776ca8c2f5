/* SPDX-License-Identifier: Apache-2.0 */
/* The watch: list, watch, bookmarks, 410 in both forms, servers that close, break and go away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "k8s/client.h"
#include "k8s/watch.h"
#include "tests/k8s/server.h"

enum how { WHOLE, OPEN, OPEN_END, CUT };

/* What the server does with the next request, which must be for target (a pattern). */
struct step {
	const char *target;
	enum how how;
	int status; /* of WHOLE; 0: 200 */
	const char *body, *extra;
};

static struct {
	struct server_clock clock;
	struct loop *loop;
	struct http *http;
	struct kube_conn conn;
	struct kube_client *client;
	struct decoder *decoder;
	struct server *server;
	struct server_conn *open; /* with an answer in pieces */
	struct watch *watch;
	const struct step *steps;
	size_t at;
	struct buf log;
	struct buf targets; /* all that were asked for */
	struct buf accepts; /* of each: p protobuf or JSON, j JSON */
	int away; /* how often the state was AWAY when told */
	int well; /* how often it was WATCHING after it was AWAY, or at first */
	bool was_well;
	char problem[256];
	const char *want;
} g;

/* The limits of the last request whose address holds this. */
static struct {
	const char *of;
	int total_ms, idle_ms;
} limits;

struct http_req *__real_http_start(struct http *h, const struct http_call *call);
struct http_req *__wrap_http_start(struct http *h, const struct http_call *call);

struct http_req *__wrap_http_start(struct http *h, const struct http_call *call)
{
	if (limits.of && strstr(call->url, limits.of)) {
		limits.total_ms = call->timeout_ms;
		limits.idle_ms = call->idle_timeout_ms;
	}
	return __real_http_start(h, call);
}

#define NODE(name, rv) "{\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"" rv "\"}}"
#define EVENT(type, name, rv) "{\"type\":\"" type "\",\"object\":" NODE(name, rv) "}\n"
#define MARK(rv) "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"" rv "\"}}}\n"
#define LIST(rv, items) "{\"kind\":\"NodeList\",\"metadata\":{\"resourceVersion\":\"" rv "\"}," \
	"\"items\":[" items "]}"
#define GONE "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old\"}"
#define FIRST "/api/v1/nodes?resourceVersion=0"
#define FRESH "/api/v1/nodes"
#define WATCH(rv) "/api/v1/nodes?watch=1&allowWatchBookmarks=true&timeoutSeconds=*" \
	"&resourceVersion=" rv

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	const struct step *s = &g.steps[g.at];

	buf_addf(&g.targets, "%s\n", r->target);
	buf_addc(&g.accepts, strstr(r->head, "vnd.kubernetes.protobuf, application/json") ? 'p' :
		strstr(r->head, "Accept: application/json\r\n") ? 'j' : '?');
	if (!s->target) {
		snprintf(g.problem, sizeof g.problem, "one too many: %s", r->target);
		server_reply(c, 503, NULL, "");
		return;
	}
	g.at++;
	if (!str_glob(s->target, r->target) && !g.problem[0])
		snprintf(g.problem, sizeof g.problem, "step %zu: %s", g.at, r->target);
	switch (s->how) {
	case WHOLE:
		server_reply(c, s->status ? s->status : 200, s->extra, s->body ? s->body : "");
		break;
	case OPEN:
	case OPEN_END:
		server_chunks_begin(c);
		if (s->body)
			server_chunk(c, s->body);
		if (s->how == OPEN_END)
			server_chunks_end(c);
		else
			g.open = c;
		break;
	case CUT:
		server_chunks_begin(c);
		server_chunk(c, s->body);
		server_close(c);
		break;
	}
}

static void on_close(void *ctx, struct server_conn *c)
{
	if (g.open == c)
		g.open = NULL;
}

static void on_element(void *ctx, enum obs_verb verb, const struct element *el)
{
	static const char *const words[] = {
		[OBS_SEEN] = "+", [OBS_GONE] = "-", [OBS_SYNC_BEGIN] = "[", [OBS_SYNC_END] = "]",
	};
	buf_addf(&g.log, "%s%s ", words[verb], el ? el->u.node.name : "");
}

static void on_state(void *ctx)
{
	bool well = watch_state(g.watch) == WATCH_WATCHING;

	g.away += watch_state(g.watch) == WATCH_AWAY;
	g.well += well && !g.was_well;
	g.was_well = well;
}

static bool log_is(void *ctx)
{
	return str_eq(buf_str(&g.log), g.want);
}

static bool steps_done(void *ctx)
{
	return !g.steps[g.at].target;
}

static void begin(const struct step *steps)
{
	g.steps = steps;
	g.at = 0;
	g.away = g.well = 0;
	g.was_well = false;
	g.problem[0] = '\0';
	g.open = NULL;
	buf_clear(&g.log);
	buf_clear(&g.targets);
	buf_clear(&g.accepts);
	server_clock_init(&g.clock, 100);
	g.loop = loop_new(&g.clock.clock);
	server_clock_run(&g.clock, g.loop);
	g.http = http_new(g.loop);
	g.server = server_new(g.loop, on_request, on_close, NULL);
	g.conn = (struct kube_conn){
		.server = xasprintf("http://127.0.0.1:%d", server_port(g.server)),
		.proxy = xstrdup(""),
	};
	g.client = kube_client_new(g.loop, g.http, &g.conn, NULL);
	g.decoder = decoder_new();
	g.watch = watch_new(g.client, g.decoder, &(struct watch_spec){
		.kind = OBS_NODE, .name = "nodes", .path = "/api/v1/nodes",
		.on_element = on_element, .on_state = on_state,
	});
}

/* All steps were asked for, in order, and the log reads so. */
static void expect(const char *log)
{
	g.want = log;
	loop_run_until(g.loop, log_is, NULL, 5000000);
	assert_string_equal(g.problem, "");
	assert_string_equal(buf_str(&g.log), log);
	if (!loop_run_until(g.loop, steps_done, NULL, 5000000))
		fail_msg("step %zu was not asked for; asked:\n%s", g.at + 1, buf_str(&g.targets));
	assert_string_equal(g.problem, "");
}

static void end(void)
{
	watch_free(g.watch);
	kube_client_free(g.client);
	decoder_free(g.decoder);
	server_free(g.server);
	http_free(g.http);
	loop_free(g.loop);
	kube_conn_release(&g.conn);
	buf_release(&g.log);
	buf_release(&g.targets);
	buf_release(&g.accepts);
}

static void test_list_and_watch(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", NODE("a", "3") "," NODE("b", "4")) },
		{ WATCH("10"), OPEN, .body = EVENT("ADDED", "c", "11") },
		{ 0 },
	};

	limits.of = "resourceVersion=0";
	begin(steps);
	expect("[ +a +b ] +c ");
	assert_int_equal(watch_state(g.watch), WATCH_WATCHING);
	assert_true(watch_synced(g.watch));
	server_chunk(g.open, EVENT("MODIFIED", "a", "12") EVENT("DELETED", "b", "13"));
	expect("[ +a +b ] +c +a -b ");
	/* An event in two pieces. */
	server_chunk(g.open, "{\"type\":\"ADDED\",\"obj");
	loop_turn(g.loop, 10);
	server_chunk(g.open, "ect\":" NODE("d", "14") "}\n");
	expect("[ +a +b ] +c +a -b +d ");
	assert_int_equal(g.away, 0);
	/* A list ends by silence, never by how long it takes: lines are slow, lists long. */
	assert_int_equal(limits.total_ms, -1);
	assert_true(limits.idle_ms > 0);
	limits.of = NULL;
	end();
}

/* The server ends the watch, as it does: on from the last version, a bookmark's here. */
static void test_reconnect(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", "") },
		{ WATCH("10"), OPEN_END, .body = EVENT("ADDED", "a", "11") MARK("20") },
		{ WATCH("20"), OPEN_END, .body = EVENT("ADDED", "b", "21") },
		{ WATCH("21"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ ] +a +b ");
	assert_int_equal(g.away, 0);
	end();
}

static void test_gone_in_stream(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", NODE("a", "1")) },
		{ WATCH("10"), OPEN_END, .body = EVENT("ADDED", "b", "11")
		  "{\"type\":\"ERROR\",\"object\":" GONE "}\n" },
		{ FRESH, .body = LIST("90", NODE("c", "80")) },
		{ WATCH("90"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ +a ] +b [ +c ] ");
	assert_int_equal(g.away, 0);
	end();
}

static void test_gone_as_status(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", NODE("a", "1")) },
		{ WATCH("10"), .status = 410, .body = GONE },
		{ FRESH, .body = LIST("90", NODE("a", "1")) },
		{ WATCH("90"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ +a ] [ +a ] ");
	assert_int_equal(g.away, 0);
	end();
}

/* Another error than 410 in the stream is told, and leads to a new list as well. */
static void test_error_in_stream(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", "") },
		{ WATCH("10"), OPEN, .body = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\","
		  "\"code\":500,\"message\":\"etcd lost it\"}}\n" },
		{ FRESH, .body = LIST("90", "") },
		{ WATCH("90"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ ] [ ] ");
	assert_int_equal(g.away, 1);
	end();
}

static bool is_away(void *ctx)
{
	return watch_state(g.watch) == WATCH_AWAY && g.away >= 3;
}

static void test_away(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", NODE("a", "1")) },
		{ WATCH("10"), OPEN, .body = EVENT("ADDED", "b", "11") },
		{ 0 },
	};
	static const struct step later[] = {
		{ "/version", .body = "{}" },
		{ WATCH("11"), OPEN, .body = EVENT("ADDED", "c", "12") },
		{ 0 },
	};

	begin(steps);
	expect("[ +a ] +b ");
	server_listen(g.server, false);
	assert_true(loop_run_until(g.loop, is_away, NULL, 5000000));
	assert_int_equal(watch_why(g.watch)->kind, ERR_NETWORK);
	g.steps = later;
	g.at = 0;
	server_listen(g.server, true);
	expect("[ +a ] +b +c ");
	assert_int_equal(watch_state(g.watch), WATCH_WATCHING);
	end();
}

/*
 * The right to watch and to list is taken away: it is away until a list was answered.  /version,
 * which answers whoever is refused, is not asked: it made the watch look well for a moment.
 */
static void test_right_taken(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", NODE("a", "1")) },
		{ WATCH("10"), .status = 403, .body = "no" },
		{ FRESH, .status = 403, .body = "no" },
		{ FRESH, .status = 403, .body = "no" },
		{ 0 },
	};
	static const struct step later[] = {
		{ FRESH, .body = LIST("20", NODE("b", "15")) },
		{ WATCH("20"), OPEN, .body = EVENT("ADDED", "c", "21") },
		{ 0 },
	};

	begin(steps);
	assert_true(loop_run_until(g.loop, steps_done, NULL, 5000000));
	assert_true(loop_run_until(g.loop, is_away, NULL, 5000000));
	assert_string_equal(g.problem, "");
	assert_int_equal(watch_why(g.watch)->kind, ERR_DENIED);
	assert_int_equal(g.well, 1); /* when the first list had come, never after */
	g.steps = later;
	g.at = 0;
	buf_clear(&g.log);
	expect("[ +b ] +c ");
	assert_int_equal(watch_state(g.watch), WATCH_WATCHING);
	end();
}

static void test_away_from_the_start(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .status = 503, .body = "not yet" },
		{ FIRST, .status = 500, .body = "{\"kind\":\"Status\",\"code\":500,\"message\":\"boom\"}" },
		{ FIRST, CUT, .body = "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" NODE("x", "1") },
		{ FIRST, .body = "<html>" },
		{ FIRST, .body = "{\"items\":[]}" },
		{ FIRST, .body = LIST("10", NODE("a", "1")) },
		{ WATCH("10"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ [ [ +x [ [ [ +a ] ");
	assert_int_equal(g.away, 5);
	assert_int_equal(watch_state(g.watch), WATCH_WATCHING);
	end();
}

/* The last line may be half there when a connection breaks; it comes again. */
static void test_cut_event(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", "") },
		{ WATCH("10"), CUT, .body = EVENT("ADDED", "a", "11") "{\"type\":\"ADDED\",\"obj" },
		{ "/version", .body = "{}" },
		{ WATCH("11"), OPEN, .body = EVENT("ADDED", "b", "12") },
		{ 0 },
	};

	begin(steps);
	expect("[ ] +a +b ");
	end();
}

static bool long_enough(void *ctx)
{
	return clock_mono(&g.clock.clock) >= *(int64_t *)ctx;
}

/* A connection that lasted and is cut is taken up again without a word. */
static void test_cut_later(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", "") },
		{ WATCH("10"), OPEN, .body = EVENT("ADDED", "a", "11") },
		{ 0 },
	};
	static const struct step later[] = {
		{ "/version", .body = "{}" },
		{ WATCH("11"), OPEN, .body = EVENT("ADDED", "b", "12") },
		{ 0 },
	};

	begin(steps);
	expect("[ ] +a ");
	int64_t until = clock_mono(&g.clock.clock) + 2000;
	loop_run_until(g.loop, long_enough, &until, 10000);
	g.steps = later;
	g.at = 0;
	server_close(g.open);
	expect("[ ] +a +b ");
	assert_int_equal(g.away, 0);
	end();
}

static void test_garbage_event(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = LIST("10", "") },
		{ WATCH("10"), OPEN, .body = "{\"type\":\"ADDED\",\"object\":{]}}\n" },
		{ FRESH, .body = LIST("20", NODE("a", "1")) },
		{ WATCH("20"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ ] [ +a ] ");
	assert_int_equal(g.away, 1);
	end();
}

static void test_pages(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = "{\"metadata\":{\"resourceVersion\":\"10\",\"continue\":\"t/1\"},"
		  "\"items\":[" NODE("a", "1") "]}" },
		{ "/api/v1/nodes?limit=500&continue=t%2F1", .status = 410, .body = GONE },
		{ FRESH, .body = "{\"metadata\":{\"resourceVersion\":\"20\",\"continue\":\"t2\"},"
		  "\"items\":[" NODE("a", "1") "]}" },
		{ "/api/v1/nodes?limit=500&continue=t2", .body = LIST("20", NODE("b", "2")) },
		{ WATCH("20"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ +a [ +a +b ] ");
	end();
}

/* Something on the way takes offence at protobuf: at once the same in JSON, and so for good. */
static void test_not_acceptable(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .status = 406, .body = "only JSON here" },
		{ FIRST, .body = LIST("10", NODE("a", "1")) },
		{ WATCH("10"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ +a ] ");
	assert_string_equal(buf_str(&g.accepts), "pjj");
	assert_int_equal(g.away, 0);
	end();
}

/* What looks like protobuf and is none: the next try is in JSON. */
static void test_bad_protobuf(void **state)
{
	static const struct step steps[] = {
		{ FIRST, .body = "k8sx and so on" },
		{ FIRST, .body = LIST("10", NODE("a", "1")) },
		{ WATCH("10"), OPEN },
		{ 0 },
	};

	begin(steps);
	expect("[ [ +a ] ");
	assert_string_equal(buf_str(&g.accepts), "pjj");
	assert_int_equal(g.away, 1);
	end();
}

/* Freed with a call out, and inside a pause: nothing comes any more. */
static void test_freed(void **state)
{
	static const struct step steps[] = {
		{ FIRST, OPEN, .body = "{\"items\":[" NODE("a", "1") },
		{ 0 },
	};

	begin(steps);
	expect("[ +a ");
	watch_free(g.watch);
	g.watch = NULL;
	server_chunk(g.open, "," NODE("b", "1"));
	for (int i = 0; i < 5; i++)
		loop_turn(g.loop, 5);
	assert_string_equal(buf_str(&g.log), "[ +a ");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list_and_watch),
		cmocka_unit_test(test_reconnect),
		cmocka_unit_test(test_gone_in_stream),
		cmocka_unit_test(test_gone_as_status),
		cmocka_unit_test(test_error_in_stream),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_right_taken),
		cmocka_unit_test(test_away_from_the_start),
		cmocka_unit_test(test_cut_event),
		cmocka_unit_test(test_cut_later),
		cmocka_unit_test(test_garbage_event),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_not_acceptable),
		cmocka_unit_test(test_bad_protobuf),
		cmocka_unit_test(test_freed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
