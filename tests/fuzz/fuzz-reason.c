/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of schedulers and of quotas: no crash, every reason keeps its text, a sentence comes. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/xalloc.h"
#include "core/model/model.h"
#include "core/rules/pending.h"
#include "core/rules/reason.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text as the reason why a Deployment's pods cannot be created. */
static void refuse(const char *text)
{
	struct clock clock;
	struct clock_fake fake = { .wall = 1000 };
	clock_fake(&clock, &fake);
	struct model *m = model_new(&clock);
	const struct deployment d = { .ns = "d", .name = "api", .replicas = 3, .existing = 1,
		.failure = text };
	const struct observation o = { .kind = OBS_DEPLOYMENT, .verb = OBS_SEEN,
		.u.deployment = &d };
	struct pending_report r;
	model_open_cluster(m, "x");
	model_apply(m, &o);
	pending_compute(m, &clock, &r);
	if (r.n != 1 || !r.v[0].why || !r.v[0].nadvices) {
		abort();
	}
	pending_release(&r);
	model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct reasons r;
	reasons_parse(text, &r);
	for (size_t i = 0; i < r.main.n; i++) {
		if (!r.main.v[i].text || r.main.v[i].count < -1 ||
			!*reason_kind_name(r.main.v[i].kind)) {
			abort();
		}
	}
	reasons_release(&r);
	refuse(text);
	free(text);
	return 0;
}
