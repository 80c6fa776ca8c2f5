# SPDX-License-Identifier: Apache-2.0
"""Commands of kopscope in which one call fails: the first, the second, ..., each in its own run.

Whatever fails: no crash and no hang; exit code 0 only when all of it was done, else one clear
message; a stored spec is the old one or the new one, never a mix; no temporary file stays.

usage: faults.py KOPSCOPE SHIM STORE STEP    (every STEP-th allocation; 1: all)
"""
import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

program, shim, store, step = sys.argv[1:4] + [int(sys.argv[4])]
work = tempfile.mkdtemp(prefix="kopscope-faults.")
spec = os.path.join(work, "store/small.example.org/instancegroup/workers")
env = {"PATH": os.environ["PATH"], "HOME": work, "XDG_STATE_HOME": work + "/state", "TZ": "UTC",
       "LC_ALL": "C.UTF-8", "KOPS_CLUSTER_NAME": "small.example.org",
       "AWS_EC2_METADATA_DISABLED": "true"}
count = bad = injected = 0


def run(words, more=None):
    p = subprocess.run([program] + words, cwd=work, env={**env, **(more or {})}, timeout=60,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       check=False)
    return p.returncode, p.stdout, p.stderr.decode("utf-8", "replace")


def faulty(words, kind, at):
    """The command with the at-th call failing: exit code, output, words, what failed."""
    log = os.path.join(work, "log")
    if os.path.exists(log):
        os.remove(log)
    rc, out, err = run(words, {"LD_PRELOAD": shim, "FAULT_KIND": kind, "FAULT_AT": str(at),
                               "FAULT_LOG": log})
    said = ""
    if os.path.exists(log):
        with open(log, encoding="utf-8") as f:
            said = f.read().strip()
    return rc, out, err, said


def fresh():
    for name in ("store", "state"):
        shutil.rmtree(os.path.join(work, name), ignore_errors=True)
    shutil.copytree(store, os.path.join(work, "store"))


def content():
    with open(spec, "rb") as f:
        return f.read()


def leftovers():
    return [os.path.join(d, n) for d, _, names in os.walk(work) for n in names if ".tmp-" in n]


def problem(rc, out, err, good, before, after):
    """What is wrong with this outcome; None: nothing."""
    if rc < 0 or rc >= 126 or "bug at" in err or "Sanitizer" in err:
        return f"ended by {rc}"
    if rc == 0 and (out != good or (after is not None and content() != after)):
        return "exit code 0, but not all of it was done"
    if rc != 0 and not err.strip():
        return f"exit code {rc} without a word"
    if len(err.splitlines()) > 12:
        return "more than a few lines of words"
    if content() not in (before, after or before):
        return "the spec is neither the old nor the new one"
    if leftovers():
        return f"left {leftovers()}"
    return None


def command(name, words, prepare=None, writes=False):
    """All faults of one command, both kinds."""
    global count, bad, injected
    for kind in ("io", "memory"):
        fresh()
        if prepare:
            prepare()
        before = content()
        rc, good, err, said = faulty(words, kind, 0)
        total = int(said.split()[1]) if said else 0
        after = content() if writes else None
        wrong = [] if rc == 0 and total > 0 and (not writes or after != before) else \
            [f"without a fault: exit code {rc}: {err}"]
        fired = 0
        # all of the few hundred calls; of the many thousand allocations a sample
        for at in range(1, total + 1, step if kind == "memory" else 1):
            fresh()
            if prepare:
                prepare()
            rc, out, err, said = faulty(words, kind, at)
            if not said or said.startswith("calls"):
                continue
            fired += 1
            text = problem(rc, out, err, good, before, after)
            if text:
                wrong.append(f"{said}: {text}: {err.strip()[:200]}")
        count += 1
        injected += fired
        bad += bool(wrong)
        for line in wrong[:20]:
            print("#", line.replace("\n", " | "))
        print(f"{'not ok' if wrong else 'ok'} {count} - {name}: {fired} of {total} {kind} faults",
              flush=True)


def on_terminal(at):
    """The screen with its at-th allocation failing; the fault, exit code, what was drawn, and
    whether the terminal is as it was."""
    log = os.path.join(work, "log")
    if os.path.exists(log):
        os.remove(log)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(slave)
    p = subprocess.Popen([program, "--state", "store"], cwd=work, stdin=slave, stdout=slave,
                         stderr=slave, start_new_session=True,
                         env={**env, "TERM": "xterm", "LD_PRELOAD": shim, "FAULT_KIND": "memory",
                              "FAULT_AT": str(at), "FAULT_LOG": log})
    drawn, end, asked = b"", time.time() + 20, False
    while time.time() < end:
        if select.select([master], [], [], 0.1)[0]:
            drawn += os.read(master, 65536)
        elif p.poll() is not None:
            break
        elif not asked and time.time() > end - 19:
            os.write(master, b"q")
            asked = True
    rc = p.wait() if p.poll() is not None else p.kill() or p.wait()
    same = termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)
    return os.path.getsize(log) > 0, rc, drawn, same


def screen():
    """No memory while the screen is up: it is taken down, and one line says why."""
    global count, bad, injected
    wrong, fired = [], 0
    fresh()
    for at in range(200, 6000, 500 if step > 1 else 20):
        hit, rc, drawn, same = on_terminal(at)
        if not hit:
            continue
        fired += 1
        up, down = drawn.rfind(b"\x1b[?1049h"), drawn.rfind(b"\x1b[?1049l")
        if rc not in (0, 70) or not same or (up >= 0 and down < up) or \
                (rc == 70 and b"kopscope: out of memory" not in drawn[max(down, 0):]):
            wrong.append(f"allocation {at}: exit code {rc}, terminal as it was: {same}, "
                         f"{drawn[-200:]!r}")
    count += 1
    injected += fired
    bad += bool(wrong or not fired)
    for line in wrong[:5]:
        print("#", line)
    print(f"{'not ok' if wrong or not fired else 'ok'} {count} - the terminal is given back: "
          f"{fired} memory faults", flush=True)


edit = ["spec", "edit", "small.example.org/workers", "--state", "store", "--set", "maxPods=11",
        "--write"]
try:
    command("edit of a spec", edit, writes=True)
    command("undo of it", ["undo", "small.example.org/workers", "--state", "store", "--write"],
            prepare=lambda: run(edit), writes=True)
    command("get groups", ["get", "groups", "--state", "store"])
    command("spec show", ["spec", "show", "small.example.org", "--state", "store", "-o", "json"])
    command("snapshot", ["snapshot", "groups", "--ascii", "--state", "store"])
    screen()
    print(f"# {injected} faults injected")
    print(f"1..{count}")
finally:
    shutil.rmtree(work, ignore_errors=True)
sys.exit(bad != 0)
