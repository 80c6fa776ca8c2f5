/* SPDX-License-Identifier: Apache-2.0 */
/* What the texts of a new cluster's fields show by themselves. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/kops/create.h"

#define OLDEST_BEHIND 5 /* kops 1.36 takes Kubernetes from 1.31 on (facts: kops 4) */

/* ---- findings ------------------------------------------------------------------ */

const char *create_level_name(enum create_level l)
{
	static const char *const names[] = {
		[CREATE_OK] = "ok", [CREATE_WARN] = "warn", [CREATE_REFUSED] = "refused",
		[CREATE_UNKNOWN] = "unknown",
	};
	return names[l];
}

void create_finding_add(struct create_findings *f, enum create_level level,
	enum create_field field, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	f->v = xgrow(f->v, &f->cap, f->n, sizeof(*f->v));
	f->v[f->n++] = (struct create_finding){ level, field, xvasprintf(fmt, ap) };
	va_end(ap);
}

void create_findings_release(struct create_findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].text);
	}
	free(f->v);
	*f = (struct create_findings){ .v = NULL };
}

bool create_refused(const struct create_findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].level == CREATE_REFUSED) {
			return true;
		}
	}
	return false;
}

void create_findings_sort(struct create_findings *f)
{
	static const int rank[] = {
		[CREATE_REFUSED] = 0, [CREATE_WARN] = 1, [CREATE_UNKNOWN] = 2, [CREATE_OK] = 3,
	};
	for (size_t i = 1; i < f->n; i++) { /* few, and their order is kept */
		struct create_finding x = f->v[i];
		size_t k = i;
		for (; k && rank[f->v[k - 1].level] > rank[x.level]; k--) {
			f->v[k] = f->v[k - 1];
		}
		f->v[k] = x;
	}
}

/* ---- small questions ------------------------------------------------------------ */

bool create_cidr(const char *text, uint32_t *base, int *bits)
{
	unsigned a, b, c, d, n;
	char end;
	if (sscanf(text, "%3u.%3u.%3u.%3u/%2u%c", &a, &b, &c, &d, &n, &end) != 5 || a > 255 ||
		b > 255 || c > 255 || d > 255 || n < 1 || n > 32) {
		return false;
	}
	uint32_t v = a << 24 | b << 16 | c << 8 | d;
	if (n < 32 && (v & (UINT32_MAX >> n))) {
		return false;
	}
	*base = v;
	*bits = (int)n;
	return true;
}

bool create_cidr_overlap(uint32_t a, int abits, uint32_t b, int bbits)
{
	int n = abits < bbits ? abits : bbits;
	uint32_t mask = n <= 0 ? 0 : UINT32_MAX << (32 - n);
	return (a & mask) == (b & mask);
}

void create_region(const char *zone, char *out, size_t n)
{
	size_t len = strlen(zone);
	bool ok = len > 2 && islower((unsigned char)zone[len - 1]) &&
		  isdigit((unsigned char)zone[len - 2]);
	snprintf(out, n, "%.*s", ok ? (int)len - 1 : 0, zone);
}

static size_t create_zones(const struct create_plan *p, struct strlist *out)
{
	if (*create_get(p, CREATE_ZONES)) {
		strlist_split(out, create_get(p, CREATE_ZONES), ',');
	}
	return out->n;
}

int create_subnet_bits(const struct create_plan *p)
{
	struct strlist zones = { 0 };
	uint32_t base;
	int bits, more = 0;
	size_t n = create_zones(p, &zones);
	strlist_release(&zones);
	if (!n || !create_cidr(create_get(p, CREATE_CIDR), &base, &bits)) {
		return -1;
	}
	/* kops before 1.27 always cut eight parts: the smaller ones are told */
	while (((size_t)1 << more) < n) {
		more++;
	}
	if (p->kops_minor && p->kops_minor < 27 && more < 3) {
		more = 3;
	}
	return bits + more;
}

int64_t create_zone_nodes(const struct create_plan *p, size_t zone, size_t zones)
{
	int64_t all;
	if (!zones) {
		return 0;
	}
	if (!str_to_i64(create_get(p, CREATE_NODE_COUNT), 0, 100000, &all)) {
		return 1;
	}
	return all / (int64_t)zones + ((int64_t)zone < all % (int64_t)zones);
}

/* ---- the checks ------------------------------------------------------------------ */

