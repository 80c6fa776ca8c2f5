#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What get prints of the lab in every format and view, get --watch, and check's exit codes.
. "${srcdir:-.}/tests/lab/lib-lab.sh"
kopscope=${builddir:-.}/kopscope
python3 -c 'import yaml' 2>/dev/null || plan_skip "no python3 with yaml"
lab_start --speed 100
XDG_STATE_HOME=$work/state
export XDG_STATE_HOME

views=$("$kopscope" --help | sed -n '/^views:/,/^$/s/^  \([a-z]*\) .*/\1/p')
for view in $views; do
	for f in json yaml csv table wide; do
		"$kopscope" get "$view" -o $f >"$work/$view.$f" 2>"$work/err"
		echo "$?" >"$work/$view.$f.rc"
	done
done
python3 - "$work" "$srcdir/docs/json.md" $views >"$work/out" 2>"$work/err" <<'END'
import csv, json, re, sys, yaml
work, doc, views = sys.argv[1], open(sys.argv[2]).read(), sys.argv[3:]
MOVES = {"age", "since", "time", "at", "text"}
assert len(views) >= 14
filled = 0
for v in views:
    assert all(open("%s/%s.%s.rc" % (work, v, f)).read() == "0\n" for f in
               ("json", "yaml", "csv", "table", "wide")), v
    j = json.load(open("%s/%s.json" % (work, v)))
    y = yaml.safe_load(open("%s/%s.yaml" % (work, v)))
    assert list(j) == ["view", "cluster", "sources", "items"] and list(y) == list(j), v
    part = re.search(r"\n### %s\n(.*?)(\n### |<!--)" % v, doc, re.S)[1]
    columns = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", part, re.M)
    lines = list(csv.DictReader(open("%s/%s.csv" % (work, v))))
    for a, b, line in zip(j["items"], y["items"], lines):
        filled += 1
        assert [k for k in a if k in dict(columns)] == [c for c, kind in columns], (v, list(a))
        for c, kind in columns:
            if c not in MOVES:
                assert a[c] == b[c], (v, c, a[c], b[c])
            if a[c] is None:
                continue
            want = dict if "used" in kind else int if "number" in kind else str
            assert type(a[c]) is want, (v, c, a[c])
            if want is dict:
                for k in "used", "max":
                    assert line["%s_%s" % (c, k)] == ("" if a[c][k] is None else str(a[c][k])), (v, c)
            elif c not in MOVES and want is int:
                assert line[c] == str(a[c]), (v, c)
assert filled > 50, filled
END
ok $? "every view in every format, as docs/json.md says"
[ "$(head -n 1 "$work/nodes.csv" | cut -c 1-10)" = name,group ]
ok $? "CSV begins with its keys"

# ---- --watch -------------------------------------------------------------------------
watch() { # format, view, file
	"$kopscope" get "$2" --watch -o "$1" >"$3" 2>"$work/err" &
	watch_pid=$!
}
waits_for() { # file, text
	tries=0
	until grep -q -e "$2" "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return 1
		sleep 0.1
	done
}
scale() {
	curl -s --cacert "$work/ca" -H "Authorization: Bearer $token" -X PATCH \
		-H 'Content-Type: application/merge-patch+json' -d "{\"spec\":{\"replicas\":$1}}" \
		"$server/apis/apps/v1/namespaces/default/deployments/nginx-deployment/scale" >"$work/out"
}
server=$(sed -n 's/.*server: //p' "$KUBECONFIG")
token=$(sed -n 's/.*token: //p' "$KUBECONFIG")
sed -n 's/.*certificate-authority-data: //p' "$KUBECONFIG" | base64 -d >"$work/ca"

watch json pods "$work/watch"
waits_for "$work/watch" '"change":"listed".*nginx-deployment'
ok $? "--watch begins with what is there"
scale 3
waits_for "$work/watch" '"change":"added".*nginx-deployment'
ok $? "--watch tells what is added"
scale 1
waits_for "$work/watch" '"change":"removed".*"item":null'
ok $? "--watch tells what is removed"
python3 -c 'import json,sys
for line in open(sys.argv[1]):
    assert list(json.loads(line)) == ["change", "view", "cluster", "id", "item"]' "$work/watch" 2>"$work/out"
ok $? "each line is an object"
kill -INT "$watch_pid"
wait "$watch_pid"
ok $? "interrupted, it ends with 0"
watch table deployments "$work/watch"
waits_for "$work/watch" '^listed    default .*nginx-deployment'
scale 4
waits_for "$work/watch" '^changed   default .*nginx-deployment'
ok $? "--watch as a table"
kill -TERM "$watch_pid"
wait "$watch_pid"
ok $? "terminated, it ends with 0"
# A reader that goes away.
( timeout 60 "$kopscope" get pods --watch; echo "$?" >"$work/rc" ) 2>"$work/err" | head -n 1 >"$work/out"
[ -s "$work/out" ] && [ "$(cat "$work/rc")" -eq 0 ]
ok $? "--watch ends when nobody reads it any more"

# ---- check ---------------------------------------------------------------------------
"$kopscope" check >"$work/out" 2>"$work/err"
ok $? "check: all is well, 0"
KOPS_STATE_STORE=$work/no-such-store "$kopscope" check >"$work/out" 2>"$work/err"
[ $? -eq 1 ] && grep -q '^FAIL  store' "$work/out"
ok $? "check: no state store, 1"
AWS_SECRET_ACCESS_KEY=wrong "$kopscope" check -o json >"$work/out" 2>"$work/err"
[ $? -eq 1 ] && python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); assert d["ok"] is False and any(
    c["state"] == "fail" for c in d["checks"])' "$work/out"
ok $? "check: AWS refuses, 1"
"$kopscope" check -o csv >"$work/out" 2>"$work/err"
[ $? -eq 2 ]
ok $? "check: a wrong format, 2"
lab_plan
