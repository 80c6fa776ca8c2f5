#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kopscope with one call failing, each in turn: files, processes, memory (tests/faults/faults.py).
# FAULT_STEP=1 (make check-faults): every allocation, else every 97th; of the others always all.
: "${builddir:=.}" "${srcdir:=.}" "${FAULT_STEP:=97}"
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
shim=$builddir/tests/faults/shim.so
LD_PRELOAD=$shim true 2>/dev/null || { echo "1..0 # SKIP nothing can be preloaded"; exit 0; }
test -f "$shim" || { echo "1..0 # SKIP no shim"; exit 0; }
# A sanitizer's run time has to be the first library.
if ldd "$builddir/kopscope" 2>/dev/null | grep -q libasan; then
	echo "1..0 # SKIP built with sanitizers"
	exit 0
fi
# gcov's own run time allocates, and reads and writes files, when the program ends.
if grep -q '\.gcda' "$builddir/kopscope"; then
	echo "1..0 # SKIP built for coverage"
	exit 0
fi
case $shim in /*) ;; *) shim=$PWD/$shim ;; esac
case $builddir in /*) ;; *) builddir=$PWD/$builddir ;; esac
exec python3 "$srcdir/tests/faults/faults.py" "$builddir/kopscope" "$shim" \
	"$srcdir/tests/tui/store" "$FAULT_STEP"
