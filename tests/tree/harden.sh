#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How the programs were built: position independent, read-only relocations, bound at once, stack
# protector, checked library calls, no executable stack.
: "${builddir:=.}"
if ! command -v readelf >/dev/null 2>&1; then
	echo '1..0 # SKIP no readelf here'
	exit 0
fi
programs=
for p in kopscope kopscope-lab; do
	test -f "$builddir/$p" && programs="$programs $builddir/$p"
done
if test -z "$programs"; then
	echo '1..0 # SKIP nothing is built'
	exit 0
fi
n=0
say() { # name, then a command that says whether it holds
	n=$((n + 1))
	what=$1
	shift
	if "$@"; then echo "ok $n - $what"; else echo "not ok $n - $what"; fi
}
pie() { readelf -hW "$1" | grep -q 'Type:.*DYN'; }
relro() { readelf -lW "$1" | grep -q GNU_RELRO; }
bound() { readelf -dW "$1" | grep -qE 'BIND_NOW|FLAGS_1.*NOW'; }
no_stack() { readelf -lW "$1" | grep GNU_STACK | grep -qv E; }
symbol() { readelf -sW --dyn-syms "$1" | grep -q "$2"; }
no_text() { ! readelf -dW "$1" | grep -q TEXTREL; }
for p in $programs; do
	name=${p##*/}
	if readelf -sW --dyn-syms "$p" | grep -qE '__asan_init|__ubsan|__gcov_|__sanitizer'; then
		n=$((n + 1))
		echo "ok $n - $name # SKIP built with sanitizers or for coverage"
		continue
	fi
	say "$name: position independent" pie "$p"
	say "$name: relocations read-only" relro "$p"
	say "$name: bound at once" bound "$p"
	say "$name: no executable stack" no_stack "$p"
	say "$name: no relocations in its code" no_text "$p"
	say "$name: stack protector" symbol "$p" __stack_chk_fail
	say "$name: checked library calls" symbol "$p" '_chk@'
done
echo "1..$n"
