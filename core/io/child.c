/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child processes on the loop.
 *
 * The exit is noticed with WNOWAIT and the process reaped only at the very end,
 * so that its number, which is the group's as well, cannot pass to a stranger
 * while we may still signal it.
 */
#include "core/io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/xalloc.h"
#include "core/io/child-spawn.h"
#include "core/io/trace.h"

#define CHILD_LINE_MAX ((size_t)64 << 10)
#define CHILD_GRACE_MS 2000

/* One of the two outputs. */
struct child_out {
	struct child *child;
	int fd; /* -1: at its end */
	struct loop_fd *watch;
	struct buf line;
	bool err;
};

struct child {
	struct loop *loop;
	pid_t pid;
	struct child_out out[2];
	int in_fd; /* -1: closed */
	struct loop_fd *in_watch;
	char *in_text;
	size_t in_len, in_done;
	struct loop_signal *watch;
	struct loop_timer *timer;
	struct loop_hook *hook;
	bool exited, abandoned, busy;
	bool terminal; /* it has ours */
	int code;
	void (*on_line)(void *ctx, const char *line, size_t n, bool err);
	void (*on_raw)(void *ctx, const char *p, size_t n, bool err);
	void (*on_exit)(void *ctx, int code);
	void *ctx;
};

static void child_out_close(struct child_out *o)
{
	loop_fd_remove(o->watch);
	o->watch = NULL;
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

static void child_in_close(struct child *c)
{
	loop_fd_remove(c->in_watch);
	c->in_watch = NULL;
	if (c->in_fd >= 0)
		close(c->in_fd);
	c->in_fd = -1;
}

static void child_free(struct child *c)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		child_out_close(&c->out[i]);
		buf_release(&c->out[i].line);
	}
	child_in_close(c);
	loop_signal_remove(c->watch);
	loop_timer_remove(c->timer);
	if (c->hook)
		loop_at_free_remove(c->hook);
	free(c->in_text);
	free(c);
}

static void child_give_back(struct child *c)
{
	if (c->terminal)
		child_terminal_back();
	c->terminal = false;
}

static int64_t child_grace(const struct child *c)
{
	return (int64_t)(CHILD_GRACE_MS * loop_clock(c->loop)->scale);
}

/* The last callback, then the end. */
static void child_finish(struct child *c)
{
	void (*on_exit_cb)(void *ctx, int code) = c->on_exit;
	void *ctx = c->ctx;
	int code = c->code;
	bool tell = !c->abandoned;

	waitpid(c->pid, NULL, WNOHANG);
	child_give_back(c);
	trace_say(TRACE_CHILD, "%ld exit %d", (long)c->pid, code);
	child_free(c);
	if (tell && on_exit_cb)
		on_exit_cb(ctx, code);
}

static void child_given_up(void *ctx);

static void child_check(struct child *c)
{
	if (!c->exited || c->busy)
		return;
	if (c->out[0].fd < 0 && c->out[1].fd < 0)
		child_finish(c);
	else if (!c->timer)
		c->timer = loop_timer_add(c->loop, child_grace(c), child_given_up, c);
}

/* Stopped by the user with the terminal in its hands. */
static void child_stopped(struct child *c)
{
	siginfo_t si = { .si_pid = 0 };

	if (!c->terminal || waitid(P_PID, (id_t)c->pid, &si, WSTOPPED | WNOHANG) || !si.si_pid)
		return;
	kill(-c->pid, SIGTERM);
	kill(-c->pid, SIGCONT);
}

static void child_on_signal(void *ctx, int signum)
{
	struct child *c = ctx;
	siginfo_t si = { .si_pid = 0 };

	if (c->exited || waitid(P_PID, (id_t)c->pid, &si, WEXITED | WNOHANG | WNOWAIT))
		return;
	if (si.si_pid != c->pid) {
		child_stopped(c);
		return;
	}
	c->exited = true;
	c->code = si.si_code == CLD_EXITED ? si.si_status : -si.si_status;
	if (!c->abandoned)
		child_check(c);
}

static void child_emit(struct child_out *o, const char *p, size_t n)
{
	if (n && p[n - 1] == '\r')
		n--;
	if (!o->child->abandoned && o->child->on_line)
		o->child->on_line(o->child->ctx, p, n, o->err);
}

/* Whole lines out of o->line; at the end what is left as well. */
static void child_lines(struct child_out *o, bool end)
{
	size_t from = 0;

	while (from < o->line.len && !o->child->abandoned) {
		const char *p = o->line.data + from;
		size_t rest = o->line.len - from;
		const char *eol = memchr(p, '\n', rest);
		size_t n = eol ? (size_t)(eol - p) : rest;

		if (n > CHILD_LINE_MAX)
			n = CHILD_LINE_MAX;
		else if (!eol && !end && n < CHILD_LINE_MAX)
			break;
		child_emit(o, p, n);
		from += n + (eol == p + n);
	}
	buf_drop_front(&o->line, from);
}

