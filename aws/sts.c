/* SPDX-License-Identifier: Apache-2.0 */
/* STS: who is calling. */
#include "aws/sts.h"

#include "aws/query.h"

void sts_ask_identity(struct buf *q)
{
	query_init(q, AWS_STS, "GetCallerIdentity");
}

bool sts_read_identity(const struct xml_node *root, struct identity *out)
{
	const char *account = xml_text(root, "GetCallerIdentityResult.Account");
	const char *arn = xml_text(root, "GetCallerIdentityResult.Arn");
	if (!account || !arn) {
		return false;
	}
	*out = (struct identity){ .account = account, .arn = arn };
	return true;
}
