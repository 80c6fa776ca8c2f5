/* SPDX-License-Identifier: Apache-2.0 */
/* Text for a terminal: decoding, measuring, cutting, and making it harmless. */
#include "core/base/text.h"

#include <string.h>

#define TEXT_REPLACEMENT 0xfffdu
#define TEXT_ELLIPSIS "\xe2\x80\xa6"
#define TEXT_DOT "\xc2\xb7"

size_t text_decode(const char *s, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *b = (const unsigned char *)s;
	size_t len, i;
	uint32_t v;

	*cp = TEXT_REPLACEMENT;
	if (!n)
		return 1;
	if (b[0] < 0x80) {
		*cp = b[0];
		return 1;
	}
	len = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
	if (b[0] < 0xc2 || b[0] > 0xf4 || len > n)
		return 1;
	v = b[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 1;
		v = v << 6 | (b[i] & 0x3fu);
	}
	/* Overlong forms, surrogates, beyond Unicode. */
	if (v < least[len] || (v >= 0xd800 && v <= 0xdfff) || v > 0x10ffff)
		return 1;
	*cp = v;
	return len;
}

size_t text_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = TEXT_REPLACEMENT;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

/* Variation selectors and the colours of skin: another look of the character before. */
static bool text_is_variant(uint32_t cp)
{
	return (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef) ||
	       (cp >= 0x1f3fb && cp <= 0x1f3ff);
}

/* As drawn: what cannot be shown becomes one cell. */
static int text_cells(uint32_t cp)
{
	int w = text_cp_width(cp);

	return text_is_variant(cp) ? 0 : w < 0 ? 1 : w;
}

/* How many bytes at the begin are letters, digits and the like: each is a cell as it is. */
static size_t text_plain(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i;
}

int text_width(const char *s)
{
	size_t n, plain;
	int w;

	if (!s)
		return 0;
	n = strlen(s);
	plain = text_plain(s, n);
	w = (int)plain;
	s += plain;
	n -= plain;
	while (n) {
		uint32_t cp;
		size_t taken = text_decode(s, n, &cp);

		w += text_cells(cp);
		s += taken;
		n -= taken;
	}
	return w;
}

void text_sanitise(struct buf *out, const char *s, bool ascii)
{
	size_t n, plain;

	if (!s)
		return;
	n = strlen(s);
	plain = text_plain(s, n);
	buf_add(out, s, plain);
	s += plain;
	n -= plain;
	while (n) {
		uint32_t cp;
		size_t taken = text_decode(s, n, &cp);
		bool invalid = cp == TEXT_REPLACEMENT && taken == 1;
		int w = text_cp_width(cp);

		if (text_is_variant(cp)) {
			/* Left out: terminals do not agree on the cells of what they join. */
		} else if (ascii && cp >= 0x80) {
			/* A mark over a letter goes away with the question mark's letter. */
			if (w)
				buf_addc(out, '?');
		} else if (invalid || w < 0) {
			buf_adds(out, ascii ? "?" : TEXT_DOT);
		} else {
			buf_add(out, s, taken);
		}
		s += taken;
		n -= taken;
	}
}

/* Bytes from the front that fit into cells, marks on the last one included. */
static size_t text_fit(const char *s, int cells)
{
	size_t n = strlen(s), used = 0;
	int w = 0;

	while (used < n) {
		uint32_t cp;
		size_t taken = text_decode(s + used, n - used, &cp);

		w += text_cells(cp);
		if (w > cells)
			break;
		used += taken;
	}
	return used;
}

/* The longest end of s, of width cells in all, that fits into cells. */
static const char *text_tail(const char *s, int width, int cells)
{
	size_t n = strlen(s);

	while (n) {
		uint32_t cp;
		size_t taken = text_decode(s, n, &cp);
		int w = text_cells(cp);

		/* Not beginning with a mark whose letter is gone. */
		if (width <= cells && w > 0)
			break;
		width -= w;
		s += taken;
		n -= taken;
	}
	return s;
}

void text_cut_middle(struct buf *out, const char *s, int cells, bool ascii)
{
	int width = text_width(s), head;

	if (!s || cells <= 0)
		return;
	if (width <= cells) {
		buf_adds(out, s);
		return;
	}
	head = cells / 2;
	buf_add(out, s, text_fit(s, head));
	buf_adds(out, ascii ? "~" : TEXT_ELLIPSIS);
	buf_adds(out, text_tail(s, width, cells - 1 - head));
}

void text_cut_end(struct buf *out, const char *s, int cells, bool ascii)
{
	if (!s || cells <= 0)
		return;
	if (text_width(s) <= cells) {
		buf_adds(out, s);
		return;
	}
	buf_add(out, s, text_fit(s, cells - 1));
	buf_adds(out, ascii ? "~" : TEXT_ELLIPSIS);
}