/* Something in the group still holds an output open: it has had its time. */
static void child_given_up(void *ctx)
{
	struct child *c = ctx;

	c->timer = NULL;
	c->busy = true;
	child_lines(&c->out[0], true);
	child_lines(&c->out[1], true);
	c->busy = false;
	if (!c->abandoned)
		child_finish(c);
}

static void child_on_out(void *ctx, int events)
{
	struct child_out *o = ctx;
	struct child *c = o->child;
	char piece[16384];
	ssize_t n = read(o->fd, piece, sizeof(piece));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* The callbacks may abandon; the struct stays until we are back. */
	c->busy = true;
	if (n > 0) {
		if (c->on_raw)
			c->on_raw(c->ctx, piece, (size_t)n, o->err);
		buf_add(&o->line, piece, (size_t)n);
		explicit_bzero(piece, (size_t)n);
		child_lines(o, false);
	} else {
		child_lines(o, true);
		if (o->fd >= 0)
			child_out_close(o);
	}
	c->busy = false;
	if (!c->abandoned)
		child_check(c);
}

static void child_on_in(void *ctx, int events)
{
	struct child *c = ctx;
	ssize_t n = write(c->in_fd, c->in_text + c->in_done, c->in_len - c->in_done);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->in_done += (size_t)n;
	/* A child that does not want its input is no error of ours. */
	if (n < 0 || c->in_done == c->in_len)
		child_in_close(c);
}

/* The loop ends with the child still there. */
static void child_on_loop_free(void *ctx)
{
	struct child *c = ctx;

	c->hook = NULL;
	kill(-c->pid, c->abandoned ? SIGKILL : SIGTERM);
	waitpid(c->pid, NULL, WNOHANG);
	child_give_back(c);
	child_free(c);
}

static void child_out_open(struct child *c, size_t i, int fd)
{
	/* Plugins print credentials. */
	c->out[i] = (struct child_out){ .child = c, .fd = fd, .line = { .secret = true },
		.err = i == 1 };
	if (fd >= 0)
		c->out[i].watch = loop_fd_add(c->loop, fd, LOOP_READ, child_on_out, &c->out[i]);
}

static void child_in_open(struct child *c, const char *text, int fd)
{
	c->in_fd = fd;
	if (fd < 0)
		return;
	c->in_text = xstrdup(text);
	c->in_len = strlen(text);
	if (c->in_len)
		c->in_watch = loop_fd_add(c->loop, fd, LOOP_WRITE, child_on_in, c);
	else
		child_in_close(c);
}

struct child *child_start(struct loop *l, const struct child_spec *spec, struct err *e)
{
	struct child *c = xcalloc(1, sizeof(*c));
	struct child_pipes pipes;

	*c = (struct child){
		.loop = l, .in_fd = -1, .out = { { .fd = -1 }, { .fd = -1 } },
		.on_line = spec->on_line, .on_raw = spec->on_raw, .on_exit = spec->on_exit,
		.ctx = spec->ctx, .terminal = spec->terminal,
	};
	/* Before the fork, or an early exit would go unnoticed. */
	c->watch = loop_signal_add(l, SIGCHLD, child_on_signal, c);
	if (!child_spawn(spec, &pipes, e)) {
		child_give_back(c);
		child_free(c);
		return NULL;
	}
	c->pid = pipes.pid;
	child_out_open(c, 0, pipes.out);
	child_out_open(c, 1, pipes.err);
	child_in_open(c, spec->stdin_text, pipes.in);
	c->hook = loop_at_free(l, child_on_loop_free, c);
	trace_say(TRACE_CHILD, "%ld start %s", (long)c->pid, spec->argv[0]);
	return c;
}

pid_t child_pid(const struct child *c)
{
	return c->pid;
}

void child_kill(struct child *c, int signum)
{
	/* Still ours when it has exited: not reaped before the end. */
	kill(-c->pid, signum);
}

static void child_put_down(void *ctx)
{
	struct child *c = ctx;

	c->timer = NULL;
	kill(-c->pid, SIGKILL);
	/* Not yet dead: asked again soon, and not signalled once it is reaped. */
	if (!waitpid(c->pid, NULL, WNOHANG))
		c->timer = loop_timer_add(c->loop, child_grace(c) / 100, child_put_down, c);
	else
		child_free(c);
}

void child_abandon(struct child *c)
{
	if (!c || c->abandoned)
		return;
	c->abandoned = true;
	child_out_close(&c->out[0]);
	child_out_close(&c->out[1]);
	child_in_close(c);
	kill(-c->pid, SIGTERM);
	child_give_back(c);
	/* Others in the group have those 2 s as well, even when the child itself is quick. */
	loop_timer_remove(c->timer);
	c->timer = loop_timer_add(c->loop, child_grace(c), child_put_down, c);
}
