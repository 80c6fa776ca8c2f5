/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What core/io/http needs from the loop.  For core/io/ alone: the only header
 * that shows a curl type.
 */
#ifndef KOPSCOPE_IO_LOOP_CURL_H
#define KOPSCOPE_IO_LOOP_CURL_H

#include <curl/curl.h>

#include "core/io/loop.h"

/*
 * CURLOPT_PRIVATE of every easy handle that is added to the loop's multi
 * handle.  done is called from the loop, outside of libcurl, once the transfer
 * has ended; the easy handle is then no longer in the multi handle.
 */
struct loop_transfer {
	void (*done)(void *ctx, CURLcode code);
	void *ctx;
};

CURLM *loop_multi(struct loop *l);

/* How many turns there were: tells one from the next. */
uint64_t loop_turns(const struct loop *l);
/*
 * Between true and false turns read nothing from the network: what has come is
 * worked off first.  Several may hold.
 */
void loop_transfers_hold(struct loop *l, bool on);

#endif
