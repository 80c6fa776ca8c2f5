# SPDX-License-Identifier: Apache-2.0
"""One lab with kopscope beside it: what can be asked of them, and what can be done to them."""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

NAMES = {"work": "nodes-ap-northeast-2a", "next": "nodes-ap-northeast-2c"}
LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kopscope-mate-technology.app"
PATIENCE = 90  # real seconds until a test gives up


class Failed(Exception):
    """An expectation that did not hold."""


class Proxy:
    """Stands between kopscope and a port of the lab: "pass", "refuse", "hang" or "foreign"."""

    def __init__(self, port, folder):
        self.target, self.mode, self.folder = port, "pass", folder
        self.open = []
        self.making = threading.Lock()  # one certificate: two at once would mix their keys
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                conn, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        self.open.append(conn)
        try:
            if self.mode == "refuse":
                conn.close()
            elif self.mode == "foreign":
                self.foreign(conn)
            else:
                there = socket.create_connection(("127.0.0.1", self.target))
                self.open.append(there)
                threading.Thread(target=self.pump, args=(there, conn), daemon=True).start()
                self.pump(conn, there)
        except OSError:
            pass

    def foreign(self, conn):
        """Another server with a certificate of its own stands there."""
        pem = os.path.join(self.folder, "foreign.pem")
        with self.making:
            self.certificate(pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        context.wrap_socket(conn, server_side=True).close()

    @staticmethod
    def certificate(pem):
        if os.path.exists(pem):
            return
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                        "/CN=somebody else", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", pem + ".key", "-out", pem + ".crt"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(pem, "w", encoding="utf-8") as out:
            for part in (".key", ".crt"):
                with open(pem + part, encoding="utf-8") as f:
                    out.write(f.read())

    def pump(self, a, b):
        try:
            while True:
                data = a.recv(65536)
                while self.mode == "hang":
                    time.sleep(0.02)
                if not data:
                    break
                b.sendall(data)
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def switch(self, mode):
        """Connections that are open end, but with "hang": on those nothing comes any more."""
        self.mode = mode
        if mode == "hang":
            return
        for s in self.open:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.open.clear()


class World:
    """A lab, a home of its own, and the runs in it."""

    def __init__(self, kopscope, lab, shim, way):
        self.kopscope, self.way = kopscope, way
        self.dir = tempfile.mkdtemp(prefix="kopscope-ways.")
        self.state = os.path.join(self.dir, "state/kopscope")
        self.children = []
        self.switches = os.path.join(self.dir, "switches")
        os.mkdir(self.switches)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.dir, "TZ": "UTC",
                    "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": self.dir + "/state", "USER": "anna"}
        with open(self.dir + "/lab.out", "w", encoding="utf-8") as out:
            self.lab = subprocess.Popen(
                [lab, "--speed", str(way.speed), "--seed", "7", "--dir", self.dir + "/lab",
                 "--env-file", self.dir + "/env", "--scenario", way.scenario, "--parent",
                 str(os.getpid())], stdout=out, stderr=subprocess.STDOUT, env=self.env)
        self.wait_for("the lab", lambda: "ready" in self.file("lab.out", self.dir))
        for line in self.file("env", self.dir).splitlines():
            m = re.match(r"export (\w+)='?([^']*)'?(.*)", line)
            if m and m[1] == "PATH":
                self.env["PATH"] = m[2] + ":" + self.env["PATH"]
            elif m:
                self.env[m[1]] = m[2]
        self.aws = self.env["AWS_ENDPOINT_URL"]
        with open(self.env["KUBECONFIG"], encoding="utf-8") as f:
            self.kubeconfig = f.read()
        self.server = re.search(r"server: (\S+)", self.kubeconfig)[1]
        self.token = re.search(r"token: (\S+)", self.kubeconfig)[1]
        self.env["LD_PRELOAD"] = shim
        self.env["WAYS_SWITCH"] = self.switches
        self.old = {i["group"]: i["id"] for i in self.lab_state()["instances"]}
        self.proxies = {}

    # ---- asking ----

    def file(self, name, folder=None):
        try:
            with open(os.path.join(folder or self.state, name), encoding="utf-8",
                      errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def wait_for(self, what, holds, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise Failed(f"waited in vain for {what}")
            time.sleep(0.005)

    def http(self, method, url, body=None, headers=None):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        rq = urllib.request.Request(url, method=method, headers=headers or {},
                                    data=body.encode() if body is not None else None)
        try:
            with urllib.request.urlopen(rq, timeout=20, context=context) as r:
                return r.status, r.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    def kube(self, method, path, body=None):
        how = "merge-patch+json" if method == "PATCH" else "json"
        code, text = self.http(method, self.server + path, json.dumps(body) if body else None,
                               {"Authorization": "Bearer " + self.token,
                                "Content-Type": "application/" + how})
        return json.loads(text) if code < 300 else {"code": code, "text": text}

    def lab_state(self):
        return json.loads(self.http("GET", self.aws + "/lab/state")[1])

    def nodes(self):
        return self.kube("GET", "/api/v1/nodes").get("items", [])

    def events(self, run="1"):
        return self.file(f"runs/{run}/events.jsonl")

    def worker(self, run="1"):
        text = self.file(f"runs/{run}/pid").split()
        return int(text[0]) if text else 0

    def alive(self, group=None):
        return [i["id"] for i in self.lab_state()["instances"]
                if i["state"] in ("pending", "running") and group in (None, i["group"])]

    def old_names(self):
        return {"first": self.old[NAMES["work"]], "second": self.old[NAMES["next"]]}

    def new(self, group):
        """The instance that stands in for the old one."""
        self.wait_for("a replacement", lambda: set(self.alive(group)) - {self.old[group]})
        return (set(self.alive(group)) - {self.old[group]}).pop()

    # ---- doing ----

    def fault(self, on="", off=""):
        code, text = self.http("POST", self.aws + "/_lab/fault?" +
                               "&".join(["on=" + f for f in on.split()] +
                                        ["off=" + f for f in off.split()]))
        if code != 200:
            raise Failed(text)

    def accident(self, name, thing):
        code, text = self.http("POST", f"{self.aws}/_lab/accident?{name}={thing}")
        if code != 200:
            raise Failed(text)

    def switch(self, name, value=""):
        with open(os.path.join(self.switches, name), "w", encoding="utf-8") as f:
            f.write(value)

    def unswitch(self, name):
        os.remove(os.path.join(self.switches, name))

    def proxy(self, side):
        """kopscope goes through a proxy to the API server ("kube") or to AWS ("aws")."""
        url = self.server if side == "kube" else self.aws
        p = Proxy(int(url.rsplit(":", 1)[1]), self.dir)
        self.proxies[side] = p
        if side == "aws":
            self.env["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{p.port}"
        else:
            self.write_kubeconfig(f"https://127.0.0.1:{p.port}")

    def write_kubeconfig(self, server):
        with open(self.env["KUBECONFIG"], "w", encoding="utf-8") as f:
            f.write(self.kubeconfig.replace(self.server, server))

    def kops_is(self, script):
        """A program of this text stands where kops was."""
        path = os.path.join(self.dir, "bin")
        os.makedirs(path, exist_ok=True)
        with open(path + "/kops", "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n" + script)
        os.chmod(path + "/kops", 0o755)
        self.env["PATH"] = path + ":" + self.env["PATH"]

    def signal(self, number, run="1"):
        pid = self.worker(run)
        if not pid:
            raise Failed("there is no worker")
        os.kill(pid, number)
        if number == signal.SIGKILL:
            self.wait_for("the worker's end", lambda: self.gone(pid))

    @staticmethod
    def gone(pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
                return f.read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True

    def start(self, words, env=None):
        name = os.path.join(self.dir, f"out{len(self.children)}")
        with open(name, "w", encoding="utf-8") as out:
            p = subprocess.Popen([self.kopscope] + words, stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.STDOUT, env={**self.env, **(env or {})},
                                 cwd=self.dir)
        p.out = name
        self.children.append(p)
        return p

    def run(self, words, env=None):
        """The exit code and all it says."""
        p = self.start(words, env)
        try:
            code = p.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            p.kill()
            raise Failed(f"kopscope {' '.join(words)} does not end: "
                         + self.file(p.out)[-300:]) from None
        return code, self.file(p.out)

    def other(self, words, code, says):
        """A second operator, on a machine of their own, does that meanwhile."""
        home = os.path.join(self.dir, "bert")
        have, text = self.run(words, {"XDG_STATE_HOME": home, "USER": "bert"})
        if have != code or not re.search(says, text):
            raise Failed(f"the second operator's kopscope {' '.join(words)} ends with {have}: "
                         + text[-600:])

    def kops(self, words):
        """The lab's own kops, by whom it is at hand; its exit code and all it says."""
        p = subprocess.run([os.path.join(self.dir, "lab/bin/kops")] + words, cwd=self.dir,
                           env={k: v for k, v in self.env.items() if k != "LD_PRELOAD"},
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=PATIENCE, check=False)
        return p.returncode, p.stdout.decode("utf-8", "replace")

    def end(self):
        for run in os.listdir(self.state + "/runs") if os.path.isdir(self.state + "/runs") else []:
            pid = self.worker(run)
            if pid and not self.gone(pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
        for p in self.children:
            if p.poll() is None:
                p.kill()
            p.wait()
        self.lab.terminate()
        self.lab.wait()
        for p in self.proxies.values():
            p.server.close()
        shutil.rmtree(self.dir, ignore_errors=True)
