/* SPDX-License-Identifier: Apache-2.0 */
/* The gate in front of every write. */
#include "core/run/gate.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

typedef void gate_done(void *ctx, const struct err *e);
typedef void gate_put_done(void *ctx, const char *etag, const struct err *e);

/* A call that was refused and has not been told so yet. */
struct gate_no {
	struct gate_no *next;
	struct gate *gate;
	struct loop_timer *timer;
	struct err err;
	gate_done *done;
	gate_put_done *put_done;
	void *ctx;
};

struct gate {
	struct loop *loop;
	struct gate_keeper keeper;
	struct gate_no *nos;
};

struct gate_kube {
	struct kube kube;
	struct kube *under;
	struct gate gate;
};
struct gate_cloud {
	struct cloud cloud;
	struct cloud *under;
	struct gate gate;
};
struct gate_store {
	struct store store;
	struct store *under;
	struct gate gate;
};

/* ---- refusing ---------------------------------------------------------------- */

static void gate_tell(void *arg)
{
	struct gate_no *no = arg;
	struct gate_no **at = &no->gate->nos;
	while (*at != no) {
		at = &(*at)->next;
	}
	*at = no->next;
	if (no->done) {
		no->done(no->ctx, &no->err);
	}
	if (no->put_done) {
		no->put_done(no->ctx, "", &no->err);
	}
	free(no);
}

static void gate_refuse(struct gate *g, const struct err *e, gate_done *done,
	gate_put_done *put_done, void *ctx)
{
	struct gate_no *no = xcalloc(1, sizeof(*no));
	*no = (struct gate_no){ .next = g->nos, .gate = g, .err = *e, .done = done,
		.put_done = put_done, .ctx = ctx };
	g->nos = no;
	no->timer = loop_timer_add(g->loop, 0, gate_tell, no);
}

static bool gate_may(struct gate *g, enum policy_action a, enum gate_thing t, const char *ns,
	const char *name, gate_done *done, void *ctx)
{
	struct err e = ERR_INIT;
	const char *group = t == GATE_NONE ? "" :
		g->keeper.group_of(g->keeper.ctx, t, ns, name);
	bool ok = g->keeper.may(g->keeper.ctx, NULL, group, a, &e);
	if (!ok) {
		gate_refuse(g, &e, done, NULL, ctx);
	}
	return ok;
}

static void gate_release(struct gate *g)
{
	while (g->nos) {
		const struct gate_no *no = g->nos;
		loop_timer_remove(no->timer);
		gate_tell(g->nos);
		MUST(g->nos != no);
	}
}

/* ---- the cluster -------------------------------------------------------------- */

static struct gate_kube *gate_of_kube(struct kube *k)
{
	return (struct gate_kube *)k;
}

static bool gate_kube_may(struct kube *k, enum policy_action a, enum gate_thing t, const char *ns,
	const char *name, gate_done *done, void *ctx)
{
	return gate_may(&gate_of_kube(k)->gate, a, t, ns, name, done, ctx);
}

/* The kube behind, once the call may be made. */
#define UNDER(k) gate_of_kube(k)->under
#define PASS(k, verb, ...) UNDER(k)->ops->verb(UNDER(k), __VA_ARGS__)

static void gate_cordon(struct kube *k, const char *node, bool on, gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_CORDON, GATE_NODE, NULL, node, done, ctx)) {
		PASS(k, cordon, node, on, done, ctx);
	}
}

static void gate_taint(struct kube *k, const char *node, const struct taint *taint, bool on,
	gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_TAINT, GATE_NODE, NULL, node, done, ctx)) {
		PASS(k, taint, node, taint, on, done, ctx);
	}
}

static void gate_label(struct kube *k, const char *node, const char *key, const char *value,
	gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_LABEL, GATE_NODE, NULL, node, done, ctx)) {
		PASS(k, label, node, key, value, done, ctx);
	}
}

static void gate_evict(struct kube *k, const char *ns, const char *pod, const char *uid,
	gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_EVICT, GATE_POD, ns, pod, done, ctx)) {
		PASS(k, evict, ns, pod, uid, done, ctx);
	}
}

static void gate_scale(struct kube *k, const char *ns, const char *deployment, int32_t replicas,
	gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_SCALE, GATE_NONE, ns, deployment, done, ctx)) {
		PASS(k, scale, ns, deployment, replicas, done, ctx);
	}
}

static void gate_get_lease(struct kube *k, const char *ns, const char *name,
	void (*done)(void *ctx, const struct kube_lease *l, const struct err *e), void *ctx)
{
	PASS(k, get_lease, ns, name, done, ctx);
}

