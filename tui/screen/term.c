/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal, by way of curses. */
#include "tui/screen/term.h"

#include <curses.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "core/base/base64.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/screen/keys.h"

#define MIN_COLS 60
#define MIN_ROWS 15

static struct {
	bool open;
	bool colours;
	SCREEN *screen;
	bool explicit_order; /* told the terminal to leave the order of letters to us */
	const char *sync;   /* parametrised as tmux has it; NULL: the terminal takes none */
	struct grid shown;  /* what is on the screen; no cells: not known */
} term;

/* A death by signal must not leave the terminal raw: endwin() is not allowed in a
   handler, so the few bytes that matter are written by hand, then the default acts. */
static void term_on_fatal(int signum)
{
	static const char back[] = "\033[?1049l\033[?25h\033[0m\r\n";
	static const char order[] = "\033[8h";
	ssize_t ignored = write(STDOUT_FILENO, back, sizeof(back) - 1);
	if (term.explicit_order) {
		ignored = write(STDOUT_FILENO, order, sizeof(order) - 1);
	}
	(void)ignored;
	signal(signum, SIG_DFL);
	raise(signum);
}

static void term_paint(enum theme t)
{
	style_use(t, term.colours ? COLORS : 0);
	for (int s = 0; term.colours && s < STYLE__COUNT; s++) {
		init_pair((short)(s + 1), style_look((enum style)s)->colour, -1);
	}
}

static void term_theme_first(void)
{
	term.colours = has_colors() && !getenv("NO_COLOR");
	if (term.colours) {
		start_color();
		use_default_colors();
	}
	term_paint(style_theme());
}

void term_theme(enum theme t)
{
	if (!term.open) {
		style_use(t, 0);
		return;
	}
	term_paint(t);
	term_repaint();
}

/*
 * Synchronised output (mode 2026): the terminal shows a frame when it is whole.  Told by terminfo's
 * "Sync", or by the name of a terminal that has it and calls itself an xterm.
 */
static void term_find_sync(void)
{
	static const char *const names[] = { "WezTerm", "iTerm.app", "ghostty", "contour", "rio",
		"mintty", "vscode" };
	const char *own = tigetstr("Sync"), *program = getenv("TERM_PROGRAM");
	term.sync = own && own != (const char *)-1 ? own : NULL;
	for (size_t i = 0; !term.sync && i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_ieq(program, names[i]) || getenv("WT_SESSION")) {
			term.sync = "\033[?2026%?%p1%{1}%=%th%el%;";
		}
	}
}

/*
 * Terminals with their own idea of right-to-left text reorder a line by its letters: a name in
 * Hebrew would take the numbers behind it along, out of their columns.  Mode 8 reset (BDSM,
 * ECMA-48) has each cell shown where it was put.
 */
static void term_order(bool ours)
{
	static const char *const names[] = { "xterm", "vte", "gnome", "konsole", "mlterm" };
	const char *name = getenv("TERM");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (name && str_starts(name, names[i])) {
			fputs(ours ? "\033[8l" : "\033[8h", stdout);
			fflush(stdout);
			term.explicit_order = ours;
		}
	}
}

static void term_sync(int phase)
{
	if (term.sync) {
		putp(tiparm(term.sync, phase));
		fflush(stdout); /* curses writes past stdio */
	}
}

bool term_open(struct err *e)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		err_set(e, ERR_USAGE, "this needs a terminal on standard input and output");
		err_hint(e, "without one: kopscope get nodes, kopscope snapshot nodes");
		return false;
	}
	int cols, rows;
	term_size(&cols, &rows);
	if (cols < MIN_COLS || rows < MIN_ROWS) {
		err_set(e, ERR_USAGE, "the terminal is %dx%d; kopscope needs at least %dx%d", cols,
			rows, MIN_COLS, MIN_ROWS);
		err_hint(e, "make the window larger, or use: kopscope snapshot VIEW --size 80x24");
		return false;
	}
	const char *name = getenv("TERM");
	term.screen = newterm(NULL, stdout, stdin);
	if (!term.screen) {
		err_set(e, ERR_USAGE, "the terminal type %s is not known here",
			name && *name ? name : "(TERM is not set)");
		err_hint(e, "try TERM=xterm-256color or TERM=vt100");
		return false;
	}
	set_term(term.screen);
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	leaveok(stdscr, FALSE);
	term_find_sync();
	term_theme_first();
	term_order(true);
	term.open = true;
	xalloc_on_death(term_close);
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		signal(fatal[i], term_on_fatal);
	}
	return true;
}

