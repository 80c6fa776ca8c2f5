# SPDX-License-Identifier: Apache-2.0
"""Every command line against a lab: read-only, under "deny" and under "ask" nothing is written;
where only specs may be written, exactly those are.

Commands and options come from the program's own help, so that a new one without words here fails.
What reaches the lab is what the lab counted; what kops was told is what a wrapper noted.

usage: commands.py KOPSCOPE LAB
"""
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

kopscope, lab_program = [os.path.abspath(x) for x in sys.argv[1:3]]
work = tempfile.mkdtemp(prefix="kopscope-commands.")
CLUSTER, GROUP = "mate-technology.app", "nodes-ap-northeast-2a"
SPEC = f"{CLUSTER}/{GROUP}"
ROLL = ["--force", "--anyway", "--yes"]
# What stands behind a command, and what makes it write.
BASE = {
    "attach": (["1"], ["--resume"]), "check": ([], []), "cni": (["--type", "t3.medium"], []),
    "completion": (["bash"], []), "config": ([], []),
    "create": (["--name", "new.example.org", "--zones", "ap-northeast-2a"], ["--yes"]),
    "explain": (["--message", "0/1 nodes are available: 1 Too many pods."], []),
    "get": (["nodes"], []), "journal": ([], []), "maxpods": (["t3.medium"], []),
    "plan": ([], []), "roll": ([], ROLL), "runs": ([], []), "snapshot": (["nodes"], []),
    "spec": (["edit", SPEC, "--set", "maxPods=14"], ["--write"]),
    "undo": ([SPEC], ["--write"]), "update": ([], ["--yes"]),
}
OTHERS = {"lab": "a world of its own", "": "the screen: tests/tui/t-fuzz-keys.c"}
VALUES = {  # of options that want one
    "--bastion-interval": "1s", "--control-plane-interval": "1s", "--drain-timeout": "2m",
    "--engine": "kops", "--group": GROUP, "--join-timeout": "2m", "--max-surge": "1",
    "--max-unavailable": "1", "--node-interval": "1s", "--post-drain-delay": "1s",
    "--role": "node", "--validate-count": "1", "--validation-timeout": "2m", "--since": "3d",
    "--set": "maxSize=3", "--unset": "maxPods", "--size": "100x30", "--message": "x",
    "--max-eni": "3", "--minimum-ip": "1", "--pods": "30", "--type": "m5.large",
    "--warm-eni": "1", "--warm-ip": "1", "--warm-prefix": "1", "--output": "json",
    "--min": "20", "--sort": "type", "--family": "t3", "--pod": "nginx-deployment", "--spec": "-",
    # of a new cluster
    "--zones": "ap-northeast-2a", "--networking": "amazonvpc", "--prefix-delegation": "on",
    "--max-pods": "100", "--network-cidr": "10.0.0.0/16", "--kubernetes-version": "1.34.2",
    "--dns": "none", "--dns-zone": "example.org", "--ssh-public-key": "none",
    "--control-plane-size": "t3.large", "--control-plane-count": "3",
    "--control-plane-volume-size": "30", "--node-size": "t3.large", "--node-count": "3",
    "--node-volume-size": "30", "--cloud-labels": "a=b", "--target": "direct",
    "--out": work + "/terraform",
}
whole = os.environ.get("COMMANDS") == "--all"
count = 0


def check(name, holds, words=""):
    global count
    count += 1
    print(("" if holds else "not ") + f"ok {count} - {name}", flush=True)
    if not holds:
        print("# " + str(words).replace("\n", "\n# ")[:1500], flush=True)


env = {"PATH": os.environ["PATH"], "HOME": work, "TZ": "UTC", "LC_ALL": "C.UTF-8",
       "XDG_STATE_HOME": work + "/state", "XDG_CONFIG_HOME": work + "/config"}


def run(words):
    p = subprocess.Popen([kopscope] + words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, env=env, cwd=work)
    try:
        out = p.communicate(timeout=3 if "--watch" in words else 60)[0]
    except subprocess.TimeoutExpired:
        p.terminate()
        out = p.communicate()[0]
    return p.returncode, out.decode("utf-8", "replace")


def settings(text):
    os.makedirs(work + "/config/kopscope", exist_ok=True)
    name = work + "/config/kopscope/config.yaml"
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(name, 0o600)


def written():
    """What reached the lab so far: its AWS side, its cluster, and by kops."""
    with urllib.request.urlopen(env["KOPSCOPE_LAB"] + "/lab/state", timeout=20) as r:
        c = json.load(r)["counts"]
    try:
        with open(work + "/kops.log", encoding="utf-8") as f:
            kops = [x for x in f if "--dry-run" not in x and (
                "--yes" in x or re.match(r"(create|replace|delete) ", x))]
    except OSError:
        kops = []
    return (c["aws"]["writes"], c["kube"]["writes"], len(kops)), c["lastWrite"], kops


def options_of(command):
    text = run([command, "--help"])[1]
    own = re.search(r"^options:\n(.*?)(\n\n|\Z)", text, re.M | re.S)
    more = re.search(r"^fields of.*?\n(.*?)(\n\n|\Z)", text, re.M | re.S)
    lines = (own[1] if own else "") + "\n" + (more[1] if more else "")
    return re.findall(r"^  (?:-\w, )?(--[\w-]+)( (?:[A-Z]\S*|\S+\|\S+))?(?: |$)", lines, re.M)


