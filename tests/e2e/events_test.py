#!/usr/bin/python3
"""The event log: one line a transaction, never a secret, and never in the way of traffic."""
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from harness import CONTRACT, PORTICO, EventFile, Guard, GuardTest, Process, Server, Upstream, free_port, wait
from wire import raw_answer, raw_request

ITEM = {"id": 7, "name": "pen"}
FIELDS = {
    "type": str, "time": str, "request_id": str, "api": str, "operation": str, "method": str, "path_template": str,
    "path": str, "host": str, "protocol": str, "address": str, "user_agent": str, "status": int,
    "upstream_status": int, "verdict": str, "rules": list, "reasons": list, "request_bytes": int,
    "response_bytes": int, "duration_us": int, "upstream_us": int, "guard_us": int, "client_gone": bool,
}
ALWAYS = {"type", "time", "request_id", "api", "method", "path", "address", "status", "verdict", "request_bytes",
          "response_bytes", "duration_us", "guard_us"}


class Events(GuardTest):
    def test_fields_of_an_allowed_transaction(self):
        body = json.dumps(ITEM).encode()
        self.upstream.on("POST /items", raw_answer(201, ITEM))
        before = datetime.datetime.now(datetime.timezone.utc)
        self.guard.post("/items", body, [("User-Agent", "test/1.0")])
        event = self.guard.events.of(self.upstream.seen()[0].field("X-Request-Id"))
        self.assert_types(event)
        known = {"type": "transaction", "api": "Shop", "operation": "addItem", "method": "POST",
                 "path_template": "/items", "path": "/items", "host": "api.example", "protocol": "HTTP/1.1",
                 "address": "127.0.0.1", "user_agent": "test/1.0", "status": 201, "upstream_status": 201,
                 "verdict": "allowed", "request_bytes": len(body), "response_bytes": len(body)}
        self.assertEqual({key: event[key] for key in known}, known)
        self.assertNotIn("rules", event)
        self.assertNotIn("client_gone", event)
        time = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
        self.assertLess(abs((time - before).total_seconds()), 5)
        self.assertGreater(event["duration_us"], 0)
        self.assertGreater(event["duration_us"], event["upstream_us"])
        self.assertLess(event["guard_us"], event["duration_us"])

    def assert_types(self, event):
        for key, value in event.items():
            self.assertIs(type(value), FIELDS[key], key)
        self.assertLessEqual(ALWAYS, set(event))
        for reason in event.get("reasons", []):
            self.assertLessEqual(set(reason), {"rule", "place", "detail", "contract"})
            self.assertTrue(all(isinstance(value, str) for value in reason.values()))

    def test_one_line_a_transaction(self):
        self.upstream.on("*", raw_answer(200, ITEM))
        mine = [("User-Agent", "one-line")]
        for _ in range(20):
            self.guard.get("/items/7", mine)
            self.guard.get("/items/none", mine)
        events = wait(lambda: len(found := [e for e in self.guard.events.all() if e.get("user_agent") == "one-line"])
                      >= 40 and found, "40 events")
        self.assertEqual(len(events), 40)
        self.assertEqual(len({e["request_id"] for e in events}), 40)
        for event in events:
            self.assert_types(event)
        times = [e["time"] for e in events]
        self.assertEqual(times, sorted(times))

    def test_refused_with_body_bytes(self):
        answer = self.guard.get("/items/none")
        event = self.guard.events.of(answer.json()["request_id"])
        self.assert_types(event)
        self.assertEqual(event["response_bytes"], len(answer.body))
        self.assertNotIn("upstream_us", event)
        self.assertEqual(event["path_template"], "/items/{id}")

    def test_chunked_sizes_are_counted(self):
        self.upstream.on("POST /batch", raw_answer(200, []))
        body = b"[" + 1000 * b" " + b"]"
        framed = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:400], body[400:])) + b"0\r\n\r\n"
        self.guard.ask("POST", "/batch", [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"),
                                          ("User-Agent", "chunky")], framed)
        event = self.guard.events.of(self.upstream.seen()[0].field("X-Request-Id"))
        self.assertEqual(event["request_bytes"], len(body))
        self.assertEqual(event["response_bytes"], 2)

    def test_secrets_never_appear(self):
        jwt = ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0."
               "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U")
        token = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        secrets = [jwt, token, "ada.lovelace@example.org", "ada.lovelace%40example.org", "4111111111111111",
                   "4111-1111-1111-1111", "+491701234567", "hunter2pass", "sess-0123456789", "key-0123456789",
                   "leakedname", "grace@example.org"]
        self.upstream.on("*", raw_answer(200, {"name": "leakedname", "id": 0, "ssn": "leakedname"}))
        ask, get, post = self.guard.ask, self.guard.get, self.guard.post
        for secret in secrets:
            get("/me", [("Authorization", "Bearer " + secret)])
            get("/me", [("Authorization", "Basic " + secret)])
            ask("DELETE", "/items/7", [("X-Api-Key", secret)])
            get("/search?q=" + secret)
            get(f"/search?q=a&{secret}={secret}")
            get("/search?q=" + 41 * "a" + secret)
            get("/search?q=a", [("Cookie", f"session={secret}; {secret}={secret}")])
            get("/search?q=a", [("Cookie", "session=" + 60 * "a" + secret)])
            get("/search?q=a", [("Referer", "https://example/?t=" + secret), ("X-Other", secret)])
            post("/items", {"id": secret, "name": secret})
            post("/items", {"id": 1, "name": "x", secret: secret})
            post("/items", {"id": 1, "name": "x", "note": {secret: [secret]}})
            post("/items", '{"id": 1, "%s": "%s' % (secret, secret))
            post("/login", f"user=ada&password={secret}&{secret}=1", media="application/x-www-form-urlencoded")
            post("/items", ITEM, media="application/" + secret)
            get("/items?limit=" + secret)
            get("/items?tag=" + secret + secret)
        path_secrets = secrets[:7]
        for secret in path_secrets:
            get("/users/" + secret)
            get(f"/users/{secret}?api_key={secret}")
            get("/nowhere/" + secret)
            get("/items/" + secret)
            get("/items/7", [("User-Agent", "agent " + secret)])
        # What the contract knows to be personal is not shown, whatever it looks like.
        get("/users/plainname")
        before = self.guard.events.last_of_path("/users/{email}")
        self.assertEqual(before["path_template"], "/users/{email}")
        wait(lambda: len(self.guard.events.transactions()) >= 17 * len(secrets), "all events")
        text = self.guard.events.text()
        for secret in [*secrets, "plainname"]:
            self.assertNotIn(secret, text)
        # Nor in what nginx says to its operator.
        for secret in secrets:
            self.assertNotIn(secret, self.guard.said)

    def test_control_characters_do_not_break_lines(self):
        self.guard.get("/nowhere/a%0ab%0d%22", [("User-Agent", 'quote" back\\slash \t tab')])
        event = self.guard.events.last_of_path("/nowhere/a%0ab%0d%22")
        self.assertIn('quote"', event["user_agent"])

    def test_bytes_that_are_no_text_do_not_break_lines(self):
        with self.guard.connect() as wire:
            wire.send(b"GET /nowhere/\xff\xfe HTTP/1.1\r\nHost: api.example\r\nUser-Agent: \xff\xc3\x28\r\n\r\n")
            document = wire.answer().json()
        self.assertTrue(self.guard.events.of(document["request_id"]))

    def test_long_values_are_cut(self):
        self.guard.get("/nowhere/" + 5000 * "ab-", [("User-Agent", 5000 * "x y ")])
        self.guard.events.wait_for(1)
        for line in self.guard.events.text().splitlines():
            self.assertLess(len(line), 8192)


