#!/usr/bin/python3
"""Uniform answers: nothing tells whether the service knew the account, not even time."""
import concurrent.futures
import json
import pathlib
import tempfile
import time
import unittest

from harness import Guard, Upstream
from wire import raw_answer

CONTRACT = {
    "openapi": "3.0.3", "info": {"title": "Accounts", "version": "1"},
    "paths": {"/resets": {"post": {
        "operationId": "requestReset", "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {
            "type": "object", "properties": {"email": {"type": "string", "maxLength": 40}}}}}},
        "responses": {
            "202": {"description": "sent", "content": {"application/json": {"schema": {"type": "object"}}}},
            "204": {"description": "sent"},
            "404": {"description": "no such account", "content": {"application/json": {"schema": {"type": "object"}}}},
            "503": {"description": "down", "content": {"application/json": {"schema": {"type": "object"}}}}}}}}}
POLICY = """
version: 1
uniform:
  - operations: [requestReset]
    answer: {status: 202, body: '{"sent":true}'}
    floor: 400ms
"""


class Uniform(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("POST /resets", self.answer)
        home = tempfile.TemporaryDirectory(prefix="portico-uniform-")
        self.addCleanup(home.cleanup)
        self.contract = pathlib.Path(home.name, "contract.json")
        self.contract.write_text(json.dumps(CONTRACT))

    def guard(self, policy=POLICY, **how):
        guard = Guard(self.upstream, contract=self.contract, policy=policy, **how)
        self.addCleanup(guard.stop)
        return guard

    @staticmethod
    def answer(wire, request):
        who = json.loads(request.body)["email"]
        if who == "known":
            time.sleep(0.1)
            wire.send(raw_answer(202, {"sent": True, "to": "k***n"}, [("Set-Cookie", "seen=1"), ("X-Mail", "queued")]))
        elif who == "silent":
            wire.send(raw_answer(204, media=None))
        elif who == "broken":
            wire.send(raw_answer(202, b"{", [("Content-Length", "100")]))
            return False
        elif who == "down":
            wire.send(raw_answer(503, {"error": "down"}))
        else:
            wire.send(raw_answer(404, {"error": "no such account"}))
        return None

    def ask(self, guard, who):
        started = time.monotonic()
        answer = guard.post("/resets", {"email": who})
        return answer, time.monotonic() - started

    def test_known_and_unknown_are_alike(self):
        guard = self.guard()
        shapes = set()
        for who in ("known", "unknown", "silent"):
            answer, seconds = self.ask(guard, who)
            self.assertEqual((answer.status, answer.body), (202, b'{"sent":true}'), who)
            self.assertGreaterEqual(seconds, 0.399, who)
            fields = [(name, value) for name, value in answer.fields if name.lower() != "date"]
            shapes.add(json.dumps(fields))
        self.assertEqual(len(shapes), 1, shapes)
        self.assertEqual(len(self.upstream.seen("/resets")), 3)

    def test_an_answer_that_breaks_off_is_one_too(self):
        answer, seconds = self.ask(self.guard(), "broken")
        self.assertEqual((answer.status, answer.body), (202, b'{"sent":true}'))
        self.assertGreaterEqual(seconds, 0.399)

    def test_others_are_not_made_alike(self):
        answer, seconds = self.ask(self.guard(), "down")
        self.assertEqual(answer.status, 503)
        self.assertLess(seconds, 0.39)

    def test_waiting_holds_up_nobody_else(self):
        guard = self.guard(workers=1)
        started = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda i: self.ask(guard, "known" if i % 2 else "unknown"), range(20)))
        self.assertEqual({answer.status for answer, _ in answers}, {202})
        self.assertLess(time.monotonic() - started, 20 * 0.4 / 2)

    def test_a_connection_serves_on(self):
        guard = self.guard()
        with guard.connect() as wire:
            for who in ("known", "unknown"):
                body = json.dumps({"email": who})
                wire.send(f"POST /resets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                          f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
                self.assertEqual(wire.answer().status, 202)

    def test_monitor_mode_changes_nothing(self):
        answer, seconds = self.ask(self.guard(POLICY + "mode: monitor\n"), "unknown")
        self.assertEqual(answer.status, 404)
        self.assertLess(seconds, 0.39)


if __name__ == "__main__":
    unittest.main()
