"""Starts one lab, its service and, on demand, the guard before it, and stops everything it started."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import fence

LABS = pathlib.Path(__file__).resolve().parents[1]
GUARD = LABS.parent / "build" / "release" / "portico"
START_SECONDS = 10
STOP_SECONDS = 5

# In the order of the incidents.
NAMES = ("parcel", "door", "brewery", "exchange", "dating", "seo", "social", "balancer", "router", "scale", "plant",
         "buildlogs")

# The kernel ends a lab whose starter was killed, when nobody is left to stop it.
DIE_WITH_STARTER = ["setpriv", "--pdeathsig", "TERM"]

# The entry file tells the framework. The system's own Python, since Flask comes as a Debian package.
COMMANDS = {
    "app.py": ["/usr/bin/python3", "app.py"],
    "server.js": ["node", "server.js"],
    "index.php": ["php", "-d", "opcache.lockfile_path={home}", "-d", "session.save_path={home}",
                  "-S", "127.0.0.1:{port}", "index.php"],
}


class StartError(Exception):
    """The lab did not come up; the text says why and holds the log of what failed."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """A context manager: inside, `url` answers and `environment` is what a command needs."""

    def __init__(self, name, fixed=False, guard=False, monitor=False):
        self.folder = LABS / name
        self.fixed = fixed
        self.guard = guard or monitor
        self.monitor = monitor
        self.processes = []

    def __enter__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix=f"lab-{self.folder.name}-"))
        try:
            began = time.monotonic()
            self.url = self._start_service()
            self.start_seconds = time.monotonic() - began
            if self.guard:
                self.url = self._start_guard(upstream=self.url)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            stop(process)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def scratch(self):
        """The one folder that the service may write in."""
        return self.home / "service"

    @property
    def events(self):
        return self.home / "events.jsonl"

    @property
    def environment(self):
        added = {"BASE_URL": self.url, "LAB_FIXED": "1" if self.fixed else "0", "LAB_HOME": str(self.scratch)}
        if self.guard:
            added["PORTICO_EVENTS"] = str(self.events)
        return {**os.environ, **added}

    def _start_service(self):
        folder = self.folder / ("fixed" if self.fixed else "service")
        entry = next((name for name in COMMANDS if (folder / name).exists()), None)
        if entry is None:
            raise StartError(f"{folder}: no {', '.join(COMMANDS)} to start")
        if entry == "server.js" and not (LABS / "node_modules").is_dir():
            raise StartError("the labs' npm packages are missing: run tools/setup, or npm ci in labs/")
        if not fence.version():
            print("labs: this kernel has no Landlock, so nothing confines what the lab writes", file=sys.stderr)
        port = free_port()
        self.scratch.mkdir()
        command = [part.format(port=port, home=self.scratch) for part in COMMANDS[entry]]
        # Of the environment only what is needed: whoever runs commands in a lab reads it.
        self._start(
            "service", [fence.__file__, self.scratch, *command], port, cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PORT": str(port),
                 "LAB_HOME": str(self.scratch), "HOME": str(self.scratch), "PYTHONDONTWRITEBYTECODE": "1"})
        return f"http://127.0.0.1:{port}"

    def _start_guard(self, upstream):
        if not GUARD.exists():
            raise StartError(f"{GUARD} is not built")
        port = free_port()
        command = [GUARD, "up", self.folder / "portico.yaml", "--upstream", upstream,
                   "--listen", f"127.0.0.1:{port}", "--events", self.events]
        if self.fixed:
            command += ["--contract", self.folder / "contract.fixed.yaml"]
        if self.monitor:
            command += ["--mode", "monitor"]
        self._start("guard", command, port)
        return f"http://127.0.0.1:{port}"

    def _start(self, what, command, port, **how):
        log = self.home / f"{what}.log"
        with log.open("wb") as output:
            try:
                process = subprocess.Popen(DIE_WITH_STARTER + command, stdin=subprocess.DEVNULL, stdout=output,
                                           stderr=output, start_new_session=True, **how)
            except OSError as error:
                raise StartError(f"{self.folder.name}: the {what} cannot be started: {error}") from error
        self.processes.append(process)
        if not answers(process, port):
            raise StartError(f"{self.folder.name}: the {what} did not start; its log:\n{log.read_text()}")


def answers(process, port):
    """Wait for the port. A bare connection, since a request would appear among the guard's events."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


def stop(process):
    """End a process and all that it started; it leads a session of its own."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
        except ProcessLookupError:
            pass
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
