/* SPDX-License-Identifier: Apache-2.0 */
/* A whole screen in memory. */
#include "tests/tui/fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/tui/bucket.h"
#include "tui/screen/keys.h"

static const char spec_text[] =
	"apiVersion: kops.k8s.io/v1alpha2\n"
	"kind: Cluster\n"
	"metadata:\n"
	"  name: " WORLD_CLUSTER "\n"
	"spec:\n"
	"  cloudProvider: aws\n"
	"  kubelet:\n"
	"    anonymousAuth: false\n"
	"  kubernetesVersion: 1.34.2\n"
	"  networkCIDR: 172.30.0.0/16\n"
	"  networking:\n"
	"    amazonvpc: {}\n"
	"  nonMasqueradeCIDR: 100.64.0.0/10\n";

static const char group_text[] =
	"apiVersion: kops.k8s.io/v1alpha2\n"
	"kind: InstanceGroup\n"
	"metadata:\n"
	"  labels:\n"
	"    kops.k8s.io/cluster: " WORLD_CLUSTER "\n"
	"  name: nodes-ap-northeast-2a\n"
	"spec:\n"
	"  image: 099720109477/ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251001\n"
	"  machineType: t3.medium\n"
	"  maxSize: 1\n"
	"  minSize: 1\n"
	"  role: Node\n"
	"  rootVolumeSize: 10\n"
	"  subnets:\n"
	"  - ap-northeast-2a\n";

/* ---- answers come later, never from inside the call --------------------------------- */

struct answer {
	struct fixture *f;
	char *text;
	struct err err;
	void (*done)(void *ctx, const struct err *e);
	void (*got)(void *ctx, const char *text, size_t len, const char *etag, const struct err *e);
	void (*put)(void *ctx, const char *etag, const struct err *e);
	void (*listed)(void *ctx, const struct store_entry *v, size_t n, const struct err *e);
	void (*leased)(void *ctx, const struct kube_lease *l, const struct err *e);
	void (*read)(void *ctx, const char *json, size_t len, const struct err *e);
	void *ctx;
};

static void answer_give(void *ctx)
{
	struct answer *a = ctx;
	const struct err *e = err_is_set(&a->err) ? &a->err : NULL;
	if (a->listed) { /* text: the path */
		bucket_list(a->text, strlen(a->f->spec), a->listed, a->ctx);
	} else if (a->leased) { /* text: its holder, who has not been heard of for long */
		int64_t now = clock_wall(&a->f->session.clock);
		struct kube_lease l = { .holder = a->text, .duration_s = 120,
			.acquired = now - 3600000, .renewed = now - 1200000 };
		a->leased(a->ctx, e ? NULL : &l, e);
	} else if (a->read) {
		a->read(a->ctx, a->text, strlen(a->text), e);
	} else if (a->got) {
		a->got(a->ctx, a->text, a->text ? strlen(a->text) : 0, "etag-1", e);
	} else if (a->put) {
		a->put(a->ctx, "etag-2", e);
	} else {
		a->done(a->ctx, e);
	}
	free(a->text);
	free(a);
}

static void answer_later(struct fixture *f, const struct answer *what)
{
	struct answer *a = xcalloc(1, sizeof(*a));
	*a = *what;
	a->f = f;
	loop_timer_add(f->session.loop, 0, answer_give, a);
}

/* The verbs have no place for a context of their own: there is one fixture at a time. */
static struct fixture *present;

static void store_get(struct store *s, const char *path,
	void (*done)(void *, const char *, size_t, const char *, const struct err *), void *ctx)
{
	bool group = str_eq(path, WORLD_CLUSTER "/instancegroup/nodes-ap-northeast-2a");
	struct answer a = { .text = xstrdup(group ? present->group_spec : present->spec),
		.got = done, .ctx = ctx };
	if (bucket_text(path) && !group) {
		xreplace(&a.text, bucket_text(path));
	} else if (!group && !str_eq(path, WORLD_CLUSTER "/config")) {
		err_set(&a.err, ERR_NOT_FOUND, "%s is not there", path);
	}
	answer_later(present, &a);
}

