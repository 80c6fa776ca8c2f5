#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kopscope spec and kopscope undo on files and on a store in a folder: output, exit codes.
program=${KOPSCOPE:-${builddir:-.}/kopscope}
case $program in /*) ;; *) program=$PWD/$program ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/kopscope-test.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset KOPS_STATE_STORE KOPS_CLUSTER_NAME
HOME=$work XDG_STATE_HOME=$work/state KUBECONFIG=$work/none
export HOME XDG_STATE_HOME KUBECONFIG
count=0
bad=0

run() {
	"$program" "$@" >"$work/out" 2>"$work/err" </dev/null
	rc=$?
}

# expect NAME RC [out|err REGEX]...
expect() {
	count=$((count + 1))
	name=$1 good=1
	[ "$rc" -eq "$2" ] || { good=0; echo "# exit code $rc, not $2"; }
	shift 2
	while [ $# -gt 1 ]; do
		grep -q -e "$2" "$work/$1" || { good=0; echo "# not in $1: $2"; }
		shift 2
	done
	[ $good -eq 1 ] || { bad=1; printf 'not '; }
	echo "ok $count - $name"
}

# same NAME A B
same() {
	count=$((count + 1))
	cmp -s "$2" "$3" || { bad=1; diff "$2" "$3" | sed 's/^/# /'; printf 'not '; }
	echo "ok $count - $1"
}

mkdir -p "$work/store/c.example/instancegroup"
cd "$work" || exit 99
cat >config <<'END'
apiVersion: kops.k8s.io/v1alpha2
kind: Cluster
metadata:
  name: c.example
spec:
  cloudProvider: aws
  networking:
    amazonvpc:
      env:
      - name: WARM_IP_TARGET   # twice
        value: "1"
      - name: WARM_IP_TARGET
        value: "2"
      - name: WARM_ENI_TARGET
        value: "1"
      - name: ENABLE_IPv4
        value: "true"
END
cat >group <<'END'
apiVersion: kops.k8s.io/v1alpha2
kind: InstanceGroup
metadata:
  name: nodes
spec:
  kubelet:
    maxPods: 30
  machineType: t3.medium
  mixedInstancesPolicy:
    instances: [m5.large, t3.small]
  role: Node
END
cp config store/c.example/config
cp group store/c.example/instancegroup/nodes

run spec show config -o json
expect "show: a cluster" 0 out '"kind":"Cluster","name":"c.example"' \
	out '"maxPods":{"value":null,"source":"unset","line":null}' \
	out '"value":"1","line":10,"effect":"overridden by line 12"' \
	out '"value":"2","line":12,"effect":"effective"' \
	out '"name":"WARM_ENI_TARGET","value":"1","line":14,"effect":"ignored: an IP target is set"' \
	out '"name":"ENABLE_IPv4","value":"true","line":16,"effect":"forced by kops"' \
	out '"level":"warn","line":12,"text":"line 12: WARM_IP_TARGET without MINIMUM_IP_TARGET'
run spec show group -o json
expect "show: a group" 0 out '"maxPods":{"value":30,"source":"group","line":7}' \
	out '"types":\["m5.large","t3.small"\]'
run spec show group
expect "show: for people" 0 out '^max pods  *30  (group, line 7)$'

run spec show group -o json
expect "show: what can be set, with its line" 0 \
	out '{"key":"machineType","value":"t3.medium","line":8,"change":"nodes are replaced"'
run spec keys
expect "keys: one line each" 0 out '^minSize  *group  *fewest nodes' out '^addon.certManager  *cluster '
sed 's/value: "2"/value: 2/' config >bare
run spec show bare -o json
expect "show: an entry that kops cannot read" 0 \
	out '"value":"2","line":12,"effect":"unreadable: .*what was applied last holds"' \
	out '"level":"error","line":13,"text":"line 13: kops cannot read this'

run spec edit group --set minSize=2 --set subnets=a,b --set nodeLabels.a/b=true --set taints=x=y:NoSchedule
expect "edit: a group's other settings" 0 out '^  minSize: 2$' out '^  - a$' out '^    a/b: "true"$' \
	out '^  - x=y:NoSchedule$'
cp out more
run spec edit more --unset minSize --unset subnets --unset nodeLabels.a/b --unset taints
same "... and taken back" out group
run spec edit group --set minSize=5
expect "edit: more than the most, which is two when unset" 1 \
	err 'minSize 5 is more than maxSize 2 (its default)'
run spec edit config --set addon.awsLoadBalancerController=true
expect "edit: an addon without the one that it needs" 1 err 'needs certManager: kops will refuse'
run spec edit config --set addon.awsLoadBalancerController=true --set addon.certManager=true
expect "edit: with it" 0 out '^  certManager:$'

run spec edit group --set maxPods=110
expect "edit: no network is known from a group's file" 0 out '^    maxPods: 110$'
run spec edit group --set maxPods=110 --set maxPods=30
same "edit: in their order" "$work/out" group
run spec edit group --unset maxPods
expect "edit: unset" 0 out '^spec:$'
run spec edit group --set env.WARM_IP_TARGET=1
expect "edit: refused" 1 err '^refused: line 2: env.WARM_IP_TARGET belongs'
same "... and nothing on standard output" "$work/out" /dev/null
run spec edit group --set maxPods=0
expect "edit: a value out of range" 1 err '^refused: line 7: maxPods'
run spec edit nothere/at/all --set maxPods=9
expect "edit: no such file" 2
run spec edit /nothere --set maxPods=9
expect "edit: no such file, for sure" 2
echo 'a: b: c' >broken
run spec edit broken --set maxPods=9
expect "edit: not YAML" 2 err 'broken'
echo 'kind: ConfigMap' >other
run spec edit other --set maxPods=9
expect "edit: not kops'" 2 err 'not a kops document'
run spec edit group --set pods=9
expect "edit: no such setting" 2
run spec edit group --set maxPods
expect "edit: no value" 2 err 'KEY=VALUE'
run spec edit group
expect "edit: nothing to do" 2
cat group config >two
sed 's/^apiVersion/---\n&/' group config >two
run spec edit two --set maxPods=20
expect "edit: several documents" 0 err '^warning: 2 documents: kops reads the first alone'

chmod 640 group
run spec edit group --set maxPods=40 --write
expect "write: a file" 0
run spec show group
expect "... is written" 0 out '^max pods  *40 '
[ "$(ls -l group | cut -c1-10)" = "-rw-r-----" ]
rc=$?
expect "... and keeps its mode" 0
run spec edit group --set maxPods=50 --write --readonly
expect "write: not when read-only" 1 err 'read-only'

run spec edit c.example --state store --set maxPods=25
expect "store: a group's own setting goes before the cluster's" 0 err 'nothing changes'
run spec edit c.example/nodes --state store --set maxPods=11 --write
expect "store: the weakest of mixed types has 11" 0 out '^-    maxPods: 30$' \
	out '^+    maxPods: 11$' err 'written and read back'
run spec edit c.example/nodes --state store --set maxPods=12
expect "store: and not 12" 1 err 'more than a t3.small of nodes has addresses for: 11'
run undo c.example/nodes --state store
expect "undo: shown" 0 out '^+    maxPods: 30$' err 'not written'
run undo c.example/nodes --state store
expect "undo: what comes of it is said, and does not hold it up" 0 \
	err '^warning: 30 pods is more than a t3.small of nodes has addresses for: 11'
run undo c.example/nodes --state store --write
expect "undo: written" 0
sed 's/40/30/' group >group.first
same "... the first bytes again" store/c.example/instancegroup/nodes group.first
run undo c.example/nodes --state store
expect "undo: no more" 1 err 'no edit'
run spec show d.example --state store
expect "store: no such cluster" 2 err 'there is no file d.example'
echo "1..$count"
exit $bad
