#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The unmodified aws command line against the lab: instances, templates, groups, balancers, names.
. "${srcdir:-.}/tests/lab/lib-lab.sh"

command -v aws >/dev/null 2>&1 || plan_skip "aws is not installed"
lab_start --speed 100

AWS_PAGER=
AWS_MAX_ATTEMPTS=1
export AWS_PAGER AWS_MAX_ATTEMPTS
aws_warm

run aws ec2 describe-instances --filters "Name=tag:KubernetesCluster,Values=mate-technology.app" \
	"Name=instance-state-name,Values=running" \
	--query 'Reservations[].Instances[].[InstanceId,InstanceType,State.Name]' --output text
expect "ec2 describe-instances by tag and state" 0 '^i-[0-9a-f]*	t3.medium	running$'
ok "$([ "$(wc -l <"$work/out")" -eq 3 ]; echo $?)" "... there are three"

run aws ec2 describe-instances --instance-ids i-00000000000000000
refused "an unknown instance is an error" InvalidInstanceID.NotFound
run aws ec2 describe-subnets --query 'length(Subnets)' --output text
expect "ec2 describe-subnets" 0 '^2$'
run aws ec2 describe-network-interfaces --query 'length(NetworkInterfaces)' --output text
expect "ec2 describe-network-interfaces" 0 '^[1-9]'
run aws ec2 describe-launch-templates --query 'LaunchTemplates[].LaunchTemplateName' --output text
expect "ec2 describe-launch-templates" 0 'nodes-ap-northeast-2c.mate-technology.app'

lt=nodes-ap-northeast-2a.mate-technology.app
run aws ec2 create-launch-template-version --launch-template-name $lt --source-version 1 \
	--launch-template-data '{"InstanceType":"t3.large"}' \
	--query 'LaunchTemplateVersion.[VersionNumber,LaunchTemplateData.InstanceType]' --output text
expect "ec2 create-launch-template-version" 0 '^2	t3.large$'
run aws ec2 modify-launch-template --launch-template-name $lt --default-version 2 \
	--query LaunchTemplate.DefaultVersionNumber --output text
expect "ec2 modify-launch-template" 0 '^2$'
# shellcheck disable=SC2016
run aws ec2 describe-launch-template-versions --launch-template-name $lt --versions '$Latest' 1 \
	--query 'LaunchTemplateVersions[].VersionNumber' --output text
expect "ec2 describe-launch-template-versions" 0 '^2	1$'
run aws ec2 describe-vpcs --query 'Vpcs[].CidrBlock' --output text
expect "ec2 describe-vpcs" 0 '^172.30.0.0/16$'
run aws ec2 describe-availability-zones --query 'AvailabilityZones[].ZoneName' --output text
expect "ec2 describe-availability-zones" 0 'ap-northeast-2a	ap-northeast-2b	ap-northeast-2c'
run aws ec2 describe-regions --query 'Regions[].RegionName' --output text
expect "ec2 describe-regions" 0 'ap-northeast-2'
run aws ec2 describe-images --owners self --query 'Images[].State' --output text
expect "ec2 describe-images" 0 available

run aws autoscaling describe-auto-scaling-groups --output json
expect "autoscaling describe-auto-scaling-groups" 0 '"Version": "$Latest"' '"InService"'
run aws autoscaling describe-auto-scaling-groups --max-items 2 --page-size 1 \
	--query 'length(AutoScalingGroups)' --output json
expect "... page by page" 0 '^2$'
run aws autoscaling describe-auto-scaling-groups --filters Name=tag:k8s.io/role/node,Values=1 \
	--query 'length(AutoScalingGroups)' --output text
expect "... by tag" 0 '^2$'
run aws autoscaling describe-auto-scaling-instances \
	--query 'length(AutoScalingInstances)' --output text
expect "autoscaling describe-auto-scaling-instances" 0 '^3$'
run aws autoscaling describe-tags --filters Name=value,Values=mate-technology.app \
	--query 'length(Tags)' --output text
expect "autoscaling describe-tags" 0 '^3$'
run aws autoscaling describe-warm-pool --auto-scaling-group-name $lt
expect "autoscaling describe-warm-pool" 0
run aws autoscaling set-desired-capacity --auto-scaling-group-name $lt --desired-capacity 5
refused "a size above the maximum is refused" ValidationError
run aws autoscaling update-auto-scaling-group --auto-scaling-group-name $lt --max-size 2
expect "autoscaling update-auto-scaling-group" 0
run aws autoscaling set-desired-capacity --auto-scaling-group-name $lt --desired-capacity 2
expect "autoscaling set-desired-capacity" 0
aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names $lt \
	--query 'AutoScalingGroups[].Instances[].InstanceId' --output text >"$work/ids"
id=$(cut -f1 "$work/ids")
run aws ec2 create-tags --resources "$id" --tags Key=lab,Value='a&b<c>'
expect "ec2 create-tags" 0
run aws ec2 describe-instances --filters "Name=tag:lab,Values=a&b<c>" \
	--query 'Reservations[].Instances[].InstanceId' --output text
expect "... and found by it" 0 "^$id\$"
run aws autoscaling detach-instances --auto-scaling-group-name $lt --instance-ids "$id" \
	--no-should-decrement-desired-capacity
expect "autoscaling detach-instances" 0
run aws ec2 terminate-instances --instance-ids "$id" \
	--query 'TerminatingInstances[].CurrentState.Name' --output text
expect "ec2 terminate-instances" 0 '^shutting-down$'

run aws elbv2 describe-load-balancers --query 'LoadBalancers[].Type' --output text
expect "elbv2 describe-load-balancers" 0 '^network$'
arn=$(aws elbv2 describe-target-groups --query 'TargetGroups[0].TargetGroupArn' --output text)
run aws elbv2 describe-target-health --target-group-arn "$arn" \
	--query 'TargetHealthDescriptions[].TargetHealth.State' --output text
expect "elbv2 describe-target-health" 0 '^healthy$'
run aws route53 list-hosted-zones --query 'HostedZones[].Name' --output text
expect "route53 list-hosted-zones" 0 '^mate-technology.app.$'
zone=$(aws route53 list-hosted-zones --query 'HostedZones[0].Id' --output text)
run aws route53 list-resource-record-sets --hosted-zone-id "$zone" \
	--query 'ResourceRecordSets[].Type' --output text
expect "route53 list-resource-record-sets" 0 'NS	SOA'

lab_plan
