/* SPDX-License-Identifier: Apache-2.0 */
/* The folders of runs: made, listed, found. */
#include "core/run/run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/base/xalloc.h"
#include "core/run/run-folder.h"

#define RUN_FILE_MAX (256u << 20) /* 5,000 nodes tell about 70 MiB */

static const char *const run_status_names[] = {
	[RUN_STARTING] = "starting",
	[RUN_ALIVE] = "running",
	[RUN_SUCCEEDED] = "succeeded",
	[RUN_FAILED] = "failed",
	[RUN_GUARD] = "guarded",
	[RUN_USER_STOPPED] = "stopped",
	[RUN_DIED] = "died",
};

const char *run_status_name(enum run_status s)
{
	if ((unsigned)s >= sizeof(run_status_names) / sizeof(run_status_names[0]))
		return "?";
	return run_status_names[s];
}

static const char *const run_kind_names[] = {
	[RUN_UPDATE] = "update",
	[RUN_ROLL] = "roll",
	[RUN_CREATE] = "create",
};

const char *run_kind_name(enum run_kind k)
{
	return run_kind_names[k];
}

static enum run_kind run_kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(run_kind_names) / sizeof(run_kind_names[0]); i++) {
		if (str_eq(run_kind_names[i], name))
			return (enum run_kind)i;
	}
	return RUN_UPDATE;
}

void run_meta_release(struct run_meta *m)
{
	free(m->id);
	free(m->cluster);
	free(m->state);
	free(m->who);
	free(m->options);
	free(m->take_over);
	*m = (struct run_meta){ .id = NULL };
}

static char *run_root(void)
{
	char *state = file_state_dir(), *root = file_join(state, "runs");

	free(state);
	return root;
}

char *run_path(const char *id, const char *file)
{
	char *root = run_root(), *dir = file_join(root, id), *path = file_join(dir, file);

	free(dir);
	free(root);
	return path;
}

/* Ids are counted: 1, 2, 3; false for anything else in the folder. */
static bool run_id_number(const char *id, int64_t *n)
{
	return id[0] != '0' && str_to_i64(id, 1, INT32_MAX, n);
}

static int run_id_newer(const void *a, const void *b)
{
	int64_t x = 0, y = 0;

	run_id_number(*(char *const *)a, &x);
	run_id_number(*(char *const *)b, &y);
	return x < y ? 1 : x > y ? -1 : 0;
}

bool run_list(struct strlist *out, struct err *e)
{
	char *root = run_root();
	DIR *d = opendir(root);
	struct dirent *entry;
	bool ok = true;
	int64_t n;

	if (!d) {
		if (errno != ENOENT)
			ok = err_errno(e, errno, "%s", root);
		free(root);
		return ok;
	}
	for (entry = readdir(d); entry; entry = readdir(d)) {
		if (run_id_number(entry->d_name, &n))
			strlist_add(out, entry->d_name);
	}
	closedir(d);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), run_id_newer);
	free(root);
	return ok;
}

/* ---- making one ---- */

static bool run_write_meta(const struct run_meta *m, const char *id, struct err *e)
{
	json_auto_t *j = json_pack("{s:s,s:s,s:s*,s:s*,s:s,s:s,s:I,s:s*,s:s*}", "id", id, "cluster",
		m->cluster, "state", m->state, "who", m->who, "kind",
		run_kind_name(m->kind), "engine",
		m->engine == RUN_KOPS ? "kops" : "native", "started", (json_int_t)m->started,
		"options", m->options, "takeOver", m->take_over);
	char *path = run_path(id, "meta.json");
	struct buf text = BUF_INIT;
	bool ok;

	if (j)
		json_write(&text, j, false);
	ok = j ? file_write(path, buf_str(&text), text.len, 0600, e)
	       : err_set(e, ERR_USAGE, "the cluster's name is not valid text");
	buf_release(&text);
	free(path);
	return ok;
}

/* The first free number; two at once get two. */
static bool run_make_folder(char **id, struct err *e)
{
	struct strlist all = { .v = NULL };
	char *root = run_root(), *path;
	int64_t n = 0;
	int tries;
	bool ok = file_mkdirs(root, e) && trust_folder(root, e) && run_list(&all, e);

	if (ok && all.n)
		run_id_number(all.v[0], &n);
	for (tries = 0; ok && tries < 100; tries++) {
		*id = xasprintf("%lld", (long long)++n);
		path = file_join(root, *id);
		ok = !mkdir(path, 0700);
		free(path);
		if (ok)
			break;
		ok = errno == EEXIST || err_errno(e, errno, "%s", root);
		free(*id);
		*id = NULL;
	}
	if (ok && tries == 100)
		ok = err_set(e, ERR_IO, "no free run number in %s", root);
	strlist_release(&all);
	free(root);
	return ok;
}

bool run_create(const struct run_meta *m, char **id, struct err *e)
{
	char *made = NULL;

	if (!run_make_folder(&made, e))
		return false;
	if (!run_write_meta(m, made, e)) {
		free(made);
		return false;
	}
	*id = made;
	return true;
}

/* ---- reading ---- */

bool run_read_file(const char *id, const char *file, struct buf *out, struct err *e)
{
	char *path = run_path(id, file);
	bool ok;

	out->max = RUN_FILE_MAX;
	ok = file_read(path, out, e);
	free(path);
	return ok;
}

