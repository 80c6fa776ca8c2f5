/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom files belong to: checks of the kind that ssh makes before it believes
 * one.  Ours is what the effective user owns; root is believed as well, for
 * who is root can do everything anyway.
 */
#ifndef KOPSCOPE_BASE_TRUST_H
#define KOPSCOPE_BASE_TRUST_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* Reads a file as file_read() does.  ERR_CONFIG when it belongs to another user or others can
   write it; it is looked at open, so that nobody can exchange it in between. */
bool trust_read(const char *path, struct buf *out, struct err *e);
/* For a file that other programs share and judge more mildly, a kubeconfig: everybody must not
   write it, a group may, and root may use another's.  Fine when absent. */
bool trust_file(const char *path, struct err *e);
/* A folder of our own: no symbolic link, ours, written by nobody else.  One that others can read is
   made 0700.  Fine when absent. */
bool trust_folder(const char *path, struct err *e);
/* Whether others than the owner can read it: worth a warning where keys are in it. */
bool trust_readable_by_others(const char *path);
/* NULL: a program there may be run.  Else what is wrong with it or its folder: "others can
   write its folder", "it was found by a relative entry of PATH". */
const char *trust_program(const char *path);

#endif
