/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket, both ends. */
#include "core/run/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/base/xalloc.h"
#include "core/run/run.h"

#define CONTROL_CLIENTS 4
#define CONTROL_ANSWER_MS 500 /* real: for a ping */

struct control_client {
	struct control *control;
	struct loop_fd *watch; /* NULL: free slot */
	int fd;
	char line[32];
	size_t n;
};

struct control {
	struct loop *loop;
	struct loop_fd *watch;
	int fd;
	char *path;
	bool (*word)(void *ctx, const char *word);
	void *ctx;
	struct control_client clients[CONTROL_CLIENTS];
};

static const char *const control_words[] = { "pause", "resume", "skip", "stop" };

/*
 * A socket's path has 107 bytes at most; a folder's can be longer.  So the
 * folder is opened and the socket named through it.
 */
static bool control_address(const char *id, struct sockaddr_un *a, int *dir, struct err *e)
{
	char *path = run_path(id, "");
	size_t n = strlen(path);
	bool ok;

	/* with a slash behind it a symbolic link would be followed */
	if (n && path[n - 1] == '/')
		path[n - 1] = '\0';
	*dir = -1;
	ok = trust_folder(path, e);
	if (ok)
		*dir = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (ok && *dir < 0)
		ok = err_errno(e, errno, "%s", path);
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path, sizeof(a->sun_path), "/proc/self/fd/%d/control", *dir);
	free(path);
	return ok;
}

static void control_drop(struct control_client *c)
{
	if (!c->watch)
		return;
	loop_fd_remove(c->watch);
	close(c->fd);
	c->watch = NULL;
	c->n = 0;
}

static void control_answer(struct control_client *c, const char *word)
{
	struct control *k = c->control;
	bool known = str_eq(word, "ping");
	size_t i;

	for (i = 0; !known && i < sizeof(control_words) / sizeof(control_words[0]); i++) {
		if (str_eq(word, control_words[i]))
			known = k->word(k->ctx, word);
	}
	/* Nobody may be reading: no signal, no waiting. */
	(void)!send(c->fd, known ? "ok\n" : "unknown\n", known ? 3 : 8,
		MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void control_read(void *ctx, int events)
{
	struct control_client *c = ctx;
	char in[64];
	ssize_t n = recv(c->fd, in, sizeof(in), MSG_DONTWAIT), i;

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	for (i = 0; i < n; i++) {
		if (in[i] != '\n') {
			if (c->n < sizeof(c->line) - 1)
				c->line[c->n++] = in[i];
			continue;
		}
		c->line[c->n] = '\0';
		c->n = 0;
		control_answer(c, c->line);
	}
	if (n <= 0)
		control_drop(c);
}

/* The other end is a process of this user or of root. */
static bool control_is_ours(int fd)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) &&
		(peer.uid == geteuid() || peer.uid == 0);
}

static void control_accept(void *ctx, int events)
{
	struct control *k = ctx;
	int fd = accept4(k->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	size_t i;

	(void)events;
	if (fd < 0)
		return;
	if (!control_is_ours(fd)) {
		close(fd);
		return;
	}
	for (i = 0; i < CONTROL_CLIENTS && k->clients[i].watch; i++)
		;
	if (i == CONTROL_CLIENTS) {
		close(fd);
		return;
	}
	k->clients[i] = (struct control_client){ .control = k, .fd = fd };
	k->clients[i].watch = loop_fd_add(k->loop, fd, LOOP_READ, control_read, &k->clients[i]);
}

struct control *control_open(struct loop *l, const char *id,
	bool (*word)(void *ctx, const char *word), void *ctx, struct err *e)
{
	struct control *k;
	struct sockaddr_un a;
	int dir, fd;
	mode_t mask;
	bool ok;

	if (!control_address(id, &a, &dir, e))
		return NULL;
	unlink(a.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0177);
	ok = fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 4);
	if (!ok)
		err_errno(e, errno, "control socket of run %s", id);
	umask(mask);
	close(dir);
	if (!ok) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	k = xcalloc(1, sizeof(*k));
	k->loop = l;
	k->fd = fd;
	k->word = word;
	k->ctx = ctx;
	k->path = run_path(id, "control");
	k->watch = loop_fd_add(l, fd, LOOP_READ, control_accept, k);
	return k;
}

void control_close(struct control *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < CONTROL_CLIENTS; i++)
		control_drop(&c->clients[i]);
	loop_fd_remove(c->watch);
	close(c->fd);
	unlink(c->path);
	free(c->path);
	free(c);
}

static bool control_ask(int fd, const char *word, struct err *e)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char answer[16];
	ssize_t n;

	if (send(fd, word, strlen(word), MSG_NOSIGNAL) < 0 || send(fd, "\n", 1, MSG_NOSIGNAL) < 0)
		return err_errno(e, errno, "control socket");
	if (poll(&p, 1, CONTROL_ANSWER_MS) <= 0)
		return err_set(e, ERR_TIMEOUT, "the run does not answer");
	n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
	if (n >= 2 && !memcmp(answer, "ok", 2))
		return true;
	return err_set(e, ERR_REFUSED, "the run cannot do \"%s\"", word);
}

bool run_control(const char *id, const char *word, struct err *e)
{
	struct sockaddr_un a;
	int dir, fd;
	bool ok;

	if (!control_address(id, &a, &dir, e))
		return false;
	/* A stopped worker takes nobody in: where its queue is full nobody waits for it. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		ok = err_errno(e, errno, "control socket");
	} else if (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		ok = errno == EAGAIN ? err_set(e, ERR_TIMEOUT, "the run does not answer") :
			err_set(e, ERR_NOT_FOUND, "nobody listens for run %s: it has ended", id);
	} else if (!control_is_ours(fd)) {
		ok = err_set(e, ERR_CONFIG,
			"the socket of run %s is another user's: it is not used", id);
	} else {
		ok = control_ask(fd, word, e);
	}
	if (fd >= 0)
		close(fd);
	close(dir);
	return ok;
}
