/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of verbs share; nobody else includes it. */
#ifndef KOPSCOPE_K8S_VERB_H
#define KOPSCOPE_K8S_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/model/source.h"
#include "k8s/client.h"

#define VERB_MANAGER "?fieldManager=kopscope"
#define VERB_JSON_PATCH "application/json-patch+json"
#define VERB_MERGE "application/merge-patch+json"
#define VERB_STRATEGIC "application/strategic-merge-patch+json"
#define VERB_TIMEOUT_MS 30000

struct k8s;

/* One verb under way; which members are used depends on the verb. */
struct verb {
	struct k8s *k;
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
	char *ns, *name, *uid;
	char *what;
	char *key, *value, *effect; /* of a taint */
	bool on;
	int tries;
	char *path, *body; /* of a patch that is being tried */
	const char *type;
};


struct verb *verb_new(struct kube *k, void (*done)(void *ctx, const struct err *e), void *ctx,
	const char *ns, const char *name);
/* Tells the caller, then frees. */
void verb_finish(struct verb *v, const struct err *e);
/* verb_finish() with what the request brought. */
void verb_done(void *ctx, const struct kube_answer *a, const struct err *e);
void verb_send(struct verb *v, const char *method, const char *path, const char *type,
	const char *body, void (*on_done)(void *ctx, const struct kube_answer *a,
	const struct err *e));
/* PATCH of path, in our name; takes path and body. */
void verb_patch(struct verb *v, char *path, const char *type, char *body,
	void (*on_done)(void *ctx, const struct kube_answer *a, const struct err *e));
/*
 * The same, but first with dryRun=All, so that nothing is begun that the server,
 * its quotas or its webhooks would not let through; ends the verb.
 */
void verb_patch_tried(struct verb *v, char *path, const char *type, char *body);

/* verbs-workload.c */
void verb_scale(struct kube *k, const char *ns, const char *deployment, int32_t replicas,
	void (*done)(void *ctx, const struct err *e), void *ctx);
void verb_set_env(struct kube *k, const char *ns, const char *daemonset, const char *container,
	const struct env_entry *env, size_t n, void (*done)(void *ctx, const struct err *e),
	void *ctx);
void verb_restart(struct kube *k, const char *ns, const char *daemonset,
	void (*done)(void *ctx, const struct err *e), void *ctx);

/* verb-read.c */
void verb_read(struct kube *k, const char *what, const char *ns, const char *name,
	void (*done)(void *ctx, const char *json, size_t len, const struct err *e), void *ctx);

/* verbs-cure.c */
void verb_patch_object(struct kube *k, const char *what, const char *ns, const char *name,
	const char *body, void (*done)(void *ctx, const struct err *e), void *ctx);
void verb_lower_request(struct kube *k, const char *ns, const char *deployment,
	const char *resource, const char *quantity,
	void (*done)(void *ctx, const struct err *e), void *ctx);
void verb_create(struct kube *k, const char *ns, const char *body,
	void (*done)(void *ctx, const struct err *e), void *ctx);
void verb_undo(struct kube *k, const char *ns, const char *deployment,
	void (*done)(void *ctx, const struct err *e), void *ctx);

#endif
