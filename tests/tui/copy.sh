#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ctrl-Y in a real tmux: what was copied is in tmux's buffer.
: "${srcdir:=.}" "${builddir:=.}"
command -v tmux >/dev/null 2>&1 || {
	echo "1..0 # SKIP no tmux"
	exit 0
}
tmp=$(mktemp -d) || exit 1
server=kopscope-copy-$$
tm() {
	tmux -L "$server" -f /dev/null "$@"
}
trap 'tm kill-server 2>/dev/null; rm -rf "$tmp"' EXIT
until_seen() { # TEXT, COMMAND...: at most two minutes
	text=$1
	shift
	tries=0
	until "$@" 2>/dev/null | grep -qF -e "$text"; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.1
	done
}
verdict() {
	if [ "$1" -eq 0 ]; then echo "ok $2"; else
		echo "not ok $2"
		tm capture-pane -p | sed 's/^/# /'
	fi
}
XDG_STATE_HOME=$tmp
export XDG_STATE_HOME
echo 1..2
tm new-session -d -x 80 -y 24 \
	"exec '$builddir/kopscope' --state '$srcdir/tests/tui/store' --name small.example.org"
tm set -s set-clipboard on
until_seen 'q quit' tm capture-pane -p
verdict $? "1 - the screen in tmux"
tm send-keys 2
until_seen '▸control' tm capture-pane -p
tm send-keys Down
until_seen '▸workers' tm capture-pane -p
tm send-keys C-y
until_seen workers tm show-buffer
verdict $? "2 - what was copied is in tmux's buffer"
