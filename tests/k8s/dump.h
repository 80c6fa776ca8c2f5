/* SPDX-License-Identifier: Apache-2.0 */
/* Every field of an element as text, one a line, for comparing two decoders. */
#ifndef KOPSCOPE_TESTS_K8S_DUMP_H
#define KOPSCOPE_TESTS_K8S_DUMP_H

#include "core/base/buf.h"
#include "k8s/decode.h"

void element_dump(struct buf *out, const struct element *el);

#endif
