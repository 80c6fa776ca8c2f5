#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make bench: the same questions to kopscope and to kubectl, in one run on one machine.

usage: bench.py BUILDDIR OUT [PART...]     parts: story growth slices keys churn real; those when none is
named, and: day, which is churn with 43 million changes and takes minutes
Whole processes: wall seconds, CPU seconds of the client, peak memory in MiB, and what the server
counted: requests and bytes of answers.  Ratios count, machines differ.  OUT: the table as text.
"""
import datetime, json, os, platform, pty, re, select, shutil, signal, struct, subprocess, sys, tempfile
import fcntl, termios, threading, time, urllib.request

here = os.path.dirname(os.path.abspath(__file__))
build, out_path = sys.argv[1], sys.argv[2]
parts = sys.argv[3:] or ['story', 'growth', 'slices', 'keys', 'churn', 'real', 'idle']
kopscope, kubectl = build + '/kopscope', shutil.which('kubectl')
alone = os.path.join(here, '../../build-static/kopscope')  # scripts/static makes it; else it is not measured
gnu_time = shutil.which('time')  # without it memory below this program's own is not seen
lines = []
goals = []  # of DESIGN's table: what, goal, measured, unit


def goal(what, most, measured, unit):
    goals.append((what, most, measured, unit))


def say(text=''):
    print(text, flush=True)
    lines.append(text)


class Lab:
    """A lab of its own; leave it to end it."""

    def __init__(self, *args):
        self.dir = tempfile.mkdtemp(prefix='kopscope-bench-')
        self.process = subprocess.Popen([build + '/kopscope-lab', '--dir', self.dir + '/lab', *args],
                                        stdout=subprocess.PIPE, text=True)
        self.env = dict(os.environ, XDG_CACHE_HOME=self.dir, XDG_STATE_HOME=self.dir)
        for line in self.process.stdout:
            line = line.strip()
            if line == 'ready':
                return
            name, _, value = line.removeprefix('export ').partition('=')
            if value and name != 'PATH':
                self.env[name] = value.strip("'")
        sys.exit('bench: the lab did not start')

    def counts(self):
        with urllib.request.urlopen(self.env['KOPSCOPE_LAB'] + '/lab/state') as f:
            c = json.load(f)['counts']
        return c['kube']['requests'], c['kube']['bytes'], c['aws']['requests']

    def memory(self):
        with open(f'/proc/{self.process.pid}/status') as f:
            return next(int(x.split()[1]) / 1024 for x in f if x.startswith('VmRSS'))

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def run_once(argv, env, cpus=None):
    """Wall, CPU, memory, and when the first byte came.

    A child's peak counts its parent's memory before exec, so a small parent (time) stands between.
    """
    every = os.sched_getaffinity(0)
    start, first = time.monotonic(), None
    out, end = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, end, 1), (os.POSIX_SPAWN_CLOSE, out),
               (os.POSIX_SPAWN_OPEN, 2, '/dev/null', os.O_WRONLY, 0)]
    with tempfile.NamedTemporaryFile('r') as peak:
        timed = [gnu_time, '-o', peak.name, '-f', '%M', *argv] if gnu_time else argv
        os.sched_setaffinity(0, cpus or every)  # a child begins where its parent is
        pid = os.posix_spawnp(timed[0], timed, env, file_actions=actions)
        os.sched_setaffinity(0, every)
        os.close(end)
        while os.read(out, 1 << 18):
            first = first or time.monotonic() - start
        os.close(out)
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - start
        most = int(peak.read()) if gnu_time and status == 0 else usage.ru_maxrss
    if status != 0:
        sys.exit(f'bench: {" ".join(argv)} failed')
    return wall, usage.ru_utime + usage.ru_stime, most / 1024, first or wall


def measure(argv, env, runs, lab=None, cpus=None):
    """The least of each, what one run asked of the lab, and the least time to the first byte."""
    before = lab.counts() if lab else (0, 0, 0)
    best = None
    for _ in range(runs):
        got = run_once(argv, env, cpus)
        best = got if best is None else tuple(map(min, best, got))
    asked = tuple((b - a) / runs for a, b in zip(before, lab.counts())) if lab else (0, 0, 0)
    return best[:3] + asked + best[3:]


HEAD = ('| what | program | wall s | CPU s | MiB | requests | MB received | wall, CPU, MiB to kubectl |\n'
        '|---|---|---|---|---|---|---|---|')


def row(what, name, got, peer=None):
    ratio = '' if not peer else ', '.join(f'{g / max(p, 1e-3):.3f}' for g, p in zip(got[:3], peer[:3]))
    asked = f'{got[3]:.0f} | {got[4] / 1e6:.2f}' if got[3] else ' | '
    say(f'| {what} | {name} | {got[0]:.3f} | {got[1]:.3f} | {got[2]:.1f} | {asked} | {ratio} |')


def compare(what, ours, theirs, env, runs, lab=None, cpus=None):
    peer = measure(theirs, env, max(1, runs // 3), lab) if kubectl else None
    mine = measure(ours, env, runs, lab, cpus)
    if peer:
        row(what, 'kubectl', peer)
    row(what, 'kopscope', mine, peer)
    return mine, peer


def story():
    say('## The story\'s cluster\n\n' + HEAD)
    with Lab() as lab:
        compare('all pods', [kopscope, 'get', 'pods'], ['kubectl', 'get', 'pods', '-A', '-o', 'wide'],
                lab.env, 6, lab)
        compare('nodes', [kopscope, 'get', 'nodes'], ['kubectl', 'get', 'nodes', '-o', 'wide'], lab.env, 6, lab)
    say()


def instructions(argv, env):
    """Counted by valgrind, of the program and its libraries: the same on a busy machine. None without it."""
    if not shutil.which('valgrind'):
        return None
    done = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', *argv], env=env,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f'bench: {" ".join(argv)} failed under valgrind:\n' + done.stderr)
    return int(re.search(r'Collected : (\d+)', done.stderr)[1])


def growth():
    """The world's clock runs as ours: at ten times its speed AWS would be asked again within a long list.

    The lab has a processor of its own, where there are two; of many runs the least counts, the more the
    shorter they are.
    """
    say('## Growth, in the lab\n\n' + HEAD)
    sizes = [(34, 1000), (79, 1850), (330, 10000), (1670, 50000), (5000, 150000)]
    runs = {1000: (18, 9), 1850: (6, 0), 10000: (12, 6), 50000: (6, 3), 150000: (4, 2)}
    every = sorted(os.sched_getaffinity(0))
    of = {'kopscope': [], 'json': [], 'kubectl': [], 'instructions': []}
    rows, times = of['kopscope'], []
    for nodes, pods in sizes:
        with Lab('--speed', '1', '--scenario', 'scale', '--nodes', str(nodes), '--pods', str(pods)) as lab:
            ours, own = [kopscope, 'get', 'nodes'], {every[0]}
            os.sched_setaffinity(lab.process.pid, {every[-1]})
            got, peer = compare(f'{pods} pods, {nodes} nodes', ours, ['kubectl', 'get', 'pods', '-A'],
                                lab.env, runs[pods][0], lab, own)
            rows.append((pods, got))
            if os.access(alone, os.X_OK) and pods in (1850, 150000):
                static = measure([alone, *ours[1:]], lab.env, 2, lab)
                row(f'{pods} pods', 'kopscope, libraries inside', static)
                goal(f'memory, {pods:,} pods, with libraries inside', 12 if pods == 1850 else 64, static[2], 'MiB')
            if pods == 1850:
                small_screen(lab)
                goal('memory, 1,850 pods', 12, got[2], 'MiB')
                goal('first whole table of nodes, 1,850 pods', .15, got[0], 's')
                rows.pop()
                continue
            if peer:
                of['kubectl'].append((pods, peer))
            counted = instructions(ours, lab.env) if pods <= 50000 else None
            if counted:
                of['instructions'].append((pods, (counted,)))
            if pods == sizes[-1][1]:
                times = [('kubectl get pods', peer[6], peer[0])] if peer else []
                all_pods = measure([kopscope, 'get', 'pods'], lab.env, 1, lab)
                times += [('kopscope get pods', all_pods[6], all_pods[0]),
                          ('kopscope, the screen', *first_and_last(lab.env, '--name', 'mate-technology.app'))]
                if peer:
                    goal('150,000 pods in the lab: CPU to kubectl\'s', .1, got[1] / peer[1], '')
            fault = urllib.request.Request(lab.env['KOPSCOPE_LAB'] + '/_lab/fault?on=k8s-json', method='POST')
            urllib.request.urlopen(fault).read()
            got = measure(ours, lab.env, runs[pods][1], lab, own)
            row(f'{pods} pods, in JSON', 'kopscope', got)
            of['json'].append((pods, got))
    goal('memory, 150,000 pods', 64, rows[-1][1][2], 'MiB')
    grown(of)
    first_last_table('150,000 pods in the lab', times)


def small_screen(lab):
    """What stays resident of a screen, minutes and hours long."""
    screen = Screen(lab.env, '--name', 'mate-technology.app')
    screen.read_until(b'pool-', 30)
    screen.drain(5)
    rss, own, shared = screen.resident()
    screen.close()
    goal('memory, 1,850 pods, the screen when all is there', 12, rss, 'MiB')
    say(f'| 1850 pods, the screen, {own:.1f} MiB its own, {shared:.1f} shared | kopscope |  |  | {rss:.1f} |  |  |  |')


def grown(of):
    """What one more pod costs, from each size to the next: the same everywhere, when nothing grows with size."""
    say('\nWhat a pod costs, from each size to the next. What a program without any pod needs is in both sizes and'
        ' falls out; in brackets the deviation from the whole, the smallest to the largest. kubectl is no goal: it is'
        ' what the same machine did to another program.\n')
    # title, which, place in its row, unit, name as a goal
    columns = (('bytes of memory', 'kopscope', 2, 1048576, 'memory'),
               ('µs of CPU, protobuf', 'kopscope', 1, 1e6, 'CPU, protobuf'),
               ('µs of CPU, JSON', 'json', 1, 1e6, 'CPU, JSON'),
               ('instructions, protobuf', 'instructions', 0, 1, 'instructions, protobuf'),
               ('µs of CPU, kubectl', 'kubectl', 1, 1e6, None))
    columns = [c for c in columns if len(of[c[1]]) > 1]
    sizes = [n for n, _ in of['kopscope']]
    say('| from | to | ' + ' | '.join(c[0] for c in columns) + ' |\n|---|---|' + '---|' * len(columns))

    def each(column, a, b):
        got = dict(of[column[1]])
        return (got[b][column[2]] - got[a][column[2]]) * column[3] / (b - a) if a in got and b in got else None

    ends = [(of[c[1]][0][0], of[c[1]][-1][0]) for c in columns]
    whole, worst = [each(c, *end) for c, end in zip(columns, ends)], [0] * len(columns)
    for a, b in zip(sizes, sizes[1:]):
        cells = []
        for i, c in enumerate(columns):
            got = each(c, a, b)
            if got is None:
                cells.append('')
                continue
            off = got / whole[i] - 1
            worst[i] = max(worst[i], abs(off))
            cells.append(f'{got:,.{0 if c[3] == 1 else 1}f} ({off:+.0%})')
        say(f'| {a} | {b} | ' + ' | '.join(cells) + ' |')
    say(f'| {sizes[0]} | {sizes[-1]} | ' + ' | '.join(
        f'{w:,.{0 if c[3] == 1 else 1}f}' + (f' to {end[1]}' if end[1] != sizes[-1] else '')
        for c, w, end in zip(columns, whole, ends)) + ' |\n')
    for c, w in zip(columns, worst):
        if c[4]:
            goal(f'growth: {c[4]} a pod, deviation between sizes', 10, w * 100, '%')


def first_last_table(what, times):
    say(f'When the first row was there, and the last: {what}\n')
    say('| program | first s | last s |\n|---|---|---|')
    for name, first, last in times:
        say(f'| {name} | {first:.2f} | {last:.2f} |')
    say()


def first_and_last(env, *args):
    """Seconds until the screen shows a pod, and until it knows all (the end of their list, in its trace)."""
    trace = tempfile.mktemp(prefix='kopscope-bench-')
    start, wall = time.monotonic(), time.time()
    screen = Screen(dict(env, KOPSCOPE_TRACE='k8s', KOPSCOPE_TRACE_FILE=trace), *args)
    os.write(screen.fd, b':pods\r')
    screen.read_until(b'NAMESPACE', 120)
    first, last = time.monotonic() - start, None
    while not last and time.monotonic() - start < 120:
        screen.drain(.2)
        with open(trace) as f:
            last = re.search(r'^(\S+)Z k8s GET list pods: 200', f.read(), re.M)
    screen.close()
    os.unlink(trace)
    if not last:
        sys.exit('bench: the screen never had all pods')
    last = datetime.datetime.fromisoformat(last[1]).replace(tzinfo=datetime.timezone.utc).timestamp() - wall
    return first, max(first, last)


class Screen:
    """kopscope on a terminal of 120x40; keys go in, bytes come out."""

    def __init__(self, env, *args):
        pid, self.fd = pty.fork()
        if pid == 0:
            os.execvpe(kopscope, [kopscope, *args], dict(env, TERM='xterm-256color', LC_ALL='C.UTF-8', KOPSCOPE_DEBUG='1'))
        self.pid = pid
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 120, 0, 0))

    def read_until(self, want, seconds):
        """Seconds until these bytes came; None: they did not.  b'': anything."""
        start, got = time.monotonic(), b''
        while time.monotonic() - start < seconds:
            if select.select([self.fd], [], [], 0.2)[0]:
                got += os.read(self.fd, 1 << 16)
                if want in got:
                    return time.monotonic() - start
        return None

    def drain(self, seconds):
        end, n = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    n += len(os.read(self.fd, 1 << 16))
                except OSError:
                    return n  # it ended
        return n

    def key(self, text, want):
        """Seconds until these bytes came, and of CPU meanwhile, which a busy machine does not stretch."""
        cpu = self.cpu()
        os.write(self.fd, text)
        took = self.read_until(want, 5)
        return 5.0 if took is None else took, self.cpu() - cpu

    def cpu(self):
        with open(f'/proc/{self.pid}/schedstat') as f:
            return int(f.read().split()[0]) / 1e9

    def usage(self):
        with open(f'/proc/{self.pid}/stat') as f:
            f = f.read().rsplit(')', 1)[1].split()
        with open(f'/proc/{self.pid}/status') as s:
            rss = next(int(x.split()[1]) / 1024 for x in s if x.startswith('VmRSS'))
        return (int(f[11]) + int(f[12])) / os.sysconf('SC_CLK_TCK'), rss

    def resident(self):
        """MiB resident, of it private, of it shared (the text of libraries, which others use, too)."""
        with open(f'/proc/{self.pid}/smaps_rollup') as f:
            kib = {x.split(':')[0]: int(x.split()[1]) for x in f if x.endswith('kB\n')}
        return [v / 1024 for v in (kib['Rss'], kib['Private_Dirty'] + kib['Private_Clean'],
                                   kib['Shared_Clean'] + kib['Shared_Dirty'])]

    def close(self):
        os.write(self.fd, b'\x1bq')
        self.drain(0.5)
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def percentile(v, p):
    v = sorted(v)
    return v[min(len(v) - 1, int(len(v) * p))] * 1000


def keys():
    say('## Keys, 150,000 pods and 500 changes a second\n')
    worst = [0, 0]
    say('| key | p50 ms | p99 ms | most ms | p50 ms of CPU | p99 ms of CPU |\n|---|---|---|---|---|---|')
    with Lab('--scenario', 'scale', '--nodes', '5000', '--pods', '150000', '--churn', '500') as lab:
        screen = Screen(lab.env, '--name', 'mate-technology.app')
        screen.read_until(b'pool-', 60)
        screen.drain(20)
        for what, view, pairs in (
                ('move in Nodes', b'3', [(b'j', b'\xe2\x96\xb8'), (b'k', b'\xe2\x96\xb8')]),
                ('filter Nodes, typed and cleared', b'3', [(b'Z', b'Z'), (b'\x7f', b'')]),
                ('move in Pods', b':pods\r', [(b'j', b'\xe2\x96\xb8'), (b'k', b'\xe2\x96\xb8')]),
                ('filter Pods, typed and cleared', b':pods\r', [(b'Z', b'Z'), (b'\x7f', b'')]),
                ('sort Pods by status, up and down', b':pods\r', [(b'S', b'')])):
            screen.key(view, b'')
            screen.drain(2)
            if 'filter' in what:
                screen.key(b'/', b'/')
            took = []
            for i in range(100):
                for key, want in pairs:
                    screen.drain(0.03)
                    took.append(screen.key(key, want))
            if 'filter' in what:
                screen.key(b'\x1b', b'')
                screen.drain(1)
            wall, cpu = zip(*took)
            worst = [max(a, percentile(b, .99)) for a, b in zip(worst, (wall, cpu))]
            say(f'| {what} | {percentile(wall, .5):.1f} | {percentile(wall, .99):.1f} | {max(wall) * 1000:.1f} |'
                f' {percentile(cpu, .5):.1f} | {percentile(cpu, .99):.1f} |')
        cpu, rss = screen.usage()
        say(f'\nThe screen after this: {rss:.1f} MiB resident, {cpu:.1f} s of CPU.')
        screen.close()
    goal('key to painted frame, 150,000 pods, 500 changes a second, p99', 16, worst[0], 'ms')
    goal('the same in CPU time', 16, worst[1], 'ms')
    say()


IDLE = 5 * 60  # seconds without a key after which the screen asks less often (IDLE_MS in tui/app.c)


def idle_watch(seen):
    with Lab('--speed', '1', '--older', '30') as lab:
        screen = Screen(lab.env, '--name', 'mate-technology.app')
        screen.read_until(b'nodes-', 30)
        screen.drain(5)
        asked = lab.counts()
        screen.drain(60)
        seen['first'] = lab.counts()[0] - asked[0]
        screen.drain(IDLE - 50)
        before, asked = screen.usage(), lab.counts()
        seen['bytes'] = screen.drain(60)
        after, then = screen.usage(), lab.counts()
        seen['cpu'] = (after[0] - before[0]) / 60 * 100
        seen['kube'], seen['aws'] = then[0] - asked[0], then[2] - asked[2]
        seen['resident'] = screen.resident()
        screen.close()


def idle_begin():
    """It takes more than six minutes and no CPU, so it runs beside the other parts."""
    seen = {}
    watch = threading.Thread(target=idle_watch, args=(seen,))
    watch.start()
    return watch, seen


def idle(begun=None):
    """A minute of a screen that nobody has touched for five, in the story's world, a month old: ages are in days."""
    watch, seen = begun or idle_begin()
    watch.join()
    say('## Idle\n\nNo key for five minutes; in the minute after: {bytes} bytes to the terminal, {cpu:.2f} % of a CPU,'
        ' {kube} requests to the API server, {aws} to AWS.  In the first minute {first} requests to the API server:'
        ' while somebody may be looking a dead connection is noticed within 30 s.'.format(**seen))
    say('{:.1f} MiB resident, {:.1f} of it its own and {:.1f} the shared text of libraries.\n'.format(*seen['resident']))
    goal('idle for a minute: CPU', .1, seen['cpu'], '%')
    goal('idle for a minute: to the terminal', 0, seen['bytes'], 'bytes')
    goal('idle for a minute: to the API server', 1, seen['kube'], 'requests')


