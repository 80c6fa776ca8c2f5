#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The story plays by itself, without a terminal, and comes true.
: "${builddir:=.}"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
HOME=$tmp XDG_STATE_HOME=$tmp/state
export HOME XDG_STATE_HOME
n=0
check() { # name, then a command that says whether it holds
	n=$((n + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$tmp/out" "$tmp/err"
	fi
}

"$builddir/kopscope" lab --play --speed 120 </dev/null >"$tmp/out" 2>"$tmp/err"
rc=$?
check "it ends with 0" test "$rc" -eq 0
check "nothing is complained about" test ! -s "$tmp/err"
check "three nodes with 17 allocatable pods" \
	test "$(grep -c ' 17 allocatable pods' "$tmp/out")" -eq 3
check "10 replicas wait beyond 30" grep -q '30 replicas Running, 10 Pending' "$tmp/out"
check "for the scheduler's own reason" grep -q 'scheduler: 0/3 nodes.* 2 Too many pods' "$tmp/out"
check "rolling full nodes is warned of" grep -q '! *do not roll yet' "$tmp/out"
check "the spec says 110" grep -q '^ *[0-9a-z]* *+    maxPods: 110$' "$tmp/out"
check "all three nodes are replaced" test "$(grep -c 'replaced by .*: 17 -> 110 pods' "$tmp/out")" -eq 3
check "three nodes with 110 allocatable pods" \
	test "$(grep -c ' 110 allocatable pods' "$tmp/out")" -eq 3
check "110 replicas run" grep -q '110 replicas Running, 0 Pending' "$tmp/out"
check "and the last line says so" test "$(tail -n 1 "$tmp/out")" = "The story came true."
echo "1..$n"
