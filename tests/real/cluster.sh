# SPDX-License-Identifier: Apache-2.0
# A real control plane on loopback, for sourcing: real_bin, real_start DIR, real_stop.
#
# REAL_BIN holds kube-apiserver, kube-controller-manager and kube-scheduler:
# real_bin FOLDER says which; without one they are unpacked from $SHARED/kube
# into $work/bin, and 1 comes back where they are not there.  etcd and kubectl are looked up on PATH.  Sets REAL_URL and REAL_KUBECONFIG.
# There is no kubelet: nodes are objects, pods are "run" by patching status.

REAL_PIDS=

real_bin() {
	REAL_BIN=${1:-$work/bin}
	[ -z "$1" ] || return 0
	[ -f "$SHARED/kube/kube-apiserver.xz" ] || return 1
	mkdir "$REAL_BIN"
	for _b in kube-apiserver kube-controller-manager kube-scheduler; do
		xz -dc "$SHARED/kube/$_b.xz" >"$REAL_BIN/$_b" && chmod +x "$REAL_BIN/$_b"
	done
}

real_port() {
	shuf -i 20000-32000 -n 1
}

# real_wait SECONDS COMMAND...: until the command succeeds
real_wait() {
	_left=$(( $1 * 5 ))
	shift
	while ! "$@" >/dev/null 2>&1; do
		_left=$(( _left - 1 ))
		[ "$_left" -gt 0 ] || return 1
		sleep 0.2
	done
}

real_apiserver() {
	"$REAL_BIN/kube-apiserver" --etcd-servers="http://127.0.0.1:$REAL_ETCD" \
		--secure-port="$REAL_PORT" --bind-address=127.0.0.1 \
		--advertise-address=127.0.0.1 --cert-dir="$REAL_DIR/certs" \
		--client-ca-file="$REAL_DIR/ca.crt" \
		--service-account-issuer=https://kubernetes.default.svc \
		--service-account-signing-key-file="$REAL_DIR/sa.key" \
		--service-account-key-file="$REAL_DIR/sa.pub" \
		--token-auth-file="$REAL_DIR/tokens.csv" --authorization-mode=Node,RBAC \
		--allow-privileged=true --service-cluster-ip-range=10.0.0.0/24 \
		--disable-admission-plugins=ServiceAccount \
		>>"$REAL_DIR/apiserver.log" 2>&1 &
	REAL_API_PID=$!
	real_wait 60 kubectl --kubeconfig "$REAL_KUBECONFIG" get --raw /readyz
}

