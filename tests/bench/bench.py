#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make bench: the same question to kopscope and to its peers, against one lab, in one run.

Wall time, CPU and peak memory of whole processes; the ratio to kubectl is what
counts, since machines differ.  usage: bench.py BUILDDIR [RUNS]
"""
import os, shutil, subprocess, sys, time

build = sys.argv[1]
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5


def lab():
    p = subprocess.Popen([build + '/kopscope-lab', '--speed', '10'], stdout=subprocess.PIPE, text=True)
    env = dict(os.environ)
    for line in p.stdout:
        line = line.strip()
        if line == 'ready':
            return p, env
        name, _, value = line.removeprefix('export ').partition('=')
        if value and name != 'PATH':
            env[name] = value.strip("'")
    sys.exit('bench: the lab did not start')


def measure(argv, env):
    """Least wall and CPU seconds, and peak memory in MiB, of so many runs."""
    best = None
    for _ in range(runs):
        start = time.monotonic()
        pid = os.posix_spawnp(argv[0], argv, env,
                              file_actions=[(os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0),
                                            (os.POSIX_SPAWN_OPEN, 2, '/dev/null', os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - start
        if status != 0:
            return None
        got = (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        best = got if best is None else tuple(map(min, best, got))
    return best


def main():
    server, env = lab()
    try:
        questions = [
            ('all pods', [build + '/kopscope', 'get', 'pods'], ['kubectl', 'get', 'pods', '-A', '-o', 'wide']),
            ('nodes', [build + '/kopscope', 'get', 'nodes'], ['kubectl', 'get', 'nodes', '-o', 'wide']),
        ]
        print(f"{'question':<10} {'program':<10} {'wall s':>8} {'cpu s':>8} {'MiB':>8}   ratio to kubectl")
        for what, ours, theirs in questions:
            peer = measure(theirs, env) if shutil.which('kubectl') else None
            mine = measure(ours, env)
            for name, got in (('kubectl', peer), ('kopscope', mine)):
                if got is None:
                    print(f'{what:<10} {name:<10} not measured')
                    continue
                ratio = '' if peer is None else '  '.join(f'{g / max(p, 1e-9):.2f}' for g, p in zip(got, peer))
                print(f'{what:<10} {name:<10} {got[0]:8.3f} {got[1]:8.3f} {got[2]:8.1f}   {ratio}')
        size = os.path.getsize(build + '/kopscope') / 1048576
        print(f'\nbinary {size:.2f} MiB with its symbols')
    finally:
        server.terminate()
        server.wait()


main()
