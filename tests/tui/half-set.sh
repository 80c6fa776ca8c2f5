#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Settings that are missing, wrong or half there: each is named with its source, on the screen and on
# standard error.  Compared with tests/tui/screens/half-NAME.screen; UPDATE_SCREENS=1 writes them.
: "${srcdir:=.}" "${builddir:=.}"
screens=$srcdir/tests/tui/screens
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0

# half NAME WHAT VARIABLE=VALUE...: a snapshot with nothing else in the environment
half() {
	name=half-$1.screen
	what=$2
	shift 2
	n=$((n + 1))
	(cd "$tmp" && env -i PATH="$PATH" HOME=/nonexistent/home LC_ALL=C.UTF-8 TZ=UTC \
		AWS_EC2_METADATA_DISABLED=true XDG_STATE_HOME="$tmp" XDG_CACHE_HOME="$tmp" "$@" \
		"$kopscope" snapshot nodes --size 80x24 >"$tmp/out" 2>"$tmp/err" </dev/null
	echo "exit $?" >"$tmp/rc")
	sed "s,$tmp,TMP,g; s/^/2: /" "$tmp/err" | cat - "$tmp/out" "$tmp/rc" >"$tmp/got"
	[ -z "${UPDATE_SCREENS:-}" ] || cp "$tmp/got" "$screens/$name"
	if cmp -s "$tmp/got" "$screens/$name"; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		diff "$screens/$name" "$tmp/got" | sed 's/^/# /'
	fi
}

kopscope=$(cd "$builddir" && pwd)/kopscope
store=stores
cp -R "$srcdir/tests/tui/store" "$tmp/$store"
chmod -R u+w "$tmp/$store"
printf 'foo: [\n' >"$tmp/kubeconfig"
mkdir -p "$tmp/config/kopscope"
printf 'theme: dark\nrefrsh: 5s\n' >"$tmp/config/kopscope/config.yaml"

half nothing "nothing is set"
half scheme "a state store of a kind that there is not" KOPS_STATE_STORE=ftp://bucket
half folder "a state store that is not there" KOPS_STATE_STORE=/nonexistent/store
half cluster "a cluster that the store does not hold" KOPS_STATE_STORE=$store \
	KOPS_CLUSTER_NAME=wrong.example.org
half choice "several clusters and no word which" KOPS_STATE_STORE=$store
half kubeconfig "a kubeconfig that is not there" KUBECONFIG=/nonexistent/kubeconfig
half broken "a kubeconfig that is none" KUBECONFIG=kubeconfig
half key "an access key without its secret" KOPS_STATE_STORE=s3://bucket AWS_ACCESS_KEY_ID=AKIAEXAMPLE
half profile "a profile that there is not" KOPS_STATE_STORE=s3://bucket AWS_PROFILE=nobody
half setting "a setting that there is not" XDG_CONFIG_HOME="$tmp/config"
echo "1..$n"