real_start() {
	REAL_DIR=$1
	mkdir -p "$REAL_DIR/certs"
	REAL_ETCD=$(real_port) REAL_PEER=$(real_port) REAL_PORT=$(real_port)
	REAL_URL=https://127.0.0.1:$REAL_PORT
	REAL_KUBECONFIG=$REAL_DIR/kubeconfig
	REAL_TOKEN=admin-$(real_port)-$$
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca \
		-keyout "$REAL_DIR/ca.key" -out "$REAL_DIR/ca.crt" 2>/dev/null
	# The API server's own certificate, from the same authority.
	printf 'subjectAltName=IP:127.0.0.1,DNS:api.internal.test\n' >"$REAL_DIR/san"
	openssl req -newkey rsa:2048 -nodes -subj /CN=kube-apiserver \
		-keyout "$REAL_DIR/certs/apiserver.key" -out "$REAL_DIR/api.csr" 2>/dev/null
	openssl x509 -req -in "$REAL_DIR/api.csr" -CA "$REAL_DIR/ca.crt" \
		-CAkey "$REAL_DIR/ca.key" -CAcreateserial -days 2 -extfile "$REAL_DIR/san" \
		-out "$REAL_DIR/certs/apiserver.crt" 2>/dev/null
	openssl req -newkey rsa:2048 -nodes -subj /O=system:masters/CN=cert-admin \
		-keyout "$REAL_DIR/client.key" -out "$REAL_DIR/client.csr" 2>/dev/null
	openssl x509 -req -in "$REAL_DIR/client.csr" -CA "$REAL_DIR/ca.crt" \
		-CAkey "$REAL_DIR/ca.key" -CAcreateserial -days 2 \
		-out "$REAL_DIR/client.crt" 2>/dev/null
	openssl genrsa -out "$REAL_DIR/sa.key" 2048 2>/dev/null
	openssl rsa -in "$REAL_DIR/sa.key" -pubout -out "$REAL_DIR/sa.pub" 2>/dev/null
	printf '%s,admin,1,system:masters\nguest-token,guest,2,guests\n' \
		"$REAL_TOKEN" >"$REAL_DIR/tokens.csv"
	cat >"$REAL_DIR/plugin" <<P
#!/bin/sh
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
printf '"status":{"token":"%s"}}\n' "\$1"
P
	chmod +x "$REAL_DIR/plugin"
	real_kubeconfig >"$REAL_KUBECONFIG"
	etcd --data-dir "$REAL_DIR/etcd" \
		--listen-client-urls "http://127.0.0.1:$REAL_ETCD" \
		--advertise-client-urls "http://127.0.0.1:$REAL_ETCD" \
		--listen-peer-urls "http://127.0.0.1:$REAL_PEER" \
		--initial-advertise-peer-urls "http://127.0.0.1:$REAL_PEER" \
		--initial-cluster "default=http://127.0.0.1:$REAL_PEER" \
		>"$REAL_DIR/etcd.log" 2>&1 &
	REAL_ETCD_PID=$!
	real_apiserver || return 1
	"$REAL_BIN/kube-controller-manager" --kubeconfig="$REAL_KUBECONFIG" \
		--service-account-private-key-file="$REAL_DIR/sa.key" --leader-elect=false \
		--port=0 --secure-port=0 \
		'--controllers=*,-nodelifecycle,-nodeipam,-cloud-node-lifecycle' \
		>"$REAL_DIR/controllers.log" 2>&1 &
	REAL_PIDS="$! $REAL_PIDS"
	"$REAL_BIN/kube-scheduler" --kubeconfig="$REAL_KUBECONFIG" --leader-elect=false \
		--port=0 --secure-port=0 >"$REAL_DIR/scheduler.log" 2>&1 &
	REAL_PIDS="$! $REAL_PIDS"
}

real_kubeconfig() {
	cat <<K
apiVersion: v1
kind: Config
current-context: token
clusters:
- name: real
  cluster: {server: "$REAL_URL", certificate-authority: ca.crt}
- name: renamed
  cluster: {server: "$REAL_URL", certificate-authority: ca.crt, tls-server-name: api.internal.test}
- name: stranger
  cluster: {server: "$REAL_URL"}
- name: misnamed
  cluster: {server: "$REAL_URL", certificate-authority: ca.crt, tls-server-name: else.where}
contexts:
- {name: token, context: {cluster: real, user: token}}
- {name: cert, context: {cluster: renamed, user: cert}}
- {name: exec, context: {cluster: real, user: exec}}
- {name: guest, context: {cluster: real, user: guest}}
- {name: stranger, context: {cluster: stranger, user: token}}
- {name: misnamed, context: {cluster: misnamed, user: token}}
users:
- {name: token, user: {token: "$REAL_TOKEN"}}
- {name: guest, user: {token: guest-token}}
- {name: cert, user: {client-certificate: client.crt, client-key: client.key}}
- name: exec
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./plugin
      args: ["$REAL_TOKEN"]
      interactiveMode: Never
K
}

real_stop() {
	for _p in $REAL_PIDS $REAL_API_PID $REAL_ETCD_PID; do
		kill "$_p" 2>/dev/null && wait "$_p" 2>/dev/null
	done
	REAL_PIDS= REAL_API_PID= REAL_ETCD_PID=
}
