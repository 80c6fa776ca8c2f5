/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP answer that is no success, as anybody may send it: two bytes of status, a Retry-After,
 * a body.  Whatever it says, one harmless line and a kind come of it, and no wait below zero.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "k8s/status.h"
#include "tests/fuzz/harmless.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2) {
		return 0;
	}
	int status = data[0] * 256 + data[1];
	const char *nl = memchr(data + 2, '\n', size - 2);
	const char *body = nl ? nl + 1 : "";
	size_t nbody = nl ? size - (size_t)(body - (const char *)data) : 0;
	char *text = xstrndup((const char *)data + 2, nl ? (size_t)(nl - (const char *)data) - 2 :
		size - 2);
	struct err kube = ERR_INIT, plain = ERR_INIT;
	struct kube_status st;
	struct http_header retry = { "Retry-After", text };
	struct http_answer a = { .status = status, .headers = &retry, .nheaders = 1 };
	if (http_retry_after_ms(&a, INT64_C(1795355160000)) < -1) {
		abort();
	}
	http_status_err(&plain, status, "reading nodes");
	harmless_err(&plain);
	kube_status_err(&kube, status, body, nbody, "evict d/web", &st);
	harmless_err(&kube);
	if (!err_is_set(&kube) || !err_is_set(&plain) || st.retry_after_ms < -1) {
		abort();
	}
	free(text);
	return 0;
}
