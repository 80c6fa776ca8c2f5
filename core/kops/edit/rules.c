/* SPDX-License-Identifier: Apache-2.0 */
/* What may be set in which document, and to what. */
#include "core/kops/edit/rules.h"

#include "core/base/strs.h"

/* The env has a meaning only with Amazon's CNI. */
static bool target_check_network(const struct document *d, const char *cni, struct err *e)
{
	const struct yaml_node *net = yaml_at(d->root, "spec.networking");

	if (net && net->kind == YAML_MAP && yaml_get(net, cni)) {
		return true;
	}
	if (net && scalar_type(net) != SCALAR_NULL && net->kind != YAML_MAP) {
		return err_set(e, ERR_REFUSED, "line %zu: spec.networking must be a mapping, "
			"like {%s: {}}", net->line, cni);
	}
	for (size_t i = 0; net && net->kind == YAML_MAP && i < net->count; i++) {
		const struct yaml_node *k = net->pairs[i].key;

		if (str_ieq(k->text, cni)) {
			return err_set(e, ERR_REFUSED,
				"line %zu: kops reads \"%s\" here and drops \"%s\"", k->line, cni,
				k->text);
		}
	}
	if (net && net->kind == YAML_MAP && net->count) {
		return err_set(e, ERR_REFUSED, "line %zu: the network is %.40s, and these settings "
			"are those of Amazon's VPC CNI (%s)", net->pairs[0].key->line,
			net->pairs[0].key->text ? net->pairs[0].key->text : "?", cni);
	}
	return err_set(e, ERR_REFUSED,
		"line %zu: the spec does not choose amazonvpc as its network",
		net ? net->line : d->root->line);
}

/* In v1alpha3 the way leads through the choice of the cloud, which is not for us to make. */
static bool target_check_cloud(const struct document *d, const char *key, struct err *e)
{
	const struct yaml_node *cloud = yaml_at(d->root, "spec.cloudProvider");
	bool aws = d->alpha == 3 ? cloud && cloud->kind == YAML_MAP && yaml_get(cloud, "aws") :
		scalar_type(cloud) == SCALAR_NULL || str_eq(cloud->text, "aws");

	return aws || err_set(e, ERR_REFUSED, "line %zu: %s is for clusters on AWS",
		cloud ? cloud->line : d->root->line, key);
}

/* What the document's kind does not have. */
static bool target_check_kind(const struct document *d, const struct edit_row *row,
	const char *key, struct err *e)
{
	bool cluster = d->kind == DOCUMENT_CLUSTER;

	if (row->s.in & (cluster ? EDIT_IN_CLUSTER : EDIT_IN_GROUP)) {
		return true;
	}
	return err_set(e, ERR_REFUSED, "line %zu: %.60s belongs into %s, and this is %s",
		yaml_get(d->root, "kind")->line, key,
		cluster ? "an instance group's spec" : "the cluster's spec",
		cluster ? "the cluster's" : "an instance group's");
}

/* Says what there is instead. */
static bool target_unknown(const struct document *d, const char *key, struct err *e)
{
	int in = d->kind == DOCUMENT_CLUSTER ? EDIT_IN_CLUSTER : EDIT_IN_GROUP;
	struct buf known = BUF_INIT;

	for (size_t i = 0; edit_setting_at(i); i++) {
		const struct edit_setting *s = edit_setting_at(i);

		if (s->in & in) {
			buf_addf(&known, "%s%s%s", known.len ? ", " : "", s->key,
				str_ends(s->key, ".") ? "NAME" : "");
		}
	}
	err_set(e, ERR_USAGE, "there is no setting \"%.60s\" here: know %s", key, buf_str(&known));
	buf_release(&known);
	return false;
}

bool edit_target(const struct document *d, const struct edit_op *op, struct edit_target *out,
	struct err *e)
{
	const char *name;
	const struct edit_row *row = edit_row_find(op->key, &name);

	*out = (struct edit_target){ .npath = 0 };
	if (!row) {
		return target_unknown(d, op->key, e);
	}
	if (!target_check_kind(d, row, op->key, e)) {
		return false;
	}
	out->form = row->s.form;
	out->npath = edit_row_path(row, d->alpha, out->path);
	if (row->s.form == EDIT_ENTRY) {
		out->item = name;
		/* the name first: a wrong one is a slip of the fingers, not of the spec */
		return edit_check_value(row, op->key, name, NULL, e) &&
			target_check_network(d, out->path[2], e) &&
			edit_check_value(row, op->key, name, op->value, e);
	}
	if (*name || str_ends(op->key, ".")) {
		out->free = true;
		out->path[out->npath++] = name;
	}
	return (!row->aws || target_check_cloud(d, op->key, e)) &&
		edit_check_value(row, op->key, name, op->value, e);
}

const char *edit_rival_key(int alpha, const char *key)
{
	static const char *const names[][2] = {
		{ "masterKubelet", "controlPlaneKubelet" },
	};
	int have = alpha == 3;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (str_eq(key, names[i][have])) {
			return names[i][!have];
		}
	}
	return NULL;
}
