#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The large world, small enough for a test: the same answer in both encodings, what it is asked
# for and how much it sends, all of them counts.
: "${srcdir:=.}" "${builddir:=.}"
. "$srcdir/tests/lab/lib-lab.sh"
kopscope=$builddir/kopscope
command -v curl >/dev/null || plan_skip 'no curl'
nodes=200 pods=6000
lab_start --scenario scale --nodes $nodes --pods $pods --seed 1
count_of() { # SIDE WHAT
	curl -s "$KOPSCOPE_LAB/lab/state" | sed "s/.*\"$1\": *{\([^}]*\)}.*/\1/; s/.*\"$2\": *\([0-9]*\).*/\1/"
}
at_most() { # NAME N MOST
	echo "$2, $3 at most" >"$work/out"
	[ "$2" -gt 0 ] && [ "$2" -le "$3" ]
	ok $? "$1 ($2)"
}
# without ages, which are those of the moment: 130m, 2h10m
rows() { sort "$work/out" | sed 's/  */ /g; s/ \([0-9][0-9]*[dhms]\)\{1,2\} / /'; }

# Who takes more than 20 s asks AWS a second time: on a machine that is so busy the least of some
# looks counts.
for look in 1 2 3; do
	kube_before=$(count_of kube requests) aws_before=$(count_of aws requests)
	bytes_before=$(count_of kube bytes)
	run "$kopscope" get pods
	kube=$(($(count_of kube requests) - kube_before)) aws=$(($(count_of aws requests) - aws_before))
	bytes=$(($(count_of kube bytes) - bytes_before))
	[ "$kube" -gt 25 ] || [ "$aws" -gt 40 ] || break
done
ok $rc 'pods are listed'
rows >"$work/proto"
[ "$(wc -l <"$work/proto")" -gt $pods ]
ok $? "all $pods of them"
at_most 'requests to the API server for a first look' "$kube" 25
at_most 'requests to AWS for a first look' "$aws" 40
at_most 'bytes of the API server for each pod' $((bytes / pods)) 3600

run "$kopscope" get nodes
[ "$rc" = 0 ] && [ "$(grep -c 'm5.xlarge' "$work/out")" = $nodes ]
ok $? "all $nodes nodes"
run "$kopscope" get groups
[ "$rc" = 0 ] && [ "$(grep -c '^pool-' "$work/out")" = $((nodes / 25)) ]
ok $? 'and their groups'
run "$kopscope" get pending -o json
[ "$rc" = 0 ] && grep -q 'service-0000' "$work/out"
ok $? 'those that wait'

curl -s -X POST "$KOPSCOPE_LAB/_lab/fault?on=k8s-json" >"$work/fault"
before=$(count_of kube bytes)
run "$kopscope" get pods
rows >"$work/json"
diff "$work/proto" "$work/json" >"$work/out"
ok $? 'the same rows where the server knows only JSON'
[ $(($(count_of kube bytes) - before)) -gt "$bytes" ]
ok $? 'which are more bytes'
[ "$(count_of kube writes)" = 0 ] && [ "$(count_of aws writes)" = 0 ]
ok $? 'and nothing was written'
lab_stop
lab_plan
