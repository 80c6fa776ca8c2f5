/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is signed: the lines of the input are the method, path, query, body and headers of a
 * request.  The same request signed twice has one signature, with and without the cache; nothing
 * that is sent as a header holds the end of a line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sigv4.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_HEADERS 16

static void sign_twice(struct sigv4_in *in)
{
	struct sigv4_cache cache;
	char first[65] = "";
	memset(&cache, 0, sizeof(cache));
	for (int i = 0; i < 3; i++) {
		struct sigv4_out out;
		memset(&out, 0, sizeof(out));
		in->cache = i ? &cache : NULL;
		if (sigv4_sign(in, &out)) {
			if (strlen(out.signature) != 64 || strpbrk(buf_str(&out.authorization), "\r\n") ||
				(i && !str_eq(first, out.signature))) {
				abort();
			}
			memcpy(first, out.signature, sizeof(first));
		}
		sigv4_out_release(&out);
	}
	sigv4_cache_wipe(&cache);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strlist lines = { .n = 0 };
	struct http_header headers[MAX_HEADERS];
	char *text = xstrndup((const char *)data, size);
	strlist_split(&lines, text, '\n');
	size_t n = 0;
	for (size_t i = 4; i < lines.n && n < MAX_HEADERS; i++) {
		char *colon = strchr(lines.v[i], ':');
		/* core/io/http refuses such a name before it is sent */
		if (colon && !memchr(lines.v[i], '\r', (size_t)(colon - lines.v[i]))) {
			*colon = '\0';
			headers[n].name = lines.v[i];
			headers[n++].value = colon + 1;
		}
	}
	struct sigv4_in in = {
		.access_key = "AKIDEXAMPLE", .secret_key = "secret", .region = "eu-west-1",
		.service = size & 1 ? "s3" : "ec2", .wall_ms = 1440938160000,
		.method = lines.n > 0 ? lines.v[0] : "GET", .path = lines.n > 1 ? lines.v[1] : "/",
		.query = lines.n > 2 ? lines.v[2] : NULL, .body = lines.n > 3 ? lines.v[3] : NULL,
		.body_len = lines.n > 3 ? strlen(lines.v[3]) : 0, .headers = headers, .nheaders = n,
		.token = size & 2 ? "token" : NULL, .normalize = size & 4, .sign_body = size & 8,
	};
	sign_twice(&in);
	strlist_release(&lines);
	free(text);
	return 0;
}