def holds(path):
    """What KOPSCOPE_TRACE=loop said: the summary's numbers and the longest turn's longest part."""
    with open(path) as f:
        text = f.read()
    total = re.search(r'(\d+) turns; ms of CPU: p99 ([\d.]+), longest ([\d.]+), over 20: (\d+);'
                      r' in real time: p99 [\d.]+, longest ([\d.]+)', text)
    held = re.findall(r'held for [\d.]+ ms, ([\d.]+) ms of CPU: (.*) [\d.]+ ms', text)
    os.unlink(path)
    if not total:
        return None
    longest = max(held, key=lambda x: float(x[0]), default=None)
    return total.groups() + (longest[1] if longest and longest[0] == total[3] else '',)


def slice_row(what, path):
    got = holds(path)
    say(f'| {what} | ' + (' | '.join(got) if got else 'it did not end well | | | | | ') + ' |')


def changes(lab):
    done = subprocess.run(['kubectl', 'get', '--raw', '/api/v1/pods?limit=1'], env=lab.env,
                          stdout=subprocess.PIPE, text=True)
    return int(json.loads(done.stdout)['metadata']['resourceVersion']) if done.returncode == 0 else 0


def slices():
    say('## Slices: how long a turn of the loop holds it, 150,000 pods, 5,000 instances in 200 groups\n')
    say('A key waits for the end of the turn that it falls into. CPU time is what other programs do not stretch.\n')
    say('| what | turns | p99 ms of CPU | longest ms of CPU | over 20 ms of CPU | longest ms | longest part |\n'
        '|---|---|---|---|---|---|---|')
    size = ['--scenario', 'scale', '--nodes', '5000', '--pods', '150000']
    trace = tempfile.mktemp(prefix='kopscope-bench-')
    want = {'KOPSCOPE_TRACE': 'loop', 'KOPSCOPE_TRACE_FILE': trace}

    def watch(lab, seconds):
        screen = Screen(dict(lab.env, **want), '--name', 'mate-technology.app')
        screen.read_until(b'pool-', 60)
        screen.drain(seconds)
        return screen

    with Lab(*size, '--churn', '500') as lab:
        watch(lab, 30).close()
        slice_row('a screen begins, 500 changes a second', trace)
        screen = watch(lab, 15)
        for keys in (b':pods\r', b':sort status\r', b':sort name\r', b'/app-1', b'2', b'\x7f', b'\x1b'):
            screen.key(keys, b'')
            screen.drain(5)
        screen.close()
        slice_row('the same, Pods sorted and filtered', trace)
    with Lab(*size) as lab:
        post = urllib.request.Request(lab.env['KOPSCOPE_LAB'] + '/_lab/fault?on=k8s-json', method='POST')
        urllib.request.urlopen(post).read()
        watch(lab, 30).close()
        slice_row('a screen begins, the list in JSON', trace)
    with Lab(*size, '--churn', '2000') as lab:
        screen = watch(lab, 15)
        first, then = changes(lab), screen.usage()
        screen.drain(60)
        last, now = changes(lab), screen.usage()
        screen.close()
        slice_row('2,000 changes a second', trace)
    # What a busy lab did not make is not claimed.
    say(f'\nAfter {last - first} changes the screen that followed them has {now[1]:.1f} MiB resident, before them'
        f' {then[1]:.1f}; it took {(now[0] - then[0]) / max(1, last - first) * 1e6:.1f} µs of CPU a change.\n')