static void store_put(struct store *s, const char *path, const char *text, size_t len,
	const char *if_tag, void (*done)(void *, const char *, const struct err *), void *ctx)
{
	struct answer a = { .put = done, .ctx = ctx };
	if (present->faster) {
		free(present->group_spec);
		present->group_spec = present->faster;
		present->faster = NULL;
		err_set(&a.err, ERR_CONFLICT, "somebody was faster");
	} else if (!str_eq(if_tag, "etag-1")) {
		err_set(&a.err, ERR_CONFLICT, "somebody was faster");
	} else {
		bool group = strstr(path, "/instancegroup/");
		char **spec = group ? &present->group_spec : &present->spec;

		free(*spec);
		*spec = xstrndup(text, len);
		xreplace(&present->puts_path, path);
	}
	answer_later(present, &a);
}

static void store_list(struct store *s, const char *path,
	void (*done)(void *, const struct store_entry *, size_t, const struct err *), void *ctx)
{
	answer_later(present, &(struct answer){ .text = xstrdup(path), .listed = done, .ctx = ctx });
}

static const struct store_ops store_ops = { .list = store_list, .get = store_get,
	.put = store_put };

static void kube_scale(struct kube *k, const char *ns, const char *name, int32_t replicas,
	void (*done)(void *, const struct err *), void *ctx)
{
	free(present->scaled);
	present->scaled = xasprintf("%s/%s=%d", ns, name, replicas);
	answer_later(present, &(struct answer){ .done = done, .ctx = ctx });
}

static void kube_cordon(struct kube *k, const char *node, bool on,
	void (*done)(void *, const struct err *), void *ctx)
{
	answer_later(present, &(struct answer){ .done = done, .ctx = ctx });
}

/* The server takes it over: the DaemonSet begins to roll. */
static void kube_set_env(struct kube *k, const char *ns, const char *name, const char *container,
	const struct env_entry *env, size_t n, void (*done)(void *, const struct err *), void *ctx)
{
	struct daemonset ds = *model_daemonset(present->session.model, ns, name);
	struct env_entry *all = xcalloc(ds.nenv + n, sizeof(*all));
	struct buf said = BUF_INIT;
	size_t left = 0;
	for (size_t i = 0; i < ds.nenv; i++) {
		bool named = false;
		for (size_t j = 0; j < n; j++) {
			named |= str_eq(env[j].name, ds.env[i].name);
		}
		if (!named) {
			all[left++] = ds.env[i];
		}
	}
	for (size_t j = 0; j < n; j++) {
		buf_addf(&said, "%s%s=%s", j ? " " : "", env[j].name,
			env[j].value ? env[j].value : "-");
		if (env[j].value) {
			all[left++] = env[j];
		}
	}
	ds.env = all;
	ds.nenv = left;
	ds.updated = 1;
	ds.generation++;
	struct observation o = { .kind = OBS_DAEMONSET, .verb = OBS_SEEN, .u.daemonset = &ds };
	model_apply(present->session.model, &o);
	free(all);
	free(present->env_set);
	present->env_set = buf_detach(&said);
	answer_later(present, &(struct answer){ .done = done, .ctx = ctx });
}

static void kube_restart(struct kube *k, const char *ns, const char *name,
	void (*done)(void *, const struct err *), void *ctx)
{
	free(present->env_set);
	present->env_set = xasprintf("restart %s/%s", ns, name);
	answer_later(present, &(struct answer){ .done = done, .ctx = ctx });
}

static enum tri kube_allowed(struct kube *k, enum kube_verb_id verb, const char **why)
{
	return TRI_YES;
}

