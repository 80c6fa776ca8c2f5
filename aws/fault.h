/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's error answers, sorted by what can be done about them. */
#ifndef KOPSCOPE_AWS_FAULT_H
#define KOPSCOPE_AWS_FAULT_H

#include <stdbool.h>

#include "aws/xml.h"
#include "core/base/err.h"

struct fault {
	int status;
	char code[96];
	char message[384];
};

/* From an answer that is no success; root NULL: it had no XML. */
void fault_read(struct fault *f, int status, const struct xml_node *root);

enum fault_remedy {
	FAULT_FINAL,
	FAULT_TRANSIENT, /* their side stumbled */
	FAULT_THROTTLED, /* refused without effect; slower, please */
	FAULT_SKEW,      /* perhaps our clock: compare with their Date */
	FAULT_EXPIRED,   /* ask for new credentials */
};
enum fault_remedy fault_remedy(const struct fault *f);

/* "EC2 DescribeInstances: message (Code)" with a hint.  Returns false. */
bool fault_err(struct err *e, const struct fault *f, const char *service, const char *action);

#endif