bool run_has_file(const char *id, const char *file)
{
	char *path = run_path(id, file);
	bool has = !access(path, F_OK);

	free(path);
	return has;
}

bool run_meta_read(const char *id, struct run_meta *out, struct err *e)
{
	struct buf text = BUF_INIT;
	json_t *j = NULL;
	bool ok = run_read_file(id, "meta.json", &text, e);

	if (ok) {
		j = json_parse(buf_str(&text), text.len, e);
		ok = j || err_wrap(e, "meta.json of run %s", id);
	}
	if (ok)
		*out = (struct run_meta){
			.id = xstrdup(id),
			.cluster = xstrdup(json_str(j, "cluster")),
			.state = xstrdup(json_str(j, "state")),
			.who = xstrdup(json_str(j, "who")),
			.kind = run_kind_of(json_str(j, "kind")),
			.engine = str_eq(json_str(j, "engine"), "kops") ? RUN_KOPS : RUN_NATIVE,
			.started = json_int(j, "started", 0),
			.options = xstrdup(json_str(j, "options")),
			.take_over = xstrdup(json_str(j, "takeOver")),
		};
	json_decref(j);
	buf_release(&text);
	return ok;
}

/* When the process started, in ticks since boot: tells it from a later one of the same id. */
static bool run_process_started(long pid, unsigned long long *ticks)
{
	char path[64];
	struct buf text = { .max = 8192 };
	const char *p;
	int field;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if (!file_read(path, &text, NULL)) {
		buf_release(&text);
		return false;
	}
	/* Field 2 is the name in brackets and may hold anything; 22 is the start time. */
	p = strrchr(buf_str(&text), ')');
	/* Field 3 is the state: one that ended and was not collected yet lives no more. */
	if (p && p[1] == ' ' && (p[2] == 'Z' || p[2] == 'X'))
		p = NULL;
	for (field = 2; p && field < 22; field++) {
		p = strchr(p + 1, ' ');
	}
	*ticks = p ? strtoull(p + 1, NULL, 10) : 0;
	buf_release(&text);
	return *ticks > 0;
}

bool run_pid_write(const char *id, long pid, struct err *e)
{
	unsigned long long ticks = 0; /* none: it has ended already, and nobody lives under it */
	char text[64], *path;
	bool ok;

	run_process_started(pid, &ticks);
	snprintf(text, sizeof(text), "%ld %llu\n", pid, ticks);
	path = run_path(id, "pid");
	ok = file_write(path, text, strlen(text), 0600, e);
	free(path);
	return ok;
}

enum run_process run_process_of(const char *id)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	unsigned long long then = 0, now = 0;
	enum run_process p = RUN_PROCESS_NONE;
	int64_t number;
	long pid = 0;

	if (!run_id_number(id, &number))
		return RUN_PROCESS_NONE;
	if (run_read_file(id, "pid", &text, &e)) {
		p = RUN_PROCESS_GONE;
		if (sscanf(buf_str(&text), "%ld %llu", &pid, &then) == 2 &&
			run_process_started(pid, &now) && now == then)
			p = RUN_PROCESS_ALIVE;
	} else if (e.kind != ERR_NOT_FOUND) {
		p = RUN_PROCESS_ALIVE; /* for all we know */
	}
	buf_release(&text);
	return p;
}

/* Its last line says so: the process of such a one is about to go. */
static bool run_told_end(const char *id)
{
	char *path = run_path(id, "events.jsonl"), text[8192], *line;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	off_t at = end > (off_t)sizeof(text) - 1 ? end - (off_t)sizeof(text) + 1 : 0;
	ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof(text) - 1, at);

	free(path);
	if (fd >= 0)
		close(fd);
	if (n <= 1)
		return false;
	text[n - 1] = '\0'; /* the last newline */
	line = strrchr(text, '\n');
	return strstr(line ? line : text, "\"event\":\"end\"") != NULL;
}

char *run_find_alive(const char *cluster)
{
	struct strlist all = { .v = NULL };
	char *found = NULL;
	size_t i;

	if (!run_list(&all, NULL))
		return NULL;
	for (i = 0; i < all.n && !found; i++) {
		struct run_meta m;

		if (run_process_of(all.v[i]) != RUN_PROCESS_ALIVE ||
			!run_meta_read(all.v[i], &m, NULL))
			continue;
		if (str_eq(m.cluster, cluster) && !run_told_end(all.v[i]))
			found = xstrdup(all.v[i]);
		run_meta_release(&m);
	}
	strlist_release(&all);
	return found;
}

int64_t run_node_history(const char *cluster, double scale)
{
	struct strlist all = { .v = NULL };
	int64_t sum = 0, n = 0;
	size_t i, rolls = 0;

	if (!run_list(&all, NULL))
		return 0;
	for (i = 0; i < all.n && i < 50 && rolls < 3; i++) {
		struct run_view v;

		if (!run_view_read(all.v[i], &v, NULL))
			continue;
		if (v.meta.kind == RUN_ROLL && v.status == RUN_SUCCEEDED && v.done &&
			str_eq(v.meta.cluster, cluster) && v.ended > v.meta.started) {
			sum += (int64_t)((double)(v.ended - v.meta.started) * scale);
			n += (int64_t)v.done;
			rolls++;
		}
		run_view_release(&v);
	}
	strlist_release(&all);
	return n ? sum / n : 0;
}
