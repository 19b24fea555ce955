"""The servers that are compared: an nginx with one worker each, in front of one service, with the same lines but for
what guards."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from token_es256 import make as make_token

FOLDER = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("PORTICO_BUILD", FOLDER.parent / "build" / "release"))
NGINX = "/usr/sbin/nginx"
TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")

PROXY = """
  upstream service { server 127.0.0.1:@SERVICE@; keepalive 64; }
  server {
    listen 127.0.0.1:@PORT@;
    @GUARD@
    location / {
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
"""
SERVICE = """
  server {
    listen 127.0.0.1:@PORT@;
    default_type application/json;
    location / { return 200 '@ANSWER@'; }
  }
"""
# Everything at once: both bodies, a verified token, a rule, a limit, CORS and CSRF, the default header fields, an event.
POLICY = """version: 1
contract: %(contract)s
identity:
  tokens:
    - {schemes: [bearer], issuer: "https://id.example", audiences: [orders], keys: %(home)s/keys.json,
       algorithms: [ES256], type: at+jwt}
rules:
  - {operations: ["*"], require: "token.sub.startsWith('user-') && 'clerk' in token.roles"}
limits:
  - {operations: ["*"], per: address, rate: 1000000/second, burst: 1000000}
cors: {origins: ["https://app.example"]}
"""
# Debian's own settings, but for a rule engine that blocks, and answers in JSON that are looked at too.
MODSECURITY = """SecRuleEngine On
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecRule REQUEST_HEADERS:Content-Type "^application/json" \\
  "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html text/xml application/json
SecResponseBodyLimit 524288
SecPcreMatchLimit 100000
SecPcreMatchLimitRecursion 100000
SecTmpDir @HOME@
SecDataDir @HOME@
SecAuditEngine Off
Include /etc/modsecurity/crs/crs-setup.conf
Include /usr/share/modsecurity-crs/rules/*.conf
"""
MODSECURITY_MODULE = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so"


class Missing(Exception):
    """Something is not installed or not built."""


def cpu_us(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def cpu_exactly_us(pid):
    """The same from the scheduler, in nanoseconds and not in ticks: for what takes less than a tick."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1000


def pss_kib(pid):
    return int(re.search(r"^Pss: +(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M).group(1))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(question, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise Missing(f"waited {seconds} s in vain for {what}")
        time.sleep(0.01)
    return answer


class Server:
    """One nginx; `slow` ones get a counted number of requests."""

    slow = False

    def __init__(self, home, name, http, main="", workers=1, **marks):
        self.workers = workers
        self.home = home / name
        self.home.mkdir()
        self.home.chmod(0o755)
        self.port = free_port()
        temporary = "".join(f"  {kind}_temp_path {self.home}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user www-data;\n" if os.geteuid() == 0 else ""
        text = (f"{main}\n{user}worker_processes {workers};\ndaemon off;\npid {self.home}/nginx.pid;\n"
                "error_log stderr error;\nevents { worker_connections 1024; }\n"
                f"http {{\n  access_log off;\n  client_body_buffer_size 64k;\n  keepalive_requests 1000000000;\n"
                f"{temporary}{http}}}\n")
        for mark, value in {"PORT": self.port, "HOME": self.home, **marks}.items():
            text = text.replace(f"@{mark}@", str(value))
        (self.home / "nginx.conf").write_text(text)
        log = (self.home / "log").open("wb")
        self.process = subprocess.Popen([NGINX, "-p", self.home, "-c", self.home / "nginx.conf", "-e", "stderr"],
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        log.close()
        try:
            wait(self._accepts, f"{name} to start")
        except Missing:
            self.stop()
            raise

    def _accepts(self):
        if self.process.poll() is not None:
            raise Missing("nginx did not start:\n" + (self.home / "log").read_text())
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return len(self._workers()) == self.workers

    def _workers(self):
        below = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = []
        for pid in map(int, below):
            try:
                title = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if b"worker process" in title and b"shutting down" not in title:
                found.append(pid)
        return found

    def worker(self):
        [pid] = wait(self._workers, "a worker")
        return pid

    def reload_cpu_us(self):
        """CPU time that master and new worker spend until the new worker serves."""
        old, before = self.worker(), cpu_exactly_us(self.process.pid)
        self.process.send_signal(signal.SIGHUP)
        wait(lambda: (now := self._workers()) and old not in now, "a new worker")
        return cpu_exactly_us(self.process.pid) - before + cpu_exactly_us(self.worker())

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Contenders:
    """A context manager: {name: Server}. `fields` are those that a request must have."""

    def __init__(self, names, answer, workers=1):
        self.names, self.answer, self.workers, self.servers = names, answer, workers, []

    def _start(self, name, http, main="", **marks):
        server = Server(self.home, name, http, main, self.workers, **marks)
        self.servers.append(server)
        return server

    def _start_contender(self, name, service):
        if name == "nginx":
            return self._start(name, PROXY, SERVICE=service.port, GUARD="")
        if name == "portico":
            module = BUILD / "ngx_http_portico_module.so"
            if not module.exists():
                raise Missing(f"{module} is not built")
            policy = self.home / "portico.yaml"
            policy.write_text(POLICY % {"contract": FOLDER / "orders.yaml", "home": self.home})
            return self._start(name, "  portico_event_log @HOME@/events.jsonl;\n" + PROXY, f"load_module {module};",
                               SERVICE=service.port, GUARD=f"portico_policy {policy};")
        if name == "modsecurity-crs":
            if not os.path.exists(MODSECURITY_MODULE) or not os.path.exists("/usr/share/modsecurity-crs/rules"):
                raise Missing("ModSecurity is not installed: run tools/setup bench")
            rules = self.home / "modsecurity.conf"
            rules.write_text(MODSECURITY.replace("@HOME@", str(self.home)))
            server = self._start(name, PROXY, f"load_module {MODSECURITY_MODULE};", SERVICE=service.port,
                                 GUARD=f"modsecurity on; modsecurity_rules_file {rules};")
            server.slow = True
            return server
        raise Missing(f"there is no contender {name}")

    def __enter__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="portico-bench-"))
        self.home.chmod(0o755)
        try:
            now = int(time.time())
            token = make_token(self.home, {"iss": "https://id.example", "aud": "orders", "sub": "user-4711", "jti": "1",
                                           "client_id": "bench", "roles": ["clerk"], "iat": now, "exp": now + 86400})
            # Sent to all of them.
            self.fields = {"Authorization": "Bearer " + token}
            service = self._start("service", SERVICE, ANSWER=self.answer)
            return {name: self._start_contender(name, service) for name in self.names}
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(self.home, ignore_errors=True)
