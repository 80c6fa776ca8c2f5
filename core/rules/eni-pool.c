/* SPDX-License-Identifier: Apache-2.0 */
/* How ipamd grows a node's pool. */
#include "core/rules/eni-pool.h"

#define BLOCK 16

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

void eni_pool_compute(const struct eni_limits *l, const struct cni_settings *cni, int32_t pods,
	int64_t max_pods, struct eni_pool *out)
{
	struct eni_result r;
	eni_compute(l, &cni->mode, &r);
	int32_t target = pool_target(cni, pods), idle = cni->mode.custom_network ? 1 : 0;
	bool stops = max_pods >= 0 && max_pods < INT32_MAX - BLOCK;
	int32_t stop = stops ? (int32_t)max_pods : INT32_MAX - BLOCK;
	*out = (struct eni_pool){ .enis = 1 };
	if (r.prefix_used) {
		int32_t want = target >= 0 ? up(target, BLOCK) :
			up(pods, BLOCK) + most(cni->warm_prefix, 0);
		/* It asks for no more once it holds max pods, and never for less than one. */
		want = least(want, most(up(stop, BLOCK), 1));
		out->prefixes = least(want, r.enis * r.slots);
		out->ips = out->prefixes * BLOCK;
		out->enis = most(up(out->prefixes, r.slots), 1) + idle;
	} else if (target >= 0) {
		out->ips = least(least(target, most(stop, 0)), r.addresses);
		out->enis = most(up(out->ips, r.slots), 1) + idle;
	} else {
		int32_t enis = most(up(pods, r.slots) + most(cni->warm_eni, 0), 1);
		enis = least(enis, most(up(least(stop, INT32_MAX / 2), r.slots), 1));
		enis = least(enis, r.enis);
		out->ips = enis * r.slots;
		out->enis = enis + idle;
	}
	out->subnet_ips = (int64_t)out->ips + out->enis;
	out->enough = out->ips >= pods;
}
