#!/usr/bin/python3
"""`portico block`: refused at once in every worker, over reloads and restarts, listed and lifted."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from harness import PATIENCE, PORTICO, Guard, GuardTest, Upstream, wait
from mmdb import database
from wire import raw_answer

ITEM = {"id": 7, "name": "pen"}
PROXY = "trusted_proxies: [127.0.0.0/8]\n"


class Blocks(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, ITEM))
        folder = tempfile.TemporaryDirectory(prefix="portico-e2e-")
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name) / "test.state"

    def guard(self, policy="", **how):
        guard = Guard(self.upstream, policy=f"version: 1\nstate: {self.state}\n{PROXY}{policy}", **how)
        self.addCleanup(guard.stop)
        return guard

    def block(self, *arguments, text=None, code=0):
        done = subprocess.run([PORTICO, "block", "--state", self.state, *arguments], input=text, capture_output=True,
                              text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def ask(self, guard, client):
        return guard.get("/items/7", [("X-Forwarded-For", client)]).status

    def test_an_address_is_refused_at_once_by_all_workers(self):
        guard = self.guard(workers=3)
        self.assertEqual(self.ask(guard, "192.0.2.7"), 200)
        self.block("192.0.2.0/24", "--for", "1h", "--why", "guessing")
        # Not once in a while, but from the moment at which the command has ended.
        self.assertEqual([self.ask(guard, "192.0.2.7") for _ in range(60)], [403] * 60)
        self.assertEqual(self.ask(guard, "192.0.3.7"), 200)
        self.block("192.0.2.0/24", "--lift")
        self.assertEqual([self.ask(guard, "192.0.2.7") for _ in range(60)], [200] * 60)

    def test_what_is_told_of_it(self):
        guard = self.guard()
        self.block("192.0.2.7", "--why", "guessing")
        answer = guard.get("/items/7", [("X-Forwarded-For", "192.0.2.7")])
        document = GuardTest.assert_problem(self, answer, "request-address-blocked", 403, secrets=["guessing", "192.0"])
        event = guard.events.of(document["request_id"])
        self.assertEqual((event["rules"], event["address"]), (["request-address-blocked"], "192.0.2.7"))

    def test_a_block_outlasts_reload_and_restart(self):
        guard = self.guard()
        self.block("192.0.2.7")
        guard.reload()
        self.assertEqual(self.ask(guard, "192.0.2.7"), 403)
        guard.stop()
        self.assertEqual(self.ask(self.guard(), "192.0.2.7"), 403)

    def test_a_block_ends_by_itself(self):
        guard = self.guard()
        self.block("192.0.2.7", "--for", "1s")
        self.assertEqual(self.ask(guard, "192.0.2.7"), 403)
        wait(lambda: self.ask(guard, "192.0.2.7") == 200, "the block to end", 5)

    def test_a_file_made_anew_is_taken_up(self):
        guard = self.guard(workers=2)
        self.state.unlink()
        self.block("192.0.2.7")
        # As root the workers are somebody else, and the new file is not theirs to read until it is given to them.
        os.chmod(self.state.parent, 0o755)
        os.chmod(self.state, 0o644)
        wait(lambda: all(self.ask(guard, "192.0.2.7") == 403 for _ in range(10)), "the new file to be seen", 10)

    def test_a_command_killed_at_any_time_does_no_harm(self):
        guard = self.guard()
        self.block("203.0.113.1")
        for i in range(30):
            process = subprocess.Popen([PORTICO, "block", "--state", self.state, f"192.0.2.{i}"],
                                       stdout=subprocess.DEVNULL)
            try:
                process.wait(0.001 * i)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
        self.assertEqual(self.ask(guard, "203.0.113.1"), 403)
        listed = json.loads(self.block("--list", "--format", "json"))
        for entry in listed:
            self.assertEqual(self.ask(guard, entry["name"]), 403)

    def test_the_list(self):
        self.assertEqual(self.block("--list"), "nothing is blocked\n")
        self.block("192.0.2.7", "--for", "1h", "--why", "guessing")
        self.block("alice", "--issuer", "https://id.example")
        self.block("alice", "--issued-before", "2026-11-24T10:00:00Z")
        self.block("orders-key", "--kind", "credential")
        token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
        self.assertNotIn("eyJ", self.block("-", text=token + "\n"))
        entries = json.loads(self.block("--list", "--format", "json"))
        self.assertEqual([entry["kind"] for entry in entries],
                         ["address", "subject", "subject-issued-before", "credential", "token"])
        self.assertEqual(entries[0]["why"], "guessing")
        self.assertTrue(entries[0]["until"] > entries[0]["since"])
        self.assertEqual(entries[1]["issuer"], "https://id.example")
        self.assertEqual(entries[2]["issued_before"], "2026-11-24T10:00:00Z")
        self.assertNotIn("name", entries[4])
        self.assertNotIn(b"eyJ", self.state.read_bytes())
        text = self.block("--list")
        self.assertIn("address 192.0.2.7, until 20", text)
        self.assertIn(": guessing", text)
        self.block(entries[4]["id"], "--lift")
        self.block("alice", "--issued-before", "now", "--lift")
        self.block("alice", "--issuer", "https://id.example", "--lift")
        self.assertEqual(len(json.loads(self.block("--list", "--format", "json"))), 2)

    def test_what_cannot_be_blocked_is_said(self):
        self.assertIn("nothing to block", self.block(code=2))
        self.assertIn("no address", self.block("10.0.0.0/33", "--kind", "address", code=2))
        self.assertIn("no duration", self.block("192.0.2.1", "--for", "soon", code=2))
        self.assertIn("no time", self.block("alice", "--issued-before", "yesterday", code=2))
        self.assertIn("is not blocked", self.block("192.0.2.1", "--lift", code=2))
        self.state.write_text("something else")
        self.assertIn("not a state file", self.block("192.0.2.1", code=2))

    def test_a_policy_names_the_file(self):
        policy = self.state.parent / "portico.yaml"
        policy.write_text("version: 1\n")
        done = subprocess.run([PORTICO, "block", "192.0.2.1", "--policy", policy], capture_output=True, text=True,
                              timeout=PATIENCE)
        self.assertEqual(done.returncode, 2)
        self.assertIn("names no state file", done.stderr)
        policy.write_text("version: 1\nstate: its.state\n")
        subprocess.run([PORTICO, "block", "192.0.2.1", "--policy", policy], check=True, capture_output=True,
                       timeout=PATIENCE)
        self.assertTrue((self.state.parent / "its.state").exists())

    def test_a_damaged_file_keeps_the_guard_from_starting(self):
        self.state.write_text("something else")
        self.state.chmod(0o600)
        guard = Guard(self.upstream, policy=f"version: 1\nstate: {self.state}\n", wait_ready=False)
        self.addCleanup(guard.stop, check=False)
        guard.process.process.wait(PATIENCE)
        self.assertIn("not a state file", guard.said)


class Addresses(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, ITEM))

    def guard(self, policy, field="X-Forwarded-For"):
        guard = Guard(self.upstream, policy=f"version: 1\n{PROXY}proxy_field: {field}\n{policy}")
        self.addCleanup(guard.stop)
        return guard

    def statuses(self, guard, *clients, field="X-Forwarded-For"):
        return [guard.get("/items/7", [(field, client)]).status for client in clients]

    def test_lists(self):
        guard = self.guard("addresses: {allow: [192.0.2.0/24, '2001:db8::/32'], deny: [192.0.2.7]}\n")
        self.assertEqual(self.statuses(guard, "192.0.2.1", "192.0.2.7", "198.51.100.1", "2001:db8::1", "2001:db9::1"),
                         [200, 403, 403, 200, 403])

    def test_the_service_learns_who_called(self):
        guard = self.guard("")
        guard.get("/items/7", [("X-Forwarded-For", "6.6.6.6, 192.0.2.1")])
        seen = self.upstream.seen()[-1]
        self.assertEqual(seen.field("X-Real-IP"), "192.0.2.1")
        self.assertEqual(seen.field("X-Forwarded-For"), "6.6.6.6, 192.0.2.1, 127.0.0.1")
        self.assertEqual(guard.events.last_of_path("/items/7")["address"], "192.0.2.1")

    def groups(self, kind, networks, rules):
        folder = tempfile.TemporaryDirectory(prefix="portico-e2e-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        path = pathlib.Path(folder.name) / "test.mmdb"
        path.write_bytes(database(networks))
        return f"addresses: {{{kind}: {{database: {path}, {rules}}}}}\n"

    COUNTRIES = {"192.0.2.0/24": {"country": {"iso_code": "DE"}}, "198.51.100.0/25": {"country": {"iso_code": "FR"}},
                 "203.0.113.0/24": {"registered_country": {"iso_code": "FR"}},
                 "2001:db8::/32": {"country": {"iso_code": "DE"}}}

    def test_countries(self):
        clients = ("192.0.2.1", "198.51.100.1", "198.51.100.200", "203.0.113.1", "2001:db8::1", "2001:db9::1")
        allowing = self.guard(self.groups("countries", self.COUNTRIES, "allow: [de]"))
        self.assertEqual(self.statuses(allowing, *clients), [200, 403, 403, 403, 200, 403])
        denying = self.guard(self.groups("countries", self.COUNTRIES, "deny: [FR]"))
        self.assertEqual(self.statuses(denying, *clients), [200, 403, 200, 403, 200, 200])

    def test_networks(self):
        networks = {"192.0.2.0/24": {"autonomous_system_number": 64500},
                    "2001:db8::/32": {"autonomous_system_number": 64501}}
        clients = ("192.0.2.1", "198.51.100.1", "2001:db8::1")
        guard = self.guard(self.groups("networks", networks, "deny: [AS64500]"))
        self.assertEqual(self.statuses(guard, *clients), [403, 200, 200])
        guard = self.guard(self.groups("networks", networks, "allow: [AS64501]"))
        self.assertEqual(self.statuses(guard, *clients), [403, 403, 200])

    def test_what_is_no_database_is_said(self):
        for policy, expected in ((self.groups("countries", {}, "deny: [Germany]"), "no country code"),
                                 (self.groups("networks", {}, "deny: ['64500']"), "no autonomous system"),
                                 ("addresses: {countries: {database: /dev/null, deny: [DE]}}\n", "no database of addresses"),
                                 ("addresses: {deny_files: [/nowhere/x]}\n", "/nowhere/x")):
            guard = Guard(self.upstream, policy=f"version: 1\n{policy}", wait_ready=False)
            guard.process.process.wait(PATIENCE)
            guard.stop(check=False)
            self.assertIn(expected, guard.said)

    def test_forwarded(self):
        guard = self.guard("addresses: {deny: [192.0.2.7]}\n", field="Forwarded")
        self.assertEqual(self.statuses(guard, "for=192.0.2.7", "for=192.0.2.8", "for=192.0.2.7, for=192.0.2.8",
                                       'for="[2001:db8::1]:80"', "for=192.0.2", field="Forwarded"),
                         [403, 200, 200, 200, 400])
        self.assertEqual(self.statuses(guard, "192.0.2.7"), [200], "a field that nobody set")


if __name__ == "__main__":
    unittest.main()
