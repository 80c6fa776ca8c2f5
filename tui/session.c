/* SPDX-License-Identifier: Apache-2.0 */
/* One session: the model and the sources that feed it. */
#include "tui/session.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/base/yaml.h"
#include "core/kops/store/file.h"
#include "core/kops/store/source.h"
#include "k8s/kubeconfig-file.h"
#include "tui/session-guard.h"

/* ---- where the state store is ------------------------------------------- */

/* kops_state_store of one of kops' own settings files; NULL when it says nothing. */
static char *session_state_of_file(const char *path)
{
	char *full = file_expand_home(path);
	struct buf text;
	buf_init(&text, 1 << 20);
	char *url = NULL;
	if (file_read(full, &text, NULL)) {
		struct yaml_doc *d = yaml_parse(buf_str(&text), text.len, 0, NULL);
		if (d) {
			url = xstrdup(yaml_text(yaml_root(d), "kops_state_store"));
			yaml_free(d);
		}
	}
	buf_release(&text);
	free(full);
	return url;
}

static void session_find_state(struct session *s)
{
	static const char *const files[] = { "~/.kops.yaml", "~/.kops/config" };
	const char *env = getenv("KOPS_STATE_STORE");
	if (!str_empty(s->opts.state)) {
		s->state_url = xstrdup(s->opts.state);
		s->state_from = "--state";
	} else if (!str_empty(env)) {
		s->state_url = xstrdup(env);
		s->state_from = "KOPS_STATE_STORE";
	}
	for (size_t i = 0; !s->state_url && i < 2; i++) {
		s->state_url = session_state_of_file(files[i]);
		s->state_from = files[i];
	}
	if (!s->state_url) {
		s->state_from = NULL;
		return;
	}
	/* kops trims one slash at the end as well. */
	size_t n = strlen(s->state_url);
	if (n > 1 && s->state_url[n - 1] == '/' && !str_ends(s->state_url, "://")) {
		s->state_url[n - 1] = '\0';
	}
}

static void session_open_store(struct session *s)
{
	struct err *e = &s->state_err;
	if (!s->state_url) {
		err_set(e, ERR_CONFIG,
			"no state store: KOPS_STATE_STORE is not set, ~/.kops.yaml does not exist");
		err_hint(e, "export KOPS_STATE_STORE=s3://your-bucket, or use --state; "
			"to look around first: kopscope lab");
	} else if (str_starts(s->state_url, "s3://")) {
		s->store = aws_store_new(s->aws, s->state_url, e);
	} else if (strstr(s->state_url, "://") && !str_starts(s->state_url, "file://")) {
		err_set(e, ERR_CONFIG,
			"%s: kopscope reads s3:// and file:// stores",
			s->state_url);
	} else {
		s->store = store_file_new(s->loop, s->state_url, e);
	}
	const struct gate_keeper keeper = session_keeper(s);
	s->store = gate_store_new(s->loop, s->store, &keeper);
	if (!s->store && s->state_url) {
		err_wrap(e, "state store from %s", s->state_from);
		/* A name that leads nowhere is a wrong setting, not a failure of the world. */
		e->kind = e->kind == ERR_NOT_FOUND ? ERR_CONFIG : e->kind;
	}
}

/* ---- observations ---------------------------------------------------------- */

/* The cluster to be opened as soon as it is seen; NULL or "": the only one there is. */
static const char *session_wish(const struct session *s)
{
	return str_empty(s->opts.cluster) ? getenv("KOPS_CLUSTER_NAME") : s->opts.cluster;
}

static void session_source_off(struct session *s, enum source_id id, const struct err *why);

/* The cluster that is wished for is not among those of the store: nothing will come of it. */
static void session_wish_fails(struct session *s, const char *want)
{
	struct err why = ERR_INIT;
	if (err_is_set(&model_source(s->model, SRC_KUBE)->why)) {
		return;
	}
	err_set(&why, ERR_CONFIG, "%s names %s, which the state store does not hold",
		str_empty(s->opts.cluster) ? "KOPS_CLUSTER_NAME" : "--name", want);
	err_hint(&why, "Enter in 1 Clusters opens another.");
	log_add(&s->log, clock_wall(&s->clock), STYLE_BAD, "%s", why.text);
	session_source_off(s, SRC_KUBE, &why);
	session_source_off(s, SRC_AWS, &why);
}

