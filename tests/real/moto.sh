#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The aws layer against moto_server, unmodified: moto.sh DRIVER.
#
# DRIVER is the built tests/aws/aws-drive.  The cloud is made with the aws
# command, so that nothing here shares a mistake with our own client.  Speaks
# TAP; skips all when something is missing.
driver=$1
here=$(cd "$(dirname "$0")" && pwd)
SHARED=${SHARED:-$here/../../../shared}
for need in moto_server aws shuf; do
	command -v $need >/dev/null || { echo "1..0 # skip no $need"; exit 0; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/moto-real-XXXXXX") || exit 99
port=$(shuf -i 20000-32000 -n 1)
moto_server -p "$port" >"$work/moto.log" 2>&1 &
moto=$!
trap 'kill $moto 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

n=0
ok() { # NAME RESULT [DETAIL]
	n=$((n + 1))
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else
		echo "not ok $n - $1"
		printf '%s\n' "$3" | sed 's/^/# /' | head -20
	fi
}
same() { # NAME GOT WANT
	[ "$2" = "$3" ]
	ok "$1" $? "got:  $2
want: $3"
}
like() { # NAME GOT PATTERN
	case $2 in $3) ok "$1" 0 ;; *) ok "$1" 1 "got: $2" ;; esac
}

for v in $(env | sed -n 's/^\(AWS_[A-Z0-9_]*\|S3_[A-Z0-9_]*\)=.*/\1/p'); do unset "$v"; done
HOME=$work
AWS_ENDPOINT_URL=http://127.0.0.1:$port
AWS_ACCESS_KEY_ID=AKIAMOTO AWS_SECRET_ACCESS_KEY=moto
AWS_REGION=ap-northeast-2 AWS_DEFAULT_REGION=ap-northeast-2
AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
export HOME AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION \
	AWS_DEFAULT_REGION AWS_EC2_METADATA_DISABLED AWS_PAGER
cluster=mate-technology.app
region=$AWS_REGION

left=100
while ! aws sts get-caller-identity >/dev/null 2>&1; do
	left=$((left - 1))
	[ $left -gt 0 ] || { echo 'Bail out! moto_server does not answer'; exit 1; }
	sleep 0.2
done

text() { aws "$@" --output text; }
vpc=$(text ec2 create-vpc --cidr-block 172.20.0.0/16 --query Vpc.VpcId)
subnet=$(text ec2 create-subnet --vpc-id "$vpc" --cidr-block 172.20.32.0/19 \
	--availability-zone ${region}a --query Subnet.SubnetId)
aws ec2 create-tags --resources "$subnet" --tags Key=Name,Value=${region}a.$cluster
ami=$(text ec2 describe-images --query 'Images[0].ImageId')
group() { # NAME VERSION
	lt=$(text ec2 create-launch-template --launch-template-name "$1.$cluster" \
		--launch-template-data "{\"ImageId\":\"$ami\",\"InstanceType\":\"t3.medium\"}" \
		--query LaunchTemplate.LaunchTemplateId)
	tg=$(text elbv2 create-target-group --name "tg-$1" --protocol TCP --port 443 \
		--vpc-id "$vpc" --query 'TargetGroups[0].TargetGroupArn')
	aws autoscaling create-auto-scaling-group --auto-scaling-group-name "$1.$cluster" \
		--launch-template "LaunchTemplateId=$lt,Version=$2" --min-size 1 --max-size 4 \
		--desired-capacity 2 --vpc-zone-identifier "$subnet" --target-group-arns "$tg" \
		--tags "Key=KubernetesCluster,Value=$cluster,PropagateAtLaunch=true" \
		"Key=kops.k8s.io/instancegroup,Value=$1,PropagateAtLaunch=true"
}
group nodes-a "\$Latest"
group nodes-b 1
for lb in api-mate other; do
	aws elbv2 create-load-balancer --name $lb --type network --subnets "$subnet" >/dev/null
done
arn=$(text elbv2 describe-load-balancers --names api-mate \
	--query 'LoadBalancers[0].LoadBalancerArn')
aws elbv2 add-tags --resource-arns "$arn" --tags Key=KubernetesCluster,Value=$cluster

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
