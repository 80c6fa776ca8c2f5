/* SPDX-License-Identifier: Apache-2.0 */
/* The trace file. */
#include "core/io/trace.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"

#define TRACE_LINE_MAX 8192

static const char *const trace_names[TRACE__COUNT] = {
	[TRACE_HTTP] = "http", [TRACE_LOOP] = "loop", [TRACE_CHILD] = "child",
	[TRACE_AWS] = "aws", [TRACE_K8S] = "k8s", [TRACE_KOPS] = "kops",
	[TRACE_RUN] = "run", [TRACE_TUI] = "tui", [TRACE_LAB] = "lab",
};

static bool trace_on[TRACE__COUNT];
static int trace_fd = -1;

/* "all", a name, or either with a minus in front. */
static void trace_choose(const char *word)
{
	bool on = *word != '-';
	size_t i;

	if (!on)
		word++;
	for (i = 0; i < TRACE__COUNT; i++) {
		if (str_eq(word, "all") || str_eq(word, trace_names[i]))
			trace_on[i] = on;
	}
}

void trace_open_from_env(void)
{
	const char *parts = getenv("KOPSCOPE_TRACE"), *path = getenv("KOPSCOPE_TRACE_FILE");
	struct strlist words = { .v = NULL };
	size_t i;

	trace_close();
	if (str_empty(parts) || str_empty(path))
		return;
	trace_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (trace_fd < 0)
		return;
	/* A file that stood there already, and "/dev/tty". */
	if (isatty(trace_fd) || fchmod(trace_fd, 0600)) {
		trace_close();
		return;
	}
	strlist_split(&words, parts, ',');
	for (i = 0; i < words.n; i++)
		trace_choose(words.v[i]);
	strlist_release(&words);
}

void trace_close(void)
{
	if (trace_fd >= 0)
		close(trace_fd);
	trace_fd = -1;
	memset(trace_on, 0, sizeof(trace_on));
}

bool trace_want(enum trace_part part)
{
	return trace_fd >= 0 && trace_on[part];
}

static void trace_escape(struct buf *out, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c >= 0x7f)
			buf_addf(out, "\\x%02x", c);
		else if (c == '\\')
			buf_adds(out, "\\\\");
		else
			buf_addc(out, *s);
	}
}

void trace_say(enum trace_part part, const char *fmt, ...)
{
	struct buf said = { .max = TRACE_LINE_MAX }, line = BUF_INIT;
	struct clock clock;
	char stamp[40];
	va_list ap;

	if (!trace_want(part))
		return;
	/* The real time, whatever the world's: a trace is compared with other logs. */
	clock_system(&clock, 1.0);
	stamp_format(stamp, clock_wall(&clock), true);
	va_start(ap, fmt);
	if (!buf_vaddf(&said, fmt, ap))
		buf_release(&said);
	va_end(ap);
	buf_addf(&line, "%s %s ", stamp, trace_names[part]);
	trace_escape(&line, said.data ? said.data : "(too long)");
	buf_addc(&line, '\n');
	/* Nothing to be done about a full disk, and nobody to tell. */
	if (write(trace_fd, line.data, line.len) < 0)
		trace_close();
	buf_release(&said);
	buf_release(&line);
}