static void session_flush(void *ctx)
{
	struct session *s = ctx;
	s->dirty_timer = NULL;
	s->dirty = false;
	if (s->wanted && model_cluster(s->model, s->wanted)) {
		char *name = s->wanted;
		s->wanted = NULL;
		session_open(s, name);
		free(name);
	}
	const char *want = session_wish(s);
	if (!model_opened(s->model)) {
		size_t n;
		const struct m_cluster *const *v = model_clusters(s->model, &n);
		const struct source_status *st = model_source(s->model, SRC_STORE);
		if (!str_empty(want)) {
			if (model_cluster(s->model, want)) {
				session_open(s, want);
			} else if (n > 0 && st->state == SOURCE_LIVE) {
				session_wish_fails(s, want);
			}
		} else if (n == 1 && st->state == SOURCE_LIVE) {
			session_open(s, v[0]->spec.name);
		}
	}
	if (s->changed) {
		s->changed(s->changed_ctx);
	}
}

static const char *const source_words[SRC__COUNT] = {
	[SRC_STORE] = "state store", [SRC_AWS] = "AWS", [SRC_KUBE] = "Kubernetes API",
};

/* What follows "12 calls/min, " in a source's detail: something that is not as it should be. */
static const char *session_note(const struct source_status *s)
{
	const char *comma = strstr(s->detail, ", ");
	return comma ? comma + 2 : "";
}

/* A line in the log when a source fails, comes back or has a word to say, and only then. */
static void session_log_source(struct session *s, const struct obs_source *o)
{
	const struct source_status *was = model_source(s->model, o->id);
	if (o->status.state == SOURCE_FAILED &&
		(was->state != SOURCE_FAILED || !str_eq(was->why.text, o->status.why.text))) {
		log_add(&s->log, clock_wall(&s->clock), STYLE_BAD, "%s: %s", source_words[o->id],
			o->status.why.text);
	} else if (o->status.state == SOURCE_LIVE && was->state != SOURCE_LIVE) {
		log_add(&s->log, clock_wall(&s->clock), STYLE_OK, "%s: connected",
			source_words[o->id]);
	}
	/* The state store's comma is between two counts.  What was asked meanwhile is no word: its
	   detail may bring the note earlier, or leave it out. */
	if (o->id != SRC_STORE && o->status.state == SOURCE_LIVE &&
		!str_eq(session_note(&o->status), s->noted[o->id])) {
		xreplace(&s->noted[o->id], session_note(&o->status));
		if (s->noted[o->id][0]) {
			log_add(&s->log, clock_wall(&s->clock), STYLE_WARN, "%s: %s",
				source_words[o->id], s->noted[o->id]);
		}
	}
}

static void session_mark(struct session *s)
{
	if (!s->dirty) {
		s->dirty = true;
		s->dirty_timer = loop_timer_add(s->loop, 0, session_flush, s);
	}
}

static void session_observe(void *ctx, const struct observation *o)
{
	struct session *s = ctx;
	const struct obs_source *src = o->kind == OBS_SOURCE ? o->u.source : NULL;
	if (src) {
		session_log_source(s, src);
	}
	model_apply(s->model, o);
	session_mark(s);
	if (src && src->id == SRC_STORE && src->status.state != SOURCE_ASKED) {
		s->records_wait = false;
		if (s->shelf) {
			shelf_refresh(s->shelf);
		}
	}
}

static void session_shelved(void *ctx)
{
	session_mark(ctx);
}

void session_want(struct session *s, unsigned wants)
{
	s->wants = wants;
	if (wants && !s->shelf) {
		s->shelf = shelf_new(session_shelved, s);
	}
	if (s->shelf) {
		shelf_want(s->shelf, s->store, model_opened(s->model), wants);
	}
}

