/* SPDX-License-Identifier: Apache-2.0 */
/* The XML writer. */
#include "lab/xml.h"

#include <stdio.h>
#include <string.h>

#include "core/base/stamp.h"

void xml_open(struct buf *b, const char *tag)
{
	buf_addf(b, "<%s>", tag);
}

void xml_close(struct buf *b, const char *tag)
{
	buf_addf(b, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void xml_escape(struct buf *b, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '&')
			buf_adds(b, "&amp;");
		else if (c == '<')
			buf_adds(b, "&lt;");
		else if (c == '>')
			buf_adds(b, "&gt;");
		else if (c == '"')
			buf_adds(b, "&quot;");
		else if (c == '\r')
			buf_adds(b, "&#13;");
		else if (c < 32 && c != '\n' && c != '\t')
			buf_adds(b, "\xef\xbf\xbd"); /* XML 1.0 cannot hold it */
		else
			buf_addc(b, *s);
	}
}

void xml_text(struct buf *b, const char *tag, const char *text)
{
	if (!text)
		return;
	xml_open(b, tag);
	xml_escape(b, text);
	xml_close(b, tag);
}

void xml_int(struct buf *b, const char *tag, int64_t v)
{
	buf_addf(b, "<%s>%lld</%s>", tag, (long long)v, tag);
}

void xml_bool(struct buf *b, const char *tag, bool v)
{
	xml_text(b, tag, v ? "true" : "false");
}

void xml_time(struct buf *b, const char *tag, int64_t wall_ms)
{
	char at[40], *z;

	stamp_format(at, wall_ms - wall_ms % 1000, false);
	z = strchr(at, 'Z');
	if (z)
		snprintf(z, sizeof(at) - (size_t)(z - at), ".000Z");
	xml_text(b, tag, at);
}
