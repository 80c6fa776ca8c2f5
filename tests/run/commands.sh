#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every command line against a lab, read-only and under guard rails (tests/run/commands.py).
# COMMANDS=--all (make check-commands): each with each of its options.
: "${builddir:=.}" "${srcdir:=.}"
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
exec python3 "$srcdir/tests/run/commands.py" "$builddir/kopscope" "$builddir/kopscope-lab"
