# SPDX-License-Identifier: Apache-2.0
"""The ways of destroying the world under a roll, one row each."""
import os
import shutil
import signal
import threading
import time

from way import CLEAN, WHOLE, Way
from world import Failed, LEASE, NAMES

MATE = "mate-technology.app"
NODE_LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
NGINX = "/apis/apps/v1/namespaces/default/deployments/nginx-deployment"
CNI = "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node"
AGAIN = ["roll", "--role", "node", "--force", "--anyway", "--yes"]
DONE = r"(\d) of \1 instances were replaced"
OK_THEN = [(AGAIN, 0, DONE)]


# ---- what is done to the world -----------------------------------------------------

def fault(name):
    return lambda w: w.fault(on=name)


def mended(name="all"):
    return lambda w: w.fault(off=name)


def for_a_while(name, words, seconds=1.0):
    """A fault that goes away by itself: seen, then some real time, then gone."""
    def later(w):
        time.sleep(seconds)
        w.fault(off=name)
    return {"harm": fault(name), "until": words, "later": later}


def accident(name, thing):
    return lambda w: w.accident(name, thing(w) if callable(thing) else thing)


def old(group):
    return lambda w: w.old[NAMES[group]]


def replacement(w):
    return w.new(NAMES["work"])


def delete_node(name):
    return lambda w: w.kube("DELETE", "/api/v1/nodes/" + name(w))


