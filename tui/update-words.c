/* SPDX-License-Identifier: Apache-2.0 */
/* What kops' update report means. */
#include "tui/update-words.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"

/* What a task means for the cluster, and how far up it stands. */
static const struct {
	const char *type;
	int rank;
	const char *means;
} task_words[] = {
	{ "LaunchTemplate", 0, "instances need a roll" },
	{ "AddonManifest", 1, "an addon changes: applied about a minute after the update" },
	{ "AutoscalingGroup", 1, "the group's size or template" },
	{ "ManagedFile", 3, NULL },
	{ "BootstrapChannel", 3, NULL },
};

int update_task_rank(const struct update_task *t, const char **means)
{
	for (size_t i = 0; i < sizeof(task_words) / sizeof(task_words[0]); i++) {
		if (str_eq(task_words[i].type, t->type)) {
			*means = task_words[i].means;
			return task_words[i].rank;
		}
	}
	*means = NULL;
	return 2;
}

const char *update_section_text(enum update_section s)
{
	static const char *const words[] = {
		[UPDATE_CREATE] = "create", [UPDATE_MODIFY] = "modify", [UPDATE_DELETE] = "delete",
		[UPDATE_PRUNE] = "delete only with --prune",
	};
	return (size_t)s < sizeof(words) / sizeof(words[0]) ? words[s] : "?";
}

bool update_version_line(const char *line, size_t n, char *out, size_t size)
{
	static const char *const heads[] = { "Client version: ", "Version " };
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t skip = strlen(heads[i]), k = 0;
		if (n <= skip || strncmp(line, heads[i], skip) != 0) {
			continue;
		}
		line += skip;
		n -= skip;
		while (k < n && k + 1 < size && line[k] != ' ' && line[k] != '\n') {
			out[k] = line[k];
			k++;
		}
		out[k] = '\0';
		return k > 0;
	}
	return false;
}

void update_version_words(const char *kops, const char *cluster, char *out, size_t size)
{
	out[0] = '\0';
	if (str_empty(kops) || str_empty(cluster) || str_eq(kops, cluster)) {
		return;
	}
	bool older = str_natcmp(kops, cluster) < 0;
	snprintf(out, size, "this kops is %s, the cluster was last updated by %s%s", kops, cluster,
		older ? ": kops refuses that unless told to downgrade"
		      : ": more than your change may be applied");
}