static void term_forget(void)
{
	grid_release(&term.shown);
	term.shown = (struct grid){ .cells = NULL };
}

void term_close(void)
{
	if (!term.open) {
		return;
	}
	term.open = false;
	term_forget();
	term_order(false);
	endwin();
	delscreen(term.screen);
	term.screen = NULL;
}

bool term_is_open(void)
{
	return term.open;
}

void term_size(int *cols, int *rows)
{
	struct winsize ws = { 0 };
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0 && ws.ws_row > 0) {
		*cols = ws.ws_col;
		*rows = ws.ws_row;
		return;
	}
	*cols = 80;
	*rows = 24;
}

void term_resize(void)
{
	int cols, rows;
	term_size(&cols, &rows);
	if (term.open) {
		term_forget();
		resizeterm(rows, cols);
		/* The terminal may have been smaller in between and forgotten what it showed. */
		clearok(curscr, TRUE);
	}
}

static attr_t term_look(uint8_t style)
{
	enum style role = (enum style)(style & ~(STYLE_SELECTED | STYLE_STALE));
	const struct look *l = style_look(role);
	uint8_t bits = term.colours ? l->attrs : l->mono_attrs;
	attr_t a = A_NORMAL;
	if (bits & LOOK_BOLD) {
		a |= A_BOLD;
	}
	if (bits & LOOK_DIM) {
		a |= A_DIM;
	}
	if (bits & LOOK_UNDERLINE) {
		a |= A_UNDERLINE;
	}
	if ((bits & LOOK_REVERSE) || (style & STYLE_SELECTED)) {
		a |= A_REVERSE;
	}
	if (style & STYLE_STALE) {
		a |= A_DIM;
	}
	return a;
}

static void term_put_cell(const struct cell *c)
{
	enum style role = (enum style)(c->style & ~(STYLE_SELECTED | STYLE_STALE));
	wchar_t wide[CCHARW_MAX + 1] = { 0 };
	size_t n = 0, left = strlen(c->text);
	const char *p = c->text;
	while (left > 0 && n < CCHARW_MAX) {
		uint32_t cp;
		size_t took = text_decode(p, left, &cp);
		wide[n++] = (wchar_t)cp;
		p += took;
		left -= took;
	}
	if (n == 0) {
		wide[0] = L' ';
	}
	cchar_t cc;
	setcchar(&cc, wide, term_look(c->style), term.colours ? (short)(role + 1) : 0, NULL);
	add_wch(&cc);
}

/* True when g is what is on the screen; else it is taken to be so from now on. */
static bool term_is_shown(const struct grid *g)
{
	size_t size = (size_t)g->rows * (size_t)g->cols * sizeof(*g->cells);
	struct grid *s = &term.shown;
	if (s->cells && s->rows == g->rows && s->cols == g->cols && s->cursor_x == g->cursor_x &&
		s->cursor_y == g->cursor_y && memcmp(s->cells, g->cells, size) == 0) {
		return true;
	}
	struct cell *cells = s->cells;
	if (!cells || s->rows != g->rows || s->cols != g->cols) {
		term_forget();
		grid_init(s, g->cols, g->rows, g->ascii);
		cells = s->cells;
	}
	memcpy(cells, g->cells, size);
	*s = *g;
	s->cells = cells;
	return false;
}

void term_show(const struct grid *g)
{
	if (term_is_shown(g)) {
		return;
	}
	int rows = g->rows < LINES ? g->rows : LINES;
	int cols = g->cols < COLS ? g->cols : COLS;
	for (int y = 0; y < rows; y++) {
		move(y, 0);
		for (int x = 0; x < cols; x++) {
			const struct cell *c = grid_at(g, x, y);
			if (c->width > 0) {
				move(y, x);
				term_put_cell(c);
			}
		}
	}
	if (g->cursor_x >= 0 && g->cursor_y >= 0 && g->cursor_y < rows && g->cursor_x < cols) {
		curs_set(1);
		move(g->cursor_y, g->cursor_x);
	} else {
		curs_set(0);
		move(0, 0);
	}
	term_sync(1);
	refresh();
	term_sync(2);
}

/* The least that a terminal is known to take at most, encoded. */
#define COPY_MAX 74994

