#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Completion of the shells that are installed, asked as they would ask it.
: "${srcdir:=.}" "${builddir:=.}"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
HOME=$tmp
export HOME
n=0
ok() { # status, name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$tmp/out" | head -n 20
	fi
}
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
for shell in bash fish zsh; do
	"$builddir/kopscope" completion $shell >"$tmp/kopscope.$shell" 2>"$tmp/out"
	ok $? "kopscope completion $shell"
done
"$builddir/kopscope" completion csh >"$tmp/out" 2>&1
[ $? -eq 2 ]
ok $? "a shell that has none"

if command -v bash >/dev/null 2>&1; then
	cat >"$tmp/ask.bash" <<'END'
. "$1/kopscope.bash" || exit 1
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_kopscope
echo "${COMPREPLY[*]}"
END
	bash_says() { # expected, words
		want=$1
		shift
		bash "$tmp/ask.bash" "$tmp" "$@" >"$tmp/out" 2>&1
		[ "$(cat "$tmp/out")" = "$want" ]
		ok $? "bash: $*"
	}
	bash_says "get" kopscope g
	bash_says "nodes" kopscope get no
	bash_says "pending pods" kopscope get p
	bash_says "table wide json yaml csv" kopscope get nodes -o ""
	bash_says "json" kopscope explain --output j
	bash_says "native kops" kopscope roll --engine ""
	bash_says "--watch" kopscope get nodes --w
	bash_says "--state --stop" kopscope attach --st
	bash_says "keys show edit" kopscope spec ""
	bash_says "get" kopscope --name cluster.example ge
	bash_says "$tmp/kopscope.bash" kopscope --kubeconfig "$tmp/kopscope.b"
	bash_says "" kopscope --region ""
	bash_says "bash fish zsh" kopscope completion ""
else
	skip "bash" "no bash"
fi

if command -v fish >/dev/null 2>&1; then
	fish_says() { # expected, command line
		fish -c "source $tmp/kopscope.fish; complete -C '$2'" 2>"$tmp/err" | cut -f1 |
			tr '\n' ' ' >"$tmp/out"
		[ "$(cat "$tmp/out")" = "$1" ]
		ok $? "fish: $2"
	}
	fish_says "nodes " "kopscope get no"
	fish_says "csv json table wide yaml " "kopscope get nodes -o "
	fish_says "--watch " "kopscope get nodes --wat"
	fish_says "maxpods " "kopscope maxp"
else
	skip "fish" "no fish"
fi

if command -v zsh >/dev/null 2>&1; then
	zsh -n "$tmp/kopscope.zsh" >"$tmp/out" 2>&1
	ok $? "zsh reads it"
	zsh -fc "autoload -U compinit; compinit -u -D; . $tmp/kopscope.zsh; print \$_comps[kopscope]" \
		>"$tmp/out" 2>&1
	[ "$(cat "$tmp/out")" = _kopscope ]
	ok $? "zsh takes it as the completion of kopscope"
else
	skip "zsh" "no zsh"
fi
echo "1..$n"
