#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rights in docs/ against what is really asked for in the lab: looking, in worlds that need more
# of the cluster than others, and then the story with its edit, update and roll.
. "${srcdir:-.}/tests/lab/lib-lab.sh"
kopscope=${builddir:-.}/kopscope
python3 -c 'import yaml' 2>/dev/null || plan_skip "no python3 with yaml"

for scenario in story volume-zone quota no-scheduler; do
	lab_start --speed 100 --seed 1 --scenario $scenario
	XDG_STATE_HOME=$work/state
	KOPSCOPE_TRACE=http,aws KOPSCOPE_TRACE_FILE=$work/trace
	export XDG_STATE_HOME KOPSCOPE_TRACE KOPSCOPE_TRACE_FILE
	for view in groups pods pending cloud cni store addons dns; do
		"$kopscope" get $view >/dev/null 2>&1
	done
	"$kopscope" check >/dev/null 2>&1
	unset KOPSCOPE_TRACE KOPSCOPE_TRACE_FILE
	lab_stop
done
python3 "$srcdir/tests/docs/asked.py" "$srcdir" "$work/trace" read >"$work/out" 2>&1
ok $? "looking asks for nothing but what iam-read.json and rbac-read.yaml allow"

rm -f "$work/trace"
env -i "PATH=$PATH" "HOME=$work" LC_ALL=C.UTF-8 "XDG_STATE_HOME=$work/state" \
	KOPSCOPE_TRACE=http,aws "KOPSCOPE_TRACE_FILE=$work/trace" \
	"$kopscope" lab --play --speed 200 >"$work/play" 2>"$work/err"
python3 "$srcdir/tests/docs/asked.py" "$srcdir" "$work/trace" all >"$work/out" 2>&1
ok $? "the story asks for nothing but what the documents allow"
grep -q 'PATCH .*/nodes/' "$work/trace" && grep -q 'DetachInstances: asked\|TerminateInstances: asked' "$work/trace"
ok $? "and its roll was seen"
lab_plan
