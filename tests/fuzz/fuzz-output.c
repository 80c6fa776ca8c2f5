/* SPDX-License-Identifier: Apache-2.0 */
/* What kops prints, line by line: reports and rolls. */
#include <stdint.h>
#include <string.h>

#include "core/kops/output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct update_report r;
	update_report_init(&r);
	const char *p = (const char *)data, *end = p + size;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);
		struct roll_line line;
		int done, total;
		update_report_line(&r, p, n);
		roll_line_parse(p, n, &line);
		update_progress_line(p, n, &done, &total);
		p += n + (nl != NULL);
	}
	update_report_release(&r);
	return 0;
}
