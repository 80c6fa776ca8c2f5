#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each of the API server's faults: what the user sees, that the data stays, old and grey, and that
# all comes back without a key when the fault is gone.  A screen without a terminal watches
# (tests/lab/watch.c).
. "${srcdir:-.}/tests/lab/lib-lab.sh"

kopscope=${KOPSCOPE:-${builddir:-.}/kopscope}
watch=${WATCH:-${builddir:-.}/tests/lab/watch}
lab_start --speed 60
XDG_STATE_HOME=$work/state
KOPSCOPE_TRACE=k8s
KOPSCOPE_TRACE_FILE=$work/trace
export XDG_STATE_HOME KOPSCOPE_TRACE KOPSCOPE_TRACE_FILE

# screen FAULT LINE...: with the fault, then without; the lines are for the watcher in between
screen() {
	fault=$1
	shift
	: >"$work/trace"
	{
		printf '%s\n' "fault none" "view pods" "until 20 k8s * live" "wait 1" \
			"fault $fault" "$@"
		printf '%s\n' "fault none" "until 20 k8s * live" "gone 20 , data" stale "view log" \
			frame
	} | "$watch" >"$work/out" 2>"$work/err"
	rc=$?
}
traced() { # NAME LEAST GREP: at least so often in the trace
	n=$(grep -c -e "$3" "$work/trace")
	[ "$n" -ge "$2" ]
	ok $? "$1 ($n)"
}

# FAULT KIND WORDS: what the header says, and what the log says
while read -r fault kind words; do
	screen "$fault" "until 15 k8s * $kind, data" stale frame
	order "$fault: the header says so; the rows stay, grey; it comes back by itself" \
		"^seen: k8s . $kind, data" '^stale 1[0-9]' "k8s . $kind, data .* old" \
		'kube-proxy.*Running' '^seen: k8s . live' '^gone: , data' '^stale 0' "$words"
done <<END
k8s-away network (closed the connection|broke off|no TLS connection|cannot connect)
k8s-401 auth Unauthorized
k8s-403:watch denied forbidden: User "lab" cannot watch
k8s-403:*:pods denied cannot (list|watch) resource "pods"
k8s-429 throttled too many requests
k8s-garbage parse makes no sense
END

# Nothing comes any more, but nothing is closed either: noticed by asking, within 30 s.
screen k8s-half-open "until 32 k8s * timeout, data" stale frame
order 'k8s-half-open: noticed within 30 s; the rows stay, grey; it comes back by itself' \
	'^seen: k8s . timeout, data' '^stale 1[0-9]' 'kube-proxy.*Running' '^seen: k8s . live' \
	'^stale 0' 'has not answered for'

# A version that is forgotten: new lists, and nothing to see of it.
screen k8s-410 "wait 3" stale frame
order 'k8s-410: nothing to see: the rows stay, current' '^stale 0' 'k8s . live' 'kube-proxy.*Running' \
	'^seen: k8s . live' '^stale 0'
traced 'k8s-410: each resource was listed anew' 10 'list [^:]*: 200'

# Slow: what there is stays as it is.
screen k8s-slow:2 "wait 5" stale frame
order 'k8s-slow: the rows stay' 'kube-proxy.*Running' '^seen: k8s . live' '^stale 0'

# From the beginning, in one answer.
once() { # FAULT COMMAND...
	echo "fault $1" | "$watch" >/dev/null 2>&1
	shift
	run "$kopscope" "$@"
}
while read -r fault words; do
	once "$fault" get pods
	[ "$rc" -ne 0 ] && grep -q -e "$words" "$work/err"
	ok $? "$fault: get pods says why there are none, and fails"
done <<END
k8s-away closed the connection
k8s-401 Unauthorized
k8s-403:list cannot list resource
k8s-429 too many requests
k8s-garbage makes no sense
END

# What is not allowed is refused before anything is asked or sent, with the reason; help says so.
echo "fault k8s-403:patch" | "$watch" >/dev/null 2>&1
printf '%s\n' "until 20 k8s * live" "view deployments" "wait 2" "key s" frame "key ?" frame |
	"$watch" >"$work/out" 2>"$work/err"
order 'k8s-403:patch: scale is refused with the reason, and so in the help' \
	'this user may not scale Deployments: no role' ' s  *:scale  *this user may not scale'
grep -q ' s scale ' "$work/out"
[ $? -ne 0 ]
ok $? 'and no key for it is offered'
once none get pods
expect 'and without a fault they are there' 0 kube-proxy

lab_plan
