#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No file over 700 lines and no line over 100 columns, but for the exceptions in
# size-limits ("FILE LINES"), which may only shrink.
cd "$srcdir" || exit 99
echo 1..3
bad=
for f in $(find core aws k8s tui lab -name '*.[ch]') tests/*/*.[ch]; do
	[ -f "$f" ] || continue
	n=$(wc -l <"$f")
	max=$(awk -v f="$f" '$1 == f { print $2 }' tests/tree/size-limits)
	[ "$n" -le "${max:-700}" ] || bad="$bad
# $f has $n lines"
done
if [ -z "$bad" ]; then echo 'ok 1 - lines per file'; else echo "not ok 1 - lines per file$bad"; fi
bad=$(awk '!/^#/ && NF { print $1, $2 }' tests/tree/size-limits | while read -r f max; do
	[ -f "$f" ] && [ "$(wc -l <"$f")" -lt "$max" ] && echo "# $f is smaller than its exception: lower it"
	[ -f "$f" ] || echo "# $f is gone: take its exception out"
done)
if [ -z "$bad" ]; then echo 'ok 2 - exceptions are used'; else echo "not ok 2 - exceptions are used
$bad"; fi
bad=$(for f in $(find core aws k8s tui lab -name '*.[ch]'); do
	case $f in *-table.c) continue ;; esac
	[ -f "$f" ] && expand -t 8 "$f" | awk -v f="$f" 'length($0) > 100 { print "# " f ":" NR }'
done | head -20)
if [ -z "$bad" ]; then echo 'ok 3 - line length'; else echo "not ok 3 - line length
$bad"; fi