/* FAKE_LEASE: who holds it. */
static void kube_get_lease(struct kube *k, const char *ns, const char *name,
	void (*done)(void *, const struct kube_lease *, const struct err *), void *ctx)
{
	struct answer a = { .text = xstrdup(getenv("FAKE_LEASE")), .leased = done, .ctx = ctx };
	if (!a.text) {
		err_set(&a.err, ERR_NOT_FOUND, "no such lease");
	}
	answer_later(present, &a);
}

/* An object of that name, with what the server keeps for managers. */
static void kube_read(struct kube *k, const char *what, const char *ns, const char *name,
	void (*done)(void *, const char *, size_t, const struct err *), void *ctx)
{
	struct answer a = { .read = done, .ctx = ctx };
	a.text = xasprintf("{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\","
		"\"managedFields\":[{\"manager\":\"kubelet\"}],\"labels\":{\"app\":\"on\"}},"
		"\"spec\":{\"containers\":[{\"name\":\"a\",\"args\":[\"--x=1\",\"two words\"]}],"
		"\"hostNetwork\":true,\"weight\":7,\"empty\":{}}}", what, name);
	answer_later(present, &a);
}

static const struct kube_ops kube_ops = { .read = kube_read, .scale = kube_scale, .cordon = kube_cordon,
	.get_lease = kube_get_lease,
	.set_env = kube_set_env, .restart = kube_restart, .allowed = kube_allowed };

static void cloud_set_desired(struct cloud *c, const char *asg, int32_t desired,
	void (*done)(void *, const struct err *), void *ctx)
{
	answer_later(present, &(struct answer){ .done = done, .ctx = ctx });
}

static const struct cloud_ops cloud_ops = { .set_desired = cloud_set_desired };

/* ---- a run ---------------------------------------------------------------------------- */

static const struct run_node run_nodes[] = {
	{ .instance = (char *)"i-8cc5d03ea1c575c7a", .node = (char *)"i-8cc5d03ea1c575c7a",
		.group = (char *)"control-plane-ap-northeast-2a",
		.replaced_by = (char *)WORLD_CONTROL, .phase = ROLL_DONE, .took_ms = 48000,
		.pods_before = 17, .pods_after = 110 },
	{ .instance = (char *)WORLD_NODE_A, .node = (char *)WORLD_NODE_A,
		.group = (char *)"nodes-ap-northeast-2a", .phase = ROLL_DRAINING,
		.since = WORLD_NOW - 14000, .took_ms = -1, .pods_total = 15, .pods_left = 3,
		.pods_before = 17, .pods_after = -1,
		.waits_for = (char *)"default/db-0: PDB db allows 0 disruptions (1 of 1 needed)" },
	{ .instance = (char *)WORLD_NODE_C, .node = (char *)WORLD_NODE_C,
		.group = (char *)"nodes-ap-northeast-2c", .phase = ROLL_WAITS, .took_ms = -1,
		.pods_before = 17, .pods_after = -1 },
};

static const struct run_example {
	enum run_kind kind;
	enum run_engine engine;
	enum run_status status;
	const char *message;
	size_t done, total;
	int64_t eta_ms, ended_ago;
	int tasks;
} run_examples[FIXTURE__COUNT] = {
	[FIXTURE_ROLLING] = { RUN_ROLL, RUN_NATIVE, RUN_ALIVE, "replacing " WORLD_NODE_A, 1, 3, 115000,
		-1, 0 },
	[FIXTURE_GUARDED] = { RUN_ROLL, RUN_NATIVE, RUN_GUARD,
		"aws-node is not ready on " WORLD_CONTROL " after 5 minutes: nothing further is replaced; "
		"look at its pod, then start the roll again", 1, 3, -1, 20000, 0 },
	[FIXTURE_UPDATED] = { RUN_UPDATE, RUN_KOPS, RUN_SUCCEEDED, "The update is applied.", 0, 0, -1,
		30000, 119 },
	[FIXTURE_ROLLED] = { RUN_ROLL, RUN_KOPS, RUN_SUCCEEDED, "3 of 3 instances were replaced.", 3,
		3, -1, 10000, 0 },
};

