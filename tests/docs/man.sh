#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages: mandoc finds nothing wrong, and what there is stands in them.
: "${srcdir:=.}" "${builddir:=.}"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
ok() { # status, name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$tmp/out" | head -n 20
	fi
}

page() { # program, page
	SOURCE_DATE_EPOCH=1000000000 "$builddir/$1" --man >"$tmp/$1.1" 2>"$tmp/out"
	ok $? "$1 --man"
	grep -q '^\.Dd September 9, 2001$' "$tmp/$1.1"
	ok $? "$1(1) has the day of the build"
	if ! command -v mandoc >/dev/null 2>&1; then
		n=$((n + 1))
		echo "ok $n - mandoc -T lint $1.1 # SKIP no mandoc"
		return
	fi
	# That the two pages are not installed yet is no fault of theirs.
	mandoc -T lint "$tmp/$1.1" 2>&1 | grep -v 'referenced manual not found: Xr kopscope' >"$tmp/out"
	[ ! -s "$tmp/out" ]
	ok $? "mandoc -T lint $1.1"
	mandoc -T ascii "$tmp/$1.1" | sed 's/.\x08//g' >"$tmp/$1.txt"
}

# Every name that --help lists stands in the page.
names() { # program
	LC_ALL=C "$builddir/$1" --help | sed -n 's/^  \(-.*\|[a-z]\)/\1/p' | tr ', ' '\n\n' |
		sed -n 's/^\(--[a-z-]*\).*/\1/p' | sort -u >"$tmp/names"
	: >"$tmp/out"
	while read -r name; do
		tr -d '\\' <"$tmp/$1.1" | grep -q -e "$(printf %s "$name" | sed 's/^--/Fl -/')" ||
			echo "$name is missing" >>"$tmp/out"
	done <"$tmp/names"
	[ -s "$tmp/names" ] && [ ! -s "$tmp/out" ]
	ok $? "every option of $1 --help stands in its page"
}

page kopscope
names kopscope
"$builddir/kopscope" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p; /^views:/,/^$/s/^  \([a-z]*\) .*/\1/p' >"$tmp/names"
: >"$tmp/out"
while read -r name; do
	grep -q "^\.It [CI][mc] $name" "$tmp/kopscope.1" || echo "$name is missing" >>"$tmp/out"
done <"$tmp/names"
[ "$(wc -l <"$tmp/names")" -gt 20 ] && [ ! -s "$tmp/out" ]
ok $? "every command and view stands in the page"

# What the program reads of its environment; the machine's own (HOME, TERM, ...) left out.
grep -rhoE 'getenv\("[A-Z_0-9]+"\)' "$srcdir/aws" "$srcdir/core" "$srcdir/k8s" "$srcdir/tui" |
	sed 's/getenv("\(.*\)")/\1/' | sort -u |
	grep -vxE 'HOME|LINES|COLUMNS|PATH|SHELL|TERM|TMPDIR|TZ|USER|LOGNAME|SUDO_USER|SSH_[A-Z]*|LANG|LC_[A-Z]*|COLORTERM|TERM_PROGRAM|STY|TMUX|WT_SESSION|KOPSCOPE_DEBUG|SOURCE_DATE_EPOCH|[a-z_]*|KOPSCOPE_LAB' >"$tmp/names"
: >"$tmp/out"
while read -r name; do
	grep -q "^\.It Ev.*\b$name\b" "$tmp/kopscope.1" || echo "$name is missing" >>"$tmp/out"
done <"$tmp/names"
[ "$(wc -l <"$tmp/names")" -gt 15 ] && [ ! -s "$tmp/out" ]
ok $? "every variable of the environment stands in the page"

if [ -x "$builddir/kopscope-lab" ]; then
	page kopscope-lab
	names kopscope-lab
fi
echo "1..$n"
