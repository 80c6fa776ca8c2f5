#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The roll by both engines in labs of the same seed: the same instances are replaced, the same
# state is left; kops' raw output is kept.
: "${srcdir:=.}"
. "$srcdir/tests/run/lab-env"
state() { # what is left, without names
	"$kopscope" get nodes -o json >"$tmp/nodes.json" 2>/dev/null
	"$kopscope" get nodes --no-headers 2>/dev/null | awk '{ print $2, $3, $NF }' | sort
}
for engine in kops native; do
	lab_start 60
	"$kopscope" roll --force --yes --engine "$engine" -o json >"$tmp/$engine.out" 2>&1
	rc=$?
	check "$engine rolls" test "$rc" -eq 0
	grep -o '"instance":"[^"]*","node":[^,]*,"group":"[^"]*"' "$tmp/$engine.out" | sort -u \
		>"$tmp/$engine.planned"
	check "$engine told of three instances" test "$(wc -l <"$tmp/$engine.planned")" -eq 3
	check "$engine brought each to its end" \
		test "$(grep '"event":"node"' "$tmp/$engine.out" | grep -c '"phase":"done"')" -ge 3
	sleep 1
	state >"$tmp/$engine.state"
	if test "$engine" = kops; then
		check "kops' own output is kept" grep -q 'Cluster validated' "$runs/1/kops.log"
	fi
	kill "$lab"
	wait "$lab" 2>/dev/null
	rm -rf "$XDG_STATE_HOME"
done
check "both replaced the same" cmp "$tmp/kops.planned" "$tmp/native.planned"
check "both left the same state" cmp "$tmp/kops.state" "$tmp/native.state"
sed 's/^/# /' "$tmp/native.state"
echo "1..$n"
