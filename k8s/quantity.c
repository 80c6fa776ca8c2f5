/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes resource quantities (apimachinery pkg/api/resource, the grammar at the top). */
#include "k8s/quantity.h"

#include <stddef.h>
#include <stdlib.h>

#include "core/base/strs.h"

static const struct suffix {
	const char *text;
	int ten, two; /* powers */
} suffixes[] = {
	{ "", 0, 0 },
	{ "n", -9, 0 }, { "u", -6, 0 }, { "m", -3, 0 },
	{ "k", 3, 0 }, { "M", 6, 0 }, { "G", 9, 0 }, { "T", 12, 0 }, { "P", 15, 0 }, { "E", 18, 0 },
	{ "Ki", 0, 10 }, { "Mi", 0, 20 }, { "Gi", 0, 30 }, { "Ti", 0, 40 }, { "Pi", 0, 50 },
	{ "Ei", 0, 60 },
};

struct number {
	uint64_t digits;
	int ten, two;
	bool negative, inexact; /* digits were dropped */
};

/* Digits with at most one point.  What does not fit is dropped, and remembered. */
static bool number_digits(struct number *v, const char **s)
{
	bool point = false, any = false;

	for (;; ++*s) {
		char c = **s;
		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			return any;
		any = true;
		if (v->digits < UINT64_MAX / 10 - 1) {
			v->digits = v->digits * 10 + (uint64_t)(c - '0');
			v->ten -= point;
		} else {
			v->inexact = v->inexact || c != '0';
			v->ten += !point;
		}
	}
}

static bool number_suffix(struct number *v, const char *s)
{
	int64_t power;

	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		if (str_eq(suffixes[i].text, s)) {
			v->ten += suffixes[i].ten;
			v->two = suffixes[i].two;
			return true;
		}
	}
	if (*s != 'e' && *s != 'E')
		return false;
	if (!str_to_i64(s[1] == '+' ? s + 2 : s + 1, -1000, 1000, &power))
		return false;
	v->ten += (int)power;
	return true;
}

static bool number_parse(struct number *v, const char *s)
{
	*v = (struct number){ .digits = 0 };
	if (!s)
		return false;
	if (*s == '+' || *s == '-')
		v->negative = *s++ == '-';
	return number_digits(v, &s) && number_suffix(v, s);
}

static int64_t number_round(const struct number *v)
{
	uint64_t n = v->digits;
	bool more = v->inexact, over = false;
	int ten = v->ten, two = v->two;

	/* Binary and negative decimal powers meet in "0.5Gi": halve the tens where it goes. */
	for (; n && ten < 0; ten++) {
		if (two > 0 && n % 5 == 0) {
			n /= 5;
			two--;
			continue;
		}
		if (two > 0 && n <= UINT64_MAX >> two) {
			n <<= two;
			two = 0;
		}
		more = more || n % 10;
		n /= 10;
	}
	for (; n && ten > 0 && !over; ten--)
		over = __builtin_mul_overflow(n, 10u, &n);
	for (; n && two > 0 && !over; two--)
		over = __builtin_mul_overflow(n, 2u, &n);
	if (over || n >= INT64_MAX)
		return v->negative ? -INT64_MAX : INT64_MAX;
	n += more;
	return v->negative ? -(int64_t)n : (int64_t)n;
}

static bool quantity(const char *s, int extra, int64_t *out)
{
	struct number v;

	if (!number_parse(&v, s))
		return false;
	v.ten += extra;
	*out = number_round(&v);
	return true;
}

bool quantity_value(const char *s, int64_t *out)
{
	return quantity(s, 0, out);
}

bool quantity_milli(const char *s, int64_t *out)
{
	return quantity(s, 3, out);
}
