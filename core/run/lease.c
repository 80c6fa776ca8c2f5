/* SPDX-License-Identifier: Apache-2.0 */
/* Whose the lease of a cluster is. */
#include "core/run/lease.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/run-folder.h"

char *run_lease_name(const char *cluster)
{
	return xasprintf("kopscope-%s", cluster);
}

char *run_lease_holder(const char *who, const char *id)
{
	char host[65] = "?";

	if (who && strchr(who, '@'))
		return xasprintf("%s run %s", who, id ? id : "");
	gethostname(host, sizeof(host) - 1);
	return xasprintf("%s@%s run %s", who ? who : "?", host, id ? id : "");
}

enum run_lease_state run_lease_judge(const struct kube_lease *seen, const char *ours,
	int64_t now_wall)
{
	int64_t duration = seen && seen->duration_s > 0 ? seen->duration_s : RUN_LEASE_S;

	if (!seen || str_empty(seen->holder))
		return RUN_LEASE_FREE;
	/* Another run of ours, here: whether its worker lives need not be guessed. */
	if (str_starts(seen->holder, ours) &&
		run_process_of(seen->holder + strlen(ours)) == RUN_PROCESS_GONE)
		return RUN_LEASE_DEAD;
	return now_wall - seen->renewed > duration * 1000 ? RUN_LEASE_STALE : RUN_LEASE_HELD;
}

void run_lease_words(const struct kube_lease *seen, int64_t now_wall, char *out, size_t size)
{
	char since[40], ago[32];

	stamp_format(since, seen->acquired ? seen->acquired : seen->renewed, false);
	stamp_duration(ago, sizeof(ago), now_wall - seen->renewed);
	snprintf(out, size, "%s, since %.10s %.8s UTC, not heard of for %s", seen->holder, since,
		since + 11, ago);
}
