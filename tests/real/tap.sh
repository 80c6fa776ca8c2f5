# SPDX-License-Identifier: Apache-2.0
# TAP, for sourcing: a check is a name and what was found.
n=0
ok() { # NAME RESULT [DETAIL]
	n=$((n + 1))
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else
		echo "not ok $n - $1"
		printf '%s\n' "$3" | sed 's/^/# /' | head -20
	fi
}
same() { # NAME GOT WANT
	[ "$2" = "$3" ]
	ok "$1" $? "got:  $2
want: $3"
}
like() { # NAME GOT PATTERN
	case $2 in $3) ok "$1" 0 ;; *) ok "$1" 1 "got: $2" ;; esac
}
