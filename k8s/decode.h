/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects of the Kubernetes API, in JSON or in protobuf, to the structs of
 * core/model/things.h: one element of a list, or one event of a watch, at a
 * time.  Everything a decoder gives points into the decoder and is valid until
 * its next call.
 */
#ifndef KOPSCOPE_K8S_DECODE_H
#define KOPSCOPE_K8S_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/model/model.h"
#include "core/model/things.h"

struct decoder;

/* What a resource's elements are.  A pod's shape lies beside it. */
struct element {
	enum obs_kind kind; /* OBS_SERVER: a Namespace */
	const char *resource_version;
	union {
		struct node node;
		struct deployment deployment;
		struct daemonset daemonset;
		struct pdb pdb;
		struct event event;
		struct claim claim;
		struct volume volume;
		struct storage_class storage_class;
		struct {
			struct pod pod;
			struct pod_trouble trouble;
			struct pod_shape shape;
		} pod;
		struct {
			const char *name;
			const char *cni_addon_hash; /* as in struct kube_server */
			struct addon_applied *addons;
			size_t naddons;
		} ns;
	} u;
};
/* The observation's pointer to it, ready for a sink; NULL u for a Namespace. */
void element_observation(const struct element *el, enum obs_verb verb, struct observation *out);

enum watch_type { WATCH_ADDED, WATCH_MODIFIED, WATCH_DELETED, WATCH_BOOKMARK, WATCH_ERROR };

struct decoder *decoder_new(void);
void decoder_free(struct decoder *d);
size_t decoder_bytes(const struct decoder *d); /* scratch held */

/* kind: OBS_NODE, _POD, _DEPLOYMENT, _DAEMONSET, _PDB, _EVENT, _CLAIM, _VOLUME,
   _STORAGE_CLASS or _SERVER. */
bool decode_element(struct decoder *d, enum obs_kind kind, const char *text, size_t len,
	struct element *out, struct err *e);

/*
 * One event of a watch.  A BOOKMARK sets resource_version only; an ERROR sets
 * *code and, in e, its words, and is no failure of this function.
 */
bool decode_watch(struct decoder *d, enum obs_kind kind, const char *text, size_t len,
	enum watch_type *type, struct element *out, int *code, struct err *e);

#endif
