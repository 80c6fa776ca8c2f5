/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmicrohttpd driven from the world's one thread: no thread of its own, two
 * daemons in external epoll mode, both waited for with one poll().
 *
 * A stream is alive from lab_reply_stream() until MHD lets go of the response
 * it belongs to (stream_free).  While nothing is there to send its connection
 * is suspended, so that an idle watch costs nothing.
 */
#include "lab/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/accident.h"
#include "lab/fault.h"
#include "lab/judge.h"
#include "lab/request.h"
#include "lab/world.h"

#define STREAM_MAX ((size_t)64 << 20)
#define CONNECTIONS_MAX 2000
#define LOOK_MS 1000 /* real */

struct lab_stream {
	struct MHD_Connection *conn; /* NULL until its reply is queued */
	struct buf data;
	size_t sent;    /* of data */
	bool closed;    /* by lab_stream_close(): the rest is sent, then the end */
	bool told;      /* on_gone was called or will not be */
	bool suspended;
	const struct lab_port *port;
	void (*on_gone)(void *ctx);
	bool (*more)(void *ctx, struct buf *out); /* NULL: others write */
	void *ctx;
	struct lab_stream *next, **self; /* in open_streams */
};

static struct lab_stream *open_streams;

struct lab_port {
	struct lab_server *server;
	struct MHD_Daemon *daemon;
	int fd, port;
	bool kube;
};

struct lab_server {
	struct world *world;
	bool stopping;
	int64_t looked; /* wall ms of the last look for clients that went away */
	struct lab_port plain, kube;
};

/* One request being read. */
struct lab_call {
	struct lab_request rq;
	char *target;
	bool begun, too_big;
	/* A fault makes it wait before it is handled: suspended until timer fires. */
	struct world *world;
	const struct lab_port *port;
	struct MHD_Connection *conn;
	struct world_timer *timer;
	bool waited;
	struct lab_call *next, **self; /* in waiting_calls while timer is set */
};

static struct lab_call *waiting_calls;

static const struct lab_route plain_routes[] = {
	{ "/_lab/accident", lab_accident_handle },
	{ "/_lab/fault", lab_fault_handle },
	{ "/lab/kops", kops_handle },
	{ "/lab", lab_control_handle },
	{ "", aws_handle },
};

struct lab_stream *lab_reply_stream(struct lab_reply *rp, void (*on_gone)(void *ctx), void *ctx)
{
	struct lab_stream *s = xcalloc(1, sizeof(*s));
	s->on_gone = on_gone;
	s->ctx = ctx;
	s->next = open_streams;
	s->self = &open_streams;
	if (s->next)
		s->next->self = &s->next;
	open_streams = s;
	buf_init(&s->data, STREAM_MAX);
	rp->stream = s;
	return s;
}

void lab_reply_pull(struct lab_reply *rp, bool (*more)(void *ctx, struct buf *out),
	void (*gone)(void *ctx), void *ctx)
{
	lab_reply_stream(rp, gone, ctx)->more = more;
}

static void stream_tell_gone(struct lab_stream *s)
{
	if (s->told)
		return;
	s->told = true;
	if (s->on_gone)
		s->on_gone(s->ctx);
}

static void stream_wake(struct lab_stream *s)
{
	if (!s->suspended)
		return;
	s->suspended = false;
	MHD_resume_connection(s->conn);
}

bool lab_stream_write(struct lab_stream *s, const void *p, size_t n)
{
	if (s->closed)
		return false;
	if (s->sent > 0 && s->sent >= s->data.len / 2) {
		buf_drop_front(&s->data, s->sent);
		s->sent = 0;
	}
	if (!buf_add(&s->data, p, n)) {
		s->closed = true;
		stream_wake(s);
		stream_tell_gone(s);
		return false;
	}
	stream_wake(s);
	return true;
}

bool lab_stream_writef(struct lab_stream *s, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	bool ok = lab_stream_write(s, buf_str(&b), b.len);
	buf_release(&b);
	return ok;
}

void lab_stream_close(struct lab_stream *s)
{
	s->closed = true;
	s->told = true;
	stream_wake(s);
}

static enum lab_side port_side(const struct lab_port *p)
{
	return p->kube ? SIDE_KUBE : SIDE_AWS;
}

static struct lab_counts *port_counts(const struct lab_port *p)
{
	return &p->server->world->counts;
}

