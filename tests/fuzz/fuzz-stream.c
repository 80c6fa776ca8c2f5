/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists and watches in both encodings, whole and in pieces: the same elements
 * must come, whatever the pieces, and the same verdict.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "k8s/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool on_element(void *ctx, const char *p, size_t n, struct err *e)
{
	buf_addf(ctx, "%zu:", n);
	buf_add(ctx, p, n);
	return true;
}

static bool read_all(enum stream_mode mode, const char *p, size_t n, size_t piece, struct buf *out)
{
	struct stream s;
	struct err e = ERR_INIT;
	bool ok = true;

	stream_init(&s, mode, 65536, on_element, out);
	for (size_t at = 0; ok && at < n; at += piece)
		ok = stream_feed(&s, p + at, n - at < piece ? n - at : piece, &e);
	ok = ok && stream_end(&s, &e);
	if (ok && stream_resource_version(&s))
		buf_adds(out, stream_resource_version(&s));
	if (ok && stream_continue(&s))
		buf_adds(out, stream_continue(&s));
	if (!ok && !err_is_set(&e))
		abort();
	stream_release(&s);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT, pieces = BUF_INIT;

	if (size < 2)
		return 0;
	enum stream_mode mode = data[0] & 1 ? STREAM_WATCH : STREAM_LIST;
	const char *p = (const char *)data + 2;
	bool a = read_all(mode, p, size - 2, size, &whole);
	bool b = read_all(mode, p, size - 2, 1 + data[1] % 64, &pieces);
	if (a != b || whole.len != pieces.len ||
	    (whole.len && memcmp(whole.data, pieces.data, whole.len) != 0))
		abort();
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}
