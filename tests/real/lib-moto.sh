# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts that use moto_server: starts one, and says TAP.
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

. "$here/tap.sh"

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

network() {
	vpc=$(text ec2 create-vpc --cidr-block 172.20.0.0/16 --query Vpc.VpcId)
	ami=$(text ec2 describe-images --query 'Images[0].ImageId')
}
subnet_add() { # ZONE CIDR: its id in $subnet
	subnet=$(text ec2 create-subnet --vpc-id "$vpc" --cidr-block "$2" \
		--availability-zone "$1" --query Subnet.SubnetId)
	aws ec2 create-tags --resources "$subnet" --tags "Key=Name,Value=$1.$cluster"
}
group() { # NAME VERSION [SIZE]: in $subnet; a target group's name has 32 characters at most
	lt=$(text ec2 create-launch-template --launch-template-name "$1.$cluster" \
		--launch-template-data "{\"ImageId\":\"$ami\",\"InstanceType\":\"t3.medium\"}" \
		--query LaunchTemplate.LaunchTemplateId)
	tg=$(text elbv2 create-target-group --name "tg-$(printf %s "$1" | tail -c 20)" --protocol TCP \
		--port 443 --vpc-id "$vpc" --query 'TargetGroups[0].TargetGroupArn')
	aws autoscaling create-auto-scaling-group --auto-scaling-group-name "$1.$cluster" \
		--launch-template "LaunchTemplateId=$lt,Version=$2" --min-size 1 --max-size 4 \
		--desired-capacity "${3:-2}" --vpc-zone-identifier "$subnet" \
		--target-group-arns "$tg" \
		--tags "Key=KubernetesCluster,Value=$cluster,PropagateAtLaunch=true" \
		"Key=kops.k8s.io/instancegroup,Value=$1,PropagateAtLaunch=true"
}
balancers() { # one of the cluster's and one of somebody else's, in $subnet
	for lb in api-mate other; do
		aws elbv2 create-load-balancer --name $lb --type network --subnets "$subnet" \
			>/dev/null
	done
	arn=$(text elbv2 describe-load-balancers --names api-mate \
		--query 'LoadBalancers[0].LoadBalancerArn')
	aws elbv2 add-tags --resource-arns "$arn" --tags Key=KubernetesCluster,Value=$cluster
}
