/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dry run's report (facts: kops part 4, "Dry-run report").
 *
 * A line's place in the tree follows from its beginning: a section starts in
 * the first column, a task after two blanks, a field after a tab, and a line of
 * a changed text after twenty blanks between two tabs.  What is none of these
 * ends nothing and is passed over.
 */
#include "core/kops/output.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define UPDATE_MAX_TASKS 20000
#define UPDATE_MAX_LINES 200000

static const struct {
	const char *text;
	enum update_section section;
} update_sections[] = {
	{ "Will create resources:", UPDATE_CREATE },
	{ "Will modify resources:", UPDATE_MODIFY },
	{ "Items will be deleted only when the --prune flag is specified:", UPDATE_PRUNE },
	{ "Items will be deleted during update:", UPDATE_DELETE },
};

void update_report_init(struct update_report *r)
{
	*r = (struct update_report){ .section = -1 };
}

static void update_field_release(struct update_field *f)
{
	for (size_t i = 0; i < f->nlines; i++) {
		free(f->lines[i].text);
	}
	free(f->lines);
	free(f->name);
	free(f->old_value);
	free(f->new_value);
}

void update_report_release(struct update_report *r)
{
	for (size_t i = 0; i < r->ntasks; i++) {
		struct update_task *t = &r->tasks[i];

		for (size_t k = 0; k < t->nfields; k++) {
			update_field_release(&t->fields[k]);
		}
		free(t->fields);
		free(t->type);
		free(t->name);
	}
	free(r->tasks);
	free(r->banner);
	update_report_init(r);
}

static struct update_task *update_last_task(struct update_report *r)
{
	return r->section >= 0 && r->ntasks ? &r->tasks[r->ntasks - 1] : NULL;
}

static struct update_field *update_last_field(struct update_report *r)
{
	struct update_task *t = update_last_task(r);

	return t && t->nfields ? &t->fields[t->nfields - 1] : NULL;
}

static size_t update_trim(const char *p, size_t n)
{
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r')) {
		n--;
	}
	return n;
}

/* "  Type/name"; the name may hold slashes. */
static void update_take_task(struct update_report *r, const char *p, size_t n)
{
	const char *slash = memchr(p, '/', n);

	if (r->ntasks >= UPDATE_MAX_TASKS) {
		return;
	}
	r->tasks = xgrow(r->tasks, &r->cap, r->ntasks, sizeof(*r->tasks));
	r->tasks[r->ntasks++] = (struct update_task){
		.section = (enum update_section)r->section,
		.type = xstrndup(p, slash ? (size_t)(slash - p) : n),
		.name = slash ? xstrndup(slash + 1, n - (size_t)(slash + 1 - p)) : xstrdup(""),
	};
}

/* "Name<blanks>\t old -> new", or "Name<blanks>" alone before lines. */
static void update_take_field(struct update_task *t, const char *p, size_t n)
{
	const char *tab = memchr(p, '\t', n);
	size_t name = update_trim(p, tab ? (size_t)(tab - p) : n);
	static const char arrow[] = " -> ";

	if (!name || t->nfields >= UPDATE_MAX_TASKS) {
		return;
	}
	t->fields = xgrow(t->fields, &t->cap, t->nfields, sizeof(*t->fields));
	struct update_field *f = &t->fields[t->nfields++];
	*f = (struct update_field){ .name = xstrndup(p, name) };
	if (!tab) {
		return;
	}
	const char *v = tab + 1;
	size_t len = update_trim(v, n - (size_t)(v - p));
	if (len && *v == ' ') {
		v++;
		len--;
	}
	const char *to = len ? memmem(v, len, arrow, sizeof(arrow) - 1) : NULL;
	if (to) {
		f->old_value = xstrndup(v, update_trim(v, (size_t)(to - v)));
		to += sizeof(arrow) - 1;
		f->new_value = xstrndup(to, len - (size_t)(to - v));
	} else if (len) {
		f->new_value = xstrndup(v, len); /* of something to be created */
	}
}

