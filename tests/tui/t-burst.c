/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 10,000 events of a watch that arrive at once, while the pods are shown in an order: through the
 * connection, the decoder and the model to the screen, a slice in each turn of the loop, and a key
 * is answered in each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "k8s/client.h"
#include "k8s/watch.h"
#include "tests/k8s/server.h"
#include "tests/tui/fixture.h"
#include "tui/screen/keys.h"
#include "tui/view/pods-list.h"

#define EVENTS 10000
#define PODS 6000       /* the others change one of these */
#define LOG2_PODS 13
#define LOOKS 16384     /* a slice of the list's own work, as tui/app.c has it */

static struct {
	struct fixture f;
	struct http *http;
	struct kube_conn conn;
	struct kube_client *client;
	struct decoder *decoder;
	struct server *server;
	struct server_conn *open; /* the watch */
	struct watch *watch;
	int keys[2];
	size_t keyed, events, turn_events;
} g;

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	if (!strstr(r->target, "watch=1")) {
		server_reply(c, 200, NULL, "{\"kind\":\"PodList\",\"metadata\":"
			"{\"resourceVersion\":\"10\"},\"items\":[]}");
		return;
	}
	server_chunks_begin(c);
	g.open = c;
}

static void on_close(void *ctx, struct server_conn *c)
{
	g.open = g.open == c ? NULL : g.open;
}

static void on_element(void *ctx, enum obs_verb verb, const struct element *el)
{
	struct observation o = { .kind = OBS_POD, .verb = verb };
	if (el) {
		element_observation(el, verb, &o);
		g.events++;
		g.turn_events++;
	}
	model_apply(g.f.session.model, &o);
}

static void on_state(void *ctx)
{
	app_changed(&g.f.app);
}

/* As tui/command/screen.c reads keys and paints. */
static void on_key(void *ctx, int events)
{
	char c;
	if (read(g.keys[0], &c, 1) == 1) {
		app_key(&g.f.app, c == 'd' ? KEY_DOWN_ : KEY_UP_);
		g.keyed++;
		loop_urgent(g.f.session.loop);
	}
}

static void paint(void *ctx)
{
	app_paint(&g.f.app);
}

static void begin(void)
{
	fixture_init(&g.f, FIXTURE_ROOMY, 100, 30, false);
	struct loop *l = g.f.session.loop;
	g.http = http_new(l);
	g.server = server_new(l, on_request, on_close, NULL);
	g.conn = (struct kube_conn){ .proxy = xstrdup(""),
		.server = xasprintf("http://127.0.0.1:%d", server_port(g.server)) };
	g.client = kube_client_new(l, g.http, &g.conn, NULL);
	g.decoder = decoder_new();
	g.watch = watch_new(g.client, g.decoder, &(struct watch_spec){ .kind = OBS_POD,
		.name = "pods", .path = "/api/v1/pods", .on_element = on_element,
		.on_state = on_state });
	assert_int_equal(pipe(g.keys), 0);
	loop_fd_add(l, g.keys[0], LOOP_READ, on_key, NULL);
	app_show(&g.f.app, VIEW_PODS, NULL);
	fixture_type(&g.f, ":sort status");
	fixture_keys(&g.f, "Enter");
	loop_before_wait(l, paint, NULL);
}

static void end(void)
{
	watch_free(g.watch);
	kube_client_free(g.client);
	decoder_free(g.decoder);
	server_free(g.server);
	http_free(g.http);
	fixture_release(&g.f);
	close(g.keys[0]);
	close(g.keys[1]);
	kube_conn_release(&g.conn);
}

static bool is_watched(void *ctx)
{
	return g.open != NULL;
}

static size_t event(struct buf *b, int i)
{
	static const char *const phases[] = { "Pending", "Running", "Succeeded", "Failed" };
	size_t before = b->len;
	buf_addf(b, "{\"type\":\"%s\",\"object\":{\"metadata\":{\"name\":\"pod-%d\",\"namespace\":"
		"\"default\",\"uid\":\"uid-%d\",\"resourceVersion\":\"%d\"},\"spec\":{\"nodeName\":"
		"\"n\"},\"status\":{\"phase\":\"%s\"}}}\n", i < PODS ? "ADDED" : "MODIFIED",
		i * 7 % PODS, i * 7 % PODS, 11 + i, phases[i / 3 % 4]);
	return b->len - before;
}

static void assert_sorted(void)
{
	struct pods_list *l = g.f.app.pods;
	assert_int_equal(pods_list_n(l), PODS);
	for (size_t i = 1; i < PODS; i++) {
		const struct m_pod *a = pods_list_at(l, i - 1), *b = pods_list_at(l, i);
		int c = strcmp(pod_phase_name(a->pod.phase), pod_phase_name(b->pod.phase));
		assert_true(c < 0 || (c == 0 && model_pod_place(a) < model_pod_place(b)));
	}
}

static void test_burst(void **state)
{
	struct buf burst = BUF_INIT;
	size_t least = SIZE_MAX, turns = 0, busy = 0, looks_each = 2 * (LOG2_PODS + 3) + 1;
	buf_init(&burst, 0);
	begin();
	assert_true(loop_run_until(g.f.session.loop, is_watched, NULL, 1000));
	for (int i = 0; i < EVENTS; i++) {
		size_t n = event(&burst, i);
		least = n < least ? n : least;
	}
	assert_true(HTTP_SLICE / least < EVENTS / 5); /* else a turn may have too much */
	server_chunk(g.open, buf_str(&burst));
	while (g.events < EVENTS) {
		uint64_t looks = pods_list_looks(g.f.app.pods), frames = g.f.app.frames;
		g.turn_events = 0;
		assert_int_equal(write(g.keys[1], turns % 3 ? "d" : "u", 1), 1);
		loop_turn(g.f.session.loop, 1000);
		turns++;
		/* The key was read and answered, whatever else there was to do. */
		assert_int_equal(g.keyed, turns);
		assert_true(g.f.app.frames > frames);
		assert_true(g.turn_events <= HTTP_SLICE / least + 1);
		assert_true(pods_list_looks(g.f.app.pods) - looks <=
			(g.turn_events + 4) * looks_each + LOOKS);
		busy += g.turn_events > 0;
	}
	assert_true(busy >= burst.len / HTTP_SLICE);
	app_frame(&g.f.app);
	assert_sorted();
	assert_int_equal(g.f.app.table.n, PODS);
	buf_release(&burst);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
