# SPDX-License-Identifier: Apache-2.0
"""A roll in the lab whose world is destroyed in a named way (rows.py): what the user sees, what
state is left, and whether the advised next step does what it says.

usage: ways.py KOPSCOPE LAB SHIM [--docs FILE] [--few] [NAME...]
"""
import concurrent.futures
import json
import os
import re
import sys

from rows import WAYS
from world import Failed, LEASE, World

# Who is to fail fails soon; who is to get through has time, also on a busy machine.
LONG = ["--join-timeout", "90m", "--drain-timeout", "90m", "--validation-timeout", "90m"]
SHORT = ["--join-timeout", "3m", "--drain-timeout", "3m", "--validation-timeout", "3m"]
ROLL = ["roll", "--role", "node", "--force", "--anyway", "--yes"]
HOLDS = {  # what keeps the roll at a moment: a fault, and the words of the run there
    "boot": ("boot-hangs", r'"phase":"detached".*to boot and join'),
    "drain": ("pods-stay", r'"phase":"draining".*"waitsFor":"[^"]'),
    None: ("", r'"event":"start"'),
}
STATUS = re.compile(r"^(\d+) +\S+ +\S+ +\S+ +(.+?)  +", re.M)


def expect(holds, words):
    if not holds:
        raise Failed(words)


def last_words(text):
    lines = [x for x in text.splitlines() if x.strip()]
    return lines[-3:]


