#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every lesson of the lab: its advice followed by keys, and it says that it is done; once not
# followed, and it says what comes of it.  Two labs at once.
: "${srcdir:=.}" "${builddir:=.}"
. "$srcdir/tests/lab/lib-lab.sh"
watch=$builddir/tests/lab/watch
cluster=mate-technology.app

# What is pressed, in the words of tests/lab/watch.  scale NAME N; edit: the cluster's limits.
# The dialog goes when the answer is there, and stays with a refusal.  The message is not waited for:
# a run that ends in the same turn of the loop says so in its place.
scale() {
	printf '%s\n' 'key 5' "row 20 default $1" "type /$1" 'key enter' "until 5 filter: $1" 'key s' 'until 20 replicas' \
		"type $2" "until 5 [$2]" 'key enter' "gone 20 [$2]" 'key esc'
}
fields() {
	printf '%s\n' 'key 3' 'until 20 NODE' 'key e' 'until 20 max pods, all nodes' 'type 110' \
		'key down' 'key down' "type $1" 'until 5 prefix delegation'
}
edit() {
	fields ' '
	printf '%s\n' 'key enter' "until 20 Type the cluster's name to write" "type $cluster" \
		'key enter' "until 20 written: $cluster/config"
}
update() {
	printf '%s\n' 'key u' 'until 30 y apply it' 'key y' 'until 60 succeeded'
}
roll() {
	printf '%s\n' 'key R' "until 20 Type the cluster's name to roll" "type $cluster" 'key enter'
}
change() {
	edit
	echo 'until 20 step 5 of'
	update
	roll
}
type_of() { # the group in hand becomes a t3.medium
	printf '%s\n' 'key E' 'until 20 machine type' 'key down' 'key down' 'key C-u' 'type t3.medium' \
		'key enter' "until 20 Type the cluster's name" "type $cluster" 'key enter' 'until 20 written:'
}

