#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The unmodified kubectl against the lab.
. "${srcdir:-.}/tests/lab/lib-lab.sh"

command -v kubectl >/dev/null 2>&1 || plan_skip "kubectl is not installed"
lab_start --speed 100

# until_true SECONDS COMMAND...: again and again until it succeeds
until_true() {
	tries=$(($1 * 5))
	shift
	until "$@" >"$work/out" 2>"$work/err"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.2
	done
}
# count_is N KUBECTL-ARGS...: so many lines without a header
count_is() {
	want=$1
	shift
	[ "$(kubectl "$@" --no-headers 2>/dev/null | wc -l)" -eq "$want" ]
}
field_is() {
	want=$1
	shift
	[ "$(kubectl "$@" 2>/dev/null)" = "$want" ]
}

run kubectl version
# Older ones print a struct.
sed -i 's/^Server Version: version.Info.*GitVersion:"\([^"]*\)".*/Server Version: \1/' "$work/out"
expect "version" 0 'Server Version: v1.34.2'
run kubectl api-resources
expect "api-resources" 0 '^deployments *deploy *apps/v1 *true *Deployment' \
	'^poddisruptionbudgets *pdb *policy/v1'
run kubectl get nodes -o wide
expect "get nodes, a table with addresses" 0 \
	'^NAME  *STATUS  *ROLES  *AGE  *VERSION  *INTERNAL-IP' \
	'^i-0[0-9a-f]*  *Ready  *control-plane  .*172\.30\.' '^i-0[0-9a-f]*  *Ready  *node  '
run kubectl get nodes -o jsonpath='{.items[*].status.allocatable.pods}'
expect "17 pods a node" 0 '^17 17 17$'
run kubectl get pods -A -o wide
expect "get pods of all namespaces" 0 '^default  *nginx-deployment-[a-z0-9]*-[a-z0-9]* *1/1 *Running' \
	'^kube-system  *kube-apiserver-i-0' '^kube-system  *aws-node-'
run kubectl get ds,deploy,rs,pdb,sts -A
expect "get of several kinds at once" 0 'daemonset.apps/aws-node  *3  *3  *3' 'deployment.apps/coredns  *2/2'
run kubectl auth can-i create pods --subresource eviction
expect "auth can-i" 0 '^yes$'

run kubectl scale deploy nginx-deployment --replicas 40
expect "scale" 0 'scaled'
until_true 20 field_is 30 get deploy nginx-deployment -o jsonpath='{.status.readyReplicas}'
ok $? "30 run"
count_is 10 get pods --field-selector spec.nodeName=
ok $? "10 wait, by a field selector"
pod=$(kubectl get pods --field-selector spec.nodeName= -o name | head -n 1)
run kubectl describe "$pod"
expect "describe says why" 0 '^Status: *Pending' 'PodScheduled *False' \
	'FailedScheduling .*default-scheduler *0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Too many pods. preemption: 0/3'
run kubectl get events --field-selector reason=FailedScheduling
expect "events by reason" 0 'Warning *FailedScheduling *pod/nginx-deployment-'
worker=$(kubectl get nodes -l node-role.kubernetes.io/node -o jsonpath='{.items[0].metadata.name}')
run kubectl describe node "$worker"
expect "describe node" 0 'Non-terminated Pods: *(17 in total)' 'pods: *17' \
	'ProviderID: *aws:///ap-northeast-2[ac]/i-0'
run kubectl get pods -A --chunk-size 7 --no-headers
lines=$(wc -l <"$work/out")
ok "$([ "$lines" -eq "$(kubectl get pods -A --no-headers | wc -l)" ]; echo $?)" "pages of 7 give all pods"

kubectl get pods -w --output-watch-events >"$work/watch" 2>&1 &
watch_pid=$!
until_true 10 grep -q ADDED "$work/watch"
run kubectl scale deploy nginx-deployment --replicas 26
until_true 10 grep -q DELETED "$work/watch"
ok $? "get -w sees pods go"
kill $watch_pid