static void check_name(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	const char *s = create_get(p, f);
	size_t n = strlen(s);
	bool ok = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n && !strstr(s, "..") &&
		  !strstr(s, ".-") && !strstr(s, "-.") && n && isalnum((unsigned char)s[0]) &&
		  isalnum((unsigned char)s[n - 1]);
	if (!n) {
		create_finding_add(out, CREATE_REFUSED, f, "a name is needed: it is the cluster's "
			"DNS name, as prod.example.com");
	} else if (!ok || n > 253) {
		create_finding_add(out, CREATE_REFUSED, f, "%s is no DNS name: small letters, "
			"digits, - and . only", s);
	} else if (!strchr(s, '.')) {
		create_finding_add(out, CREATE_REFUSED, f, "kops wants a full DNS name: %s has "
			"no dot in it", s);
	} else if (str_ends(s, ".k8s.local") && !create_is(p, CREATE_DNS, "none")) {
		create_finding_add(out, CREATE_WARN, f, "a name below k8s.local means gossip: "
			"DNS %s makes no records for it", create_get(p, CREATE_DNS));
	}
}

static void check_zones(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	struct strlist zones = { 0 };
	char first[64] = "", region[64];
	if (!create_zones(p, &zones)) {
		create_finding_add(out, CREATE_REFUSED, f, "zones are needed, as "
			"ap-northeast-2a,ap-northeast-2c");
	}
	for (size_t i = 0; i < zones.n; i++) {
		create_region(zones.v[i], region, sizeof(region));
		if (!region[0]) {
			create_finding_add(out, CREATE_REFUSED, f, "%s is no zone: a region and a "
				"letter, without spaces", zones.v[i][0] ? zones.v[i] : "\"\"");
			break;
		}
		if (i && !str_eq(region, first)) {
			create_finding_add(out, CREATE_REFUSED, f, "a cluster lies in one region: "
				"%s is not in %s", zones.v[i], first);
			break;
		}
		snprintf(first, sizeof(first), "%s", region);
		for (size_t k = 0; k < i; k++) {
			if (str_eq(zones.v[k], zones.v[i])) {
				create_finding_add(out, CREATE_REFUSED, f, "%s is there twice",
					zones.v[i]);
			}
		}
	}
	if (zones.n == 1 && first[0]) {
		create_finding_add(out, CREATE_WARN, f, "one zone only: when it fails, everything "
			"does");
	}
	strlist_release(&zones);
}

static void check_choice(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	struct strlist l = { 0 };
	strlist_split(&l, create_choices(f), '|');
	if (!strlist_has(&l, create_get(p, f))) {
		create_finding_add(out, CREATE_REFUSED, f, "%s is one of %s, not %s",
			create_word(f), create_choices(f), create_get(p, f));
	}
	strlist_release(&l);
}

static void check_prefix(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	check_choice(p, f, out);
	if (create_is(p, f, "on") && p->kops_minor && p->kops_minor < 28) {
		create_finding_add(out, CREATE_REFUSED, f, "kops 1.%d cannot set the CNI's "
			"variables when it creates (1.28 can): off here, then e in Clusters "
			"before the first pods", p->kops_minor);
	}
}

static void check_max_pods(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	int64_t n;
	if (!*create_get(p, f)) {
		if (create_shown(p, CREATE_PREFIX) && create_is(p, CREATE_PREFIX, "on")) {
			create_finding_add(out, CREATE_WARN, f, "without max pods kops takes the "
				"formula of single addresses: prefix delegation alone brings no "
				"more pods");
		}
	} else if (!str_to_i64(create_get(p, f), 1, INT32_MAX, &n)) {
		create_finding_add(out, CREATE_REFUSED, f, "max pods is a number from 1, or empty "
			"for kops' formula");
	} else if (n > 110) {
		create_finding_add(out, CREATE_WARN, f, "more than 110 pods on a node is beyond "
			"what Kubernetes is tested with, on nodes below 30 vCPUs");
	}
}

static void check_cidr(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	uint32_t base;
	int bits, each = create_subnet_bits(p);
	if (!*create_get(p, f)) {
		return;
	}
	if (!create_cidr(create_get(p, f), &base, &bits)) {
		create_finding_add(out, CREATE_REFUSED, f, "%s is no network: as 172.20.0.0/16, "
			"nothing set behind its length", create_get(p, f));
	} else if (bits < 16 || bits > 28) {
		create_finding_add(out, CREATE_REFUSED, f, "a VPC has a length from /16 to /28, "
			"not /%d", bits);
	} else if (create_cidr_overlap(base, bits, 100u << 24 | 64u << 16, 10)) {
		create_finding_add(out, CREATE_REFUSED, f, "%s lies in 100.64.0.0/10, where kops "
			"puts services", create_get(p, f));
	} else if (each > 28) {
		create_finding_add(out, CREATE_REFUSED, f, "cut for these zones it leaves subnets "
			"of /%d; AWS has none below /28", each);
	}
}

