#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The worker of a roll is killed at random moments, again and again.  Each time the roll is
# taken up where it was and completes: nothing is terminated twice, nothing stays cordoned.
# KILL_COUNT=500 for the long run; KILL_SEED repeats one.
: "${srcdir:=.}" "${KILL_COUNT:=6}" "${KILL_SEED:=$$}" "${KILL_SPEED:=60}"
. "$srcdir/tests/run/lab-env"

echo "# seed $KILL_SEED, $KILL_COUNT kills"
lab_start "$KILL_SPEED"

draw=0
random() { # a number of hundredths of seconds below $1, in $at
	draw=$((draw + 1))
	at=$(awk -v s="$KILL_SEED" -v d="$draw" -v m="$1" \
		'BEGIN { srand(s * 100003 + d); for (i = 0; i < 5; i++) rand();
			printf "%.2f", rand() * m / 100 }')
}
worker() { # the worker's id, if it lives
	pid=
	test -s "$runs/$id/pid" && read -r pid rest <"$runs/$id/pid"
	test -n "$pid" && kill -0 "$pid" 2>/dev/null
}
ended() {
	grep -q '"event":"end"' "$runs/$id/events.jsonl" 2>/dev/null
}
wait_end() {
	i=0
	while ! ended && worker && test $i -lt 1200; do
		sleep 0.05
		i=$((i + 1))
	done
}

kills=0
rolls=0
: >"$tmp/ids"
while test "$kills" -lt "$KILL_COUNT" && test -z "$failed"; do
	before=$rolls
	"$kopscope" roll --force --anyway --yes </dev/null >"$tmp/roll.out" 2>&1 &
	viewer=$!
	i=0
	while id=$(ls "$runs" 2>/dev/null | sort -n | tail -n 1) &&
		test "${id:-0}" -le "$before" && test $i -lt 1200; do
		sleep 0.05
		i=$((i + 1))
	done
	rolls=$id
	here=0
	while test $here -lt 5 && test "$kills" -lt "$KILL_COUNT"; do
		random 150
		sleep "$at"
		if ended || ! worker; then
			break
		fi
		kill -KILL "$pid" 2>/dev/null || break
		kills=$((kills + 1))
		here=$((here + 1))
		while worker && test "$(awk '{ print $3 }' "/proc/$pid/stat" 2>/dev/null)" != Z; do
			sleep 0.01
		done
		"$kopscope" attach "$id" --resume </dev/null >"$tmp/resume.out" 2>&1 &
		# Two at the same moment: one worker comes of it.
		"$kopscope" attach "$id" --resume </dev/null >"$tmp/resume2.out" 2>&1 &
		sleep 0.1
	done
	wait_end
	# Killed before its last words were read: once more.
	if ! ended; then
		"$kopscope" attach "$id" --resume </dev/null >"$tmp/resume.out" 2>&1 &
		sleep 0.2
		wait_end
	fi
	wait "$viewer" 2>/dev/null
	check "run $id, killed $here times, succeeds" \
		grep -q '"event":"end".*"status":"succeeded"' "$runs/$id/events.jsonl"
	# EC2's word that the old instance goes is enough for the run to end: its node object goes
	# a little later.
	i=0
	while "$kopscope" get nodes --no-headers >"$tmp/nodes" 2>/dev/null
		test "$(wc -l <"$tmp/nodes")" -ne 3 && test $i -lt 60; do
		sleep 0.5
		i=$((i + 1))
	done
	check "run $id leaves three nodes" test "$(wc -l <"$tmp/nodes")" -eq 3
	check "run $id leaves none cordoned" sh -c "! grep -q cordoned '$tmp/nodes'"
done
sed -n 's/.*"action":"terminate","target":"instance \([^ "]*\).*"result":"done".*/\1/p' \
	"$XDG_STATE_HOME/kopscope/journal.jsonl" | sort >"$tmp/terminated"
check "$(wc -l <"$tmp/terminated") instances were terminated, none twice" \
	test -z "$(uniq -d "$tmp/terminated")"
# Every write stands in the journal before it was made, and again with its answer; what a killed
# worker got no answer to was closed by the next one.
sed -n 's/.*"call":"\([^"]*\)".*"result":"asked".*/\1/p' \
	"$XDG_STATE_HOME/kopscope/journal.jsonl" | sort >"$tmp/asked"
sed -n '/"result":"asked"/!s/.*"call":"\([^"]*\)".*/\1/p' \
	"$XDG_STATE_HOME/kopscope/journal.jsonl" | sort >"$tmp/answered"
open=$(sed -n '/no answer: the worker ended/p' "$XDG_STATE_HOME/kopscope/journal.jsonl" | wc -l)
check "$(wc -l <"$tmp/asked") writes were asked for first, $open left open by a kill, all closed" \
	cmp -s "$tmp/asked" "$tmp/answered"
check "there were $kills kills in $rolls rolls" test "$kills" -ge "$KILL_COUNT"
echo "1..$n"
