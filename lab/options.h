/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope-lab's command line. */
#ifndef KOPSCOPE_LAB_OPTIONS_H
#define KOPSCOPE_LAB_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "lab/scale.h"

struct lab_options {
	double speed;     /* 1 .. 1000 */
	uint64_t seed;
	int64_t older_ms; /* of the lab's time: what is there at the start is so much older */
	const char *scenario;
	struct lab_scale scale; /* all 0 unless the scenario is "scale" */
	const char *faults[16]; /* lab/fault.h; those not NULL */
	int64_t chaos, hours; /* its seed, -1: none; how long, in hours of the world */
	int port;         /* of the AWS side; 0: a free one */
	const char *dir;  /* where its files go; NULL: a temporary folder that is removed */
	const char *env_file; /* the shell lines go there, too; NULL: nowhere */
	pid_t parent;     /* ends when this process does; 0: does not look */
	bool help, version, man;
};

/* False: something is wrong with it (ERR_USAGE). */
bool lab_options_parse(struct lab_options *o, int argc, char **argv, struct err *e);
/* Written from the table of options. */
void lab_options_help(void);
/* The manual page kopscope-lab(1), mdoc(7), from the same tables. */
void lab_man_page(struct buf *out);

#endif
