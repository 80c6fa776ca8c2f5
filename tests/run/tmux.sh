#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The connection drops, for real: kopscope on the screen of a tmux server of its own, a roll
# started by its keys, and the server killed under it.  The run goes on; the next start shows it
# in the Roll view.  Then that one's process is sent SIGHUP, and the run ends well all the same.
: "${srcdir:=.}"
if ! command -v tmux >/dev/null 2>&1; then
	echo "1..0 # SKIP tmux is not here"
	exit 0
fi
. "$srcdir/tests/run/lab-env"
mux="tmux -L kopscope-test-$$ -f /dev/null"
trap '$mux kill-server 2>/dev/null; test -z "$lab" || kill "$lab" 2>/dev/null; rm -rf "$tmp"' EXIT
lab_start 10
TERM=xterm LC_ALL=C.UTF-8
export TERM LC_ALL
kopscope=$(cd "$(dirname "$kopscope")" && pwd)/kopscope

open_screen() {
	$mux new-session -d -x 100 -y 30 "exec '$kopscope' 2>'$tmp/screen.err'"
}
shows() { # a text on the screen
	$mux capture-pane -p >"$tmp/screen.out" 2>/dev/null
	grep -q "$1" "$tmp/screen.out"
}
gone() {
	! kill -0 "$1" 2>/dev/null || test "$(awk '{ print $3 }' "/proc/$1/stat" 2>/dev/null)" = Z
}
ended() {
	grep -q '"event":"end"' "$runs/1/events.jsonl" 2>/dev/null
}

if ! open_screen 2>"$tmp/mux.out"; then
	echo "1..0 # SKIP tmux opens no session here"
	exit 0
fi
until_so shows 'nodes-.*2a'
$mux send-keys R
until_so shows 'Nothing to replace'
$mux send-keys C-f
until_so shows "Type the cluster's name"
$mux send-keys -l mate-technology.app
$mux send-keys Enter
until_so shows 'Roll of mate-technology.app'
check "a roll was started by keys" shows 'Roll of mate-technology.app'
until_so grep -q '"phase":"booting"' "$runs/1/events.jsonl"
viewer=$($mux display-message -p '#{pane_pid}')
check "its screen lives" kill -0 "$viewer"
$mux kill-server
until_so gone "$viewer"
check "the server and the screen are gone" gone "$viewer"
read -r worker rest <"$runs/1/pid"
check "the worker is not" kill -0 "$worker"
check "and has not ended" sh -c "! grep -q '\"event\":\"end\"' '$runs/1/events.jsonl'"

open_screen
until_so shows 'nodes-.*2a'
$mux send-keys 6
until_so shows 'of 3 nodes'
check "the next start shows the run" shows 'Roll of mate-technology.app by native'
check "as going on" shows 'running'
$mux send-keys l
until_so shows '[0-9] i-'
check "and what it said, a key away" shows '[0-9] i-'
viewer=$($mux display-message -p '#{pane_pid}')
kill -HUP "$viewer"
until_so gone "$viewer"
check "a screen that is sent SIGHUP ends" gone "$viewer"
check "the worker does not" kill -0 "$worker"
"$kopscope" attach >"$tmp/attach.out" 2>&1
rc=$?
check "the run ends well" test "$rc" -eq 0
check "with everything replaced" grep -q '3 of 3 instances were replaced' "$tmp/attach.out"
echo "1..$n"
