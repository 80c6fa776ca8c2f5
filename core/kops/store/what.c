/* SPDX-License-Identifier: Apache-2.0 */
/* What each file of a cluster in a state store is. */
#include "core/kops/store/what.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"

#define EDIT "kops edit, kopscope"
#define UPDATE "kops update"

/* The first that matches. */
static const struct store_what rows[] = {
	{ "config", "the spec: what is wanted",
		"the cluster's spec: what is wanted, the only one that counts", EDIT, false },
	{ "instancegroup/*", "a group's spec: what is wanted",
		"spec of an instance group: what is wanted", EDIT, false },
	{ "clusteraddons/default", "objects of your own", "objects of your own that kops applies "
		"with its addons", "kops create", false },
	{ "cluster-completed.spec", "the spec as last applied",
		"the spec as last applied, with kops' defaults filled in", UPDATE, false },
	{ "cluster.spec", "the spec as applied, old kops", "the spec as last applied by kops 1.21 "
		"and older", UPDATE, false },
	{ "kops-version.txt", "the newest kops that updated it", "the newest kops that updated the "
		"cluster: older ones refuse", UPDATE, false },
	{ "igconfig/*/nodeupconfig.yaml", "what its new nodes boot with", "what a new node of the "
		"group boots with; its hash stands in the launch template", UPDATE, false },
	{ "igconfig/*/nodeupscript.sh", "boot script, for Karpenter", "boot script of nodes that "
		"Karpenter starts", UPDATE, false },
	{ "addons/bootstrap-channel.yaml", "the list of addons", "the list of addons with the hash "
		"of each", UPDATE, false },
	{ "addons/*", "manifest of an addon", "manifest of an addon, which kops-channels applies",
		UPDATE, false },
	{ "manifests/etcd/*", "static pod: etcd-manager", "static pod of etcd-manager on the "
		"control plane", UPDATE, false },
	{ "manifests/channels/*", "static pod: kops-channels", "static pod of kops-channels, which "
		"applies addons", UPDATE, false },
	{ "manifests/*", "static pod", "static pod of the control plane", UPDATE, false },
	{ "pki/private/*", "PRIVATE KEYS", "PRIVATE KEYS of a certificate authority or an account",
		UPDATE, true },
	{ "pki/ssh/public/*", "an SSH public key", "an SSH public key for the nodes' admin user",
		"kops create secret", false },
	{ "pki/issued/*", "certificates, old kops", "certificates of kops 1.21 and older", UPDATE,
		false },
	{ "pki/*", "part of the certificates", "part of the cluster's certificates", UPDATE, true },
	{ "secrets/*", "SECRET: password or token", "SECRET: a password or token of the cluster",
		"kops update, create secret", true },
	{ "backups/etcd/*/control/*", "orders to etcd-manager", "orders to etcd-manager: how many "
		"members, restores", "kops update, etcd-manager", true },
	{ "backups/*", "etcd's backups, not listed", "etcd's backups: all objects of the cluster, "
		"secrets too", "etcd-manager", true },
	{ "openid/*", "keys of service accounts", "public keys of service accounts, for IAM roles",
		UPDATE, false },
	{ ".well-known/*", "leads to service accounts' keys", "where AWS finds the service "
		"accounts' keys", UPDATE, false },
};
static const struct store_what unknown = { "*", "not known to kops",
	"not known to kops: kops delete cluster refuses while it is there", "?", false };

const struct store_what *store_what(const char *path)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_glob(rows[i].pattern, path)) {
			return &rows[i];
		}
	}
	return &unknown;
}

/* Keys of a keyset and of a secret that say nothing secret. */
static bool line_is_plain(const char *line, size_t n)
{
	static const char *const plain[] = { "apiVersion:", "kind:", "metadata:", "name:",
		"creationTimestamp:", "spec:", "keys:", "id:", "primaryId:", "type:",
		"publicMaterial:", "distrustTimestamp:" };
	while (n > 0 && (*line == ' ' || *line == '-')) {
		line++;
		n--;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		size_t k = strlen(plain[i]);
		if (n >= k && !strncmp(line, plain[i], k)) {
			return true;
		}
	}
	return n == 0;
}

static bool line_begins(const char *line, const char *word)
{
	return !strncmp(line, word, strlen(word));
}

char *store_what_masked(const char *text)
{
	struct buf out = BUF_INIT;
	while (*text) {
		size_t n = strcspn(text, "\n"), key = 0;
		if (line_is_plain(text, n)) {
			buf_add(&out, text, n);
		} else {
			/* of what is hidden only these two keys may be seen */
			bool named;
			key = strspn(text, " -\"{");
			named = key < n && (line_begins(text + key, "Data\":") ||
				line_begins(text + key, "privateMaterial:"));
			key += named ? strcspn(text + key, ":") : 0;
			buf_add(&out, text, named ? key + 1 : 0);
			buf_addf(&out, "%s**** (%zu characters)", named ? " " : "",
				n - (named ? key + 1 : 0));
		}
		text += n;
		if (*text == '\n') {
			buf_addc(&out, '\n');
			text++;
		}
	}
	return buf_detach(&out);
}
