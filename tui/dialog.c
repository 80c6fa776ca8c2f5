/* SPDX-License-Identifier: Apache-2.0 */
/* What all dialogs share. */
#include "tui/dialog.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/screen/keys.h"

void dialog_close(struct dialog *d)
{
	if (!d) {
		return;
	}
	d->closed = true;
	if (d->busy == 0) {
		d->ops->free(d);
	}
}

void dialog_busy(struct dialog *d)
{
	d->busy++;
}

bool dialog_back(struct dialog *d)
{
	d->busy--;
	if (d->closed && d->busy == 0) {
		d->ops->free(d);
		return false;
	}
	return !d->closed;
}

bool dialog_edit(char *text, size_t size, uint32_t key)
{
	size_t n = strlen(text);
	if (key == KEY_BACKSPACE_) {
		while (n > 0 && ((unsigned char)text[n - 1] & 0xc0) == 0x80) {
			n--;
		}
		text[n > 0 ? n - 1 : 0] = '\0';
		return true;
	}
	if (key == KEY_CTRL_('u')) {
		text[0] = '\0';
		return true;
	}
	if (key < 0x20 || key >= KEY_SPECIAL) {
		return false;
	}
	char bytes[4];
	size_t k = text_encode(key, bytes);
	if (n + k < size) {
		memcpy(text + n, bytes, k);
		text[n + k] = '\0';
	}
	return true;
}
