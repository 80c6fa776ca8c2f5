# SPDX-License-Identifier: Apache-2.0
"""What the program translates against po/ko.po: no lesson lacks there, nothing is there for nothing.

A few new texts elsewhere may wait for their translator: English stands in for them.

usage: korean.py SRCDIR
"""
import ast
import glob
import os
import re
import sys

top = sys.argv[1]
WAITING_MAX = 12
# one C string literal or several side by side
TEXT = r'((?:"(?:[^"\\\n]|\\.)*"\s*)+)'


def text_of(literals):
    return "".join(ast.literal_eval(x) for x in re.findall(r'"(?:[^"\\]|\\.)*"', literals))


def found():
    """Every text that tr() may be given, with a place where it stands."""
    out = {}
    for path in sorted(glob.glob(os.path.join(top, "tui", "**", "*.[ch]"), recursive=True)):
        with open(path, encoding="utf-8") as f:
            source = f.read().replace("\\\n", "\n") # macros of several lines
        name = os.path.relpath(path, top)
        for m in re.finditer(r"\b(?:N_|tr)\(" + TEXT + r"\)", source):
            out.setdefault(text_of(m.group(1)), name)
        if name == "tui/actions.c":
            for m in re.finditer(r"\.(?:help|word) = " + TEXT, source):
                out.setdefault(text_of(m.group(1)).replace("_", " "), name)
        views = re.search(r"^const struct view view_\w+ = \{.*?^\};", source, re.S | re.M)
        if name.startswith("tui/view/") and views:
            for m in re.finditer(r"\.(?:help|title) = " + TEXT, views.group(0)):
                out.setdefault(text_of(m.group(1)), name)
        if name == "tui/dialog/help.c":
            lines = re.search(r"lines\[\]\[2\] = \{(.*?)\n\t\};", source, re.S).group(1)
            for m in re.finditer(r'\{"[^"]*",\s*' + TEXT + r"\}", lines):
                out.setdefault(text_of(m.group(1)), name)
        for m in re.finditer(r"^static const struct dialog_ops .*?^\};", source, re.S | re.M):
            for t in re.finditer(r"\.title = " + TEXT, m.group(0)):
                out.setdefault(text_of(t.group(1)), name)
        # key bars: KEY:word KEY:word, a blank is an underscore
        for m in re.finditer(TEXT, source):
            pairs = text_of(m.group(1)).split()
            if pairs and all(re.fullmatch(r"[A-Za-z0-9/-]+:[a-z][a-z_'/]*", p) for p in pairs) \
                    and (name.startswith("tui/dialog/") or name == "tui/action/cure.c"):
                for p in pairs:
                    out.setdefault(p.split(":")[1].replace("_", " "), name)
    return out


def known():
    with open(os.path.join(top, "po/ko.po"), encoding="utf-8") as f:
        return {text_of(m) for m in re.findall(r"^msgid " + TEXT, f.read(), re.M)} - {""}


def phrases_stray():
    """Patterns of sentences that the rules no longer make: words of them that stand nowhere there."""
    rules = ""
    for path in glob.glob(os.path.join(top, "core", "rules", "**", "*.c"), recursive=True) + \
            glob.glob(os.path.join(top, "tui", "*.c")) + glob.glob(os.path.join(top, "k8s", "*.c")):
        with open(path, encoding="utf-8") as f:
            source = f.read().replace('" PRId64 "', "@").replace('" PRId64', '@"').replace('PRId64 "', '"@')
        rules += " ".join(text_of(m) for m in re.findall(TEXT, source)) + "\n"
    rules = re.sub(r"%[a-z]+|@", "%", rules)
    with open(os.path.join(top, "tui/lesson/phrase.c"), encoding="utf-8") as f:
        patterns = [text_of(m) for m in re.findall(r"N_\(" + TEXT + r"\)", f.read())]
    assert len(patterns) > 80
    for pattern in patterns:
        for part in pattern.split("%s"):
            words = [w for w in re.findall(r"[A-Za-z'/-]{4,}", part)]
            for a, b in zip(words, words[1:] or words):
                if a not in rules or b not in rules:
                    yield pattern
                    break


have, want = known(), found()
lacks = {t: p for t, p in want.items() if t not in have}
waiting = [t for t, p in lacks.items() if not p.startswith("tui/lesson/")]
for t in sorted(waiting):
    print(f"# not yet in ko.po: {t!r} ({lacks[t]})")
wrong = [f"not in ko.po: {t!r} ({p})" for t, p in sorted(lacks.items()) if t not in waiting]
if len(waiting) > WAITING_MAX:
    wrong.append(f"{len(waiting)} texts wait for their Korean: more than {WAITING_MAX}")
wrong += [f"in ko.po and nowhere else: {t!r}" for t in sorted(have - set(want))]
wrong += [f"no rule says this any more: {t!r}" for t in phrases_stray()]
if len(want) < 200:
    wrong.append(f"only {len(want)} texts were found: this test no longer reads the source")
for line in wrong:
    print("#", line)
sys.exit(bool(wrong))
