#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The accident: 110 replicas first, then the change.  The forecast names what will go wrong and
# what to do first; in that order it works; forced, it shows its damage.
: "${srcdir:=.}"
. "$srcdir/tests/run/lab-env"
if ! command -v curl >/dev/null 2>&1; then
	echo "1..0 # SKIP curl is not here to scale the Deployment"
	exit 0
fi

events() { # how many events of that reason
	kube GET /api/v1/events | grep -o "\"reason\": *\"$1\"" | wc -l
}
change() { # 110 replicas, then the edit and the update
	lab_start 60
	scale 110
	until_so replicas_are 30/110
	"$kopscope" spec edit mate-technology.app --set maxPods=110 \
		--set env.ENABLE_PREFIX_DELEGATION=true --set env.WARM_PREFIX_TARGET=1 \
		--write >"$tmp/edit.out" 2>&1
}

change
check "the spec is written" test $? -eq 0
"$kopscope" plan >"$tmp/plan.out" 2>&1
rc=$?
check "before the update the plan says 3" test "$rc" -eq 3
check "and that the settings are not there yet" \
	grep -q '!! The CNI settings of the spec have not reached the cluster' "$tmp/plan.out"
check "and names the full nodes" \
	grep -q '!! 2 nodes are full .*aws-node finds no free slot' "$tmp/plan.out"
check "and what to do first" \
	grep -q 'first: scale default/nginx-deployment from 110 to 26' "$tmp/plan.out"
check "and who waits" grep -q '80 pods wait for a place' "$tmp/plan.out"
"$kopscope" roll --yes >"$tmp/roll.out" 2>&1
rc=$?
check "the roll is refused" test "$rc" -eq 3
check "before any run is made" test ! -d "$runs/1"

# The advised order.
scale 26
until_so replicas_are 26/26
"$kopscope" update --yes >"$tmp/update.out" 2>&1
check "the update says when to roll" \
	grep -q 'the CNI addon has come. 3 of 3 instances need a roll' "$tmp/update.out"
"$kopscope" plan >"$tmp/plan2.out" 2>&1
rc=$?
check "then the plan is content" test "$rc" -eq 0
thrown=$(events Preempted)
"$kopscope" roll --yes >"$tmp/roll2.out" 2>&1
rc=$?
check "the roll succeeds" test "$rc" -eq 0
scale 110
until_so replicas_are 110/110
check "110 replicas run" replicas_are 110/110
check "and none was thrown out" test "$(events Preempted)" -eq 0
kill "$lab"
wait "$lab" 2>/dev/null
rm -rf "$XDG_STATE_HOME"

# Forced: in another lab.
change
"$kopscope" update --yes >"$tmp/update3.out" 2>&1
"$kopscope" plan >"$tmp/plan3.out" 2>&1
rc=$?
check "the other lab's plan refuses as well" test "$rc" -eq 3
"$kopscope" roll --anyway --yes >"$tmp/roll3.out" 2>&1
thrown=$(events Preempted)
check "forced, running pods were thrown out for aws-node ($thrown)" test "$thrown" -gt 0
stuck=$(events FailedCreatePodSandBox)
check "and pods came up without an address ($stuck times)" test "$stuck" -gt 0
echo "1..$n"
