# SPDX-License-Identifier: Apache-2.0
"""A small terminal: kopscope on a pseudo-terminal, its keys and what stands on its screen.

It knows what curses writes for xterm-256color, no more.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

COLS, ROWS = 100, 30
ESCAPE = re.compile(rb"\x1b\[([?>!]?)([0-9;:]*)([ -/]*)([@-~])|\x1b\]([^\x07\x1b]*)(?:\x07|\x1b\\)"
                    rb"|\x1b([()*+])(.)|\x1b([^\[\]()*+])", re.S)
PARTIAL = re.compile(rb"\x1b(\[[?>!]?[0-9;:]*[ -/]*|\][^\x07]*|[()*+])?$")
# What a program must have switched off when it leaves: other screen, mouse, pasted text, focus.
MODES = {"1049", "1000", "1002", "1003", "1006", "2004", "1004"}


class Terminal:
    def __init__(self, words, cwd, env):
        self.cells = [[" "] * COLS for _ in range(ROWS)]
        self.x = self.y = 0
        self.top, self.bottom, self.last = 0, ROWS - 1, " "
        self.modes, self.hidden, self.rest, self.all = set(), False, b"", b""
        self.saved = (0, 0)
        self.drawn = 0  # bytes
        self.fd, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(words, cwd=cwd, stdin=self.slave, stdout=self.slave,
                                        stderr=self.slave, start_new_session=True,
                                        env={**env, "TERM": "xterm-256color"})

    # ---- what it writes ----

    def feed(self, data):
        self.all = (self.all + data)[-200000:]
        self.drawn += len(data)
        data, self.rest = self.rest + data, b""
        at = 0
        while at < len(data):
            c = data[at]
            if c == 0x1b:
                m = ESCAPE.match(data, at)
                if not m:
                    if PARTIAL.match(data, at) and len(data) - at < 300:
                        self.rest = data[at:]
                        return
                    at += 1
                    continue
                at = m.end()
                self.escape(m)
            elif c < 0x20:
                self.control(c)
                at += 1
            else:
                n = 1 if c < 0x80 else 2 if c < 0xe0 else 3 if c < 0xf0 else 4
                if at + n > len(data):
                    self.rest = data[at:]
                    return
                self.put(data[at:at + n].decode("utf-8", "replace")[:1])
                at += n

    def put(self, c):
        if unicodedata.combining(c):
            return
        wide = unicodedata.east_asian_width(c) in "WF"
        if self.x + wide >= COLS + (not wide and 0):
            if self.x >= COLS or wide:
                self.x = 0
                self.down()
        self.cells[self.y][self.x] = self.last = c
        if wide and self.x + 1 < COLS:
            self.cells[self.y][self.x + 1] = ""
        self.x += 1 + wide

    def control(self, c):
        if c == 0x0d:
            self.x = 0
        elif c == 0x0a:
            self.down()
        elif c == 0x08:
            self.x = max(0, min(self.x, COLS - 1) - 1)
        elif c == 0x09:
            self.x = min(COLS - 1, (self.x // 8 + 1) * 8)

    def down(self):
        if self.y == self.bottom:
            self.scroll(self.top, 1)
        else:
            self.y = min(ROWS - 1, self.y + 1)

    def scroll(self, top, n):
        """Lines of the region from top on move up by n, or down."""
        for _ in range(abs(n)):
            if n > 0:
                del self.cells[top]
                self.cells.insert(self.bottom, [" "] * COLS)
            else:
                del self.cells[self.bottom]
                self.cells.insert(top, [" "] * COLS)

    def escape(self, m):
        one = m[8]
        if one == b"7":
            self.saved = (self.x, self.y)
        elif one == b"8":
            self.x, self.y = self.saved
        elif one == b"M":
            if self.y == self.top:
                self.scroll(self.top, -1)
            else:
                self.y = max(0, self.y - 1)
        if not m[4]:
            return
        final = m[4].decode()
        numbers = [int(x) if x.isdigit() else 0 for x in m[2].decode().split(";")]
        n = max(1, numbers[0])
        if m[1] == b"?" and final in "hl":
            for mode in map(str, numbers):
                if mode == "25":
                    self.hidden = final == "l"
                elif mode in MODES:
                    (self.modes.add if final == "h" else self.modes.discard)(mode)
        elif not m[1]:
            self.sequence(final, n, numbers)

    def sequence(self, final, n, numbers):
        row = self.cells[self.y]
        x = min(self.x, COLS - 1)
        if final in "Hf":
            self.y = min(ROWS, n) - 1
            self.x = min(COLS, max(1, numbers[1] if len(numbers) > 1 else 1)) - 1
        elif final in "ABCD":
            dx, dy = {"A": (0, -n), "B": (0, n), "C": (n, 0), "D": (-n, 0)}[final]
            self.x = max(0, min(COLS - 1, x + dx))
            self.y = max(0, min(ROWS - 1, self.y + dy))
        elif final in "G`":
            self.x = min(COLS, n) - 1
        elif final == "d":
            self.y = min(ROWS, n) - 1
        elif final == "J":
            for y in range(ROWS):
                for i in range(COLS):
                    place, here = (y, i), (self.y, x)
                    if numbers[0] >= 2 or (place >= here if numbers[0] == 0 else place <= here):
                        self.cells[y][i] = " "
        elif final == "K":
            part = {0: range(x, COLS), 1: range(x + 1), 2: range(COLS)}[numbers[0]]
            for i in part:
                row[i] = " "
        elif final == "X":
            for i in range(x, min(COLS, x + n)):
                row[i] = " "
        elif final == "P":
            self.cells[self.y] = row[:x] + row[x + n:] + [" "] * min(n, COLS - x)
        elif final == "@":
            self.cells[self.y] = (row[:x] + [" "] * n + row[x:])[:COLS]
        elif final == "L":
            self.scroll(self.y, -n)
        elif final == "M":
            self.scroll(self.y, n)
        elif final == "S":
            self.scroll(self.top, n)
        elif final == "T":
            self.scroll(self.top, -n)
        elif final == "b":
            for _ in range(n):
                self.put(self.last)
        elif final == "r":
            self.top = n - 1
            self.bottom = (numbers[1] if len(numbers) > 1 and numbers[1] else ROWS) - 1
            self.x = self.y = 0

    # ---- what stands there ----

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.cells)

    def pump(self, seconds):
        """False when nothing came."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            self.feed(os.read(self.fd, 65536))
        except OSError:
            return False
        return True

    def ended(self):
        return self.process.poll() is not None

    def until(self, holds, seconds):
        """True as soon as holds(text): a function, a pattern; false when it ended or in vain."""
        if isinstance(holds, str):
            pattern = re.compile(holds, re.M)
            holds = pattern.search
        end = time.monotonic() + seconds
        while not holds(self.text()):
            if time.monotonic() > end or self.ended():
                while self.pump(0):
                    pass
                return bool(holds(self.text()))
            self.pump(0.05)
        return True

    def keys(self, text):
        try:
            os.write(self.fd, text.encode())
        except OSError:
            pass

    def end(self, seconds=20):
        """Its exit code; None: it does not end, and was killed."""
        end = time.monotonic() + seconds
        while not self.ended() and time.monotonic() < end:
            self.pump(0.05)
        killed = not self.ended()
        if killed:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        while self.pump(0):
            pass
        return None if killed else self.process.returncode

    def given_back(self):
        """What the program left as it should not have; "": nothing."""
        out = []
        if termios.tcgetattr(self.slave) != self.before:
            out.append("the line's settings are not as before")
        if self.modes:
            out.append(f"still on: {sorted(self.modes)}")
        if self.hidden:
            out.append("the cursor is hidden")
        return ", ".join(out)

    def close(self):
        if not self.ended():
            self.process.kill()
            self.process.wait()
        os.close(self.fd)
        os.close(self.slave)
