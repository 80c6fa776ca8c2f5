/* SPDX-License-Identifier: Apache-2.0 */
/* How a lesson goes on. */
#include "tui/lesson/lesson.h"

#include "core/base/strs.h"

const struct lesson *lesson_find(const char *name)
{
	for (size_t i = 0; i < nlessons; i++) {
		if (str_eq(lessons[i]->name, name)) {
			return lessons[i];
		}
	}
	return NULL;
}

const struct lesson *lesson_of_scenario(const char *scenario)
{
	for (size_t i = 0; i < nlessons; i++) {
		if (str_eq(lessons[i]->scenario, scenario)) {
			return lessons[i];
		}
	}
	return NULL;
}

void lesson_begin(struct lesson_state *s, const struct lesson *l)
{
	*s = (struct lesson_state){ .lesson = l };
}

const struct lesson_step *lesson_step_of(const struct lesson_state *s)
{
	return s->step < s->lesson->nsteps ? &s->lesson->steps[s->step] : NULL;
}

bool lesson_turn(struct lesson_state *s, const struct lesson_look *l)
{
	const struct lesson_step *step = lesson_step_of(s);
	if (!step) {
		return false;
	}
	if (step->done(l)) {
		s->passed |= 1u << s->step;
		s->step++;
		s->did = step->did;
		s->warned = NULL;
		return true;
	}
	const char *warned = step->warn ? step->warn(l) : NULL;
	if (!warned || warned == s->warned) {
		return false;
	}
	s->warned = warned;
	s->warned_ever = true;
	return true;
}

void lesson_move(struct lesson_state *s, int by)
{
	if (by < 0 ? s->step == 0 : s->step == s->lesson->nsteps) {
		return;
	}
	s->step = by < 0 ? s->step - 1 : s->step + 1;
	s->did = NULL;
	s->warned = NULL;
}
