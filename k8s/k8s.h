/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes for kopscope: a kubeconfig's context as a connection, and on it a
 * source of observations (list and watch) and the cluster's verbs.
 *
 * The kubeconfig is read once; only when the server refuses its credentials (401)
 * they are read anew from the same context, so that new ones serve without a start anew.
 */
#ifndef KOPSCOPE_K8S_K8S_H
#define KOPSCOPE_K8S_K8S_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/strs.h"
#include "core/io/http.h"
#include "core/io/lender.h"
#include "core/io/loop.h"
#include "core/model/source.h"

struct k8s;

struct k8s_options {
	const char *kubeconfig; /* one file that must exist; NULL: KUBECONFIG, then ~/.kube/config,
	                           then in-cluster */
	const char *context;    /* NULL: the one of the cluster (k8s/kubeconfig.h) */
	const char *cluster;    /* kops cluster name; NULL: none */
	struct lender *lender;  /* the terminal, for exec plugins; NULL: none.  Borrowed */
};

/*
 * Reads the kubeconfig.  NULL with ERR_NOT_FOUND when there is none (text says
 * where was looked), ERR_CONFIG when one cannot be read or names what is not
 * there.  No network yet.  Borrows loop and http.
 */
struct k8s *k8s_new(struct loop *l, struct http *h, const struct k8s_options *o, struct err *e);
void k8s_free(struct k8s *k); /* after the source was freed */

/* The names of all contexts, in the files' order, added to out; kubeconfig as in the options. */
bool k8s_contexts(const char *kubeconfig, struct strlist *out, struct err *e);

/* A program that this kubeconfig would have us run; owned by the caller; NULL: none. */
char *k8s_program(const char *kubeconfig);

const char *k8s_context(const struct k8s *k); /* "in-cluster" there */
const char *k8s_server(const struct k8s *k);

struct source *k8s_source_new(struct k8s *k, const struct sink *sink);
struct kube *k8s_kube(struct k8s *k); /* owned by k */

#endif
