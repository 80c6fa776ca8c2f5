# SPDX-License-Identifier: Apache-2.0
"""What the program translates against po/ko.po: no lesson lacks there, nothing is there for nothing.

Elsewhere too every text has its Korean, or stands in WAITING with the reason why it has none.

usage: korean.py SRCDIR
"""
import ast
import glob
import os
import re
import sys

top = sys.argv[1]
# text: why it is English
WAITING = {}
# Headings that are the same in Korean, and why
TITLES_KEPT = {
    "*": "a mark", "/28": "a size", "CNI": "a name", "IPS": "as AWS has it", "ENIS": "as AWS has it",
    "KUBELET": "a program", "KOPS": "a program", "KUBERNETES": "a name", "DEPLOYMENT": "a kind of Kubernetes",
    "AUTO SCALING GROUP": "a service of AWS", "RST": "three cells for one digit",
}
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
        for m in () if not name.startswith("tui/view/") else re.finditer(
                r"^static const struct column \w+\[.*?^\};", source, re.S | re.M):
            for t in re.finditer(r"\.title = " + TEXT, m.group(0)):
                if text_of(t.group(1)) not in TITLES_KEPT:
                    out.setdefault(text_of(t.group(1)), name)
        # what is said in a line below: app_say() itself translates it
        for m in re.finditer(r"\bapp_say\(\w[^;]*?\);", source, re.S):
            for t in re.finditer(TEXT, m.group(0)):
                if re.search(r"[a-z]{3} |^[a-z]{4,}$", text_of(t.group(1))):
                    out.setdefault(text_of(t.group(1)), name)
        # key bars: KEY:word KEY:word, a blank is an underscore
        for m in re.finditer(TEXT, source):
            pairs = [p for p in text_of(m.group(1)).split() if p != "|"]
            if pairs and all(re.fullmatch(r"[A-Za-z0-9/-]+:[a-z][a-z_'/]*", p) for p in pairs) \
                    and (name.startswith("tui/dialog/") or name in ("tui/action/cure.c", "tui/screen/pager-find.c")):
                for p in pairs:
                    out.setdefault(p.split(":")[1].replace("_", " "), name)
    with open(os.path.join(top, "core/kops/create.c"), encoding="utf-8") as f:
        rows = re.search(r"create_rows\[CREATE__COUNT\] = \{(.*?)^\};", f.read(), re.S | re.M).group(1)
    out.setdefault("kops' own", "core/kops/create.c") # of what has no other
    for m in re.finditer(r'=\s*\{ "[a-z-]+", ' + TEXT + r'|\.unset = ' + TEXT, rows):
        out.setdefault(text_of(m.group(1) or m.group(2)), "core/kops/create.c")
    return out


def known():
    with open(os.path.join(top, "po/ko.po"), encoding="utf-8") as f:
        return {text_of(m) for m in re.findall(r"^msgid " + TEXT, f.read(), re.M)} - {""}


def phrases_stray():
    """Patterns of sentences that the rules no longer make: words of them that stand nowhere there."""
    rules = ""
    for path in glob.glob(os.path.join(top, "core", "rules", "**", "*.c"), recursive=True) + \
            glob.glob(os.path.join(top, "core", "kops", "create*.c")) + \
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
wrong = [f"not in ko.po: {t!r} ({p})" for t, p in sorted(lacks.items()) if t not in WAITING]
wrong += [f"waits no more: {t!r}" for t in WAITING if t not in lacks]
wrong += [f"in ko.po and nowhere else: {t!r}" for t in sorted(have - set(want))]
wrong += [f"no rule says this any more: {t!r}" for t in phrases_stray()]
if len(want) < 200:
    wrong.append(f"only {len(want)} texts were found: this test no longer reads the source")
for line in wrong:
    print("#", line)
sys.exit(bool(wrong))
