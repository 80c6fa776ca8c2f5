/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a new cluster, and the command that they make. */
#include "core/kops/create.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"
#include "core/kops/command.h"

/* From this kops 1.N on (0: always) until that one (0: still). */
struct create_flag {
	const char *flag; /* "--node-size=" */
	int since, until;
};

struct create_row {
	const char *word, *label, *choices, *usual;
	struct create_flag flags[2];
	const char *unset;
};

static const struct create_row create_rows[CREATE__COUNT] = {
	[CREATE_NAME] = { "name", "name", .flags = { { "--name=" } }, .unset = "needed" },
	[CREATE_ZONES] = { "zones", "zones", .flags = { { "--zones=" } },
		.unset = "needed" },
	[CREATE_NETWORKING] = { "networking", "networking", "amazonvpc|cilium|calico", "amazonvpc",
		{ { "--networking=" } } },
	[CREATE_PREFIX] = { "prefix-delegation", "prefix delegation", "on|off", "on" },
	[CREATE_MAX_PODS] = { "max-pods", "max pods", .usual = "110",
		.flags = { { "--set=spec.kubelet.maxPods=" } }, .unset = "formula" },
	[CREATE_CIDR] = { "network-cidr", "network CIDR", .usual = "172.20.0.0/16",
		.flags = { { "--network-cidr=" } } },
	[CREATE_KUBERNETES] = { "kubernetes-version", "Kubernetes",
		.flags = { { "--kubernetes-version=" } } },
	[CREATE_DNS] = { "dns", "DNS", "none|public|private", "none", { { "--dns=" } } },
	[CREATE_DNS_ZONE] = { "dns-zone", "hosted zone", .flags = { { "--dns-zone=" } } },
	[CREATE_CP_SIZE] = { "control-plane-size", "control plane", .usual = "t3.medium",
		.flags = { { "--control-plane-size=", 26 }, { "--master-size=", 0, 25 } } },
	[CREATE_CP_COUNT] = { "control-plane-count", "  how many", "1|3|5", "1",
		{ { "--control-plane-count=", 26 }, { "--master-count=", 0, 25 } } },
	[CREATE_CP_VOLUME] = { "control-plane-volume-size", "  volume GiB",
		.flags = { { "--control-plane-volume-size=", 26 },
			{ "--master-volume-size=", 0, 25 } } },
	[CREATE_NODE_SIZE] = { "node-size", "nodes", .usual = "t3.medium",
		.flags = { { "--node-size=" } } },
	[CREATE_NODE_COUNT] = { "node-count", "  how many", .usual = "2",
		.flags = { { "--node-count=" } } },
	[CREATE_NODE_VOLUME] = { "node-volume-size", "  volume GiB",
		.flags = { { "--node-volume-size=" } } },
	[CREATE_SSH_KEY] = { "ssh-public-key", "SSH public key",
		.flags = { { "--ssh-public-key=" } }, .unset = "none" },
	[CREATE_LABELS] = { "cloud-labels", "cloud labels", .flags = { { "--cloud-labels=" } },
		.unset = "none" },
	[CREATE_TARGET] = { "target", "target", "direct|terraform", "direct" },
	[CREATE_OUT] = { "out", "  into folder", .usual = "out/terraform",
		.flags = { { "--out=" } } },
};

/* ---- the plan -------------------------------------------------------------- */

void create_plan_init(struct create_plan *p)
{
	*p = (struct create_plan){ .kops_minor = 0 };
	for (int i = 0; i < CREATE__COUNT; i++) {
		p->v[i] = xstrdup(create_rows[i].usual ? create_rows[i].usual : "");
	}
}

void create_plan_release(struct create_plan *p)
{
	for (int i = 0; i < CREATE__COUNT; i++) {
		free(p->v[i]);
	}
	free(p->state);
	*p = (struct create_plan){ .kops_minor = 0 };
}

const char *create_get(const struct create_plan *p, enum create_field f)
{
	return p->v[f] ? p->v[f] : "";
}

void create_set(struct create_plan *p, enum create_field f, const char *text)
{
	xreplace(&p->v[f], text ? text : "");
}

bool create_is(const struct create_plan *p, enum create_field f, const char *text)
{
	return strcmp(create_get(p, f), text) == 0;
}

int create_kops_minor(const char *version)
{
	int minor;
	const char *s = version ? version : "";
	return sscanf(s + (*s == 'v'), "1.%d", &minor) == 1 && minor > 0 ? minor : 0;
}

const char *create_label(enum create_field f)
{
	return create_rows[f].label;
}

const char *create_word(enum create_field f)
{
	return create_rows[f].word;
}

const char *create_unset(enum create_field f)
{
	return create_rows[f].unset ? create_rows[f].unset : "kops' own";
}

const char *create_usual(enum create_field f)
{
	return create_rows[f].usual ? create_rows[f].usual : create_unset(f);
}

const char *create_choices(enum create_field f)
{
	return create_rows[f].choices;
}

