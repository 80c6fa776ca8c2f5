#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Functions that have no place here, and comments that promise instead of doing.
cd "$srcdir" || exit 99
echo 1..3
bad=$(grep -nE '(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|gets|strtok|localtime|gmtime|ctime|asctime|atoi|atol|system|popen|mktemp|tmpnam)[[:space:]]*\(' \
	core/*/*.[ch] aws/*.[ch] k8s/*.[ch] tui/*.[ch] lab/*.[ch] | head -20)
if [ -z "$bad" ]; then echo 'ok 1 - banned functions'; else echo "not ok 1 - banned functions"; echo "$bad" | sed 's/^/# /'; fi
bad=$(grep -nE '(TODO|FIXME|XXX)' core/*/*.[ch] aws/*.[ch] k8s/*.[ch] tui/*.[ch] lab/*.[ch] | grep -v XXXXXX | head)
if [ -z "$bad" ]; then echo 'ok 2 - no bare promises'; else echo "not ok 2 - no bare promises"; echo "$bad" | sed 's/^/# /'; fi
bad=$(grep -LE '^/\* SPDX-License-Identifier: Apache-2.0 \*/$' core/*/*.[ch] aws/*.[ch] k8s/*.[ch] tui/*.[ch] lab/*.[ch])
if [ -z "$bad" ]; then echo 'ok 3 - licence line'; else echo "not ok 3 - licence line"; echo "$bad" | sed 's/^/# /'; fi
