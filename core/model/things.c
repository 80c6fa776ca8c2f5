/* SPDX-License-Identifier: Apache-2.0 */
/* Words for the enums of things, and looking at one. */
#include "core/model/things.h"

#include "core/base/strs.h"

const struct pod_trouble pod_no_trouble;

const char *role_name(enum role r)
{
	static const char *const names[] = {
		[ROLE_UNKNOWN] = "?", [ROLE_CONTROL_PLANE] = "control-plane",
		[ROLE_APISERVER] = "apiserver", [ROLE_NODE] = "node", [ROLE_BASTION] = "bastion",
	};
	return (size_t)r < sizeof names / sizeof *names ? names[r] : "?";
}

const char *pod_phase_name(enum pod_phase p)
{
	static const char *const names[] = {
		[POD_UNKNOWN] = "Unknown", [POD_PENDING] = "Pending", [POD_RUNNING] = "Running",
		[POD_SUCCEEDED] = "Succeeded", [POD_FAILED] = "Failed",
	};
	return (size_t)p < sizeof names / sizeof *names ? names[p] : "Unknown";
}

const struct env_entry *env_last(const struct env_entry *v, size_t n, const char *name)
{
	while (n > 0) {
		n--;
		if (str_eq(v[n].name, name)) {
			return &v[n];
		}
	}
	return NULL;
}

const char *node_label(const struct node *n, const char *key)
{
	for (size_t i = 0; i < n->nlabels; i++) {
		if (str_eq(n->labels[i].key, key)) {
			return n->labels[i].value ? n->labels[i].value : "";
		}
	}
	return NULL;
}

bool node_tainted(const struct node *n, const char *key)
{
	for (size_t i = 0; i < n->ntaints; i++) {
		if (str_eq(n->taints[i].key, key)) {
			return true;
		}
	}
	return false;
}
