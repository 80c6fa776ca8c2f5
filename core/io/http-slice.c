/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streamed bodies in slices: in one turn of the loop all readers together get at
 * most HTTP_SLICE bytes, so that neither a long list nor a burst of events, packed
 * or not, makes a key wait.
 *
 * What came beyond that is held, and while anything is held nothing is read from
 * the network: the senders feel it, memory does not.  Only what libcurl gives in
 * one go can pile up, and more than HELD_MAX of it (a bomb of zeros, unpacked) is
 * given at once.
 */
#include "core/io/http-inner.h"

#define HELD_MAX ((size_t)4 << 20)

static void http_rest(void *ctx);

/* While nothing is read nobody is silent: a slow reader's own time is not the sender's. */
static void http_hear_again(struct http *h)
{
	int64_t now = clock_mono(loop_clock(h->loop));

	for (struct http_req *r = h->first; r; r = r->next) {
		int64_t since = r->last_byte > h->held_at ? r->last_byte : h->held_at;

		r->last_byte += now - since;
	}
}

void http_hold(struct http *h, bool on)
{
	if (h->holding != on) {
		loop_transfers_hold(h->loop, on);
		if (on)
			h->held_at = clock_mono(loop_clock(h->loop));
		else
			http_hear_again(h);
	}
	h->holding = on;
}

static void http_rest_later(struct http *h)
{
	http_hold(h, true);
	if (!h->rest)
		h->rest = loop_timer_add(h->loop, 0, http_rest, h);
}

static void http_slice_begin(struct http *h)
{
	if (h->turn == loop_turns(h->loop))
		return;
	h->turn = loop_turns(h->loop);
	h->left = HTTP_SLICE;
}

/* As much of p as may be given now. */
static bool http_slice_give(struct http_req *r, const char *p, size_t n, size_t *given)
{
	*given = n < r->http->left ? n : r->http->left;
	r->http->left -= *given;
	return !*given || http_give(r, p, *given);
}

bool http_slice(struct http_req *r, const char *p, size_t n)
{
	struct http *h = r->http;
	size_t given = 0;

	http_slice_begin(h);
	/* In order: nothing overtakes what is held. */
	if (!r->held.len && !http_slice_give(r, p, n, &given))
		return false;
	if (given == n)
		return true;
	if (r->held.len + (n - given) > HELD_MAX) {
		bool more = http_give(r, buf_str(&r->held), r->held.len);

		buf_release(&r->held);
		return more && http_give(r, p + given, n - given);
	}
	buf_add(&r->held, p + given, n - given);
	http_rest_later(h);
	return true;
}

/* False: it is over; its end has been told or will be. */
static bool http_rest_of(struct http_req *r)
{
	size_t given;
	bool more;

	if (r->cancelled)
		return false;
	more = http_slice_give(r, r->held.data, r->held.len, &given);
	buf_drop_front(&r->held, given);
	if (more && r->held.len)
		return true;
	buf_release(&r->held);
	if (r->ended && !r->cancelled)
		http_req_done(r, r->code);
	else if (!more && !r->cancelled)
		http_req_end_later(r);
	return false;
}

static void http_rest(void *ctx)
{
	struct http *h = ctx;
	struct http_req *r, *next;
	bool more = false;

	h->rest = NULL;
	http_slice_begin(h);
	for (r = h->first; r; r = next) {
		next = r->next;
		if (r->held.len)
			more |= http_rest_of(r);
	}
	if (more)
		http_rest_later(h);
	else
		http_hold(h, false);
}
