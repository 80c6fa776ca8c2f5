#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The world destroyed under a roll in named ways (tests/ways/rows.py): a handful of them.
# WAYS=--all (make check-ways): all of them.  With UPDATE_DOCS=1 (make update-ways) what was seen
# is written to docs/ways.md.
: "${builddir:=.}" "${srcdir:=.}" "${WAYS:=--few}"
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
shim=$builddir/tests/ways/shim.so
{ test -f "$shim" && LD_PRELOAD=$shim true 2>/dev/null; } ||
	{ echo "1..0 # SKIP nothing can be preloaded"; exit 0; }
# A sanitizer's run time has to be the first library.
if ldd "$builddir/kopscope" 2>/dev/null | grep -q libasan; then
	echo "1..0 # SKIP built with sanitizers"
	exit 0
fi
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
case $WAYS in
--all) set -- ${UPDATE_DOCS:+--docs "$srcdir/docs/ways.md"} ;;
--few) set -- --few ;;
*) set -- $WAYS ;;
esac
exec python3 "$srcdir/tests/ways/ways.py" "$builddir/kopscope" "$builddir/kopscope-lab" "$shim" "$@"
