#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The editor against PyYAML over kops' own specs: tests/kops/independent.py.
srcdir=${srcdir:-.}
data=${SHARED:-$srcdir/../shared}/data

command -v python3 >/dev/null 2>&1 || { echo "1..0 # SKIP no python3"; exit 0; }
exec python3 "$srcdir/tests/kops/independent.py" "${KOPSCOPE:-${builddir:-.}/kopscope}" \
	"$data/kops-specs" "$data/kops-runs"
