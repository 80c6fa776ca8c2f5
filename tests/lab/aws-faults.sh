#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each of AWS's faults: what the user sees, that the data stays, old and grey, and that all comes
# back by itself when the fault is gone.  A screen without a terminal watches (tests/lab/watch.c).
. "${srcdir:-.}/tests/lab/lib-lab.sh"

kopscope=${KOPSCOPE:-${builddir:-.}/kopscope}
watch=${WATCH:-${builddir:-.}/tests/lab/watch}
lab_start --speed 60
XDG_STATE_HOME=$work/state
export XDG_STATE_HOME

# screen FAULT LINE...: with the fault, then without; the lines are for the watcher in between
screen() {
	fault=$1
	shift
	{
		printf '%s\n' "fault none" "view groups" "until 20 current" "fault $fault" "$@"
		printf '%s\n' "fault none" "until 20 current" "gone 20 , data" stale "view log" frame
	} | "$watch" >"$work/out" 2>"$work/err"
	rc=$?
}
# once FAULT COMMAND...: one answer from the beginning
once() {
	echo "fault $1" | "$watch" >/dev/null 2>&1
	shift
	run "$kopscope" "$@"
}
err_has() { # NAME GREP...
	name=$1
	shift
	good=0
	for re in "$@"; do
		grep -q -e "$re" "$work/err" || { good=1; echo "# not in stderr: $re"; }
	done
	ok $good "$name"
}

# FAULT KIND WORDS: what the header says, and what the log says
while read -r fault kind words; do
	screen "$fault" "until 15 aws * $kind, data" frame stale
	order "$fault: the header says so; the rows stay, grey; it comes back by itself" \
		"^seen: aws . $kind, data" "aws . $kind, data .* old" "1/1 .*current" \
		'^stale 3' '^seen: current' '^gone: , data' '^stale 0' "$words" 'connected'
done <<END
aws-500 server internal error
aws-throttle throttled Rate exceeded|limit exceeded|reduce your request rate
aws-reset network closed the connection
aws-expired auth expired
aws-denied:DescribeAutoScalingGroups denied not authorized to perform
END

screen aws-slow:1 "until 15 , slow" frame stale "until 15 aws * 0s"
order "aws-slow: said to be slow while one waits, and nothing is grey" \
	'^seen: , slow' 'aws . .*, slow' '1/1 .*current' '^stale 0' '^gone: , data'
screen clock-skew:1200 "view log" "until 15 our clock is off" frame "view groups" frame stale
order "clock-skew: goes on, and a line of the log names the clock" \
	'our clock is off by -1[12][0-9][0-9] s' 'aws . (live|[0-9]*s) ' '1/1 .*current' '^stale 0' \
	'^gone: , data'
screen clock-skew:-1200 "view log" "until 15 our clock is off" frame
order "... and the other way round" 'our clock is off by 1[12][0-9][0-9] s'
screen aws-denied:DescribeSubnets "view log" "until 15 DescribeSubnets: denied" frame "view groups" \
	frame stale
order "a denied part leaves the rest" 'AWS: EC2 DescribeSubnets: denied' 'aws . (live|[0-9]*s) ' \
	'1/1 .*current' '^stale 0'

# From the beginning, without data of before: a plain word and an exit code.
once aws-500 get clusters
ok $([ "$rc" -eq 1 ]; echo $?) "get clusters fails with 1"
err_has "... and says whose fault it is" 'store unavailable: S3 ListObjectsV2: .*(InternalError)'
once aws-throttle get clusters
err_has "throttled from the beginning" '(SlowDown)'
once aws-reset get clusters
err_has "cut off from the beginning" 'closed the connection without an answer'
once aws-expired get clusters
err_has "expired: what to do" '(ExpiredToken)' 'Renew the credentials'
once aws-denied:s3 get clusters
err_has "denied: who may not do what" 'not authorized to perform: s3:ListBucket' 'ask for that permission'
once aws-denied:DescribeInstances get groups
ok $([ "$rc" -eq 1 ]; echo $?) "get groups fails with 1 when AWS refuses"
err_has "... and names the call" 'aws unavailable: EC2 DescribeInstances: .*UnauthorizedOperation'
expect "... but prints what the store knows" 1 '^nodes-ap-northeast-2a .*t3.medium'
once aws-slow:1 get groups
expect "slow is only slow" 0 '^nodes-ap-northeast-2a .*current'
once clock-skew get groups
expect "a wrong clock is corrected" 0 '^nodes-ap-northeast-2a .*current'
once clock-skew snapshot groups
expect "snapshot too" 0 'nodes-2a  .*current'

once clock-skew check
expect "check names the clock" 0 '^warn  clock  .*+1[12][0-9][0-9] s from ours' '^ok    identity'
once aws-expired check
expect "check fails when the credentials have expired" 1 '^FAIL  store .*ExpiredToken' \
	'^FAIL  identity .*ExpiredToken'
once aws-denied:DescribeSubnets check
expect "check names a part that is denied" 0 '^warn  aws .*EC2 DescribeSubnets: denied'
once none check
expect "check is content" 0 '^ok    store' '^ok    credentials .*environment' '^ok    aws ' \
	'^ok    kubernetes'
# A wrong signature, refused by the lab as AWS does.
run env AWS_SECRET_ACCESS_KEY=wrong S3_SECRET_ACCESS_KEY=wrong "$kopscope" get clusters
err_has "a wrong secret is explained" '(SignatureDoesNotMatch)' 'Check the access key and secret'
run env AWS_ACCESS_KEY_ID=AKIANOBODY S3_ACCESS_KEY_ID=AKIANOBODY "$kopscope" get clusters
err_has "an unknown key is explained" '(InvalidAccessKeyId)' 'Check the access key and secret'
run env AWS_ACCESS_KEY_ID=AKIANOBODY "$kopscope" check
expect "check tells the two kinds of keys apart" 1 '^ok    store' '^FAIL  identity .*InvalidClientTokenId'

echo "fault aws-nonsense" | "$watch" >"$work/out" 2>&1
order "an unknown fault is refused" '^fault aws-nonsense: 400'
run "$lab_program" --fault nonsense
refused "... at the start too" 'there is no fault "nonsense"'
lab_stop
lab_start --speed 20 --fault aws-throttle --fault aws-denied:s3
run "$kopscope" get clusters
err_has "--fault at the start" '(SlowDown)'
lab_plan