def lines_of(command):
    """The command alone, with what makes it write, and so with each of its options."""
    base, writing = BASE[command]
    out = [[command] + base, [command] + base + writing]
    for name, value in options_of(command):
        if value and name not in VALUES:
            raise KeyError(f"{command} {name}{value}: commands.py knows no value")
        out.append([command] + base + writing + [name] + ([VALUES[name]] if value else []))
    return out


def all_quiet(mode, lines, more, codes):
    """None of the lines writes; those that would have end with one of the codes."""
    before = written()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda x: run(x + more), lines))
    after = written()
    check(f"{mode}: {len(lines)} command lines, writes that reached the lab: 0",
          before[0] == after[0], f"{before} {after}")
    loud = [f"{x} ends with {rc}: {out[-300:]}" for x, (rc, out) in zip(lines, seen)
            if rc < 0 or "bug at" in out]
    check(f"{mode}: all end by themselves", not loud, "\n".join(loud))
    writing = [(x, rc, out) for x, (rc, out) in zip(lines, seen)
               if BASE[x[0]][1] and x != [x[0]] + BASE[x[0]][0]]
    passed = [f"{x} ends with {rc}: {out[-300:]}" for x, rc, out in writing
              if rc not in codes and "--dry-run" not in x]
    check(f"{mode}: {len(writing)} that would write say no", not passed, "\n".join(passed))


def begin():
    log = open(work + "/lab.out", "w", encoding="utf-8")
    lab = subprocess.Popen([lab_program, "--speed", "60", "--seed", "7", "--dir", work + "/lab",
                            "--env-file", work + "/env", "--parent", str(os.getpid())],
                           stdout=log, stderr=subprocess.STDOUT)
    while "ready" not in open(work + "/lab.out", encoding="utf-8").read():
        time.sleep(0.05)
    for line in open(work + "/env", encoding="utf-8"):
        m = re.match(r"export (\w+)='?([^'\n]*)", line)
        if m and m[1] != "PATH":
            env[m[1]] = m[2]
    # kops notes what it is told.
    os.mkdir(work + "/bin")
    with open(work + "/bin/kops", "w", encoding="utf-8") as f:
        f.write(f"#!/bin/sh\necho \"$*\" >>{work}/kops.log\nexec {work}/lab/bin/kops \"$@\"\n")
    os.chmod(work + "/bin/kops", 0o755)
    env["PATH"] = work + "/bin:" + env["PATH"]
    return lab


def leave_a_dead_run():
    """A run whose worker was killed, for attach; an edit, for undo."""
    roll = subprocess.Popen([kopscope, "roll", "--role", "node", "--group", GROUP] + ROLL,
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=env,
                            stderr=subprocess.DEVNULL, cwd=work)
    pid = work + "/state/kopscope/runs/1/pid"
    events = work + "/state/kopscope/runs/1/events.jsonl"
    while not (os.path.exists(events) and '"event":"node"' in open(events).read()):
        time.sleep(0.02)
    os.kill(int(open(pid).read().split()[0]), signal.SIGKILL)
    roll.wait()
    return run(["spec", "edit", SPEC, "--set", "maxPods=16", "--write"])


lab = begin()
try:
    rc, out = leave_a_dead_run()
    check("an edit to be undone", rc == 0, out)
    known = set(re.findall(r"^  (\w+)  ", run(["--help"])[1].split("commands:")[1]
                           .split("options:")[0], re.M))
    check(f"all {len(known)} commands are known here", known == set(BASE) | set(OTHERS) - {""},
          known ^ (set(BASE) | set(OTHERS)))
    lines = [x for c in sorted(BASE) for x in lines_of(c)[:None if whole or BASE[c][1] else 1]]
    writing = [x for x in lines if BASE[x[0]][1] and x != [x[0]] + BASE[x[0]][0]]
    all_quiet("--readonly", lines, ["--readonly"], (1, 2, 3))
    if not whole:  # one of each command
        writing = [[c] + BASE[c][0] + BASE[c][1] for c in sorted(BASE) if BASE[c][1]]
    settings("guard_rails:\n  - {cluster: \"*\", action: \"*\", do: deny, reason: frozen}\n")
    all_quiet("deny", writing, [], (1, 2, 3))
    settings("guard_rails:\n  - {cluster: \"*\", action: \"*\", do: ask}\n")
    # create asks S3 by a PUT that cannot succeed whether it may write: counted, but no write.
    writing = [x for x in writing if x[0] != "create"]
    all_quiet("ask, and nobody said yes", writing, [], (2, 3))
    settings("guard_rails:\n  - {action: write-spec, do: allow}\n"
             "  - {action: \"*\", do: deny}\n")
    before = written()[0]
    edits = sum(run(x)[0] == 0 for x in (["spec", "edit", SPEC, "--set", "maxPods=15", "--write"],
                                         ["undo", SPEC, "--write"]))
    for words in writing:
        if words[0] not in ("spec", "undo"):
            run(words)
    after = written()[0]
    check("only specs may be written: exactly those writes reach the lab",
          edits == 2 and after == (before[0] + 2, before[1], before[2]), (before, after, edits))
finally:
    lab.terminate()
    lab.wait()
    shutil.rmtree(work, ignore_errors=True)
print(f"1..{count}")