static void fixture_run_node(struct fixture *f, struct run_node *n, const struct run_node *from)
{
	*n = *from;
	if (f->app.run.status == RUN_SUCCEEDED && from->phase != ROLL_DONE) {
		n->phase = ROLL_DONE;
		n->took_ms = 51000;
		n->pods_after = 110;
	}
	n->instance = xstrdup(from->instance);
	n->node = xstrdup(from->node);
	n->group = xstrdup(from->group);
	n->replaced_by = xstrdup(from->replaced_by);
	n->waits_for = f->app.run.status == RUN_ALIVE ? xstrdup(from->waits_for) : NULL;
}

static void fixture_run(struct fixture *f, const struct run_example *x)
{
	struct run_view *v = &f->app.run;
	if (!x->message) {
		return;
	}
	*v = (struct run_view){ .status = x->status, .done = x->done, .total = x->total,
		.eta_ms = x->eta_ms, .message = xstrdup(x->message),
		.ended = x->ended_ago < 0 ? 0 : WORLD_NOW - x->ended_ago, .tasks_done = x->tasks,
		.tasks_total = x->tasks,
		.meta = { .id = xstrdup("7"), .cluster = xstrdup(WORLD_CLUSTER),
			.state = xstrdup("s3://pkos-state"), .who = xstrdup("ops@bastion"),
			.kind = x->kind, .engine = x->engine, .started = WORLD_NOW - 112000 } };
	v->nnodes = x->total;
	v->nodes = xcalloc(x->total + 1, sizeof(*v->nodes));
	for (size_t i = 0; i < x->total; i++) {
		fixture_run_node(f, &v->nodes[i], &run_nodes[i]);
	}
	f->app.has_run = true;
}

/* ---- life ------------------------------------------------------------------------------- */

static void fixture_nothing(struct fixture *f)
{
	struct model *m = f->session.model;
	err_set(&f->session.state_err, ERR_CONFIG,
		"no state store: KOPS_STATE_STORE is not set, ~/.kops.yaml does not exist");
	err_hint(&f->session.state_err, "export KOPS_STATE_STORE=s3://your-bucket, or use --state; "
		"to look around first: kopscope lab");
	world_source(m, SRC_STORE, SOURCE_OFF, -1, ERR_CONFIG, f->session.state_err.text,
		f->session.state_err.hint);
	world_source(m, SRC_AWS, SOURCE_OFF, -1, ERR_CONFIG,
		"not asked: no state store tells the cluster", "");
	world_source(m, SRC_KUBE, SOURCE_OFF, -1, ERR_CONFIG,
		"no cluster: KUBECONFIG is not set, ~/.kube/config does not exist",
		"export KUBECONFIG=FILE, or use --kubeconfig");
}

static void fixture_log(struct fixture *f)
{
	struct log_lines *l = &f->session.log;
	log_add(l, WORLD_NOW - 125000, STYLE_OK, "state store: connected");
	log_add(l, WORLD_NOW - 124000, STYLE_OK, "AWS: connected");
	log_add(l, WORLD_NOW - 124000, STYLE_OK, "Kubernetes API: connected");
	log_add(l, WORLD_NOW - 80000, STYLE_OK, "default/" WORLD_DEPLOYMENT " set to 40");
	log_add(l, WORLD_NOW - 20000, STYLE_BAD,
		"AWS: throttled by DescribeInstances: asked to slow "
		"down, next call in 8 s (RequestLimitExceeded, request id 01234567-89ab-cdef)");
}

static void fixture_expiring(struct model *m)
{
	struct identity who = { .account = "123456789012", .provider = "environment",
		.arn = "arn:aws:iam::123456789012:user/ops", .expires = WORLD_NOW + 9 * 60000 };
	struct observation o = { .kind = OBS_IDENTITY, .verb = OBS_SEEN, .u.identity = &who };
	model_apply(m, &o);
	world_source(m, SRC_AWS, SOURCE_FAILED, 95000, ERR_THROTTLED,
		"EC2 DescribeInstances: Request limit exceeded. (RequestLimitExceeded)", "");
}