/* "...", "+ new", "- old" or "  as it was". */
static void update_take_line(struct update_field *f, const char *p, size_t n)
{
	char sign = ' ';

	n = n && p[n - 1] == '\r' ? n - 1 : n;
	if (!n || f->nlines >= UPDATE_MAX_LINES) {
		return;
	}
	if (n == 3 && memcmp(p, "...", 3) == 0) {
		sign = '.';
	} else if (n >= 2 && (p[0] == '+' || p[0] == '-') && p[1] == ' ') {
		sign = p[0];
	}
	if (sign != '.' && n >= 2) {
		p += 2;
		n -= 2;
	}
	f->lines = xgrow(f->lines, &f->cap, f->nlines, sizeof(*f->lines));
	f->lines[f->nlines++] = (struct update_line){ .sign = sign, .text = xstrndup(p, n) };
}

static bool update_is(const char *line, size_t n, const char *text)
{
	return n == strlen(text) && memcmp(line, text, n) == 0;
}

/* Lines in the first column: sections, the end, notices between rows of stars. */
static void update_take_heading(struct update_report *r, const char *line, size_t n)
{
	for (size_t i = 0; i < sizeof(update_sections) / sizeof(*update_sections); i++) {
		if (update_is(line, n, update_sections[i].text)) {
			r->section = (int)update_sections[i].section;
			return;
		}
	}
	if (update_is(line, n, "Must specify --yes to apply changes")) {
		r->ended = true;
		r->section = -1;
	} else if (update_is(line, n, "No changes need to be applied")) {
		r->ended = true;
		r->no_changes = true;
		r->section = -1;
	} else if (r->section < 0 && !r->ended && !r->banner && *line != '*') {
		r->banner = xstrndup(line, n);
	}
}

void update_report_line(struct update_report *r, const char *line, size_t n)
{
	static const char text_lead[] = "  \t                    \t";
	size_t lead = sizeof(text_lead) - 1;
	size_t len = update_trim(line, n);
	struct update_task *t = update_last_task(r);

	if (!len && n < lead) {
		return;
	}
	if (line[0] != ' ' && line[0] != '\t') {
		update_take_heading(r, line, len);
	} else if (n >= lead && memcmp(line, text_lead, lead) == 0) {
		if (update_last_field(r)) {
			update_take_line(update_last_field(r), line + lead, n - lead);
		}
	} else if (n > 3 && memcmp(line, "  \t", 3) == 0) {
		if (t) {
			update_take_field(t, line + 3, n - 3);
		}
	} else if (r->section >= 0 && len > 2 && memcmp(line, "  ", 2) == 0 && line[2] != ' ') {
		update_take_task(r, line + 2, len - 2);
	}
}

static bool update_number(const char **p, const char *end, int *out)
{
	int64_t v = 0;
	const char *start = *p;

	while (*p < end && **p >= '0' && **p <= '9' && v < 100000000) {
		v = v * 10 + (**p - '0');
		(*p)++;
	}
	*out = (int)v;
	return *p > start;
}

static bool update_word(const char **p, const char *end, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(end - *p) < n || memcmp(*p, word, n) != 0) {
		return false;
	}
	*p += n;
	return true;
}

bool update_progress_line(const char *line, size_t n, int *done, int *total)
{
	static const char word[] = "Tasks: ";
	const char *end = line + n;
	const char *p = n ? memmem(line, n, word, sizeof(word) - 1) : NULL;
	int d, t;

	if (!p) {
		return false;
	}
	p += sizeof(word) - 1;
	if (!update_number(&p, end, &d) || !update_word(&p, end, " done / ") ||
		!update_number(&p, end, &t) || !update_word(&p, end, " total")) {
		return false;
	}
	*done = d;
	*total = t;
	return true;
}
