#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hostile machine: what belongs to others, or that others could have changed, is refused as ssh does.
. "${srcdir:=.}/tests/run/lab-env"
echo 1..16
XDG_CONFIG_HOME=$tmp/config
export XDG_CONFIG_HOME
state=$XDG_STATE_HOME/kopscope
config=$XDG_CONFIG_HOME/kopscope/config.yaml
group=nodes-ap-northeast-2a
mkdir -p "${config%/*}"

refuses() { # words that it says, then the command line
	want=$1
	shift
	"$kopscope" "$@" </dev/null >"$tmp/last.out" 2>&1
	rc=$?
	test $rc -ne 0 && grep -q -- "$want" "$tmp/last.out"
}
modes() { # every file and folder below the state folder is ours alone
	test -d "$state/runs/1" && test -z "$(find "$state" -perm /077 ! -type s)"
}
fine() { "$kopscope" "$@" </dev/null >"$tmp/last.out" 2>&1; }
no_more_runs() { test "$(ls "$runs" | wc -l)" -eq 1; }

umask 000
lab_start 50 --seed 7
"$kopscope" roll --yes --force --anyway --group $group >"$tmp/roll.out" 2>&1
check "a roll with umask 000" grep -q succeeded "$tmp/roll.out"
check "files are 0600 and folders 0700" modes
umask 022
said='{"at":1,"event":"message","text":"from a \u001b]52;c;ZXZpbA==\u0007 server \u202e\u009b2J"}'
escapes() { LC_ALL=C grep -q "$(printf '\033\|\007\|\302\233\|\342\200\256')" "$tmp/last.out"; }
harmless() { # what a run says is followed as text
	{ printf '%s\n' "$said"; cat "$runs/1/events.jsonl"; } >"$tmp/events"
	cat "$tmp/events" >"$runs/1/events.jsonl"
	fine attach 1 && grep -q "from a .*52;c;.* server" "$tmp/last.out" && ! escapes
}
check "what a run was told by others reaches the terminal as text" harmless

mv "$runs" "$state/elsewhere" && ln -s elsewhere "$runs"
check "a folder of runs that is a symbolic link" refuses "symbolic link" roll --yes --force \
	--anyway --group $group
rm "$runs" && mv "$state/elsewhere" "$runs"
mv "$state" "$state.real" && ln -s "$state.real" "$state"
check "a state folder that is a symbolic link" refuses "symbolic link" spec edit \
	mate-technology.app/$group --set maxPods=16 --write
rm "$state" && mv "$state.real" "$state"
chmod 777 "$runs/1"
check "a run's folder that others can write" refuses "others can write" attach 1 --pause
chmod 700 "$runs/1"
check "nothing was started meanwhile" no_more_runs

echo 'theme: dark' >"$config"
chmod 622 "$config"
check "settings that others can write" refuses "others can write" config
chmod 644 "$config"
check "settings that others can read are fine" fine config
chmod 666 "$KUBECONFIG"
check "a kubeconfig that everybody can write" refuses "others can write" get nodes
chmod 600 "$KUBECONFIG"

mkdir "$tmp/shared"
printf '#!/bin/sh\ntouch %s/ran\n' "$tmp" >"$tmp/shared/kops"
chmod 755 "$tmp/shared/kops"
chmod 777 "$tmp/shared"
path=$PATH
PATH=$tmp/shared:$path
check "kops in a folder that everybody can write" refuses "everybody can write its folder" update
chmod 755 "$tmp/shared"
here=$(pwd)
case $kopscope in /*) ;; *) kopscope=$here/$kopscope ;; esac
cd "$tmp/shared" || exit 99
PATH=.:$path
check "kops by a relative entry of PATH" refuses "relative entry" update
PATH=:$path
check "kops by an empty entry of PATH" refuses "relative entry" update
cd "$here" || exit 99
PATH=$path
check "none of them was run" test ! -e "$tmp/ran"

if test "$(id -u)" -eq 0; then
	chown 12345 "$config"
	check "settings of another user" refuses "another user" config
	rm "$config"
	chown 12345 "$runs/1"
	check "a run's folder of another user" refuses "another user" attach 1 --pause
	chown 0 "$runs/1"
else
	echo "ok $((n + 1)) - settings of another user # SKIP only root can make such"
	echo "ok $((n + 2)) - a run's folder of another user # SKIP only root can make such"
fi