class Log(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, ITEM))
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        self.home.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.home)

    def lost(self, guard):
        return guard.metric("portico_events_lost_total")

    def test_a_missing_directory_does_not_stop_traffic_and_is_counted(self):
        path = self.home / "missing" / "events.jsonl"
        with Guard(self.upstream, events=path, metrics=True) as guard:
            for _ in range(10):
                self.assertEqual(guard.get("/items/7").status, 200)
            wait(lambda: self.lost(guard) == 10, "10 lost events to be counted")
            self.assertIn(str(path), guard.said)
            self.assertEqual(guard.metric("portico_events_written_total"), 0)
            # Once the folder is there, the log says what is missing.
            path.parent.mkdir()
            path.parent.chmod(0o777)
            def written():
                self.assertEqual(guard.get("/items/7").status, 200)
                return guard.events.transactions()
            wait(written, "events in the new folder")
            [said] = [event for event in guard.events.all() if event["type"] == "events_lost"]
            self.assertGreaterEqual(said["count"], 10)
            self.assertEqual(said["count"], self.lost(guard))

    def test_a_full_device_does_not_stop_traffic_and_is_counted(self):
        path = self.home / "events.jsonl"
        path.symlink_to("/dev/full")
        with Guard(self.upstream, events=path, metrics=True) as guard:
            for _ in range(10):
                self.assertEqual(guard.get("/items/7").status, 200)
            wait(lambda: self.lost(guard) == 10, "10 lost events to be counted")
            wait(lambda: "events are lost" in guard.said, "the reason")

    @unittest.skipUnless(os.geteuid() == 0, "only root can mount a small file system")
    def test_a_full_disk_leaves_whole_lines(self):
        disk = self.home / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", disk],
                          capture_output=True).returncode != 0:
            self.skipTest("mounting is not allowed here")
        try:
            filler = disk / "filler"
            with Guard(self.upstream, events=disk / "events.jsonl", metrics=True) as guard:
                guard.get("/items/7")
                guard.events.wait_for(1)
                with contextlib.suppress(OSError):
                    filler.write_bytes(bytes(70000))
                asked = 1
                while self.lost(guard) == 0 and asked < 3000:
                    self.assertEqual(guard.get("/items/7").status, 200)
                    asked += 1
                lost = wait(lambda: self.lost(guard), "lost events")
                filler.unlink()
                written = len(guard.events.transactions())
                def more():
                    self.assertEqual(guard.get("/items/7").status, 200)
                    return any(e["type"] == "events_lost" for e in self.whole_lines(guard.events.path))
                wait(more, "the line about lost events")
                self.assertGreaterEqual(sum(e["count"] for e in self.whole_lines(guard.events.path)
                                            if e["type"] == "events_lost"), lost)
        finally:
            subprocess.run(["umount", disk], check=True)

    def whole_lines(self, path):
        """All lines but at most one torn one, which a full disk leaves, are whole."""
        events, torn = [], 0
        for line in path.read_text().split("\n")[:-1]:
            try:
                events.append(json.loads(line))
            except ValueError:
                torn += bool(line)
        self.assertLessEqual(torn, 1)
        return events

    def test_rotation(self):
        with Guard(self.upstream, events=self.home / "events.jsonl", workers=2, metrics=True) as guard:
            for _ in range(20):
                guard.get("/items/7")
            guard.events.wait_for(20)
            old = guard.events.path.rename(self.home / "events.jsonl.1")
            guard.process.send(signal.SIGUSR1)
            wait(guard.events.path.exists, "the new file")
            asked = 20
            def all_in_new():
                nonlocal asked
                guard.get("/items/7")
                asked += 1
                return len(guard.events.transactions()) > 10
            wait(all_in_new, "events in the new file")
            wait(lambda: len(EventFile(old).transactions()) + len(guard.events.transactions()) == asked,
                 "every event in one of the files")
            self.assertEqual(self.lost(guard), 0)
            # And again, after a reload, and the other way round.
            guard.reload()
            guard.events.path.rename(self.home / "events.jsonl.2")
            guard.process.send(signal.SIGUSR1)
            wait(guard.events.path.exists, "the third file")
            guard.get("/items/7")
            wait(lambda: guard.events.transactions(), "an event in the third file")

    def test_stopping_writes_what_is_buffered(self):
        events = EventFile(self.home / "events.jsonl")
        guard = Guard(self.upstream, events=events.path, workers=2)
        try:
            for _ in range(50):
                guard.get("/items/7")
        finally:
            guard.stop()
        self.assertEqual(len(events.transactions()), 50)

    def test_events_to_standard_output(self):
        port = free_port()
        process = Process([PORTICO, "guard", CONTRACT, "--upstream", self.upstream.url, "--listen",
                           f"127.0.0.1:{port}", "--workers", "1"], stdout=subprocess.PIPE)
        try:
            process.wait_for("listening on")
            server = Server()
            server.port = port
            server.get("/items/7")
            server.get("/items/none")
            lines = [json.loads(process.process.stdout.readline()) for _ in range(2)]
            self.assertEqual([line["verdict"] for line in lines], ["allowed", "refused"])
        finally:
            process.stop()
            rest = process.process.stdout.read()
            process.process.stdout.close()
        self.assertEqual(rest, b"")

    def test_a_pipe_without_reader_does_not_stop_traffic(self):
        path = self.home / "events.jsonl"
        os.mkfifo(path)
        with Guard(self.upstream, events=path, metrics=True) as guard:
            for _ in range(5):
                self.assertEqual(guard.get("/items/7").status, 200)
            wait(lambda: self.lost(guard) == 5, "5 lost events")

    def test_lines_of_several_workers_do_not_mix(self):
        with Guard(self.upstream, workers=4) as guard:
            for _ in range(5):
                wires = [guard.connect() for _ in range(24)]
                for wire in wires:
                    wire.send(10 * raw_request("GET", "/items/7"))
                for wire in wires:
                    for _ in range(10):
                        self.assertEqual(wire.answer().status, 200)
                    wire.close()
            self.assertEqual(len(guard.events.wait_for(1200)), 1200)


if __name__ == "__main__":
    unittest.main()
