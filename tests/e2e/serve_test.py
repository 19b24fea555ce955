#!/usr/bin/python3
"""`portico serve`: what it finds out is with the workers without a reload."""
import pathlib
import signal
import subprocess
import tempfile
import unittest

from harness import PATIENCE, PORTICO, Guard, Process, Upstream, wait
from wire import raw_answer

ITEM = {"id": 7, "name": "pen"}


class Serve(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, ITEM))
        folder = tempfile.TemporaryDirectory(prefix="portico-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(0o755)
        self.state = self.folder / "test.state"

    def policy(self, text):
        self.text = f"version: 1\nstate: {self.state}\ntrusted_proxies: [127.0.0.0/8]\n{text}"
        path = self.folder / "portico.yaml"
        path.write_text(self.text)
        return path

    def serve(self, policy, *arguments):
        process = Process([PORTICO, "serve", "--policy", policy, *arguments], stdout=subprocess.DEVNULL)
        self.addCleanup(process.stop)
        process.wait_for("serving ")
        return process

    def guard(self, **how):
        guard = Guard(self.upstream, policy=self.text, **how)
        self.addCleanup(guard.stop)
        return guard

    def ask(self, guard, client):
        return guard.get("/items/7", [("X-Forwarded-For", client)]).status

    def put(self, name, text):
        """As programs that renew lists do: whole, or not at all."""
        new = self.folder / (name + ".new")
        new.write_text(text)
        new.rename(self.folder / name)

    def test_lists_are_renewed_without_a_reload(self):
        self.put("bad.netset", "# none yet\n")
        policy = self.policy(f"addresses: {{deny_files: [{self.folder}/bad.netset]}}\n")
        guard = self.guard(workers=2)
        serve = self.serve(policy)
        workers = guard.workers()
        self.assertEqual(self.ask(guard, "192.0.2.7"), 200)
        self.put("bad.netset", "192.0.2.0/24\n")
        wait(lambda: all(self.ask(guard, "192.0.2.7") == 403 for _ in range(8)), "the new list", 10)
        self.put("bad.netset", "192.0.2.0/24\nthis is no address\n")
        serve.wait_for("stay in force")
        self.assertEqual(self.ask(guard, "192.0.2.7"), 403)
        self.put("bad.netset", "198.51.100.0/24\n")
        wait(lambda: all(self.ask(guard, "192.0.2.7") == 200 for _ in range(8)), "the list after", 10)
        self.assertEqual(self.ask(guard, "198.51.100.7"), 403)
        self.assertEqual(guard.workers(), workers)

    def test_a_reload_reads_what_is_there_now(self):
        self.put("bad.netset", "192.0.2.0/24\n")
        policy = self.policy(f"addresses: {{deny_files: [{self.folder}/bad.netset]}}\n")
        guard = self.guard()
        serve = self.serve(policy)
        serve.wait_for("published the address lists")
        serve.stop()
        self.put("bad.netset", "198.51.100.0/24\n")
        guard.reload()
        self.assertEqual([self.ask(guard, client) for client in ("192.0.2.7", "198.51.100.7")], [200, 403])

    def test_blocks_that_have_ended_are_cleared(self):
        policy = self.policy("")
        subprocess.run([PORTICO, "block", "192.0.2.7", "--policy", policy, "--for", "500ms"], check=True,
                       capture_output=True, timeout=PATIENCE)
        wait(lambda: b"nothing" in subprocess.run([PORTICO, "block", "--list", "--policy", policy], check=True,
                                                  capture_output=True, timeout=PATIENCE).stdout, "the end")
        self.serve(policy)

    def test_signals(self):
        policy = self.policy("")
        serve = self.serve(policy)
        policy.write_text("version: 1\nstat: x\n")
        serve.send(signal.SIGHUP)
        serve.wait_for("still working as before")
        policy.write_text(self.text)
        serve.send(signal.SIGHUP)
        serve.wait_for("serving ", times=2)
        self.assertEqual(serve.stop(signal.SIGTERM), 0)
        self.assertEqual(self.serve(policy).stop(signal.SIGINT), 0)

    def test_without_a_state_file_there_is_nothing_to_serve(self):
        path = self.folder / "portico.yaml"
        path.write_text("version: 1\n")
        done = subprocess.run([PORTICO, "serve", "--policy", path], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 2)
        self.assertIn("names no state file", done.stderr)


if __name__ == "__main__":
    unittest.main()
