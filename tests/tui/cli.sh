#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command line without a terminal: bad input, maxpods, get and snapshot on a store in a folder.
: "${srcdir:=.}" "${builddir:=.}" "${SHARED:=$srcdir/../shared}"
kopscope=$builddir/kopscope
store=$srcdir/tests/tui/store
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
HOME=$tmp/home XDG_STATE_HOME=$tmp/state
export HOME XDG_STATE_HOME
mkdir -p "$HOME"
n=0

ok() {
	n=$((n + 1))
	echo "ok $n - $1"
}
not_ok() {
	n=$((n + 1))
	echo "not ok $n - $1"
	sed 's/^/# /' "$tmp/out" "$tmp/err" 2>/dev/null
}
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
check() { # name, then a command that says whether it holds
	name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name"; fi
}
run() { # the program; its answer is in $tmp/out, $tmp/err and $rc
	"$kopscope" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
}

# One clear line (and at most one more that says what to do), nothing on stdout, exit 2.
bad() {
	name=$1
	want=$2
	shift 2
	run "$@"
	check "$name" test "$rc" -eq 2 -a ! -s "$tmp/out" \
		-a "$(sed -n '1s/^kopscope: .*/one/p' "$tmp/err")" = one \
		-a "$(grep -c -v '^  ' "$tmp/err")" -eq 1 -a "$(wc -l <"$tmp/err")" -le 2 \
		-a -n "$(sed -n 1p "$tmp/err" | grep -F -e "$want")"
}

bad "unknown option" "unknown option --nope" --nope
bad "unknown option of a command" "--size is not an option of kopscope get" get nodes --size 80x24
bad "option without its value" "--state needs a value" get clusters --state
bad "unknown command" "there is no command nope" nope
bad "unknown view" "there is no view nope" get nope
bad "half a name of several views" "there is no view c" get c
bad "a name behind a view" 'get node takes no more words, but there is "ip-1"' get node ip-1
bad "a word behind check" 'check takes no words, but there is "all"' check all
bad "a second shell" 'completion bash takes no more words, but there is "zsh"' completion bash zsh
bad "a group behind roll" 'roll takes no words, but there is "nodes-2a"' roll nodes-2a --yes
bad "a word behind explain" "explain needs --message TEXT" explain Insufficient cpu
# Of every command, as --help lists them: a word too many is never passed over.
"$kopscope" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' >"$tmp/commands"
while read -r command; do
	bad "$command: words too many" "" "$command" word word word many
done <"$tmp/commands"
check "commands with words too many" test "$(wc -l <"$tmp/commands")" -ge 18
bad "no view" "which view?" get
bad "unknown format" "no output format xml" get clusters --state "$store" -o xml
bad "size too small" "--size 3x3" snapshot clusters --state "$store" --size 3x3
bad "size that is none" "--size 80" snapshot clusters --state "$store" --size 80
bad "no terminal" "needs a terminal" --state "$store"
bad "no terminal for the lab" "needs a terminal" lab
bad "lab: a speed that is none" "--speed x" lab --play --speed x
bad "lab: a port that is none" "--port 99999" lab --serve --port 99999
# The lab's own program knows its scenarios and says so itself.
run lab --play --scenario nope
check "lab: unknown scenario" test "$rc" -eq 2 -a ! -s "$tmp/out" -a "$(wc -l <"$tmp/err")" -eq 1 \
	-a -n "$(grep 'there is no "nope"' "$tmp/err")"
bad "no state store" "no state store: KOPS_STATE_STORE is not set" get clusters
bad "state store that is not there" "/no/such/store" get clusters --state /no/such/store
bad "state store of another kind" "kopscope reads s3:// and file:// stores" \
	get clusters --state gs://bucket
KUBECONFIG=$tmp/none
export KUBECONFIG
bad "KUBECONFIG that is not there" "KUBECONFIG names $tmp/none" get nodes --state "$store"
mkdir "$tmp/folder"
KUBECONFIG=$tmp/folder
bad "KUBECONFIG that cannot be read" "$tmp/folder" get nodes --state "$store"
printf 'clusters: [\n' >"$tmp/broken"
KUBECONFIG=$tmp/broken
bad "KUBECONFIG that is no YAML" "$tmp/broken" get nodes --state "$store"
unset KUBECONFIG
bad "--kubeconfig that is not there" "$tmp/none" get nodes --state "$store" --kubeconfig "$tmp/none"
bad "maxpods without a type" "needs an instance type" maxpods
bad "maxpods of an unknown type" "x9.huge is not in the ENI table" maxpods x9.huge
bad "maxpods of a known and an unknown type" "x9.huge" maxpods t3.medium x9.huge

