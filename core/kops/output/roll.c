/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a rolling update (facts: kops parts 5.5, 5.6), told apart by a
 * table of their beginnings.  Line numbers and file names in the log's head
 * drift between releases and are skipped.
 */
#include "core/kops/output.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"

enum roll_take { TAKE_NONE, TAKE_INSTANCE, TAKE_NODE, TAKE_GROUP, TAKE_INSTANCE_NODE };

struct roll_pattern {
	const char *start;  /* the message begins so */
	const char *within; /* and holds this; NULL: nothing more */
	enum roll_line_kind kind;
	enum roll_take take; /* names in quotes, in the order in which they come */
};

/* The first that fits counts. */
static const struct roll_pattern roll_patterns[] = {
	{ "Validating the cluster.", NULL, ROLL_LINE_VALIDATING, TAKE_NONE },
	{ "Cluster did not ", "within", ROLL_LINE_NOT_VALID, TAKE_NONE },
	{ "Cluster did not pass validation", NULL, ROLL_LINE_NOT_VALID, TAKE_NONE },
	{ "Cluster did not validate", NULL, ROLL_LINE_NOT_VALID, TAKE_NONE },
	{ "Cluster validated; revalidating", NULL, ROLL_LINE_REVALIDATING, TAKE_NONE },
	{ "Cluster validated", NULL, ROLL_LINE_VALID, TAKE_NONE },
	{ "Tainting ", "instancegroup", ROLL_LINE_TAINTING, TAKE_GROUP },
	{ "Detaching instance ", NULL, ROLL_LINE_DETACHING, TAKE_INSTANCE_NODE },
	{ "Draining the node: ", NULL, ROLL_LINE_DRAINING, TAKE_NODE },
	{ "evicting pod ", NULL, ROLL_LINE_EVICTING, TAKE_NONE },
	{ "error when evicting ", NULL, ROLL_LINE_EVICT_BLOCKED, TAKE_NONE },
	{ "skipping deregistration of instance ", NULL, ROLL_LINE_DEREGISTER, TAKE_INSTANCE },
	{ "Deregistering instance", NULL, ROLL_LINE_DEREGISTER, TAKE_NONE },
	{ "Successfully drained instance", NULL, ROLL_LINE_DEREGISTER, TAKE_NONE },
	{ "Waiting for ", "after draining", ROLL_LINE_POST_DRAIN, TAKE_NONE },
	{ "Stopping instance ", NULL, ROLL_LINE_STOPPING, TAKE_INSTANCE_NODE },
	{ "deleting warm pool instance ", NULL, ROLL_LINE_STOPPING, TAKE_INSTANCE },
	{ "waiting for ", "after terminating", ROLL_LINE_WAIT_TERMINATED, TAKE_NONE },
	{ "waiting for ", "after detaching", ROLL_LINE_WAIT_DETACHED, TAKE_NONE },
	{ "Completed rolling update for cluster ", NULL, ROLL_LINE_COMPLETED, TAKE_NONE },
	{ "Rolling update completed for cluster ", NULL, ROLL_LINE_COMPLETED, TAKE_NONE },
	{ "failed to roll InstanceGroup ", NULL, ROLL_LINE_GROUP_FAILED, TAKE_GROUP },
	{ "Failed to detach instance ", NULL, ROLL_LINE_ERROR, TAKE_INSTANCE },
	{ "Skipping drain of instance ", NULL, ROLL_LINE_WARNING, TAKE_INSTANCE },
	{ "No rolling-update required.", NULL, ROLL_LINE_NOTHING, TAKE_NONE },
	{ "Must specify --yes to rolling-update.", NULL, ROLL_LINE_NEED_YES, TAKE_NONE },
	{ "Error: ", NULL, ROLL_LINE_ERROR, TAKE_NONE },
	{ "Unable to reach the kubernetes API.", NULL, ROLL_LINE_ERROR, TAKE_NONE },
	{ "WARNING: ", NULL, ROLL_LINE_WARNING, TAKE_NONE },
};

static bool roll_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)s[i])) {
			return false;
		}
	}
	return true;
}

/* "I1122 13:10:50.696930   30909 instancegroups.go:530] msg": behind the head, or s. */
static const char *roll_skip_head(const char *s, char *severity)
{
	const char *end = strstr(s, "] ");

	*severity = '\0';
	if (!*s || !strchr("IWEF", *s) || strlen(s) < 21 || !roll_digits(s + 1, 4) || s[5] != ' ' ||
		!roll_digits(s + 6, 2) || s[8] != ':' || !end) {
		return s;
	}
	*severity = *s;
	return end + 2;
}