follow_story() {
	echo 'key 5'
	echo 'until 20 step 2 of'
	scale nginx-deployment 40
	echo 'until 20 step 3 of'
	echo 'key 4'
	echo 'until 20 step 4 of'
	scale nginx-deployment 20
	echo 'until 20 step 5 of'
	edit
	echo 'until 20 step 6 of'
	update
	echo 'until 40 step 7 of'
	roll
	echo 'until 60 step 8 of'
	scale nginx-deployment 110
}
ignore_story() {
	echo 'key 5'
	echo 'until 20 step 2 of'
	scale nginx-deployment 40
	echo 'until 20 step 3 of'
	echo 'key 4'
	echo 'until 20 step 4 of'
	printf '%s\n' 'key R' 'until 20 Rolling update' 'key C-f' \
		"until 20 Type the cluster's name to roll" "type $cluster" 'key enter'
	echo 'until 20 ! the nodes are full'
}
follow_accident() {
	scale nginx-deployment 110
	echo 'until 20 step 2 of'
	printf '%s\n' 'key 4' 'until 20 a  prefix' 'key a' 'until 20 step 3 of' 'key esc'
	scale nginx-deployment 20
	echo 'until 20 step 4 of'
	edit
	update
	echo 'until 40 step 6 of'
	roll
	echo 'until 60 step 7 of'
	scale nginx-deployment 110
}
ignore_accident() {
	scale nginx-deployment 110
	echo 'until 20 step 2 of'
	printf '%s\n' 'key 4' 'until 20 a  prefix' 'key a' 'until 20 step 3 of' 'key esc'
	edit
	echo 'until 20 ! the wrong order'
}
follow_pdb() {
	printf '%s\n' 'key R' 'until 20 step 2 of' 'key esc'
	scale nginx-deployment 3
	echo 'until 20 step 3 of'
	roll
}
ignore_pdb() {
	printf '%s\n' 'key R' 'until 20 step 2 of' "type $cluster" 'key enter'
	echo 'until 20 ! the drain waits for the budget'
}
follow_fragmented() {
	printf '%s\n' 'key 4' 'until 20 step 2 of' 'type :cloud' 'key enter' 'until 20 step 3 of' \
		'key 4' 'until 20 a  turn' 'key a' 'until 20 y does it' 'key y'
}
ignore_fragmented() {
	echo 'key 4'
	echo 'until 20 step 2 of'
	scale web 8
	echo 'until 20 ! more replicas do not help'
}
follow_xen() {
	fields ' '
	printf '%s\n' 'until 5 step 2 of' 'key esc' 'key 2' 'row 20 nodes-ap-northeast-2a' \
		'type /nodes-ap-northeast-2a' 'key enter' 'until 5 filter: nodes-ap-northeast-2a'
	type_of
	printf '%s\n' 'key esc' 'gone 5 filter:' 'type /nodes-ap-northeast-2c' 'key enter' 'until 5 filter: nodes-ap-northeast-2c'
	type_of
	echo 'key esc'
	echo 'until 20 step 3 of'
	edit
}
ignore_xen() {
	printf '%s\n' 'key 3' 'until 20 NODE' 'key e' 'until 20 max pods, all nodes' 'key down' \
		'key down' 'type  ' 'key enter' "until 20 Type the cluster's name to write" \
		"type $cluster" 'key enter' 'until 20 ! written, but a t2.medium'
}
follow_control_plane() {
	printf '%s\n' 'key 4' 'until 20 step 2 of'
	scale ops-tools 4
}
ignore_control_plane() {
	printf '%s\n' 'key 4' 'until 20 step 2 of' 'key 2' 'row 20 nodes-ap-northeast-2a' 'type /nodes-ap-northeast-2a' \
		'key enter' 'until 5 filter: nodes-ap-northeast-2a' 'key s' 'until 20 Enter' 'key C-u' 'type 2' 'key enter'
	echo 'until 20 ! more workers do not help'
}
follow_lost_api() {
	printf '%s\n' 'until 20 k8s * live' 'key 2' 'until 20 step 2 of' 'key 3' \
		'until 30 step 3 of' 'key 2' \
		'until 20 step 4 of' 'key C-r'
}
ignore_lost_api() {
	printf '%s\n' 'until 20 k8s * live' 'key 2' 'until 20 step 2 of' 'key 3' 'until 30 step 3 of'
	edit
	echo 'until 20 ! changed while the cluster cannot be seen'
}
follow_expired() {
	printf '%s\n' 'gone 30 aws * ...' 'key 2' 'until 20 step 2 of' 'key C-r' 'key 7' \
		'until 30 step 3 of' 'key C-r'
}
ignore_expired() {
	printf '%s\n' 'gone 30 aws * ...' 'key 2' 'until 20 step 2 of' 'key C-r' 'until 20 expired' 'key R' \
		'until 20 Rolling update' 'key C-f' "until 20 Type the cluster's name" \
		"type $cluster" 'key enter' 'until 20 ! a run with expired credentials'
}
both_operators() {
	fields ' '
	printf '%s\n' 'key enter' "until 20 Type the cluster's name to write" 'until 20 step 2 of' \
		"type $cluster" 'key enter' 'until 20 changed' 'key enter' \
		"until 20 Type the cluster's name to write" "type $cluster" 'key enter' \
		"until 20 written: $cluster/config" 'until 20 step 3 of' 'key u' 'until 20 step 4 of'
}
follow_operators() {
	both_operators
	echo 'key esc'
}
ignore_operators() {
	both_operators
	printf '%s\n' 'until 30 y apply it' 'key y'
	echo 'until 20 ! applied: kim'
}

# one HOW LESSON SCENARIO: in a folder of its own; its result is what it returns
one() {
	work=$work/$1-$2
	mkdir "$work"
	lab_start --scenario "$3" --seed 1 --speed "${KOPSCOPE_LESSON_SPEED:-60}"
	{
		echo must
		echo 'until 30 k8s * live'
		echo 'gone 30 aws * ...'
		echo "type :lesson $2"
		echo 'key enter'
		echo 'until 5 Lesson: '
		"$1_$(echo "$2" | tr - _)"
		[ "$1" = ignore ] || echo 'until 90 The lesson is done'
		echo 'echo all is seen'
	} >"$work/lines"
	"$watch" <"$work/lines" >"$work/out" 2>"$work/err"
	lab_stop
	[ "$(tail -n 1 "$work/out")" = 'all is seen' ] && ! grep -q '^?' "$work/out" || return 1
	[ "$1" = ignore ] || ! grep -q '^! ' "$work/out"
}

