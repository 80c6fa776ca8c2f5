/* SPDX-License-Identifier: Apache-2.0 */
/* Filling templates, and the list of rendered files. */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/store.h"

static const char *var_value(const struct store_vars *v, const char *name, size_t n)
{
	const struct {
		const char *name, *value;
	} vars[] = {
		{ "BASE", v->base },
		{ "CLUSTER", v->cluster },
		{ "GROUP", v->group },
		{ "REGION", v->region },
		{ "TYPE", v->type },
		{ "VERSION", v->version },
	};

	for (size_t i = 0; i < sizeof(vars) / sizeof(*vars); i++) {
		if (strlen(vars[i].name) == n && !strncmp(vars[i].name, name, n))
			return vars[i].value ? vars[i].value : "";
	}
	return NULL;
}

char *store_fill(const char *text, const struct store_vars *v)
{
	struct buf out = BUF_INIT;

	while (*text) {
		const char *at = strchr(text, '@');
		const char *end = at ? strchr(at + 1, '@') : NULL;
		const char *value = end ? var_value(v, at + 1, (size_t)(end - at) - 1) : NULL;

		if (!at) {
			buf_adds(&out, text);
			break;
		}
		if (value) {
			buf_add(&out, text, (size_t)(at - text));
			buf_adds(&out, value);
			text = end + 1;
		} else {
			buf_add(&out, text, (size_t)(at - text) + 1);
			text = at + 1;
		}
	}
	return buf_detach(&out);
}

struct tree *store_fill_tree(const char *text, const struct store_vars *v)
{
	char *filled = store_fill(text, v);
	struct tree *t = tree_of(filled);

	free(filled);
	return t;
}

void store_plan_add(struct store_plan *p, char *path, char *task, char *text)
{
	p->files = xgrow(p->files, &p->cap_files, p->n_files, sizeof(*p->files));
	p->files[p->n_files++] = (struct store_file){ .path = path, .task = task, .text = text };
}

void store_plan_release(struct store_plan *p)
{
	for (size_t i = 0; i < p->n_files; i++) {
		free(p->files[i].path);
		free(p->files[i].task);
		free(p->files[i].text);
	}
	for (size_t i = 0; i < p->n_groups; i++) {
		free(p->groups[i].group);
		free(p->groups[i].asg);
		free(p->groups[i].user_data);
		free(p->groups[i].machine_type);
		free(p->groups[i].image);
	}
	free(p->files);
	free(p->groups);
	memset(p, 0, sizeof(*p));
}