const struct shelf *session_shelf(const struct session *s)
{
	return s->shelf ? shelf_look(s->shelf) : NULL;
}

static void session_source_off(struct session *s, enum source_id id, const struct err *why)
{
	struct obs_source o = { .id = id, .status = { .state = SOURCE_OFF } };
	err_copy(&o.status.why, why);
	session_observe(s, &(struct observation){ .kind = OBS_SOURCE, .u.source = &o });
}

/* ---- questions to the user -------------------------------------------------- */

static struct session *session_of_asker(struct asker *a)
{
	return (struct session *)((char *)a - offsetof(struct session, asker));
}

static void session_on_tty(void *ctx, const char *answer)
{
	session_answer(ctx, answer);
}

static void session_ask(struct asker *a, const char *question,
	void (*done)(void *ctx, const char *answer), void *ctx)
{
	struct session *s = session_of_asker(a);
	xreplace(&s->question, question);
	s->answer = done;
	s->answer_ctx = ctx;
	if (s->has_screen) {
		session_mark(s);
	} else if (!s->lent) {
		s->tty.asker.ask(&s->tty.asker, s->question, session_on_tty, s);
	}
}

static void session_ask_cancel(struct asker *a)
{
	struct session *s = session_of_asker(a);
	s->tty.asker.cancel(&s->tty.asker);
	xreplace(&s->question, NULL);
	session_mark(s);
}

const char *session_question(const struct session *s)
{
	return s->question;
}

void session_answer(struct session *s, const char *answer)
{
	if (s->question) {
		xreplace(&s->question, NULL);
		s->answer(s->answer_ctx, answer);
	}
}

/* ---- lending the terminal --------------------------------------------------- */

static struct session *session_of_lender(struct lender *l)
{
	return (struct session *)((char *)l - offsetof(struct session, lender));
}

