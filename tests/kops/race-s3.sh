#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two writers on one spec of an S3 store, in the lab: no edit is lost without a word.
. "${srcdir:-.}/tests/lab/lib-lab.sh"

program=${RACE_PROGRAM:-${builddir:-.}/tests/kops/race}
lab_start --speed 10

run sh -c "printf 'apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n  name: race.example\nspec:\n  kubelet:\n    maxPods: 10\n' >'$work/config'"
run "$program" --put "$KOPS_STATE_STORE" race.example "$work/config"
expect "a spec to race on is stored" 0
run "$program" "$KOPS_STATE_STORE" race.example "${RACE_EDITS:-1000}"
expect "every edit landed or was told of a conflict" 0 '^ok 1 - .* 0 lost' '^ok 2'
sed 's/^/# /' "$work/out"
lab_plan
