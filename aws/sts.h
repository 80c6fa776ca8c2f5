/* SPDX-License-Identifier: Apache-2.0 */
/* STS: who is calling. */
#ifndef KOPSCOPE_AWS_STS_H
#define KOPSCOPE_AWS_STS_H

#include <stdbool.h>

#include "aws/xml.h"
#include "core/base/buf.h"
#include "core/model/things.h"

/* GetCallerIdentity; needs no permission. */
void sts_ask_identity(struct buf *q);
/* Account and ARN, borrowed from the tree; false when they are not there. */
bool sts_read_identity(const struct xml_node *root, struct identity *out);

#endif
