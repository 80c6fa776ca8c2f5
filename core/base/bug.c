/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a program that broke its own promises. */
#include "core/base/bug.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/xalloc.h"

void bug_die(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	xalloc_run_hook();
	fprintf(stderr, "kopscope: bug at %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}
