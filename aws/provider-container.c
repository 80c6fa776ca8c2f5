/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of a container: ECS tasks, EKS pod identities (facts: vpc-cni 6.2). */
#include "aws/provider.h"

#include <stdlib.h>
#include <string.h>

#include "aws/secret.h"
#include "aws/session.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define CONTAINER_MS 2000
#define CONTAINER_HOST "http://169.254.170.2"

/* Places that may be asked without TLS. */
static const char *const plain_hosts[] = {
	"127.0.0.1", "169.254.170.2", "169.254.170.23", "[::1]", "[fd00:ec2::23]", "localhost",
};

static bool container_url_allowed(const char *url)
{
	if (str_starts(url, "https://")) {
		return true;
	}
	if (!str_starts(url, "http://")) {
		return false;
	}
	const char *host = url + strlen("http://");
	size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
	for (size_t i = 0; i < sizeof(plain_hosts) / sizeof(*plain_hosts); i++) {
		if (strlen(plain_hosts[i]) == n && !strncmp(host, plain_hosts[i], n)) {
			return true;
		}
	}
	return false;
}

static void container_done(void *ctx, const struct http_answer *answer, const struct err *e)
{
	struct provider_run *run = ctx;
	struct credentials v = { .access_key = NULL };
	struct err why = ERR_INIT;
	if (e) {
		provider_failed(run, NULL, "%s", e->text);
	} else if (answer->status != 200) {
		provider_failed(run, NULL, "the container's credentials came with HTTP %d",
			answer->status);
	} else if (!provider_read_json(&v, answer->body, answer->len, "Token", &why)) {
		provider_failed(run, NULL, "%s", why.text);
	} else {
		run->done(run, PROVIDER_FOUND, &v, NULL);
	}
	credentials_release(&v);
}

/* The file wins over the variable; NULL: none. */
static bool container_token(struct buf *out, struct err *e)
{
	const char *file = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *text = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN");
	if (str_empty(file)) {
		return str_empty(text) || buf_adds(out, text);
	}
	if (!file_read(file, out, e)) {
		return false;
	}
	while (out->len && strchr("\r\n ", out->data[out->len - 1])) {
		out->data[--out->len] = '\0';
	}
	return true;
}

static void container_start(struct provider_run *run)
{
	const char *relative = getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	struct err e = ERR_INIT;
	struct buf token;
	if (str_empty(relative) && str_empty(full)) {
		provider_absent(run, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set");
		return;
	}
	char *url = str_empty(relative) ? xstrdup(full)
					: xasprintf(CONTAINER_HOST "%s", relative);
	buf_init(&token, 1u << 16);
	if (!container_url_allowed(url)) {
		provider_failed(run, "Only https, loopback and the container's own addresses.",
			"AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that is not allowed");
	} else if (!container_token(&token, &e)) {
		provider_failed(run, NULL, "%s", e.text);
	} else {
		const struct http_header headers[] = {
			{ "Accept", "application/json" },
			{ "Authorization", buf_str(&token) },
		};
		run->state = provider_fetch_start(run->aws, "GET", url, headers,
			token.len ? 2 : 1, CONTAINER_MS, true, container_done, run);
	}
	secret_release(&token);
	free(url);
}

static void container_cancel(struct provider_run *run)
{
	provider_fetch_cancel(run->state);
}

const struct provider provider_container = {
	.name = "container", .renews = true, .start = container_start, .cancel = container_cancel,
};
