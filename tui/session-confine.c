/* SPDX-License-Identifier: Apache-2.0 */
/* Which sessions confine themselves. */
#include "tui/session-confine.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/confine.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

/* A program that credentials come from, in words; NULL: none.  Owned by the caller. */
static char *session_program(const struct session *s)
{
	char *plugin = k8s_program(s->opts.kubeconfig), *words = NULL;
	if (plugin) {
		words = xasprintf("the kubeconfig names %s", plugin);
	} else if (aws_program(s->aws)) {
		words = xstrdup("the AWS profile names a credential_process");
	}
	free(plugin);
	return words;
}

void session_confine(const struct session *s, bool writes)
{
	const char *folders[2];
	size_t n = 0;
	char *program = session_program(s);
	if (!program && writes) {
		char *state = file_state_dir();
		/* Made now: Landlock lets nobody make it later.  What cannot be made is told by
		   who needs it. */
		file_mkdirs(state, NULL);
		folders[n++] = state;
		if (s->state_url && !str_starts(s->state_url, "s3://")) {
			folders[n++] = str_starts(s->state_url, "file://") ?
				s->state_url + strlen("file://") : s->state_url;
		}
		confine(folders, n);
		free(state);
	} else if (!program) {
		confine(NULL, 0);
	}
	free(program);
}

void file_confine(const char *path, bool writes)
{
	/* Where it is a link, what it names is replaced. */
	char *real = writes ? realpath(path, NULL) : NULL;
	char *slash = real ? strrchr(real, '/') : NULL;
	if (slash) {
		slash[slash == real] = '\0';
	}
	const char *folders[] = { real };
	confine(folders, slash ? 1 : 0);
	free(real);
}

bool session_confine_words(const struct session *s, struct buf *out)
{
	int can = confine_can();
	char *program = session_program(s);
	if (program) {
		buf_addf(out, "not, since %s, which may need all that you may", program);
	} else if (!can) {
		buf_adds(out, "not: this kernel has neither Landlock nor seccomp");
	} else {
		buf_addf(out, "commands that read, and --readonly, %s (%s%s%s)",
			can & CONFINE_FILES ? "can change no file and run no program" :
			"can run no program", can & CONFINE_FILES ? "Landlock" : "",
			can == (CONFINE_FILES | CONFINE_CALLS) ? ", " : "",
			can & CONFINE_CALLS ? "seccomp" : "");
	}
	bool ok = !program && can;
	free(program);
	return ok;
}
