/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `kops` on the lab's PATH: sends its arguments to the lab's server and
 * copies what streams back to stdout and stderr (lab/kops.h has the form).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "lab/world.h"

struct kops_client {
	struct loop *loop;
	struct buf line, kubeconfig;
	int code;
	bool ended; /* the exit code came */
};

static void client_line(struct kops_client *c, const char *line)
{
	const char *text = line[0] && line[1] == ':' ? line + 2 : "";

	switch (line[0]) {
	case '1':
		printf("%s\n", text);
		fflush(stdout);
		break;
	case '2':
		fprintf(stderr, "%s\n", text);
		break;
	case '3':
		fputs(text, stdout);
		fflush(stdout);
		break;
	case 'k':
		buf_addf(&c->kubeconfig, "%s\n", text);
		break;
	case 'x':
		c->code = (int)strtol(text, NULL, 10);
		c->ended = true;
		break;
	default:
		break;
	}
}

static bool client_data(void *ctx, const char *p, size_t n)
{
	struct kops_client *c = ctx;

	while (n) {
		const char *eol = memchr(p, '\n', n);
		size_t take = eol ? (size_t)(eol - p) : n;

		if (!buf_add(&c->line, p, take))
			return false;
		if (eol) {
			client_line(c, buf_str(&c->line));
			buf_clear(&c->line);
			take++;
		}
		p += take;
		n -= take;
	}
	return true;
}

static void client_done(void *ctx, const struct http_answer *a, const struct err *e)
{
	struct kops_client *c = ctx;

	if (!c->ended) {
		if (e)
			fprintf(stderr, "kops: the lab does not answer: %s\n", e->text);
		else
			fprintf(stderr, "kops: the lab ended the run early (HTTP %d)\n", a->status);
	}
	loop_stop(c->loop, 0);
}

/* argv and the variables that mean something to kops, as the server reads them. */
static void client_body(struct buf *out, int argc, char **argv)
{
	json_auto_t *j = json_object();
	json_t *args = json_array(), *env = json_object();
	const char *cluster = getenv("KOPS_CLUSTER_NAME");

	for (int i = 1; i < argc; i++)
		json_array_append_new(args, json_string(argv[i]));
	if (!str_empty(cluster))
		json_object_set_new(env, "KOPS_CLUSTER_NAME", json_string(cluster));
	json_object_set_new(j, "argv", args);
	json_object_set_new(j, "env", env);
	json_write(out, j, false);
}

/* Only a file that was named: ~/.kube/config belongs to the user's own clusters. */
static int client_write_kubeconfig(struct kops_client *c, int argc, char **argv)
{
	const char *path = getenv("KUBECONFIG");
	struct err e = ERR_INIT;
	char *first;
	bool ok;

	for (int i = 1; i + 1 < argc; i++) {
		if (str_eq(argv[i], "--kubeconfig"))
			path = argv[i + 1];
	}
	if (str_empty(path)) {
		fputs("kops: no kubeconfig was written: the lab's stand-in writes only the file "
			"that KUBECONFIG or --kubeconfig names\n", stderr);
		return 0;
	}
	first = xstrndup(path, strcspn(path, ":"));
	ok = file_write(first, buf_str(&c->kubeconfig), c->kubeconfig.len, 0600, &e);
	if (!ok)
		fprintf(stderr, "Error: %s\n", e.text);
	free(first);
	return ok ? 0 : 1;
}

int kops_main(int argc, char **argv)
{
	struct kops_client c = { .code = 1 };
	const char *lab = getenv("KOPSCOPE_LAB");
	const struct http_header headers[] = { { "Content-Type", "application/json" } };
	struct http_call call = { .method = "POST", .headers = headers, .nheaders = 1,
		.timeout_ms = -1, .on_data = client_data, .on_done = client_done, .ctx = &c };
	struct buf body = BUF_INIT;
	struct clock clock;
	struct http *http;
	char *url;

	if (str_empty(lab)) {
		fputs("kops: this is the stand-in of kopscope's lab, and KOPSCOPE_LAB is not set: "
			"start it inside `kopscope lab --shell`\n", stderr);
		return 1;
	}
	clock_system(&clock, 1);
	c.loop = loop_new(&clock);
	http = http_new(c.loop);
	client_body(&body, argc, argv);
	url = xasprintf("%s/lab/kops", lab);
	call.url = url;
	call.body = buf_str(&body);
	call.body_len = body.len;
	http_start(http, &call);
	loop_run(c.loop);
	http_free(http);
	loop_free(c.loop);
	if (!c.code && c.kubeconfig.len)
		c.code = client_write_kubeconfig(&c, argc, argv);
	buf_release(&c.line);
	buf_release(&c.kubeconfig);
	buf_release(&body);
	free(url);
	return c.code;
}
