#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two operators, each with a state folder of their own, roll the same cluster: the Lease keeps
# the second one out, tells who is at it, and lets it in when the first has ended.
: "${srcdir:=.}"
. "$srcdir/tests/run/lab-env"
lab_start 20
XDG_STATE_HOME=$tmp/anna USER=anna "$kopscope" roll --force --role node --yes >"$tmp/anna.out" 2>&1 &
anna=$!
until_so grep -q detached "$tmp/anna.out"
check "the first one rolls" grep -q detached "$tmp/anna.out"
# --anyway: while a node is away the forecast may refuse before the lease is looked at.
XDG_STATE_HOME=$tmp/bert USER=bert "$kopscope" roll --force --anyway --role node --yes >"$tmp/bert.out" 2>&1
rc=$?
check "the second one is kept out" test "$rc" -eq 1
check "and is told by whom" grep -q 'Nothing was done: anna@.* is at work on' "$tmp/bert.out"
check "it journals no write" test ! -s "$tmp/bert/kopscope/journal.jsonl"
"$kopscope" snapshot roll >"$tmp/view.out" 2>&1
check "who only looks sees the other's roll" grep -q 'Somebody rolls mate-technology.app' "$tmp/view.out"
wait "$anna"
rc=$?
check "the first one completes" test "$rc" -eq 0
XDG_STATE_HOME=$tmp/bert USER=bert "$kopscope" roll --force --role node --yes >"$tmp/bert2.out" 2>&1
rc=$?
check "then the second one may" test "$rc" -eq 0

# A run that was stopped ends with 4 and leaves the cluster clean.
XDG_STATE_HOME=$tmp/anna "$kopscope" roll --force --role node --yes >"$tmp/stopped.out" 2>&1 &
anna=$!
until_so grep -q 'cordoned' "$tmp/stopped.out"
XDG_STATE_HOME=$tmp/anna "$kopscope" attach --stop >"$tmp/attach.out" 2>&1
rc=$?
check "attach --stop ends with 4" test "$rc" -eq 4
wait "$anna"
rc=$?
check "and so does who watched" test "$rc" -eq 4
"$kopscope" get nodes >"$tmp/nodes.out" 2>&1
check "no node stays cordoned" sh -c "! grep -q cordoned '$tmp/nodes.out'"
echo "1..$n"
