/* SPDX-License-Identifier: Apache-2.0 */
/* Percent encoding (RFC 3986). */
#include "core/base/urlenc.h"

#include "core/base/strs.h"

static bool url_is_plain(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '_' || c == '.' || c == '~';
}

void url_encode(struct buf *out, const char *s, bool keep_slash)
{
	for (; s && *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (url_is_plain(c) || (keep_slash && c == '/'))
			buf_addc(out, *s);
		else
			buf_addf(out, "%%%02X", c);
	}
}

void url_decode(struct buf *out, const char *s, size_t n, bool plus_is_space)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int hi = s[i] == '%' && i + 2 < n ? str_hex_digit(s[i + 1]) : -1;
		int lo = hi >= 0 ? str_hex_digit(s[i + 2]) : -1;

		if (lo >= 0) {
			buf_addc(out, (char)(hi << 4 | lo));
			i += 2;
		} else if (plus_is_space && s[i] == '+') {
			buf_addc(out, ' ');
		} else {
			/* A stray percent sign stands for itself. */
			buf_addc(out, s[i]);
		}
	}
}
