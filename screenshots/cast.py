#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The story as an asciinema cast (asciicast v2), from a run of the program by the story's test.

cast.py SCREENS LOG OUT     LOG: what tests/tui/pty.h writes for PTY_LOG
cast.py SCREENS --check CAST

Time is for reading: a pause before each key, and what the program wrote as it came, but never slower
than half a second a piece.  The header keeps a sum of the golden screens that the story passes by:
when one of them looks otherwise, the cast is stale.
"""
import codecs
import hashlib
import json
import os
import socket
import sys

COLS, ROWS = 80, 24
PASSED = ("nodes", "deployments", "scale", "pending", "limits", "limits-findings", "limits-diff", "update",
          "roll-plan", "roll")
BEFORE_KEY, MOST = 1.2, 0.5
HOSTS = ("vm", "bastion")


def looks(screens):
    whole = hashlib.sha256()
    for name in PASSED:
        with open(os.path.join(screens, "%s-%dx%d.screen" % (name, COLS, ROWS)), "rb") as f:
            whole.update(f.read())
    return whole.hexdigest()[:16]


def read_log(path):
    """[kind, ms, text]: pieces of output without a key in between are one, so that no character is split."""
    out, decoder, host = [], codecs.getincrementaldecoder("utf-8")(), socket.gethostname()
    with open(path, encoding="ascii") as f:
        for line in f:
            kind, ms, data = (line.rstrip("\n").split(" ") + [""])[:3]
            data = bytes.fromhex(data)
            text = decoder.decode(data) if kind == "o" else data.decode()
            if kind == "o" and out and out[-1][0] == "o" and int(ms) - out[-1][1] < 40:
                out[-1][2] += text
            else:
                out.append([kind, int(ms), text])
    # As many cells as the name of this machine has.
    other = HOSTS[len(host) >= len(HOSTS[1])][:len(host)].ljust(len(host))
    for event in out:
        event[2] = event[2].replace("@" + host, "@" + other)
    return out, host if host != other else None


def make(screens, log, to):
    events, host = read_log(log)
    whole = "".join(e[2] for e in events)
    for word in (host and "@" + host, os.getcwd(), os.path.expanduser("~") + "/", "/tmp/"):
        if word and word in whole:
            sys.exit("cast.py: %s is in the recording: record it again" % word)
    lines = [json.dumps({"version": 2, "width": COLS, "height": ROWS, "title": "kopscope: the story",
                         "env": {"TERM": "xterm-256color"}, "kopscope_looks": looks(screens)})]
    now, before = 0.0, 0
    for kind, ms, text in events:
        if kind == "i":
            now += BEFORE_KEY
        elif kind == "o":
            now += min((ms - before) / 1000, MOST)
        before = ms
        lines.append(json.dumps([round(now, 2), kind, text], ensure_ascii=False))
    with open(to, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def check(screens, cast):
    with open(cast, encoding="utf-8") as f:
        head, events = json.loads(f.readline()), [json.loads(line) for line in f]
    bad = []
    if head["version"] != 2 or (head["width"], head["height"]) != (COLS, ROWS):
        bad.append("its header is not that of a cast of %dx%d" % (COLS, ROWS))
    if head.get("kopscope_looks") != looks(screens):
        bad.append("the screens look otherwise now: make cast")
    if any(b[0] < a[0] for a, b in zip(events, events[1:])) or {e[1] for e in events} != {"i", "m", "o"}:
        bad.append("its events are not in order, or of other kinds")
    for line in bad:
        print("# %s: %s" % (os.path.basename(cast), line))
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[2] == "--check":
        sys.exit(check(sys.argv[1], sys.argv[3]))
    make(*sys.argv[1:4])
