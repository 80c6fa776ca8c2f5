#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The aws layer against moto_server, unmodified: moto.sh DRIVER.
#
# DRIVER is the built tests/aws/aws-drive.  The cloud is made with the aws
# command, so that nothing here shares a mistake with our own client.  Speaks
# TAP; skips all when something is missing.
driver=$1
. "$(dirname "$0")/lib-moto.sh"

network
subnet_add ${region}a 172.20.32.0/19
group nodes-a "\$Latest"
group nodes-b 1
balancers

look() { "$driver" look $cluster $region; }
seen=$(look)
lines() { printf '%s\n' "$seen" | grep "$1"; }
count() { printf '%s\n' "$seen" | grep -c "$1"; }
same 'groups' "$(count '^asg nodes-[ab]\..* 1/2/4 template=lt-.*:1 zones=1 subnets=1 tgs=1')" 2
same 'instances' "$(count '^instance .* t3.medium .* state=running lifecycle=InService')" 4
same 'the type, from the API' "$(lines '^type')" \
	'type t3.medium enis=3 ips=6 vcpus=2 mem=4096 nitro=1'
like 'the subnet' "$(lines '^subnet')" \
	"subnet $subnet ${region}a.$cluster ${region}a 172.20.32.0/19 free=8*"
like 'the balancer with our tag only' "$(lines '^balancer')" \
	'balancer api-mate *'
like 'who we are' "$(lines '^identity')" 'identity 123456789012 * by environment'

i=$(printf '%s\n' "$seen" | awk '/^instance/ && /nodes-a/ { print $2; exit }')
"$driver" deregister $region "$i" nodes-a.$cluster >/dev/null
ok 'deregister' $?
same 'out of the target group' "$(text elbv2 describe-target-health --target-group-arn \
	"$(text elbv2 describe-target-groups --names tg-nodes-a \
	--query 'TargetGroups[0].TargetGroupArn')" \
	--query "length(TargetHealthDescriptions[?Target.Id=='$i'])")" 0
"$driver" detach $region "$i" nodes-a.$cluster >/dev/null
ok 'detach' $?
seen=$(look)
like 'is detached, and in no group' "$(lines "$i")" '* asg=- * detached=1 *'
same 'the group has replaced it' "$(count '^instance .*asg=nodes-a')" 2
"$driver" desired $region - nodes-b.$cluster 3 >/dev/null
"$driver" terminate $region "$i" - >/dev/null
"$driver" terminate $region i-0123456789abcdef0 - >/dev/null
ok 'terminating one that is gone is fine' $?
seen=$(look)
same 'the desired size' "$(count '^instance .*asg=nodes-b')" 3
same 'a terminated instance is gone' "$(count "$i")" 0

# ---- the state store ----
aws s3 mb s3://kops-state >/dev/null
aws s3 mb s3://with.dots >/dev/null
if [ -d "$SHARED/data/kops-runs/store-after" ]; then
	aws s3 cp --recursive "$SHARED/data/kops-runs/store-after" s3://kops-state/p/ >/dev/null
	like 'clusters' "$("$driver" ls s3://kops-state/p '')" "$cluster/ *"
	got=$("$driver" cat s3://kops-state/p $cluster/config | tail -n +2)
	same 'a file is read as it is' "$got" \
		"$(cat "$SHARED/data/kops-runs/store-after/$cluster/config")"
	like 'groups of the cluster' \
		"$("$driver" ls s3://kops-state/p $cluster/instancegroup/)" '*nodes*'
fi
put() { "$driver" put s3://with.dots "$@"; }
one=$(put 'a b+c=ü%/config' one - | sed -n 's/^tag //p')
like 'created' "$one" '"*"'
like 'not created again' "$(put 'a b+c=ü%/config' other -)" '*error conflict:*'
printf second | aws s3 cp - 's3://with.dots/a b+c=ü%/config'
like 'a second writer in between is found' "$(put 'a b+c=ü%/config' two "$one")" \
	'*error conflict:*'
same 'and loses nothing' "$(aws s3 cp 's3://with.dots/a b+c=ü%/config' -)" second
tag=$("$driver" cat s3://with.dots 'a b+c=ü%/config' | head -n 1)
like 'a write with the present tag' "$(put 'a b+c=ü%/config' two "$tag")" 'tag "*"'
same 'is what the bucket holds' "$(aws s3 cp 's3://with.dots/a b+c=ü%/config' -)" two

mkdir "$work/many"
for k in $(seq 1001); do
	mkdir "$work/many/c$k.example.org"
	echo x >"$work/many/c$k.example.org/config"
done
aws s3 cp --recursive --quiet "$work/many" s3://kops-state/many/
same '1,001 clusters come in pages' \
	"$("$driver" ls s3://kops-state/many '' | grep -c '/ -1 0$')" 1001
same 'as two requests' "$(grep -c 'prefix=many/' "$work/moto.log")" 2
like 'no such bucket, in words' "$("$driver" ls s3://nobody '')" '*error not-found: *NoSuchBucket*'
echo "1..$n"
