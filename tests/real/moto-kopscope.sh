#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kopscope itself against moto_server, unmodified: moto-kopscope.sh KOPSCOPE WATCH.
#
# The store is written there from what real kops left behind, the cloud is made
# with the aws command; kopscope reads both, changes one file under a condition,
# and meets a second writer.  WATCH is the built tests/lab/watch, a screen without a
# terminal.
kopscope=$1
watch=$2
. "$(dirname "$0")/lib-moto.sh"
[ -d "$SHARED/data/kops-runs/store-after" ] || { echo "1..0 # skip no store of a real kops"; exit 0; }

XDG_STATE_HOME=$work/state
KOPS_STATE_STORE=s3://kops-state/p
export XDG_STATE_HOME KOPS_STATE_STORE
network
subnet_add ${region}a 172.20.32.0/19
group control-plane-ap-northeast-2a "\$Latest" 1
group nodes-ap-northeast-2a "\$Latest" 2
balancers
subnet_add ${region}c 172.20.64.0/19
group nodes-ap-northeast-2c "\$Latest" 1
aws s3 mb s3://kops-state >/dev/null
aws s3 cp --recursive "$SHARED/data/kops-runs/store-after" s3://kops-state/p/ >/dev/null
zone=$(text route53 create-hosted-zone --name $cluster --caller-reference x --query HostedZone.Id)
aws route53 change-resource-record-sets --hosted-zone-id "$zone" --change-batch "{\"Changes\":[{
	\"Action\":\"CREATE\",\"ResourceRecordSet\":{\"Name\":\"api.$cluster\",\"Type\":\"A\",\"TTL\":60,
	\"ResourceRecords\":[{\"Value\":\"203.0.113.123\"}]}}]}" >/dev/null

count() { printf '%s\n' "$seen" | grep -c "$1"; }
seen=$("$kopscope" get clusters 2>&1)
same 'clusters' "$(count "^$cluster .*1\.34.* ap-northeast-2 .* 3 ")" 1
seen=$("$kopscope" get groups -o wide 2>&1)
same 'groups, with their sizes of Auto Scaling' \
	"$(count '^nodes-ap-northeast-2a .*t3.medium .*2 1-4\|^nodes-ap-northeast-2c .*1 1-4\|^control-plane-ap-northeast-2a .*1 1-4')" \
	"$(count '^nodes-\|^control-')"
same '... three' "$(count '^nodes-\|^control-')" 3
seen=$("$kopscope" get cloud 2>&1)
same 'instances' "$(count '^instance  *i-.* t3.medium .*running InService')" 4
same 'in two zones' "$(count '^zone  *ap-northeast-2[ac] .* instances\{0,1\}, 1 subnet')" 2
same 'the type, from the API' "$(count '^type  *t3.medium .*3 ENIs of 6 IPv4, 2 vCPU, 4096 MiB, Nitro')" 1
same 'subnets, with their room' \
	"$(count '^subnet  *subnet-.* 172\.20\.[36][24]\.0/19 .*8[01][0-9]* free, [0-9]* free /28')" 2
same 'the balancer with our tag only' "$(count '^balancer  *api-mate ')/$(count '^balancer')" 1/1
# The cluster has no names of its own; one that has is shown with them.
same 'no names are asked for where kops keeps none' "$(grep -c 'GET /2013-04-01/' "$work/moto.log")" 0
aws s3 cp --recursive "$SHARED/data/kops-runs/store-after" s3://kops-state/q/ >/dev/null
aws s3 cp s3://kops-state/q/$cluster/config - | awk '/^    dns:/ { d = 1 } d && /type: None/ {
	sub("None", "Public"); d = 0 } { print }' >"$work/public"
aws s3 cp "$work/public" s3://kops-state/q/$cluster/config >/dev/null
seen=$("$kopscope" get cloud --state s3://kops-state/q 2>&1)
same 'names in Route 53' "$(count "^record  *api.$cluster. .*A .*203.0.113.123")" 1
seen=$("$kopscope" check 2>&1)
same 'check: store, credentials, identity and AWS are well' \
	"$(count '^ok    store .*: 1 cluster$\|^ok    credentials .*by environment\|^ok    identity .*in account 123456789012\|^ok    aws .*4 instances of 3 groups')" 4
seen=$("$kopscope" get cloud -o json 2>/dev/null)
like 'the same as JSON' "$seen" '*"kind":"balancer"*"name":"api-mate"*'

# ---- an edit under a condition ----
put_requests() { grep -c "PUT /kops-state/p/$cluster/config " "$work/moto.log"; }
before=$(aws s3 cp s3://kops-state/p/$cluster/config -)
out=$("$kopscope" spec edit $cluster --set maxPods=98 --write 2>&1)
ok 'spec edit --write' $? "$out"
after=$(aws s3 cp s3://kops-state/p/$cluster/config -)
same 'changes that one line' "$(printf '%s\n' "$before" >"$work/a"; printf '%s\n' "$after" >"$work/b"
	diff "$work/a" "$work/b" | grep -c '^[<>]')" 2
like 'to what was said' "$after" '*maxPods: 98*'

# ---- a second writer while a change is being looked at ----
mkfifo "$work/in"
"$watch" <"$work/in" >"$work/out" 2>&1 &
pid=$!
exec 3>"$work/in"
say() { # LINE...: and waits until it is done
	printf '%s\n' "$@" "echo done $#$*" >&3
	left=300
	until grep -qF "done $#$*" "$work/out" || [ $left = 0 ]; do
		left=$((left - 1))
		sleep 0.1
	done
}
ig=s3://kops-state/p/$cluster/instancegroup/control-plane-ap-northeast-2a
say "view groups" "until 20 nodes-ap-northeast-2a" "until 20 current"
say "key e" "until 5 max pods, this group" "type 20" "key enter" "until 10 Type the cluster"
aws s3 cp "$ig" "$work/ig" >/dev/null
echo '# a second writer' >>"$work/ig"
aws s3 cp "$work/ig" "$ig" >/dev/null
say "type $cluster" "key enter" "wait 2" frame
like 'a second writer in between is found, in words' "$(cat "$work/out")" '*somebody else changed it first*'
same '... and nothing is lost' "$(aws s3 cp "$ig" -)" "$(cat "$work/ig")"
say "key esc" "key e" "until 5 max pods, this group" "type 20" "key enter" \
	"until 10 Type the cluster" "type $cluster" "key enter" "wait 2"
like 'the same again, on what is there now' "$(aws s3 cp "$ig" -)" '*maxPods: 20*second writer*'
exec 3>&-
wait $pid

# ---- many clusters ----
mkdir "$work/many"
for k in $(seq 1001); do
	mkdir "$work/many/c$k.example.org"
	sed "s/$cluster/c$k.example.org/" <"$work/a" >"$work/many/c$k.example.org/config"
done
aws s3 cp --recursive --quiet "$work/many" s3://kops-state/many/
seen=$("$kopscope" get clusters --state s3://kops-state/many 2>&1)
same '1,001 clusters in one bucket' "$(count '^c[0-9]*\.example\.org ')" 1001
same 'come in two pages' "$(grep -c 'delimiter=.*prefix=many/\( \|&\)' "$work/moto.log")" 2
echo "1..$n"
