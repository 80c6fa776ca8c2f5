/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from the world's answers for a cluster that is to be created. */
#include "tui/create-judge.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/xalloc.h"
#include "core/rules/eni.h"

#define RESERVED_BLOCKS 2 /* the first and the last /28 hold what AWS keeps (facts: vpc-cni 2) */

struct judge {
	const struct create_world *w;
	const struct create_plan *p;
	struct create_findings *out;
	struct strlist zones; /* of the plan */
};

#define SAY(j, ...) create_finding_add((j)->out, __VA_ARGS__)

/* The answer, or NULL after a word about why there is none. */
static const struct create_answer *judge_answer(struct judge *j, enum create_ask ask,
	enum create_field field, const char *what)
{
	const struct create_answer *a = j->w->a[ask];
	if (a->state == ANSWER_NONE) {
		return NULL;
	}
	if (a->state == ANSWER_ASKED) {
		SAY(j, CREATE_UNKNOWN, field, "%s: being asked", what);
		return NULL;
	}
	if (err_is_set(&a->err) && a->err.kind != ERR_NOT_FOUND && a->err.kind != ERR_DENIED) {
		SAY(j, CREATE_UNKNOWN, field, "%s: %s", what, a->err.text);
		return NULL;
	}
	return a;
}

/* ---- kops, the store ---- */

static void judge_kops(struct judge *j)
{
	if (!j->w->kops_known) {
		SAY(j, CREATE_UNKNOWN, CREATE__COUNT, "the version of kops: being asked");
	} else if (j->w->kops[0]) {
		SAY(j, CREATE_OK, CREATE__COUNT, "the command is for the kops here, %s",
			j->w->kops);
	} else if (j->w->kops_err && j->w->kops_err->kind == ERR_NOT_FOUND) {
		SAY(j, CREATE_REFUSED, CREATE__COUNT, "%s: install it, or copy the command to "
			"where it is", j->w->kops_err->text);
	} else {
		SAY(j, CREATE_UNKNOWN, CREATE__COUNT, "the version of kops is not known: the "
			"command is for 1.36");
	}
}

static void judge_store(struct judge *j)
{
	const struct create_answer *a;
	const char *name = create_get(j->p, CREATE_NAME);
	if (*name && model_cluster(j->w->model, name)) {
		SAY(j, CREATE_REFUSED, CREATE_NAME, "%s is in the state store already", name);
	}
	if (j->w->state && !str_starts(j->w->state, "s3://")) {
		SAY(j, CREATE_WARN, CREATE__COUNT, "the state store is a folder: good for a dry "
			"run, but nodes cannot read it; AWS is not asked");
	}
	a = judge_answer(j, CREATE_ASK_BUCKET, CREATE__COUNT, "the state bucket");
	if (a && a->err.kind == ERR_NOT_FOUND) {
		SAY(j, CREATE_REFUSED, CREATE__COUNT, "%s is not there: aws s3 mb %s makes it",
			j->w->state, j->w->state);
		return;
	}
	if (a && a->err.kind == ERR_DENIED) {
		SAY(j, CREATE_REFUSED, CREATE__COUNT, "%s may not be read by you", j->w->state);
		return;
	}
	if (a) {
		SAY(j, CREATE_OK, CREATE__COUNT, "the state bucket is there");
	}
	a = judge_answer(j, CREATE_ASK_VERSIONED, CREATE__COUNT, "the bucket's versioning");
	if (a && err_is_set(&a->err)) {
		SAY(j, CREATE_UNKNOWN, CREATE__COUNT, "the bucket's versioning: %s", a->err.text);
	} else if (a && a->items.n && str_eq(a->items.v[0], "Enabled")) {
		SAY(j, CREATE_OK, CREATE__COUNT, "the bucket keeps versions");
	} else if (a) {
		SAY(j, CREATE_WARN, CREATE__COUNT, "the bucket keeps no versions: a spec that was "
			"spoilt or deleted is gone");
	}
	a = judge_answer(j, CREATE_ASK_WRITABLE, CREATE__COUNT, "writing to the bucket");
	if (a && err_is_set(&a->err)) {
		SAY(j, CREATE_REFUSED, CREATE__COUNT, "you may not write to the bucket: %s",
			a->err.text);
	} else if (a) {
		SAY(j, CREATE_OK, CREATE__COUNT, "you may write to the bucket (probed by a write "
			"that cannot succeed)");
	}
}

