/* SPDX-License-Identifier: Apache-2.0 */
/* What kops refuses of an instance group, told by its own text (facts: kops 2). */
#include "core/kops/lint-parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/strs.h"

static void lint_role(struct lint_walk *w)
{
	static const char *const roles[] = { "APIServer", "Bastion", "ControlPlane", "Master",
		"Node" };
	const struct yaml_node *n = yaml_at(w->doc->root, "spec.role");
	bool known = scalar_type(n) != SCALAR_STRING;

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		known |= n && str_eq(n->text, roles[i]);
	}
	if (!known) {
		struct lint_note *note = lint_add(w, LINT_WARN, n->line,
			"kops knows no role \"%.40s\"", n->text);

		snprintf(note->hint, sizeof(note->hint),
			"Node, ControlPlane (Master), APIServer or Bastion");
	}
}

/* -1: unset, or no number. */
static int64_t lint_number(struct lint_walk *w, const char *path, size_t *line)
{
	const struct yaml_node *n = yaml_at(w->doc->root, path);
	int64_t v;

	*line = n ? n->line : 0;
	return scalar_type(n) == SCALAR_INT && yaml_int(n, &v) ? v : -1;
}

static void lint_sizes(struct lint_walk *w)
{
	size_t line, line_max;
	int64_t min = lint_number(w, "spec.minSize", &line);
	int64_t max = lint_number(w, "spec.maxSize", &line_max);

	if (min >= 0 && max >= 0 && min > max) {
		lint_add(w, LINT_WARN, line, "minSize %" PRId64 " is more than maxSize %" PRId64
			": kops will refuse the group", min, max);
	}
}

/* A percentage counts of one node, rounded down: anything below 100% is none. */
static bool lint_is_none(const struct yaml_node *n)
{
	int64_t v;

	if (scalar_type(n) == SCALAR_STRING) {
		return str_ends(n->text, "%") && !str_eq(n->text, "100%");
	}
	return scalar_type(n) == SCALAR_INT && yaml_int(n, &v) && v == 0;
}

static void lint_rolling(struct lint_walk *w)
{
	const struct yaml_node *surge = yaml_at(w->doc->root, "spec.rollingUpdate.maxSurge");
	const struct yaml_node *off = yaml_at(w->doc->root, "spec.rollingUpdate.maxUnavailable");
	const char *role = yaml_text(w->doc->root, "spec.role");
	int64_t v = 0;
	bool none = scalar_type(surge) == SCALAR_INT && yaml_int(surge, &v) && v == 0;

	if (scalar_type(surge) != SCALAR_NULL && !none &&
		(str_eq(role, "Master") || str_eq(role, "ControlPlane"))) {
		lint_add(w, LINT_WARN, surge->line, "maxSurge is forbidden for a control plane: "
			"kops will refuse the group");
	}
	if (none && scalar_type(off) != SCALAR_NULL && lint_is_none(off)) {
		lint_add(w, LINT_WARN, off->line, "maxSurge 0 with maxUnavailable %s: kops will "
			"refuse the group", off->text);
	}
	if (v < 0 || (scalar_type(off) == SCALAR_INT && yaml_int(off, &v) && v < 0)) {
		lint_add(w, LINT_WARN, v < 0 && off ? off->line : surge->line,
			"rollingUpdate takes no negative numbers: kops will refuse the document");
	}
}

void lint_group(struct lint_walk *w)
{
	if (w->doc->kind == DOCUMENT_GROUP) {
		lint_role(w);
		lint_sizes(w);
	}
	lint_rolling(w);
}
