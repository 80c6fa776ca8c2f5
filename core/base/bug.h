/* SPDX-License-Identifier: Apache-2.0 */
/* BUG(): a broken promise inside the program.  Never for user or network errors. */
#ifndef KOPSCOPE_BASE_BUG_H
#define KOPSCOPE_BASE_BUG_H

#define BUG(...) bug_die(__FILE__, __LINE__, __VA_ARGS__)

/* What must hold, said where a reader (or an analyzer) cannot see that it does. */
#define MUST(x) do { \
		if (!(x)) { \
			BUG("not so: %s", #x); \
		} \
	} while (0)

/* Runs the hook of xalloc_on_death(), prints file, line and text, aborts. */
_Noreturn void bug_die(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
