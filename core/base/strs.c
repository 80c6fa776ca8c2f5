/* SPDX-License-Identifier: Apache-2.0 */
/* Small string questions that libc leaves open. */
#include "core/base/strs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

static const char *str_or_empty(const char *s)
{
	return s ? s : "";
}

/* The C locale's, whatever the process has set. */
static char str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool str_eq(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return !strcmp(a, b);
}

bool str_starts(const char *s, const char *prefix)
{
	s = str_or_empty(s);
	prefix = str_or_empty(prefix);
	return !strncmp(s, prefix, strlen(prefix));
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n, m;

	s = str_or_empty(s);
	suffix = str_or_empty(suffix);
	n = strlen(s);
	m = strlen(suffix);
	return m <= n && !strcmp(s + n - m, suffix);
}

bool str_ieq(const char *a, const char *b)
{
	a = str_or_empty(a);
	b = str_or_empty(b);
	while (*a && str_lower(*a) == str_lower(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

/* The next place where it may begin: strchr() looks at many bytes at once. */
static const char *str_ichr(const char *s, char lower)
{
	const char *a = strchr(s, lower), *b = NULL;

	if (lower >= 'a' && lower <= 'z')
		b = strchr(s, lower - 'a' + 'A');
	return !a || (b && b < a) ? b : a;
}

bool str_icontains(const char *s, const char *part)
{
	char first;

	s = str_or_empty(s);
	part = str_or_empty(part);
	first = str_lower(*part);
	if (!first)
		return true;
	for (s = str_ichr(s, first); s; s = str_ichr(s + 1, first)) {
		size_t i = 1;

		while (part[i] && str_lower(s[i]) == str_lower(part[i]))
			i++;
		if (!part[i])
			return true;
	}
	return false;
}

bool str_to_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
	const char *digits;
	long long v;
	char *end;

	if (str_empty(s))
		return false;
	digits = *s == '-' || *s == '+' ? s + 1 : s;
	/* strtoll would skip white space. */
	if (!str_is_digit(*digits))
		return false;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || *end || v < min || v > max)
		return false;
	*out = v;
	return true;
}

static size_t str_digits(const char *s)
{
	size_t n = 0;

	while (str_is_digit(s[n]))
		n++;
	return n;
}

int str_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int str_natcmp(const char *a, const char *b)
{
	const char *x = str_or_empty(a), *y = str_or_empty(b);

	while (*x && *y) {
		size_t n, m;
		int c;

		if (!str_is_digit(*x) || !str_is_digit(*y)) {
			if (*x != *y)
				return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
			x++;
			y++;
			continue;
		}
		while (*x == '0' && str_is_digit(x[1]))
			x++;
		while (*y == '0' && str_is_digit(y[1]))
			y++;
		n = str_digits(x);
		m = str_digits(y);
		if (n != m)
			return n < m ? -1 : 1;
		c = memcmp(x, y, n);
		if (c)
			return c < 0 ? -1 : 1;
		x += n;
		y += m;
	}
	if (*x || *y)
		return *x ? 1 : -1;
	/* "01" and "1": equal as numbers, but not the same. */
	return strcmp(str_or_empty(a), str_or_empty(b));
}

/* The next character of UTF-8 text. */
static const char *str_next(const char *s)
{
	s++;
	while (((unsigned char)*s & 0xc0) == 0x80)
		s++;
	return s;
}

bool str_glob(const char *pattern, const char *name)
{
	const char *p = str_or_empty(pattern), *s = str_or_empty(name);
	const char *star = NULL, *retry = NULL;

	/* One star is remembered, the last: an earlier one never has to take more. */
	while (*s) {
		if (*p == '*') {
			star = ++p;
			retry = s;
		} else if (*p == '?') {
			p++;
			s = str_next(s);
		} else if (*p && *p == *s) {
			p++;
			s++;
		} else if (star) {
			p = star;
			retry = str_next(retry);
			s = retry;
		} else {
			return false;
		}
	}
	while (*p == '*')
		p++;
	return !*p;
}

bool str_path_part(const char **path, const char **part, size_t *len)
{
	const char *p = *path;
	const char *end;

	if (str_empty(p))
		return false;
	end = *p == '[' ? strchr(p, ']') : NULL;
	if (end) {
		*part = p + 1;
		*len = (size_t)(end - p - 1);
		end++;
	} else {
		end = strchrnul(p, '.');
		*part = p;
		*len = (size_t)(end - p);
	}
	*path = *end == '.' ? end + 1 : end;
	return true;
}

void strlist_take(struct strlist *l, char *s)
{
	l->v = xgrow(l->v, &l->cap, l->n, sizeof(*l->v));
	l->v[l->n++] = s;
}

void strlist_add(struct strlist *l, const char *s)
{
	strlist_take(l, xstrdup(str_or_empty(s)));
}

void strlist_split(struct strlist *l, const char *s, char sep)
{
	s = str_or_empty(s);
	for (;;) {
		const char *end = strchrnul(s, sep);

		strlist_take(l, xstrndup(s, (size_t)(end - s)));
		if (!*end)
			break;
		s = end + 1;
	}
}

bool strlist_has(const struct strlist *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (!strcmp(l->v[i], str_or_empty(s)))
			return true;
	}
	return false;
}

static int strlist_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void strlist_sort(struct strlist *l)
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), strlist_cmp);
}

void strlist_release(struct strlist *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct strlist){ .v = NULL };
}
