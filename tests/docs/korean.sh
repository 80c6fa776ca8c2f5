#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# po/ko.po: whole, its formats those of the English, every text of the program in it and no other;
# and the program speaks it.
: "${srcdir:=.}" "${builddir:=.}"
work=$(mktemp -d "${TMPDIR:-/tmp}/kopscope-korean.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
n=0
bad=0
ok() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out"
		bad=1
	fi
}
if ! command -v msgfmt >/dev/null 2>&1; then
	echo "1..0 # SKIP no msgfmt: English only"
	exit 0
fi
LC_ALL=C msgfmt --check --statistics -o "$work/ko.mo" "$srcdir/po/ko.po" >"$work/out" 2>&1
ok $? "msgfmt --check"
! grep -q -i -e fuzzy -e untranslated -e warning "$work/out"
ok $? "nothing is fuzzy or without its Korean"
python3 "$srcdir/tests/docs/korean.py" "$srcdir" >"$work/out" 2>&1
ok $? "the texts of the program are those of ko.po"
env -u LC_ALL -u LC_MESSAGES -u LANGUAGE LANG=ko_KR.UTF-8 \
	"$builddir/kopscope" lab --list >"$work/out" 2>&1
grep -q '^story  *이야기$' "$work/out"
ok $? "LANG=ko_KR.UTF-8 is enough, also where the system lacks that locale"
env -u LC_ALL -u LC_MESSAGES LANGUAGE=ko LANG=C "$builddir/kopscope" lab --list >"$work/out" 2>&1
grep -q '^story  *the story$' "$work/out"
ok $? "the locale C is English"
echo "1..$n"
exit $bad
