/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kopscope-lab: makes a world, opens its ports, says where they are, and lets
 * time and requests go on until it is told to end.  Called as "kops" it is the
 * kops stand-in instead.
 */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "core/base/base64.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/child.h"
#include "lab/chaos.h"
#include "lab/fault.h"
#include "lab/judge.h"
#include "lab/options.h"
#include "lab/server.h"
#include "lab/tls.h"
#include "lab/world.h"

#define TURN_MAX_MS 500 /* how late a signal or a lost parent may be noticed */
#define EXIT_USAGE 2

struct lab {
	struct lab_options options;
	struct clock clock;
	struct tls_pair tls;
	struct world *world;
	struct lab_server *server;
	char *dir, *kubeconfig, *bin, *kops, *aws;
	bool dir_is_ours;
};

static volatile sig_atomic_t told_to_end;

static void on_signal(int signum)
{
	told_to_end = 1;
}

static bool lab_dir_make(struct lab *l, struct err *e)
{
	if (l->options.dir) {
		l->dir = xstrdup(l->options.dir);
		if (!file_mkdirs(l->dir, e))
			return false;
	} else {
		const char *tmp = getenv("TMPDIR");
		l->dir = xasprintf("%s/kopscope-lab.XXXXXX", str_empty(tmp) ? "/tmp" : tmp);
		if (!mkdtemp(l->dir))
			return err_errno(e, errno, "%s", l->dir);
		l->dir_is_ours = true;
	}
	l->kubeconfig = file_join(l->dir, "kubeconfig");
	l->bin = file_join(l->dir, "bin");
	l->kops = file_join(l->bin, "kops");
	l->aws = file_join(l->bin, "aws");
	return file_mkdirs(l->bin, e);
}

static bool kubeconfig_write(const struct lab *l, struct err *e)
{
	const struct world *w = l->world;
	struct buf ca = BUF_INIT, b = BUF_INIT;
	base64_encode(&ca, w->kube_ca_pem, strlen(w->kube_ca_pem));
	buf_addf(&b, "apiVersion: v1\nkind: Config\ncurrent-context: %s\n"
		"clusters:\n- name: %s\n  cluster:\n    server: %s\n"
		"    certificate-authority-data: %s\n", w->cluster, w->cluster, w->kube_server,
		buf_str(&ca));
	buf_addf(&b, "contexts:\n- name: %s\n  context:\n    cluster: %s\n    user: %s\n"
		"users:\n- name: %s\n  user:\n    token: %s\n", w->cluster, w->cluster, w->cluster,
		w->cluster, w->kube_token);
	if (!w->n_asgs) { /* no cluster yet: kops export kubeconfig writes it later */
		buf_clear(&b);
		buf_adds(&b, "apiVersion: v1\nkind: Config\n");
	}
	bool ok = file_write(l->kubeconfig, buf_str(&b), b.len, 0600, e);
	buf_release(&ca);
	buf_release(&b);
	return ok;
}

static bool kops_link(const struct lab *l, struct err *e)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0)
		return err_errno(e, errno, "/proc/self/exe");
	self[n] = '\0';
	unlink(l->kops);
	if (symlink(self, l->kops) != 0)
		return err_errno(e, errno, "%s", l->kops);
	return true;
}

/*
 * An aws before 2.13 does not know AWS_ENDPOINT_URL and would call the real AWS: one word in front
 * of whatever aws is installed makes every version call the lab.
 */
static bool aws_wrapper(const struct lab *l, struct err *e)
{
	char *real = child_which("aws");
	bool ok = true;
	if (real && !strchr(real, '\'')) {
		struct buf b = BUF_INIT;
		buf_addf(&b, "#!/bin/sh\nexec '%s' --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"\n",
			real);
		ok = file_write(l->aws, buf_str(&b), b.len, 0700, e);
		buf_release(&b);
	}
	free(real);
	return ok;
}

/* A line of shell: values are quoted where they need it. */
static void env_line(struct buf *b, const char *name, const char *value)
{
	bool plain = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"_-./:") == strlen(value);
	buf_addf(b, "export %s=", name);
	if (plain) {
		buf_adds(b, value);
	} else {
		buf_addc(b, '\'');
		for (const char *p = value; *p; p++)
			buf_adds(b, *p == '\'' ? "'\\''" : (char[]){ *p, '\0' });
		buf_addc(b, '\'');
	}
	buf_addc(b, '\n');
}

