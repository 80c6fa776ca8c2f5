/* SPDX-License-Identifier: Apache-2.0 */
/* Tables, as kubectl get asks for them: the frame, and the simpler kinds. */
#include "lab/kube/table.h"

#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "lab/kube/api.h"
#include "lab/world.h"

void *cell_text(const char *s)
{
	return json_string(str_empty(s) ? "<none>" : s);
}

void *cell_name(struct world *w, const void *j)
{
	return json_string(json_str(j, "metadata.name"));
}

/* k8s.io/apimachinery/pkg/util/duration: HumanDuration. */
static void duration_text(char *out, size_t size, int64_t s)
{
	int64_t m = s / 60, h = m / 60, d = h / 24;
	if (s < 120)
		snprintf(out, size, "%llds", (long long)(s < 0 ? 0 : s));
	else if (m < 10 && s % 60)
		snprintf(out, size, "%lldm%llds", (long long)m, (long long)(s % 60));
	else if (h < 3)
		snprintf(out, size, "%lldm", (long long)m);
	else if (h < 8 && m % 60)
		snprintf(out, size, "%lldh%lldm", (long long)h, (long long)(m % 60));
	else if (h < 48)
		snprintf(out, size, "%lldh", (long long)h);
	else if (d < 8 && h % 24)
		snprintf(out, size, "%lldd%lldh", (long long)d, (long long)(h % 24));
	else
		snprintf(out, size, "%lldd", (long long)d);
}

void *cell_ago(struct world *w, const char *stamp)
{
	char text[32];
	int64_t at = stamp_parse(stamp ? stamp : "");
	if (!at)
		return json_string("<unknown>");
	duration_text(text, sizeof(text), (world_wall(w) - at) / 1000);
	return json_string(text);
}

void *cell_age(struct world *w, const void *j)
{
	return cell_ago(w, json_str(j, "metadata.creationTimestamp"));
}

#define CELL_TEXT(name, path) \
	static void *name(struct world *w, const void *j) { return cell_text(json_str(j, path)); }
#define CELL_INT(name, path) \
	static void *name(struct world *w, const void *j) \
	{ return json_integer(json_int(j, path, 0)); }

CELL_TEXT(cell_phase, "status.phase")
CELL_TEXT(cell_type, "type")
CELL_TEXT(cell_reason, "reason")
CELL_TEXT(cell_message, "message")
CELL_TEXT(cell_service_type, "spec.type")
CELL_TEXT(cell_cluster_ip, "spec.clusterIP")
CELL_TEXT(cell_holder, "spec.holderIdentity")
CELL_INT(cell_value, "value")
CELL_INT(cell_replicas, "spec.replicas")
CELL_INT(cell_current, "status.replicas")
CELL_INT(cell_ready, "status.readyReplicas")
CELL_INT(cell_updated, "status.updatedReplicas")
CELL_INT(cell_available, "status.availableReplicas")
CELL_INT(cell_ds_desired, "status.desiredNumberScheduled")
CELL_INT(cell_ds_current, "status.currentNumberScheduled")
CELL_INT(cell_ds_ready, "status.numberReady")
CELL_INT(cell_ds_updated, "status.updatedNumberScheduled")
CELL_INT(cell_ds_available, "status.numberAvailable")
CELL_INT(cell_allowed, "status.disruptionsAllowed")

static void *cell_ready_of(struct world *w, const void *j)
{
	return json_sprintf("%lld/%lld", (long long)json_int(j, "status.readyReplicas", 0),
		(long long)json_int(j, "spec.replicas", 0));
}

static void *joined(const json_t *list, const char *key)
{
	struct buf b = BUF_INIT;
	size_t i;
	json_t *c;
	json_array_foreach(list, i, c)
		buf_addf(&b, "%s%s", i ? "," : "", json_str(c, key) ? json_str(c, key) : "");
	json_t *out = json_string(buf_str(&b));
	buf_release(&b);
	return out;
}

static void *cell_containers(struct world *w, const void *j)
{
	return joined(json_path(j, "spec.template.spec.containers"), "name");
}

static void *cell_images(struct world *w, const void *j)
{
	return joined(json_path(j, "spec.template.spec.containers"), "image");
}