/* ---- the network ---- */

static void judge_cidr(struct judge *j)
{
	uint32_t base, other;
	int bits, obits;
	bool clear = true;
	const char *cidr = create_get(j->p, CREATE_CIDR);
	const struct create_answer *a = judge_answer(j, CREATE_ASK_VPCS, CREATE_CIDR,
		"the networks that there are");
	if (!a || !create_cidr(*cidr ? cidr : "172.20.0.0/16", &base, &bits)) {
		return;
	}
	if (err_is_set(&a->err)) {
		SAY(j, CREATE_UNKNOWN, CREATE_CIDR, "the networks that there are: %s", a->err.text);
		return;
	}
	for (size_t i = 0; i < a->items.n; i++) {
		const char *space = strchr(a->items.v[i], ' ');
		if (space && create_cidr(space + 1, &other, &obits) &&
			create_cidr_overlap(base, bits, other, obits)) {
			SAY(j, CREATE_WARN, CREATE_CIDR, "%s overlaps %s: the two can never be "
				"peered or share a VPN", cidr, a->items.v[i]);
			clear = false;
		}
	}
	if (clear) {
		SAY(j, CREATE_OK, CREATE_CIDR, "%s overlaps no network of the region (%zu looked "
			"at)", *cidr ? cidr : "172.20.0.0/16", a->items.n);
	}
}

/* The most nodes of one zone, which its subnet must hold. */
static int64_t judge_most_nodes(const struct judge *j)
{
	int64_t cp = 1;
	str_to_i64(create_get(j->p, CREATE_CP_COUNT), 1, 99, &cp);
	return create_zone_nodes(j->p, 0, j->zones.n) + (cp > (int64_t)j->zones.n ? cp : 1);
}

static void judge_room(struct judge *j)
{
	const struct eni_limits *type = eni_lookup(create_get(j->p, CREATE_NODE_SIZE));
	int bits = create_subnet_bits(j->p);
	int64_t pods = 110, nodes = judge_most_nodes(j), need, room;
	if (bits < 0 || bits > 28 || !create_is(j->p, CREATE_NETWORKING, "amazonvpc")) {
		return;
	}
	if (!str_to_i64(create_get(j->p, CREATE_MAX_PODS), 1, 5000, &pods) && type) {
		struct eni_result r;
		eni_compute(type, &(struct eni_mode){ .prefix = false }, &r);
		pods = r.kops;
	}
	if (create_is(j->p, CREATE_PREFIX, "on")) {
		need = nodes * eni_blocks_needed(pods, 0, 1);
		room = ((int64_t)1 << (28 - bits)) - RESERVED_BLOCKS;
		SAY(j, need > room ? CREATE_REFUSED : CREATE_OK, CREATE_CIDR, "%lld node%s of %lld "
			"pods in a zone hold %lld blocks of /28; its subnet, a /%d, has %lld",
			(long long)nodes, nodes == 1 ? "" : "s", (long long)pods, (long long)need,
			bits, (long long)(room < 0 ? 0 : room));
		return;
	}
	need = nodes * (pods + 1);
	room = ((int64_t)1 << (32 - bits)) - 5;
	SAY(j, need > room ? CREATE_REFUSED : CREATE_OK, CREATE_CIDR, "%lld node%s of %lld pods in "
		"a zone need %lld addresses; its subnet, a /%d, has %lld", (long long)nodes,
		nodes == 1 ? "" : "s", (long long)pods, (long long)need, bits, (long long)room);
}

/* ---- zones and types ---- */

static void judge_zones(struct judge *j)
{
	const struct create_answer *a = judge_answer(j, CREATE_ASK_ZONES, CREATE_ZONES,
		"the region's zones");
	bool all = j->zones.n > 0;
	for (size_t i = 0; a && !err_is_set(&a->err) && i < j->zones.n; i++) {
		if (!strlist_has(&a->items, j->zones.v[i])) {
			SAY(j, CREATE_REFUSED, CREATE_ZONES, "the account has no zone %s",
				j->zones.v[i]);
			all = false;
		}
	}
	if (a && err_is_set(&a->err)) {
		SAY(j, CREATE_UNKNOWN, CREATE_ZONES, "the region's zones: %s", a->err.text);
	} else if (a && all) {
		SAY(j, CREATE_OK, CREATE_ZONES, "the account has %s",
			j->zones.n == 1 ? "the zone" : "all these zones");
	}
}

