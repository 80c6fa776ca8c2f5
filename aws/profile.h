/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared files: ~/.aws/credentials and ~/.aws/config, or those that
 * AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name (facts: vpc-cni 6.2).
 *
 * Sections are "default" or "NAME" in the credentials file, "default",
 * "profile NAME", "sso-session NAME" and "services NAME" in the other.  Keys
 * have no case.  A block nested by indentation reads as "outer.inner".
 */
#ifndef KOPSCOPE_AWS_PROFILE_H
#define KOPSCOPE_AWS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

enum profile_file { PROFILE_CREDENTIALS, PROFILE_CONFIG, PROFILE_FILE__COUNT };

struct profiles;

/* Reads both; a file that is not there is empty.  Never NULL; e tells of one that is unreadable. */
struct profiles *profiles_load(struct err *e);
/* From given texts (NULL: none), for tests. */
struct profiles *profiles_parse(const char *credentials, const char *config, struct err *e);
void profiles_free(struct profiles *p); /* wipes; NULL is fine */

/*
 * A value of the profile in one of the files; NULL when absent.  kind is NULL
 * for a profile, else "sso-session" or "services" (config file only).
 */
const char *profiles_get(const struct profiles *p, enum profile_file file, const char *kind,
	const char *name, const char *key);
/* A setting of a profile, the credentials file first. */
const char *profiles_setting(const struct profiles *p, const char *name, const char *key);
bool profiles_has(const struct profiles *p, enum profile_file file, const char *name);
/* Path that was read, for hints. */
const char *profiles_path(const struct profiles *p, enum profile_file file);

#endif
