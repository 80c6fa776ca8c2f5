# SPDX-License-Identifier: Apache-2.0
"""Keys at random, and every command by its name, typed on the terminal of a read-only screen in the
lab: no write reaches the lab, no run is made, and the screen lives on.

usage: keys.py KOPSCOPE LAB SRCDIR KEYS SEED
"""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

program, lab_program, srcdir = sys.argv[1:4]
wanted, seed = int(sys.argv[4]), int(sys.argv[5])
sys.path.insert(0, os.path.join(srcdir, "tests/faults"))
from term import Terminal  # pylint: disable=wrong-import-position

work = tempfile.mkdtemp(prefix="kopscope-keys.")
rng = random.Random(seed)
env = {"PATH": os.environ["PATH"], "HOME": work, "XDG_STATE_HOME": work + "/state", "TZ": "UTC",
       "XDG_CONFIG_HOME": work, "LC_ALL": "C.UTF-8"}
SPECIAL = ["\x1bOA", "\x1bOB", "\x1bOC", "\x1bOD", "\x1b[5~", "\x1b[6~", "\x1bOH", "\x1bOF",
           "\x1b[3~", "\r", "\r", "\r", "\x1b", "\x1b", "\t", "\x1b[Z", "\x7f", "y", "y"]
# Not those that end or stop it: q, C-c, C-z.
PLAIN = [chr(c) for c in range(0x20, 0x7f) if chr(c) != "q"]
CONTROL = [chr(c) for c in range(1, 0x1b) if c not in (3, 26)]
ARGUMENTS = ["", " ", " a", " 3", " x=y", " mate-technology.app", " yes"]
with open(os.path.join(srcdir, "tui/actions.c"), encoding="utf-8") as source:
    NAMES = [n for n in re.findall(r'\{\.name = "([a-z-]+)"', source.read())
             if n not in ("quit", "suspend")]


def start_lab():
    file = os.path.join(work, "env")
    with open(work + "/lab.out", "wb") as out:
        p = subprocess.Popen([lab_program, "--env-file", file, "--speed", "60", "--seed", "3",
                              "--dir", work + "/lab", "--parent", str(os.getpid())], cwd=work,
                             env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    for _ in range(600):
        with open(work + "/lab.out", "rb") as f:
            if b"ready" in f.read():
                break
        time.sleep(0.1)
    told = subprocess.run(["sh", "-c", f". {file}; env -0"], env=env, stdout=subprocess.PIPE,
                          check=True).stdout
    env.update(kv.decode().split("=", 1) for kv in told.split(b"\0") if b"=" in kv)
    env.update(HOME=work, XDG_STATE_HOME=work + "/state")
    return p


def writes():
    with urllib.request.urlopen(env["KOPSCOPE_LAB"] + "/lab/state", timeout=20) as r:
        c = json.load(r)["counts"]
    return c["aws"]["writes"], c["kube"]["writes"], c["lastWrite"]


def some_keys():
    """Half of them where most begins: in a view, not in a dialog."""
    dice = rng.random()
    if dice < 0.1:
        return ["\x1b", *(":" + rng.choice(NAMES) + rng.choice(ARGUMENTS)), "\r"]
    if dice < 0.2:
        return ["\x1b", "\x1b"]
    return [rng.choice(SPECIAL) if d < 0.3 else rng.choice(CONTROL) if d < 0.35
            else rng.choice(PLAIN) for d in (rng.random() for _ in range(8))]


def say(ok, n, name):
    print(f"{'ok' if ok else 'not ok'} {n} - {name}", flush=True)
    return ok


def main():
    typed, starts, bad, t, drawn, titles = 0, 0, [], None, 0, set()
    before = writes()
    while typed < wanted and not bad:
        if not t or t.ended():
            if t:
                bad += [] if t.end() == 0 else [f"ended: {t.all[-300:]!r}"]
                t.close()
            drawn += t.drawn if t else 0
            t = Terminal([program, "--readonly"], work, env)
            starts += 1
            bad += [] if t.until("aws . live.*k8s . live", 60) else [f"not up: {t.text()}"]
        keys = some_keys()
        t.keys("".join(keys))
        typed += len(keys)
        while t.pump(0):
            pass
        if rng.randrange(40) == 0:
            t.pump(0.1)
            titles |= {x.split("  ")[0] for x in t.text().splitlines()[2:5]}
    # It is still there: help comes, and it ends when it is told to.
    t.keys("\x1b")
    t.until(lambda text: False, 1)
    for _ in range(6):
        t.keys("\x1b")
        t.pump(0.3)
    t.keys("?")
    answers = t.until("Keys and commands", 60)
    t.keys("\x1b")
    t.pump(0.3)
    t.keys("q")
    rc, back = t.end(60), t.given_back()
    after = writes()
    about = len(titles) > 3
    good = say(not bad and answers and rc == 0 and not back and about, 1,
               f"{typed} keys, seed {seed}, in {starts} screens: it gets about and lives on")
    for line in bad or ([] if good else [f"{answers} {rc} {back}: {t.text()}"]):
        print("#", line.replace("\n", "\n# "))
    good &= say(before[:2] == after[:2], 2, f"writes that reached the lab: "
                f"{after[0] - before[0]} of AWS, {after[1] - before[1]} of Kubernetes")
    if before[:2] != after[:2]:
        print("#", after[2])
    runs = os.path.join(work, "state/kopscope/runs")
    good &= say(not os.path.isdir(runs) or not os.listdir(runs), 3, "no run was made")
    print(f"# {drawn + t.drawn} bytes drawn, {len(titles)} different heads of a view or dialog seen")
    print("1..3")
    return 0 if good else 1


lab = start_lab()
try:
    rc_all = main()
finally:
    lab.send_signal(signal.SIGTERM)
    lab.wait()
    shutil.rmtree(work, ignore_errors=True)
sys.exit(rc_all)
