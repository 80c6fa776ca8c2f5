#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The editor against a YAML reader and a statement of changes that are not its own.

usage: independent.py KOPSCOPE FOLDER...

For every document of every file below the folders, and several edits each:
- the lines that go and come are exactly those that the statement here asks for;
- PyYAML reads the result as the tree of before with the edited value, and nothing else;
- the same edit again changes nothing;
- taking the setting back gives the first bytes again;
- in a copy of a state store: spec edit --write stores the same text as the one that is printed
  for a file, and undo --write restores the bytes.
Prints TAP.  Skips, saying so, where PyYAML or the folders are missing.
"""
import copy
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("1..0 # SKIP python3 has no yaml module (Debian: python3-yaml)")
    sys.exit(0)

BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(BASE):
    """YAML 1.1 as kops' reader takes it: stamps stay text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, rx) for tag, rx in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in BASE.yaml_implicit_resolvers.items()
}


def tree(text):
    """Of the first document alone."""
    loader = Loader(text)
    try:
        return loader.get_data()
    finally:
        loader.dispose()


def names(doc):
    """Keys as this version of the API calls them."""
    if doc["apiVersion"].endswith("v1alpha3"):
        return {"cp": "controlPlaneKubelet", "cni": "amazonVPC"}
    return {"cp": "masterKubelet", "cni": "amazonvpc"}


def place(doc, key):
    """Where a setting of one value stands, and what is written there (None: not one of these)."""
    alpha3 = doc["apiVersion"].endswith("v1alpha3")
    if key.startswith("addon."):
        name, _, field = key[6:].partition(".")
        above = []
        if alpha3 and name in ("awsLoadBalancerController", "nodeTerminationHandler"):
            above = ["cloudProvider", "aws"]
            name = {"awsLoadBalancerController": "loadBalancerController"}.get(name, name)
        return above + [name, field or "enabled"]
    if key.startswith(("nodeLabels.", "cloudLabels.")):
        return key.split(".", 1)
    if key.startswith("rollingUpdate."):
        return key.split(".")
    if alpha3 and key.startswith("rootVolume"):
        return ["rootVolume", key[10:].lower()]
    plain = ("minSize", "maxSize", "machineType", "image", "rootVolumeSize", "rootVolumeType",
             "kubernetesVersion", "subnets", "taints")
    return [key] if key in plain else None


def meant(key, value):
    """The value as the reader must find it."""
    if key in ("subnets", "taints"):
        return value.split(",")
    if key.startswith("addon."):
        return value == "true"
    if key in ("minSize", "maxSize", "rootVolumeSize") or (
            key.startswith("rollingUpdate.") and not value.endswith("%")):
        return int(value)
    return value


def plain_wanted(doc, path, value):
    """Tree and lines for a setting of one value, or a list that is not there yet or grows by one."""
    doc = copy.deepcopy(doc)
    at, new = doc["spec"], []
    for name in path[:-1]:
        if not at.get(name):
            at[name] = {}
            new.append(r" +%s:$" % re.escape(name))
        at = at[name]
    leaf, old = path[-1], at.get(path[-1])
    name = r" *(- )?[\"']?%s[\"']?:" % re.escape(leaf)
    at[leaf] = value
    if isinstance(value, list):
        if old:
            return doc, [], [r" *- [\"']?%s[\"']?$" % re.escape(value[-1])]
        return doc, [], new + [name + "$"] + [
            r" *- [\"']?%s[\"']?$" % re.escape(v) for v in value]
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else str(value)
    line = name + r" ([\"']?)%s\2( #.*)?$" % re.escape(text)
    if old == value and type(old) is type(value):
        return doc, [], []
    return doc, [name + ".*$"] if old is not None else [], new + [line]


