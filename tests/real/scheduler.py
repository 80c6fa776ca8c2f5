# SPDX-License-Identifier: Apache-2.0
"""Random clusters and pods for a real scheduler: scheduler.py URL TOKEN SEED CLUSTERS PROBES DIR FIRST.

For each cluster: nodes and bound pods are made, then one probe pod after the
other is created, read once the scheduler has judged it, and removed.  What the
API gave goes to DIR/cluster-N.json for sched-check, N from FIRST on.
"""
import http.client
import json
import random
import ssl
import sys
import time
import urllib.parse

url, token, seed, clusters, probes, folder, first = sys.argv[1:8]
rng = random.Random(int(seed))
# Of what came later, so that a seed's clusters stay what they were.
more = random.Random("more" + seed)
host = urllib.parse.urlparse(url)
context = ssl._create_unverified_context()
conn = http.client.HTTPSConnection(host.hostname, host.port, context=context, timeout=30)


def call(method, path, body=None, kind="application/json", may_fail=False):
    text = None if body is None else json.dumps(body)
    conn.request(method, path, text, {"Authorization": "Bearer " + token, "Content-Type": kind})
    reply = conn.getresponse()
    data = json.loads(reply.read())
    if reply.status >= 300 and not may_fail:
        raise SystemExit("%s %s: %s %s" % (method, path, reply.status, data.get("message")))
    return data


ZONES = ["a", "b", "c"]
APPS = ["web", "db", "cache", "batch"]
TAINTS = [("dedicated", "gpu"), ("dedicated", "ci"), ("spot", ""), ("team", "x")]
HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
PODS = "/api/v1/namespaces/default/pods"
CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"


def selector():
    pick = rng.random()
    if pick < 0.6:
        return {"matchLabels": {"app": rng.choice(APPS)}}
    if pick < 0.75:
        return {"matchExpressions": [{"key": "app", "operator": rng.choice(["In", "NotIn"]),
                                      "values": rng.sample(APPS, 2)}]}
    if pick < 0.9:
        return {"matchExpressions": [{"key": "tier",
                                      "operator": rng.choice(["Exists", "DoesNotExist"])}]}
    return {}


def pod_terms():
    return [{"labelSelector": selector(), "topologyKey": rng.choice([HOSTNAME, ZONE, ZONE])}
            for _ in range(rng.choice([1, 1, 1, 2]))]


def node_term():
    pick = rng.random()
    if pick < 0.25:
        one = {"key": ZONE, "operator": rng.choice(["In", "NotIn"]),
               "values": rng.sample(ZONES, 2)}
    elif pick < 0.5:
        one = {"key": "disk", "operator": rng.choice(["Exists", "DoesNotExist"])}
    elif pick < 0.75:
        one = {"key": "size", "operator": rng.choice(["Gt", "Lt"]), "values": ["4"]}
    else:
        one = {"key": "disk", "operator": "In", "values": ["ssd"]}
    return {"matchExpressions": [one]}


def toleration():
    key, value = rng.choice(TAINTS)
    t = rng.choice([{"key": key, "operator": "Exists"}, {"key": key, "value": value},
                    {"operator": "Exists"}, {"key": key, "operator": "Exists",
                                             "effect": "NoSchedule"}])
    return t


def node(name):
    labels = {HOSTNAME: name}
    if rng.random() < 0.85:
        labels[ZONE] = rng.choice(ZONES)
    if rng.random() < 0.5:
        labels["disk"] = rng.choice(["ssd", "hdd"])
    if rng.random() < 0.6:
        labels["size"] = str(rng.randrange(1, 9))
    taints = [{"key": k, "value": v, "effect": rng.choice(
        ["NoSchedule", "NoSchedule", "NoExecute", "PreferNoSchedule"])}
        for k, v in rng.sample(TAINTS, rng.choice([0, 0, 0, 1, 1, 2]))]
    taints = [t for i, t in enumerate(taints)
              if (t["key"], t["effect"]) not in [(u["key"], u["effect"]) for u in taints[:i]]]
    spec = {"unschedulable": True} if rng.random() < 0.1 else {}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
            "spec": spec}, taints


def labels():
    out = {"app": rng.choice(APPS)}
    if rng.random() < 0.3:
        out["tier"] = "x"
    return out


def container(port, cpu, memory):
    c = {"name": "c", "image": "x"}
    if port:
        one = {"containerPort": port, "hostPort": port}
        if more.random() < 0.3:
            one["protocol"] = more.choice(["TCP", "UDP", "SCTP"])
        if more.random() < 0.3:
            one["hostIP"] = more.choice(["0.0.0.0", "10.0.0.1", "10.0.0.2"])
        c["ports"] = [one]
    if cpu or memory:
        c["resources"] = {"requests": {k: v for k, v in (("cpu", cpu), ("memory", memory)) if v}}
    return c


def bound(name, where, taken):
    port = rng.choice([0, 0, 0, 8080, 9090])
    if port in taken:  # no kubelet would run a second one there
        port = 0
    taken.add(port)
    spec = {"nodeName": where, "containers": [container(port, "100m", "64Mi")],
            "tolerations": [{"operator": "Exists"}]}
    if rng.random() < 0.06:
        spec["affinity"] = {"podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": pod_terms()}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels()},
            "spec": spec}


