#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kopscope-lab itself: its options, how it begins, and that it leaves nothing behind.
. "${srcdir:-.}/tests/lab/lib-lab.sh"

TMPDIR=$work
export TMPDIR

run "$lab_program" --help
expect "--help" 0 '^usage: kopscope-lab' '^  --speed N '
run "$lab_program" --nonsense
expect "an unknown option" 2
run "$lab_program" --speed 0
expect "a speed of 0" 2
ok "$(grep -q -- '--speed: 0 is no number from 1 to 1000' "$work/err"; echo $?)" "... in words"
run "$lab_program" --scenario nowhere
expect "an unknown scenario" 2

gone() {
	tries=0
	while kill -0 "$1" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -gt 50 ] && return 1
		sleep 0.1
	done
}
left() {
	ls -d "$work"/kopscope-lab.* 2>/dev/null | wc -l
}

# not INT: a shell starts what it puts into the background deaf to it
for signal in TERM HUP; do
	lab_start --speed 100
	folder=$(dirname "$KUBECONFIG")
	[ "$(stat -c %a "$folder")" = 700 ] && [ "$(stat -c %a "$KUBECONFIG")" = 600 ]
	ok $? "its folder is its user's alone"
	mkdir -p "$folder/state/runs" && echo x >"$folder/state/runs/file"
	kill -$signal "$lab_pid"
	wait "$lab_pid"
	ok $? "SIG$signal ends it well"
	ok "$(left)" "... and its folder is gone"
done
lab_pid=

lab_start --speed 100
port=${KOPSCOPE_LAB##*:}
run timeout 20 "$lab_program" --port "$port"
expect "a port in use" 2
ok "$([ "$(wc -l <"$work/err")" -eq 1 ] && grep -q "port $port on 127.0.0.1 is already in use" "$work/err"; echo $?)" \
	"... is one clear line"
lab_stop
ok "$(left)" "... and leaves no folder"

sleep 100 &
parent=$!
lab_start --speed 100 --parent $parent
kill $parent
wait $parent 2>/dev/null
gone "$lab_pid"
ok $? "it ends when its parent has ended"
lab_pid=
ok "$(left)" "... and its folder is gone"
lab_plan
