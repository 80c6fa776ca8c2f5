#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fills a real API server with nodes and pods as large as real ones.

usage: load.py URL TOKEN CA NODES PODS [WRITERS].  Pods are bound by their spec and get a status,
since there is no kubelet.  Prints how many are there and the size of one.
"""
import http.client, json, ssl, sys, threading
from urllib.parse import urlparse

url, token, ca, nodes, pods = sys.argv[1:4] + [int(x) for x in sys.argv[4:6]]
writers = int(sys.argv[6]) if len(sys.argv) > 6 else 8
host = urlparse(url).netloc
tls = ssl.create_default_context(cafile=ca)
failed = []


def pod(i):
    app = f'service-{i // 100:04d}'
    return {
        'apiVersion': 'v1', 'kind': 'Pod',
        'metadata': {
            'name': f'{app}-7d9f{i // 100:04x}-{i:06d}', 'namespace': 'default',
            'labels': {'app': app, 'pod-template-hash': f'7d9f{i // 100:04x}', 'team': f'team-{i % 50}'},
            'annotations': {f'example.org/note-{k}': 'what somebody wanted to be known about it ' * 4
                            for k in range(8)}},
        'spec': {
            'nodeName': f'node-{i % nodes:05d}', 'automountServiceAccountToken': False,
            'containers': [{
                'name': 'main', 'image': 'registry.example.org/team/service:2026.11.22-1f3c9a7',
                'ports': [{'containerPort': 8080, 'name': 'http'}],
                'resources': {'requests': {'cpu': '20m', 'memory': '64Mi'}, 'limits': {'memory': '256Mi'}},
                'env': [{'name': f'SETTING_{k}', 'value': f'value-of-setting-{k}-of-{app}'} for k in range(12)],
                'readinessProbe': {'httpGet': {'path': '/ready', 'port': 8080}},
                'livenessProbe': {'httpGet': {'path': '/live', 'port': 8080}}}]}}


def status(i):
    now = '2026-11-22T09:00:00Z'
    return {'status': {
        'phase': 'Running', 'hostIP': '172.30.0.5', 'podIP': f'10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}',
        'startTime': now, 'qosClass': 'Burstable',
        'conditions': [{'type': t, 'status': 'True', 'lastTransitionTime': now}
                       for t in ('Initialized', 'Ready', 'ContainersReady', 'PodScheduled')],
        'containerStatuses': [{'name': 'main', 'ready': True, 'restartCount': 0, 'started': True,
                               'image': 'registry.example.org/team/service:2026.11.22-1f3c9a7',
                               'imageID': 'registry.example.org/team/service@sha256:' + '5f' * 32,
                               'containerID': 'containerd://' + '7d' * 32,
                               'state': {'running': {'startedAt': now}}}]}}


def node(i):
    return {'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': f'node-{i:05d}', 'labels': {
        'kops.k8s.io/instancegroup': f'pool-{i // 25:03d}', 'node-role.kubernetes.io/node': '',
        'node.kubernetes.io/instance-type': 'm5.xlarge', 'topology.kubernetes.io/zone': 'ap-northeast-2a'}},
        'spec': {'providerID': f'aws:///ap-northeast-2a/i-{i:017x}'}}


def node_status(i):
    size = {'cpu': '4', 'memory': '16Gi', 'pods': '58'}
    return {'status': {'capacity': size, 'allocatable': size,
                       'conditions': [{'type': 'Ready', 'status': 'True', 'reason': 'KubeletReady'}]}}


class Writer(threading.Thread):
    """Every so-manieth object, over a connection of its own."""

    def __init__(self, first, step):
        super().__init__()
        self.first, self.step, self.conn = first, step, None

    def send(self, method, path, body):
        kind = 'application/merge-patch+json' if method == 'PATCH' else 'application/json'
        if not self.conn:
            self.conn = http.client.HTTPSConnection(host, context=tls)
        self.conn.request(method, path, json.dumps(body), {
            'Authorization': 'Bearer ' + token, 'Content-Type': kind, 'User-Agent': 'load'})
        answer = self.conn.getresponse()
        text = answer.read()
        if answer.status >= 300 and answer.status != 409:
            failed.append(f'{method} {path}: {answer.status} {text[:200]!r}')

    def run(self):
        for i in range(self.first, nodes, self.step):
            self.send('POST', '/api/v1/nodes', node(i))
            self.send('PATCH', f'/api/v1/nodes/node-{i:05d}/status', node_status(i))
        ready.wait()
        for i in range(self.first, pods, self.step):
            if failed:
                return
            p = pod(i)
            self.send('POST', '/api/v1/namespaces/default/pods', p)
            self.send('PATCH', f"/api/v1/namespaces/default/pods/{p['metadata']['name']}/status", status(i))


# No pod before its node: the collector of lost pods would take it away.
ready = threading.Barrier(writers)
threads = [Writer(i, writers) for i in range(writers)]
for t in threads:
    t.start()
for t in threads:
    t.join()
if failed:
    sys.exit(failed[0])
last = Writer(0, 1)
last.conn = http.client.HTTPSConnection(host, context=tls)
last.conn.request('GET', '/api/v1/namespaces/default/pods?limit=1', headers={'Authorization': 'Bearer ' + token})
print(f'{nodes} nodes, {pods} pods of {len(last.conn.getresponse().read())} bytes of JSON')
