/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two processes edit one spec of one store at the same time, each until it has landed its share of
 * edits: every edit counts maxPods up by one, from what was read.  An edit that another one undid
 * without a word would be missing from the sum at the end.
 *
 * usage: race [STORE-URL CLUSTER [EDITS]]; without a store: a folder of its own, 1000 edits.
 *        race --put STORE-URL CLUSTER FILE: stores a spec to race on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/aws.h"
#include "core/base/arena.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/kops/edit.h"
#include "core/kops/spec.h"
#include "core/kops/store-file.h"

/* One process. */
struct writer {
	struct loop *loop;
	struct store *store;
	const char *path;
	int64_t edits, landed, conflicts; /* edits: to be landed */
	int64_t value;                    /* last read */
	bool ended;
	struct err err;
	struct buf text;                  /* to be stored as it is; empty: edits */
};

static const char spec[] = "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n"
	"  name: race.example\nspec:\n  kubelet:\n    maxPods: 10\n";

static void writer_read(struct writer *w);

static void writer_end(struct writer *w, const struct err *e)
{
	if (e) {
		err_copy(&w->err, e);
	}
	w->ended = true;
	loop_stop(w->loop, 0);
}

static void writer_put_done(void *ctx, const char *etag, const struct err *e)
{
	struct writer *w = ctx;

	if (e && e->kind != ERR_CONFLICT) {
		writer_end(w, e);
		return;
	}
	w->conflicts += e != NULL;
	w->landed += e == NULL;
	if (w->landed == w->edits) {
		writer_end(w, NULL);
	} else {
		writer_read(w);
	}
}

static void writer_got(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct writer *w = ctx;
	struct arena *a = arena_new();
	struct cluster_spec c;
	struct buf out = BUF_INIT;
	struct err why = ERR_INIT;
	char value[24];

	if (e || !spec_read_cluster(text, len, a, &c, &why)) {
		writer_end(w, e ? e : &why);
		arena_free(a);
		return;
	}
	w->value = c.max_pods;
	arena_free(a);
	if (w->landed == w->edits) {
		writer_end(w, NULL);
		return;
	}
	/* so that the other one gets between the reading and the writing */
	usleep((useconds_t)(random() % 2000));
	snprintf(value, sizeof(value), "%lld", (long long)w->value + 1);
	const struct edit_op op = { .key = "maxPods", .value = value };
	if (edit_apply(text, len, &op, 1, &out, &why)) {
		w->store->ops->put(w->store, w->path, buf_str(&out), out.len, etag,
			writer_put_done, w);
	} else {
		writer_end(w, &why);
	}
	buf_release(&out);
}

static void writer_read(struct writer *w)
{
	w->store->ops->get(w->store, w->path, writer_got, w);
}

/* Runs one writer to its end; edits 0: only reads. */
static bool writer_run(struct writer *w, const char *url)
{
	struct clock clock;

	clock_system(&clock, 1.0);
	w->loop = loop_new(&clock);
	struct http *http = http_new(w->loop);
	struct aws *aws = aws_new(w->loop, http, &(struct aws_options){ .region = NULL });
	w->store = str_starts(url, "s3://") ? aws_store_new(aws, url, &w->err) :
		store_file_new(w->loop, url, &w->err);
	if (w->store && w->text.len) {
		w->store->ops->put(w->store, w->path, buf_str(&w->text), w->text.len, "",
			writer_put_done, w);
	} else if (w->store) {
		writer_read(w);
	}
	if (w->store) {
		while (!w->ended) {
			loop_run(w->loop);
		}
		w->store->ops->free(w->store);
	}
	aws_free(aws);
	http_free(http);
	loop_free(w->loop);
	return !err_is_set(&w->err);
}

static pid_t race_start(const char *url, const char *path, int64_t edits, int answer)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct writer w = { .path = path, .edits = edits, .err = ERR_INIT };
		srandom((unsigned)getpid());
		bool ok = writer_run(&w, url);

		if (!ok) {
			printf("# %s\n", w.err.text);
			fflush(stdout);
		}
		ok = write(answer, &w.conflicts, sizeof(w.conflicts)) == sizeof(w.conflicts) && ok;
		_exit(ok ? 0 : 1);
	}
	return pid;
}

/* Stores the text where nothing is. */
static int race_put(const char *url, const char *path, const char *file)
{
	struct writer w = { .path = path, .edits = 1, .err = ERR_INIT };

	buf_init(&w.text, 1 << 20);
	bool ok = file_read(file, &w.text, &w.err) && writer_run(&w, url);
	buf_release(&w.text);
	if (!ok) {
		printf("# %s\n", w.err.text);
	}
	return !ok;
}

static int race(const char *url, const char *path, int64_t edits)
{
	struct writer first = { .path = path, .err = ERR_INIT };
	struct writer last = { .path = path, .err = ERR_INIT };
	int answers[2], status, rc = 0;
	int64_t conflicts = 0, n;

	if (pipe(answers) != 0 || !writer_run(&first, url)) {
		printf("Bail out! %s\n", first.err.text);
		return 99;
	}
	fflush(stdout);
	race_start(url, path, edits - edits / 2, answers[1]);
	race_start(url, path, edits / 2, answers[1]);
	for (int i = 0; i < 2; i++) {
		rc |= wait(&status) < 0 || status != 0;
		rc |= read(answers[0], &n, sizeof(n)) != sizeof(n);
		conflicts += n;
	}
	rc |= !writer_run(&last, url);
	int64_t lost = first.value + edits - last.value;
	bool raced = conflicts > 0 || edits < 100;
	printf("1..2\n%sok 1 - %lld edits landed, %lld lost without a word\n",
		rc || lost ? "not " : "", (long long)edits, (long long)lost);
	printf("%sok 2 - %lld conflicts were told\n", raced ? "" : "not ", (long long)conflicts);
	return rc || lost || !raced;
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/kopscope-race.XXXXXX";
	int64_t edits = 1000;

	if (argc > 4 && str_eq(argv[1], "--put")) {
		char *path = xasprintf("%s/config", argv[3]);
		int rc = race_put(argv[2], path, argv[4]);

		free(path);
		return rc;
	}
	if (argc > 3) {
		str_to_i64(argv[3], 2, 1000000, &edits);
	}
	if (argc > 2) {
		char *path = xasprintf("%s/config", argv[2]);
		int rc = race(argv[1], path, edits);

		free(path);
		return rc;
	}
	if (!mkdtemp(dir)) {
		puts("Bail out! no temporary folder");
		return 99;
	}
	char *folder = xasprintf("%s/race.example", dir);
	char *file = xasprintf("%s/config", folder);
	char *lock = xasprintf("%s/.kopscope-lock", dir);
	int rc = file_mkdirs(folder, NULL) && file_write(file, spec, strlen(spec), 0600, NULL) ?
		race(dir, "race.example/config", edits) : 99;
	unlink(file);
	unlink(lock);
	rmdir(folder);
	rmdir(dir);
	free(lock);
	free(file);
	free(folder);
	return rc;
}