/* The connection is there, but nothing comes on it: what is written waits. */
static bool port_is_frozen(const struct lab_port *p)
{
	return p && p->kube && !p->server->stopping &&
		lab_fault_is_on(p->server->world->faults, FAULT_K8S_HALF_OPEN);
}

static ssize_t stream_read(void *cls, uint64_t pos, char *out, size_t max)
{
	struct lab_stream *s = cls;
	size_t left = s->data.len - s->sent;
	if (port_is_frozen(s->port)) {
		s->suspended = true;
		MHD_suspend_connection(s->conn);
		return 0;
	}
	if (left == 0 && s->more && !s->closed) {
		buf_clear(&s->data);
		s->sent = 0;
		s->closed = !s->more(s->ctx, &s->data);
		left = s->data.len;
	}
	if (left > 0) {
		size_t n = left < max ? left : max;
		memcpy(out, s->data.data + s->sent, n);
		s->sent += n;
		if (s->port)
			port_counts(s->port)->bytes[port_side(s->port)] += n;
		return (ssize_t)n;
	}
	if (s->closed)
		return MHD_CONTENT_READER_END_OF_STREAM;
	s->suspended = true;
	MHD_suspend_connection(s->conn);
	return 0;
}

static void stream_free(void *cls)
{
	struct lab_stream *s = cls;
	stream_tell_gone(s);
	*s->self = s->next;
	if (s->next)
		s->next->self = s->self;
	buf_release(&s->data);
	free(s);
}

void lab_reply_gather(struct lab_reply *rp)
{
	struct lab_stream *s = rp->stream;
	if (!s || !s->more)
		return;
	bool more = true;
	while (more) {
		buf_clear(&s->data);
		more = s->more(s->ctx, &s->data);
		buf_add(&rp->body, buf_str(&s->data), s->data.len);
	}
	stream_free(s);
	rp->stream = NULL;
}

static void *call_begin(void *cls, const char *uri, struct MHD_Connection *conn)
{
	struct lab_call *c = xcalloc(1, sizeof(*c));
	c->target = xstrdup(uri);
	return c;
}

static void call_end(void *cls, struct MHD_Connection *conn, void **con_cls,
	enum MHD_RequestTerminationCode toe)
{
	struct lab_call *c = *con_cls;
	if (!c)
		return;
	if (c->begun)
		lab_request_release(&c->rq);
	free(c->target);
	free(c);
	*con_cls = NULL;
}

static void call_unlink(struct lab_call *c)
{
	c->timer = NULL;
	*c->self = c->next;
	if (c->next)
		c->next->self = c->self;
}

static void call_go_on(void *ctx)
{
	struct lab_call *c = ctx;
	if (port_is_frozen(c->port)) {
		c->timer = world_timer_add(c->world, (int64_t)(1000 * c->world->options.speed),
			call_go_on, c);
		return;
	}
	call_unlink(c);
	MHD_resume_connection(c->conn);
}

/* True: it is set aside, and comes again later. */
static bool call_wait(struct lab_call *c, const struct lab_port *p, struct MHD_Connection *conn)
{
	bool own = strncmp(c->rq.path, "/lab/", 5) == 0 || strncmp(c->rq.path, "/_lab/", 6) == 0;
	int64_t s = own ? 0 : lab_fault_number(p->server->world->faults,
		p->kube ? FAULT_K8S_SLOW : FAULT_AWS_SLOW);
	if (port_is_frozen(p))
		s = 1;
	if (s <= 0 || c->waited)
		return false;
	c->waited = true;
	c->world = p->server->world;
	c->port = p;
	c->conn = conn;
	c->next = waiting_calls;
	c->self = &waiting_calls;
	if (c->next)
		c->next->self = &c->next;
	waiting_calls = c;
	/* Seconds of the caller, not of the world, unless chaos reigns. */
	double speed = lab_faults_are_virtual(c->world->faults) ? 1 : c->world->options.speed;
	c->timer = world_timer_add(c->world, (int64_t)((double)s * 1000 * speed), call_go_on, c);
	MHD_suspend_connection(conn);
	return true;
}

static enum MHD_Result header_add(void *cls, enum MHD_ValueKind kind, const char *name,
	const char *value)
{
	lab_pairs_add(cls, name, value);
	return MHD_YES;
}

/* Half of an answer, then the end of its connection: what was asked for is done all the same. */
struct half {
	struct buf body;
	size_t sent;
};

