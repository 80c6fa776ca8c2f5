#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Functions that have no place here, and comments that promise instead of doing.
cd "$srcdir" || exit 99
echo 1..3
bad=$(grep -nE '(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|gets|strtok|localtime|gmtime|ctime|asctime|atoi|atol|system|popen|mktemp|tmpnam)[[:space:]]*\(' \
	$(find core aws k8s tui lab -name '*.[ch]') | head -20)
if [ -z "$bad" ]; then echo 'ok 1 - banned functions'; else echo "not ok 1 - banned functions"; echo "$bad" | sed 's/^/# /'; fi
bad=$(grep -nE '(TODO|FIXME|XXX)' $(find core aws k8s tui lab -name '*.[ch]') | grep -v XXXXXX | head)
if [ -z "$bad" ]; then echo 'ok 2 - no bare promises'; else echo "not ok 2 - no bare promises"; echo "$bad" | sed 's/^/# /'; fi
bad=$(grep -LE '^/\* SPDX-License-Identifier: Apache-2.0 \*/$' $(find core aws k8s tui lab -name '*.[ch]'))
if [ -z "$bad" ]; then echo 'ok 3 - licence line'; else echo "not ok 3 - licence line"; echo "$bad" | sed 's/^/# /'; fi
