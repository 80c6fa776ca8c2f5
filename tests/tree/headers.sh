#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every header compiles alone, and only core/base/json.h shows a JSON tree.
cd "$srcdir" || exit 99
set -- $(find core aws k8s tui lab -name '*.h' | LC_ALL=C sort)
echo "1..$(($# + 1))"
i=0
for h; do
	i=$((i + 1))
	if out=$(${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Werror -I. -fsyntax-only -x c "$h" 2>&1); then
		echo "ok $i - $h"
	else
		echo "not ok $i - $h"
		echo "$out" | sed 's/^/# /' | head -5
	fi
done
i=$((i + 1))
bad=$(grep -l 'json_t' $(find core aws k8s tui -name '*.h') | grep -v '^core/base/json.h$')
if [ -z "$bad" ]; then echo "ok $i - json_t stays inside"; else echo "not ok $i - json_t in $bad"; fi
