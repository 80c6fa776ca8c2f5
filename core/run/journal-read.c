/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the journal of writes. */
#include "core/run/journal-read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define JOURNAL_MOST ((off_t)64 << 20)

static bool journal_text(struct buf *out, struct err *e)
{
	char *dir = file_state_dir();
	char *path = file_join(dir, "journal.jsonl");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char in[65536];
	bool ok = fd >= 0 || errno == ENOENT ||
		err_errno(e, errno, "cannot read %s", path);
	if (fd >= 0) {
		off_t end = lseek(fd, 0, SEEK_END);
		off_t at = end > JOURNAL_MOST ? end - JOURNAL_MOST : 0;
		ssize_t n;
		while ((n = pread(fd, in, sizeof(in), at)) > 0) {
			buf_add(out, in, (size_t)n);
			at += n;
		}
		ok = n == 0 || err_errno(e, errno, "cannot read %s", path);
		close(fd);
	}
	free(path);
	free(dir);
	return ok;
}

static char *journal_word(const json_t *j, const char *key)
{
	return xstrdup(json_str(j, key));
}

static void journal_item_release(struct journal_item *i)
{
	char *const words[] = { i->at, i->who, i->run, i->call, i->cluster, i->action, i->target,
		i->before, i->after, i->request, i->result, i->answered };
	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
		free(words[k]);
	}
}

static struct journal_item *journal_add(struct journal_list *l, size_t *cap, const json_t *j)
{
	l->v = xgrow(l->v, cap, l->n, sizeof(*l->v));
	l->v[l->n] = (struct journal_item){ .at = journal_word(j, "at"),
		.who = journal_word(j, "who"), .run = journal_word(j, "run"),
		.call = journal_word(j, "call"), .cluster = journal_word(j, "cluster"),
		.action = journal_word(j, "action"), .target = journal_word(j, "target"),
		.before = journal_word(j, "before"), .after = journal_word(j, "after"),
		.request = journal_word(j, "request") };
	return &l->v[l->n++];
}

/* An answer's words over those of its question, where it has any: what it knows better. */
static void journal_answered(struct journal_item *i, const json_t *j)
{
	const struct {
		const char *key;
		char **to;
	} words[] = { { "before", &i->before }, { "after", &i->after },
		{ "request", &i->request }, { "result", &i->result }, { "at", &i->answered } };
	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
		if (json_str(j, words[k].key)) {
			xreplace(words[k].to, json_str(j, words[k].key));
		}
	}
}

static bool journal_wanted(const struct journal_wish *w, const struct journal_item *i)
{
	return (!w->cluster || str_glob(w->cluster, i->cluster ? i->cluster : "")) &&
		(!w->since || stamp_parse(i->at ? i->at : "") >= w->since);
}

void journal_parse(const struct journal_wish *w, const char *text, struct journal_list *out)
{
	struct strmap *open_calls = strmap_new(NULL); /* call to index + 1 */
	size_t cap = 0, kept = 0, n;
	*out = (struct journal_list){ .n = 0 };
	for (const char *p = text; *p; p += n + (p[n] == '\n')) {
		n = strcspn(p, "\n");
		json_auto_t *j = n ? json_parse(p, n, NULL) : NULL;
		const char *call = json_str(j, "call");
		const char *result = json_str(j, "result");
		size_t at = call ? (size_t)(uintptr_t)strmap_get(open_calls, call) : 0;
		if (!json_str(j, "action")) {
			out->unreadable += n > 0;
		} else if (str_eq(result, "asked")) {
			journal_add(out, &cap, j);
			strmap_set(open_calls, call ? call : "", (void *)(uintptr_t)out->n);
		} else if (at) {
			journal_answered(&out->v[at - 1], j);
			strmap_remove(open_calls, call);
		} else {
			journal_answered(
				journal_add(out, &cap, j), j); /* its question was cut off */
		}
	}
	strmap_free(open_calls);
	for (size_t i = 0; i < out->n; i++) {
		if (journal_wanted(w, &out->v[i])) {
			out->v[kept++] = out->v[i];
		} else {
			journal_item_release(&out->v[i]);
		}
	}
	out->n = kept;
}

bool journal_read(const struct journal_wish *w, struct journal_list *out, struct err *e)
{
	struct buf text;
	buf_init(&text, (size_t)JOURNAL_MOST + 65536);
	bool ok = journal_text(&text, e);
	if (ok) {
		journal_parse(w, buf_str(&text), out);
	}
	buf_release(&text);
	return ok;
}

void journal_list_release(struct journal_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		journal_item_release(&l->v[i]);
	}
	free(l->v);
	*l = (struct journal_list){ .n = 0 };
}
