/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small JSON of others: exec plugins, credential processes and containers, the options and the
 * saved state of a roll.  The first byte says which reader has the rest.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/credentials.h"
#include "aws/provider.h"
#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "core/io/loop.h"
#include "core/model/model.h"
#include "core/rules/roll.h"
#include "k8s/exec-plugin.h"
#include "tests/fuzz/harmless.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct clock_fake now = { 1, 1 };
static struct clock fixed;
static struct loop *loop;

static void as_plugin(const char *text, size_t len, struct err *e)
{
	struct kube_conn conn = { .exec = { .api_version = (char *)(uintptr_t)"client.authentication.k8s.io/v1",
		.command = (char *)(uintptr_t)"plugin" } };
	struct exec_plugin *p = exec_plugin_new(loop, &conn, NULL);
	if (exec_plugin_read(p, text, len, e) == err_is_set(e)) {
		abort();
	}
	exec_plugin_get(p);
	exec_plugin_free(p);
}

static void as_credentials(const char *text, size_t len, struct err *e)
{
	struct credentials c = { .access_key = NULL };
	if (provider_read_json(&c, text, len, "SessionToken", e) &&
		(!c.access_key || !c.secret_key)) {
		abort();
	}
	credentials_release(&c);
}

static void as_options(const char *text, size_t len, struct err *e)
{
	struct roll_options o;
	memset(&o, 0, sizeof(o));
	if (roll_options_load(&o, text, len, e)) {
		struct roll_options again;
		struct buf saved = BUF_INIT, twice = BUF_INIT;
		roll_options_save(&o, &saved);
		if (!roll_options_load(&again, buf_str(&saved), saved.len, e)) {
			abort();
		}
		roll_options_save(&again, &twice);
		if (strcmp(buf_str(&saved), buf_str(&twice)) != 0) {
			abort();
		}
		roll_options_release(&again);
		buf_release(&saved);
		buf_release(&twice);
	}
	roll_options_release(&o);
}

static void as_roll(const char *text, size_t len, struct err *e)
{
	struct model *m = model_new(&fixed);
	model_open_cluster(m, "c.example");
	struct roll *r = roll_load(text, len, m, e);
	if (r) {
		struct buf again = BUF_INIT;
		roll_save(r, &again);
		roll_free(r);
		struct err bad = ERR_INIT;
		r = roll_load(buf_str(&again), again.len, m, &bad);
		if (!r) { /* what it wrote it can read */
			abort();
		}
		roll_free(r);
		buf_release(&again);
	}
	model_free(m);
}

static void as_path(const char *text, size_t len, struct err *e)
{
	json_auto_t *j = json_parse(text, len, e);
	struct buf b = BUF_INIT;
	json_path(j, "metadata.annotations.[a.b/c]");
	json_str(j, "items.0");
	if (j) {
		json_write(&b, j, true);
	}
	buf_release(&b);
}

static void (*const readers[])(const char *text, size_t len, struct err *e) = {
	as_plugin, as_credentials, as_options, as_roll, as_path,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	if (!loop) {
		clock_fake(&fixed, &now);
		loop = loop_new(&fixed);
	}
	if (size) {
		readers[data[0] % 5]((const char *)data + 1, size - 1, &e);
		harmless_err(&e);
	}
	return 0;
}