static void judge_offered(struct judge *j, enum create_ask ask, enum create_field f, size_t zones)
{
	const char *type = create_get(j->p, f);
	const struct create_answer *a = judge_answer(j, ask, f, type);
	bool all = true;
	if (!a) {
		return;
	}
	if (err_is_set(&a->err)) {
		SAY(j, CREATE_UNKNOWN, f, "%s: %s", type, a->err.text);
		return;
	}
	for (size_t i = 0; i < j->zones.n && i < zones; i++) {
		if (!strlist_has(&a->items, j->zones.v[i])) {
			SAY(j, CREATE_REFUSED, f, a->items.n ? "%s is not offered in %s"
				: "there is no type %s, not in %s", type, j->zones.v[i]);
			all = false;
		}
	}
	if (all) {
		SAY(j, CREATE_OK, f, "%s is offered where the %s", type,
			f == CREATE_NODE_SIZE ? "nodes go" : "control plane goes");
	}
}

static void judge_density(struct judge *j)
{
	const char *name = create_get(j->p, CREATE_NODE_SIZE);
	const struct eni_limits *type = eni_lookup(name);
	bool prefix = create_is(j->p, CREATE_PREFIX, "on");
	struct eni_result r;
	int64_t pods;
	if (!create_is(j->p, CREATE_NETWORKING, "amazonvpc") || !*name) {
		return;
	}
	if (!type) {
		SAY(j, CREATE_UNKNOWN, CREATE_NODE_SIZE, "how many pods a %s holds: it is not in "
			"the CNI's table", name);
		return;
	}
	if (prefix && !type->prefixes) {
		SAY(j, CREATE_REFUSED, CREATE_NODE_SIZE, "%s takes no prefixes (it is no Nitro "
			"type): another type, or prefix delegation off", name);
		return;
	}
	eni_compute(type, &(struct eni_mode){ .prefix = prefix }, &r);
	if (!str_to_i64(create_get(j->p, CREATE_MAX_PODS), 1, INT32_MAX, &pods)) {
		SAY(j, CREATE_OK, CREATE_MAX_PODS, "kops sets max pods by its formula: %d on a %s",
			(int)r.kops, name);
	} else if (pods > r.raw) {
		SAY(j, CREATE_REFUSED, CREATE_MAX_PODS, "a %s has addresses for %d pods%s, not for "
			"%lld: the others would wait for one for ever", name, (int)r.raw,
			prefix ? "" : " without prefixes", (long long)pods);
	} else {
		SAY(j, CREATE_OK, CREATE_MAX_PODS, "a %s has addresses for %d pods%s", name,
			(int)r.raw, prefix ? " with prefixes" : "");
	}
}

/* ---- names, permissions, the key ---- */

static bool zone_holds(const char *zone, size_t z, const char *name)
{
	size_t n = strlen(name);
	z -= z && zone[z - 1] == '.';
	return z && z <= n && !strncmp(name + n - z, zone, z) && (z == n || name[n - z - 1] == '.');
}

static void judge_dns(struct judge *j)
{
	const char *name = create_get(j->p, CREATE_NAME), *want = create_get(j->p, CREATE_DNS);
	const struct create_answer *a = judge_answer(j, CREATE_ASK_HOSTED, CREATE_DNS,
		"Route 53's zones");
	const char *best = NULL;
	size_t len = 0;
	if (create_is(j->p, CREATE_DNS, "none")) {
		SAY(j, CREATE_OK, CREATE_DNS, "without DNS: the API is reached by its load "
			"balancer");
		return;
	}
	if (a && err_is_set(&a->err)) {
		SAY(j, CREATE_UNKNOWN, CREATE_DNS, "Route 53's zones: %s", a->err.text);
		return;
	}
	for (size_t i = 0; a && i < a->items.n; i++) {
		const char *space = strchr(a->items.v[i], ' ');
		size_t n = space ? (size_t)(space - a->items.v[i]) : 0;
		if (n > len && str_eq(space + 1, want) && zone_holds(a->items.v[i], n, name)) {
			best = a->items.v[i];
			len = n;
		}
	}
	if (a && !best) {
		SAY(j, CREATE_REFUSED, CREATE_DNS, "Route 53 has no %s zone that %s lies in", want,
			*name ? name : "the name");
	} else if (best && str_eq(want, "public")) {
		SAY(j, CREATE_OK, CREATE_DNS, "Route 53 has the zone %.*s", (int)len, best);
		SAY(j, CREATE_UNKNOWN, CREATE_DNS, "whether %.*s is delegated to it: no name "
			"server is asked here; dig NS %.*s tells", (int)len, best, (int)len, best);
	} else if (best) {
		SAY(j, CREATE_OK, CREATE_DNS, "Route 53 has the private zone %.*s: it needs no "
			"delegation", (int)len, best);
	}
}

