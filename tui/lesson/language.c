/* SPDX-License-Identifier: Apache-2.0 */
/* The user's language. */
#include "tui/lesson/language.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/strs.h"

#define DOMAIN "kopscope"

static bool translates;

/* The folder of the messages, by where the program is; false: it cannot be told. */
static bool language_folder(char *out, size_t size)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0) {
		return false;
	}
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	snprintf(out, size, "%s/po", self);
	if (access(out, R_OK) != 0) {
		snprintf(out, size, "%s/../share/locale", self);
	}
	return access(out, R_OK) == 0;
}

/* As setlocale() reads it: of messages; NULL: C, or nothing is set. */
static const char *language_wanted(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *v = getenv(names[i]);
		if (!str_empty(v)) {
			return str_eq(v, "C") || str_eq(v, "POSIX") || str_starts(v, "C.") ? NULL
				: v;
		}
	}
	return NULL;
}

/* gettext() translates nothing in the locale C, but in C.UTF-8 it heeds LANGUAGE. */
static void language_without_locale(const char *wanted)
{
	char language[32];
	size_t n = strcspn(wanted, "_.@");
	bool utf8 = strstr(wanted, "UTF-8") || strstr(wanted, "utf8") || strstr(wanted, "UTF8");
	if (!utf8 || n == 0 || n >= sizeof(language) || !setlocale(LC_ALL, "C.UTF-8")) {
		return;
	}
	snprintf(language, sizeof(language), "%.*s", (int)n, wanted);
	setenv("LANGUAGE", language, 0);
}

void language_use(void)
{
	char folder[PATH_MAX + 32];
	const char *wanted = language_wanted();
	if (!setlocale(LC_ALL, "") && wanted) {
		language_without_locale(wanted);
	}
	translates = wanted && language_folder(folder, sizeof(folder)) &&
		bindtextdomain(DOMAIN, folder) && bind_textdomain_codeset(DOMAIN, "UTF-8");
}

const char *tr(const char *text)
{
	return translates ? dgettext(DOMAIN, text) : text;
}
