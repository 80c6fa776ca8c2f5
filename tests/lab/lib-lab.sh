# SPDX-License-Identifier: Apache-2.0
# Sourced by the lab's script tests: starts a kopscope-lab, and says TAP.

lab_program=${LAB_PROGRAM:-${builddir:-.}/kopscope-lab}
work=$(mktemp -d "${TMPDIR:-/tmp}/kopscope-test.XXXXXX") || exit 99
lab_pid=
aws_pid=
count=0
bad=0

lab_stop() {
	if [ -n "$lab_pid" ]; then
		kill "$lab_pid" 2>/dev/null
		wait "$lab_pid" 2>/dev/null
		lab_pid=
	fi
}

lab_end() {
	lab_stop
	if [ -n "$aws_pid" ]; then
		kill "$aws_pid" 2>/dev/null
		wait "$aws_pid" 2>/dev/null
	fi
	rm -rf "$work"
}
trap lab_end EXIT
trap 'exit 130' INT TERM

# lab_start OPTION...: the environment of its shell is ours afterwards
lab_start() {
	HOME=$work
	export HOME
	rm -f "$work/env" "$work/lab.out"
	"$lab_program" --env-file "$work/env" "$@" >"$work/lab.out" 2>"$work/lab.err" &
	lab_pid=$!
	tries=0
	until grep -q '^ready' "$work/lab.out" 2>/dev/null; do
		tries=$((tries + 1))
		if [ $tries -gt 300 ] || ! kill -0 "$lab_pid" 2>/dev/null; then
			echo "Bail out! the lab did not start: $(cat "$work/lab.err")"
			exit 99
		fi
		sleep 0.1
	done
	. "$work/env"
}

# aws_warm: from here on aws is a function that runs the same program, started once (aws-warm.py); where
# that cannot be, each aws starts by itself as ever.  After lab_start.
aws_warm() {
	python=$(sed -n '1s/^#! *\([^ ]*python[^ ]*\).*/\1/p' "$(command -v aws)" 2>/dev/null)
	mkdir "$work/warm"
	"${python:-python3}" "$srcdir/tests/lab/aws-warm.py" "$work/warm" </dev/null >/dev/null 2>&1 &
	aws_pid=$!
	until [ -e "$work/warm/warm" ]; do
		kill -0 "$aws_pid" 2>/dev/null || { aws_pid=; echo '# aws is started each time'; return; }
		sleep 0.1
	done
	aws() {
		{ env -0; printf '\0'; printf '%s\0' "$@"; } >"$work/warm/ask"
		read -r warm_rc <"$work/warm/said"
		cat "$work/warm/out"
		cat "$work/warm/err" >&2
		return "$warm_rc"
	}
}

plan_skip() {
	echo "1..0 # SKIP $1"
	exit 0
}

# ok STATUS NAME: what was written to $work/out and $work/err is shown when it failed
ok() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		bad=$((bad + 1))
		echo "not ok $count - $2"
		sed 's/^/# out: /' "$work/out" 2>/dev/null | head -n 40
		sed 's/^/# err: /' "$work/err" 2>/dev/null | head -n 20
	fi
}

# run COMMAND...: its output in $work/out and $work/err, its exit code in $rc
run() {
	"$@" >"$work/out" 2>"$work/err" </dev/null
	rc=$?
}

# expect NAME RC [GREP...]: exit code, and each basic regex found in stdout
expect() {
	name=$1
	want=$2
	shift 2
	good=0
	[ "$rc" -eq "$want" ] || good=1
	for re in "$@"; do
		grep -q -e "$re" "$work/out" || { good=1; echo "# not in stdout: $re"; }
	done
	ok $good "$name"
}

# order NAME REGEX...: found in stdout in this order, each in a line of its own
order() {
	name=$1
	shift
	at=0
	good=0
	for re in "$@"; do
		line=$(awk -v at="$at" -v re="$re" 'NR > at && $0 ~ re { print NR; exit }' "$work/out")
		[ -n "$line" ] || { good=1; echo "# not seen after line $at: $re"; break; }
		at=$line
	done
	ok $good "$name"
}

# refused NAME CODE: it failed, and said this
refused() {
	good=0
	[ "$rc" -ne 0 ] && grep -q -e "$2" "$work/err" || good=1
	ok $good "$1"
}

# same NAME FILE: stdout is exactly that
same() {
	if cmp -s "$work/out" "$2"; then
		ok 0 "$1"
	else
		diff "$2" "$work/out" | sed 's/^/# /' | head -n 30
		ok 1 "$1"
	fi
}

lab_plan() {
	echo "1..$count"
	[ $bad -eq 0 ]
}
