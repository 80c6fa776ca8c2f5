#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs, kills and a screen while the lab's chaos reigns (tests/chaos/chaos.py): one seed and an hour
# of the lab's time.  make check-chaos SEED=N SEEDS=N HOURS=N SPEED=N for more.
: "${builddir:=.}" "${srcdir:=.}" "${CHAOS_SEED:=5}" "${CHAOS_HOURS:=1}" "${CHAOS_SPEED:=300}"
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
exec python3 "$srcdir/tests/chaos/chaos.py" "$builddir/kopscope" "$CHAOS_SEED" "$CHAOS_HOURS" \
	"$CHAOS_SPEED"
