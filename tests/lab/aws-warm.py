# SPDX-License-Identifier: Apache-2.0
"""The aws command line without its start: half a second of imports, once and not per command.

usage: aws-warm.py FOLDER     serves until it is ended; FOLDER/warm is there when it is ready

A command is written into the FIFO FOLDER/ask: an environment as of env -0, an empty entry, and the
arguments, each ended by NUL.  It runs in a child of its own, forked from here, by the main function
of the installed aws and with nothing else changed; its output is in FOLDER/out and FOLDER/err, its
exit code comes from the FIFO FOLDER/said.
"""
import os
import sys
import traceback

before = dict(os.environ)
import awscli.clidriver  # which sets where its data is

folder = sys.argv[1]
own = {name: value for name, value in os.environ.items() if before.get(name) != value}


def run(env, args):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 255
    try:
        for name, mode in ("out", 1), ("err", 2):
            os.dup2(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), mode)
        os.environ.clear()
        os.environ.update(own)
        os.environb.update(entry.split(b"=", 1) for entry in env)
        sys.argv = ["aws"] + [os.fsdecode(a) for a in args]
        code = awscli.clidriver.main()
    except SystemExit as e:
        code = e.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


def main():
    # What every command imports on its way is there before the first fork.
    with open(os.devnull, "w") as nothing:
        sys.stdout = sys.stderr = nothing
        for words in ("ec2 describe-vpcs", "s3 ls"):
            sys.argv = ["aws"] + words.split()
            awscli.clidriver.main()
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    # A fork takes one thread along and the locks of all: some builds of aws start threads.
    if len(os.listdir("/proc/self/task")) > 1:
        return
    for name in "ask", "said":
        os.mkfifo(os.path.join(folder, name))
    open(os.path.join(folder, "warm"), "w").close()
    while True:
        with open(os.path.join(folder, "ask"), "rb") as f:
            words = f.read().split(b"\0")[:-1]
        end = words.index(b"")
        code = run(words[:end], words[end + 1:])
        with open(os.path.join(folder, "said"), "w") as f:
            f.write("%d\n" % code)


main()
