/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of Tables, one array per kind: between lab/kube/table*.c only. */
#ifndef KOPSCOPE_LAB_KUBE_TABLE_H
#define KOPSCOPE_LAB_KUBE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/kube/resource.h"

struct world;

struct table_column {
	const char *name;
	const char *type; /* NULL: "string" */
	bool wide;        /* priority 1 */
	/* The cell of an object: a new JSON value; json is a JSON tree. */
	void *(*cell)(struct world *w, const void *json);
};

/* Ends with a row without a name. */
const struct table_column *table_columns_pods(void);
const struct table_column *table_columns_nodes(void);
const struct table_column *table_columns_of(const struct kube_resource *r);

/* Cells that several kinds share. */
void *cell_name(struct world *w, const void *json);
void *cell_age(struct world *w, const void *json);
void *cell_text(const char *s); /* NULL and "": "<none>" */
void *cell_ago(struct world *w, const char *stamp);

#endif
