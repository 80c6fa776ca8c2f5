#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The IAM policies and RBAC manifests in docs/ against the calls that aws/ and k8s/ make: nothing
# missing, nothing more than is used.
: "${srcdir:=.}"
python3 -c 'import yaml' 2>/dev/null || {
	echo "1..0 # SKIP no python3 with yaml"
	exit 0
}
exec python3 - "$srcdir" <<'END'
import glob, json, os, re, sys, yaml

top = sys.argv[1]
count = 0

def ok(fine, name, *why):
    global count
    count += 1
    print("%sok %d - %s" % ("" if fine else "not ", count, name))
    for w in why:
        if not fine and w:
            print("#", w)

def code(folder, but=()):
    out = {}
    for path in sorted(glob.glob("%s/%s/*.c" % (top, folder))):
        name = os.path.basename(path)
        if name not in but:
            out[name] = re.sub(r"/\*.*?\*/", "", open(path).read(), flags=re.S)
    return out

# ---- IAM -------------------------------------------------------------------------------
# What an operation is called in a policy, where that is not its own name.
CALLED = {"ListObjectsV2": "ListBucket", "HeadBucket": "ListBucket",
          "GetBucketEncryption": "GetEncryptionConfiguration"}
# These need no permission of the caller's: the first never, the others by the role's own trust.
FREE = {"GetCallerIdentity", "AssumeRole", "AssumeRoleWithWebIdentity", "GetRoleCredentials",
        "CreateToken"}
VERBS = "Assume|Attach|Complete|Create|Delete|Deregister|Describe|Detach|Get|Head|List|Put|" \
        "Register|Set|Start|Tag|Terminate|Update"
calls = {}
for name, text in code("aws").items():
    for call in re.findall(r'"((?:%s)[A-Z][A-Za-z0-9]+)"' % VERBS, text):
        calls.setdefault(call, set()).add(name)
calls = {c: f for c, f in calls.items()
         if c not in FREE and not c.endswith(("Result", "Response"))}

def actions(name):
    out = set()
    for s in json.load(open("%s/docs/iam-%s.json" % (top, name)))["Statement"]:
        a = s["Action"]
        out |= {a} if isinstance(a, str) else set(a)
    return out

policies = {n: actions(n) for n in ("read", "roll", "create")}
for n in ("read", "roll", "create"):
    text = open("%s/docs/iam-%s.json" % (top, n)).read()
    lists = [s["Action"] for s in json.loads(text)["Statement"]]
    ok(all(l == sorted(l) for l in lists) and "*" not in "".join(policies[n]),
       "iam-%s.json: sorted, no wildcard" % n)
named = {a.split(":")[1] for p in policies.values() for a in p}
wanted = {CALLED.get(c, c) for c in calls}
ok(len(calls) > 20 and not wanted - named, "every AWS call stands in a policy",
   "missing: %s" % sorted(wanted - named))
ok(not named - wanted, "a policy names no call that is not made",
   "not called: %s" % sorted(named - wanted))

def of(files):
    return {CALLED.get(c, c) for c, f in calls.items() if f & set(files)}

def short(n):
    return {a.split(":")[1] for a in policies[n]}

# What each part of the program calls: looking; verbs of a roll and edits; the form of a cluster.
verbs = {"cloud.c", "deregister.c"}
looking = of(f for fs in calls.values() for f in fs if f not in verbs | {"look.c"})
writes = {c for c in wanted if not re.match("Describe|List|Get|Head", c)}
ok(not writes & short("read"), "iam-read.json writes nothing", str(writes & short("read")))
missing = looking - short("read") - writes - {"GetEncryptionConfiguration", "DescribeTargetHealth"}
ok(not missing, "iam-read.json is enough to look", "missing: %s" % sorted(missing))
missing = of(verbs) - short("roll") - short("read")
ok(not missing, "iam-roll.json is enough to roll", "missing: %s" % sorted(missing))
missing = of({"look.c"}) - short("create") - {"GetObject"}
ok(not missing, "iam-create.json is enough for the form", "missing: %s" % sorted(missing))

