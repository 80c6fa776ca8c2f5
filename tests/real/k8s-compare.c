/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both encodings of the same things, from a real server, field by field:
 *
 *   k8s-compare [-w SECONDS] [-d DIR] KUBECONFIG PDB-VERSION
 *
 * Lists each resource in JSON and in protobuf and compares what the decoders
 * make of each element; -w also watches in both for so long.  -d saves one body of each encoding.  Prints one line a resource;
 * exit 1 at a difference, which is printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "k8s/client.h"
#include "k8s/decode.h"
#include "k8s/stream.h"
#include "tests/k8s/dump.h"

static const struct {
	enum obs_kind kind;
	const char *name, *path;
} resources[] = {
	{ OBS_NODE, "nodes", "/api/v1/nodes" },
	{ OBS_POD, "pods", "/api/v1/pods" },
	{ OBS_DEPLOYMENT, "deployments", "/apis/apps/v1/deployments" },
	{ OBS_DAEMONSET, "daemonsets", "/apis/apps/v1/daemonsets" },
	{ OBS_EVENT, "events", "/api/v1/events" },
	{ OBS_CLAIM, "persistentvolumeclaims", "/api/v1/persistentvolumeclaims" },
	{ OBS_VOLUME, "persistentvolumes", "/api/v1/persistentvolumes" },
	{ OBS_STORAGE_CLASS, "storageclasses", "/apis/storage.k8s.io/v1/storageclasses" },
	{ OBS_SERVER, "namespaces", "/api/v1/namespaces" },
	{ OBS_PDB, "poddisruptionbudgets", "/apis/policy/%s/poddisruptionbudgets" },
};
#define NRESOURCES (sizeof resources / sizeof resources[0])

/* One body in one encoding. */
struct side {
	enum obs_kind kind;
	struct decoder *decoder;
	struct stream stream;
	struct strlist dumps;
	struct buf raw;
	bool done, watch;
	struct err err;
	double cpu;
};

static struct {
	struct loop *loop;
	struct kube_client *client;
	const char *dir;
} g;

static bool on_element(void *ctx, const char *p, size_t n, struct err *e)
{
	struct side *s = ctx;
	struct buf b = BUF_INIT;
	struct element el;
	enum watch_type type;
	int code;

	if (s->watch) {
		if (!decode_watch(s->decoder, s->kind, p, n, &type, &el, &code, e))
			return false;
		if (type == WATCH_BOOKMARK || type == WATCH_ERROR)
			return true;
		buf_addf(&b, "type=%d\n", type);
	} else if (!decode_element(s->decoder, s->kind, p, n, &el, e)) {
		return false;
	}
	element_dump(&b, &el);
	strlist_take(&s->dumps, buf_detach(&b));
	return true;
}

static bool on_data(void *ctx, const char *p, size_t n)
{
	struct side *s = ctx;
	clock_t from = clock();

	if (g.dir && s->raw.len < 30000000)
		buf_add(&s->raw, p, n);
	bool ok = stream_feed(&s->stream, p, n, &s->err);
	s->cpu += (double)(clock() - from) / CLOCKS_PER_SEC;
	return ok;
}

static void on_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct side *s = ctx;

	s->done = true;
	if (e)
		err_copy(&s->err, e);
	if (!err_is_set(&s->err))
		stream_end(&s->stream, &s->err);
}

static void side_start(struct side *s, enum obs_kind kind, const char *path, bool proto, bool watch)
{
	*s = (struct side){ .kind = kind, .watch = watch, .decoder = decoder_new() };
	stream_init(&s->stream, watch ? STREAM_WATCH : STREAM_LIST, 0, on_element, s);
	kube_client_start(g.client, &(struct kube_request){
		.method = "GET", .path = path, .what = path, .proto = proto, .timeout_ms = -1,
		.on_data = on_data, .on_done = on_done, .ctx = s,
	});
}

static void side_release(struct side *s)
{
	decoder_free(s->decoder);
	stream_release(&s->stream);
	strlist_release(&s->dumps);
	buf_release(&s->raw);
}

static bool side_save(const struct side *s, const char *name, const char *ext)
{
	char *path = xasprintf("%s/%s.%s", g.dir, name, ext);
	FILE *f = fopen(path, "wb");
	bool ok = f && fwrite(s->raw.data, 1, s->raw.len, f) == s->raw.len;

	if (f)
		fclose(f);
	free(path);
	return ok;
}