def probe(name, names):
    spec = {"containers": [container(
        rng.choice([0, 0, 0, 0, 8080, 9090]), rng.choice([0, "200m", "900m", "1500m"]),
        rng.choice([0, "128Mi", "1Gi", "3Gi"]))]}
    if rng.random() < 0.4:
        spec["tolerations"] = [toleration() for _ in range(rng.choice([1, 2]))]
    if rng.random() < 0.2:
        spec["nodeSelector"] = rng.choice([{"disk": "ssd"}, {ZONE: rng.choice(ZONES)}])
    affinity = {}
    if rng.random() < 0.25:
        terms = [node_term() for _ in range(rng.choice([1, 2]))]
        if rng.random() < 0.2:
            terms = [{"matchFields": [{"key": "metadata.name", "operator": "In",
                                       "values": [rng.choice(names)]}]}]
        affinity["nodeAffinity"] = {"requiredDuringSchedulingIgnoredDuringExecution":
                                    {"nodeSelectorTerms": terms}}
    for kind, chance in (("podAffinity", 0.25), ("podAntiAffinity", 0.3)):
        if rng.random() < chance:
            affinity[kind] = {"requiredDuringSchedulingIgnoredDuringExecution": pod_terms()}
    if affinity:
        spec["affinity"] = affinity
    if rng.random() < 0.3:
        keys = rng.choice([[ZONE], [HOSTNAME], [ZONE, HOSTNAME]])
        spec["topologySpreadConstraints"] = [
            {"topologyKey": k, "maxSkew": rng.choice([1, 1, 2]),
             "whenUnsatisfiable": rng.choice(["DoNotSchedule", "DoNotSchedule",
                                              "ScheduleAnyway"]),
             "labelSelector": selector()} for k in keys]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels()},
            "spec": spec}


def volume(name):
    """A claim and the volume that it is bound to, which some nodes reach."""
    claim = call("POST", CLAIMS, {
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/bind-completed": "yes"}},
        "spec": {"accessModes": ["ReadWriteOnce"], "volumeName": name, "storageClassName": "",
                 "resources": {"requests": {"storage": "1Gi"}}}})
    zones = more.sample(ZONES, more.choice([1, 1, 2]))
    spec = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"},
            "persistentVolumeReclaimPolicy": "Retain",
            "csi": {"driver": "none.example.com", "volumeHandle": name},
            "claimRef": {"kind": "PersistentVolumeClaim", "namespace": "default", "name": name,
                         "uid": claim["metadata"]["uid"]}}
    body = {"metadata": {"name": name}, "spec": spec}
    if more.random() < 0.7:
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [
            {"key": ZONE, "operator": "In", "values": zones}]}]}}
    else:
        body["metadata"]["labels"] = {ZONE: "__".join(zones)}
    call("POST", VOLUMES, body)
    return {"name": name, "persistentVolumeClaim": {"claimName": name}}


def judged(name):
    for _ in range(600):
        pod = call("GET", PODS + "/" + name)
        if pod["spec"].get("nodeName"):
            return pod
        for c in pod["status"].get("conditions", []):
            if c["type"] == "PodScheduled" and c.get("message"):
                return pod
        time.sleep(0.01)
    return pod


def remove(path):
    call("DELETE", path, {"gracePeriodSeconds": 0}, may_fail=True)


def cluster(number):
    names = ["n%d-%02d" % (number, i) for i in range(rng.randrange(3, 13))]
    for name in names:
        body, taints = node(name)
        call("POST", "/api/v1/nodes", body)
        call("PATCH", "/api/v1/nodes/" + name + "/status", {"status": {
            "allocatable": {"cpu": rng.choice(["1930m", "3920m", "1"]), "pods":
                            str(rng.choice([4, 8, 17])), "memory": rng.choice(
                                ["2Gi", "3388360Ki"])},
            "conditions": [{"type": "Ready", "status": "True"}]}},
            "application/merge-patch+json")
        call("PATCH", "/api/v1/nodes/" + name, {"spec": {"taints": taints or None}},
             "application/merge-patch+json")
    count = 0
    for name in names:
        taken = set()
        for _ in range(rng.randrange(0, 9)):
            count += 1
            pod = "b%d-%03d" % (number, count)
            call("POST", PODS, bound(pod, name, taken))
            if rng.random() < 0.1:
                call("PATCH", PODS + "/" + pod + "/status",
                     {"status": {"phase": rng.choice(["Succeeded", "Failed"])}},
                     "application/merge-patch+json")
    volumes = [volume("v%d-%d" % (number, i)) for i in range(4)]
    time.sleep(1.5)  # until the scheduler has seen all of it
    out = {"version": call("GET", "/version"), "nodes": call("GET", "/api/v1/nodes")["items"],
           "pods": call("GET", PODS)["items"], "probes": [],
           "claims": call("GET", CLAIMS)["items"], "volumes": call("GET", VOLUMES)["items"]}
    for i in range(int(probes)):
        name = "p%d-%03d" % (number, i)
        body = probe(name, names)
        if more.random() < 0.25:
            body["spec"]["volumes"] = [more.choice(volumes)]
        call("POST", PODS, body)
        pod = judged(name)
        out["probes"].append(pod)
        remove(PODS + "/" + name)
        if pod["spec"].get("nodeName"):
            time.sleep(0.1)  # it must have left the scheduler's books
    with open("%s/cluster-%d.json" % (folder, number), "w", encoding="utf-8") as f:
        json.dump(out, f)
    for pod in out["pods"]:
        remove(PODS + "/" + pod["metadata"]["name"])
    for name in names:
        remove("/api/v1/nodes/" + name)
    for v in volumes:
        remove(CLAIMS + "/" + v["name"])
        remove(VOLUMES + "/" + v["name"])
    time.sleep(1)


for c in range(int(clusters)):
    cluster(int(first) + c)