static bool session_can_lend(struct lender *l)
{
	struct session *s = session_of_lender(l);
	if (s->lent || s->detached || (s->has_screen ? !s->put_aside : s->question != NULL)) {
		return false;
	}
	return isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void session_lend(struct lender *l, const char *to)
{
	struct session *s = session_of_lender(l);
	s->lent = true;
	if (s->put_aside) {
		s->put_aside(s->put_aside_ctx, true);
		fprintf(stderr, "kopscope: %s, for access to the Kubernetes API:\n", to);
	}
}

static void session_lent_back(struct lender *l)
{
	struct session *s = session_of_lender(l);
	s->lent = false;
	if (s->put_aside) {
		s->put_aside(s->put_aside_ctx, false);
	} else if (s->question) {
		s->tty.asker.ask(&s->tty.asker, s->question, session_on_tty, s);
	}
}

#define WAIT_ROUNDS 15

bool session_wait(struct session *s, bool (*done)(void *ctx), void *ctx, int64_t ms)
{
	bool ok = false;
	for (int i = 0; !ok && i < WAIT_ROUNDS;) {
		bool asked = s->question || s->lent;
		uint64_t seen = model_generation_all(s->model);
		uint64_t pods = model_generation(s->model, OBS_POD);
		ok = loop_run_until(s->loop, done, ctx, ms);
		/* Their first list may be long and the line slow: it counts that they come. */
		bool come = !model_listed(s->model, OBS_POD) &&
			    model_generation(s->model, OBS_POD) != pods;
		if (!asked && !come && !s->question && !s->lent) {
			i = model_generation_all(s->model) == seen ? WAIT_ROUNDS : i + 1;
		}
	}
	return ok;
}

/* ---- life -------------------------------------------------------------------- */

/* An error of a kubeconfig says whose setting named the file. */
static void session_blame(const struct session_options *o, struct err *e)
{
	bool theirs = !o->kubeconfig && !str_empty(getenv("KUBECONFIG"));
	if (theirs && str_starts(e->text, "kubeconfig ")) {
		err_wrap(e, "from KUBECONFIG");
	}
}

bool session_check(const struct session_options *o, struct err *e)
{
	const char *list = getenv("KUBECONFIG");
	struct cfg_set set = { .v = NULL };
	bool ok = true;
	if (o->kubeconfig) {
		ok = cfg_set_add(&set, o->kubeconfig, false, e);
	} else if (!str_empty(list)) {
		ok = cfg_set_add_list(&set, list, e);
		if (!ok) {
			session_blame(o, e);
		}
		if (ok && set.n == 0) {
			ok = err_set(e, ERR_CONFIG, "KUBECONFIG names %s, which is not there",
				list);
			err_hint(e, "unset it, or use --kubeconfig FILE");
		}
	}
	cfg_set_release(&set);
	return ok;
}

static enum pace session_usual_pace(const struct session_options *o)
{
	return o->refresh == 1 ? PACE_IDLE : o->refresh == 2 ? PACE_FAST : PACE_NORMAL;
}

void session_init(struct session *s, const struct session_options *o)
{
	*s = (struct session){ .opts = *o, .context_option = o->context,
		.readonly_option = o->readonly };
	session_guard_kops(s, true);
	const char *speed = getenv("KOPSCOPE_LAB_SPEED");
	int64_t scale = 1;
	if (speed) {
		str_to_i64(speed, 1, 10000, &scale);
	}
	clock_system(&s->clock, (double)scale);
	s->loop = loop_new(&s->clock);
	s->http = http_new(s->loop);
	s->model = model_new(&s->clock);
	s->asker = (struct asker){ .ask = session_ask, .cancel = session_ask_cancel };
	s->lender = (struct lender){ .can = session_can_lend, .lend = session_lend,
		.back = session_lent_back };
	ask_tty_init(&s->tty, s->loop);
	s->sink = (struct sink){ .observe = session_observe, .ctx = s };
	s->pace = session_usual_pace(o);
	s->aws = aws_new(s->loop, s->http,
		&(struct aws_options){ .profile = o->profile, .region = o->region,
			.asker = &s->asker });
	session_find_state(s);
	session_open_store(s);
}

static void session_close_source(struct session *s, enum source_id id)
{
	struct source *src = s->sources[id];
	if (src) {
		src->ops->stop(src);
		src->ops->free(src);
		s->sources[id] = NULL;
	}
}

static void session_close_cluster(struct session *s)
{
	session_close_source(s, SRC_AWS);
	session_close_source(s, SRC_KUBE);
	gate_cloud_free(s->cloud);
	s->cloud = NULL;
	if (s->cloud_behind) {
		aws_cloud_free(s->cloud_behind);
		s->cloud_behind = NULL;
	}
	gate_kube_free(s->kube);
	k8s_free(s->k8s);
	s->k8s = NULL;
	s->kube = NULL;
}

void session_release(struct session *s)
{
	session_close_cluster(s);
	session_guard_kops(s, false);
	struct source *src = s->sources[SRC_STORE];
	if (src) {
		src->ops->stop(src);
		src->ops->free(src);
	}
	if (s->dirty_timer) {
		loop_timer_remove(s->dirty_timer);
	}
	shelf_free(s->shelf);
	if (s->store) {
		s->store->ops->free(s->store);
	}
	aws_free(s->aws);
	ask_tty_release(&s->tty);
	free(s->question);
	http_free(s->http);
	model_free(s->model);
	loop_free(s->loop);
	log_release(&s->log);
	for (int i = 0; i < SRC__COUNT; i++) {
		free(s->noted[i]);
	}
	free(s->state_url);
	free(s->wanted);
	free(s->context);
	free(s->confirmed);
	free(s->confirmed_cluster);
}

static struct k8s *session_kube_new(
	struct session *s, const char *cluster, const char *context, struct err *e)
{
	struct k8s *k = k8s_new(s->loop, s->http,
		&(struct k8s_options){ .kubeconfig = s->opts.kubeconfig, .context = context,
			.cluster = cluster, .lender = &s->lender },
		e);
	if (!k) {
		session_blame(&s->opts, e);
	}
	if (!k && cluster && e->hint[0] == '\0') {
		err_hint(e, "kops export kubeconfig %s --admin --state %s", cluster,
			s->state_url ? s->state_url : "STORE");
	}
	return k;
}

static void session_kube_start(struct session *s, struct k8s *k)
{
	s->k8s = k;
	const struct gate_keeper keeper = session_keeper(s);
	s->kube = gate_kube_new(s->loop, k8s_kube(k), &keeper);
	s->sources[SRC_KUBE] = k8s_source_new(k, &s->sink);
	s->sources[SRC_KUBE]->ops->start(s->sources[SRC_KUBE]);
	if (s->pace != PACE_NORMAL) {
		s->sources[SRC_KUBE]->ops->pace(s->sources[SRC_KUBE], s->pace);
	}
}

static void session_open_kube(struct session *s, const char *cluster)
{
	err_clear(&s->k8s_err);
	struct k8s *k = session_kube_new(s, cluster, s->opts.context, &s->k8s_err);
	if (k) {
		session_warn_keys(s);
		session_kube_start(s, k);
	} else {
		session_source_off(s, SRC_KUBE, &s->k8s_err);
	}
}

/* Nothing of what another API server said may stand beside what the next one says. */
static void session_forget_kube(struct session *s)
{
	static const enum obs_kind kinds[] = { OBS_NODE, OBS_POD, OBS_DAEMONSET, OBS_DEPLOYMENT,
		OBS_PDB, OBS_EVENT, OBS_CLAIM, OBS_VOLUME, OBS_STORAGE_CLASS };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		session_observe(s, &(struct observation){ .kind = kinds[i],
			.verb = OBS_SYNC_BEGIN });
		session_observe(s, &(struct observation){ .kind = kinds[i], .verb = OBS_SYNC_END });
	}
	session_observe(s, &(struct observation){ .kind = OBS_SERVER, .verb = OBS_GONE });
	const struct err none = ERR_INIT;
	session_source_off(s, SRC_KUBE, &none);
}