static void gate_put_lease(struct kube *k, const struct kube_lease *l, gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_LEASE, GATE_NONE, NULL, NULL, done, ctx)) {
		PASS(k, put_lease, l, done, ctx);
	}
}

static void gate_delete_lease(struct kube *k, const char *ns, const char *name,
	const char *resource_version, gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_LEASE, GATE_NONE, NULL, NULL, done, ctx)) {
		PASS(k, delete_lease, ns, name, resource_version, done, ctx);
	}
}

static void gate_annotate(struct kube *k, const char *node, const char *key, const char *value,
	gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_ANNOTATE, GATE_NODE, NULL, node, done, ctx)) {
		PASS(k, annotate, node, key, value, done, ctx);
	}
}

static void gate_set_env(struct kube *k, const char *ns, const char *daemonset,
	const char *container, const struct env_entry *env, size_t n, gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_SET_ENV, GATE_NONE, NULL, NULL, done, ctx)) {
		PASS(k, set_env, ns, daemonset, container, env, n, done, ctx);
	}
}

static void gate_restart(struct kube *k, const char *ns, const char *daemonset, gate_done *done,
	void *ctx)
{
	if (gate_kube_may(k, POLICY_RESTART, GATE_NONE, NULL, NULL, done, ctx)) {
		PASS(k, restart, ns, daemonset, done, ctx);
	}
}

static void gate_patch(struct kube *k, const char *what, const char *ns, const char *name,
	const char *body, gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_PATCH, GATE_NONE, NULL, NULL, done, ctx)) {
		PASS(k, patch, what, ns, name, body, done, ctx);
	}
}

static void gate_lower_request(struct kube *k, const char *ns, const char *deployment,
	const char *resource, const char *quantity, gate_done *done, void *ctx)
{
	if (gate_kube_may(k, POLICY_LOWER_REQUEST, GATE_NONE, NULL, NULL, done, ctx)) {
		PASS(k, lower_request, ns, deployment, resource, quantity, done, ctx);
	}
}

static void gate_undo(struct kube *k, const char *ns, const char *deployment, gate_done *done,
	void *ctx)
{
	if (gate_kube_may(k, POLICY_UNDO, GATE_NONE, NULL, NULL, done, ctx)) {
		PASS(k, undo, ns, deployment, done, ctx);
	}
}

static void gate_create(struct kube *k, const char *ns, const char *body, gate_done *done,
	void *ctx)
{
	if (gate_kube_may(k, POLICY_CREATE_OBJECT, GATE_NONE, NULL, NULL, done, ctx)) {
		PASS(k, create, ns, body, done, ctx);
	}
}

static void gate_read(struct kube *k, const char *what, const char *ns, const char *name,
	void (*done)(void *ctx, const char *json, size_t len, const struct err *e), void *ctx)
{
	PASS(k, read, what, ns, name, done, ctx);
}

static enum tri gate_allowed(struct kube *k, enum kube_verb_id verb, const char **why)
{
	return PASS(k, allowed, verb, why);
}

static void gate_watch_events(struct kube *k, const char *ns, const char *name)
{
	PASS(k, watch_events, ns, name);
}

static const struct kube_ops kube_ops = {
	.cordon = gate_cordon, .taint = gate_taint, .label = gate_label, .evict = gate_evict,
	.scale = gate_scale, .get_lease = gate_get_lease, .put_lease = gate_put_lease,
	.delete_lease = gate_delete_lease, .annotate = gate_annotate, .set_env = gate_set_env,
	.restart = gate_restart, .patch = gate_patch, .lower_request = gate_lower_request,
	.undo = gate_undo, .create = gate_create, .read = gate_read, .allowed = gate_allowed,
	.watch_events = gate_watch_events,
};

struct kube *gate_kube_new(struct loop *l, struct kube *under, const struct gate_keeper *k)
{
	if (!under) {
		return NULL;
	}
	struct gate_kube *g = xcalloc(1, sizeof(*g));
	g->kube.ops = &kube_ops;
	g->under = under;
	g->gate = (struct gate){ .loop = l, .keeper = *k };
	return &g->kube;
}

void gate_kube_free(struct kube *k)
{
	if (k) {
		gate_release(&gate_of_kube(k)->gate);
		free(gate_of_kube(k));
	}
}

/* ---- the cloud ----------------------------------------------------------------- */

static bool gate_cloud_may(struct cloud *c, enum policy_action a, enum gate_thing t,
	const char *name, gate_done *done, void *ctx)
{
	return gate_may(&((struct gate_cloud *)c)->gate, a, t, NULL, name, done, ctx);
}

static struct cloud *gate_cloud_under(struct cloud *c)
{
	return ((struct gate_cloud *)c)->under;
}

