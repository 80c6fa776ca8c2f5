#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No file over 700 lines and no line over 100 columns, but for the exceptions in
# size-limits ("FILE LINES"), which may only shrink.
cd "$srcdir" || exit 99
echo 1..3
bad=$(find core aws k8s tui lab tests/*/ -maxdepth 9 -name '*.[ch]' -exec wc -l {} + |
	awk 'FILENAME != "-" { if ($1 !~ /^#/) most[$1] = $2; next }
		$2 != "total" && $1 > (($2 in most) ? most[$2] : 700) {
			print "# " $2 " has " $1 " lines" }' tests/tree/size-limits -)
if [ -z "$bad" ]; then echo 'ok 1 - lines per file'; else echo "not ok 1 - lines per file
$bad"; fi
bad=$(awk '!/^#/ && NF { print $1, $2 }' tests/tree/size-limits | while read -r f max; do
	[ -f "$f" ] && [ "$(wc -l <"$f")" -lt "$max" ] && echo "# $f is smaller than its exception: lower it"
	[ -f "$f" ] || echo "# $f is gone: take its exception out"
done)
if [ -z "$bad" ]; then echo 'ok 2 - exceptions are used'; else echo "not ok 2 - exceptions are used
$bad"; fi
# Tabs reach to the next column of eight.
bad=$(find core aws k8s tui lab -name '*.[ch]' ! -name '*-table.c' -exec awk '
	length($0) > 12 {
		n = split($0, part, "\t")
		wide = 0
		for (i = 1; i <= n; i++)
			wide = (i < n ? int((wide + length(part[i])) / 8) * 8 + 8 : wide + length(part[i]))
		if (wide > 100)
			print "# " FILENAME ":" FNR
	}' {} + | head -20)
if [ -z "$bad" ]; then echo 'ok 3 - line length'; else echo "not ok 3 - line length
$bad"; fi
