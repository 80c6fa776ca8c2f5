# SPDX-License-Identifier: Apache-2.0
"""What kopscope asked of the lab, from its trace, against docs/iam-*.json and docs/rbac-*.yaml.

usage: asked.py SRCDIR TRACE read|all    (read: looking may need the reading documents alone)
"""
import json
import re
import sys

import yaml

top, trace, mode = sys.argv[1:4]
# What an operation is called in a policy; NONE needs no right (aws/sts.h).
CALLED = {"ListObjectsV2": "ListBucket", "HeadBucket": "ListBucket",
          "GetBucketEncryption": "GetEncryptionConfiguration"}
NONE = {"GetCallerIdentity"}
VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
documents = ["read"] if mode == "read" else ["read", "roll", "create"]

aws, kube = set(), set()
for name in documents:
    with open(f"{top}/docs/iam-{name}.json", encoding="utf-8") as f:
        for s in json.load(f)["Statement"]:
            a = s["Action"]
            aws |= {x.split(":")[1] for x in ([a] if isinstance(a, str) else a)}
for name in documents[:2]:
    with open(f"{top}/docs/rbac-{name}.yaml", encoding="utf-8") as f:
        for d in yaml.safe_load_all(f):
            for r in d.get("rules", []):
                kube |= {(g, x, v) for g in r["apiGroups"] for x in r["resources"]
                         for v in r["verbs"]}

calls, verbs = set(), set()
with open(trace, encoding="utf-8") as f:
    for line in f:
        m = re.search(r" aws .*? ([A-Z][A-Za-z0-9]+): asked$", line)
        if m:
            calls.add(CALLED.get(m[1], m[1]))
        m = re.search(r" (GET|POST|PUT|PATCH|DELETE) https://[^/]+/(?:api/v1|apis/([^/]+)/[^/]+)/"
                      r"(?:namespaces/[^/]+/)?([a-z]+)(/[^/ ]+)?(/[a-z]+)?$", line.rstrip())
        if m and m[2] != "authorization.k8s.io":
            what = m[3] + (m[5] or "")
            verb = VERBS.get(m[1], "get" if m[4] else "list")
            verbs.add((m[2] or "", what, verb))
calls -= NONE
wrong = [f"AWS {c}: in no policy of {documents}" for c in sorted(calls - aws)]
wrong += [f"Kubernetes {v}: in no manifest of {documents[:2]}" for v in sorted(verbs - kube)]
if len(calls) < 8 or len(verbs) < 8:
    wrong.append(f"only {len(calls)} calls and {len(verbs)} verbs were seen")
print(f"# {len(calls)} AWS actions, {len(verbs)} Kubernetes verbs")
for w in wrong:
    print("#", w)
sys.exit(bool(wrong))