def wanted_tree(doc, key, value):
    """The tree after the edit, made by hand."""
    path = place(doc, key)
    if path:
        return plain_wanted(doc, path, meant(key, value))[0]
    doc = copy.deepcopy(doc)
    spec = doc["spec"]
    if key.startswith("env."):
        cni = spec["networking"].get(names(doc)["cni"]) or {}
        spec["networking"][names(doc)["cni"]] = cni
        env = cni.get("env") or []
        cni["env"] = env
        same = [e for e in env if e.get("name") == key[4:]]
        if same:
            same[-1]["value"] = value
        else:
            env.append({"name": key[4:], "value": value})
        return doc
    parent = "kubelet" if key == "maxPods" else names(doc)["cp"]
    if not spec.get(parent):
        spec[parent] = {}
    spec[parent]["maxPods"] = int(value)
    return doc


def wanted_lines(doc, key, value):
    """Patterns of the lines that go, and of those that come, in their order."""
    path = place(doc, key)
    if path:
        return plain_wanted(doc, path, meant(key, value))[1:]
    spec = doc["spec"]
    if not key.startswith("env."):
        parent = "kubelet" if key == "maxPods" else names(doc)["cp"]
        line = r" +maxPods: %s$" % value
        if parent not in spec:
            return [], [r" +%s:$" % parent, line]
        if not spec[parent]:
            return [r" +%s: *(\{\}|null|~)?$" % parent], [r" +%s:$" % parent, line]
        if "maxPods" in spec[parent]:
            have = spec[parent]["maxPods"]
            return ([], []) if have == int(value) else ([r" +maxPods: .*$"], [line])
        return [], [line]
    cni = spec["networking"].get(names(doc)["cni"])
    entry = [r" +- name: %s$" % key[4:], r' +value: (["\'])%s\1$' % re.escape(value)]
    if not cni:
        return ([r" +%s: *(\{\}|null|~)?$" % names(doc)["cni"]],
                [r" +%s:$" % names(doc)["cni"], r" +env:$"] + entry)
    if not cni.get("env"):
        return [], [r" +env:$"] + entry
    same = [e for e in cni["env"] if e.get("name") == key[4:]]
    if not same:
        return [], entry
    if same[-1].get("value") == value:
        return [], []
    return [r" +(- )?value: .*$"], [r" +(- )?value: (\"|')%s\1$" % re.escape(value)
                                    .replace("\\1", "")]


