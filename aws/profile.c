/* SPDX-License-Identifier: Apache-2.0 */
/* The shared credentials and config files. */
#include "aws/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/secret.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define FILE_MAX_BYTES (1u << 20)

struct entry {
	enum profile_file file;
	char *section; /* "NAME", or "kind NAME" for what is no profile */
	char *key;     /* lower case; "": the section itself */
	char *value;
};

struct profiles {
	struct entry *v;
	size_t n, cap;
	char *path[PROFILE_FILE__COUNT];
};

static const struct {
	const char *env, *otherwise;
} files[PROFILE_FILE__COUNT] = {
	[PROFILE_CREDENTIALS] = { "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials" },
	[PROFILE_CONFIG] = { "AWS_CONFIG_FILE", "~/.aws/config" },
};

/* The reader's place in one file. */
struct ini {
	struct profiles *to;
	enum profile_file file;
	char *section; /* NULL: one that does not concern us */
	char *outer;   /* key whose indented block we are in; NULL: none */
};

static char *trim_dup(const char *s, size_t n)
{
	while (n && strchr(" \t\r", *s)) {
		s++;
		n--;
	}
	while (n && strchr(" \t\r", s[n - 1])) {
		n--;
	}
	return xstrndup(s, n);
}

static void profiles_add(struct profiles *p, enum profile_file file, const char *section,
	char *key, char *value)
{
	for (char *c = key; *c; c++) {
		if (*c >= 'A' && *c <= 'Z') {
			*c = (char)(*c - 'A' + 'a');
		}
	}
	p->v = xgrow(p->v, &p->cap, p->n, sizeof(*p->v));
	p->v[p->n++] = (struct entry){
		.file = file, .section = xstrdup(section), .key = key, .value = value,
	};
}

/* "profile x" is x, "sso-session x" stays; a bare name in the config is default's only. */
static char *ini_section_name(enum profile_file file, char *s)
{
	size_t word = strcspn(s, " \t");
	const char *rest = s + word + strspn(s + word, " \t");
	size_t n = strlen(rest);
	if (n > 1 && (*rest == '"' || *rest == '\'') && rest[n - 1] == *rest) {
		rest++;
		n -= 2;
	}
	if (file == PROFILE_CREDENTIALS || !strcmp(s, "default")) {
		return s;
	}
	char *name = NULL;
	if (n && word == 7 && !memcmp(s, "profile", 7)) {
		name = xstrndup(rest, n);
	} else if (n) {
		name = xasprintf("%.*s %.*s", (int)word, s, (int)n, rest);
	}
	free(s);
	return name;
}

static void ini_section(struct ini *in, const char *line, size_t n)
{
	const char *close = memchr(line, ']', n);
	free(in->section);
	free(in->outer);
	in->outer = NULL;
	in->section = NULL;
	if (!close) {
		return;
	}
	char *name = trim_dup(line + 1, (size_t)(close - line - 1));
	in->section = ini_section_name(in->file, name);
	if (in->section) {
		profiles_add(in->to, in->file, in->section, xstrdup(""), xstrdup(""));
	}
}

static void ini_setting(struct ini *in, const char *line, size_t n)
{
	bool indented = *line == ' ' || *line == '\t';
	const char *eq = memchr(line, '=', n);
	if (!eq || !in->section) {
		return;
	}
	char *key = trim_dup(line, (size_t)(eq - line));
	char *value = trim_dup(eq + 1, n - (size_t)(eq - line) - 1);
	/* A comment may follow the value behind white space. */
	for (char *c = value; *c; c++) {
		if ((*c == '#' || *c == ';') && c > value && (c[-1] == ' ' || c[-1] == '\t')) {
			*c = '\0';
			char *cut = trim_dup(value, strlen(value));
			secret_free(&value);
			value = cut;
			break;
		}
	}
	if (indented && in->outer) {
		char *inner = xasprintf("%s.%s", in->outer, key);
		free(key);
		key = inner;
	} else {
		free(in->outer);
		in->outer = *value ? NULL : xstrdup(key);
	}
	profiles_add(in->to, in->file, in->section, key, value);
}

static void profiles_read(struct profiles *p, enum profile_file file, const char *text)
{
	struct ini in = { .to = p, .file = file };
	for (const char *s = text; *s;) {
		size_t n = strcspn(s, "\n");
		const char *first = s + strspn(s, " \t\r");
		if (*first == '[' && first < s + n) {
			ini_section(&in, first, n - (size_t)(first - s));
		} else if (first < s + n && *first != '#' && *first != ';') {
			ini_setting(&in, s, n);
		}
		s += n + (s[n] == '\n');
	}
	free(in.section);
	free(in.outer);
}

struct profiles *profiles_load(struct err *e)
{
	struct profiles *p = xcalloc(1, sizeof(*p));
	for (int f = 0; f < PROFILE_FILE__COUNT; f++) {
		const char *env = getenv(files[f].env);
		struct buf text;
		struct err why = ERR_INIT;
		buf_init(&text, FILE_MAX_BYTES);
		p->path[f] = file_expand_home(str_empty(env) ? files[f].otherwise : env);
		if (file_read(p->path[f], &text, &why)) {
			profiles_read(p, (enum profile_file)f, buf_str(&text));
		} else if (why.kind != ERR_NOT_FOUND) {
			err_copy(e, &why);
		}
		secret_release(&text);
	}
	return p;
}

struct profiles *profiles_parse(const char *credentials, const char *config, struct err *e)
{
	struct profiles *p = xcalloc(1, sizeof(*p));
	const char *text[PROFILE_FILE__COUNT] = {
		[PROFILE_CREDENTIALS] = credentials, [PROFILE_CONFIG] = config,
	};
	for (int f = 0; f < PROFILE_FILE__COUNT; f++) {
		p->path[f] = xstrdup(files[f].otherwise);
		profiles_read(p, (enum profile_file)f, text[f] ? text[f] : "");
	}
	return p;
}

void profiles_free(struct profiles *p)
{
	if (!p) {
		return;
	}
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].section);
		free(p->v[i].key);
		secret_free(&p->v[i].value);
	}
	free(p->v);
	for (int f = 0; f < PROFILE_FILE__COUNT; f++) {
		free(p->path[f]);
	}
	free(p);
}

/* The last one wins, as when a file is read twice over. */
static const char *profiles_find(const struct profiles *p, enum profile_file file,
	const char *section, const char *key)
{
	for (size_t i = p->n; i > 0; i--) {
		const struct entry *v = &p->v[i - 1];
		if (v->file == file && !strcmp(v->section, section) && str_ieq(v->key, key)) {
			return v->value;
		}
	}
	return NULL;
}

const char *profiles_get(const struct profiles *p, enum profile_file file, const char *kind,
	const char *name, const char *key)
{
	if (!kind) {
		return profiles_find(p, file, name, key);
	}
	char *section = xasprintf("%s %s", kind, name);
	const char *value = profiles_find(p, file, section, key);
	free(section);
	return value;
}

const char *profiles_setting(const struct profiles *p, const char *name, const char *key)
{
	const char *v = profiles_find(p, PROFILE_CREDENTIALS, name, key);
	return v ? v : profiles_find(p, PROFILE_CONFIG, name, key);
}

bool profiles_has(const struct profiles *p, enum profile_file file, const char *name)
{
	return profiles_find(p, file, name, "") != NULL;
}

const char *profiles_path(const struct profiles *p, enum profile_file file)
{
	return p->path[file];
}