cat >"$work/web.yaml" <<'EOF'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
EOF
run kubectl apply -f "$work/web.yaml"
expect "apply creates" 0 'web created'
sed 's/replicas: 1/replicas: 2/' "$work/web.yaml" >"$work/web2.yaml"
run kubectl apply -f "$work/web2.yaml" --dry-run=server
expect "apply on trial" 0 'web configured (server dry run)'
field_is 1 get deploy web -o jsonpath='{.spec.replicas}'
ok $? "... changed nothing"
run kubectl apply -f "$work/web2.yaml"
expect "apply changes" 0 'web configured'
run kubectl apply -f "$work/web2.yaml"
expect "apply again" 0 'web unchanged'
run kubectl create -f "$work/web.yaml"
expect "create of what exists" 1
ok "$(grep -q 'AlreadyExists' "$work/err"; echo $?)" "... AlreadyExists"
until_true 10 kubectl rollout status deploy/web --timeout 5s
ok $? "rollout status"
run kubectl patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}'
expect "strategic patch" 0 patched
field_is 'nginx 1' get deploy web -o jsonpath='{.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env[0].value}'
ok $? "... merged by name"
run kubectl patch deploy web --type merge -p '{"metadata":{"labels":{"x":"y"}}}'
expect "merge patch" 0 patched
run kubectl patch deploy web --type json -p '[{"op":"test","path":"/metadata/labels/x","value":"y"},{"op":"remove","path":"/metadata/labels/x"}]'
expect "json patch" 0 patched
field_is '' get deploy web -o jsonpath='{.metadata.labels.x}'
ok $? "... removed"
until_true 10 count_is 2 get rs -l app=web
ok $? "a new template is a new replica set"
run kubectl delete deploy web
expect "delete" 0 deleted
until_true 10 count_is 0 get pods -l app=web
ok $? "... and what it owned goes"

run kubectl create namespace other
expect "create from options, which comes as protobuf" 0 'other created'
run kubectl create deployment two -n other --image nginx --replicas 2 --port 80
until_true 10 field_is 2 get deploy two -n other -o jsonpath='{.status.readyReplicas}'
ok $? "... a deployment that runs"
run kubectl get deploy two -n other -o jsonpath='{.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].ports[0].containerPort} {.spec.selector.matchLabels.app}'
expect "... with what was asked for" 0 '^nginx 80 two$'
run kubectl delete namespace other
until_true 10 count_is 0 get pods -n other
ok $? "... and goes with its namespace"
run kubectl rollout restart deploy/nginx-deployment
until_true 10 kubectl rollout status deploy/nginx-deployment --timeout 10s
ok $? "rollout restart"
run kubectl rollout undo deploy/nginx-deployment
until_true 10 kubectl rollout status deploy/nginx-deployment --timeout 10s
run kubectl rollout history deploy/nginx-deployment
expect "rollout undo is a new revision" 0 '^2 ' '^3 '
run kubectl wait --for=condition=Ready nodes --all --timeout 5s
expect "wait" 0 'condition met'

run kubectl set env ds/aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true
expect "set env" 0 'env updated'
until_true 20 kubectl rollout status ds/aws-node -n kube-system --timeout 20s
ok $? "the DaemonSet rolls"

cat >"$work/pdb.yaml" <<'EOF'
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: nginx}
spec: {minAvailable: 100%, selector: {matchLabels: {app: nginx}}}
EOF
run kubectl apply -f "$work/pdb.yaml"
until_true 10 field_is 0 get pdb nginx -o jsonpath='{.status.disruptionsAllowed}'
run kubectl drain "$worker" --ignore-daemonsets --timeout 1s
expect "a budget stops a drain" 1
ok "$(grep -q "would violate the pod's disruption budget" "$work/err"; echo $?)" "... and says so"
run kubectl delete pdb nginx
run kubectl drain "$worker" --ignore-daemonsets --timeout 30s
# "drained", or "evicted" as older ones say
expect "drain" 0 '^node/.* [de][rv][ai][ic]'
run kubectl get node "$worker"
expect "... leaves it cordoned" 0 'Ready,SchedulingDisabled'
count_is 2 get pods -A --field-selector "spec.nodeName=$worker"
ok $? "... with its two system pods"
run kubectl uncordon "$worker"
expect "uncordon" 0 uncordoned
run kubectl taint nodes "$worker" a=b:NoSchedule
expect "taint" 0 tainted
run kubectl label node "$worker" tier=x
expect "label" 0 labeled
run kubectl get nodes -l tier=x -o name
expect "... and select by it" 0 "^node/$worker\$"
run kubectl get node none
expect "an unknown node" 1
ok "$(grep -q 'Error from server (NotFound): nodes "none" not found' "$work/err"; echo $?)" "... NotFound"
run kubectl get --raw '/api/v1/pods?fieldSelector=spec.nonsense%3Dx'
expect "an unknown field" 1
run kubectl --token wrong get nodes
expect "a wrong token" 1
lab_plan
