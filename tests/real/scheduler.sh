#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Own verdicts against the real scheduler's: scheduler.sh CHECK [BIN].
#
# CHECK is the built tests/real/sched-check; BIN as in k8s.sh.  Random clusters
# and pods, one fixed seed and one that differs each time (or SEED, CLUSTERS, PROBES
# in the environment); every verdict must agree in counts and kinds.  Speaks TAP;
# skips when something is missing.
check=$1
here=$(cd "$(dirname "$0")" && pwd)
SHARED=${SHARED:-$here/../../../shared}
for need in etcd kubectl openssl shuf python3; do
	command -v $need >/dev/null || { echo "1..0 # skip no $need"; exit 0; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/sched-real-XXXXXX") || exit 99
. "$here/cluster.sh"
trap 'real_stop; [ -n "$KEEP" ] || rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
real_bin "$2" || { echo "1..0 # skip no control plane"; exit 0; }
real_start "$work/run" || { tail -n 5 "$work"/run/*.log; echo 'Bail out! no control plane'; exit 1; }
n=0
# judge SEED CLUSTERS PROBES: one seed, and what the check says of it
judge() {
	n=$((n + 1))
	echo "# seed $1:"
	mkdir "$work/out-$n"
	if ! python3 "$here/scheduler.py" "$REAL_URL" "$REAL_TOKEN" "$1" "$2" "$3" "$work/out-$n" \
		$((n * 100)) 2>"$work/err"; then
		sed 's/^/# /' "$work/err"
		echo "not ok $n - pods could be put before the scheduler (seed $1)"
		return
	fi
	if "$check" "$work/out-$n"/cluster-*.json >"$work/verdicts"; then
		echo "ok $n - verdicts agree with the scheduler's (seed $1)"
	else
		echo "not ok $n - verdicts agree with the scheduler's (seed $1)"
	fi
	sed 's/^/# /' "$work/verdicts"
}
if [ -n "$SEED" ]; then
	judge "$SEED" "${CLUSTERS:-10}" "${PROBES:-50}"
else
	judge 1 10 50
	judge "$(shuf -i 100-999999 -n 1)" 2 50
fi
echo "1..$n"
[ -z "$KEEP" ] || echo "# kept: $work"