bool create_next_choice(struct create_plan *p, enum create_field f, int by)
{
	struct strlist l = { 0 };
	size_t at = 0;
	if (!create_rows[f].choices) {
		return false;
	}
	strlist_split(&l, create_rows[f].choices, '|');
	for (size_t i = 0; i < l.n; i++) {
		at = create_is(p, f, l.v[i]) ? i : at;
	}
	MUST(l.n > 0);
	create_set(p, f, l.v[(at + (by < 0 ? l.n - 1 : 1)) % l.n]);
	strlist_release(&l);
	return true;
}

bool create_shown(const struct create_plan *p, enum create_field f)
{
	switch (f) {
	case CREATE_PREFIX:
		return create_is(p, CREATE_NETWORKING, "amazonvpc");
	case CREATE_DNS_ZONE:
		return !create_is(p, CREATE_DNS, "none");
	case CREATE_OUT:
		return create_is(p, CREATE_TARGET, "terraform");
	default:
		return true;
	}
}

/* ---- the command ------------------------------------------------------------- */

static bool create_has(const struct create_plan *p, const struct create_flag *f)
{
	int minor = p->kops_minor ? p->kops_minor : 9999;
	return f->flag && minor >= f->since && (!f->until || minor <= f->until);
}

static bool create_prefix(const struct create_plan *p)
{
	return create_shown(p, CREATE_PREFIX) && create_is(p, CREATE_PREFIX, "on");
}

/* --set takes the env of the CNI since 1.28. */
static bool create_prefix_by_set(const struct create_plan *p)
{
	return create_prefix(p) && (!p->kops_minor || p->kops_minor >= 28);
}

static void create_arg(const struct create_plan *p, enum create_field f, struct strlist *out)
{
	const char *text = create_get(p, f);
	for (size_t i = 0; *text && create_shown(p, f) && i < 2; i++) {
		if (create_has(p, &create_rows[f].flags[i])) {
			strlist_take(out, xasprintf("%s%s", create_rows[f].flags[i].flag, text));
		}
	}
}

void create_args(const struct create_plan *p, struct strlist *out)
{
	strlist_add(out, "create");
	strlist_add(out, "cluster");
	for (int f = 0; f < CREATE__COUNT; f++) {
		if (f == CREATE_TARGET && create_is(p, CREATE_TARGET, "terraform")) {
			strlist_add(out, "--target=terraform");
		}
		create_arg(p, (enum create_field)f, out);
		if (f == CREATE_NAME && !str_empty(p->state)) {
			strlist_take(out, xasprintf("--state=%s", p->state));
		}
		if (f == CREATE_NAME) {
			strlist_add(out, "--cloud=aws");
		}
		if (f == CREATE_PREFIX && create_prefix_by_set(p)) {
			strlist_add(out, "--set=spec.networking.amazonVPC.env="
				"ENABLE_PREFIX_DELEGATION=true");
		}
	}
}

const char *create_env(const struct create_plan *p)
{
	bool gated = p->kops_minor && p->kops_minor < 25;
	return gated && *create_get(p, CREATE_MAX_PODS) ? "KOPS_FEATURE_FLAGS=SpecOverrideFlag"
							: NULL;
}

/* Each word quoted; the environment and the program in front. */
static void create_words(const struct create_plan *p, struct strlist *out)
{
	struct strlist args = { 0 };
	const char *env = create_env(p);
	if (env) {
		strlist_add(out, env);
	}
	strlist_add(out, "kops");
	create_args(p, &args);
	for (size_t i = 0; i < args.n; i++) {
		struct buf b = BUF_INIT;
		kops_quote(&b, args.v[i]);
		strlist_take(out, buf_detach(&b));
	}
	strlist_release(&args);
}

char *create_command(const struct create_plan *p)
{
	struct strlist words = { 0 };
	struct buf b = BUF_INIT;
	create_words(p, &words);
	for (size_t i = 0; i < words.n; i++) {
		buf_addf(&b, "%s%s", i ? " " : "", words.v[i]);
	}
	strlist_release(&words);
	return buf_detach(&b);
}

void create_lines(const struct create_plan *p, size_t width, struct strlist *out)
{
	struct strlist words = { 0 };
	struct buf b = BUF_INIT;
	create_words(p, &words);
	for (size_t i = 0; i < words.n; i++) {
		/* the last one needs no room for " \" behind it */
		size_t room = width - (i + 1 < words.n ? 2 : 0);
		if (b.len && b.len + 1 + strlen(words.v[i]) > room) {
			buf_adds(&b, " \\");
			strlist_add(out, buf_str(&b));
			buf_clear(&b);
			buf_adds(&b, "  ");
			buf_adds(&b, words.v[i]);
		} else {
			buf_addf(&b, "%s%s", b.len ? " " : "", words.v[i]);
		}
	}
	strlist_add(out, buf_str(&b));
	buf_release(&b);
	strlist_release(&words);
}
