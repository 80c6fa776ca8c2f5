/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts a body into elements as it arrives, whatever the pieces: of a list, the
 * members of "items" one by one; of a watch, one event at a time.  Only the
 * element being read is held, and of a list its resourceVersion and continue.
 *
 * Both encodings of the API are told by the first byte: protobuf's lists begin
 * with "k8s\0" and its watches with the high byte of a frame's length, which is 0.
 */
#ifndef KOPSCOPE_K8S_STREAM_H
#define KOPSCOPE_K8S_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum stream_mode { STREAM_LIST, STREAM_WATCH };
enum stream_form { STREAM_UNKNOWN, STREAM_JSON, STREAM_PROTO };

/* Fields are private; embedded by value, so shown. */
struct stream {
	enum stream_mode mode;
	enum stream_form form; /* what came; not private */
	int state, depth;
	bool in_string, escaped;
	bool scalar;       /* the value being read is no object, array or string */
	bool keep;         /* the value being read goes to buf */
	bool items_seen;   /* a list's items were there, even if none */
	int slot;          /* which member's value */
	struct buf buf;    /* the value or key being read */
	char *resource_version, *more;
	size_t elements;
	/* Of protobuf: a part's head, how much of the part and of the list is to come. */
	unsigned char head[24];
	size_t nhead;
	uint64_t left, list_left;
	/* One element, in its encoding; false ends it: stream_feed() then returns false. */
	bool (*on_element)(void *ctx, const char *p, size_t n, struct err *e);
	void *ctx;
};

/* max: bytes of one element; 0: 4 MiB. */
void stream_init(struct stream *s, enum stream_mode mode, size_t max,
	bool (*on_element)(void *ctx, const char *p, size_t n, struct err *e), void *ctx);
void stream_release(struct stream *s);

/* ERR_PARSE: neither encoding, or an element over the cap. */
bool stream_feed(struct stream *s, const char *p, size_t n, struct err *e);
/* The body is at its end: ERR_PARSE when it was cut short.  A watch may end anywhere. */
bool stream_end(struct stream *s, struct err *e);

/* Of a list after its end; NULL: not there. */
const char *stream_resource_version(const struct stream *s);
const char *stream_continue(const struct stream *s);

/* stream-proto.c: the same two for protobuf. */
bool stream_proto_feed(struct stream *s, const char *p, size_t n, struct err *e);
bool stream_proto_end(const struct stream *s);
/* For both: an ERR_PARSE about this stream. */
bool stream_bad(const struct stream *s, struct err *e, const char *why);

#endif
