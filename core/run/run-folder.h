/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of core/run share about a run's folder. */
#ifndef KOPSCOPE_RUN_RUN_FOLDER_H
#define KOPSCOPE_RUN_RUN_FOLDER_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/run/run.h"

/* Appends a file of the folder, 256 MiB at most. */
bool run_read_file(const char *id, const char *file, struct buf *out, struct err *e);
bool run_has_file(const char *id, const char *file);
/* out is filled only on success; release with run_meta_release(). */
bool run_meta_read(const char *id, struct run_meta *out, struct err *e);

/* The worker, by the pid file. */
enum run_process {
	RUN_PROCESS_NONE, /* never started */
	RUN_PROCESS_ALIVE,
	RUN_PROCESS_GONE,
};
enum run_process run_process_of(const char *id); /* an id that is none: NONE */
bool run_pid_write(const char *id, long pid, struct err *e);

#endif
