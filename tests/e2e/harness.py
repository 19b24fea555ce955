"""What the end-to-end tests share: a service that answers as a test says, the guard as users run it, an nginx with a
configuration of the test's own, and clients that see every byte.

Nothing here sleeps to wait for something: wait() asks until a deadline. Everything that is started is stopped by its
process id, and leaving a process or a run directory behind fails the test.
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from wire import Closed, Wire, raw_request

FOLDER = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("PORTICO_BUILD", FOLDER.parents[1] / "build" / "release")).resolve()
PORTICO = BUILD / "portico"
MODULE = BUILD / "ngx_http_portico_module.so"
NGINX = "/usr/sbin/nginx"
CONTRACT = FOLDER / "contract.yaml"
# The sanitizers' libraries, which nginx was not linked with (tests/e2e/asan).
PRELOAD = os.environ.get("PORTICO_PRELOAD", "")
ENVIRONMENT = {**os.environ, "LD_PRELOAD": PRELOAD} if PRELOAD else None
PATIENCE = 20  # seconds; only a failing test waits this long


def wait(question, what, seconds=PATIENCE):
    """The first true answer to `question`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.005)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# ---- The service ---------------------------------------------------------------------------------------------------

class Upstream:
    """A service on a free port. on("GET /items", answer) says what it answers there: bytes that are sent as they are,
    or a function of (wire, request) that sends what it likes; when it returns False the connection is closed."""

    def __init__(self, context=None):
        """`context`: a server's of ssl, for a service over TLS."""
        self.context = context
        self.answers = {}
        self.requests = []
        self.lock = threading.Lock()
        self.wires = set()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(512)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self.closing = False
        threading.Thread(target=self._accept, daemon=True).start()

    def on(self, what, answer):
        self.answers[what] = answer

    def seen(self, path=None):
        with self.lock:
            return [r for r in self.requests if path is None or r.path == path]

    def forget(self):
        with self.lock:
            self.requests.clear()

    def _accept(self):
        while not self.closing:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        if self.context is not None:
            try:
                sock = self.context.wrap_socket(sock, server_side=True)
            except OSError:
                sock.close()
                return
        wire = Wire(sock)
        with self.lock:
            self.wires.add(wire)
        try:
            while True:
                request = wire.request()
                with self.lock:
                    self.requests.append(request)
                answer = self.answers.get(f"{request.method} {request.path}", self.answers.get("*"))
                if answer is None:
                    answer = raw_answer(500, "no script for " + request.start, media="text/plain")
                if callable(answer):
                    if answer(wire, request) is False:
                        return
                else:
                    wire.send(answer)
        except (Closed, OSError):
            pass
        finally:
            with self.lock:
                self.wires.discard(wire)
            sock.close()

    def close(self):
        self.closing = True
        # A blocked accept() wakes by shutdown, not by close.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            wires = list(self.wires)
        for wire in wires:
            with contextlib.suppress(OSError):
                wire.sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# ---- Processes -----------------------------------------------------------------------------------------------------

