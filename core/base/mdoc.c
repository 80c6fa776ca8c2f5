/* SPDX-License-Identifier: Apache-2.0 */
/* Text of a manual page in mdoc(7). */
#include "core/base/mdoc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/strs.h"

#define LINE_MAX_BYTES 78

void mdoc_head(struct buf *out, const char *name, const char *section, const char *about)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t at = (int64_t)time(NULL);
	struct tm day;
	char date[64], upper[64];
	if (epoch) {
		str_to_i64(epoch, 0, INT64_MAX / 2, &at);
	}
	time_t t = (time_t)at;
	gmtime_r(&t, &day);
	/* "November 2, 2026": mdoc(7) wants no leading zero */
	static const char *const months[] = { "January", "February", "March", "April", "May",
		"June", "July", "August", "September", "October", "November", "December" };
	snprintf(date, sizeof(date), "%s %d, %d", months[day.tm_mon], day.tm_mday,
		day.tm_year + 1900);
	snprintf(upper, sizeof(upper), "%s", name);
	for (char *p = upper; *p; p++) {
		*p = (char)toupper((unsigned char)*p);
	}
	buf_addf(out, ".Dd %s\n.Dt %s %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n", date, upper, section,
		name, about);
}

void mdoc_section(struct buf *out, const char *title)
{
	buf_addf(out, ".Sh %s\n", title);
}

static void mdoc_escape(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '\\':
			buf_adds(out, "\\e");
			break;
		case '-': /* a minus that can be copied, not a hyphen; plain within words */
			buf_adds(out, i > 0 && isalnum((unsigned char)s[i - 1]) ? "-" : "\\-");
			break;
		case '"': /* would quote a macro's words */
			buf_adds(out, "\\(dq");
			break;
		case '~':
			buf_adds(out, "\\(ti");
			break;
		case '^':
			buf_adds(out, "\\(ha");
			break;
		case '`':
			buf_adds(out, "\\(ga");
			break;
		case '\'':
			buf_adds(out, "\\(aq");
			break;
		default:
			buf_addc(out, s[i]);
		}
	}
}

void mdoc_text(struct buf *out, const char *text)
{
	size_t used = 0;
	struct buf word = BUF_INIT;
	for (const char *p = text; *p;) {
		p += strspn(p, " \n");
		size_t n = strcspn(p, " \n");
		if (n == 0) {
			break;
		}
		buf_clear(&word);
		mdoc_escape(&word, p, n);
		if (used > 0 && used + 1 + word.len > LINE_MAX_BYTES) {
			buf_addc(out, '\n');
			used = 0;
		}
		if (used > 0) {
			buf_addc(out, ' ');
			used++;
		} else if (buf_str(&word)[0] == '.') {
			buf_adds(out, "\\&");
			used += 2;
		}
		buf_adds(out, buf_str(&word));
		used += word.len;
		p += n;
		if (n > 1 && strchr(".?!", p[-1]) && *p) {
			buf_addc(out, '\n');
			used = 0;
		}
	}
	buf_adds(out, used > 0 ? "\n" : "");
	buf_release(&word);
}

/* A word of a macro's line: short ones that begin with a capital could be macros themselves. */
static void mdoc_words(struct buf *out, const char *args)
{
	for (const char *p = args; *p;) {
		size_t n = strcspn(p, " ");
		if (n > 0) {
			buf_addc(out, ' ');
			unsigned char c = (unsigned char)*p;
			if ((n <= 3 && isupper(c)) || (n == 1 && ispunct(c))) {
				buf_adds(out, "\\&");
			}
			mdoc_escape(out, p, n);
			/* "json]": the bracket is the word's, no punctuation behind it */
			buf_adds(out, n > 1 && strchr(".,:;?!)]", p[n - 1]) ? "\\&" : "");
		}
		p += n + (p[n] == ' ');
	}
}

void mdoc_macro(struct buf *out, const char *macro, const char *inner, const char *args)
{
	buf_addf(out, ".%s%s%s", macro, inner ? " " : "", inner ? inner : "");
	mdoc_words(out, args);
	buf_addc(out, '\n');
}

void mdoc_option(struct buf *out, const char *name, const char *brief, const char *value)
{
	buf_adds(out, ".It");
	if (brief) {
		buf_addf(out, " Fl %s ,", brief + 1);
	}
	buf_adds(out, " Fl ");
	mdoc_escape(out, name + 1, strlen(name + 1));
	if (value) {
		buf_adds(out, " Ar");
		mdoc_words(out, value);
	}
	buf_addc(out, '\n');
}
