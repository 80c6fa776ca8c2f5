/* SPDX-License-Identifier: Apache-2.0 */
/* What volume claims and volumes put into the sentence of a group. */
#include "core/rules/pending/parts.h"

#include <stdlib.h>

#include "core/base/xalloc.h"
#include "core/rules/fit/volumes.h"

static void why_take(struct pending_group *g, enum reason_kind kind, char *text)
{
	g->main_kind = kind;
	g->why = text;
}

static char *unbound_text(const struct model *m, const struct fit_volume *v)
{
	const char *class = v->claim->storage_class;
	if (!class) {
		return xasprintf("its volume claim %s is not bound, and names no storage class",
			v->name);
	}
	if (!v->sc) {
		return xasprintf("its volume claim %s is not bound: there is no storage class %s",
			v->name, class);
	}
	return xasprintf("its volume claim %s is not bound: storage class %s makes volumes at "
		"once, and %s has made none yet", v->name, class,
		v->sc->provisioner ? v->sc->provisioner : "its provisioner");
}

bool pending_why_claim(const struct model *m, struct pending_group *g)
{
	struct fit_volumes f;
	fit_volumes_find(&f, m, &g->sample->pod);
	bool held = f.before != REASON_OTHER;
	if (f.before == REASON_PVC_NOT_FOUND) {
		why_take(g, f.before, xasprintf("its volume claim %s %s", f.by->name,
			f.by->claim ? "is being deleted" : "does not exist"));
	} else if (held) {
		why_take(g, f.before, unbound_text(m, f.by));
	}
	fit_volumes_release(&f);
	return held;
}

void pending_why_volume(const struct model *m, struct pending_group *g, const struct tally *t)
{
	struct fit_volumes f;
	fit_volumes_find(&f, m, &g->sample->pod);
	const struct fit_volume *tied = fit_volumes_tied(&f), *unbound = fit_volumes_waits(&f);
	char *was = g->why;
	if (t->place && tied && t->usable) {
		g->why = xasprintf("its volume (claim %s) is in %s: %s", tied->name, t->place, was);
	} else if (t->place && tied) {
		why_take(g, REASON_VOLUME_NODE_AFFINITY, xasprintf("its volume (claim %s) is in "
			"%s: no node it may use is there", tied->name, t->place));
	} else if (t->place && !t->usable) {
		why_take(g, REASON_VOLUME_BIND, xasprintf("its volume claim %s is not bound: "
			"storage class %s makes no volume where it may run",
			unbound ? unbound->name : "?", t->place));
	} else if (unbound && t->fits) {
		g->why = xasprintf("%s (claim %s waits for that: WaitForFirstConsumer)", was,
			unbound->name);
	} else {
		was = NULL;
	}
	free(was);
	fit_volumes_release(&f);
}
