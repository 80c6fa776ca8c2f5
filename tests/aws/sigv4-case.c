/* SPDX-License-Identifier: Apache-2.0 */
/* Case folders of the AWS signing suite. */
#include "tests/aws/sigv4-case.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sigv4.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define HEADERS_MAX 64

struct request {
	char *text; /* owns everything below */
	char *method, *path, *query, *body;
	struct http_header headers[HEADERS_MAX];
	size_t nheaders;
};

static char *read_text(const char *dir, const char *name)
{
	char *path = file_join(dir, name);
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok = file_read(path, &b, &e);
	free(path);
	if (!ok) {
		buf_release(&b);
		return NULL;
	}
	return buf_detach(&b);
}

/* The path may hold spaces: it goes up to the last one of the line. */
static bool request_line(struct request *r, char *line)
{
	char *sp = strchr(line, ' ');
	char *last = strrchr(line, ' ');
	if (!sp) {
		return false;
	}
	if (last > sp && str_starts(last, " HTTP/")) {
		*last = '\0';
	}
	*sp = '\0';
	r->method = line;
	r->path = sp + 1;
	r->query = strchr(r->path, '?');
	if (r->query) {
		*r->query++ = '\0';
	}
	return true;
}

static bool request_header(struct request *r, char *line)
{
	char *colon = strchr(line, ':');
	if (!colon || r->nheaders == HEADERS_MAX) {
		return false;
	}
	*colon = '\0';
	r->headers[r->nheaders++] = (struct http_header){ line, colon + 1 };
	return true;
}

/* A line that starts with white space goes on with the header before it. */
static bool request_parse(struct request *r, char *text)
{
	char *s = text;
	bool first = true;
	r->text = text;
	while (*s) {
		char *end = strchr(s, '\n');
		while (!first && end && (end[1] == ' ' || end[1] == '\t')) {
			*end = ' ';
			end = strchr(end, '\n');
		}
		char *next = end ? end + 1 : s + strlen(s);
		if (end) {
			*end = '\0';
			if (end > s && end[-1] == '\r') {
				end[-1] = '\0';
			}
		}
		if (!*s) {
			r->body = *next ? next : NULL;
			return !first;
		}
		if (!(first ? request_line(r, s) : request_header(r, s))) {
			return false;
		}
		first = false;
		s = next;
	}
	return !first;
}

static bool same(FILE *out, const char *dir, const char *file, const char *got)
{
	char *want = read_text(dir, file);
	size_t n = want ? strlen(want) : 0;
	while (n && strchr("\r\n", want[n - 1])) {
		n--;
	}
	bool ok = want && strlen(got) == n && !memcmp(got, want, n);
	if (!ok) {
		fprintf(out, "%s: %s\n--- expected\n%.*s\n--- got\n%s\n", dir, file, (int)n,
			want ? want : "(no such file)", got);
	}
	free(want);
	return ok;
}

/* What the signed request says of the headers that were signed. */
static bool same_signed_headers(FILE *out, const char *dir, const struct sigv4_out *s)
{
	static const char mark[] = "SignedHeaders=";
	char *want = read_text(dir, "header-signed-request.txt");
	const char *at = want ? strstr(want, mark) : NULL;
	size_t n = at ? strcspn(at + strlen(mark), ", \r\n") : 0;
	bool ok = at && s->signed_headers.len == n &&
		  !memcmp(s->signed_headers.data, at + strlen(mark), n);
	ok = ok && strstr(want, buf_str(&s->authorization)) != NULL;
	if (!ok) {
		fprintf(out, "%s: signed headers or Authorization differ: %s\n", dir,
			buf_str(&s->authorization));
	}
	free(want);
	return ok;
}

static bool case_sign(const char *dir, FILE *out, struct request *r, const json_t *context)
{
	struct sigv4_out s = { .signature = "" };
	const char *id = json_str(context, "credentials.access_key_id");
	const char *key = json_str(context, "credentials.secret_access_key");
	const char *region = json_str(context, "region"), *service = json_str(context, "service");
	const char *timestamp = json_str(context, "timestamp");
	if (!id || !key || !region || !service || !timestamp) {
		fprintf(out, "%s: context.json lacks something\n", dir);
		return false;
	}
	bool ok = sigv4_sign(&(struct sigv4_in){
		.access_key = id, .secret_key = key,
		.token = json_str(context, "credentials.token"), .region = region,
		.service = service, .wall_ms = stamp_parse(timestamp), .method = r->method,
		.path = r->path, .query = r->query, .headers = r->headers,
		.nheaders = r->nheaders, .body = r->body,
		.body_len = r->body ? strlen(r->body) : 0,
		.normalize = json_bool(context, "normalize", true),
		.sign_body = json_bool(context, "sign_body", false),
		.omit_token = json_bool(context, "omit_session_token", false),
	}, &s);
	ok = ok && same(out, dir, "header-canonical-request.txt", buf_str(&s.canonical));
	ok = ok && same(out, dir, "header-string-to-sign.txt", buf_str(&s.to_sign));
	ok = ok && same(out, dir, "header-signature.txt", s.signature);
	ok = ok && same_signed_headers(out, dir, &s);
	sigv4_out_release(&s);
	return ok;
}

bool sigv4_case_run(const char *dir, FILE *out)
{
	struct request r = { .text = NULL };
	struct err e = ERR_INIT;
	char *text = read_text(dir, "request.txt"), *context = read_text(dir, "context.json");
	bool ok = false;
	if (!text || !context || !request_parse(&r, text)) {
		fprintf(out, "%s: request.txt or context.json cannot be read\n", dir);
	} else {
		json_auto_t *j = json_parse(context, strlen(context), &e);
		if (j) {
			ok = case_sign(dir, out, &r, j);
		} else {
			fprintf(out, "%s: context.json: %s\n", dir, e.text);
		}
	}
	free(text);
	free(context);
	return ok;
}

bool sigv4_suite_run(const char *dir, FILE *out, int *passed, int *failed)
{
	struct strlist names = { .v = NULL };
	DIR *d = opendir(dir);
	*passed = *failed = 0;
	if (!d) {
		return false;
	}
	for (struct dirent *f = readdir(d); f; f = readdir(d)) {
		if (f->d_name[0] != '.') {
			strlist_add(&names, f->d_name);
		}
	}
	closedir(d);
	strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		char *folder = file_join(dir, names.v[i]);
		DIR *inside = opendir(folder);
		if (inside) {
			closedir(inside);
			bool ok = sigv4_case_run(folder, out);
			*passed += ok;
			*failed += !ok;
		}
		free(folder);
	}
	strlist_release(&names);
	return true;
}
