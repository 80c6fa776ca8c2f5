/* SPDX-License-Identifier: Apache-2.0 */
/* Faults: the table of what there is, and which are on. */
#include "lab/fault.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/world.h"

enum fault_arg {
	ARG_NONE,
	ARG_SECONDS, /* may be left out */
	ARG_WORD,    /* needed; several may be given, one after another */
};

static const struct fault_row {
	const char *name;
	enum fault_arg arg;
	int64_t otherwise; /* of ARG_SECONDS */
	const char *help;
} rows[LAB_FAULT__COUNT] = {
	[FAULT_AWS_500] = { "aws-500", ARG_NONE, 0, "AWS answers every call with an error of "
		"its own" },
	[FAULT_AWS_CUT] = { "aws-cut", ARG_NONE, 0, "AWS does what it is asked, and every other "
		"answer is lost half-way" },
	[FAULT_AWS_DENIED] = { "aws-denied", ARG_WORD, 0, "the identity may not do "
		"aws-denied:ec2:DescribeSubnets; * stands for anything" },
	[FAULT_AWS_EXPIRED] = { "aws-expired", ARG_NONE, 0, "the credentials have expired" },
	[FAULT_AWS_RESET] = { "aws-reset", ARG_NONE, 0, "AWS ends connections without an answer" },
	[FAULT_AWS_SLOW] = { "aws-slow", ARG_SECONDS, 3, "AWS answers after aws-slow:SECONDS" },
	[FAULT_AWS_THROTTLE] = { "aws-throttle", ARG_NONE, 0, "AWS asks to call less often" },
	[FAULT_BOOT_HANGS] = { "boot-hangs", ARG_NONE, 0, "machines start, but none joins the "
		"cluster" },
	[FAULT_CLOCK_SKEW] = { "clock-skew", ARG_SECONDS, 1200, "AWS's clock is "
		"clock-skew:SECONDS ahead of ours" },
	[FAULT_K8S_401] = { "k8s-401", ARG_NONE, 0, "the API server does not know the user" },
	[FAULT_K8S_403] = { "k8s-403", ARG_WORD, 0, "the user may not k8s-403:VERB or "
		"k8s-403:VERB:RESOURCE; * stands for any" },
	[FAULT_K8S_410] = { "k8s-410", ARG_NONE, 0, "the API server forgets what was: every "
		"other watch must begin with a new list" },
	[FAULT_K8S_429] = { "k8s-429", ARG_NONE, 0, "the API server has too much to do" },
	[FAULT_K8S_AWAY] = { "k8s-away", ARG_NONE, 0, "the API server does not answer" },
	[FAULT_K8S_CUT] = { "k8s-cut", ARG_NONE, 0, "the API server does what it is asked, and "
		"every other answer is lost half-way" },
	[FAULT_K8S_ETCD] = { "k8s-etcd", ARG_NONE, 0, "etcd has lost its majority: nothing can be "
		"written, nor read but from caches" },
	[FAULT_K8S_GARBAGE] = { "k8s-garbage", ARG_NONE, 0, "something else answers in place of "
		"the API server" },
	[FAULT_K8S_HALF_OPEN] = { "k8s-half-open", ARG_NONE, 0, "connections stay, but nothing "
		"comes on them" },
	[FAULT_K8S_JSON] = { "k8s-json", ARG_NONE, 0, "the API server knows no protobuf" },
	[FAULT_K8S_SLOW] = { "k8s-slow", ARG_SECONDS, 3, "the API server answers after "
		"k8s-slow:SECONDS" },
	[FAULT_KUBELET_OLD] = { "kubelet-old", ARG_NONE, 0, "new machines bring a kubelet that is "
		"too old for the API server" },
	[FAULT_LEASES_STOP] = { "leases-stop", ARG_NONE, 0, "kubelets renew no Lease any more" },
	[FAULT_NO_CAPACITY] = { "no-capacity", ARG_NONE, 0, "EC2 has no machine to give: groups "
		"launch none" },
	[FAULT_NO_LAUNCH] = { "no-launch", ARG_WORD, 0, "groups get no new instance: no-launch: "
		"quota, addresses, template or suspended" },
	[FAULT_NODE_UNREADY] = { "node-unready", ARG_NONE, 0, "new nodes stay NotReady" },
	[FAULT_PODS_STAY] = { "pods-stay", ARG_NONE, 0, "kubelets do not end the pods that are "
		"deleted" },
	[FAULT_S3_GONE] = { "s3-gone", ARG_NONE, 0, "the bucket is not there any more" },
};

struct lab_faults {
	struct {
		bool on;
		int64_t number;
		struct strlist words;
	} state[LAB_FAULT__COUNT];
	bool is_virtual;
};

struct lab_faults *lab_faults_new(void)
{
	return xcalloc(1, sizeof(struct lab_faults));
}

static void fault_clear(struct lab_faults *f, int i)
{
	f->state[i].on = false;
	strlist_release(&f->state[i].words);
}

void lab_faults_free(struct lab_faults *f)
{
	for (int i = 0; f && i < LAB_FAULT__COUNT; i++)
		fault_clear(f, i);
	free(f);
}

