/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kopscope spec show|edit FILE|CLUSTER[/GROUP]: one stored spec, read or changed.  A file needs no
 * cloud; a cluster's spec goes through the session's store and the same steps as on the screen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/document.h"
#include "tui/command/spec-show.h"
#include "tui/command/spec-store.h"
#include "tui/options.h"
#include "tui/session-confine.h"
#include "tui/spec-edit.h"

#define SPEC_MAX (4 << 20)

/* "maxPods=110" as key and value; the copies go to texts. */
static bool spec_ops(const struct options *o, struct strlist *texts, struct edit_op *ops,
	struct err *e)
{
	for (size_t i = 0; i < o->edits.n; i++) {
		const char *text = o->edits.v[i].value;
		const char *eq = strchr(text, '=');
		bool set = str_eq(o->edits.v[i].name, "--set");

		if (set && !eq) {
			return err_set(e, ERR_USAGE, "--set %s: KEY=VALUE is needed", text);
		}
		if (!set && eq) {
			return err_set(e, ERR_USAGE, "--unset %s: a key alone is needed", text);
		}
		strlist_add(texts, text);
		char *key = texts->v[texts->n - 1];
		ops[i] = (struct edit_op){ .key = key };
		if (set) {
			key[eq - text] = '\0';
			ops[i].value = key + (eq - text) + 1;
		}
	}
	return true;
}

void spec_say(const struct findings *said)
{
	static const char *const words[] = { [FINDING_OK] = "ok", [FINDING_INFO] = "note",
		[FINDING_WARN] = "warning", [FINDING_REFUSE] = "refused" };

	for (size_t i = 0; i < said->n; i++) {
		fprintf(stderr, "%s: %s\n", words[said->v[i].level], said->v[i].text);
		if (said->v[i].todo) {
			fprintf(stderr, "  %s\n", said->v[i].todo);
		}
	}
}

/* Whether kopscope can do anything with the text at all. */
static bool spec_usable(const char *name, const char *text, size_t len, struct err *e)
{
	struct document d;
	bool ok = document_parse(&d, text, len, e);

	document_release(&d);
	return ok || err_wrap(e, "%s", name);
}

static void spec_fail(const struct err *e)
{
	fprintf(stderr, "kopscope: %s\n", e->text);
	if (e->hint[0]) {
		fprintf(stderr, "  %s\n", e->hint);
	}
}

static int spec_file_edit(const struct options *o, const char *path, const struct buf *text,
	const struct edit_op *ops)
{
	struct buf out = BUF_INIT;
	struct findings said = { .n = 0 };
	struct err e = ERR_INIT;
	struct stat st;
	bool ok = spec_edit(buf_str(text), text->len, ops, o->edits.n, &out, &said, &e);

	spec_say(&said);
	if (ok && o->write && o->session.readonly) {
		ok = err_set(&e, ERR_REFUSED, "read-only: nothing was written");
		spec_fail(&e);
	} else if (ok && o->write) {
		bool same = out.len == text->len &&
			memcmp(buf_str(&out), buf_str(text), out.len) == 0;
		mode_t mode = stat(path, &st) == 0 ? st.st_mode & 07777 : 0600;

		ok = same || file_write(path, buf_str(&out), out.len, mode, &e);
		if (!ok) {
			spec_fail(&e);
		}
	} else if (ok) {
		fwrite(buf_str(&out), 1, out.len, stdout);
	}
	int rc = ok ? EXIT_OK : e.kind == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	buf_release(&out);
	findings_release(&said);
	return rc;
}

static int spec_file(const struct options *o, bool edit, const char *path,
	const struct edit_op *ops, struct err *e)
{
	struct buf text;
	int rc = EXIT_USAGE;

	file_confine(path, edit && o->write && !o->session.readonly);
	buf_init(&text, SPEC_MAX);
	if (!file_read(path, &text, e) || !spec_usable(path, buf_str(&text), text.len, e)) {
		spec_fail(e);
		err_clear(e);
	} else if (edit) {
		rc = spec_file_edit(o, path, &text, ops);
	} else {
		spec_show(buf_str(&text), text.len, NULL, str_eq(o->output, "json"));
		rc = EXIT_OK;
	}
	buf_release(&text);
	return rc;
}

/* A name with a slash at its start, or that is there as a file, is a file's. */
static bool spec_is_file(const char *name)
{
	struct stat st;

	return name[0] == '/' || name[0] == '.' ||
		(stat(name, &st) == 0 && !S_ISDIR(st.st_mode));
}

int cmd_spec(const struct options *o, struct err *e)
{
	struct edit_op ops[sizeof(o->edits.v) / sizeof(o->edits.v[0])];
	struct strlist texts = { .n = 0 };
	const char *verb = o->nargs > 1 ? o->args[1] : "";
	bool edit = str_eq(verb, "edit");
	int rc = EXIT_USAGE;

	if (str_eq(verb, "keys") && o->nargs == 2 && !o->edits.n && !o->write) {
		spec_keys(str_eq(o->output, "json"));
		return EXIT_OK;
	}
	if ((!edit && !str_eq(verb, "show")) || o->nargs != 3) {
		err_set(e, ERR_USAGE,
			"spec needs show or edit, and one FILE or CLUSTER[/GROUP]; or keys");
		err_hint(e, "kopscope spec edit FILE --set maxPods=110");
	} else if (edit != (o->edits.n > 0) || (o->write && !edit)) {
		err_set(e, ERR_USAGE, edit ? "spec edit needs --set KEY=VALUE or --unset KEY" :
			"--set, --unset and --write belong to spec edit");
	} else if (o->output && !str_eq(o->output, "json") && !str_eq(o->output, "table")) {
		err_set(e, ERR_USAGE, "there is no output format %s: table or json", o->output);
	} else if (spec_ops(o, &texts, ops, e)) {
		const char *name = o->args[2];

		rc = spec_is_file(name) ? spec_file(o, edit, name, ops, e) :
			spec_of_store(o, edit, name, ops, o->edits.n, e);
	}
	strlist_release(&texts);
	return rc;
}
