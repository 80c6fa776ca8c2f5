#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A cluster from nothing, without a terminal: the command that kopscope prints is taken by (the
# stand-in for) kops as it stands, what it stores is what kops stores, and --yes goes all the way.
: "${srcdir:=.}"
. "$srcdir/tests/run/lab-env"
if ! command -v curl >/dev/null 2>&1; then
	echo "1..0 # SKIP curl is not here to switch faults"
	exit 0
fi

files() { # whether the state store holds a cluster
	kops get clusters >/dev/null 2>&1 && echo some || echo none
}
create() { # kopscope create OPTION...: the command in $tmp/out, what was found in $tmp/err
	"$kopscope" create --name prod.mate-technology.app --zones ap-northeast-2a,ap-northeast-2c \
		"$@" >"$tmp/out" 2>"$tmp/err"
}
fault() { # on=NAME or off=all
	curl -s -X POST "$AWS_ENDPOINT_URL/_lab/fault?$1" >/dev/null
}
ends() { # CODE COMMAND...
	want=$1
	shift
	"$@" >"$tmp/ends" 2>&1
	test $? -eq "$want"
}

lab_start 200 --scenario empty
create --network-cidr 172.30.0.0/16 --kubernetes-version 1.34.2 --node-volume-size 40 --dns public \
	--cloud-labels "Owner=Jo O'Neil,Team=x y"
check "everything fits" test $? -eq 0
check "the state bucket was looked at" grep -q '^ok: the bucket keeps versions' "$tmp/err"
check "its right to write was probed" grep -q '^ok: you may write' "$tmp/err"
check "and no cluster is there by that" test "$(files)" = none
check "the subnets hold what the density needs" \
	grep -q '^ok: network-cidr: 2 nodes of 110 pods in a zone hold 14 blocks' "$tmp/err"
check "delegation is not known" \
	grep -q '^unknown: dns: whether mate-technology.app. is' "$tmp/err"
check "nothing was done" grep -q '^Nothing was done' "$tmp/err"

# The very lines, by a shell, to a dry run and for real.
sed '$s/$/ --dry-run -o yaml/' "$tmp/out" >"$tmp/dry.sh"
sh "$tmp/dry.sh" >"$tmp/spec" 2>"$tmp/dry.err"
check "a shell and kops take the printed command as it stands" test $? -eq 0
check "with the label that has quotes in it" grep -q "^    Owner: Jo O'Neil$" "$tmp/spec"
check "prefix delegation is in the spec" \
	grep -q '^      - name: ENABLE_PREFIX_DELEGATION$' "$tmp/spec"
check "and max pods" grep -q '^    maxPods: 110$' "$tmp/spec"
check "as many subnets as zones" test "$(grep -c '^    type: Public' "$tmp/spec")" -eq 2
create --network-cidr 172.30.0.0/16 --kubernetes-version 1.34.2 --node-volume-size 40 --dns public \
	--cloud-labels "Owner=Jo O'Neil,Team=x y" --dry-run
check "--dry-run prints the same spec" \
	test "$(grep -v creationTimestamp "$tmp/out")" = "$(grep -v creationTimestamp "$tmp/spec")"
check "and stores nothing" test "$(files)" = none

# What cannot be.
check "a type that a zone lacks" ends 3 create --zones ap-northeast-2a,ap-northeast-2d
check "is said" \
	grep -q '^refused: node-size: t3.medium is not offered in ap-northeast-2d' "$tmp/err"
check "a subnet that is too small for the blocks" ends 3 create \
	--network-cidr 10.0.0.0/23 --node-count 4
check "is said with its figures" \
	grep -q 'hold 21 blocks of /28; its subnet, a /24, has 14' "$tmp/err"
check "a zone of Route 53 that is not there" ends 3 "$kopscope" create --name x.example.com \
	--zones ap-northeast-2a,ap-northeast-2c --dns public
check "a key that is not there" ends 3 create --ssh-public-key "$tmp/no-such.pub"
check "an unknown field" ends 2 "$kopscope" create --name a.b --node-color red
check "read-only" ends 1 create --readonly --yes
check "none of these stored anything" test "$(files)" = none
kops create cluster --name=a.b --zones=ap-northeast-2a --networking=amazonvpc --node-colour=red \
	>"$tmp/out" 2>"$tmp/err"
check "kops itself knows no other flags" grep -q 'unknown flag: --node-colour' "$tmp/err"

# A right that is missing: nothing is tried that would fail half-way.
fault on=aws-denied:ec2:CreateVpc
check "a permission that is missing" ends 3 create
check "is named" grep -q '^refused: you may not do what kops needs: ec2:CreateVpc' "$tmp/err"
fault off=all

# kops fails half-way: what is so then is said, and the journal has it.
cat >"$tmp/failing" <<'EOS'
#!/bin/sh
case "$1 $2" in
"update cluster")
	echo 'Error: VpcLimitExceeded: no more networks' >&2
	exit 1
	;;
esac
exec kops "$@"
EOS
chmod +x "$tmp/failing"
check "a kops that fails" ends 1 "$kopscope" create --name half.mate-technology.app \
	--kops "$tmp/failing" --zones ap-northeast-2a,ap-northeast-2c --yes
check "is told in its words" \
	grep -q 'run 1 failed: .*VpcLimitExceeded: no more networks' "$tmp/ends"
check "with what is so then" grep -q 'The spec is stored, parts of the cloud' "$tmp/ends"
check "and in the journal" grep -q '"action":"kops update",.*"result":".*VpcLimitExceeded' \
	"$XDG_STATE_HOME/kopscope/journal.jsonl"

# For real.
echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 test' >"$tmp/id.pub"
create --dns public --ssh-public-key "$tmp/id.pub" --node-count 3 --yes
check "--yes makes it" test $? -eq 0
check "each node appeared" test "$(grep -c ' done in ' "$tmp/out")" -eq 4
check "and it validates" grep -q 'is up: 4 nodes ready, and it validates' "$tmp/out"
check "kops agrees" ends 0 kops validate cluster prod.mate-technology.app
"$kopscope" get nodes --name prod.mate-technology.app >"$tmp/out" 2>"$tmp/err"
check "every node takes 110 pods by prefixes" test "$(grep -c '/110 .*prefix' "$tmp/out")" -eq 4
journal=$XDG_STATE_HOME/kopscope/journal.jsonl
check "each write is in the journal, asked and answered" \
	test "$(grep -c '"action":"kops \(create\|update\|export kubeconfig\)"' "$journal")" -eq 10
check "it cannot be made twice" ends 3 create
check "and that is said" grep -q 'is in the state store already' "$tmp/err"
echo "1..$n"
