/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kubeconfig's context as everything a connection needs.
 *
 * Files: the one asked for (must exist); else KUBECONFIG split at ':' (empty
 * items and missing files are skipped), else ~/.kube/config; with none of them
 * and inside a pod, the pod's service account.  Merging: the first file that
 * has a cluster, user or context of a name gives the whole entry, the first
 * that sets current-context gives that.  Relative paths belong to the folder
 * of the file they stand in.  (client-go tools/clientcmd.)
 *
 * Certificates and keys are read here, so that a wrong path is told before
 * anything is sent; token files are read by the client, again and again.
 */
#ifndef KOPSCOPE_K8S_KUBECONFIG_H
#define KOPSCOPE_K8S_KUBECONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/strs.h"

enum exec_mode { EXEC_NEVER, EXEC_IF_AVAILABLE, EXEC_ALWAYS };

/* users[].user.exec; command NULL: there is none. */
struct kube_exec {
	char *api_version, *command, *install_hint;
	struct strlist args;
	struct strlist env; /* "NAME=value" */
	enum exec_mode mode;
	bool cluster_info;
};

/* All strings are owned; NULL: not set. */
struct kube_conn {
	char *context, *cluster, *user; /* names; context "in-cluster" in a pod */
	char *source;                   /* file the context came from; NULL in a pod */
	char *server;                   /* scheme://host[:port][/path], no slash at the end */
	char *tls_server_name, *proxy;
	bool insecure, no_compression;
	char *ca_pem, *cert_pem, *key_pem;
	char *token, *token_file;
	char *username, *password;
	char *as_user, *as_uid;
	struct strlist as_groups;
	struct strlist as_extra; /* key, value, key, value, ... */
	struct kube_exec exec;
};

/* What the process's surroundings say; NULL members: unset. */
struct kube_conn_env {
	const char *kubeconfig; /* KUBECONFIG */
	const char *home;       /* HOME */
	const char *service_host, *service_port; /* KUBERNETES_SERVICE_HOST, _PORT */
	const char *account_dir; /* with token and ca.crt */
};
void kube_conn_env_get(struct kube_conn_env *env); /* borrowed from the environment */

/*
 * file and context may be NULL: then the context is the one named cluster, as kops
 * names it.  Where there is none, the current one will do when its entry of
 * the cluster has that name or its server is api.CLUSTER (or api.internal.CLUSTER):
 * any other is another cluster.  With no cluster known it is the current one.
 * ERR_NOT_FOUND: no kubeconfig anywhere, or none of its contexts is the
 * cluster's; ERR_CONFIG: unreadable, or names what is not there.  Zero out
 * before; release it in any case.
 */
bool kube_conn_load(struct kube_conn *out, const char *file, const char *context,
	const char *cluster, const struct kube_conn_env *env, struct err *e);
void kube_conn_release(struct kube_conn *c); /* secrets are wiped */

/* The names of all contexts of these files, in order, added to out. */
bool kube_contexts(struct strlist *out, const char *file, const struct kube_conn_env *env,
	struct err *e);

/* The first program that any user of these files names (exec); owned by the caller; NULL: none. */
char *kube_program(const char *file, const struct kube_conn_env *env);

#endif
