/* SPDX-License-Identifier: Apache-2.0 */
/* What kops refuses of an instance group, told by its own text (facts: kops 2). */
#include "core/kops/lint/parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/strs.h"
#include "core/kops/edit/rules.h"

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

static bool lint_is_control_plane(struct lint_walk *w)
{
	const char *role = yaml_text(w->doc->root, "spec.role");

	return str_eq(role, "Master") || str_eq(role, "ControlPlane");
}

static void lint_sizes(struct lint_walk *w)
{
	static const char keys[] = "minSize maxSize";
	size_t line, line_max;
	int64_t min = lint_number(w, "spec.minSize", &line);
	int64_t max = lint_number(w, "spec.maxSize", &line_max);

	/* what kops fills in beside the one that is set (facts: kops 2); Karpenter's have no bounds
	 */
	int64_t usual = str_eq(yaml_text(w->doc->root, "spec.manager"), "Karpenter") ? -1 :
		str_eq(yaml_text(w->doc->root, "spec.role"), "Node") ? 2 : 1;
	int64_t least = min < 0 && max >= 0 ? usual : min;
	int64_t most = max < 0 && min >= 0 ? usual : max;
	if (least >= 0 && most >= 0 && least > most) {
		struct lint_note *note = lint_add(w, LINT_WARN, min < 0 ? line_max : line,
			"minSize %" PRId64 "%s is more than maxSize %" PRId64
			"%s: kops will refuse the group", least, min < 0 ? " (its default)" : "",
			most, max < 0 ? " (its default)" : "");

		note->keys = keys;
	}
	if (lint_is_control_plane(w) && (min > 1 || max > 1)) {
		struct lint_note *note = lint_add(w, LINT_WARN, max > 1 ? line_max : line,
			"a group of the control plane holds one node, for the one member of etcd "
			"that it "
			"has: kops will refuse the group");

		note->keys = keys;
		snprintf(note->hint, sizeof(note->hint), "add a group for each further member");
	}
	if (lint_is_control_plane(w) && (min == 0 || max == 0)) {
		lint_add(w, LINT_WARN, min == 0 ? line : line_max,
			"size 0: this part of the control plane goes away, and with it its member "
			"of "
			"etcd");
	}
}

static void lint_karpenter(struct lint_walk *w)
{
	size_t line;

	if (!str_eq(yaml_text(w->doc->root, "spec.manager"), "Karpenter")) {
		return;
	}
	if (lint_number(w, "spec.maxSize", &line) == 0) {
		lint_add(w, LINT_WARN, line,
			"maxSize 0 in a group of Karpenter: kops will refuse the "
			"group")
			->keys = "maxSize";
	}
	if (lint_number(w, "spec.minSize", &line) == 0) {
		struct lint_note *note = lint_add(w, LINT_WARN, line, "minSize 0 in a group of "
			"Karpenter: kops will refuse the group");

		note->keys = "minSize";
		snprintf(note->hint, sizeof(note->hint), "leave minSize out, or set 1 at least");
	}
}

static void lint_pool(struct lint_walk *w)
{
	const struct yaml_node *pool = yaml_at(w->doc->root, "spec.warmPool");
	const struct yaml_node *price = yaml_at(w->doc->root, "spec.maxPrice");
	size_t line, line_max;
	int64_t min = lint_number(w, "spec.warmPool.minSize", &line);
	int64_t max = lint_number(w, "spec.warmPool.maxSize", &line_max);
	const char *role = yaml_text(w->doc->root, "spec.role");

	if (!pool || pool->kind != YAML_MAP || max == 0) {
		return;
	}
	if (!str_eq(role, "Node") && !str_eq(role, "APIServer")) {
		lint_add(w, LINT_WARN, pool->line, "a warm pool is for groups of nodes: kops will "
			"refuse the group");
	}
	if (scalar_type(price) != SCALAR_NULL) {
		lint_add(w, LINT_WARN, price->line,
			"a warm pool holds no spot instances: kops will "
			"refuse the group");
	}
	if (max > 0 && min > max) {
		lint_add(w, LINT_WARN, line, "the warm pool's minSize %" PRId64 " is more than its "
			"maxSize %" PRId64 ": kops will refuse the group", min, max);
	}
}

