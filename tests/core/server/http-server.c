/* SPDX-License-Identifier: Apache-2.0 */
/* A tiny HTTP server for tests: one process per connection, behaviour by path. */
#include "tests/core/server/http-server.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct request {
	char head[8192]; /* with the body behind it */
	size_t len, head_len;
	const char *arg; /* of the path, behind the row's prefix */
};

static void put(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t w = send(fd, p, n, MSG_NOSIGNAL);

		if (w <= 0)
			_exit(0);
		p += w;
		n -= (size_t)w;
	}
}

static void puts_to(int fd, const char *s)
{
	put(fd, s, strlen(s));
}

static void put_head(int fd, int status, const char *more, size_t len)
{
	char head[512];

	snprintf(head, sizeof(head), "HTTP/1.1 %d Word\r\n%sContent-Length: %zu\r\n\r\n",
		status, more, len);
	puts_to(fd, head);
}

static void put_fill(int fd, size_t n)
{
	char block[4096];

	memset(block, 'x', sizeof(block));
	while (n) {
		size_t k = n < sizeof(block) ? n : sizeof(block);

		put(fd, block, k);
		n -= k;
	}
}

static void do_echo(int fd, const struct request *r)
{
	put_head(fd, 200, "X-Test:  a value \r\n", r->len);
	put(fd, r->head, r->len);
}

static void do_status(int fd, const struct request *r)
{
	put_head(fd, (int)strtol(r->arg, NULL, 10), "Retry-After: 7\r\n", 11);
	puts_to(fd, "status body");
}

static void do_big(int fd, const struct request *r)
{
	size_t n = strtoul(r->arg, NULL, 10);

	put_head(fd, 200, "", n);
	put_fill(fd, n);
}

static void do_bigerror(int fd, const struct request *r)
{
	size_t n = strtoul(r->arg, NULL, 10);

	put_head(fd, 500, "", n);
	put_fill(fd, n);
}

