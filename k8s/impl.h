/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share about one connection; nobody else includes it. */
#ifndef KOPSCOPE_K8S_IMPL_H
#define KOPSCOPE_K8S_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/io/loop.h"
#include "core/model/source.h"
#include "k8s/client.h"
#include "k8s/kubeconfig.h"

struct k8s_source;

/* What one SelfSubjectAccessReview said. */
struct review {
	enum tri allowed;
	char why[256];
};

struct k8s {
	struct kube kube; /* first: k8s_kube() gives it out */
	struct loop *loop;
	struct kube_conn conn;
	char *kubeconfig; /* as in the options */
	struct kube_client *client;
	struct review reviews[KUBE_VERB__COUNT];
	const char *eviction_version; /* "policy/v1"; NULL: not asked yet */
	struct k8s_source *source;    /* NULL: none */
};

extern const struct kube_ops k8s_verbs;
struct k8s *k8s_of(struct kube *k);

/* Asks what we may do; the answers go to reviews. */
void k8s_review(struct k8s *k);

/* "/api/v1/namespaces/NS/..." with each part encoded; end with NULL.  Owned by the caller. */
char *k8s_path(const char *first, ...) __attribute__((sentinel));

/* The events of one object become observations of the source; NULL: none. */
void k8s_source_events(struct k8s_source *s, const char *ns, const char *name);

void k8s_lease_get(struct kube *k, const char *ns, const char *name,
	void (*done)(void *ctx, const struct kube_lease *l, const struct err *e), void *ctx);
void k8s_lease_put(struct kube *k, const struct kube_lease *l,
	void (*done)(void *ctx, const struct err *e), void *ctx);
void k8s_lease_delete(struct kube *k, const char *ns, const char *name,
	const char *resource_version, void (*done)(void *ctx, const struct err *e), void *ctx);

#endif
