# SPDX-License-Identifier: Apache-2.0
"""Rolls of the lab in whose worker one call fails: of each kind, at some step of the roll.

Whatever fails: the run succeeds, or it ends or its worker dies with words, and taken up again it
succeeds.  Then no node is cordoned, no instance was terminated twice, every file of the run is
whole, and no temporary file stays.

usage: worker.py KOPSCOPE LAB SHIM COUNT SEED    (COUNT faults of each kind and engine)
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

program, lab_program, shim = sys.argv[1:4]
per_kind, seed = int(sys.argv[4]), int(sys.argv[5])
work = tempfile.mkdtemp(prefix="kopscope-faults-worker.")
state = os.path.join(work, "state")
log = os.path.join(work, "log")
rng = random.Random(seed)
env = {"PATH": os.environ["PATH"], "HOME": work, "XDG_STATE_HOME": state, "TZ": "UTC",
       "LC_ALL": "C.UTF-8"}
count = injected = 0
# How far apart a roll's calls of a kind lie: the strike falls somewhere in it.
CALLS = {"native": ["open", "write", "fsync", "rename", "socket", "connect", "send", "recv",
                    "read", "memory"],
         "kops": ["open", "write", "fsync", "rename", "fork", "pipe2", "read", "memory"]}


def start_lab():
    file = os.path.join(work, "env")
    words = [lab_program, "--env-file", file, "--speed", "300", "--seed", str(seed)]
    with open(os.path.join(work, "lab.out"), "wb") as out:
        p = subprocess.Popen(words, cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=out,
                             stderr=out)
    for _ in range(600):
        with open(os.path.join(work, "lab.out"), "rb") as f:
            if b"ready" in f.read():
                break
        if p.poll() is not None:
            raise SystemExit("Bail out! the lab did not start")
        time.sleep(0.1)
    told = subprocess.run(["sh", "-c", f". {file}; env -0"], env=env, stdout=subprocess.PIPE,
                          check=True).stdout
    env.update(kv.decode().split("=", 1) for kv in told.split(b"\0") if b"=" in kv)
    env.update(HOME=work, XDG_STATE_HOME=state)
    return p


def kopscope(words, more=None):
    p = subprocess.run([program] + words, cwd=work, env={**env, **(more or {})}, timeout=240,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, check=False)
    return p.returncode, p.stdout.decode("utf-8", "replace")


def run_file(name):
    path = os.path.join(state, "kopscope/runs/1", name)
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def broken_lines():
    """Files of the run that are not whole.  A line that the fault cut short stays, by itself."""
    bad, torn = [], 0
    for d, _, names in os.walk(state):
        for name in names:
            path = os.path.join(d, name)
            if not os.path.isfile(path):
                continue                    # the control socket of a worker that has just died
            with open(path, encoding="utf-8", errors="replace") as f:
                text = f.read()
            if ".tmp-" in name:
                bad.append(name)
            lines = name.endswith(".jsonl") or name == "state.json"
            parts = text.splitlines() if lines else [text] if name.endswith(".json") else []
            for part in parts:
                try:
                    json.loads(part)
                except ValueError:
                    torn += lines
                    if not lines or torn > 1:
                        bad.append(f"{name}: {part[:60]!r}")
    return bad


def ended(text=None):
    """How the run ended, or None."""
    how = None
    for line in (run_file("events.jsonl") if text is None else text).splitlines():
        try:
            e = json.loads(line)
        except ValueError:
            continue
        if e.get("event") == "end":
            how = e
    return how


def succeeded():
    return (ended() or {}).get("status") == "succeeded"


def cordoned():
    return [r.split()[0] for r in kopscope(["get", "nodes", "--no-headers"])[1].splitlines()
            if "cordoned" in r]


def is_told(node, told):
    """The sentence about what is left cordoned names the node."""
    return re.search(r"(?i)(left cordoned|cordons and taints could not)[^.]*\b"
                     + re.escape(node), told)


def world_is_whole():
    """Three nodes, none cordoned; EC2's word that one goes is there before its node object goes."""
    out = ""
    for _ in range(120):
        rc, out = kopscope(["get", "nodes", "--no-headers"])
        rows = out.splitlines()
        if rc == 0 and len(rows) == 3 and "cordoned" not in out:
            return None
        time.sleep(0.25)
    return f"the nodes at the end: {out!r}"


