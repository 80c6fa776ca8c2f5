/* SPDX-License-Identifier: Apache-2.0 */
/* Case folders and shared data for the tests of core/kops. */
#ifndef KOPSCOPE_TESTS_KOPS_CASE_H
#define KOPSCOPE_TESTS_KOPS_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/strs.h"

/* A path below $srcdir (default "."), owned by the caller. */
char *case_path(const char *below);
/* A path below $SHARED (default "../shared" beside srcdir); NULL, with a word printed, when it is
   not there. */
char *case_shared(const char *below);

/* Entries of a folder, sorted, with the folder in front; fails the test when there is none. */
void case_list(const char *dir, struct strlist *out);

/* The file's bytes appended; false when there is no such file. */
bool case_read_file(const char *path, struct buf *out);
bool case_read(const char *dir, const char *name, struct buf *out);

/* N of TEST_EVERY=N in the environment, which asks for every Nth of a large corpus alone (valgrind
   is slow), and says so; 1 without it. */
size_t case_every(const char *what);

#endif
