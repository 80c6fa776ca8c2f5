/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the turns of the loop hold it, for KOPSCOPE_TRACE=loop: a turn is
 * what is done between two waits, and a key that comes meanwhile waits for its
 * end.  One that took more than 20 ms is said with its longest part; when the
 * loop ends, how long the longest and all but one in a hundred were.  Told both
 * in real time and in CPU time, which other programs do not disturb.  Does
 * nothing without the trace.  For core/io/loop.c alone.
 */
#ifndef KOPSCOPE_IO_LOOP_HOLD_H
#define KOPSCOPE_IO_LOOP_HOLD_H

#include <stdbool.h>
#include <stdint.h>

enum hold_part {
	HOLD_BEFORE, HOLD_FD, HOLD_URGENT, HOLD_NETWORK, HOLD_DONE, HOLD_TIMER,
	HOLD__COUNT
};

enum hold_time { HOLD_REAL, HOLD_CPU, HOLD__TIMES };

#define HOLD_SLOTS 256 /* by tenths of a millisecond; the last: and longer */

struct hold {
	bool on;
	int64_t since[HOLD__TIMES];              /* microseconds; of the part under way */
	int64_t part[HOLD__COUNT][HOLD__TIMES];  /* of the turn under way */
	uint32_t slots[HOLD__TIMES][HOLD_SLOTS]; /* turns by how long they were */
	int64_t most[HOLD__TIMES];
	uint64_t turns, over; /* all; longer than 20 ms of CPU */
};

/* After a wait. */
void hold_begin(struct hold *h);
void hold_part(struct hold *h, enum hold_part part); /* it ends here */
/* Before the next wait. */
void hold_end(struct hold *h);
/* What all turns were like, into the trace. */
void hold_tell(const struct hold *h);

#endif