def budget(w):
    """Nobody may be evicted from now on."""
    w.kube("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
           {"metadata": {"name": "nobody", "namespace": "default"},
            "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "nginx"}}}})


def no_budget(w):
    w.kube("DELETE", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/nobody")


def finalizers(value):
    def harm(w):
        for p in w.kube("GET", "/api/v1/namespaces/default/pods")["items"]:
            w.kube("PATCH", "/api/v1/namespaces/default/pods/" + p["metadata"]["name"],
                   {"metadata": {"finalizers": value}})
    return harm


def cni_image(image):
    return lambda w: w.kube("PATCH", CNI, {"spec": {"template": {"spec": {"containers": [
        {"name": "aws-node", "image": image}]}}}})


def lease_of(holder):
    return lambda w: w.kube("PATCH", LEASE, {"spec": {
        "holderIdentity": holder,
        "renewTime": time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())}})


def kill(number):
    return lambda w: w.signal(number)


def path(name):
    return lambda w: os.path.join(w.state, name)


def kops(script):
    return lambda w: w.kops_is(script)


def stopped(w):
    return {i["id"] for i in w.lab_state()["instances"] if i["state"] == "stopped"}


def warm_pool(w):
    w.accident("warm-pool", NAMES["work"])
    w.warm = stopped(w)


def warm_is_new(w):
    w.wait_for("the pool to be filled again", lambda: stopped(w))
    if stopped(w) & w.warm:
        raise Failed("the warm pool's instance is still the old one")


def kops_does(*words):
    def harm(w):
        code, text = w.kops(list(words))
        if code:
            raise Failed(f"kops {' '.join(words)} ends with {code}: {text[-600:]}")
    return harm


def kops_meanwhile(*words):
    """It goes on while the roll does; at the end it has ended too."""
    def harm(w):
        threading.Thread(target=w.kops, args=(list(words),), daemon=True).start()
        w.wait_for("its first instance to go", lambda: w.old[NAMES["work"]] not in w.alive())
    return harm


def leases_gone(w):
    """Those of all kubelets, which renew none any more."""
    w.fault(on="leases-stop")
    for o in w.kube("GET", NODE_LEASES).get("items", []):
        w.kube("DELETE", NODE_LEASES + "/" + o["metadata"]["name"])


# ---- the rows ------------------------------------------------------------------------

CLOUD = [
    Way("instance-terminated", "The instance being drained is terminated by hand",
        accident("terminate", old("work")), few=True, says=[DONE]),
    Way("waiting-instance-terminated", "An instance that waits its turn is terminated by hand",
        accident("terminate", old("next")), hold="boot", says=["it went away by itself",
        "1 of 2 instances were replaced"]),
    Way("spot-taken-back", "The new instance is taken back (spot) while it boots",
        accident("terminate", replacement), hold="boot", says=[DONE]),
    Way("group-deleted", "The Auto Scaling group being rolled is deleted",
        accident("group-gone", NAMES["work"]), hold="boot", code=3, status="guarded",
        says=["its Auto Scaling group is gone"],
        final=None),
    Way("next-group-deleted", "The Auto Scaling group that is next is deleted",
        accident("group-gone", NAMES["next"]), hold="boot", final=None),
    Way("scaled-to-none", "The group being rolled is scaled to nothing",
        accident("scaled-to-none", NAMES["work"]), hold="boot", code=3, status="guarded",
        says=["it is scaled to none"],
        final=None),
    Way("template-changed", "Somebody applies another launch template meanwhile",
        accident("template-new", NAMES["work"]), says=[DONE]),
    Way("no-capacity", "EC2 has no instance of the type left",
        before=fault("no-capacity"), hold=None, code=3, status="guarded",
        says=["sufficient t3.medium capacity"], mend=mended(), then=OK_THEN, few=True),
    Way("quota-reached", "The account's quota of vCPUs is reached",
        before=fault("no-launch:quota"), hold=None, code=3, status="guarded",
        says=["vCPU limit"], mend=mended(), then=OK_THEN),
    Way("subnet-exhausted", "The subnet has no address left for a new instance",
        before=fault("no-launch:addresses"), hold=None, code=3, status="guarded",
        says=["not enough free addresses"], mend=mended(), then=OK_THEN),
    Way("template-deleted", "The launch template is deleted",
        before=fault("no-launch:template"), hold=None, code=3, status="guarded",
        says=["launch template does not exist"], mend=mended(), then=OK_THEN),
    Way("launch-suspended", "Somebody suspended the group's launches",
        before=fault("no-launch:suspended"), hold=None, code=3, status="guarded",
        says=["suspended"], mend=mended(), then=OK_THEN),
    Way("node-never-joins", "New instances boot, but never join the cluster",
        hold="boot", release=False, code=3, status="guarded", says=["to boot and join"],
        mend=mended(), then=OK_THEN),
    Way("node-never-ready", "New nodes join, but never become Ready",
        before=fault("node-unready"), hold=None, code=3, status="guarded",
        says=["to be Ready"], mend=mended(), then=OK_THEN),
    Way("wrong-region", "The roll is started for another region", hold=None,
        words=["roll", "--role", "node", "--force", "--yes", "--region", "eu-central-1"],
        code=3, status="gone", then=OK_THEN, says=[
            "none of the cluster's 3 groups here: by its spec it lies in ap-northeast-2"]),
    Way("warm-pool", "The group has a warm pool: stopped instances that are no nodes",
        before=warm_pool, hold=None, says=["3 of 3 instances were replaced"], mend=warm_is_new,
        then=[(["runs"], 0, "succeeded")]),
    Way("credentials-expired", "AWS's credentials expire",
        fault("aws-expired"), mend=mended(), code=1, status="failed",
        says=["ExpiredToken"], then=OK_THEN),
    Way("terminate-denied", "IAM denies TerminateInstances",
        fault("aws-denied:ec2:TerminateInstances"), code=1, status="failed",
        says=["TerminateInstances"], mend=mended(), then=OK_THEN, few=True),
    Way("detach-denied", "IAM denies DetachInstances",
        before=fault("aws-denied:DetachInstances"), hold=None, says=[DONE]),
    Way("describe-denied", "IAM denies DescribeAutoScalingGroups meanwhile",
        fault("aws-denied:DescribeAutoScalingGroups"), code=1, status="failed",
        mend=mended(), then=OK_THEN),
    Way("throttled-for-ever", "AWS throttles every call, for ever",
        fault("aws-throttle"), code=1, status="failed", says=["Throttling"], mend=mended(),
        then=OK_THEN),
    Way("aws-down-for-minutes", "AWS answers with errors of its own for some minutes",
        **for_a_while("aws-500", "AWS to answer"), says=[DONE]),
    Way("aws-resets", "AWS ends connections without an answer for some minutes",
        **for_a_while("aws-reset", "AWS to answer"), says=[DONE]),
    Way("aws-answers-lost", "AWS does what it is told, but its answers are lost",
        **for_a_while("aws-cut", "TERMINATED|terminating"), says=[DONE]),
    Way("aws-clock-wrong", "The clocks of AWS and of this machine drift apart",
        fault("clock-skew:1200"), says=[DONE]),
]

STORE = [
    Way("bucket-gone", "The bucket of the state store is deleted",
        fault("s3-gone"), says=[DONE]),
    Way("spec-deleted", "The spec of the group being rolled is deleted",
        accident("spec-gone", NAMES["work"]), says=[DONE]),
    Way("spec-unreadable", "The spec of the group being rolled is no YAML any more",
        accident("spec-broken", NAMES["work"]), says=[DONE]),
    Way("spec-edited", "Somebody edits the cluster's spec",
        lambda w: w.http("POST", w.aws + "/lab/operator", ""), says=[DONE]),
]

CLUSTER = [
    Way("node-deleted", "The Node object of the instance being drained is deleted",
        delete_node(old("work")), says=[DONE]),
    Way("new-node-deleted", "The Node object of the new instance is deleted once it joined",
        delete_node(replacement), args=["--drain-timeout", "90m"], code=3, status="guarded",
        says=["to boot and join"],
        final=None),
    Way("node-not-ready", "The node being drained becomes NotReady",
        accident("unready", old("work")), says=[DONE]),
    Way("waiting-node-not-ready", "A node that waits its turn becomes NotReady and stays so",
        accident("unready", old("next")), code=1, status="failed",
        says=["did not validate within"], final=None),
    Way("new-node-not-ready", "The new node becomes NotReady after it joined",
        accident("unready", replacement), args=["--drain-timeout", "90m"], code=3,
        status="guarded", says=["to be Ready"],
        final=None),
    Way("kubelet-too-old", "New machines bring a kubelet that is too old for the API server",
        before=fault("kubelet-old"), hold=None, code=3, status="guarded",
        says=[r"its kubelet v1.29.15 is too old for the API server v1.34"], mend=mended(),
        then=OK_THEN),
    Way("leases-stale", "No kubelet renews its Lease any more", fault("leases-stop"),
        says=[DONE]),
    Way("leases-gone", "The Leases of all kubelets are deleted, and none is made again",
        leases_gone, says=[DONE]),
    Way("budget-appears", "A PodDisruptionBudget appears that allows no eviction",
        before=budget, hold=None, code=1, status="failed", says=["PDB nobody allows 0 disruptions"],
        mend=no_budget, then=OK_THEN, few=True),
    Way("finalizer", "A pod has a finalizer that nobody removes",
        finalizers(["example.org/keep"]), code=1, status="failed",
        mend=finalizers(None), then=OK_THEN),
    Way("pod-never-ends", "A kubelet does not end the pods that are deleted",
        release=False, code=1, status="failed", mend=mended(), then=OK_THEN),
    Way("namespace-deleted", "The namespace of the pods being drained is deleted",
        lambda w: w.kube("DELETE", "/api/v1/namespaces/default"), says=[DONE]),
    Way("cni-broken", "aws-node's image is replaced by one that is not there",
        cni_image("cni:missing"), hold="boot", code=3, status="guarded",
        mend=cni_image("cni:1"), then=OK_THEN),
    Way("api-away", "The API server goes away for good",
        fault("k8s-away"), code=(1, 3), status="failed|guarded", unreadable=True, mend=mended(),
        says=["could not all be taken back"], then=OK_THEN, speed=200, patience=180),
    Way("api-away-for-minutes", "The API server goes away for some minutes",
        **for_a_while("k8s-away", "API server to answer"), says=[DONE]),
    Way("api-half-dead", "Connections to the API server stay, but nothing comes on them",
        **for_a_while("k8s-half-open", "API server to answer"),
        says=[DONE], speed=10, patience=240),
    Way("captive-portal", "Something else answers in place of the API server",
        **for_a_while("k8s-garbage", "API server to answer"), says=[DONE]),
    Way("token-expired", "The token for the API server expires",
        fault("k8s-401"), says=["Unauthorized"], code=1, status="failed", unreadable=True,
        mend=mended(), then=OK_THEN, speed=200, patience=180),
    Way("evict-forbidden", "RBAC takes the right to evict away",
        fault("k8s-403:evict"), says=["evict"], code=1, status="failed", mend=mended(),
        then=OK_THEN),
    Way("cordon-forbidden", "RBAC takes the right to change nodes away",
        fault("k8s-403:patch:nodes"), hold="boot", code=1, status="failed",
        says=["Could not cordon", "could not all be taken back"],
        left={"cordoned": 0, "tainted": 1, "lease": "free"}, mend=mended(), then=OK_THEN),
    Way("read-forbidden", "RBAC takes the right to list and watch away",
        fault("k8s-403:watch,k8s-403:list"), says=[], code=1, status="failed", mend=mended(),
        then=OK_THEN),
    Way("etcd-without-majority", "etcd loses its majority",
        fault("k8s-etcd"), says=["etcdserver: request timed out"], code=1, status="failed",
        unreadable=True, mend=mended(),
        then=OK_THEN),
    Way("api-overloaded", "The API server has too much to do for some minutes",
        **for_a_while("k8s-429", "API server to answer"), says=[DONE]),
    Way("api-answers-lost", "The API server does what it is told, but its answers are lost",
        harm=fault("k8s-cut"), hold="boot", until='"phase":"draining"',
        later=mended("k8s-cut"), says=[DONE]),
    Way("history-lost", "The API server forgets its history again and again",
        fault("k8s-410"), hold="boot", says=[DONE]),
]

NETWORK = [
    Way("certificate-exchanged", "The API server has another certificate",
        lambda w: w.proxies["kube"].switch("foreign"), before=lambda w: w.proxy("kube"),
        code=1, status="failed", says=["certificate", "could not all be taken back"],
        left={"cordoned": 1, "lease": "held"},
        mend=lambda w: w.proxies["kube"].switch("pass"), then=OK_THEN, speed=200, patience=180),
    Way("cluster-unreachable", "The network to the API server refuses connections",
        lambda w: w.proxies["kube"].switch("refuse"), before=lambda w: w.proxy("kube"),
        until="API server to answer",
        later=lambda w: w.proxies["kube"].switch("pass"), says=[DONE]),
    Way("cloud-half-dead", "The network to AWS swallows everything",
        lambda w: w.proxies["aws"].switch("hang"), before=lambda w: w.proxy("aws"),
        until="AWS to answer", speed=10, patience=240,
        later=lambda w: w.proxies["aws"].switch("pass"), says=[DONE]),
    Way("no-names", "No name can be resolved any more, for some minutes",
        lambda w: (w.switch("dns"), w.proxies["kube"].switch("pass")),
        before=lambda w: (w.proxy("kube"), w.write_kubeconfig(
            f"https://localhost:{w.proxies['kube'].port}")),
        until="API server to answer", later=lambda w: w.unswitch("dns"), says=[DONE]),
    Way("kubeconfig-deleted", "The kubeconfig is deleted while the roll goes on",
        lambda w: os.remove(w.env["KUBECONFIG"]), says=[DONE]),
]

PEOPLE = [
    Way("lease-stolen", "Somebody else's roll takes the lease",
        lease_of("bert@elsewhere run 9"), release=False, args=["--drain-timeout", "99h"],
        code=3, status="guarded",
        says=["bert@elsewhere run 9 has taken the lease", "Left cordoned"],
        left={"cordoned": 1, "lease": "held"},
        mend=lambda w: (w.fault(off="all"), w.kube("DELETE", LEASE)), then=OK_THEN),
    Way("lease-deleted", "Somebody deletes the lease",
        lambda w: w.kube("DELETE", LEASE), says=[DONE]),
    Way("second-operator", "A second operator starts a roll with kopscope",
        lambda w: w.other(AGAIN, 1, r"Nothing was done: anna@\S+ run 1 is at work on"), says=[DONE],
        few=True),
    Way("second-operator-edits", "A second operator edits the group's spec with kopscope",
        lambda w: w.other(["spec", "edit", MATE + "/" + NAMES["work"], "--set", "maxPods=16",
                           "--write"], 0, ""), says=[DONE]),
    Way("second-operator-updates", "A second operator edits the cluster and applies it with kops",
        lambda w: (kops_does("edit", "cluster", MATE, "--set", "spec.kubelet.maxPods=16")(w),
                   kops_does("update", "cluster", MATE, "--yes")(w)), says=[DONE]),
    Way("second-operator-rolls", "A second operator rolls the same groups with kops, which knows "
        "no lease", kops_meanwhile("rolling-update", "cluster", MATE, "--force", "--yes",
                                   "--cloudonly", "--instance-group", NAMES["work"]),
        says=[DONE], final={"nodes": 3, "instances": 3, "tainted": 0, "lease": "free"}),
    Way("stopped-by-user", "The user stops it",
        lambda w: w.start(["attach", "1", "--stop"]), code=4, status="stopped",
        then=OK_THEN),
    Way("viewer-killed", "The terminal with the roll is closed",
        lambda w: w.children[0].send_signal(signal.SIGHUP), code=130, status="running",
        left={}, then=[(["attach", "1"], 0, DONE)]),
]

MACHINE = [
    Way("worker-killed", "The worker is killed (SIGKILL)", kill(signal.SIGKILL), few=True,
        code=1, status="died", says=["attach 1 --resume"], open_ones=True,
        left={"lease": "held"}, then=[(["attach", "1", "--resume"], 0, DONE)]),
    Way("worker-ended", "The worker is asked to end (SIGTERM)", kill(signal.SIGTERM),
        code=1, status="died", left={}, open_ones=True,
        then=[(["attach", "1", "--resume"], 0, DONE)]),
    Way("worker-frozen", "The worker is frozen for long (SIGSTOP) and goes on later",
        lambda w: (kill(signal.SIGSTOP)(w), time.sleep(2), kill(signal.SIGCONT)(w)),
        says=[DONE]),
    Way("run-folder-deleted", "The folder of the run is deleted",
        lambda w: shutil.rmtree(path("runs/1")(w)), code=1, status="gone",
        says=["the folder of run 1 was deleted", "kopscope journal"], left={}, open_ones=True,
        then=OK_THEN),
    Way("state-broken", "The worker dies, and what it kept for a restart is destroyed",
        lambda w: (kill(signal.SIGKILL)(w), open(path("runs/1/state.json")(w), "w",
                                                  encoding="utf-8").close()),
        code=1, status="died", left={}, open_ones=True, lost=True,
        then=[(["attach", "1", "--resume"], 1, "")] + OK_THEN),
    Way("journal-unwritable", "The journal cannot be written any more, for a while",
        lambda w: (os.rename(path("journal.jsonl")(w), path("journal.old")(w)),
                   os.mkdir(path("journal.jsonl")(w))), until="cannot be kept",
        later=lambda w: (os.rmdir(path("journal.jsonl")(w)), os.rename(
            path("journal.old")(w), path("journal.jsonl")(w))),
        says=["Waits: .* cannot be kept", "Goes on", DONE], open_ones=True, lost=True),
    Way("disk-full", "The disk is full, for a while", lambda w: w.switch("disk"),
        later=lambda w: (time.sleep(1.5), w.unswitch("disk")), says=[DONE], open_ones=True,
        lost=True, few=True),
    Way("clock-forward", "The machine's clock jumps an hour ahead",
        lambda w: w.switch("clock", "3600"), says=[DONE]),
]

KOPS_ROLL = ["roll", "--engine", "kops", "--force", "--role", "node", "--anyway", "--yes"]
KOPS = [
    Way("kops-missing", "kops is not there", hold=None, words=KOPS_ROLL,
        args=["--kops", "/nowhere/kops"], code=1, status="failed|gone"),
    Way("kops-hangs", "kops says nothing any more and does not end", hold=None,
        before=kops("echo begun\nexec sleep 600\n"), words=KOPS_ROLL, until="begun",
        later=lambda w: w.run(["attach", "1", "--stop"]), code=4, status="stopped"),
    Way("kops-asks", "kops asks something", hold=None, words=KOPS_ROLL,
        before=kops("printf 'Really? [y/N] '\nread x || exit 1\n"), code=1, status="failed"),
    Way("kops-killed", "kops is killed by a signal", hold=None, words=KOPS_ROLL,
        before=kops("kill -SEGV $$\n"), code=1, status="failed", says=["signal"]),
    Way("kops-garbage", "kops prints garbage and fails", hold=None, words=KOPS_ROLL,
        before=kops("head -c 5000 /dev/urandom\nexit 1\n"), code=1, status="failed"),
    Way("kops-lies", "kops ends with 0 although nodes failed to be replaced", hold=None,
        words=KOPS_ROLL, before=kops("echo 'error validating cluster'\nexit 0\n")),
    Way("kops-update-fails", "kops update fails half-way", hold=None,
        words=["update", "--yes"],
        before=lambda w: (w.http("POST", w.aws + "/lab/operator", ""), w.kops_is(
            "case \"$*\" in *--yes*) echo 'Error: error running tasks: deadline exceeded' >&2"
            "; exit 1;; esac\nexec " + w.dir + "/lab/bin/kops \"$@\"\n")),
        code=1, status="failed"),
]

WAYS = CLOUD + STORE + CLUSTER + NETWORK + PEOPLE + MACHINE + KOPS
