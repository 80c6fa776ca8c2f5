/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, for those who look into it.  KOPSCOPE_TRACE=http,loop,-k8s
 * (or "all") chooses components, KOPSCOPE_TRACE_FILE the file (0600, required:
 * a trace never goes to the terminal).  Control bytes are escaped.  Nobody may
 * pass a credential, a token, a signature or a secret's body to it: callers
 * redact, and a test plants secrets and greps.
 */
#ifndef KOPSCOPE_IO_TRACE_H
#define KOPSCOPE_IO_TRACE_H

#include <stdbool.h>

enum trace_part {
	TRACE_HTTP, TRACE_LOOP, TRACE_CHILD, TRACE_AWS, TRACE_K8S, TRACE_KOPS, TRACE_RUN, TRACE_TUI,
	TRACE_LAB, TRACE__COUNT
};

void trace_open_from_env(void);
void trace_close(void);
bool trace_want(enum trace_part part); /* ask before costly formatting */
void trace_say(enum trace_part part, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