static void fixture_answered(void *ctx, const char *answer)
{
}

static void fixture_world(struct fixture *f, enum fixture_kind kind)
{
	static const struct world worlds[FIXTURE__COUNT] = {
		[FIXTURE_FULL] = { .running = 30, .pending = 10 },
		[FIXTURE_ROOMY] = { .running = 20 },
		[FIXTURE_FINE] = { .prefix = true, .running = 110 },
		[FIXTURE_MARKED] = { .marked = true, .running = 20 },
		[FIXTURE_ROLLING] = { .marked = true, .running = 20 },
		[FIXTURE_GUARDED] = { .marked = true, .running = 20 },
		[FIXTURE_UPDATED] = { .marked = true, .running = 20 },
		[FIXTURE_ROLLED] = { .prefix = true, .running = 20 },
		[FIXTURE_STALE] = { .running = 30, .pending = 10 },
		[FIXTURE_HOSTILE] = { .running = 4 },
		[FIXTURE_READONLY] = { .running = 30, .pending = 10 },
		[FIXTURE_EXPIRING] = { .running = 30, .pending = 10 },
		[FIXTURE_ASKED] = { .running = 30, .pending = 10 },
		[FIXTURE_EDITED] = { .running = 20 },
		[FIXTURE_NAMED] = { .running = 20 },
		[FIXTURE_SPECS] = { .specs_only = true },
	};
	struct session *s = &f->session;
	f->store = (struct store){ .ops = &store_ops, .url = "s3://pkos-state" };
	f->kube.ops = &kube_ops;
	f->cloud.ops = &cloud_ops;
	s->store = &f->store;
	s->kube = &f->kube;
	/* There another cluster can be opened by Enter, which frees the cloud and makes a new one:
	   none for a store in a folder. */
	bool several = kind == FIXTURE_HOSTILE;
	s->cloud = several ? NULL : &f->cloud;
	s->state_url = xstrdup(several ? "/nonexistent/store" : "s3://pkos-state");
	s->opts.readonly = kind == FIXTURE_READONLY;
	world_apply(s->model, &worlds[kind]);
	if (kind == FIXTURE_STALE) {
		world_source(s->model, SRC_KUBE, SOURCE_FAILED, 95000, ERR_NETWORK,
			"api.mate-technology.app:443: connection refused", "is the VPN up?");
	}
	if (kind == FIXTURE_HOSTILE) {
		world_hostile(s->model);
	}
	if (kind == FIXTURE_EDITED) {
		world_edited(s->model);
	}
	if (kind == FIXTURE_NAMED) {
		world_named(s->model);
	}
	if (kind == FIXTURE_EXPIRING) {
		fixture_expiring(s->model);
	}
	if (kind == FIXTURE_ASKED) {
		s->question = xstrdup("Code of arn:aws:iam::123456789012:mfa/ops, for role "
			"arn:aws:iam::123456789012:role/admin");
		s->answer = fixture_answered;
	}
	fixture_log(f);
}

/* The kops that is found on PATH is fake-kops.sh. */
static void fixture_kops(struct fixture *f)
{
	static char *path;
	const char *srcdir = getenv("srcdir");
	char *script = xasprintf("%s/tests/tui/fake-kops.sh", srcdir ? srcdir : ".");
	char *real = realpath(script, NULL);
	char *name = xasprintf("%s/kops", f->state_home);
	path = path ? path : xstrdup(getenv("PATH"));
	if (!real || symlink(real, name) != 0) {
		perror(script);
		exit(1);
	}
	char *with = xasprintf("%s:%s", f->state_home, path);
	setenv("PATH", with, 1);
	free(with);
	free(name);
	free(real);
	free(script);
}

