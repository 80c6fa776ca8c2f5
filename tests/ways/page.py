# SPDX-License-Identifier: Apache-2.0
"""docs/ways.md, from the rows and from what was seen when they were played."""

HEAD = """<!-- Made by `make update-ways` from tests/ways/rows.py and from what was seen. -->
# When the world breaks under a roll

Each of these was done to the pretend cluster while a rolling update of two workers went on. Under
each: what kopscope said at the end, what was left, and what the next step came to. Times are short
here: a node may take 3 minutes to drain or to join, else 15. Names of instances: `i-first` and
`i-second` were to be replaced, `i-new` came.

| what happens | how it ends | left | next step |
|---|---|---|---|
"""
ENDS = {0: "goes on and completes", 1: "ends: failed", 3: "ends: stopped by a guard",
        4: "ends: stopped by the user", 130: "the roll goes on without its viewer"}


def left_words(left):
    if left is None:
        return "cannot be seen"
    out = [f"{left['nodes']} nodes"]
    if left["cordoned"]:
        out.append(f"{left['cordoned']} cordoned")
    elif left["tainted"]:
        out.append(f"{left['tainted']} tainted")
    else:
        out.append("none cordoned")
    if left["lease"] == "held":
        out.append("lease held")
    return ", ".join(out)


def command(words):
    keep = [x for x in words if x not in ("--anyway", "--yes", "--role", "node", "--force")]
    for n, x in enumerate(keep):
        if x.endswith("-timeout"):
            keep = keep[:n]
            break
    return "`kopscope " + " ".join(keep) + "`"


def then_words(then):
    if not then:
        return ""
    words, code, _ = then[-1]
    return f"{command(words)}: " + ("completes" if code == 0 else "says what is missing")


def escaped(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def ends_words(s):
    if s["status"] == "died":
        return "the worker dies"
    return ENDS.get(s.get("code"), "waits")


def page(ways, seen):
    rows, more = [], []
    for y in ways:
        s = seen.get(y.name)
        if not s:
            continue
        rows.append(f"| [{y.what}](#{y.name}) | {ends_words(s)} | {left_words(s['left'])} | "
                    f"{then_words(s['then'])} |")
        more.append(f"## {y.name}\n\n{y.what}.\n")
        last = [x for x in s["says"] if "skipped" not in x][-2:]
        more.append("  \n".join("> " + escaped(x) for x in last) + "\n")
        for words, code, says in s["then"]:
            more.append(f"Then {command(words)} (exit code {code}):\n")
            more.append("> " + escaped(says[-1] if says else "") + "\n")
    return HEAD + "\n".join(rows) + "\n\n" + "\n".join(more)
