/* SPDX-License-Identifier: Apache-2.0 */
/* Uids of pods in little room. */
#include "core/model/uid.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/base/hot.h"

#define NBYTES 16
#define NSEVENS 19 /* of seven bits each: 133 */

static bool uid_is_dash(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

static int uid_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool uid_read(const char *uid, unsigned char bytes[NBYTES])
{
	size_t n = 0;
	memset(bytes, 0, NBYTES);
	for (size_t i = 0; i < UID_TEXT_SIZE - 1; i++) {
		int d = uid_digit(uid[i]);
		if (uid_is_dash(i) ? uid[i] != '-' : d < 0) {
			return false;
		}
		if (d >= 0) {
			bytes[n / 2] = (unsigned char)(bytes[n / 2] << 4 | d);
			n++;
		}
	}
	return uid[UID_TEXT_SIZE - 1] == '\0';
}

const char *uid_pack(const char *uid, char out[UID_PACKED_SIZE])
{
	unsigned char bytes[NBYTES + 1] = { 0 };
	if (!uid || !uid_read(uid, bytes)) {
		return uid;
	}
	for (size_t i = 0; i < NSEVENS; i++) {
		size_t bit = i * 7, at = bit / 8;
		unsigned two = (unsigned)bytes[at] << 8 | (at < NBYTES ? bytes[at + 1] : 0u);
		out[i] = (char)(0x80 | (two >> (9 - bit % 8) & 0x7f));
	}
	out[NSEVENS] = '\0';
	return out;
}

static bool uid_is_packed(const char *uid)
{
	size_t n = 0;
	while (n < NSEVENS && (uid[n] & 0x80)) {
		n++;
	}
	return n == NSEVENS && !uid[n];
}

const char *uid_text(const char *uid, char out[UID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	if (!uid || !uid_is_packed(uid)) {
		return uid;
	}
	size_t bit = 0;
	for (size_t i = 0; i < UID_TEXT_SIZE - 1; i++) {
		if (uid_is_dash(i)) {
			out[i] = '-';
			continue;
		}
		unsigned d = 0;
		for (int k = 0; k < 4; k++, bit++) {
			d = d << 1 | ((unsigned char)uid[bit / 7] >> (6 - bit % 7) & 1);
		}
		out[i] = digits[d];
	}
	out[UID_TEXT_SIZE - 1] = '\0';
	return out;
}
