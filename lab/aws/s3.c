/* SPDX-License-Identifier: Apache-2.0 */
/* S3, path style: buckets and objects with conditional writes and paged lists. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/urlenc.h"
#include "core/base/xalloc.h"
#include "lab/aws.h"
#include "lab/digest.h"

#define S3_NS " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

struct s3_call {
	struct aws_call *c;
	const struct lab_request *rq;
	struct lab_reply *rp;
	struct lab_bucket *bucket;
	char *bucket_name;
	const char *key; /* "" for the bucket itself */
};

static void s3_xml(struct s3_call *s, const char *open)
{
	lab_reply_header(s->rp, "Content-Type", "application/xml");
	buf_addf(&s->rp->body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s" S3_NS ">", open);
}

static void s3_list_buckets(struct s3_call *s)
{
	const struct world *w = s->c->w;
	struct buf *b = &s->rp->body;

	s3_xml(s, "ListAllMyBucketsResult");
	buf_addf(b, "<Owner><ID>%s</ID></Owner>", w->account);
	xml_open(b, "Buckets");
	for (size_t i = 0; i < w->n_buckets; i++) {
		xml_open(b, "Bucket");
		xml_text(b, "Name", w->buckets[i]->name);
		xml_time(b, "CreationDate", w->n_asgs ? w->asgs[0]->created : world_wall(w));
		xml_close(b, "Bucket");
	}
	xml_close(b, "Buckets");
	xml_close(b, "ListAllMyBucketsResult");
}

static void s3_location(struct s3_call *s)
{
	const char *region = s->bucket->region;

	s3_xml(s, "LocationConstraint");
	if (!str_eq(region, "us-east-1")) /* which is written as nothing */
		buf_adds(&s->rp->body, region);
	xml_close(&s->rp->body, "LocationConstraint");
}

/* As kops' own instructions make a bucket. */
static void s3_versioning(struct s3_call *s)
{
	s3_xml(s, "VersioningConfiguration");
	xml_text(&s->rp->body, "Status", "Enabled");
	xml_close(&s->rp->body, "VersioningConfiguration");
}

static void s3_acl(struct s3_call *s)
{
	struct buf *b = &s->rp->body;
	const char *id = s->c->w->account;

	s3_xml(s, "AccessControlPolicy");
	buf_addf(b, "<Owner><ID>%s</ID></Owner><AccessControlList><Grant>"
		"<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
		"xsi:type=\"CanonicalUser\"><ID>%s</ID></Grantee>"
		"<Permission>FULL_CONTROL</Permission></Grant></AccessControlList>", id, id);
	xml_close(b, "AccessControlPolicy");
}

/* ---- lists ---- */

struct s3_list {
	const char *prefix, *delimiter, *after;
	bool url, v2;
	size_t max, count;
	struct buf contents, prefixes;
	char *last; /* where the next page goes on: behind this key or common prefix */
	bool truncated;
};

static char *s3_list_name(const struct s3_list *l, const char *name)
{
	struct buf b = BUF_INIT;

	if (!l->url)
		return xstrdup(name);
	url_encode(&b, name, true);
	return buf_detach(&b);
}

static void s3_list_text(const struct s3_list *l, struct buf *b, const char *tag,
	const char *text)
{
	char *name = s3_list_name(l, text);

	xml_text(b, tag, name);
	free(name);
}

static void s3_list_object(struct s3_list *l, const struct lab_object *o)
{
	struct buf *b = &l->contents;

	xml_open(b, "Contents");
	s3_list_text(l, b, "Key", o->key);
	xml_time(b, "LastModified", o->mtime);
	buf_addf(b, "<ETag>&quot;%s&quot;</ETag>", o->etag);
	xml_int(b, "Size", (int64_t)o->len);
	xml_text(b, "StorageClass", "STANDARD");
	xml_close(b, "Contents");
}

/* A common prefix counts as one entry and hides all that is below it. */
static void s3_list_walk(struct s3_list *l, const struct lab_bucket *bucket)
{
	for (size_t i = lab_object_lower(bucket, l->prefix); i < bucket->n; i++) {
		const struct lab_object *o = bucket->objects[i];
		const char *cut;
		char *name;

		if (!str_starts(o->key, l->prefix))
			return;
		cut = *l->delimiter ? strstr(o->key + strlen(l->prefix), l->delimiter) : NULL;
		name = cut ? xstrndup(o->key, (size_t)(cut - o->key) + strlen(l->delimiter))
			   : xstrdup(o->key);
		if (strcmp(name, l->after) <= 0 || (cut && str_eq(name, l->last))
			|| (cut && str_starts(l->after, name))) {
			free(name);
			continue;
		}
		if (l->count == l->max) {
			l->truncated = l->max > 0;
			free(name);
			return;
		}
		l->count++;
		if (cut) {
			xml_open(&l->prefixes, "CommonPrefixes");
			s3_list_text(l, &l->prefixes, "Prefix", name);
			xml_close(&l->prefixes, "CommonPrefixes");
		} else {
			s3_list_object(l, o);
		}
		free(l->last);
		l->last = name;
	}
}

/* The token says where to go on, hex so that nobody takes it for a key. */
static char *s3_token_make(const char *key)
{
	size_t n = strlen(key);
	char *out = xmalloc(2 * n + 2);

	out[0] = '1';
	digest_hex((const uint8_t *)key, n, out + 1);
	return out;
}

static char *s3_token_read(const char *token)
{
	size_t n = strlen(token);
	struct buf out = BUF_INIT;
	bool ok = n % 2 == 1 && token[0] == '1' && strspn(token, "0123456789abcdef") == n;

	for (size_t i = 1; ok && i < n; i += 2) {
		char pair[3] = { token[i], token[i + 1], '\0' };

		buf_addc(&out, (char)strtoul(pair, NULL, 16));
	}
	if (!ok) {
		buf_release(&out);
		return NULL;
	}
	return buf_detach(&out);
}

static void s3_list_write(struct s3_call *s, const struct s3_list *l, const char *token)
{
	struct buf *b = &s->rp->body;

	s3_xml(s, "ListBucketResult");
	xml_text(b, "Name", s->bucket_name);
	s3_list_text(l, b, "Prefix", l->prefix);
	if (*l->delimiter)
		s3_list_text(l, b, "Delimiter", l->delimiter);
	xml_int(b, "MaxKeys", (int64_t)l->max);
	if (l->url)
		xml_text(b, "EncodingType", "url");
	if (l->v2) {
		xml_int(b, "KeyCount", (int64_t)l->count);
		xml_text(b, "ContinuationToken", token);
	}
	xml_bool(b, "IsTruncated", l->truncated);
	if (l->truncated && l->v2) {
		char *next = s3_token_make(l->last);

		xml_text(b, "NextContinuationToken", next);
		free(next);
	} else if (l->truncated) {
		s3_list_text(l, b, "NextMarker", l->last);
	}
	buf_add(b, buf_str(&l->contents), l->contents.len);
	buf_add(b, buf_str(&l->prefixes), l->prefixes.len);
	xml_close(b, "ListBucketResult");
}

static const char *s3_query(const struct s3_call *s, const char *name)
{
	const char *v = lab_request_query(s->rq, name);

	return v ? v : "";
}

static void s3_list_objects(struct s3_call *s)
{
	const char *token = lab_request_query(s->rq, "continuation-token");
	const char *max = lab_request_query(s->rq, "max-keys");
	struct s3_list l = {
		.v2 = str_eq(s3_query(s, "list-type"), "2"),
		.prefix = s3_query(s, "prefix"),
		.delimiter = s3_query(s, "delimiter"),
		.url = str_eq(s3_query(s, "encoding-type"), "url"),
	};
	int64_t n = 1000;
	char *from = token ? s3_token_read(token) : NULL;

	l.after = from ? from : s3_query(s, l.v2 ? "start-after" : "marker");
	if (max && !str_to_i64(max, 0, INT32_MAX, &n)) {
		aws_error(s->c, 400, "InvalidArgument", "Provided max-keys not an integer or "
			"within integer range");
	} else if (token && !from) {
		aws_error(s->c, 400, "InvalidArgument",
			"The continuation token provided is incorrect");
	} else {
		l.max = n > 1000 ? 1000 : (size_t)n;
		s3_list_walk(&l, s->bucket);
		s3_list_write(s, &l, token);
	}
	buf_release(&l.contents);
	buf_release(&l.prefixes);
	free(l.last);
	free(from);
}

/* ---- objects ---- */

static void s3_object_headers(struct s3_call *s, const struct lab_object *o)
{
	time_t at = (time_t)(o->mtime / 1000);
	struct tm tm;
	char text[64];

	gmtime_r(&at, &tm);
	/* HTTP dates are in English whatever the locale: the lab never sets one */
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	lab_reply_header(s->rp, "Last-Modified", text);
	snprintf(text, sizeof(text), "\"%s\"", o->etag);
	lab_reply_header(s->rp, "ETag", text);
	lab_reply_header(s->rp, "Accept-Ranges", "bytes");
	lab_reply_header(s->rp, "Content-Type", "binary/octet-stream");
}

static bool etag_is(const char *header, const struct lab_object *o)
{
	size_t n = strlen(header);

	if (str_eq(header, "*"))
		return true;
	if (n >= 2 && header[0] == '"' && header[n - 1] == '"') {
		header++;
		n -= 2;
	}
	return n == strlen(o->etag) && !strncmp(header, o->etag, n);
}

/* "bytes=0-9", "bytes=5-", "bytes=-3": false when it cannot be served. */
static bool range_read(const char *text, size_t len, size_t *from, size_t *n)
{
	unsigned long long a, b;
	char *end;

	if (!str_starts(text, "bytes=") || !len)
		return false;
	text += 6;
	if (*text == '-') {
		b = strtoull(text + 1, &end, 10);
		*n = b > len ? len : (size_t)b;
		*from = len - *n;
		return end != text + 1 && !*end && b > 0;
	}
	a = strtoull(text, &end, 10);
	if (end == text || *end != '-' || a >= len)
		return false;
	text = end + 1;
	b = *text ? strtoull(text, &end, 10) : len - 1;
	if (b < a)
		return false;
	if (b >= len)
		b = len - 1;
	*from = (size_t)a;
	*n = (size_t)(b - a + 1);
	return true;
}

static void s3_no_key(struct s3_call *s)
{
	aws_error(s->c, 404, "NoSuchKey", "The specified key does not exist.");
}

static void s3_get_object(struct s3_call *s)
{
	const struct lab_object *o = lab_object_get(s->bucket, s->key);
	const char *if_match = lab_request_header(s->rq, "If-Match");
	const char *if_none = lab_request_header(s->rq, "If-None-Match");
	const char *range = lab_request_header(s->rq, "Range");
	bool head = str_eq(s->rq->method, "HEAD");
	size_t from = 0, n;
	char text[80];

	if (!o) {
		s3_no_key(s);
		return;
	}
	if (lab_request_query(s->rq, "acl")) {
		s3_acl(s);
		return;
	}
	if (if_match && !etag_is(if_match, o)) {
		aws_error(s->c, 412, "PreconditionFailed",
			"At least one of the pre-conditions you specified did not hold");
		return;
	}
	if (if_none && etag_is(if_none, o)) {
		s->rp->status = 304;
		s3_object_headers(s, o);
		return;
	}
	n = o->len;
	if (range && !range_read(range, o->len, &from, &n)) {
		aws_error(s->c, 416, "InvalidRange", "The requested range is not satisfiable");
		return;
	}
	if (range) {
		s->rp->status = 206;
		snprintf(text, sizeof(text), "bytes %zu-%zu/%zu", from, from + n - 1, o->len);
		lab_reply_header(s->rp, "Content-Range", text);
	}
	s3_object_headers(s, o);
	snprintf(text, sizeof(text), "%zu", n);
	if (head)
		lab_reply_header(s->rp, "Content-Length", text);
	else
		buf_add(&s->rp->body, o->data + from, n);
}

static bool s3_put_allowed(struct s3_call *s)
{
	const struct lab_object *o = lab_object_get(s->bucket, s->key);
	const char *if_match = lab_request_header(s->rq, "If-Match");
	const char *if_none = lab_request_header(s->rq, "If-None-Match");

	if (if_none && !str_eq(if_none, "*"))
		aws_error(s->c, 501, "NotImplemented", "A header you provided implies "
			"functionality that is not implemented: If-None-Match");
	else if (if_match && !o)
		s3_no_key(s);
	else if ((if_none && o) || (if_match && !etag_is(if_match, o)))
		aws_error(s->c, 412, "PreconditionFailed",
			"At least one of the pre-conditions you specified did not hold");
	return !s->c->failed;
}

/* The object's bytes: the body, taken out of its chunks where it comes in some. */
static bool s3_put_body(struct s3_call *s, struct buf *out)
{
	const char *kind = lab_request_header(s->rq, "x-amz-content-sha256");
	const char *length = lab_request_header(s->rq, "x-amz-decoded-content-length");
	int64_t n;

	if (!str_starts(kind, "STREAMING-"))
		return buf_add(out, buf_str(&s->rq->body), s->rq->body.len);
	if (!sig_decode_chunked(buf_str(&s->rq->body), s->rq->body.len, kind, s->c->sig, out)) {
		aws_error(s->c, s->c->sig->fault == SIG_MISMATCH ? 403 : 400,
			s->c->sig->fault == SIG_MISMATCH ? "SignatureDoesNotMatch"
				: "IncompleteBody",
			"%s", s->c->sig->text);
		return false;
	}
	if (length && (!str_to_i64(length, 0, INT64_MAX, &n) || (uint64_t)n != out->len)) {
		aws_error(s->c, 400, "IncompleteBody", "The request body does not have the number "
			"of bytes that x-amz-decoded-content-length says.");
		return false;
	}
	return true;
}

static void s3_put_object(struct s3_call *s)
{
	struct buf body = BUF_INIT;

	if (lab_request_header(s->rq, "x-amz-copy-source")
		|| lab_request_query(s->rq, "partNumber"))
		aws_error(s->c, 501, "NotImplemented", "The lab copies no objects and takes no "
			"parts.");
	else if (s3_put_allowed(s) && s3_put_body(s, &body)) {
		struct lab_object *o = lab_object_put(s->c->w, s->bucket, s->key, buf_str(&body),
			body.len);
		char etag[40];

		snprintf(etag, sizeof(etag), "\"%s\"", o->etag);
		lab_reply_header(s->rp, "ETag", etag);
		lab_reply_header(s->rp, "x-amz-server-side-encryption", "AES256");
	}
	buf_release(&body);
}

static void s3_delete_object(struct s3_call *s)
{
	const struct lab_object *o = lab_object_get(s->bucket, s->key);
	const char *if_match = lab_request_header(s->rq, "If-Match");

	if (if_match && (!o || !etag_is(if_match, o))) {
		aws_error(s->c, 412, "PreconditionFailed",
			"At least one of the pre-conditions you specified did not hold");
		return;
	}
	if (o)
		lab_object_delete(s->c->w, s->bucket, s->key);
	s->rp->status = 204; /* whether it was there or not */
}

/* ---- which of them ---- */

static void s3_bucket(struct s3_call *s)
{
	const char *method = s->rq->method;

	if (str_eq(method, "PUT")) {
		if (s->bucket)
			aws_error(s->c, 409, "BucketAlreadyOwnedByYou", "Your previous request to "
				"create the named bucket succeeded and you already own it.");
		else
			lab_bucket_add(s->c->w, s->bucket_name);
		return;
	}
	if (!s->bucket) {
		aws_error(s->c, 404, "NoSuchBucket", "The specified bucket does not exist");
		return;
	}
	lab_reply_header(s->rp, "x-amz-bucket-region", s->bucket->region);
	if (str_eq(method, "HEAD"))
		return;
	if (!str_eq(method, "GET"))
		aws_error(s->c, 405, "MethodNotAllowed",
			"The specified method is not allowed against this resource.");
	else if (lab_request_query(s->rq, "location"))
		s3_location(s);
	else if (lab_request_query(s->rq, "versioning"))
		s3_versioning(s);
	else if (lab_request_query(s->rq, "encryption"))
		aws_error(s->c, 404, "ServerSideEncryptionConfigurationNotFoundError",
			"The server side encryption configuration was not found");
	else if (lab_request_query(s->rq, "acl"))
		s3_acl(s);
	else
		s3_list_objects(s);
}

static void s3_object(struct s3_call *s)
{
	const char *method = s->rq->method;

	if (!s->bucket)
		aws_error(s->c, 404, "NoSuchBucket", "The specified bucket does not exist");
	else if (str_eq(method, "GET") || str_eq(method, "HEAD"))
		s3_get_object(s);
	else if (str_eq(method, "PUT"))
		s3_put_object(s);
	else if (str_eq(method, "DELETE"))
		s3_delete_object(s);
	else
		aws_error(s->c, 405, "MethodNotAllowed",
			"The specified method is not allowed against this resource.");
}

void aws_s3_handle(struct aws_call *c)
{
	const char *path = c->rq->path + (c->rq->path[0] == '/');
	size_t n = strcspn(path, "/");
	struct s3_call s = { .c = c, .rq = c->rq, .rp = c->rp,
		.bucket_name = xstrndup(path, n), .key = path[n] ? path + n + 1 : "" };

	s.bucket = lab_bucket_find(c->w, s.bucket_name);
	if (!n)
		s3_list_buckets(&s);
	else if (s.bucket && !str_eq(s.bucket->region, c->sig->region))
		aws_error(c, 400, "AuthorizationHeaderMalformed", "The authorization header is "
			"malformed; the region '%s' is wrong; expecting '%s'", c->sig->region,
			s.bucket->region);
	else if (!*s.key)
		s3_bucket(&s);
	else
		s3_object(&s);
	free(s.bucket_name);
}
