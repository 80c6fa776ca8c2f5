#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the screen costs a slow line: bytes that kopscope writes to its terminal.

usage: bytes.py BUILDDIR     says TAP; a lab of its own, whose world is days old and runs fast
"""
import json, os, re, shutil, ssl, sys, tempfile
import urllib.request

sys.dont_write_bytecode = True
from onscreen import Screen, lab_start, settled

build = sys.argv[1] if len(sys.argv) > 1 else '.'
SPEED = 200
work = tempfile.mkdtemp(prefix='kopscope-bytes-')
number = failed = 0


def ok(good, name, more=''):
    global number, failed
    number += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {name}", flush=True)
    if not good and more:
        print('# ' + more.replace('\n', '\n# '))


def api(env, method, path, body=None, kind='application/merge-patch+json'):
    text = open(env['KUBECONFIG']).read()
    server, token = (re.search(k + r': *"?([^"\s]+)', text).group(1) for k in ('server', 'token'))
    request = urllib.request.Request(server + path, method=method,
                                     data=json.dumps(body).encode() if body else None,
                                     headers={'Authorization': 'Bearer ' + token, 'Content-Type': kind})
    with urllib.request.urlopen(request, timeout=20, context=ssl._create_unverified_context()) as f:
        return json.load(f)


def undisturbed(look):
    """What look() gives, again while the header spoke of AWS: in a world this fast a machine that is
    busy for 50 ms makes AWS slow for 10 s, and that is worth its bytes."""
    for _ in range(15):
        got = look()
        if b'aws' not in got:
            break
    return got


lab, env = lab_start(build, work, SPEED)
try:
    for cols, rows in ((80, 24), (120, 40)):
        s = Screen(build, env, cols, rows)
        ok(s.until('/17'), f'{cols}x{rows}: the nodes are there', repr(s.all[-2000:]))
        settled(s)
        s.keys('\x0c')
        full = s.read(0.5, 5)
        ok(0 < len(full) <= 8192, f'{cols}x{rows}: a full repaint takes {len(full)} bytes, 8192 at most')
        real = 600 / SPEED
        idle = undisturbed(lambda: s.read(real, real))
        ok(not idle, f'{cols}x{rows}: 10 idle minutes write {len(idle)} bytes', repr(idle))
        s.keys(':pods\r')
        s.until('coredns')
        settled(s)
        pods = api(env, 'GET', '/api/v1/namespaces/default/pods')['items']
        pods += api(env, 'GET', '/api/v1/namespaces/kube-system/pods')['items']
        pod = next(p for p in pods if 'coredns' in p['metadata']['name'])['metadata']
        path = f"/api/v1/namespaces/{pod['namespace']}/pods/{pod['name']}/status"

        def change_phase():
            api(env, 'PATCH', path, {'status': {'phase': 'Unknown'}})
            got = s.read(1, 3)
            if b'aws' in got:
                api(env, 'PATCH', path, {'status': {'phase': 'Running'}})
                settled(s)
            return got

        change = undisturbed(change_phase)
        ok(b'Unknown' in change or b'Unk' in change, f'{cols}x{rows}: the phase is painted', repr(change[:2000]))
        ok(len(change) <= 64, f'{cols}x{rows}: one pod\'s phase takes {len(change)} bytes, 64 at most',
           repr(change[:2000]))
        api(env, 'PATCH', path, {'status': {'phase': 'Running'}})
        s.end()
    s = Screen(build, env, 80, 24, TERM_PROGRAM='WezTerm')
    s.until('/17')
    settled(s)
    s.keys('\x0c')
    frame = s.read(0.5, 5)
    ok(frame.startswith(b'\x1b[?2026h') and frame.endswith(b'\x1b[?2026l'),
       'a terminal with synchronised output gets the frame whole', repr(frame[:40]) + repr(frame[-40:]))
    s.end()
finally:
    lab.terminate()
    lab.wait()
    shutil.rmtree(work, ignore_errors=True)
print(f'1..{number}')
sys.exit(failed > 0)
