/* SPDX-License-Identifier: Apache-2.0 */
/* A program on a pseudo-terminal. */
#include "tests/tui/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <vterm.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

#define OUTPUT_KEPT (1 << 20)

struct pty {
	int fd;
	pid_t pid;
	bool closed;
	VTerm *vt;
	VTermScreen *screen;
	struct buf output, steps;
	FILE *log; /* PTY_LOG */
	int64_t started;
};

static void pty_die(const char *what)
{
	perror(what);
	exit(99);
}

static int64_t pty_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void pty_child(const char *const *argv, const char *slave, const struct winsize *ws)
{
	setsid();
	int fd = open(slave, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0 || ioctl(fd, TIOCSWINSZ, ws) != 0) {
		_exit(126);
	}
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO) {
		close(fd);
	}
	const char *term = getenv("PTY_TERM"), *locale = getenv("PTY_LC_ALL");
	setenv("TERM", term ? term : "xterm-256color", 1);
	setenv("LC_ALL", locale ? locale : "C.UTF-8", 1);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	execv(argv[0], (char *const *)(uintptr_t)argv);
	perror(argv[0]);
	_exit(127);
}

static void pty_log(struct pty *p, char kind, const char *bytes, size_t n)
{
	if (!p->log) {
		return;
	}
	fprintf(p->log, "%c %lld ", kind, (long long)(pty_now() - p->started));
	for (size_t i = 0; i < n; i++) {
		fprintf(p->log, "%02x", (unsigned char)bytes[i]);
	}
	fprintf(p->log, "\n");
}

static void pty_step(struct pty *p, char kind, const char *text)
{
	buf_addf(&p->steps, "%c %s\n", kind, text);
	pty_log(p, kind, text, strlen(text));
}

const char *pty_steps(const struct pty *p)
{
	return buf_str(&p->steps);
}

struct pty *pty_replay(int cols, int rows)
{
	struct pty *p = xcalloc(1, sizeof(*p));
	p->fd = p->pid = -1;
	p->closed = true;
	buf_init(&p->output, 2 * OUTPUT_KEPT);
	buf_init(&p->steps, 1 << 20);
	p->vt = vterm_new(rows, cols);
	vterm_set_utf8(p->vt, 1);
	p->screen = vterm_obtain_screen(p->vt);
	vterm_screen_enable_altscreen(p->screen, 1);
	vterm_screen_reset(p->screen, 1);
	return p;
}

struct pty *pty_start(const char *const *argv, int cols, int rows)
{
	struct pty *p = pty_replay(cols, rows);
	const char *log = getenv("PTY_LOG");
	struct winsize ws = { .ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows };
	p->closed = false;
	p->started = pty_now();
	p->log = log ? fopen(log, "w") : NULL;
	p->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->fd < 0 || grantpt(p->fd) != 0 || unlockpt(p->fd) != 0) {
		pty_die("a pseudo-terminal");
	}
	char slave[64];
	if (ptsname_r(p->fd, slave, sizeof(slave)) != 0) {
		pty_die("ptsname");
	}
	p->pid = fork();
	if (p->pid < 0) {
		pty_die("fork");
	}
	if (p->pid == 0) {
		pty_child(argv, slave, &ws);
	}
	return p;
}

void pty_feed(struct pty *p, const char *bytes, size_t n)
{
	vterm_input_write(p->vt, bytes, n);
	buf_add(&p->output, bytes, n);
	if (p->output.len > OUTPUT_KEPT) {
		buf_drop_front(&p->output, p->output.len - OUTPUT_KEPT);
	}
}

/* What the program wrote within so many ms goes to the terminal; false when it is gone. */
static bool pty_pump(struct pty *p, int ms)
{
	char bytes[16384];
	struct pollfd pfd = { .fd = p->fd, .events = POLLIN };
	if (p->closed) {
		return false;
	}
	if (poll(&pfd, 1, ms) <= 0) {
		return true;
	}
	ssize_t n = read(p->fd, bytes, sizeof(bytes));
	if (n <= 0) {
		/* EIO: nobody has the other end open (any more). */
		p->closed = n == 0 || errno == EIO;
		return !p->closed;
	}
	pty_log(p, 'o', bytes, (size_t)n);
	pty_feed(p, bytes, (size_t)n);
	/* Answers of the terminal (where is the cursor?) go back as if typed. */
	size_t k = vterm_output_read(p->vt, bytes, sizeof(bytes));
	if (k > 0 && write(p->fd, bytes, k) < 0) {
		p->closed = true;
	}
	return true;
}

