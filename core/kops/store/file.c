/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state store in a folder.
 *
 * Every call becomes a job that runs on the next turn of the loop, so that the
 * caller sees the same order of things as with a store behind a network.  The
 * lock file lies in the store's own folder, never in a cluster's: kops reads
 * every file in instancegroup/, and deletes no cluster that holds unknown files
 * (facts: kops parts 1.1, 1.3).
 */
#include "core/kops/store/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/bug.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define FILE_STORE_LOCK ".kopscope-lock"
#define FILE_STORE_MAX_BYTES (16u << 20)
#define FILE_STORE_LOCK_TRIES 40
/* Doubled from 1 ms on: the lock is held for the length of one write. */
#define FILE_STORE_LOCK_WAIT_MS 50

struct file_store {
	struct store base;
	struct loop *loop;
	char *url, *dir;
	struct file_job *jobs; /* not yet run */
};

enum file_job_kind { JOB_LIST, JOB_GET, JOB_PUT };

struct file_job {
	struct file_store *store;
	struct file_job *next, **prev;
	struct loop_timer *timer;
	enum file_job_kind kind;
	char *path;
	char *text, *if_tag; /* of a put; if_tag NULL: whatever is there */
	size_t len;
	int tries;
	void (*on_list)(void *ctx, const struct store_entry *v, size_t n, const struct err *e);
	void (*on_get)(void *ctx, const char *text, size_t len, const char *etag,
		const struct err *e);
	void (*on_put)(void *ctx, const char *etag, const struct err *e);
	void *ctx;
};

/* FNV-1a with the length: enough to notice a change, not to resist a forger. */
static void file_tag(char out[40], const char *text, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++) {
		h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	}
	snprintf(out, 40, "%016" PRIx64 "-%zx", h, len);
}

static void file_job_link(struct file_job *j)
{
	j->next = j->store->jobs;
	j->prev = &j->store->jobs;
	if (j->next) {
		j->next->prev = &j->next;
	}
	j->store->jobs = j;
}

static void file_job_unlink(struct file_job *j)
{
	*j->prev = j->next;
	if (j->next) {
		j->next->prev = j->prev;
	}
}

static void file_job_free(struct file_job *j)
{
	free(j->path);
	free(j->text);
	free(j->if_tag);
	free(j);
}

static void file_job_fail(struct file_job *j, const struct err *e)
{
	switch (j->kind) {
	case JOB_LIST:
		j->on_list(j->ctx, NULL, 0, e);
		break;
	case JOB_GET:
		j->on_get(j->ctx, NULL, 0, "", e);
		break;
	case JOB_PUT:
		j->on_put(j->ctx, "", e);
		break;
	}
}

/* Paths come from listings and from our own code, but never lead out of the store. */
static bool file_path_ok(const char *path, struct err *e)
{
	struct strlist parts = { .n = 0 };
	bool ok = path[0] != '/';

	strlist_split(&parts, path, '/');
	for (size_t i = 0; i < parts.n; i++) {
		ok = ok && strcmp(parts.v[i], "..") != 0 && strcmp(parts.v[i], ".") != 0;
	}
	strlist_release(&parts);
	return ok || err_set(e, ERR_REFUSED, "%.200s is not a path in a state store", path);
}

static int file_entry_cmp(const void *a, const void *b)
{
	const struct store_entry *x = a;
	const struct store_entry *y = b;

	return strcmp(x->name, y->name);
}

/* Fills names; entries vanish while one looks, which is no error. */
static void file_list_dir(DIR *d, struct store_entry **v, size_t *n)
{
	size_t cap = 0;

	for (;;) {
		struct dirent *ent = readdir(d);
		struct stat st;

		if (!ent) {
			return;
		}
		if (str_eq(ent->d_name, ".") || str_eq(ent->d_name, "..") ||
			str_eq(ent->d_name, FILE_STORE_LOCK) ||
			fstatat(dirfd(d), ent->d_name, &st, 0) != 0) {
			continue;
		}
		*v = xgrow(*v, &cap, *n, sizeof(**v));
		(*v)[(*n)++] = (struct store_entry){
			.name = xasprintf("%s%s", ent->d_name, S_ISDIR(st.st_mode) ? "/" : ""),
			.size = S_ISDIR(st.st_mode) ? 0 : (int64_t)st.st_size,
			.modified = (int64_t)st.st_mtim.tv_sec * 1000 +
				st.st_mtim.tv_nsec / 1000000,
		};
	}
}