bool session_use_context(struct session *s, const char *context, struct err *e)
{
	char *name = xstrdup(context);
	struct k8s *k = session_kube_new(s, model_opened(s->model), name, e);
	if (!k) {
		free(name);
		return false;
	}
	session_close_source(s, SRC_KUBE);
	gate_kube_free(s->kube);
	s->kube = NULL;
	k8s_free(s->k8s);
	free(s->context);
	s->context = name;
	s->opts.context = name;
	session_forget_kube(s);
	if (!s->store && !s->opts.cluster) {
		model_open_cluster(s->model, k8s_context(k)); /* it has no other name */
		session_guard_cluster(s, k8s_context(k));
	}
	session_kube_start(s, k);
	return true;
}

/* A store in a folder has no cloud behind it that kopscope could ask. */
static bool session_has_cloud(const struct session *s, const struct m_cluster *c)
{
	if (c && c->spec.cloud && !str_eq(c->spec.cloud, "aws")) {
		return false;
	}
	return str_starts(s->state_url, "s3://");
}

static void session_open_cloud(struct session *s, const char *cluster)
{
	const struct m_cluster *c = model_cluster(s->model, cluster);
	if (!session_has_cloud(s, c)) {
		struct err why = ERR_INIT;
		if (c && c->spec.cloud && !str_eq(c->spec.cloud, "aws")) {
			err_set(&why, ERR_CONFIG, "the cluster runs on %s; kopscope asks AWS only",
				c->spec.cloud);
		} else {
			err_set(&why, ERR_CONFIG, "not asked: the state store is a folder");
		}
		session_source_off(s, SRC_AWS, &why);
		return;
	}
	const char *region = s->opts.region ? s->opts.region : c ? c->spec.region : NULL;
	s->sources[SRC_AWS] = aws_source_new(s->aws, cluster, region, &s->sink);
	if (c && !str_eq(c->spec.dns_type, "None") && !str_ends(cluster, ".k8s.local")) {
		aws_source_want_records(s->sources[SRC_AWS]);
	}
	const struct gate_keeper keeper = session_keeper(s);
	s->cloud_behind = aws_cloud_new(s->aws, region);
	s->cloud = gate_cloud_new(s->loop, s->cloud_behind, &keeper);
	s->sources[SRC_AWS]->ops->start(s->sources[SRC_AWS]);
	if (s->pace != PACE_NORMAL) {
		s->sources[SRC_AWS]->ops->pace(s->sources[SRC_AWS], s->pace);
	}
}

