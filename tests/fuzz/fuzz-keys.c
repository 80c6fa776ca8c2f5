/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys on the whole screen: the first byte chooses the world, each other one is a key, the mouse, an
 * answer that comes back, or another size of the terminal.  Nothing that is drawn moves the cursor, and
 * where nothing may be written nothing is.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/fuzz/harmless.h"
#include "tests/tui/fixture.h"
#include "tui/screen/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_KEYS 96

/* No program is started from here: every fork fails, which must be borne as well. */
pid_t fork(void)
{
	errno = EAGAIN;
	return -1;
}

static void look(const struct fixture *f)
{
	const struct grid *g = &f->app.grid;
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++) {
			harmless_text(grid_at(g, x, y)->text);
		}
	}
}

static void step(struct fixture *f, uint8_t byte)
{
	static const int sizes[][2] = { { 80, 24 }, { 1, 1 }, { 20, 5 }, { 200, 60 }, { 0, 0 } };
	if (byte < 0x80) {
		app_key(&f->app, byte);
	} else if (byte < 0xa0) {
		uint32_t key = KEY_SPECIAL + 1 + (byte & 0x1f) % (KEY_LAST - KEY_SPECIAL - 1);
		app_key(&f->app, key);
	} else if (byte < 0xc0) {
		fixture_settle(f);
	} else if (byte < 0xd0) {
		const int *size = sizes[byte % 5];
		app_resize(&f->app, size[0], size[1]);
	} else {
		app_key(&f->app, 0xac00u + byte); /* a wide character */
	}
	app_frame(&f->app);
}

/* Every key has a name, and the name is that key's. */
static void name_of(uint32_t key)
{
	char name[16];
	key_to_name(key, name);
	harmless_text(key < 0x20 || key == 0x7f || key >= KEY_SPECIAL ? "" : name);
	if (*name && key_from_name(name) != key && text_cp_width(key) > 0) {
		abort();
	}
}

static void click(struct fixture *f, const uint8_t *at, uint8_t wheel)
{
	struct mouse m = { .x = at[0], .y = at[1], .wheel = wheel ? (wheel & 1 ? 1 : -1) : 0 };
	app_mouse(&f->app, &m);
	app_frame(&f->app);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fixture f;
	if (!size) {
		return 0;
	}
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	enum fixture_kind kind = (enum fixture_kind)(data[0] % FIXTURE__COUNT);
	fixture_init(&f, kind, 80, 24, data[0] & 0x80);
	for (size_t i = 1; i < size && i <= MAX_KEYS; i++) {
		/* the last sixteen are the mouse, with its place behind */
		if (data[i] >= 0xf0 && i + 2 < size) {
			click(&f, data + i + 1, data[i] & 3);
			i += 2;
		} else {
			step(&f, data[i]);
			name_of(data[i] < 0x80 ? data[i] : KEY_SPECIAL + (data[i] & 0xfu));
		}
	}
	look(&f);
	if (kind == FIXTURE_READONLY && (f.puts_path || f.scaled || f.env_set)) {
		abort();
	}
	fixture_release(&f);
	return 0;
}
