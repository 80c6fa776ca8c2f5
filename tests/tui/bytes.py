#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the screen costs a slow line: bytes that kopscope writes to its terminal.

usage: bytes.py BUILDDIR     says TAP; a lab of its own, whose world is days old and runs fast
"""
import fcntl, json, os, pty, re, select, shutil, ssl, struct, subprocess, sys, tempfile, termios, time
import urllib.request

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


def lab_start():
    process = subprocess.Popen([build + '/kopscope-lab', '--dir', work + '/lab', '--speed', str(SPEED),
                                '--older', '30'], stdout=subprocess.PIPE, text=True)
    env = dict(os.environ, XDG_CACHE_HOME=work, XDG_STATE_HOME=work, XDG_CONFIG_HOME=work, HOME=work)
    for line in process.stdout:
        line = line.strip()
        if line == 'ready':
            return process, env
        name, _, value = line.removeprefix('export ').partition('=')
        if value and name != 'PATH':
            env[name] = value.strip("'")
    sys.exit('Bail out! the lab did not start')


class Screen:
    def __init__(self, env, cols, rows, term='xterm-256color', **more):
        env = dict(env, TERM=term, LC_ALL='C.UTF-8', **more)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, cols, 0, 0))
            os.execve(build + '/kopscope', ['kopscope'], env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, cols, 0, 0))
        self.all = b''

    def read(self, quiet, most):
        """All that it writes until it has been quiet for so long, or for most seconds."""
        got, end = b'', time.monotonic() + most
        while time.monotonic() < end:
            if not select.select([self.fd], [], [], min(quiet, max(0, end - time.monotonic())))[0]:
                if quiet < most:
                    break
                continue
            try:
                part = os.read(self.fd, 65536)
            except OSError:
                break
            if not part:
                break
            got += part
        self.all += got
        return got

    def until(self, text, most=60):
        end = time.monotonic() + most
        while text.encode() not in self.all and time.monotonic() < end:
            self.read(0.05, 0.2)
        return text.encode() in self.all

    def keys(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        self.keys('q')
        self.read(1, 5)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def api(env, method, path, body=None, kind='application/merge-patch+json'):
    text = open(env['KUBECONFIG']).read()
    server, token = (re.search(k + r': *"?([^"\s]+)', text).group(1) for k in ('server', 'token'))
    request = urllib.request.Request(server + path, method=method,
                                     data=json.dumps(body).encode() if body else None,
                                     headers={'Authorization': 'Bearer ' + token, 'Content-Type': kind})
    with urllib.request.urlopen(request, timeout=20, context=ssl._create_unverified_context()) as f:
        return json.load(f)


def settled(s):
    """Quiet for a second: the first answers are all painted."""
    for _ in range(30):
        if not s.read(1, 1):
            return


def undisturbed(look):
    """What look() gives, again while the header spoke of AWS: in a world this fast a machine that is
    busy for 50 ms makes AWS slow for 10 s, and that is worth its bytes."""
    for _ in range(15):
        got = look()
        if b'aws' not in got:
            break
    return got


lab, env = lab_start()
try:
    for cols, rows in ((80, 24), (120, 40)):
        s = Screen(env, cols, rows)
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
    s = Screen(env, 80, 24, TERM_PROGRAM='WezTerm')
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
