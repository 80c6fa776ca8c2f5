/* SPDX-License-Identifier: Apache-2.0 */
/* Kind and version of a stored document, and kops' view of its scalars. */
#include "core/kops/document.h"

#include <string.h>

#include "core/base/strs.h"

static const struct {
	const char *alpha2, *alpha3;
} document_paths[PLACE__COUNT] = {
	[PLACE_KUBELET] = { "spec.kubelet", "spec.kubelet" },
	[PLACE_CP_KUBELET] = { "spec.masterKubelet", "spec.controlPlaneKubelet" },
	[PLACE_CNI] = { "spec.networking.amazonvpc", "spec.networking.amazonVPC" },
	[PLACE_CNI_IMAGE] = { "spec.networking.amazonvpc.imageName",
		"spec.networking.amazonVPC.image" },
	[PLACE_SUBNETS] = { "spec.subnets", "spec.networking.subnets" },
	[PLACE_NETWORK_CIDR] = { "spec.networkCIDR", "spec.networking.networkCIDR" },
	[PLACE_NON_MASQUERADE] = { "spec.nonMasqueradeCIDR",
		"spec.networking.nonMasqueradeCIDR" },
	[PLACE_CONFIG_BASE] = { "spec.configBase", "spec.configStore.base" },
	[PLACE_DNS_TYPE] = { "spec.topology.dns.type", "spec.networking.topology.dns" },
};

/* The second group name is what kops wrote before 1.19 and still reads. */
static const struct {
	const char *api_version;
	int alpha;
} document_versions[] = {
	{ "kops.k8s.io/v1alpha2", 2 },
	{ "kops/v1alpha2", 2 },
	{ "kops.k8s.io/v1alpha3", 3 },
};

static const struct {
	const char *name;
	enum document_kind kind;
} document_kinds[] = {
	{ "Cluster", DOCUMENT_CLUSTER },
	{ "InstanceGroup", DOCUMENT_GROUP },
};

static bool document_identify(struct document *d, struct err *e)
{
	const char *api = yaml_text(d->root, "apiVersion");
	const char *kind = yaml_text(d->root, "kind");

	if (!api || !kind) {
		return err_set(e, ERR_PARSE, "line %zu: no %s here, so this is not a kops document",
			d->root->line, api ? "kind" : "apiVersion");
	}
	d->alpha = 0;
	for (size_t i = 0; i < sizeof(document_versions) / sizeof(*document_versions); i++) {
		if (str_eq(api, document_versions[i].api_version)) {
			d->alpha = document_versions[i].alpha;
		}
	}
	if (!d->alpha) {
		return err_set(e, ERR_PARSE,
			"line %zu: apiVersion %.60s is not one that kops stores",
			yaml_get(d->root, "apiVersion")->line, api);
	}
	for (size_t i = 0; i < sizeof(document_kinds) / sizeof(*document_kinds); i++) {
		if (str_eq(kind, document_kinds[i].name)) {
			d->kind = document_kinds[i].kind;
			return true;
		}
	}
	return err_set(e, ERR_PARSE, "line %zu: kind %.60s is neither Cluster nor InstanceGroup",
		yaml_get(d->root, "kind")->line, kind);
}

bool document_parse(struct document *d, const char *text, size_t len, struct err *e)
{
	*d = (struct document){ .alpha = 0 };
	d->yaml = yaml_parse(text, len, 0, e);
	if (!d->yaml) {
		return false;
	}
	d->root = yaml_root(d->yaml);
	if (!d->root || d->root->kind == YAML_NULL_NODE || yaml_is_null(d->root)) {
		return err_set(e, ERR_PARSE, "the first document is empty");
	}
	if (d->root->kind != YAML_MAP) {
		return err_set(e, ERR_PARSE, "line %zu: this is not a mapping of keys to values",
			d->root->line);
	}
	return document_identify(d, e);
}

void document_release(struct document *d)
{
	if (d->yaml) {
		yaml_free(d->yaml);
	}
	*d = (struct document){ .alpha = 0 };
}

const char *document_path(const struct document *d, enum document_place place)
{
	return d->alpha == 3 ? document_paths[place].alpha3 : document_paths[place].alpha2;
}

static size_t scalar_digits(const char **p)
{
	size_t n = 0;

	while ((**p >= '0' && **p <= '9') || (n && **p == '_')) {
		(*p)++;
		n++;
	}
	return n;
}

/* 1.5, .5, 1e3, 1., .inf, .nan: what the YAML 1.1 reader behind kops takes for a float. */
static bool scalar_is_float(const char *s)
{
	static const char *const words[] = { ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN" };
	const char *p = s;

	if (*p == '+' || *p == '-') {
		p++;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_eq(p, words[i])) {
			return true;
		}
	}
	size_t digits = scalar_digits(&p);
	if (*p == '.') {
		p++;
		digits += scalar_digits(&p);
	}
	if (!digits) {
		return false;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		if (*p == '+' || *p == '-') {
			p++;
		}
		if (!scalar_digits(&p)) {
			return false;
		}
	}
	return *p == '\0';
}

enum scalar_type scalar_type(const struct yaml_node *n)
{
	int64_t i;
	bool b;

	if (!n || n->kind == YAML_NULL_NODE || yaml_is_null(n)) {
		return SCALAR_NULL;
	}
	if (n->kind != YAML_SCALAR) {
		return SCALAR_NONE;
	}
	if (n->tag ? str_ends(n->tag, ":str") : n->style != YAML_PLAIN) {
		return SCALAR_STRING;
	}
	if (yaml_int(n, &i)) {
		return SCALAR_INT;
	}
	if (yaml_bool(n, &b)) {
		return SCALAR_BOOL;
	}
	return scalar_is_float(n->text) ? SCALAR_FLOAT : SCALAR_STRING;
}

const char *scalar_type_name(enum scalar_type t)
{
	static const char *const names[] = {
		[SCALAR_NULL] = "nothing",
		[SCALAR_BOOL] = "a boolean",
		[SCALAR_INT] = "a number",
		[SCALAR_FLOAT] = "a number with a fraction",
		[SCALAR_STRING] = "a string",
		[SCALAR_NONE] = "a list or a mapping",
	};

	return names[t];
}

bool scalar_plain_ok(const char *text, bool in_flow)
{
	struct yaml_node n = {
		.kind = YAML_SCALAR, .style = YAML_PLAIN, .text = text, .text_len = strlen(text),
	};
	size_t len = n.text_len;

	if (!len || strchr(" \t", text[0]) || strchr(" \t", text[len - 1])) {
		return false;
	}
	if (strchr("-?:,[]{}#&*!|>'\"%@`=<~", text[0]) || text[len - 1] == ':') {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c >= 0x7f || (in_flow && strchr(",[]{}", c))) {
			return false;
		}
		if (c == ':' && (in_flow || text[i + 1] == ' ')) {
			return false;
		}
		if (c == '#' && text[i - 1] == ' ') {
			return false;
		}
	}
	return scalar_type(&n) == SCALAR_STRING;
}
