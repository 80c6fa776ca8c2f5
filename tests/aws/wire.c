/* SPDX-License-Identifier: Apache-2.0 */
/* A tiny HTTP server on loopback, for tests. */
#include "tests/aws/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/bug.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

enum manner { ANSWER, HANG, RESET };

struct rule {
	char *match, *headers, *body;
	int status;
	enum manner manner;
	bool used;
};

struct conn {
	struct wire *wire;
	struct conn *next;
	int fd;
	struct loop_fd *watch;
	struct buf in;
};

struct wire {
	struct loop *loop;
	int fd;
	struct loop_fd *watch;
	char url[40];
	struct rule *rules;
	size_t nrules, cap;
	struct strlist requests;
	struct conn *conns;
};

static void conn_close(struct conn *c)
{
	for (struct conn **p = &c->wire->conns; *p; p = &(*p)->next) {
		if (*p == c) {
			*p = c->next;
			break;
		}
	}
	loop_fd_remove(c->watch);
	close(c->fd);
	buf_release(&c->in);
	free(c);
}

static void conn_send(struct conn *c, int status, const char *headers, const char *body)
{
	struct buf out = BUF_INIT;
	buf_addf(&out, "HTTP/1.1 %d Word\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n%s",
		status, strlen(body), headers ? headers : "", body);
	/* Answers are small: loopback takes them whole. */
	if (write(c->fd, out.data, out.len) != (ssize_t)out.len) {
		BUG("wire: short write");
	}
	buf_release(&out);
}

static void conn_answer(struct conn *c)
{
	struct wire *w = c->wire;
	strlist_add(&w->requests, buf_str(&c->in));
	for (size_t i = 0; i < w->nrules; i++) {
		struct rule *r = &w->rules[i];
		if (r->used || !strstr(buf_str(&c->in), r->match)) {
			continue;
		}
		r->used = true;
		if (r->manner == HANG) {
			loop_fd_set(c->watch, 0);
			return;
		}
		if (r->manner == ANSWER) {
			conn_send(c, r->status, r->headers, r->body);
		}
		conn_close(c);
		return;
	}
	conn_send(c, 404, NULL, "<Error><Code>Unmatched</Code><Message>no rule</Message></Error>");
	conn_close(c);
}

static void conn_on_read(void *ctx, int events)
{
	struct conn *c = ctx;
	char part[16384];
	ssize_t n = read(c->fd, part, sizeof(part));
	if (n <= 0) {
		conn_close(c);
		return;
	}
	buf_add(&c->in, part, (size_t)n);
	const char *end = strstr(buf_str(&c->in), "\r\n\r\n");
	if (!end) {
		return;
	}
	size_t head = (size_t)(end - c->in.data) + 4;
	char *length = wire_header(c->in.data, "Content-Length");
	int64_t body = 0;
	str_to_i64(length, 0, 1 << 24, &body);
	free(length);
	if (c->in.len >= head + (size_t)body) {
		conn_answer(c);
	}
}

static void wire_on_accept(void *ctx, int events)
{
	struct wire *w = ctx;
	int fd = accept(w->fd, NULL, NULL);
	if (fd < 0) {
		return;
	}
	struct conn *c = xcalloc(1, sizeof(*c));
	c->wire = w;
	c->fd = fd;
	c->next = w->conns;
	w->conns = c;
	c->watch = loop_fd_add(w->loop, fd, LOOP_READ, conn_on_read, c);
}

struct wire *wire_new(struct loop *l)
{
	struct wire *w = xcalloc(1, sizeof(*w));
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(at);
	w->loop = l;
	w->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (w->fd < 0 || bind(w->fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(w->fd, 32) != 0 || getsockname(w->fd, (struct sockaddr *)&at, &len) != 0) {
		BUG("wire: no socket");
	}
	snprintf(w->url, sizeof(w->url), "http://127.0.0.1:%d", ntohs(at.sin_port));
	w->watch = loop_fd_add(l, w->fd, LOOP_READ, wire_on_accept, w);
	return w;
}

void wire_free(struct wire *w)
{
	while (w->conns) {
		conn_close(w->conns);
	}
	loop_fd_remove(w->watch);
	close(w->fd);
	for (size_t i = 0; i < w->nrules; i++) {
		free(w->rules[i].match);
		free(w->rules[i].headers);
		free(w->rules[i].body);
	}
	free(w->rules);
	strlist_release(&w->requests);
	free(w);
}

const char *wire_url(const struct wire *w)
{
	return w->url;
}

const char *wire_host(const struct wire *w)
{
	return w->url + strlen("http://");
}

static void wire_add(struct wire *w, struct rule rule)
{
	w->rules = xgrow(w->rules, &w->cap, w->nrules, sizeof(*w->rules));
	w->rules[w->nrules++] = rule;
}

void wire_rule(struct wire *w, const char *match, int status, const char *headers,
	const char *body)
{
	wire_add(w, (struct rule){ .match = xstrdup(match), .headers = xstrdup(headers),
		.body = xstrdup(body), .status = status });
}

void wire_hang(struct wire *w, const char *match)
{
	wire_add(w, (struct rule){ .match = xstrdup(match), .manner = HANG });
}

void wire_reset(struct wire *w, const char *match)
{
	wire_add(w, (struct rule){ .match = xstrdup(match), .manner = RESET });
}

size_t wire_count(const struct wire *w, const char *match)
{
	size_t n = 0;
	while (wire_request(w, match, n)) {
		n++;
	}
	return n;
}

const char *wire_request(const struct wire *w, const char *match, size_t n)
{
	for (size_t i = 0; i < w->requests.n; i++) {
		if (strstr(w->requests.v[i], match) && !n--) {
			return w->requests.v[i];
		}
	}
	return NULL;
}

char *wire_header(const char *request, const char *name)
{
	size_t n = strlen(name);
	for (const char *s = strstr(request, "\r\n"); s && strncmp(s, "\r\n\r\n", 4) != 0;
	     s = strstr(s, "\r\n")) {
		s += 2;
		if (!strncasecmp(s, name, n) && s[n] == ':') {
			s += n + 1;
			s += strspn(s, " ");
			return xstrndup(s, strcspn(s, "\r"));
		}
	}
	return NULL;
}

const char *wire_body(const char *request)
{
	const char *end = strstr(request, "\r\n\r\n");
	return end ? end + 4 : "";
}

size_t wire_unused(const struct wire *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->nrules; i++) {
		n += !w->rules[i].used;
	}
	return n;
}

void wire_forget(struct wire *w)
{
	for (size_t i = 0; i < w->nrules; i++) {
		w->rules[i].used = true;
	}
}
