/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state store in a folder (file:///dir or a bare path), for dry runs, tests
 * and offline looks.  Version tags are hashes of the content; a put compares
 * under a lock file, writes beside and renames.
 */
#ifndef KOPSCOPE_KOPS_STORE_FILE_H
#define KOPSCOPE_KOPS_STORE_FILE_H

#include "core/base/err.h"
#include "core/io/loop.h"
#include "core/model/source.h"

/* url: "file:///dir", "/dir" or "dir".  NULL with ERR_NOT_FOUND when there is no such folder. */
struct store *store_file_new(struct loop *l, const char *url, struct err *e);

#endif