static ssize_t half_read(void *cls, uint64_t pos, char *out, size_t max)
{
	struct half *h = cls;
	size_t left = h->body.len / 2 - h->sent, n = left < max ? left : max;
	if (n == 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	memcpy(out, h->body.data + h->sent, n);
	h->sent += n;
	return (ssize_t)n;
}

static void half_free(void *cls)
{
	struct half *h = cls;
	buf_release(&h->body);
	free(h);
}

static struct MHD_Response *half_response(struct lab_reply *rp)
{
	struct half *h = xcalloc(1, sizeof(*h));
	h->body = rp->body;
	rp->body = (struct buf)BUF_INIT;
	return MHD_create_response_from_callback(h->body.len, 1024, half_read, h, half_free);
}

/* Every other answer, while that fault is on. */
static bool reply_is_cut(const struct lab_port *p, const struct lab_request *rq)
{
	static unsigned long turn;
	const struct world *w = p->server->world;
	return lab_fault_is_on(w->faults, p->kube ? FAULT_K8S_CUT : FAULT_AWS_CUT) &&
		strncmp(rq->path, "/lab/", 5) != 0 && strncmp(rq->path, "/_lab/", 6) != 0 &&
		turn++ % 2;
}

static enum MHD_Result reply_send(struct MHD_Connection *conn, struct lab_reply *rp, bool cut)
{
	struct MHD_Response *r;
	if (rp->stream) {
		rp->stream->conn = conn;
		r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32768, stream_read,
			rp->stream,
			stream_free);
	} else if (cut && rp->body.len > 0) {
		r = half_response(rp);
	} else {
		size_t n = rp->body.len;
		r = MHD_create_response_from_buffer(n, buf_detach(&rp->body),
			MHD_RESPMEM_MUST_FREE);
	}
	if (!r)
		return MHD_NO;
	for (size_t i = 0; i < rp->headers.n; i++)
		MHD_add_response_header(r, rp->headers.v[i].name, rp->headers.v[i].value);
	enum MHD_Result ok = MHD_queue_response(conn, (unsigned)rp->status, r);
	MHD_destroy_response(r);
	return ok;
}

static void plain_dispatch(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	for (size_t i = 0; i < sizeof(plain_routes) / sizeof(plain_routes[0]); i++) {
		size_t n = strlen(plain_routes[i].prefix);
		if (strncmp(rq->path, plain_routes[i].prefix, n) == 0 &&
		    (n == 0 || rq->path[n] == '\0' || rq->path[n] == '/')) {
			plain_routes[i].handle(w, rq, rp);
			return;
		}
	}
}

static void port_dispatch(const struct lab_port *p, const struct lab_request *rq,
	struct lab_reply *rp)
{
	struct world *w = p->server->world;
	counts_request(port_counts(p), port_side(p), rq);
	judge_begin(w->judge, rq);
	if (p->kube)
		kube_handle(w, rq, rp);
	else
		plain_dispatch(w, rq, rp);
	judge_end(w->judge);
}

static enum MHD_Result port_access(void *cls, struct MHD_Connection *conn, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **con_cls)
{
	const struct lab_port *p = cls;
	struct lab_call *c = *con_cls;
	if (!c->begun) {
		c->begun = true;
		lab_request_init(&c->rq, method, c->target);
		MHD_get_connection_values(conn, MHD_HEADER_KIND, header_add, &c->rq.headers);
		return MHD_YES;
	}
	if (*upload_size > 0) {
		if (!buf_add(&c->rq.body, upload, *upload_size))
			c->too_big = true;
		*upload_size = 0;
		return MHD_YES;
	}
	if (call_wait(c, p, conn))
		return MHD_YES;
	struct lab_reply rp;
	lab_reply_init(&rp);
	if (c->too_big)
		lab_reply_text(&rp, 413, "text/plain", "the body is over 16 MiB\n");
	else
		port_dispatch(p, &c->rq, &rp);
	if (rp.stream)
		rp.stream->port = p;
	else
		port_counts(p)->bytes[port_side(p)] += rp.body.len;
	bool cut = reply_is_cut(p, &c->rq);
	enum MHD_Result result = rp.status && !(cut && rp.body.len == 0 && !rp.stream)
		? reply_send(conn, &rp, cut) : MHD_NO;
	lab_reply_release(&rp);
	return result;
}

