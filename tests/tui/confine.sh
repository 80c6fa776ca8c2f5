#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Commands that read confine themselves: they change no file and start no program.  A program that
# gives credentials runs as before, and then check says so.
: "${builddir:=.}" "${srcdir:=.}"
case $builddir in /*) ;; *) builddir=$PWD/$builddir ;; esac
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
k=$builddir/kopscope
work=$(mktemp -d "${TMPDIR:-/tmp}/kopscope-confine.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work XDG_STATE_HOME=$work/state AWS_EC2_METADATA_DISABLED=true
export HOME XDG_STATE_HOME AWS_EC2_METADATA_DISABLED
cp -r "$srcdir/tests/tui/store" "$work/store"
chmod -R u+w "$work"
cd "$work" || exit 99
n=0
ok() { # name, then a command that says whether it holds
	n=$((n + 1))
	what=$1
	shift
	if "$@"; then echo "ok $n - $what"; else echo "not ok $n - $what"; fi
}
line() {
	"$k" check --state store "$@" 2>/dev/null | grep ' confined '
}
if line | grep -q 'this kernel has neither'; then
	echo '1..0 # SKIP this kernel has neither Landlock nor seccomp'
	exit 0
fi
ok 'check says what holds' eval 'line | grep -q "^ok .*run no program"'

# A profile's program leaves its mark when it runs.
mkdir .aws .kube
cat >plugin <<'SH'
#!/bin/sh
echo ran >>"$HOME/mark"
echo '{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"secret"}'
SH
chmod 755 plugin
printf '[profile other]\ncredential_process = %s\n' "$work/plugin" >.aws/config
ok 'a program of another profile does not matter' eval 'line | grep -q "^ok "'
printf '[default]\nsource_profile = other\nrole_arn = arn:aws:iam::1:role/x\n' >>.aws/config
ok 'one that our profile leads to does' eval 'line | grep -q "^off .*credential_process"'
printf '[default]\ncredential_process = %s\n' "$work/plugin" >.aws/config
rm -f mark
AWS_REGION=us-east-1 AWS_ENDPOINT_URL=http://127.0.0.1:9 AWS_MAX_ATTEMPTS=1 \
	"$k" get groups --state s3://bucket >/dev/null 2>&1
ok 'and it runs' test -s mark
rm .aws/config
cat >.kube/config <<'YAML'
apiVersion: v1
kind: Config
users:
- name: one
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: /opt/some-plugin}
YAML
ok 'a program of the kubeconfig is named' eval 'line | grep -q "^off .*/opt/some-plugin"'
rm .kube/config

# Writes go where they belong, also through a link, and no folder is missing for them.
ok 'an edit is written' eval '"$k" spec edit small.example.org/workers --state store \
	--set maxPods=11 --write >/dev/null 2>&1 && grep -q "maxPods: 11" \
	store/small.example.org/instancegroup/workers'
ok 'and taken back' eval '"$k" undo small.example.org/workers --state store --write \
	>/dev/null 2>&1 && cmp -s store/small.example.org/instancegroup/workers \
	"$srcdir/tests/tui/store/small.example.org/instancegroup/workers"'
mkdir far
mv store/small.example.org/instancegroup/workers far/spec.yaml
ln -s far/spec.yaml link.yaml
ok 'a file is written through its link' eval '"$k" spec edit ./link.yaml --set maxPods=12 \
	--write >/dev/null 2>&1 && grep -q "maxPods: 12" far/spec.yaml && test -L link.yaml'
echo "1..$n"