def children(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def title(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""


def memory(pid):
    """Resident and private memory in KiB. Proportional memory would depend on who else runs the same libraries."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    sizes = {name: int(size) for name, size in re.findall(r"^(\w+): +(\d+) kB", text, re.M)}
    return sizes["Rss"], sizes["Private_Clean"] + sizes["Private_Dirty"]


class Process:
    """A program in the foreground, its standard error read as it comes."""

    def __init__(self, command, **how):
        self.lines = []
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, env=ENVIRONMENT,
                                        stderr=subprocess.PIPE, start_new_session=True, **how)
        self.pid = self.process.pid
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with self.process.stderr as stream:
            for line in stream:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))

    @property
    def said(self):
        return "\n".join(self.lines)

    def count(self, text):
        return sum(text in line for line in list(self.lines))

    def wait_for(self, text, times=1, seconds=PATIENCE):
        def ask():
            if self.count(text) >= times:
                return True
            if self.process.poll() is not None:
                self.reader.join(PATIENCE)
                if self.count(text) >= times:
                    return True
                raise AssertionError(f"ended with {self.process.returncode} before it said {text!r}:\n{self.said}")
            return False
        wait(ask, f"{text!r}; it said:\n{self.said}", seconds)

    def descendants(self):
        found, rest = [], [self.pid]
        while rest:
            below = children(rest.pop())
            found += below
            rest += below
        return found

    def send(self, number):
        os.kill(self.pid, number)

    def stop(self, number=signal.SIGTERM, seconds=PATIENCE):
        """Ends it as a user would; whatever is left after that is killed and fails the test."""
        below = self.descendants()
        if self.process.poll() is None:
            self.send(number)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        left = [f"{pid} {title(pid)}" for pid in [self.pid, *below] if is_alive(pid)]
        for pid in [self.pid, *below]:
            if is_alive(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join(PATIENCE)
        if left:
            raise AssertionError(f"left behind: {left}\n{self.said}")
        return code


class Server:
    """What Guard and Nginx have in common: an address and clients for it."""

    tls = False

    def connect(self, port=None, alpn=("http/1.1",), receive_buffer=None, certificate=None):
        """`certificate`: chain and key of the client."""
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(PATIENCE)
        sock.connect(("127.0.0.1", port or self.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls and port is None:
            context = ssl.create_default_context(cafile=self.tls)
            context.set_alpn_protocols(list(alpn))
            if certificate:
                context.load_cert_chain(*certificate)
            sock = context.wrap_socket(sock, server_hostname="localhost")
        return Wire(sock)

    def ask(self, method, target, fields=(), body=None, **how):
        """One request on a connection of its own."""
        with self.connect() as wire:
            wire.send(raw_request(method, target, list(fields), body, **how))
            return wire.answer(method)

    def get(self, target, fields=(), **how):
        return self.ask("GET", target, fields, **how)

    def post(self, target, body, fields=(), media="application/json", **how):
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if isinstance(body, str):
            body = body.encode()
        return self.ask("POST", target, [("Content-Type", media), *fields], body, **how)


class EventFile:
    """Reads the event log; keeps no place, since rotation may change the file."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def text(self):
        return self.path.read_text() if self.path.exists() else ""

    def all(self):
        lines = self.text().split("\n")
        return [json.loads(line) for line in lines[:-1] if line]

    def transactions(self):
        return [event for event in self.all() if event["type"] == "transaction"]

    def wait_for(self, count):
        wait(lambda: len(self.transactions()) >= count, f"{count} events in {self.path}:\n{self.text()[-2000:]}")
        return self.transactions()

    def of(self, request_id):
        """The one event of a request."""
        found = wait(lambda: [e for e in self.transactions() if e["request_id"] == request_id],
                     f"the event of {request_id}")
        if len(found) != 1:
            raise AssertionError(f"{len(found)} events for one request: {found}")
        return found[0]

    def last_of_path(self, path):
        return wait(lambda: [e for e in self.transactions() if e["path"] == path], f"an event of {path}")[-1]


class Guard(Server):
    """`portico guard` in front of `upstream`."""

    kills = False  # a test that kills workers says so

    def __init__(self, upstream, contract=CONTRACT, policy=None, workers=1, tls=False, metrics=False, events=None,
                 arguments=(), wait_ready=True, listen=True):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        try:
            self.events = EventFile(events or self.home / "events.jsonl")
            self.port = free_port()
            self.metrics_port = free_port() if metrics else None
            command = [PORTICO, "guard", contract, "--workers", workers, "--events", self.events.path,
                       *arguments]
            if listen:
                command += ["--listen", f"127.0.0.1:{self.port}"]
            if upstream is not None:
                command += ["--upstream", upstream if isinstance(upstream, str) else upstream.url]
            if policy is not None:
                self.policy = self.home / "portico.yaml"
                self.policy.write_text(policy)
                command += ["--policy", self.policy]
            if tls:
                self.tls = str(self.home / "certificate.pem")
                make_certificate(self.home)
                command += ["--tls-certificate", self.tls, "--tls-key", self.home / "key.pem"]
            if metrics:
                command += ["--metrics", f"127.0.0.1:{self.metrics_port}"]
            self.process = Process(command, stdout=subprocess.DEVNULL)
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise
        if wait_ready:
            try:
                self.process.wait_for("listening on")
                # The kernel accepts before the workers do.
                wait(lambda: len(self.workers()) == workers, f"{workers} workers")
            except BaseException:
                self.stop(check=False)
                raise

    @property
    def said(self):
        return self.process.said

    @property
    def master(self):
        return children(self.process.pid)[0]

    def workers(self):
        return [pid for pid in children(self.master) if "worker process" in title(pid)]

    @property
    def run_directory(self):
        # `nginx -p DIRECTORY ...`: workers' titles replace the words, the master keeps them after its own.
        return pathlib.Path(re.search(r" -p (\S+)", title(self.master)).group(1))

    def reload(self):
        """SIGHUP, and waits until the old workers are gone."""
        before = set(self.workers())
        self.process.send(signal.SIGHUP)
        wait(lambda: (now := set(self.workers())) and not now & before, "new workers")

    def metric(self, name):
        with self.connect(self.metrics_port) as wire:
            wire.send(raw_request("GET", "/metrics", [("Connection", "close")]))
            text = wire.answer().body.decode()
        for line in text.splitlines():
            if line.startswith(name + " "):
                return int(line.rsplit(" ", 1)[1])
        raise AssertionError(f"no metric {name} in:\n{text}")

    def stop(self, number=signal.SIGTERM, check=True):
        run_directory = None
        with contextlib.suppress(IndexError, AttributeError):
            run_directory = self.run_directory
        try:
            code = self.process.stop(number)
            if run_directory is not None and run_directory.exists():
                shutil.rmtree(run_directory, ignore_errors=True)
                raise AssertionError(f"{run_directory} is left behind")
            if check and code != 0:
                raise AssertionError(f"portico ended with {code}:\n{self.said}")
            crashes = [line for line in self.process.lines if "exited on signal" in line or "Sanitizer" in line]
            if crashes and not self.kills:
                raise AssertionError("\n".join(crashes))
        finally:
            shutil.rmtree(self.home, ignore_errors=True)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Nginx(Server):
    """An nginx whose configuration the test writes. In `http` and `main` @PORT@, @HOME@ and @UPSTREAM@ are replaced."""

    def __init__(self, http, upstream=None, main="", files=(), workers=1, wait_ready=True, module=True):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        self.home.chmod(0o755)
        self.port = free_port()
        self.events = EventFile(self.home / "events.jsonl")
        for name, text in dict(files).items():
            path = self.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        temporary = "".join(f"{kind}_temp_path {self.home}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user www-data;\n" if os.geteuid() == 0 else ""
        load = f"load_module {MODULE};\n" if module else ""
        text = (f"{load}{user}worker_processes {workers};\ndaemon off;\npid {self.home}/nginx.pid;\n"
                f"error_log stderr warn;\nevents {{}}\n{main}\nhttp {{\naccess_log off;\n{temporary}{http}\n}}\n")
        for mark, value in (("@PORT@", f"127.0.0.1:{self.port}"), ("@HOME@", str(self.home)),
                            ("@UPSTREAM@", upstream.url if upstream else ""), ("@CONTRACT@", str(CONTRACT))):
            text = text.replace(mark, value)
        self.configuration = self.home / "nginx.conf"
        self.configuration.write_text(text)
        self.command = [NGINX, "-p", self.home, "-c", self.configuration, "-e", "stderr"]
        self.process = None
        if wait_ready:
            self.start()

    def test(self):
        """nginx -t"""
        return subprocess.run([*self.command, "-t"], capture_output=True, text=True, timeout=PATIENCE,
                              env=ENVIRONMENT)

    def start(self):
        self.process = Process(self.command, stdout=subprocess.DEVNULL)

        def accepts():
            if self.process.process.poll() is not None:
                raise AssertionError(f"nginx did not start:\n{self.process.said}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                return False
        try:
            wait(accepts, "nginx")
        except BaseException:
            self.stop()
            raise

    def stop(self):
        try:
            if self.process is not None:
                self.process.stop(signal.SIGQUIT)
                crashes = [line for line in self.process.lines if "exited on signal" in line or "Sanitizer" in line]
                if crashes:
                    raise AssertionError("\n".join(crashes))
        finally:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, capture_output=True, timeout=PATIENCE)


# ---- Tests ---------------------------------------------------------------------------------------------------------

class GuardTest(unittest.TestCase):
    """Tests that share one service and one guard; a subclass says which by GUARD and by script()."""

    GUARD = {}

    @classmethod
    def setUpClass(cls):
        cls.upstream = Upstream()
        cls.addClassCleanup(cls.upstream.close)
        cls.guard = Guard(cls.upstream, **cls.GUARD)
        cls.addClassCleanup(cls.guard.stop)

    def setUp(self):
        self.upstream.forget()
        self.upstream.answers.clear()

    def assert_problem(self, answer, rule, status, secrets=()):
        """A problem document (RFC 9457) of that rule, that gives away nothing, and the event that tells the same."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.field("Content-Type"), "application/problem+json")
        self.assertEqual(answer.field("Cache-Control"), "no-store")
        document = answer.json()
        self.assertEqual(document["rule"], rule)
        self.assertEqual(document["type"], "urn:portico:rule:" + rule)
        self.assertEqual(document["status"], status)
        self.assertTrue(document["title"])
        self.assertRegex(document["request_id"], r"\A[0-9a-f]{32}\Z")
        self.assertLessEqual(set(document), {"type", "title", "status", "detail", "rule", "request_id"})
        for secret in secrets:
            self.assertNotIn(secret, answer.body.decode())
            self.assertNotIn(secret, str(answer.fields))
        return document

    def assert_refused(self, answer, rule, status, secrets=()):
        """A problem document, and an event that tells the same. Events are written in batches: all of a test's are
        looked at when it ends."""
        document = self.assert_problem(answer, rule, status, secrets)

        def check():
            event = self.guard.events.of(document["request_id"])
            self.assertEqual(event["verdict"], "refused")
            self.assertEqual(event["rules"], [rule])
            self.assertEqual(event["status"], status)
            for secret in secrets:
                self.assertNotIn(secret, json.dumps(event))
        self.addCleanup(check)
        return document
