/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state store in an S3 bucket.
 *
 * A put goes through up to four steps: how the bucket encrypts (asked once, as
 * kops does), the present tag (where the endpoint is not AWS's own, for such
 * stores may ignore If-Match), the write, and, when the write's answer was
 * lost, a look whether it arrived.
 */
#include "aws/aws.h"

#include <stdlib.h>
#include <string.h>

#include "aws/s3.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"

#define PAGES_MAX 1000

struct op;

struct store_s3 {
	struct store base;
	struct s3_bucket *bucket;
	char *url, *prefix; /* prefix: "" or "a/b/" */
	enum tri encrypts;  /* the bucket has a rule of its own */
	struct op *ops;
};

/* One call of the interface under way. */
struct op {
	struct store_s3 *store;
	struct op *next;
	char *key;
	struct s3_call *call;
	void *ctx;
	void (*cancelled)(struct op *op, const struct err *e);
	/* list */
	void (*list_done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e);
	struct store_entry *v;
	size_t n, cap;
	char *token;
	int pages;
	bool below; /* at any depth */
	/* get */
	void (*get_done)(void *ctx, const char *text, size_t len, const char *etag,
		const struct err *e);
	/* put */
	void (*put_done)(void *ctx, const char *etag, const struct err *e);
	char *text, *if_tag;
	size_t len;
	struct err lost; /* why the write's answer did not come */
};

static struct op *op_new(struct store *s, const char *path)
{
	struct store_s3 *store = (struct store_s3 *)s;
	struct op *op = xcalloc(1, sizeof(*op));
	op->store = store;
	op->next = store->ops;
	store->ops = op;
	op->key = xasprintf("%s%s", store->prefix, path);
	return op;
}

/* Out of the store's list, so that done() may do as it likes; then op_free(). */
static void op_unlink(struct op *op)
{
	for (struct op **p = &op->store->ops; *p; p = &(*p)->next) {
		if (*p == op) {
			*p = op->next;
			return;
		}
	}
}

static void op_free(struct op *op)
{
	s3_cancel(op->call);
	for (size_t i = 0; i < op->n; i++) {
		free((void *)(uintptr_t)op->v[i].name);
		free((void *)(uintptr_t)op->v[i].etag);
	}
	free(op->v);
	free(op->token);
	free(op->key);
	free(op->text);
	free(op->if_tag);
	free(op);
}

/* ---- list ---- */

static void list_end(struct op *op, const struct err *e)
{
	op_unlink(op);
	op->list_done(op->ctx, e ? NULL : op->v, e ? 0 : op->n, e);
	op_free(op);
}

/* The part of a key below the listed folder; the folder itself is left out. */
static void list_add(struct op *op, const char *key, bool encoded, int64_t size, int64_t modified,
	const char *etag)
{
	struct buf plain = BUF_INIT;
	size_t base = strlen(op->key);
	if (encoded) {
		url_decode(&plain, key, strlen(key), true);
	} else {
		buf_adds(&plain, key);
	}
	if (plain.len > base && !memcmp(plain.data, op->key, base)) {
		op->v = xgrow(op->v, &op->cap, op->n, sizeof(*op->v));
		op->v[op->n++] = (struct store_entry){
			.name = xstrdup(plain.data + base), .size = size, .modified = modified,
			.etag = xstrdup(etag),
		};
	}
	buf_release(&plain);
}

static void list_ask(struct op *op);

static void list_on_page(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct op *op = ctx;
	struct err bad = ERR_INIT;
	op->call = NULL;
	if (e) {
		list_end(op, e);
		return;
	}
	bool encoded = str_eq(xml_text(r->root, "EncodingType"), "url");
	for (const struct xml_node *n = r->root ? r->root->first : NULL; n; n = n->next) {
		if (!strcmp(n->name, "CommonPrefixes") && xml_text(n, "Prefix")) {
			list_add(op, xml_text(n, "Prefix"), encoded, -1, 0, NULL);
		} else if (!strcmp(n->name, "Contents") && xml_text(n, "Key")) {
			list_add(op, xml_text(n, "Key"), encoded, xml_int(n, "Size", -1),
				stamp_parse(xml_text(n, "LastModified")), xml_text(n, "ETag"));
		}
	}
	const char *token = xml_text(r->root, "NextContinuationToken");
	if (!str_eq(xml_text(r->root, "IsTruncated"), "true") || str_empty(token)) {
		list_end(op, NULL);
	} else if (++op->pages >= PAGES_MAX || str_eq(token, op->token)) {
		err_set(&bad, ERR_PARSE, "S3 ListObjectsV2: the pages do not end");
		list_end(op, &bad);
	} else {
		xreplace(&op->token, token);
		list_ask(op);
	}
}

