#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the screen costs a slow line: tests/tui/bytes.py, where there is a Python to run it.
python=$(command -v python3) || {
	echo "1..0 # SKIP there is no python3"
	exit 0
}
exec "$python" "${srcdir:-.}/tests/tui/bytes.py" "${builddir:-.}"
