/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the fields of a stored document.  Private to spec*.c.
 *
 * The first field that kops could not read ends the whole document for kops; so
 * the reader keeps the first error (with its line) and goes on to fill what it
 * can.  Strings go to the arena.  What is null counts as unset.
 */
#ifndef KOPSCOPE_KOPS_SPEC_READ_H
#define KOPSCOPE_KOPS_SPEC_READ_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/yaml.h"
#include "core/kops/document.h"
#include "core/model/things.h"

struct spec_reader {
	struct arena *a;
	struct document doc;
	struct err err;
};

/* NULL when unset. */
struct yaml_node *spec_list(struct spec_reader *r, struct yaml_node *at, const char *path);
const char *spec_str(struct spec_reader *r, struct yaml_node *at, const char *path);
/* The same of a node at hand; name is what to call it. */
const char *spec_string(struct spec_reader *r, const struct yaml_node *n, const char *name);
/* The strings of a list, *n of them; NULL when there is none. */
const char **spec_strings(struct spec_reader *r, struct yaml_node *at, const char *path,
	size_t *n);
/* otherwise when unset; line (or NULL) is set when not. */
int64_t spec_int32(struct spec_reader *r, struct yaml_node *at, const char *path,
	int64_t otherwise, size_t *line);
/* maxPods of the kubelet at that path; -1 when unset. */
int64_t spec_max_pods(struct spec_reader *r, struct yaml_node *root, const char *kubelet,
	size_t *line);
/* spec.rollingUpdate. */
struct rolling_settings spec_rolling(struct spec_reader *r, struct yaml_node *root);

/* The fields of an instance group; the document is parsed. */
void spec_fill_group(struct spec_reader *r, struct group_spec *out);

#endif
