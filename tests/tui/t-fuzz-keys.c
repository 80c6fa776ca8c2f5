/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in read-only mode, at random and in words, on views that move: whatever is
 * pressed, no verb that writes is called, and no run is started.  KEYS=1000000
 * presses a million of them, 200,000 are the default; SEED=N presses others.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "tests/tui/fixture.h"
#include "tui/actions.h"
#include "tui/screen/keys.h"

static unsigned long writes, reads;

/* ---- sources that count ---- */

/* The answer that the last write waits for. */
static struct {
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
} last;

static void count_write(void (*done)(void *, const struct err *), void *ctx)
{
	writes++;
	last.done = done;
	last.ctx = ctx;
}

static void kube_scale(struct kube *k, const char *ns, const char *name, int32_t replicas,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_cordon(struct kube *k, const char *node, bool on,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_taint(struct kube *k, const char *node, const struct taint *t, bool on,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_label(struct kube *k, const char *node, const char *key, const char *value,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_evict(struct kube *k, const char *ns, const char *pod, const char *uid,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_put_lease(struct kube *k, const struct kube_lease *l,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_delete_lease(struct kube *k, const char *ns, const char *name,
	const char *version, void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_set_env(struct kube *k, const char *ns, const char *ds, const char *container,
	const struct env_entry *env, size_t n, void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_restart(struct kube *k, const char *ns, const char *ds,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_patch(struct kube *k, const char *what, const char *ns, const char *name,
	const char *body, void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_lower(struct kube *k, const char *ns, const char *deployment,
	const char *resource, const char *quantity, void (*done)(void *, const struct err *),
	void *ctx)
{
	count_write(done, ctx);
}

static void kube_undo(struct kube *k, const char *ns, const char *deployment,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void kube_create(struct kube *k, const char *ns, const char *body,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void store_put(struct store *s, const char *path, const char *text, size_t len,
	const char *if_tag, void (*done)(void *, const char *, const struct err *), void *ctx)
{
	writes++;
}

static void cloud_instance(struct cloud *c, const char *id,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void cloud_group(struct cloud *c, const char *id, const char *asg,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

static void cloud_desired(struct cloud *c, const char *asg, int32_t n,
	void (*done)(void *, const struct err *), void *ctx)
{
	count_write(done, ctx);
}

/* Reads stay the fixture's own. */
static struct kube_ops kube_ops;
static struct store_ops store_ops;
static struct cloud_ops cloud_ops;
static void (*fixture_read)(struct kube *k, const char *what, const char *ns, const char *name,
	void (*done)(void *, const char *, size_t, const struct err *), void *ctx);

static void kube_read(struct kube *k, const char *what, const char *ns, const char *name,
	void (*done)(void *, const char *, size_t, const struct err *), void *ctx)
{
	reads++;
	fixture_read(k, what, ns, name, done, ctx);
}

static void count_all(struct fixture *f)
{
	kube_ops = *f->kube.ops;
	fixture_read = kube_ops.read;
	kube_ops.read = kube_read;
	kube_ops.scale = kube_scale;
	kube_ops.cordon = kube_cordon;
	kube_ops.taint = kube_taint;
	kube_ops.label = kube_ops.annotate = kube_label;
	kube_ops.evict = kube_evict;
	kube_ops.put_lease = kube_put_lease;
	kube_ops.delete_lease = kube_delete_lease;
	kube_ops.set_env = kube_set_env;
	kube_ops.restart = kube_restart;
	kube_ops.patch = kube_patch;
	kube_ops.lower_request = kube_lower;
	kube_ops.undo = kube_undo;
	kube_ops.create = kube_create;
	f->kube.ops = &kube_ops;
	store_ops = *f->store.ops;
	store_ops.put = store_put;
	f->store.ops = &store_ops;
	cloud_ops = (struct cloud_ops){ .terminate = cloud_instance, .detach = cloud_group,
		.deregister = cloud_group, .set_desired = cloud_desired };
	f->cloud.ops = &cloud_ops;
}

/* ---- keys ---- */

static uint64_t seed = 1;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

static uint32_t random_key(const struct app *a)
{
	static const uint32_t special[] = { KEY_UP_, KEY_DOWN_, KEY_PGUP, KEY_PGDN, KEY_HOME_,
		KEY_END_, KEY_ENTER_, KEY_ENTER_, KEY_ESC_, KEY_TAB_, KEY_BACKSPACE_, KEY_LEFT_,
		KEY_RIGHT_, KEY_BACKTAB, KEY_DELETE_, 'y', 0xd55c, 0x0301, 0x1f680 };
	const size_t n = sizeof(special) / sizeof(special[0]);
	uint32_t pick = dice(100);
	if (pick < 30) {
		return special[dice(n)];
	}
	if (pick < 70) {
		const char *key = actions[dice((uint32_t)nactions)].key;
		return key ? key_from_name(key) : KEY_ESC_;
	}
	/* Not long in a dialog: most of what can be written begins in a view. */
	return a->dialog && pick < 80 ? KEY_ESC_ : pick < 97 ? 0x20 + dice(0x5f) : 1 + dice(0x1f);
}

/* ":name argument", half of the time with what opens most. */
static void press_command(struct app *a)
{
	static const char *const arguments[] = { "", " ", " a", " 3", " x=y", " " WORLD_NODE_A,
		" " WORLD_CLUSTER };
	char line[160];
	snprintf(line, sizeof(line), ":%s%s\r", actions[dice((uint32_t)nactions)].name,
		arguments[dice(7)]);
	app_key(a, KEY_CTRL_('c')); /* out of a dialog; it would quit elsewhere */
	for (const char *p = line; *p; p++) {
		app_key(a, (uint32_t)(unsigned char)*p);
	}
}

/* Runs live below the state's folder: none may be there. */
static int runs_there(const struct fixture *f)
{
	char path[128];
	int n = 0;
	snprintf(path, sizeof(path), "%s/kopscope/runs", f->state_home);
	DIR *d = opendir(path);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		n += e->d_name[0] != '.';
	}
	if (d) {
		closedir(d);
	}
	return n;
}

static void test_readonly(void **state)
{
	const char *keys = getenv("KEYS"), *from = getenv("SEED");
	long n = keys ? strtol(keys, NULL, 10) : 200000, frames = 0;
	struct fixture f;
	seed = from ? strtoull(from, NULL, 10) : seed;
	fixture_init(&f, FIXTURE_READONLY, 80, 24, false);
	count_all(&f);
	for (long i = 0; i < n; i++) {
		if (dice(40) == 0) {
			press_command(&f.app);
		} else {
			app_key(&f.app, random_key(&f.app));
		}
		f.app.quit = f.app.suspend = false;
		/* Keys between frames act on what the last one showed. */
		if (dice(12) == 0) {
			app_frame(&f.app);
			frames++;
		}
		if (dice(2000) == 0) {
			fixture_settle(&f);
			f.time.wall += 60000;
			f.time.mono += 60000;
		}
		if (writes > 0) {
			fail_msg("key %ld wrote", i);
		}
	}
	fixture_settle(&f);
	assert_int_equal(writes, 0);
	assert_null(f.scaled);
	assert_null(f.puts_path);
	assert_null(f.env_set);
	assert_int_equal(runs_there(&f), 0);
	assert_true(reads > 0); /* it did get about */
	printf("# %ld keys, %ld frames, %lu objects read, nothing written\n", n, frames, reads);
	fixture_release(&f);
}

/* The counters count: without --readonly the same keys write. */
static void test_counts(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	count_all(&f);
	fixture_keys(&f, "5 s 3 0 Enter");
	assert_int_equal(writes, 1);
	writes = 0;
	fixture_keys(&f, "Esc");
	last.done(last.ctx, NULL);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readonly),
		cmocka_unit_test(test_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
