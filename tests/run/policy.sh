#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Guard rails on the command line against a lab: what is denied reaches neither the cluster, nor the
# cloud, nor the store, nor kops; what is let through does.
. "${srcdir:=.}/tests/run/lab-env"
echo 1..15
XDG_CONFIG_HOME=$tmp/config
export XDG_CONFIG_HOME
mkdir -p "$XDG_CONFIG_HOME/kopscope"
cluster=mate-technology.app
group=nodes-ap-northeast-2a

conf() {
	cat >"$XDG_CONFIG_HOME/kopscope/config.yaml"
	chmod 600 "$XDG_CONFIG_HOME/kopscope/config.yaml"
}
ends() { # with this code
	want=$1
	shift
	"$kopscope" "$@" </dev/null >"$tmp/last.out" 2>&1
	rc=$?
	test $rc -eq "$want"
}
says() { grep -q -- "$1" "$tmp/last.out"; }
writes() { "$kopscope" journal -o json | tr '{' '\n' | grep -c '"result":"done"'; }
no_runs() { test -z "$(ls "$runs" 2>/dev/null)"; }

lab_start 50 --seed 7
conf <<-EOF2
	guard_rails:
	  - {cluster: "$cluster", action: "*", do: deny, reason: frozen}
EOF2
check "a denied roll ends with 3" ends 3 roll --yes --force --anyway
check "it names the rule's line and reason" says 'config.yaml:2).*frozen'
check "no run was started" no_runs
check "a denied edit ends with 3" ends 3 spec edit $cluster/$group --set maxPods=16 --write
check "and says why" says 'guard rail: write-spec on mate-technology.app is denied'
check "reading goes on" ends 0 get nodes
conf <<-EOF2
	guard_rails:
	  - {group: "nodes*", action: terminate, do: deny}
EOF2
check "a roll that would terminate what it must not does not begin" \
	ends 3 roll --yes --force --anyway
check "nothing was written so far" test "$(writes)" -eq 0
conf <<-EOF2
	guard_rails:
	  - {action: write-spec, do: type}
	  - {action: update, do: ask}
EOF2
check "without the name: refused" ends 3 spec edit $cluster/$group --set maxPods=16 --write \
	--confirm yes
check "what to say is told" says "--confirm $cluster"
check "with the name: written" ends 0 spec edit $cluster/$group --set maxPods=16 --write \
	--confirm $cluster
check "an update asks for one more yes" ends 3 update --yes
check "and is made then" ends 0 update --yes --confirm yes
conf <<-EOF2
	readonly: ["mate-*"]
EOF2
check "read-only by pattern" ends 3 undo $cluster/$group --write
check "the journal has the two writes that were let through" test "$(writes)" -eq 2
