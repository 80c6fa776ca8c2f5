#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the Pending view advises helps: in every scenario of the lab its key is pressed, and
# then no pod waits.  Two labs at once.
: "${srcdir:=.}" "${builddir:=.}"
. "$srcdir/tests/lab/lib-lab.sh"
watch=$builddir/tests/lab/watch

# One cure a line: SCENARIO | what the view says | what is done, separated by ";" | what the
# Deployments show then, or nothing.  "ask X" presses X and y, "set X" presses X and Enter, with
# the advice's text behind it as it must stand there.
cures() {
	cat <<'END'
anti-affinity|pods that it keeps away from run in every node|set b scale db to 2|default db 2/2
claim-missing|its volume claim data-db does not exist|ask a create the claim data-db|default db 1/1
claim-unbound|there is no storage class fast|ask a create StorageClass fast|default db 1/1
control-plane-full|the only node it may use is full (17 of 17)|set a scale ops-tools to 4|default ops-tools 4/4
cordoned|every node it may use is cordoned|ask a uncordon|default api 3/3
cpu|every node it may use is short of cpu|ask a let api ask for 1750m cpu|default api 2/2
daemonset-full|the only node it may use is full|key j;set a scale crowd to|
ephemeral-storage|short of ephemeral-storage|set a scale api to 0|default api 0/0
existing-anti-affinity|pods that keep it away run in every node|set a one more node in nodes-2a|default api 1/1
gates|held back by its scheduling gates|ask a lift the scheduling gates of gated|
gpu|short of nvidia.com/gpu|set a scale train to 2|default train 2/2
host-port|its host port is taken on every node|set b scale proxy to 2|default proxy 2/2
image|its image cannot be pulled|ask a roll api back to the template before|default api 2/2
memory|every node it may use is short of memory|ask a let api ask for 3520Mi memory|default api 2/2
no-ip|its node has addresses for 15 pods only|set b scale crowd to 28|default crowd 28/28
no-scheduler|scheduler volcano has not looked at it|ask a give batch to the default scheduler|default batch 2/2
node-affinity|no node matches its node affinity|ask a let api run on any node|default api 1/1
out-of-pods|its node was full when it came|set c scale crowd to 28;ask a delete pinned|default crowd 28/28
pod-affinity|the pods that it wants near run in no zone|ask a let front run away from those pods|default front 2/2
quota|6 of 10 pods cannot be created|ask a raise pods to 12 in quota small|default api 10/10
selector|no node matches its node selector|ask a label i-|default api 1/1
spread|one more would be too uneven over nodes|ask a uncordon|default web 3/3
subnet-exhausted|has no address left|set c scale crowd to 28;set a scale crowd to 18|default crowd 18/18
subnet-fragmented|no whole /28 among them|ask a turn prefix delegation off|default web 6/6
taint|every node has a taint that it does not tolerate|ask a take the taint dedicated=ci off|default api 2/2
too-many-pods|every node it may use is full (17 of 17)|set c scale crowd to 28|default crowd 28/28
volume-zone|no node it may use is there|set a one more node in nodes-2c|default db 1/1
END
}

# The lines for tests/lab/watch of one step.
step() {
	key=$(echo "$1" | cut -d' ' -f2)
	text=$(echo "$1" | cut -d' ' -f3-)
	case $1 in
	ask*) printf 'until 20 %s  %s\nkey %s\nuntil 5 y does it\nkey y\n' "$key" "$text" "$key" ;;
	set*) printf 'until 20 %s  %s\nkey %s\nuntil 5 Enter set\nkey enter\n' "$key" "$text" "$key" ;;
	*) echo "$1" ;;
	esac
	echo 'gone 10 does it'
}

# cure SCENARIO SAYS STEPS SHOWS: in a folder of its own; its result is what it returns
cure() {
	work=$work/$1
	mkdir "$work"
	lab_start --scenario "$1" --seed 1 --speed 60
	{
		echo must
		echo 'view pending'
		echo 'until 30 k8s * live'
		echo 'gone 30 aws * ...'
		echo "until 30 $2"
		echo "$3" | tr ';' '\n' | while read -r one; do
			step "$one"
		done
		echo 'until 60 No pod waits.'
		if [ -n "$4" ]; then
			echo 'view deployments'
			echo "row 60 $4"
		fi
	} >"$work/lines"
	"$watch" <"$work/lines" >"$work/out" 2>"$work/err"
	good=$?
	lab_stop
	grep -q -e '^not seen' -e '^still there' -e '^?' "$work/out" && good=1
	grep -q '"result":"done"' "$work/.local/state/kopscope/journal.jsonl" || good=1
	return $good
}

# every OTHER line of the table, from the first or the second
half() {
	cures | sed -n "$1" | while IFS='|' read -r name says steps shows; do
		(cure "$name" "$says" "$steps" "$shows")
		echo $? >"$work/$name.result"
	done
}

half 'p;n' &
half 'n;p'
wait
for name in $(cures | cut -d'|' -f1); do
	cp "$work/$name/out" "$work/out"
	cp "$work/$name/err" "$work/err"
	ok "$(cat "$work/$name.result")" "$name: what is advised helps"
done

# Nothing is written without a y, and nothing at all in read-only mode.
lab_start --scenario selector --seed 1
journal=$HOME/.local/state/kopscope/journal.jsonl
printf '%s\n' must 'view pending' 'until 30 a  label i-' 'key a' 'until 5 y does it' 'key enter' \
	'gone 5 y does it' 'until 5 a  label i-' 'key a' 'until 5 y does it' 'key esc' \
	'gone 5 y does it' | "$watch" >"$work/out" 2>"$work/err"
[ "$(grep -c -e '^seen' -e '^gone' "$work/out")" -eq 6 ] && [ ! -e "$journal" ]
ok $? "the safe answer leaves all as it is"
printf '%s\n' must 'view pending' 'until 30 a  label i-' 'key a' \
	'until 5 read-only: nothing can be changed' | "$watch" --readonly >"$work/out" 2>"$work/err"
[ "$(grep -c '^seen' "$work/out")" -eq 2 ] && [ ! -e "$journal" ]
ok $? "in read-only mode the key is refused"
lab_stop

"$lab_program" --help | sed -n '/^scenarios,/,$ s/^  \([a-z-]*\) .*/\1/p' | grep -v -x -e empty -e pdb \
	-e scale -e story -e xen \
	>"$work/out"
cures | cut -d'|' -f1 | diff - "$work/out" >"$work/err"
ok $? "every scenario has its cure here"
lab_plan
