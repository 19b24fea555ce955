#!/usr/bin/python3
"""`portico guard` and `portico up` as commands: start-ups that are refused, and ends that leave nothing."""
import contextlib
import glob
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from harness import CONTRACT, ENVIRONMENT, PATIENCE, PORTICO, Guard, Process, Server, Upstream, free_port, \
    is_alive, wait
from wire import Wire, raw_answer, raw_request

ITEM = {"id": 7, "name": "pen"}


# Other tests' guards run at the same time.
RUN_DIRECTORIES = "/tmp/portico-??????"


def left_behind(before):
    """Run directories that are new, and whose guard does not listen."""
    left = []
    for folder in set(glob.glob(RUN_DIRECTORIES)) - before:
        try:
            pid = int((pathlib.Path(folder) / "nginx.pid").read_text())
        except (OSError, ValueError):
            pid = 0
        if not is_alive(pid) and os.path.exists(folder):
            left.append(folder)
    return left


def run(*arguments):
    return subprocess.run([str(PORTICO), *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE,
                          stdin=subprocess.DEVNULL, env=ENVIRONMENT)


class Refused(unittest.TestCase):
    """Exit code 2, a message that names the place, and no run directory left."""

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        self.addCleanup(shutil.rmtree, self.home)
        self.upstream = ["--upstream", "http://127.0.0.1:9"]

    def file(self, name, text):
        path = self.home / name
        path.write_text(text)
        return path

    def refused(self, *arguments, says):
        before = set(glob.glob(RUN_DIRECTORIES))
        done = run(*arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertNotIn("terminate called", done.stderr)
        self.assertEqual(done.stderr.count("\n") <= 4, True, done.stderr)
        wait(lambda: not left_behind(before), "no run directory to be left")

    def test_no_such_contract(self):
        self.refused("guard", self.home / "no.yaml", *self.upstream, says=["no.yaml", "No such file"])

    def test_broken_yaml(self):
        path = self.file("broken.yaml", "openapi: 3.0.3\npaths:\n  /a: [\n")
        self.refused("guard", path, *self.upstream, says="broken.yaml:")

    def test_checked_only(self):
        """--check says all problems at once, asks nginx too, and starts nothing."""
        policy = self.file("portico.yaml", f"version: 1\ncontract: {CONTRACT}\nmode: blok\nlimit: []\n")
        self.refused("guard", "--policy", policy, *self.upstream, "--check",
                     says=["portico.yaml:3:7: mode must be", 'portico.yaml:4:1: unknown key "limit"'])
        self.file("portico.yaml", f"version: 1\ncontract: {CONTRACT}\n")
        key = self.file("key.pem", "none")
        self.refused("up", policy, *self.upstream, "--check", "--tls-certificate", key, "--tls-key", key,
                     says="nginx does not take the configuration")
        before = set(glob.glob(RUN_DIRECTORIES))
        done = run("up", policy, *self.upstream, "--check")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertIn("in order", done.stderr)
        wait(lambda: not left_behind(before), "no run directory to be left")

    def test_no_openapi(self):
        path = self.file("other.yaml", "name: x\n")
        self.refused("guard", path, *self.upstream, says="other.yaml")

    def test_a_reference_to_nothing(self):
        text = CONTRACT.read_text().replace("#/components/schemas/Item", "#/components/schemas/Itme", 1)
        path = self.file("contract.yaml", text)
        line = next(i for i, l in enumerate(text.split("\n"), 1) if "Itme" in l)
        self.refused("guard", path, *self.upstream, says=f"contract.yaml:{line}:")

    def test_a_broken_policy_has_its_place(self):
        policy = self.file("portico.yaml", "version: 1\nmode: blok\n")
        self.refused("guard", CONTRACT, "--policy", policy, *self.upstream, says="portico.yaml:2:")
        policy.write_text("version: 1\nlimitz: []\n")
        self.refused("guard", CONTRACT, "--policy", policy, *self.upstream, says=["portico.yaml:2:", "limits"])

    def test_an_unknown_operation_in_limits(self):
        policy = self.file("portico.yaml",
                           "version: 1\nlimits:\n  - {operations: [getItems], per: address, rate: 1/s}\n")
        self.refused("guard", CONTRACT, "--policy", policy, *self.upstream,
                     says=["portico.yaml:3:", "getItems", "Did you mean"])

    def test_no_upstream(self):
        self.refused("guard", CONTRACT, says=["upstream", "--upstream URL"])

    def test_an_upstream_that_is_none(self):
        for url in ("127.0.0.1:9", "ftp://host", "http://", "http://host/path", "http://ho st", "http://h;ost"):
            with self.subTest(url):
                self.refused("guard", CONTRACT, "--upstream", url, says="upstream")

    def test_an_address_that_is_none(self):
        for address in ("127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:80;x", ":"):
            with self.subTest(address):
                self.refused("guard", CONTRACT, *self.upstream, "--listen", address, says="listen")

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.refused("guard", CONTRACT, *self.upstream, "--listen", address, says=[address, "in use"])

    def test_a_metrics_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.refused("guard", CONTRACT, *self.upstream, "--listen", f"127.0.0.1:{free_port()}", "--metrics",
                         f"127.0.0.1:{taken.getsockname()[1]}", says="in use")

    def test_a_certificate_without_key(self):
        self.refused("guard", CONTRACT, *self.upstream, "--tls-certificate", "x.pem", says="--tls-key")

    def test_a_certificate_that_is_none(self):
        self.refused("guard", CONTRACT, *self.upstream, "--listen", f"127.0.0.1:{free_port()}", "--tls-certificate",
                     CONTRACT, "--tls-key", CONTRACT, says="contract.yaml")

    def test_workers_that_are_no_number(self):
        for workers in ("many", "0", "-1"):
            with self.subTest(workers):
                self.refused("guard", CONTRACT, *self.upstream, "--workers", workers, "--listen",
                             f"127.0.0.1:{free_port()}", says="worker")

    def test_shared_memory_that_is_no_size(self):
        for size in ("much", "1k", "8m; }"):
            with self.subTest(size):
                self.refused("guard", CONTRACT, *self.upstream, "--shared-memory", size, "--listen",
                             f"127.0.0.1:{free_port()}", says="shared")

    def test_a_module_that_is_none(self):
        self.refused("guard", CONTRACT, *self.upstream, "--listen", f"127.0.0.1:{free_port()}", "--module",
                     self.home / "no.so", says="no.so")

    def test_unknown_options(self):
        self.refused("guard", CONTRACT, "--upstrem", "x", says="--upstrem")
        self.refused("guard", CONTRACT, *self.upstream, "--mode", "watch", says="--mode")
        self.refused("guard", says="no contract is named")


class Ends(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, ITEM))

    def test_sigint_and_sigterm_leave_no_process_and_no_file(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            with self.subTest(number):
                guard = Guard(self.upstream, workers=2)
                run_directory = guard.run_directory
                self.assertTrue(run_directory.is_dir())
                self.assertEqual(guard.get("/items/7").status, 200)
                guard.stop(number)  # looks for processes and files itself
                self.assertFalse(run_directory.exists())
                with self.assertRaises(ConnectionRefusedError):
                    socket.create_connection(("127.0.0.1", guard.port))

    def test_a_signal_at_any_time_of_the_start(self):
        before = set(glob.glob(RUN_DIRECTORIES))
        for milliseconds in (0, 2, 4, 6, 8, 10, 12, 15, 20, 40, 60, 100, 200):
            process = Process([PORTICO, "guard", CONTRACT, "--upstream", self.upstream.url, "--listen",
                               f"127.0.0.1:{free_port()}", "--workers", "1"], stdout=subprocess.DEVNULL)
            # A moment within the start, not a wait for something.
            try:
                process.process.wait(milliseconds / 1000)
            except subprocess.TimeoutExpired:
                pass
            process.stop(signal.SIGTERM)
        wait(lambda: not left_behind(before), "the run directories to go")

    def test_requests_in_flight_are_finished(self):
        gate = threading.Event()
        def late(wire, _):
            gate.wait(10)
            wire.send(raw_answer(200, ITEM))
        self.upstream.on("GET /items/8", late)
        guard = Guard(self.upstream)
        with guard.connect() as wire:
            wire.send(raw_request("GET", "/items/8"))
            wait(lambda: self.upstream.seen("/items/8"), "the request")
            guard.process.send(signal.SIGTERM)
            def refuses():
                try:
                    socket.create_connection(("127.0.0.1", guard.port)).close()
                except ConnectionRefusedError:
                    return True
            wait(refuses, "the guard to stop listening")
            gate.set()
            self.assertEqual(wire.answer().json(), ITEM)
        guard.process.process.wait(PATIENCE)
        guard.stop()

    def test_no_worker_outlives_a_killed_portico(self):
        guard = Guard(self.upstream)
        run_directory = guard.run_directory
        below = guard.process.descendants()
        self.assertGreaterEqual(len(below), 2)
        os.kill(guard.process.pid, signal.SIGKILL)
        guard.process.process.wait(PATIENCE)
        wait(lambda: not [pid for pid in below if is_alive(pid)], "nginx to end")
        shutil.rmtree(run_directory)
        shutil.rmtree(guard.home)

    def test_a_killed_worker_is_replaced(self):
        with Guard(self.upstream) as guard:
            [worker] = guard.workers()
            os.kill(worker, signal.SIGTERM)
            wait(lambda: (now := guard.workers()) and now != [worker], "another worker")
            self.assertEqual(guard.get("/items/7").status, 200)

    def test_a_killed_nginx_ends_portico_and_its_workers(self):
        guard = Guard(self.upstream, workers=2)
        below = guard.process.descendants()
        os.kill(guard.master, signal.SIGKILL)
        self.assertEqual(guard.process.process.wait(PATIENCE), 2)
        self.assertIn("nginx ended unexpectedly", guard.said)
        wait(lambda: not [pid for pid in below if is_alive(pid)], "nginx to end")
        guard.stop(check=False)


class Starts(unittest.TestCase):
    def test_up_runs_what_the_policy_says(self):
        home = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        self.addCleanup(shutil.rmtree, home)
        home.chmod(0o755)
        shutil.copy(CONTRACT, home / "api.yaml")
        with Upstream() as upstream:
            upstream.on("*", raw_answer(200, ITEM))
            server = Server()
            server.port = free_port()
            (home / "portico.yaml").write_text(
                f"version: 1\ncontract: api.yaml\nupstream: {upstream.url}\nlisten: 127.0.0.1:{server.port}\n"
                "mode: block\nevents: events.jsonl\n")
            process = Process([PORTICO, "up", home / "portico.yaml", "--workers", "1"], stdout=subprocess.DEVNULL)
            try:
                process.wait_for("listening on")
                self.assertEqual(server.get("/items/7").json(), ITEM)
                self.assertEqual(server.get("/nowhere").status, 404)
                wait(lambda: (home / "events.jsonl").exists() and
                     len((home / "events.jsonl").read_text().splitlines()) == 2, "two events")
            finally:
                self.assertEqual(process.stop(), 0)

    def test_workers_do_not_keep_the_rights_of_root(self):
        if os.geteuid() != 0:
            self.skipTest("only root has them")
        with Upstream() as upstream, Guard(upstream, workers=2) as guard:
            for worker in guard.workers():
                status = pathlib.Path(f"/proc/{worker}/status").read_text()
                [uids] = [line for line in status.splitlines() if line.startswith("Uid:")]
                self.assertNotIn("0", uids.split()[1:])

    def test_it_says_what_it_guards_and_where(self):
        with Upstream() as upstream, Guard(upstream) as guard:
            self.assertIn(f"listening on http://127.0.0.1:{guard.port}, forwarding to {upstream.url}", guard.said)
            self.assertIn("guarding Shop (", guard.said)
            self.assertIn("block mode", guard.said)

    def test_the_policy_can_be_overridden(self):
        policy = "version: 1\nmode: block\nupstream: http://127.0.0.1:9\nlisten: 127.0.0.1:9\n"
        with Upstream() as upstream:
            upstream.on("*", raw_answer(200, ITEM))
            with Guard(upstream, policy=policy, arguments=["--mode", "monitor"]) as guard:
                self.assertEqual(guard.get("/items/7").status, 200)
                self.assertEqual(guard.get("/nowhere").status, 200)

    def test_ipv6(self):
        with contextlib.suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6) as probe:
            port = probe.getsockname()[1]
        if not socket.has_ipv6 or "port" not in locals():
            self.skipTest("there is no IPv6 here")
        with Upstream() as upstream:
            upstream.on("*", raw_answer(200, ITEM))
            process = Process([PORTICO, "guard", CONTRACT, "--upstream", upstream.url, "--listen", f"[::1]:{port}",
                               "--workers", "1"], stdout=subprocess.PIPE)
            try:
                process.wait_for(f"listening on http://[::1]:{port}")
                with socket.create_connection(("::1", port)) as sock:
                    sock.settimeout(PATIENCE)
                    sock.sendall(raw_request("GET", "/items/7"))
                    self.assertEqual(Wire(sock).answer().json(), ITEM)
                self.assertEqual(json.loads(process.process.stdout.readline())["address"], "::1")
            finally:
                process.stop()
                process.process.stdout.close()

    def test_metrics(self):
        with Upstream() as upstream, Guard(upstream, metrics=True) as guard:
            upstream.on("*", raw_answer(200, ITEM))
            guard.get("/items/7")
            guard.get("/nowhere")
            wait(lambda: guard.metric('portico_requests_total{verdict="refused"}') == 1, "the count")
            self.assertEqual(guard.metric('portico_requests_total{verdict="allowed"}'), 1)
            self.assertEqual(guard.metric('portico_objections_total{rule="request-path-unknown"}'), 1)
            guard.events.wait_for(2)
            wait(lambda: guard.metric("portico_events_written_total") == 2, "the count")
            with guard.connect(guard.metrics_port) as wire:
                wire.send(raw_request("GET", "/"))
                self.assertEqual(wire.answer().status, 404)


if __name__ == "__main__":
    unittest.main()