void session_open(struct session *s, const char *cluster)
{
	char *name = xstrdup(cluster);
	session_close_cluster(s);
	xreplace(&s->context, NULL);
	s->opts.context = s->context_option;
	model_open_cluster(s->model, name);
	session_guard_cluster(s, name);
	session_open_cloud(s, name);
	session_open_kube(s, name);
	if (s->sources[SRC_STORE]) {
		s->records_wait = store_source_look_into(s->sources[SRC_STORE], name);
		if (s->records_wait) {
			s->sources[SRC_STORE]->ops->refresh(s->sources[SRC_STORE]);
		}
	}
	session_want(s, s->wants);
	free(name);
}

void session_open_soon(struct session *s, const char *cluster)
{
	struct source *store = s->sources[SRC_STORE];
	xreplace(&s->wanted, cluster);
	session_mark(s);
	if (store) {
		store->ops->refresh(store);
	}
}

void session_start(struct session *s)
{
	if (s->store) {
		s->sources[SRC_STORE] = store_source_new(s->loop, s->store, &s->sink);
		store_source_look_into(s->sources[SRC_STORE], session_wish(s));
		s->sources[SRC_STORE]->ops->start(s->sources[SRC_STORE]);
		return;
	}
	session_source_off(s, SRC_STORE, &s->state_err);
	/* No store: a cluster can still be looked at. */
	struct err none = ERR_INIT;
	err_set(&none, ERR_CONFIG, "not asked: no state store tells the cluster");
	session_source_off(s, SRC_AWS, &none);
	session_open_kube(s, s->opts.cluster);
	if (s->k8s) {
		model_open_cluster(
			s->model, s->opts.cluster ? s->opts.cluster : k8s_context(s->k8s));
		session_guard_cluster(s, model_opened(s->model));
	}
}

void session_refresh(struct session *s)
{
	if (s->aws) {
		aws_ask_again(s->aws);
	}
	/* Perhaps there is a context by now: kops export kubeconfig, in another window. */
	if (!s->k8s && !s->kube && model_opened(s->model) &&
		model_source(s->model, SRC_KUBE)->state == SOURCE_OFF) {
		struct err none = ERR_INIT;
		session_use_context(s, s->opts.context, &none);
	}
	for (int i = 0; i < SRC__COUNT; i++) {
		if (s->sources[i]) {
			s->sources[i]->ops->refresh(s->sources[i]);
		}
	}
}

void session_pace(struct session *s, enum pace pace)
{
	pace = pace == PACE_NORMAL ? session_usual_pace(&s->opts) : pace;
	s->pace = pace;
	for (int i = 0; i < SRC__COUNT; i++) {
		if (s->sources[i]) {
			s->sources[i]->ops->pace(s->sources[i], pace);
		}
	}
}

bool session_settled(const struct session *s)
{
	const struct source_status *store = model_source(s->model, SRC_STORE);
	if (s->store && (store->state == SOURCE_ASKED || store->state == SOURCE_OFF)) {
		return false;
	}
	if (s->dirty || s->records_wait || (s->shelf && shelf_busy(s->shelf))) {
		return false; /* a cluster may be about to be opened */
	}
	for (int i = 0; i < SRC__COUNT; i++) {
		if (s->sources[i] &&
			model_source(s->model, (enum source_id)i)->state != SOURCE_LIVE &&
			model_source(s->model, (enum source_id)i)->state != SOURCE_FAILED) {
			return false;
		}
	}
	return true;
}