static void file_job_list(struct file_job *j)
{
	struct err e = ERR_INIT;
	struct store_entry *v = NULL;
	size_t n = 0;
	char *path = file_join(j->store->dir, j->path);
	DIR *d = opendir(path);

	if (d) {
		file_list_dir(d, &v, &n);
		closedir(d);
	} else if (errno != ENOENT || !*j->path) {
		/* an object store has no folders: below it, what is not there is empty */
		err_errno(&e, errno, "listing %s", path);
	}
	if (n) {
		qsort(v, n, sizeof(*v), file_entry_cmp);
	}
	j->on_list(j->ctx, v, n, err_is_set(&e) ? &e : NULL);
	for (size_t i = 0; i < n; i++) {
		free((char *)v[i].name);
	}
	free(v);
	free(path);
}

static void file_job_get(struct file_job *j)
{
	struct err e = ERR_INIT;
	struct buf text = BUF_INIT;
	char *path = file_join(j->store->dir, j->path);
	char tag[40];

	buf_init(&text, FILE_STORE_MAX_BYTES);
	if (file_read(path, &text, &e)) {
		file_tag(tag, buf_str(&text), text.len);
		j->on_get(j->ctx, buf_str(&text), text.len, tag, NULL);
	} else {
		j->on_get(j->ctx, NULL, 0, "", &e);
	}
	buf_release(&text);
	free(path);
}

/* The present version's tag into tag ("" when there is none) and its mode. */
static bool file_present(const char *path, char tag[40], mode_t *mode, struct err *e)
{
	struct buf text = BUF_INIT;
	struct err why = ERR_INIT;
	struct stat st;

	buf_init(&text, FILE_STORE_MAX_BYTES);
	bool ok = file_read(path, &text, &why);
	if (ok) {
		file_tag(tag, buf_str(&text), text.len);
		if (stat(path, &st) == 0) {
			*mode = st.st_mode & 07777;
		}
	} else if (why.kind == ERR_NOT_FOUND) {
		tag[0] = '\0';
		ok = true;
	} else {
		err_copy(e, &why);
	}
	buf_release(&text);
	return ok;
}

static bool file_make_parents(const char *path, struct err *e)
{
	char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');
	bool ok = true;

	if (slash && slash != dir) {
		*slash = '\0';
		ok = access(dir, F_OK) == 0 || file_mkdirs(dir, e);
	}
	free(dir);
	return ok;
}

static bool file_put_locked(struct file_job *j, struct err *e)
{
	char *joined = file_join(j->store->dir, j->path);
	char *path = realpath(joined, NULL); /* a rename would replace a link by a file */
	mode_t mode = 0644;
	char tag[40] = "";

	if (!path) {
		path = joined;
		joined = NULL;
	}
	bool ok = file_present(path, tag, &mode, e);
	if (ok && j->if_tag && !str_eq(tag, j->if_tag)) {
		ok = err_set(e, ERR_CONFLICT, "%s was changed by somebody else in the meantime",
			j->path);
		err_hint(e, "Look at what changed, then edit again");
	}
	ok = ok && file_make_parents(path, e) && file_write(path, j->text, j->len, mode, e);
	free(joined);
	free(path);
	return ok;
}

static void file_job_run(void *ctx);

