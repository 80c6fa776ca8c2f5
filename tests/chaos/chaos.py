# SPDX-License-Identifier: Apache-2.0
"""Runs of kopscope while the lab's chaos reigns (kopscope lab --chaos), for hours of its time.

Two operators edit specs, update and roll at random; workers are killed, their disk fills up, and
they are taken up again; a screen and a `get nodes --watch` look on.  What must hold is looked at all the time:

- no edit that was acknowledged is missing at the end, and no operator's edit was written away;
- no instance is terminated twice, and none by a roll that was not to roll it;
- the control plane keeps its majority, and a group misses one node at a time at most;
- a roll that has ended, or was resumed to its end, leaves nothing cordoned, marked or detached;
- what is shown is what is, or says that it is stale.

usage: chaos.py KOPSCOPE SEED HOURS SPEED     (TAP; a line of JSON with figures at the end)
"""
import json
import os
import random
import re
import resource
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

CLUSTER = "mate-technology.app"
SHOWN_LATE = 25.0   # s of ours: a dead connection is noticed after 20 s of silence and 10 more
RUN_LIMIT = 90.0    # s of ours without a fault in between: a run that takes longer hangs


class Lab:
    def __init__(self, kopscope, tmp, seed, hours, speed):
        self.kopscope, self.tmp, self.speed = kopscope, tmp, speed
        env = dict(os.environ, HOME=tmp, TMPDIR=tmp)
        self.proc = subprocess.Popen(
            [kopscope, "lab", "--serve", "--scenario", "empty", "--speed", str(speed),
             "--seed", str(seed + 1), "--chaos", str(seed), "--hours", str(hours)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=open(tmp + "/lab.err", "w"), env=env, text=True)
        self.env = env
        self.lines = []
        for line in self.proc.stdout:
            m = re.match(r"export (\w+)=(.*)$", line.strip())
            if m:
                value = m.group(2).replace('"$PATH"', os.environ["PATH"]).replace("'", "")
                self.env[m.group(1)] = value
            if line.strip() == "ready":
                break
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.proc.stdout:
            self.lines.append(line.strip())

    def state(self):
        with urllib.request.urlopen(self.env["KOPSCOPE_LAB"] + "/lab/state", timeout=60) as r:
            return json.load(r)

    def kube(self, method, path, body):
        text = open(self.env["KUBECONFIG"]).read()
        server = re.search(r"server: (\S+)", text).group(1)
        token = re.search(r"token: (\S+)", text).group(1)
        rq = urllib.request.Request(server + path, json.dumps(body).encode(), method=method,
                                    headers={"Authorization": "Bearer " + token,
                                             "Content-Type": "application/json"})
        ctx = ssl._create_unverified_context()
        with urllib.request.urlopen(rq, timeout=30, context=ctx) as r:
            return json.load(r)

    def stop(self):
        self.proc.terminate()
        self.proc.wait()


def truth(state):
    return {n["name"]: n["cordoned"] for n in state["nodes"]}


class Looker:
    """Something that shows the nodes: seen() gives {node: cordoned} and whether it says that
    what it shows is stale; None: nothing to be seen."""

    name = ""

    def __init__(self, lab, test):
        self.lab, self.test = lab, test
        self.differs_since, self.looks, self.stale_looks, self.longest = None, 0, 0, 0.0

    def look(self, state):
        seen = self.seen()
        self.looks += 1
        now, want = time.monotonic(), truth(state)
        if not self.lives():
            self.test.bad("%s ended" % self.name)
        elif seen is None or seen[0] == want:
            self.differs_since = None
        elif seen[1]:
            self.stale_looks += 1
            self.differs_since = None
        elif self.differs_since is None:
            self.differs_since = now
        else:
            self.longest = max(self.longest, now - self.differs_since)
            if now - self.differs_since > SHOWN_LATE:
                self.test.bad("%s: shown for %.0f s and not marked stale: %s, but it is: %s" %
                              (self.name, now - self.differs_since, seen[0], want))
                self.differs_since = now

    def agrees(self, state):
        seen = self.seen()
        return seen is not None and seen == (truth(state), False)


class Terminal(Looker):
    """The screen itself, on a terminal of tmux."""

    name = "the screen"

    def __init__(self, lab, test):
        super().__init__(lab, test)
        self.mux = ["tmux", "-L", "kopscope-chaos-%d" % os.getpid(), "-f", "/dev/null"]
        self.env = dict(lab.env, TERM="xterm", LC_ALL="C.UTF-8",
                        XDG_STATE_HOME=lab.tmp + "/state-looker")
        self.tell("new-session", "-d", "-x", "170", "-y", "45",
                  "exec '%s' 2>'%s/screen.err'" % (lab.kopscope, lab.tmp))
        until = time.monotonic() + 30
        while time.monotonic() < until and "KUBELET" not in self.text():
            self.tell("send-keys", "3")
            time.sleep(0.2)

    def tell(self, *words):
        return subprocess.run(self.mux + list(words), env=self.env, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, encoding="utf-8")

    def text(self):
        return self.tell("capture-pane", "-p").stdout

    def lives(self):
        return self.tell("has-session").returncode == 0

    def seen(self):
        lines = self.text().splitlines()
        if len(lines) < 5 or not any(" KUBELET" in x for x in lines[:6]):
            return None
        rows = {}
        for line in lines[4:40]:
            m = re.match(r".(i-[0-9a-f]{17}) (.*)", line)
            if m and re.search(r" v1\.\d+\.\d+", m.group(2)):
                rows[m.group(1)] = "cordoned" in m.group(2)
        live = re.search(r"aws \S live", lines[0]) and re.search(r"k8s \S live", lines[0])
        return rows, not live

    def stop(self):
        self.tell("kill-server")


class Watch(Looker):
    """kopscope get nodes --watch: its lines, and what it says of its sources."""

    name = "get --watch"

    def __init__(self, lab, test):
        super().__init__(lab, test)
        self.rows, self.down, self.said = {}, set(), []
        self.lock = threading.Lock()
        self.proc = subprocess.Popen(
            [lab.kopscope, "get", "nodes", "--watch", "-o", "json"], env=lab.env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        threading.Thread(target=self.read, daemon=True).start()
        threading.Thread(target=self.hear, daemon=True).start()

    def read(self):
        for line in self.proc.stdout:
            x = json.loads(line)
            with self.lock:
                if x["change"] == "removed":
                    self.rows.pop(x["id"], None)
                else:
                    self.rows[x["id"]] = x["item"]

    def hear(self):
        for line in self.proc.stderr:
            self.said.append(line.strip())
            m = re.match(r"kopscope: (.+?) (unavailable|is back)", line)
            with self.lock:
                if m and m.group(2) == "unavailable":
                    self.down.add(m.group(1))
                elif m:
                    self.down.discard(m.group(1))

    def lives(self):
        return self.proc.poll() is None

    def seen(self):
        with self.lock:
            rows = {k: "cordoned" in (v.get("state") or "") for k, v in self.rows.items()
                    if v.get("kubelet")}
            return rows, bool(self.down)

    def stop(self):
        self.proc.terminate()
        self.proc.wait()


class Operator:
    def __init__(self, lab, test, name):
        self.lab, self.test, self.name = lab, test, name
        self.env = dict(lab.env, XDG_STATE_HOME="%s/state-%s" % (lab.tmp, name), USER=name)
        self.runs = self.env["XDG_STATE_HOME"] + "/kopscope/runs"
        self.acked = {}  # group: {label}
        self.edits = 0

    def call(self, *args):
        # SIGXFSZ stays ignored, as Python has it: a full disk is an error, not an end
        return subprocess.Popen([self.lab.kopscope] + list(args), env=self.env, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def edit_start(self, group):
        self.edits += 1
        label = "chaos-%s-%d" % (self.name, self.edits)
        p = self.call("spec", "edit", "%s/%s" % (CLUSTER, group), "--set",
                      "nodeLabels.%s=x" % label, "--write")
        return p, group, label

    def edit_end(self, started):
        p, group, label = started
        try:
            out, _ = p.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            p.kill()
            self.test.bad("an edit hangs: %s" % p.communicate()[0][-300:])
            return
        self.test.count["edits"] += 1
        if p.returncode == 0:
            self.acked.setdefault(group, set()).add(label)
            self.test.count["edits acknowledged"] += 1
        else:
            self.test.refusal("edit", out)
        if p.returncode < 0 or p.returncode > 4:
            self.test.bad("an edit ended with %d: %s" % (p.returncode, out[-400:]))

    def newest(self):
        try:
            return max(int(x) for x in os.listdir(self.runs) if x.isdigit())
        except (OSError, ValueError):
            return 0

    def events(self, run):
        out = []
        try:
            for line in open("%s/%d/events.jsonl" % (self.runs, run)):
                try:
                    out.append(json.loads(line))
                except ValueError:
                    pass
        except OSError:
            pass
        return out

    def ended(self, run):
        for e in self.events(run):
            if e.get("event") == "end":
                return e
        return None

    def worker(self, run):
        try:
            pid = int(open("%s/%d/pid" % (self.runs, run)).read().split()[0])
            if open("/proc/%d/stat" % pid).read().split()[2] != "Z":
                return pid
        except (OSError, ValueError, IndexError):
            pass
        return None


class Test:
    def __init__(self, lab, seed):
        self.lab, self.random = lab, random.Random(seed)
        self.findings, self.done = [], 0
        self.count = {"runs": 0, "kills": 0, "resumes": 0, "full disks": 0, "edits": 0,
                      "edits acknowledged": 0, "succeeded": 0, "failed": 0, "refused": 0,
                      "looks": 0}
        self.ends = {}
        self.lookers = []
        self.told = set()  # detached instances that a run's end spoke of
        self.looked_enough = threading.Event()
        self.ops, self.was_two, self.lock = [], False, threading.Lock()
        self.why = {}

    def working(self):
        """Whether any worker is at it, of whatever run."""
        for op in self.ops:
            for run in range(1, op.newest() + 1):
                if op.worker(run) and not op.ended(run):
                    return True
        return False

    def refusal(self, what, out):
        line = [x for x in out.splitlines() if x.startswith("kopscope: ")] or [""]
        text = what + ": " + re.sub(r"i-0\w+|\d+", "N", line[-1])[:110]
        self.why[text] = self.why.get(text, 0) + 1

    def bad(self, text):
        if len(self.findings) < 50:
            self.findings.append(text)
            sys.stderr.write("FINDING: %s\n" % text)

    def look_on(self):
        """In a thread of its own: what is shown against what is, all the time."""
        while not self.looked_enough.wait(0.2):
            try:
                s = self.lab.state()
            except OSError:
                return
            self.count["looks"] += 1
            for x in self.lookers:
                x.look(s)

    def over(self):
        return self.lab.state()["chaos"]["over"]

    # one run, from its start to its end, through kills and full disks

    def run(self, op, args, kills):
        before = op.newest()
        known = len(self.lab.state()["judge"]["terminated"])
        p = op.call(*args)
        said = []
        threading.Thread(target=lambda: said.append(p.stdout.read()), daemon=True).start()
        until = time.monotonic() + 60
        while p.poll() is None and op.newest() <= before and time.monotonic() < until:
            time.sleep(0.02)
        run = op.newest()
        if run <= before:
            self.count["refused"] += 1
            self.finish(p)
            time.sleep(0.01)
            self.refusal(args[0], "".join(said))
            return
        self.count["runs"] += 1
        killed = self.carry(op, run, kills)
        self.finish(p)
        if killed is None:
            # what kops left is for whoever started it: nobody else gets the lease for a while
            self.run(op, ["roll", "--yes", "--anyway", "--force"], 0)
            return
        self.judge_run(op, run, args, known, killed)

    def finish(self, p):
        try:
            p.wait(timeout=30)
        except subprocess.TimeoutExpired:
            p.kill()
            self.bad("a viewer does not end with its run")

    def carry(self, op, run, kills):
        since, waited, here = time.monotonic(), 0, 0
        while not op.ended(run):
            pid = op.worker(run)
            if pid is None:
                time.sleep(0.05)
                if not op.ended(run) and op.worker(run) is None:
                    if not self.resume(op, run):
                        return None
                    waited += 1
            elif here < kills and self.random.random() < 0.3:
                self.disturb(pid)
                here += 1
            if self.lab.state()["chaos"]["on"]:
                since = time.monotonic()
            if time.monotonic() - since > RUN_LIMIT or waited > 400:
                self.bad("run %d of %s does not end: %s" % (run, op.name, op.events(run)[-2:]))
                self.ends["hangs"] = self.ends.get("hangs", 0) + 1
                pid = op.worker(run)
                if pid:
                    os.kill(pid, signal.SIGKILL)
                return here
            time.sleep(0.05)
        return here

    def disturb(self, pid):
        try:
            if self.random.random() < 0.25:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
                self.count["full disks"] += 1
                time.sleep(0.1 + 0.5 * self.random.random())
                resource.prlimit(pid, resource.RLIMIT_FSIZE,
                                 (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            else:
                os.kill(pid, signal.SIGKILL)
                self.count["kills"] += 1
        except (ProcessLookupError, PermissionError):
            pass

    def resume(self, op, run):
        """False: it cannot be resumed, and says so (kops' own runs)."""
        p = op.call("attach", str(run), "--resume")
        said = []
        reader = threading.Thread(target=lambda: said.append(p.stdout.read()), daemon=True)
        reader.start()
        until = time.monotonic() + 20
        while op.worker(run) is None and not op.ended(run) and time.monotonic() < until:
            if p.poll() is not None:
                break
            time.sleep(0.05)
        self.count["resumes"] += 1
        if p.poll() is None:  # it follows; we look ourselves
            p.terminate()
        p.wait()
        reader.join(5)
        if "start it anew" in "".join(said):
            self.ends["kops died"] = self.ends.get("kops died", 0) + 1
            return False
        if p.returncode > 0:
            self.refusal("resume", "".join(said))
        return True

    def judge_run(self, op, run, args, known, killed):
        end = op.ended(run)
        if not end:
            return
        word = "%s %s" % (args[0], end.get("status"))
        self.ends[word] = self.ends.get(word, 0) + 1
        self.count["succeeded" if end.get("status") == "succeeded" else "failed"] += 1
        self.done += 1
        if args[0] != "roll" or "kops" in args:
            return
        with self.lock:
            self.judge_roll(op, run, args, known, killed, end)

    def judge_roll(self, op, run, args, known, killed, end):
        s = self.lab.state()
        if self.working() or self.was_two:  # whose marks these are cannot be told
            self.was_two = self.working()
            return
        for t in s["judge"]["terminated"][known:]:
            group = args[args.index("--group") + 1] if "--group" in args else None
            if group and t["group"] != group:
                self.bad("%s terminated %s of %s" % (" ".join(args), t["id"], t["group"]))
            if "--force" not in args and not t["old"] and not t["detached"]:
                self.bad("%s terminated %s, which was up to date" % (" ".join(args), t["id"]))
        live = {i["id"]: i for i in s["instances"] if i["state"] in ("running", "pending")}
        left = [n["name"] for n in s["nodes"] if n["cordoned"] and n["name"] in live]
        marked = [n["name"] for n in s["nodes"] if n["marked"] and n["name"] in live]
        group = args[args.index("--group") + 1] if "--group" in args else None
        lost = [i for i in live if live[i]["detached"] and i not in self.told and
                group in (None, live[i]["group"])]
        said = re.search(r"(\d+) detached instance", end.get("text") or "")
        if said and int(said.group(1)) >= len(lost):  # whoever was told can roll again
            self.told |= set(lost)
            lost = []
        if left or marked or lost:
            self.bad("run %d of %s (%s, killed %d times) ended \"%s: %s\" and left cordoned %s, "
                     "marked %s, detached %s" % (run, op.name, " ".join(args), killed,
                                                 end.get("status"), end.get("text"), left, marked,
                                                 lost))
            self.tidy(s, left, marked)

    def tidy(self, s, left, marked):
        """As an operator would: so that one finding is told once."""
        for node in set(left + marked):
            for _ in range(200):
                try:
                    rq = {"spec": {"unschedulable": None, "taints": None}}
                    self.patch("/api/v1/nodes/" + node, rq)
                    break
                except OSError:
                    time.sleep(0.1)

    def patch(self, path, body):
        text = open(self.lab.env["KUBECONFIG"]).read()
        server = re.search(r"server: (\S+)", text).group(1)
        token = re.search(r"token: (\S+)", text).group(1)
        rq = urllib.request.Request(server + path, json.dumps(body).encode(), method="PATCH",
                                    headers={"Authorization": "Bearer " + token, "Content-Type":
                                             "application/merge-patch+json"})
        urllib.request.urlopen(rq, timeout=10, context=ssl._create_unverified_context()).read()


def cluster_make(lab):
    env = dict(lab.env)
    subprocess.run(["kops", "create", "cluster", "--name", CLUSTER, "--zones",
                    "ap-northeast-2a,ap-northeast-2c", "--control-plane-count", "3",
                    "--control-plane-zones", "ap-northeast-2a,ap-northeast-2c", "--node-count",
                    "4", "--dns=public", "--networking", "amazonvpc", "--topology", "public",
                    "--yes"], env=env, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    subprocess.run(["kops", "export", "kubeconfig", "--admin", "--name", CLUSTER], env=env,
                   check=True, capture_output=True, stdin=subprocess.DEVNULL)
    for _ in range(600):
        if sum(n["ready"] for n in lab.state()["nodes"]) >= 7:
            break
        time.sleep(0.05)
    else:
        raise SystemExit("Bail out! the lab's cluster did not come up")
    labels = {"app": "web"}
    lab.kube("POST", "/apis/apps/v1/namespaces/default/deployments", {
        "metadata": {"name": "web"}, "spec": {
            "replicas": 6, "selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels}, "spec": {"containers": [
                    {"name": "web", "image": "nginx:1.29", "resources": {
                        "requests": {"cpu": "10m", "memory": "8Mi"}}}]}}}})


def groups_of(lab):
    return sorted({i["group"] for i in lab.state()["instances"]})


def roll_args(r, groups):
    args = ["roll", "--yes", "--anyway"]
    if r.random() < 0.5:
        args.append("--force")
    x = r.random()
    if x < 0.35:
        args += ["--group", r.choice(groups)]
    elif x < 0.5:
        args += ["--role", r.choice(["node", "control-plane"])]
    if r.random() < 0.2:
        args += ["--max-surge", "0", "--max-unavailable", "1"]
    if r.random() < 0.15:
        args += ["--engine", "kops"]
    return args


def reign(test, ops, groups):
    """Until chaos is over: one thing after another, and sometimes two at once."""
    r = test.random
    while not test.over():
        x = r.random()
        a, b = r.sample(ops, 2)
        if x < 0.35:
            group = r.choice(groups)
            started = [(a, a.edit_start(group))]
            if r.random() < 0.5:
                started.append((b, b.edit_start(group)))
            for op, s in started:
                op.edit_end(s)
        elif x < 0.5:
            test.run(a, ["update", "--yes"], r.choice([0, 0, 1]))
        elif x < 0.6:
            t = threading.Thread(target=test.run,
                                 args=(b, ["roll", "--yes", "--anyway", "--force"], 0))
            test.was_two = True
            t.start()
            test.run(a, roll_args(r, groups), r.choice([0, 1, 2]))
            t.join()
            test.was_two = False
        else:
            test.run(a, roll_args(r, groups), r.choice([0, 1, 2, 4]))


def settle(test, ops):
    """Chaos is over: what is stored, shown and left must be right, and a roll must succeed."""
    lab = test.lab
    for x in test.lookers:
        end = time.monotonic() + 60
        while time.monotonic() < end and not x.agrees(lab.state()):
            time.sleep(0.1)
        if not x.agrees(lab.state()):
            test.bad("a minute after all faults %s does not show what is: %s, but it is: %s" %
                     (x.name, x.seen(), truth(lab.state())))
    for op in ops:
        for group, labels in op.acked.items():
            p = op.call("spec", "show", "%s/%s" % (CLUSTER, group))
            out, _ = p.communicate(timeout=120)
            for label in labels:
                if not re.search(r"nodeLabels\.%s\s" % label, out):
                    test.bad("the acknowledged edit %s of %s is lost" % (label, group))
    test.run(ops[0], ["update", "--yes"], 0)
    before = test.ends.get("roll succeeded", 0)
    for turn in range(20):
        test.run(ops[turn % 2], ["roll", "--yes", "--anyway", "--force", "--take-over", "--group",
                          "nodes-ap-northeast-2a"], 0)
        if test.ends.get("roll succeeded", 0) > before:
            break
        time.sleep(0.5)
    else:
        test.bad("in the calm after it no roll succeeds: %s %s" % (test.ends, test.why))
    s = lab.state()
    for v in s["judge"]["violations"]:
        test.bad("the lab's judge: " + v)
    return s


def main():
    kopscope, seed, hours, speed = (sys.argv[1], int(sys.argv[2]), int(sys.argv[3]),
                                    int(sys.argv[4]))
    tmp = tempfile.mkdtemp(prefix="kopscope-chaos-")
    began = time.monotonic()
    lab = Lab(os.path.abspath(kopscope), tmp, seed, hours, speed)
    test = Test(lab, seed)
    looking = None
    try:
        cluster_make(lab)
        groups = groups_of(lab)
        ops = [Operator(lab, test, "anna"), Operator(lab, test, "bert")]
        test.ops = ops
        test.lookers = [Watch(lab, test)]
        if shutil.which("tmux"):
            test.lookers.append(Terminal(lab, test))
        looking = threading.Thread(target=test.look_on, daemon=True)
        looking.start()
        reign(test, ops, groups)
        s = settle(test, ops)
    finally:
        test.looked_enough.set()
        if looking:
            looking.join()
        for x in test.lookers:
            x.stop()
        lab.stop()
        if test.findings and os.environ.get("CHAOS_KEEP"):
            open(tmp + "/chaos.log", "w").write("\n".join(lab.lines))
            print("# kept: " + tmp)
        else:
            shutil.rmtree(tmp, ignore_errors=True)
    figures = dict(test.count, seed=seed, hours=hours, speed=speed, thrown=s["chaos"]["thrown"],
                   kinds=len(s["chaos"]["kinds"]), checks=s["judge"]["checks"],
                   terminated=len(s["judge"]["terminated"]), ends=test.ends,
                   stale={x.name: x.stale_looks for x in test.lookers},
                   longest={x.name: round(x.longest, 1) for x in test.lookers}, findings=len(test.findings),
                   took=round(time.monotonic() - began, 1))
    for f in test.findings:
        print("# " + f)
    checks = [
        ("seed %d, %d hours: nothing that must hold was broken" % (seed, hours),
         not test.findings),
        ("%d faults were thrown" % figures["thrown"], figures["thrown"] > 0),
        ("%d runs ended, %d kills and %d full disks in them" %
         (test.done, test.count["kills"], test.count["full disks"]), test.done > 0),
    ]
    for n, (name, ok) in enumerate(checks, 1):
        print("%s %d - %s" % ("ok" if ok else "not ok", n, name))
    print("1..%d" % len(checks))
    print("# " + json.dumps(figures))
    for text, k in sorted(test.why.items()):
        print("# %d times: %s" % (k, text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