# ---- RBAC ------------------------------------------------------------------------------
def rules(name):
    out = set()
    for d in yaml.safe_load_all(open("%s/docs/rbac-%s.yaml" % (top, name))):
        for r in d.get("rules", []):
            for g in r["apiGroups"]:
                for x in r["resources"]:
                    for v in r["verbs"]:
                        out.add((g, x, v))
    return out

read, roll = rules("read"), rules("roll")
k8s = code("k8s")
paths = set()
GROUPS = {"persistentvolumeclaims": "", "persistentvolumes": ""}
for text in k8s.values():
    joined = re.sub(r'"\s*\n\s*"', "", text)
    paths |= set(re.findall(r'"(/apis?/[^"?]*)"', joined))

def listed(path):
    m = re.fullmatch(r"/api/v1/(?:namespaces/[^/]+/)?([a-z]+)", path)
    if m:
        return ("", m[1])
    m = re.fullmatch(r"/apis/([a-z0-9.]+)/[^/]+/(?:namespaces/[^/]+/)?([a-z]+)(?:/.*)?", path)
    return (m[1], m[2]) if m else None

found = {listed(p) for p in paths} - {None}
reviews = ("authorization.k8s.io", "selfsubjectaccessreviews")
# "/apis/apps/v1/namespaces" and the like are beginnings of what k8s_path() puts together.
found = {f for f in found if f != reviews and f[1] != "namespaces"} | {("", "namespaces")}
lease = ("coordination.k8s.io", "leases")
missing = [f for f in found if f != lease for v in ("list", "watch") if f + (v,) not in read]
ok(len(found) > 8 and not missing, "rbac-read.yaml: what is watched", str(sorted(missing)))
kinds = re.findall(r'= "([a-z]+)"', re.search(r"kinds\[VIEW__COUNT\] = \{(.*?)\}",
    open("%s/tui/dialog/text.c" % top).read(), re.S)[1]) \
    if os.path.exists("%s/tui/dialog/text.c" % top) else []
missing = [k for k in set(kinds) if not any(r[1] == k and r[2] == "get" for r in read)]
ok(not missing, "rbac-read.yaml: what is shown as YAML", str(missing))
ok(not [r for r in read if r[2] not in ("get", "list", "watch")], "rbac-read.yaml writes nothing")

table = re.search(r"rights\[KUBE_VERB__COUNT\] = \{(.*?)\n\};", k8s["review.c"], re.S)[1]
asked = re.findall(r'\{\s*"(\w+)", "([^"]*)", "(\w+)", ("\w+"|NULL)', table)
missing = []
deletes_pods = any(re.search(r'"DELETE"[^;]*"pods"', t, re.S) for t in k8s.values())
for verb, group, resource, sub in asked:
    name = resource + ("/" + sub.strip('"') if sub != "NULL" else "")
    if (verb, name) == ("delete", "pods") and not deletes_pods:
        continue
    if (group, name, verb) not in roll:
        missing.append((group, name, verb))
ok(len(asked) >= 7 and not missing, "rbac-roll.yaml: what the server is asked whether we may",
   str(missing))
# What is created, and what the cures of Pending patch.
cures = "".join(open(p).read() for p in glob.glob("%s/core/rules/pending/*.c" % top))
patched = set(re.findall(r'what = "([a-z]+)"', cures))
missing = [p for p in patched if ("", p, "patch") not in roll]
created = set(re.findall(r'"(persistentvolumeclaims|storageclasses)"?',
    "".join(re.findall(r"void verb_create.*?\n}", k8s["verbs-cure.c"], re.S))))
missing += [c for c in created if not any(r[1] == c and r[2] == "create" for r in roll)]
ok(patched and created and not missing, "rbac-roll.yaml: the cures", str(missing))
every = "".join(k8s.values()) + cures
extra = sorted({r[1] for r in read | roll if not re.search(r"\b%s\b" % r[1].split("/")[-1], every)})
ok(not extra, "no manifest names a resource that is not used", str(extra))
print("1..%d" % count)
END