/* The next Go-quoted word, unquoted, into out; *p moves behind it.  One without its end is none. */
static void roll_take_quoted(const char **p, char *out, size_t size)
{
	const char *s = strchr(*p, '"');
	size_t n = 0;

	out[0] = '\0';
	if (!s) {
		return;
	}
	for (s++; *s && *s != '"'; s++) {
		if (*s == '\\' && s[1]) {
			s++;
		}
		if (n + 1 < size) {
			out[n++] = *s;
		}
	}
	out[*s ? n : 0] = '\0';
	*p = *s ? s + 1 : s;
}

/* "i-x", node "n", in group "asg" -- the node may be missing, the group is the ASG's name. */
static void roll_take_names(const char *p, enum roll_take take, struct roll_line *out)
{
	switch (take) {
	case TAKE_NONE:
		break;
	case TAKE_INSTANCE:
		roll_take_quoted(&p, out->instance, sizeof(out->instance));
		break;
	case TAKE_NODE:
		roll_take_quoted(&p, out->node, sizeof(out->node));
		break;
	case TAKE_GROUP:
		roll_take_quoted(&p, out->group, sizeof(out->group));
		break;
	case TAKE_INSTANCE_NODE:
		roll_take_quoted(&p, out->instance, sizeof(out->instance));
		if (str_starts(p, ", node ")) {
			roll_take_quoted(&p, out->node, sizeof(out->node));
		}
		if (str_starts(p, ", in group ")) {
			roll_take_quoted(&p, out->group, sizeof(out->group));
		}
		break;
	}
}

/* evicting pod ns/p; error when evicting pods/"p" -n "ns" (...) */
static void roll_take_pod(const char *text, struct roll_line *out)
{
	char pod[254], ns[254];
	const char *p = text;

	if (out->kind == ROLL_LINE_EVICTING) {
		p += strlen("evicting pod ");
		snprintf(out->pod, sizeof(out->pod), "%.*s", (int)strcspn(p, " \r"), p);
		return;
	}
	roll_take_quoted(&p, pod, sizeof(pod));
	roll_take_quoted(&p, ns, sizeof(ns));
	if (pod[0] && ns[0]) {
		snprintf(out->pod, sizeof(out->pod), "%s/%s", ns, pod);
	}
}

static const struct roll_pattern *roll_match(const char *text)
{
	for (size_t i = 0; i < sizeof(roll_patterns) / sizeof(*roll_patterns); i++) {
		const struct roll_pattern *p = &roll_patterns[i];

		if (str_starts(text, p->start) && (!p->within || strstr(text, p->within))) {
			return p;
		}
	}
	return NULL;
}

/* Heading or row of the table: words between tabs. */
static bool roll_is_table(const char *text, char severity)
{
	return !severity && strchr(text, '\t') && (str_starts(text, "NAME\t") ||
		strstr(text, "\tReady\t") || strstr(text, "\tNeedsUpdate\t"));
}

void roll_line_parse(const char *line, size_t n, struct roll_line *out)
{
	char text[8192];
	size_t len = n < sizeof(text) - 1 ? n : sizeof(text) - 1;

	*out = (struct roll_line){ .kind = ROLL_LINE_OTHER };
	if (len) {
		memcpy(text, line, len);
	}
	text[len] = '\0';
	for (len = strlen(text); len && isspace((unsigned char)text[len - 1]); len--) {
		text[len - 1] = '\0';
	}
	const char *msg = roll_skip_head(text, &out->severity);
	snprintf(out->text, sizeof(out->text), "%.*s", (int)sizeof(out->text) - 1, msg);
	const struct roll_pattern *p = roll_match(msg);
	if (p) {
		out->kind = p->kind;
		roll_take_names(msg + strlen(p->start),
			p->take, out);
		if (p->kind == ROLL_LINE_EVICTING || p->kind == ROLL_LINE_EVICT_BLOCKED) {
			roll_take_pod(msg, out);
		}
	} else if (roll_is_table(text, out->severity)) {
		out->kind = ROLL_LINE_TABLE;
	} else if (out->severity == 'E' || out->severity == 'F') {
		out->kind = ROLL_LINE_ERROR;
	} else if (out->severity == 'W') {
		out->kind = ROLL_LINE_WARNING;
	}
}
