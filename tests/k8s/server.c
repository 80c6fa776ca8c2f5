/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP server for tests, on the loop of the client under test. */
#include "tests/k8s/server.h"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/xalloc.h"

struct server_conn {
	struct server *server;
	struct server_conn *next;
	int fd;
	struct loop_fd *watch;
	struct buf in;
};

struct server {
	struct loop *loop;
	int fd, port;
	struct loop_fd *watch;
	struct server_conn *conns;
	void (*on_request)(void *ctx, struct server_conn *c, const struct server_request *r);
	void (*on_close)(void *ctx, struct server_conn *c);
	void *ctx;
};

void server_close(struct server_conn *c)
{
	struct server_conn **at = &c->server->conns;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	loop_fd_remove(c->watch);
	close(c->fd);
	buf_release(&c->in);
	free(c);
}

static size_t head_length(const struct server_conn *c)
{
	const char *end = c->in.len ? strstr(c->in.data, "\r\n\r\n") : NULL;

	return end ? (size_t)(end - c->in.data) + 4 : 0;
}

static size_t body_length(const struct server_conn *c)
{
	const char *at = strcasestr(c->in.data, "\r\ncontent-length:");

	return at ? strtoul(at + 17, NULL, 10) : 0;
}

/* True when one whole request was there and has been handed out. */
static bool conn_request(struct server_conn *c)
{
	size_t head = head_length(c);
	size_t body = head ? body_length(c) : 0;

	if (!head || c->in.len < head + body)
		return false;
	char *text = xstrndup(c->in.data, head + body);
	buf_drop_front(&c->in, head + body);
	char *content = text + head;
	char *lines = strstr(text, "\r\n");
	char *target = strchr(text, ' ');
	char *all = xstrndup(lines, (size_t)(content - lines));
	*lines = '\0';
	*target++ = '\0';
	*strchr(target, ' ') = '\0';
	struct server_request r = { text, target, all, content };
	c->server->on_request(c->server->ctx, c, &r);
	free(all);
	free(text);
	return true;
}

static bool conn_is(const struct server *s, const struct server_conn *c)
{
	const struct server_conn *at = s->conns;

	while (at && at != c)
		at = at->next;
	return at != NULL;
}

static void conn_read(void *ctx, int events)
{
	struct server_conn *c = ctx;
	struct server *s = c->server;
	char piece[16384];
	ssize_t n = recv(c->fd, piece, sizeof piece, 0);

	if (n <= 0) {
		if (s->on_close)
			s->on_close(s->ctx, c);
		server_close(c);
		return;
	}
	buf_add(&c->in, piece, (size_t)n);
	while (conn_is(s, c) && conn_request(c))
		;
}

static void server_accept(void *ctx, int events)
{
	struct server *s = ctx;
	int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	struct server_conn *c = xcalloc(1, sizeof *c);
	c->server = s;
	c->fd = fd;
	c->next = s->conns;
	s->conns = c;
	/* Small pieces must go at once. */
	int yes = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	c->watch = loop_fd_add(s->loop, fd, LOOP_READ, conn_read, c);
}

void server_listen(struct server *s, bool on)
{
	while (!on && s->conns) {
		if (s->on_close)
			s->on_close(s->ctx, s->conns);
		server_close(s->conns);
	}
	if (s->watch) {
		loop_fd_remove(s->watch);
		close(s->fd);
	}
	s->watch = NULL;
	if (!on)
		return;
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)s->port),
	};
	socklen_t len = sizeof a;
	int yes = 1;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(s->fd, (struct sockaddr *)&a, sizeof a) || listen(s->fd, 64) ||
	    getsockname(s->fd, (struct sockaddr *)&a, &len)) {
		perror("the test's server");
		abort();
	}
	s->port = ntohs(a.sin_port);
	s->watch = loop_fd_add(s->loop, s->fd, LOOP_READ, server_accept, s);
}

struct server *server_new(struct loop *l,
	void (*on_request)(void *ctx, struct server_conn *c, const struct server_request *r),
	void (*on_close)(void *ctx, struct server_conn *c), void *ctx)
{
	struct server *s = xcalloc(1, sizeof *s);

	s->loop = l;
	s->on_request = on_request;
	s->on_close = on_close;
	s->ctx = ctx;
	server_listen(s, true);
	return s;
}

void server_free(struct server *s)
{
	s->on_close = NULL;
	server_listen(s, false);
	free(s);
}

int server_port(const struct server *s)
{
	return s->port;
}

static void conn_send(struct server_conn *c, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		p += sent;
		n -= (size_t)sent;
	}
}

void server_reply(struct server_conn *c, int status, const char *extra, const char *body)
{
	char *text = xasprintf("HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n%s\r\n%s", status, strlen(body), extra ? extra : "", body);

	conn_send(c, text, strlen(text));
	free(text);
}

void server_chunks_begin(struct server_conn *c)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		"Transfer-Encoding: chunked\r\n\r\n";

	conn_send(c, head, sizeof head - 1);
}

void server_chunk_bytes(struct server_conn *c, const void *p, size_t n)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%zx\r\n", n);
	buf_add(&b, p, n);
	buf_adds(&b, "\r\n");
	conn_send(c, b.data, b.len);
	buf_release(&b);
}

void server_chunk(struct server_conn *c, const char *text)
{
	server_chunk_bytes(c, text, strlen(text));
}

void server_chunks_end(struct server_conn *c)
{
	conn_send(c, "0\r\n\r\n", 5);
}

/* Bytes that one end sent and the other has not read, or a connection half made. */
static bool fd_on_the_way(int fd)
{
	int family = 0, listens = 0, unread = 0, unsent = 0;
	socklen_t size = sizeof family;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) || family != AF_INET)
		return false;
	size = sizeof listens;
	getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size);
	if (listens)
		return poll(&p, 1, 0) != 0;
	ioctl(fd, FIONREAD, &unread);
	ioctl(fd, SIOCOUTQNSD, &unsent);
	p.events = POLLOUT;
	return unread || unsent || poll(&p, 1, 0) == 0;
}

static bool on_the_way(void)
{
	for (int fd = 3; fd < 128; fd++) {
		if (fd_on_the_way(fd))
			return true;
	}
	return false;
}

void server_deliver(struct loop *l)
{
	bool busy = true;

	for (int turn = 0; turn < 6 || (busy && turn < 4000); turn++) {
		loop_turn(l, 0);
		if (turn < 5)
			continue;
		busy = on_the_way();
		if (busy && turn > 50)
			usleep(500);
	}
}

static int64_t server_clock_mono(void *ctx)
{
	return ((struct server_clock *)ctx)->mono;
}

static void server_clock_turn(void *ctx)
{
	struct server_clock *c = ctx;
	int64_t now = clock_mono(&c->fast);

	if (!on_the_way())
		c->mono += now - c->seen;
	c->seen = now;
}

void server_clock_init(struct server_clock *c, double scale)
{
	clock_system(&c->fast, scale);
	c->mono = c->seen = clock_mono(&c->fast);
	c->clock = (struct clock){ .mono_ms = server_clock_mono, .wall_ms = c->fast.wall_ms,
		.scale = c->fast.scale, .ctx = c };
}

void server_clock_run(struct server_clock *c, struct loop *l)
{
	loop_before_wait(l, server_clock_turn, c);
}
