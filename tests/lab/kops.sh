#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The kops stand-in, as `kops` on the lab's PATH, through the whole story.
. "${srcdir:-.}/tests/lab/lib-lab.sh"

tab=$(printf '\t')
cluster=mate-technology.app
dir="$work/lab"

start() {
	lab_start --speed 400 --dir "$dir"
	unset KOPS_STATE_STORE
}
start

run kops version
expect "version" 0 '^Client version: 1.36'
ok "$(head -n 1 "$work/err" | grep -q 'stand-in for kops .*not kops itself'; echo $?)" \
	"the first line on stderr says what it is"
run env -u KOPSCOPE_LAB kops version
refused "without KOPSCOPE_LAB" 'KOPSCOPE_LAB is not set'
run kops delete cluster
refused "a command that it does not have" 'no such command: kops delete'
run kops get ig --no-such
refused "an unknown flag" 'unknown flag: --no-such'

run kops get clusters
printf 'NAME\t\t\tCLOUD\tZONES\nmate-technology.app\taws\tap-northeast-2a,ap-northeast-2c\n' >"$work/want"
same "get clusters" "$work/want"
run kops get cluster $cluster -o json
expect "get cluster -o json: one object" 0 '^{"apiVersion":"kops.k8s.io/v1alpha2","kind":"Cluster"'
run kops get cluster -o json
expect "get cluster -o json without a name: a list" 0 '^\[{"apiVersion"'
run kops get cluster -o yaml
expect "get cluster -o yaml" 0 '^    amazonvpc: {}$' '^  kubernetesVersion: 1.34.2$'
run kops get cluster no.such
refused "get of an unknown cluster" 'cluster not found "no.such"'
run kops get ig
cat >"$work/want" <<EOF
NAME$tab$tab$tab${tab}ROLE$tab${tab}MACHINETYPE${tab}MIN${tab}MAX${tab}ZONES
control-plane-ap-northeast-2a${tab}ControlPlane${tab}t3.medium${tab}1${tab}1${tab}ap-northeast-2a
nodes-ap-northeast-2a$tab${tab}Node$tab${tab}t3.medium${tab}1${tab}1${tab}ap-northeast-2a
nodes-ap-northeast-2c$tab${tab}Node$tab${tab}t3.medium${tab}1${tab}1${tab}ap-northeast-2c
EOF
same "get ig" "$work/want"
run kops get ig nodes-ap-northeast-2a -o json
expect "get ig NAME -o json: one object" 0 '^{"apiVersion".*"maxSize":1,.*"role":"Node"'
run kops get instances -o json
expect "get instances -o json" 0 '"status":"UpToDate"' '"roles":\["control-plane","control-plane"\]'
run kops validate cluster
expect "validate cluster" 0 'Your cluster mate-technology.app is ready'
run kops validate cluster -o json
expect "validate cluster -o json" 0 '^{"nodes":\[{"name":"i-'

run kops update cluster
expect "a dry run with nothing to do" 0 '^No changes need to be applied$'
run kops rolling-update cluster
expect "a roll with nothing to do" 0 '^No rolling-update required.$'

# ---- editing ----
run kops edit cluster --set spec.kubelet.MaxPods=110
refused "keys are case-sensitive" 'field spec.kubelet.MaxPods not found'
run kops edit cluster --set spec.kubelet.maxPods=many
refused "maxPods must be a number" 'int32'
run kops edit cluster --set spec.networking.amazonvpc.env=A=1
refused "paths use the internal names" 'field spec.networking.amazonvpc.env not found'
run kops edit cluster --set spec.networking.amazonVPC.env=WARM_PREFIX_TARGET=1 \
	--set spec.networking.amazonVPC.env=WARM_PREFIX_TARGET=2
expect "edit --set of env twice" 0
run kops get cluster -o yaml
expect "... leaves both, as kops does" 0 '^      - name: WARM_PREFIX_TARGET$' '^        value: "1"$' \
	'^        value: "2"$' '^  generation: 1$'
run kops edit cluster --unset spec.networking.amazonVPC.env \
	--set spec.networking.amazonVPC.env=ENABLE_PREFIX_DELEGATION=true
expect "edit --unset and --set" 0

# ---- the env alone: no launch template changes, every node is to roll ----
run kops update cluster
expect "dry run of an env" 0 '^Will modify resources:$' '^  BootstrapChannel/' \
	'^  AddonManifest/mate-technology.app-addons-networking.amazon-vpc-routed-eni-k8s-1.16$' \
	'^Must specify --yes to apply changes$'
ok "$(grep -q LaunchTemplate "$work/out" && echo 1 || echo 0)" "... touches no launch template"

# ---- maxPods ----
run kops edit ig control-plane-ap-northeast-2a --set spec.kubelet.maxPods=50
expect "edit ig --set" 0
run kops get ig control-plane-ap-northeast-2a -o yaml
expect "... writes the label and the generation" 0 '^    kops.k8s.io/cluster: mate-technology.app$' \
	'^  generation: 1$' '^    maxPods: 50$'
