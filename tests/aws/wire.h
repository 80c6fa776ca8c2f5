/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tiny HTTP server on loopback and on the test's own loop, that keeps every
 * request as it came and answers from a list of rules.
 */
#ifndef KOPSCOPE_TESTS_AWS_WIRE_H
#define KOPSCOPE_TESTS_AWS_WIRE_H

#include <stddef.h>

#include "core/io/loop.h"

struct wire;

struct wire *wire_new(struct loop *l);
void wire_free(struct wire *w);
const char *wire_url(const struct wire *w); /* "http://127.0.0.1:PORT" */
const char *wire_host(const struct wire *w);

/*
 * The next request whose text (head and body) holds match is answered with
 * status, extra header lines ("Name: value\r\n", or NULL) and body; each rule
 * serves once, in order.  Without a rule: 404 and the code Unmatched.
 */
void wire_rule(struct wire *w, const char *match, int status, const char *headers,
	const char *body);
/* The next such request gets no answer, or the connection is closed on it. */
void wire_hang(struct wire *w, const char *match);
void wire_reset(struct wire *w, const char *match);

size_t wire_count(const struct wire *w, const char *match); /* requests that hold match */
/* The n-th (from 0) such request; NULL: none. */
const char *wire_request(const struct wire *w, const char *match, size_t n);
/* Value of its header, to be freed; NULL when absent. */
char *wire_header(const char *request, const char *name);
const char *wire_body(const char *request);
size_t wire_unused(const struct wire *w); /* rules that nobody asked for */
void wire_forget(struct wire *w);         /* these serve no more */

#endif
