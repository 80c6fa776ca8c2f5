#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Certificates of an API server that must not be accepted: each is refused with a sentence on what
# to do.  The bad ones are shown by OpenSSL's server.
. "${srcdir:-.}/tests/lab/lib-lab.sh"

command -v openssl >/dev/null || plan_skip 'no openssl'
kopscope=${KOPSCOPE:-${builddir:-.}/kopscope}
lab_start
pki=$work/pki
mkdir "$pki"
server=

servers_end() {
	[ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
	server=
}
trap 'servers_end; lab_end' EXIT

authority() { # NAME
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$pki/$1.key" \
		-out "$pki/$1.crt" 2>/dev/null
}
leaf() { # NAME AUTHORITY ALTERNATIVE-NAME DAYS
	printf 'subjectAltName=%s\n' "$3" >"$pki/$1.ext"
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$pki/$1.key" \
		-out "$pki/$1.csr" 2>/dev/null
	openssl x509 -req -in "$pki/$1.csr" -CA "$pki/$2.crt" -CAkey "$pki/$2.key" -CAcreateserial \
		-days "$4" -extfile "$pki/$1.ext" -out "$pki/$1.crt" 2>/dev/null
}
serve() { # NAME: on a free port, in $port
	servers_end
	rm -f "$work/server"
	openssl s_server -accept 127.0.0.1:0 -www -cert "$pki/$1.crt" -key "$pki/$1.key" \
		>"$work/server" 2>&1 </dev/null &
	server=$!
	tries=0
	until port=$(sed -n 's/^ACCEPT 127\.0\.0\.1:\([0-9]*\)$/\1/p' "$work/server" 2>/dev/null) &&
		[ -n "$port" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo 'Bail out! no server'; exit 99; }
		sleep 0.05
	done
}
config() { # CLUSTER-FIELDS
	cat >"$work/kubeconfig" <<C
apiVersion: v1
kind: Config
current-context: $KOPS_CLUSTER_NAME
clusters: [{name: c, cluster: {server: "https://127.0.0.1:$port"${1:+, $1}}}]
contexts: [{name: '$KOPS_CLUSTER_NAME', context: {cluster: c, user: u}}]
users: [{name: u, user: {token: secret-token}}]
C
	KUBECONFIG=$work/kubeconfig
	export KUBECONFIG
}
said() { # NAME WORDS HINT
	run "$kopscope" get pods
	good=0
	[ "$rc" -ne 0 ] || good=1
	grep -q -e "$2" "$work/err" || { good=1; echo "# not said: $2"; }
	grep -q -e "$3" "$work/err" || { good=1; echo "# no such hint: $3"; }
	grep -q secret-token "$work/err" "$work/out" && good=1
	ok $good "$1"
}

authority ours
authority theirs
leaf old ours IP:127.0.0.1 -1
leaf other-name ours DNS:api.else.where 2
leaf foreign theirs IP:127.0.0.1 2
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=alone -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$pki/alone.key" -out "$pki/alone.crt" 2>/dev/null

# The lab's own server is the good one; it is 127.0.0.1, localhost and kubernetes.
lab_config=$KUBECONFIG
lab_config_with() { # SED-SCRIPT
	sed "$1" "$lab_config" >"$work/kubeconfig"
	KUBECONFIG=$work/kubeconfig
	export KUBECONFIG
}
fine() { # NAME
	run "$kopscope" get pods
	expect "$1" 0 kube-proxy
}
lab_config_with ''
fine 'a good one is accepted'
lab_config_with 's/^\( *\)server:.*/&\n\1tls-server-name: kubernetes/'
fine 'by another of its names, where that is asked for'
lab_config_with 's/^\( *\)server:.*/&\n\1tls-server-name: api.else.where/'
said 'but not by a name that it does not bear' 'not trusted: .*name' 'tls-server-name'
lab_config_with '/certificate-authority-data/d'
said "not by the system's authorities" 'not trusted: ' 'kops export kubeconfig'
lab_config_with 's/certificate-authority-data.*/insecure-skip-tls-verify: true/'
fine 'only who asks for it gets it unchecked'

serve old
config "certificate-authority: pki/ours.crt"
said 'expired' 'not trusted: certificate has expired' 'must be renewed on the server'
serve other-name
config "certificate-authority: pki/ours.crt"
said 'for another host' "not trusted: .*name" 'tls-server-name'
serve foreign
config "certificate-authority: pki/ours.crt"
said 'by an unknown authority' 'not trusted: unable to get local issuer' 'kops export kubeconfig'
serve alone
config "certificate-authority: pki/ours.crt"
said 'self-signed' 'not trusted: self.signed certificate' 'kops export kubeconfig'
config ''
said "self-signed, and the system's authorities" 'not trusted: self.signed certificate' \
	'kops export kubeconfig'
lab_plan
