#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The worker of a roll with one call failing (tests/faults/worker.py).  FAULT_COUNT of each kind and
# engine, FAULT_SEED for other places (check-faults takes a new one).
: "${builddir:=.}" "${srcdir:=.}" "${FAULT_COUNT:=1}" "${FAULT_SEED:=30239}"
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
shim=$builddir/tests/faults/shim.so
test -f "$shim" || { echo "1..0 # SKIP no shim"; exit 0; }
LD_PRELOAD=$shim true 2>/dev/null || { echo "1..0 # SKIP nothing can be preloaded"; exit 0; }
if ldd "$builddir/kopscope" 2>/dev/null | grep -q libasan; then
	echo "1..0 # SKIP built with sanitizers"
	exit 0
fi
case $shim in /*) ;; *) shim=$PWD/$shim ;; esac
case $builddir in /*) ;; *) builddir=$PWD/$builddir ;; esac
exec python3 "$srcdir/tests/faults/worker.py" "$builddir/kopscope" "$builddir/kopscope-lab" "$shim" \
	"$FAULT_COUNT" "$FAULT_SEED"
