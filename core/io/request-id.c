/* SPDX-License-Identifier: Apache-2.0 */
/* The id of the request whose answer is being handled. */
#include "core/io/request-id.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"

static char now[80];

const char *request_id_now(void)
{
	return now[0] ? now : NULL;
}

void request_id_set(const char *id)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_=+/.:";

	now[0] = '\0';
	if (id && strlen(id) < sizeof(now) && id[strspn(id, letters)] == '\0')
		snprintf(now, sizeof(now), "%s", id);
}

void request_id_of(const struct http_answer *a)
{
	static const char *const names[] = { "x-amzn-RequestId", "x-amz-request-id", "Audit-Id" };

	request_id_set(NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !now[0]; i++)
		request_id_set(http_answer_header(a, names[i]));
}