class Check:
    def __init__(self, program, work):
        self.program, self.work = program, work
        self.edits = self.documents = self.refused = 0
        self.problems = []
        self.env = dict(os.environ, XDG_STATE_HOME=os.path.join(work, "state"),
                        KUBECONFIG="/nonexistent", HOME=work)
        self.env.pop("KOPS_STATE_STORE", None)

    def run(self, *args):
        return subprocess.run([self.program] + list(args), env=self.env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)

    def edit(self, text, *args):
        path = os.path.join(self.work, "spec")
        with open(path, "wb") as f:
            f.write(text)
        return self.run("spec", "edit", path, *args)

    def bad(self, where, what):
        self.problems.append("%s: %s" % (where, what))

    def lines(self, where, before, after, gone, new):
        diff = [l for l in difflib.ndiff(before.decode().splitlines(),
                                         after.decode().splitlines()) if l[0] in "-+"]
        for sign, patterns in (("-", gone), ("+", new)):
            have = [l[2:] for l in diff if l[0] == sign]
            if len(have) != len(patterns) or not all(
                    re.match(p, l) for p, l in zip(patterns, have)):
                self.bad(where, "%s lines are %r, not like %r" % (sign, have, patterns))

    def one(self, where, text, doc, key, value):
        gone, new = wanted_lines(doc, key, value)
        done = self.edit(text, "--set", "%s=%s" % (key, value))
        self.edits += 1
        if done.returncode:
            self.bad(where, "refused: %s" % done.stderr.decode().strip())
            return
        after = done.stdout
        self.lines(where, text, after, gone, new)
        if tree(after) != wanted_tree(doc, key, value):
            self.bad(where, "PyYAML reads another tree")
        if self.edit(after, "--set", "%s=%s" % (key, value)).stdout != after:
            self.bad(where, "a second time changes more")
        if not gone or re.search(r"\{", gone[0]):
            back = self.edit(after, "--unset", key)
            if new and back.stdout != text:
                self.bad(where, "taken back, it is not the first text: %r" % back.stderr)

    def many(self, where, text, doc, edits):
        """Several settings at once, and all of them taken back."""
        sets, back, gone, new, want = [], [], [], [], doc
        for key, value in edits:
            at = doc["spec"]
            for name in place(doc, key):
                at = at.get(name) if isinstance(at, dict) else None
            lines = wanted_lines(want, key, value)
            gone, new = gone + lines[0], new + lines[1]
            want = wanted_tree(want, key, value)
            sets += ["--set", "%s=%s" % (key, value)]
            if at is None:
                back += ["--unset", key]
            else:
                old = ",".join(at) if isinstance(at, list) else (
                    str(at).lower() if isinstance(at, bool) else str(at))
                back += ["--set", "%s=%s" % (key, old)]
        self.edits += len(edits)
        done = self.edit(text, *sets)
        after = done.stdout
        if done.returncode:
            self.bad(where, "refused: %s" % done.stderr.decode().strip())
            return
        diff = [l for l in difflib.ndiff(text.decode().splitlines(),
                                         after.decode().splitlines()) if l[0] in "-+"]
        for sign, patterns in (("-", gone), ("+", new)):
            for line in (l[2:] for l in diff if l[0] == sign):
                match = [p for p in patterns if re.match(p, line)]
                if match:
                    patterns.remove(match[0])
                else:
                    self.bad(where, "%s%r was not asked for" % (sign, line))
            if patterns:
                self.bad(where, "no %s line is like %r" % (sign, patterns))
        if tree(after) != want:
            self.bad(where, "PyYAML reads another tree")
        if self.edit(after, *sets).stdout != after:
            self.bad(where, "a second time changes more")
        first = self.edit(after, *back)
        if first.stdout != text:
            self.bad(where, "taken back, it is not the first text: %r" % first.stderr)

    def document(self, where, text):
        try:
            doc = tree(text)
        except yaml.YAMLError:
            return
        if not isinstance(doc, dict) or doc.get("kind") not in ("Cluster", "InstanceGroup") \
                or "kops" not in doc.get("apiVersion", ""):
            return
        self.documents += 1
        edits = [("maxPods", "110"), ("maxPods", "47")]
        if doc["kind"] == "Cluster":
            edits += [("controlPlane.maxPods", "40")]
            spec = doc["spec"]
            v6 = ":" in str(spec.get("nonMasqueradeCIDR") or
                            spec.get("networking", {}).get("nonMasqueradeCIDR", ""))
            if names(doc)["cni"] in (spec.get("networking") or {}) and not v6:
                edits += [("env.ENABLE_PREFIX_DELEGATION", "true"),
                          ("env.WARM_PREFIX_TARGET", "1"), ("env.CLUSTER_NAME", "it's: one")]
        self.many("%s, further settings" % where, text, doc, self.further(doc))
        for key, value in edits:
            self.one("%s %s" % (where, key), text, doc, key, value)

    @staticmethod
    def further(doc):
        """Settings of the group or the cluster besides the limits."""
        spec = doc["spec"]
        if doc["kind"] == "Cluster":
            edits = [("addon.certManager", "true"), ("addon.clusterAutoscaler", "false"),
                     ("addon.metricsServer.insecure", "true"),
                     ("kubernetesVersion", "1.99.0"), ("cloudLabels.my team", "it's: 1"),
                     ("rollingUpdate.maxSurge", "25%"), ("rollingUpdate.maxUnavailable", "2")]
            cloud = spec.get("cloudProvider", "aws")
            if cloud == "aws" or (isinstance(cloud, dict) and "aws" in cloud):
                edits += [("addon.nodeTerminationHandler", "false")]
            return edits
        edits = [("machineType", "m7i.large"), ("image", "ami-0123456789abcdef0"),
                 ("rootVolumeSize", "77"), ("rootVolumeType", "io2"),
                 ("nodeLabels.example.com/team", "true"), ("cloudLabels.a", "1.5"),
                 ("rollingUpdate.maxUnavailable", "3")]
        if spec.get("role") not in ("Master", "ControlPlane"):
            least = "1" if spec.get("manager") == "Karpenter" else "0"
            edits += [("minSize", least), ("maxSize", "99"), ("rollingUpdate.maxSurge", "10%")]
        edits += [(name, ",".join((spec.get(name) or []) + [new]))
                  for name, new in (("subnets", "one-more"), ("taints", "a.b/c=d:NoSchedule"))]
        return edits

    def file(self, path):
        with open(path, "rb") as f:
            text = f.read()
        if b"kops" not in text:
            return
        for i, part in enumerate(re.split(rb"(?m)^---[ \t]*\r?\n", text)):
            if part.strip():
                self.document("%s[%d]" % (os.path.basename(path), i), part)

    def store(self, folder):
        """Every cluster and group of a state store, through --write and undo --write."""
        copy_of = os.path.join(self.work, "store")
        shutil.rmtree(copy_of, ignore_errors=True)
        shutil.copytree(folder, copy_of)
        for cluster in sorted(os.listdir(copy_of)):
            top = os.path.join(copy_of, cluster)
            if not os.path.isfile(os.path.join(top, "config")):
                continue
            groups = os.path.join(top, "instancegroup")
            specs = [(cluster, os.path.join(top, "config"))] + [
                (cluster + "/" + g, os.path.join(groups, g)) for g in sorted(os.listdir(groups))]
            for name, path in specs:
                self.stored(copy_of, name, path)

    def stored(self, store, name, path):
        with open(path, "rb") as f:
            before = f.read()
        self.edits += 1
        sets = ["--set", "maxPods=46"]
        if "/" not in name:
            sets += ["--set", "controlPlane.maxPods=40", "--set", "env.WARM_PREFIX_TARGET=2",
                     "--set", "env.ENABLE_PREFIX_DELEGATION=true"]
        else:
            sets = ["--set", "maxPods=17"]
        printed = self.edit(before, *sets)
        done = self.run("spec", "edit", name, "--state", store, "--write", *sets)
        with open(path, "rb") as f:
            written = f.read()
        if done.returncode or written != printed.stdout:
            self.bad(name, "--write: %d %s" % (done.returncode, done.stderr.decode()))
        done = self.run("undo", name, "--state", store, "--write")
        with open(path, "rb") as f:
            if f.read() != before:
                self.bad(name, "undo: %d %s" % (done.returncode, done.stderr.decode()))


def main():
    if len(sys.argv) < 3 or not any(os.path.isdir(d) for d in sys.argv[2:]):
        print("1..0 # SKIP no folder of specs")
        return 0
    with tempfile.TemporaryDirectory() as work:
        check = Check(os.path.abspath(sys.argv[1]), work)
        for top in sys.argv[2:]:
            for folder, _, files in sorted(os.walk(top)):
                inside = folder[len(top):]
                if "/pki" in inside or "/addons" in inside:
                    continue
                for name in sorted(files):
                    if name != "LICENSE":
                        check.file(os.path.join(folder, name))
                if os.path.basename(folder).startswith("store-"):
                    check.store(folder)
    print("1..1")
    for problem in check.problems[:40]:
        print("# " + problem)
    print("%sok 1 - %d edits of %d documents, %d problems" % (
        "not " if check.problems or not check.documents else "", check.edits, check.documents,
        len(check.problems)))
    return 1 if check.problems or not check.documents else 0


if __name__ == "__main__":
    sys.exit(main())
