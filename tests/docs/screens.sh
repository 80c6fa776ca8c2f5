#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The pictures in screenshots/ are what the golden screens make of them, and are well-formed.
: "${srcdir:=.}"
command -v python3 >/dev/null 2>&1 || {
	echo "1..0 # SKIP no python3"
	exit 0
}
echo "1..4"
if python3 "$srcdir/screenshots/svg.py" "$srcdir/tests/tui/screens" "$srcdir/screenshots" --check; then
	echo "ok 1 - no picture is stale"
else
	echo "not ok 1 - no picture is stale"
fi
if python3 - "$srcdir/screenshots" <<'END'
import glob, sys, xml.dom.minidom
files = glob.glob(sys.argv[1] + "/*.svg")
for f in files:
    xml.dom.minidom.parse(f)
sys.exit(len(files) < 15)
END
then echo "ok 2 - each is XML"; else echo "not ok 2 - each is XML"; fi
# What README and the walkthrough show and link is there.
missing=$(cd "$srcdir" && for f in README.md docs/walkthrough.md docs/walkthrough.ko.md; do
	grep -oE '\]\([^)#:]+\)|src="[^":]+"' "$f" | sed -E 's/^\]\(|\)$|^src="|"$//g' | while read -r to; do
		[ -e "$(dirname "$f")/$to" ] || echo "# $f: $to"
	done
done)
if [ -z "$missing" ]; then echo "ok 3 - every link leads somewhere"; else
	echo "not ok 3 - every link leads somewhere"
	echo "$missing"
fi
# What the cast shows is compared by tests/story/t-story.
if python3 "$srcdir/screenshots/cast.py" "$srcdir/tests/tui/screens" --check "$srcdir/screenshots/story.cast"; then
	echo "ok 4 - the cast is not stale"
else
	echo "not ok 4 - the cast is not stale"
fi
