/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate authority made at start, and a certificate of its for loopback. */
#ifndef KOPSCOPE_LAB_TLS_H
#define KOPSCOPE_LAB_TLS_H

#include <stdbool.h>

#include "core/base/err.h"

/* PEM texts, owned; release with tls_pair_release(). */
struct tls_pair {
	char *ca_pem;
	char *cert_pem; /* for 127.0.0.1, ::1 and localhost, signed by the CA */
	char *key_pem;
};

/* EC P-256, valid from yesterday for ten years. */
bool tls_pair_make(struct tls_pair *out, struct err *e);
void tls_pair_release(struct tls_pair *p); /* wipes the key */

#endif
