/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kopscope needs from the world, stated here and implemented elsewhere:
 * a state store (core/kops for files, aws for S3), a cloud (aws), a cluster
 * (k8s).  tui/main.c wires them, for the screen, for one-shot commands and for
 * a run's worker alike.
 *
 * Everything is asynchronous on the loop.  done(ctx, e) is called exactly once
 * for each call, later, never from inside the call; e is NULL on success and
 * borrowed for the length of the callback.  After stop() outstanding calls end
 * with ERR_CANCELLED.  Nothing here changes the model directly: sources send
 * observations to the sink.
 */
#ifndef KOPSCOPE_MODEL_SOURCE_H
#define KOPSCOPE_MODEL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/model/model.h"
#include "core/model/things.h"

/* Where observations go.  In kopscope: model_apply(), then mark dirty. */
struct sink {
	void (*observe)(void *ctx, const struct observation *o);
	void *ctx;
};
void sink_observe(const struct sink *s, const struct observation *o);
/* Shorthands for OBS_SOURCE. */
void sink_source_asked(const struct sink *s, enum source_id id, int64_t wall, const char *detail);
void sink_source_live(const struct sink *s, enum source_id id, int64_t wall, const char *detail);
void sink_source_failed(const struct sink *s, enum source_id id, int64_t wall,
	const struct err *why);

/* How eagerly a source should look: fast during a run, not at all when hidden. */
enum pace { PACE_IDLE, PACE_NORMAL, PACE_FAST };

struct source {
	const struct source_ops *ops;
	enum source_id id;
};
struct source_ops {
	void (*start)(struct source *s);
	void (*refresh)(struct source *s);             /* now, once */
	void (*pace)(struct source *s, enum pace pace);
	void (*stop)(struct source *s);
	void (*free)(struct source *s);
};

/* ---- state store ---- */

struct store_entry {
	const char *name; /* last part; folders end in "/" */
	int64_t size, modified;
	const char *etag; /* as get() gives it; NULL: not told */
};
/* Paths are relative to the store's base: "mate-technology.app/config". */
struct store {
	const struct store_ops *ops;
	const char *url; /* as the user would write it */
};
struct store_ops {
	/* Entries directly below path ("" or "x/"), all pages; borrowed. */
	void (*list)(struct store *s, const char *path,
		void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
		void *ctx);
	/* Every file below path ("x/") at any depth; names have their folders.  NULL: the store
	   cannot, ask for one folder after the other. */
	void (*list_below)(struct store *s, const char *path,
		void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
		void *ctx);
	/* Bytes and the tag that names this version; ERR_NOT_FOUND when absent.  Empty tag: the
	   store has none. */
	void (*get)(struct store *s, const char *path,
		void (*done)(void *ctx, const char *text, size_t len, const char *etag,
			const struct err *e),
		void *ctx);
	/* Writes when the present version is if_tag ("": when there is none; NULL: whatever);
	   ERR_CONFLICT otherwise.  The new tag comes back. */
	void (*put)(struct store *s, const char *path, const char *text, size_t len,
		const char *if_tag,
		void (*done)(void *ctx, const char *etag, const struct err *e), void *ctx);
	void (*free)(struct store *s);
};

/* ---- the cloud's verbs ---- */

