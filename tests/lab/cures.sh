#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the Pending view advises helps: its key is pressed, and the lab's pods run.
: "${srcdir:=.}" "${builddir:=.}"
. "$srcdir/tests/lab/lib-lab.sh"
watch=$builddir/tests/lab/watch

cure() { # SCENARIO "what the view says" "what is advised" LINE...
	scenario=$1 says=$2 advised=$3
	shift 3
	lab_start --scenario "$scenario" --seed 1 --speed 60
	{
		echo 'view pending'
		echo "until 30 $says"
		echo "until 10 $advised"
		for line; do echo "$line"; done
		echo 'until 60 No pod waits.'
	} >"$work/lines"
	"$watch" <"$work/lines" >"$work/out" 2>"$work/err"
	good=$?
	[ "$(grep -c '^seen' "$work/out")" -eq "$(grep -c '^until' "$work/lines")" ] || good=1
	ok $good "$scenario: $advised"
	lab_stop
}

cure anti-affinity 'pods that it keeps away from run in every node' 'b  scale db to 2' \
	'key b' 'until 5 [2]' 'key enter'
cure cordoned 'every node it may use is cordoned' 'a  uncordon' 'key a'
cure host-port 'its host port is taken on every node' 'b  scale proxy to 2' \
	'key b' 'until 5 [2]' 'key enter'
cure spread 'one more would be too uneven over nodes' 'a  uncordon' 'key a'
cure too-many-pods 'every node it may use is full (17 of 17)' 'c  scale crowd to 28' \
	'key c' 'until 5 [28]' 'key enter'
lab_plan
