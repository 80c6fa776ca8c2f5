/* SPDX-License-Identifier: Apache-2.0 */
/* The theme: one row per role. */
#include "tui/style.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

static const struct {
	const char *name;
	struct look look;
} styles[STYLE__COUNT] = {
	[STYLE_NORMAL] = { "normal", { .colour = -1 } },
	[STYLE_DIM] = { "dim", { .colour = -1, .attrs = LOOK_DIM, .mono_attrs = LOOK_DIM } },
	[STYLE_BOLD] = { "bold", { .colour = -1, .attrs = LOOK_BOLD, .mono_attrs = LOOK_BOLD } },
	[STYLE_ACCENT] = { "accent", { .colour = CYAN, .mono_attrs = LOOK_BOLD } },
	[STYLE_OK] = { "ok", { .colour = GREEN } },
	[STYLE_WARN] = { "warn", { .colour = YELLOW, .mono_attrs = LOOK_BOLD } },
	[STYLE_BAD] = { "bad", { .colour = RED, .attrs = LOOK_BOLD, .mono_attrs = LOOK_BOLD } },
	[STYLE_KEY] = { "key", { .colour = CYAN, .attrs = LOOK_BOLD, .mono_attrs = LOOK_BOLD } },
	[STYLE_ADDED] = { "added", { .colour = GREEN } },
	[STYLE_REMOVED] = { "removed", { .colour = RED } },
};

const char *style_name(enum style s)
{
	return styles[s].name;
}

const struct look *style_look(enum style s)
{
	return &styles[s].look;
}