def churn(each=400):
    """The day of tests/k8s/t-churn with more changes, and what stays resident."""
    program = build + '/tests/k8s/t-churn'
    if not os.access(program, os.X_OK):
        say('## A day of churn: its program is not built (make check builds it)\n')
        return
    began = os.times()
    done = subprocess.run([program], env=dict(os.environ, CHURN_A_STEP=str(each)), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    ended = os.times()
    took = ended.children_user + ended.children_system - began.children_user - began.children_system
    hours = re.findall(r'hour (\d+): (\d+) changes, (\d+) allocations live, (\d+) bytes of the model, (\d+) KiB', done.stdout)
    if done.returncode or not hours:
        sys.exit('bench: the day of churn failed:\n' + done.stdout)
    say('## A day of churn, on a clock wound by hand\n\n| hour | changes | allocations live | bytes of the model |'
        ' KiB resident |\n|---|---|---|---|---|')
    for hour in hours:
        if int(hour[0]) % 4 == 0:
            say('| ' + ' | '.join(hour) + ' |')
    changes = int(hours[-1][1])
    say(f'\n{took / changes * 1e6:.1f} µs of CPU a change, the test\'s server in the same process with it.\n')
    goal(f'a day of churn, {changes / 1e6:.1f} million changes: memory grows, hours 4 to 24', 1,
         (int(hours[-1][4]) - int(hours[3][4])) / 1024, 'MiB')


def day():
    churn(5000)


def real():
    """Called again by real.sh, with KUBECONFIG set."""
    if 'KOPSCOPE_BENCH_REAL' not in os.environ:
        env = dict(os.environ, KOPSCOPE_BENCH_REAL='1')
        done = subprocess.run(['sh', here + '/real.sh', '600', '30000', sys.executable, __file__, build, '-', 'real'],
                              env=env, stdout=subprocess.PIPE, text=True)
        if done.returncode == 77:
            say('## A real API server: its parts are not on this machine\n')
        elif done.returncode:
            sys.exit('bench: the real API server failed')
        else:
            say(done.stdout.rstrip() + '\n')
            mine = re.search(r'^\| 30,000 pods \| kopscope \| ([\d.]+) \| ([\d.]+) \| ([\d.]+)', done.stdout, re.M)
            for what, most, unit, i in (('wall', 1.2, 's', 1), ('CPU', .5, 's', 2), ('memory', 24, 'MiB', 3)):
                goal(f'30,000 pods of a real API server: {what}', most, float(mine[i]), unit)
        return
    say('## A real API server (1.20.2 and etcd)\n\n' + HEAD)
    with tempfile.TemporaryDirectory() as state:
        os.makedirs(state + '/token/instancegroup')
        with open(state + '/token/config', 'w') as f:
            f.write('apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata: {name: token}\nspec:\n'
                    '  kubernetesVersion: 1.20.2\n  networking: {amazonvpc: {}}\n')
        ours = [kopscope, '--state', state, '--name', 'token', '--context', 'token']
        mine, peer = compare('30,000 pods', ours + ['get', 'pods'], ['kubectl', 'get', 'pods', '-A', '-o', 'wide'],
                             os.environ, 3)
        if os.access(alone, os.X_OK):
            row('30,000 pods', 'kopscope, libraries inside', measure([alone, *ours[1:], 'get', 'pods'], os.environ, 3))
        kubeconfig = os.environ['KUBECONFIG']
        plain = kubeconfig + '.plain'  # beside it: it names files there
        with open(kubeconfig) as f, open(plain, 'w') as g:
            g.write(f.read().replace('cluster: {server', 'cluster: {disable-compression: true, server'))
        row('the same, not packed (disable-compression)', 'kopscope',
            measure(ours + ['get', 'pods'], dict(os.environ, KUBECONFIG=plain), 3))
        with open(kubeconfig) as f:
            text = f.read()
        url, token = re.search(r'server: "([^"]+)"', text)[1], re.search(r'token: "([^"]+)"', text)[1]
        for what, more in (('packed', ['-H', 'Accept-Encoding: gzip']), ('not packed', [])):
            row(f'the list alone, {what}', 'curl', measure(['curl', '-skfo', '/dev/null', *more,
                '-H', 'Accept: application/vnd.kubernetes.protobuf', '-H', f'Authorization: Bearer {token}',
                url + '/api/v1/pods?resourceVersion=0'], os.environ, 3))
        say()
        first_last_table('30,000 pods of the real API server', [
            *([('kubectl get pods', peer[6], peer[0])] if peer else []), ('kopscope get pods', mine[6], mine[0]),
            ('kopscope, the screen', *first_and_last(os.environ, *ours[1:]))])


def machine():
    with open('/proc/cpuinfo') as f:
        model = next((x.split(':')[1].strip() for x in f if x.startswith('model name')), platform.machine())
    with open('/proc/meminfo') as f:
        memory = int(f.readline().split()[1]) / 1048576
    say('# What make bench measured\n')
    with tempfile.NamedTemporaryFile() as bare:
        if not subprocess.run(['strip', '-o', bare.name, kopscope]).returncode:
            goal('the program, stripped', 1, os.path.getsize(bare.name) / 1048576, 'MiB')
    say(f'{datetime.date.today()}, {os.cpu_count()} CPUs ({model}), {memory:.0f} GiB, binary'
        f' {os.path.getsize(kopscope) / 1048576:.2f} MiB with its symbols.\n')


def main():
    if out_path != '-':
        machine()
    begun = idle_begin() if 'idle' in parts else None
    for part in parts:
        {'story': story, 'growth': growth, 'slices': slices, 'keys': keys, 'idle': lambda: idle(begun),
         'churn': churn, 'day': day, 'real': real}[part]()
    if out_path != '-' and goals:
        say('## Goals\n\n| what | at most | measured | |\n|---|---|---|---|')
        for what, most, measured, unit in goals:
            say(f'| {what} | {most} {unit} | {measured:.3g} {unit} | {"met" if measured <= most else "not met"} |')
    if out_path != '-':
        os.makedirs(os.path.dirname(out_path) or '.', exist_ok=True)
        with open(out_path, 'w') as f:
            f.write('\n'.join(lines) + '\n')


main()