static void env_make(const struct lab *l, struct buf *b)
{
	const struct world *w = l->world;
	char *url = xasprintf("http://127.0.0.1:%d", lab_server_port(l->server));
	char *store = xasprintf("s3://%s", w->state_bucket);
	char speed[24];
	snprintf(speed, sizeof(speed), "%.0f", w->options.speed);
	const char *const lines[][2] = {
		{ "KUBECONFIG", l->kubeconfig },
		{ "AWS_ENDPOINT_URL", url },
		{ "AWS_ACCESS_KEY_ID", w->access_key },
		{ "AWS_SECRET_ACCESS_KEY", w->secret_key },
		{ "AWS_REGION", w->region },
		{ "AWS_DEFAULT_REGION", w->region },
		{ "AWS_EC2_METADATA_DISABLED", "true" },
		{ "S3_ENDPOINT", url },
		{ "S3_REGION", w->region },
		{ "S3_ACCESS_KEY_ID", w->access_key },
		{ "S3_SECRET_ACCESS_KEY", w->secret_key },
		{ "KOPS_STATE_STORE", store },
		{ "KOPS_CLUSTER_NAME", w->cluster },
		{ "KOPSCOPE_LAB_SPEED", speed },
		{ "KOPSCOPE_LAB", url },
		{ "KOPSCOPE_LAB_SCENARIO", w->options.scenario ? w->options.scenario : "story" },
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		env_line(b, lines[i][0], lines[i][1]);
	buf_adds(b, "unset AWS_PROFILE AWS_SESSION_TOKEN\n");
	buf_addf(b, "export PATH='%s':\"$PATH\"\n", l->bin);
	free(url);
	free(store);
}

static bool lab_open(struct lab *l, struct err *e)
{
	clock_system(&l->clock, 1);
	if (!lab_dir_make(l, e) || !tls_pair_make(&l->tls, e))
		return false;
	l->world = world_new(&(struct world_options){ .clock = &l->clock,
		.speed = l->options.speed, .seed = l->options.seed,
		.older_ms = l->options.older_ms,
		.scenario = l->options.scenario, .scale = l->options.scale });
	for (size_t i = 0; i < sizeof(l->options.faults) / sizeof(l->options.faults[0]); i++) {
		const char *text = l->options.faults[i];
		if (text && !lab_fault_on(l->world->faults, text, e))
			return false;
	}
	l->server = lab_server_new(&(struct lab_server_options){ .world = l->world,
		.port = l->options.port, .cert_pem = l->tls.cert_pem,
		.key_pem = l->tls.key_pem }, e);
	if (!l->server)
		return false;
	l->world->kube_server = xasprintf("https://127.0.0.1:%d", lab_server_kube_port(l->server));
	l->world->kube_ca_pem = xstrdup(l->tls.ca_pem);
	return kubeconfig_write(l, e) && kops_link(l, e) && aws_wrapper(l, e);
}

static bool lab_announce(const struct lab *l, struct err *e)
{
	struct buf b = BUF_INIT;
	env_make(l, &b);
	bool ok = !l->options.env_file ||
		file_write(l->options.env_file, buf_str(&b), b.len, 0600, e);
	if (ok) {
		fputs(buf_str(&b), stdout);
		puts("ready");
		fflush(stdout);
	}
	buf_release(&b);
	return ok;
}

static bool parent_lives(pid_t pid)
{
	return pid == 0 || kill(pid, 0) == 0 || errno == EPERM;
}

/* Lines are printed for somebody who reads them: with a parent nobody does after "ready". */
static void lab_chaos_begin(struct lab *l)
{
	if (l->options.chaos < 0)
		return;
	l->world->judge = judge_new(l->world);
	l->world->chaos = chaos_new(l->world, &(struct chaos_options){
		.seed = (uint64_t)l->options.chaos, .hours = l->options.hours,
		.print = l->options.parent == 0 });
}

static void lab_serve(struct lab *l)
{
	lab_chaos_begin(l);
	while (!told_to_end && parent_lives(l->options.parent)) {
		int64_t ms = world_run(l->world);
		lab_server_turn(l->server, ms < 0 || ms > TURN_MAX_MS ? TURN_MAX_MS : (int)ms);
	}
}

/* Whoever attached to the lab may have put more into its folder. */
static int path_remove(const char *path, const struct stat *st, int type, struct FTW *where)
{
	return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

static void lab_close(struct lab *l)
{
	lab_server_free(l->server);
	if (l->world) {
		chaos_free(l->world->chaos);
		judge_free(l->world->judge);
		l->world->chaos = NULL;
		l->world->judge = NULL;
	}
	world_free(l->world);
	tls_pair_release(&l->tls);
	if (l->kubeconfig) {
		unlink(l->kubeconfig);
		unlink(l->kops);
		unlink(l->aws);
		rmdir(l->bin);
	}
	if (l->dir_is_ours)
		nftw(l->dir, path_remove, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	free(l->dir);
	free(l->kubeconfig);
	free(l->bin);
	free(l->kops);
	free(l->aws);
}

static void signals_set(void)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction a = { .sa_handler = on_signal };
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		sigaction(ends[i], &a, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int error_exit(const struct err *e)
{
	fprintf(stderr, "kopscope-lab: %s%s%s\n", e->text, e->hint[0] ? "; " : "", e->hint);
	return e->kind == ERR_USAGE ? EXIT_USAGE : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct lab lab = { .world = NULL };
	const char *slash = strrchr(argv[0], '/');
	if (strcmp(slash ? slash + 1 : argv[0], "kops") == 0)
		return kops_main(argc, argv);
	if (!lab_options_parse(&lab.options, argc, argv, &e))
		return error_exit(&e);
	if (lab.options.help) {
		lab_options_help();
		return 0;
	}
	if (lab.options.man) {
		struct buf page = BUF_INIT;
		lab_man_page(&page);
		fputs(buf_str(&page), stdout);
		buf_release(&page);
		return 0;
	}
	if (lab.options.version) {
		puts("kopscope-lab " PACKAGE_VERSION);
		return 0;
	}
	signals_set();
	int status = 0;
	if (lab_open(&lab, &e) && lab_announce(&lab, &e))
		lab_serve(&lab);
	else
		status = error_exit(&e);
	lab_close(&lab);
	return status;
}
