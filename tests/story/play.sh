#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The story plays by itself, without a terminal, and comes true.
: "${srcdir:=.}"
. "$srcdir/tests/run/lab-env"

"$kopscope" lab --play --speed 60 </dev/null >"$tmp/play.out" 2>"$tmp/err"
rc=$?
check "it ends with 0" test "$rc" -eq 0
check "nothing is complained about" test ! -s "$tmp/err"
check "three nodes with 17 allocatable pods" \
	test "$(grep -c ' 17 allocatable pods' "$tmp/play.out")" -eq 3
check "10 replicas wait beyond 30" grep -q '30 replicas Running, 10 Pending' "$tmp/play.out"
check "for the scheduler's own reason" grep -q 'scheduler: 0/3 nodes.* 2 Too many pods' "$tmp/play.out"
check "rolling full nodes is warned of" grep -q '! *do not roll yet' "$tmp/play.out"
check "the spec says 110" grep -q '^ *[0-9a-z]* *+    maxPods: 110$' "$tmp/play.out"
check "all three nodes are replaced" test "$(grep -c 'replaced by .*: 17 -> 110 pods' "$tmp/play.out")" -eq 3
check "three nodes with 110 allocatable pods" \
	test "$(grep -c ' 110 allocatable pods' "$tmp/play.out")" -eq 3
check "110 replicas run" grep -q '110 replicas Running, 0 Pending' "$tmp/play.out"
check "and the last line says so" test "$(tail -n 1 "$tmp/play.out")" = "The story came true."
echo "1..$n"