void fixture_init(struct fixture *f, enum fixture_kind kind, int cols, int rows, bool ascii)
{
	memset(f, 0, sizeof(*f));
	present = f;
	const char *tmp = getenv("TMPDIR");
	snprintf(f->state_home, sizeof(f->state_home), "%.40s/kopscope-t-XXXXXX",
		tmp ? tmp : "/tmp");
	if (!mkdtemp(f->state_home)) {
		perror(f->state_home);
		exit(1);
	}
	setenv("XDG_STATE_HOME", f->state_home, 1);
	setenv("KUBECONFIG", "/nonexistent/kubeconfig", 1);
	fixture_kops(f);
	f->time = (struct clock_fake){ .mono = 1000000, .wall = WORLD_NOW };
	f->spec = xstrdup(spec_text);
	f->group_spec = xstrdup(group_text);
	struct session *s = &f->session;
	clock_fake(&s->clock, &f->time);
	s->loop = loop_new(&s->clock);
	s->model = model_new(&s->clock);
	if (kind == FIXTURE_EMPTY) {
		fixture_nothing(f);
	} else {
		fixture_world(f, kind);
	}
	app_init(&f->app, s, &f->options, cols, rows, ascii);
	fixture_run(f, &run_examples[kind]);
	app_frame(&f->app);
}

static int fixture_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void fixture_release(struct fixture *f)
{
	app_release(&f->app);
	shelf_free(f->session.shelf);
	/* What was asked and is still out comes back to nobody. */
	for (int i = 0; i < 8; i++) {
		loop_turn(f->session.loop, 0);
	}
	model_free(f->session.model);
	loop_free(f->session.loop);
	log_release(&f->session.log);
	free(f->session.state_url);
	free(f->session.confirmed);
	free(f->session.confirmed_cluster);
	free(f->spec);
	free(f->group_spec);
	free(f->puts_path);
	free(f->scaled);
	free(f->env_set);
	nftw(f->state_home, fixture_unlink, 8, FTW_DEPTH | FTW_PHYS);
	present = NULL;
}

/* ---- driving ------------------------------------------------------------------------------ */

void fixture_keys(struct fixture *f, const char *names)
{
	struct strlist keys = { .v = NULL };
	strlist_split(&keys, names, ' ');
	for (size_t i = 0; i < keys.n; i++) {
		uint32_t key = key_from_name(keys.v[i]);
		if (str_eq(keys.v[i], "settle")) { /* answers come back between two keys */
			fixture_settle(f);
			continue;
		}
		if (key == KEY_NONE_) {
			fprintf(stderr, "no key is named %s\n", keys.v[i]);
			abort();
		}
		app_key(&f->app, key);
		app_frame(&f->app);
	}
	strlist_release(&keys);
}

void fixture_type(struct fixture *f, const char *text)
{
	for (; *text; text++) {
		app_key(&f->app, (uint32_t)(unsigned char)*text);
	}
	app_frame(&f->app);
}

void fixture_settle(struct fixture *f)
{
	/* Each answer may ask for the next one. */
	for (int i = 0; i < 8; i++) {
		loop_turn(f->session.loop, 0);
	}
	app_frame(&f->app);
}

bool fixture_wait(struct fixture *f, const char *text)
{
	for (int i = 0; i < 3000; i++) {
		loop_turn(f->session.loop, 10);
		app_frame(&f->app);
		if (fixture_shows(f, text)) {
			return true;
		}
	}
	return false;
}

char *fixture_text(struct fixture *f)
{
	struct buf b = BUF_INIT;
	grid_text(&f->app.grid, &b);
	return buf_detach(&b);
}

bool fixture_shows(struct fixture *f, const char *text)
{
	char *s = fixture_text(f);
	bool hit = strstr(s, text) != NULL;
	free(s);
	return hit;
}

bool fixture_shows_or_says(struct fixture *f, const char *text)
{
	bool hit = fixture_shows(f, text);
	if (!hit) {
		char *s = fixture_text(f);
		fprintf(stderr, "%snot there: %s\n", s, text);
		free(s);
	}
	return hit;
}
