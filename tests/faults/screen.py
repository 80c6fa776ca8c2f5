# SPDX-License-Identifier: Apache-2.0
"""The screen in the lab, on a pseudo-terminal, in which one call fails: while it starts, while
views are opened, a spec is edited and put back, a Deployment scaled, a run started and watched.

Whatever fails: it does not crash and does not hang, it still answers keys; what was asked for
happens, or the screen (or its Log) says why not; the stored spec is the old one or the new one, no
file is left half-written; at the end the terminal is as it was.  Without memory it may end, with
one line that says so, on a terminal given back.

usage: screen.py KOPSCOPE LAB SHIM COUNT SEED
    COUNT places of each call in each phase; -1: all of them, and 10 allocations; 0: one of each
    call, where it comes first (start, edit, update)
"""
import collections
import json
import mmap
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

from term import Terminal

program, lab_program, shim = sys.argv[1:4]
per_place, seed = int(sys.argv[4]), int(sys.argv[5])
work = tempfile.mkdtemp(prefix="kopscope-faults-screen.")
state = os.path.join(work, "state")
DOWN, HOME, END = "\x1bOB", "\x1bOH", "\x1bOF"  # as a terminal in keypad mode sends them
CLUSTER = "mate-technology.app"
CALLS = ["read", "write", "fsync", "rename", "open", "opendir", "mkdir", "mkostemp", "fchmod",
         "lseek", "pread", "flock", "unlink", "pipe2", "fork", "socket", "connect", "send", "recv",
         "poll", "getaddrinfo", "pthread_create", "socketpair"]
# One of these is in what is said of a fault.
SAID = re.compile(r"(?i)cannot|could not|not (written|started|kept|read|done)|no space|no memory|"
                  r"input/output|too many open|not permitted|unreachable|reset|failed|lost|"
                  r"temporarily|no more processes|refused|nothing was|connection|resolve|error|"
                  r"out of memory|interrupted|again")
rng = random.Random(seed)
env = {"PATH": os.environ["PATH"], "HOME": work, "XDG_STATE_HOME": state, "TZ": "UTC",
       "LC_ALL": "C.UTF-8"}
count = bad = injected = 0
value = 60      # max pods: each edit another one
WAIT = 20       # real seconds until something counts as not having come
LOST = 6        # ... where a key may have been lost: then it is typed again


# ---- the shim's places -------------------------------------------------------------

class Places:
    """What struct places of shim.c is."""
    HEAD, ONE = struct.Struct("qq"), struct.Struct("16sqq")

    def __init__(self, path):
        self.path = path
        self.names = CALLS + ["memory"]
        with open(path, "wb") as f:
            f.write(bytes(self.HEAD.size + 40 * self.ONE.size))
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 0)

    def arm(self, call=None, at=0):
        """From now on: count all; the at-th of that call fails."""
        for i, name in enumerate(self.names):
            self.ONE.pack_into(self.map, self.HEAD.size + i * self.ONE.size, name.encode(), 0,
                               at if name == call else 0)
        self.HEAD.pack_into(self.map, 0, self.HEAD.unpack_from(self.map, 0)[0], 1)

    def disarm(self):
        """How often each came."""
        self.HEAD.pack_into(self.map, 0, self.HEAD.unpack_from(self.map, 0)[0], 0)
        return {name: self.ONE.unpack_from(self.map, self.HEAD.size + i * self.ONE.size)[1]
                for i, name in enumerate(self.names)}

    def free(self):
        """The next kopscope's."""
        self.HEAD.pack_into(self.map, 0, 0, self.HEAD.unpack_from(self.map, 0)[1])


# ---- the lab -----------------------------------------------------------------------

