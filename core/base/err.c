/* SPDX-License-Identifier: Apache-2.0 */
/* Errors as values. */
#include "core/base/err.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/text.h"

static const char *const err_names[ERR__COUNT] = {
	[ERR_NONE] = "none",
	[ERR_USAGE] = "usage",
	[ERR_CONFIG] = "config",
	[ERR_AUTH] = "auth",
	[ERR_DENIED] = "denied",
	[ERR_THROTTLED] = "throttled",
	[ERR_TIMEOUT] = "timeout",
	[ERR_NETWORK] = "network",
	[ERR_NOT_FOUND] = "not-found",
	[ERR_CONFLICT] = "conflict",
	[ERR_PARSE] = "parse",
	[ERR_REFUSED] = "refused",
	[ERR_CANCELLED] = "cancelled",
	[ERR_IO] = "io",
	[ERR_SERVER] = "server",
};

void err_clear(struct err *e)
{
	if (!e)
		return;
	e->kind = ERR_NONE;
	e->text[0] = '\0';
	e->hint[0] = '\0';
}

/*
 * Servers, files and programs have their words in most texts: whatever they
 * hold, one line comes of it that no terminal obeys, and no half character
 * where the room ended.
 */
static void err_make_harmless(char *s, size_t size)
{
	char out[sizeof(((struct err *)NULL)->text)];
	size_t n = strlen(s), at, taken, used = 0;

	for (at = 0; at < n; at += taken) {
		uint32_t cp;
		const char *p = s + at;
		size_t len;

		taken = len = text_decode(p, n - at, &cp);
		if (cp == '\n' || cp == '\r' || cp == '\t') {
			p = " ";
			len = used && out[used - 1] != ' ';
		} else if (cp == 0xfffd && len == 1 && n + 1 == size && n - at < 4) {
			break;
		} else if (text_cp_width(cp) < 0 || (cp == 0xfffd && len == 1)) {
			p = "\xc2\xb7";
			len = 2;
		}
		if (used + len >= size)
			break;
		memcpy(out + used, p, len);
		used += len;
	}
	memcpy(s, out, used);
	s[used] = '\0';
}

bool err_vset(struct err *e, enum err_kind kind, const char *fmt, va_list ap)
{
	if (!e || err_is_set(e))
		return false;
	if (kind <= ERR_NONE || kind >= ERR__COUNT)
		BUG("error of kind %d", (int)kind);
	e->kind = kind;
	e->hint[0] = '\0';
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	err_make_harmless(e->text, sizeof(e->text));
	return false;
}

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(e, kind, fmt, ap);
	va_end(ap);
	return false;
}

void err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e || e->hint[0])
		return;
	va_start(ap, fmt);
	vsnprintf(e->hint, sizeof(e->hint), fmt, ap);
	va_end(ap);
	err_make_harmless(e->hint, sizeof(e->hint));
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	char context[sizeof(e->text)], old[sizeof(e->text)];
	va_list ap;
	int n;

	if (!err_is_set(e))
		return false;
	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	memcpy(old, e->text, sizeof(old));
	n = snprintf(e->text, sizeof(e->text), "%s: %s", context, old);
	if (n > 0)
		err_make_harmless(e->text, sizeof(e->text));
	return false;
}

static enum err_kind err_kind_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
	case ESRCH:
		return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	default:
		return ERR_IO;
	}
}

bool err_errno(struct err *e, int errnum, const char *fmt, ...)
{
	char word[128];
	const char *said;
	va_list ap;

	if (!e || err_is_set(e))
		return false;
	va_start(ap, fmt);
	err_vset(e, err_kind_of_errno(errnum), fmt, ap);
	va_end(ap);
	/* The GNU strerror_r: may return a constant instead of filling word. */
	said = strerror_r(errnum, word, sizeof(word));
	if (strlen(e->text) + 2 + strlen(said) < sizeof(e->text)) {
		strncat(e->text, ": ", sizeof(e->text) - strlen(e->text) - 1);
		strncat(e->text, said, sizeof(e->text) - strlen(e->text) - 1);
	}
	return false;
}

void err_copy(struct err *to, const struct err *from)
{
	if (!to || err_is_set(to) || !err_is_set(from))
		return;
	*to = *from;
}

const char *err_kind_name(enum err_kind kind)
{
	return kind >= ERR_NONE && kind < ERR__COUNT ? err_names[kind] : "unknown";
}
