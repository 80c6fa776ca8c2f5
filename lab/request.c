/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and replies of the lab's ports, without a server behind them. */
#include "lab/request.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"

void lab_pairs_add(struct lab_pairs *p, const char *name, const char *value)
{
	p->v = xgrow(p->v, &p->cap, p->n, sizeof(*p->v));
	p->v[p->n++] = (struct lab_pair){ xstrdup(name), xstrdup(value ? value : "") };
}

static char *text_decoded(const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	url_decode(&b, s, n, true);
	return buf_detach(&b);
}

void lab_pairs_parse_query(struct lab_pairs *p, const char *s, size_t n)
{
	while (n > 0) {
		const char *amp = memchr(s, '&', n);
		size_t len = amp ? (size_t)(amp - s) : n;
		const char *eq = memchr(s, '=', len);
		size_t name_len = eq ? (size_t)(eq - s) : len;
		if (len > 0) {
			char *name = text_decoded(s, name_len);
			char *value = eq ? text_decoded(eq + 1, len - name_len - 1) : xstrdup("");
			lab_pairs_add(p, name, value);
			free(name);
			free(value);
		}
		if (!amp)
			break;
		s += len + 1;
		n -= len + 1;
	}
}

const char *lab_pairs_get(const struct lab_pairs *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->v[i].name, name) == 0)
			return p->v[i].value;
	}
	return NULL;
}

void lab_pairs_release(struct lab_pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].name);
		free(p->v[i].value);
	}
	free(p->v);
	*p = (struct lab_pairs){ .v = NULL };
}

const char *lab_request_query(const struct lab_request *rq, const char *name)
{
	return lab_pairs_get(&rq->query, name);
}

const char *lab_request_header(const struct lab_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->headers.n; i++) {
		if (str_ieq(rq->headers.v[i].name, name))
			return rq->headers.v[i].value;
	}
	return NULL;
}

void lab_request_init(struct lab_request *rq, const char *method, const char *target)
{
	*rq = (struct lab_request){ .method = xstrdup(method), .target = xstrdup(target) };
	const char *q = strchr(target, '?');
	size_t path_len = q ? (size_t)(q - target) : strlen(target);
	struct buf path = BUF_INIT;
	rq->raw_path = xstrndup(target, path_len);
	url_decode(&path, target, path_len, false);
	rq->path = buf_detach(&path);
	rq->raw_query = xstrdup(q ? q + 1 : "");
	lab_pairs_parse_query(&rq->query, rq->raw_query, strlen(rq->raw_query));
	buf_init(&rq->body, LAB_BODY_MAX);
}

void lab_request_release(struct lab_request *rq)
{
	free(rq->method);
	free(rq->target);
	free(rq->raw_path);
	free(rq->path);
	free(rq->raw_query);
	lab_pairs_release(&rq->query);
	lab_pairs_release(&rq->headers);
	buf_release(&rq->body);
	*rq = (struct lab_request){ .method = NULL };
}

void lab_reply_header(struct lab_reply *rp, const char *name, const char *value)
{
	lab_pairs_add(&rp->headers, name, value);
}

void lab_reply_text(struct lab_reply *rp, int status, const char *type, const char *fmt, ...)
{
	va_list ap;
	rp->status = status;
	lab_reply_header(rp, "Content-Type", type);
	va_start(ap, fmt);
	buf_vaddf(&rp->body, fmt, ap);
	va_end(ap);
}

void lab_reply_init(struct lab_reply *rp)
{
	*rp = (struct lab_reply){ .status = 200 };
	buf_init(&rp->body, (size_t)1 << 31);
}

void lab_reply_release(struct lab_reply *rp)
{
	lab_pairs_release(&rp->headers);
	buf_release(&rp->body);
}