/* True when the job waits for another writer's lock and runs again later. */
static bool file_job_put(struct file_job *j)
{
	struct err e = ERR_INIT;
	char *lock = file_join(j->store->dir, FILE_STORE_LOCK);
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	char tag[40] = "";

	if (fd < 0) {
		err_errno(&e, errno, "locking %s", lock);
	} else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int why = errno;

		if (why == EWOULDBLOCK && ++j->tries < FILE_STORE_LOCK_TRIES) {
			int ms = j->tries > 5 ? FILE_STORE_LOCK_WAIT_MS : 1 << j->tries;

			close(fd);
			free(lock);
			file_job_link(j);
			j->timer = loop_timer_add(j->store->loop, ms, file_job_run, j);
			return true;
		}
		if (why == EWOULDBLOCK) {
			err_set(&e, ERR_CONFLICT, "%s is held by another writer", lock);
		} else {
			err_errno(&e, why, "locking %s", lock);
		}
	} else if (file_put_locked(j, &e)) {
		file_tag(tag, j->text, j->len);
	}
	if (fd >= 0) {
		close(fd);
	}
	free(lock);
	j->on_put(j->ctx, tag, err_is_set(&e) ? &e : NULL);
	return false;
}

static void file_job_run(void *ctx)
{
	struct file_job *j = ctx;
	struct err e = ERR_INIT;
	bool again = false;

	/* out of the list first: its callback may free the store */
	j->timer = NULL;
	file_job_unlink(j);
	if (!file_path_ok(j->path, &e)) {
		file_job_fail(j, &e);
	} else if (j->kind == JOB_LIST) {
		file_job_list(j);
	} else if (j->kind == JOB_GET) {
		file_job_get(j);
	} else {
		again = file_job_put(j);
	}
	if (!again) {
		file_job_free(j);
	}
}

static struct file_job *file_job_add(struct store *s, enum file_job_kind kind, const char *path,
	void *ctx)
{
	struct file_store *f = (struct file_store *)s;
	struct file_job *j = xcalloc(1, sizeof(*j));

	j->store = f;
	j->kind = kind;
	j->path = xstrdup(path);
	j->ctx = ctx;
	file_job_link(j);
	j->timer = loop_timer_add(f->loop, 0, file_job_run, j);
	return j;
}

static void file_store_list(struct store *s, const char *path,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx)
{
	file_job_add(s, JOB_LIST, path, ctx)->on_list = done;
}

static void file_store_get(struct store *s, const char *path,
	void (*done)(void *ctx, const char *text, size_t len, const char *etag,
		const struct err *e),
	void *ctx)
{
	file_job_add(s, JOB_GET, path, ctx)->on_get = done;
}

static void file_store_put(struct store *s, const char *path, const char *text, size_t len,
	const char *if_tag, void (*done)(void *ctx, const char *etag, const struct err *e),
	void *ctx)
{
	struct file_job *j = file_job_add(s, JOB_PUT, path, ctx);

	j->on_put = done;
	j->text = xmalloc(len ? len : 1);
	memcpy(j->text, text, len);
	j->len = len;
	j->if_tag = xstrdup(if_tag);
}

static void file_store_free(struct store *s)
{
	struct file_store *f = (struct file_store *)s;
	struct err e = ERR_INIT;

	err_set(&e, ERR_CANCELLED, "the store was closed");
	while (f->jobs) {
		struct file_job *j = f->jobs;

		if (j->timer) {
			loop_timer_remove(j->timer);
		}
		file_job_unlink(j);
		MUST(f->jobs != j);
		file_job_fail(j, &e);
		file_job_free(j);
	}
	free(f->url);
	free(f->dir);
	free(f);
}

static const struct store_ops file_store_ops = {
	.list = file_store_list,
	.get = file_store_get,
	.put = file_store_put,
	.free = file_store_free,
};

struct store *store_file_new(struct loop *l, const char *url, struct err *e)
{
	const char *path = str_starts(url, "file://") ? url + strlen("file://") : url;
	struct stat st;

	if (!*path || stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		err_set(e, ERR_NOT_FOUND, "there is no folder %.300s", *path ? path : "\"\"");
		err_hint(e, "Give the state store as s3://bucket, file:///dir or a path");
		return NULL;
	}
	struct file_store *f = xcalloc(1, sizeof(*f));
	f->loop = l;
	f->url = xstrdup(url);
	f->dir = xstrdup(path);
	size_t n = strlen(f->dir);
	if (n > 1 && f->dir[n - 1] == '/') {
		f->dir[n - 1] = '\0';
	}
	f->base.ops = &file_store_ops;
	f->base.url = f->url;
	return &f->base;
}
