#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random keys on a read-only screen in the lab (tests/run/keys.py): nothing is written.
# KEYS=1000000 (make check-keys): so many; SEED=N: others.
: "${builddir:=.}" "${srcdir:=.}" "${KEYS:=20000}" "${SEED:=1}"
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
case $builddir in /*) ;; *) builddir=$PWD/$builddir ;; esac
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec python3 "$srcdir/tests/run/keys.py" "$builddir/kopscope" "$builddir/kopscope-lab" "$srcdir" \
	"$KEYS" "$SEED"
