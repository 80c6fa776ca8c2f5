/* SPDX-License-Identifier: Apache-2.0 */
/* Files: read whole with a cap, written so that nothing is ever half there. */
#ifndef KOPSCOPE_BASE_FILE_H
#define KOPSCOPE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* Appends the file's bytes; more than out->max is an error (ERR_PARSE). */
bool file_read(const char *path, struct buf *out, struct err *e);

/*
 * Temporary file beside it, fsync, rename, fsync of the folder.  Where path is a
 * symbolic link, the file that it names is replaced.
 */
bool file_write(const char *path, const void *p, size_t n, mode_t mode, struct err *e);

/* One write(2) of the whole line in append mode, with a newline added; fsync when sync. */
bool file_append_line(const char *path, const char *line, mode_t mode, bool sync, struct err *e);

/* The folder and its parents, 0700. */
bool file_mkdirs(const char *path, struct err *e);

/* $XDG_STATE_HOME/kopscope or ~/.local/state/kopscope; owned by the caller. */
char *file_state_dir(void);
/* $XDG_CACHE_HOME/kopscope, $XDG_CONFIG_HOME/kopscope likewise. */
char *file_cache_dir(void);
char *file_config_dir(void);

/* ~ and ~/x to $HOME; everything else copied. */
char *file_expand_home(const char *path);
/* dir + "/" + name, one slash. */
char *file_join(const char *dir, const char *name);

#endif