/* The row that a text begins with; -1: none. */
static int fault_find(const char *text)
{
	size_t n = strcspn(text, ":");

	for (int i = 0; i < LAB_FAULT__COUNT; i++) {
		if (strlen(rows[i].name) == n && strncmp(rows[i].name, text, n) == 0)
			return i;
	}
	return -1;
}

/* One "NAME[:ARG]" is checked, and with f switched on. */
static bool fault_take(struct lab_faults *f, const char *text, struct err *e)
{
	int i = fault_find(text);
	const char *arg = strchr(text, ':');
	int64_t number = 0;

	if (i < 0) {
		err_set(e, ERR_USAGE, "there is no fault \"%s\"", text);
		err_hint(e, "GET /_lab/fault lists them, and so does kopscope-lab --help");
		return false;
	}
	arg = arg ? arg + 1 : "";
	if (rows[i].arg == ARG_NONE && *arg)
		return err_set(e, ERR_USAGE, "%s takes no argument", rows[i].name);
	if (rows[i].arg == ARG_WORD && !*arg)
		return err_set(e, ERR_USAGE, "%s needs an argument: %s", rows[i].name,
			rows[i].help);
	if (rows[i].arg == ARG_SECONDS) {
		number = rows[i].otherwise;
		if (*arg && !str_to_i64(arg, -86400, 86400, &number))
			return err_set(e, ERR_USAGE, "%s:%s: a number of seconds", rows[i].name,
				arg);
	}
	if (!f)
		return true;
	f->state[i].on = true;
	f->state[i].number = number;
	if (*arg && !strlist_has(&f->state[i].words, arg))
		strlist_add(&f->state[i].words, arg);
	return true;
}

static bool fault_each(struct lab_faults *f, const char *text, struct err *e)
{
	bool ok = true;

	for (const char *p = text; ok; p++) {
		size_t n = strcspn(p, ",");
		char *one = xstrndup(p, n);

		ok = fault_take(f, one, e);
		free(one);
		p += n;
		if (!*p)
			break;
	}
	return ok;
}

bool lab_fault_on(struct lab_faults *f, const char *text, struct err *e)
{
	return fault_each(NULL, text, e) && fault_each(f, text, e);
}

bool lab_fault_off(struct lab_faults *f, const char *text, struct err *e)
{
	int i = fault_find(text);

	if (str_eq(text, "all")) {
		for (i = 0; i < LAB_FAULT__COUNT; i++)
			fault_clear(f, i);
		return true;
	}
	if (i < 0)
		return err_set(e, ERR_USAGE, "there is no fault \"%s\"", text);
	fault_clear(f, i);
	return true;
}

bool lab_fault_is_on(const struct lab_faults *f, enum lab_fault which)
{
	return f && f->state[which].on;
}

int64_t lab_fault_number(const struct lab_faults *f, enum lab_fault which)
{
	return lab_fault_is_on(f, which) ? f->state[which].number : 0;
}

void lab_faults_virtual(struct lab_faults *f)
{
	f->is_virtual = true;
}

bool lab_faults_are_virtual(const struct lab_faults *f)
{
	return f && f->is_virtual;
}

const struct strlist *lab_fault_words(const struct lab_faults *f, enum lab_fault which)
{
	static const struct strlist none;

	return f ? &f->state[which].words : &none;
}

void lab_faults_help(struct buf *out)
{
	for (int i = 0; i < LAB_FAULT__COUNT; i++)
		buf_addf(out, "  %-14s %s\n", rows[i].name, rows[i].help);
}

/* ---- /_lab/fault ---- */

static void faults_list(const struct lab_faults *f, struct buf *out)
{
	for (int i = 0; i < LAB_FAULT__COUNT; i++) {
		buf_addf(out, "%-3s %-14s %s", f->state[i].on ? "on" : "off", rows[i].name,
			rows[i].help);
		for (size_t k = 0; k < f->state[i].words.n; k++)
			buf_addf(out, "%s%s", k ? ", " : " [", f->state[i].words.v[k]);
		buf_adds(out, f->state[i].words.n ? "]\n" : "\n");
	}
}

void lab_fault_handle(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT;
	bool ok = true, post = str_eq(rq->method, "POST");

	for (size_t i = 0; post && ok && i < rq->query.n; i++) {
		const struct lab_pair *p = &rq->query.v[i];

		if (str_eq(p->name, "on"))
			ok = lab_fault_on(w->faults, p->value, &e);
		else if (str_eq(p->name, "off"))
			ok = lab_fault_off(w->faults, p->value, &e);
		else
			ok = err_set(&e, ERR_USAGE, "on=NAME[:ARG] or off=NAME, not \"%s\"",
				p->name);
	}
	if (post && ok)
		lab_fault_kube_changed(w);
	if (ok)
		faults_list(w->faults, &out);
	else
		buf_addf(&out, "%s\n", e.text);
	lab_reply_text(rp, ok ? 200 : 400, "text/plain", "%s", buf_str(&out));
	buf_release(&out);
}
