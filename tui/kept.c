/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of specs that were edited, kept for undo. */
#include "tui/kept.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define KEPT_MAX (16 << 20)

void kept_release(struct kept *k)
{
	buf_release(&k->before);
	buf_release(&k->after);
	free(k->file);
	*k = (struct kept){ .file = NULL };
}

static char *kept_folder(const char *cluster)
{
	char *dir = file_state_dir();
	char *folder = xasprintf("%s/undo/%s", dir, cluster);

	free(dir);
	return folder;
}

/* "instancegroup_nodes" of "CLUSTER/instancegroup/nodes". */
static char *kept_name(const char *cluster, const char *path)
{
	char *name = xstrdup(path + strlen(cluster) + 1);

	for (char *p = name; *p; p++) {
		*p = *p == '/' ? '_' : *p;
	}
	return name;
}

bool kept_save(const char *cluster, const char *path, int64_t wall, const struct buf *before,
	const struct buf *after, struct kept *out, struct err *e)
{
	char *folder = kept_folder(cluster), *name = kept_name(cluster, path);
	char *file = xasprintf("%s/%" PRId64 "-%s", folder, wall, name);

	while (access(file, F_OK) == 0) { /* two in one millisecond */
		free(file);
		file = xasprintf("%s/%" PRId64 "-%s", folder, ++wall, name);
	}
	char *second = xasprintf("%s.after", file);
	bool ok = file_mkdirs(folder, e) &&
		file_write(second, buf_str(after), after->len, 0600, e) &&
		file_write(file, buf_str(before), before->len, 0600, e);
	if (ok) {
		*out = (struct kept){ .file = file };
		file = NULL;
	} else {
		err_wrap(e, "the old text could not be kept, so nothing was written");
	}
	free(second);
	free(file);
	free(name);
	free(folder);
	return ok;
}

static const struct dirent *kept_next(DIR *d)
{
	errno = 0;
	return d ? readdir(d) : NULL;
}

/* The newest entry older than limit; 0: none; -1: the folder cannot be read. */
static int64_t kept_newest(const char *folder, const char *name, int64_t limit, struct err *e)
{
	DIR *d = opendir(folder);
	int64_t best = 0;
	bool bad = !d && errno != ENOENT;

	if (bad) {
		err_errno(e, errno, "cannot read %s", folder);
	}
	for (const struct dirent *ent = kept_next(d); ent; ent = kept_next(d)) {
		const char *dash = strchr(ent->d_name, '-');
		int64_t stamp;

		if (!dash || !str_eq(dash + 1, name)) {
			continue;
		}
		char *digits = xstrndup(ent->d_name, (size_t)(dash - ent->d_name));
		if (str_to_i64(digits, 1, INT64_MAX, &stamp) && stamp < limit && stamp > best) {
			best = stamp;
		}
		free(digits);
	}
	if (d && errno) {
		bad = !err_errno(e, errno, "cannot read %s", folder);
	}
	if (d) {
		closedir(d);
	}
	return bad ? -1 : best;
}

static bool kept_read(const char *folder, const char *name, int64_t stamp, struct kept *k,
	struct err *e)
{
	k->file = xasprintf("%s/%" PRId64 "-%s", folder, stamp, name);
	char *second = xasprintf("%s.after", k->file);

	buf_init(&k->before, KEPT_MAX);
	buf_init(&k->after, KEPT_MAX);
	bool ok = file_read(k->file, &k->before, e) && file_read(second, &k->after, e);
	free(second);
	return ok;
}

static bool kept_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(buf_str(a), buf_str(b), a->len) == 0;
}

bool kept_last(const char *cluster, const char *path, const struct buf *present, struct kept *out,
	struct err *e)
{
	char *folder = kept_folder(cluster), *name = kept_name(cluster, path);
	int64_t stamp = INT64_MAX;
	bool found = false, bad = false;

	*out = (struct kept){ .file = NULL };
	while (!found && !bad) {
		kept_release(out);
		stamp = kept_newest(folder, name, stamp, e);
		bad = stamp < 0;
		if (stamp <= 0) {
			break;
		}
		bad = !kept_read(folder, name, stamp, out, e);
		found = !bad && kept_same(&out->after, present);
		if (!bad && !found && !kept_same(&out->before, present)) {
			bad = !err_set(e, ERR_CONFLICT,
				"%s was changed by somebody else after kopscope's last edit of it",
				path);
			err_hint(e, "the old text is in %s", out->file);
		}
	}
	if (!found && !bad) {
		err_set(e, ERR_NOT_FOUND, "there is no edit of %s to undo", path);
	}
	if (!found) {
		kept_release(out);
	}
	free(name);
	free(folder);
	return found;
}

bool kept_undone(const struct kept *k, struct err *e)
{
	char *to = xasprintf("%s.undone", k->file);
	bool ok = rename(k->file, to) == 0 || err_errno(e, errno, "%s", k->file);

	free(to);
	return ok;
}

void kept_drop(const struct kept *k)
{
	char *second = xasprintf("%s.after", k->file);

	unlink(k->file);
	unlink(second);
	free(second);
}
