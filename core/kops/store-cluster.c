/* SPDX-License-Identifier: Apache-2.0 */
/* One cluster's files as they come out of a state store. */
#include "core/kops/store-cluster.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/spec.h"

struct store_cluster *store_cluster_new(const char *name, size_t len)
{
	struct store_cluster *c = xcalloc(1, sizeof(*c));

	c->name = xstrndup(name, len);
	c->arena = arena_new();
	return c;
}

void store_cluster_free(struct store_cluster *c)
{
	arena_free(c->arena);
	free(c->groups);
	free(c->name);
	free(c);
}

void store_cluster_take_config(struct store_cluster *c, const char *text, size_t len,
	const struct err *e)
{
	const char *version = c->spec.kops_version; /* may have come first */

	if (e && e->kind == ERR_NOT_FOUND) {
		return;
	}
	c->present = true;
	if (e) {
		c->spec = (struct cluster_spec){ .max_pods = -1, .cp_max_pods = -1 };
		c->spec.rolling.max_surge.value = -1;
		c->spec.rolling.max_unavailable.value = -1;
		c->spec.problem = arena_strdup(c->arena, e->text);
	} else {
		spec_read_cluster(text, len, c->arena, &c->spec, NULL);
	}
	c->spec.kops_version = version;
	if (c->spec.name && !str_eq(c->spec.name, c->name) && !c->spec.problem) {
		char why[512];

		/* kops refuses a cluster whose name is not its path (facts: kops part 1.4) */
		snprintf(why, sizeof(why), "metadata.name is %.200s, but it is stored as %.200s",
			c->spec.name, c->name);
		c->spec.problem = arena_strdup(c->arena, why);
	}
	c->spec.name = c->name;
}

void store_cluster_take_version(struct store_cluster *c, const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && n < 64 && (unsigned char)text[n] > ' ') {
		n++;
	}
	c->spec.kops_version = n ? arena_strndup(c->arena, text, n) : NULL;
}

void store_cluster_take_group(struct store_cluster *c, const char *file, const char *text,
	size_t len, const struct err *e)
{
	if (e && e->kind == ERR_NOT_FOUND) {
		return; /* deleted since the list was made */
	}
	c->groups = xgrow(c->groups, &c->cap, c->ngroups, sizeof(*c->groups));
	struct group_spec *g = &c->groups[c->ngroups++];
	if (e) {
		*g = (struct group_spec){ .max_pods = -1, .min_size = -1, .max_size = -1 };
		g->rolling.max_surge.value = -1;
		g->rolling.max_unavailable.value = -1;
		g->cluster = c->name;
		g->problem = arena_strdup(c->arena, e->text);
	} else {
		spec_read_group(text, len, c->name, c->arena, g, NULL);
	}
	if (!g->name) {
		g->name = arena_strdup(c->arena, file);
	}
}

static void cluster_sync_groups(const struct store_cluster *c, const struct sink *sink,
	enum obs_verb verb, const struct group_spec *group)
{
	const struct observation o = {
		.kind = OBS_GROUP, .verb = verb, .scope = c->name, .u.group = group,
	};

	sink_observe(sink, &o);
}

bool store_cluster_report(const struct store_cluster *c, const struct sink *sink)
{
	const struct observation o = {
		.kind = OBS_CLUSTER, .verb = OBS_SEEN, .u.cluster = &c->spec,
	};

	if (!c->present || c->lost) {
		return false; /* what is known of it from before stays */
	}
	sink_observe(sink, &o);
	cluster_sync_groups(c, sink, OBS_SYNC_BEGIN, NULL);
	for (size_t i = 0; i < c->ngroups; i++) {
		cluster_sync_groups(c, sink, OBS_SEEN, &c->groups[i]);
	}
	if (!c->groups_lost) {
		cluster_sync_groups(c, sink, OBS_SYNC_END, NULL);
	}
	return true;
}
