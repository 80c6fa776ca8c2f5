/* SPDX-License-Identifier: Apache-2.0 */
/* ENI arithmetic and the look-up of instance types. */
#include "core/rules/eni.h"

#include <stdio.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/rules/eni-table.h"

#define PREFIX_ADDRESSES 16 /* a /28 */
#define HOST_PODS 2         /* aws-node and kube-proxy */

const struct eni_limits *eni_table(size_t *n)
{
	static const char *const hypervisors[] = { "unknown", "nitro", "xen", "baremetal" };
	static struct eni_limits table[ENI_ROWS_MAX];
	if (eni_nrows > ENI_ROWS_MAX) {
		BUG("raise ENI_ROWS_MAX");
	}
	if (!table[0].type) {
		const char *name = eni_names;
		for (size_t i = 0; i < eni_nrows; i++, name += strlen(name) + 1) {
			const struct eni_row *r = &eni_rows[i];
			table[i] = (struct eni_limits){ .type = name, .max_enis = r->enis,
				.ips_per_eni = r->ips, .vcpus = r->vcpus,
				.prefixes = r->hypervisor == 1 || r->hypervisor == 3,
				.bare_metal = r->hypervisor == 3,
				.hypervisor = hypervisors[r->hypervisor] };
		}
	}
	*n = eni_nrows;
	return table;
}

const struct eni_limits *eni_lookup(const char *type)
{
	size_t n;
	const struct eni_limits *t = eni_table(&n);
	if (!type) {
		return NULL;
	}
	for (size_t lo = 0, hi = n; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(type, t[mid].type);
		if (!c) {
			return &t[mid];
		}
		if (c < 0) {
			hi = mid;
		} else {
			lo = mid + 1;
		}
	}
	return NULL;
}

void eni_compute(const struct eni_limits *l, const struct eni_mode *mode, struct eni_result *out)
{
	int32_t enis = l->max_enis;
	if (mode->max_eni > 0 && mode->max_eni < enis) {
		enis = mode->max_eni;
	}
	if (mode->custom_network && enis > 0) {
		enis--; /* the primary gives no addresses to pods */
	}
	*out = (struct eni_result){ .prefix_used = mode->prefix && l->prefixes, .enis = enis,
		.slots = l->ips_per_eni > 0 ? l->ips_per_eni - 1 : 0 };
	out->addresses = enis * out->slots * (out->prefix_used ? PREFIX_ADDRESSES : 1);
	out->raw = out->addresses + HOST_PODS;
	int32_t cap = l->vcpus > 30 ? 250 : 110;
	out->recommended = out->raw < cap ? out->raw : cap;
	int32_t plain = l->max_enis * out->slots + HOST_PODS;
	out->kops = plain < 110 ? plain : 110;
}

int32_t eni_blocks_needed(int64_t max_pods, int32_t host_pods, int32_t warm_prefix)
{
	int64_t ips = max_pods > host_pods ? max_pods - host_pods : 0;
	int64_t want = (ips + PREFIX_ADDRESSES - 1) / PREFIX_ADDRESSES + warm_prefix;
	int64_t most = (max_pods + PREFIX_ADDRESSES - 1) / PREFIX_ADDRESSES;
	int64_t n = want < most ? want : most;
	return n < 0 ? 0 : n > INT32_MAX ? INT32_MAX : (int32_t)n;
}

void eni_explain(const struct eni_limits *l, const struct eni_mode *mode, bool ascii, char *out,
	size_t size)
{
	struct eni_result r;
	eni_compute(l, mode, &r);
	const char *times = ascii ? "x" : "\u00d7", *minus = ascii ? "-" : "\u2212";
	char enis[32], prefixes[16] = "";
	if (r.enis == l->max_enis) {
		snprintf(enis, sizeof enis, "%d ENIs", (int)r.enis);
	} else {
		snprintf(enis, sizeof enis, "%d of %d ENIs", (int)r.enis, (int)l->max_enis);
	}
	if (r.prefix_used) {
		snprintf(prefixes, sizeof prefixes, " %s %d", times, PREFIX_ADDRESSES);
	}
	snprintf(out, size, "%s %s (%d%s1)%s + %d = %d", enis, times, (int)l->ips_per_eni, minus,
		prefixes, HOST_PODS, (int)r.raw);
}
