/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of writes. */
#include "core/run/journal.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/io/request-id.h"

#define JOURNAL_TAIL (4 << 20)
#define JOURNAL_ASKED "asked"

/*
 * The name in the machine's own list; of others only the name services know, whose modules are
 * loaded into this process, and which glibc lets crash when memory is short.
 */
static const struct passwd *journal_user(struct passwd *pw, char *text, size_t size)
{
	FILE *f = fopen("/etc/passwd", "re");
	struct passwd *found = NULL;

	while (f && !fgetpwent_r(f, pw, text, size, &found) && found->pw_uid != getuid())
		found = NULL;
	if (f)
		fclose(f);
	if (!found && getpwuid_r(getuid(), pw, text, size, &found))
		found = NULL;
	return found;
}

/* The person behind sudo, else the user. */
static void journal_who(char *out, size_t size)
{
	const char *name = getenv("SUDO_USER");
	char text[1024];
	struct passwd pw;
	const struct passwd *found = str_empty(name) ? journal_user(&pw, text, sizeof(text)) : NULL;

	if (found)
		name = found->pw_name;
	if (str_empty(name))
		snprintf(out, size, "uid %u", (unsigned)getuid());
	else
		snprintf(out, size, "%s", name);
}

static bool journal_line(struct buf *out, int64_t wall_ms, const char *call,
	const struct journal_entry *j, const char *result, const char *request, struct err *e)
{
	json_auto_t *o = NULL;
	char at[40], who[128];

	stamp_format(at, wall_ms, false);
	journal_who(who, sizeof(who));
	o = json_pack("{s:s,s:s,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s}", "at", at, "who", who,
		"run", j->run, "call", call, "cluster", j->cluster, "action", j->action, "target",
		j->target, "before", j->before, "after", j->after, "request", request, "result",
		result);
	if (!o)
		return err_set(e, ERR_PARSE, "the journal entry is not valid text");
	json_write(out, o, false);
	return true;
}

static char *journal_path(struct err *e)
{
	char *dir = file_state_dir(), *path = NULL;

	if (file_mkdirs(dir, e) && trust_folder(dir, e))
		path = file_join(dir, "journal.jsonl");
	free(dir);
	return path;
}

static bool journal_append(const char *lines, bool sync, struct err *e)
{
	char *path = journal_path(e);
	bool ok = path && file_append_line(path, lines, 0600, sync, e);

	free(path);
	return ok;
}

bool journal_ask(int64_t wall_ms, const struct journal_entry *v, size_t n,
	struct journal_call *calls, struct err *e)
{
	static unsigned serial; /* with the process and the moment nobody else's */
	struct buf lines = BUF_INIT;
	bool ok = true;
	size_t i;

	for (i = 0; i < n && ok; i++) {
		snprintf(calls[i].id, sizeof(calls[i].id), "%llx-%lx-%u",
			(unsigned long long)wall_ms, (long)getpid(), ++serial);
		if (i)
			buf_addc(&lines, '\n');
		ok = journal_line(&lines, wall_ms, calls[i].id, &v[i], JOURNAL_ASKED, NULL, e);
	}
	ok = ok && (n == 0 || journal_append(buf_str(&lines), true, e));
	buf_release(&lines);
	return ok;
}

bool journal_answer(int64_t wall_ms, const struct journal_call *call,
	const struct journal_entry *j, bool sync, struct err *e)
{
	struct buf line = BUF_INIT;
	bool ok = journal_line(&line, wall_ms, call ? call->id : NULL, j,
		err_is_set(j->result) ? j->result->text : "done", request_id_now(), e) &&
		journal_append(buf_str(&line), sync, e);

	buf_release(&line);
	return ok;
}

/* ---- what was left open ---- */

/* The end of the journal, from the begin of a line. */
static bool journal_tail(struct buf *out)
{
	char *path = journal_path(NULL);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	off_t at = end > JOURNAL_TAIL ? end - JOURNAL_TAIL : 0;
	char in[16384];
	ssize_t n;

	free(path);
	if (fd < 0)
		return false;
	for (n = pread(fd, in, sizeof(in), at); n > 0 && out->len < JOURNAL_TAIL + sizeof(in);
		n = pread(fd, in, sizeof(in), at)) {
		buf_add(out, in, (size_t)n);
		at += n;
	}
	close(fd);
	return true;
}

static void journal_note(struct strmap *open_calls, const char *line, size_t n, const char *run)
{
	json_auto_t *j = json_parse(line, n, NULL);
	const char *call = json_str(j, "call");

	if (!call || !str_eq(json_str(j, "run"), run))
		return;
	if (str_eq(json_str(j, "result"), JOURNAL_ASKED))
		strmap_set(open_calls, call, json_incref(j));
	else
		strmap_remove(open_calls, call);
}

static void journal_drop(void *j)
{
	json_decref(j);
}

void journal_unanswered(const char *run,
	void (*each)(void *ctx, const struct journal_call *call, const char *action,
		const char *target), void *ctx)
{
	struct buf text = BUF_INIT;
	struct strmap *calls = strmap_new(journal_drop);
	const char *p, *call;
	size_t n, pos = 0;
	void *j;

	if (journal_tail(&text)) {
		for (p = buf_str(&text); *p; p += n + (p[n] == '\n')) {
			n = strcspn(p, "\n");
			if (n)
				journal_note(calls, p, n, run);
		}
	}
	while (strmap_next(calls, &pos, &call, &j)) {
		struct journal_call c;

		snprintf(c.id, sizeof(c.id), "%s", call);
		each(ctx, &c, json_str(j, "action"), json_str(j, "target"));
	}
	strmap_free(calls);
	buf_release(&text);
}