# A port in use: somebody listens on it, then the lab is told to.
busy() { # name, arguments of kopscope lab
	name=$1
	shift
	python3 - "$kopscope" "$@" >"$tmp/out" 2>"$tmp/err" <<'END'
import socket, subprocess, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
port = str(s.getsockname()[1])
r = subprocess.run([sys.argv[1], "lab", *sys.argv[2:], "--port", port], stdin=subprocess.DEVNULL,
    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
print(r.returncode, len(r.stdout), r.stderr.count("\n"), "port %s " % port in r.stderr)
END
	check "$name" test "$(cat "$tmp/out")" = "2 0 1 True"
}
if [ -x "$builddir/kopscope-lab" ] && [ "$(python3 -c 'print(1)' 2>/dev/null)" ]; then
	busy "lab: a port in use" --play
	busy "lab --serve: a port in use" --serve
else
	skip "lab: a port in use" "no lab, or no python3"
fi

run --version
check "--version" test "$rc" -eq 0 -a -n "$(grep '^kopscope [0-9]' "$tmp/out")" -a ! -s "$tmp/err"
run --help
check "--help names every command" test "$rc" -eq 0 -a ! -s "$tmp/err" \
	-a "$(grep -c -E '^  (explain|get|lab|maxpods|runs|snapshot) ' "$tmp/out")" -eq 6
run get --help
check "get --help" test "$rc" -eq 0 -a -n "$(grep -- '--output' "$tmp/out")"

# ---- cni: the documents' figures of t3.small ---------------------------------------
cni() { # name, "PODS HELD UNUSED /28 ENIS SUBNET" of the last line, arguments
	name=$1 want=$2
	shift 2
	run cni --type t3.small "$@"
	check "$name" test "$rc" -eq 0 -a \
		"$(tail -n 2 "$tmp/out" | head -n 1 | awk '{ print $1, $2, $3, $4, $5, $6 }')" = "$want"
}
cni "cni with a spare interface" "5 9 4 0 3 12" --warm-eni 1 --pods 5
cni "cni with IP targets" "5 7 2 0 3 10" --warm-ip 2 --minimum-ip 5 --pods 5
cni "cni with a spare prefix" "58 80 22 5 2 82" --prefix --warm-prefix 1 --pods 58
cni "cni with prefixes and IP targets" "58 64 6 4 2 66" --prefix --warm-ip 1 --minimum-ip 1 --pods 58
run cni --type t3.small --prefix --pods 17 -o json
check "cni as JSON: each number of pods" grep -q '{"pods":15,"held":32,.*{"pods":17,"held":48,' "$tmp/out"
bad "cni without a type" "needs an instance type" cni
bad "cni of an unknown type" "x9.huge is not in the ENI table" cni --type x9.huge
bad "cni of no number" "--warm-ip x" cni --type t3.small --warm-ip x

# ---- maxpods -------------------------------------------------------------------------
field() { # of the JSON in $tmp/out, by an expression on d
	python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' \
		"$tmp/out" "$1" 2>>"$tmp/err"
}
have_python=$(python3 -c 'print(1)' 2>/dev/null)
maxpods() { # name, expected "pods raw", arguments
	name=$1
	want=$2
	shift 2
	run maxpods "$@"
	check "$name" test "$rc" -eq 0 -a "$(awk 'NR == 2 { print $2, $3 }' "$tmp/out")" = "$want"
	run maxpods "$@" -o json
	if [ "$have_python" ]; then
		check "$name, json" test "$rc" -eq 0 \
			-a "$(field '"%d %d" % (d["max_pods"], d["raw"])')" = "$want"
	else
		skip "$name, json" "no python3"
	fi
}
maxpods "maxpods t3.medium" "17 17" t3.medium
maxpods "maxpods t3.medium --prefix" "110 242" t3.medium --prefix
maxpods "maxpods t2.medium --prefix: none on Xen" "17 17" t2.medium --prefix
run maxpods 't3.*' --prefix
check "maxpods of a pattern" test "$rc" -eq 0 -a "$(wc -l <"$tmp/out")" -gt 5
run maxpods 't3.*' t3.nano m5.metal --sort -raw --min 15
check "maxpods sorted and filtered" test "$rc" -eq 0 \
	-a "$(awk 'NR > 1 { print $1 }' "$tmp/out" | tr '\n' ' ')" = \
	"m5.metal t3.xlarge t3.2xlarge t3.large t3.medium "
bad "maxpods by no column" "no column nope" maxpods t3.medium --sort nope
bad "maxpods of no number" "--min x" maxpods t3.medium --min x
run maxpods '*' -o wide
if [ -f "$SHARED/data/eni-limits.tsv" ]; then
	awk -F'\t' '!/^#/ && $1 != "instance_type" {
		x = $4 == "nitro" || $4 == "baremetal" ? 16 : 1
		print $1, $2 * ($3 - 1) + 2, ($2 - 1) * ($3 - 1) + 2, $2 * ($3 - 1) * x + 2,
			($2 - 1) * ($3 - 1) * x + 2
	}' "$SHARED/data/eni-limits.tsv" | LC_ALL=C sort >"$tmp/want"
	awk 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ print $1, $at["SINGLE"], $at["CUSTOM"], $at["PREFIX"], $at["PREFIX+CUSTOM"] }' \
		"$tmp/out" | LC_ALL=C sort >"$tmp/have"
	check "maxpods of every type in every mode" test "$rc" -eq 0 \
		-a "$(wc -l <"$tmp/want")" -eq 1391 -a -z "$(cmp "$tmp/want" "$tmp/have" 2>&1)"
