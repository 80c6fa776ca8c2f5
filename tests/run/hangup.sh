#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The connection drops while a roll is watched: the viewer's terminal is closed (SIGHUP to its
# whole session).  The roll goes on, the next start finds it, and it completes.
: "${srcdir:=.}"
. "$srcdir/tests/run/lab-env"
gone() { # no such process, or one that only waits to be collected
	test "$1" -gt 0 && { ! kill -0 "$1" 2>/dev/null ||
		test "$(awk '{ print $3 }' "/proc/$1/stat")" = Z; }
}
if ! command -v script >/dev/null 2>&1; then
	echo "1..0 # SKIP script(1) is not here to open a terminal"
	exit 0
fi

lab_start 20

# script(1) opens a terminal and starts a session on it; killing it closes the terminal, which is
# what sshd does when the connection is lost.
TERM=xterm script -q -f -c "'$kopscope' roll --force --anyway --yes" "$tmp/typed" \
	</dev/null >"$tmp/script.out" 2>&1 &
terminal=$!
until_so grep -qs '"phase":"booting"' "$runs/1/events.jsonl"
check "the roll has begun on a terminal" grep -q '"phase":"booting"' "$runs/1/events.jsonl"
read -r viewer rest <"/proc/$terminal/task/$terminal/children"
kill -KILL "$terminal"
wait "$terminal" 2>/dev/null
until_so gone "${viewer:-0}"
check "its viewer is gone" gone "${viewer:-0}"
read -r worker rest <"$runs/1/pid"
check "its worker is not" kill -0 "$worker"
check "it did not end with the terminal" sh -c "! grep -q '\"event\":\"end\"' '$runs/1/events.jsonl'"
"$kopscope" runs >"$tmp/runs.out" 2>&1
check "the next start shows it going on" grep -q '^1 .*running' "$tmp/runs.out"
# --anyway: while a node is away the forecast may refuse before the run is looked at.
"$kopscope" roll --force --anyway --yes >"$tmp/second.out" 2>&1
check "a second one is refused meanwhile" grep -q 'run 1 of this cluster is still going on' \
	"$tmp/second.out"
"$kopscope" attach >"$tmp/attach.out" 2>&1
rc=$?
check "attach follows it to its end" test "$rc" -eq 0
check "which is a good one" grep -q 'run 1 succeeded: 3 of 3 instances were replaced' \
	"$tmp/attach.out"
echo "1..$n"
