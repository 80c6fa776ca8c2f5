/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in this session, for the Log view: a ring of lines with their time. */
#ifndef KOPSCOPE_TUI_LOG_H
#define KOPSCOPE_TUI_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "tui/screen/style.h"

struct log_line {
	int64_t at; /* wall ms */
	enum style style;
	char *text;
};
struct log_lines {
	struct log_line *v; /* oldest first */
	size_t n;
};
#define LOG_KEPT 500

void log_add(struct log_lines *l, int64_t at, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void log_release(struct log_lines *l);

#endif
