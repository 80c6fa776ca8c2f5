/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's error answers. */
#include "aws/fault.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/io/http.h"

static const char hint_expired[] =
	"Renew the credentials: `aws sso login`, or a new session of the role.";
static const char hint_keys[] = "Check the access key and secret, or choose another --profile.";
static const char hint_either[] =
	"The credentials have expired, or this machine's clock is wrong: renew them, or set it.";
static const char hint_clock[] = "Set this machine's clock (chrony, ntpd).";

/* By code; a leading '*' matches the end of a code. */
static const struct known {
	const char *code;
	enum err_kind kind;
	enum fault_remedy remedy;
	const char *hint;
} known[] = {
	/* Slower, please (facts: vpc-cni 6.4). */
	{ "BandwidthLimitExceeded", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "EC2ThrottledException", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "LimitExceededException", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "PriorRequestNotComplete", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "ProvisionedThroughputExceededException", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "RequestLimitExceeded", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "RequestThrottled", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "RequestThrottledException", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "SlowDown", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "ThrottledException", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "Throttling", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "ThrottlingException", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "TooManyRequestsException", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	{ "TransactionInProgressException", ERR_THROTTLED, FAULT_THROTTLED, NULL },
	/* Their side. */
	{ "IDPCommunicationError", ERR_SERVER, FAULT_TRANSIENT, NULL },
	{ "RequestTimeout", ERR_TIMEOUT, FAULT_TRANSIENT, NULL },
	{ "RequestTimeoutException", ERR_TIMEOUT, FAULT_TRANSIENT, NULL },
	/* Who we are. */
	{ "AuthFailure", ERR_AUTH, FAULT_SKEW, hint_keys },
	{ "ExpiredToken", ERR_AUTH, FAULT_EXPIRED, hint_expired },
	{ "ExpiredTokenException", ERR_AUTH, FAULT_EXPIRED, hint_expired },
	{ "InvalidAccessKeyId", ERR_AUTH, FAULT_FINAL, hint_keys },
	{ "InvalidClientTokenId", ERR_AUTH, FAULT_FINAL, hint_keys },
	{ "InvalidSignatureException", ERR_AUTH, FAULT_SKEW, hint_clock },
	{ "InvalidToken", ERR_AUTH, FAULT_FINAL, hint_keys },
	{ "RequestExpired", ERR_AUTH, FAULT_SKEW, hint_either },
	{ "RequestTimeTooSkewed", ERR_AUTH, FAULT_SKEW, hint_clock },
	{ "SignatureDoesNotMatch", ERR_AUTH, FAULT_SKEW, hint_keys },
	{ "UnrecognizedClientException", ERR_AUTH, FAULT_FINAL, hint_keys },
	/* What we may do. */
	{ "AccessDenied", ERR_DENIED, FAULT_FINAL, NULL },
	{ "AccessDeniedException", ERR_DENIED, FAULT_FINAL, NULL },
	{ "AllAccessDisabled", ERR_DENIED, FAULT_FINAL, NULL },
	{ "OptInRequired", ERR_DENIED, FAULT_FINAL, NULL },
	{ "UnauthorizedOperation", ERR_DENIED, FAULT_FINAL, NULL },
	/* What is there. */
	{ "*.NotFound", ERR_NOT_FOUND, FAULT_FINAL, NULL },
	{ "*NotFoundException", ERR_NOT_FOUND, FAULT_FINAL, NULL },
	{ "LoadBalancerNotFound", ERR_NOT_FOUND, FAULT_FINAL, NULL },
	{ "NoSuchBucket", ERR_NOT_FOUND, FAULT_FINAL,
		"Check KOPS_STATE_STORE or --state, and the profile's account." },
	{ "NoSuchHostedZone", ERR_NOT_FOUND, FAULT_FINAL, NULL },
	{ "NoSuchKey", ERR_NOT_FOUND, FAULT_FINAL, NULL },
	{ "TargetGroupNotFound", ERR_NOT_FOUND, FAULT_FINAL, NULL },
	/* Somebody was faster. */
	{ "ConditionalRequestConflict", ERR_CONFLICT, FAULT_FINAL, NULL },
	{ "OperationAborted", ERR_CONFLICT, FAULT_TRANSIENT, NULL },
	{ "PreconditionFailed", ERR_CONFLICT, FAULT_FINAL, NULL },
	{ "ResourceContention", ERR_CONFLICT, FAULT_TRANSIENT, NULL },
	{ "ScalingActivityInProgress", ERR_CONFLICT, FAULT_FINAL,
		"Another change of this group is under way; try again when it is done." },
};

static const struct known *fault_known(const char *code)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const char *k = known[i].code;
		if (*k == '*' ? str_ends(code, k + 1) : !strcmp(code, k)) {
			return &known[i];
		}
	}
	return NULL;
}

/* One line, and without the long opaque tail that EC2 puts behind a refusal. */
static void fault_message(struct fault *f, const char *text)
{
	snprintf(f->message, sizeof(f->message), "%s", text ? text : "");
	char *tail = strstr(f->message, " Encoded authorization failure");
	if (tail) {
		*tail = '\0';
	}
	for (char *p = f->message; *p; p++) {
		if ((unsigned char)*p < ' ') {
			*p = ' ';
		}
	}
}

void fault_read(struct fault *f, int status, const struct xml_node *root)
{
	const struct xml_node *error = xml_get(root, "Errors.Error");
	*f = (struct fault){ .status = status };
	if (!error) {
		error = xml_get(root, "Error");
	}
	if (!error) {
		error = root;
	}
	const char *code = xml_text(error, "Code");
	snprintf(f->code, sizeof(f->code), "%s", code ? code : "");
	const char *message = xml_text(error, "Message");
	fault_message(f, message ? message : xml_text(error, "message"));
}

enum fault_remedy fault_remedy(const struct fault *f)
{
	const struct known *k = fault_known(f->code);
	if (k) {
		return k->remedy;
	}
	if (f->status == 429) {
		return FAULT_THROTTLED;
	}
	return f->status == 500 || f->status == 502 || f->status == 503 || f->status == 504
		? FAULT_TRANSIENT
		: FAULT_FINAL;
}

bool fault_err(struct err *e, const struct fault *f, const char *service, const char *action)
{
	const struct known *k = fault_known(f->code);
	struct err by_status = ERR_INIT;
	http_status_err(&by_status, f->status, action);
	if (!*f->code) {
		err_set(e, by_status.kind, "%s %s: HTTP %d", service, action, f->status);
		err_hint(e, "%s", by_status.hint);
		return false;
	}
	enum err_kind kind = k ? k->kind : by_status.kind;
	err_set(e, kind, "%s %s: %s (%s)", service, action,
		*f->message ? f->message : "refused", f->code);
	if (k && k->hint) {
		err_hint(e, "%s", k->hint);
	} else if (kind == ERR_DENIED) {
		err_hint(e, "This identity may not do %s %s; ask for that permission.", service,
			action);
	}
	return false;
}
