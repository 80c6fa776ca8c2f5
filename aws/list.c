/* SPDX-License-Identifier: Apache-2.0 */
/* A query that answers in pages, asked to its end. */
#include "aws/list.h"

#include <stdlib.h>
#include <string.h>

#include "aws/call.h"
#include "aws/query.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define PAGES_MAX 1000

struct aws_list {
	struct aws *aws;
	struct aws_list_spec spec; /* strings are ours, but for names of service constants */
	char *region, *body, *token;
	struct aws_call *call;
	int pages;
};

static void list_free(struct aws_list *l)
{
	free(l->region);
	free(l->body);
	free(l->token);
	free(l);
}

static void list_end(struct aws_list *l, const struct err *e)
{
	l->spec.done(l->spec.ctx, e);
	list_free(l);
}

static void list_ask(struct aws_list *l);

static void list_on_page(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct aws_list *l = ctx;
	struct err bad = ERR_INIT;
	l->call = NULL;
	if (e) {
		list_end(l, e);
		return;
	}
	if (!r->root) {
		err_set(&bad, ERR_PARSE, "%s %s: the answer is empty",
			aws_service(l->spec.service)->name, l->spec.action);
		list_end(l, &bad);
		return;
	}
	l->spec.page(l->spec.ctx, r->root);
	const char *token = l->spec.token_out ? xml_text(r->root, l->spec.token_out) : NULL;
	if (str_empty(token)) {
		list_end(l, NULL);
		return;
	}
	if (++l->pages >= PAGES_MAX || str_eq(token, l->token)) {
		err_set(&bad, ERR_PARSE, "%s %s: the pages do not end",
			aws_service(l->spec.service)->name, l->spec.action);
		list_end(l, &bad);
		return;
	}
	xreplace(&l->token, token);
	list_ask(l);
}

static void list_ask(struct aws_list *l)
{
	struct buf body = BUF_INIT;
	buf_adds(&body, l->body);
	if (l->token) {
		query_add(&body, l->spec.token_in, l->token);
	}
	l->call = aws_call_start(l->aws, &(struct aws_call_spec){
		.service = l->spec.service, .region = l->region, .action = l->spec.action,
		.body = buf_str(&body), .body_len = body.len, .done = list_on_page, .ctx = l,
	});
	buf_release(&body);
}

struct aws_list *aws_list_start(struct aws *a, const struct aws_list_spec *spec)
{
	struct aws_list *l = xcalloc(1, sizeof(*l));
	l->aws = a;
	l->spec = *spec;
	l->region = xstrdup(spec->region);
	l->body = xstrdup(spec->body);
	l->spec.region = NULL;
	l->spec.body = NULL;
	list_ask(l);
	return l;
}

void aws_list_cancel(struct aws_list *l)
{
	if (l) {
		aws_call_cancel(l->call);
		list_free(l);
	}
}