static bool is_done(void *ctx)
{
	struct side *s = ctx;

	return s[0].done && s[1].done;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The first line in which two texts differ. */
static void difference_print(const char *a, const char *b)
{
	while (*a && *b) {
		size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
		if (n != m || memcmp(a, b, n) != 0)
			break;
		a += n + (a[n] == '\n');
		b += m + (b[m] == '\n');
	}
	printf("  json:     %.*s\n  protobuf: %.*s\n", (int)strcspn(a, "\n"), a,
		(int)strcspn(b, "\n"), b);
}

static bool sides_compare(struct side s[2], const char *name, const char *what)
{
	size_t bad = 0;

	for (int i = 0; i < 2; i++) {
		if (err_is_set(&s[i].err) && s[i].err.kind != ERR_CANCELLED) {
			printf("%s %s: %s\n", name, what, s[i].err.text);
			return false;
		}
	}
	if ((s[0].dumps.n && s[0].stream.form != STREAM_JSON) || (s[1].dumps.n && s[1].stream.form != STREAM_PROTO)) {
		printf("%s %s: not the encodings that were asked for\n", name, what);
		return false;
	}
	for (int i = 0; i < 2 && s[0].watch; i++)
		qsort(s[i].dumps.v, s[i].dumps.n, sizeof *s[i].dumps.v, by_text);
	for (size_t i = 0; i < s[0].dumps.n && i < s[1].dumps.n; i++) {
		if (strcmp(s[0].dumps.v[i], s[1].dumps.v[i]) == 0)
			continue;
		if (bad++ < 5)
			difference_print(s[0].dumps.v[i], s[1].dumps.v[i]);
	}
	printf("%s %s: %zu in JSON, %zu in protobuf, %zu differ", name, what, s[0].dumps.n,
		s[1].dumps.n, bad);
	if (!s[0].watch)
		printf("; version %s, CPU %.3f s and %.3f s", stream_resource_version(&s[1].stream),
			s[0].cpu, s[1].cpu);
	printf("\n");
	return !bad && s[0].dumps.n == s[1].dumps.n;
}

static bool resource_compare(size_t i, const char *pdb, int seconds)
{
	struct side s[2];
	char path[256], more[400];

	snprintf(path, sizeof path, resources[i].path, pdb);
	side_start(&s[0], resources[i].kind, path, false, false);
	side_start(&s[1], resources[i].kind, path, true, false);
	loop_run_until(g.loop, is_done, s, 300000);
	bool ok = sides_compare(s, resources[i].name, "list");
	if (g.dir && ok)
		ok = side_save(&s[0], resources[i].name, "json") &&
			side_save(&s[1], resources[i].name, "pb");
	/* From 0: what there is comes first, as ADDED. */
	snprintf(more, sizeof more, "%s?watch=1&allowWatchBookmarks=true&timeoutSeconds=%d"
		"&resourceVersion=0", path, seconds);
	side_release(&s[0]);
	side_release(&s[1]);
	if (!seconds || !ok)
		return ok;
	side_start(&s[0], resources[i].kind, more, false, true);
	side_start(&s[1], resources[i].kind, more, true, true);
	loop_run_until(g.loop, is_done, s, seconds * 1000 + 10000);
	ok = sides_compare(s, resources[i].name, "watch");
	if (g.dir && ok)
		ok = side_save(&s[0], resources[i].name, "watch.json") &&
			side_save(&s[1], resources[i].name, "watch.pb");
	side_release(&s[0]);
	side_release(&s[1]);
	return ok;
}

int main(int argc, char **argv)
{
	struct kube_conn conn = { .context = NULL };
	struct kube_conn_env env;
	struct err e = ERR_INIT;
	struct clock clock;
	int64_t seconds = 0;
	int opt, rc = 0;

	while ((opt = getopt(argc, argv, "w:d:")) != -1) {
		if (opt == 'w')
			str_to_i64(optarg, 0, 600, &seconds);
		else if (opt == 'd')
			g.dir = optarg;
		else
			return 2;
	}
	if (argc - optind != 2)
		return 2;
	kube_conn_env_get(&env);
	if (!kube_conn_load(&conn, argv[optind], NULL, NULL, &env, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	clock_system(&clock, 1);
	g.loop = loop_new(&clock);
	struct http *h = http_new(g.loop);
	g.client = kube_client_new(g.loop, h, &conn, NULL);
	for (size_t i = 0; i < NRESOURCES; i++)
		rc |= !resource_compare(i, argv[optind + 1], (int)seconds);
	kube_client_free(g.client);
	http_free(h);
	loop_free(g.loop);
	kube_conn_release(&conn);
	return rc;
}
