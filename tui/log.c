/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in this session. */
#include "tui/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

void log_add(struct log_lines *l, int64_t at, enum style style, const char *fmt, ...)
{
	if (!l->v) {
		l->v = xcalloc(LOG_KEPT, sizeof(*l->v));
	}
	if (l->n == LOG_KEPT) {
		free(l->v[0].text);
		memmove(l->v, l->v + 1, (LOG_KEPT - 1) * sizeof(*l->v));
		l->n--;
	}
	va_list ap;
	va_start(ap, fmt);
	l->v[l->n++] = (struct log_line){ .at = at, .style = style, .text = xvasprintf(fmt, ap) };
	va_end(ap);
}

void log_release(struct log_lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].text);
	}
	free(l->v);
	*l = (struct log_lines){ .v = NULL };
}
