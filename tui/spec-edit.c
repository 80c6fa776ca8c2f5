/* SPDX-License-Identifier: Apache-2.0 */
/* One edit of one spec's text with everything that the text by itself proves. */
#include "tui/spec-edit.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/xalloc.h"
#include "core/kops/document.h"
#include "core/kops/lint.h"
#include "core/kops/spec.h"
#include "core/rules/spec/check.h"

#define KEYS_MAX 64

static bool spec_is_about(const struct lint_note *note, const struct edit_op *ops, size_t nops)
{
	for (size_t i = 0; i < nops; i++) {
		if (lint_note_is_about(note, ops[i].key)) {
			return true;
		}
	}
	return false;
}

static void spec_lint(const struct document *d, const struct edit_op *ops, size_t nops,
	struct findings *said)
{
	struct lint lint = { .n = 0 };

	lint_document(d, &lint);
	for (size_t i = 0; i < lint.n; i++) {
		const struct lint_note *note = &lint.v[i];

		bool warn = note->level == LINT_WARN && !spec_is_about(note, ops, nops);

		findings_add_at(said, warn ? FINDING_WARN : FINDING_REFUSE,
			note->line, note->hint[0] ? note->hint : NULL, "%s", note->text);
	}
	lint_release(&lint);
}

static void spec_count(const char *text, size_t len, struct findings *said)
{
	size_t n = lint_count_documents(text, len);

	if (n > 1) {
		findings_add(said, FINDING_WARN, "store them one by one",
			"%zu documents: kops reads the first alone", n);
	}
}

/* What the rules say of a text that kops can read; before may be NULL. */
static void spec_rules(const char *before, size_t nbefore, const char *text, size_t len,
	const struct edit_op *ops, size_t nops, struct findings *said)
{
	struct arena *a = arena_new();
	struct document d;
	const char *keys[KEYS_MAX];
	size_t n = 0;

	for (; n < nops && n < KEYS_MAX; n++) {
		keys[n] = ops[n].key;
	}
	if (document_parse(&d, text, len, NULL) && d.kind == DOCUMENT_CLUSTER) {
		struct cluster_spec was, is;
		bool had = before && spec_read_cluster(before, nbefore, a, &was, NULL);

		if (spec_read_cluster(text, len, a, &is, NULL)) {
			spec_check_cluster(had ? &was : NULL, &is, keys, n, said);
		}
	} else if (d.yaml) {
		struct group_spec g;

		if (spec_read_group(text, len, NULL, a, &g, NULL)) {
			spec_check_group(&g, keys, n, said);
		}
	}
	document_release(&d);
	arena_free(a);
}

static bool spec_first_refusal(const struct findings *said, size_t from, struct err *e)
{
	for (size_t i = from; i < said->n; i++) {
		if (said->v[i].level == FINDING_REFUSE) {
			err_set(e, ERR_REFUSED, "%s", said->v[i].text);
			if (said->v[i].todo) {
				err_hint(e, "%s", said->v[i].todo);
			}
			return true;
		}
	}
	return false;
}

/* Who is refused has the old text in hand, so the lines are those of that one. */
static void spec_old_lines(const char *text, size_t len, const struct buf *new,
	struct findings *said, size_t from)
{
	for (size_t i = from; i < said->n; i++) {
		struct finding *f = &said->v[i];
		const char *rest = strstr(f->text, ": ");

		if (f->line && rest) {
			f->line = edit_diff_line(text, len, buf_str(new), new->len, f->line);
			char *now = xasprintf("line %zu%s", f->line, rest);

			free(f->text);
			f->text = now;
		}
	}
}

bool spec_edit(const char *text, size_t len, const struct edit_op *ops, size_t nops,
	struct buf *out, struct findings *said, struct err *e)
{
	struct buf new = BUF_INIT;
	struct err why = ERR_INIT;
	struct document d;
	size_t from = said->n;

	if (!edit_apply(text, len, ops, nops, &new, &why)) {
		findings_add(said, FINDING_REFUSE, why.hint[0] ? why.hint : NULL, "%s", why.text);
		err_copy(e, &why);
		buf_release(&new);
		return false;
	}
	spec_count(buf_str(&new), new.len, said);
	if (document_parse(&d, buf_str(&new), new.len, NULL)) {
		spec_lint(&d, ops, nops, said);
	}
	document_release(&d);
	spec_rules(text, len, buf_str(&new), new.len, ops, nops, said);
	if (spec_first_refusal(said, from, NULL)) {
		spec_old_lines(text, len, &new, said, from);
	}
	bool ok = !spec_first_refusal(said, from, e);
	if (ok) {
		buf_add(out, buf_str(&new), new.len);
	}
	buf_release(&new);
	return ok;
}

void spec_findings(const char *text, size_t len, struct findings *said)
{
	struct arena *a = arena_new();
	struct document d;
	struct err why = ERR_INIT;
	size_t from = said->n;

	if (document_parse(&d, text, len, &why)) {
		struct cluster_spec c;
		struct group_spec g;
		bool ok = d.kind == DOCUMENT_CLUSTER ? spec_read_cluster(text, len, a, &c, &why) :
			spec_read_group(text, len, NULL, a, &g, &why);

		spec_count(text, len, said);
		spec_lint(&d, NULL, 0, said);
		if (ok) {
			spec_rules(NULL, 0, text, len, NULL, 0, said);
		}
	}
	if (err_is_set(&why) && !spec_first_refusal(said, from, NULL)) {
		findings_add(said, FINDING_REFUSE, why.hint[0] ? why.hint : NULL, "%s", why.text);
	}
	document_release(&d);
	arena_free(a);
}