static void *labels_text(const json_t *labels)
{
	struct buf b = BUF_INIT;
	const char *key;
	json_t *v, *l = (json_t *)(uintptr_t)labels;
	json_object_foreach(l, key, v)
		buf_addf(&b, "%s%s=%s", b.len ? "," : "", key, json_string_value(v));
	json_t *out = cell_text(buf_str(&b));
	buf_release(&b);
	return out;
}

static void *cell_selector(struct world *w, const void *j)
{
	return labels_text(json_path(j, "spec.selector.matchLabels"));
}

static void *cell_node_selector(struct world *w, const void *j)
{
	return labels_text(json_path(j, "spec.template.spec.nodeSelector"));
}

static void *int_or_text(const json_t *v)
{
	if (json_is_integer(v))
		return json_sprintf("%lld", (long long)json_integer_value(v));
	return json_string(json_is_string(v) ? json_string_value(v) : "N/A");
}

static void *cell_min(struct world *w, const void *j)
{
	return int_or_text(json_path(j, "spec.minAvailable"));
}

static void *cell_max(struct world *w, const void *j)
{
	return int_or_text(json_path(j, "spec.maxUnavailable"));
}

static void *cell_last_seen(struct world *w, const void *j)
{
	static const char *const stamps[] = { "series.lastObservedTime", "lastTimestamp",
		"eventTime", "metadata.creationTimestamp" };
	for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
		if (json_str(j, stamps[i]))
			return cell_ago(w, json_str(j, stamps[i]));
	}
	return json_string("<unknown>");
}

static void *cell_involved(struct world *w, const void *j)
{
	char kind[64];
	const char *k = json_str(j, "involvedObject.kind");
	size_t i = 0;
	for (; k && k[i] && i < sizeof(kind) - 1; i++)
		kind[i] = k[i] >= 'A' && k[i] <= 'Z' ? (char)(k[i] + 32) : k[i];
	kind[i] = '\0';
	return json_sprintf("%s/%s", kind, json_str(j, "involvedObject.name"));
}

static void *cell_count(struct world *w, const void *j)
{
	int64_t n = json_int(j, "count", 0);
	return json_integer(json_int(j, "series.count", n ? n : 1));
}

static void *cell_source(struct world *w, const void *j)
{
	const char *s = json_str(j, "source.component");
	return cell_text(s ? s : json_str(j, "reportingComponent"));
}

static void *cell_data(struct world *w, const void *j)
{
	return json_integer((json_int_t)json_object_size(json_object_get(j, "data")));
}

static void *cell_none(struct world *w, const void *j)
{
	return cell_text(NULL);
}

static void *cell_ports(struct world *w, const void *j)
{
	struct buf b = BUF_INIT;
	size_t i;
	json_t *p;
	json_array_foreach(json_path(j, "spec.ports"), i, p)
		buf_addf(&b, "%s%lld/%s", i ? "," : "", (long long)json_int(p, "port", 0),
			json_str(p, "protocol") ? json_str(p, "protocol") : "TCP");
	json_t *out = cell_text(buf_str(&b));
	buf_release(&b);
	return out;
}

#define NAME { "Name", NULL, false, cell_name }
#define AGE { "Age", NULL, false, cell_age }
#define END { NULL, NULL, false, NULL }
#define TEMPLATE_WIDE { "Containers", NULL, true, cell_containers }, \
	{ "Images", NULL, true, cell_images }, { "Selector", NULL, true, cell_selector }

static const struct table_column columns_plain[] = { NAME, AGE, END };
static const struct table_column columns_namespaces[] = {
	NAME, { "Status", NULL, false, cell_phase }, AGE, END };
static const struct table_column columns_deployments[] = {
	NAME, { "Ready", NULL, false, cell_ready_of },
	{ "Up-to-date", "integer", false, cell_updated },
	{ "Available", "integer", false, cell_available }, AGE, TEMPLATE_WIDE, END };
static const struct table_column columns_replicasets[] = {
	NAME, { "Desired", "integer", false, cell_replicas },
	{ "Current", "integer", false, cell_current },
	{ "Ready", "integer", false, cell_ready }, AGE, TEMPLATE_WIDE, END };