def tidy(text, w):
    """Names that differ from run to run, made the same."""
    for group, name in (("nodes-ap-northeast-2a", "i-first"), ("nodes-ap-northeast-2c", "i-second"),
                        ("control-plane-ap-northeast-2a", "i-control")):
        text = text.replace(w.old[group], name)
    text = re.sub(r"\bi-0[0-9a-f]{16}\b", "i-new", text)
    text = re.sub(r"(nginx-deployment)-[a-z0-9]+-[a-z0-9]+", r"\1-...", text)
    text = re.sub(r"aws-node-[a-z0-9]{5}\b", "aws-node-...", text)
    text = re.sub(r"127\.0\.0\.1:\d+|localhost:\d+", "SERVER", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?", "TIME", text)
    text = text.replace(w.dir + "/state", "~/.local/state").replace(w.dir, "~")
    text = re.sub(r"^\d\d:\d\d:\d\d ", "", text, flags=re.M)
    return re.sub(r"@\S+ run", "@host run", text)


def status_of(w, run="1"):
    code, text = w.run(["runs"])
    expect(code == 0, f"kopscope runs ends with {code}: {text}")
    for m in STATUS.finditer(text):
        if m[1] == run:
            return m[2]
    return "gone"


def state_left(w):
    """What is there afterwards, and what of it nobody wants."""
    alive = w.alive()
    nodes = [n for n in w.nodes() if n["metadata"]["name"] in alive]
    cordoned = [n["metadata"]["name"] for n in nodes if n["spec"].get("unschedulable")]
    tainted = [n["metadata"]["name"] for n in nodes
               if any("scheduled-for-update" in t["key"] for t in n["spec"].get("taints", []))]
    lease = w.kube("GET", LEASE)
    holder = lease.get("spec", {}).get("holderIdentity")
    return {"nodes": len(nodes), "instances": len(alive), "cordoned": len(cordoned),
            "tainted": len(tainted), "lease": "held" if holder else "free",
            "old": len(set(alive) & set(w.old.values())) - 1}


def journal(w):
    out = []
    for line in w.file("journal.jsonl").splitlines():
        out.append(json.loads(line))
    return out


def check_journal(w, open_ones, way_doubts=False):
    lines = journal(w)
    asked = {j["call"] for j in lines if j["result"] == "asked"}
    answered = {j["call"] for j in lines if j["result"] != "asked"}
    expect(open_ones or asked == answered, f"writes without an answer: {asked - answered}")
    silent = [j["action"] for j in lines if j["result"] == "done" and not j.get("request") and
              j["action"] in ("taint", "cordon", "evict", "detach", "terminate", "uncordon")]
    expect(not silent or way_doubts, f"writes without the server's request id: {silent}")
    done = [j["target"] for j in lines if j["action"] == "terminate" and j["result"] == "done"]
    expect(len(done) == len(set(done)), f"terminated twice: {done}")


def check_left(way, left, want, when):
    for key, value in want.items():
        have = left[key]
        ok = have in value if isinstance(value, (tuple, list, set)) else have == value
        expect(ok, f"{when}: {key} is {have}, not {value}: {left}")


def follow_advice(w, way, seen):
    """The next step as it is advised, in a world that was mended."""
    if way.mend:
        way.mend(w)
    for words, code, says in way.then:
        words = [x.format(**w.old_names()) for x in words]
        if words[0] == "roll":
            words = words + LONG
        have, text = w.run(words)
        seen["then"].append((words, have, last_words(tidy(text, w))))
        expect(have == code, f"then {' '.join(words)} ends with {have}, not {code}: "
               + text[-900:])
        for say in [says] if says else []:
            expect(re.search(say, text), f"then {' '.join(words)} does not say {say}: "
                   + text[-900:])


def play(kopscope, lab, shim, way):
    """One way.  Returns what was seen."""
    w = World(kopscope, lab, shim, way)
    seen = {"then": []}
    try:
        fault, moment = HOLDS[way.hold]
        if way.before:
            way.before(w)
        if fault:
            w.fault(on=fault)
        times = LONG if way.code == 0 else SHORT
        words = (ROLL + times if way.words is None else way.words) + way.args
        p = w.start(words)
        moment = way.moment or moment
        if way.harm:
            w.wait_for(f"the moment {moment}", lambda: p.poll() is not None or
                       re.search(moment, w.events()))
            expect(re.search(moment, w.events()), f"it ended before {moment}: {w.file(p.out)}")
            way.harm(w)
        if fault and way.release:
            w.fault(off=fault)
        if way.until:
            w.wait_for(f"the words {way.until}", lambda: re.search(
                way.until, w.events() + w.file(p.out) + w.file("runs/1/kops.log")) or
                p.poll() is not None, way.patience)
        if way.later:
            way.later(w)
        if not way.stalls:
            w.wait_for("the end: " + " / ".join(last_words(w.file(p.out))),
                       lambda: p.poll() is not None, way.patience)
            seen["code"] = p.returncode
        text = w.file(p.out)
        seen["says"] = last_words(tidy(text, w))
        if not way.stalls:
            codes = way.code if isinstance(way.code, tuple) else (way.code,)
            expect(p.returncode in codes, f"it ends with {p.returncode}, not {way.code}: "
                   + text[-900:])
        for say in way.says:
            expect(re.search(say, text), f"it does not say {say}: " + text[-900:])
        expect("bug at" not in text and "Sanitizer" not in text, text)
        seen["status"] = status_of(w)
        expect(re.fullmatch(way.status, seen["status"]),
               f"runs says {seen['status']}, not {way.status}")
        if way.unreadable:
            seen["left"] = None
        else:
            seen["left"] = state_left(w)
            check_left(way, seen["left"], way.left, "left")
        check_journal(w, way.open_ones)
        follow_advice(w, way, seen)
        if way.final is not None:
            w.wait_for("the nodes at the end", lambda: all(
                v is None or state_left(w)[k] == v for k, v in way.final.items()), 20)
        check_journal(w, way.lost)
        return seen
    except Failed as e:
        raise Failed(f"{e}\n{tidy(w.file('runs/1/worker.log'), w)[-600:]}\n"
                     f"{tidy(w.events(), w)[-900:]}") from None
    finally:
        w.end()


def page_names():
    """The ways that docs/ways.md has."""
    name = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/ways.md")
    try:
        with open(name, encoding="utf-8") as f:
            return set(re.findall(r"^## (\S+)$", f.read(), re.M))
    except OSError:
        return set()


def main(argv):
    docs, few, names = None, False, []
    kopscope, lab, shim = [os.path.abspath(x) for x in argv[1:4]]
    rest = argv[4:]
    while rest:
        word = rest.pop(0)
        if word == "--docs":
            docs = rest.pop(0)
        elif word == "--few":
            few = True
        else:
            names.append(word)
    ways = [y for y in WAYS if (not names or y.name in names) and (not few or y.few)]
    print(f"1..{len(ways) + 1}", flush=True)
    bad, seen = 0, {}
    jobs = int(os.environ.get("WAYS_JOBS", "3"))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        todo = {y.name: pool.submit(play, kopscope, lab, shim, y) for y in ways}
        for n, way in enumerate(ways, 1):
            try:
                seen[way.name] = todo[way.name].result()
                print(f"ok {n} - {way.name}: {way.what}", flush=True)
            except Failed as e:
                bad += 1
                print(f"not ok {n} - {way.name}: {way.what}", flush=True)
                print("# " + str(e).replace("\n", "\n# "), flush=True)
            if os.environ.get("WAYS_VERBOSE") and way.name in seen:
                print("# " + json.dumps(seen[way.name], indent=1).replace("\n", "\n# "),
                      flush=True)
    told = page_names()
    missing = [y.name for y in WAYS if y.name not in told and not docs]
    print(("not " if missing else "") + f"ok {len(ways) + 1} - docs/ways.md tells of all "
          f"{len(WAYS)} ways", flush=True)
    if missing:
        bad += 1
        print("# not of: " + " ".join(missing), flush=True)
    if docs:
        from page import page
        with open(docs, "w", encoding="utf-8") as f:
            f.write(page(WAYS, seen))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