static void gate_terminate(struct cloud *c, const char *id, gate_done *done, void *ctx)
{
	if (gate_cloud_may(c, POLICY_TERMINATE, GATE_INSTANCE, id, done, ctx)) {
		gate_cloud_under(c)->ops->terminate(gate_cloud_under(c), id, done, ctx);
	}
}

static void gate_detach(struct cloud *c, const char *id, const char *asg, gate_done *done,
	void *ctx)
{
	if (gate_cloud_may(c, POLICY_DETACH, GATE_ASG, asg, done, ctx)) {
		gate_cloud_under(c)->ops->detach(gate_cloud_under(c), id, asg, done, ctx);
	}
}

static void gate_deregister(struct cloud *c, const char *id, const char *asg, gate_done *done,
	void *ctx)
{
	if (gate_cloud_may(c, POLICY_DEREGISTER, GATE_ASG, asg, done, ctx)) {
		gate_cloud_under(c)->ops->deregister(gate_cloud_under(c), id, asg, done, ctx);
	}
}

static void gate_set_desired(struct cloud *c, const char *asg, int32_t desired, gate_done *done,
	void *ctx)
{
	if (gate_cloud_may(c, POLICY_SET_DESIRED, GATE_ASG, asg, done, ctx)) {
		gate_cloud_under(c)->ops->set_desired(gate_cloud_under(c), asg, desired, done, ctx);
	}
}

static const struct cloud_ops cloud_ops = { .terminate = gate_terminate, .detach = gate_detach,
	.deregister = gate_deregister, .set_desired = gate_set_desired };

struct cloud *gate_cloud_new(struct loop *l, struct cloud *under, const struct gate_keeper *k)
{
	if (!under) {
		return NULL;
	}
	struct gate_cloud *g = xcalloc(1, sizeof(*g));
	g->cloud.ops = &cloud_ops;
	g->under = under;
	g->gate = (struct gate){ .loop = l, .keeper = *k };
	return &g->cloud;
}

void gate_cloud_free(struct cloud *c)
{
	if (c) {
		gate_release(&((struct gate_cloud *)c)->gate);
		free(c);
	}
}

/* ---- the state store ------------------------------------------------------------ */

static struct store *gate_store_under(struct store *s)
{
	return ((struct gate_store *)s)->under;
}

static void gate_list(struct store *s, const char *path,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx)
{
	gate_store_under(s)->ops->list(gate_store_under(s), path, done, ctx);
}

static void gate_list_below(struct store *s, const char *path,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx)
{
	gate_store_under(s)->ops->list_below(gate_store_under(s), path, done, ctx);
}

static void gate_get(struct store *s, const char *path,
	void (*done)(void *ctx, const char *text, size_t len, const char *etag,
		const struct err *e),
	void *ctx)
{
	gate_store_under(s)->ops->get(gate_store_under(s), path, done, ctx);
}

static void gate_put(struct store *s, const char *path, const char *text, size_t len,
	const char *if_tag, gate_put_done *done, void *ctx)
{
	static const char groups[] = "/instancegroup/";
	struct gate *g = &((struct gate_store *)s)->gate;
	struct err e = ERR_INIT;
	char *cluster = xstrndup(path, strcspn(path, "/"));
	bool group = str_starts(path + strlen(cluster), groups);
	if (g->keeper.may(g->keeper.ctx, cluster,
		group ? path + strlen(cluster) + strlen(groups) : "", POLICY_WRITE_SPEC, &e)) {
		gate_store_under(s)->ops->put(gate_store_under(s), path, text, len, if_tag, done,
			ctx);
	} else {
		gate_refuse(g, &e, NULL, done, ctx);
	}
	free(cluster);
}

static void gate_store_free(struct store *s)
{
	gate_release(&((struct gate_store *)s)->gate);
	gate_store_under(s)->ops->free(gate_store_under(s));
	free(s);
}

static const struct store_ops store_ops = { .list = gate_list, .get = gate_get, .put = gate_put,
	.free = gate_store_free };
static const struct store_ops below_ops = { .list = gate_list, .list_below = gate_list_below,
	.get = gate_get, .put = gate_put, .free = gate_store_free };

struct store *gate_store_new(struct loop *l, struct store *under, const struct gate_keeper *k)
{
	if (!under) {
		return NULL;
	}
	struct gate_store *g = xcalloc(1, sizeof(*g));
	g->store = (struct store){ .url = under->url,
		.ops = under->ops->list_below ? &below_ops : &store_ops };
	g->under = under;
	g->gate = (struct gate){ .loop = l, .keeper = *k };
	return &g->store;
}
