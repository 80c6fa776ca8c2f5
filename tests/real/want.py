# SPDX-License-Identifier: Apache-2.0
# What `kubectl get nodes,pods,deployments,daemonsets,poddisruptionbudgets -A -o json` (on standard
# input) says, as the lines that `k8s-driver state` prints: read by other hands, to be compared.
import json
import re
import sys

UNITS = {"": 1, "m": 0.001, "k": 10**3, "M": 10**6, "G": 10**9,
         "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def quantity(text, times=1):
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text)).groups()
    return int(round(float(number) * UNITS[unit] * times))


def condition(o, kind):
    return next((c for c in o["status"].get("conditions", []) if c["type"] == kind), {})


def node(o):
    alloc = o["status"]["allocatable"]
    ready = {"True": 2, "False": 1}.get(condition(o, "Ready").get("status"), 0)
    return "pods=%d cpu=%d mem=%d unschedulable=%d taints=%d ready=%d group=%s" % (
        quantity(alloc["pods"]), quantity(alloc["cpu"], 1000), quantity(alloc["memory"]),
        o["spec"].get("unschedulable", False), len(o["spec"].get("taints", [])), ready,
        o["metadata"].get("labels", {}).get("kops.k8s.io/instancegroup", "-"))


def owner(o):
    refs = [r for r in o["metadata"].get("ownerReferences", []) if r.get("controller")]
    if not refs:
        return "-/-"
    name, kind = refs[0]["name"], refs[0]["kind"]
    digest = o["metadata"].get("labels", {}).get("pod-template-hash")
    if kind == "ReplicaSet" and digest and name.endswith("-" + digest):
        return "Deployment/" + name[:-len(digest) - 1]
    return kind + "/" + name


def pod(o):
    cpu = sum(quantity(c.get("resources", {}).get("requests", {}).get("cpu", "0"), 1000)
              for c in o["spec"]["containers"])
    return "%s uid=%s node=%s owner=%s cpu=%d sched=%s%s" % (
        o["status"]["phase"], o["metadata"]["uid"], o["spec"].get("nodeName", "-"), owner(o), cpu,
        condition(o, "PodScheduled").get("reason", "-"),
        " deleting" if "deletionTimestamp" in o["metadata"] else "")


def deployment(o):
    return "%d" % o["spec"]["replicas"]


def daemonset(o):
    containers = o["spec"]["template"]["spec"]["containers"]
    # What comes from a reference is not known here.
    env = [e for c in containers if c["name"] == "aws-node" for e in c.get("env", [])
           if "valueFrom" not in e]
    return "env=%d" % (len(env) if o["metadata"]["name"] == "aws-node" else 0)


def pdb(o):
    return "allowed=%d" % o["status"].get("disruptionsAllowed", 0)


KINDS = {"Node": ("node", node), "Pod": ("pod", pod), "Deployment": ("deployment", deployment),
         "DaemonSet": ("daemonset", daemonset), "PodDisruptionBudget": ("pdb", pdb)}
lines = []
for item in json.load(sys.stdin)["items"]:
    word, words = KINDS[item["kind"]]
    meta = item["metadata"]
    if word == "daemonset" and meta["namespace"] != "kube-system":
        continue  # only kube-system's are watched
    name = meta["name"] if word == "node" else meta["namespace"] + "/" + meta["name"]
    lines.append("%s %s %s" % (word, name, words(item)))
print("\n".join(sorted(lines, key=lambda line: line.encode())))
