/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sessions confine themselves (core/base/confine.h): those that will start no program.  Who
 * updates, rolls by kops or opens a screen that may do so needs kops; a kubeconfig or a profile may
 * name a program that gives credentials; such a program may need all that the user has.
 */
#ifndef KOPSCOPE_TUI_SESSION_CONFINE_H
#define KOPSCOPE_TUI_SESSION_CONFINE_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "tui/options.h"
#include "tui/session.h"

/* Between session_init() and session_start(), by a command that starts no program itself; does
   nothing where credentials come from one.  writes: below the state folder and into a store that
   is a folder, else nowhere. */
void session_confine(const struct session *s, bool writes);

/* For a command on one file: it may be written with its folder when writes, else nothing. */
void file_confine(const char *path, bool writes);

/* How such commands are confined from here, as a line for people; false: not, and why. */
bool session_confine_words(const struct session *s, struct buf *out);

#endif
