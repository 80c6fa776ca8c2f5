#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shell of a lab (SHELL, for tests/tui/t-lend.c): kopscope with LEND_ARGS, its kubeconfig's user
# a command that asks for a password on the terminal.  LEND_MODE is its interactiveMode;
# with LEND_KILL it ends kopscope instead of asking.  LEND_MODE contexts: two kubeconfigs instead,
# none of their contexts with the cluster's name.
set -e
work=$(mktemp -d "${TMPDIR:-/tmp}/kopscope-lend.XXXXXX")
trap 'rm -rf "$work"' EXIT
cat >"$work/login" <<'P'
#!/bin/sh
interactive=false
case $KUBERNETES_EXEC_INFO in *'"interactive":true'*) interactive=true ;; esac
echo "login: interactive is $interactive for $PPID" >>"$LEND_LOG"
if [ "$interactive" = true ]; then
	if [ -n "$LEND_KILL" ]; then
		kill -TERM $PPID
		sleep 60
	fi
	stty -echo # before: a key that stops it may come as soon as the question stands there
	printf 'password please: ' >&2
	IFS= read -r answer
	stty echo
	echo >&2
	[ "$answer" = sesame ] || { echo 'wrong, go away' >&2; exit 3; }
elif [ -t 0 ] || [ ! -e "$LEND_LOG.renew" ]; then
	echo 'nobody to ask' >&2
	exit 4
fi
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
printf '"status":{"token":"%s"}}' "$1"
P
chmod +x "$work/login"
token=$(sed -n 's/^ *token: //p' "$KUBECONFIG")
if [ "$LEND_MODE" = contexts ]; then
	# The cluster's own context has another name, and another cluster's is the current one.
	sed -e "s/: $KOPS_CLUSTER_NAME\$/: spare/" -e '/^current-context/d' "$KUBECONFIG" >"$work/second"
	cat >"$work/first" <<-K
	apiVersion: v1
	kind: Config
	current-context: home
	clusters: [{name: home, cluster: {server: "https://127.0.0.1:1"}}]
	contexts: [{name: home, context: {cluster: home}}]
	K
	KUBECONFIG=$work/first:$work/second
	export KUBECONFIG
else
sed '/^ *token: /d' "$KUBECONFIG" >"$work/kubeconfig"
cat >>"$work/kubeconfig" <<K
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./login
      args: ["$token"]
      interactiveMode: $LEND_MODE
K
KUBECONFIG=$work/kubeconfig
export KUBECONFIG
fi
for args in "$LEND_ARGS" ${LEND_AGAIN:+"$LEND_AGAIN"}; do
	rc=0
	"$LEND_PROGRAM" $args || rc=$?
	echo "kopscope ended with $rc"
done
