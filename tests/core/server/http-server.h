/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tiny HTTP server on a random loopback port, in a child process.  The path
 * of a request says how it behaves (see the table in http-server.c).
 */
#ifndef KOPSCOPE_TESTS_HTTP_SERVER_H
#define KOPSCOPE_TESTS_HTTP_SERVER_H

#include <sys/types.h>

struct http_server {
	pid_t pid;
	int port;
};

void http_server_start(struct http_server *s);
void http_server_stop(struct http_server *s);

#endif