static const struct table_column columns_daemonsets[] = {
	NAME, { "Desired", "integer", false, cell_ds_desired },
	{ "Current", "integer", false, cell_ds_current },
	{ "Ready", "integer", false, cell_ds_ready },
	{ "Up-to-date", "integer", false, cell_ds_updated },
	{ "Available", "integer", false, cell_ds_available },
	{ "Node Selector", NULL, false, cell_node_selector }, AGE, TEMPLATE_WIDE, END };
static const struct table_column columns_events[] = {
	{ "Last Seen", NULL, false, cell_last_seen }, { "Type", NULL, false, cell_type },
	{ "Reason", NULL, false, cell_reason }, { "Object", NULL, false, cell_involved },
	{ "Source", NULL, true, cell_source }, { "Message", NULL, false, cell_message },
	{ "Count", "integer", true, cell_count }, { "Name", NULL, true, cell_name }, END };
static const struct table_column columns_pdbs[] = {
	NAME, { "Min Available", NULL, false, cell_min },
	{ "Max Unavailable", NULL, false, cell_max },
	{ "Allowed Disruptions", "integer", false, cell_allowed }, AGE, END };
static const struct table_column columns_services[] = {
	NAME, { "Type", NULL, false, cell_service_type },
	{ "Cluster-IP", NULL, false, cell_cluster_ip },
	{ "External-IP", NULL, false, cell_none }, { "Port(s)", NULL, false, cell_ports }, AGE,
	END };
static const struct table_column columns_leases[] = {
	NAME, { "Holder", NULL, false, cell_holder }, AGE, END };
static const struct table_column columns_priorities[] = {
	NAME, { "Value", "integer", false, cell_value }, AGE, END };
static const struct table_column columns_data[] = {
	NAME, { "Data", "integer", false, cell_data }, AGE, END };

static const struct table_column *const columns[KUBE_KIND__COUNT] = {
	[KUBE_NAMESPACES] = columns_namespaces,
	[KUBE_DEPLOYMENTS] = columns_deployments,
	[KUBE_REPLICASETS] = columns_replicasets,
	[KUBE_DAEMONSETS] = columns_daemonsets,
	[KUBE_EVENTS] = columns_events,
	[KUBE_PDBS] = columns_pdbs,
	[KUBE_SERVICES] = columns_services,
	[KUBE_LEASES] = columns_leases,
	[KUBE_PRIORITYCLASSES] = columns_priorities,
	[KUBE_CONFIGMAPS] = columns_data,
	[KUBE_SECRETS] = columns_data,
};

const struct table_column *table_columns_of(const struct kube_resource *r)
{
	if (r->id == KUBE_PODS)
		return table_columns_pods();
	if (r->id == KUBE_NODES)
		return table_columns_nodes();
	return columns[r->id] ? columns[r->id] : columns_plain;
}

void *kube_table_new(const struct kube_resource *r, bool want_columns)
{
	json_t *defs = json_array();
	const struct table_column *c = table_columns_of(r);
	for (; want_columns && c->name; c++)
		json_array_append_new(defs, json_pack("{s:s, s:s, s:s, s:s, s:i}", "name", c->name,
			"type", c->type ? c->type : "string", "format",
			strcmp(c->name, "Name") == 0 ? "name" : "", "description", "", "priority",
			c->wide ? 1 : 0));
	return json_pack("{s:s, s:s, s:{}, s:o, s:[]}", "kind", "Table", "apiVersion",
		"meta.k8s.io/v1", "metadata", "columnDefinitions", defs, "rows");
}

void kube_table_add(struct world *w, void *table, const struct kube_resource *r,
	enum kube_include include, const void *json)
{
	json_t *cells = json_array(), *row = json_object();
	for (const struct table_column *c = table_columns_of(r); c->name; c++)
		json_array_append_new(cells, c->cell(w, json));
	json_object_set_new(row, "cells", cells);
	if (include == INCLUDE_OBJECT)
		json_object_set(row, "object", (json_t *)(uintptr_t)json);
	else if (include == INCLUDE_METADATA)
		json_object_set_new(row, "object", kube_partial(json));
	json_array_append_new(json_object_get(table, "rows"), row);
	if (json_array_size(json_object_get(table, "rows")) == 1)
		json_object_set(json_object_get(table, "metadata"), "resourceVersion",
			json_path(json, "metadata.resourceVersion"));
}
