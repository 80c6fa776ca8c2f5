/* SPDX-License-Identifier: Apache-2.0 */
/* The themes: one row per role. */
#include "tui/screen/style.h"

#include <stdbool.h>

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };
/* Of the 256: 16 + 36 red + 6 green + blue, each 0 to 5. */
#define RGB(r, g, b) (16 + 36 * (r) + 6 * (g) + (b))

/* A theme's colours of a role, where the terminal has 8 and where it has 256. */
struct tint {
	int16_t few, many;
};
#define OWN { -1, -1 }

/*
 * Dark keeps to colours that are light enough for a black ground, light to such
 * as are dark enough for a white one: of the 8 yellow and cyan are not.
 */
static const struct {
	const char *name;
	uint8_t attrs, mono_attrs;
	struct tint dark, light;
} styles[STYLE__COUNT] = {
	[STYLE_NORMAL] = { "normal", 0, 0, OWN, OWN },
	[STYLE_DIM] = { "dim", LOOK_DIM, LOOK_DIM, OWN, OWN },
	[STYLE_BOLD] = { "bold", LOOK_BOLD, LOOK_BOLD, OWN, OWN },
	[STYLE_ACCENT] = { "accent", 0, LOOK_BOLD, { CYAN, RGB(1, 4, 5) }, { BLUE, RGB(0, 1, 4) } },
	[STYLE_OK] = { "ok", 0, 0, { GREEN, RGB(2, 4, 2) }, { GREEN, RGB(0, 2, 0) } },
	[STYLE_WARN] = { "warn", 0, LOOK_BOLD, { YELLOW, RGB(5, 4, 1) },
		{ MAGENTA, RGB(3, 1, 0) } },
	[STYLE_BAD] = { "bad", LOOK_BOLD, LOOK_BOLD | LOOK_UNDERLINE, { RED, RGB(5, 2, 2) },
		{ RED, RGB(4, 0, 0) } },
	[STYLE_KEY] = { "key", LOOK_BOLD, LOOK_BOLD, { CYAN, RGB(1, 4, 5) },
		{ BLUE, RGB(0, 1, 4) } },
	[STYLE_ADDED] = { "added", 0, 0, { GREEN, RGB(2, 4, 2) }, { GREEN, RGB(0, 2, 0) } },
	[STYLE_REMOVED] = { "removed", 0, 0, { RED, RGB(5, 2, 2) }, { RED, RGB(4, 0, 0) } },
};

static const char *const themes[THEME__COUNT] = {
	[THEME_DARK] = "dark", [THEME_LIGHT] = "light", [THEME_MONO] = "mono",
};

static struct {
	enum theme theme;
	bool made;
	struct look looks[STYLE__COUNT];
} now;

const char *style_name(enum style s)
{
	return styles[s].name;
}

const char *style_theme_name(enum theme t)
{
	return themes[t];
}

enum theme style_theme(void)
{
	return now.theme;
}

void style_use(enum theme t, int colours)
{
	now.theme = t;
	now.made = true;
	for (int s = 0; s < STYLE__COUNT; s++) {
		const struct tint *tint = t == THEME_LIGHT ? &styles[s].light : &styles[s].dark;
		struct look *l = &now.looks[s];
		bool none = t == THEME_MONO || colours < 8;
		l->mono_attrs = styles[s].mono_attrs;
		l->attrs = none ? styles[s].mono_attrs : styles[s].attrs;
		l->colour = none ? -1 : colours >= 256 ? tint->many : tint->few;
	}
}

const struct look *style_look(enum style s)
{
	if (!now.made) {
		style_use(THEME_DARK, 8);
	}
	return &now.looks[s];
}
