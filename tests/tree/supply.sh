#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SECURITY.md lists the libraries that configure.ac asks for, with the same versions.
: "${srcdir:=.}"
cd "$srcdir" || exit 99
pairs=$(sed -n 's/.*KS_LIB(\[[A-Z]*\], \[\([^ ]*\) >= \([^]]*\)\].*/\1 \2/p;
	s/.*PKG_CHECK_MODULES(\[[A-Z]*\], \[\([a-z]*\) >= \([^]]*\)\].*/\1 \2/p' configure.ac)
set -- $pairs
echo "1..$(($# / 2 + 1))"
if test $# -ge 16; then
	echo "ok 1 - configure.ac names its libraries"
else
	echo "not ok 1 - configure.ac names its libraries"
fi
n=1
while test $# -gt 1; do
	n=$((n + 1))
	case $1 in
	ncursesw) name=ncurses ;;
	yaml-0.1) name=libyaml ;;
	openssl) name=OpenSSL ;;
	vterm) name=libvterm ;;
	*) name=$1 ;;
	esac
	if grep -E "$name( |.*\| )" SECURITY.md | grep -qF "$2"; then
		echo "ok $n - $name $2"
	else
		echo "not ok $n - $name $2 is not in SECURITY.md"
	fi
	shift 2
done