static void list_ask(struct op *op)
{
	struct buf q = BUF_INIT;
	buf_adds(&q, op->below ? "list-type=2" : "list-type=2&delimiter=%2F");
	buf_adds(&q, "&encoding-type=url&max-keys=1000&prefix=");
	url_encode(&q, op->key, false);
	if (op->token) {
		buf_adds(&q, "&continuation-token=");
		url_encode(&q, op->token, false);
	}
	op->call = s3_start(op->store->bucket, &(struct s3_request){
		.action = "ListObjectsV2", .method = "GET", .query = buf_str(&q),
		.done = list_on_page, .ctx = op,
	});
	buf_release(&q);
}

static void store_list_start(struct store *s, const char *path, bool below,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx)
{
	struct op *op = op_new(s, path);
	op->below = below;
	op->list_done = done;
	op->ctx = ctx;
	op->cancelled = list_end;
	list_ask(op);
}

static void store_list(struct store *s, const char *path,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx)
{
	store_list_start(s, path, false, done, ctx);
}

static void store_list_below(struct store *s, const char *path,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx)
{
	store_list_start(s, path, true, done, ctx);
}

/* ---- get ---- */

static void get_ask(struct op *op, void (*done)(void *ctx, const struct aws_reply *r,
	const struct err *e))
{
	op->call = s3_start(op->store->bucket, &(struct s3_request){
		.action = "GetObject", .method = "GET", .key = op->key, .raw = true, .done = done,
		.ctx = op,
	});
}

static const char *reply_etag(const struct aws_reply *r)
{
	const char *etag = http_answer_header(r->http, "ETag");
	return etag ? etag : "";
}

static void get_end(struct op *op, const struct err *e)
{
	op_unlink(op);
	op->get_done(op->ctx, NULL, 0, "", e);
	op_free(op);
}

static void get_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct op *op = ctx;
	struct err why = ERR_INIT;
	op->call = NULL;
	if (e) {
		why = *e;
		err_wrap(&why, "%s", op->key);
		get_end(op, &why);
		return;
	}
	op_unlink(op);
	op->get_done(op->ctx, r->http->body ? r->http->body : "", r->http->len, reply_etag(r),
		NULL);
	op_free(op);
}

static void store_get(struct store *s, const char *path,
	void (*done)(void *ctx, const char *text, size_t len, const char *etag,
		const struct err *e),
	void *ctx)
{
	struct op *op = op_new(s, path);
	op->get_done = done;
	op->ctx = ctx;
	op->cancelled = get_end;
	get_ask(op, get_on_answer);
}

/* ---- put ---- */

static void put_end_tag(struct op *op, const char *etag, const struct err *e)
{
	struct err why = ERR_INIT;
	if (e) {
		why = *e;
		err_wrap(&why, "%s", op->key);
	}
	op_unlink(op);
	op->put_done(op->ctx, etag, e ? &why : NULL);
	op_free(op);
}

static void put_end(struct op *op, const struct err *e)
{
	put_end_tag(op, "", e);
}

static void put_conflict(struct op *op)
{
	struct err e = ERR_INIT;
	err_set(&e, ERR_CONFLICT, "somebody else changed it first");
	err_hint(&e, "Read it again, look at what changed, and make the edit once more.");
	put_end(op, &e);
}

/* The write's answer was lost: is the text there? */
static void put_on_look(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct op *op = ctx;
	op->call = NULL;
	if (!e && r->http->len == op->len && r->http->body &&
	    !memcmp(r->http->body, op->text, op->len)) {
		put_end_tag(op, reply_etag(r), NULL);
	} else {
		put_end(op, &op->lost);
	}
}

static void put_on_written(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct op *op = ctx;
	op->call = NULL;
	if (!e) {
		put_end_tag(op, reply_etag(r), NULL);
		return;
	}
	bool conditional = op->if_tag != NULL;
	int status = r && r->http ? r->http->status : 0;
	bool gone = op->if_tag && *op->if_tag && r && r->fault &&
		    str_eq(r->fault->code, "NoSuchKey");
	if (conditional && (e->kind == ERR_CONFLICT || status == 412 || status == 409 || gone)) {
		put_conflict(op);
	} else if (e->kind == ERR_NETWORK || e->kind == ERR_TIMEOUT || e->kind == ERR_SERVER) {
		op->lost = *e;
		get_ask(op, put_on_look);
	} else {
		put_end(op, e);
	}
}