run kops edit cluster --set spec.kubelet.maxPods=110
expect "edit cluster --set spec.kubelet.maxPods" 0
run kops edit cluster --set spec.kubelet.maxPods=110
ok "$(grep -q 'no changes made' "$work/err"; echo $?)" "the same once more changes nothing"

run kops update cluster
expect "dry run of maxPods" 0 "^  LaunchTemplate/nodes-ap-northeast-2c.$cluster\$" \
	"^  ${tab}UserData            \$" "^  $tab                    ${tab}+ NodeupConfigHash: " \
	"^  $tab                    ${tab}+   maxPods: 50\$" \
	"^  $tab                    ${tab}+   maxPods: 110\$" '^  ManagedFile/cluster-completed.spec$'
ok "$(grep -q ' executor.go:113\] Tasks: [0-9]* done / [0-9]* total; 0 can run' "$work/err"; echo $?)" \
	"... with klog lines on stderr"
cp "$work/out" "$work/dry"
run kops update cluster
same "a dry run changes nothing: it says the same again" "$work/dry"
run kops update cluster --yes --create-kube-config=false
expect "update --yes" 0 '^Cluster changes have been applied to the cloud.$' \
	'^Changes may require instances to restart: kops rolling-update cluster$'
run kops update cluster
expect "... and nothing is left to do" 0 '^No changes need to be applied$'

run kops rolling-update cluster
cat >"$work/want" <<EOF
NAME$tab$tab$tab${tab}STATUS$tab${tab}NEEDUPDATE${tab}READY${tab}MIN${tab}TARGET${tab}MAX${tab}NODES
control-plane-ap-northeast-2a${tab}NeedsUpdate${tab}1$tab${tab}0${tab}1${tab}1${tab}1${tab}1
nodes-ap-northeast-2a$tab${tab}NeedsUpdate${tab}1$tab${tab}0${tab}1${tab}1${tab}1${tab}1
nodes-ap-northeast-2c$tab${tab}NeedsUpdate${tab}1$tab${tab}0${tab}1${tab}1${tab}1${tab}1

Must specify --yes to rolling-update.
EOF
same "the table of the roll" "$work/want"
run kops rolling-update cluster --instance-group-roles nodes
expect "... of the nodes only" 0 '^nodes-ap-northeast-2a'
ok "$(grep -q '^control-plane' "$work/out" && echo 1 || echo 0)" "... leaves the control plane out"
run kops rolling-update cluster --yes --instance-group nodes-ap-northeast-2c --drain-timeout soon
refused "a bad duration" 'invalid duration "soon"'

run kops rolling-update cluster --yes
expect "rolling-update --yes" 0 '^nodes-ap-northeast-2a'
cp "$work/err" "$work/roll"
# the lines in kops' order, without stamps, names of instances and repeats
sed -n 's/^[IWE][0-9]* [0-9:.]* *[0-9]* [a-z]*.go:[0-9]*\] //p' "$work/roll" |
	grep -v 'did not \|revalidating' | sed 's/"i-[0-9a-f]*"/I/g' >"$work/out"
{
	echo 'Validating the cluster.'
	echo 'Cluster validated.'
	echo 'Tainting 1 node in "control-plane-ap-northeast-2a" instancegroup.'
	echo 'Draining the node: I.'
	echo 'skipping deregistration of instance I, as part of instancegroup with role "ControlPlane"'
	echo 'Waiting for 5s for pods to stabilize after draining.'
	echo "Stopping instance I, node I, in group \"control-plane-ap-northeast-2a.masters.$cluster\" (this may take a while)."
	echo 'waiting for 15s after terminating instance'
	echo 'Validating the cluster.'
	echo 'Cluster validated.'
	for g in nodes-ap-northeast-2a nodes-ap-northeast-2c; do
		echo 'Validating the cluster.'
		echo 'Cluster validated.'
		echo "Tainting 1 node in \"$g\" instancegroup."
		echo "Detaching instance I, node I, in group \"$g.$cluster\"."
		echo 'waiting for 15s after detaching instance'
		echo 'Validating the cluster.'
		echo 'Cluster validated.'
		echo 'Draining the node: I.'
		echo 'Waiting for 5s for pods to stabilize after draining.'
		echo "Stopping instance I, node I, in group \"$g.$cluster\" (this may take a while)."
		echo 'waiting for 15s after terminating instance'
		echo 'Validating the cluster.'
		echo 'Cluster validated.'
	done
	echo "Completed rolling update for cluster \"$cluster\" instance groups [control-plane-ap-northeast-2a nodes-ap-northeast-2a nodes-ap-northeast-2c]"
} >"$work/want"
same "its lines, in order" "$work/want"
run kops rolling-update cluster --instance-group-roles node
expect "... and the nodes are new" 0 '^nodes-ap-northeast-2a'
run kops get instances -o json
expect "get instances after it" 0 '"machineType":"t3.medium"'
run kops validate cluster --wait 5m
expect "validate --wait after it" 0 'is ready'