/* Pieces, for ever or arg of them. */
static void do_stream(int fd, const struct request *r)
{
	long left = strtol(r->arg, NULL, 10);

	puts_to(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	while (left < 0 || left-- > 0) {
		puts_to(fd, "6\r\npiece\n\r\n");
		usleep(2000);
	}
	puts_to(fd, "0\r\n\r\n");
}

static void do_silent(int fd, const struct request *r)
{
	puts_to(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\npiece\n\r\n");
	sleep(60);
	_exit(0);
}

static void do_mute(int fd, const struct request *r)
{
	sleep(60);
	_exit(0);
}

static void do_close(int fd, const struct request *r)
{
	_exit(0);
}

static void do_garbage(int fd, const struct request *r)
{
	puts_to(fd, "what is this?\r\n\r\n");
	_exit(0);
}

static void do_cut(int fd, const struct request *r)
{
	put_head(fd, 200, "", 100);
	puts_to(fd, "ten bytes.");
	_exit(0);
}

static void do_continue(int fd, const struct request *r)
{
	puts_to(fd, "HTTP/1.1 100 Continue\r\nX-Early: yes\r\n\r\n");
	do_echo(fd, r);
}

static void do_headers(int fd, const struct request *r)
{
	int i;

	puts_to(fd, "HTTP/1.1 200 OK\r\n");
	for (i = 0; i < 300; i++)
		puts_to(fd, "X-Many: 1\r\n");
	puts_to(fd, "Content-Length: 0\r\n\r\n");
}

/* 22,000 bytes: "hello gzip\n" two thousand times, made with gzip -9. */
static void do_gzip(int fd, const struct request *r)
{
	static const char zipped[] =
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc6\xb1\x09\x00\x20\x0c\x00\xb0\xdd"
		"\x2b\x7c\x4e\x5a\xa1\xa0\x73\xaf\xf7\x07\xe7\x64\x4a\xae\xaa\x33\xa3\xf7\x1d\xa9"
		"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
		"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
		"\xaa\xaa\xff\x7d\x45\x2c\xe7\xe5\xf0\x55\x00\x00";

	put_head(fd, 200, "Content-Encoding: gzip\r\n", sizeof(zipped) - 1);
	put(fd, zipped, sizeof(zipped) - 1);
}

/* 65,536 zero bytes deflated, up to a full flush: may stand any number of times. */
static void put_zeros(int fd)
{
	static const char zipped[] =
		"\xec\xc1\x01\x01\x00\x00\x00\x80\x90\xfe\xaf\xee\x08\x0a\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x6a\x00\x00"
		"\x00\xff\xff";

	put(fd, zipped, sizeof(zipped) - 1);
}

/* Zero bytes without an end, which take a thousandth of their length. */
static void do_bomb(int fd, const struct request *r)
{
	static const char head[10] = "\x1f\x8b\x08\0\0\0\0\0\x02\x03";

	puts_to(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
	put(fd, head, sizeof(head));
	for (;;)
		put_zeros(fd);
}

/* Arg times as many of them, and then the end. */
static void do_zeros(int fd, const struct request *r)
{
	long left = strtol(r->arg, NULL, 10);

	puts_to(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nConnection: close\r\n\r\n");
	while (left-- > 0)
		put_zeros(fd);
	put(fd, "\x03\0", 2);
	_exit(0);
}

/* To where the path says: "/redirect/127.0.0.1:9". */
static void do_redirect(int fd, const struct request *r)
{
	char more[256];

	snprintf(more, sizeof(more), "Location: http://%.*s/stolen\r\n", (int)strcspn(r->arg, " "),
		r->arg);
	put_head(fd, 307, more, 0);
}

/* One header that never ends. */
static void do_endless(int fd, const struct request *r)
{
	puts_to(fd, "HTTP/1.1 200 OK\r\nX-Endless: ");
	for (;;)
		put_fill(fd, 1 << 16);
}

/* Headers that never end, each of them short. */
static void do_drip(int fd, const struct request *r)
{
	puts_to(fd, "HTTP/1.1 200 OK\r\n");
	for (;;)
		puts_to(fd, "X-Drip: 1\r\n");
}

static const struct {
	const char *prefix;
	void (*run)(int fd, const struct request *r);
} behaviours[] = {
	{ "/big/", do_big },
	{ "/bigerror/", do_bigerror },
	{ "/bomb", do_bomb },
	{ "/close", do_close },
	{ "/continue", do_continue },
	{ "/cut", do_cut },
	{ "/drip", do_drip },
	{ "/endless", do_endless },
	{ "/garbage", do_garbage },
	{ "/gzip", do_gzip },
	{ "/headers", do_headers },
	{ "/mute", do_mute },
	{ "/redirect/", do_redirect },
	{ "/silent", do_silent },
	{ "/status/", do_status },
	{ "/stream/", do_stream },
	{ "/zeros/", do_zeros },
	{ "/", do_echo },
};

static size_t content_length(const struct request *r)
{
	const char *p = strstr(r->head, "Content-Length: ");

	return p && p < r->head + r->head_len ? strtoul(p + 16, NULL, 10) : 0;
}

/* One request into r; false at the end of the connection. */
static int read_request(int fd, struct request *r)
{
	r->len = r->head_len = 0;
	for (;;) {
		ssize_t n = recv(fd, r->head + r->len, sizeof(r->head) - 1 - r->len, 0);
		char *end;

		if (n <= 0)
			return 0;
		r->len += (size_t)n;
		r->head[r->len] = '\0';
		end = strstr(r->head, "\r\n\r\n");
		if (!end)
			continue;
		r->head_len = (size_t)(end + 4 - r->head);
		if (r->len >= r->head_len + content_length(r))
			return 1;
	}
}

static void serve(int fd)
{
	struct request r;

	while (read_request(fd, &r)) {
		const char *path = strchr(r.head, ' ') + 1;
		size_t i = 0;

		while (strncmp(path, behaviours[i].prefix, strlen(behaviours[i].prefix)))
			i++;
		r.arg = path + strlen(behaviours[i].prefix);
		behaviours[i].run(fd, &r);
	}
	_exit(0);
}

void http_server_start(struct http_server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 64) ||
			getsockname(fd, (struct sockaddr *)&a, &len))
		abort();
	s->port = ntohs(a.sin_port);
	s->pid = fork();
	if (s->pid) {
		close(fd);
		setpgid(s->pid, s->pid);
		return;
	}
	setpgid(0, 0);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int c = accept(fd, NULL, NULL);

		if (c >= 0 && fork() == 0) {
			close(fd);
			serve(c);
		}
		if (c >= 0)
			close(c);
	}
}

void http_server_stop(struct http_server *s)
{
	kill(-s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}
