#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# real.sh NODES PODS COMMAND...: a real API server with so many objects, then the command with
# KUBECONFIG set.  Its parts come from $SHARED/kube and etcd; 77 where they are not there.
here=$(cd "$(dirname "$0")" && pwd)
SHARED=${SHARED:-$here/../../../shared}
for need in etcd kubectl openssl shuf xz; do
	command -v $need >/dev/null || { echo "no $need" >&2; exit 77; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/kopscope-bench-XXXXXX") || exit 99
. "$here/../real/cluster.sh"
trap 'real_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
real_bin || { echo "no control plane" >&2; exit 77; }
real_start "$work/run" || { tail -n 5 "$work"/run/*.log >&2; exit 1; }
python3 "$here/../real/load.py" "$REAL_URL" "$REAL_TOKEN" "$work/run/ca.crt" "$1" "$2" || exit 1
shift 2
KUBECONFIG=$REAL_KUBECONFIG "$@"