static int socket_open(int port, struct err *e)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		err_errno(e, errno, "socket");
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(fd, 128) == 0)
		return fd;
	if (errno == EADDRINUSE) {
		err_set(e, ERR_USAGE, "port %d on 127.0.0.1 is already in use", port);
		err_hint(e, "choose another one with --port, or none for a free one");
	} else {
		err_errno(e, errno, "port %d on 127.0.0.1", port);
	}
	close(fd);
	return -1;
}

static bool port_open(struct lab_port *p, const struct lab_server_options *o, bool kube,
	struct err *e)
{
	int fd = socket_open(kube ? o->kube_port : o->port, e);
	if (fd < 0)
		return false;
	p->kube = kube;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->key_pem },
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->cert_pem },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (kube ? MHD_USE_TLS : 0u);
	p->daemon = MHD_start_daemon(flags, 0, NULL, NULL, port_access, p,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, call_begin, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, call_end, NULL,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)131072,
		MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
		MHD_OPTION_ARRAY, kube ? tls : none, MHD_OPTION_END);
	if (!p->daemon) {
		close(fd);
		return err_set(e, ERR_IO, "cannot start the lab's %s server", kube ?
			"TLS" : "HTTP");
	}
	struct sockaddr_in a = { .sin_port = 0 };
	socklen_t len = sizeof(a);
	if (getsockname(fd, (struct sockaddr *)&a, &len) == 0)
		p->port = ntohs(a.sin_port);
	p->fd = MHD_get_daemon_info(p->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	return true;
}

struct lab_server *lab_server_new(const struct lab_server_options *o, struct err *e)
{
	struct lab_server *s = xcalloc(1, sizeof(*s));
	s->world = o->world;
	s->plain.server = s->kube.server = s;
	if (port_open(&s->plain, o, false, e) && port_open(&s->kube, o, true, e))
		return s;
	lab_server_free(s);
	return NULL;
}

void lab_streams_thaw(void)
{
	for (struct lab_stream *t = open_streams; t; t = t->next)
		stream_wake(t);
}

void lab_server_free(struct lab_server *s)
{
	if (!s)
		return;
	s->stopping = true;
	/* MHD wants no connection suspended when it stops. */
	while (waiting_calls) {
		struct lab_call *c = waiting_calls;
		world_timer_cancel(c->world, c->timer);
		call_go_on(c);
	}
	for (struct lab_stream *t = open_streams; t; t = t->next) {
		stream_tell_gone(t);
		t->closed = true;
		stream_wake(t);
	}
	struct MHD_Daemon *daemons[] = { s->plain.daemon, s->kube.daemon };
	for (size_t i = 0; i < 2; i++) {
		if (!daemons[i])
			continue;
		MHD_run(daemons[i]);
		MHD_stop_daemon(daemons[i]);
	}
	free(s);
}

int lab_server_port(const struct lab_server *s)
{
	return s->plain.port;
}

int lab_server_kube_port(const struct lab_server *s)
{
	return s->kube.port;
}

static int port_timeout(const struct lab_port *p, int max_ms)
{
	MHD_UNSIGNED_LONG_LONG ms;
	if (MHD_get_timeout(p->daemon, &ms) == MHD_YES && ms < (unsigned)max_ms)
		return (int)ms;
	return max_ms;
}

/*
 * MHD does not look at a suspended connection.  A client has nothing to say
 * while its answer streams, so anything to be read there is its end (with TLS
 * the close_notify before it).
 */
static bool stream_is_left(const struct lab_stream *s)
{
	char byte;
	if (!s->suspended)
		return false;
	int fd = MHD_get_connection_info(s->conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

static void streams_look(struct lab_server *s)
{
	int64_t now = world_wall(s->world);
	if (now >= s->looked && now < s->looked + LOOK_MS)
		return;
	s->looked = now;
	for (struct lab_stream *t = open_streams; t; t = t->next) {
		if (!stream_is_left(t))
			continue;
		stream_tell_gone(t);
		t->closed = true;
		stream_wake(t);
	}
}

void lab_server_turn(struct lab_server *s, int max_ms)
{
	struct pollfd fds[] = {
		{ .fd = s->plain.fd, .events = POLLIN },
		{ .fd = s->kube.fd, .events = POLLIN },
	};
	int ms = port_timeout(&s->plain, port_timeout(&s->kube, max_ms));
	poll(fds, 2, ms);
	MHD_run(s->plain.daemon);
	MHD_run(s->kube.daemon);
	streams_look(s);
}
