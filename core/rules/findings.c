/* SPDX-License-Identifier: Apache-2.0 */
/* The list of findings; what is found is decided elsewhere. */
#include "core/rules/consequences.h"

#include <stdarg.h>
#include <stdlib.h>

#include "core/base/xalloc.h"

void findings_add(struct findings *f, enum finding_level level, const char *todo, const char *fmt,
	...)
{
	va_list ap;
	va_start(ap, fmt);
	f->v = xgrow(f->v, &f->cap, f->n, sizeof *f->v);
	f->v[f->n++] = (struct finding){ .level = level, .text = xvasprintf(fmt, ap),
		.todo = xstrdup(todo) };
	va_end(ap);
}

void findings_add_at(struct findings *f, enum finding_level level, size_t line, const char *todo,
	const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	if (line) {
		findings_add(f, level, todo, "line %zu: %s", line, text);
	} else {
		findings_add(f, level, todo, "%s", text);
	}
	f->v[f->n - 1].line = line;
	free(text);
}

void findings_soften(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].level == FINDING_REFUSE) {
			f->v[i].level = FINDING_WARN;
		}
	}
}

bool findings_refuse(const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].level == FINDING_REFUSE) {
			return true;
		}
	}
	return false;
}

void findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].text);
		free(f->v[i].todo);
	}
	free(f->v);
	*f = (struct findings){ .v = NULL };
}
