#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each scenario of the lab on the Pending view: the sentence, the nodes, what would help.
# UPDATE_SCREENS=1 writes the screens anew; read every difference before it is accepted.
: "${srcdir:=.}" "${builddir:=.}"
. "$srcdir/tests/lab/lib-lab.sh"
screens=$srcdir/tests/lab/scenarios
kopscope=$builddir/kopscope
COLUMNS=100
export COLUMNS

# Ages and the names of machines and pods differ from run to run, and the bar above with them.
plain() {
	sed -e '1,3d' -e 's/[0-9][0-9]*h[0-9][0-9]*m/AGE/g' -e '/^[> ][a-z]*\//s/  *[0-9][0-9]*m / AGE /' \
		-e 's/[a-z]*-[a-z0-9]\{10\}-[a-z0-9]\{5\}"/POD"/' \
		-e 's/i-[0-9a-f]\{4\}[^ ]*[0-9a-f]\{6\}/NODE/g' -e 's/[ ]*$//' "$1"
}

"$lab_program" --help >"$work/help" || exit 99
# Those two are for other lessons: no cluster, and a very large one.
names=$(sed -n '/^scenarios,/,$ s/^  \([a-z-]*\) .*/\1/p' "$work/help" | grep -v -x -e empty -e scale)
for name in $names; do
	lab_start --scenario "$name" --seed 1
	run "$kopscope" snapshot pending --size 100x34 --ascii
	plain "$work/out" >"$work/screen"
	[ -z "$UPDATE_SCREENS" ] || cp "$work/screen" "$screens/$name"
	cp "$work/screen" "$work/out"
	same "$name" "$screens/$name"
	lab_stop
done
count_of=$(printf '%s\n' "$names" | wc -l)
[ "$count_of" -ge 20 ]
ok $? "at least twenty scenarios"
lab_plan