else
	skip "maxpods of every type in every mode" "no shared data"
fi

# ---- explain -------------------------------------------------------------------------
story="0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Too many pods."
run explain --message "$story" -o json
check "explain, json" test "$rc" -eq 0 -a "$(cat "$tmp/out")" = \
	'{"total":3,"available":0,"reasons":[{"count":1,"kind":"untolerated-taint","key":"node-role.kubernetes.io/control-plane","value":""},{"count":2,"kind":"too-many-pods"}],"where":"FailedScheduling"}'
run explain --message "$story"
check "explain, text" test "$rc" -eq 0 -a -n "$(grep '^    2  Too many pods$' "$tmp/out")" \
	-a "$(sed -n 1p "$tmp/out")" = "0 of 3 nodes would take it (FailedScheduling)"
printf '%s\n' "$story" | "$kopscope" explain --message - >"$tmp/piped" 2>"$tmp/err"
check "explain from standard input" cmp -s "$tmp/out" "$tmp/piped"
bad "explain nothing" "needs --message" explain

# ---- get and snapshot ------------------------------------------------------------------
run get clusters --state "$store"
check "get clusters, one unreadable" test "$rc" -eq 5 \
	-a "$(awk '$1 == "small.example.org" { print $2, $3, $4, $5, $6, $7, $8 }' "$tmp/out")" = \
	"* 1.33.5 eu-central-1 2 3-6 amazonvpc on" -a "$(sed -n 1p "$tmp/out" | cut -c1-7)" = CLUSTER
run get clusters --state "file://$(cd "$store" && pwd)" --no-headers
check "get clusters of file://, no headers" test "$rc" -eq 5 -a "$(wc -l <"$tmp/out")" -eq 2
run get group --state "$store" --name small.example.org
check "get group, as kubectl users type it" test "$rc" -eq 0 \
	-a "$(sed -n 1p "$tmp/out" | cut -c1-5)" = GROUP
run get groups --state "$store" --name small.example.org
check "get groups" test "$rc" -eq 0 \
	-a "$(awk '$1 == "workers" { print $2, $3, $7, $8, $9 }' "$tmp/out")" = "node m5.large 58 group spec"
