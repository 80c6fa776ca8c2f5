/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from the world's answers for a new cluster; asks nothing itself. */
#ifndef KOPSCOPE_TUI_CREATE_JUDGE_H
#define KOPSCOPE_TUI_CREATE_JUDGE_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/strs.h"
#include "core/kops/create.h"
#include "core/model/model.h"

enum create_ask {
	CREATE_ASK_BUCKET, CREATE_ASK_VERSIONED, CREATE_ASK_WRITABLE, CREATE_ASK_HOSTED,
	CREATE_ASK_ZONES, CREATE_ASK_VPCS, CREATE_ASK_CP_TYPE, CREATE_ASK_NODE_TYPE,
	CREATE_ASK_MAY, CREATE_ASK__COUNT = CREATE_ASK_MAY + 4 /* one for each dry run */
};

struct create_answer {
	enum { ANSWER_NONE, ANSWER_ASKED, ANSWER_HERE } state;
	struct strlist items; /* as aws/look.h has them */
	struct err err;
};

struct create_world {
	const struct model *model;
	const char *state; /* the store's URL; NULL: none */
	const char *kops;  /* its version; "": not known */
	const struct err *kops_err;
	bool kops_known;
	const struct create_answer *a[CREATE_ASK__COUNT];
};

void create_judge(const struct create_world *w, const struct create_plan *p,
	struct create_findings *out);

#endif