struct cloud {
	const struct cloud_ops *ops;
};
struct cloud_ops {
	void (*terminate)(struct cloud *c, const char *instance_id,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* Tags kops.k8s.io/detached-from-asg, then detaches; the group keeps its size. */
	void (*detach)(struct cloud *c, const char *instance_id, const char *asg,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* Out of the group's target groups and balancers, waited for; fine when in none. */
	void (*deregister)(struct cloud *c, const char *instance_id, const char *asg,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	void (*set_desired)(struct cloud *c, const char *asg, int32_t desired,
		void (*done)(void *ctx, const struct err *e), void *ctx);
};

/* ---- the cluster's verbs ---- */

enum kube_verb_id {
	KUBE_EVICT, KUBE_PATCH_NODE, KUBE_SCALE, KUBE_PATCH_DAEMONSET, KUBE_DELETE_POD, KUBE_LEASE,
	KUBE_PATCH_DEPLOYMENT,
	KUBE_VERB__COUNT
};
struct kube {
	const struct kube_ops *ops;
};
struct kube_lease {
	const char *ns, *name;
	const char *holder;         /* identity: who@host pid */
	int32_t duration_s;
	int64_t acquired, renewed;  /* wall ms */
	const char *resource_version; /* "" or NULL: does not exist */
};
struct kube_ops {
	void (*cordon)(struct kube *k, const char *node, bool on,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* Adds (or with on false removes) the taint; fine when it is so already. */
	void (*taint)(struct kube *k, const char *node, const struct taint *taint, bool on,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* value NULL removes. */
	void (*label)(struct kube *k, const char *node, const char *key, const char *value,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* Accepted is success, gone already too.  A PDB that says no: ERR_CONFLICT, text names the
	   PDB where the server does; rate limit: ERR_THROTTLED. */
	void (*evict)(struct kube *k, const char *ns, const char *pod, const char *uid,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	void (*scale)(struct kube *k, const char *ns, const char *deployment, int32_t replicas,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	void (*get_lease)(struct kube *k, const char *ns, const char *name,
		void (*done)(void *ctx, const struct kube_lease *l, const struct err *e),
		void *ctx);
	/* Creates or replaces under l->resource_version: ERR_CONFLICT when somebody was faster. */
	void (*put_lease)(struct kube *k, const struct kube_lease *l,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	void (*delete_lease)(struct kube *k, const char *ns, const char *name,
		const char *resource_version, void (*done)(void *ctx, const struct err *e),
		void *ctx);
	/* The same for a node's annotation. */
	void (*annotate)(struct kube *k, const char *node, const char *key, const char *value,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/*
	 * Sets (value NULL: removes) variables of one container of a DaemonSet, which
	 * then replaces its pods by itself.  What kops manages, aws-node among it, its
	 * next update writes over: say so to the user.
	 */
	void (*set_env)(struct kube *k, const char *ns, const char *daemonset,
		const char *container, const struct env_entry *env, size_t n,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* Replaces a DaemonSet's pods, as kubectl rollout restart does. */
	void (*restart)(struct kube *k, const char *ns, const char *daemonset,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* A JSON merge patch; what: "pods", "resourcequotas"; NULL: a Deployment. */
	void (*patch)(struct kube *k, const char *what, const char *ns, const char *name,
		const char *body, void (*done)(void *ctx, const struct err *e), void *ctx);
	/* All containers of its pods together ask for no more than quantity of the resource: the
	   one that asks for most asks for less.  ERR_REFUSED: they ask for no more already. */
	void (*lower_request)(struct kube *k, const char *ns, const char *deployment,
		const char *resource, const char *quantity,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* Gives a Deployment the template back that it had before, as kubectl rollout undo
	   does.  ERR_NOT_FOUND: it had no other. */
	void (*undo)(struct kube *k, const char *ns, const char *deployment,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* Creates a PersistentVolumeClaim in ns, or (ns NULL) a StorageClass, from its JSON. */
	void (*create)(struct kube *k, const char *ns, const char *body,
		void (*done)(void *ctx, const struct err *e), void *ctx);
	/* The object's JSON as the server has it; what: "nodes" (ns NULL), "pods", "deployments".
	   json is borrowed, NULL on failure. */
	void (*read)(struct kube *k, const char *what, const char *ns, const char *name,
		void (*done)(void *ctx, const char *json, size_t len, const struct err *e),
		void *ctx);
	/* What the server said we may do; why (or NULL) is borrowed. */
	enum tri (*allowed)(struct kube *k, enum kube_verb_id verb, const char **why);
	/* Asks for the events of one object, which come as observations. */
	void (*watch_events)(struct kube *k, const char *ns, const char *name); /* NULL: stop */
};

#endif