def terminated_twice():
    path = os.path.join(state, "kopscope/journal.jsonl")
    seen, twice = set(), []
    if not os.path.exists(path):
        return twice
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            try:
                j = json.loads(line)
            except ValueError:
                continue
            if j.get("action") == "terminate" and j.get("result") == "done":
                if j["target"] in seen:
                    twice.append(j["target"])
                seen.add(j["target"])
    return twice


def strike(engine, call, at):
    """One roll with that call of its worker failing; what was struck, and what is wrong."""
    shutil.rmtree(state, ignore_errors=True)
    if os.path.exists(log):
        os.remove(log)
    kind = "memory" if call == "memory" else "io"
    more = {"LD_PRELOAD": shim, "FAULT_KIND": kind, "FAULT_AT": str(at), "FAULT_LOG": log,
            "FAULT_ARG": "run-worker"}
    if kind == "io":
        more["FAULT_CALL"] = call
    roll = ["roll", "--force", "--anyway", "--yes", "--engine", engine]
    rc, out = kopscope(roll, more)
    said = ""
    if os.path.exists(log):
        with open(log, encoding="utf-8") as f:
            said = f.read().strip()
    wrong, words = [], ""
    for _ in range(3):
        if rc == 0 and succeeded():
            break
        told = out + json.dumps(ended() or "") + run_file("worker.log")
        words = words or out
        if ended():
            # It gave up: what it left behind has to be told, and a new run goes on from there.
            silent = [node for node in cordoned() if not is_told(node, told)]
            if silent:
                wrong.append(f"cordoned, and not told: {silent}: {told[-600:]!r}")
            shutil.rmtree(os.path.join(state, "kopscope/runs"))
            rc, out = kopscope(roll)
        elif engine == "native" and os.path.isdir(os.path.join(state, "kopscope/runs/1")):
            rc, out = kopscope(["attach", "1", "--resume"])
        else:
            # Nothing began, or it was kops' own, which finds by itself what is left to do.
            shutil.rmtree(os.path.join(state, "kopscope/runs"), ignore_errors=True)
            rc, out = kopscope(roll)
    if rc != 0 or not succeeded():
        wrong.append(f"not taken up: exit code {rc}, {out[-300:]!r}")
    if words and not words.strip():
        wrong.append("it ended without a word")
    if "bug at" in words + out + run_file("worker.log"):
        wrong.append("a bug: " + run_file("worker.log")[-300:])
    wrong += broken_lines()
    whole = world_is_whole()
    wrong += [whole] if whole else []
    twice = terminated_twice() if os.path.isdir(os.path.join(state, "kopscope")) else []
    wrong += [f"terminated twice: {twice}"] if twice else []
    return said, wrong, bool(words)


def totals(engine):
    """How many calls of each kind a worker's roll makes here."""
    n = {}
    for call in CALLS[engine]:
        said, wrong, _ = strike(engine, call, 0)
        n[call] = int(said.split()[1]) if said.startswith("calls") else 0
        if wrong or not n[call]:
            print(f"# {engine} {call} without a fault: {said!r} {wrong}")
    return n


def of_engine(engine):
    global count, injected
    n = totals(engine) if per_kind > 2 else \
        {c: {"memory": 20000, "recv": 300, "read": 100, "send": 60}.get(c, 12)
         for c in CALLS[engine]}
    for call in CALLS[engine]:
        fired, taken_up, bad = 0, 0, []
        for _ in range(per_kind):
            at = rng.randint(1, max(1, n[call]))
            said, wrong, words = strike(engine, call, at)
            struck = bool(said) and not said.startswith("calls")
            fired += struck
            taken_up += words
            bad += [f"{said or at}: {w}" for w in wrong]
        count += 1
        injected += fired
        for line in bad[:10]:
            print("#", line.replace("\n", " | "))
        print(f"{'not ok' if bad else 'ok'} {count} - {engine} engine, {call}: {fired} faults, "
              f"{taken_up} rolls ended and were taken up again"
              f"{'' if fired or bad else ' # SKIP no such call came'}", flush=True)


lab = start_lab()
try:
    print(f"# seed {seed}")
    for e in CALLS:
        of_engine(e)
    count += 1
    print(f"{'ok' if injected else 'not ok'} {count} - {injected} faults struck")
    print(f"1..{count}")
finally:
    lab.send_signal(signal.SIGTERM)
    lab.wait()
    shutil.rmtree(work, ignore_errors=True)
