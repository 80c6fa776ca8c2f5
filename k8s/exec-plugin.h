/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials from a command that the kubeconfig names (exec plugins,
 * client.authentication.k8s.io/v1 and v1beta1).  The command runs without a
 * shell.  What it prints is kept in memory until it expires.
 *
 * The terminal (interactiveMode): Always gets it each time and fails where there
 * is none; Never does not.  IfAvailable gets it the first time; renewals are
 * tried without it, so that the screen stays, and with it when that fails.
 * A command that failed with the terminal in its hands is not given it again
 * before exec_plugin_ask_again(): nobody wants it back every few seconds.
 */
#ifndef KOPSCOPE_K8S_EXEC_PLUGIN_H
#define KOPSCOPE_K8S_EXEC_PLUGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/io/lender.h"
#include "core/io/loop.h"
#include "k8s/kubeconfig.h"

struct exec_plugin;

/* What the plugin gave; NULL: not given.  Borrowed until the next answer. */
struct exec_credential {
	const char *token, *cert_pem, *key_pem;
	int64_t expires; /* wall ms; 0: not said */
};

/* Borrows all three; lender NULL: there is no terminal. */
struct exec_plugin *exec_plugin_new(struct loop *l, const struct kube_conn *conn,
	struct lender *lender);
void exec_plugin_free(struct exec_plugin *p); /* no callback any more */

/* The credential at hand, or NULL when there is none or it expires within 10 s. */
const struct exec_credential *exec_plugin_get(struct exec_plugin *p);
/* Forgets it: the server did not take it. */
void exec_plugin_forget(struct exec_plugin *p);
/* The user wants another try: with the terminal, whatever happened to it before. */
void exec_plugin_ask_again(struct exec_plugin *p);
/*
 * Runs the command unless it runs already.  done comes once for each run,
 * never from inside the call.
 */
void exec_plugin_run(struct exec_plugin *p, void (*done)(void *ctx, const struct err *e),
	void *ctx);

/* Reads an ExecCredential as printed, for tests: into p's credential. */
bool exec_plugin_read(struct exec_plugin *p, const char *text, size_t len, struct err *e);

#endif