/* What is there already; the editor takes no such value. */
static void lint_values(struct lint_walk *w)
{
	const struct yaml_node *labels = yaml_at(w->doc->root, "spec.cloudLabels");
	const struct yaml_node *taints = yaml_at(w->doc->root, "spec.taints");
	const struct yaml_node *subnets = yaml_at(w->doc->root, "spec.subnets");

	for (size_t i = 0; taints && taints->kind == YAML_SEQ && i < taints->count; i++) {
		const struct yaml_node *n = taints->items[i];
		struct err e = ERR_INIT;

		if (scalar_type(n) == SCALAR_STRING &&
			!edit_check_taints("taints", "", n->text, &e)) {
			struct lint_note *note = lint_add(w, LINT_WARN, n->line, "%s", e.text);

			note->keys = "taints";
			snprintf(note->hint, sizeof(note->hint), "%.120s", e.hint);
		}
	}
	for (size_t i = 0; labels && labels->kind == YAML_MAP && i < labels->count; i++) {
		struct err e = ERR_INIT;

		if (labels->pairs[i].key->text && !edit_check_cloud_label("cloudLabels",
			labels->pairs[i].key->text, "", &e)) {
			lint_add(w, LINT_WARN, labels->pairs[i].key->line,
				"%s: kops will refuse the group", e.text);
		}
	}
	if (lint_is_control_plane(w) && (scalar_type(subnets) == SCALAR_NULL ||
		(subnets->kind == YAML_SEQ && !subnets->count))) {
		lint_add(w, LINT_WARN, subnets ? subnets->line : w->doc->root->line,
			"a group of the control plane names its subnets: kops will refuse the "
			"group")
			->keys = "subnets";
	}
}

/* GiB: what most images are made with, and what magnetic disks end at. */
#define VOLUME_USUAL 8
#define VOLUME_STANDARD_MOST 1024

static void lint_volume(struct lint_walk *w)
{
	bool v3 = w->doc->alpha == 3;
	size_t line;
	int64_t size = lint_number(w, v3 ? "spec.rootVolume.size" : "spec.rootVolumeSize", &line);
	const char *type = yaml_text(w->doc->root, v3 ? "spec.rootVolume.type" :
		"spec.rootVolumeType");

	if (size > 0 && size < VOLUME_USUAL) {
		lint_add(w, LINT_WARN, line,
			"%" PRId64 " GiB: most images are made with 8 GiB, and "
			"AWS starts none on a smaller volume",
			size);
	}
	if (size > VOLUME_STANDARD_MOST && str_eq(type, "standard")) {
		lint_add(w, LINT_WARN, line,
			"%" PRId64 " GiB: a standard volume holds 1024 at most", size);
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
	static const char keys[] = "rollingUpdate.maxSurge rollingUpdate.maxUnavailable";
	const struct yaml_node *surge = yaml_at(w->doc->root, "spec.rollingUpdate.maxSurge");
	const struct yaml_node *off = yaml_at(w->doc->root, "spec.rollingUpdate.maxUnavailable");
	int64_t v = 0;
	bool none = (scalar_type(surge) == SCALAR_INT && yaml_int(surge, &v) && v == 0) ||
		(scalar_type(surge) == SCALAR_STRING && str_eq(surge->text, "0%"));

	if (scalar_type(surge) != SCALAR_NULL && !none && lint_is_control_plane(w)) {
		lint_add(w, LINT_WARN, surge->line, "maxSurge is forbidden for a control plane: "
			"kops will refuse the group")->keys = keys;
	}
	if (none && scalar_type(off) != SCALAR_NULL && lint_is_none(off)) {
		lint_add(w, LINT_WARN, off->line, "maxSurge 0 with maxUnavailable %s: kops will "
			"refuse the group", off->text)->keys = keys;
	}
	if (v < 0 || (scalar_type(off) == SCALAR_INT && yaml_int(off, &v) && v < 0)) {
		lint_add(w, LINT_WARN, v < 0 && off ? off->line : surge->line,
			"rollingUpdate takes no negative numbers: kops will refuse the document")
			->keys = keys;
	}
}

void lint_group(struct lint_walk *w)
{
	if (w->doc->kind == DOCUMENT_GROUP) {
		lint_role(w);
		lint_sizes(w);
		lint_karpenter(w);
		lint_pool(w);
		lint_values(w);
		lint_volume(w);
	}
	lint_rolling(w);
}
