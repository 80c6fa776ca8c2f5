/* SPDX-License-Identifier: Apache-2.0 */
/* Subnets and the addresses they give: one byte per address says whether it is taken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/world/parts.h"

#define BLOCK 16 /* addresses of a /28 */

static uint32_t subnet_size(const struct lab_subnet *s)
{
	return 1u << (32 - s->bits);
}

struct lab_subnet *lab_subnet_add(struct world *w, const char *zone, const char *cidr)
{
	unsigned a, b, c, d, bits;
	struct lab_subnet *s = xcalloc(1, sizeof(*s));
	s->id = world_id(w, "subnet-");
	s->name = xstrdup(zone);
	s->zone = xstrdup(zone);
	s->cidr = xstrdup(cidr);
	if (sscanf(cidr, "%u.%u.%u.%u/%u", &a, &b, &c, &d, &bits) == 5) {
		s->base = a << 24 | b << 16 | c << 8 | d;
		s->bits = (int)bits;
	}
	uint32_t size = subnet_size(s);
	s->used = xcalloc(size, 1);
	memset(s->used, 1, 4); /* network, router, DNS, reserved */
	s->used[size - 1] = 1; /* broadcast */
	w->subnets = xgrow(w->subnets, &w->cap_subnets, w->n_subnets, sizeof(struct lab_subnet *));
	w->subnets[w->n_subnets++] = s;
	return s;
}

struct lab_subnet *lab_subnet_find(struct world *w, const char *id_or_zone)
{
	for (size_t i = 0; i < w->n_subnets; i++) {
		if (str_eq(w->subnets[i]->id, id_or_zone) || str_eq(w->subnets[i]->zone,
			id_or_zone))
			return w->subnets[i];
	}
	return NULL;
}

/* Single addresses from the bottom, so that they do not break up the /28s further up. */
uint32_t lab_subnet_take(struct world *w, struct lab_subnet *s)
{
	for (uint32_t i = 0; i < subnet_size(s); i++) {
		if (s->used[i])
			continue;
		s->used[i] = 1;
		return s->base + i;
	}
	return 0;
}

uint32_t lab_subnet_take_prefix(struct world *w, struct lab_subnet *s)
{
	static const unsigned char none[BLOCK];
	uint32_t blocks = subnet_size(s) / BLOCK;
	uint32_t from = blocks / 2;
	for (uint32_t k = 0; k < blocks; k++) {
		unsigned char *p = s->used + (size_t)((from + k) % blocks) * BLOCK;
		if (memcmp(p, none, BLOCK) != 0)
			continue;
		memset(p, 1, BLOCK);
		return s->base + (uint32_t)(p - s->used);
	}
	return 0;
}

void lab_subnet_give_back(struct lab_subnet *s, uint32_t address, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		s->used[address - s->base + i] = 0;
}

uint32_t lab_subnet_available(const struct lab_subnet *s)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < subnet_size(s); i++)
		n += !s->used[i];
	return n;
}

char *lab_ip_text(uint32_t a)
{
	return xasprintf("%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

struct lab_eni *lab_eni_attach(struct world *w, struct lab_instance *i)
{
	uint32_t ip = lab_subnet_take(w, i->subnet);
	if (!ip)
		return NULL;
	struct lab_eni *e = xcalloc(1, sizeof(*e));
	e->id = world_id(w, "eni-");
	e->primary = ip;
	i->enis = xrealloc(i->enis, (i->n_enis + 1) * sizeof(struct lab_eni *));
	i->enis[i->n_enis++] = e;
	return e;
}