check "what is unavailable says so" grep -q '^kopscope: aws unavailable: ' "$tmp/err"
if [ "$have_python" ]; then
	run get clusters --state "$store" -o json
	check "get clusters -o json" test "$rc" -eq 5 -a "$(field \
		'[(i["name"], i["version"], i["groups"]) for i in d["items"]]')" = \
		"[('broken.example.org', 'unreadable', None), ('small.example.org', '1.33.5', 2)]"
	run get groups --state "$store" --name small.example.org -o json
	check "get groups -o json" test "$rc" -eq 0 -a "$(field \
		'd["cluster"], [(i["name"], i["role"], i["max_pods"], i["max_pods_from"]) for i in d["items"]]')" = \
		"('small.example.org', [('control', 'control-plane', 29, 'cluster spec'), ('workers', 'node', 58, 'group spec')])"
	check "json says why a source is off" test \
		"$(field 'd["sources"]["aws"]["state"], bool(d["sources"]["aws"]["why"])')" = "('off', True)"
else
	skip "get -o json" "no python3"
fi
# Something that cannot be read: its row says so, so does standard error, and nothing is made up.
cp -R "$store" "$tmp/store"
echo 'spec: {' >"$tmp/store/small.example.org/instancegroup/workers"
run get groups --state "$tmp/store" --name small.example.org --no-headers
check "get groups, one unreadable" test "$rc" -eq 5 \
	-a "$(awk '$1 == "workers" { print $4, $6, $NF }' "$tmp/out")" = "? - unreadable" \
	-a "$(grep -c 'not all: small.example.org/instancegroup/workers: ' "$tmp/err")" -eq 1
cp "$store/small.example.org/instancegroup/workers" "$tmp/store/small.example.org/instancegroup/"
echo 'spec: {' >"$tmp/store/small.example.org/config"
run get groups --state "$tmp/store" --name small.example.org --no-headers
check "get groups, the cluster's spec unreadable: 110 is not claimed" test "$rc" -eq 5 \
	-a "$(awk '$1 == "control" { print $7, $8, $9, $10 }' "$tmp/out")" = "- spec not read" \
	-a "$(awk '$1 == "workers" { print $7 }' "$tmp/out")" = 58
run spec show small.example.org/workers --state "$tmp/store" -o json
check "spec show beside an unreadable spec" test "$rc" -eq 5 \
	-a "$(grep -c 'what is printed is not all' "$tmp/err")" -eq 1
run snapshot clusters --state "$store" --size 80x24
check "snapshot has its 24 lines" test "$rc" -eq 5 -a "$(wc -l <"$tmp/out")" -eq 24
run snapshot clusters --state "$store" --size 60x15 --ascii
check "snapshot in ASCII, 60x15" test "$rc" -eq 5 -a "$(wc -l <"$tmp/out")" -eq 15 \
	-a -z "$(LC_ALL=C tr -d '\n -~' <"$tmp/out")" -a "$(awk 'length > 60' "$tmp/out" | wc -l)" -eq 0
run snapshot nodes --state "$store" --name small.example.org
check "snapshot of a view that is unavailable" test "$rc" -eq 0 -a "$(wc -l <"$tmp/out")" -eq 24 \
	-a -n "$(grep 'no kubeconfig' "$tmp/out")"

before=$SHARED/data/kops-runs/store-before
if [ -d "$before" ]; then
	run get clusters --state "$before"
	check "kops' own store: clusters" test "$rc" -eq 0 \
		-a "$(awk 'NR == 2 { print $1, $2, $3, $4, $5, $6, $7 }' "$tmp/out")" = \
		"mate-technology.app 1.34.2 ap-northeast-2 3 3 amazonvpc off"
	run get groups --state "$before"
	check "kops' own store: groups" test "$rc" -eq 0 \
		-a "$(awk 'NR > 1 { print $1, $7 }' "$tmp/out" | tr '\n' ' ')" = \
		"control-plane-ap-northeast-2a 17 nodes-ap-northeast-2a 17 nodes-ap-northeast-2c 17 "
	run snapshot groups --state "$before" --size 80x24
	check "kops' own store: snapshot" test "$rc" -eq 0 -a "$(wc -l <"$tmp/out")" -eq 24 \
		-a -n "$(grep 'nodes-2c' "$tmp/out")"
else
	skip "kops' own store" "no $before"
fi
echo "1..$n"
