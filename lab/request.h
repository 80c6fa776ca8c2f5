/* SPDX-License-Identifier: Apache-2.0 */
/* The making and unmaking of requests and replies: for the server and for tests. */
#ifndef KOPSCOPE_LAB_REQUEST_H
#define KOPSCOPE_LAB_REQUEST_H

#include "lab/server.h"

#define LAB_BODY_MAX ((size_t)16 << 20)

/* From what the first line says; headers and body are added by the caller. */
void lab_request_init(struct lab_request *rq, const char *method, const char *target);
void lab_request_release(struct lab_request *rq);

/* 200, empty, nothing set. */
void lab_reply_init(struct lab_reply *rp);
void lab_reply_release(struct lab_reply *rp); /* not the stream */

#endif
