/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope config: the settings in force, each with its source. */
#include <stdio.h>

#include "core/base/buf.h"
#include "tui/options.h"
#include "tui/settings.h"

int cmd_config(const struct options *o, struct err *e)
{
	struct buf out = BUF_INIT;
	config_show(o->settings, &out);
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	return EXIT_OK;
}
