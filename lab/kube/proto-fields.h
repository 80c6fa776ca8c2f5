/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of Kubernetes' messages: between lab/kube/proto*.c only.  The numbers are those of
 * k8s.io/api's and k8s.io/apimachinery's generated.proto files.
 */
#ifndef KOPSCOPE_LAB_KUBE_PROTO_FIELDS_H
#define KOPSCOPE_LAB_KUBE_PROTO_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* The order is that of the tables in kube-proto-fields.c. */
enum proto_message {
	M_NONE, M_META, M_OWNER, M_MANAGED, M_PLAIN, M_NAMESPACE, M_NAMESPACE_SPEC,
	M_NAMESPACE_STATUS, M_CONFIG, M_DEPLOYMENT, M_DEPLOYMENT_SPEC,
	M_DEPLOYMENT_STATUS, M_DEPLOYMENT_CONDITION, M_DAEMONSET, M_DAEMONSET_SPEC,
	M_DAEMONSET_STATUS, M_STRATEGY, M_ROLLING, M_SELECTOR, M_REQUIREMENT,
	M_TEMPLATE, M_POD, M_POD_SPEC, M_READINESS_GATE, M_GATE, M_VOLUME,
	M_VOLUME_SOURCE, M_HOST_PATH, M_EMPTY_DIR, M_SECRET_SOURCE, M_CONFIG_SOURCE,
	M_LOCAL_NAME, M_CLAIM_SOURCE, M_AFFINITY, M_NODE_AFFINITY, M_NODE_SELECTOR,
	M_NODE_PREFERENCE, M_NODE_TERM, M_POD_AFFINITY, M_POD_PREFERENCE, M_POD_TERM,
	M_SPREAD, M_CONTAINER, M_PORT, M_ENV, M_ENV_SOURCE, M_FIELD_REF, M_MOUNT,
	M_RESOURCES, M_TOLERATION, M_POD_STATUS, M_POD_CONDITION, M_CONTAINER_STATUS,
	M_CONTAINER_STATE, M_WAITING, M_RUNNING, M_TERMINATED, M_IP, M_NODE,
	M_NODE_SPEC, M_TAINT, M_NODE_STATUS, M_NODE_CONDITION, M_NODE_ADDRESS,
	M_ENDPOINTS, M_ENDPOINT, M_NODE_INFO, M_NODE_IMAGE, M_BUDGET, M_BUDGET_SPEC,
	M_BUDGET_STATUS, M_CONDITION, M_EVENT, M_REFERENCE, M_EVENT_SOURCE, M_EVICTION,
	M_DELETE_OPTIONS, M_PRECONDITIONS, M_STATUS, M_STATUS_DETAILS, M_STATUS_CAUSE,
	M__COUNT
};
enum proto_shape {
	TEXT, NUMBER, POINTER /* a number whose 0 counts */, FLAG, MESSAGE,
	INLINE /* a message whose members stand in the object around it in JSON */, TEXT_MAP,
	QUANTITY_MAP, INT_OR_TEXT, TIME, RAW_JSON /* a message of one field: JSON as bytes */
};

struct proto_field {
	unsigned number;
	const char *name; /* in JSON */
	enum proto_shape shape;
	bool list;
	enum proto_message message; /* of MESSAGE and INLINE */
};

/* The fields of a message; n: how many. */
const struct proto_field *kube_proto_fields(enum proto_message m, size_t *n);

struct proto_kind {
	const char *kind;
	enum proto_message message;
	bool whole; /* every member that the lab's objects have is in the tables: may be written */
};
const struct proto_kind *kube_proto_kind(const char *kind); /* NULL: not in the tables */

#endif