static void check_kubernetes(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	const char *s = create_get(p, f);
	int minor = create_kops_minor(s), patch;
	char end;
	if (!*s) {
		return;
	}
	if (sscanf(s + (*s == 'v'), "1.%d.%d%c", &minor, &patch, &end) != 2) {
		create_finding_add(out, CREATE_REFUSED, f, "%s is no version of Kubernetes: as "
			"1.34.2", s);
	} else if (p->kops_minor && minor > p->kops_minor) {
		create_finding_add(out, CREATE_REFUSED, f, "kops 1.%d is older than Kubernetes %s: "
			"take kops 1.%d or newer", p->kops_minor, s, minor);
	} else if (p->kops_minor && minor < p->kops_minor - OLDEST_BEHIND) {
		create_finding_add(out, CREATE_REFUSED, f, "Kubernetes %s is too old for kops "
			"1.%d", s, p->kops_minor);
	}
}

static void check_dns(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	check_choice(p, f, out);
	if (create_is(p, f, "none") && p->kops_minor && p->kops_minor < 26 &&
		!str_ends(create_get(p, CREATE_NAME), ".k8s.local")) {
		create_finding_add(out, CREATE_REFUSED, f, "kops 1.%d has no --dns=none (since "
			"1.26): public, private, or a name below k8s.local", p->kops_minor);
	}
}

static void check_count(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	int64_t n;
	if (!*create_get(p, f)) {
		return;
	}
	if (!str_to_i64(create_get(p, f), 0, 5000, &n)) {
		create_finding_add(out, CREATE_REFUSED, f, "how many nodes: a number, or empty for "
			"one in each zone");
	} else if (!n) {
		create_finding_add(out, CREATE_WARN, f, "no node: validation waits for ever, as "
			"coredns has no place");
	}
}

static void check_volume(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	int64_t n;
	if (*create_get(p, f) && !str_to_i64(create_get(p, f), 8, 16384, &n)) {
		create_finding_add(out, CREATE_REFUSED, f, "a root volume has 8 to 16384 GiB; "
			"empty: kops' default");
	}
}

static void check_size(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	const char *s = create_get(p, f);
	if (!*s) {
		create_finding_add(out, CREATE_WARN, f, "%s is left to kops, which asks EC2 for "
			"reserved instances to choose by", create_word(f));
	} else if (!strchr(s, '.') || strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") !=
		strlen(s)) {
		create_finding_add(out, CREATE_REFUSED, f, "%s is no instance type: as t3.medium",
			s);
	}
}

static void check_labels(const struct create_plan *p, enum create_field f,
	struct create_findings *out)
{
	struct strlist l = { 0 };
	if (*create_get(p, f)) {
		strlist_split(&l, create_get(p, f), ',');
	}
	for (size_t i = 0; i < l.n; i++) {
		const char *eq = strchr(l.v[i], '=');
		if (!eq || eq == l.v[i] || strchr(l.v[i], '"')) {
			create_finding_add(out, CREATE_REFUSED, f, "a label is KEY=VALUE, and "
				"commas lie between them: %s is none", l.v[i]);
		} else if (str_starts(l.v[i], "aws:")) {
			create_finding_add(out, CREATE_REFUSED, f, "AWS keeps keys that begin "
				"with aws: for itself");
		}
	}
	strlist_release(&l);
}

/* No check: what EC2, the files or the store say is asked elsewhere. */
static void (*const checks[CREATE__COUNT])(const struct create_plan *p, enum create_field f,
	struct create_findings *out) = {
	[CREATE_NAME] = check_name, [CREATE_ZONES] = check_zones,
	[CREATE_NETWORKING] = check_choice, [CREATE_PREFIX] = check_prefix,
	[CREATE_MAX_PODS] = check_max_pods, [CREATE_CIDR] = check_cidr,
	[CREATE_KUBERNETES] = check_kubernetes, [CREATE_DNS] = check_dns,
	[CREATE_CP_SIZE] = check_size, [CREATE_CP_COUNT] = check_choice,
	[CREATE_CP_VOLUME] = check_volume, [CREATE_NODE_SIZE] = check_size,
	[CREATE_NODE_COUNT] = check_count, [CREATE_NODE_VOLUME] = check_volume,
	[CREATE_LABELS] = check_labels, [CREATE_TARGET] = check_choice,
};

void create_check(const struct create_plan *p, struct create_findings *out)
{
	for (int f = 0; f < CREATE__COUNT; f++) {
		if (checks[f] && create_shown(p, (enum create_field)f)) {
			checks[f](p, (enum create_field)f, out);
		}
	}
	if (str_empty(p->state)) {
		create_finding_add(out, CREATE_REFUSED, CREATE__COUNT, "no state store: --state or "
			"KOPS_STATE_STORE");
	}
}