/*
 * GNU screen drops the one above, and hands what stands in a DCS string to the terminal around it;
 * longer strings it cuts off, so that there are several.  Others ignore them.
 */
#define DCS_MAX 250

static void term_wrap(struct buf *b)
{
	char *copy = xstrdup(buf_str(b));
	size_t n = b->len;
	for (size_t i = 0; i < n; i += DCS_MAX) {
		buf_addf(b, "\033P%.*s\033\\", DCS_MAX, copy + i);
	}
	free(copy);
}

bool term_copy(const char *text)
{
	struct buf b = BUF_INIT;
	size_t n = strlen(text);
	if ((n + 2) / 3 * 4 > COPY_MAX) {
		return false;
	}
	if (!term.open) {
		return true;
	}
	buf_adds(&b, "\033]52;c;");
	base64_encode(&b, text, n);
	buf_addc(&b, '\a');
	const char *name = getenv("TERM");
	if (getenv("TMUX")) {
		/* tmux keeps the one above where its set-clipboard is on, and hands this one to
		   the terminal around it where its allow-passthrough is.  Each ESC counts twice. */
		char *copy = xstrdup(buf_str(&b));
		buf_addf(&b, "\033Ptmux;\033%s\033\\", copy);
		free(copy);
	} else if (getenv("STY") || (name && str_starts(name, "screen"))) {
		term_wrap(&b);
	}
	/* past curses, whose screen is not changed by it */
	fwrite(buf_str(&b), 1, b.len, stdout);
	fflush(stdout);
	buf_release(&b);
	return true;
}

void term_repaint(void)
{
	if (term.open) {
		term_forget();
		clearok(curscr, TRUE);
	}
}

void term_suspend(void)
{
	if (term.open) {
		def_prog_mode();
		term_order(false);
		endwin();
	}
}

void term_resume(void)
{
	if (term.open) {
		reset_prog_mode();
		term_order(true);
		term_resize();
		term_repaint();
		refresh();
	}
}

static const struct {
	int curses;
	uint32_t key;
} special[] = {
	{ KEY_UP, KEY_UP_ }, { KEY_DOWN, KEY_DOWN_ }, { KEY_LEFT, KEY_LEFT_ },
	{ KEY_RIGHT, KEY_RIGHT_ }, { KEY_PPAGE, KEY_PGUP }, { KEY_NPAGE, KEY_PGDN },
	{ KEY_HOME, KEY_HOME_ }, { KEY_END, KEY_END_ }, { KEY_BACKSPACE, KEY_BACKSPACE_ },
	{ KEY_DC, KEY_DELETE_ }, { KEY_BTAB, KEY_BACKTAB }, { KEY_RESIZE, KEY_RESIZE_ },
	{ KEY_ENTER, KEY_ENTER_ }, { KEY_MOUSE, KEY_MOUSE_ },
};

uint32_t term_key(void)
{
	for (;;) {
		wint_t w;
		int kind = get_wch(&w);
		if (kind == ERR) {
			return KEY_NONE_;
		}
		if (kind == OK) {
			if (w == 0x7f || w == '\b') {
				return KEY_BACKSPACE_;
			}
			return w == '\n' ? KEY_ENTER_ : (uint32_t)w;
		}
		for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
			if (special[i].curses == (int)w) {
				return special[i].key;
			}
		}
		/* A key that means nothing here: look at the next one. */
	}
}

#ifdef BUTTON5_PRESSED
#define WHEEL (BUTTON4_PRESSED | BUTTON5_PRESSED)
#define WHEEL_DOWN BUTTON5_PRESSED
#else
#define WHEEL BUTTON4_PRESSED
#define WHEEL_DOWN 0
#endif

void term_mouse(bool on)
{
	if (term.open) {
		mouseinterval(0); /* no waiting for a double click */
		mousemask(on ? BUTTON1_PRESSED | WHEEL : 0, NULL);
	}
}

bool term_mouse_event(struct mouse *out)
{
	MEVENT e;
	if (!term.open || getmouse(&e) != OK || !(e.bstate & (BUTTON1_PRESSED | WHEEL))) {
		return false;
	}
	*out = (struct mouse){ .x = e.x, .y = e.y,
		.wheel = e.bstate & WHEEL_DOWN ? 1 : e.bstate & BUTTON4_PRESSED ? -1 : 0 };
	return true;
}

bool term_utf8(void)
{
	return str_ieq(nl_langinfo(CODESET), "UTF-8");
}
