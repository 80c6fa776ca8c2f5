/* SPDX-License-Identifier: Apache-2.0 */
/* Small string questions that libc leaves open.  NULL arguments: as an empty string. */
#ifndef KOPSCOPE_BASE_STRS_H
#define KOPSCOPE_BASE_STRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool str_eq(const char *a, const char *b); /* NULL equals NULL only */
static inline bool str_empty(const char *s)
{
	return !s || !*s;
}
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_ieq(const char *a, const char *b);          /* ASCII case only */
bool str_icontains(const char *s, const char *part); /* ASCII case only */

/* The whole of s as a decimal integer in [min, max]; false leaves *out alone. */
bool str_to_i64(const char *s, int64_t min, int64_t max, int64_t *out);

int str_hex_digit(char c); /* its value; -1: it is none */

/* Natural order: "node-2" before "node-10".  For sorting rows. */
int str_natcmp(const char *a, const char *b);

/* true when name matches the shell pattern (only * and ?). */
bool str_glob(const char *pattern, const char *name);

/*
 * The next part of a dotted path, which moves on behind it: "a.[b.c].d" has the
 * parts a, b.c and d.  False at the end.  For json_path() and yaml_at().
 */
bool str_path_part(const char **path, const char **part, size_t *len);

/* A list of owned strings. */
struct strlist {
	char **v;
	size_t n, cap;
};
void strlist_add(struct strlist *l, const char *s); /* copies */
void strlist_take(struct strlist *l, char *s);      /* owns */
void strlist_split(struct strlist *l, const char *s, char sep); /* empty items too */
bool strlist_has(const struct strlist *l, const char *s);
void strlist_sort(struct strlist *l);
void strlist_release(struct strlist *l);

#endif
