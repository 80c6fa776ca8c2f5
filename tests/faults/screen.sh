#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The screen in the lab with one call failing (tests/faults/screen.py): one of each call.
# FAULT_PLACES=25 (make check-faults): so many of each call in each phase, -1: every one;
# FAULT_SEED: others.
: "${builddir:=.}" "${srcdir:=.}" "${FAULT_PLACES:=0}" "${FAULT_SEED:=30239}"
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
places=$FAULT_PLACES
unset FAULT_PLACES
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec python3 "$srcdir/tests/faults/screen.py" "$builddir/kopscope" "$builddir/kopscope-lab" \
	"$shim" "$places" "$FAULT_SEED"
