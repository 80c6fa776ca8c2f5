/* SPDX-License-Identifier: Apache-2.0 */
/* How ipamd grows a node's pool. */
#include "core/rules/eni-pool.h"

#define BLOCK 16
#define NEVER (INT32_MAX / 2) /* far enough from the end to be rounded up */

static int32_t up(int32_t v, int32_t by)
{
	return by > 0 ? (v + by - 1) / by : 0;
}

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t most(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* Addresses that the targets ask for; -1: there are none. */
static int32_t pool_target(const struct cni_settings *cni, int32_t pods)
{
	if (cni->warm_ip <= 0 && cni->minimum_ip <= 0) {
		return -1;
	}
	if (cni->warm_ip <= 0) {
		return cni->minimum_ip; /* the trap: nothing makes it grow past that */
	}
	return most(cni->minimum_ip, pods + cni->warm_ip);
}

/* ipamd stops at max pods, but its first request is made whole. */
static int32_t pool_bounded(int32_t want, int32_t first, int32_t stop)
{
	return most(least(want, stop), first);
}

static int32_t pool_prefixes(const struct cni_settings *cni, int32_t target, int32_t pods,
	int32_t stop)
{
	/* No spare ones: it asks when the last address is taken, at the start too. */
	int32_t want = target >= 0 ? up(target, BLOCK) : cni->warm_prefix > 0 ?
		up(pods, BLOCK) + cni->warm_prefix : pods / BLOCK + 1;
	int32_t first = target >= 0 ? up(pool_target(cni, 0), BLOCK) : cni->warm_prefix;
	return pool_bounded(want, most(first, 1), up(stop, BLOCK));
}

static int32_t pool_enis(const struct cni_settings *cni, int32_t slots, int32_t pods,
	int32_t stop)
{
	int32_t want = cni->warm_eni > 0 ? up(pods, slots) + cni->warm_eni :
		slots > 0 ? pods / slots + 1 : 1;
	return pool_bounded(want, 1, up(stop, slots));
}

void eni_pool_compute(const struct eni_limits *l, const struct cni_settings *cni, int32_t pods,
	int64_t max_pods, struct eni_pool *out)
{
	struct eni_result r;
	eni_compute(l, &cni->mode, &r);
	int32_t target = pool_target(cni, pods), idle = cni->mode.custom_network ? 1 : 0;
	bool stops = max_pods >= 0 && max_pods < NEVER;
	int32_t stop = stops ? (int32_t)max_pods : NEVER;
	*out = (struct eni_pool){ .enis = 1 };
	if (r.prefix_used) {
		out->prefixes = least(pool_prefixes(cni, target, pods, stop), r.enis * r.slots);
		out->ips = out->prefixes * BLOCK;
		out->enis = most(up(out->prefixes, r.slots), 1) + idle;
	} else if (target >= 0) {
		out->ips = least(pool_bounded(target, pool_target(cni, 0), stop), r.addresses);
		out->enis = most(up(out->ips, r.slots), 1) + idle;
	} else {
		int32_t enis = least(pool_enis(cni, r.slots, pods, stop), r.enis);
		out->ips = enis * r.slots;
		out->enis = enis + idle;
	}
	out->subnet_ips = (int64_t)out->ips + out->enis;
	out->enough = out->ips >= pods;
}

/* One step of growth: what fits on the interfaces that are there is one request, each new one
   comes with its own addresses. */
static void growth_step(const struct eni_pool *was, const struct eni_pool *is, int32_t per_eni,
	struct eni_growth *g)
{
	int32_t fresh = is->enis - was->enis, idle = was->enis * per_eni - was->ips;
	g->grows++;
	g->attached += fresh;
	g->calls += 3 * fresh + (idle > 0 || fresh == 0);
}

void eni_pool_growth(const struct eni_limits *l, const struct cni_settings *cni, int32_t pods,
	int64_t max_pods, struct eni_growth *out)
{
	struct eni_result r;
	eni_compute(l, &cni->mode, &r);
	int32_t per_eni = r.slots * (r.prefix_used ? BLOCK : 1);
	int64_t unused = 0;
	/* a new node: the primary interface, without addresses for pods */
	struct eni_pool was = { .enis = 1 }, is;
	*out = (struct eni_growth){ 0 };
	for (int32_t p = 0; p <= pods; p++) {
		eni_pool_compute(l, cni, p, max_pods, &is);
		if (is.ips > was.ips) {
			growth_step(&was, &is, per_eni, out);
		}
		int32_t spare = is.ips > p ? is.ips - p : 0;
		out->most_unused = most(out->most_unused, spare);
		unused += spare;
		was = is;
	}
	out->mean_unused = pods < 0 ? 0 : (int32_t)((unused + (pods + 1) / 2) / (pods + 1));
}