void pty_send(struct pty *p, const char *bytes)
{
	size_t n = strlen(bytes);
	pty_step(p, 'i', bytes);
	if (!p->closed && write(p->fd, bytes, n) != (ssize_t)n) {
		fprintf(stderr, "# the terminal does not take keys: %s\n", strerror(errno));
	}
}

void pty_resize(struct pty *p, int cols, int rows)
{
	struct winsize ws = { .ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows };
	vterm_set_size(p->vt, rows, cols);
	ioctl(p->fd, TIOCSWINSZ, &ws); /* its program gets SIGWINCH */
}

void pty_signal(struct pty *p, int signum)
{
	kill(p->pid, signum);
}

static void pty_row_text(struct pty *p, int row, int cols, struct buf *out)
{
	size_t keep = out->len;
	for (int col = 0; col < cols;) {
		VTermScreenCell cell;
		VTermPos pos = { .row = row, .col = col };
		if (!vterm_screen_get_cell(p->screen, pos, &cell) || cell.chars[0] == 0) {
			buf_addc(out, ' ');
			col++;
			continue;
		}
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
			char utf8[4];
			buf_add(out, utf8, text_encode(cell.chars[i], utf8));
		}
		if (cell.chars[0] != ' ') {
			keep = out->len;
		}
		col += cell.width > 0 ? cell.width : 1;
	}
	out->len = keep;
	buf_addc(out, '\n');
}

char *pty_text(struct pty *p)
{
	struct buf out = BUF_INIT;
	int rows, cols;
	vterm_get_size(p->vt, &rows, &cols);
	for (int row = 0; row < rows; row++) {
		pty_row_text(p, row, cols, &out);
	}
	return buf_detach(&out);
}

const char *pty_output(const struct pty *p)
{
	return buf_str(&p->output);
}

void pty_output_drop(struct pty *p, size_t n)
{
	buf_drop_front(&p->output, n < p->output.len ? n : p->output.len);
}

bool pty_until(struct pty *p, const char *what, bool (*holds)(const char *screen, void *ctx),
	void *ctx)
{
	int64_t end = pty_now() + PTY_DEADLINE_MS;
	for (;;) {
		char *screen = pty_text(p);
		bool yes = holds(screen, ctx), over = p->closed || pty_now() >= end;
		if (!yes && over) {
			fprintf(stderr, "# waited for: %s\n# the screen%s:\n%s", what,
				p->closed ? " when the program ended" : "", screen);
		}
		free(screen);
		if (yes || over) {
			return yes;
		}
		pty_pump(p, 200);
	}
}

struct pty_search {
	const char *text;
	int n;
};

static bool pty_has(const char *screen, void *ctx)
{
	const struct pty_search *s = ctx;
	int n = 0;
	for (const char *p = strstr(screen, s->text); p; p = strstr(p + 1, s->text)) {
		n++;
	}
	return s->n == 0 ? n == 0 : n >= s->n;
}

bool pty_wait_count(struct pty *p, const char *text, int n)
{
	struct pty_search s = { text, n };
	char what[256];
	snprintf(what, sizeof(what), "%s%s (%d times)", n ? "" : "no ", text, n);
	bool seen = pty_until(p, what, pty_has, &s);
	if (seen) {
		snprintf(what, sizeof(what), "%d %s", n, text);
		pty_step(p, 'm', what);
	}
	return seen;
}

bool pty_wait(struct pty *p, const char *text)
{
	return pty_wait_count(p, text, 1);
}

bool pty_wait_gone(struct pty *p, const char *text)
{
	return pty_wait_count(p, text, 0);
}

int pty_end(struct pty *p)
{
	int64_t end = pty_now() + PTY_DEADLINE_MS;
	int status = 0;
	while (pty_now() < end) {
		pid_t got = waitpid(p->pid, &status, WNOHANG);
		if (got == p->pid) {
			p->pid = -1;
			/* What it wrote last is still on its way. */
			while (pty_pump(p, 50) && !p->closed && pty_now() < end) {
			}
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		}
		pty_pump(p, 20);
	}
	char *screen = pty_text(p);
	fprintf(stderr, "# the program did not end; the screen:\n%s", screen);
	free(screen);
	return -1;
}

void pty_free(struct pty *p)
{
	if (p->pid > 0) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, NULL, 0);
	}
	if (p->fd >= 0) {
		close(p->fd);
	}
	if (p->log) {
		fclose(p->log);
	}
	vterm_free(p->vt);
	buf_release(&p->output);
	buf_release(&p->steps);
	free(p);
}