def start_lab():
    file = os.path.join(work, "env")
    with open(os.path.join(work, "lab.out"), "wb") as out:
        p = subprocess.Popen([lab_program, "--env-file", file, "--speed", "60", "--seed", "3",
                              "--dir", work + "/lab", "--parent", str(os.getpid())], cwd=work,
                             env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
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
    env.update(HOME=work, XDG_STATE_HOME=state, XDG_CONFIG_HOME=work, XDG_CACHE_HOME=work)
    return p


def stored():
    """The max pods of the stored spec, read by a kopscope to which nothing happens."""
    p = subprocess.run([program, "spec", "show", CLUSTER, "-o", "json"], env=env, cwd=work,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       timeout=60, check=False)
    if p.returncode:
        return None
    return p.stdout.decode("utf-8", "replace")


def broken_files():
    """What is not whole in the state folder.  A line that the fault cut short stays, by itself."""
    out = []
    for d, _, names in os.walk(state):
        for name in names:
            path = os.path.join(d, name)
            if ".tmp-" in name:
                out.append(f"{name} was left")
            if not name.endswith((".json", ".jsonl")) or not os.path.isfile(path):
                continue
            with open(path, encoding="utf-8", errors="replace") as f:
                text = f.read()
            torn = 0
            for part in text.splitlines() if name.endswith(".jsonl") else [text]:
                try:
                    json.loads(part)
                except ValueError:
                    torn += 1
            if torn > (torn_lines.get(path, 0) + 1 if name.endswith(".jsonl") else 0):
                out.append(f"{name} is not whole")
            torn_lines[path] = torn
    return out


torn_lines = {}
patience = WAIT


# ---- the screen --------------------------------------------------------------------

class Lost(Exception):
    """It ended, or does not answer."""


def open_screen():
    places.free()
    # By a name, so that it is looked up; the shim knows it.
    more = {"LD_PRELOAD": shim, "FAULT_PLACES": places.path,
            "AWS_ENDPOINT_URL": env["AWS_ENDPOINT_URL"].replace("127.0.0.1", "lab.test")}
    return Terminal([program, "--ascii"], work, {**env, **more})


def ready(t, seconds=WAIT):
    return t.until(r"aws \* live.*k8s \* live", seconds)


def alone(t):
    """No dialog, no filter, nothing typed."""
    for _ in range(4):
        t.keys("\x1b")
        t.pump(0.15)
    t.keys("7")
    t.until("WHAT HAPPENED", 5)
    t.keys(END + "\x0c")  # what was told last, however much it is


def happens(t, words, seconds=None):
    """The words come; false when they do not, or as soon as the message says why not."""
    pattern = re.compile(words, re.M)
    t.until(lambda text: pattern.search(text) or SAID.search("\n".join(text.splitlines()[-3:-1])),
            seconds or patience)
    return bool(pattern.search(t.text()))


def views(t):
    """Some that ask for more when they are opened, and texts."""
    for key, words in ((":store\r", r"addons/ +\d"), (HOME + DOWN, r">  aws-cloud"),
                       ("\r", "^ kind: "), ("\x1b", r"addons/ +\d"),
                       (":cloud\r", "subnet-"), (":dns\r", "DNS type"),
                       ("5", "nginx-deployment"), ("y", "^ kind: Depl"), ("\x1b", "REPLICAS")):
        t.keys(key)
        if not happens(t, words):
            return False
    return True


def edit(t):
    global value
    value = value + 1 if value < 110 else 60
    t.keys("3")
    t.until("NODE ", patience)
    t.keys("e")
    # Its last field too: a line of it may come before the others.
    if not t.until("warm prefixes", patience):
        return False
    # With prefixes: else the nodes have no addresses for so many.
    off = re.search(r"prefix delegation +off", t.text())
    if re.search(rf"max pods, all nodes +{value} ", t.text()):
        value += 1  # an undo that failed has left it
    t.keys(f"\x15{value}" + (DOWN + DOWN + " " if off else ""))
    t.keys("\r")
    if not t.until("Type the cluster's name to write", 5):
        return False
    t.keys(CLUSTER + "\r")
    return happens(t, f"written: {CLUSTER}/config")


def undo(t):
    t.keys(":undo\r")
    if not t.until("Type the cluster's name to", patience):
        return False
    t.keys(CLUSTER + "\r")
    return happens(t, f"put back: {CLUSTER}/config")


def scale(t):
    n = rng.randint(3, 12)
    t.keys("5/nginx-deployment\r")
    t.until("filter: nginx", 5)
    t.keys("s")
    if not t.until(r"replicas +\d+ ", 5):
        return False
    t.keys(f"\x15{n}\r")
    return happens(t, f"set to {n}")


def update(t):
    t.keys("u")
    if not happens(t, "y apply it"):
        return False
    t.keys("y")
    return happens(t, "succeeded", patience * 2)


PHASES = {"views": (views, None), "edit": (edit, None), "undo": (undo, edit),
          "scale": (scale, None), "update": (update, edit)}


def told(t, before):
    """Words about it: in the screen's head, its dialog or message, or in a line of the Log that was
    not there before."""
    for key in ("", "\x0c"):  # painted anew where what was written to the terminal is lost
        t.keys(key)
        t.pump(0.3)
        lines = t.text().splitlines()
        # The head, the top of a dialog, the message.
        if SAID.search("\n".join(lines[:1] + lines[3:9] + lines[-5:])):
            return True
    alone(t)
    return t.until(lambda text: any(SAID.search(x) for x in log_lines(text) - before), 3)


def log_lines(text):
    """How often each stands in the Log view; each has its time."""
    return collections.Counter(x[1:] for x in text.splitlines()
                               if re.match(r".\d\d:\d\d:\d\d ", x))


def answers(t):
    alone(t)
    if t.ended():
        raise Lost(f"it ended with {t.process.returncode}: {t.all[-300:]!r}")
    t.keys("?")
    if not t.until("Help|Keys", 15):
        raise Lost(f"it does not answer: {t.text()[-600:]}")
    t.keys("\x1b")
    t.pump(0.1)


def leave(t):
    """What is wrong with how it ended."""
    t.keys("q")
    rc = t.end()
    out = []
    if rc is None:
        out.append("it does not end")
    elif rc:
        out.append(f"exit code {rc}: {t.all[-300:]!r}")
    back = t.given_back()
    return out + ([back] if back else [])


def strike(t, phase, call, at):
    """One fault in a screen that is up; [what is wrong], None: the call did not come so often."""
    global patience
    todo, before = PHASES[phase]
    if before and not before(t):
        seen = t.text()
        alone(t)
        return [f"before it: {seen}"]
    alone(t)
    log = log_lines(t.text())
    was = stored() if phase in ("edit", "undo") else None
    places.arm(call, at)
    patience = LOST if call == "read" else WAIT
    done = todo(t)
    patience = WAIT
    wrong = []
    came = places.disarm()[call] >= at > 0
    if at and not came:
        return None
    # A key was lost with it, or what was painted: whoever typed it types it again.
    lost = call == "read" or call == "write" and phase in ("views", "scale")
    again = not done and lost and not t.ended()
    if again:
        alone(t)
        done = todo(t)
    if not done and phase in ("edit", "undo"):
        done = stored() not in (None, was)  # it happened; the words were lost on their way
    if not done and not t.ended() and not told(t, log):
        wrong.append(f"it neither happened nor is told: {t.text()}")
    answers(t)
    if phase in ("edit", "undo"):
        now = stored()
        if now is None:
            wrong.append("the spec cannot be read any more")
        elif done and now == was:
            wrong.append("said to be written, but it is not")
    wrong += broken_files()
    return wrong


def counts(phase):
    """How often each call comes in that phase."""
    t = open_screen()
    try:
        if phase == "start":
            places.arm()
            ok = ready(t)
        else:
            ok = ready(t) and (not PHASES[phase][1] or PHASES[phase][1](t))
            alone(t)
            places.arm()
            ok = ok and PHASES[phase][0](t)
        n = places.disarm()
        if not ok:
            raise Lost(f"without a fault: {t.text()}")
        answers(t)
        wrong = leave(t)
        if wrong:
            raise Lost(f"without a fault: {wrong}")
        return n
    finally:
        t.close()


def at_start(call, at):
    places.arm(call, at)
    t = open_screen()
    try:
        up = ready(t)
        came = places.disarm()[call] >= at
        if not came:
            return None
        if t.ended():
            rc, back = t.end(), t.given_back()
            words = t.all.decode("utf-8", "replace")
            if rc in (1, 2, 70) and "kopscope: " in words and not back:
                return []
            return [f"ended with {rc}, {back}: {words[-300:]!r}"]
        wrong = [] if up or told(t, collections.Counter()) else \
            [f"not up, and not told why: {t.text()}"]
        answers(t)
        return wrong + leave(t) + broken_files()
    except Lost as e:
        return [str(e)]
    finally:
        t.close()


def picks(total):
    if per_place < 0 or total <= per_place:
        return list(range(1, total + 1))
    return sorted(rng.sample(range(1, total + 1), max(1, per_place)))


def of_start(total):
    wrong, fired = [], {}
    for call in CALLS:
        for at in picks(total[call]):
            got = at_start(call, at)
            if got is not None:
                fired[call] = fired.get(call, 0) + 1
                wrong += [f"{call} {at}: {x}" for x in got]
    return wrong, fired


def of_phase(phase, total, calls):
    """All calls of that phase, in one screen as long as it lives."""
    wrong, fired, t = [], {}, None
    for call in calls:
        for at in picks(total[call]):
            try:
                if not t:
                    t = open_screen()
                    if not ready(t):
                        raise Lost(f"not ready: {t.text()}")
                got = strike(t, phase, call, at)
                if got is not None:
                    fired[call] = fired.get(call, 0) + 1
                    wrong += [f"{call} {at}: {x}" for x in got]
            except Lost as e:
                fired[call] = fired.get(call, 0) + 1
                wrong.append(f"{call} {at}: {e}")
                t.close()
                t = None
    if t:
        wrong += [f"at the end: {x}" for x in leave(t)]
        t.close()
    return wrong, fired


def no_memory(phase, total):
    """The screen ends, or goes on; each time another one."""
    wrong, n = [], 0
    for _ in range(10 if per_place < 0 else max(1, per_place)):
        at = rng.randint(1, max(1, total["memory"]))
        t = open_screen()
        try:
            if phase == "start":
                places.arm("memory", at)
                ready(t)
            else:
                if not ready(t):
                    raise Lost(f"not ready: {t.text()}")
                places.arm("memory", at)
                PHASES[phase][0](t)
            if places.disarm()["memory"] < at:
                continue
            n += 1
            if not t.ended():
                answers(t)
                wrong += [f"memory {at}: {x}" for x in leave(t)]
            else:
                rc, back = t.end(), t.given_back()
                tail = t.all[t.all.rfind(b"\x1b[?1049l"):]
                if rc != 70 or back or b"kopscope: out of memory" not in tail:
                    wrong.append(f"memory {at}: ended with {rc}, {back}, {t.all[-300:]!r}")
            if phase in ("edit", "undo") and stored() is None:
                wrong.append(f"memory {at}: the spec cannot be read any more")
            wrong += broken_files()
        except Lost as e:
            wrong.append(f"memory {at}: {e}")
        finally:
            t.close()
    return wrong, n


def report(name, wrong, n, more=""):
    global count, bad, injected
    count += 1
    bad += bool(wrong)
    injected += n
    for line in wrong[:10]:
        print("#", line[-2600:].replace("\n", "\n#   "))
    print(f"{'not ok' if wrong else 'ok'} {count} - {name}: {n} faults{more}", flush=True)


def main():
    print(f"# seed {seed}")
    struck = {}
    every = "start " + " ".join(PHASES) if per_place else "start edit update"
    for phase in os.environ.get("FAULT_PHASES", every).split():
        total = counts(phase)
        print(f"# {phase}: " + ", ".join(f"{c} {n}" for c, n in total.items() if n), flush=True)
        if per_place == 0:
            calls = [c for c in CALLS if total[c] and c not in struck]
        else:
            calls = [c for c in CALLS if total[c]]
        wrong, fired = of_start({c: total[c] if c in calls else 0 for c in CALLS}) \
            if phase == "start" else of_phase(phase, total, calls)
        for c, n in fired.items():
            struck[c] = struck.get(c, 0) + n
        report(f"{phase}, {len(fired)} kinds of calls", wrong, sum(fired.values()))
        if per_place or phase in ("start", "edit"):
            wrong, n = no_memory(phase, total)
            report(f"{phase}, without memory", wrong, n)
            struck["memory"] = struck.get("memory", 0) + n
    never = [c for c in CALLS if c not in struck]
    report(f"{injected} in all; never came: {' '.join(never) or 'none'}",
           [] if injected else ["none"], 0)
    print("# " + ", ".join(f"{c} {n}" for c, n in sorted(struck.items())))
    print(f"1..{count}")


lab = start_lab()
places = Places(os.path.join(work, "places"))
try:
    main()
finally:
    lab.send_signal(signal.SIGTERM)
    lab.wait()
    shutil.rmtree(work, ignore_errors=True)
sys.exit(bad != 0)
