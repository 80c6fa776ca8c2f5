/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two processes edit one spec of one store at the same time.  In every round both read it, wait for
 * each other, and only then write: an edit counts maxPods up by one, from what was read, so of the
 * two one must land and the other one be told.  An edit that the other one undid without a word
 * would be missing from the sum at the end.
 *
 * usage: race [STORE-URL CLUSTER [ROUNDS]]; without a store: a folder of its own, 1000 rounds.
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
#include "core/kops/store/file.h"

/* One process. */
struct writer {
	struct loop *loop;
	struct store *store;
	const char *path;
	int64_t rounds, landed, conflicts; /* rounds: to be played */
	int64_t value;                     /* last read */
	int tell, hear;                    /* the other one's ends of two pipes */
	bool ended;
	struct err err;
	struct buf text;                   /* to be stored as it is; empty: edits */
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
	if (w->landed + w->conflicts == w->rounds) {
		writer_end(w, NULL);
	} else {
		writer_read(w);
	}
}

/* Both have read, none has written. */
static bool writer_meet(struct writer *w)
{
	char c = 'r';

	return write(w->tell, &c, 1) == 1 && read(w->hear, &c, 1) == 1;
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
	if (!w->rounds) {
		writer_end(w, NULL);
		return;
	}
	if (!writer_meet(w)) {
		err_set(&why, ERR_CANCELLED, "the other writer is gone");
		writer_end(w, &why);
		return;
	}
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

/* Runs one writer to its end; rounds 0: only reads. */
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

/* What a process tells at its end. */
struct outcome {
	int64_t landed, conflicts;
};

static pid_t race_start(const char *url, const char *path, int64_t rounds, const int pipes[3][2],
	int who)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct writer w = { .path = path, .rounds = rounds, .err = ERR_INIT,
			.tell = pipes[!who][1], .hear = pipes[who][0] };

		/* so that the end of one ends the waiting of the other */
		close(pipes[who][1]);
		close(pipes[!who][0]);
		bool ok = writer_run(&w, url);
		const struct outcome done = { w.landed, w.conflicts };

		if (!ok) {
			printf("# %s\n", w.err.text);
			fflush(stdout);
		}
		ok = write(pipes[2][1], &done, sizeof(done)) == sizeof(done) && ok;
		_exit(ok ? 0 : 1);
	}
	return pid;
}

/* Stores the text where nothing is. */
static int race_put(const char *url, const char *path, const char *file)
{
	struct writer w = { .path = path, .rounds = 1, .err = ERR_INIT };

	buf_init(&w.text, 1 << 20);
	bool ok = file_read(file, &w.text, &w.err) && writer_run(&w, url);
	buf_release(&w.text);
	if (!ok) {
		printf("# %s\n", w.err.text);
	}
	return !ok;
}

static int race(const char *url, const char *path, int64_t rounds)
{
	struct writer first = { .path = path, .err = ERR_INIT };
	struct writer last = { .path = path, .err = ERR_INIT };
	struct outcome sum = { .landed = 0 }, n;
	int pipes[3][2], status, rc = 0;

	if (pipe(pipes[0]) != 0 || pipe(pipes[1]) != 0 || pipe(pipes[2]) != 0 ||
		!writer_run(&first, url)) {
		printf("Bail out! %s\n", first.err.text);
		return 99;
	}
	fflush(stdout);
	for (int i = 0; i < 2; i++) {
		race_start(url, path, rounds, (const int(*)[2])pipes, i);
	}
	for (int i = 0; i < 2; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
	close(pipes[2][1]);
	for (int i = 0; i < 2; i++) {
		rc |= wait(&status) < 0 || status != 0;
		rc |= read(pipes[2][0], &n, sizeof(n)) != sizeof(n);
		sum.landed += n.landed;
		sum.conflicts += n.conflicts;
	}
	rc |= !writer_run(&last, url);
	int64_t lost = first.value + sum.landed - last.value;
	bool told = sum.landed + sum.conflicts == 2 * rounds && sum.conflicts >= rounds;
	printf("1..2\n%sok 1 - %lld edits landed, %lld lost without a word\n",
		rc || lost ? "not " : "", (long long)sum.landed, (long long)lost);
	printf("%sok 2 - of %lld edits that met, %lld were told of the conflict\n",
		told ? "" : "not ", (long long)(2 * rounds), (long long)sum.conflicts);
	return rc || lost || !told;
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/kopscope-race.XXXXXX";
	int64_t rounds = 1000;

	if (argc > 4 && str_eq(argv[1], "--put")) {
		char *path = xasprintf("%s/config", argv[3]);
		int rc = race_put(argv[2], path, argv[4]);

		free(path);
		return rc;
	}
	if (argc > 3) {
		str_to_i64(argv[3], 1, 1000000, &rounds);
	}
	if (argc > 2) {
		char *path = xasprintf("%s/config", argv[2]);
		int rc = race(argv[1], path, rounds);

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
		race(dir, "race.example/config", rounds) : 99;
	unlink(file);
	unlink(lock);
	rmdir(folder);
	rmdir(dir);
	free(lock);
	free(file);
	free(folder);
	return rc;
}
