/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE: grace of pods, and what becomes of the objects that a deleted one owned. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "lab/kube/api.h"
#include "lab/kube/proto.h"
#include "lab/world.h"

static size_t owner_index(const json_t *j, const char *uid)
{
	size_t i;
	json_t *x;
	json_array_foreach(json_path(j, "metadata.ownerReferences"), i, x) {
		if (str_eq(json_str(x, "uid"), uid))
			return i;
	}
	return (size_t)-1;
}

static void orphan_release(struct kube *k, struct kobj *o, size_t owner)
{
	json_t *j = kube_edit(o);
	json_t *meta = json_object_get(j, "metadata");
	json_t *owners = json_object_get(meta, "ownerReferences");
	json_array_remove(owners, owner);
	if (json_array_size(owners) == 0)
		json_object_del(meta, "ownerReferences");
	kube_commit(k, o, j);
}

/* What the garbage collector does, at once. */
static void dependents_release(struct kube *k, const char *uid, enum kube_propagation how)
{
	static const enum kube_kind owned[] = { KUBE_REPLICASETS, KUBE_PODS, KUBE_REVISIONS };
	for (size_t n = 0; n < sizeof(owned) / sizeof(owned[0]); n++) {
		for (size_t i = kube_count(k, owned[n]); i-- > 0;) {
			struct kobj *o = kube_at(k, owned[n], i);
			size_t owner = o ? owner_index(o->json, uid) : (size_t)-1;
			if (owner == (size_t)-1)
				continue;
			if (how == PROPAGATE_ORPHAN)
				orphan_release(k, o, owner);
			else
				kube_object_delete(k, o, -1, how);
		}
	}
}

static void namespace_empty(struct kube *k, const char *ns)
{
	for (int kind = 0; kind < KUBE_KIND__COUNT; kind++) {
		for (;;) {
			size_t i = kube_lower(k, (enum kube_kind)kind, ns, "");
			struct kobj *o = kube_at(k, (enum kube_kind)kind, i);
			if (!o || !o->res->namespaced || strcmp(o->ns, ns) != 0)
				break;
			kube_remove(k, o);
		}
	}
}

static bool pod_finished(const json_t *j)
{
	const char *phase = json_str(j, "status.phase");
	return str_eq(phase, "Succeeded") || str_eq(phase, "Failed");
}

bool kube_object_delete(struct kube *k, struct kobj *o, int64_t grace,
	enum kube_propagation propagation)
{
	char stamp[40], uid[64];
	if (o->res->id == KUBE_PODS && json_str(o->json, "spec.nodeName") && grace != 0 &&
	    !pod_finished(o->json)) {
		if (grace < 0)
			grace = json_int(o->json, "spec.terminationGracePeriodSeconds", 30);
		json_t *j = kube_edit(o), *meta = json_object_get(j, "metadata");
		if (grace > 0 && json_object_get(meta, "deletionTimestamp") &&
		    json_int(meta, "deletionGracePeriodSeconds", 30) <= grace) {
			json_decref(j);
			return false;
		}
		stamp_format(stamp, world_wall(kube_world(k)) +
			(int64_t)((double)grace * 1000 / kube_world(k)->options.speed), false);
		json_object_set_new(meta, "deletionTimestamp", json_string(stamp));
		json_object_set_new(meta, "deletionGracePeriodSeconds", json_integer(grace));
		kube_commit(k, o, j);
		return false;
	}
	strncpy(uid, o->uid, sizeof(uid) - 1);
	uid[sizeof(uid) - 1] = '\0';
	if (o->res->id == KUBE_NAMESPACES)
		namespace_empty(k, o->name);
	kube_remove(k, o);
	dependents_release(k, uid, propagation);
	return true;
}

struct delete_options {
	int64_t grace;
	enum kube_propagation propagation;
	const char *uid, *rv; /* preconditions; borrowed from body */
	json_t *body;
};

static void options_take(struct kube_call *c, struct delete_options *d)
{
	const char *grace = lab_request_query(c->rq, "gracePeriodSeconds");
	const char *policy = lab_request_query(c->rq, "propagationPolicy");
	*d = (struct delete_options){ .grace = -1 };
	if (c->rq->body.len > 0)
		d->body = str_starts(lab_request_header(c->rq, "Content-Type"),
			"application/vnd.kubernetes.protobuf") ?
			kube_proto_read(buf_str(&c->rq->body), c->rq->body.len, NULL) :
			json_parse(buf_str(&c->rq->body), c->rq->body.len, NULL);
	if (d->body) {
		json_t *dry = json_object_get(d->body, "dryRun");
		d->grace = json_int(d->body, "gracePeriodSeconds", -1);
		d->uid = json_str(d->body, "preconditions.uid");
		d->rv = json_str(d->body, "preconditions.resourceVersion");
		policy = policy ? policy : json_str(d->body, "propagationPolicy");
		if (json_array_size(dry) > 0)
			c->dry_run = true;
	}
	if (grace)
		str_to_i64(grace, 0, INT32_MAX, &d->grace);
	d->propagation = str_eq(policy, "Orphan") ? PROPAGATE_ORPHAN :
		str_eq(policy, "Foreground") ? PROPAGATE_FOREGROUND : PROPAGATE_BACKGROUND;
}

void kube_delete(struct kube_call *c)
{
	struct delete_options d;
	struct kobj *o = kube_find(c->k, c->res->id, c->ns, c->name);
	if (!o) {
		kube_not_found(c);
		return;
	}
	options_take(c, &d);
	if ((d.uid && !str_eq(d.uid, o->uid)) ||
	    (d.rv && !str_eq(d.rv, json_str(o->json, "metadata.resourceVersion")))) {
		kube_status(c->rp, 409, "Conflict", &(struct kube_details){ .group = c->res->group,
			.kind = c->res->plural, .name = c->name }, "Operation cannot be "
			"fulfilled on %s "
			"\"%s\": Precondition failed: UID in precondition: %s, UID in object "
			"meta: %s",
			c->res->plural, c->name, d.uid ? d.uid : "", o->uid);
	} else if (c->dry_run) {
		kube_reply_object(c, 200, o->json);
	} else {
		struct kube_details details = { .group = c->res->group, .kind = c->res->plural,
			.name = c->name };
		json_t *status = kube_status_json(200, NULL, &details, "");
		json_object_set_new(json_object_get(status, "details"), "uid", json_string(o->uid));
		if (kube_object_delete(c->k, o, d.grace, d.propagation)) {
			json_object_del(status, "message");
			kube_reply_json(c->rp, 200, json_incref(status));
		} else {
			kube_reply_object(c, 200, o->json);
		}
		json_decref(status);
	}
	json_decref(d.body);
}

void kube_delete_all(struct kube_call *c)
{
	struct delete_options d;
	struct err e = ERR_INIT;
	struct selection *sel = selection_new(c->res, lab_request_query(c->rq, "labelSelector"),
		lab_request_query(c->rq, "fieldSelector"), &e);
	if (!sel) {
		kube_status(c->rp, 400, "BadRequest", NULL, "%s", e.text);
		return;
	}
	options_take(c, &d);
	for (size_t i = kube_count(c->k, c->res->id); !c->dry_run && i-- > 0;) {
		struct kobj *o = kube_at(c->k, c->res->id, i);
		if (o && (!c->ns || strcmp(o->ns, c->ns) == 0) && selection_matches(sel, o->json))
			kube_object_delete(c->k, o, d.grace, d.propagation);
	}
	json_t *status = kube_status_json(200, NULL, NULL, "");
	kube_reply_json(c->rp, 200, status);
	selection_free(sel);
	json_decref(d.body);
}
