/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that several lessons have: write the limits, update, roll, use the room. */
#ifndef KOPSCOPE_TUI_LESSON_STEPS_H
#define KOPSCOPE_TUI_LESSON_STEPS_H

#include "tui/lesson/lesson.h"

#define NGINX "nginx-deployment"

bool step_edit_done(const struct lesson_look *l);
const char *step_edit_warn(const struct lesson_look *l);
const char *step_update_warn(const struct lesson_look *l);
bool step_roll_done(const struct lesson_look *l);
const char *step_roll_warn(const struct lesson_look *l);
bool step_end_done(const struct lesson_look *l);

#define STEP_EDIT { .text = N_("Press 3, then e: 110 for max pods of all nodes, Down twice, " \
		"Space for prefix delegation; Enter, the cluster's name, Enter."), \
	.did = N_("The spec says 110 and prefixes; the cluster does not, yet"), \
	.done = step_edit_done, .warn = step_edit_warn }
#define STEP_UPDATE { .text = N_("Press u: kops says what it would change, y applies it.  Then " \
		"the CNI addon marks all three nodes as needing a roll."), \
	.did = N_("All three nodes need a roll, the control plane included"), \
	.done = see_all_marked, .warn = step_update_warn }
#define STEP_ROLL { .text = N_("Press R: the plan, and what gets in its way.  Type the cluster's " \
		"name, Enter; the run goes on even if you quit."), \
	.did = N_("Three new nodes, and each takes 110 pods"), \
	.done = step_roll_done, .warn = step_roll_warn }
#define STEP_END { .text = N_("Now there is room: press 5, s, type 110, Enter, and wait until " \
		"all are ready."), \
	.did = N_("110 of 110 run"), .done = step_end_done }

#endif
