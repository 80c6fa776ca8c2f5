#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is edited and not applied is shown before `kops update` and gone after it, for each kind
# of edit; the files, addons and names of the lab's cluster.
. "${srcdir:-.}/tests/lab/lib-lab.sh"

program=${KOPSCOPE_PROGRAM:-${builddir:-.}/kopscope}
cluster=mate-technology.app
lab_start --speed 200

# Every "unapplied" that is something, of the cluster and its groups, one a line.
unapplied() {
	for view in clusters groups; do
		"$program" get $view -o json 2>>"$work/err" | tr '{' '\n' |
			sed -n 's/.*"unapplied":"\([^"]*\)".*/\1/p'
	done >"$work/out"
}

# drift NAME WHAT ARGUMENTS OF kops edit: WHAT is all that is shown until it is applied
drift() {
	name=$1
	what=$2
	shift 2
	run kops edit "$@"
	if [ "$rc" -ne 0 ]; then
		ok 1 "$name: kops edit"
		return
	fi
	unapplied
	[ "$(cat "$work/out")" = "$what" ]
	ok $? "$name: shown before the update"
	run kops update cluster --yes
	unapplied
	[ ! -s "$work/out" ]
	ok $? "$name: gone after it"
}

unapplied
[ ! -s "$work/out" ]
ok $? "nothing is edited at first"

drift "max pods of the cluster" "kubelet.maxPods 110 (applied none)" \
	cluster $cluster --set spec.kubelet.maxPods=110
drift "max pods of the control plane" "masterKubelet.maxPods 50 (applied 110)" \
	cluster $cluster --set spec.controlPlaneKubelet.maxPods=50
drift "a variable of the CNI" "env.ENABLE_PREFIX_DELEGATION true (applied none)" \
	cluster $cluster --set spec.networking.amazonVPC.env=ENABLE_PREFIX_DELEGATION=true
drift "an addon on" "certManager.enabled true (applied none)" \
	cluster $cluster --set spec.certManager.enabled=true
drift "an addon off" "certManager.enabled false (applied true)" \
	cluster $cluster --set spec.certManager.enabled=false
drift "a value taken away" "masterKubelet.maxPods removed (applied 50)" \
	cluster $cluster --unset spec.controlPlaneKubelet.maxPods
drift "max pods of a group" "kubelet.maxPods 60 (applied 110)" \
	ig nodes-ap-northeast-2a --set spec.kubelet.maxPods=60
drift "a group's size" "maxSize 3 (applied 1)" \
	ig nodes-ap-northeast-2a --set spec.maxSize=3
drift "a group's machine type" "machineType t3.large (applied t3.medium)" \
	ig nodes-ap-northeast-2c --set spec.machineType=t3.large
drift "max pods of a group taken away" "kubelet.maxPods removed (applied 60)" \
	ig nodes-ap-northeast-2a --unset spec.kubelet.maxPods

# ---- the files, without the secret ones ----

KOPSCOPE_TRACE=http KOPSCOPE_TRACE_FILE=$work/trace
export KOPSCOPE_TRACE KOPSCOPE_TRACE_FILE
run "$program" get store
expect "the files" 0 '^config .*what is wanted' '^  bootstrap-channel.yaml ' \
	'^  private/kubernetes-ca/keyset.yaml .*PRIVATE KEYS' '^backups/ .*etcd'
unset KOPSCOPE_TRACE KOPSCOPE_TRACE_FILE
grep -q 'bootstrap-channel.yaml\|instancegroup' "$work/trace" &&
	! grep -q 'keyset.yaml\|secrets/admin\|prefix=[^&]*backups' "$work/trace"
ok $? "no key and no secret is fetched for that, and no backup listed"

# ---- addons ----

applied() {
	tries=0
	until "$program" get addons >"$work/out" 2>"$work/err" && grep -q "$1" "$work/out"; do
		tries=$((tries + 1))
		[ $tries -gt 50 ] && return 1
		sleep 0.1
	done
}
applied '^networking.amazon-vpc-routed-eni  *-  *k8s-1.16  *\([0-9a-f]\{8\}\)  *\1  *all  *applied$'
ok $? "the CNI's addon: the hash in the store is the one applied"
run kops edit cluster $cluster --set spec.awsLoadBalancerController.enabled=true
run "$program" get addons
expect "an addon that is on and not listed yet" 0 \
	'^aws-load-balancer-controller.addons.k8s.io  *on .*u adds it$'
run kops update cluster
refused "kops refuses it without the one that it needs" 'awsLoadBalancerController.*certManager'
run kops edit cluster $cluster --set spec.certManager.enabled=true
run kops update cluster --yes
applied '^aws-load-balancer-controller.addons.k8s.io  *on .* applied$'
ok $? "listed by the update, applied by kops-channels"

# ---- names ----

run "$program" get dns
[ "$rc" -eq 0 ] && grep -q 'DNS type None' "$work/err"
ok $? "DNS none is explained"

# slow, so that the control plane is not up yet when one looks
lab_stop
lab_start --scenario empty --speed 2
run kops create cluster --name x.$cluster --zones ap-northeast-2a --networking amazonvpc \
	--dns public
unapplied
grep -q '^nothing is applied yet$' "$work/out"
ok $? "of a cluster that was only created nothing is applied"
run kops update cluster x.$cluster --yes
run "$program" get dns --name x.$cluster
expect "kops' placeholder addresses are marked" 0 \
	'^api.internal.x.mate-technology.app .*203.0.113.123 .*placeholder$' \
	'^kops-controller.internal.x.mate-technology.app .*placeholder$'
lab_plan
