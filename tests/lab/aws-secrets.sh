#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No credential, token or signature in anything that is written: keys come in by every way that a
# user has, all that kopscope does is traced, and then everything is searched.
. "${srcdir:-.}/tests/lab/lib-lab.sh"

kopscope=${KOPSCOPE:-${builddir:-.}/kopscope}
watch=${WATCH:-${builddir:-.}/tests/lab/watch}
lab_start --speed 100
written=$work/written
mkdir -p "$written" "$work/.aws"
XDG_STATE_HOME=$written/state
KOPSCOPE_TRACE=all
KOPSCOPE_TRACE_FILE=$written/trace
export XDG_STATE_HOME KOPSCOPE_TRACE KOPSCOPE_TRACE_FILE
key=$AWS_ACCESS_KEY_ID
secret=$AWS_SECRET_ACCESS_KEY
kube=$(sed -n 's/^ *token: //p' "$KUBECONFIG")

cat >"$work/.aws/config" <<END
[profile process]
credential_process = $work/helper
[profile role]
role_arn = arn:aws:iam::123456789012:role/admin
source_profile = keys
[profile second]
role_arn = arn:aws:iam::123456789012:role/mfa
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/me
[profile wrong]
aws_access_key_id = $key
aws_secret_access_key = PLANTEDWRONGSECRET
aws_session_token = PLANTEDWRONGTOKEN
END
cat >"$work/.aws/credentials" <<END
[keys]
aws_access_key_id = $key
aws_secret_access_key = $secret
END
cat >"$work/helper" <<END
#!/bin/sh
echo "the helper's own words" >&2
echo '{"Version":1,"AccessKeyId":"$key","SecretAccessKey":"$secret"}'
END
chmod +x "$work/helper"

n=0
keep() { # COMMAND...: all that it says is kept to be searched
	n=$((n + 1))
	"$@" >"$written/$n.out" 2>"$written/$n.err" </dev/null
	rc=$?
}
fault() { echo "fault $1" | keep "$watch"; }

keep "$kopscope" get nodes
ok $rc "with keys of the environment"
keep "$kopscope" check -o json
keep "$kopscope" snapshot cloud
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY S3_ACCESS_KEY_ID S3_SECRET_ACCESS_KEY S3_ENDPOINT
for profile in keys process role; do
	keep "$kopscope" get cloud --profile $profile
	ok $rc "with profile $profile"
	keep "$kopscope" check --profile $profile
done
keep "$kopscope" check --profile wrong
ok $([ $rc -eq 1 ]; echo $?) "with a wrong secret"
keep "$kopscope" check --profile nobody
{
	printf '%s\n' "until 5 Second factor" "type 654321" "key enter" "until 5 refused" \
		"type 123456" frame "key enter" "view groups" "until 20 current" frame
} | "$watch" --profile second >"$written/screen.out" 2>"$written/screen.err"
grep -q '^seen: current' "$written/screen.out"
ok $? "with a second factor, on the screen"
for f in aws-500 aws-throttle aws-reset aws-expired aws-denied:'*' clock-skew; do
	echo "fault $f" | "$watch" --profile keys >/dev/null 2>&1
	keep "$kopscope" get groups --profile role
	keep "$kopscope" check --profile keys
done
echo "fault none" | "$watch" --profile keys >/dev/null 2>&1

# A run: its folder holds what kops printed, a journal, and the worker's own words.
AWS_PROFILE=role
export AWS_PROFILE
keep "$kopscope" spec edit mate-technology.app --set maxPods=16 --write
keep "$kopscope" update --yes
tries=0
until ls "$written"/state/kopscope/runs/*/events.jsonl >/dev/null 2>&1 || [ $tries = 50 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
ls "$written"/state/kopscope/runs/*/meta.json >"$work/out" 2>&1
ok $? "a run left its folder"
keep "$kopscope" runs

# A crash: no image of the memory.
echo "fault aws-slow:3" | "$watch" --profile keys >/dev/null 2>&1
(
	cd "$written" || exit
	ulimit -c unlimited 2>/dev/null
	"$kopscope" get nodes --profile role >/dev/null 2>&1 &
	sleep 1
	kill -ABRT $! 2>/dev/null
	wait $!
) >/dev/null 2>&1
ok "$(ls "$written"/core* >/dev/null 2>&1 && echo 1 || echo 0)" "a crash leaves no core file"

# What the lab gave for roles follows from its secret: see lab/aws/sts.c.
planted="$secret $kube lab-session- PLANTEDWRONG 654321"
for i in $(seq 0 40); do
	planted="$planted $(printf '%s %d' "$secret" $i | sha256sum | cut -c14-53)"
done
ok "$([ "$(wc -c <"$written/trace")" -gt 20000 ]; echo $?)" "the trace tells a lot"
printf '%s\n' $planted >"$work/planted"
grep -rlaF -f "$work/planted" "$written" >"$work/out" 2>"$work/err"
ok "$([ -s "$work/out" ] && echo 1 || echo 0)" "nothing holds one of $(wc -l <"$work/planted") secrets"
for word in 'Signature=' 'Credential=' 'AWS4-HMAC' 'Bearer ' 'SessionToken'; do
	grep -rla -e "$word" "$written" >"$work/out" 2>"$work/err"
	ok "$([ -s "$work/out" ] && echo 1 || echo 0)" "nothing holds \"$word\""
done
# The search itself works.
grep -qaF -f "$work/planted" "$work/.aws/credentials"
ok $? "(what is searched for would be found)"
grep -c 'type 123456\|123456$' "$written"/screen.out >"$work/out"
ok "$([ "$(cat "$work/out")" = 0 ]; echo $?)" "nor the code that was typed"
lab_plan
