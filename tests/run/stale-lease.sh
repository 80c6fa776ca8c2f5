#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A lease whose holder was not heard of for long is taken over only when somebody says so: by
# --take-over, or by y at the terminal.  Cloud-only rolling must be asked for twice.
: "${srcdir:=.}"
. "$srcdir/tests/run/lab-env"
lab_start 60
leases=/apis/coordination.k8s.io/v1/namespaces/kube-system/leases
lease() { # holder and stamp
	printf '{"metadata":{"name":"kopscope-mate-technology.app","namespace":"kube-system"},"spec":{'
	printf '"holderIdentity":"%s","leaseDurationSeconds":120,' "$1"
	printf '"acquireTime":"%s","renewTime":"%s"}}' "$2" "$2"
}
old=2026-01-02T03:04:05.000000Z
curl -sk -m 10 -X POST -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
	-d "$(lease 'anna@bastion run 4' $old)" "$server$leases" >/dev/null
holder() {
	kube GET "$leases/kopscope-mate-technology.app" | grep -o '"holderIdentity": *"[^"]*"'
}
check "there is a stale lease" sh -c "echo '$(holder)' | grep -q 'anna@bastion run 4'"

roll="$kopscope roll --force --role node --group nodes-ap-northeast-2a --yes"
$roll </dev/null >"$tmp/refused.out" 2>&1
rc=$?
check "a roll without a word ends with 3" test "$rc" -eq 3
check "tells who holds it and since when" grep -q \
	'held by anna@bastion run 4, since 2026-01-02 03:04:05 UTC, not heard of for ' "$tmp/refused.out"
check "and what would take it over" grep -q -e '--take-over' "$tmp/refused.out"
check "nothing was started" test ! -d "$runs/1"
check "the lease is as it was" sh -c "echo '$(holder)' | grep -q 'anna@bastion run 4'"

if command -v script >/dev/null; then
	echo n | script -qec "$roll" /dev/null >"$tmp/no.out" 2>&1
	rc=$?
	check "asked at a terminal, no ends with 4" test "$rc" -eq 4
	check "it was asked" grep -q 'Take it over? \[y/N\]' "$tmp/no.out"
	check "nothing was started" test ! -d "$runs/1"
else
	echo "# no script(1): the question at a terminal was not tried"
fi

$roll --take-over </dev/null >"$tmp/taken.out" 2>&1
rc=$?
check "with --take-over it rolls" test "$rc" -eq 0
check "and says from whom" grep -q 'Takes the lease over from anna@bastion run 4' "$tmp/taken.out"

kube DELETE "$leases/kopscope-mate-technology.app" >/dev/null
curl -sk -m 10 -X POST -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
	-d "$(lease 'anna@bastion run 4' "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)")" \
	"$server$leases" >/dev/null
$roll --take-over </dev/null >"$tmp/alive.out" 2>&1
rc=$?
check "one that lives is not taken over" test "$rc" -eq 1
check "it is told who is at work" grep -q 'anna@bastion run 4 is at work on' "$tmp/alive.out"
kube DELETE "$leases/kopscope-mate-technology.app" >/dev/null

# ---- by the cloud alone ----
"$kopscope" roll --cloudonly --engine kops </dev/null >"$tmp/once.out" 2>&1
rc=$?
check "cloud-only once is refused" test "$rc" -eq 2
check "with what it would do" grep -q 'drains no node and validates nothing' "$tmp/once.out"
"$kopscope" roll --cloudonly --without-drain </dev/null >"$tmp/native.out" 2>&1
rc=$?
check "the native engine refuses it" test "$rc" -eq 2
check "and says why" grep -q 'would not see whether a new node works' "$tmp/native.out"
"$kopscope" roll --cloudonly --without-drain --engine kops --force --role node \
	--group nodes-ap-northeast-2a --node-interval 1s --yes </dev/null >"$tmp/cloud.out" 2>&1
rc=$?
check "asked for twice, kops does it" test "$rc" -eq 0
last=$(ls "$runs" | sort -n | tail -n 1)
check "kops was told so" grep -q 'cloudonly' "$runs/$last/events.jsonl"
check "nothing was drained" sh -c "! grep -q 'evicting pod' '$runs/$last/kops.log'"
echo "1..$n"
