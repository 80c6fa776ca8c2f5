/* SPDX-License-Identifier: Apache-2.0 */
/* Help, made from the tables of views and actions. */
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "tui/act.h"
#include "tui/actions.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

struct dialog_help {
	struct dialog d;
	struct pager text;
};

static void help_free(struct dialog *d)
{
	struct dialog_help *h = (struct dialog_help *)d;
	pager_release(&h->text);
	free(h);
}

static void help_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	pager_draw(&((struct dialog_help *)d)->text, g, y, rows);
}

static enum dialog_result help_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	if (pager_key(&((struct dialog_help *)d)->text, key, rows)) {
		return DIALOG_STAY;
	}
	return key == KEY_ESC_ || key == 'q' || key == '?' ? DIALOG_CLOSE : DIALOG_STAY;
}

static const struct dialog_ops help_ops = {
	.title = "Keys and commands", .keybar = "Up/Down:scroll Esc:close",
	.draw = help_draw, .key = help_key, .free = help_free,
};

static void help_row(struct dialog_help *h, const struct app *a, enum style style,
	const char *key, const char *name, const char *help)
{
	char *text = xasprintf("  %-5s :%-15s %s", key, name, tr(help));
	pager_add_wrapped(&h->text, style, app_cols(a) - 2, 25, text);
	free(text);
}

/* For somebody who has set nothing yet: with what each part begins. */
static void help_first(struct dialog_help *h, const struct app *a)
{
	static const char *const lines[][2] = {
		{"KOPS_STATE_STORE",
			"the store with the clusters' specs: s3://BUCKET, a folder, or "
			"--state; also read from ~/.kops.yaml and ~/.kops/config"},
		{"KUBECONFIG", "a kubeconfig, or --kubeconfig; kops export kubeconfig writes one"},
		{"AWS_PROFILE", "or AWS_ACCESS_KEY_ID, single sign-on, an instance's role"},
		{"to look", "docs/iam-read.json for AWS, docs/rbac-read.yaml for Kubernetes"},
		{"to roll nodes", "docs/iam-roll.json and docs/rbac-roll.yaml"},
		{"kopscope check", "asks each of them and says what works and what does not"},
	};
	pager_add(&h->text, STYLE_BOLD, "%s",
		tr("What to set, and which permissions kopscope needs"));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *text = xasprintf("  %-18s %s", lines[i][0], tr(lines[i][1]));
		pager_add_wrapped(&h->text, STYLE_NORMAL, app_cols(a) - 2, 21, text);
		free(text);
	}
	pager_add(&h->text, STYLE_NORMAL, "%s", "");
}

struct dialog *dialog_help_new(struct app *a)
{
	struct dialog_help *h = xcalloc(1, sizeof(*h));
	h->d.ops = &help_ops;
	if (app_is_bare(a)) {
		help_first(h, a);
	}
	pager_add(&h->text, STYLE_BOLD, "%s", tr("Views"));
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		help_row(
			h, a, STYLE_NORMAL, v->key ? (char[]){v->key, '\0'} : "", v->name, v->help);
	}
	pager_add(&h->text, STYLE_NORMAL, "%s", "");
	pager_add(&h->text, STYLE_BOLD, tr("Here (%s)"), tr(view_get(a->view)->title));
	for (int part = 0; part < 2; part++) {
		for (size_t i = 0; i < nactions; i++) {
			const struct action *x = &actions[i];
			bool here = x->views & (1u << a->view);
			if ((part == 0) != here) {
				continue;
			}
			const char *why = action_refusal(a, x);
			help_row(h, a, why && (x->flags & ACTION_WRITES) ? STYLE_DIM : STYLE_NORMAL,
				action_key(x) ? action_key(x) : "", x->name,
				action_denied(a, x) ? action_denied(a, x) : x->help);
		}
		if (part == 0) {
			pager_add(&h->text, STYLE_NORMAL, "%s", "");
			pager_add(&h->text, STYLE_BOLD, "%s",
				tr("Everywhere (or in other views)"));
		}
	}
	pager_add(&h->text, STYLE_NORMAL, "%s", "");
	pager_add(&h->text, STYLE_BOLD, "%s", tr("Moving"));
	pager_add(&h->text, STYLE_NORMAL, "  %s", tr("Up Down PgUp PgDn Home End, or k j g G"));
	pager_add(&h->text, STYLE_NORMAL, "  %s", tr("C-c leaves a dialog, else it quits"));
	pager_add(&h->text, STYLE_NORMAL, "%s", "");
	pager_add(&h->text, STYLE_BOLD,
		tr("Columns of %s, and the key that sorts by each (again: the other way)"),
		tr(view_get(a->view)->title));
	for (size_t i = 0; i < view_get(a->view)->ncolumns; i++) {
		const struct column *c = &view_get(a->view)->columns[i];
		char key[2] = { sort_letter(a->view, i), '\0' };
		pager_add(&h->text, STYLE_NORMAL, "  %-2s %-18s %s",
			c->flags & COLUMN_DATA ? "" : key, c->title, c->help);
	}
	return &h->d;
}