if command -v kubectl >/dev/null 2>&1; then
	run kubectl get nodes -o 'jsonpath={range .items[*]}{.status.allocatable.pods}{"\n"}{end}'
	sort -n "$work/out" >"$work/sorted"
	printf '50\n110\n110\n' >"$work/want"
	cp "$work/sorted" "$work/out"
	same "the nodes take 50, 110 and 110 pods" "$work/want"

	# a budget that lets nothing go: each group fails after its drain, the next one goes on
	kubectl apply -f - >/dev/null <<EOF
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: nginx, namespace: default}
spec: {maxUnavailable: 0, selector: {matchLabels: {app: nginx}}}
EOF
	run kops rolling-update cluster --yes --force --drain-timeout 12s --instance-group-roles node
	expect "a blocked drain" 1 '^evicting pod default/nginx-deployment-'
	cp "$work/err" "$work/out"
	expect "... says so, ends the group, and completes" 1 "(will retry after 5s): Cannot evict pod as" \
		'failed to roll InstanceGroup "nodes-ap-northeast-2a": failed to drain node "i-' \
		'global timeout reached: 12s$' 'Completed rolling update for cluster' \
		'^Error: \[failed to drain node .*, failed to drain node .*\]$'
	run kops rolling-update cluster
	expect "... and leaves the surge behind, detached" 0 \
		"^nodes-ap-northeast-2a$tab${tab}NeedsUpdate${tab}1$tab${tab}1${tab}1${tab}1${tab}1${tab}2\$"
	kubectl delete poddisruptionbudget nginx >/dev/null
	run kops rolling-update cluster --yes
	expect "a second run ends it" 0 '^evicting pod default/nginx-deployment-'
	ok "$(grep -q Detaching "$work/err" && echo 1 || echo 0)" "... without a second surge"
fi

run kops rolling-update cluster --yes --force --instance-group control-plane-ap-northeast-2a \
	--control-plane-interval 1s --validation-timeout 20s
cp "$work/err" "$work/out"
expect "a control plane that does not come back in time stops the roll" 1 \
	'did not validate, will retry in "30s": error listing nodes: ' \
	'Cluster did not validate within 20s$' 'not healthy after update, stopping rolling-update: "error val'
ok "$(grep -q Completed "$work/err" && echo 1 || echo 0)" "... and is not called completed"
run kops validate cluster --wait 10m
expect "validate --wait until it is back" 0 'is ready$'

# the env alone: no new version, but kops-channels marks every node within a minute
run kops edit cluster --set spec.networking.amazonVPC.env=WARM_PREFIX_TARGET=3
run kops update cluster --yes
expect "update --yes of an env" 0 'kOps has set your kubectl context' 'applied to the cloud'
tries=0
while [ $tries -lt 50 ]; do
	run kops rolling-update cluster
	[ "$(grep -c NeedsUpdate "$work/out")" -eq 3 ] && break
	tries=$((tries + 1))
	sleep 0.1
done
expect "... and then all three groups are to be rolled" 0 '^control-plane-[^ ]*NeedsUpdate' \
	'^nodes-ap-northeast-2c[^ ]*NeedsUpdate'

# a group of four with maxSurge 2: two are detached, then two are drained at a time
run kops edit ig nodes-ap-northeast-2c --set spec.minSize=4 --set spec.maxSize=4 \
	--set spec.rollingUpdate.maxSurge=2
run kops update cluster
expect "dry run of sizes" 0 '^  AutoscalingGroup/nodes-ap-northeast-2c' \
	"^  ${tab}MaxSize             $tab 1 -> 4\$"
run kops update cluster --yes --create-kube-config=false
run kops validate cluster --wait 30m
expect "the group grows to four" 0 'is ready$'
run kops rolling-update cluster --yes --force --instance-group nodes-ap-northeast-2c
sed -n 's/^[IWE][0-9]* [0-9:.]* *[0-9]* [a-z]*.go:[0-9]*\] \([A-Z][a-z]*\) .*/\1/p' "$work/err" |
	grep 'Tainting\|Detaching\|Draining\|Stopping' | tr '\n' ' ' >"$work/out"
expect "maxSurge 2 of four: two at a time" 0 \
	'^Tainting Detaching Detaching Draining Draining Stopping Stopping Draining Draining Stopping Stopping $'

run kops export kubeconfig
expect "export kubeconfig" 0 "^kOps has set your kubectl context to $cluster\$"
ok "$(grep -q "current-context: $cluster" "$KUBECONFIG"; echo $?)" "... writes KUBECONFIG's file"

lab_plan
