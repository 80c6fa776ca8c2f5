/* SPDX-License-Identifier: Apache-2.0 */
/* One object or watch frame of the API, protobuf or JSON: the first byte says of what kind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/model/model.h"
#include "k8s/decode.h"
#include "k8s/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is decoded must be whole: the model reads all of it. */
static void into_model(const struct element *el)
{
	struct clock_fake now = { 1, 1 };
	struct clock clock;
	struct observation o;

	if (el->kind == OBS_SERVER)
		return;
	clock_fake(&clock, &now);
	struct model *m = model_new(&clock);
	element_observation(el, OBS_SEEN, &o);
	model_apply(m, &o);
	model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum obs_kind kinds[] = {
		OBS_NODE, OBS_POD, OBS_DEPLOYMENT, OBS_DAEMONSET, OBS_PDB, OBS_EVENT, OBS_SERVER,
		OBS_CLAIM, OBS_VOLUME, OBS_STORAGE_CLASS,
	};
	struct element el;
	struct err e = ERR_INIT;
	struct kube_status st;
	enum watch_type type;
	int code = 0;

	if (size < 1)
		return 0;
	enum obs_kind kind = kinds[data[0] % (sizeof kinds / sizeof kinds[0])];
	const char *text = (const char *)data + 1;
	struct decoder *d = decoder_new();
	if (decode_element(d, kind, text, size - 1, &el, &e))
		into_model(&el);
	if (decode_watch(d, kind, text, size - 1, &type, &el, &code, &e) && type <= WATCH_DELETED)
		into_model(&el);
	kube_status_err(&e, 500, text, size - 1, "x", &st);
	if (strchr(e.text, '\n'))
		abort();
	decoder_free(d);
	return 0;
}
