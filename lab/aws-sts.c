/* SPDX-License-Identifier: Apache-2.0 */
/* STS. */
#include "lab/aws.h"

static void sts_get_caller_identity(struct aws_call *c)
{
	buf_addf(c->out, "<Arn>arn:aws:iam::%s:user/lab</Arn>", c->w->account);
	buf_adds(c->out, "<UserId>AIDALABLABLABLABLAB00</UserId>");
	xml_text(c->out, "Account", c->w->account);
}

const struct aws_action aws_sts_actions[] = {
	{ "GetCallerIdentity", sts_get_caller_identity },
	{ NULL, NULL },
};
