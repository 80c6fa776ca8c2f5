/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The id by which a server knows the request whose answer is being handled: AWS's
 * x-amzn-RequestId or x-amz-request-id, an API server's Audit-Id.  It holds for the length of
 * the callback that tells of the answer; whoever needs it longer copies it.  One thread.
 */
#ifndef KOPSCOPE_IO_REQUEST_ID_H
#define KOPSCOPE_IO_REQUEST_ID_H

#include "core/io/http.h"

/* NULL: no answer is being handled, or it has none.  Borrowed. */
const char *request_id_now(void);
/* For answers that hold it elsewhere, or are told later; NULL: none any more.  Strange bytes,
   and what is too long for an id, make it none. */
void request_id_set(const char *id);
/* From an answer's headers. */
void request_id_of(const struct http_answer *a);

#endif
