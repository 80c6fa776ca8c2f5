/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Own verdicts against a real scheduler's words, for tests/real/scheduler.sh:
 * sched-check FILE...
 *
 * A file holds {nodes: [...], pods: [...], probes: [...]} as the API gave them;
 * a probe is a pod as it was after the scheduler had looked at it alone.  Each
 * verdict that differs is one line; the last line counts.  Exit: 0 all agree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/model/model.h"
#include "core/rules/fit/peers.h"
#include "core/rules/fit.h"
#include "core/rules/reason.h"
#include "k8s/decode-parts.h"
#include "k8s/decode.h"

enum { COUNT_CPU = REASON__COUNT, COUNT_MEMORY, COUNTS };

static struct {
	size_t probes, agreed, bound, nodes;
	size_t seen[COUNTS]; /* nodes refused for that, over all probes */
} total;

static const char *count_name(int k)
{
	return k == COUNT_CPU ? "insufficient cpu" : k == COUNT_MEMORY ? "insufficient memory" :
		reason_kind_name((enum reason_kind)k);
}

static void apply(struct model *m, enum obs_kind kind, const void *thing)
{
	struct observation o = { .kind = kind, .verb = OBS_SEEN, .u.pod = thing };
	model_apply(m, &o);
}

static void load(struct model *m, struct arena *a, const json_t *cluster)
{
	size_t i;
	json_t *j;
	struct kube_server server = { .version = json_str(cluster, "version.gitVersion") };
	apply(m, OBS_SERVER, &server);
	json_array_foreach(json_path(cluster, "claims"), i, j) {
		struct claim c;
		decode_claim(a, j, &c);
		apply(m, OBS_CLAIM, &c);
	}
	json_array_foreach(json_path(cluster, "volumes"), i, j) {
		struct volume v;
		decode_volume(a, j, &v);
		apply(m, OBS_VOLUME, &v);
	}
	json_array_foreach(json_path(cluster, "nodes"), i, j) {
		struct node n;
		decode_node(a, j, &n);
		apply(m, OBS_NODE, &n);
	}
	json_array_foreach(json_path(cluster, "pods"), i, j) {
		struct pod p;
		struct pod_shape s;
		struct pod_trouble w;
		decode_pod(a, j, &p, &s, &w);
		p.shape = &s;
		apply(m, OBS_POD, &p);
	}
}

/* What we say of every node; *fits: of the node that was chosen (name NULL: of any). */
static void own_counts(const struct model *m, const struct pod *p, const char *name,
	int counts[COUNTS], bool *fits)
{
	struct fit_peers peers;
	size_t n;
	const struct m_node *const *nodes = model_nodes(m, &n);
	fit_peers_init(&peers, m, p);
	memset(counts, 0, COUNTS * sizeof *counts);
	*fits = false;
	for (size_t i = 0; i < n; i++) {
		struct fit f;
		fit_judge(p->shape, nodes[i], &peers, &f);
		if (f.fits) {
			*fits |= !name || str_eq(name, nodes[i]->node.name);
		} else if (f.no_slot || f.no_cpu || f.no_memory) {
			counts[REASON_TOO_MANY_PODS] += f.no_slot;
			counts[COUNT_CPU] += f.no_cpu;
			counts[COUNT_MEMORY] += f.no_memory;
		} else {
			counts[f.kind]++;
		}
	}
	total.nodes = n;
	fit_peers_release(&peers);
}

static void said_counts(const struct reasons *r, int counts[COUNTS])
{
	memset(counts, 0, COUNTS * sizeof *counts);
	for (size_t i = 0; i < r->main.n; i++) {
		const struct reason *e = &r->main.v[i];
		int at = e->kind != REASON_INSUFFICIENT ? (int)e->kind :
			str_eq(e->resource, "cpu") ? COUNT_CPU : COUNT_MEMORY;
		/* 1.20 writes this beside the one that tells which, for the same node. */
		if (e->kind != REASON_POD_AFFINITY_OR_ANTI) {
			counts[at] += e->count;
		}
	}
}

static bool probe_check(const struct model *m, const char *file, const struct pod *p)
{
	int own[COUNTS], said[COUNTS];
	bool fits, same = true;
	own_counts(m, p, p->node, own, &fits);
	if (p->node || !p->trouble->sched_message) {
		total.bound += p->node != NULL;
		if (!fits || !p->node) {
			printf("%s %s: %s\n", file, p->name, p->node ?
				"was bound where we say that it does not fit" : "was not judged");
		}
		return fits && p->node;
	}
	struct reasons r;
	reasons_parse(p->trouble->sched_message, &r);
	said_counts(&r, said);
	same = !fits && (size_t)r.main.total == total.nodes;
	for (int k = 0; k < COUNTS; k++) {
		same &= own[k] == said[k];
		total.seen[k] += (size_t)(said[k] > 0 ? said[k] : 0);
	}
	if (!same) {
		printf("%s %s: \"%s\", and we say", file, p->name, p->trouble->sched_message);
		for (int k = 0; k < COUNTS; k++) {
			if (own[k]) {
				printf(" %d %s,", own[k], count_name(k));
			}
		}
		printf(" fits %d\n", fits);
	}
	reasons_release(&r);
	return same;
}

static bool file_check(const char *path)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct clock clock;
	struct clock_fake fake = { .wall = 1 };
	if (!file_read(path, &text, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return false;
	}
	json_auto_t *cluster = json_parse(text.data, text.len, &e);
	if (!cluster) {
		fprintf(stderr, "%s: %s\n", path, e.text);
		return false;
	}
	clock_fake(&clock, &fake);
	struct model *m = model_new(&clock);
	struct arena *a = arena_new();
	model_open_cluster(m, "x");
	load(m, a, cluster);
	size_t i;
	json_t *j;
	json_array_foreach(json_path(cluster, "probes"), i, j) {
		struct pod p;
		struct pod_shape s;
		struct pod_trouble w;
		decode_pod(a, j, &p, &s, &w);
		p.shape = &s;
		total.probes++;
		total.agreed += probe_check(m, path, &p);
	}
	arena_free(a);
	model_free(m);
	buf_release(&text);
	return true;
}

int main(int argc, char **argv)
{
	bool ok = argc > 1;
	for (int i = 1; i < argc; i++) {
		ok &= file_check(argv[i]);
	}
	for (int k = 0; k < COUNTS; k++) {
		if (total.seen[k]) {
			printf("nodes refused for %s: %zu\n", count_name(k), total.seen[k]);
		}
	}
	printf("%zu of %zu verdicts agree, %zu of them bound\n", total.agreed, total.probes,
		total.bound);
	return ok && total.probes && total.agreed == total.probes ? 0 : 1;
}
