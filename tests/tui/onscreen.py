# SPDX-License-Identifier: Apache-2.0
"""The screen on a pseudo-terminal, in a lab of its own: what it writes there, byte by byte."""
import fcntl, os, pty, select, struct, subprocess, sys, termios, time


def lab_start(build, work, speed):
    """A lab whose world is days old, and the environment that leads to it."""
    process = subprocess.Popen([build + '/kopscope-lab', '--dir', work + '/lab', '--speed', str(speed),
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
    def __init__(self, build, env, cols, rows, term='xterm-256color', **more):
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


def settled(s):
    """Quiet for a second: the first answers are all painted."""
    for _ in range(30):
        if not s.read(1, 1):
            return
