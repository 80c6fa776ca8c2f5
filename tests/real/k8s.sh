#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The k8s layer against a real control plane: k8s.sh DRIVER [BIN].
#
# DRIVER is the built tests/real/k8s-driver; BIN a folder with kube-apiserver,
# kube-controller-manager and kube-scheduler (default: unpacked from
# $SHARED/kube); k8s-compare is looked for beside DRIVER.  Speaks TAP; skips all when something is missing.
driver=$1
here=$(cd "$(dirname "$0")" && pwd)
SHARED=${SHARED:-$here/../../../shared}
for need in etcd kubectl openssl shuf; do
	command -v $need >/dev/null || { echo "1..0 # skip no $need"; exit 0; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/k8s-real-XXXXXX") || exit 99
. "$here/cluster.sh"
trap 'real_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
real_bin "$2" || { echo "1..0 # skip no control plane"; exit 0; }

. "$here/tap.sh"
drive() { "$driver" -k "$REAL_KUBECONFIG" "$@" 2>"$work/err"; }

real_start "$work/run" || { tail -n 5 "$work"/run/*.log; echo 'Bail out! no control plane'; exit 1; }
KUBECONFIG=$REAL_KUBECONFIG
export KUBECONFIG

node() { # NAME
	kubectl apply -f - >/dev/null <<Y
apiVersion: v1
kind: Node
metadata: {name: $1, labels: {kops.k8s.io/instancegroup: nodes, node-role.kubernetes.io/node: ""}}
spec: {providerID: "aws:///ap-northeast-2a/i-$1"}
Y
	kubectl patch node "$1" --subresource=status --type=merge -p '{"status":{
		"capacity":{"cpu":"2","memory":"4Gi","pods":"17"},
		"allocatable":{"cpu":"1930m","memory":"3388360Ki","pods":"17"},
		"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady"}]}}' >/dev/null
	kubectl taint node "$1" node.kubernetes.io/not-ready- >/dev/null 2>&1
}
bound() { [ "$(kubectl get pods -o name --field-selector spec.nodeName!= | wc -l)" -ge "$1" ]; }
for i in 1 2 3; do node "node-$i"; done
kubectl create deployment web --image=nginx --replicas=6 >/dev/null
kubectl apply -f - >/dev/null <<'Y'
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: aws-node}}
  template:
    metadata: {labels: {k8s-app: aws-node}}
    spec:
      containers:
      - {name: aws-node, image: "cni:v1", resources: {requests: {cpu: 25m}}, env: [{name: ENABLE_PREFIX_DELEGATION, value: "true"}]}
Y
real_wait 30 bound 6
sleep 1

# What kubectl says, in the driver's words.
pods_said() {
	kubectl get pods -A --no-headers -o custom-columns=\
NS:.metadata.namespace,N:.metadata.name,P:.status.phase,U:.metadata.uid,H:.spec.nodeName |
		awk '{ print "pod " $1 "/" $2 " " $3 " uid=" $4 " node=" ($5 == "<none>" ? "-" : $5) }' |
		LC_ALL=C sort
}
pods_of() { grep '^pod ' | cut -d' ' -f1-5 | LC_ALL=C sort; }

want=$(pods_said)
for c in token cert exec; do
	got=$(drive -c $c state 10 live)
	same "$c: pods as kubectl lists them" "$(printf '%s\n' "$got" | pods_of)" "$want"
done
like 'a node is read' "$got" '*node node-1 pods=17 cpu=1930 mem=3469680640 unschedulable=0 taints=0 ready=2 group=nodes*'
like "pods belong to the Deployment" "$got" '*owner=Deployment/web*'
like 'the DaemonSet and its env' "$(drive state 5 'daemonset kube-system/aws-node *')" '*daemonset kube-system/aws-node env=1*'
drive -c cert state 10 live >/dev/null
like "the certificate's end" "$(cat "$work/err")" '*cert 1[0-9]*'

drive state 10 live >/dev/null
like 'HTTP/2: all lists, watches and questions over one connection' "$(tail -n 1 "$work/err")" \
	'http: [1-9]* requests, 1 connections'

drive -c stranger state 2 >/dev/null
like 'an unknown authority is refused' "$(cat "$work/err")" '*not trusted*'
drive -c misnamed state 2 >/dev/null
like 'a wrong host name is refused' "$(cat "$work/err")" '*else.where*'
drive -c guest state 2 >/dev/null
like 'forbidden is said' "$(cat "$work/err")" '*forbidden: User "guest" cannot list resource*'
like 'nothing is allowed to a guest' "$(drive -c guest allowed)" '0 no*5 no*'
like 'all is allowed to an administrator' "$(drive allowed)" '0 yes*5 yes*'

spec() { kubectl get node "$1" -o jsonpath='{.spec.unschedulable} {.spec.taints}'; }
drive cordon node-1
same 'cordon' "$(spec node-1 | cut -c1-4)" true
drive uncordon node-1
same 'uncordon' "$(spec node-1)" ' '
t=kops.k8s.io/scheduled-for-update
drive taint node-1 $t '' PreferNoSchedule && drive taint node-1 a b NoSchedule &&
	drive taint node-1 a c NoSchedule && drive taint node-1 a c NoSchedule
same 'taint' "$(spec node-1)" ' [{"effect":"PreferNoSchedule","key":"'$t'"},{"effect":"NoSchedule","key":"a","value":"c"}]'
same 'kubectl knows who wrote' "$(kubectl get node node-1 --show-managed-fields \
	-o jsonpath='{.metadata.managedFields[*].manager}' | grep -o kopscope | sort -u)" kopscope
# Many writers at once: each taint must be there in the end.
pids=
for i in 1 2 3 4; do
	"$driver" -k "$REAL_KUBECONFIG" taint node-2 "k$i" '' NoSchedule &
	pids="$pids $!"
done
wait $pids
same 'taints by four writers' "$(spec node-2 | grep -o '"k[1-4]"' | sort | tr -d '\n')" '"k1""k2""k3""k4"'
for i in 1 2 3 4; do drive untaint node-2 "k$i" '' NoSchedule; done
drive untaint node-1 $t '' PreferNoSchedule && drive untaint node-1 a '' NoSchedule
same 'untaint' "$(spec node-1)$(spec node-2)" '  '
drive label node-1 x.y/z 1
same 'label' "$(kubectl get node node-1 -o jsonpath='{.metadata.labels.x\.y/z}')" 1
drive label node-1 x.y/z
same 'label removed' "$(kubectl get node node-1 -o jsonpath='{.metadata.labels.x\.y/z}')" ''
like 'no such node' "$(drive cordon node-9)" 'not-found: cordon node-9: nodes "node-9" not found'
drive scale default web 4
same 'scale' "$(kubectl get deploy web -o jsonpath='{.spec.replicas}')" 4

drive annotate node-1 x.y/a "b c"
same 'annotate' "$(kubectl get node node-1 -o jsonpath='{.metadata.annotations.x\.y/a}')" 'b c'
drive annotate node-1 x.y/a
same 'annotation removed' "$(kubectl get node node-1 -o jsonpath='{.metadata.annotations.x\.y/a}')" ''
env_of() { kubectl get ds -n kube-system aws-node -o \
	jsonpath='{range .spec.template.spec.containers[0].env[*]}{.name}={.value} {end}'; }
before=$(kubectl get ds -n kube-system aws-node -o jsonpath='{.metadata.generation}')
drive set-env kube-system aws-node aws-node WARM_PREFIX_TARGET 1
like 'a variable of aws-node is set, the others stay' "$(env_of)" '*ENABLE_PREFIX_DELEGATION=true*'
like 'and it is there' "$(env_of)" '*WARM_PREFIX_TARGET=1*'
drive set-env kube-system aws-node aws-node WARM_PREFIX_TARGET
same 'and removed' "$(env_of)" 'ENABLE_PREFIX_DELEGATION=true '
drive restart kube-system aws-node
like 'restart' "$(kubectl get ds -n kube-system aws-node -o jsonpath='{.spec.template.metadata.annotations}')" '*restartedAt*20*Z*'
same 'each was one change' "$(($(kubectl get ds -n kube-system aws-node -o jsonpath='{.metadata.generation}') - before))" 3
like 'no such DaemonSet' "$(drive restart kube-system other)" 'not-found: restart kube-system/other: daemonsets.apps "other" not found'
like 'what the server would not take is refused by the dry run' "$(drive label node-1 'a b' c)" '*label node-1: *Invalid value*'
like 'a guest may not' "$(drive -c guest scale default web 2)" 'denied: scale default/web: *forbidden*'

# What Pending offers as cures.
kubectl apply -f - >/dev/null <<'Y'
apiVersion: apps/v1
kind: Deployment
metadata: {name: sick, namespace: default}
spec:
  replicas: 0
  selector: {matchLabels: {app: sick}}
  template:
    metadata: {labels: {app: sick}}
    spec:
      containers:
      - {name: big, image: "a:1", resources: {requests: {cpu: "3", memory: 64Mi}}}
      - {name: small, image: "b:1", resources: {requests: {cpu: 100m}}}
Y
of_sick() { kubectl get deploy sick -o jsonpath="{.spec.template.spec.containers[*].$1}"; }
two_sets() { [ "$(kubectl get rs -l app=sick -o name | wc -l)" = "$1" ]; }
real_wait 20 two_sets 1
drive lower default sick cpu 1500m
same 'a request lowered: the largest gives, the sum fits' "$(of_sick resources.requests.cpu)" '1400m 100m'
same 'and its memory stays' "$(of_sick resources.requests.memory)" 64Mi
like 'what is low enough is left alone' "$(drive lower default sick cpu 2)" 'refused: *'
kubectl set image deployment/sick big=a:2 >/dev/null
real_wait 20 two_sets 3
drive undo default sick
same 'undone: the template of before' "$(of_sick image) $(of_sick resources.requests.cpu)" 'a:1 b:1 1400m 100m'
kubectl create deployment once --image=a --replicas=0 >/dev/null
like 'nothing to go back to' "$(sleep 1; drive undo default once)" 'not-found: *'
drive patch deployment default sick '{"spec":{"minReadySeconds":7}}'
same 'a Deployment patched' "$(kubectl get deploy sick -o jsonpath='{.spec.minReadySeconds}')" 7
like 'a patch that is refused changes nothing' \
	"$(drive patch deployment default sick '{"spec":{"minReadySeconds":-7}}')" '*minReadySeconds*'
kubectl delete deployment sick once >/dev/null

lease() { drive "lease-$1" kube-system kopscope-x "$2" "$3"; }
like 'no lease yet' "$(lease get)" 'not-found:*'
lease put me
v=$(lease get | cut -d' ' -f4)
like 'lease' "$(lease get)" 'me 60 *'
like 'a lease that is there is not created' "$(lease put you)" 'conflict:*'
lease put me2 "$v"
like 'lease replaced' "$(lease get)" 'me2 60 *'
like 'not under an old version' "$(lease put you "$v")" 'conflict:*'
like 'nor deleted' "$(lease delete "$v")" 'conflict:*'
lease delete "$(lease get | cut -d' ' -f4)"
like 'lease deleted' "$(lease get)" 'not-found:*'

# Eviction under a budget that allows one.
gone() { for p in $(kubectl get pods -o jsonpath='{range .items[?(@.metadata.deletionTimestamp)]}{.metadata.name} {end}'); do
	kubectl delete pod "$p" --grace-period=0 --force >/dev/null 2>&1; done; }
four() { gone; [ "$(kubectl get pods -o name | wc -l)" = 4 ]; }
real_wait 20 four
for p in $(kubectl get pods -o name); do
	kubectl patch "$p" --subresource=status --type=merge -p '{"status":{"phase":"Running",
		"conditions":[{"type":"Ready","status":"True"}]}}' >/dev/null
done
set -- $(kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.uid} {end}')
# Before there is a budget: 1.20 counts an eviction that its uid stops.
drive evict default "$1" another-uid
same 'another pod of that name is left alone' "$(kubectl get pod "$1" -o jsonpath='{.metadata.deletionTimestamp}')" ''
kubectl apply -f - >/dev/null <<'Y'
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: web, namespace: default}
spec: {minAvailable: 3, selector: {matchLabels: {app: web}}}
Y
like 'the budget is seen' "$(drive state 10 'pdb default/web allowed=1')" '*pdb default/web allowed=1*'
drive evict default "$1" "$2"
like 'evicted' "$(kubectl get pod "$1" -o jsonpath='{.metadata.deletionTimestamp}')" '20*'
like 'the budget says no, and its name is told' "$(drive evict default "$3" "$4")" 'conflict: *budget web*'
same 'what is gone is gone' "$(drive evict default ghost "$4")" ''
like 'events of one pod' "$(drive events default "$1")" '*event default/'"$1"' * Scheduled at=1 default-scheduler*'

# Both encodings, field by field, of objects that use all fields.
. "$here/objects.sh"
real_objects >/dev/null 2>&1
"$(dirname "$driver")/k8s-compare" -w 2 "$REAL_KUBECONFIG" v1beta1 >"$work/compare"
ok 'protobuf and JSON say the same' $? "$(cat "$work/compare")"
for kind in nodes pods deployments daemonsets events persistentvolumeclaims persistentvolumes \
	storageclasses namespaces poddisruptionbudgets; do
	lines=$(grep "^$kind " "$work/compare")
	case $lines in
	*list:\ [1-9]*\ 0\ differ*watch:\ [1-9]*\ 0\ differ*) ok "$kind: listed and watched in both" 0 ;;
	*) ok "$kind: listed and watched in both" 1 "$lines" ;;
	esac
done
kubectl delete pod full-pod plain-pod --grace-period=0 --force >/dev/null 2>&1
kubectl delete pdb --all >/dev/null
kubectl -n kube-public delete deployment refused >/dev/null
kubectl delete node full-node >/dev/null

# The API server goes away and comes back under three running watches, one for each way to log in,
# while things come, change and go; in the end each must know what kubectl gets, no more, no less.
kubectl delete pdb web >/dev/null 2>&1
watchers=
for c in token cert exec; do
	"$driver" -k "$REAL_KUBECONFIG" -c $c state 180 'node the-end *' >"$work/state.$c" \
		2>"$work/watch.$c" &
	watchers="$watchers $!"
done
sleep 1
kubectl scale deployment web --replicas=8 >/dev/null
drive set-env kube-system aws-node aws-node WARM_IP_TARGET 2
drive cordon node-1
sleep 1
kill "$REAL_API_PID" && wait "$REAL_API_PID" 2>/dev/null
sleep 3
real_apiserver
gone
kubectl scale deployment web --replicas=5 >/dev/null
kubectl create deployment other --image=nginx --replicas=2 >/dev/null
kubectl delete deployment web --cascade=orphan >/dev/null 2>&1
kubectl delete node node-3 >/dev/null
kubectl taint node node-2 a=b:NoSchedule >/dev/null
kubectl apply -f - >/dev/null <<'Y'
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: late, namespace: default}
spec: {minAvailable: 1, selector: {matchLabels: {app: other}}}
Y
# Until nothing changes any more: no pod on its way out, and the same twice.
still() {
	kubectl get pods -A -o jsonpath='{range .items[?(@.metadata.deletionTimestamp)]}{.metadata.namespace} {.metadata.name}{"\n"}{end}' |
		while read -r ns p; do
			kubectl delete pod -n "$ns" "$p" --grace-period=0 --force >/dev/null 2>&1
		done
	now=$(kubectl get nodes,pods,deployments,daemonsets,poddisruptionbudgets -A -o json)
	before=$(printf '%s' "$now" | python3 "$here/want.py")
	sleep 2
	now=$(kubectl get nodes,pods,deployments,daemonsets,poddisruptionbudgets -A -o json)
	want=$(printf '%s' "$now" | python3 "$here/want.py")
	[ "$before" = "$want" ] && ! printf '%s\n' "$want" | grep -q ' deleting$'
}
if command -v python3 >/dev/null; then
	real_wait 60 still
	ok 'the world comes to rest' $? "$want"
	node the-end
	settled() { [ "$(kubectl get pods -A -o name --field-selector spec.nodeName=the-end | wc -l)" -ge 1 ]; }
	real_wait 20 settled
	wait $watchers
	want=$(kubectl get nodes,pods,deployments,daemonsets,poddisruptionbudgets -A -o json |
		python3 "$here/want.py")
	for c in token cert exec; do
		# What came with the last node is still on its way: told apart by its name.
		grep -v -e 'the-end' "$work/state.$c" >"$work/got"
		printf '%s\n' "$want" | grep -v -e 'the-end' >"$work/want"
		d=$(diff "$work/got" "$work/want")
		ok "$c: what is known after the restart is what kubectl gets -o json" $? "$d"
		same "$c: nothing twice" "$(grep -o 'uid=[^ ]*' "$work/state.$c" | sort | uniq -d)" ''
		like "$c: it was said that the server was away, and that it is back" \
			"$(tr '\n' ' ' <"$work/watch.$c")" '*state 3*state 2*'
	done
	for kind in node pod deployment daemonset pdb; do
		k=$(printf '%s\n' "$want" | grep -c "^$kind ")
		[ "$k" -gt 0 ]
		ok "and that were $k of $kind" $?
	done
else
	node the-end
	wait $watchers
	ok 'the comparison # skip no python3' 0
fi
echo "1..$n"
