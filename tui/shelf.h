/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the state store holds of the open cluster beyond what the store's source
 * reads: the list of its files, its addons and their switches.  Read only while
 * a view wants it, and again after each round of that source.
 */
#ifndef KOPSCOPE_TUI_SHELF_H
#define KOPSCOPE_TUI_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/kops/addon.h"
#include "core/model/source.h"

enum shelf_wants { SHELF_FILES = 1 << 0, SHELF_ADDONS = 1 << 1 };

enum shelf_state { SHELF_NOT_ASKED, SHELF_ASKED, SHELF_THERE, SHELF_FAILED };

struct shelf_file {
	char *path;             /* below the cluster's folder; folders end in "/" */
	int64_t size, modified; /* -1, 0: unknown */
};

struct shelf {
	enum shelf_state files_state, addons_state;
	struct err files_err, addons_err; /* when FAILED; what was read before stays */
	struct shelf_file *files;         /* sorted by path */
	size_t nfiles;
	bool more;                        /* not all of them */
	bool channel_missing;             /* no addons/bootstrap-channel.yaml: never updated */
	struct addon_list addons;
	struct addon_switches switches;   /* of config as it is written now */
	char *cluster;                    /* that they are of; NULL: none */
};

struct shelf_reader; /* fills one */

/* changed(ctx) when something new is in it. */
struct shelf_reader *shelf_new(void (*changed)(void *ctx), void *ctx);
void shelf_free(struct shelf_reader *r); /* after the store was freed; NULL is fine */
const struct shelf *shelf_look(const struct shelf_reader *r);

/* Of this cluster (enum shelf_wants; 0: nothing more).  What is there is not read again. */
void shelf_want(struct shelf_reader *r, struct store *s, const char *cluster, unsigned wants);
/* Reads again what is wanted. */
void shelf_refresh(struct shelf_reader *r);
/* An answer is out. */
bool shelf_busy(const struct shelf_reader *r);

#endif
