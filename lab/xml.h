/* SPDX-License-Identifier: Apache-2.0 */
/* Writing XML: elements with text, escaped. */
#ifndef KOPSCOPE_LAB_XML_H
#define KOPSCOPE_LAB_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"

void xml_open(struct buf *b, const char *tag);
void xml_close(struct buf *b, const char *tag); /* of "a b=\"c\"" only a is closed */
/* NULL text: nothing is written. */
void xml_text(struct buf *b, const char *tag, const char *text);
void xml_int(struct buf *b, const char *tag, int64_t v);
void xml_bool(struct buf *b, const char *tag, bool v);
/* As AWS writes it: 2026-11-22T13:04:17.000Z */
void xml_time(struct buf *b, const char *tag, int64_t wall_ms);

#endif
