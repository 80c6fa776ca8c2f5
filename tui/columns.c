/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns each view shows, kept over sessions. */
#include "tui/columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/confine.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/base/xalloc.h"
#include "tui/app.h"
#include "tui/lesson/language.h"
#include "tui/options.h"
#include "tui/settings.h"

#define COLUMNS_MAX 4096

static uint64_t columns_all(const struct view *v)
{
	return ((uint64_t)1 << v->ncolumns) - 1;
}

static uint64_t columns_usual(const struct app *a, enum view_id view)
{
	const struct config *c = a->options->settings;
	return c ? c->hidden[view] : 0;
}

static char *columns_file(const struct view *v)
{
	char *dir = file_state_dir();
	char *file = xasprintf("%s/columns/%s", dir, v->name);
	free(dir);
	return file;
}

/* "name,pods,state" or "*", with a newline behind it. */
static bool columns_parse(const struct view *v, const struct buf *text, uint64_t *hidden,
	struct err *e)
{
	struct strlist names = { .v = NULL };
	uint64_t shown = 0;
	const char *all = buf_str(text);
	size_t n = strcspn(all, "\n");
	bool ok = n > 0 && n + 1 == text->len && all[n] == '\n';
	if (!ok) {
		return err_set(e, ERR_PARSE, "this is not one line of columns");
	}
	char *line = xstrndup(all, n);
	if (str_eq(line, "*")) {
		shown = columns_all(v);
	} else {
		strlist_split(&names, line, ',');
	}
	for (size_t i = 0; i < names.n && ok; i++) {
		long col = table_column(v->columns, v->ncolumns, names.v[i]);
		ok = col >= 0 || err_set(e, ERR_PARSE, "%s has no column %s", v->title, names.v[i]);
		shown |= ok ? (uint64_t)1 << col : 0;
	}
	if (ok) {
		*hidden = columns_all(v) & ~(shown | 1);
	}
	strlist_release(&names);
	free(line);
	return ok;
}

void columns_load(struct app *a)
{
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		char *file = columns_file(v);
		struct err e = ERR_INIT;
		struct buf text;
		buf_init(&text, COLUMNS_MAX);
		bool there = access(file, F_OK) == 0 || errno != ENOENT;
		if (there && !(trust_read(file, &text, &e) &&
				     columns_parse(v, &text, &a->places[i].hidden, &e))) {
			log_add(&a->session->log, clock_wall(&a->session->clock), STYLE_WARN,
				"the columns of %s are as usual: %s%s%s", v->title,
				e.kind == ERR_PARSE ? file : "", e.kind == ERR_PARSE ? ": " : "",
				e.text);
		}
		buf_release(&text);
		free(file);
	}
}

static bool columns_write(const struct view *v, uint64_t hidden, struct err *e)
{
	struct buf text = BUF_INIT;
	char *dir = file_state_dir();
	char *folder = file_join(dir, "columns"), *file = columns_file(v);
	for (size_t i = 0; i < v->ncolumns && hidden; i++) {
		if (!(hidden >> i & 1)) {
			buf_addf(&text, "%s%s", text.len ? "," : "", v->columns[i].id);
		}
	}
	buf_adds(&text, hidden ? "\n" : "*\n");
	bool ok = file_mkdirs(folder, e) && trust_folder(folder, e) &&
		file_write(file, buf_str(&text), text.len, 0600, e);
	buf_release(&text);
	free(dir);
	free(folder);
	free(file);
	return ok;
}

static bool columns_remove(const struct view *v, struct err *e)
{
	char *file = columns_file(v);
	bool ok = unlink(file) == 0 || errno == ENOENT || err_errno(e, errno, "%s", file);
	free(file);
	return ok;
}

void columns_choose(struct app *a, enum view_id view, uint64_t hidden)
{
	const struct view *v = view_get(view);
	struct err e = ERR_INIT;
	hidden &= columns_all(v) & ~(uint64_t)1; /* the name of the row stays */
	a->places[view].hidden = hidden;
	if (confine_is_on()) {
		app_say(a, STYLE_DIM, "for as long as this screen: a read-only one writes no file");
	} else if (hidden == columns_usual(a, view) ? columns_remove(v, &e)
						    : columns_write(v, hidden, &e)) {
		app_say(a, STYLE_DIM, "%s", tr("kept; :columns reset shows the usual ones"));
	} else {
		app_say(a, STYLE_WARN, "for as long as this screen; 7 Log says why it is not kept");
		log_add(&a->session->log, clock_wall(&a->session->clock), STYLE_WARN,
			"the columns of %s are not kept: %s", v->title, e.text);
	}
}

void columns_reset(struct app *a, enum view_id view)
{
	columns_choose(a, view, columns_usual(a, view));
}