# NAME SCENARIO
lessons() {
	echo 'story story
accident story
pdb pdb
fragmented subnet-fragmented
xen xen
control-plane control-plane-full
lost-api story
expired story
operators story'
}
all() {
	lessons | sed 's/^/follow /'
	lessons | sed 's/^/ignore /'
}
half() {
	all | sed -n "$1" | while read -r how name scenario; do
		began=$(date +%s)
		(one "$how" "$name" "$scenario")
		echo "$? $(($(date +%s) - began))" >"$work/$how-$name.result"
	done
}

if [ $# -gt 0 ]; then # HOW NAME SCENARIO: that one
	one "$@"
	rc=$?
	cat "$work/out" "$work/err"
	exit $rc
fi
half 'p;n' &
half 'n;p'
wait
all | while read -r how name scenario; do
	echo "$how $name"
done >"$work/names"
while read -r how name; do
	cp "$work/$how-$name/out" "$work/out"
	cp "$work/$how-$name/err" "$work/err"
	read -r good took <"$work/$how-$name.result"
	case $how in
	follow) says="its advice is followed: it is done" ;;
	*) says="its advice is not followed: it says so" ;;
	esac
	ok "$good" "$name: $says"
	echo "# $took s"
done <"$work/names"

# Done by other programs (kubectl and the lab's kops, as in kopscope lab --shell): the lesson notices
# all the same.  Only what is to be seen is looked at with keys.
api() { # NAME REPLICAS: kubectl scale, by its request where there is no kubectl
	if command -v kubectl >/dev/null 2>&1; then
		kubectl scale deployment "$1" "--replicas=$2"
		return
	fi
	curl -sk -m 10 -X PATCH -H 'Content-Type: application/merge-patch+json' \
		-H "Authorization: Bearer $(sed -n 's/.*token: //p' "$KUBECONFIG")" \
		-d "{\"spec\":{\"replicas\":$2}}" "$(sed -n 's/.*server: //p' \
			"$KUBECONFIG")/apis/apps/v1/namespaces/default/deployments/$1/scale"
}
once() { # TEXT: the screen has said it
	until grep -q "^seen: $1" "$work/out" || [ ! -e "$work/going" ]; do
		sleep 0.1
	done
}
keys_control_plane() {
	printf '%s\n' 'key 4' 'until 20 step 2 of'
}
hand_control_plane() {
	once 'step 2 of'
	api ops-tools 4
}
keys_story() {
	printf '%s\n' 'key 5' 'until 20 step 2 of' 'until 40 step 3 of' 'key 4' 'until 20 step 4 of' \
		'until 40 step 5 of' 'until 40 step 6 of' 'until 60 step 7 of' 'until 90 step 8 of'
}
hand_story() {
	once 'step 2 of'
	api nginx-deployment 40
	once 'step 4 of'
	api nginx-deployment 20
	once 'step 5 of'
	kops edit cluster $cluster --set spec.kubelet.maxPods=110 \
		--set spec.networking.amazonVPC.env=ENABLE_PREFIX_DELEGATION=true
	once 'step 6 of'
	kops update cluster $cluster --yes
	once 'step 7 of'
	kops rolling-update cluster $cluster --yes
	once 'step 8 of'
	api nginx-deployment 110
}
by_hand() { # LESSON SCENARIO
	lab_start --scenario "$2" --seed 1 --speed 60
	: >"$work/out"
	: >"$work/going"
	how=$(echo "$1" | tr - _)
	"hand_$how" >"$work/hand" 2>&1 &
	{
		printf '%s\n' must 'until 30 k8s * live' 'gone 30 aws * ...' "type :lesson $1" 'key enter'
		"keys_$how"
		echo 'until 90 The lesson is done'
	} | "$watch" >"$work/out" 2>"$work/err"
	rm "$work/going"
	wait $!
	lab_stop
	sed 's/^/hand: /' "$work/hand" >>"$work/err"
	grep -q '^seen: The lesson is done' "$work/out"
}
if command -v kubectl >/dev/null 2>&1 || command -v curl >/dev/null 2>&1; then
	by_hand control-plane control-plane-full
	ok $? "what kubectl does counts as well"
	by_hand story story
	ok $? "the whole story by kubectl and kops counts as well"
fi
lessons | cut -d' ' -f1 >"$work/out"
"$builddir/kopscope" lab --list | sed 's/ .*//' | diff "$work/out" - >"$work/err"
ok $? "every lesson is tried here"
lab_plan
