/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648, section 4). */
#include "core/base/base64.h"

#include <string.h>

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *out, const void *p, size_t n)
{
	const unsigned char *b = p;
	size_t i;

	for (i = 0; i < n; i += 3) {
		unsigned v = (unsigned)b[i] << 16;
		char four[4];

		if (i + 1 < n)
			v |= (unsigned)b[i + 1] << 8;
		if (i + 2 < n)
			v |= b[i + 2];
		four[0] = base64_digits[v >> 18];
		four[1] = base64_digits[v >> 12 & 63];
		four[2] = i + 1 < n ? base64_digits[v >> 6 & 63] : '=';
		four[3] = i + 2 < n ? base64_digits[v & 63] : '=';
		buf_add(out, four, sizeof(four));
	}
}

static int base64_value(char c)
{
	const char *at = c ? strchr(base64_digits, c) : NULL;

	return at ? (int)(at - base64_digits) : -1;
}

static bool base64_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool base64_decode(struct buf *out, const char *s, size_t n)
{
	unsigned v = 0;
	size_t i, digits = 0, pads = 0;

	for (i = 0; i < n; i++) {
		int d;

		if (base64_is_space(s[i]))
			continue;
		if (s[i] == '=') {
			pads++;
			continue;
		}
		d = base64_value(s[i]);
		if (d < 0 || pads)
			return false;
		v = v << 6 | (unsigned)d;
		digits++;
		/* Every digit but the first of four completes a byte. */
		if (digits % 4 == 2)
			buf_addc(out, (char)(v >> 4 & 0xff));
		else if (digits % 4 == 3)
			buf_addc(out, (char)(v >> 2 & 0xff));
		else if (digits % 4 == 0)
			buf_addc(out, (char)(v & 0xff));
	}
	if (digits % 4 == 1 || pads > 2 || (digits + pads) % 4)
		return false;
	/* Bits beyond the last byte must be zero: one text for one value. */
	if ((digits % 4 == 2 && (v & 15)) || (digits % 4 == 3 && (v & 3)))
		return false;
	return !out->failed;
}
