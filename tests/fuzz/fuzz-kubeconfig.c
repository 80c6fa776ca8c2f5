/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubeconfigs, with a line "%%" between: each as the file asked for, and the first joined with what
 * is behind it.  What is told of them is one harmless line.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/xalloc.h"
#include "k8s/kubeconfig.h"
#include "tests/fuzz/harmless.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void load(const char *file, const char *context, const char *cluster,
	const struct kube_conn_env *env)
{
	struct kube_conn c;
	struct err e = ERR_INIT;
	memset(&c, 0, sizeof(c));
	if (kube_conn_load(&c, file, context, cluster, env, &e) ? !c.server : !err_is_set(&e)) {
		abort();
	}
	harmless_err(&e);
	kube_conn_release(&c);
}

/* A file that has no name and is gone when it is closed. */
static int file_of(const char *text, size_t len, char path[32])
{
	int fd = memfd_create("kubeconfig", 0);
	/* it begins as a file that everybody may write, which is refused unread */
	if (fd < 0 || fchmod(fd, 0600) != 0 || write(fd, text, len) != (ssize_t)len) {
		abort();
	}
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

/* One part of the input by itself. */
static void alone(const char *text, size_t len)
{
	char path[32];
	int fd = file_of(text, len, path);
	struct kube_conn_env env = { .kubeconfig = path, .home = "/nonexistent",
		.service_host = "10.0.0.1", .service_port = "443", .account_dir = "/nonexistent" };
	load(path, NULL, NULL, &env);
	load(NULL, NULL, NULL, &env);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *cut = size ? memmem(text, size, "\n%%\n", 4) : NULL;
	size_t first = cut ? (size_t)(cut + 1 - text) : size;
	char one[32], two[32];
	int a = file_of(text, first, one);
	int b = file_of(cut ? cut + 4 : "", cut ? size - first - 3 : 0, two);
	char *both = xasprintf("%s:%s", one, two);
	struct kube_conn_env env = { .kubeconfig = both, .home = "/nonexistent" };
	struct strlist names = { .n = 0 };
	struct err e = ERR_INIT;
	load(one, NULL, NULL, &env);
	load(NULL, "c", NULL, &env);
	load(NULL, NULL, "c.example", &env);
	load("/nonexistent/config", NULL, NULL, &env);
	load(NULL, NULL, NULL, &(struct kube_conn_env){ .kubeconfig = "/nonexistent/config" });
	load(NULL, NULL, NULL, &(struct kube_conn_env){ .home = "/nonexistent" });
	kube_contexts(&names, NULL, &env, &e);
	free(kube_program(NULL, &env));
	harmless_err(&e);
	strlist_release(&names);
	free(both);
	close(a);
	close(b);
	harmless_each(text, size, alone);
	return 0;
}
