#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each view left alone in a lab that stands still writes nothing to its terminal.

usage: idle.py BUILDDIR [SECONDS]     of real time, 600 when not given; says TAP

The lab runs as fast as the world does, and what is in it is 30 days old: ages are told in days, so
that nothing that can be seen changes.  A view whose things are younger writes the one age that
became another, once a minute.
"""
import os, shutil, sys, tempfile, time

sys.dont_write_bytecode = True
from onscreen import Screen, lab_start, settled

build = sys.argv[1] if len(sys.argv) > 1 else '.'
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 600
# By the word that shows that the view has its rows.
VIEWS = {'clusters': 'amazonvpc', 'groups': 'nodes-2a', 'nodes': '/17', 'pending': 'waits.',
         'deployments': 'coredns', 'roll': 'Nothing', 'log': 'connected', 'pods': 'coredns',
         'capacity': '/15', 'cloud': 'InService', 'cni': 'WARM_', 'store': 'addons/',
         'addons': 'applied', 'dns': 'records'}
work = tempfile.mkdtemp(prefix='kopscope-idle-')
lab, env = lab_start(build, work, 1)
failed = 0
print(f'1..{len(VIEWS)}', flush=True)
try:
    screens = {}
    for view, word in VIEWS.items():
        s = screens[view] = Screen(build, env, 80, 24)
        seen = s.until('/17') # the first answers are all there
        s.all = b''
        s.keys(':' + view + '\r')
        seen = (view == 'nodes' or s.until(word)) and seen
        settled(s)
        if not seen:
            print(f'# {view}: {word} never came: {s.all[-2000:]!r}')
            failed += 1
    for s in screens.values():
        settled(s)
    written = dict.fromkeys(VIEWS, b'')
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        for view, s in screens.items():
            got = s.read(0.05, 0.05)
            if got:
                print(f'# {view}, after {time.monotonic() - began:.0f} s: {got!r}', flush=True)
            written[view] += got
        time.sleep(1)
    for number, (view, got) in enumerate(written.items(), 1):
        failed += bool(got)
        print(f"{'not ok' if got else 'ok'} {number} - {view}: {len(got)} bytes in {seconds:.0f} s", flush=True)
    for s in screens.values():
        s.end()
finally:
    lab.terminate()
    lab.wait()
    shutil.rmtree(work, ignore_errors=True)
sys.exit(failed > 0)
