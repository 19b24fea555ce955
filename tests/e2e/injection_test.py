#!/usr/bin/python3
"""Injections on their way through nginx: refused before the service sees them, wherever the contract leaves room."""
import gzip
import json
import unittest

from harness import GuardTest
from wire import raw_answer

POLICY = """
version: 1
injection:
  - {operations: ["*"], except: [body/note]}
"""
ATTACK = "x' or 1=1--"
ITEM = {"id": 7, "name": "pen"}


class Injection(GuardTest):
    GUARD = {"policy": POLICY}

    def setUp(self):
        super().setUp()
        self.upstream.on("POST /items", raw_answer(201, ITEM))
        self.upstream.on("GET /items", raw_answer(200, [ITEM]))

    def refuse(self, answer, rule, place):
        document = self.assert_refused(answer, rule, 400, (ATTACK,))
        self.assertIn(place, document["detail"])
        self.assertEqual(self.upstream.seen(), [])

    def test_in_a_body(self):
        self.refuse(self.guard.post("/items", {**ITEM, "name": ATTACK}), "request-injection-sql", "body/name")

    def test_in_a_compressed_body(self):
        packed = gzip.compress(json.dumps({**ITEM, "name": "; cat /etc/passwd"}).encode())
        answer = self.guard.post("/items", packed, [("Content-Encoding", "gzip")])
        self.refuse(answer, "request-injection-command", "body/name")

    def test_in_a_parameter(self):
        self.refuse(self.guard.get("/items?tag=a&tag=..%2f..%2fetc%2fpasswd"), "request-injection-path", "query/tag/1")

    def test_excepted_places_and_prose_pass(self):
        answer = self.guard.post("/items", {**ITEM, "name": "O'Brien & Sons; pens", "note": ATTACK})
        self.assertEqual((answer.status, answer.json()), (201, ITEM))
        self.assertEqual(self.guard.get("/items?tag=R%26D").status, 200)


if __name__ == "__main__":
    unittest.main()
