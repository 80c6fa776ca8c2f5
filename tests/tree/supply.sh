#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The supply list (docs/supply.md, build-aux/supply) is whole: what configure.ac asks for, what ./dev
# and debian/control install, what HACKING.md and SECURITY.md name, what the programs really load.
: "${srcdir:=.}" "${builddir:=.}"
builddir=$(cd "$builddir" && pwd)
cd "$srcdir" || exit 99
n=0
say() { # name, the lines that tell what is wrong
	n=$((n + 1))
	if test -z "$2"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1: write it into build-aux/supply, then make supply"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
fields() { # KIND, which field: of its rows
	awk -v kind="$1" -v field="$2" 'BEGIN { FS = " *[|] *" } $1 == kind { print $field }' build-aux/supply
}
# lacking FILE..., words from stdin: those that stand in no table of the files.
lacking() {
	while read -r word; do
		grep -hE '^\|' "$@" | grep -qF -- "$word" || echo "$word"
	done
}

asked=$(sed -n 's/.*KS_LIB(\[[A-Z]*\], \[\([^ ]*\) >= \([^]]*\)\].*/\1 \2/p;
	s/.*PKG_CHECK_MODULES(\[[A-Z]*\], \[\([a-z]*\) >= \([^]]*\)\].*/\1 \2/p' configure.ac)
modules=$(printf '%s\n' "$asked" | sed 's/ .*//' | LC_ALL=C sort)
listed=$({ fields lib 3; fields test 3; } | LC_ALL=C sort)
if test "$(printf '%s\n' "$modules" | wc -l)" -lt 9; then
	say 'configure.ac' 'its libraries cannot be read any more'
elif test "$modules" = "$listed"; then
	say "configure.ac's libraries" ''
else
	say "configure.ac's libraries" "configure.ac:
$modules
build-aux/supply:
$listed"
fi

# Each file's row of a library has the least version that configure.ac asks for.
for file in docs/supply.md SECURITY.md HACKING.md; do
	bad=
	while read -r module least; do
		row=$(awk -v module="$module" 'BEGIN { FS = " *[|] *" } $3 == module { print $2 "|" $5 }' build-aux/supply)
		name=${row%|*}
		least=${least%.0}
		case $file in
		# Its rows are told by package.
		HACKING.md) name=${row#*|} ;;
		esac
		grep -E '^\|' "$file" | grep -F -- "$name" | grep -qF -- "$least" ||
			bad="$bad $name $least"
	done <<-END
		$asked
	END
	say "least versions in $file" "$bad"
done

packages=$(./dev packages)
say "./dev's packages" "$(printf '%s\n' "$packages" | lacking docs/supply.md)"
built=$(sed -n '/^Build-Depends:/,/^[A-Z]/p' debian/control | sed '1s/^Build-Depends://; $d' |
	tr ',' '\n' | sed 's/(.*//; s/[ \t]//g' | grep .)
say "debian/control's packages" "$(printf '%s\n' "$built" | lacking docs/supply.md)"

# What build-aux/supply has stands in docs/supply.md.
say 'docs/supply.md has every row' "$({ fields lib 2; fields lib 5; fields lib 8; fields test 2
	fields test 5; fields tool 2; fields tool 3; fields run 2; fields run 3; } | lacking docs/supply.md)"
say 'which files include a header' "$(BUILD=$builddir scripts/supply --included | lacking docs/supply.md)"

p=$builddir/kopscope
if ! test -x "$p" || ! command -v readelf >/dev/null 2>&1; then
	skip 'what the programs name' 'nothing is built, or there is no readelf'
	skip 'what the programs load' 'nothing is built, or there is no readelf'
elif readelf -sW --dyn-syms "$p" | grep -qE '__asan_init|__ubsan|__gcov_|__sanitizer'; then
	skip 'what the programs name' 'built with sanitizers or for coverage'
	skip 'what the programs load' 'built with sanitizers or for coverage'
else
	objects=$({ fields lib 4; echo libc.so.6; } | tr ' ' '\n')
	say 'what the programs name' "$(for f in "$p" "$p-lab"; do
		test -x "$f" && readelf -dW "$f" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
	done | LC_ALL=C sort -u | grep -vxF "$objects")"
	if grep -q '^VERSION_ID="12"' /etc/os-release 2>/dev/null && grep -q '^ID=debian' /etc/os-release; then
		say 'what the programs load' "$(ldd "$p" "$p-lab" 2>/dev/null | awk '$2 == "=>" { print $1 }' |
			LC_ALL=C sort -u | lacking docs/supply.md)"
	else
		skip 'what the programs load' 'another system than the one of the list'
	fi
fi
say 'everything that is loaded has a licence and a use' "$(grep -E '^\| lib.*\|  \|' docs/supply.md)"
echo "1..$n"
