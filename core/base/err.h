/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors as values.  A function that can fail returns bool and takes a
 * struct err * as its last parameter.  The caller owns the struct; nothing in
 * it is allocated.  The first error wins: setting an error on one that is
 * already set changes nothing, wrapping adds context in front.  Every function
 * here takes NULL for "I do not want to know".
 *
 * Text is one line for a person: what went wrong, and with what.  The hint,
 * where there is one, says what to do about it.  Neither ever holds a secret.
 * Whatever words of others are put into them, control, format and bidi
 * characters and bytes that are not UTF-8 come out as a middle dot, line ends
 * as a blank: both may be written to a terminal as they are.
 */
#ifndef KOPSCOPE_BASE_ERR_H
#define KOPSCOPE_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

/* What can be done about it decides the kind, not where it came from. */
enum err_kind {
	ERR_NONE,
	ERR_USAGE,     /* the user's words: options, keys, values */
	ERR_CONFIG,    /* a setting, a kubeconfig, a profile */
	ERR_AUTH,      /* no credentials, expired, rejected (401) */
	ERR_DENIED,    /* known, but not allowed (403) */
	ERR_THROTTLED, /* asked to slow down (429, Throttling) */
	ERR_TIMEOUT,
	ERR_NETWORK,   /* no connection, no such host, TLS */
	ERR_NOT_FOUND,
	ERR_CONFLICT,  /* somebody else changed it first (409, 412) */
	ERR_PARSE,     /* what came back makes no sense */
	ERR_REFUSED,   /* kopscope itself says no: guard rail, range, read-only */
	ERR_CANCELLED,
	ERR_IO,        /* file system: missing, full, not permitted */
	ERR_SERVER,    /* 5xx and other failures on their side */
	ERR__COUNT
};

struct err {
	enum err_kind kind;
	char text[512];
	char hint[256];
};

#define ERR_INIT { .kind = ERR_NONE }

void err_clear(struct err *e);
static inline bool err_is_set(const struct err *e) /* NULL: false */
{
	return e && e->kind != ERR_NONE;
}

/* Both return false, so that a function can end with return err_set(...). */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool err_vset(struct err *e, enum err_kind kind, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

/* The first hint wins too. */
void err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "context: text".  Returns false. */
bool err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* from errno, as "context: strerror": kind is NOT_FOUND, DENIED or IO.  Returns false. */
bool err_errno(struct err *e, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Copies from into to, if to is not yet set. */
void err_copy(struct err *to, const struct err *from);

/* A short lower-case word for the kind: "auth", "not-found", ... */
const char *err_kind_name(enum err_kind kind);

#endif
