/* SPDX-License-Identifier: Apache-2.0 */
/* State store: the files of the open cluster, what each is and who writes it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/store/what.h"
#include "tui/shelf.h"
#include "tui/view.h"

enum { COL_NAME, COL_SIZE, COL_AGE, COL_WHAT, COL_WRITER, COL_PATH, COL_TIME, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "name", .title = "FILE", .width = 24, .grow = 1,
		.flags = COLUMN_MIDDLE, .help = "below the cluster's folder" },
	[COL_SIZE] = { .id = "size", .kind = CELL_NUMBER, .title = "BYTES", .width = 5,
		.flags = COLUMN_RIGHT,
		.help = "size" },
	[COL_AGE] = { .id = "age", .kind = CELL_AGE, .title = "AGE", .width = 5,
		.flags = COLUMN_RIGHT, .help = "since it was written" },
	[COL_WHAT] = { .id = "what", .title = "WHAT IT IS", .width = 24, .grow = 2,
		.help = "what the file is" },
	[COL_WRITER] = { .id = "writer", .title = "WRITTEN BY", .width = 12, .flags = COLUMN_WIDE,
		.help = "who writes it" },
	[COL_PATH] = { .id = "path", .title = "PATH", .width = 20, .flags = COLUMN_DATA,
		.help = "in the state store" },
	[COL_TIME] = { .id = "modified", .title = "MODIFIED", .width = 20, .flags = COLUMN_DATA,
		.help = "when it was written" },
};

/* How many files begin with the folder, and their bytes. */
static size_t store_below(const struct shelf *s, const char *folder, int64_t *bytes)
{
	size_t n = 0;
	*bytes = 0;
	for (size_t i = 0; i < s->nfiles; i++) {
		if (str_starts(s->files[i].path, folder) && !str_ends(s->files[i].path, "/")) {
			*bytes += s->files[i].size > 0 ? s->files[i].size : 0;
			n++;
		}
	}
	return n;
}

static void store_folder(const struct shelf *s, const char *folder, struct table *t)
{
	int64_t bytes;
	size_t n = store_below(s, folder, &bytes);
	struct trow *r = table_row(t, folder);
	table_text(t, r, COL_NAME, STYLE_ACCENT, folder);
	table_value(r, COL_SIZE, CELL_NUMBER, STYLE_DIM, n ? bytes : -1, 0);
	table_value(r, COL_AGE, CELL_AGE, STYLE_DIM, -1, 0);
	if (n) {
		table_textf(t, r, COL_WHAT, STYLE_DIM, "%zu file%s", n, n == 1 ? "" : "s");
	} else {
		table_text(t, r, COL_WHAT, STYLE_DIM, store_what(folder)->what);
		table_brief(t, r, COL_WHAT, store_what(folder)->brief);
	}
	table_text(t, r, COL_PATH, STYLE_NORMAL, folder);
}

static void store_file(const struct view_ctx *c, const struct shelf *s, const struct shelf_file *f,
	struct table *t)
{
	const struct store_what *w = store_what(f->path);
	const char *slash = strchr(f->path, '/');
	int64_t age = f->modified > 0 ? clock_wall(c->clock) - f->modified : -1;
	char *path = xasprintf("%s/%s", s->cluster, f->path), stamp[40];
	struct trow *r = table_row(t, f->path);
	table_textf(t, r, COL_NAME, STYLE_NORMAL, "%s%s", slash ? "  " : "",
		slash ? slash + 1 : f->path);
	char *brief = view_group_brief(c, r->cells[COL_NAME].text);
	table_brief(t, r, COL_NAME, brief);
	free(brief);
	table_value(r, COL_SIZE, CELL_NUMBER, STYLE_NORMAL, f->size, 0);
	table_value(r, COL_AGE, CELL_AGE, STYLE_NORMAL, age < 0 && f->modified > 0 ? 0 : age, 0);
	table_text(t, r, COL_WHAT, w->secret ? STYLE_WARN : STYLE_NORMAL, w->what);
	table_brief(t, r, COL_WHAT, w->brief);
	table_text(t, r, COL_WRITER, STYLE_DIM, w->writer);
	table_text(t, r, COL_PATH, STYLE_NORMAL, path);
	if (f->modified > 0) {
		stamp_format(stamp, f->modified, false);
		table_text(t, r, COL_TIME, STYLE_NORMAL, stamp);
	}
	free(path);
}

static void store_rows(const struct view_ctx *c, struct table *t)
{
	const struct shelf *s = c->shelf;
	char *folder = NULL;
	for (size_t i = 0; s && i < s->nfiles; i++) {
		const char *path = s->files[i].path, *slash = strchr(path, '/');
		size_t n = slash ? (size_t)(slash - path) + 1 : 0;
		bool same = folder && strlen(folder) == n && !strncmp(folder, path, n);
		if (slash && !same) {
			free(folder);
			folder = xstrndup(path, n);
			store_folder(s, folder, t);
		}
		if (!str_ends(path, "/")) {
			store_file(c, s, &s->files[i], t);
		}
	}
	if (s && s->more) {
		table_span(t, 0, STYLE_WARN, "There are more files; these are the first %zu.",
			s->nfiles);
	}
	free(folder);
}

static void store_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	const struct shelf *s = c->shelf;
	if (!s || !row) {
		return;
	}
	if (s->files_state == SHELF_FAILED) {
		buf_addf(out, "%s\n", s->files_err.text);
	}
	const struct store_what *w = store_what(row->id);
	buf_addf(out, "%s/%s\n", s->cluster, row->id);
	if (str_eq(row->id, "backups/")) {
		buf_adds(out, "Not listed: backups can be very many files.\n");
	} else if (str_ends(row->id, "/")) {
		buf_addf(out, "%s\n", row->cells[COL_WHAT].text);
	} else {
		buf_addf(out, "%s; written by %s\n", w->what, w->writer);
	}
	if (w->secret && !str_ends(row->id, "/")) {
		buf_adds(out, "Enter asks before it is fetched, and masks what it holds.\n");
	}
}

static const char *store_empty(const struct view_ctx *c)
{
	const struct shelf *s = c->shelf;
	const char *trouble = view_source_trouble(c, SRC_STORE);
	if (s && s->files_state == SHELF_FAILED) {
		return s->files_err.text;
	}
	if (trouble) {
		return trouble;
	}
	if (!model_opened(c->model)) {
		return "No cluster is open: choose one in 1 Clusters.";
	}
	return s && s->files_state == SHELF_THERE ? "The state store holds no file of this cluster."
						  : "Reading the list of files ...";
}

const struct view view_store = {
	.id = VIEW_STORE, .name = "store", .title = "State store", .key = 0,
	.help = "The cluster's files in the state store: what each is, who writes it",
	.source = SRC_STORE, .wants = SHELF_FILES, .columns = columns, .ncolumns = COL__COUNT,
	.rows = store_rows, .detail = store_detail, .empty = store_empty, .enter = VIEW_STORE,
};
