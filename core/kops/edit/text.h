/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The editor's view of a document: its bytes, its tree, the hand it is written
 * in, and the changes collected so far.  Private to the editor (edit*.c).
 *
 * Offsets are bytes into text.  Where the bytes are not as the editor expects
 * them the functions return EDIT_NOWHERE, and the edit is refused rather than
 * guessed at.
 */
#ifndef KOPSCOPE_KOPS_EDIT_TEXT_H
#define KOPSCOPE_KOPS_EDIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/yaml.h"
#include "core/kops/document.h"

#define EDIT_NOWHERE SIZE_MAX
#define EDIT_MAX_SPLICES 4

/* How this document is written, so that what is added looks like it. */
struct edit_style {
	const char *eol;    /* "\n" or "\r\n" */
	size_t step;        /* indent of a mapping below its key */
	size_t list_indent; /* of a list's dash below its key: 0 as kops writes it */
	char indent;        /* ' ', or '\t' in some JSON */
	char quote;         /* of strings: '"' or '\'' */
	bool json;          /* the whole document is in braces */
	bool pretty;        /* ... over many lines */
	const char *colon;  /* in braces: ": " or ":" */
	const char *comma;  /* in braces: ", " or "," */
};

struct edit_splice {
	size_t from, to; /* replaced by text */
	struct buf text;
};

struct editor {
	const char *text;
	size_t len;
	struct document doc;
	struct edit_style style;
	struct edit_splice splices[EDIT_MAX_SPLICES];
	size_t nsplices;
};

/* Parses the text (borrowed) and looks at its style. */
bool editor_open(struct editor *ed, const char *text, size_t len, struct err *e);
void editor_close(struct editor *ed);

size_t editor_line_start(const struct editor *ed, size_t at);
size_t editor_line_end(const struct editor *ed, size_t at); /* behind the line end */
size_t editor_line_number(const struct editor *ed, size_t at); /* 1-based */
/* Blanks at the start of the line of at. */
size_t editor_indent(const struct editor *ed, size_t at);
/* Nothing but blanks and a comment follow on this line. */
bool editor_rest_is_blank(const struct editor *ed, size_t at);

/* Behind the last byte of the node's own text, comments and blank lines not counted. */
size_t editor_node_end(const struct editor *ed, const struct yaml_node *n);
size_t editor_pair_end(const struct editor *ed, const struct yaml_pair *p);
/* Behind the colon of the pair; EDIT_NOWHERE when it cannot be found. */
size_t editor_colon(const struct editor *ed, const struct yaml_pair *p);

/* A new change; its text is to be appended to what is returned.  Changes must not overlap. */
struct buf *editor_splice(struct editor *ed, size_t from, size_t to);
/* The text with all changes made. */
void editor_result(struct editor *ed, struct buf *out);

#endif
