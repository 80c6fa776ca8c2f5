#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pictures of the views, made from the golden screens of the tests.

svg.py SCREENS OUT [--check]: each NAME in VIEWS becomes OUT/NAME.svg, drawn from SCREENS/NAME-80x24.screen
and its .style.  --check writes nothing: it says which picture is not what it would be, and exits with 1.
"""
import os
import sys
import unicodedata
from xml.sax.saxutils import escape

# Golden screen: what the picture shows, for those who cannot see it.
VIEWS = {
    "addons": "The addons of a cluster, applied and switched by its spec",
    "capacity": "Three limits of each node side by side: kubelet, interfaces, subnet",
    "cloud": "Instances, types, subnets and balancers as AWS says",
    "clusters": "The clusters of a state store",
    "cni": "The variables of aws-node: default, spec, live, which one holds",
    "cni-model": "Addresses held against pods by the warm targets, as a curve",
    "deployments": "Deployments with replicas wanted, ready and waiting",
    "dns": "The names of a cluster and where they lead",
    "groups": "The instance groups of a cluster",
    "limits": "Editing max pods and prefix delegation",
    "log": "What happened in this session",
    "nodes": "Nodes with pods and addresses, used and possible",
    "pending": "Pods that wait, why, and what would help",
    "pods": "The pods of a node",
    "roll": "A rolling update at its second node of three",
    "roll-plan": "What a rolling update would replace, before it begins",
    "store": "The files of a cluster in the state store",
    "update": "A dry run of kops update cluster, its changes sorted",
    "whatif-moved": "What would be if limits, nodes or replicas were others",
}
# The same in the light theme.
LIGHT = {"pending-light": "pending", "roll-light": "roll"}
CELL_W, CELL_H, BASE, PAD = 8.4, 18, 13.5, 14
FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
# Letter of the style layer (tui/screen/grid.c): colour, weight.
DARK_INK, LIGHT_INK = "#d7dae0", "#24292f"
DARK = {".": (DARK_INK, False), "d": ("#8b93a1", False), "b": ("#ffffff", True), "a": ("#56b6c2", False),
        "o": ("#7ec27e", False), "w": ("#e0b860", False), "x": ("#f07178", True),
        "k": ("#56b6c2", True), "+": ("#7ec27e", False), "-": ("#f07178", False),
        "~": ("#6b7280", False), "paper": "#16191f", "chosen": "#2f4358"}
# The 256-colour column of tui/screen/style.c
PALE = {".": (LIGHT_INK, False), "d": ("#6b7280", False), "b": ("#000000", True), "a": ("#005fd7", False),
        "o": ("#008700", False), "w": ("#af5f00", False), "x": ("#d70000", True),
        "k": ("#005fd7", True), "+": ("#008700", False), "-": ("#d70000", False),
        "~": ("#9aa1ab", False), "paper": "#fbfbf9", "chosen": "#cfe0f5"}


def cells(line):
    """The characters of a line with the column of each; combining marks join the one before."""
    out, x = [], 0
    for ch in line:
        if unicodedata.combining(ch) and out:
            out[-1][1] += ch
            continue
        wide = unicodedata.east_asian_width(ch) in "WF"
        out.append([x, ch, 2 if wide else 1])
        x += 2 if wide else 1
    return out


def look(letter):
    """A capital is the row in hand: the same role on another ground."""
    if letter == "S":
        return ".", True
    return letter.lower(), letter.isupper()


def runs(chars, styles):
    """Neighbours of one look, as [column, text, cells, role]."""
    out = []
    for x, ch, width in chars:
        role = look(styles[x] if x < len(styles) else ".")[0]
        if out and out[-1][3] == role and width == 1 and out[-1][0] + out[-1][2] == x and (
                ch == " " or out[-1][1].isspace() or braille(ch) == braille(out[-1][1].strip(" "))):
            out[-1][1] += ch
            out[-1][2] += width
        else:
            out.append([x, ch, width, role])
    return out


def braille(ch):
    return 0x2800 <= ord(ch[0]) <= 0x28FF


def dots(x, top, text, colour):
    """Braille as squares: few fonts have it in the right width."""
    path = ""
    for i, ch in enumerate(text):
        for bit, (col, line) in enumerate(((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))):
            if braille(ch) and (ord(ch) - 0x2800) >> bit & 1:
                path += "M%.1f %.1fh1.8v1.8h-1.8z" % (
                    x + (i + col / 2) * CELL_W + 1.2, top + line * CELL_H / 4 + 1.4)
    return '<path fill="%s" d="%s"/>' % (colour, path)


def row(y, line, styles, theme):
    top = PAD + y * CELL_H
    parts = []
    chosen = [x for x, s in enumerate(styles) if look(s)[1]]
    if chosen:
        parts.append('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>' % (
            PAD + min(chosen) * CELL_W, top, (max(chosen) + 1 - min(chosen)) * CELL_W, CELL_H, theme["chosen"]))
    for x, text, width, role in runs(cells(line), styles):
        head = len(text) - len(text.lstrip(" "))
        bare = text.strip(" ")
        if not bare:
            continue
        size = len(cells(bare)) if width > 1 else len(bare)
        span = 2 if width == 2 and size == 1 else size
        colour, bold = theme[role]
        if braille(bare):
            parts.append(dots(PAD + (x + head) * CELL_W, top, bare, colour))
            continue
        parts.append('<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>' % (
            PAD + (x + head) * CELL_W, top + BASE, span * CELL_W, colour,
            ' font-weight="bold"' if bold else "", escape(bare)))
    return parts


def picture(about, screen, style, theme):
    lines, styles = screen.rstrip("\n").split("\n"), style.rstrip("\n").split("\n")
    cols, rows = max(len(s) for s in styles), len(styles)
    width, height = cols * CELL_W + 2 * PAD, rows * CELL_H + 2 * PAD
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" width="%.0f" height="%d" role="img" '
           'font-family="%s" font-size="14" xml:space="preserve">' % (width, height, width, height, FONT),
           "<title>%s</title>" % escape(about),
           '<rect width="100%%" height="100%%" rx="8" fill="%s"/>' % theme["paper"]]
    for y, s in enumerate(styles):
        out += row(y, lines[y] if y < len(lines) else "", s, theme)
    return "\n".join(out + ["</svg>", ""])


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def main():
    screens, to = sys.argv[1:3]
    check = sys.argv[3:] == ["--check"]
    stale = []
    pictures = [(name, name, DARK) for name in VIEWS] + [(name, of, PALE) for name, of in LIGHT.items()]
    for name, of, theme in pictures:
        base, path = os.path.join(screens, of + "-80x24."), os.path.join(to, name + ".svg")
        svg = picture(VIEWS[of], read(base + "screen"), read(base + "style"), theme)
        if not check:
            with open(path, "w", encoding="utf-8") as f:
                f.write(svg)
        elif not os.path.exists(path) or read(path) != svg:
            stale.append(name)
    extra = [f for f in os.listdir(to) if f.endswith(".svg") and f[:-4] not in {**VIEWS, **LIGHT}]
    for name in stale:
        print("# %s.svg is stale: make screenshots" % name)
    for name in extra:
        print("# %s belongs to no view" % name)
    return 1 if stale or extra else 0


if __name__ == "__main__":
    sys.exit(main())
