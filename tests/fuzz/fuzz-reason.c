/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduler messages: no crash, and every reason keeps its text. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "core/rules/reason.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct reasons r;
	reasons_parse(text, &r);
	for (size_t i = 0; i < r.main.n; i++) {
		if (!r.main.v[i].text || r.main.v[i].count < -1) {
			abort();
		}
	}
	reasons_release(&r);
	free(text);
	return 0;
}
