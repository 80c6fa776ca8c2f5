#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# HACKING.md's tree tells the truth.
cd "$srcdir" || exit 99
echo 1..1
want=$(scripts/tree)
have=$(awk '/^<!-- tree -->$/ { on = 1; next } /^<!-- end of tree -->$/ { on = 0 } on && !/^```$/ { print }' HACKING.md)
if [ "$want" = "$have" ]; then
	echo 'ok 1 - the tree in HACKING.md'
else
	echo 'not ok 1 - the tree in HACKING.md: run scripts/tree --write'
fi
