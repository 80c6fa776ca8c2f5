/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of writes. */
#include "core/run/journal.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"

/* The person behind sudo, else the user. */
static void journal_who(char *out, size_t size)
{
	const char *name = getenv("SUDO_USER");
	char text[1024];
	struct passwd pw, *found = NULL;

	if (str_empty(name) && !getpwuid_r(getuid(), &pw, text, sizeof(text), &found) && found)
		name = pw.pw_name;
	if (str_empty(name))
		snprintf(out, size, "uid %u", (unsigned)getuid());
	else
		snprintf(out, size, "%s", name);
}

bool journal_write(int64_t wall_ms, const struct journal_entry *j, struct err *e)
{
	json_auto_t *o = NULL;
	struct buf line = BUF_INIT;
	char at[40], who[128];
	char *dir = file_state_dir(), *path = file_join(dir, "journal.jsonl");
	bool ok;

	stamp_format(at, wall_ms, false);
	journal_who(who, sizeof(who));
	o = json_pack("{s:s,s:s,s:s*,s:s*,s:s*,s:s*,s:s*,s:s}", "at", at, "who", who, "cluster",
		j->cluster, "action", j->action, "target", j->target, "before", j->before, "after",
		j->after, "result", err_is_set(j->result) ? j->result->text : "done");
	if (o)
		json_write(&line, o, false);
	ok = o ? file_mkdirs(dir, e) && file_append_line(path, buf_str(&line), 0600, true, e)
	       : err_set(e, ERR_PARSE, "the journal entry is not valid text");
	buf_release(&line);
	free(path);
	free(dir);
	return ok;
}
