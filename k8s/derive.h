/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows from a thing's fields, whatever encoding they came in: both
 * decoders (JSON and protobuf) end here, so that they cannot disagree.
 */
#ifndef KOPSCOPE_K8S_DERIVE_H
#define KOPSCOPE_K8S_DERIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/model/things.h"

/* Role, group, type and zone, from the labels. */
void derive_node(struct node *n);
/* The last part of "aws:///ap-northeast-2a/i-0123"; NULL when there is none. */
const char *derive_instance(const char *provider_id);

enum pod_phase derive_phase(const char *word);
/* The controller, as the API names it, to the pod's owner; its labels must be there. */
void derive_owner(struct arena *a, const char *kind, const char *name, struct pod *out);
/* Flags that follow from other fields: critical. */
void derive_pod_flags(const struct pod_shape *shape, struct pod *out);
/* One waiting container: its reason is kept when it says more than what is there. */
void derive_waiting(const char *reason, const char *message, struct pod_trouble *out);
/* What goes without saying is left out: TCP, every address. */
struct host_port derive_host_port(int32_t port, const char *protocol, const char *ip);
/* A volume's zone and region labels as requirements; zones "a__b" are two values. */
void derive_volume_zones(struct arena *a, const struct label *v, size_t n, struct volume *out);
/* "True" is TRI_YES, NULL TRI_UNKNOWN, all else TRI_NO. */
enum tri derive_state(const char *status);

struct amount {
	int64_t cpu, memory; /* milli-CPU, bytes */
};

/*
 * As the scheduler counts (component-helpers resource.PodRequests): containers
 * run together, init containers one after another, but those that restart
 * always (sidecars) stay and are there during all later ones; pod-level
 * requests, where set, replace the sum; overhead comes on top.  Add all
 * containers, in order; then finish.
 */
struct requests {
	struct amount sum, sidecars, peak;
};
void requests_container(struct requests *r, struct amount need);
void requests_init_container(struct requests *r, struct amount need, bool sidecar);
/* The larger of the sum and the peak. */
struct amount requests_sum(const struct requests *r);
struct amount amount_add(struct amount a, struct amount b); /* capped */

#endif