static void judge_may(struct judge *j)
{
	static const char *const names[] = { "CreateVpc", "CreateInternetGateway", "CreateVolume",
		"CreateLaunchTemplate" };
	size_t may = 0, asked = 0;
	for (int i = 0; i < 4; i++) {
		const struct create_answer *a = j->w->a[CREATE_ASK_MAY + i];
		asked += a->state != ANSWER_NONE;
		a = judge_answer(j, (enum create_ask)(CREATE_ASK_MAY + i), CREATE__COUNT, names[i]);
		if (a && err_is_set(&a->err)) {
			SAY(j, a->err.kind == ERR_DENIED ? CREATE_REFUSED : CREATE_UNKNOWN,
				CREATE__COUNT, "%s%s", a->err.kind == ERR_DENIED
				? "you may not do what kops needs: ec2:" : "ec2:", names[i]);
		} else if (a) {
			may++;
		}
	}
	if (may == 4) {
		SAY(j, CREATE_OK, CREATE__COUNT, "EC2 lets you make networks, gateways, volumes "
			"and templates (dry runs)");
	}
	if (asked) {
		SAY(j, CREATE_UNKNOWN, CREATE__COUNT, "IAM and Auto Scaling answer no dry run: "
			"whether you may make roles and groups shows when kops does");
	}
}

static void judge_key(struct judge *j)
{
	const char *path = create_get(j->p, CREATE_SSH_KEY);
	char *full = file_expand_home(path);
	struct buf text;
	struct err e = ERR_INIT;
	buf_init(&text, 65536);
	if (!*path) {
		SAY(j, CREATE_OK, CREATE_SSH_KEY, "no SSH key: nobody logs in to the nodes by one");
	} else if (!file_read(full, &text, &e)) {
		SAY(j, CREATE_REFUSED, CREATE_SSH_KEY, "the SSH key cannot be read: %s", e.text);
	} else if (strstr(buf_str(&text), "PRIVATE KEY")) {
		SAY(j, CREATE_REFUSED, CREATE_SSH_KEY, "%s is a private key: its public half ends "
			"in .pub", path);
	} else if (!str_starts(buf_str(&text), "ssh-") && !str_starts(buf_str(&text), "ecdsa-")) {
		SAY(j, CREATE_WARN, CREATE_SSH_KEY, "%s does not begin as a public key does", path);
	} else {
		SAY(j, CREATE_OK, CREATE_SSH_KEY, "the SSH key can be read");
	}
	buf_release(&text);
	free(full);
}

void create_judge(const struct create_world *w, const struct create_plan *p,
	struct create_findings *out)
{
	struct judge j = { .w = w, .p = p, .out = out };
	int64_t cp = 1;
	if (*create_get(p, CREATE_ZONES)) {
		strlist_split(&j.zones, create_get(p, CREATE_ZONES), ',');
		strlist_sort(&j.zones);
	}
	str_to_i64(create_get(p, CREATE_CP_COUNT), 1, 99, &cp);
	judge_kops(&j);
	judge_store(&j);
	judge_zones(&j);
	judge_cidr(&j);
	judge_room(&j);
	judge_offered(&j, CREATE_ASK_CP_TYPE, CREATE_CP_SIZE, (size_t)cp);
	judge_offered(&j, CREATE_ASK_NODE_TYPE, CREATE_NODE_SIZE, j.zones.n);
	judge_density(&j);
	judge_dns(&j);
	judge_may(&j);
	judge_key(&j);
	strlist_release(&j.zones);
}