static void put_write(struct op *op)
{
	struct http_header headers[4];
	size_t n = 0;
	const char *acl = getenv("KOPS_STATE_S3_ACL");
	if (op->if_tag && *op->if_tag) {
		headers[n++] = (struct http_header){ "If-Match", op->if_tag };
	} else if (op->if_tag) {
		headers[n++] = (struct http_header){ "If-None-Match", "*" };
	}
	if (op->store->encrypts != TRI_YES) {
		headers[n++] = (struct http_header){ "x-amz-server-side-encryption", "AES256" };
	}
	if (!str_empty(acl)) {
		headers[n++] = (struct http_header){ "x-amz-acl", acl };
	}
	op->call = s3_start(op->store->bucket, &(struct s3_request){
		.action = "PutObject", .method = "PUT", .key = op->key, .headers = headers,
		.nheaders = n, .body = op->text, .body_len = op->len, .raw = true, .unsafe = true,
		.done = put_on_written, .ctx = op,
	});
}

static void put_on_present(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct op *op = ctx;
	op->call = NULL;
	if (e && e->kind != ERR_NOT_FOUND) {
		put_end(op, e);
	} else if (strcmp(e ? "" : reply_etag(r), op->if_tag) != 0) {
		put_conflict(op);
	} else {
		put_write(op);
	}
}

static void put_check(struct op *op)
{
	if (op->if_tag && s3_bucket_is_custom(op->store->bucket)) {
		get_ask(op, put_on_present);
	} else {
		put_write(op);
	}
}

/* Any failure counts as "no rule", as in kops. */
static void put_on_encryption(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct op *op = ctx;
	op->call = NULL;
	op->store->encrypts = !e && xml_get(r->root, "Rule") ? TRI_YES : TRI_NO;
	put_check(op);
}

static void store_put(struct store *s, const char *path, const char *text, size_t len,
	const char *if_tag, void (*done)(void *ctx, const char *etag, const struct err *e),
	void *ctx)
{
	struct op *op = op_new(s, path);
	op->text = xmalloc(len + 1);
	memcpy(op->text, text, len);
	op->len = len;
	op->if_tag = xstrdup(if_tag);
	op->put_done = done;
	op->ctx = ctx;
	op->cancelled = put_end;
	if (op->store->encrypts != TRI_UNKNOWN) {
		put_check(op);
		return;
	}
	op->call = s3_start(op->store->bucket, &(struct s3_request){
		.action = "GetBucketEncryption", .method = "GET", .query = "encryption",
		.done = put_on_encryption, .ctx = op,
	});
}

/* ---- the store ---- */

static void store_free(struct store *s)
{
	struct store_s3 *store = (struct store_s3 *)s;
	struct err e = ERR_INIT;
	err_set(&e, ERR_CANCELLED, "cancelled");
	while (store->ops) {
		store->ops->cancelled(store->ops, &e);
	}
	s3_bucket_free(store->bucket);
	free(store->url);
	free(store->prefix);
	free(store);
}

static const struct store_ops ops = {
	.list = store_list,
	.list_below = store_list_below,
	.get = store_get,
	.put = store_put,
	.free = store_free,
};

struct store *aws_store_new(struct aws *a, const char *url, struct err *e)
{
	if (!str_starts(url, "s3://")) {
		err_set(e, ERR_USAGE, "\"%s\" is not of the form s3://bucket/prefix", url);
		return NULL;
	}
	const char *name = url + strlen("s3://");
	size_t n = strcspn(name, "/");
	const char *prefix = name + n + strspn(name + n, "/");
	size_t len = strlen(prefix);
	while (len && prefix[len - 1] == '/') {
		len--;
	}
	if (!n) {
		err_set(e, ERR_USAGE, "\"%s\" names no bucket", url);
		err_hint(e, "Write s3://bucket or s3://bucket/prefix.");
		return NULL;
	}
	struct store_s3 *s = xcalloc(1, sizeof(*s));
	char *bucket = xstrndup(name, n);
	s->base.ops = &ops;
	s->prefix = len ? xasprintf("%.*s/", (int)len, prefix) : xstrdup("");
	s->url = xasprintf("s3://%s%s%.*s", bucket, len ? "/" : "", (int)len, prefix);
	s->base.url = s->url;
	s->bucket = s3_bucket_new(a, bucket);
	free(bucket);
	return &s->base;
}
